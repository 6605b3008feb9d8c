"""Milliseconds an iteration: a textbook loop against skgan on the same networks.

The networks of the DCGAN tutorial's MLP sibling: G 96-1024-1024-784 with tanh, D
784-256-256-1, Adam 5e-4, batch 128, images of MNIST's size; or, with ``--networks
dcgan``, DCGAN (Radford et al. 2015) of 64 maps on images of 32x32. The textbook loop
draws fresh noise for both updates, takes batches from a DataLoader and reads both
losses back with .item(). Short rounds of iterations alternate in one run: medians, the
ratios of neighboring rounds and that of the fastest rounds are printed. Where others
share the processor, the fastest are what it does when left alone.
"""

import statistics
import time
from functools import partial

import torch
from common import parser, print_machine
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from skgan._torch import resolve_precision
from skgan.losses import LOSSES
from skgan.networks import (
    HeadedGenerator,
    ImageHead,
    ImageRowDiscriminator,
    RangeHead,
    RowDiscriminator,
    dcgan_discriminator,
    dcgan_generator,
    mlp_discriminator,
    mlp_generator,
)
from skgan.penalties import PENALTIES
from skgan.training import (
    BatchStream,
    LatentSampler,
    Objective,
    Schedule,
    TrainingData,
    TrainingRun,
    iterate,
)

LATENT_DIM, BATCH, RATE, BETAS = 96, 128, 5e-4, (0.5, 0.999)
SHAPE = 32, 32, 1  # of the images of DCGAN
PIXELS = {"mlp": 784, "dcgan": 1024}


def networks(name, device, as_rows):
    """Build new networks: plain ones, or ``as_rows``, which is how skgan has them."""
    if name == "mlp":
        generator = mlp_generator(LATENT_DIM, 784, hidden_layer_sizes=(1024, 1024))
        discriminator = mlp_discriminator(784, hidden_layer_sizes=(256, 256))
        pair = nn.Sequential(generator, nn.Tanh()), discriminator
        if as_rows:
            head = RangeHead(784, nn.Tanh())
            pair = HeadedGenerator(generator, head), RowDiscriminator(discriminator)
        return [network.to(device) for network in pair]
    generator = dcgan_generator(LATENT_DIM, SHAPE, base_channels=64)
    discriminator = dcgan_discriminator(SHAPE, base_channels=64)
    if not as_rows:
        layers = discriminator.stages, nn.Flatten(), discriminator.logit, nn.Flatten(0)
        pair = nn.Sequential(generator, nn.Tanh()), nn.Sequential(*layers)
        return [with_plain_layers(network).to(device) for network in pair]
    pair = (
        HeadedGenerator(generator, ImageHead(SHAPE)),
        ImageRowDiscriminator(discriminator, SHAPE),
    )
    return [n.to(device).to(memory_format=torch.channels_last) for n in pair]


def with_plain_layers(network):
    """The network with torch's own layers in place of those that skgan rewrote."""
    for layer in network.modules():
        for plain in (nn.Conv2d, nn.ConvTranspose2d):
            if isinstance(layer, plain):
                layer.__class__ = plain
    return network


def textbook(name, rows, device):
    """The loop that tutorials teach; returns a function that runs one iteration."""
    G, D = networks(name, device, as_rows=False)
    if name == "dcgan":
        rows = rows.view(-1, 1, 32, 32)
    optimizer_g, optimizer_d = (
        torch.optim.Adam(net.parameters(), RATE, BETAS) for net in (G, D)
    )
    loader = DataLoader(
        TensorDataset(rows.cpu()), batch_size=BATCH, shuffle=True, drop_last=True
    )
    batches = iter(loader)
    criterion = nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones(BATCH, device=device), torch.zeros(BATCH, device=device)
    history = []

    def step():
        (real,) = next(batches)
        optimizer_d.zero_grad()
        fake = G(torch.randn(BATCH, LATENT_DIM, device=device)).detach()
        loss_d = criterion(D(real.to(device)), ones) + criterion(D(fake), zeros)
        loss_d.backward()
        optimizer_d.step()
        optimizer_g.zero_grad()
        fake = G(torch.randn(BATCH, LATENT_DIM, device=device))
        loss_g = criterion(D(fake), ones)
        loss_g.backward()
        optimizer_g.step()
        history.append((loss_d.item(), loss_g.item()))

    return step


def ours(name, rows, device, precision, loss="non_saturating", penalties=()):
    """One iteration of skgan, the average of the generator included."""
    no_conditions = torch.zeros(len(rows), 0, device=device)
    data, rng = TrainingData(rows, no_conditions), torch.Generator(device)
    weighted = [(1.0, PENALTIES[name]) for name in penalties]
    run = TrainingRun(
        networks(name, device, as_rows=True),
        BatchStream(data, BATCH, rng),
        LatentSampler(LATENT_DIM, "normal"),
        Objective(LOSSES[loss], weighted, precision),
        Schedule(10**9),
        optimizer=partial(torch.optim.Adam, betas=BETAS, fused=True),
        learning_rates=(RATE, RATE),
        ema_decay=0.999,
    )
    return partial(iterate, run)


def main():
    options = parser(__doc__)
    options.add_argument("--networks", choices=PIXELS, default="mlp")
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--round-size", type=int, default=4)
    options.add_argument("--device", default="cpu")
    options = options.parse_args()
    print_machine(options.threads)
    device = torch.device(options.device)
    name = options.networks
    rows = torch.rand(60_000, PIXELS[name], device=device) * 2 - 1
    auto = resolve_precision("auto", device, is_wide=True)
    own = name, rows, device
    cases = {
        "textbook loop": textbook(*own),
        "skgan, float32": ours(*own, torch.float32),
        f"skgan, precision='auto' ({auto})": ours(*own, auto),
        "skgan, auto, relativistic + R1 + R2": ours(
            *own, auto, "relativistic", ("r1", "r2")
        ),
    }
    times = {name: [] for name in cases}
    for _ in range(options.rounds + 1):  # the first warms up
        for name, step in cases.items():
            start = time.perf_counter()
            for _ in range(options.round_size):
                step()
            if device.type == "cuda":
                torch.cuda.synchronize()
            elapsed = (time.perf_counter() - start) / options.round_size
            times[name].append(elapsed * 1e3)
    reference = times["textbook loop"][1:]
    for name, milliseconds in times.items():
        own = milliseconds[1:]
        ratios = sorted(a / b for a, b in zip(reference, own, strict=True))
        print(
            f"{name:<42}{statistics.median(own):7.2f} ms an iteration, the textbook "
            f"loop takes {statistics.median(ratios):.2f} times as long "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f}; fastest {min(own):.2f} ms, "
            f"{min(reference) / min(own):.2f} times)"
        )


if __name__ == "__main__":
    main()
