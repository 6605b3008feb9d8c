"""How many rows to add to each class: imbalanced-learn's ``sampling_strategy``."""

from collections.abc import Mapping

import numpy as np

STRATEGIES = ("auto", "all", "minority", "not majority", "not minority")


def n_of_each_class(strategy, counts, y):
    """Number of rows to add, by label.

    Parameters
    ----------
    strategy : float, str, Mapping or callable
        What the user chose.
    counts : dict
        Number of rows of each class, by label.
    y : array-like of shape (n_samples,)
        Labels, for a strategy that is a function of them.

    Raises
    ------
    ValueError
        If there is one class only, if a float is given for more than two, or if a class
        is unknown or would lose rows.
    """
    if len(counts) < 2:
        raise ValueError(f"y must have at least two classes, got one class: {counts}.")
    if callable(strategy):
        strategy = strategy(y)
        if not isinstance(strategy, Mapping):
            raise ValueError(
                "sampling_strategy as a function must return a dict of the number of "
                f"rows of each class, got {strategy!r}."
            )
    if isinstance(strategy, Mapping):
        return _up_to(strategy, counts)
    if not isinstance(strategy, str):
        return _by_ratio(strategy, counts)
    smallest, largest = (choose(counts, key=counts.get) for choose in (min, max))
    left_out = {"auto": largest, "not majority": largest, "not minority": smallest}
    chosen = [smallest] if strategy == "minority" else counts
    return {
        label: counts[largest] - counts[label]
        for label in chosen
        if label != left_out.get(strategy, object)
    }


def _up_to(totals, counts):
    for label, total in totals.items():
        if label not in counts:
            raise ValueError(
                f"sampling_strategy must name classes of y, {list(counts)}, "
                f"got {label!r}."
            )
        if not isinstance(total, int | np.integer) or total < counts[label]:
            raise ValueError(
                "sampling_strategy must give each class a whole number of rows, at "
                f"least those that it has: class {label!r} has {counts[label]}, got "
                f"{total!r}."
            )
    return {label: int(total) - counts[label] for label, total in totals.items()}


def _by_ratio(ratio, counts):
    if len(counts) > 2:
        raise ValueError(
            "sampling_strategy as a float is for two classes, got "
            f"{ratio!r} for {len(counts)}: use a dict."
        )
    largest = max(counts, key=counts.get)
    [(label, count)] = [item for item in counts.items() if item[0] != largest]
    n_new = int(counts[largest] * ratio) - count
    if n_new < 0 or (n_new == 0 and ratio < 1):
        raise ValueError(
            f"sampling_strategy={ratio!r} would take rows from class {label!r}, which "
            f"has {count} beside {counts[largest]}: use a larger ratio."
        )
    return {label: n_new}
