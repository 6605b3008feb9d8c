"""What all encoders share: options, one reading, states, and the rule of rows."""

import json
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skgan.encoding import (
    Encoder,
    ImageEncoder,
    ScaledEncoder,
    TableEncoder,
    pixel_limits,
)
from skgan.encoding import table as table_module
from skgan.privacy import MinRows
from skgan.storage import Refused

pytestmark = pytest.mark.filterwarnings("ignore:Nearly unique text")
N = 400


def people(seed=0):
    """A mixed table with gaps, dummies, a sum, dates, and identifiers twice."""
    rng = np.random.default_rng(seed)
    net, tax = rng.lognormal(3, 1, size=(2, N)).round(2)
    day = rng.choice(["mon", "tue", "wed"], N)
    table = pd.DataFrame(
        {
            "name": [f"person {i:06d}" for i in rng.permutation(900_000)[:N]],
            "note": ["a b, c d e"[: rng.integers(1, 10)] + f"{i}!" for i in range(N)],
            "city": rng.choice(["Bonn", "Jena", "Ulm", None], N),
            "word": [f"w{i}" for i in rng.zipf(1.5, N).clip(max=200)],
            "net": net,
            "tax": tax,
            "gross": (net + tax).round(2),
            "spike": np.where(rng.random(N) < 0.3, 0.0, rng.normal(size=N)),
            "size": pd.Categorical(
                rng.choice(["S", "M"], N), ["S", "M", "L"], ordered=True
            ),
            "born": pd.Timestamp("1990-01-01")
            + pd.to_timedelta(rng.integers(9_000, size=N), unit="D"),
            "member": rng.random(N) < 0.4,
            "rooms": rng.choice([1, 2, 3, 4], N),
            "one": "same",
        }
    )
    table.loc[rng.random(N) < 0.2, "spike"] = np.nan
    for own in ("mon", "tue", "wed"):
        table[own] = (day == own).astype(int)
    return table.assign(alias=table["name"])


PLAIN = people().drop(columns=["size", "born"])
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 3, 9, 12), dtype=np.uint8)
NUMBERS = np.random.default_rng(0).normal(size=(50, 4)).round(2)
CASES = {
    "pandas": (TableEncoder(), people()),
    "dropped": (TableEncoder(on_identifiers="drop"), people()),
    "polars": (TableEncoder(), pl.from_pandas(PLAIN)),
    "pyarrow": (TableEncoder(), pa.Table.from_pandas(PLAIN)),
    "objects": (TableEncoder(), PLAIN.to_numpy(dtype=object)),
    "declared": (TableEncoder(categorical_features=[0]), np.arange(60.0)[:, None] % 7),
    "scaled": (ScaledEncoder(), NUMBERS),
    "scaled frame": (ScaledEncoder(), pd.DataFrame(NUMBERS).astype("Float32")),
    "images": (ImageEncoder(), IMAGES),
    "gray rows": (ImageEncoder((9, 12)), IMAGES[:, 0].reshape(6, -1)),
    "frame of pixels": (
        ImageEncoder(),
        pd.DataFrame(IMAGES[:, 0].reshape(6, -1)).rename(columns=str),
    ),
}
every_case = pytest.mark.parametrize(("encoder", "X"), CASES.values(), ids=CASES.keys())


def there_and_back(encoder, X):
    """Encoded rows, and what is built and measured of them, comparable."""
    rng = np.random.default_rng(7)
    rows = encoder.read(X)
    encoded = encoder.encode(rows, rng)
    built = encoder.build(encoded, rng)
    found = [encoded, encoder.round_trip(encoded), encoder.bins(encoded)]
    found += [*encoder.measure(rows), *encoder.measure_encoded(encoded, rng)]
    return found, built


def assert_equal(one, other):
    for a, b in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert type(one[1]) is type(other[1])
    if isinstance(one[1], np.ndarray):
        assert one[1].dtype == other[1].dtype
        assert repr(one[1].tolist()) == repr(other[1].tolist())  # nan among objects
    else:
        assert one[1].equals(other[1])


@every_case
def test_states_make_the_same_encoder(encoder, X):
    encoder = clone(encoder).fit(X)
    expected = there_and_back(encoder, X)
    state = encoder.state()
    assert not any(type(part).__module__.startswith("skgan") for part in walk(state))
    for own in (Encoder, type(encoder)):
        again = own.from_state(state)
        assert type(again) is type(encoder)
        assert again.get_params() == encoder.get_params()
        assert again.n_bins == encoder.n_bins and again.ranked == encoder.ranked
        np.testing.assert_equal(again.layout._asdict(), encoder.layout._asdict())
        assert_equal(there_and_back(again, X), expected)
    assert again.state().keys() == state.keys()


def walk(value):
    """All that a state holds."""
    yield value
    items = value if isinstance(value, list) else []
    for item in value.values() if isinstance(value, dict) else items:
        yield from walk(item)


def test_states_are_json_but_for_arrays():
    state = ScaledEncoder().fit(NUMBERS).state()
    text = json.dumps(state, default=lambda value: type(value).__name__)
    assert "ndarray" in text and "table_schema/1" in text


@every_case
def test_pickles_make_the_same_encoder(encoder, X):
    encoder = clone(encoder).fit(X)
    expected = there_and_back(encoder, X)
    assert_equal(there_and_back(pickle.loads(pickle.dumps(encoder)), X), expected)


def test_a_state_of_another_class_is_refused():
    state = ScaledEncoder().fit(NUMBERS).state()
    with pytest.raises(Refused, match="the word is unknown") as caught:
        TableEncoder.from_state(state)
    assert caught.value.part == "scaled_encoder/1"
    state = ImageEncoder().fit(IMAGES).state()
    assert type(ScaledEncoder.from_state(state)) is ImageEncoder
    with pytest.raises(Refused, match="it is not the state of a TableEncoder"):
        TableEncoder.from_state({"objects": [], "value": 1})


@every_case
def test_constructors_hold_options_only(encoder, X):
    fitted = clone(encoder).fit(X)
    fresh = clone(fitted)
    assert fresh.get_params() == encoder.get_params()
    assert vars(fresh).keys() == encoder.get_params().keys()
    for use in (Encoder.state, lambda own: own.layout):
        with pytest.raises(NotFittedError):
            use(fresh)
    fresh.set_params(**encoder.get_params())
    assert_equal(there_and_back(fresh.fit(X), X), there_and_back(fitted, X))


@every_case
def test_rows_read_before_and_after_fit_are_encoded_alike(encoder, X):
    encoder = clone(encoder)
    before = encoder.read(X)
    assert encoder.fit(before) is encoder
    after = encoder.read(X)
    some = np.array([4, 0, 3])
    assert len(before) == len(after) == len(X)
    for rows in ((before, after), (before[some], after[some])):
        own, other = (encoder.encode(r, np.random.default_rng(0)) for r in rows)
        np.testing.assert_array_equal(own, other)
        assert own.dtype == np.float32
        assert own.shape == (len(rows[0]), encoder.layout.n_columns)
        for a, b in zip(*map(encoder.measure, rows), strict=True):
            np.testing.assert_array_equal(a, b)


def test_fits_of_rows_and_of_tables_are_the_same():
    table = people()
    by_rows = TableEncoder()
    by_rows.fit(by_rows.read(table))
    by_table = TableEncoder().fit(table)
    assert_equal(there_and_back(by_rows, table), there_and_back(by_table, table))


def test_a_second_fit_forgets_the_first():
    for encoder, first, second in (
        (TableEncoder(), people()[["city", "net"]], people()[["tax"]]),
        (ScaledEncoder(), NUMBERS, pd.DataFrame(NUMBERS[:, :2], columns=["a", "b"])),
        (ImageEncoder(), IMAGES, IMAGES[:, 0]),
    ):
        again = clone(encoder).fit(first).fit(second)
        assert_equal(
            there_and_back(again, second),
            there_and_back(clone(encoder).fit(second), second),
        )


def test_a_table_is_read_once(monkeypatch):
    calls = []
    read = table_module.read_table
    monkeypatch.setattr(
        table_module, "read_table", lambda X: calls.append(X) or read(X)
    )
    encoder, table = TableEncoder(), people()
    rows = encoder.read(table)
    encoder.fit(rows).encode(rows[np.arange(9)], np.random.default_rng(0))
    assert len(calls) == 1 and calls[0] is table


def test_rare_categories_of_rows_read_before_fit_are_unseen():
    table = pd.DataFrame({"x": ["b"] * 20 + ["rare"] + ["a", "c"] * 10})
    encoder = TableEncoder()
    rows = encoder.read(table)
    encoder.fit(rows)
    assert encoder.layout.class_sizes == (3,)
    classes = encoder.measure(rows)[0][:, 0]
    assert classes.tolist() == [1] * 20 + [-1] + [0, 2] * 10
    assert b"rare" not in pickle.dumps(encoder)


def test_of_how_many_rows_a_value_is_kept_is_an_option():
    """Categories, numbers, maps, identifiers: all learn by the same rule."""
    rng = np.random.default_rng(0)
    city = np.repeat(["a", "b", "c"], [190, 190, 20])
    table = pd.DataFrame(
        {
            "city": city,
            "code": pd.Series(city).map({"a": 1.5, "b": 2.5, "c": 7.0}),
            "rooms": rng.permutation(np.repeat([1, 2, 3], [190, 190, 20])),
            "x": rng.normal(size=N),
            "spike": np.where(np.arange(N) < 24, 3.0, rng.normal(size=N)),
            "id": [f"id-{i:05d}" + "?" * (i < 20) for i in range(N)],
            "p": (np.arange(N) < 250).astype(int),
            "q": (np.arange(N) >= N - 24).astype(int),
        }
    )
    few, many = (TableEncoder().fit(table, MinRows(n)) for n in (5, 30))
    sizes = {
        own: dict(zip(own._encoded, own.layout.class_sizes, strict=True))
        for own in (few, many)
    }
    assert sizes[few][0] == 3
    names = [own._schema.columns[0].categories for own in (few, many)]
    assert names == [("a", "b", "c"), ("a", "b")]
    assert sizes[many][0] == 2 and sizes[many][2] == 2 and sizes[many][4] == 1
    assert sizes[few][2] == 3 and sizes[few][4] == 2
    assert (sizes[few][8], sizes[many][8]) == (3, 2)  # neither, p or q
    maps = [{r.target: r for r in own.relations_}[1] for own in (few, many)]
    assert [len(found.codes) for found in maps] == [3, 2]
    knots = [own._encoders[3]._table.knots for own in (few, many)]
    assert len(knots[0]) == (N - 2) // 5 and len(knots[1]) == (N - 2) // 30
    rng = np.random.default_rng(0)
    for own, has_marks in ((few, True), (many, False)):
        texts = own._encoders[5].sampler.sample(2_000, rng)
        assert any("?" in text for text in texts) == has_marks


def test_layouts_and_what_else_follows():
    table = TableEncoder().fit(people()[["net", "city", "rooms"]])
    layout = table.layout
    assert layout.class_sizes == (1, 4, 4) and layout.n_columns == 4
    assert layout.owners == (0,) and layout.order.shape == (9, 1)
    assert table.is_refined and table.clustering == (100, 50, None)
    scaled = ScaledEncoder().fit(NUMBERS)
    assert scaled.layout[:4] == (4, (), (), None)
    assert scaled.layout.activation == scaled.activation_ == "linear"
    assert not scaled.is_refined and scaled.clustering is None
    image = ImageEncoder().fit(IMAGES)
    assert image.layout == (324, (), (), None, "tanh", (9, 12, 3))
    assert not image.is_refined and image.clustering == (50, 500, 50)


def test_identifiers_are_warned_of_at_the_line_of_the_user():
    table = people()
    with pytest.warns(UserWarning, match=r"column\(s\) 'name', 'note', 'alias'") as w:
        TableEncoder().fit(table)
    assert len(w) == 1 and w[0].filename == __file__
    own = TableEncoder(identifiers=["name", "note", "alias"]).fit(table)
    assert own.identifier_names_ == ["name", "note", "alias"]
    rule = "on_identifiers must be one of 'generate', 'drop', 'error', got 'keep'."
    with pytest.raises(ValueError, match=rule):
        TableEncoder(on_identifiers="keep").fit(table)


def test_rows_that_may_be_in_color_are_warned_of():
    X = IMAGES[:, :, :8, :8].reshape(6, -1)
    message = r"Rows of 192 numbers are taken for gray images of 12x16\. If they are in"
    with pytest.warns(UserWarning, match=message) as caught:
        ImageEncoder().read(X)
    assert caught[0].filename == __file__
    assert ImageEncoder((8, 8, 3)).fit(X).image_shape_ == (8, 8, 3)


def test_limits_of_pixels_are_those_of_the_encoder():
    assert pixel_limits(IMAGES) == ImageEncoder().fit(IMAGES).limits_ == (0, 255)


def test_images_of_too_small_sides_are_refused():
    with pytest.raises(ValueError, match="8 to 128 pixels a side, got 5x12"):
        ImageEncoder().read(IMAGES[:, :, :5])
    with pytest.raises(ValueError, match="8 to 128 pixels a side, got 4x27"):
        ImageEncoder((4, 27)).fit(IMAGES[:, 0].reshape(6, -1))


def test_rows_to_encode_have_the_training_schema():
    encoder = ImageEncoder().fit(IMAGES)
    rows = encoder.read(IMAGES)
    last = IMAGES.transpose(0, 2, 3, 1)
    for X in (last, last.reshape(6, -1)):
        np.testing.assert_array_equal(encoder.read(X), rows)
    np.testing.assert_array_equal(encoder.build(encoder.encode(rows)), IMAGES)


def test_numbers_beyond_their_dtype_are_clipped():
    for dtype in (np.float16, np.float32):
        X = np.array([[0.1, 0.2], [1.1, 3.3], [2.0, 0.7]], dtype=dtype)
        encoder = ScaledEncoder().fit(X * (np.finfo(dtype).max / 4))
        rows = encoder.build(np.full((1, 2), 1e6, dtype=np.float32))
        assert rows.dtype == dtype and (rows == np.finfo(dtype).max).all()


@pytest.mark.parametrize("convert", [np.asarray, pd.DataFrame])
def test_booleans_are_true_from_one_half_on(convert):
    X = convert(np.array([[True], [False], [True]]))
    encoder = ScaledEncoder().fit(X)
    values = np.array([[0.49], [0.5], [0.51]])
    rows = encoder.build((values - encoder._offset) / encoder._scale)
    assert np.asarray(rows)[:, 0].tolist() == [False, True, True]


def test_decimals_of_libraries_come_back():
    X = pl.DataFrame({"x": [1.25, 7.5, -2.0]}).cast(pl.Decimal(9, 2))
    encoder = ScaledEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X))
    assert encoder.build(encoded).equals(X)
    np.testing.assert_allclose(encoder.round_trip(encoded), encoded, atol=1e-6)
