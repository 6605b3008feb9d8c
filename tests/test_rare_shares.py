"""Rare classes keep their shares, however short training is."""

import numpy as np
import pandas as pd
import pytest
import torch

from skgan import GANGenerator
from skgan.networks import Latents

RNG = np.random.default_rng(0)
ANSWERS = pd.Series(RNG.random(1_500) < 0.4, dtype="boolean")
ANSWERS[7] = pd.NA
WORDS = RNG.choice(["a", "b", "c"], size=300)
WORDS[0] = "d"
IS_RARE = RNG.random(3_000) < 0.01
TABLES = {
    "one missing value": {"it": ANSWERS, "x": RNG.normal(size=1_500)},
    "a declared category of one row": {
        "it": pd.Categorical(WORDS, list("abcd")),
        "x": RNG.normal(size=300),
    },
    "a class of 1 %": {
        "it": np.where(IS_RARE, "rare", "usual"),
        "x": RNG.normal(size=3_000) + 2 * IS_RARE,
    },
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "max_iter",
    [1, 100, *(pytest.param(n, marks=pytest.mark.slow) for n in (20, 300))],
)
def test_classes_keep_their_shares(name, max_iter):
    """Over all Gumbel noise, by fresh latents."""
    table = pd.DataFrame(TABLES[name])
    gan = GANGenerator(max_iter=max_iter, random_state=0, n_score_samples=50)
    gan.set_params(refinement=None, n_clusters=1, batch_size=100)
    gan.set_params(hidden_layer_sizes=(32, 32), validation_fraction=0).fit(table)
    encoder, head = gan.encoder_, gan.generator_.head
    encoded = encoder.encode(encoder.read(table), np.random.default_rng(0))
    wanted = head.log_shares(torch.from_numpy(encoded)).exp()
    noise = torch.Generator().manual_seed(1)
    z = torch.randn(20_000, gan.latent_dim_, generator=noise)
    raw = gan.generator_.raw(Latents(z, z[:, :0], None))
    found = head.log_chances(raw[:, : head.n_gumbel]).exp()
    ratio = found / wanted
    assert 1 / 1.2 < ratio.min() and ratio.max() < 1.2
    rows = gan.sample(50_000, random_state=0)["it"]
    for value, share in table["it"].value_counts(normalize=True, dropna=False).items():
        drawn = (rows.isna() if pd.isna(value) else rows == value).mean()
        noise = 4 * (share / 50_000) ** 0.5
        assert share / 1.2 - noise < drawn < share * 1.2 + noise
