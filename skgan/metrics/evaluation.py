"""One judgment of synthetic rows: how like real ones, how useful, how private."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from skgan.encoding import is_frame, looks_like_pixels

from .columns import rows_shape_errors, rows_trend_errors
from .coverage import precision_recall_density_coverage
from .features import as_points
from .membership import quick_attacks
from .overlap import noise_of, overlap_of
from .privacy import (
    confidence_ends,
    equal_share,
    nearer_share,
    nearest_record_ratios,
)
from .report import (
    EQUAL,
    FALSE_ALARMS,
    N_COPY_MEASURES,
    NEARER,
    SHAPE,
    TREND,
    Figure,
    Report,
    copied,
    judged,
)
from .rows import Rows, own_stream, read_kept_rows, without_columns
from .telling_ranges import explain_two_sample
from .two_sample import rows_auc, score_of
from .utility import train_on_synthetic_score

MAX_NEIGHBORS = 10_000  # rows of precision and coverage
SHARES = ("precision", "coverage")
LOW_QUANTILE = 0.05  # of the nearest-record ratios
RATIO = "5 % quantile of record ratios"
MIN_RATIO = 0.5  # of the real rows' figure, below which rows look copied


def evaluate(
    real_train: ArrayLike,
    real_test: ArrayLike,
    synthetic: ArrayLike,
    *,
    target: Any = None,
    unrefined: ArrayLike | None = None,
    random_state: int = 0,
) -> Report:
    """Judge synthetic rows by all measures, beside real rows in their place.

    Parameters
    ----------
    real_train : array-like or data frame of shape (n_train, n_features)
        The rows that the generator was trained on.
    real_test : array-like or data frame of shape (n_test, n_features)
        Real rows that it has not seen.
    synthetic : array-like or data frame of shape (n_synthetic, n_features)
        Rows to judge; best as many as training rows.
    target : column name or index, default=None
        A column to predict from the others (:func:`train_on_synthetic_score`). None
        leaves this out.
    unrefined : array-like or data frame of shape (n_unrefined, n_features), \
default=None
        Rows of the same generator before refinement, as
        ``sample(n, refine=False)`` draws them: a refined sample may hide a bad
        generator. They are judged beside the others, at twice the cost.
    random_state : int, default=0
        Seeds draws of rows, folds and classifiers.

    Returns
    -------
    Report
        ``print`` shows it as a table with sentences; ``figures`` has the numbers,
        ``frame`` the same as a data frame, and
        :class:`skgan.plotting.ReportDisplay` draws it.

    Raises
    ------
    ValueError
        If the columns differ, a value does not convert to the dtype of ``real_train``,
        a table has fewer than six rows, or all held-out rows are training rows.

    Warns
    -----
    UserWarning
        If some of the held-out rows are training rows, more than chance makes equal.

    Notes
    -----
    The column "real" holds what held-out rows get in place of the synthetic ones, and
    training rows where the held-out ones are the yardstick. A verdict is relative to
    it, so a measure that no generator could pass is no reproach: hold out as many rows
    as you can. Of reports on rows that are no copies, at most one in a hundred says
    that they look copied: three measures are judged by their standard errors, the share
    of nearer rows under all ways to divide the real ones. Precision and coverage use
    10,000 rows at most.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import evaluate
    >>> rows = np.random.default_rng(0).normal(size=(6000, 3))
    >>> report = evaluate(rows[:2000], rows[2000:4000], rows[4000:])
    >>> {figure.verdict for figure in report.figures}
    {'good'}
    >>> print(report.words)
    As good as real rows: single columns, pairs of columns, rows beside training, rows
    beside held-out, plausible rows, kinds of rows.
    No sign of members, the rows trained on: the best of 3 attacks, closest finds 11.8 %
    of the members at 10 % false alarms, no more than chance explains. A better attack
    may find some.
    No sign of copied rows.
    """
    own = {"real_train": real_train, "real_test": real_test, "synthetic": synthetic}
    tables, left_out = read_kept_rows(own)
    if left_out and is_frame(real_train):  # the report tells, and no measure warns
        own = without_columns(own, left_out)
        real_train, real_test, synthetic = own.values()
    held_out_equal = equal_share(*tables[:2])
    overlap = overlap_of(*tables[:2], held_out_equal, ("real_train", "real_test"))
    rng = own_stream(random_state)
    likeness, shape_errors, trend_errors = _likeness(*tables, random_state)
    scale = {"scale_columns": not looks_like_pixels(real_train)}
    points = as_points(*tables, **scale)
    figures = [*likeness, *_coverage(*points, rng)]
    if target is not None:
        scores = train_on_synthetic_score(
            real_train, real_test, synthetic, target, random_state=random_state
        )
        figures.append(judged("train on synthetic", *scores, noise=0.0))
    figures += _copies(tables, points, held_out_equal, random_state)
    ranges = explain_two_sample(real_train, synthetic, random_state=random_state)
    n_rows = tuple(table.n for table in tables)
    report = Report(
        figures, shape_errors, trend_errors, ranges, n_rows, left_out, overlap
    )
    if overlap is None:  # else those that are no members are
        options = rng, scale["scale_columns"], 1 - FALSE_ALARMS
        report.membership = quick_attacks(*tables, *options)
    if unrefined is not None:
        report.unrefined = evaluate(
            real_train, real_test, unrefined, target=target, random_state=random_state
        )
    return report


def _likeness(train: Rows, test: Rows, synthetic: Rows, seed):
    """Judge columns, pairs, and rows by classifiers; return errors of the first two."""
    figures, errors = [], []
    for name, errors_of in ((SHAPE, rows_shape_errors), (TREND, rows_trend_errors)):
        has_any = name == SHAPE or len(train.names) > 1
        own = errors_of(train, synthetic) if has_any else {}
        errors.append(own)
        if own:
            real = errors_of(train, test)
            means = [float(np.mean([*e.values()])) for e in (own, real)]
            figures.append(judged(name, *means, noise=means[1] / 2))
    ruler = _score(rows_auc(train, test, random_state=seed))[0]
    for name, real in (("training", train), ("held-out", test)):
        value, error = _score(rows_auc(real, synthetic, random_state=seed))
        figure = judged(f"two-sample score, {name} rows", value, ruler, error)
        low, high = confidence_ends(value, error)
        figures.append(figure._replace(low=low, high=high))
    return figures, *errors


def _score(auc):
    """Turn an area into the two-sample score and its standard error."""
    return score_of(auc.value), 2 * auc.standard_error


def _coverage(train, test, synthetic, rng):
    """Judge precision and coverage by held-out rows, beside training rows."""
    n = min(len(train), len(test), len(synthetic), MAX_NEIGHBORS)
    some = [rows[rng.permutation(len(rows))[:n]] for rows in (test, synthetic, train)]
    own, real = (
        precision_recall_density_coverage(some[0], rows, scale="none")
        for rows in some[1:]
    )
    pairs = {name: (getattr(own, name), getattr(real, name)) for name in SHARES}
    return [
        judged(name, *pair, noise=noise_of(pair, n)) for name, pair in pairs.items()
    ]


def _copies(tables, points, held_out_equal, seed):
    """Judge whether rows are copies of training rows.

    ``tables`` are training, held-out and synthetic rows, ``points`` the same as points,
    ``held_out_equal`` is the share of held-out rows that equal a training row.
    """
    share, error = nearer_share(*points, "auto", seed)
    figure = copied(NEARER, 100 * share, 50.0, 100 * error)
    low, high = (100 * end for end in confidence_ends(share, error))
    train, test, synthetic = tables
    equal = [equal_share(train, synthetic), held_out_equal]
    noise = noise_of((np.mean(equal),) * 2, min(test.n, synthetic.n))
    return [
        figure._replace(low=low, high=high, better="50"),
        _record_ratios(*points),
        copied(EQUAL, 100 * equal[0], 100 * equal[1], 100 * noise),
    ]


def _record_ratios(train, test, synthetic):
    """Judge low quantiles of the nearest-record ratios."""
    (value, _, high), (real, low, _) = (
        _quantile(nearest_record_ratios(train, rows, scale="none"))
        for rows in (synthetic, test)
    )
    verdict = "copied" if high < MIN_RATIO * low else "good"
    return Figure(RATIO, value, np.nan, np.nan, real, "higher", verdict)


def _quantile(ratios):
    """A low quantile, and an interval that both ends of rarely miss it.

    Its ends are the values whose ranks have the binomial distribution's quantiles.
    """
    alpha = FALSE_ALARMS / N_COPY_MEASURES / 2  # for two quantiles
    ranks = binom.ppf([alpha, 1 - alpha], len(ratios), LOW_QUANTILE).astype(int)
    low, high = np.sort(ratios)[np.clip(ranks - [1, 0], 0, len(ratios) - 1)]
    return float(np.quantile(ratios, LOW_QUANTILE)), float(low), float(high)
