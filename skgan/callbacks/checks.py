"""Rules of the parameters of callbacks."""

from numbers import Integral


def check_positive(name, value, multiple_of=1):
    """Refuse what is no positive integer, or no multiple of another."""
    if not isinstance(value, Integral) or value < 1 or value % multiple_of:
        rule = f"multiple of {multiple_of}" if multiple_of > 1 else "integer"
        raise ValueError(f"{name} must be a positive {rule}, got {value!r}.")
