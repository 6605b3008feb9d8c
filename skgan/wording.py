"""What users write to set a parameter: in Python, or by an option of a command line.

Messages name parameters by these functions. Whoever calls the library for users who
write no Python says how they name them, and every message does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Option(NamedTuple):
    """An option that sets a parameter.

    Parameters
    ----------
    name : str
        What users call it.
    setting : callable
        Makes of a value what users write to set it.
    """

    name: str
    setting: Callable[[object], str]


_options: ContextVar[Mapping[str, Option] | None] = ContextVar("_options", default=None)


@contextmanager
def naming(options: Mapping[str, Option]) -> Iterator[None]:
    """Inside the block name options in place of parameters.

    Parameters
    ----------
    options : mapping of str to Option
        By the names of parameters. What others set is not to be had.

    Examples
    --------
    >>> from skgan.wording import Option, advice, naming, setting
    >>> setting("max_iter", 3), advice(max_iter="a larger {}", n_init="{}=3")
    ('max_iter=3', 'Try a larger max_iter, or n_init=3.')
    >>> with naming({"max_iter": Option("--max-iter", lambda n: f"--max-iter {n}")}):
    ...     setting("max_iter", 3), advice(max_iter="a larger {}", n_init="{}=3")
    ('--max-iter 3', 'Try a larger --max-iter.')
    """
    token = _options.set(options)
    try:
        yield
    finally:
        _options.reset(token)


def parameter(name: str) -> str:
    """What users call a parameter."""
    options = _options.get() or {}
    return options[name].name if name in options else name


def setting(name: str, value: object, within: str = "{}") -> str:
    """What users write to set a parameter, in Python ``within`` a call."""
    options = _options.get() or {}
    if name in options:
        return options[name].setting(value)
    return within.format(f"{name}={value!r}")


def advice(*others: str, **ways: str) -> str:
    """Return a sentence of what to try: parameters, in words where {} is the name.

    Of parameters that users cannot set nothing is said, unless there is nothing else.
    ``others`` are what is no parameter.
    """
    options, begin = _options.get(), "Try"
    if options is not None:
        known = {name: words for name, words in ways.items() if name in options}
        if not known and not others:
            known, begin = ways, "In Python, try"
        ways = known
    texts = [*(words.format(parameter(name)) for name, words in ways.items()), *others]
    *first, last = texts
    return f"{begin} {', '.join(first)}{', or ' if first else ''}{last}."
