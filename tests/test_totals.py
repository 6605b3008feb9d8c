"""Sums of three or more columns: found, restored, and none where there is none."""

import numpy as np
import pandas as pd
import pytest

from skgan import GANGenerator
from skgan.encoding.relations import find_relations


def amounts(n=500, k=6, seed=0):
    rng = np.random.default_rng(seed)
    return [np.exp(rng.normal(size=n)).round(2) for _ in range(k)]


def found_in(columns, **options):
    return [str(r) for r in find_relations(columns, [False] * len(columns), **options)]


def test_a_total_of_three():
    a, b, c, d, *_ = amounts()
    assert found_in([a, b, c, d, a + b + d]) == [
        "column 4 is column 0 + column 1 + column 3"
    ]


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.float32, np.float64])
def test_a_total_of_many(dtype):
    parts = [(100 * x).astype(dtype) for x in amounts(k=12)]
    total = np.sum(parts, axis=0).astype(dtype)
    if dtype is np.float32:
        parts, total = [x.astype(dtype) for x in parts], total.astype(dtype)
    (relation,) = find_relations([total, *parts], [False] * 13)
    assert relation.target == 0 and relation.sources == tuple(range(1, 13))
    restored = relation.restore(*parts)
    assert restored.dtype == dtype
    np.testing.assert_allclose(restored, total, rtol=1e-6)
    if dtype is not np.float32:
        np.testing.assert_allclose(restored, total, rtol=1e-14)


def test_subtotals_and_a_grand_total():
    a, b, c, d, e, f = amounts()
    columns = [a, b, c, d, e, f, a + b + c, d + e + f, a + b + c + d + e + f]
    relations = find_relations(columns, [False] * 9)
    kept = {j: x for j, x in enumerate(columns) if j < 6}
    assert {r.target for r in relations} == {6, 7, 8}
    for relation in relations:
        kept[relation.target] = relation.restore(*(kept[j] for j in relation.sources))
    for j, column in enumerate(columns):
        np.testing.assert_allclose(kept[j], column)


def test_a_sum_with_other_factors_is_no_total():
    a, b, c, d, *_ = amounts()
    assert found_in([a, b, c, a + 2 * b + c]) == []
    assert found_in([a, b, c, a + b - c]) == []
    assert found_in([a, b, c, a + b + c + 1]) == []


def test_a_total_that_one_row_breaks_is_none():
    a, b, c, *_ = amounts(3_000)
    total = a + b + c
    total[1_234] += 0.01
    assert found_in([a, b, c, total]) == []


def test_few_rows_are_no_evidence():
    a, b, c, *_ = amounts(20)
    assert found_in([a, b, c, a + b + c]) == []


@pytest.mark.parametrize("seed", range(10))
def test_no_totals_by_chance(seed):
    rng = np.random.default_rng(seed)
    columns = [rng.integers(0, 3, 60) for _ in range(15)]
    assert found_in(columns) == []


def test_totals_of_flags_are_counts():
    rng = np.random.default_rng(0)
    flags = [rng.integers(0, 2, 400) for _ in range(4)]
    relations = find_relations([*flags, sum(flags)], [False] * 5)
    assert [str(r) for r in relations] == [
        "column 4 is column 0 + column 1 + column 2 + column 3"
    ]


def test_samples_keep_their_totals():
    rent, food, fun, *_ = amounts(800)
    table = pd.DataFrame({"rent": rent, "food": food, "fun": fun})
    table["total"] = (rent + food + fun).round(2)
    gan = GANGenerator(max_iter=60, n_score_samples=200, random_state=0).fit(table)
    assert gan.encoder_.describe().relations == ["total is rent + food + fun"]
    rows = gan.sample(500, random_state=0)
    np.testing.assert_allclose(rows["total"], rows[["rent", "food", "fun"]].sum(axis=1))


def test_gaps_in_a_part_are_gaps_in_the_total():
    rent, food, fun, *_ = amounts(800)
    rent[::3] = np.nan
    table = pd.DataFrame({"rent": rent, "food": food, "fun": fun})
    table["total"] = rent + food + fun
    gan = GANGenerator(max_iter=60, n_score_samples=200, random_state=0).fit(table)
    assert gan.encoder_.describe().relations == ["total is rent + food + fun"]
    rows = gan.sample(500, random_state=0)
    expected = rows["rent"] + rows["food"] + rows["fun"]
    np.testing.assert_allclose(rows["total"], expected)
    assert rows["total"].isna().any()
