"""Rows behind those that a user has given, in the same container."""

import narwhals as nw
import numpy as np

from ..encoding import is_frame


def dense(X):
    """X, of pandas with dense columns in place of sparse ones."""
    if not hasattr(X, "iloc"):
        return X
    dtypes = X.dtypes.items()
    sparse = {
        name: d.subtype for name, d in dtypes if type(d).__name__ == "SparseDtype"
    }
    return X.astype(sparse)


def followed_by(X, parts):
    """X and further rows, in the container of X."""
    if isinstance(X, list | tuple):
        rows = (row for part in parts for row in part)
        return [*X, *(row.tolist() if hasattr(row, "tolist") else row for row in rows)]
    if not is_frame(X):
        is_masked = np.ma.is_masked(X)
        return (np.ma if is_masked else np).concatenate([np.asanyarray(X), *parts])
    frames = [nw.from_native(part) for part in (dense(X), *parts)]
    frame = nw.maybe_reset_index(nw.concat(frames)).to_native()
    return frame.astype(dict(X.dtypes)) if hasattr(X, "iloc") else frame


def counted_anew(y):
    """Labels with a default index, where they have one."""
    found = nw.from_native(y, allow_series=True, pass_through=True)
    return y if found is y else nw.maybe_reset_index(found).to_native()
