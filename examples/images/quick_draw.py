"""
Quick, Draw! with a dense first layer
=====================================

The DCGAN of the tutorials of Keras and TensorFlow, on sketches of 28x28 pixels: a dense
layer to 7x7x256, transposed convolutions of 5x5 with 128, 64 and 1 maps, dropout in the
discriminator, batches of 256. Any class of the data set, as a file in numpy's format,
or a folder of them.

.. code-block:: sh

    python examples/images/quick_draw.py cat.npy 50 256

The numbers are of epochs and of images in a batch.
"""

import sys
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from skgan import DCGANGenerator
from skgan.callbacks import LossPrinter, SampleGridCallback
from skgan.plotting import SampleGridDisplay

path, n_epochs, batch_size = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
files = sorted(path.glob("*.npy")) if path.is_dir() else [path]
images = np.concatenate([np.load(file) for file in files]).reshape(-1, 28, 28)
epoch = -(-len(images) // batch_size)  # iterations


def drawn(*layers):
    network = nn.Sequential(*layers)
    for weights in network.parameters():
        if weights.ndim > 1:
            nn.init.xavier_uniform_(weights)  # Keras's default
    return network


def up(n_in, n_out, stride):
    return nn.ConvTranspose2d(n_in, n_out, 5, stride, 2, stride - 1, bias=False)


def generator(latent_dim, image_shape):
    dense = nn.Linear(latent_dim, 7 * 7 * 256, bias=False), nn.BatchNorm1d(7 * 7 * 256)
    first = *dense, nn.LeakyReLU(0.3), nn.Unflatten(1, (256, 7, 7)), up(256, 128, 1)
    second = nn.BatchNorm2d(128), nn.LeakyReLU(0.3), up(128, 64, 2)
    third = nn.BatchNorm2d(64), nn.LeakyReLU(0.3), up(64, 1, 2)
    return drawn(*first, *second, *third)


def discriminator(image_shape):
    first = nn.Conv2d(1, 64, 5, 2, 2), nn.LeakyReLU(0.3), nn.Dropout(0.3)
    second = nn.Conv2d(64, 128, 5, 2, 2), nn.LeakyReLU(0.3), nn.Dropout(0.3)
    return drawn(*first, *second, nn.Flatten(), nn.Linear(7 * 7 * 128, 1))


gan = DCGANGenerator(
    generator=generator,
    discriminator=discriminator,
    latent_dim=100,
    n_clusters=1,
    loss="non_saturating",
    penalty=None,
    augmentation=None,
    batch_size=batch_size,
    max_iter=n_epochs * epoch,
    optimizer=torch.optim.Adam,  # with its own betas, 0.9 and 0.999
    learning_rate=1e-4,
    learning_rate_decay=None,
    ema_decay=0,
    n_score_samples=1_000,
    random_state=0,
)
grid = SampleGridCallback("quick_draw", every=epoch, n_samples=16)
gan.set_callbacks(LossPrinter(every=epoch), grid)  # with the seconds of each epoch
gan.fit(images)

joblib.dump(gan, "quick_draw.joblib")  # both networks, to be used again
again = joblib.load("quick_draw.joblib")
print(f"probability of being real: {again.discriminate(images[:1000]).mean():.2f}")
SampleGridDisplay.from_estimator(again, n_samples=16, random_state=0)
plt.show()
# sphinx_gallery_thumbnail_path = '_static/examples/quick_draw.png'

# %%
# Two thousand cats in batches of 64: the same 16 latent vectors after 3, 20, 40 and 60
# epochs. Twenty, 640 iterations, take 3 min 59 s of one core: first strokes, no cats
# yet. Sixty, in 11 min 51 s, make strokes that change from epoch to epoch, and no cats
# either: the rate of 1e-4 is for 50 epochs of tens of thousands of sketches. For few
# the defaults of :class:`~skgan.DCGANGenerator` are better (:doc:`/guide/images`).
# With torch's own first weights, which drive the last layer into the ends of its tanh,
# nothing but a checkerboard was to be seen.
#
# .. image:: /_static/examples/quick_draw.png
