"""Cells: few ranges of numbers and classes, each with enough training rows."""

import numpy as np

MIN_ROWS = 5  # of a cell
MAX_CELLS = 254  # of a column: what boosted trees of scikit-learn take
N_COARSE = 40  # of a column, where pairs of columns are counted


class Cells:
    """Groups of the places of each column; each holds at least five training rows.

    Neighbours are joined where places follow an order. Of other columns the places of
    too few rows share a cell.

    Parameters
    ----------
    places : ndarray of int, shape (n_samples, n_columns)
        Where the training rows lie.
    n_places : sequence of int
        Number of places of each column.
    ranked : sequence of bool
        Whether the places of a column follow the order of its values.

    Attributes
    ----------
    sizes : list of int
        Number of cells of each column, at most 254.
    ranked : ndarray of bool, shape (n_columns,)
        As given.
    """

    def __init__(self, places, n_places, ranked):
        self.ranked = np.array(ranked)
        self._of_place, self._coarse = [], []
        for column, n, in_order in zip(places.T, n_places, ranked, strict=True):
            counts = np.bincount(column, minlength=n)
            join = joined_in_order if in_order else joined_by_size
            fine = join(counts, MAX_CELLS)
            self._of_place.append(fine)
            self._coarse.append(join(np.bincount(fine, counts), N_COARSE))
        self.sizes = [1 + int(cells.max()) for cells in self._of_place]

    def __call__(self, places):
        """The cell of each value, uint8 ``(n, n_columns)``."""
        columns = zip(self._of_place, places.T, strict=True)
        return np.column_stack(
            [cells[column].astype(np.uint8) for cells, column in columns]
        )

    def coarse(self, cells):
        """Fewer cells of the same, int64 ``(n, n_columns)``."""
        columns = zip(self._coarse, cells.T, strict=True)
        return np.column_stack([groups[column] for groups, column in columns])

    @property
    def coarse_sizes(self):
        """Number of coarse cells of each column."""
        return [1 + int(groups.max()) for groups in self._coarse]


def joined_in_order(counts, n_cells):
    """The cell of each place: neighbours of about equally many rows in all.

    A place of more rows than that is a cell of its own.
    """
    size = max(MIN_ROWS, counts.sum() / n_cells)
    while True:
        cells = _filled(counts, size)
        if cells[-1] < n_cells:
            return cells
        size *= 1.1


def _filled(counts, size):
    cells, cell, filled = np.zeros(len(counts), dtype=np.int64), 0, 0
    for place, count in enumerate(counts):
        if filled >= size or (filled >= MIN_ROWS and count >= size):
            cell, filled = cell + 1, 0
        cells[place] = cell
        filled += count
    if filled < MIN_ROWS and cell > 0:
        cells[cells == cell] = cell - 1
    return cells


def joined_by_size(counts, n_cells):
    """The cell of each place: one each for those of the most rows, one for the rest."""
    order = np.argsort(-counts, kind="stable")
    n_own = min(int((counts >= MIN_ROWS).sum()), n_cells)
    if n_own == len(counts):
        return np.arange(len(counts))
    n_own = max(min(n_own, n_cells - 1), 1)
    if counts[order[n_own:]].sum() < MIN_ROWS:
        n_own -= 1  # the rarest of them goes to the rest, which may then be all
    cells = np.full(len(counts), n_own)
    cells[order[:n_own]] = np.arange(n_own)
    return cells
