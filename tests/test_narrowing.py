"""Clusters and labels in which no row is found are left out; all else stays."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import chisquare

from skgan.conditions import ClusterCondition, Clusters, Conditions, Shares, Where
from skgan.conditions.labels import Labels, label_condition
from skgan.encoding import TableEncoder
from skgan.model import narrowing, sources
from skgan.model.demanded import Drawing, draw_asked
from skgan.model.refined import Refined
from skgan.model.sources import CandidateSource

LETTERS, DIGITS = np.array([*"wxyz"]), np.array([*"01234"])
OF_CLUSTERS = np.array(  # of letters, within each cluster
    [[0.9, 0.1, 0, 0], [0, 0, 0.5, 0.5], [0.3, 0.3, 0, 0.4], [0, 0, 0, 1], [0, 1, 0, 0]]
)
SHARES = np.array([[0.3, 0.3, 0.1, 0.3, 0.0], [0.0, 0.1, 0.1, 0.1, 0.7]])
OF_LABELS = np.array([0.7, 0.3])
CHANCE = np.array([0.9, 0.4, 0.5, 0.7])  # of accepting each letter
POSITIONS = np.arange(2_000)
TABLE = pd.DataFrame(
    {"letter": LETTERS[POSITIONS % 4], "cluster": DIGITS[POSITIONS % 5]}
)
ENCODER = TableEncoder().fit(TABLE)
ENCODED = ENCODER.encode(ENCODER.read(TABLE[:20]), np.random.default_rng(0))


def conditions():
    """Two labels and five clusters with known shares."""
    labels = label_condition(Labels([0, 1]), np.repeat([0, 1], [700, 300]))
    clusters = Clusters(np.eye(5, dtype=np.float32), np.arange(5))
    return Conditions((labels, ClusterCondition(clusters, SHARES)))


@dataclass(frozen=True, eq=False)
class Letters(Refined):
    """Rows of a letter and a digit: their cluster; it keeps count of what it draws."""

    conditions: Any = field(default_factory=conditions)
    drawn: list = field(default_factory=list)
    encoder = ENCODER
    refinement = "by letters"

    def label_codes(self, y, n_rows, seed):
        return self.conditions.draw_labels(n_rows, np.random.default_rng([seed, 1]))

    def condition_codes(self, label_codes, seed):
        return self.conditions.draw(label_codes, np.random.default_rng([seed, 2]))

    def candidates(self, label_codes, seed, device=None):
        codes = self.condition_codes(label_codes, seed)
        self.drawn.append(codes)
        point = np.random.default_rng([seed, 3]).random((len(codes), 1))
        own = OF_CLUSTERS[codes[:, 1]].cumsum(axis=1)
        letters = (point > own[:, :-1]).sum(axis=1)
        return ENCODED[self.rows_of[letters, codes[:, 1]]]

    @property
    def rows_of(self):
        return np.array([[(5 * a - 4 * b) % 20 for b in range(5)] for a in range(4)])

    def log_chance(self, candidates, label_codes, device=None):
        table = ENCODER.decode_table(candidates, np.random.default_rng(0))
        return np.log(CHANCE[table.columns[0].values])


def drawn(where, n_rows, seed, code=0):
    """Rows of one label, or of any for None, their labels, and what was drawn."""
    model = Letters()
    source = CandidateSource(model, True, torch.device("cpu"))
    codes = None if code is None else np.full(n_rows, code)
    X, labels = draw_asked(source, n_rows, codes, where, None, seed)
    assert len(X) == n_rows and X["letter"].isin(np.ravel(where["letter"])).all()
    return X, labels, model.drawn


def joint_counts(X, labels):
    """How many rows each label has in each cluster, ``(2, 5)``."""
    counts = np.bincount(5 * labels + X["cluster"].astype(int), minlength=10)
    return counts.reshape(2, 5)


def expected(where):
    """Shares of clusters among the rows that are accepted and fulfill it, by labels."""
    accepted = SHARES[:, :, None] * OF_CLUSTERS * CHANCE
    accepted *= (OF_LABELS / accepted.sum(axis=(1, 2)))[:, None, None]
    return accepted[:, :, np.isin(LETTERS, where["letter"])].sum(axis=2)


CASES = [{"letter": "y"}, {"letter": "w"}, {"letter": ["w", "y"]}, {"letter": "z"}]


@pytest.fixture(autouse=True)
def small_rounds(monkeypatch):
    monkeypatch.setattr(sources, "MAX_NUMBERS", 1_000 * ENCODER.layout.n_columns)


@pytest.mark.parametrize("code", [0, 1, None])
@pytest.mark.parametrize("where", CASES)
def test_leaving_out_changes_no_share(where, code, monkeypatch):
    monkeypatch.setattr(narrowing, "N_IN_VAIN", 200)
    counts = sum(
        joint_counts(*drawn(where, 1_500, seed, code)[:2]) for seed in range(20)
    )
    wanted = expected(where)
    if code is not None:
        wanted[1 - code] = 0
    assert counts[wanted == 0].sum() == 0
    counts, wanted = counts[wanted > 0], wanted[wanted > 0]
    wanted *= counts.sum() / wanted.sum()
    assert len(wanted) == 1 or chisquare(counts, wanted).pvalue > 0.01


@pytest.mark.parametrize("code", [0, 1, None])
@pytest.mark.parametrize("where", CASES)
def test_only_what_can_fulfill_it_is_drawn_in_the_end(where, code, monkeypatch):
    monkeypatch.setattr(narrowing, "N_IN_VAIN", 200)
    *_, codes = drawn(where, 1_500, 0, code)
    if code is None:
        can = expected(where).sum(axis=1) > 0
        assert can[codes[-1][:, 0]].all()
    else:
        can = expected(where)[code] > 0
        assert np.unique(codes[-1][:, 1]).tolist() == np.flatnonzero(can).tolist()


def test_each_label_that_is_given_has_its_own_clusters(monkeypatch):
    monkeypatch.setattr(narrowing, "N_IN_VAIN", 200)
    codes = np.repeat([0, 1], 1_500)
    source = CandidateSource(Letters(), True, torch.device("cpu"))
    X, labels = draw_asked(source, 3_000, codes, {"letter": "x"}, None, 0)
    assert labels.tolist() == codes.tolist()
    counts, wanted = joint_counts(X, labels), expected({"letter": "x"})
    wanted *= 1_500 / wanted.sum(axis=1, keepdims=True)
    assert counts[wanted == 0].sum() == 0
    assert chisquare(counts[wanted > 0], wanted[wanted > 0], ddof=1).pvalue > 0.01


def test_nothing_is_left_out_before_enough_rows_were_found(monkeypatch):
    monkeypatch.setattr(narrowing, "N_IN_VAIN", 2_000)
    *_, codes = drawn({"letter": "y"}, 5_000, 0)
    used = [len(np.unique(own[:, 1])) for own in codes]
    first = used.index(1)
    assert used == [4] * first + [1] * (len(used) - first)
    # Of 100 candidates .3 * .5 * 100 fulfill it, half of which are accepted
    n_found = 0.3 * 0.5 * 0.5 * sum(len(own) for own in codes[:first])
    assert 1_900 < n_found < 2_200
    # Those that are left out count as drawn
    assert all(len(own) == 300 for own in codes[first:-1])


def test_errors_tell_shares_of_all_rows(monkeypatch):
    """Also where later candidates are of clusters that have such rows."""
    monkeypatch.setattr(narrowing, "N_IN_VAIN", 200)
    source = CandidateSource(Letters(), True, torch.device("cpu"))
    where = Where({"letter": "y"}, ENCODER), Shares(None, ENCODER)
    drawing = Drawing(narrowing.NarrowingSource(source), *where)
    drawing.rows(5_000, np.zeros(5_000, dtype=int), [0])
    assert len(np.unique(source.model.drawn[-1][:, 1])) == 1
    share = drawing.where.rarest(drawing._tally)[1]
    assert share == pytest.approx(0.3 * 0.5, abs=0.02)
    assert drawing._n_left / drawing._n_asked == pytest.approx(share, abs=0.02)


def test_margins_are_asked_of_all_clusters(monkeypatch):
    monkeypatch.setattr(narrowing, "N_IN_VAIN", 0)
    model, codes = Letters(), np.zeros(500, dtype=int)
    source = CandidateSource(model, True, torch.device("cpu"))
    shares = {"cluster": {"1": 0.5, "3": 0.5}}
    X, _ = draw_asked(source, 500, codes, {"letter": "z"}, shares, 0)
    assert X["cluster"].value_counts().to_dict() == {"1": 250, "3": 250}
    assert all(len(np.unique(own[:, 1])) == 4 for own in model.drawn)


def test_rows_since_the_last_group_that_was_new():
    """Counted from its first row on, by how likely each is accepted."""
    assert narrowing.N_IN_VAIN == 10_000
    found = narrowing.Found(4)
    found.add(np.array([1, 0, 0, 1]), np.array([0.5, 1, 1, 500]))
    assert found.kept.all()
    found.add(np.array([0, 1, 1]), np.array([0.5, 5_000, 4_498]))
    assert found.kept.all()  # 9,999.5
    found.add(np.array([0]), np.array([0.5]))
    assert found.kept.tolist() == [True, True, False, False]
    found.add(np.array([0]), np.array([0.5]))
    assert found.kept.tolist() == [True, True, False, False]
