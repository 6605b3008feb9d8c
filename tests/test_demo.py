"""The demonstration tells the truth about good and bad models."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def demo():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        return runpy.run_path(str(BENCHMARKS / "demo.py"), run_name="demo")


@pytest.fixture(scope="module")
def split():
    from sklearn.datasets import load_digits

    rows = np.random.RandomState(0).permutation(load_digits().data)
    return rows[:1_000], rows[1_000:1_200], rows[1_200:1_400]


def verdict_of(demo, samples, split):
    train, validation, test = split
    score = demo["parzen_score"]("the model", samples, validation, test)
    others = [
        demo["parzen_score"](name, rows, validation, test)
        for name, rows in {
            "real training rows": train,
            "independent columns": np.random.default_rng(0).permuted(train, axis=0),
        }.items()
    ]
    return demo["verdict"](score, others)


def test_a_bad_model_is_called_worse(demo, split):
    noise = np.random.RandomState(0).uniform(0, 16, size=(1_000, 64))
    assert verdict_of(demo, noise, split) == (
        "By this measure the model is worse than real training rows and independent "
        "columns."
    )


def test_a_model_between_the_baselines(demo, split):
    blurred = split[0] + np.random.RandomState(0).normal(size=split[0].shape)
    assert verdict_of(demo, blurred, split) == (
        "By this measure the model is worse than real training rows; better than "
        "independent columns."
    )


def test_a_perfect_model_is_not_called_worse(demo, split):
    assert "worse" not in verdict_of(demo, np.concatenate(split), split)


def test_score_line(demo):
    assert str(demo["Score"]("GAN", -151.64, 0.83)).split() == [
        "GAN",
        "-151.6",
        "+-",
        "0.8",
    ]


def test_pictures_are_written(demo, split, tmp_path):
    from skgan import GANGenerator

    gan = GANGenerator(max_iter=2, n_score_samples=50).fit(split[0])
    paths = demo["write_pictures"](gan, split[2], tmp_path / "new")
    assert [path.name for path in paths] == ["digits.png", "loss_curve.png"]
    for path in paths:
        assert path.parent == tmp_path / "new"
        assert path.read_bytes().startswith(b"\x89PNG")


def test_pictures_go_to_a_folder_that_git_ignores(demo):
    root = BENCHMARKS.parent
    folder = demo["PICTURES"].relative_to(root)
    assert f"{folder}/" in (root / ".gitignore").read_text().splitlines()
