"""Encoded rows as a table: columns are decoded when they are asked for, all alike."""

import numpy as np
import pandas as pd
import pytest

from skgan.encoding import Table, TableEncoder


def orders(n=2_000, seed=0):
    """Columns that are drawn, classes or numbers, and that others determine."""
    rng = np.random.default_rng(seed)
    city = rng.integers(0, 300, n)  # so many that rare ones share classes
    start = np.datetime64("2024-01-01") + rng.integers(0, 500, n)
    net, tax = rng.gamma(2, 50, n).round(2), rng.gamma(2, 9, n).round(2)
    net[rng.random(n) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "city": [f"city {i}" for i in city],
            "land": [f"land {i % 20}" for i in city],
            "start": start,
            "end": start + rng.integers(0, 14, n),
            "net": net,
            "tax": tax,
            "gross": net + tax,
            "twice": 2 * tax,
            "mood": pd.Categorical(rng.choice(["low", "high"], n)),
            "same": 1.0,
            "paid": pd.array(rng.random(n) < 0.5, dtype="boolean"),
        }
    )


X = orders()
ENCODER = TableEncoder().fit(X)
ENCODED = ENCODER.encode(ENCODER.read(X), np.random.default_rng(0))
N_COLUMNS = X.shape[1]


def decoded(seed=1):
    return ENCODER.decode_table(ENCODED, np.random.default_rng(seed))


def as_pairs(table, columns=range(N_COLUMNS)):
    return {j: (table.columns[j].values, table.columns[j].missing) for j in columns}


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for j, pair in found.items():
        for own, other in zip(pair, expected[j], strict=True):
            assert own.dtype == other.dtype
            np.testing.assert_array_equal(own, other)


def test_columns_are_those_of_the_table_that_rows_build():
    assert {relation.target for relation in ENCODER.relations_} >= {3, 6, 7}
    built = ENCODER.build(ENCODED, np.random.default_rng(1))
    assert_same(as_pairs(decoded()), as_pairs(Table(ENCODER.schema.read(built), None)))
    pd.testing.assert_frame_equal(ENCODER.build_table(decoded()), built)


@pytest.mark.parametrize("seed", range(3))
def test_they_are_the_same_in_whatever_order_and_of_some_rows(seed):
    expected, rng = as_pairs(decoded()), np.random.default_rng(seed)
    table, rows = decoded(), rng.permutation(len(X))[:700]
    order = rng.permutation(N_COLUMNS)
    before, after = order[:4], order[4:]
    assert_same(as_pairs(table, before), {j: expected[j] for j in before})
    some = table[rows]
    assert len(some) == 700 and len(table) == len(X)
    fewer = some[np.arange(0, 700, 7)]
    assert_same(as_pairs(table, after), {j: expected[j] for j in after})
    for own, numbers in ((some, rows), (fewer, rows[::7])):
        wanted = {j: (v[numbers], m[numbers]) for j, (v, m) in expected.items()}
        assert_same(as_pairs(own), wanted)
    joined = Table.concatenate([some, fewer])
    numbers = np.append(rows, rows[::7])
    wanted = {j: (v[numbers], m[numbers]) for j, (v, m) in expected.items()}
    assert_same(as_pairs(joined), wanted)
    assert type(joined) is Table and len(joined.columns) == N_COLUMNS


def test_a_column_of_some_rows_needs_no_other(monkeypatch):
    asked = {}

    def counted(j, own):
        def decode(classes, scores, rng):
            asked.setdefault(j, []).append(len(classes))
            return own(classes, scores, rng)

        return decode

    for j, encoder in ENCODER._encoders.items():
        monkeypatch.setattr(encoder, "decode", counted(j, encoder.decode))
    table = decoded()
    assert asked == {0: [len(X)]}  # the city is drawn: it would else be another
    gross, tax = table.columns[6], table.columns[5]
    assert len(gross.values) == len(tax.values) == len(X)
    assert asked.keys() == {0, 4, 5}
    assert len(table[np.arange(3)].columns[2].values) == 3
    assert asked == {0: [len(X)], 4: [len(X)], 5: [len(X)], 2: [3]}
