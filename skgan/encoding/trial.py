"""Rows that are built to see whether an encoder that was read can build any."""

import numpy as np

from skgan.storage.fields import require

ENDS = np.array([[-6.0], [0.0], [6.0]], dtype=np.float32)  # of normal scores
MAX_TRIED = 10_000  # classes of a variable


def trial_rows(layout):
    """Return encoded rows in which each class stands, and each scalar at its ends."""
    sizes = np.array(layout.class_sizes, dtype=np.int64)
    n = max(len(ENDS), *sizes[sizes <= MAX_TRIED]) if len(sizes) else len(ENDS)
    codes = np.arange(n)[:, None] % sizes.clip(1)  # (n, n_variables)
    n_scalars = layout.n_columns - len(sizes)
    scalars = np.resize(ENDS, (n, 1)).repeat(n_scalars, axis=1)
    return np.hstack([codes, scalars]).astype(np.float32)


def check_rows(encoder):
    """Refuse an encoder in which some rows have no bin, or none that is finite.

    Raises
    ------
    ValueError
        If it does.
    """
    encoded = trial_rows(encoder.layout)
    with np.errstate(all="ignore"):
        encoded = encoder.round_trip(encoded)
        require(np.isfinite(encoded).all(), "rows come back")
        bins = encoder.bins(encoded)
        require(((bins >= 0) & (bins < encoder.n_bins)).all(), "rows have bins")
        encoder.measure_encoded(encoded, np.random.default_rng(0))
