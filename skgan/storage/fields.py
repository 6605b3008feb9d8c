"""What attributes of stored objects may be: functions that refuse everything else.

Each makes a check, which is called with a value and raises ``ValueError`` with the rule
that it breaks. Types are exact: a boolean is no whole number.
"""

import math
import sys
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

Check = Callable[[Any], None]
LARGEST = sys.float_info.max


def _check(rule: str, holds: Callable[[Any], Any]) -> Check:
    """A check of one rule."""

    def check(value: Any) -> None:
        if not holds(value):
            raise ValueError(f"must be {rule}, got {value!r:.60}")

    return check


flag = _check("a boolean", lambda value: type(value) is bool)
text = _check("text", lambda value: type(value) is str)
dtype = _check("a dtype of numpy", lambda value: isinstance(value, np.dtype))


def anything(value: Any) -> None:
    """Check nothing: for what is compared or shown, and never computed with."""


def whole(low: int = -(2**63), high: int = 2**64 - 1) -> Check:
    """A whole number of Python between bounds, both included."""
    return _check(
        f"a whole number from {low} to {high}",
        lambda value: type(value) is int and low <= value <= high,
    )


def number(low: float = -math.inf, high: float = math.inf) -> Check:
    """A finite number between bounds, both included; of Python or of numpy."""
    return _check(
        f"a finite number from {low} to {high}",
        lambda value: (
            isinstance(value, int | float | np.integer | np.floating)
            and type(value) is not bool
            and -LARGEST <= value <= LARGEST  # whole numbers may be beyond floats
            and low <= value <= high
        ),
    )


def one_of(*values: Any) -> Check:
    """One of some values, of the same type."""
    return _check(
        f"one of {values}",
        lambda value: any(type(value) is type(v) and value == v for v in values),
    )


def instance(*classes: type) -> Check:
    """An object of one of some classes, or of a class below one."""
    names = " or ".join(own.__name__ for own in classes)
    return _check(f"of class {names}", lambda value: isinstance(value, classes))


def array(
    letters: str,
    n_dimensions: int = 1,
    low: float | None = None,
    high: float | None = None,
    *,
    is_finite: bool = True,
) -> Check:
    """An array of dtypes with one of these letters, "iuf", or of a size, "i8 f8 O".

    Numbers are between bounds, both included, and finite unless they need not be.
    """
    sizes = letters.split()

    def holds(value: Any) -> Any:
        if type(value) is not np.ndarray or value.ndim != n_dimensions:
            return False
        dtype = value.dtype
        if dtype.str[1:] not in sizes and (
            not letters.isalpha() or dtype.kind not in letters
        ):
            return False
        if dtype.kind == "f" and is_finite and not np.isfinite(value).all():
            return False
        is_above = low is None or (value >= low).all()
        return is_above and (high is None or (value <= high).all())

    ends = f"{'finite, ' if is_finite else ''}from {low} to {high}"
    return _check(f"an array, {n_dimensions}-d, of {letters!r}, {ends}", holds)


def optional(check: Check) -> Check:
    """None, or what another check lets pass."""

    def checked(value: Any) -> None:
        if value is not None:
            check(value)

    return checked


def either(*checks: Check) -> Check:
    """What one of some checks lets pass."""

    def checked(value: Any) -> None:
        problems = []
        for check in checks:
            try:
                return check(value)
            except ValueError as error:
                problems.append(str(error))
        raise ValueError("; or ".join(problems))

    return checked


def many(check: Check, container: type[Collection] = list, least: int = 0) -> Check:
    """A list, tuple, set or frozenset of some items at least, which pass a check."""

    def checked(value: Any) -> None:
        if type(value) is not container or len(value) < least:
            rule = f"a {container.__name__} of {least} items or more"
            raise ValueError(f"must be {rule}, got {value!r:.60}")
        for item in value:
            check(item)

    return checked


def fixed(*checks: Check) -> Check:
    """A tuple of as many items as checks, each of which passes its own."""

    def checked(value: Any) -> None:
        if type(value) is not tuple or len(value) != len(checks):
            raise ValueError(f"must be a tuple of {len(checks)}, got {value!r:.60}")
        for check, item in zip(checks, value, strict=True):
            check(item)

    return checked


def mapping(key: Check, item: Check) -> Check:
    """A dict of which all keys and all items pass checks."""

    def checked(value: Any) -> None:
        if type(value) is not dict:
            raise ValueError(f"must be a dict, got {value!r:.60}")
        for own_key, own_item in value.items():
            key(own_key)
            item(own_item)

    return checked


def require(holds: Any, rule: str) -> None:
    """Refuse an object whose fields do not agree.

    Raises
    ------
    ValueError
        With the rule, unless it holds.
    """
    if not holds:
        raise ValueError(f"breaks a rule: {rule}")
