"""Parzen log-likelihood on MNIST by the protocol of 2014, as Goodfellow et al. used it.

Pixels in [0, 1]; trained on the first 50,000 training images; the rest of the protocol
is in ``skgan.metrics.goodfellow_log_likelihood``. Needs the four files of
http://yann.lecun.com/exdb/mnist in --data.
"""

import ast
import gzip
import time
from functools import partial
from pathlib import Path

import numpy as np
from common import parser, print_machine

from skgan import GANGenerator
from skgan.metrics import goodfellow_log_likelihood
from skgan.networks import mlp_discriminator, mlp_generator

PARAMS = {
    "generator": partial(mlp_generator, hidden_layer_sizes=(1024, 1024)),
    "discriminator": partial(mlp_discriminator, hidden_layer_sizes=(256, 256)),
    "latent_dim": 96,
    "validation_fraction": 0.0,
    "loss": "non_saturating",
    "batch_size": 128,
    "learning_rate": 5e-4,
    "betas": (0.5, 0.999),
    "max_iter": 40_000,
}


def images(path):
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(), dtype=np.uint8, offset=16)
    return (pixels.reshape(-1, 784) / 255).astype(np.float32)


def main():
    options = parser(__doc__, seeds=1)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--params", default="{}", help="parameters of GANGenerator")
    options.add_argument("--ceiling", action="store_true", help="score real rows too")
    options = options.parse_args()
    print_machine(options.threads)
    train = images(options.data / "train-images-idx3-ubyte.gz")
    train, validation = train[:50_000], train[50_000:]
    test = images(options.data / "t10k-images-idx3-ubyte.gz")
    if options.ceiling:
        rows = train[:10_000]
        mean, error, bandwidth = goodfellow_log_likelihood(rows, validation, test)
        print(
            f"real training rows: {mean:.1f} +- {error:.1f}, bandwidth {bandwidth:.3f}"
        )
    changes = ast.literal_eval(options.params)
    for seed in range(options.seeds):
        start = time.perf_counter()
        gan = GANGenerator(random_state=seed, **PARAMS | changes).fit(train)
        seconds = time.perf_counter() - start
        samples = gan.sample(10_000, random_state=seed)
        mean, error, bandwidth = goodfellow_log_likelihood(samples, validation, test)
        print(
            f"seed {seed} {changes}: {mean:.1f} +- {error:.1f}, bandwidth "
            f"{bandwidth:.3f}, {gan.n_iter_:,} iterations in {seconds:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
