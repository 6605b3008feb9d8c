"""
The theory of 2014, on a line
=============================

What "Generative adversarial nets" (Goodfellow et al. 2014) proves, where every density
is known: data from one normal distribution, and a generator that is a line, so that
what it makes is normal, too.

Proposition 1: for a fixed generator the best discriminator is :math:`D(x) = p_{data}(x)
/ (p_{data}(x) + p_g(x))`. Theorem 1: once the two densities are the same, it is 1/2
everywhere, and its loss is :math:`\\log 4`.

The generator learns for some iterations and then stops, while the discriminator goes on
to its optimum: ``n_critic`` takes a function that yields the networks to update.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.stats import norm
from torch import nn

from skgan import GANGenerator

X = np.random.default_rng(0).normal(4, 2, size=(20_000, 1))


def fit(n_iter):
    def schedule(iteration):
        for _ in range(1_500 if iteration == n_iter else 1):
            yield "discriminator"
        yield "generator"

    return GANGenerator(
        encoder="scaled",
        generator=nn.Linear,  # from one normal number to one
        latent_dim=1,
        hidden_layer_sizes=(32, 32),  # of the discriminator
        loss="minimax",
        penalty=None,
        n_clusters=1,
        n_critic=schedule,
        max_iter=n_iter + 1,
        learning_rate=2e-3,
        learning_rate_decay=None,
        ema_decay=0,
        n_score_samples=1_000,
        random_state=0,
    ).fit(X)


x = np.linspace(-6, 14, 400)[:, None]
p_data = norm.pdf(x, 4, 2)
figure, axes = plt.subplots(2, 2, figsize=(8, 6), layout="constrained")
axes = axes.ravel()
for ax, n_iter in zip(axes, (0, 50, 1_000), strict=False):
    gan = fit(n_iter)
    at_zero, at_one = gan.generate([[0.0], [1.0]]).ravel()
    p_g = norm.pdf(x, at_zero, abs(at_one - at_zero))
    with torch.no_grad():
        logits = gan.discriminator_.network(torch.tensor(gan.encoder_.encode(x)))
    learned = torch.sigmoid(logits)
    ax.plot(x, p_data / (p_data + p_g), "k", lw=3, alpha=0.3, label="closed form")
    ax.plot(x, learned, label="learned D")
    ax.plot(x, p_data, ":", label="data")
    ax.plot(x, p_g, ":", label="generator")
    ax.set(title=f"Generator of {n_iter} iterations", ylim=(0, 1))
axes[2].legend(loc="upper right")

loss = gan.loss_curve_[:, 0]
axes[3].plot(loss, label="loss of D")
axes[3].axhline(np.log(4), color="k", ls="--", label="log 4")
axes[3].legend()
plt.show()
print(f"loss of D at the end {loss[-500:].mean():.4f}, log 4 is {np.log(4):.4f}")

# %%
# Where there are data, the learned discriminator lies on the closed form; beyond them
# it goes on as it likes. At the end the generator is the data, D is one half there, and
# its loss is log 4. The loss of the generator is then log 1/2, as it minimizes
# :math:`\log(1 - D(G(z)))` (``loss="minimax"``).

generator_loss = gan.loss_curve_[-500:, 1].mean()
print(f"loss of G at the end {generator_loss:.4f}, log 1/2 is {np.log(0.5):.4f}")
