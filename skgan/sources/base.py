"""What a source is, and which one the user means."""

import os
from collections.abc import Iterator

import narwhals as nw
import numpy as np

from .files import is_dataset, parquet_files
from .rows import concatenated, n_rows_of, release_memory, taken

CHUNK_SIZE = 65_536  # rows that are counted together, whatever pieces they came in


class Source:
    """Rows in one order, which can be read again and again.

    Parameters
    ----------
    pieces : callable
        Returns a new iterator of arrays or data frames of the same columns.
    """

    def __init__(self, pieces):
        self._pieces = pieces

    def chunks(self, size=CHUNK_SIZE):
        """Yield all rows in tables of ``size`` rows, of which the last may have fewer.

        Raises
        ------
        ValueError
            If the pieces have other columns than the first, or there are no rows.
        """
        parts, n_held, first = [], 0, None
        for piece in self._pieces():
            n = n_rows_of(piece)
            if n == 0:
                continue
            first = piece if first is None else first
            _check_columns(first, piece)
            start = 0
            while n_held + n - start >= size:
                stop = start + size - n_held
                yield concatenated([*parts, taken(piece, slice(start, stop))])
                parts, n_held, start = [], 0, stop
            if start < n:
                parts.append(taken(piece, slice(start, n)))
                n_held += n - start
        if parts:
            yield concatenated(parts)
        release_memory()
        if first is None:
            raise ValueError("X must hold rows, got none.")


def is_source(X):
    """Whether X says where rows are, instead of holding them."""
    is_paths = isinstance(X, str | os.PathLike) or (
        isinstance(X, list | tuple)
        and len(X) > 0
        and all(isinstance(path, str | os.PathLike) for path in X)
    )
    is_lazy = nw.dependencies.is_polars_lazyframe(X)
    return is_paths or is_lazy or is_dataset(X) or _is_function(X) or _is_iterator(X)


def source_of(X):
    """Return the source that X stands for.

    Parameters
    ----------
    X : path, list of paths, dataset, lazy frame, callable, array or data frame
        A Parquet file, several, or a folder of them; a ``pyarrow.dataset.Dataset``; a
        ``polars.LazyFrame``; a function that returns a fresh iterator of arrays or data
        frames; or rows.

    Raises
    ------
    ValueError
        If X is an iterator, which cannot be started again, if there is no such file, or
        if one is no Parquet file.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.sources import source_of
    >>> X = np.arange(10).reshape(5, 2)
    >>> [len(chunk) for chunk in source_of(lambda: iter([X, X])).chunks(4)]
    [4, 4, 2]
    """
    if nw.dependencies.is_polars_lazyframe(X):
        return Source(
            lambda: X.collect_batches(chunk_size=CHUNK_SIZE, maintain_order=True)
        )
    is_paths = isinstance(X, str | os.PathLike | list | tuple) and is_source(X)
    if is_paths or is_dataset(X):
        return Source(parquet_files(X))
    if _is_iterator(X):
        raise ValueError(
            "X must be read several times, and an iterator cannot be started again: "
            f"pass a function that returns a fresh one, got {type(X).__name__}."
        )
    if _is_function(X):
        return Source(_Fresh(X))
    return Source(lambda: iter([X]))


def _is_function(X):
    """Whether X is a function, and no table."""
    return callable(X) and not hasattr(X, "shape")


def _is_iterator(X):
    """Whether X is an iterator, and no table."""
    return isinstance(X, Iterator) and not hasattr(X, "shape")


class _Fresh:
    """What a user's function returns, which must be another iterator each time."""

    def __init__(self, function):
        self._function, self._latest = function, None

    def __call__(self):
        """Return an iterator of the tables that it returns."""
        pieces = self._function()
        if not _is_iterator(pieces):
            return _checked(pieces)
        if pieces is self._latest:
            raise ValueError(
                "X must return a fresh iterator each time, got the same "
                f"{type(pieces).__name__} again, which has ended."
            )
        self._latest = pieces
        return _checked(pieces)


def _checked(pieces):
    """Yield what a user's function returns, if it holds tables."""
    if isinstance(pieces, str | bytes) or not hasattr(pieces, "__iter__"):
        raise ValueError(
            "X must return an iterator of arrays or data frames, got "
            f"{type(pieces).__name__}."
        )
    if hasattr(pieces, "shape"):  # one table
        pieces = [pieces]
    for piece in pieces:
        frame = nw.from_native(piece, pass_through=True)
        is_table = isinstance(frame, nw.DataFrame) or np.ndim(piece) == 2
        if not is_table:
            raise ValueError(
                "X must return an iterator of 2-D arrays or data frames, got "
                f"{type(piece).__name__}."
            )
        yield piece if isinstance(frame, nw.DataFrame) else np.asanyarray(piece)


def _check_columns(first, piece):
    """Refuse a piece of another library than the first, or of other columns."""
    if piece is first:
        return
    if _library_of(piece) != _library_of(first):
        raise ValueError(
            "All pieces of X must be tables of one library, got "
            f"{type(piece).__name__} beside {type(first).__name__}."
        )
    wanted, found = _columns_of(first), _columns_of(piece)
    if wanted != found:
        raise ValueError(
            f"All pieces of X must have the same columns, got {found} beside {wanted}."
        )


def _library_of(X):
    """The library of a data frame; None of arrays."""
    frame = nw.from_native(X, pass_through=True)
    return frame.implementation if isinstance(frame, nw.DataFrame) else None


def _columns_of(X):
    """The names of columns, or how many an array has."""
    frame = nw.from_native(X, pass_through=True)
    return frame.columns if isinstance(frame, nw.DataFrame) else X.shape[1]
