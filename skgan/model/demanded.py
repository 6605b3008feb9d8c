"""Rows that a user asks for: all fulfill conditions, and margins have given shares.

Where candidates come from, and who accepts them, is left to a source. It draws clusters
by their shares: acceptance leaves them those that conditions give them.
"""

import numpy as np

from ..conditions import Shares, Where
from ..refinement import (
    CONFIDENCE,
    TooRareError,
    affordable,
    choose,
    equal_multipliers,
    n_missing,
    rake_margins,
    search,
    upper_bound,
)
from .narrowing import NarrowingSource
from .sources import LabeledRows

N_PROBED = 20, 400  # rows that show that there are such, and that there are enough
N_POOL = 10_000  # rows that tell how often cells are, where margins are asked for


class Drawing:
    """Rows of a source under conditions, by acceptance; keeps count of candidates.

    Parameters
    ----------
    source : callable
        Draws candidates, as ``CandidateSource`` does.
    where : Where
        What all rows fulfill.
    shares : Shares
        In which cells rows are.
    part : float, default=1.0
        Which part of all rows those of one call are: they may take as much of the
        candidates.

    Attributes
    ----------
    multipliers : Multipliers
        How likely rows are kept by their cells; it may be set.
    """

    def __init__(self, source, where, shares, part=1.0):
        self.source, self.where, self.shares = source, where, shares
        self.part = part
        self.multipliers = equal_multipliers(shares.shares)
        self._count_anew()

    def _count_anew(self):
        """Forget what candidates of an earlier search fulfilled."""
        own = self.shares.shares
        self._tally = np.zeros((len(self.where), 2), dtype=np.int64)
        self._counts = [np.zeros(len(shares), dtype=np.int64) for shares in own]
        self._n_asked = self._n_left = 0

    def rows(self, n_rows, label_codes, seed):
        """As many rows, with labels if these are given.

        Within a label, any row that is accepted can stand for any other.

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
            self._probe(n_rows, seed)
            return self._rows_of(n_rows, None, n_rows, [*seed, 0], self.source)
        parts = [
            self._rows_of(
                np.count_nonzero(label_codes == code), code, n_rows, seed, self.source
            )
            for code in np.unique(label_codes)
        ]
        order = np.argsort(label_codes, kind="stable")
        return LabeledRows.concatenate(parts)[np.argsort(order)]

    def _probe(self, n_rows, seed):
        """See whether there are enough rows, by candidates that are not refined.

        To refine all of those that an error takes would be long.
        """
        source, most = self.source.unrefined, self.part * affordable(n_rows / self.part)
        for k, enough in enumerate(N_PROBED, start=1):
            own_seed, enough = [*seed, k], min(enough, n_rows)
            self._rows_of(n_rows, None, n_rows, own_seed, source, enough)
            if n_rows <= most * self._n_left / self._n_asked:
                break

    def _rows_of(self, n_rows, code, n_all, seed, source, enough=None):
        """Rows of one label, or of any for None, of ``n_all`` rows in all."""
        own_seed = [*seed, 0 if code is None else int(code)]
        self._count_anew()

        def attempt(n, n_round):
            drawn = np.random.SeedSequence([*own_seed, n_round]).generate_state(1)[0]
            return self._attempt(n, code, int(drawn), source)

        how = {"share": self.part * n_rows / n_all, "most": source.most}
        try:
            parts = search(n_rows, attempt, own_seed, enough=enough, **how)
        except TooRareError as error:
            if self.shares and self._counts[0].any():
                self.shares.check(self._counts)
            raise ValueError(self._too_rare(n_all, code, error.progress)) from None
        return LabeledRows.concatenate(parts)

    def _attempt(self, n, code, seed, source):
        """Candidates that fulfill it all, and the log chance of accepting each."""
        rows, log_chance = source(n, code, seed)
        rng = np.random.default_rng([seed, 5])
        # Where some are left out, shares of conditions are not those of all
        tally = self._tally if len(rows) == n else self._tally.copy()
        left = self.where(rows.table, tally, rng)
        n_left = len(left)
        if self.shares and n_left:
            cells = self.shares.codes(rows.table[left])
            for total, own in zip(self._counts, self.shares.counts(cells), strict=True):
                total += own
            n_left = np.count_nonzero(self.shares.is_wanted(cells))
            left = left[rng.random(len(left)) < self.multipliers.chance(cells)]
        self._n_asked, self._n_left = self._n_asked + n, self._n_left + n_left
        return rows[left], log_chance(left)

    def _too_rare(self, n_rows, code, progress):
        """What an error says of rows that are too rare, of one label or of any."""
        labels, of = self.source.labels, ""
        if code is not None and labels:
            of = f" of label {labels.classes[[code]].tolist()[0]!r}"
        bound = upper_bound(self._n_left, self._n_asked)
        found = f"none of {self._n_asked:,}"
        if self._n_left:
            found = f"about {one_in(self._n_left / self._n_asked)}"
        lines = ["The shares that are asked for are of rows that are too rare."]
        if 2 * self._n_left < self._n_asked or not self.shares:
            lines = [
                f"The rows that are asked for are too rare: {found} of the generator's "
                f"rows{of} fulfills the conditions (at most {one_in(bound)}, with "
                f"{CONFIDENCE:.0%} confidence)."
            ]
        lines.append(self._needed(round(n_rows / self.part), progress))
        if len(self.where):
            condition, share = self.where.rarest(self._tally)
            alone = one_in(share) if share else "none"
            lines.append(f"The rarest condition by itself is {condition}: {alone}.")
        if self.shares and self._counts[0].any():
            words, share = self.shares.rarest(self._counts)
            lines.append(f"{words}, which {one_in(share)} of them have.")
        return " ".join(lines)

    def _needed(self, n_rows, progress):
        """How many candidates so many rows would need, in words."""
        if progress.expected == 0:
            return f"At most {affordable(n_rows):,} candidates are drawn."
        needed = float(f"{n_rows / progress.rate:.2g}")
        those = "They" if self.shares else f"{n_rows:,} row{'s'[: n_rows > 1]}"
        return (
            f"{those} would need about {needed:,.0f} candidates, and "
            f"{affordable(n_rows):,} are the most."
        )


def one_in(share):
    """A share in words."""
    return f"1 in {float(f'{1 / share:.2g}'):,.0f}" if share < 0.1 else f"{share:.0%}"


def draw_demanded(source, n_rows, label_codes, where, shares, seed, part=1.0):
    """Rows of a source that fulfill conditions, with margins as asked for.

    Parameters
    ----------
    source : callable
        Draws candidates, as ``CandidateSource`` does.
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
    part : float, default=1.0
        Which part these are of all rows that are asked for.

    Returns
    -------
    rows : LabeledRows

    Raises
    ------
    ValueError
        If such rows are too rare, or if there are none for some share.
    """
    drawing = Drawing(source, where, shares, part)
    if shares:
        return _with_margins(drawing, n_rows, label_codes, seed)
    return drawing.rows(n_rows, label_codes, [seed])


def draw_asked(
    source, n_rows, label_codes, where, shares, seed, part=1.0, identifiers=None
):
    """Rows of a source as the user asks for them, in the user's container.

    Parameters
    ----------
    source : CandidateSource
        Draws candidates.
    n_rows : int
        Number of rows.
    label_codes : ndarray of shape (n_rows,) or None
        Their labels; None draws these, too.
    where : dict, callable or None
        What all rows fulfill.
    shares : dict or None
        Shares of values of columns.
    seed : int
        Of everything random.
    part : float, default=1.0
        Which part these are of all rows that are asked for.
    identifiers : callable or None, default=None
        Makes names of the rows, as ``encoder.build_table`` takes it.

    Returns
    -------
    X : array or data frame of shape (n_rows, n_features)
    label_codes : ndarray of shape (n_rows,)

    Raises
    ------
    ValueError
        If what is asked for breaks a rule, or if such rows are too rare.
    """
    encoder = source.model.encoder
    where, shares = Where(where, encoder), Shares(shares, encoder)
    if not shares:  # which may make much of what is rare
        source = NarrowingSource(source)
    rows = draw_demanded(source, n_rows, label_codes, where, shares, seed, part)
    rng = np.random.default_rng(seed)
    X = encoder.build_table(rows.table, rng, identifiers)
    where.check(X)
    return X, rows.label_codes


def _with_margins(drawing, n_rows, label_codes, seed):
    """Rows with shares: drawn until none has to be chosen twice, then chosen.

    The first tell how often cells are. Later ones are kept with about the chance that
    they are chosen with, and each stands for as many as were not kept.
    """
    shares, parts, times, n_more = drawing.shares, [], [], N_POOL
    while n_more:
        codes = label_codes if label_codes is None else np.resize(label_codes, n_more)
        parts.append(drawing.rows(n_more, codes, [seed, len(parts)]))
        times.append(1 / drawing.multipliers.chance(shares.codes(parts[-1].table)))
        rows, base = LabeledRows.concatenate(parts), np.concatenate(times)
        cells = shares.codes(rows.table)
        shares.check(shares.counts(cells))
        drawing.multipliers, errors = rake_margins(cells, shares.shares, base)
        shares.check_errors(errors)
        weights = base * np.exp(drawing.multipliers.log_weights(cells))
        n_more = n_missing(weights, n_rows, drawing.multipliers)
    return rows[choose(weights, cells, n_rows, np.random.default_rng([seed, 5]))]
