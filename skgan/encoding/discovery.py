"""Columns that other columns determine in every row: what need not be encoded twice.

A relation must hold in every row, and in very few of all orders of a column's values:
of tables of independent columns at most a share ``ALPHA`` shows one of a kind.
"""

import math
from graphlib import TopologicalSorter
from itertools import islice

import numpy as np

from .evidence import ALPHA, NEGLIGIBLE, beyond_chance, holds, log_orders
from .relations import Arithmetic, Copy, Map, widened
from .totals import find_totals

MAX_LOST = 0.01  # share of rows, all of rare classes, that a map may restore wrongly
# Bounds of the search: sources compared at once, failures before a target is given up,
# numeric columns and rows in which sums and products are looked for, and how many
BLOCK, MAX_TRIES, MAX_NUMERIC, SKETCH_ROWS, MAX_CANDIDATES = 256, 5, 2000, 1024, 20_000


def find_relations(columns, discrete, numeric=None, *, given=None, min_rows=5):
    """Columns that other columns determine in every row, copies before all else.

    Copies may be scaled and shifted; then come functions of one column's classes,
    sums, differences and products of two columns, and sums of more. The first of equal
    columns is kept.

    Parameters
    ----------
    columns : list of ndarray of shape (n_samples,)
        Class codes, small integers from 0, or numbers without missing values.
    discrete : list of bool
        Which columns are class codes.
    numeric : list of (ndarray or None), default=None
        The numbers behind class codes, for columns that have them in every row.
    given : dict of Relation, default=None
        Relations that are known beforehand, by their targets.
    min_rows : int, default=5
        Rows behind each class of a map, and rows that vary behind any relation.

    Returns
    -------
    relations : list of Relation
        To restore in this order: a source is a kept column or an earlier target.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.encoding.discovery import find_relations
    >>> net = np.arange(50) ** 2
    >>> relations = find_relations([net, net % 7, net + net % 7], [False] * 3)
    >>> print(relations[0].describe(["net", "tax", "gross"]))
    gross is net + tax
    """
    if not columns or len(columns[0]) < 2:
        return []
    found, numeric = dict(given or {}), numeric or [None] * len(columns)
    pairs = list(zip(columns, discrete, numeric, strict=True))
    numbers = [column if own is None else own for column, _, own in pairs]
    counted = [j for j, pair in enumerate(pairs) if not pair[1] or pair[2] is not None]
    _find_copies(numbers, counted, found, min_rows)
    is_free = [j not in found or j in (given or {}) for j in range(len(pairs))]
    codes = [j for j, pair in enumerate(pairs) if pair[1] and is_free[j]]
    _find_maps(columns, codes, found, min_rows)
    if len(counted) > 2:
        _find_arithmetic(numbers, counted[:MAX_NUMERIC], found, min_rows)
    if len(counted) > 3:
        find_totals(numbers, counted, found, min_rows)
    order = TopologicalSorter({j: found[j].sources for j in found}).static_order()
    return [found[j] for j in order if j in found]


def _find_copies(numbers, counted, found, min_rows):
    weights = np.random.default_rng(0).normal(size=len(numbers[0]))
    keys = np.full(len(numbers), np.nan)  # codes stand for no numbers
    keys[counted] = [_affine_key(widened(numbers[j]), weights) for j in counted]
    order = np.argsort(keys)[: np.isfinite(keys).sum()]
    needed = math.log(max(len(order), 2) ** 2 / ALPHA)  # 2 orders fit, one mirrored
    for group in np.split(order, np.flatnonzero(np.diff(keys[order]) > NEGLIGIBLE) + 1):
        leaders = []
        for j in sorted(group.tolist()):
            copies = (_affine_copy(i, j, numbers) for i in leaders[:MAX_TRIES])
            copy = None if j in found else next(filter(None, copies), None)
            if copy and beyond_chance(numbers[j], needed, min_rows):
                found[j] = copy
            else:
                leaders.append(j)


def _affine_key(x, weights):
    """What affine copies share, not finite for a constant: |x @ weights| / |x|."""
    with np.errstate(all="ignore"):
        x = (x - x[0]).astype(np.float64)  # integers beyond 2^53 keep their last digits
        x -= x.mean()
        return np.abs(x @ weights) / np.sqrt(x @ x)


def _affine_copy(source, target, numbers):
    x, y = widened(numbers[source]), widened(numbers[target])
    low, high = x.argmin(), x.argmax()
    slope = (y[high].item() - y[low].item()) / (x[high].item() - x[low].item())
    integers = slope.is_integer() and x.dtype.kind == y.dtype.kind == "i"
    if integers and abs(slope) < 2**63:
        slope = int(slope)  # an overflow in the offset is undone by that in restoring
        fits = [(slope, (y[[low]] - slope * x[[low]]).item())]
    else:
        digits = 12 - math.ceil(np.log10(np.abs(y).max()))
        short = float(f"{slope:.12g}")  # 1.8 and 32, if that will do
        fits = [(a, float(y.mean() - a * x.mean())) for a in (short, slope)]
        fits = [(a, round(b, digits) + 0.0) for a, b in fits] + fits[1:]  # no -0
    copies = (Copy(target, (source,), numbers[target].dtype, *fit) for fit in fits)
    return next((copy for copy in copies if holds(copy, numbers, copy.offset)), None)


def _find_maps(columns, sources, found, min_rows):
    n, rng = len(columns[0]), np.random.default_rng(0)
    sizes = {j: np.bincount(columns[j]) for j in sources}
    # A source in which two rows hardly ever share a class determines everything
    sources = [j for j in sources if n * n / (sizes[j] @ sizes[j]) < n / min_rows]
    sources.sort(key=lambda j: (np.count_nonzero(sizes[j]), j))
    needed = math.log((len(sources) * len(columns) + 1) / ALPHA)
    witnesses = [_witnesses(y, min_rows, rng) for y in columns]
    tries = [0] * len(columns)
    for start in range(0, len(sources), BLOCK):
        block = sources[start : start + BLOCK]
        following = np.stack([_next_in_class(columns[j]) for j in block])
        for target in reversed(range(len(columns))):  # of equals the first is kept
            y, rows = columns[target], witnesses[target]
            if target in found or rows is None or tries[target] == MAX_TRIES:
                continue
            alive = (y[following[:, rows[:8]]] == y[rows[:8]]).all(axis=1).nonzero()[0]
            same = y[following[np.ix_(alive, rows)]] == y[rows]
            for i in alive[same.all(axis=1)].tolist():
                if target in found or tries[target] == MAX_TRIES:
                    break
                if not _rests_on(found, {block[i]}, target):
                    tries[target] += 1
                    if np.array_equal(y[following[i]], y):
                        _take_map(block[i], target, columns, found, needed, min_rows)


def _witnesses(y, min_rows, rng):
    """Random rows where y is not at its commonest value; None if hardly any are."""
    values, counts = np.unique(y[rng.integers(len(y), size=256)], return_counts=True)
    rows = np.flatnonzero(y != values[counts.argmax()])
    return rows[rng.integers(len(rows), size=64)] if len(rows) >= min_rows else None


def _next_in_class(codes):
    """For each row the next row of its class; for the last one the first."""
    short = codes.astype(np.uint16) if codes.max() < 2**16 else codes  # sorts faster
    order = np.argsort(short, kind="stable").astype(np.int32)
    ends = np.append(np.flatnonzero(np.diff(codes[order])), len(codes) - 1)
    following = np.empty_like(order)
    following[order[:-1]] = order[1:]
    following[order[ends]] = order[np.append(0, ends[:-1] + 1)]
    return following


def _take_map(source, target, columns, found, needed, min_rows):
    """Put the map into ``found`` unless it holds too little or may be chance."""
    x, y = columns[source], columns[target]
    sizes = np.bincount(x)
    row_of, codes = np.zeros(len(sizes), dtype=np.intp), np.flatnonzero(sizes)
    row_of[x] = np.arange(len(x))
    sizes, (levels, level) = (
        sizes[codes],
        np.unique(y[row_of[codes]], return_inverse=True),
    )
    held = sizes >= min_rows
    rows = np.bincount(level[held], sizes[held], minlength=len(levels))
    common = rows.argmax()
    lost = sizes[~held & (level != common)].sum()
    enough = np.count_nonzero(rows) > 1 and lost <= max(min_rows - 1, MAX_LOST * len(x))
    if enough and _map_surprise(sizes, np.bincount(level, sizes)) > needed:
        stored = codes[held], levels[level[held]], levels[common]
        found[target] = Map(target, (source,), y.dtype, *stored)


def _map_surprise(sizes, rows):
    """Lower bound of -log P(classes of ``sizes`` determine a column by chance).

    The ways to fill the ``rows`` of each value with whole classes are a coefficient of
    prod_s sum_y x_y^size_s: at most that divided by prod_y x_y^rows_y, for any x.
    """
    sizes, times = np.unique(sizes, return_counts=True)
    powers = np.linspace(0, 1, 6)[:, None] * np.log(rows / rows.sum())
    ways = [times @ np.logaddexp.reduce(sizes[:, None] * x, axis=1) for x in powers]
    return log_orders(rows) - min(ways - powers @ rows)


def _find_arithmetic(numbers, columns, found, min_rows):
    forms = []
    for operation, a, b, c in islice(_candidates(numbers, columns), MAX_CANDIDATES):
        solved = [(c, (a, b), operation)]
        if operation == "+":
            solved += [(a, (c, b), "-"), (b, (c, a), "-")]
        # The last column is the target, unless it is gone already
        for rank, form in enumerate(sorted(solved, reverse=True)):
            forms.append((rank, -form[0], form))
    needed, tries = math.log(len(columns) ** 3 / ALPHA), dict.fromkeys(columns, 0)
    for _, _, (target, sources, operation) in sorted(forms):
        gone = target in found or tries[target] == MAX_TRIES
        if gone or _rests_on(found, sources, target):
            continue
        tries[target] += 1
        form = Arithmetic(target, sources, numbers[target].dtype, operation)
        (a, b), c = (numbers[j] for j in sources), numbers[target]
        if holds(form, numbers, 0 if operation == "*" else a):
            if operation == "*":  # beside a zero any value does
                a, b = a[b != 0], b[a != 0]
            if all(beyond_chance(x, needed, min_rows) for x in (a, b, c)):
                found[target] = form


def _candidates(numbers, columns):
    """Yield (operation, a, b, c) that agree in one random projection of some rows."""
    rng, n = np.random.default_rng(0), len(numbers[0])
    rows = rng.permutation(n)[:SKETCH_ROWS]
    sketch = np.stack([numbers[j][rows].astype(np.float64) for j in columns])
    varies = np.ptp(sketch, axis=1) > 0
    sketch, columns = sketch[varies], np.array(columns)[varies].tolist()
    weights = rng.uniform(1, 2, size=len(rows))
    keys, size = sketch @ weights, np.abs(sketch) @ weights
    # The projection of a sum is a sum, those of all products are one matrix product
    norm, products = np.sqrt(sketch**2 @ weights), (sketch * weights) @ sketch.T
    order = np.argsort(keys)
    for i in range(len(columns)):
        rest = slice(i + 1, None)
        wanted = np.stack([keys[i] + keys[rest], products[i, rest]])
        slack = 1e-11 * np.stack([size[i] + size[rest], norm[i] * norm[rest]])
        start = np.searchsorted(keys, wanted - slack, "left", sorter=order)
        stop = np.searchsorted(keys, wanted + slack, "right", sorter=order)
        for which, j in np.argwhere(stop > start).tolist():
            hits = set(order[start[which, j] : stop[which, j]].tolist())
            for k in hits - {i, i + 1 + j}:
                yield "+*"[which], columns[i], columns[i + 1 + j], columns[k]


def _rests_on(found, columns, target):
    """Whether restoring ``columns`` needs ``target``."""
    ahead, seen = set(columns), set()
    while ahead:
        seen |= ahead
        ahead = {s for j in ahead if j in found for s in found[j].sources} - seen
    return target in seen
