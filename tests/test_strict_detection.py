"""The strict detector of the benchmarks, on rows whose score is known."""

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package


@pytest.fixture
def strict(benchmarks):
    return benchmarks("strict_detection")


def test_codes_follow_the_order_of_texts_and_numbers_stay(strict):
    real = pd.DataFrame({"a": ["b", None, "c"], "x": [1.5, np.nan, 2.0]})
    synthetic = pd.DataFrame({"a": ["a", "c", "b"], "x": [0.0, 1.5, -1.0]})
    codes = strict.codes(real, synthetic)
    assert codes[:, 0].tolist() == [1, 3, 2, 0, 2, 1]  # "None" or "nan" is the last
    np.testing.assert_array_equal(codes[:, 1], [1.5, np.nan, 2, 0, 1.5, -1])


def test_shuffled_columns_keep_their_values_and_lose_each_other(strict):
    x = np.arange(500.0)
    drawn = strict.shuffled(pd.DataFrame({"x": x, "y": x}), 0)
    assert sorted(drawn["x"]) == sorted(drawn["y"]) == x.tolist()
    assert abs(np.corrcoef(drawn["x"], drawn["y"])[0, 1]) < 0.2


def test_score_sees_dependence_and_nothing_else_where_columns_are_right(strict):
    pytest.importorskip("xgboost")
    rng = np.random.default_rng(0)

    def rows(sign):
        x = rng.normal(size=2_000)
        y = sign * x + 0.3 * rng.normal(size=2_000)
        # Trees that get nine tenths of two columns get one
        return pd.DataFrame({"x": x, "y": y} | dict.fromkeys("abcdefgh", 0.0))

    same = strict.measure(rows(1), rows(1), rows(1), 0)
    assert same["strict"] > 0.93
    assert same["against_training"] > 0.93
    assert same["dependence"] == pytest.approx(0, abs=0.1)
    other = strict.measure(rows(1), rows(1), rows(-1), 0)
    assert other["strict"] < 0.3
    assert other["dependence"] == pytest.approx(1 - other["strict"], abs=0.1)


def test_published_figures_stand_below_those_of_their_table(summary):
    row = {"method": "skgan", "strict": "0.9", "dependence": "0.1"}
    rows = [
        row | {"table": name, "against_training": "1"} for name in ("adult", "news")
    ]
    found = summary.of_strict(rows)
    assert found["bench_strict_news"][1:] == [
        [summary.NAMES["skgan"], "0.900", "0.10", "1.000"]
    ]
    names = [line[0] for line in found["bench_strict_adult"][1:]]
    assert names[:3] == [
        summary.NAMES["skgan"],
        "published: training rows",
        "published: TabDiff",
    ]
