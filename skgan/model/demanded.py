"""Rows that a user asks for: all fulfill conditions, and margins have given shares."""

from dataclasses import dataclass

import numpy as np

from ..encoding import Table
from ..refinement import (
    MAX_CANDIDATES,
    TooRareError,
    choose,
    equal_multipliers,
    n_missing,
    rake_margins,
    search,
    upper_bound,
)

N_POOL = 10_000  # rows that tell how often cells are, where margins are asked for
MAX_NUMBERS = 2**24  # of candidates that are decoded at once


@dataclass(frozen=True, eq=False)
class LabeledRows:
    """A ``Table``, and the codes ``(n,)`` of its rows' labels."""

    table: Table
    label_codes: np.ndarray

    def __len__(self):
        return len(self.label_codes)

    def __getitem__(self, rows):
        return LabeledRows(self.table[rows], self.label_codes[rows])

    @staticmethod
    def concatenate(parts):
        """All rows of several parts, one after the other."""
        codes = np.concatenate([part.label_codes for part in parts])
        return LabeledRows(Table.concatenate([part.table for part in parts]), codes)


class Drawing:
    """Rows of a model under conditions, by acceptance; keeps count of candidates.

    Parameters
    ----------
    model : FittedGAN
        Draws candidates, and says how likely each is accepted.
    where : Where
        What all rows fulfill.
    shares : Shares
        In which cells rows are.
    refine : bool
        Whether candidates that fulfill it all are accepted by refinement.
    device : torch.device
        Where candidates are made.

    Attributes
    ----------
    multipliers : Multipliers
        How likely rows are kept by their cells; it may be set.
    """

    def __init__(self, model, where, shares, refine, device):
        self.model, self.where, self.shares = model, where, shares
        self.multipliers = equal_multipliers(shares.shares)
        self.refine, self.device = refine and model.refinement is not None, device
        self._tally = np.zeros((len(where), 2), dtype=np.int64)
        self._n_asked = self._n_left = 0

    def rows(self, n_rows, label_codes, seed):
        """As many rows, with labels if these are given.

        Within a label, any row that is accepted can stand for any other. Without labels
        candidates are refined before they are asked: how many of a label are accepted
        at all must not change its share.

        Parameters
        ----------
        n_rows : int
            Number of rows.
        label_codes : ndarray of shape (n_rows,) or None
            None draws labels with the rows.
        seed : sequence of int
            Of everything random.

        Returns
        -------
        rows : LabeledRows

        Raises
        ------
        ValueError
            If such rows are too rare.
        """
        if label_codes is None:
            return self._rows_of(n_rows, None, n_rows, seed)
        parts = [
            self._rows_of(np.count_nonzero(label_codes == code), code, n_rows, seed)
            for code in np.unique(label_codes)
        ]
        order = np.argsort(label_codes, kind="stable")
        return LabeledRows.concatenate(parts)[np.argsort(order)]

    def _rows_of(self, n_rows, code, n_all, seed):
        """Rows of one label, or of any for None, of ``n_all`` rows in all."""
        own_seed = [*seed, 0 if code is None else int(code)]

        def attempt(n, n_round):
            drawn = np.random.SeedSequence([*own_seed, n_round]).generate_state(1)[0]
            return self._attempt(n, code, int(drawn))

        most = max(1, MAX_NUMBERS // self.model.encoder.layout.n_columns)
        try:
            share = n_rows / n_all
            parts = search(n_rows, attempt, own_seed, share=share, most=most)
        except TooRareError as error:
            raise ValueError(self._too_rare(n_rows, error.progress)) from None
        return LabeledRows.concatenate(parts)

    def _attempt(self, n, code, seed):
        """Candidates that fulfill it all, and the log chance of accepting each."""
        model, device = self.model, self.device
        is_refined = code is None and self.refine
        codes = model.label_codes(None, n, seed)
        codes = codes if code is None else np.full(n, code)
        encoded = model.draw(codes, seed, refine=is_refined, device=device)
        rng = np.random.default_rng([seed, 4])
        table = model.encoder.decode_table(encoded, rng)
        left = self.where(table, self._tally, rng)
        self._n_asked, self._n_left = self._n_asked + n, self._n_left + len(left)
        if self.shares and len(left):
            chance = self.multipliers.chance(self.shares.codes(table[left]))
            left = left[rng.random(len(left)) < chance]
        log_chance = np.zeros(len(left))
        if self.refine and not is_refined:
            log_chance = model.log_chance(encoded[left], codes[left], device)
        return LabeledRows(table[left], codes[left]), log_chance

    def _too_rare(self, n_rows, progress):
        """What an error says of rows that are too rare."""
        bound = upper_bound(self._n_left, self._n_asked)
        found = f"none of {self._n_asked:,}"
        if self._n_left:
            found = f"about {_one_in(self._n_left / self._n_asked)}"
        lines = [
            f"The rows that are asked for are too rare: {found} of the generator's "
            f"rows fulfills the conditions (at most {_one_in(bound)}, with 95 % "
            f"confidence)."
        ]
        if progress.expected > 0:
            needed = n_rows * progress.n_drawn / progress.expected
            lines.append(
                f"{n_rows:,} rows would need about {float(f'{needed:.2g}'):,.0f} "
                f"candidates, and {MAX_CANDIDATES:,} are the most."
            )
        if len(self.where):
            condition, share = self.where.rarest(self._tally)
            alone = _one_in(share) if share else "none"
            lines.append(f"The rarest condition by itself is {condition}: {alone}.")
        return " ".join(lines)


def _one_in(share):
    """A share in words."""
    return f"1 in {float(f'{1 / share:.2g}'):,.0f}" if share < 0.1 else f"{share:.0%}"


def draw_demanded(model, n_rows, label_codes, where, shares, seed, *, refine, device):
    """Rows of a model that fulfill conditions, with margins as asked for.

    Parameters
    ----------
    model : FittedGAN
        What draws them.
    n_rows : int
        Number of rows.
    label_codes : ndarray of shape (n_rows,) or None
        Their labels; None draws these, too.
    where : Where
        What all rows fulfill.
    shares : Shares
        Margins; with any, all rows have one label or none is given.
    seed : int
        Of everything random.
    refine : bool
        Whether refinement chooses.
    device : torch.device
        Where candidates are made.

    Returns
    -------
    rows : LabeledRows

    Raises
    ------
    ValueError
        If such rows are too rare, or if there are none for some share.
    """
    if label_codes is None and model.conditions.n_labels == 1:
        label_codes = np.zeros(n_rows, dtype=np.int64)
    drawing = Drawing(model, where, shares, refine, device)
    if not shares:
        return drawing.rows(n_rows, label_codes, [seed])
    pool, base, n_more = [], [], N_POOL
    while n_more:
        codes = label_codes if label_codes is None else np.resize(label_codes, n_more)
        pool.append(drawing.rows(n_more, codes, [seed, len(pool)]))
        base.append(1 / drawing.multipliers.chance(shares.codes(pool[-1].table)))
        rows, started = LabeledRows.concatenate(pool), np.concatenate(base)
        cells = shares.codes(rows.table)
        shares.check(cells)
        drawing.multipliers, errors = rake_margins(cells, shares.shares, started)
        shares.check_errors(errors)
        weights = started * np.exp(drawing.multipliers.log_weights(cells))
        n_more = n_missing(weights, n_rows, drawing.multipliers)
    chosen = choose(weights, cells, n_rows, np.random.default_rng([seed, 5]))
    return rows[chosen]
