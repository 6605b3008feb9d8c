"""
DCGAN for a folder of faces
===========================

The deep convolutional GAN (Radford et al. 2015) for colour images of 64x64 pixels, as
sets of anime faces or CelebA come: a folder of PNG or JPEG files.

    python examples/dcgan_faces.py folder
"""

import sys

import matplotlib.pyplot as plt

from skgan import DCGANGenerator
from skgan.callbacks import LossPrinter, SampleGridCallback
from skgan.datasets import load_image_folder
from skgan.plotting import SampleGridDisplay

images = load_image_folder(sys.argv[1], size=64)  # (n, 64, 64, 3), uint8
epoch = -(-len(images) // 128)  # iterations

gan = DCGANGenerator(
    width=64,
    latent_dim=100,
    n_clusters=1,
    loss="non_saturating",
    penalty=None,
    augmentation=None,
    batch_size=128,
    max_iter=50 * epoch,
    learning_rate=2e-4,
    learning_rate_decay=None,
    betas=(0.5, 0.999),
    averaging=0,
    n_score_samples=1_000,
    random_state=0,
)
gan.set_callbacks(LossPrinter(every=epoch), SampleGridCallback("faces", every=epoch))
gan.fit(images)

# A transposed convolution makes (i - 1) s + k - 2 p pixels of i: 4, 8, 16, 32, 64
print(gan.generator_)
SampleGridDisplay.from_estimator(gan, random_state=0)
plt.show()
