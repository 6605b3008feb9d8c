"""The layout of a table's encoded rows, from the encoders of its columns."""

import numpy as np

from .base import Layout


def table_layout(encoders):
    """Return a ``Layout``, and which of the encoders have a scalar, as indices."""
    sizes = [encoder.n_classes for encoder in encoders]
    starts = np.cumsum([0, *sizes])
    scalars = [i for i, encoder in enumerate(encoders) if encoder.has_scalar]
    owners = [int(starts[i] + encoders[i].continuous_class) for i in scalars]
    ordered = [i for i, encoder in enumerate(encoders) if encoder.ordered]
    order = np.zeros((starts[-1], len(ordered)), dtype=np.float32)
    for column, i in zip(order.T, ordered, strict=True):
        scores = encoders[i].order_scores  # none of a class of missing values
        column[starts[i] : starts[i] + len(scores)] = scores
    n_columns = len(sizes) + len(owners)
    return Layout(n_columns, tuple(sizes), tuple(owners), order), scalars
