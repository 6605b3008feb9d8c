"""Outliers leave no trace: nothing that a fit has learned depends on how far they are.

Whatever is stored and is a function of all values moves when one of them does: a mean,
a spread, a score. So each outlier is moved, and all numbers in the fitted object must
stay, those of the networks too; and no outlier may stand in its bytes.
"""

import pickle
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from skgan import GANGenerator
from skgan.encoding import ScaledEncoder, TableEncoder

N = 300
RNG = np.random.default_rng(0)
NORMAL = {name: RNG.normal(50, 10, size=N) for name in "abcdefgh"}
DAYS = RNG.integers(0, 20_000, size=N)


def numbers_in(value, path="", found=None, known=None):
    """All numbers of an object graph, by their paths."""
    found, known = {} if found is None else found, set() if known is None else known
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray | int | float | np.number | Fraction | Decimal):
        found[path] = value
        return found
    if isinstance(value, str | bytes | type) or id(value) in known:
        return found
    known.add(id(value))
    if isinstance(value, torch.nn.Module):
        children = value.state_dict() | {"its head": getattr(value, "head", None)}
    elif isinstance(value, dict):
        children = value
    elif isinstance(value, list | tuple | set | frozenset):
        children = dict(enumerate(value))
    else:
        children = getattr(value, "__dict__", {})
    for name, child in children.items():
        numbers_in(child, f"{path}.{name}", found, known)
    return found


def assert_same(one, other):
    one, other = numbers_in(one), numbers_in(other)
    assert one.keys() == other.keys() and len(one) > 30
    moved = [name for name in one if not is_same(one[name], other[name])]
    assert not moved, moved


def is_same(one, other):
    """Whether two numbers or arrays are equal, where they are not numbers too."""
    if isinstance(one, np.ndarray) and one.dtype.kind == "f":
        return np.array_equal(one, other, equal_nan=True)
    return np.array_equal(one, other) or (one != one and other != other)


def table(far):
    """Columns of all sorts with an outlier each, ``far`` times as far as it may be.

    Outliers stand in different rows, so that some are held out.
    """
    columns = {name: values.copy() for name, values in NORMAL.items()}
    columns["a"][0] = 123_456_789_012.34 * far
    columns["b"][1] = -98_765.4321 * far
    whole = np.rint(columns["c"]).astype(np.int64)
    whole[2] = 10**15 * far + 1
    born = np.datetime64("1960-01-01") + DAYS.astype("m8[D]")
    born[3] = np.datetime64("1960-01-01") - np.timedelta64(52_000 * far, "D")
    took = pd.Series(pd.to_timedelta(np.rint(columns["d"] * 60), unit="s"))
    took[4] = timedelta(days=9_999 * far)
    cents = [Decimal(int(100 * x)) / 100 for x in columns["e"]]
    cents[5] = Decimal(33_333_333) * far
    nullable = pd.Series(np.rint(columns["f"] * 7), dtype="Int64")
    nullable[6], nullable[7:40] = 5_555_555 * far, pd.NA
    spikes = np.where(RNG_ROWS < 0.3, 0.0, columns["g"])
    spikes[8] = 314_159.2653 * far
    coded = np.where(RNG_ROWS > 0.9, 99_999.0, columns["h"])
    coded[9] = 99_998 - 31_415.92653 / far  # below the code
    short = NORMAL["a"].astype(np.float32)
    short[10] = 1e9 * far
    rounded = NORMAL["b"].round(2)
    rounded[11] = 8_765_432.1 * far
    return pd.DataFrame(
        {
            "float": columns["a"],
            "below": columns["b"],
            "whole": whole,
            "born": born.astype("M8[s]"),
            "took": took,
            "cents": cents,
            "nullable": nullable,
            "spikes": spikes,
            "coded": coded,
            "short": short,
            "rounded": rounded,
            "copy": columns["a"] * 2.54 + 32,
            "sum": columns["a"] + columns["b"],
            "product": columns["b"] * columns["d"],
            "total": columns["a"] + columns["b"] + columns["c"],
            "third": whole * 3 + 5,
        }
    )


RNG_ROWS = RNG.random(N)
CONTAINERS = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_no_number_of_an_encoder_depends_on_an_outlier(container):
    encoders = [TableEncoder().fit(CONTAINERS[container](table(f))) for f in (1, 2)]
    assert_same(*encoders)
    stored = numbers_in(encoders[0])
    for name in ("float", "below", "spikes", "rounded"):
        values = table(1)[name].to_numpy()
        outlier = values[np.abs(values - 50).argmax()]
        dumped = pickle.dumps(encoders[0])
        assert outlier.tobytes() not in dumped
        assert repr(outlier.item()).encode() not in dumped
        for number in stored.values():
            if np.ndim(number) == 1 and np.asarray(number).dtype.kind == "f":
                assert not np.isclose(number, outlier, rtol=1e-6).any()


@pytest.mark.parametrize("n", [12, 31, 300])
@pytest.mark.parametrize("row", [0, -1])
def test_least_squares_do_not_find_an_outlier(n, row):
    """Of all stored numbers, with many tables of the same columns to learn from."""
    rng, stored, outliers = np.random.default_rng(n), [], []
    body = rng.normal(50, 10, size=n)
    for _ in range(40):
        body[row] = 10 ** rng.uniform(3, 12)
        found = numbers_in(TableEncoder().fit(pd.DataFrame({"x": body})))
        flat = [np.ravel(v) for v in found.values() if not isinstance(v, Fraction)]
        stored.append(np.concatenate(flat).astype(float))
        outliers.append(body[row])
    stored, outliers = np.array(stored), np.array(outliers)
    stored = stored[:, np.isfinite(stored).all(axis=0)]
    found = stored @ np.linalg.lstsq(stored, outliers, rcond=None)[0]
    assert found == pytest.approx(outliers.mean()), "no better than the mean"


@pytest.mark.parametrize("far", [2, 1_000])
@pytest.mark.parametrize("shared", [False, True])
def test_no_number_of_scaled_rows_depends_on_an_outlier(shared, far):
    """Of ranges without ends."""
    X = RNG.normal(size=(N, 20)) * (1 if shared else 10.0 ** np.arange(20))
    X = np.column_stack([X, np.full(N, 7.0), np.where(np.arange(N) == 5, 9.0, 8.0)])
    moved = X.copy()
    X[0, 0], X[1, 1], X[5, -1] = 1e4, -1e5, 1e3
    moved[0, 0], moved[1, 1], moved[5, -1] = 1e4 * far, -1e5 * far, 1e3 * far
    encoders = [ScaledEncoder().fit(rows) for rows in (X, moved)]
    assert encoders[0].activation_ == "linear"
    one, other = (numbers_in(encoder) for encoder in encoders)
    assert one.keys() == other.keys()
    assert all(is_same(one[name], other[name]) for name in one)
    assert (encoders[0].decode(np.ones((3, 22)))[:, -2:] == [7, 8]).all()


def test_no_number_of_a_fit_depends_on_an_outlier():
    """Networks, clusters, densities, scores, calibration, bins, trees, raking."""
    fitted = []
    for far in (1, 2):
        gan = GANGenerator(refinement="both", max_iter=3, random_state=0, n_clusters=3)
        gan.set_params(n_score_samples=200, validation_fraction=0.3)
        fitted.append(gan.fit(table(far)))
    assert_same(*(gan._model for gan in fitted))
    assert fitted[0].validation_score_ == fitted[1].validation_score_


def test_metadata_of_arrow_are_left_behind():
    secret = {"note": "a secret of row 7"}
    field = pa.field("x", pa.float64(), metadata=secret)
    schema = pa.schema([field], metadata=secret)
    X = pa.Table.from_arrays([pa.array(NORMAL["a"])], schema=schema)
    encoder = TableEncoder().fit(X)
    assert b"secret" not in pickle.dumps(encoder)
    rows = encoder.build(encoder.encode(encoder.read(X), RNG), RNG)
    assert rows.schema.names == ["x"] and rows.schema.field("x").type == pa.float64()
    scaled = ScaledEncoder()
    scaled.fit(scaled.read(X))
    assert b"secret" not in pickle.dumps(scaled)
