"""Candidates of the clusters in which rows that fulfill conditions are found."""

from dataclasses import replace

import numpy as np

N_IN_VAIN = 10_000  # rows found elsewhere, after which others are not looked for


class NarrowingSource:
    """A source that leaves out clusters, or labels, in which no row is found.

    Which ones cannot fulfill conditions is not known, and is learned: once 10,000 rows
    have been found since some cluster had its first, those without any are left out.
    One that a share s of the rows comes from is left out with a probability of at most
    ``(1 - s) ** 10000``. Of the others none changes its share, as candidates that are
    left out count as drawn, and as such that do not fulfill the conditions.

    Parameters
    ----------
    source : CandidateSource
        Draws candidates. What it says of how likely some of them are accepted must be
        asked about those alone that fulfill the conditions.
    """

    def __init__(self, source):
        self._source = source
        self._found = {}  # by label codes

    @property
    def most(self):
        """How many candidates may be drawn at once."""
        return self._source.most

    @property
    def labels(self):
        """The codec of the labels of rows, None if they have none."""
        return self._source.labels

    @property
    def unrefined(self):
        """The source of candidates that are not refined, from all clusters."""
        return self._source.unrefined

    def __call__(self, n, code, seed):
        """Draw candidates, fewer than ``n`` where clusters are left out.

        Parameters and what it returns are those of ``CandidateSource``. Clusters are
        left out within one label, labels where these are drawn.
        """
        model = self._source.model
        shares = model.conditions.shares_within(code)
        if len(shares) == 1:
            return self._source(n, code, seed)
        found = self._found.setdefault(code, Found(len(shares)))
        source, kept = self._source, found.kept
        if not kept.all():
            n = max(1, round(n * shares[kept].sum()))
            conditions = model.conditions.among(code, kept)
            source = replace(source, model=replace(model, conditions=conditions))
        rows, log_chance = source(n, code, seed)
        groups = rows.label_codes
        if code is not None:
            groups = source.model.condition_codes(groups, seed)[:, -1]

        def noted(fulfilling):
            own = log_chance(fulfilling)
            found.add(groups[fulfilling], np.exp(own))
            return own

        return rows, noted


class Found:
    """In which groups rows were found, and how many since some group had its first."""

    def __init__(self, n_groups):
        self._is_reached = np.zeros(n_groups, dtype=bool)
        self._n_since = 0.0

    @property
    def kept(self):
        """Which groups are drawn from: all, or those in which rows were found."""
        if self._n_since < N_IN_VAIN:
            return np.ones_like(self._is_reached)
        return self._is_reached

    def add(self, groups, chance):
        """Note groups of candidates that fulfill all, and the chance to accept each."""
        new, first = np.unique(groups, return_index=True)
        first = first[~self._is_reached[new]]
        if len(first):
            self._n_since, chance = 0.0, chance[first.max() + 1 :]
        self._is_reached[new] = True
        self._n_since += chance.sum()
