"""The conditions of rows together: a list of parts, each with codes and shares."""

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
import torch

from ..storage import stored
from ..storage.fields import instance, many, require
from .clusters import ClusterCondition
from .labels import LabelCondition


class Condition(Protocol):
    """One part of the conditions of rows.

    Attributes
    ----------
    size : int
        Number of values that its codes take.
    shares : ndarray
        Shares of these values in the data.
    """

    size: int
    shares: np.ndarray

    def codes(self, rows):
        """The codes ``(n,)`` of ``ConditionedRows``."""

    def draw(self, label_codes, rng):
        """Codes ``(n,)`` for new rows of these labels, by shares in training."""


class ConditionedRows(NamedTuple):
    """Rows as conditions see them.

    ``encoded`` are float32 arrays ``(n, n_columns)``, ``expand`` makes expanded rows of
    tensors of them, ``label_codes`` ``(n,)`` count where there are labels.
    """

    encoded: np.ndarray
    expand: object
    label_codes: np.ndarray


@stored("conditions/1", parts=many(instance(LabelCondition, ClusterCondition), tuple))
@dataclass(frozen=True, eq=False)
class Conditions:
    """What rows are conditioned on, as codes, one column for each part.

    Parameters
    ----------
    parts : tuple of Condition
        The labels of the user, if there are any, before clusters found in the data.
    """

    parts: tuple = ()

    def check_stored(self):
        """Check that labels come before clusters, which have shares within each."""
        found = [type(part) for part in self.parts]
        order = [LabelCondition, ClusterCondition]
        require(found == [own for own in order if own in found], "labels come first")
        part = self.part(ClusterCondition)
        same = part is None or len(part.shares) == self.n_labels
        require(same, "labels have shares of clusters")

    @property
    def sizes(self):
        """Number of values of each part."""
        return [part.size for part in self.parts]

    @property
    def labels(self):
        """The codec of the user's labels, None if rows have none."""
        part = self.part(LabelCondition)
        return part.labels if part else None

    @property
    def n_labels(self):
        """Number of labels, 1 if rows have none."""
        return len(self.labels.classes) if self.labels else 1

    @property
    def n_clusters(self):
        """Number of clusters, 1 if rows have none."""
        part = self.part(ClusterCondition)
        return part.size if part else 1

    @property
    def n_columns(self):
        """Number of columns of all parts, one-hot."""
        return sum(self.sizes)

    def part(self, cls):
        """The part of a class, None if there is none."""
        return next((part for part in self.parts if isinstance(part, cls)), None)

    def shares_within(self, label_code):
        """Shares of labels for None, or of the clusters of a label; [1] without any."""
        part = self.part(LabelCondition if label_code is None else ClusterCondition)
        if part is None:
            return np.ones(1)
        return part.shares if label_code is None else part.shares[label_code]

    def among(self, label_code, kept):
        """Conditions that draw only some labels for None, or clusters of a label.

        ``kept`` says which of those of ``shares_within``, bool ``(n,)``; their shares
        stay in proportion.
        """
        cls = LabelCondition if label_code is None else ClusterCondition
        own = np.where(kept, self.shares_within(label_code), 0.0)
        shares = np.array(self.part(cls).shares)
        shares[... if label_code is None else label_code] = own / own.sum()
        parts = [
            replace(part, shares=shares) if isinstance(part, cls) else part
            for part in self.parts
        ]
        return Conditions(tuple(parts))

    def draw_labels(self, n_rows, rng, in_batches=False):
        """Label codes ``(n_rows,)`` by their shares in the data, or in batches."""
        part, shares = self.part(LabelCondition), np.ones(1)
        if part:
            shares = part.batch_shares if in_batches else part.shares
        return rng.choice(len(shares), n_rows, p=shares)

    def weights(self, label_codes):
        """How often each row is to be trained on, ``(n,)``; None if all alike.

        Rare labels would never be learned, so labels count by the logarithm of their
        numbers (Xu et al. 2019).
        """
        part = self.part(LabelCondition)
        of_labels = part.batch_shares / part.shares if part else np.ones(1)
        return None if np.allclose(of_labels, 1) else of_labels[label_codes]

    def codes(self, rows):
        """The codes of ``ConditionedRows``, ``(n, n_parts)``."""
        return _columns([part.codes(rows) for part in self.parts], len(rows.encoded))

    def draw(self, label_codes, rng):
        """Codes ``(n, n_parts)`` for new rows of these labels."""
        parts = [part.draw(label_codes, rng) for part in self.parts]
        return _columns(parts, len(label_codes))

    def one_hot(self, codes):
        """Float tensor ``(n, n_columns)`` of codes ``(n, n_parts)``, a tensor too."""
        parts = [
            column[:, None] == torch.arange(size, device=codes.device)
            for column, size in zip(codes.unbind(1), self.sizes, strict=True)
        ]
        if not parts:
            shape = (len(codes), 0)
            return torch.zeros(shape, dtype=torch.float32, device=codes.device)
        return torch.cat(parts, 1).float()


def _columns(parts, n_rows):
    """Codes side by side; no column without parts."""
    return np.column_stack(parts) if parts else np.zeros((n_rows, 0), np.int64)
