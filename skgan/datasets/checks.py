"""Parameters of made rows: counts, lengths and seeds."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state


def check_counts(**counts):
    """Refuse counts that are no positive integers; keywords are their names."""
    for name, value in counts.items():
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(
                f"{name} must be an integer in the range [1, inf), got {value!r}."
            )


def check_positive(**numbers):
    """Refuse numbers that are not positive and finite; keywords are their names."""
    for name, value in numbers.items():
        if not isinstance(value, Real) or not 0 < value < np.inf:
            raise ValueError(f"{name} must be a positive finite number, got {value!r}.")


def random_stream(random_state):
    """A stream of random numbers; None takes fresh entropy, not numpy's global one."""
    if random_state is None:
        return np.random.RandomState()
    return check_random_state(random_state)
