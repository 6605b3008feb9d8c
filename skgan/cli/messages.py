"""What the library says to users of Python, in words of the command line.

Imports nothing heavy.
"""

import sys
import warnings
from contextlib import contextmanager
from shlex import quote

from ..wording import Option


def _columns(names):
    """The option that declares identifiers, as a shell reads it."""
    return f"--ids {' '.join(quote(str(name)) for name in names)}"


# Of other parameters nothing is said, or that they are of Python
OPTIONS = {
    "identifiers": Option("--ids", _columns),
    "on_identifiers": Option("--identifiers", "--identifiers {}".format),
    "max_iter": Option("--max-iter", "--max-iter {}".format),
    "max_time": Option("--minutes", lambda seconds: f"--minutes {seconds / 60:g}"),
    "refinement": Option(
        "--no-refinement", lambda _: "--no-refinement, where it learns,"
    ),
}


@contextmanager
def warnings_as_lines(is_quiet):
    """Inside the block tell warnings to users as all else, or not at all if quiet."""
    with warnings.catch_warnings():
        show = warnings.showwarning

        def tell(message, category, *where, **how):
            if not issubclass(category, UserWarning):
                show(message, category, *where, **how)
            elif not is_quiet:
                print(f"skgan: warning: {message}", file=sys.stderr)

        warnings.showwarning = tell
        yield
