"""Errors and warnings of skgan, and how a warning finds the line of the user."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec

from .wording import advice


def _folder_of(package: str) -> str:
    """The folder of a package, which is not imported for that."""
    spec = find_spec(package)
    return os.path.join(os.path.dirname(spec.origin or ""), "") if spec else package


# Lines of these packages are not the user's: searches fit through joblib
_OWN_FOLDERS = tuple(map(_folder_of, ("skgan", "sklearn", "joblib")))
# Nor are those of what is installed beside them, or comes with Python
_INSTALLED = tuple(
    os.path.join(os.path.dirname(path), "")
    for path in (os.path.dirname(_folder_of("sklearn")), os.path.abspath(os.__file__))
)

_is_silent = ContextVar("_is_silent", default=False)


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line that the user wrote: the last one outside skgan and sklearn.

    Parameters
    ----------
    message : str
        What the warning says.
    category : type of Warning, default=UserWarning
        Its class.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import warn_user
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_user("mind the gap")
    >>> str(caught[0].message)
    'mind the gap'
    """
    if _is_silent.get():
        return
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_code.co_filename.startswith(_OWN_FOLDERS):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


@contextmanager
def silent() -> Iterator[None]:
    """Leave out what ``warn_user`` would say inside the block, in this thread alone.

    The filters of ``warnings`` are of all threads.

    Examples
    --------
    >>> from skgan.exceptions import silent, warn_user
    >>> with silent():
    ...     warn_user("this will be said later")
    """
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)


def is_called_by_user(call: tuple[str, ...]) -> bool:
    """Tell whether a call comes from a line that the user wrote, and no library.

    Parameters
    ----------
    call : tuple of str
        Beginnings of the paths of files that belong to the call itself.

    Examples
    --------
    >>> from skgan.exceptions import is_called_by_user
    >>> is_called_by_user(())
    True
    """
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(call):
        frame = frame.f_back
    return not frame.f_code.co_filename.startswith(_OWN_FOLDERS + _INSTALLED)


class DivergenceError(ArithmeticError):
    """Training produced a number that is not finite.

    Parameters
    ----------
    iteration : int
        The iteration, counted from 0, in which that was found.

    Examples
    --------
    >>> from skgan.exceptions import DivergenceError
    >>> str(DivergenceError(42)).partition(".")[0]
    'Training became non-finite at iteration 42'
    """

    def __init__(self, iteration: int) -> None:
        super().__init__(iteration)
        self.iteration = iteration

    def __str__(self) -> str:
        return f"Training became non-finite at iteration {self.iteration}. " + advice(
            learning_rate="a smaller {}",
            penalty_weight="a larger {}",
            loss="the 'relativistic' loss with its default penalty",
            precision="{}='float32'",
        )


class RefinementWarning(UserWarning):
    """Too few candidates were accepted, and some rows are drawn by weight instead.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import RefinementWarning
    >>> warnings.simplefilter("error", RefinementWarning)
    """


class InterruptedWarning(UserWarning):
    """Ctrl-C ended a fit before its time, and what was learned so far is kept.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import InterruptedWarning
    >>> warnings.simplefilter("error", InterruptedWarning)
    """


class TrainingWarning(UserWarning):
    """The end of a fit showed that training went wrong; its subclasses say how.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import TrainingWarning
    >>> warnings.simplefilter("error", TrainingWarning)
    """


class CollapseWarning(TrainingWarning):
    """Generated rows leave out regions that held-out rows are in.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import CollapseWarning
    >>> warnings.simplefilter("ignore", CollapseWarning)
    """


class CopiesWarning(TrainingWarning):
    """Generated rows keep to training rows, and away from held-out ones.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import CopiesWarning
    >>> warnings.simplefilter("error", CopiesWarning)
    """


class UndecidedWarning(TrainingWarning):
    """The discriminator has told no rows apart from the first iteration to the last.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import UndecidedWarning
    >>> warnings.simplefilter("ignore", UndecidedWarning)
    """


class CudaGraphWarning(UserWarning):
    """Iterations cannot be recorded as CUDA graphs, and take several times as long.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import CudaGraphWarning
    >>> warnings.simplefilter("ignore", CudaGraphWarning)
    """


class DistributedError(RuntimeError):
    """Processes that do one fit together cannot go on together.

    One of them is gone, or has other parameters, data or weights than the others.

    Examples
    --------
    >>> from skgan.exceptions import DistributedError
    >>> issubclass(DistributedError, RuntimeError)
    True
    """


class FileError(ValueError):
    """A file cannot be read: it was changed, cut, or is none of this library's.

    Parameters
    ----------
    path : path-like
        The file.
    part : str
        Where in the file.
    problem : str
        What is wrong there.
    versions : dict of str to str or None, default=None
        Of the libraries that wrote the file, where it says so.

    Examples
    --------
    >>> from skgan.exceptions import FileError
    >>> print(FileError("model.skgan", "sha256", "it has changed"))
    model.skgan cannot be read: it has changed (in its sha256).
    """

    def __init__(
        self,
        path: str | os.PathLike,
        part: str,
        problem: str,
        versions: dict[str, str] | None = None,
    ) -> None:
        super().__init__(path, part, problem, versions)
        self.path, self.part, self.problem = path, part, problem
        self.versions = versions if isinstance(versions, dict) else None

    def __str__(self) -> str:
        writer = ""
        if self.versions and "skgan" in self.versions:
            writer = f" It was written by skgan {self.versions['skgan']!s:.40}."
        path = os.fspath(self.path)
        return f"{path} cannot be read: {self.problem} (in its {self.part}).{writer}"


class SmallClassWarning(UserWarning):
    """A class has too few rows to be learned, and its rows are drawn again.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import SmallClassWarning
    >>> warnings.simplefilter("error", SmallClassWarning)
    """
