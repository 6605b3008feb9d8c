"""The benchmark of rows in place of real ones: its teacher, its errors, its table."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package


@pytest.fixture
def instead(benchmarks):
    return benchmarks("instead")


def test_text_is_categories_of_the_training_rows(instead):
    train = pd.DataFrame({"a": ["x", "y", None], "b": [1, 2, 3], "c": ["n", "y", "n"]})
    other = pd.DataFrame({"a": ["y", "z", "x"], "b": [4, 5, 6], "c": ["y", "y", "n"]})
    X, y = instead.Columns(train, "c").split(other)
    assert X["a"].cat.codes.tolist() == [1, -1, 0]
    assert X["b"].tolist() == [4, 5, 6] and y.tolist() == ["y", "y", "n"]


def test_a_teacher_of_classes_draws_by_what_it_thinks(instead):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.uniform(size=2_000)})
    y = np.where(rng.uniform(size=2_000) < X["x"], "yes", "no")
    teacher = instead.Teacher(X, y, True, 0)
    asked = pd.DataFrame({"x": np.repeat([0.1, 0.9], 2_000)})
    is_yes = (teacher.draw(asked, rng) == "yes").reshape(2, -1)
    found = teacher.predictions(asked).reshape(2, -1).mean(1)
    assert np.abs(is_yes.mean(1) - found).max() < 4 * (0.25 / 2_000) ** 0.5
    assert found[0] < 0.4 < 0.6 < found[1]
    own = [instead.predictions(model, asked) for model in teacher.models]
    assert len(own) == 5 and np.std(own, axis=0).max() > 0
    np.testing.assert_allclose(teacher.predictions(asked), np.mean(own, axis=0))


def test_a_teacher_misses_by_as_much_as_on_rows_it_has_not_seen(instead):
    rng = np.random.default_rng(0)
    X, y = pd.DataFrame(rng.normal(size=(600, 4))), rng.normal(size=600)
    teacher = instead.Teacher(X, y, False, 0)  # of nothing but noise
    assert teacher.missed.std() > 0.98 * y.std()


def test_a_teacher_of_numbers_misses_as_it_does_on_real_rows_alike(instead):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.uniform(size=4_000)})
    y = 10 * X["x"].to_numpy() + np.where(X["x"] < 0.5, 0.1, 2) * rng.normal(size=4_000)
    teacher = instead.Teacher(X, y, False, 0)
    asked = pd.DataFrame({"x": np.repeat([0.25, 0.75], 4_000)})
    missed = teacher.draw(asked, rng) - teacher.predictions(asked)
    low, high = missed.reshape(2, -1).std(1)
    assert low < 0.5 < 1.5 < high < 2.5


class Source:
    """Draws rows whose only column, and whose target, say where they are from."""

    def __init__(self, mark):
        self.mark = mark

    def sample(self, n, seed):
        return pd.DataFrame({"x": np.arange(n) + self.mark, "y": self.mark})


def test_labels_are_of_the_generator_or_of_the_teacher(instead):
    class Negative:
        def draw(self, X, rng):
            return -X["x"].to_numpy()

    sources = [Source(mark) for mark in (100, 200, 300)]
    columns = instead.Columns(pd.DataFrame({"x": [0], "y": [0]}), "y")
    found = dict(instead._rows(*sources, columns, Negative(), 5, 0))
    expected = {
        "gan": (5, 100, [100] * 5),
        "gan_more": (20, 100, [100] * 20),
        "gan_teacher": (5, 100, [*range(-100, -105, -1)]),
        "gan_teacher_more": (20, 100, [*range(-100, -120, -1)]),
        "independent_teacher_more": (20, 200, [*range(-200, -220, -1)]),
        "smote": (5, 300, [300] * 5),
    }
    assert found.keys() == expected.keys()
    for name, (n, first, y) in expected.items():
        assert found[name][0]["x"].tolist() == [*range(first, first + n)]
        assert found[name][1].tolist() == y


def test_errors_are_of_differences_on_the_same_test_rows(instead):
    rng = np.random.default_rng(0)
    y = rng.normal(size=3_000)
    test = instead.Test(None, y, False)
    score, samples = test.of(y + rng.normal(size=3_000))
    assert score == pytest.approx(0, abs=0.1) and 0.01 < samples.std() < 0.1
    assert abs(samples.mean() - score) < samples.std()
    again, same = test.of(y + rng.normal(size=3_000))
    assert (samples - samples).std() == 0 < (same - samples).std() < 0.1


def test_intervals_are_of_test_rows_and_of_fits(summary):
    names = [*summary.INSTEAD]
    rows = [
        {"table": "adult", "real": "0.9"}
        | dict.fromkeys(names, str(score))
        | dict.fromkeys([f"{name}_error" for name in names], "0.04")
        for score in (0.90, 0.91)
    ]
    line = summary.instead_of_real(rows)[1]
    reach = np.hypot(0.04 * norm.ppf(0.975), 0.005 * t.ppf(0.975, 1))
    text = f"+0.005 ({0.005 - reach:+.3f} to {0.005 + reach:+.3f})"
    assert line == ["adult", "2", "0.900", *[text] * len(names)]
    rows[1] |= dict.fromkeys([f"{name}_error" for name in names], "0.002")
    line = summary.instead_of_real(rows[1:])[1]
    assert line[3:] == ["**+0.010 (+0.006 to +0.014)**"] * len(names)
