"""New rows of an estimator, a chunk at a time, into a file."""

from sklearn.utils import check_random_state

from .. import _torch
from ..model import draw_chunks, specimen
from ..sinks.writing import write_rows
from .parameters import check_n_samples
from .seeds import draw_seed, seed_if_none


def write_samples(estimator, path, n_samples, write_y, random_state, **how):
    """Draw rows of a fitted estimator to a file; ``how`` is what ``sample`` takes."""
    check_n_samples(n_samples)
    n_samples = int(n_samples)
    if write_y and not estimator._model.conditions.labels:
        raise ValueError("write_y=True needs class_conditional=True in fit.")
    chunks = chunks_of(estimator, n_samples, random_state, write_y, **how)
    write_rows(path, n_samples, lambda: specimen_of(estimator, write_y), chunks)


def chunks_of(estimator, n_samples, random_state, with_y=False, **how):
    """Yield rows of a fitted estimator, and labels or None, a chunk at a time."""
    model = estimator._model
    device = _torch.available_device(getattr(estimator, "device", "cpu"))
    seed = draw_seed(check_random_state(seed_if_none(random_state)))
    decode = model.conditions.labels.decode if with_y else lambda codes: None
    for rows, codes in draw_chunks(model, n_samples, seed, device=device, **how):
        yield rows, decode(codes)


def specimen_of(estimator, with_y=False):
    """A few rows of which no column lacks all values, and their labels or None."""
    model = estimator._model
    rows, codes = specimen(model)
    return rows, model.conditions.labels.decode(codes) if with_y else None
