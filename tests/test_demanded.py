"""Conditions and margins of rows of a source that is no GAN, with known shares."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

from skgan.conditions import Shares, Where
from skgan.encoding import TableEncoder
from skgan.model import demanded
from skgan.model.demanded import draw_demanded
from skgan.model.sources import LabeledRows

NAMES = "xyz", "uv"
JOINT = np.array([[0.5, 0.05], [0.05, 0.3], [0.02, 0.08]])
CHANCE = np.array([[0.4, 1.0], [0.9, 0.3], [1.0, 0.5]])


class Source:
    """Pairs of letters by their shares, accepted by their chances."""

    most, labels = 10_000, None

    def __init__(self):
        a, b = np.divmod(np.arange(600) % 6, 2)
        self.table = pd.DataFrame(
            {"a": np.array([*"xyz"])[a], "b": np.array([*"uv"])[b]}
        )
        self.encoder = TableEncoder().fit(self.table)
        self.rows = self.encoder.read(self.table.iloc[:6])
        self.n_judged = self.n_drawn = 0

    def __call__(self, n, code, seed):
        drawn = np.random.default_rng(seed).choice(6, n, p=JOINT.ravel())
        self.n_drawn += n

        def log_chance(rows):
            self.n_judged += len(rows)
            return np.log(CHANCE.ravel()[drawn[rows]])

        return LabeledRows(self.rows[drawn], np.full(n, code)), log_chance

    def counts(self, where, shares, n_rows, seed):
        asked = Where(where, self.encoder), Shares(shares, self.encoder)
        codes = np.zeros(n_rows, dtype=int)
        rows = draw_demanded(self, n_rows, codes, *asked, seed)
        assert len(rows) == n_rows
        a, b = (column.values for column in rows.table.columns)
        return np.bincount(2 * a + b, minlength=6).reshape(3, 2)


def raked(joint, of_a, of_b):
    for _ in range(1_000):
        joint = joint * (of_a / joint.sum(axis=1))[:, None]
        joint = joint * (of_b / joint.sum(axis=0))
    return joint


@pytest.mark.parametrize(
    ("where", "allowed"),
    [
        ({}, np.ones((3, 2))),
        ({"a": ["y", "z"]}, np.array([[0, 0], [1, 1], [1, 1]])),
        ({"a": ["x", "z"], "b": "v"}, np.array([[0, 1], [0, 0], [0, 1]])),
    ],
)
def test_rows_are_those_that_are_accepted_and_fulfill_it(where, allowed):
    source = Source()
    counts = sum(source.counts(where, None, 500, seed) for seed in range(20))
    expected = JOINT * CHANCE * allowed
    assert counts[expected == 0].sum() == 0
    expected = expected[expected > 0] * counts.sum() / expected.sum()
    assert chisquare(counts[counts > 0], expected).pvalue > 0.01
    if where:  # who breaks it is not judged
        share = (JOINT * allowed).sum()
        assert source.n_judged < 1.1 * share * source.n_drawn


def test_margins_leave_all_else_as_it_is(monkeypatch):
    """The joint shares are those of raking of what is accepted, known here."""
    monkeypatch.setattr(demanded, "N_POOL", 1_000)
    of_a, of_b = np.array([0.2, 0.3, 0.5]), np.array([0.25, 0.75])
    shares = {"a": dict(zip("xyz", of_a, strict=True)), "b": {"u": 0.25}}
    source = Source()
    counts = sum(source.counts(None, shares, 2_000, seed) for seed in range(20))
    np.testing.assert_allclose(counts.sum(axis=1) / 40_000, of_a, atol=1e-3)
    np.testing.assert_allclose(counts.sum(axis=0) / 40_000, of_b, atol=1e-3)
    expected = raked(JOINT * CHANCE, of_a, of_b)
    np.testing.assert_allclose(counts / 40_000, expected, atol=3e-3)
    # Rows that would be left out again are not judged
    assert source.n_judged < 20 * 2 * (1_000 / 0.4 + 2_000)


@pytest.mark.parametrize(
    ("joint", "shares", "n_rows", "message"),
    [
        (
            [[0.5, 0.1], [0.2, 0.2], [0, 0]],
            {"a": {"z": 1}},
            5,
            r"^shares\['a'\] asks for 'z', of which there is none among the 30,000 "
            r"rows that were drawn\.$",
        ),
        (
            [[0.5, 0], [0.2, 0.2], [0.05, 0.05]],
            {"a": {"x": 1}, "b": {"v": 1}},
            5,
            r"none of 30,000 of the generator's rows fulfills the conditions .* "
            r"shares\['b'\] asks for 'v', which 25% of them have\.$",
        ),
        (
            [[0.5, 0.001], [0.2, 0.2], [0.05, 0.049]],
            {("a", "b"): {("x", "v"): 1}},
            20_000,
            r"about 1 in .* shares\[\('a', 'b'\)\] asks for \('x', 'v'\), which 1 in",
        ),
        (
            [[0.7499, 0.0001], [0.2, 0.05], [0, 0]],
            {("a", "b"): {("x", "v"): 0.9}},
            20_000,
            r"^The shares .* too rare\. They would need about .* which 1 in [\d,]+ of",
        ),
    ],
)
def test_shares_of_what_no_row_has_are_refused_by_name(
    joint, shares, n_rows, message, monkeypatch
):
    """Whether all rows are asked to be so, or only together with another share."""
    monkeypatch.setitem(globals(), "JOINT", np.array(joint))
    with pytest.raises(ValueError, match=message):
        Source().counts(None, shares, n_rows, 0)


class OnlyX(Source):
    """Those of label 1 are all of one letter."""

    def __call__(self, n, code, seed):
        rows, log_chance = super().__call__(n, code, seed)
        if code == 1:
            rows = LabeledRows(self.rows[np.zeros(n, dtype=int)], rows.label_codes)
        return rows, log_chance


def test_an_error_of_one_label_counts_its_candidates_alone():
    source = OnlyX()
    asked = Where({"a": "y"}, source.encoder), Shares(None, source.encoder)
    with pytest.raises(ValueError, match=r"too rare: none of 30,\d\d\d of the gen"):
        draw_demanded(source, 2_000, np.repeat([0, 1], 1_000), *asked, 0)
