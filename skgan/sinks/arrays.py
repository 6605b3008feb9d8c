"""Arrays in files of numpy, a few rows at a time."""

import numpy as np


class ArraySink:
    """Writes arrays below each other, as one array.

    Parameters
    ----------
    file : binary file
        Where to.
    n_rows : int
        How many rows there will be in all.
    """

    def __init__(self, file, n_rows):
        self._file, self._n_rows, self._dtype = file, n_rows, None

    def __enter__(self):
        return self

    def write(self, rows, labels=None):
        """Write an array ``(n, ...)``.

        Raises
        ------
        ValueError
            If it is none of numbers, or if there are labels.
        """
        if labels is not None:
            raise ValueError("a file .npy has no column of labels: leave them out.")
        if type(rows) is not np.ndarray or rows.dtype.kind not in "biuf":
            raise ValueError(
                "a file .npy holds arrays of numbers, got rows as "
                f"{type(rows).__name__}: write them to .parquet or .csv."
            )
        if self._dtype is None:
            self._dtype = rows.dtype
            shape = (self._n_rows, *rows.shape[1:])
            header = {"shape": shape, "fortran_order": False}
            header["descr"] = np.lib.format.dtype_to_descr(rows.dtype)
            np.lib.format.write_array_header_2_0(self._file, header)
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)

    def __exit__(self, *_):
        pass
