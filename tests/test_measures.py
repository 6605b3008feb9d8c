"""The measures of the benchmark of tables, on rows whose right answer is known."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def measures():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import measures
    finally:
        sys.path.remove(str(BENCHMARKS))
    return measures


def rows(n, seed, independent=False):
    """Two correlated numbers, and text that follows one of them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    table = {
        "x": x,
        "y": x + 0.3 * rng.normal(size=n),
        "sign": np.where(x > 0, "plus", "minus"),
    }
    if independent:
        table = {name: rng.permutation(column) for name, column in table.items()}
    return pd.DataFrame(table)


REAL = rows(2_000, 0)


def test_two_sample_score_ranks(measures):
    alike = measures.two_sample_score(REAL, rows(2_000, 1))
    apart = measures.two_sample_score(REAL, rows(2_000, 1, independent=True))
    assert alike > 0.93 and apart < 0.3


def test_shape_and_trend_by_hand(measures):
    a = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "c": ["p", "p", "q", "q"]})
    b = pd.DataFrame({"x": [1.0, 2.0, 3.0, 9.0], "c": ["p", "q", "q", "q"]})
    assert measures.shape_errors(a, b).to_dict() == {"x": 25.0, "c": 25.0}
    # Bins of the range 1 to 4: 1, 2, 3 and 9 (with 4) with their letters
    assert measures.trend_error(a, b) == pytest.approx(25.0)
    numbers = a.assign(c=[1.0, 2.0, 3.0, 4.0]), a.assign(c=[4.0, 3.0, 2.0, 1.0])
    assert measures.trend_error(*numbers) == pytest.approx(100)
    assert measures.trend_error(a, a) == measures.shape_errors(a, a).sum() == 0


def test_utility_of_good_and_bad_rows(measures):
    test = rows(500, 2)
    assert measures.utility(REAL, test, "sign", REAL) > 0.99
    noise = rows(2_000, 3, independent=True)
    assert 0.3 < measures.utility(noise, test, "sign", REAL) < 0.7
    assert measures.utility(REAL, test, "y", REAL) > 0.85  # a number: R2


def test_copies_are_seen(measures):
    held_out, fresh = rows(1_000, 4), rows(1_000, 5)
    assert measures.copy_share(REAL[:1_000], held_out, REAL[:1_000]) > 99
    assert 45 < measures.copy_share(REAL, held_out, fresh) < 55
