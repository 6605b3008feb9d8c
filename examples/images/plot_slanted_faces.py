"""
GANs from scratch: slanted faces
================================

The smallest GAN there is. A face has four pixels, each network one layer, and every
number is small enough to be printed. First in plain numpy, with the gradients written
out, then with skgan. After the tutorial "A friendly introduction to GANs" of Luis
Serrano (2020).

On a planet where people are slanted, a face is dark on one diagonal of its two by two
pixels:
"""

import matplotlib.pyplot as plt
import numpy as np

faces = np.array(
    [
        [0.99, 0.02, 0.01, 0.98],
        [0.91, 0.09, 0.18, 0.83],
        [0.93, 0.17, 0.08, 0.81],
        [0.84, 0.11, 0.19, 0.92],
        [0.82, 0.21, 0.12, 0.94],
    ]
)


def show(images, title):
    figure, axes = plt.subplots(1, len(images), figsize=(6, 1.6))
    for ax, image in zip(axes, images, strict=True):
        ax.imshow(image.reshape(2, 2), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    figure.suptitle(title)


show(faces, "Faces")

# %%
# In numpy
# --------
#
# The generator turns one uniform number :math:`z` into the pixels :math:`G(z) =
# \sigma(v z + c)`, the discriminator turns pixels into the probability that they are a
# face, :math:`D(x) = \sigma(w x + b)`. The discriminator's loss is :math:`-\log D(x) -
# \log(1 - D(G(z)))`, the generator's :math:`-\log D(G(z))`. The derivative of
# :math:`-\log\sigma(a)` by :math:`a` is :math:`-(1 - \sigma(a))`; the rest is the chain
# rule:


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


rng = np.random.default_rng(0)
w, b = rng.normal(size=4), rng.normal()  # the discriminator
v, c = rng.normal(size=4), rng.normal(size=4)  # the generator
rate = 0.01
for _epoch in range(1_000):
    for x in faces:
        z = rng.uniform(-1, 1)
        fake = sigmoid(v * z + c)
        error_real, error_fake = 1 - sigmoid(w @ x + b), sigmoid(w @ fake + b)
        w += rate * (error_real * x - error_fake * fake)
        b += rate * (error_real - error_fake)
        slope = (1 - sigmoid(w @ fake + b)) * w * fake * (1 - fake)
        v += rate * slope * z
        c += rate * slope

print("discriminator", w.round(2), b.round(2))
print("generator    ", v.round(2), c.round(2))
made = sigmoid(np.linspace(-1, 1, 5)[:, None] * v + c)
print(made.round(2))
show(made, "Made by numpy")

# %%
# With skgan
# ----------
#
# The same: networks of one layer, stochastic gradient descent, no average of weights,
# no penalty. A batch is all five faces, so that one iteration is one epoch. The
# gradient is their mean and not one after another, hence five times the rate. A tanh
# between -1 and 1 is a sigmoid between 0 and 1. A thousand epochs took 1.4 to 2.1
# seconds of one core; the first fit of a process takes one or two more, in which torch
# loads.

from torch import nn  # noqa: E402

from skgan import DCGANGenerator  # noqa: E402


def generator(latent_dim, image_shape):
    return nn.Sequential(nn.Linear(latent_dim, 4), nn.Unflatten(1, (1, 2, 2)))


def discriminator(image_shape):
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 1))


gan = DCGANGenerator(
    generator=generator,
    discriminator=discriminator,
    latent_dim=1,
    noise="uniform",
    loss="non_saturating",
    penalty=None,
    augmentation=None,
    n_clusters=1,
    optimizer="sgd",
    learning_rate=0.05,
    learning_rate_decay=None,
    ema_decay=0,
    batch_size=5,
    max_iter=1_000,
    random_state=0,
).fit(faces)

(skgan_w, skgan_b), (skgan_v, skgan_c) = (
    [weights.numpy().squeeze() for weights in network.parameters()]
    for network in (gan.discriminator_, gan.generator_)
)
print("discriminator", skgan_w.round(2), skgan_b.round(2))
print("generator    ", skgan_v.round(2), skgan_c.round(2))
made = gan.generate(np.linspace(-1, 1, 5)[:, None])
print(made)
show(made, "Made by skgan")

# %%
# The weights of both. Generators have learned a large constant for the pixels of one
# diagonal, and a small one for the others. Discriminators have no lasting opinion: once
# the faces are right, nothing is left to tell them by, and their weights go to and fro.

figure, axes = plt.subplots(2, 2, figsize=(6, 4), layout="constrained", sharey="row")
drawn = {
    "constants of the generator, numpy": c,
    "constants of the generator, skgan": skgan_c * 2,  # tanh(a) is 2 sigmoid(2a) - 1
    "weights of the discriminator, numpy": w,
    "weights of the discriminator, skgan": skgan_w * 2,  # its pixels are -1 to 1
}
for ax, (title, weights) in zip(axes.flat, drawn.items(), strict=True):
    ax.bar(["1", "2", "3", "4"], weights, color=["k", "0.7", "0.7", "k"])
    ax.set_title(title, fontsize="small")
plt.show()
