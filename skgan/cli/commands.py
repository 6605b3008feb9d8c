"""The command line: what is asked for is read here, and what went wrong is said.

What learns and draws is imported when files and options have been found good.
"""

import os
import sys

from ..wording import naming
from .files import StreamCut
from .messages import OPTIONS, warnings_as_lines
from .options import check, parse


def main(arguments=None):
    """Do what the arguments ask for; return the exit status."""
    options = parse(arguments)
    with naming(OPTIONS):
        return _status(options)


def _status(options):
    """Do what options ask for, say what went wrong, and return the exit status."""
    try:
        check(options)
        with warnings_as_lines(getattr(options, "quiet", False)):
            _run(options)
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still to be flushed
        return 1
    except MemoryError:
        print("skgan: error: there is not enough memory.", file=sys.stderr)
        return 2
    except (ValueError, ArithmeticError, OSError, ImportError) as error:
        print(f"skgan: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        cut = "not all" if isinstance(stop, StreamCut) else "nothing"
        print(f"skgan: stopped, {cut} was written", file=sys.stderr)
        return 130
    return 0


def _run(options):
    """Do what checked options ask for."""
    if options.verb == "inspect":
        from ..storage.inspection import inspect

        print(inspect(options.model))
        return
    from . import verbs

    getattr(verbs, options.verb)(options)
