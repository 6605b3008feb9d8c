"""Errors and warnings: what they say, and the line that they point at."""

import pickle
import warnings
from threading import Thread

import pytest

from skgan.exceptions import DivergenceError, RefinementWarning, silent, warn_user

PREAMBLE = """\
import numpy as np
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgan import GANGenerator
from skgan.encoding import ImageEncoder, TableEncoder
from skgan.exceptions import warn_user
from skgan.refinement import accept

X, y = np.random.RandomState(0).normal(size=(60, 2)), np.arange(60) % 2
y[:3] = 9  # a class of few rows
options = {"class_conditional": True, "max_iter": 2, "n_score_samples": 50}
gan = GANGenerator(**options, hidden_layer_sizes=(4,))
"""
CALLS = {
    "by hand": "warn_user('Class 9 has 3 rows')",
    "an estimator": "gan.fit(X, y)",
    "a pipeline of scikit-learn": "make_pipeline(StandardScaler(), gan).fit(X, y)",
    "a search": "GridSearchCV(gan, {'max_iter': [2]}, cv=[(range(60),) * 2]).fit(X, y)",
}


def warnings_of(code, path):
    """What is warned of in a file of a user."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile(code, str(path), "exec"), {"__name__": "theirs"})
    return caught


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_warnings_point_at_the_line_of_the_user(call, tmp_path):
    """However many functions of skgan and of scikit-learn lie between."""
    path = tmp_path / "theirs.py"
    caught = warnings_of(PREAMBLE + f"\n\n{call}\n", path)
    assert caught and all("Class 9 has 3 rows" in str(w.message) for w in caught)
    line = PREAMBLE.count("\n") + 3
    assert {(w.filename, w.lineno) for w in caught} == {(str(path), line)}


def test_a_function_of_the_user_is_the_last_line(tmp_path):
    """Where skgan calls it, and it calls skgan."""
    code = PREAMBLE + (
        "def draw(rows, n_round):\n"
        "    warn_user('from inside')\n"
        "    return np.zeros((len(rows), 1))\n"
        "accept(1, draw, lambda candidates, rows: np.zeros(len(rows)), 0)\n"
    )
    (caught,) = warnings_of(code, tmp_path / "theirs.py")
    assert caught.lineno == PREAMBLE.count("\n") + 2


def test_folders_that_are_named_alike_are_the_users(tmp_path):
    path = tmp_path / "skgan" / "sklearn" / "theirs.py"
    (caught,) = warnings_of(f"{PREAMBLE}{CALLS['by hand']}\n", path)
    assert caught.filename == str(path)


def test_warnings_have_a_category():
    with pytest.warns(RefinementWarning, match="too few") as caught:
        warn_user("too few", RefinementWarning)
    assert caught[0].filename == __file__


def test_errors_of_divergence_come_back_from_other_processes():
    error = pickle.loads(pickle.dumps(DivergenceError(42)))
    assert error.iteration == 42
    assert str(error).startswith("Training became non-finite at iteration 42. Try a ")


def test_silence_is_of_one_thread(recwarn):
    """And leaves the filters of warnings alone, which are of all."""
    filters = list(warnings.filters)
    with silent():
        warn_user("not said")
        assert warnings.filters == filters
        thread = Thread(target=warn_user, args=["said"])
        thread.start()
        thread.join()
    warn_user("said again")
    assert [str(w.message) for w in recwarn] == ["said", "said again"]
