"""Rare classes begin with their shares, so that little training leaves these."""

import numpy as np
import pandas as pd

from skgan import GANGenerator

RNG = np.random.default_rng(0)


def shares_of(table, is_rare, max_iter):
    """The share of a class in samples of short fits of some seeds."""
    found = []
    for seed in range(2):
        gan = GANGenerator(max_iter=max_iter, random_state=seed, n_score_samples=50)
        gan.set_params(refinement=None, n_clusters=1).fit(table)
        found.append(is_rare(gan.sample(20_000, random_state=0)).mean())
    return np.array(found)


def test_one_missing_value_stays_rare():
    answers = pd.Series(RNG.random(1_500) < 0.4, dtype="boolean")
    answers[7] = pd.NA
    table = pd.DataFrame({"answer": answers, "x": RNG.normal(size=1_500)})
    shares = shares_of(table, lambda rows: rows["answer"].isna(), 5)
    assert shares.max() < 4 / 1_500


def test_a_declared_category_of_one_row_stays_rare():
    words = RNG.choice(["a", "b", "c"], size=300)
    words[0] = "d"
    table = pd.DataFrame({"word": pd.Categorical(words, list("abcde"))})
    table["x"] = RNG.normal(size=300)
    assert shares_of(table, lambda rows: rows["word"] == "d", 5).max() < 4 / 300
    assert shares_of(table, lambda rows: rows["word"] == "e", 5).max() < 2 / 300
