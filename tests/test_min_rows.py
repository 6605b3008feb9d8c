"""The one privacy rule: what fewer rows share is not kept."""

import dataclasses
import pickle

import numpy as np
import pytest

from skgan.privacy import MIN_ROWS, MinRows


@pytest.mark.parametrize("n", [1, 5, 20])
def test_counts_that_are_allowed(n):
    rule, counts = MinRows(n), np.array([0, n - 1, n, n + 1])
    assert rule.allows(counts).tolist() == [False, False, True, True]
    assert not rule.allows(n - 1) and rule.allows(n)


def test_five_rows_by_default():
    assert MIN_ROWS == MinRows() == MinRows(5) != MinRows(6)
    assert MIN_ROWS.allows(np.array([4, 5])).tolist() == [False, True]


def test_a_rule_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        MIN_ROWS.n = 1
    assert pickle.loads(pickle.dumps(MinRows(7))) == MinRows(7)
