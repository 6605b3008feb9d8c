"""Rows that one asks for, and fits with a limit of time, on CUDA. Skipped without."""

import numpy as np
import pandas as pd
import pytest
import torch

import skgan
from skgan import GANGenerator
from skgan.exceptions import silent

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device"
)


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 800), "D")
    stay = pd.to_timedelta(rng.geometric(0.3, 800) - 1, "D")
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, 800),
            "state": rng.choice(["CA", "NY", "TX"], 800, p=[0.2, 0.3, 0.5]),
            "start": start,
            "end": start + stay,
        }
    )


@pytest.fixture(scope="module")
def fitted(people):
    with silent():
        gan = GANGenerator(max_iter=300, random_state=0, device="cuda", n_clusters=2)
        return gan.fit(people)


def test_conditions_hold_and_a_seed_repeats_them(fitted):
    asked = {"age": (30, 50), "state": ["CA", "NY"]}
    rows, again = (fitted.sample(500, where=asked, random_state=3) for _ in range(2))
    assert len(rows) == 500
    assert rows["age"].between(30, 50).all() and rows["state"].isin(["CA", "NY"]).all()
    pd.testing.assert_frame_equal(rows, again)


def test_shares_are_those_asked_for(fitted):
    asked = {"state": {"CA": 0.5, "NY": 0.25, "TX": 0.25}}
    rows = fitted.sample(2_000, shares=asked, random_state=0)
    found = rows["state"].value_counts().to_dict()
    assert found == {"CA": 1_000, "NY": 500, "TX": 500}


def test_order_of_columns_holds(fitted):
    rows = fitted.sample(2_000, random_state=0)
    assert (rows["end"] >= rows["start"]).all()


def test_a_file_is_asked_on_the_cpu(fitted, tmp_path):
    skgan.save(fitted, tmp_path / "model.skgan")
    loaded = skgan.load(tmp_path / "model.skgan").set_params(device="cpu")
    rows = loaded.sample(200, where={"age": (None, 40)}, random_state=0)
    assert len(rows) == 200 and rows["age"].max() <= 40


def test_a_limit_of_time_ends_training(people):
    limited = GANGenerator(
        max_iter=1_000_000, max_time=20, random_state=0, device="cuda"
    )
    with silent():
        limited.fit(people)
    assert 100 <= limited.n_iter_ < 1_000_000
    assert len(limited.sample(10)) == 10
