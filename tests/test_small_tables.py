"""The benchmark of small tables: what is drawn, labeled and scored, and its tables."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package


@pytest.fixture
def small(benchmarks):
    return benchmarks("small_tables")


def test_draws_keep_shares_and_need_enough_rows_of_each_class(small):
    X, y = pd.DataFrame({"x": np.arange(400)}), np.repeat([0, 1], [300, 100])
    rows, labels, rows_test, labels_test = small.drawn(X, y, 100, 0)
    assert np.bincount(labels).tolist() == [75, 25] and len(labels_test) == 300
    assert (y[rows["x"]] == labels).all()
    assert (y[rows_test["x"]] == labels_test).all()
    assert not set(rows["x"]) & set(rows_test["x"])
    assert small.drawn(X, y, 36, 0) is None  # nine of the rarer
    assert small.drawn(X, y, 331, 0) is None  # 69 for the test


def test_rows_come_in_the_order_of_their_labels(small):
    class Constant:
        def __init__(self, seed):
            pass

        def fit(self, X):
            self.value = X["x"].iloc[0]
            return self

        def sample(self, n, seed):
            return pd.DataFrame({"x": [self.value] * n})

    y = np.array([0, 1, 2])
    source = small.EachClass(Constant, pd.DataFrame({"x": [5, 6, 7]}), y, 0)
    drawn = source.sample(np.array([2, 0, 0, 1, 2]), 0)
    assert drawn["x"].tolist() == [7, 5, 5, 6, 7]
    assert drawn.index.tolist() == [0, 1, 2, 3, 4]


def test_a_teacher_draws_labels_by_its_probabilities(small):
    rng = np.random.default_rng(0)
    X = np.repeat([[0.0], [1.0]], 500, axis=0)
    y = (rng.uniform(size=1_000) < np.where(X[:, 0] == 1, 0.8, 0.1)).astype(int)
    teacher = small.Teacher(DecisionTreeClassifier(), X, y)
    labels = teacher.labels(np.repeat([[0.0], [1.0]], 5_000, axis=0), rng)
    assert labels[:5_000].mean() == pytest.approx(y[:500].mean(), abs=0.02)
    assert labels[5_000:].mean() == pytest.approx(y[500:].mean(), abs=0.02)


def test_scores_of_known_probabilities(small):
    y, rare = np.array([0, 0, 0, 1]), np.array([0.1, 0.4, 0.2, 0.3])
    found = np.column_stack([1 - rare, rare])
    loss, precision, brier, accuracy = small.scores(y, found)
    assert loss == pytest.approx(-np.log([0.9, 0.6, 0.8, 0.3]).mean())
    assert precision == pytest.approx(0.5)  # the rare one is second
    assert brier == pytest.approx(np.mean([0.01, 0.16, 0.04, 0.49]))
    assert accuracy == 0.5
    # A threshold of 1/4: the second and the last are of the rare class
    assert small.scores(y, found, [4 / 3, 4])[3] == pytest.approx((2 / 3 + 1) / 2)


def test_probabilities_are_a_hundredth_nearer_to_equal_ones(small):
    model = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    assert small.chances(model, [[1]]) == pytest.approx(np.array([[0.005, 0.995]]))


def test_treatments_learn_what_they_should(small):
    X = np.repeat([[0.0], [1.0]], 20, axis=0)
    y = np.repeat([0, 1], 20)
    samples = {"gan": (np.repeat([[0.0], [1.0]], 30, axis=0), np.repeat([1, 0], 30))}
    judge = small.Judge({}, X, y, X, y)
    model = DecisionTreeClassifier()

    def share(name):
        return judge.fitted(name, model, samples).predict_proba([[0.0]])[0, 0]

    assert share("none") == 1 and share("gan_instead") == 0
    assert share("gan") == pytest.approx(20 / 50)
    one_class = {"gan": (X, np.ones(40, int))}
    assert judge.fitted("gan_instead", model, one_class) is None
    rare = small.Judge({}, X, np.repeat([0, 1], [30, 10]), X, y)
    even = LogisticRegression(C=1e-9)  # no more than the shares of classes
    assert rare.fitted("none", even, {}).predict_proba(X)[0, 1] == pytest.approx(
        0.25, 1e-3
    )
    weighted = rare.fitted("weights", even, {}).predict_proba(X)[0, 1]
    assert weighted == pytest.approx(0.5, abs=1e-3)


def test_noise_is_as_long_as_the_way_to_the_next_point(small):
    points = np.vstack([np.eye(8), 100 + 10 * np.eye(8)])
    drawn = import_module("densities").Noise(points, 0).draw(20_000, 0)
    is_far = drawn.mean(axis=1) > 50
    for own, scale in ((~is_far, 1), (is_far, 10)):
        ways = drawn[own][:, None] - points[None, 8 * (scale == 10) :][:, :8]
        moved = np.sqrt((ways**2).sum(axis=2).min(axis=1))
        assert np.median(moved) == pytest.approx(2**0.5 * scale, rel=0.25)


def runs(*own):
    """Runs of log losses of the real rows and of rows of the GAN, for all scores."""
    names = "none weights calibrated threshold smote noise mixture gan smote_balanced"
    names += " gan_balanced independent_teacher smote_teacher gan_teacher teacher_alone"
    names += " smote_instead mixture_instead gan_instead independent_teacher_instead"
    names += " gan_teacher_instead"
    scores = "log_loss", "average_precision", "brier", "balanced_accuracy"
    rows = []
    for table, n, draw, real, gan in own:
        row = {"table": table, "n": n, "draw": draw}
        row |= {
            f"{k}_{s}": " ".join([str(real)] * 5) for k in names.split() for s in scores
        }
        row |= {f"gan_{s}": " ".join([str(gan)] * 5) for s in scores}
        row |= {f"weights_{s}": f"{real} nan {real} {real} {real}" for s in scores}
        row |= {f"teacher_alone_{s}": str(real) for s in scores}
        rows.append(row)
    return rows


def test_gains_are_means_over_tables_and_less_loss_is_more(summary):
    rows = runs(
        ("a", "100", "0", 0.5, 0.4),
        ("a", "500", "1", 0.5, 0.2),
        ("b", "100", "0", 0.5, 0.5),
        ("b", "100", "1", 0.5, 0.5),
    )
    assert summary.small_gains(rows, "gan", "log_loss")[:, 0] == pytest.approx([0.2, 0])
    gains = summary.small_gains(rows, "gan", "average_precision")[:, 4]
    assert gains == pytest.approx([-0.2, 0])
    assert np.isnan(summary.small_gains(rows, "weights", "brier")[:, 1]).all()
    found = summary.of_small_tables(rows)
    (score, _, *heads), *lines = found["bench_small_log_loss"]
    assert (score, heads) == ("score", summary.LEARNERS)
    lines = {line[1]: line[2:] for line in lines}
    assert lines["the real rows"] == ["0.500"] * 5
    reach = 12.706 * 0.1  # of two tables, .2 and 0
    text = f"+0.100 ({0.1 - reach:+.3f} to {0.1 + reach:+.3f})"
    assert lines["GAN"] == [text] * 5
    assert lines["class weights"][1] == "" and "moved threshold" not in lines
    guide = summary.for_whom(rows, [], [])
    guide = {(line[1], line[2]): [*line[3:4], *line[5:]] for line in guide}
    assert guide["log loss", "GAN"] == [text] * 5
    assert len(guide["balanced accuracy", "moved threshold"]) == 5
    pair = "GAN, balanced, over moved threshold"
    assert guide["balanced accuracy", pair] == ["+0.000 (+0.000 to +0.000)"] * 5
    by_table = found["bench_small_by_table"]
    assert by_table[1][:3] == ["a", "2", "-0.200"]
    assert summary.of_small_tables([]) == {}


def test_bold_is_what_is_sure_among_all_entries(summary):
    gains = np.array([0.1, 0.11, 0.12, 0.13, np.nan])  # t of 3 degrees is 3.182
    deviation = gains[:4].std(ddof=1) / 2
    text = (
        f"+0.115 (+{0.115 - 3.182 * deviation:.3f} to +{0.115 + 3.182 * deviation:.3f})"
    )
    assert summary.sure(gains, 1) == f"**{text}**"
    assert summary.sure(gains, 20_000) == text
    assert summary.sure(gains[:1], 1) == ""


def test_even_draws_choose_and_odd_ones_say(summary):
    rows = runs(
        ("a", "100", "0", 0.5, 0.4),
        ("b", "100", "0", 0.5, 0.4),
        ("a", "100", "1", 0.5, 0.7),
        ("b", "100", "1", 0.5, 0.7),
    )
    line = summary.of_small_tables(rows)["bench_small_chosen"][1]
    assert line[:2] == ["logistic", "GAN"]
    assert line[2].startswith("**-0.200") and line[6].startswith("**-0.200")
    only_even = summary.of_small_tables(rows[:2])["bench_small_chosen"]
    assert len(only_even) == 1


def test_classes_of_one_size_are_given_nothing(small):
    X, y = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0]}), np.array([0, 1, 0, 1])
    points = small.as_points(X)

    class Source:
        def sample(self, labels, seed):
            return X.iloc[np.zeros(len(labels), dtype=int)]

    class Independent:
        def sample(self, n, seed):
            return X.iloc[np.ones(n, dtype=int)]

    class Teacher:
        def labels(self, rows, rng):
            return np.zeros(len(rows), dtype=int)

    def samples(y):
        own = small._samples({"gan": Source()}, Independent(), points, Teacher(), y, 0)
        return dict(own)

    rows, labels = samples(y)["gan_balanced"]
    assert rows.shape == (0, 1) and len(labels) == 0
    found = samples(np.array([0, 1, 0, 0]))
    rows, labels = found["gan_balanced"]
    assert labels.tolist() == [1, 1] and (rows == points.transform(X)[0]).all()
    assert found["gan"][1].tolist() == [0, 1, 0, 0]
    rows, labels = found["independent_teacher"]
    assert labels.tolist() == [0] * 8 and (rows == points.transform(X)[1]).all()
