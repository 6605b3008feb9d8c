"""The one privacy rule: nothing is kept that fewer rows share than this."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MinRows:
    """The number of training rows that must share what a model keeps.

    An object of this class is handed to all that learn from rows: columns, relations,
    clusters, labels, bins and raking.

    Parameters
    ----------
    n : int, default=5
        A value, a count or a mean of fewer rows is not kept.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.privacy import MinRows
    >>> MinRows(5).allows(np.array([4, 5, 6]))
    array([False,  True,  True])
    """

    n: int = 5

    def allows(self, counts: int | NDArray[np.integer]) -> bool | NDArray[np.bool_]:
        """Whether something that so many rows share may be kept."""
        return counts >= self.n


MIN_ROWS = MinRows()
