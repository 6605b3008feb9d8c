"""
The first GAN
=============

"Generative adversarial nets" (Goodfellow et al. 2014), on MNIST: a generator of
rectified linear units, a discriminator of maxout units with dropout, uniform noise,
momentum. The settings are those of the code that the authors published. The score is
the paper's, with real images beside it as a ruler.

    python examples/goodfellow_2014.py
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import fetch_openml
from torch import nn

from skgan import GANGenerator
from skgan.metrics import goodfellow_log_likelihood
from skgan.networks import Maxout, mlp_generator
from skgan.plotting import InterpolationDisplay, NearestImagesDisplay, SampleGridDisplay

images = fetch_openml("mnist_784", as_frame=False).data / np.float32(255)
train, validation, test = images[:50_000], images[50_000:60_000], images[60_000:]


def drawn(network, reach):
    for weights in network.parameters():
        nn.init.uniform_(
            weights, -reach, reach
        ) if weights.ndim > 1 else weights.data.zero_()
    return network


def generator(latent_dim, n_outputs):
    return drawn(
        mlp_generator(latent_dim, n_outputs, hidden_layer_sizes=(1200, 1200)), 0.05
    )


def discriminator(n_inputs):
    first = nn.Dropout(0.2), Maxout(n_inputs, 240, 5)
    second = nn.Dropout(0.5), Maxout(240, 240, 5)
    return drawn(
        nn.Sequential(*first, *second, nn.Dropout(0.5), nn.Linear(240, 1)), 0.005
    )


gan = GANGenerator(
    encoding="scaled",
    generator=generator,
    discriminator=discriminator,
    latent_dim=100,
    noise="uniform",
    loss="non_saturating",
    penalty=None,
    n_critic=1,  # the k of Algorithm 1
    batch_size=100,
    max_iter=5_000,
    optimizer="sgd",
    learning_rate=0.1,
    learning_rate_decay=None,
    momentum=0.5,
    averaging=0,
    verbose=1,
    random_state=0,
).fit(train)

for name, rows in (
    ("GAN", gan.sample(10_000, random_state=0)),
    ("real", train[:10_000]),
):
    found = goodfellow_log_likelihood(rows, validation, test)
    print(f"{name}: {found.mean:.0f} ± {found.standard_error:.0f} nats")
SampleGridDisplay.from_estimator(gan, random_state=0)
NearestImagesDisplay.from_estimator(gan, train[:10_000], random_state=0)
InterpolationDisplay.from_estimator(gan, random_state=0)
plt.show()
