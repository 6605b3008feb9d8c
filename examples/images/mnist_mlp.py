"""
A GAN of linear layers for MNIST
================================

The GAN of many first tutorials in PyTorch: three linear layers a network, uniform
noise, logits, Adam with 5e-4, ten epochs of batches of 128. While it trains, losses are
printed every 20 iterations, and the same sixteen latent vectors are drawn after each
epoch.

.. code-block:: sh

    python examples/images/mnist_mlp.py
"""

from functools import partial

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import fetch_openml
from torch import nn

from skgan import GANGenerator
from skgan.callbacks import LossPrinter, SampleGridCallback
from skgan.plotting import LossCurveDisplay, SampleGridDisplay

images = fetch_openml("mnist_784", as_frame=False).data[:60_000] / 255
epoch = -(-len(images) // 128)  # iterations


def generator(latent_dim, n_outputs):
    hidden = [nn.Linear(latent_dim, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU()]
    return nn.Sequential(*hidden, nn.Linear(1024, n_outputs))  # and a tanh


def discriminator(n_inputs):
    hidden = [nn.Linear(n_inputs, 256), nn.LeakyReLU(), nn.Linear(256, 256)]
    return nn.Sequential(*hidden, nn.LeakyReLU(), nn.Linear(256, 1))


gan = GANGenerator(
    encoder="scaled",
    generator=generator,
    discriminator=discriminator,
    latent_dim=96,
    noise="uniform",
    loss="non_saturating",
    penalty=None,
    batch_size=128,
    max_iter=10 * epoch,
    optimizer=partial(torch.optim.Adam, betas=(0.5, 0.999)),
    learning_rate=5e-4,
    learning_rate_decay=None,
    ema_decay=0,
    random_state=0,
)
grid = SampleGridCallback("mnist_mlp", every=epoch, n_samples=16)
gan.set_callbacks(LossPrinter(every=20), grid)
gan.fit(images)

print(f"Parzen log-likelihood of ten images: {gan.score(images[:10]):.1f}")
SampleGridDisplay.from_estimator(gan, n_samples=16, random_state=0)
LossCurveDisplay.from_estimator(gan)
plt.show()
# sphinx_gallery_thumbnail_path = '_static/examples/mnist_mlp.png'

# %%
# .. image:: /_static/examples/mnist_mlp.png
#
# Ten epochs, 4,690 iterations, took 192 s of one core that others share (seed 0), and
# reached 201 nats. Digits are there, with the grain of a network that knows no
# neighbors. Losses neither rise nor fall once the networks are even. An averaged
# generator (``ema_decay``, by default) gives more: with these networks 230 nats by the
# protocol of 2014, after longer training (:doc:`/benchmarks`).
