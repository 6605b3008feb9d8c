"""Parzen log-likelihood by the protocol of 2014, as Goodfellow et al. used it.

Pixels in [0, 1]; 10,000 samples are the centers of a Parzen window. MNIST: trained on
the first 50,000 training images, the first 1,000 of the others choose one of ten
bandwidths. Olivetti, in place of the Toronto faces: a quarter of the images is held out
for the test, a quarter of the rest chooses the bandwidth, and narrower ones are among
them, so these figures compare with each other alone.

"goodfellow" is the GAN of the paper: its networks, dropout, noise, rates and batches;
"mlp" a smaller one with an averaged generator. GANs train for as many iterations as fit
into --minutes, which short runs before tell. Beside them stand samplers that learn no
distribution: training images themselves and the centers of k-means, which score best.
Results go to a CSV file, and a run that is there already is left out.
"""

import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from common import parser, print_machine, settings
from densities import Boltzmann, Centers, Components, Mixture
from harness import Bench, seconds_of_fits
from real_images import load
from torch import nn

from skgan import DCGANGenerator, GANGenerator
from skgan.metrics import (
    goodfellow_log_likelihood,
    parzen_log_likelihood,
    select_bandwidth,
)
from skgan.metrics.goodfellow import N_SAMPLES, ParzenScore
from skgan.networks import Affine, Maxout, mlp_discriminator, mlp_generator

KEYS = ["data", "method", "params", "minutes", "seed"]
SECONDS = ["cpu_seconds", "fit_seconds"]  # with those of the runs that are timed
FIGURES = ["parzen", "standard_error", "bandwidth", "n_iter", *SECONDS]
N_TRAIN = 50_000  # of MNIST
SHARE = 0.25  # of the other images, to choose the bandwidth
BANDWIDTHS = np.geomspace(0.02, 1, 30)  # of faces
SETS = ["mnist", "olivetti"]


def goodfellow_generator(latent_dim, n_outputs):
    net = mlp_generator(latent_dim, n_outputs, hidden_layer_sizes=(1200, 1200))
    # Noise of variance 1; tanh(a / 2) between -1 and 1 is sigmoid(a) between 0 and 1
    return nn.Sequential(Affine(3**0.5), drawn(net, 0.05), Affine(0.5))


def goodfellow_discriminator(n_inputs):
    hidden = nn.Dropout(0.2), Maxout(n_inputs, 240, 5), nn.Dropout(0.5)
    hidden = *hidden, Maxout(240, 240, 5), nn.Dropout(0.5), nn.Linear(240, 1)
    return nn.Sequential(Affine(0.5, 0.5), drawn(nn.Sequential(*hidden), 0.005))


def drawn(network, reach):
    """The network with weights between ``-reach`` and ``reach`` and no biases."""
    for parameter in network.parameters():
        nn.init.uniform_(parameter, -reach, reach)
        if parameter.ndim == 1:
            nn.init.zeros_(parameter)
    return network


GANS = {
    "goodfellow": {
        "generator": goodfellow_generator,
        "discriminator": goodfellow_discriminator,
        "latent_dim": 100,
        "noise": "uniform",
        "loss": "non_saturating",
        "penalty": None,
        "optimizer": partial(torch.optim.SGD, momentum=0.5),
        # Of both networks: the discriminator's loss there is a mean, not a sum
        "learning_rate": (0.1, 0.05),
        "learning_rate_decay": None,  # the paper's halves it in 170,000 iterations
        "batch_size": 100,
        "n_clusters": 1,
        "ema_decay": 0.0,
    },
    "mlp": {
        "generator": partial(mlp_generator, hidden_layer_sizes=(1024, 1024)),
        "discriminator": partial(mlp_discriminator, hidden_layer_sizes=(256, 256)),
        "latent_dim": 96,
        "loss": "non_saturating",
        "batch_size": 128,
        "optimizer": partial(torch.optim.Adam, betas=(0.5, 0.999)),
        "learning_rate": 5e-4,
    },
    "GANGenerator": {"encoder": "scaled"},
    "DCGANGenerator": {},
}
BASELINES = {
    "k_means": Centers,
    "gaussian_mixture": Mixture,
    "pca_gaussian": Components,
    "rbm": Boltzmann,
}
METHODS = ["real", *BASELINES, *GANS]


def parts(name, data):
    """Training, validation and test images as rows of pixels, and their shape."""
    images = load(name, data)
    rows = images.train.reshape(len(images.train), -1)
    if name == "mnist":
        train, validation = rows[:N_TRAIN], rows[N_TRAIN:]
    else:
        validation, train = np.split(rows, [round(SHARE * len(rows))])
    test = images.test.reshape(len(images.test), -1)
    return [part / np.float32(255) for part in (train, validation, test)], (
        images.train.shape[1:]
    )


def gan_for(seconds, train, make, params):
    """A GAN after so much time of training, or after ``max_iter`` iterations."""
    if "max_iter" not in params:
        once, each = seconds_of_fits(lambda n: make(**params, max_iter=n).fit(train))
        params = params | {"max_iter": max(100, int((seconds - once) / each))}
    return make(**params).fit(train)


def samples_of(method, train, shape, options, seconds, seed):
    """10,000 samples, and the number of iterations."""
    if method == "real":
        index = np.random.default_rng(seed).permutation(len(train))
        return train[np.resize(index, N_SAMPLES)], 0
    if method in BASELINES:
        middle, spread = train.mean(), train.std()
        model = BASELINES[method]((train - middle) / spread, seed)
        samples = model.draw(N_SAMPLES, seed) * spread + middle
        return samples.clip(0, 1).astype(np.float32), 0
    make = partial(GANGenerator, validation_fraction=0.0)
    if method == "DCGANGenerator":
        make = partial(DCGANGenerator, validation_fraction=0.0, image_shape=shape)
    params = GANS[method] | options | {"random_state": seed}
    gan = gan_for(seconds, train, make, params)
    return gan.sample(N_SAMPLES, random_state=seed), gan.n_iter_


class Work:
    """One run: what a process of its own does."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, data, method, params, minutes, seed):
        (train, validation, test), shape = parts(data, self.folder)
        start, cpu_start = time.perf_counter(), time.process_time()
        options = settings(params)
        samples, n_iter = samples_of(method, train, shape, options, 60 * minutes, seed)
        seconds, cpu_end = time.perf_counter() - start, time.process_time()
        score = parzen_score(data, samples, validation, test)
        return {
            "parzen": float(score.mean),
            "standard_error": float(score.standard_error),
            "bandwidth": float(score.bandwidth),
            "n_iter": n_iter,
            "cpu_seconds": cpu_end - cpu_start,
            "fit_seconds": seconds,
        }


def parzen_score(data, samples, validation, test):
    """By the protocol of the paper; of faces, with narrower bandwidths."""
    if data == "mnist":
        return goodfellow_log_likelihood(samples, validation, test)
    bandwidth = select_bandwidth(validation, samples, BANDWIDTHS)
    found = parzen_log_likelihood(test, samples, bandwidth)
    return ParzenScore(found.mean(), found.std() / np.sqrt(len(found)), bandwidth)


def main():
    options = parser(__doc__, seeds=1)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    options.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    options.add_argument("--params", nargs="+", default=["{}"], help="of a GAN")
    options.add_argument(
        "--minutes", type=float, default=15.0, help="of training a GAN"
    )
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    for seed in range(options.seeds):
        for data in options.sets:
            for method in options.methods:
                minutes = options.minutes if method in GANS else 0
                for params in options.params if method in GANS else ["{}"]:
                    own = {"data": data, "method": method, "params": params}
                    bench.run(Work(options.data), **own, minutes=minutes, seed=seed)
    bench.print_medians("data", "method", "params", "minutes")


if __name__ == "__main__":
    main()
