"""All column encoders by one property test, and what is special in each."""

import pickle

import numpy as np
import pytest

from skgan.encoding.columns import (
    MAX_CLASSES,
    Constant,
    Discrete,
    HighCardinality,
    Identifier,
    Numeric,
    choose_column_encoder,
    drop_rare_categories,
)
from skgan.encoding.columns.base import positions
from skgan.encoding.frames import Column
from skgan.privacy import MIN_ROWS

RNG = np.random.default_rng(0)
choose = choose_column_encoder
N = 3_000


def column(values, *, missing=None, categories=None, **flags):
    missing = np.zeros(len(values), dtype=bool) if missing is None else missing
    options = {"ordered": False, "declared": False, "is_text": False}
    options["content"] = "number" if categories is None else "category"
    options["is_whole"] = values.dtype.kind in "iu" and categories is None
    options |= {"name": "x", "categories": categories} | flags
    return Column(values=values, missing=missing, **options)


def texts(n_categories, skew=1.0, n=N):
    shares = (1 + np.arange(n_categories)) ** -skew
    codes = RNG.choice(n_categories, size=n, p=shares / shares.sum())
    names = tuple(f"name {i:05d}" for i in range(n_categories))
    return column(codes, categories=names, is_text=True)


SOME = RNG.random(N) < 0.1
COLUMNS = {
    "normal": (Numeric, column(RNG.normal(size=N))),
    "normal, missing": (Numeric, column(RNG.normal(size=N), missing=SOME)),
    "ten decades": (Numeric, column(np.exp(RNG.normal(scale=5, size=N)))),
    "whole": (Numeric, column(RNG.poisson(40, size=N))),
    "beyond float64": (Numeric, column(2**60 + RNG.integers(500, size=N))),
    "two decimals": (Numeric, column(RNG.normal(size=N).round(2))),
    "spike": (Numeric, column(np.where(SOME, 0.0, RNG.normal(size=N)))),
    "spikes alone and missing": (
        Numeric,
        column(RNG.choice(np.arange(21.0), size=N), missing=SOME),
    ),
    "few numbers": (Discrete, column(RNG.choice([1.0, 2.5, 7.0], size=N))),
    "few, missing": (Discrete, column(RNG.choice([1, 2, 7], size=N), missing=SOME)),
    "text": (Discrete, texts(12)),
    "text with rare values": (Discrete, texts(60, skew=2.0)),
    "much text": (HighCardinality, texts(400, skew=0.5)),
    "declared": (Discrete, texts(12)._replace(declared=True, is_text=False)),
    "ordered": (
        Discrete,
        texts(5)._replace(declared=True, ordered=True, is_text=False),
    ),
    "constant": (Constant, column(np.full(N, 3.5))),
    "constant, missing": (Constant, column(np.full(N, 3.5), missing=SOME)),
    "all missing": (Constant, column(np.zeros(N), missing=np.ones(N, dtype=bool))),
    "identifier": (Identifier, texts(N)._replace(values=RNG.permutation(N))),
    "whole, as floats": (Numeric, column(RNG.poisson(40, size=N).astype(float))),
}
DECIMALS = {"two decimals": 2, "whole, as floats": 0}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_encoder(name):
    """Type, ranges of classes, round trip, missing values; what is drawn was there."""
    expected, original = COLUMNS[name]
    encoder = choose(original)
    assert type(encoder) is expected
    own = drop_rare_categories(original)
    rng = np.random.default_rng(1)
    classes, scores = encoder.encode(own.values, own.missing, rng)
    assert classes.min() >= 0 and classes.max() < encoder.n_classes
    assert classes.dtype.kind == "i" and np.isfinite(scores).all()
    values, missing = encoder.decode(classes, scores, rng)
    np.testing.assert_array_equal(missing, own.missing)
    assert values.dtype == own.values.dtype
    if expected in (Discrete, Constant):
        known = ~missing & (encoder.classify(own.values, own.missing) >= 0)
        np.testing.assert_array_equal(values[known], own.values[known])
    assert encoder.has_missing == original.missing.any()
    if not encoder.has_missing:
        assert not encoder.decode(np.zeros(5, dtype=int), np.zeros(5), rng)[1].any()
    if own.content == "category" and expected is not Identifier:
        assert set(values[~missing]) <= set(range(len(own.categories)))


@pytest.mark.parametrize("name", [n for n, (e, _) in COLUMNS.items() if e is Numeric])
def test_numbers_come_back_on_their_grid_and_in_their_range(name):
    _, original = COLUMNS[name]
    encoder, present = (
        choose(original),
        original.values[~original.missing],
    )
    classes, _ = encoder.encode(original.values, original.missing, RNG)
    drawn, missing = encoder.decode(classes, RNG.normal(size=N), RNG)
    drawn = drawn[~missing]
    assert present.min() <= drawn.min() and drawn.max() <= present.max()
    if name in DECIMALS:
        np.testing.assert_array_equal(drawn, drawn.round(DECIMALS[name]))
    if name == "spike":
        assert (drawn == 0).mean() == pytest.approx((present == 0).mean(), abs=1e-3)


def test_shared_whole_numbers_beyond_float64_come_back_exactly():
    _, original = COLUMNS["beyond float64"]
    few = original._replace(values=2**60 + 1 + RNG.integers(3, size=N))
    values, _ = choose(few).decode(
        *choose(few).encode(few.values, few.missing, RNG), RNG
    )
    np.testing.assert_array_equal(values, few.values)


def test_rare_numbers_go_to_the_nearest_value():
    values = np.repeat([1.0, 2.0, 2.9, 3.0], [40, 40, 2, 40])
    encoder = Discrete(values, np.zeros(122, dtype=bool), ordered=True)
    decoded, _ = encoder.decode(*encoder.encode(values, values < 0, RNG), RNG)
    np.testing.assert_array_equal(decoded[80:82], [3.0, 3.0])
    new = np.array([0.0, 1.4, 1.6, 99.0])
    np.testing.assert_array_equal(
        encoder.decode(*encoder.encode(new, new < 0, RNG), RNG)[0], [1, 1, 2, 3]
    )


def test_order_scores_rise_with_the_ranks():
    encoder = choose(COLUMNS["few numbers"][1])
    assert encoder.ordered and (np.diff(encoder.order_scores) > 0).all()
    np.testing.assert_allclose(encoder.order_scores, [-0.97, 0, 0.97], atol=0.1)


def test_many_categories_keep_their_frequencies():
    encoder, own = (
        choose(COLUMNS["much text"][1]),
        drop_rare_categories(COLUMNS["much text"][1]),
    )
    assert encoder.n_classes <= MAX_CLASSES
    values, _ = encoder.decode(*encoder.encode(own.values, own.missing, RNG), RNG)
    real, drawn = (
        np.bincount(v[v >= 0], minlength=400) / N for v in (own.values, values)
    )
    common = np.argsort(-real)[:100]
    assert np.abs(real - drawn)[common].sum() / 2 < 0.05
    frequent = np.argsort(-real)[:60]
    np.testing.assert_array_equal(  # these have a class of their own
        values[np.isin(own.values, frequent)], own.values[np.isin(own.values, frequent)]
    )


def test_shares_within_classes_sum_to_one():
    encoder, own = (
        choose(COLUMNS["much text"][1]),
        drop_rare_categories(COLUMNS["much text"][1]),
    )
    codes = np.arange(len(own.categories))
    absent = np.zeros(len(codes), dtype=bool)
    classes = encoder.classify(codes, absent)
    totals = np.bincount(classes, np.exp(encoder.log_share(codes, absent)))
    np.testing.assert_allclose(totals, 1)


def test_rare_categories_are_not_kept():
    original = COLUMNS["text with rare values"][1]
    own = drop_rare_categories(original)
    counts = np.bincount(original.values, minlength=60)
    kept = [original.categories[i] for i in range(60) if counts[i] >= MIN_ROWS.n]
    assert list(own.categories) == kept and len(kept) < 60
    for code, new in zip(original.values, own.values, strict=True):
        name = original.categories[code]
        assert (own.categories[new] == name) if new >= 0 else (name not in kept)


def test_unknown_values_have_no_class():
    for name in ("text", "much text", "few numbers", "constant"):
        encoder = choose(COLUMNS[name][1])
        values = np.array([-1, 12345]).astype(COLUMNS[name][1].values.dtype)
        np.testing.assert_array_equal(encoder.classify(values, values < -9), [-1, -1])


@pytest.mark.parametrize("name", ["normal", "ten decades", "identifier"])
def test_no_unique_value_is_stored(name):
    original = COLUMNS[name][1]
    dumped = pickle.dumps(choose(original))
    if name == "identifier":
        assert not any(text.encode() in dumped for text in original.categories)
    else:
        assert not any(value.tobytes() in dumped for value in original.values)


@pytest.mark.parametrize("n_present", [1, 2, 4])
def test_numbers_of_fewer_than_five_rows_are_not_kept(n_present):
    """Of a column: as if all were missing. Beside spikes: as if they were these."""
    values = np.zeros(200)
    values[:n_present] = 123_456.789 + np.arange(n_present)
    encoder = choose(column(values, missing=np.arange(200) >= n_present))
    assert isinstance(encoder, Constant) and encoder.value == 0
    classes, scores = encoder.encode(values, np.zeros(200, dtype=bool), RNG)
    assert encoder.decode(classes, scores, RNG)[1].all()
    values = np.r_[values, np.repeat(7.0, 3_000)]
    encoder = Numeric(values, np.zeros(len(values), dtype=bool))
    assert not encoder.has_scalar and encoder.n_classes == 2
    for bytes_of in (values[0].tobytes(), values[:n_present].mean().tobytes()):
        assert bytes_of not in pickle.dumps(encoder)
    classes, scores = encoder.encode(values, np.zeros(len(values), dtype=bool), RNG)
    decoded = encoder.decode(classes, scores, RNG)[0]
    assert set(decoded) <= {0.0, 7.0}, "the nearest spike"


ENDS = [np.iinfo(np.int64).min, np.iinfo(np.int64).max]


@pytest.mark.parametrize(
    "known",
    [
        [3, 4, 5, 6],
        [-1, 0],
        [ENDS[1] - 2, ENDS[1] - 1, ENDS[1]],
        [ENDS[0], ENDS[0] + 1],
        [2, 4, 9],
        ENDS,
        [],
    ],
    ids=str,
)
def test_positions_of_whole_numbers_are_those_of_a_loop(known):
    known = np.array(known, dtype=np.int64)
    near = [value + step for value in known.tolist() for step in (-1, 0, 1)]
    values = [value for value in [*near, *ENDS, 0] if ENDS[0] <= value <= ENDS[1]]
    found = positions(known, np.array(values, dtype=np.int64))
    places = {value: i for i, value in enumerate(known.tolist())}
    assert found.tolist() == [places.get(value, -1) for value in values]


def test_positions_of_floats_are_those_of_equal_numbers():
    values = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, np.inf, np.nan])
    found = positions(np.array([0.0, 1.0, 3.0]), values)
    assert found.tolist() == [-1, 0, -1, 1, -1, 2, -1, -1]
    whole = np.array([0, 1, 2])  # fractions are among no whole numbers
    assert positions(whole, values).tolist() == [-1, 0, -1, 1, 2, -1, -1, -1]
