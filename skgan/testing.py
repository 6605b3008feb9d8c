"""Checks that every generator must pass, for your own subclasses too.

scikit-learn's ``check_estimator`` knows nothing of ``sample``: an estimator whose
samples have the wrong shape passes it. Run these beside it.
"""

import copy
import io
import pickle
import random
import warnings

import joblib
import numpy as np
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

N_ROWS, N_COLUMNS = 40, 3  # labels, where an estimator needs them, take turns


def check_generator(estimator):
    """Run all checks of this module on an unfitted estimator.

    Parameters
    ----------
    estimator : estimator
        An unfitted generator with ``fit``, ``sample``, ``score_samples``, ``score`` and
        the parameter ``random_state``. Give it a small ``max_iter``.

    Raises
    ------
    AssertionError
        If the estimator breaks a rule; the message says which.

    Examples
    --------
    >>> from skgan import GANGenerator
    >>> from skgan.testing import check_generator
    >>> check_generator(GANGenerator(max_iter=2, n_score_samples=50))
    """
    for check in GENERATOR_CHECKS:
        check(estimator)


def check_unfitted_raises(estimator):
    """Methods that need a fit raise ``NotFittedError`` before it."""
    generator, X = clone(estimator), _rows()
    calls = {
        "sample": lambda: generator.sample(2),
        "score_samples": lambda: generator.score_samples(X),
        "score": lambda: generator.score(X),
    }
    if hasattr(generator, "discriminate"):
        calls["discriminate"] = lambda: generator.discriminate(X)
    if hasattr(generator, "generate"):
        calls["generate"] = lambda: generator.generate(X)
    for name, call in calls.items():
        try:
            call()
        except NotFittedError:
            continue
        raise AssertionError(
            f"{name} of an unfitted generator must raise NotFittedError"
        )


def check_failed_fit_keeps_the_old_one(estimator):
    """A fit that fails leaves a generator as it was, fitted or not."""
    bad = np.full((N_ROWS, N_COLUMNS + 1), np.inf)
    for generator in (clone(estimator), _fitted(estimator)):
        before = dict(vars(generator))
        try:
            _fit(generator, bad)
        except ValueError:
            assert vars(generator) == before, "a failed fit must change no attribute"
        else:
            raise AssertionError("fit must raise ValueError for infinite rows")


def check_sample_shape(estimator):
    """``sample(n)`` gives n rows of the training data's width and dtype."""
    for dtype in (np.float64, np.float32, np.int64, bool):
        X = _rows().astype(dtype)
        generator = _fitted(estimator, X)
        for n_samples in (1, 7):
            rows = generator.sample(n_samples)
            assert rows.shape == (n_samples, N_COLUMNS), f"wrong shape {rows.shape}"
            assert rows.dtype == X.dtype, f"{X.dtype} came back as {rows.dtype}"
            assert np.isfinite(rows).all(), "samples must be finite"


def check_sample_size_is_checked(estimator):
    """``sample`` refuses sizes that are no positive integer."""
    generator = _fitted(estimator)
    for n_samples in (0, -1, 2.5, "many"):
        try:
            generator.sample(n_samples)
        except ValueError as error:
            assert "n_samples" in str(error), "the message must name n_samples"
        else:
            raise AssertionError(f"sample({n_samples!r}) must raise ValueError")


def check_sample_random_state(estimator):
    """An integer repeats the rows, another one and None do not."""
    generator = _fitted(estimator)
    first = generator.sample(5, random_state=0)
    assert np.array_equal(first, generator.sample(5, random_state=0)), "0 must repeat"
    assert not np.array_equal(first, generator.sample(5, random_state=1)), "1 is not 0"
    fresh = generator.sample(5)
    assert not np.array_equal(fresh, generator.sample(5)), "None must draw fresh rows"


def check_sample_changes_nothing(estimator):
    """Methods other than ``fit`` leave the estimator as it was."""
    generator = _fitted(estimator)
    before = pickle.dumps(generator)
    generator.sample(5)
    if hasattr(generator, "discriminate"):
        generator.discriminate(_rows())
    generator.score_samples(_rows())
    generator.score(_rows())
    assert pickle.dumps(generator) == before, "methods other than fit changed state"


def check_score(estimator):
    """``score_samples`` is one finite, repeatable number a row; ``score`` its mean."""
    generator, X = _fitted(estimator), _rows()
    log_density = generator.score_samples(X)
    assert log_density.shape == (N_ROWS,), f"wrong shape {log_density.shape}"
    assert np.isfinite(log_density).all(), "log densities must be finite"
    assert np.array_equal(log_density, generator.score_samples(X)), "must repeat"
    score = generator.score(X)
    assert isinstance(score, float), f"score must be a float, got {type(score)}"
    assert np.isclose(score, log_density.mean()), "score must be the mean"


def check_fits_repeat(estimator):
    """Two fits with one seed agree, also the second fit of the same object."""
    first, second = _fitted(estimator), _fitted(estimator)
    expected = first.sample(5, random_state=0)
    assert np.array_equal(expected, second.sample(5, random_state=0)), "seed must hold"
    _fit(first, _rows())
    assert np.array_equal(expected, first.sample(5, random_state=0)), (
        "fit must start anew"
    )


def check_global_random_streams(estimator):
    """No method touches the random streams of Python, numpy and torch."""
    generator = clone(estimator).set_params(random_state=None)
    before = _random_streams()
    _fit(generator, _rows())
    generator.sample(5)
    generator.score(_rows())
    try:
        _fit(generator, np.full((N_ROWS, N_COLUMNS), np.inf))
    except ValueError:
        pass
    after = _random_streams()
    for name in before:
        assert before[name] == after[name], f"the random stream of {name} has moved"


def check_copies(estimator):
    """Pickle, joblib and deepcopy give the same samples and scores."""
    generator = _fitted(estimator)
    dumped = io.BytesIO()
    joblib.dump(generator, dumped)
    dumped.seek(0)
    copies = {
        "pickle": pickle.loads(pickle.dumps(generator)),
        "joblib": joblib.load(dumped),
        "deepcopy": copy.deepcopy(generator),
    }
    for name, copied in copies.items():
        for rows, expected in (
            (copied.sample(5, random_state=0), generator.sample(5, random_state=0)),
            (copied.score_samples(_rows()), generator.score_samples(_rows())),
        ):
            assert np.array_equal(rows, expected), f"{name} changed the generator"


def check_odd_data(estimator):
    """Two rows, one column, constant columns and repeated rows are data too."""
    X = _rows()
    cases = {
        "two rows": X[:2],
        "one column": X[:, :1],
        "a constant column": np.column_stack([X, np.full(N_ROWS, 3.0)]),
        "constant columns only": np.full((N_ROWS, 2), 3.0),
        "repeated rows": np.repeat(X[:4], 10, axis=0),
    }
    for name, rows in cases.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of labels that few rows have
            generator = _fitted(estimator, rows)
        samples = generator.sample(5)
        assert samples.shape == (5, rows.shape[1]), f"wrong shape after {name}"
        assert np.isfinite(samples).all(), f"samples are not finite after {name}"
        assert np.isfinite(generator.score(rows)), f"score is not finite after {name}"


GENERATOR_CHECKS = (
    check_unfitted_raises,
    check_failed_fit_keeps_the_old_one,
    check_sample_shape,
    check_sample_size_is_checked,
    check_sample_random_state,
    check_sample_changes_nothing,
    check_score,
    check_fits_repeat,
    check_global_random_streams,
    check_copies,
    check_odd_data,
)


def _rows():
    """Make the rows that generators are checked on."""
    return np.random.RandomState(0).normal(size=(N_ROWS, N_COLUMNS))


def _fit(generator, X):
    """Fit with two labels in turn if the generator needs labels."""
    needs_labels = get_tags(generator).target_tags.required
    return generator.fit(X, np.arange(len(X)) % 2) if needs_labels else generator.fit(X)


def _fitted(estimator, X=None):
    """Return a fitted clone with a seed, of the module's rows or others."""
    generator = clone(estimator).set_params(random_state=0)
    return _fit(generator, _rows() if X is None else X)


def _random_streams():
    """Return the states of the random streams of Python, numpy and torch."""
    streams = {
        "Python": random.getstate(),
        "numpy": pickle.dumps(np.random.get_state()),  # noqa: NPY002
        "torch": torch.get_rng_state().numpy().tobytes(),
    }
    if torch.cuda.is_available():
        streams["CUDA"] = torch.cuda.get_rng_state().numpy().tobytes()
    return streams
