"""Files from which a fit goes on that was cut."""

from pathlib import Path

from .. import storage
from ..exceptions import FileError, warn_user
from .checks import check_positive

SUFFIX = ".checkpoint"
N_DIGITS = 16  # of the digest of a fit, in the name of its folder


class Checkpoint:
    """Writes the state of training to files, from which a fit that was cut goes on.

    The same script, started again, goes on from the newest file of the same parameters
    and data, and ends as if it had never been cut, to the last bit: with the same
    number of threads, device and versions of libraries. Without such a file it begins
    anew. A fit that was done is not trained again, but takes its end from there, also
    with ``random_state=None``; ``resume=False`` begins anew in any case.

    A file is written whole or not at all, and the one before is removed when it has
    been read back. It holds weights, the states of optimizers and of random streams,
    losses, what early stopping knows, and a digest of parameters and data: no row, no
    label and no code. What functions of yours keep to themselves is not in it.

    Each fit has a folder of its own, so that a search may fit many, also at the same
    time. Pass it to ``set_callbacks`` of an estimator.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where the folders of fits are made.
    every : int, default=1000
        Number of iterations from one file to the next.
    keep : int, default=2
        Number of files of a fit that are kept.
    resume : bool, default=True
        Whether a fit goes on from a file.

    Raises
    ------
    ValueError
        If ``every`` or ``keep`` is not a positive integer.

    Warns
    -----
    UserWarning
        If a file cannot be read, in whose place the one before is taken, or cannot be
        written; if threads, device or versions differ from those of the file.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_iris
    >>> from skgan import GANGenerator
    >>> from skgan.callbacks import Checkpoint
    >>> gan = GANGenerator(max_iter=200, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = gan.set_callbacks(Checkpoint(folder, every=50)).fit(load_iris().data)
    ...     names = sorted(path.name for path in Path(folder).glob("*/*"))
    >>> names
    ['restart_001_iteration_000000150.checkpoint',
     'restart_001_iteration_000000200.checkpoint']
    """

    def __init__(self, folder, *, every=1_000, keep=2, resume=True):
        check_positive("every", every)
        check_positive("keep", keep)
        self.folder = Path(folder)
        self.every, self.keep, self.resume = every, keep, resume

    def restore(self, fingerprint):
        """Return the newest state of a fit, None if there is none.

        Parameters
        ----------
        fingerprint : str
            The digest of its parameters and data.
        """
        if not self.resume:
            return None
        for path in reversed(self._files(fingerprint)):
            try:
                return _read(path, fingerprint)
            except (FileError, OSError) as error:
                warn_user(f"A checkpoint is passed over for the one before it: {error}")
        return None

    def setup(self, estimator, context):
        """Make the folder when a fit begins."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: this callback acts when an interval has ended."""

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        """Write a file if one is due at the end of this reporting interval."""
        if context.task_name != "interval":
            return
        n_iter = metadata["n_iter"]
        if n_iter % self.every and n_iter != metadata["max_iter"]:
            return
        state = metadata["state"]()
        fingerprint = state["fingerprint"]
        name = f"restart_{metadata['restart']:03}_iteration_{n_iter:09}{SUFFIX}"
        path = self._folder_of(fingerprint) / name
        try:
            path.parent.mkdir(exist_ok=True)
            storage.write(path, storage.CHECKPOINT, state, state["versions"])
            _read(path, fingerprint)
        except (FileError, OSError) as error:
            warn_user(f"A checkpoint could not be written: {error}")
            return
        files = self._files(fingerprint)
        last = files.index(path) + 1  # later ones are of a fit that this one replaces
        for other in [*files[: max(last - self.keep, 0)], *files[last:]]:
            other.unlink(missing_ok=True)

    def teardown(self, estimator, context):
        """Do nothing when a fit is over: all files are written."""

    def _folder_of(self, fingerprint):
        """Return the folder of a fit."""
        return self.folder / fingerprint[:N_DIGITS]

    def _files(self, fingerprint):
        """Return the files of a fit, the newest last."""
        return sorted(self._folder_of(fingerprint).glob(f"*{SUFFIX}"))


def _read(path, fingerprint):
    """Return the state in a file, if it is one of this fit.

    Raises
    ------
    FileError
        If it is none, or not whole.
    OSError
        If it cannot be read.
    """
    header, state = storage.read(path)
    if header["class"] != storage.CHECKPOINT or state.get("fingerprint") != fingerprint:
        problem = "it is no checkpoint of these parameters and data"
        raise FileError(path, "class", problem, header["versions"])
    return state
