"""The benchmark of verdicts: its processes, its truths, and how it counts."""

from importlib import import_module

import numpy as np
import pytest
from scipy.stats import binomtest

from skgan import augmentation_gain

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package


@pytest.fixture
def verdicts(summary):
    return import_module("verdicts")


def test_samplers_balance_and_draw_anew_for_other_rows(verdicts):
    for process in verdicts.PROCESSES.values():
        X, y = process.draw(100, np.random.default_rng(0))
        assert y.sum() == round(100 * process.share)
        for name, sampler in verdicts.samplers(process).items():
            more, labels = sampler.fit_resample(X, y)
            assert np.array_equal(more[:100], X) and np.array_equal(labels[:100], y)
            assert np.bincount(labels).tolist() == [len(labels) / 2] * 2
            same, other = (sampler.fit_resample(own, y)[0] for own in (X, X + 1))
            assert np.array_equal(more, same)
            assert not np.allclose(more, other - 1)
            known = {row.tobytes(): label for row, label in zip(X, y, strict=True)}
            label = {"copies": 1, "flipped": 0}.get(name)
            assert {known.get(row.tobytes()) for row in more[100:]} == {label}


def test_truths_are_those_of_the_processes(verdicts):
    rng = np.random.default_rng(0)
    for process, classifier, sampler, sign in (
        ("spirals", "tree", "oracle", 1),
        ("spirals", "neighbors", "flipped", -1),
        ("nothing", "logistic", "oracle", 0),
    ):
        model = verdicts.CLASSIFIERS[classifier]
        own = verdicts.truth(verdicts.PROCESSES[process], model, 12, 1_000, rng)
        gain, error = own[sampler]
        assert gain * sign > 4 * error if sign else abs(gain) < 4 * error


def test_the_error_of_a_truth_is_that_of_other_training_sets(verdicts):
    process, model = verdicts.PROCESSES["nothing"], verdicts.CLASSIFIERS["tree"]
    rng = np.random.default_rng(0)
    pairs = [verdicts.truth(process, model, 4, 300, rng)["noise"] for _ in range(25)]
    gains, errors = np.transpose(pairs)
    assert 0.7 < gains.std() / np.sqrt((errors**2).mean()) < 1.4


def test_training_sets_of_a_truth_are_as_large_as_those_of_folds(verdicts, monkeypatch):
    lengths = []

    def recorded(model, train, test):
        lengths.append((len(train[0]), train[1].sum(), len(test[0])))
        return 0.0

    monkeypatch.setattr(verdicts, "precision", recorded)
    verdicts.truth(verdicts.PROCESSES["moons"], None, 2, 50, np.random.default_rng(0))
    assert lengths[0] == (240, 24, 50)
    assert [length[0] for length in lengths[1:]] == [
        *[2 * 216] * 5,
        240,
        *[2 * 216] * 5,
    ]


def test_figures_are_those_of_the_function(verdicts):
    work = verdicts.Work(n_trainings=2, n_test=100, n_tables=1)
    assert list(work("nothing", "tree", 2)) == verdicts.FIGURES
    process, model = verdicts.PROCESSES["nothing"], verdicts.CLASSIFIERS["logistic"]
    rng, again = (np.random.default_rng(0) for _ in range(2))
    found = verdicts.estimates(process, model, 2, 2, rng)
    for seed in (0, 1):
        samplers = verdicts.samplers(process)
        X, y = process.draw(process.n_rows, again)
        own = augmentation_gain(model, X, y, samplers, random_state=seed)
        for gain in own.gains:
            value, reach = found[gain.sampler][:, seed]
            assert (gain.gain, gain.high) == pytest.approx((value, value + reach))


def row(summary, process="a", repeats="2", **cases):
    """A run: truth, its error, gains and half the width of all intervals at once."""
    columns = {"process": process, "classifier": "tree", "repeats": repeats}
    columns |= {f"{name}_true": "" for name in summary.VERDICT_SAMPLERS}
    for name, (true, error, gains, reach) in cases.items():
        values = true, error, gains, " ".join([str(reach)] * len(gains.split()))
        for figure, value in zip(
            ("true", "error", "gains", "reaches"), values, strict=True
        ):
            columns[f"{name}_{figure}"] = str(value)
    return columns


def share(hits, n):
    low, high = binomtest(hits, n).proportion_ci(0.95, method="exact")
    return f"{100 * hits / n:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def test_what_is_right(summary):
    """Alone, intervals are 2.26 / 2.69 as wide as those of two: 0.84 of 0.1."""
    runs = [
        row(
            summary,
            oracle=(0.2, 0.01, "0.25 0.09 -0.11 0.01", 0.1),
            copies=(0.002, 0.001, "0.101 0.09 -0.09 0", 0.1),
        ),
        row(summary, "b", flipped=(-0.05, 0.01, "-0.2 0.2", 0.1)),
    ]
    found = summary.of_verdicts(runs)
    alone, together = (
        {line[0]: line[1:] for line in found[f"bench_verdicts_{name}"][1:]}
        for name in ("alone", "together")
    )
    # Claims of oracle: right, right, opposite, none; of copies: three of nothing
    first = ["8", *"4222", share(2, 6), share(2, 8), share(2, 4), ""]
    assert alone["a"] == first
    # Wider ones hold both truths of the first table, and claim less
    first = ["8", *"2111", share(1, 3), share(1, 4), share(1, 4), ""]
    assert together["a"] == first
    second = ["2", *"1110", share(1, 2), share(0, 2), "", share(1, 2)]
    assert alone["b"] == together["b"] == second
    assert alone["all"][:6] == ["10", *"5332", share(3, 8)]
    lines = {line[0]: line[1:7] for line in found["bench_verdicts_samplers"][1:]}
    assert lines["oracle"] == ["4", *"2011", share(2, 3)]
    assert lines["copies"] == ["4", *"2211", share(0, 3)]
    assert lines["smote"] == [*"00000", ""]
    assert summary.of_verdicts([]) == {}


def test_more_repeats_are_compared_on_the_same_tables(summary):
    """Of 50 folds an interval of two samplers is narrowed to 2.01 / 2.31: 0.087."""
    samplers = {"oracle": (0.2, 0.01), "copies": (0.0, 0.01)}

    def run(gains, **key):
        own = {name: (*truth, gains, 0.1) for name, truth in samplers.items()}
        return row(summary, **key, **own)

    rows = [
        run("0.05 0.12 0.2 0.2 0.2"),
        run("0.05 0.12 0.2 0.2 0.2", process="b"),
        run("0.0865 0.0875", repeats="10"),
    ]
    found = summary.of_verdicts(rows)
    assert found["bench_verdicts_alone"][-1][1:5] == ["20", "16", "8", "0"]
    # Of two tables each; the gain of copies is a wrong claim
    counts = ["4", *"2100", share(1, 2)]
    few, many = found["bench_verdicts_repeats"][1:]
    assert few[:7] == ["5, 2 times", *counts]
    assert many[:7] == ["5, 10 times", *counts]
    assert few[-2:] == many[-2:] == [share(1, 2), ""]
    assert summary.of_verdicts(rows[2:]) == {}
    assert len(summary.of_verdicts(rows[1:])) == 4  # of no process both


@pytest.mark.parametrize(
    ("true", "error", "sign"),
    [(0.0021, 0.0006, 1), (0.0021, 0.0008, 0), (-0.0019, 0, 0), (-0.3, 0.09, -1)],
)
def test_truths_that_count(summary, true, error, sign):
    found = summary.judged(row(summary, smote=(true, error, "0.5", 0.1)), "alone")
    assert [part.tolist() for part in found] == [[[sign * abs(true)]], [[1]], [[False]]]


def test_what_is_found_of_each_size(summary):
    runs = [
        row(summary, oracle=(0.02, 0.001, "0.2 0.2 0", 0.1)),
        row(summary, oracle=(0.019, 0.001, "0.2 -0.2 0", 0.1)),
        row(summary, noise=(-0.15, 0.001, "0.2 -0.2 0", 0.1)),
        row(summary, noise=(-0.001, 0, "-0.2 -0.2 -0.2", 0.1)),
    ]
    assert summary.of_verdicts(runs)["bench_verdicts_sizes"][1:] == [
        ["0.002 to 0.02", "3", share(1, 3), "0", ""],
        ["0.02 to 0.05", "3", share(2, 3), "0", ""],
        ["0.05 to 0.1", "0", "", "0", ""],
        ["0.1 or more", "0", "", "3", share(1, 3)],
    ]
