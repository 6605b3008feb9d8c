"""Rules of the parameters of callbacks."""

from numbers import Integral


def check_positive(name, value):
    """Refuse what is no positive integer."""
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} must be a positive integer, got {value!r}.")
