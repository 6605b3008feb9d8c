"""One judgment of synthetic rows: how like real ones, how useful, how private."""

from typing import Any

from numpy.typing import ArrayLike

from skgan.encoding import is_frame, looks_like_pixels
from skgan.privacy import MIN_ROWS

from .bootstrap import mean_of, standard_error
from .columns import rows_shape_errors, rows_trend_errors
from .copies import judge_copies
from .coverage import precision_recall_density_coverage
from .features import as_points
from .figures import (
    FALSE_ALARMS,
    ON_HELD_OUT,
    ON_TRAINING,
    SHAPE,
    TREND,
    UTILITY,
    by_error,
    judged,
    share_of,
)
from .membership import quick_attacks
from .overlap import noise_of, overlap_of
from .panels import panel_of
from .privacy import equal_share
from .report import Report
from .rows import Rows, columns_of, own_stream, read_kept_rows, without_columns
from .telling_ranges import explain_two_sample
from .two_sample import rows_auc, score_of
from .utility import utility_scores

N_PANELS = 6  # columns whose distributions are kept
MAX_NEIGHBORS = 10_000  # rows of precision and coverage
SHARES = ("precision", "coverage")


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
    bare = own | {"synthetic": unrefined}
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
        figures.append(_utility(*own.values(), target, random_state))
    figures += judge_copies(tables, points, held_out_equal, random_state)
    ranges = explain_two_sample(real_train, synthetic, random_state=random_state)
    report = Report(
        figures,
        shape_errors[0],
        trend_errors[0],
        ranges,
        tuple(table.n for table in tables),
        left_out,
        overlap,
        real_errors=(shape_errors[1], trend_errors[1]),
        panels=_panels(real_train, tables, shape_errors[0], ranges),
        random_state=random_state,
    )
    if overlap is None:  # else those that are no members are
        confidence = 1 - FALSE_ALARMS
        report.membership = quick_attacks(
            *tables, rng, scale["scale_columns"], confidence
        )
    if unrefined is not None:
        options = {"target": target, "random_state": random_state}
        report.unrefined = evaluate(**bare, **options)
    return report


def _panels(table, tables, shape_errors, ranges):
    """Count in bins the columns that give most away: telling ones, then the worst."""
    worst = sorted(shape_errors, key=shape_errors.get, reverse=True)
    telling = [part.column for part in ranges]
    names = [*dict.fromkeys([*telling, *worst])][:N_PANELS]
    table, index = columns_of(table, tables[0]), tables[0].index
    return [panel_of(table, tables, index(name), MIN_ROWS, True) for name in names]


def _likeness(train: Rows, test: Rows, synthetic: Rows, seed):
    """Judge columns, pairs, and rows by classifiers.

    Errors of synthetic and of held-out rows beside training rows are returned, too:
    those of columns and those of pairs.
    """
    figures, errors, rng = [], [], own_stream(seed)
    for name, errors_of in ((SHAPE, rows_shape_errors), (TREND, rows_trend_errors)):
        has_any = name == SHAPE or len(train.names) > 1
        sides = (synthetic, test) if has_any else ()
        own = [errors_of(train, rows) for rows in sides]
        errors.append(own or [{}, {}])
        if own:
            noises = [standard_error(errors_of, train, rows, rng) for rows in sides]
            pairs = zip(map(mean_of, own), noises, strict=True)
            estimates = [by_error(*pair, greatest=100.0) for pair in pairs]
            figures.append(judged(name, *estimates, noise=estimates[1].value / 2))
    ruler = by_error(*_score(rows_auc(train, test, random_state=seed)))
    for name, real in ((ON_TRAINING, train), (ON_HELD_OUT, test)):
        value, error = _score(rows_auc(real, synthetic, random_state=seed))
        figures.append(judged(name, by_error(value, error), ruler, error))
    return figures, *errors


def _score(auc):
    """Turn an area into the two-sample score and its standard error."""
    return score_of(auc.value), 2 * auc.standard_error


def _utility(train, test, synthetic, target, seed):
    """Judge what a model that learned from the rows knows of a target."""
    scores = utility_scores(train, test, synthetic, target, random_state=seed)
    own, real = (by_error(*pair) for pair in scores)
    return judged(UTILITY, own, real, noise=0.0)


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
        judged(name, *(share_of(p, n) for p in pair), noise=noise_of(pair, n))
        for name, pair in pairs.items()
    ]
