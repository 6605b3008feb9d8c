"""What the library says to users of Python, in words of the command line.

Imports nothing heavy.
"""

import re
import sys
import warnings
from contextlib import contextmanager
from shlex import quote

NAME = re.compile(r"'[^']*'|\"[^\"]*\"")
# Where no option does what is named, the advice is left out, or said to be of Python
OPTIONS = {
    r"on_identifiers='(\w+)'": r"--identifiers \1",
    r", 'error' refuses": ", --identifiers error refuses",
    r"early_stopping=True, ": "",
    r"Try the 'relativistic' loss .* n_init=3\.": "Try a larger --max-iter.",
    r"Try a greater learning_rate": "In Python, try a greater learning_rate",
    r"refinement=None takes": "--no-refinement, where it learns, takes",
    r"refinement='\w+' needs": "refinement needs",
    r"(smaller|larger) max_iter": r"\1 --max-iter",
}


def in_options(message):
    """A message that names options in place of parameters."""
    message = re.sub(r"TableEncoder\(identifiers=\[(.*)\]\)", _ids, message)
    for named, option in OPTIONS.items():
        message = re.sub(named, option, message)
    return message


@contextmanager
def warnings_as_lines(is_quiet):
    """Inside the block tell warnings to users as all else, or not at all if quiet."""
    with warnings.catch_warnings():
        show = warnings.showwarning

        def tell(message, category, *where, **how):
            if not issubclass(category, UserWarning):
                show(message, category, *where, **how)
            elif not is_quiet:
                print(f"skgan: warning: {in_options(str(message))}", file=sys.stderr)

        warnings.showwarning = tell
        yield


def _ids(found):
    """The option that declares identifiers, as a shell reads it."""
    names = [quote(name[1:-1]) for name in NAME.findall(found[1])]
    more = " ..." if found[1].endswith("...") else ""
    return f"--ids {' '.join(names)}{more}"
