"""One report: what is good, what is off, what looks copied."""

import builtins

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, binomtest, norm

from skgan.metrics import (
    column_shape_error,
    column_shape_errors,
    column_trend_errors,
    copy_share,
    duplicate_share,
    evaluate,
    evaluation,
    explain_two_sample,
    nearest_record_ratios,
    precision_recall_density_coverage,
    train_on_synthetic_score,
    two_sample_auc,
)
from skgan.metrics.copies import judge_copies
from skgan.metrics.evaluation import _likeness
from skgan.metrics.features import as_points
from skgan.metrics.figures import Estimate, Figure, copied, judged
from skgan.metrics.privacy import equal_share
from skgan.metrics.rows import read_rows


def rows(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame(
        {
            "x": x,
            "y": x + 0.3 * rng.normal(size=n),
            "z": rng.exponential(size=n),
            "sign": np.where(x > 0, "plus", "minus"),
        }
    )


TRAIN, TEST, FRESH = rows(1_000, 0), rows(1_000, 1), rows(1_000, 2)


FEW = [TRAIN[:240], TEST[:200], FRESH[:220]]  # of the longer ones some are drawn


@pytest.fixture(scope="module")
def fresh():
    return evaluate(TRAIN, TEST, FRESH, target="sign")


@pytest.fixture(scope="module")
def few():
    """Of too few rows to judge them, for what two reports have in common."""
    return evaluate(*FEW, target="sign")


def verdicts(report):
    return {figure.measure: figure.verdict for figure in report.figures}


def off(report):
    return {name for name, verdict in verdicts(report).items() if verdict != "good"}


@pytest.mark.parametrize(
    ("value", "real", "noise", "verdict"),
    [
        (1.75, 0.75, 0.0, "good"),
        (2.0, 0.75, 0.0, "fair"),
        (2.25, 0.75, 0.25, "good"),  # twice the noise counts for nothing
        (5.75, 0.75, 0.0, "fair"),
        (6.0, 0.75, 0.0, "off"),
        (0.0, 9.0, 0.0, "good"),
    ],
)
def test_verdicts_on_errors(value, real, noise, verdict):
    figure = judged("column shape error, %", Estimate(value), Estimate(real), noise)
    assert figure.verdict == verdict
    assert figure[:2] == ("column shape error, %", value) and figure.real == real


@pytest.mark.parametrize(
    ("value", "noise", "verdict"),
    [(0.9, 0.0, "good"), (0.8, 0.0, "fair"), (0.75, 0.1, "good"), (0.5, 0.0, "off")],
)
def test_verdicts_on_scores(value, noise, verdict):
    measure = "two-sample score, training rows"
    own, real = Estimate(value), Estimate(1.0)
    assert judged(measure, own, real, noise).verdict == verdict
    assert judged(measure, real, own, noise).verdict == "good"


def test_verdicts_on_copies():
    """More than a little, and more than chance: 2.71 standard errors."""
    nearer, equal = "nearer to training rows, %", "equal to a training row, %"
    for measure, value, real, noise, verdict in (
        (nearer, 53.0, 50.0, 0.5, "good"),
        (nearer, 53.5, 50.0, 0.5, "copied"),
        (nearer, 10.0, 50.0, 0.5, "good"),
        (nearer, 55.4, 50.0, 2.0, "good"),
        (nearer, 55.5, 50.0, 2.0, "copied"),
        (equal, 3.0, 2.0, 0.1, "good"),
        (equal, 3.5, 2.0, 0.1, "copied"),
    ):
        figure = copied(measure, Estimate(value), Estimate(real), noise)
        assert figure.verdict == verdict
        assert figure.better == ("50" if measure == nearer else "lower")


def coarse(n, rng):
    """Rows of which some are equal by chance."""
    x = rng.normal(size=n).round(1)
    return pd.DataFrame({"x": x, "letter": rng.choice(list("abcde"), n)})


@pytest.mark.parametrize("n", [150, pytest.param(450, marks=pytest.mark.slow)])
def test_fresh_rows_are_seldom_said_to_be_copies(n):
    """In at most one report of a hundred: of 200 in six at most, all but surely."""
    n_alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        tables = [coarse(n, rng) for _ in range(3)]
        rows = read_rows(**dict(zip("abc", tables, strict=True)))
        points = as_points(*rows, scale_columns=True)
        figures = judge_copies(rows, points, equal_share(*rows[:2]), seed)
        n_alarms += any(figure.verdict == "copied" for figure in figures)
    assert n_alarms <= 6


def test_some_copies_are_found_among_few_rows():
    """A third of 300 rows, each moved by a hair."""
    rng = np.random.default_rng(0)
    train, test, fresh = rng.normal(size=(3, 300, 4))
    some = np.concatenate([train[:100] + 1e-4, fresh[:200]])
    found = verdicts(evaluate(train, test, some))
    assert found["nearer to training rows, %"] == "copied"
    assert found["5 % quantile of record ratios"] == "copied"
    assert found["equal to a training row, %"] == "good"


def test_rows_that_are_not_held_out():
    rng = np.random.default_rng(0)
    train, test, fresh = rng.normal(size=(3, 200, 3))
    with pytest.raises(ValueError, match="real_test must be rows that the generator"):
        evaluate(train, train, train)
    with pytest.raises(ValueError, match="all of its 50 rows are rows of real_train"):
        evaluate(train, train[50:100], fresh)
    mixed = np.concatenate([train[:50], test[:150]])
    with pytest.warns(UserWarning, match="25 % of the rows of real_test are rows of"):
        report = evaluate(train, mixed, fresh)
    assert report.overlap == 25 and report.membership is None
    last = report.words.splitlines()[-2]
    assert last.startswith("Whether rows are copied cannot be told: 25 % of the held-")
    # Tables of few classes repeat themselves
    letters = rng.choice(list("ab"), (3, 200, 2))
    assert evaluate(*letters).overlap is None


def test_fresh_rows_are_good_in_all(fresh):
    assert off(fresh) == set()
    assert fresh.words.endswith("No sign of copied rows.")
    assert "Off" not in fresh.words and "worst" not in fresh.words
    assert fresh.n_rows == (1_000, 1_000, 1_000)


def test_figures_are_those_of_the_functions(fresh):
    figures = {figure.measure: figure for figure in fresh.figures}
    own = figures["column shape error, %"]
    assert own.value == column_shape_error(TRAIN, FRESH)
    assert fresh.trend_errors == column_trend_errors(TRAIN, FRESH)
    auc = two_sample_auc(TRAIN, FRESH)
    own = figures["two-sample score, training rows"]
    assert own.value == 1 - 2 * max(auc.value - 0.5, 0)
    half = 2 * norm.ppf(0.975) * auc.standard_error
    assert own.low == pytest.approx(own.value - half)
    assert own.high == pytest.approx(min(own.value + half, 1.0))
    own = figures["train on synthetic"]
    assert own[1:6:3] == train_on_synthetic_score(TRAIN, TEST, FRESH, "sign")
    own = figures["nearer to training rows, %"]
    assert own[1:4] == pytest.approx(copy_share(TRAIN, TEST, FRESH))
    own = figures["equal to a training row, %"]
    assert (own.value, own.real) == (duplicate_share(TRAIN, FRESH), 0)
    own = figures["5 % quantile of record ratios"]
    assert own.value == pytest.approx(
        np.quantile(nearest_record_ratios(TRAIN, FRESH), 0.05)
    )
    assert fresh.telling_ranges == explain_two_sample(TRAIN, FRESH)


def test_intervals_are_of_as_many_rows_as_were_looked_at(few):
    """Of tables of different lengths: exact ones of shares, of quantiles by ranks."""
    train, test, synthetic = FEW
    figures = {figure.measure: figure for figure in few.figures}
    own = figures["coverage"]  # of as many rows of each
    n = min(map(len, FEW))
    for value, ends in ((own.value, own[2:4]), (own.real, own[5:7])):
        assert ends == pytest.approx(exact(round(value * n), n))
    own = figures["equal to a training row, %"]
    assert own.value == own.real == 0
    assert own[2:4] == pytest.approx((0, 100 * exact(0, len(synthetic))[1]))
    assert own[5:7] == pytest.approx((0, 100 * exact(0, len(test))[1]))
    own = figures["5 % quantile of record ratios"]
    for rows, ends in ((synthetic, own[2:4]), (test, own[5:7])):
        ratios = np.sort(nearest_record_ratios(train, rows))
        low, high = binom.ppf([0.025, 0.975], len(ratios), 0.05).astype(int)
        assert ends == pytest.approx((ratios[low - 1], ratios[high]))


def test_what_real_rows_get_counts_for_nothing():
    train, test, synthetic = FEW
    shifted = synthetic.assign(x=synthetic["x"] + 0.6, z=synthetic["z"] * 1.3)
    shape = evaluate(train, test, shifted).figures[0]
    assert 1 < shape.value - shape.real < shape.real and shape.verdict == "good"


def test_errors_of_two_sample_scores_count_for_nothing():
    train, test, synthetic = FEW
    shifted = synthetic.assign(x=synthetic["x"] + 0.2)
    rows = read_rows(train=train, test=test, synthetic=shifted)
    own = next(f for f in _likeness(*rows, 0)[0] if f.measure.endswith("training rows"))
    assert 0.11 < own.real - own.value < 0.19 and own.verdict == "good"


def test_rows_before_refinement_are_judged_by_the_same_seed():
    train, test, synthetic = np.random.default_rng(0).normal(size=(3, 60, 2))
    own = {"unrefined": synthetic, "random_state": 1}
    report = evaluate(train, test, synthetic, **own)
    assert report.unrefined.random_state == 1
    assert report.unrefined.figures == report.figures


def test_columns_that_tell_are_shown_first_and_then_the_worst(few, monkeypatch):
    train, test, synthetic = FEW
    monkeypatch.setattr(evaluation, "N_PANELS", 2)
    shifted = evaluate(train, test, synthetic.assign(y=synthetic["y"] + 0.6))
    for report in (few, shifted):
        errors = report.shape_errors
        telling = list(dict.fromkeys(part.column for part in report.telling_ranges))
        others = sorted(set(errors) - {*telling}, key=lambda name: -errors[name])
        n_shown = 2 if report is shifted else len(errors)
        names = [panel.name for panel in report.panels]
        assert names == (telling + others)[:n_shown]
    assert not few.telling_ranges and shifted.telling_ranges


def exact(hits, n):
    return tuple(binomtest(hits, n).proportion_ci(0.95, method="exact"))


def test_rulers_are_real_rows_in_place_of_synthetic_ones(fresh):
    figures = {figure.measure: figure for figure in fresh.figures}
    ruler = precision_recall_density_coverage(TEST, TRAIN)
    for name in ("precision", "coverage"):
        assert figures[name].real == pytest.approx(getattr(ruler, name), abs=0.005)
        assert figures[name].real < 1  # as of held-out rows beside themselves
    assert figures["column shape error, %"].real == column_shape_error(TRAIN, TEST)
    assert fresh.real_shape_errors == column_shape_errors(TRAIN, TEST)
    assert fresh.real_trend_errors == column_trend_errors(TRAIN, TEST)
    train, test, synthetic = FEW
    mixed = pd.concat([test[:150], train[:50]])
    with pytest.warns(UserWarning, match="25 % of the rows of real_test"):
        report = evaluate(train, mixed, synthetic)
    assert report.figures[-1][4] == duplicate_share(train, mixed) == 25


def test_independent_columns():
    rng = np.random.default_rng(0)
    loose = FRESH.apply(lambda column: rng.permutation(column.to_numpy()))
    report = evaluate(TRAIN, TEST, loose, target="sign")
    found = verdicts(report)
    assert found["column shape error, %"] == "good"
    for measure in (
        "column trend error, %",
        "two-sample score, training rows",
        "two-sample score, held-out rows",
        "precision",
        "train on synthetic",
    ):
        assert found[measure] == "off", measure
    assert "x with y (" in report.words or "y with x (" in report.words
    assert "Columns that are off" not in report.words
    telling = report.words.partition("What tells rows apart: ")[2]
    assert set(telling.partition(";")[0].split(", ")) >= {"x", "y", "sign"}
    assert "No sign of copied rows." in report.words


def test_shifted_means():
    report = evaluate(TRAIN, TEST, FRESH.assign(z=FRESH["z"] + 2))
    found = verdicts(report)
    assert found["column shape error, %"] == "off"
    assert "Columns that are off the most: z (" in report.words
    assert report.telling_ranges[0].column == "z"
    assert found["coverage"] == "off"


def test_dropped_modes():
    """Half of the rows are of a kind that is never drawn."""
    report = evaluate(TRAIN, TEST, FRESH[FRESH["x"] > 0])
    found = verdicts(report)
    assert found["coverage"] == "off"
    assert found["precision"] == "good"


def test_attacks_on_membership(fresh):
    """By distances, with half of the held-out rows to compare with."""
    found = fresh.membership
    assert found.verdict == "none found" and found.words in fresh.words
    assert list(found.scores) == ["closest", "distance_ratio", "nearest_distances"]
    assert (found.is_member.sum(), len(found.is_member)) == (1_000, 1_500)
    assert found.confidence == 0.99
    few = evaluate(TRAIN[:30], TEST[:19], FRESH[:30])
    assert few.membership is None and "members" not in few.words


def test_copies():
    report = evaluate(TRAIN, TEST, TRAIN)
    assert report.membership.verdict == "members found"
    assert "Members, the rows trained on, are found: the best of 3" in report.words
    copied = {name for name, verdict in verdicts(report).items() if verdict == "copied"}
    assert copied == {
        "nearer to training rows, %",
        "equal to a training row, %",
        "5 % quantile of record ratios",
    }
    assert "Rows look copied: nearer to training rows 100 (real: 50), " in report.words
    train, test, synthetic = FEW
    some = evaluate(train, test, pd.concat([synthetic[:180], train[:20]]))
    assert verdicts(some)["equal to a training row, %"] == "copied"
    assert verdicts(evaluate(train, test, test))["nearer to training rows, %"] == "good"


def test_prints_a_table_and_words(fresh):
    text = str(fresh)
    lines = text.splitlines()
    assert lines[0].split() == ["synthetic", "real", "verdict"]
    assert lines[1].startswith("column shape error, %") and lines[1].endswith("good")
    assert text.endswith("No sign of copied rows.")
    assert " ".join(text.split()).endswith(" ".join(fresh.words.split()))
    assert max(map(len, lines)) <= 88
    assert repr(fresh) == (
        "<Report on 1000 synthetic rows, 1000 training and 1000 held-out ones; "
        "print it>"
    )


def test_frame(fresh, monkeypatch):
    frame = fresh.frame
    assert list(frame) == [*Figure._fields]
    assert len(frame) == len(fresh.figures)
    real_import = builtins.__import__

    def without_pandas(name, *args, **kwargs):
        if name == "pandas":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pandas)
    assert fresh.frame == [figure._asdict() for figure in fresh.figures]


def test_few_rows_are_said_to_be_few(fresh):
    report = evaluate(TRAIN[:100], TEST[:50], FRESH[:100])
    assert "Few rows (50 in the smallest table)" in report.words
    assert "Few rows" not in fresh.words


def test_one_column_and_arrays():
    X = np.random.default_rng(0).normal(size=(900, 1))
    report = evaluate(X[:300], X[300:600], X[600:])
    assert report.trend_errors == {}
    assert "column trend error, %" not in verdicts(report)
    assert off(report) == set()


def test_identifiers_are_left_out(few):
    """Fresh names are right, though no real row has them."""
    named = [
        table.assign(name=[f"{start + i} Main Street" for i in range(len(table))])
        for start, table in zip((0, 10_000, 20_000), FEW, strict=True)
    ]
    report = evaluate(*named, target="sign", unrefined=named[2])
    assert report.figures == report.unrefined.figures
    assert report.frame[[*few.frame]].equals(few.frame)
    assert report.left_out == ["name"] and few.left_out == []
    assert "Left out, as nearly all values differ: name." in report.words


def test_same_seed_same_report(few):
    again = evaluate(*FEW, target="sign")
    assert again.frame.equals(few.frame)
    other = evaluate(*FEW, target="sign", random_state=1)
    assert not other.frame.equals(few.frame)


def test_errors():
    with pytest.raises(ValueError, match="synthetic must have the columns of real_tr"):
        evaluate(*FEW[:2], FRESH[["x"]])
    with pytest.raises(ValueError, match="Column 'w' must be one of those of the real"):
        evaluate(*FEW, target="w")


def test_rows_before_refinement_stand_beside(few):
    loose = FEW[2].apply(lambda x: x.sample(frac=1, random_state=0).to_numpy())
    report = evaluate(*FEW, target="sign", unrefined=loose)
    assert report.figures == few.figures and few.unrefined is None
    alone = evaluate(*FEW[:2], loose, target="sign")
    assert report.unrefined.figures == alone.figures
    assert report.frame["unrefined"].tolist() == alone.frame["value"].tolist()
    head, first = str(report).splitlines()[:2]
    assert head.split() == ["synthetic", "unrefined", "real", "verdict"]
    values = [f"{report.figures[0].value:.3f}", f"{alone.figures[0].value:.3f}"]
    assert first.split()[-4:-2] == values
    assert str(few).splitlines()[0].split() == ["synthetic", "real", "verdict"]
