"""New rows as a user asks for them: all at once, or a chunk at a time."""

import numpy as np

from ..encoding import SeveralTables
from .demanded import draw_asked
from .refined import CPU
from .sources import CandidateSource

CHUNK_ROWS = 65_536  # the seeds of chunks belong to it: another gives other rows


def draw_rows(
    model,
    n_rows,
    seed,
    *,
    y=None,
    where=None,
    shares=None,
    refine=True,
    device=CPU,
    part=1.0,
    identifiers=None,
):
    """Rows of a model in the user's container.

    Parameters
    ----------
    model : Refined
        What draws them.
    n_rows : int
        Number of rows.
    seed : int
        Of everything random.
    y : label or array-like of shape (n_rows,), default=None
        The label of all rows, or of each; None draws labels.
    where, shares : dict, callable or None, default=None
        What all rows fulfill, and shares of values.
    refine : bool, default=True
        Whether refinement chooses among candidates.
    device : torch.device, default=CPU
        Where candidates are made.
    part : float, default=1.0
        Which part these are of all rows that are asked for, which share the candidates.
    identifiers : callable or None, default=None
        Makes names of the rows, so that they differ from those of other tables.

    Returns
    -------
    X, label_codes
        As ``draw_asked`` returns them, which says what is refused, too.
    """
    encoder, is_drawn = model.encoder, y is None and model.conditions.n_labels > 1
    if where is None and shares is None and not encoder.not_encoded:
        codes = model.label_codes(y, n_rows, seed)
        encoded = model.draw(codes, seed, refine=refine, device=device)
        named = {} if identifiers is None else {"identifiers": identifiers}
        return encoder.build(encoded, np.random.default_rng(seed), **named), codes
    if shares and np.ndim(y) > 0:
        raise ValueError("shares need one label in y for all rows, or none.")
    codes = None if is_drawn else model.label_codes(y, n_rows, seed)
    source = CandidateSource(model, refine, device)
    return draw_asked(source, n_rows, codes, where, shares, seed, part, identifiers)


def draw_chunks(model, n_rows, seed, *, y=None, **how):
    """Yield rows of a model and the codes of their labels, a chunk at a time.

    The first chunk is that of ``draw_rows``. Names of rows go on from chunk to chunk.

    Parameters
    ----------
    model, n_rows, seed, y, **how : object
        As ``draw_rows`` takes them.

    Yields
    ------
    X : array or data frame
    label_codes : ndarray
    """
    is_each = np.ndim(y) > 0
    if is_each:
        model.label_codes(y, n_rows, seed)  # refuses those that there are not
        y = np.asarray(y)
    if getattr(model.encoder, "identifier_names_", ()):
        how |= {"identifiers": SeveralTables(n_rows)}
    for k, start in enumerate(range(0, n_rows, CHUNK_ROWS)):
        end = min(start + CHUNK_ROWS, n_rows)
        own = y[start:end] if is_each else y
        size, own_seed = end - start, _seed_of(seed, k)
        yield draw_rows(model, size, own_seed, y=own, part=size / n_rows, **how)


def _seed_of(seed, k):
    """The seed of a chunk; the first has that of all rows."""
    if k == 0:
        return seed
    return int(np.random.SeedSequence([seed, 8, k]).generate_state(1)[0])


def specimen(model):
    """Rows of which no column lacks all values, and the codes of their labels."""
    encoder = model.encoder
    if encoder.schema is not None:
        rows = encoder.schema.specimen()
    else:
        rows = encoder.build(np.zeros((1, encoder.layout.n_columns), np.float32))
    return rows, np.zeros(len(rows), dtype=np.int64)
