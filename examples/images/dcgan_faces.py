"""
DCGAN for a folder of faces
===========================

The deep convolutional GAN (Radford et al. 2015) for color images of 64x64 pixels, as
sets of anime faces or CelebA come: a folder of PNG or JPEG files, 50 or 100 epochs.

.. code-block:: sh

    python examples/images/dcgan_faces.py folder 50 64 128

The last words are the number of maps in the largest layers and the size of a batch, as
in the paper; 32 maps take a quarter of the time.
"""

import sys
from functools import partial

import matplotlib.pyplot as plt
import torch
from torch import nn

from skgan import DCGANGenerator
from skgan.callbacks import LossPrinter, SampleGridCallback
from skgan.datasets import load_image_folder
from skgan.networks import dcgan_generator
from skgan.plotting import SampleGridDisplay

folder = sys.argv[1]
n_epochs, base_channels, batch_size = map(int, sys.argv[2:5])
images = load_image_folder(folder, size=64)  # (n, 64, 64, 3), uint8
epoch = -(-len(images) // batch_size)  # iterations

# A transposed convolution makes (i - 1) s + k - 2 p pixels of i: 4, 8, 16, 32, 64
maps = torch.zeros(2, 100)
for layer in dcgan_generator(100, (64, 64, 3), base_channels=base_channels):
    maps, before = layer(maps), maps.shape[1:]
    if isinstance(layer, nn.ConvTranspose2d):
        k, s, p = layer.kernel_size[0], layer.stride[0], layer.padding[0]
        assert maps.shape[2] == (before[1] - 1) * s + k - 2 * p
        print(f"{k=} {s=} {p=}: from {tuple(before)} to {tuple(maps.shape[1:])}")

gan = DCGANGenerator(
    base_channels=base_channels,
    latent_dim=100,
    n_clusters=1,
    loss="non_saturating",
    penalty=None,
    normalization="batch",
    augmentation=None,
    batch_size=batch_size,
    max_iter=n_epochs * epoch,
    optimizer=partial(torch.optim.Adam, betas=(0.5, 0.999)),
    learning_rate=2e-4,
    learning_rate_decay=None,
    ema_decay=0,
    n_score_samples=1_000,
    random_state=0,
)
gan.set_callbacks(LossPrinter(every=epoch), SampleGridCallback("faces", every=epoch))
gan.fit(images)
SampleGridDisplay.from_estimator(gan, random_state=0)
plt.show()
# sphinx_gallery_thumbnail_path = '_static/examples/dcgan_faces.png'

# %%
# The 400 faces of Olivetti, written to a folder, after 20, 50 and 100 epochs of batches
# of 16 by networks of 32 maps; a hundred, 2,500 iterations, take 4 min 25 s of one
# core. The convolutions make 4, 8, 16, 32 and 64 pixels, as their arithmetic says.
#
# .. image:: /_static/examples/dcgan_faces.png
#
# Small sets need small batches: by batches of 128, 25 epochs of 400 images are 100
# iterations, and show nothing but the gray of faces. Of 4,000 images of CIFAR-10, three
# epochs, 750 iterations in 1 min 19 s, learn colors.
