"""Dates, times and numbers that stand as text are learned, and written back alike."""

import re
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgan import GANGenerator
from skgan.encoding import TableEncoder, read_table
from skgan.encoding.frames import find_format
from skgan.metrics import column_shape_error, train_on_synthetic_score

RNG = np.random.default_rng(0)
N = 400
STAMPS = [
    datetime(1990, 1, 1) + timedelta(int(day), 900 * int(quarter))
    for day, quarter in zip(
        RNG.integers(0, 12_000, N), RNG.integers(0, 96, N), strict=True
    )
]
SUMS = RNG.lognormal(7, 1.5, N)


def european(number):
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


DATES = {
    "%d %b %Y": [f"{t.day} {t:%b %Y}" for t in STAMPS],
    "%A, %d %B %Y": [f"{t:%A, %d %B %Y}" for t in STAMPS],
    "%Y-%m-%dT%H:%M:%S+02:00": [f"{t:%Y-%m-%dT%H:%M:%S}+02:00" for t in STAMPS],
    "%Y-%m-%d %H:%M:%S +0200": [f"{t:%Y-%m-%d %H:%M:%S} +0200" for t in STAMPS],
    "%Y-%m-%dT%H:%MZ": [f"{t:%Y-%m-%dT%H:%MZ}" for t in STAMPS],
    "%Y-%m-%d %H:%M:%S.%f": [f"{t:%Y-%m-%d %H:%M:%S}.{7 * t.day:03}" for t in STAMPS],
    "%m/%d/%y %I %p": [
        f"{t.month}/{t.day}/{t:%y} {t.hour % 12 or 12} {'AP'[t.hour > 11]}M"
        for t in STAMPS
    ],
    "%Y-%m-%d": [f"{t:%Y-%m-%d}" for t in STAMPS],
    "%d/%m/%Y": [f"{t:%d/%m/%Y}" for t in STAMPS],
    "%m/%d/%Y": [f"{t:%m/%d/%Y}" for t in STAMPS],
    "%d.%m.%Y %H:%M": [f"{t:%d.%m.%Y %H:%M}" for t in STAMPS],
    "%b %d, %Y": [f"{t:%b} {t.day}, {t.year}" for t in STAMPS],
    "%d-%b-%y": [f"{t:%d-%b-%y}".upper() for t in STAMPS],
    "%a %d %b %Y, %H:%M": [
        f"{t:%a} {t.day} {t:%b %Y}, {t.hour}:{t:%M}".lower() for t in STAMPS
    ],
    "%Y-%m-%d %H:%M:%S,%f": [f"{t:%Y-%m-%d %H:%M:%S},{7 * t.day:03}" for t in STAMPS],
    "%Y%m%d": [f"{t:%Y%m%d}" for t in STAMPS],
    "%Y%m%d%H%M%S": [f"{t:%Y%m%d%H%M%S}" for t in STAMPS],
    "%Y%m": [f"{t:%Y%m}" for t in STAMPS],
    "%Y-%m": [f"{t:%Y-%m}" for t in STAMPS],
    "%H:%M": [f"{t:%H:%M}" for t in STAMPS],
    "%I:%M %p": [f"{t.hour % 12 or 12}:{t:%M %p}" for t in STAMPS],
    "%I:%M%p": [f"{t:%I:%M%p}".lower() for t in STAMPS],
}
NUMBERS = {
    "9.281,00": [european(x) for x in SUMS],
    "9.281,00 €": [f"{european(x)} €" for x in SUMS],
    "1,000": [f"{int(x):,}" for x in SUMS],
    "1 000 000": [f"{int(1e3 * x):,}".replace(",", " ") for x in SUMS],
    "$1,000.00": [f"${x:,.2f}" for x in SUMS],
    "-$1,000.00": [f"{'-' if x < 0 else ''}${abs(x):,.2f}" for x in SUMS - 1_000],
    "$-1,000.00": [f"${x:,.2f}" for x in SUMS - 1_000],
    "1'000.00": [f"{x:,.2f}".replace(",", "'") for x in SUMS],
    "1 000.00": [f"{x:,.2f}".replace(",", " ") for x in SUMS],
    "1 000,00": [european(x).replace(".", " ") for x in SUMS],
    "1 000,00 of print": [european(x).replace(".", "\u00a0") for x in SUMS],
    "1 000,00 of France": [european(x).replace(".", "\u202f") for x in SUMS],
    "1_000": [f"{int(x):_}" for x in SUMS],
    "+1.5": [f"{x:+.1f}" for x in SUMS - 1_000],
    "5 %": [f"{int(x) % 100} %" for x in SUMS],
    "75 kg": [f"{int(x)} kg" for x in SUMS],
    "1.25": [
        f"{round(x, i % 3):.2f}".rstrip("0").rstrip(".") for i, x in enumerate(SUMS)
    ],
    "1.0": [
        f"{round(x, i % 3)}" if i % 3 else f"{int(x)}.0" for i, x in enumerate(SUMS)
    ],
    "1234": [f"{int(1_000 * x)}" for x in SUMS],
}
OTHERS = {
    "telephone": [f"+49{int(1e5 * x)}" for x in SUMS],
    "postcodes": [f"{int(x) % 100_000:05}" for x in SUMS],
    "names": [f"person {i}" for i in range(N)],
    "orders": [f"ORD-{i}" for i in range(N)],
    "versions": [f"{i % 9}.{i % 11}.{i % 30}" for i in range(N)],
    "addresses": [f"10.{i % 7}.{i % 256}.{i % 250}" for i in range(N)],
    "codes that repeat": [f"{i % 30}" for i in range(N)],
    "hexadecimal": [f"{977 * i:x}" for i in range(N)],
    "quarters": [f"{t.year}-Q{1 + t.month // 4}" for t in STAMPS],
    "half-years": [f"{1 + t.month // 7}/{t.year}" for t in STAMPS],
    "two formats": [*DATES["%Y-%m-%d"][:200], *DATES["%d.%m.%Y %H:%M"][200:]],
}
LIBRARIES = {
    "pandas": pd.DataFrame,
    "objects": lambda data: pd.DataFrame(data).astype(object),
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
    "array": lambda data: np.array(data["x"])[:, None],
}


def built(X, shift=0.01):
    """The rows that an encoder builds beside the training rows."""
    encoder = TableEncoder().fit(X)
    encoded = encoder.encode(encoder.read(X), np.random.default_rng(0))
    encoded[:, len(encoder.layout.class_sizes) :] += shift
    rows = encoder.build(encoded, np.random.default_rng(0))
    return encoder, rows[:, 0].tolist() if isinstance(rows, np.ndarray) else [
        *map(str, np.asarray(rows["x"]))
    ]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", [*DATES, *NUMBERS])
def test_texts_come_back_exactly(name, library):
    texts = {**DATES, **NUMBERS}[name]
    X = LIBRARIES[library]({"x": texts})
    columns, schema = read_table(X)
    assert columns[0].content == "number" and columns[0].is_whole
    assert not columns[0].is_text and not columns[0].missing.any()
    back = schema.build([columns[0].values], [None])
    back = back[:, 0] if library == "array" else back["x"]
    assert [*map(str, np.asarray(back))] == texts
    assert type(back) is type(X[:, 0] if library == "array" else X["x"])


@pytest.mark.parametrize("name", DATES)
def test_new_dates_are_between_the_others(name):
    texts = DATES[name]
    encoder, rows = built(pd.DataFrame({"x": texts}))
    assert encoder.identifier_names_ == []
    what = "times" if "%Y" not in name and "%y" not in name else "dates"
    what = "months" if what == "dates" and "%d" not in name else what
    assert encoder.describe().columns == [("x", f"{what} as {name!r}")]
    parsed = [pd.to_datetime(values, format=name) for values in (texts, rows)]
    assert parsed[0].min() <= parsed[1].min() and parsed[1].max() <= parsed[0].max()
    shape = re.sub(r"\d+", "0", texts[0])
    assert {re.sub(r"\d+", "0", text) for text in rows} <= {
        re.sub(r"\d+", "0", text) for text in texts
    } or not re.fullmatch(r"[\d\W]+", shape)
    if "%d" in name:  # a day has few quarter hours, and all are here
        assert len({*rows} - {*texts}) > 10


@pytest.mark.parametrize("name", NUMBERS)
def test_new_numbers_are_between_the_others(name):
    texts = NUMBERS[name]
    _, rows = built(pd.DataFrame({"x": texts}))
    mark = "," if ",00" in name and ",000" not in name else "."

    def numbers(values):
        plain = (re.sub(rf"[^\d+{mark}-]", "", text) for text in values)
        return np.array([float(text.replace(",", ".")) for text in plain])

    old, new = numbers(texts), numbers(rows)
    assert old.min() <= new.min() and new.max() <= old.max()
    assert np.abs(np.log(np.median(np.abs(new)) / np.median(np.abs(old)))) < 0.1
    units = [[re.sub(r"[\d.,+\-'_\s]+", "", t) for t in some] for some in (rows, texts)]
    assert units[0] == units[1]


@pytest.mark.parametrize("name", OTHERS)
def test_what_stays_text(name):
    (column,), _ = read_table(pd.DataFrame({"x": OTHERS[name]}))
    assert column.content == "category" and column.is_text


def test_all_values_decide_what_stands_first():
    """One day above the twelfth tells; where none does, that is said."""
    early = [f"{1 + t.day % 12:02}/{t:%m/%Y}" for t in STAMPS]
    for texts, expected in (
        (early, "dates as '%d/%m/%Y' (day first, though both would do)"),
        ([*early, "13/01/2000"], "dates as '%d/%m/%Y'"),
        ([*early, "01/13/2000"], "dates as '%m/%d/%Y'"),
    ):
        encoder, _ = built(pd.DataFrame({"x": texts}))
        assert encoder.describe().columns == [("x", expected)]


def test_few_other_texts_are_missing_or_stand_for_it():
    texts = [*DATES["%Y-%m-%d"][:-8], *["unknown"] * 8]
    _, rows = built(pd.DataFrame({"x": texts}))
    assert rows.count("unknown") == 8 and not set(rows[-8:]) - {"unknown"}
    odd = [*DATES["%Y-%m-%d"][:-3], "soon", "31 Feb", "?"]
    (column,), schema = read_table(pd.DataFrame({"x": odd}))
    assert column.missing.tolist() == [False] * (N - 3) + [True] * 3
    back = schema.build([column.values], [column.missing])["x"]
    assert back.isna().sum() == 3
    (column,), schema = read_table(pd.DataFrame({"x": [*texts, None, None]}))
    assert column.missing.sum() == 10
    back = schema.build([column.values], [column.missing])["x"]
    assert back[-10:].isna().all(), "what is missing in training stays so"


@pytest.mark.parametrize("name", ["%Y-%m-%d", "%Y%m%d", "9.281,00", "1234"])
@pytest.mark.parametrize("code", ["", "-", "n/a", "0000-00-00", "99999999"])
def test_one_text_of_many_rows_stands_for_a_missing_value(name, code):
    values = {**DATES, **NUMBERS}[name]
    texts = [code if i % 3 else value for i, value in enumerate(values)]
    (column,), schema = read_table(pd.DataFrame({"x": texts}))
    if name in NUMBERS and code == "99999999":
        assert column.content == "category", "it is a number, too"
        return
    assert column.content == "number"
    assert column.missing.tolist() == [text == code for text in texts]
    back = schema.build([column.values], [column.missing])["x"]
    assert back.tolist() == texts
    (column,), _ = read_table(pd.DataFrame({"x": [*texts, None]}))
    is_plain = (name, code) == ("%Y%m%d", "99999999")
    assert column.content == "category" or is_plain, "two of them are too many"


@pytest.mark.parametrize("n_others", [1, 4, 5])
def test_beside_few_texts_a_frequent_one_is_a_class(n_others):
    """The two incomes of Adult are no number and a missing value."""
    texts = [f">{50 + k}K" for k in range(n_others)]
    (column,), _ = read_table(pd.DataFrame({"x": ["<=50K"] * 121 + texts * 24}))
    assert column.content == ("category" if n_others < 5 else "number")


def test_the_most_frequent_other_text_stands_for_a_missing_value():
    texts = [*DATES["%Y-%m-%d"][:-15], *"abcdef", *["unknown"] * 6, *["0"] * 3]
    (column,), schema = read_table(pd.DataFrame({"x": texts}))
    back = schema.build([column.values], [column.missing])["x"]
    assert back[-15:].tolist() == ["unknown"] * 15


def test_rows_are_counted_and_not_texts():
    """Few texts that most rows have are no format, however many others there are."""
    days = [f"{day:02}.01.2020" for day in range(1, 31)]
    for n_rows, content in ((1, "number"), (2, "category")):
        texts = [*days * 2, *["early"] * n_rows, *["late"] * n_rows, *["?"] * n_rows]
        (column,), _ = read_table(pd.DataFrame({"x": texts}))
        assert column.content == content


def test_codes_of_digits_repeat():
    for n_codes, content in ((190, "category"), (210, "number")):
        texts = [f"{1_000 + 37 * (i % n_codes)}" for i in range(N)]
        (column,), _ = read_table(pd.DataFrame({"x": texts}))
        assert column.content == content


@pytest.mark.parametrize(("n_rows", "content"), [(19, "category"), (20, "number")])
def test_few_texts_may_look_alike_by_chance(n_rows, content):
    (column,), _ = read_table(pd.DataFrame({"x": NUMBERS["9.281,00"][:n_rows]}))
    assert column.content == content


def test_of_two_orders_clocks_of_twelve_hours_tell():
    early = [f"{1 + t.day % 12:02}/{t:%m/%Y %I:%M %p}" for t in STAMPS]
    expected = "'%m/%d/%Y %I:%M %p' (month first, though both would do)"
    encoder, _ = built(pd.DataFrame({"x": early}))
    assert encoder.describe().columns == [("x", f"dates as {expected}")]


def test_a_short_name_that_is_a_whole_one():
    texts = [f"{t.day} May {t.year}" for t in STAMPS]
    encoder, _ = built(pd.DataFrame({"x": texts}), shift=0)
    assert encoder.describe().columns == [("x", "dates as '%d %b %Y'")]


def test_few_numbers_may_be_written_otherwise():
    """They are read, and come back as most others are written."""
    odd = ["2.5e-1", "0.50", "7", "1,5", "00.75"]
    texts = [*(f"{x:.1f}" for x in SUMS), *odd]
    (column,), schema = read_table(pd.DataFrame({"x": texts}))
    assert column.missing.tolist() == [False] * (N + 3) + [True, False]
    back = schema.build([column.values], [column.missing])["x"].tolist()
    assert back[: N + 3] == [*texts[:N], "0.2", "0.5", "7.0"]


def test_numbers_of_too_many_digits_stay_text():
    texts = [f"{x:.15f}" for x in 1e4 * SUMS]
    (column,), _ = read_table(pd.DataFrame({"x": texts}))
    assert column.content == "category"
    texts = [f"{x:.9f}" for x in SUMS] + [f"{10**15 + i}" for i in range(3)]
    (column,), _ = read_table(pd.DataFrame({"x": texts}))
    assert column.content == "category", "or the largest would be lost"


def test_rows_to_score_are_read_by_the_training_format():
    X = pd.DataFrame({"x": DATES["%d/%m/%Y"], "y": RNG.normal(size=N)})
    gan = GANGenerator(max_iter=5, hidden_layer_sizes=(16,), random_state=0).fit(X)
    rows = gan.sample(50, random_state=0)
    assert (
        rows.dtypes.equals(X.dtypes)
        and rows["x"].str.fullmatch(r"\d\d/\d\d/\d{4}").all()
    )
    whole = gan.score_samples(X)
    assert np.isfinite(whole).all()
    np.testing.assert_allclose(gan.score_samples(X[:3]), whole[:3])
    stamps = X.assign(x=pd.to_datetime(X["x"], format="%d/%m/%Y"))
    np.testing.assert_allclose(gan.score_samples(stamps), whole)


def test_measures_read_dates_as_dates():
    X = pd.DataFrame({"x": DATES["%d %b %Y"]})
    late = X.assign(x=X["x"].str[:-4] + (X["x"].str[-4:].astype(int) + 40).astype(str))
    assert column_shape_error(X, late) > 90
    assert column_shape_error(X, X[::-1]) == 0


def test_utility_of_two_incomes():
    """A model learns them: neither stands for a missing value."""
    age = RNG.integers(18, 90, 600)
    income = np.where(age > 50, ">50K", "<=50K")
    table = pd.DataFrame({"age": age, "income": income})
    score = train_on_synthetic_score(table[:200], table[200:400], table[400:], "income")
    assert min(score.real, score.synthetic) > 0.99


def test_keys_that_stand_as_text():
    X = pd.DataFrame({"x": [f"#{i}" for i in RNG.permutation(N) + 1], "y": np.ones(N)})
    with pytest.warns(UserWarning, match="Keys, which count rows, in column"):
        _, rows = built(X)
    assert rows == [f"#{i}" for i in range(401, 801)]


def test_descriptions_tell_what_was_read_as_what():
    table = pd.DataFrame(
        {
            "id": np.arange(N),
            "name": OTHERS["names"],
            "city": RNG.choice(["a", "b", None], N),
            "code": pd.Series(RNG.integers(30, size=N)),
            "sum": NUMBERS["9.281,00"],
            "born": pd.to_datetime(DATES["%Y-%m-%d"]),
            "one": 1,
            "flag": RNG.random(N) < 0.5,
        }
    ).assign(twice=lambda t: 2 * t["code"])
    encoder = TableEncoder(identifiers=["id"], on_identifiers="generate")
    with pytest.warns(UserWarning, match="'name'"):
        described = encoder.fit(table).describe()
    assert described.columns == [
        ("id", "key, counted on in steps of 1"),
        ("name", "identifier, fresh text of the same pattern"),
        ("city", "categories of 2 values, or missing"),
        ("code", "numbers in steps of 1"),
        ("sum", "numbers as '1.234,50'"),
        ("born", "dates in steps of 1 day"),
        ("one", "one value"),
        ("flag", "true or false"),
        ("twice", "determined by others: 2 * code"),
    ]
    assert described.relations == ["twice is 2 * code"]
    assert str(described).splitlines()[4] == "sum    numbers as '1.234,50'"
    assert repr(described) == "<Description of 9 columns; print it>"
    dropped = TableEncoder(on_identifiers="drop").fit(table).describe()
    assert dropped.columns[1][1].endswith(", dropped")


ENDS = ["0001-01-01", "0999-12-31", "1969-12-31", "1970-01-01", "9999-12-31"]


@pytest.mark.parametrize("tail", ["", " 23:59:59", " 12:34:56.789012"])
def test_dates_of_all_years_come_back(tail):
    """A date far off is a code, as 9999-12-31 for "never", and none is cut off."""
    texts = [f"{text}{tail}" for text in [*ENDS * 20, *DATES["%Y-%m-%d"]]]
    encoder, rows = built(pd.DataFrame({"x": texts}), shift=0)
    assert encoder.describe().columns[0][1].startswith("dates as")
    assert rows[:100] == texts[:100]


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("%Y-%m-%d", ["0001-01-01", "9999-12-31"]),
        ("%d.%m.%Y %H:%M", ["01.01.0001 00:00", "31.12.9999 23:59"]),
        ("%Y-%m", ["0001-01", "9999-12"]),
        ("%H:%M", ["00:00", "23:59"]),
    ],
)
def test_the_ends_of_formats_are_those_of_calendars(name, ends):
    written = find_format(DATES[name], np.ones(N))
    low, high = written.limits
    assert [written.text(low), written.text(high)] == ends
    assert written.numbers(ends, exact=True) == [low, high]


def test_two_digits_are_of_the_years_from_1969_to_2068():
    (column,), _ = read_table(pd.DataFrame({"x": ["31.12.68", "31.12.69"] * 20}))
    years = (column.values.astype("M8[D]").astype("M8[Y]").astype(int) + 1970).tolist()
    assert years[:2] == [2068, 1969]


def test_stamps_beyond_64_bits_are_missing_or_text():
    stamps = [f"{day} 10:20:30.123456789" for day in DATES["%Y-%m-%d"]]
    late = [*stamps[:-9], *[f"2500{stamps[0][4:]}"] * 9]
    (column,), _ = read_table(pd.DataFrame({"x": late}))
    assert column.missing.tolist() == [False] * (N - 9) + [True] * 9
    (column,), _ = read_table(pd.DataFrame({"x": [f"{s}012" for s in stamps]}))
    assert column.content == "category"


def test_a_decimal_that_all_numbers_have_is_written_of_all():
    texts = [f"{i},{'5' if i % 2 else '25'}" for i in range(40)]
    written = find_format(texts, np.ones(40))
    assert [written.text(n) for n in (4_500, 4_550, 4_555)] == ["45,0", "45,5", "45,55"]
    whole = find_format([*texts, "45"], np.ones(41))
    assert whole.text(4_500) == "45" and whole.text(4_550) == "45,5"
