"""What files call objects: what is packed comes back, and nothing else does."""

import copy
import datetime as dt
import json
import random
import uuid
import zoneinfo
from decimal import Decimal
from fractions import Fraction

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from mutations import outcome_of_words
from test_encoders import assert_equal, there_and_back
from test_frames import TABLES, assert_same, build, read_and_keep
from word_cases import (
    CASES,
    FRAMES,
    IMAGES,
    ODD,
    changed_values,
    fitted,
    mutated_tree,
    other_examples,
    packed_examples,
    use,
)

from skgan.conditions import Conditions, Labels, label_condition
from skgan.encoding import (
    ENCODING_WORDS,
    FRAME_WORDS,
    ImageEncoder,
    ScaledEncoder,
    TableEncoder,
    UserFunction,
)
from skgan.encoding.columns import Choice, Mixture, Run, Shape
from skgan.encoding.frames.libraries import Arrays, Arrow, Pandas
from skgan.encoding.frames.words import polars as polars_words
from skgan.encoding.functions import check_functions
from skgan.model import MODEL_WORDS, FittedGAN, check_parts
from skgan.networks import make_head
from skgan.privacy import MIN_ROWS
from skgan.storage import Refused, Vocabulary, stored
from skgan.storage.fields import anything, require, whole
from skgan.storage.tree import from_json, to_json
from skgan.training import LatentSampler

pytestmark = pytest.mark.filterwarnings("ignore:Nearly unique", "ignore:Keys, which")


def there_and_again(vocabulary, value):
    """What comes back of a value that was written as JSON and arrays."""
    arrays = []
    text = json.dumps(to_json(vocabulary.pack(value), arrays), allow_nan=False)
    return vocabulary.unpack(from_json(json.loads(text), arrays))


@pytest.mark.parametrize("name", TABLES)
def test_schemas_of_all_columns_come_back(name):
    X = TABLES[name]
    columns, schema = read_and_keep(X)
    again = there_and_again(FRAME_WORDS, schema)
    assert_same(build(columns, again), X)
    for one, other in zip(again.columns, schema.columns, strict=True):
        assert type(one.dtype) is type(other.dtype) and one.dtype == other.dtype
        assert (one.library, one.python) == (other.library, other.python)
        assert str(one.calendar) == str(other.calendar)
        assert repr(one.null) == repr(other.null)
    for one, other in zip(again.read(X), columns, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("name", CASES)
def test_encoders_come_back_to_the_last_bit(name):
    encoder = fitted(name)
    X = CASES[name][1]
    expected = there_and_back(encoder, X)
    again = there_and_again(ENCODING_WORDS, encoder)
    assert vars(again).keys() == vars(encoder).keys()
    assert_equal(there_and_back(again, X), expected)


# ------------------------------------------------------- wrong values of each word


def example_of(word):
    """The shortest packed example that has an object of a word, and its index.

    Tables come first, which have names.
    """
    having = [
        (("scaled" in name, len(packed["objects"])), packed)
        for name, packed in packed_examples().items()
        if word in [own for own, _ in packed["objects"]]
    ]
    _, packed = min(having, key=lambda own: own[0])
    words = [own for own, _ in packed["objects"]]
    return packed, words.index(word)


def with_field(word, name, change):
    """An example of a word in which one field of one object is another."""
    packed, at = example_of(word)
    content = packed["objects"][at][1]
    entry = [word, content | {name: change(content[name])}]
    objects = [*packed["objects"][:at], entry, *packed["objects"][at + 1 :]]
    return packed | {"objects": objects}


FIELDS = [
    (word, name)
    for word, own in MODEL_WORDS.classes.items()
    for name in own.stored_fields
]
every_field = pytest.mark.parametrize(("word", "name"), FIELDS)


@every_field
def test_fields_refuse_what_they_never_hold(word, name):
    check = MODEL_WORDS.classes[word].stored_fields[name]
    if check not in (anything, check_functions):
        odd = with_field(word, name, lambda _: {"@set": []})
        with pytest.raises(Refused) as caught:
            MODEL_WORDS.unpack(odd)
        assert caught.value.part == f"{word}, {name}"
    packed, at = example_of(word)
    content = {k: v for k, v in packed["objects"][at][1].items() if k != name}
    objects = [*packed["objects"][:at], [word, content]]
    with pytest.raises(Refused, match="its fields are not"):
        MODEL_WORDS.unpack(packed | {"objects": objects})


def check_wrong_values(word, name, n_odd, n_changed):
    """Of wrong values of a field some; returns how many were refused."""
    rng = random.Random(f"{word} {name}")
    packed, at = example_of(word)
    changed = [*changed_values(packed["objects"][at][1][name], rng)]
    wrong = rng.sample(ODD, min(n_odd, len(ODD)))
    wrong += rng.sample(changed, min(n_changed, len(changed)))
    results = [
        outcome_of_words(MODEL_WORDS, with_field(word, name, lambda _, v=v: v), use)
        for v in wrong
    ]
    return results.count("refused")


@every_field
def test_wrong_values_are_refused_or_do_no_harm(word, name):
    check_wrong_values(word, name, 2, 2)


@pytest.mark.slow
@every_field
def test_all_wrong_values_are_refused_or_do_no_harm(word, name):
    check_wrong_values(word, name, 10**6, 10**6)


def cut(own):
    """All but the first."""
    return own[1:]


def turned(own):
    """The last first."""
    return own[::-1].copy()


def set_at(index, value):
    """A change of one item of an array or a list."""

    def change(own):
        own = own.copy()
        own[index] = value
        return own

    return change


RULES = {
    "trees/1": [
        ("kept", lambda own: own * 0, "rows have a leaf"),
        ("tree", set_at(0, 10**6), "splits are of trees"),
        ("values", lambda own: own[:, :31].copy(), "leaves have values"),
        ("right", lambda own: own[:, :31].copy(), "each bin goes left or right"),
        ("column", cut, "splits are as many"),
    ],
    "discrete_column/1": [
        ("_counts", cut, "arrays are as long"),
        ("_values", turned, "values rise"),
    ],
    "high_cardinality_column/1": [
        ("_class", lambda own: own * 0, "all classes are there"),
        ("_counts", cut, "arrays are as long"),
        ("_values", turned, "values rise"),
        ("_values", set_at(-1, 10**6), "codes stand for categories"),
    ],
    "quantile_table/1": [
        ("knots", set_at(0, np.nan), "must be an array, 1-d, of 'f8', finite"),
        ("knots", set_at(0, 1e9), "knots rise"),
        ("_upper", set_at(-1, 0.999), "ranks rise to 1"),
        ("_middle", set_at(0, 1.0), "middles are between"),
        ("knots", lambda own: own[:0], "there is a segment"),
        ("_upper", cut, "arrays as long"),
        ("_margin", lambda _: 0, "the margin is not 0"),
    ],
    "numeric_column/1": [
        ("_table", lambda _: None, "scalars have quantiles"),
        ("_dtype", lambda _: {"@": 0}, "must be a dtype"),
        ("_spikes", lambda own: own.astype("f4"), "dtypes are equal"),
        ("_spikes", lambda _: np.array([2.0, 1.0]), "spikes rise"),
        ("_origin", lambda _: 1, "floats are about 0"),
    ],
    "choice/1": [
        ("shares", lambda own: own * 0.5, "shares add up to 1"),
        ("values", lambda own: own.astype(object), "objects are texts"),
        ("values", lambda own: own.repeat(2), "arrays are as long"),
    ],
    "run/1": [("spare", lambda own: own * 0 + 97, "texts can differ")],
    "mixture/1": [("parts", lambda own: own + own[-1:], "each part has a share")],
    "grid/1": [("offset", lambda _: 10**9, "the offset is less than a step")],
    "date_format/1": [
        ("parts", lambda own: (*own, own[-1], own[0], own[0]), "part stands once"),
        ("parts", lambda own: own[:-1], "twelve hours have halves"),
        ("parts", lambda own: (*own, ("f", "")), "fractions are short"),
    ],
    "number_format/1": [
        ("decimals", lambda _: 0, "decimals are enough"),
        ("mark", lambda own: ",", "marks are a pair"),
    ],
    "clock/1": [
        ("zone", lambda _: "Europe/Atlantis", "a known time zone"),
        ("per", lambda _: Fraction(1, 10**13), "units are some"),
    ],
    "column_schema/1": [
        ("low", lambda _: 300, "low is not beyond high"),
        ("per", lambda _: Fraction(2**64), "units are some"),
        ("zone", lambda _: "Europe/Atlantis", "its zone is known"),
    ],
    "image_schema/1": [("axes", lambda _: (3, 8, 10), "pixels are there")],
    "table_schema/1": [
        ("names", lambda own: list(own) * 2, "each column has a name"),
        ("names", cut, "each column has a name"),
        ("names", tuple, "names are a list or range"),
        ("dropped", lambda _: {"@frozenset": [0]}, "a column is left"),
        ("template", cut, "there are names"),
    ],
    "map/1": [
        ("codes", turned, "codes rise"),
        ("codes", cut, "each code has a value"),
    ],
    "total/1": [("sources", lambda own: own[:2], "there are as many sources")],
    "copy/1": [
        ("target", lambda _: 10**6, "each column has an encoder or a relation"),
        ("target", lambda _: 0, "each column is restored once"),
        ("sources", lambda _: (10**6,), "sources come first"),
        ("dtype", lambda _: np.dtype("U3"), "values are numbers"),
    ],
    "order/1": [
        ("units", lambda own: own * 2, "there are as many sources"),
        ("sources", lambda own: (*own[:-1], own[-2]), "gaps of their own"),
        ("dtype", lambda _: np.dtype(bool), "values are numbers"),
    ],
    "levels/1": [
        ("levels", lambda own: own[::-1].copy(), "levels rise"),
        ("levels", lambda own: own[:0], "there are levels"),
    ],
    "combinations/1": [("groups", lambda own: [[0, 1]], "groups have tables")],
    "indicators/1": [("_names", lambda own: own * 2, "may be an indicator")],
    "table_encoder/1": [
        ("_names", cut, "each column has a name"),
        ("_encoders", lambda own: {}, "there is an encoder"),
        ("_is_category", lambda _: [False], "categories are such"),
        ("_twins", lambda _: {"@dict": [[0, 0]]}, "only identifiers are twins"),
    ],
    "scaled_encoder/1": [
        ("_scale", cut, "columns have a number"),
        ("_bounds", turned, "bounds rise"),
        ("_bounds", cut, "columns have bounds"),
        ("unit_", lambda own: own * 0, "units are not 0"),
    ],
    "image_encoder/1": [
        ("limits_", lambda _: (-1e308, 1e308), "the range is finite"),
        ("image_shape_", lambda _: (8, 3, 9), "shapes are the same"),
    ],
    "density/1": [("bandwidth", lambda _: 0.0, "the bandwidth is not 0")],
    "bins/1": [
        ("_of_coarse", cut, "columns are as many"),
        ("_of_coarse", lambda own: own[::-1], "bins have coarse ones"),
        ("_of_fine", lambda own: [own[0][:0], *own[1:]], "there are fine bins"),
    ],
    "raking/1": [
        ("sizes", lambda own: own[:1], "columns are there"),
        ("sizes", lambda own: [own[0] + 1, *own[1:]], "each cell has a number"),
    ],
    "normal/1": [("mean", cut, "it is a square")],
    "ratio/1": [
        ("edges", lambda own: own[:0], "splits are of scores"),
        ("edges", lambda own: own[:, :18].copy(), "scores have ranges"),
        ("edges", lambda own: own[:, ::-1].copy(), "ranges rise"),
    ],
    "refinement/1": [
        ("log_caps", lambda own: own[:0], "labels have caps"),
    ],
    "judge/1": [("sense", lambda own: {"@": 0}, "must be of class Sense")],
    "clusters/1": [
        ("groups", lambda own: own * 2, "clusters have centers"),
        ("groups", cut, "centers have clusters"),
        ("components", lambda own: own[:, :1], "components are as many"),
    ],
    "cluster_condition/1": [
        ("shares", lambda own: own / 2, "add up to 1"),
        ("shares", lambda own: own[:, :1] * 2, "clusters have shares"),
        ("shares", cut, "labels have shares of clusters"),
    ],
    "label_condition/1": [
        ("shares", cut, "labels have shares"),
        ("shares", lambda own: own / 2, "add up to 1"),
    ],
    "labels/1": [("classes", lambda own: np.array([1, 1, 2]), "labels differ")],
    "conditions/1": [("parts", lambda own: own[::-1], "labels come first")],
}


@pytest.mark.parametrize(
    ("word", "name", "change", "rule"),
    [(word, *rule) for word, rules in RULES.items() for rule in rules],
)
def test_rules_between_fields(word, name, change, rule):
    with pytest.raises(Refused, match=rule):
        MODEL_WORDS.unpack(with_field(word, name, change))


def changed(value, **fields):
    """A copy of an object with other attributes."""
    if isinstance(value, tuple):
        return value._replace(**fields)
    other = copy.copy(value)
    vars(other).update(fields)
    return other


def objects_of_many_rules():
    """Objects that break a rule by more than one field, or deep in them, by rules."""
    numbers, tied, many = fitted("numbers"), fitted("relations"), fitted("many")
    whole_column, floats = numbers._encoders[1], numbers._encoders[3]
    codes = many._schema.columns[0]._replace(categories=None)
    frame = pd.DataFrame(IMAGES[:, 0].reshape(12, -1))
    pixels, scaled = ImageEncoder((8, 9)).fit(frame), fitted("scaled")
    judge, trees = (other_examples()[name] for name in ("judge", "trees"))
    run = Run(["12"] * 9 + ["34"] * 9, False, MIN_ROWS)
    shape = Shape([run])
    grid = whole_column._grid._replace(decimals=2)
    yield "there are values", changed(floats, has_scalar=False, _table=None)
    yield "the origin is a value", changed(whole_column, _origin=2**63)
    yield "whole numbers have no decimals", changed(whole_column, _grid=grid)
    yield "parts are shapes or choices", Mixture([run], [1])
    yield "texts can grow soon", Mixture([shape, Choice({"a": 1})], [1e-7, 1])
    yield "words are in mixtures", Shape([shape])
    words = Mixture([Shape([Mixture([shape], [1])])], [1])
    yield "words are of runs", Shape([words])
    groups = [[0, 99] for _ in tied._indicators.groups]
    own = changed(tied._indicators, groups=groups)
    yield "indicators are columns", changed(tied, _indicators=own)
    own = changed(many._schema, columns=[codes])
    yield "categories are kept", changed(many, _schema=own)
    named = fitted("identifiers")
    encoders = named._encoders | {1: named._encoders[0]}
    yield "keys are numbers", changed(named, _encoders=encoders)
    own = changed(pixels._schema, columns=pixels._schema.columns[1:])
    yield "pixels have schemas", changed(pixels, _schema=own)
    own = changed(scaled._schema, columns=scaled._schema.columns[1:])
    yield "columns have schemas", changed(scaled, _schema=own)
    own = changed(judge.scores, tables=judge.scores.tables[1:])
    yield "bins have scores", changed(judge, scores=own)
    mean = changed(judge.sense.fake, mean=judge.sense.fake.mean[1:])
    yield "sizes are equal", changed(judge.sense, fake=mean)
    yield "sense is of scores", changed(judge, sense=changed(judge.sense, fake=mean))
    edges = changed(judge.ratio, edges=judge.ratio.edges[1:])
    yield "the ratio is of scores", changed(judge, ratio=edges)
    yield "trees have bins", changed(trees, bins=None)
    yield "raking has bins", changed(trees, bins=None, trees=None)
    own = changed(trees.trees, column=trees.trees.column + 99)
    yield "splits are of columns", changed(trees, trees=own)
    own = changed(trees.raking, sizes=trees.raking.sizes[1:])
    yield "raking is about the bins", changed(trees, raking=own)


def test_rules_of_several_fields():
    for rule, value in objects_of_many_rules():
        with pytest.raises(ValueError, match=rule):
            value.check_stored()
    for library, template in (
        (Arrays, "f8"),
        (Pandas, (nw.Implementation.PANDAS, ["a", "b"])),
        (Arrow, pa.schema([])),
    ):
        with pytest.raises(ValueError, match="the template is|there are"):
            library.check_template(template, 1)


def test_mutated_words_are_refused_or_work():
    examples = [*packed_examples().values()]
    results = [
        outcome_of_words(
            MODEL_WORDS, mutated_tree(examples[seed % len(examples)], seed), use
        )
        for seed in range(500)
    ]
    assert results.count("refused") > 300 and results.count("works") > 20


# ------------------------------------------------------------ words, by hand


@stored("pair/1", derived=("total",), low=whole(0), high=whole(0, 9))
class Pair:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def check_stored(self):
        require(self.low <= self.high, "low is not above high")
        self.total = self.low + self.high


@stored("list/1", items=anything)
class Items:
    def __init__(self, *items):
        self.items = list(items)


OWN = Vocabulary([Pair, Items])


def test_objects_come_back_with_what_follows_from_them():
    packed = OWN.pack(Pair(2, 3))
    assert packed == {
        "objects": [["pair/1", {"low": 2, "high": 3}]],
        "value": {"@": 0},
    }
    assert vars(OWN.unpack(packed)) == {"low": 2, "high": 3, "total": 5}


def test_what_is_shared_is_shared_again():
    pair = Pair(0, 1)
    again = there_and_again(OWN, {"a": [pair, Items(pair)], 5: (pair, {2}, range(4))})
    assert again["a"][0] is again["a"][1].items[0] is again[5][0]
    assert again[5][1:] == ({2}, range(4))


@pytest.mark.parametrize(
    ("entry", "part", "problem"),
    [
        (["pair/1", {"low": 2, "high": 10}], "pair/1, high", "from 0 to 9, got 10"),
        (["pair/1", {"low": True, "high": 1}], "pair/1, low", "got True"),
        (["pair/1", {"low": 4, "high": 3}], "pair/1", "low is not above high"),
        (["pair/1", {"low": 4}], "pair/1", "its fields are not"),
        (["pair/2", {"low": 4, "high": 5}], "pair/2", "the word is unknown"),
        (["list/1", {"items": {"@": 0}}], "tree", "no object before this one"),
        (["list/1", {"items": range(10**18)}], "tree", "too long"),
        (["zoneinfo", "../../etc/passwd"], "zoneinfo", "is no time zone"),
        (["zoneinfo", "America"], "zoneinfo", "it "),
        (["dtype", "f8,f8"], "dtype", "is no dtype"),
        (["dtype", "<f9"], "dtype", "it "),
        (["texts", ["<U2", [1], np.array([2**31, 0], "u4")]], "texts", "no such"),
        (["texts", ["<U9", [1], np.zeros(2, "u4")]], "texts", "it "),
        (["objects", [[1], [[1]]]], "objects", "list is no value of an array"),
        (["objects", [[1], [(np.zeros(1),)]]], "objects", "ndarray is no value"),
        (["times", ["<M8[ns]", np.zeros(1)]], "times", "no whole numbers"),
        (["decimal", 1.5], "decimal", "is of type float"),
        ("pair/1", "tree", "is no object"),
    ],
)
def test_wrong_objects_are_refused(entry, part, problem):
    with pytest.raises(Refused, match=problem) as caught:
        OWN.unpack({"objects": [entry], "value": {"@": 0}})
    assert caught.value.part == part


def test_only_what_can_be_read_is_written():
    with pytest.raises(TypeError, match="Pair.high cannot be stored: it must be a who"):
        OWN.pack(Pair(0, 99))
    odd = Pair(0, 1)
    odd.more = 1
    with pytest.raises(TypeError, match="attributes than its word: .'more'"):
        OWN.pack(odd)
    for value in (print, object(), 1j, np.array([1j]), Vocabulary):
        with pytest.raises(TypeError, match="has no word in this vocabulary"):
            OWN.pack([value])
    with pytest.raises(TypeError, match="Items has no word"):
        Vocabulary([Pair]).pack(Items())


def test_a_missing_library_is_named(monkeypatch):
    packed = FRAME_WORDS.pack(pl.Int8())

    def missing():
        raise ModuleNotFoundError("No module named 'polars'")

    monkeypatch.setattr(polars_words, "_polars", missing)
    with pytest.raises(Refused, match="No module named 'polars'"):
        FRAME_WORDS.unpack(packed)


# ---------------------------------------------------------- functions of the user


def test_functions_are_named_and_given_again():
    def mails(n):
        return [f"{i}@b.c" for i in range(n)]

    encoder = TableEncoder(identifiers={"mail": mails}).fit(FRAMES["identifiers"])
    with pytest.raises(TypeError, match="TableEncoder.identifiers cannot be stored"):
        encoder.state()
    given = encoder._encoders[1]
    with pytest.raises(TypeError, match="Given.function cannot be stored"):
        ENCODING_WORDS.pack(given)
    with pytest.raises(TypeError, match="TableEncoder.identifiers cannot be stored"):
        ENCODING_WORDS.pack(TableEncoder(identifiers={"mail": mails}))
    assert encoder.functions == {"mail": mails} and ScaledEncoder().functions == {}
    bare = encoder.with_functions({"mail": UserFunction("mail")})
    again = there_and_again(ENCODING_WORDS, bare)
    encoded = encoder.encode(
        encoder.read(FRAMES["identifiers"]), np.random.default_rng(0)
    )
    with pytest.raises(ValueError, match="'mail' must be given again, as a function"):
        again.build(encoded, np.random.default_rng(0))
    built = again.with_functions({"mail": mails}).build(
        encoded, np.random.default_rng(0)
    )
    assert built["mail"].tolist() == mails(len(encoded))
    assert built.equals(encoder.build(encoded, np.random.default_rng(0)))
    assert encoder.functions == {"mail": mails}


def test_options_alone_come_back():
    for encoder in (
        TableEncoder(identifiers=["a", 3], on_identifiers="drop"),
        ImageEncoder((9, 12)),
        ScaledEncoder(),
    ):
        again = there_and_again(ENCODING_WORDS, encoder)
        assert type(again) is type(encoder) and not again.__sklearn_is_fitted__()
        assert again.get_params() == encoder.get_params()
    wrong = ENCODING_WORDS.pack(TableEncoder())
    wrong["objects"][0][1]["on_identifiers"] = "keep"
    with pytest.raises(Refused, match="must be one of"):
        ENCODING_WORDS.unpack(wrong)
    del wrong["objects"][0][1]["on_identifiers"]
    with pytest.raises(Refused, match="breaks a rule: options"):
        ENCODING_WORDS.unpack(wrong)


# ------------------------------------------------------------------ no row is in them

RARE = {  # of at least nine digits or characters, in fewer than five rows
    "float": 123_456.789_012_3,
    "float32": np.float32(987_654.3),
    "whole": 1_234_567_890_123,
    "text": "a canary of four rows",
    "object": "another canary, an object",
    "identifier": "id-314159265-canary",
    "spiked": 271_828.182_845_9,
    "born": pd.Timestamp("1903-04-05 06:07:08.123456"),
    "took": pd.Timedelta(123_456_789_123, "us"),
    "cents": Decimal("1234567.89"),
    "written": "9.876.543,21 EUR",
    "day": "17.03.1907 04:05:06",
    "nullable": 9_876_543_210,
    "note": "canaries sing in meadows, rarely",
}


def with_canaries(n=400):
    """A table of all sorts of columns, of which four rows have the rare values."""
    rng = np.random.default_rng(1)
    x = rng.normal(50, 10, size=n)
    days = pd.Timestamp("2001-01-01") + pd.to_timedelta(
        rng.integers(9_000, size=n), "D"
    )
    numbers = [f"{v:,.2f} EUR".translate(str.maketrans(",.", ".,")) for v in 1e4 * x]
    columns = {
        "float": x,
        "float32": x.astype(np.float32),
        "whole": rng.integers(10**9, size=n),
        "text": rng.choice(["Bonn", "Jena"], n),
        "object": rng.choice(["Ulm", "Rom"], n).astype(object),
        "identifier": [f"id-{i:09}-x" for i in rng.permutation(n)],
        "spiked": np.where(rng.random(n) < 0.5, 0.0, x),
        "born": days.as_unit("us"),
        "took": pd.to_timedelta(rng.integers(10**6, size=n), unit="s").as_unit("us"),
        "cents": [Decimal(round(100 * v)) / 100 for v in x],
        "written": numbers,
        "day": days.strftime("%d.%m.%Y %H:%M:%S"),
        "nullable": pd.Series(rng.integers(1_000, size=n), dtype="Int64"),
        "note": [f"word {i} of {i * 3} others" for i in rng.permutation(n)],
    }
    table = pd.DataFrame(columns)
    rows = rng.permutation(n)[:4]
    for name, value in RARE.items():
        table[name] = table[name].astype(object) if name == "object" else table[name]
        table.loc[rows, name] = value
    return table


def numbers_of(name):
    """A rare value as the numbers that a file might hold for it."""
    value = RARE[name]
    if isinstance(value, str):
        digits = "".join(c for c in value if c.isdigit())
        return [int(digits)] if name == "written" else []
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return [value.value, value.value // 1_000, value.value // 10**9]
    return [value, 100 * value] if isinstance(value, Decimal) else [value]


@pytest.mark.parametrize("container", ["pandas", "polars", "pyarrow", "numpy"])
def test_values_of_fewer_than_five_rows_are_not_packed(container):
    """By their bytes, in all widths, and by their text; nor half of a long text."""
    X = with_canaries()
    if container == "polars":
        X = pl.from_pandas(X)
    elif container == "pyarrow":
        X = pa.Table.from_pandas(X, preserve_index=False)
    elif container == "numpy":
        X = X.to_numpy(dtype=object)
    arrays = []
    packed = ENCODING_WORDS.pack(TableEncoder().fit(X))
    text = json.dumps(to_json(packed, arrays), ensure_ascii=False)
    content = b"".join(array.tobytes() for array in arrays)
    assert len(content) > 10_000 and "Bonn" in text
    for name, value in RARE.items():
        assert str(value)[:12] not in text, name
        for number in numbers_of(name):
            assert repr(number) not in text and str(number) not in text, name
            for dtype in ("f4", "f8", "i8"):
                own = np.array(float(number) if dtype[0] == "f" else int(number))
                assert own.astype(dtype).tobytes() not in content, (name, dtype)


def test_the_test_of_canaries_finds_one():
    """Where five rows share them, they are there."""
    X = with_canaries()
    X = pd.concat([X, X], ignore_index=True)
    arrays = []
    text = json.dumps(to_json(ENCODING_WORDS.pack(TableEncoder().fit(X)), arrays))
    content = b"".join(array.tobytes() for array in arrays)
    assert RARE["text"] in text
    assert np.float64(RARE["float"]).tobytes() in content


SCALARS = (
    pd.Timestamp("2024-07-01 12:00", tz="Europe/Berlin"),
    pd.Timestamp("2024-10-27 01:30", tz="UTC").tz_convert("Europe/Berlin"),  # twice
    *(pd.Timestamp(1, unit="ns"), pd.Timestamp(1).as_unit("s"), pd.Timedelta(5, "h")),
    *(pd.Period("2024-05", "M"), pd.Interval(0, 2.5, "left"), pd.NaT, pd.NA),
    *(
        np.float32(0.1),
        np.datetime64("NaT"),
        np.str_("a"),
        np.bool_(True),
        np.uint64(7),
    ),
    *(dt.date(2024, 2, 29), dt.timedelta(-1, 5), dt.time(1, 2, tzinfo=dt.UTC)),
    dt.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")),
    *(Decimal("1.50"), Fraction(1, 3), b"\x00a", uuid.UUID(int=5), 2**70),
    *(np.array(["a", "bcd"]), np.array([b"x"]), np.array(["é"], ">U3")),
    np.array(["2024-01-01", "NaT"], ">M8[s]"),
    np.array([[1, None], ["a", 2.5]], dtype=object),
    pd.Index([1.5, 2.5], name="width"),
    pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
    pd.DatetimeIndex(["2024-01-01", "2024-03-01"], name=5),
    pd.RangeIndex(3, 9, 2),
)


@pytest.mark.parametrize("value", SCALARS, ids=repr)
def test_scalars_come_back(value):
    again = there_and_again(FRAME_WORDS, value)
    assert type(again) is type(value) and repr(again) == repr(value)
    for name in ("dtype", "unit", "fold", "closed", "freqstr", "names"):
        assert getattr(again, name, None) == getattr(value, name, None)


# ---------------------------------------------------------------- parts of one model


def model_with(**parts):
    """A model of an encoder of numbers, of whose parts some are others."""
    encoder = fitted("numbers")
    head = make_head(encoder.layout)
    own = {"conditions": Conditions(), "density": None, "loss_curve": np.zeros((0, 2))}
    own["latents"] = LatentSampler(5, "normal", head.n_gumbel)
    networks = {"generator": None, "discriminator": None}
    return FittedGAN(encoder=encoder, seed=0, **networks, **own | parts)


def test_parts_of_one_model_are_told_from_others():
    labels = np.arange(120) % 3
    y = Conditions((label_condition(Labels(labels), labels),))
    learned = {name: other_examples()[name] for name in ("judge", "trees")}
    own = {"judge": learned["judge"], "refinement": learned["trees"], "conditions": y}
    check_parts(model_with())
    check_parts(model_with(**own))
    for rule, parts in (
        ("noise is as wide", own | {"latents": LatentSampler(5, "normal", 10**6)}),
        ("bins are those", own | {"conditions": Conditions()}),
        ("expanded rows", own | {"conditions": other_examples()["conditions"]}),
        ("labels have caps", {"refinement": other_examples()["network"]}),
    ):
        with pytest.raises(ValueError, match=rule):
            check_parts(model_with(**parts))
