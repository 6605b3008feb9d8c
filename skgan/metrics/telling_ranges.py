"""Where a classifier sees that synthetic rows are not real."""

from numbers import Integral
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from sklearn.base import clone

from skgan.encoding import is_frame

from .rows import Rows, columns_of, own_stream, read_rows
from .two_sample import auc_of, decisions, detector, equal_parts, folds

N_FOLDS = 3
N_RANGES = 10  # into which a column of numbers is cut
MAX_PERMUTED = 5_000  # rows of a fold that are asked without each column
SHOWN_RANGES = 3  # of each column
MIN_LOSS = 3  # standard errors; a column that tells less is not accused


class TellingRange(NamedTuple):
    """One range or class of a column by which rows are told apart.

    ``importance`` is the share of the detector's separation, in log odds, that is lost
    without the column, 1 being all. ``real_percent`` and ``synthetic_percent`` are
    shares of rows in the range, and ``separation_percent`` is the share of the
    separation, in chances, that lies there.
    """

    column: Any
    importance: float
    where: str
    real_percent: float
    synthetic_percent: float
    separation_percent: float


def explain_two_sample(
    real: ArrayLike,
    synthetic: ArrayLike,
    *,
    n_columns: int = 5,
    random_state: int | None = 0,
) -> list[TellingRange]:
    """Find the columns, and ranges of them, by which boosted trees tell rows apart.

    Parameters
    ----------
    real : array-like or data frame of shape (n_real, n_features)
        Real rows.
    synthetic : array-like or data frame of shape (n_synthetic, n_features)
        Rows to judge, with the columns of ``real``.
    n_columns : int, default=5
        How many columns to report at most.
    random_state : int, RandomState instance or None, default=0
        Draws rows and folds.

    Returns
    -------
    list of TellingRange
        The most important columns first, of each the three most telling ranges or
        classes. Empty if the trees do no better than guessing. A data frame is
        ``pandas.DataFrame(explain_two_sample(...))``.

    Raises
    ------
    ValueError
        If ``n_columns`` is not a positive integer, and as :func:`two_sample_score`
        does.

    Notes
    -----
    The detector is that of :func:`two_sample_score`. Importance is by permutation in
    rows that it has not seen [1]_; log odds show it where the AUC is 1 with and without
    the column. Where two columns tell the same, trees may use one of them alone. A
    column whose own distribution is right can matter most, by what it has to do with
    others: then its percentages agree. Ranges hold a tenth of the real rows each; a
    value that more than a tenth share is a range of its own.

    References
    ----------
    .. [1] Breiman, "Random forests", Machine Learning, 2001.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import explain_two_sample
    >>> real, fresh = np.random.default_rng(0).normal(size=(2, 2000, 2))
    >>> worst = explain_two_sample(real, fresh.clip([-9, -1], 9))[0]
    >>> worst.column, worst.real_percent, worst.synthetic_percent > 15
    (1, 10.0, True)
    """
    if not isinstance(n_columns, Integral) or n_columns < 1:
        raise ValueError(
            f"n_columns must be an integer in the range [1, inf), got {n_columns!r}."
        )
    pair = read_rows(real=real, synthetic=synthetic)
    table = columns_of(real, pair[0])
    random_state = own_stream(random_state)
    kept = equal_parts(*pair, N_FOLDS, random_state)
    importances, chances = _importances(kept, random_state)
    found = []
    for j in np.argsort(-importances, kind="stable")[:n_columns]:
        if importances[j] > 0:
            ranges = _ranges(table, pair[0], kept, j, chances)
            found += [
                TellingRange(kept[0].names[j], float(importances[j]), *part)
                for part in ranges[:SHOWN_RANGES]
            ]
    return found


def _importances(pair: list[Rows], random_state):
    """Measure the share of the separation lost without each column; chances of rows.

    A loss within its noise is 0, and all are where the AUC is within two standard
    errors of 1/2. The chances of being synthetic are ``(2, n)``, those of real rows
    first.
    """
    n = pair[0].n
    X, model = detector(*pair, "trees", random_state)
    is_synthetic = np.repeat([0, 1], n)
    scores = np.empty(2 * n)
    areas, losses, variances = [], [], []
    for train, test in folds(is_synthetic, N_FOLDS, random_state):
        fitted = clone(model).fit(X[train], is_synthetic[train])
        scores[test] = decisions(fitted, X[test])
        areas.append(auc_of(scores[test], is_synthetic[test] == 1))
        if len(test) > MAX_PERMUTED:
            test = random_state.choice(test, MAX_PERMUTED, replace=False)
        sign = 2 * is_synthetic[test] - 1
        shuffled, lost = X[test], np.empty((X.shape[1], len(test)))
        for j in range(X.shape[1]):
            own = shuffled[:, j].copy()
            shuffled[:, j] = random_state.permutation(own)
            lost[j] = sign * (scores[test] - decisions(fitted, shuffled))
            shuffled[:, j] = own
        losses.append(lost.mean(axis=1))
        variances.append(lost.var(axis=1) / len(test))
    values, errors = np.transpose(areas)
    loss, noise = np.mean(losses, axis=0), np.sqrt(np.sum(variances, axis=0)) / N_FOLDS
    is_chance = values.mean() < 0.5 + 2 * np.linalg.norm(errors) / N_FOLDS
    chances = expit(scores).reshape(2, n)
    if is_chance:
        return np.zeros(len(loss)), chances
    half = (scores[n:].mean() - scores[:n].mean()) / 2  # as losses are means of both
    return np.where(loss > MIN_LOSS * noise, loss / half, 0.0), chances


def _ranges(real, whole: Rows, pair: list[Rows], j, chances):
    """List ranges or classes of column j: text, two shares, part of the separation."""
    columns = [rows.columns[j] for rows in pair]
    categories = whole.categories[j]
    if categories is None:
        edges, names = _cuts(real, whole.columns[j], j)
        codes = [
            np.where(
                np.isnan(values),
                len(edges) + 1,
                np.searchsorted(edges, values, "right"),
            )
            for values in columns
        ]
    else:
        names = [*map(_class_name, categories), "a class that no real row has"]
        codes = columns
    names = [*names, "missing"]
    shares, separation = [], np.zeros(len(names))
    for side, sign in ((0, -1), (1, 1)):
        counts = np.bincount(codes[side], minlength=len(names))
        shares.append(100 * counts / len(codes[side]))
        # What the mean chance of synthetic rows has over that of real ones, by ranges
        weights = sign * (chances[side] - 0.5)
        separation += np.bincount(codes[side], weights, minlength=len(names))
    separation = 100 * separation / separation.sum()
    order = np.argsort(-separation, kind="stable")
    kept = [k for k in order if separation[k] > 0]
    return [(names[k], *(float(s[k]) for s in (*shares, separation))) for k in kept]


def _class_name(value):
    """Write a class as Python would."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _cuts(real, values, j):
    """Cut a column of numbers into ranges: their edges and names.

    Edges are real values that cut off equally many rows. A value of more rows than that
    has an edge on either side.
    """
    present = np.flatnonzero(~np.isnan(values))
    if not len(present):
        return np.zeros(0), ["present"]
    order = present[np.argsort(values[present], kind="stable")]
    steps = len(order) * np.arange(N_RANGES + 1) // N_RANGES
    steps[-1] -= 1
    cuts, first = np.unique(values[order[steps]], return_index=True)
    ends = [np.searchsorted(values[order], cuts, side) for side in ("left", "right")]
    is_spike = ends[1] - ends[0] > max(1, len(order) / N_RANGES)
    kept = is_spike | ((cuts > cuts[0]) & (cuts < cuts[-1]))
    texts = _texts([_value(real, i, j) for i in order[steps][first[kept]]])
    edges, names = [], [f"below {texts[0]}"] if texts else ["present"]
    for k, (cut, spike) in enumerate(zip(cuts[kept], is_spike[kept], strict=True)):
        own, after = texts[k], texts[k + 1 : k + 2]
        edges.append(cut)
        if spike:
            edges.append(np.nextafter(cut, np.inf))
            names += [own, f"between {own} and {after[0]}" if after else f"above {own}"]
        else:
            names.append(f"{own} to {after[0]}" if after else f"{own} and above")
    return np.array(edges), names


def _value(table, i, j):
    """Look up what the user's table has in row i and column j."""
    return nw.from_native(table)[int(i), int(j)] if is_frame(table) else table[i, j]


def _texts(values):
    """Write values of the user's table, dates as dates and fractions rounded."""
    rounded = [f"{x:.6g}" if isinstance(x, float | np.floating) else x for x in values]
    return [*map(str, rounded if len(set(rounded)) == len(rounded) else values)]
