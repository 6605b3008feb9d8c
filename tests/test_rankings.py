"""Every measure on rows whose right answer is known: it must rank them rightly."""

import numpy as np
import pandas as pd
import pytest

from skgan import metrics

N = 1_500


def real_rows(n, seed):
    """Three kinds of rows far apart, in numbers that go together, and their names."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(3, size=n)
    x = 4 * kind + rng.normal(size=n)
    y = np.where(kind == 1, 5, -5) + x + 0.3 * rng.normal(size=n)
    z = rng.exponential(size=n)
    names = np.array(["low", "middle", "high"])[kind]
    return pd.DataFrame({"x": x, "y": y, "z": z, "kind": names})


TRAIN, TEST = real_rows(N, 0), real_rows(N, 1)
FRESH = real_rows(N, 2)
RNG = np.random.default_rng(0)
ROWS = {
    "fresh": FRESH,
    "bootstrap": TRAIN.iloc[RNG.integers(N, size=N)].reset_index(drop=True),
    "copies": TRAIN,
    "independent": FRESH.apply(lambda column: RNG.permutation(column.to_numpy())),
    "shifted": FRESH.assign(x=FRESH["x"] + 2),
    "dropped": real_rows(3 * N, 3).query("kind != 'middle'")[:N].reset_index(drop=True),
}
FAITHFUL = {"fresh", "bootstrap", "copies"}


def points(table):
    """The numbers of a table."""
    return table[["x", "y", "z"]].to_numpy()


def parzen(rows):
    samples, test = points(rows), points(TEST)
    bandwidth = metrics.select_bandwidth(test[::2], samples, np.geomspace(0.1, 2, 9))
    return metrics.parzen_log_likelihood(test[1::2], samples, bandwidth).mean()


def prdc(name):
    return lambda rows: getattr(
        metrics.precision_recall_density_coverage(TEST, rows), name
    )


def modes(name):
    """Of kinds of rows by their first two columns."""
    kinds = TEST.groupby("kind")[["x", "y"]].mean().to_numpy()
    return lambda rows: getattr(
        metrics.mode_recovery(rows[["x", "y"]], kinds, 1.0), name
    )


def copies(rows):
    return metrics.copy_share(TRAIN, TEST, rows).percent


def utility(rows):
    return metrics.train_on_synthetic_score(TRAIN, TEST, rows, "kind").synthetic


# A measure so that more is better, what it must rank below faithful rows, and by how
# much at least the best of these must lie below the worst faithful ones
ALL = {"independent", "shifted", "dropped"}
MEASURES = {
    "shape": (
        lambda r: -metrics.column_shape_error(TEST, r),
        {"shifted", "dropped"},
        3,
    ),
    "trend": (lambda r: -metrics.column_trend_error(TEST, r), ALL, 1),
    "two-sample": (lambda r: metrics.two_sample_score(TEST, r), ALL, 0.05),
    "XGBoost": (
        lambda r: metrics.two_sample_score(TEST, r, classifier="xgboost"),
        ALL,
        0.02,
    ),
    "precision": (prdc("precision"), {"independent", "shifted"}, 0.05),
    "density": (prdc("density"), {"independent", "shifted"}, 0.1),
    "recall": (prdc("recall"), {"dropped"}, 0.2),
    "coverage": (prdc("coverage"), ALL, 0.05),
    "beta recall": (lambda r: metrics.beta_recall(TEST, r), ALL, 0.02),
    "discrepancy": (lambda r: -metrics.maximum_mean_discrepancy(TEST, r), ALL, 0.005),
    "Fréchet": (lambda r: -metrics.frechet_distance(points(TEST), points(r)), ALL, 0.1),
    "Parzen": (parzen, ALL, 0.1),
    "utility": (utility, {"independent", "dropped"}, 0.02),
    "modes": (modes("n_modes"), {"dropped"}, 0.5),
    "even modes": (lambda r: -modes("reverse_kl")(r), {"dropped"}, 0.2),
    "good rows": (modes("high_quality"), {"independent"}, 0.1),
}


@pytest.mark.parametrize("name", MEASURES)
def test_faithful_rows_rank_above_what_is_wrong(name):
    if name == "XGBoost":
        pytest.importorskip("xgboost")
    measure, wrong, gap = MEASURES[name]
    worst = min(measure(ROWS[kind]) for kind in FAITHFUL)
    best = max(measure(ROWS[kind]) for kind in wrong)
    assert best + gap < worst


@pytest.mark.parametrize("kind", ROWS)
def test_copies_alone_are_called_copies(kind):
    expected = {"copies": 100, "bootstrap": 100}.get(kind, 0)
    assert metrics.duplicate_share(TRAIN, ROWS[kind]) == expected
    share = metrics.copy_share(TRAIN, TEST, ROWS[kind])
    if expected:
        assert share.low > 90
    else:
        assert 40 < share.percent < 60
    ratios = metrics.nearest_record_ratios(TRAIN, ROWS[kind])
    assert (np.quantile(ratios, 0.05) == 0) == (expected == 100)


def test_the_weak_detector_sees_nothing_in_independent_columns():
    """And says so in no way: why it is for comparison with papers alone."""
    score = metrics.two_sample_score(TEST, ROWS["independent"], classifier="logistic")
    assert score > 0.9
