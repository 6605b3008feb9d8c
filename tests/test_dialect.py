"""How a text file writes a table: encoding, separator, a line of names."""

import bz2
import gzip
import lzma

import numpy as np
import pytest

from skgan.cli.csv import has_spaces, parse_csv
from skgan.cli.dialect import (
    Dialect,
    dialect_of,
    encoding_of,
    line_of_names,
    separator_of,
    unpacked,
)
from skgan.cli.tables import Source

TEXT = "age;town\n" + "34;Köln\n" * 3


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(codec):
    content = TEXT.encode(codec)
    assert encoding_of(content) == codec
    assert dialect_of(content) == (codec, ";", True, False, False)
    assert dialect_of(content.replace(b"\n", b"\r\n")).sep == ";" or codec == "utf-16"


def test_what_is_given_is_not_looked_for():
    found = dialect_of(b"a;b,c\n1;2,3\n", "ascii", ",", False)
    assert found == ("ascii", ",", False, False, False)
    assert str(found) == "separator ',', ascii, no line of names"
    assert str(dialect_of(TEXT.encode("cp1252"))) == "separator ';', Windows-1252"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line", ["sep=|", "SEP=|\r", '"sep=|"'])
def test_a_line_for_excel_names_the_separator(line, codec):
    """A semicolon divides the lines, too."""
    content = f"{line}\na;b|c\n1;2|3\n4;5|6\n".encode(codec)
    found = dialect_of(content)
    assert found == (codec, "|", True, True, False)
    assert "separator '|', " in str(found) and "first line 'sep=' skipped" in str(found)
    table = parse_csv(content, found, "excel.csv")
    assert list(table) == ["a;b", "c"] and table["c"].tolist() == ["3", "6"]
    assert parse_csv(content, found._replace(has_names=False), "").iloc[0, 1] == "c"
    assert dialect_of(content, sep=";")[1:] == (";", True, True, False)


def test_a_column_may_have_the_name_of_that_line():
    found = dialect_of(b"sep=1;b\n1;2\n")
    assert found == ("utf-8", ";", True, False, False)


def test_what_is_no_text():
    for content, encoding, words in [
        (b"\x81;1", None, "is no text in UTF-8 or Windows-1252: give --encoding"),
        ("Köln".encode(), "ascii", "is no text in ascii: 'ascii' codec"),
        ("a;b".encode("utf-16-le"), None, "is no text in UTF-8$"),
    ]:
        with pytest.raises(ValueError, match=words):
            dialect_of(content, encoding)


@pytest.mark.parametrize("library", [gzip, bz2, lzma])
def test_packed_files_are_known_by_their_first_bytes(library):
    assert unpacked(library.compress(b"a,b\n")) == b"a,b\n"
    assert unpacked(b"a,b\n") == b"a,b\n"


@pytest.mark.parametrize(
    ("text", "sep"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n3,5;4\n", ";"),
        ("1,5;2,5;3,5\n" * 30, ";"),
        ("a\tb\n1, x\t2\n", "\t"),
        ("id|note\n1|a, b\n2|c\n", "|"),
        ("day,time\n2020-01-31,10:20\n", ","),
        ('a,b\n"1;2;3",4\n"1;2",5\n', ","),
        ('a,b\n"x\ny",4\n"z;w",5\n', ","),
        ("note\nof ships\nand sealing wax\n", ","),
        ("a,b,c\n1,2,3\n1,2,3\n;;,2,3\n", ","),
        ("", ","),
    ],
)
def test_the_separator_is_found(text, sep):
    assert separator_of(text.splitlines(keepends=True)) == sep


def rows_below(first, *columns):
    """Rows of some columns of values, below a first one."""
    return [first, *map(list, zip(*(np.resize(c, 40) for c in columns), strict=True))]


AGES = [str(age) for age in range(20, 60)]
TOWNS = ["Bonn", "Jena"]
NAMES = [f"Anna{'abcdefghij'[i % 10]}{'klmn'[i // 10]}" for i in range(40)]


@pytest.mark.parametrize(
    ("rows", "has_names"),
    [
        (rows_below(["34", "Jena"], AGES, TOWNS), False),
        (rows_below(["age", "town"], AGES, TOWNS), True),
        (rows_below(["34", "Rom"], AGES, TOWNS), True),  # no value of its column
        (rows_below(["64", "Jena"], AGES, TOWNS), True),  # beyond the others
        (rows_below(["19", "Jena"], AGES, TOWNS), False),  # rows are counted
        (rows_below(["34", "Jena"], AGES, TOWNS)[:20], None),  # too few to tell
        (rows_below(["Ulm", "Jena"], NAMES, TOWNS)[:9], None),
        (rows_below(["20", "21"], AGES, AGES)[:9], None),
        (rows_below(["34", "town"], AGES, AGES)[:9], True),  # a text above numbers
        (rows_below(["34", "Peter"], AGES, NAMES), False),  # a name is new, anyhow
        (rows_below(["Anna", "Peter"], NAMES, NAMES), None),
        (rows_below(["Anna", "Peter", "34"], NAMES, NAMES, AGES), None),
        (rows_below(["20", "21"], AGES, AGES), True),  # they count on
        (rows_below(["20", "40", "60"], *[[*AGES, "99"]] * 3), True),
        (rows_below(["20", "21"], AGES, AGES[::-1])[1:], True),
        (rows_below(["25", "25"], AGES, AGES), False),
        (rows_below(["1,5", "x"], ["1,25", "2,5"], ["x", "y"]), False),
        (rows_below(["", "34"], AGES, AGES), False),  # half of them say so
        (rows_below(["", "", "34"], AGES, AGES, AGES), None),
        (rows_below(["a"], [""]), None),
        ([], None),
    ],
)
def test_a_line_of_names_is_missing_only_with_evidence(rows, has_names):
    """None where nobody can tell: then it is taken for one, which is no sure thing."""
    expected = (True, False) if has_names is None else (has_names, True)
    assert line_of_names(rows) == expected


def test_years_are_names():
    rows = rows_below(["2019", "2020", "2021"], *[["1", "5000"]] * 3)
    assert line_of_names(rows) == (True, True)


def test_columns_without_names_are_numbered_from_1():
    content = b"1,2\n3,4\n"
    table = parse_csv(content, Dialect("utf-8", ",", False), "bare.csv")
    assert list(table) == ["column_1", "column_2"]
    assert table["column_2"].tolist() == ["2", "4"]


def test_a_column_without_a_name_stays_so():
    """As pandas and R write their indices."""
    content = b',"a b",2\n0,1,2\n1,3,4\n'
    table = parse_csv(content, Dialect("utf-8", ",", True), "index.csv")
    assert list(table) == ["", "a b", "2"]
    assert table[""].tolist() == ["0", "1"]


def test_spaces_between_values_are_hinted_at():
    """They are no separator that is looked for: most texts have some."""
    hint = r"If spaces stand between values, give --sep ' '\.$"
    for content in (b"a b\n1,5 2\n1,5 2\n", b"a b\n1 2\n1,5 2\n"):
        with pytest.raises(ValueError, match=hint):
            parse_csv(content, Dialect("utf-8", ",", True), "a.dat")
    with pytest.raises(ValueError, match="line 3, saw 3$"):
        parse_csv(b"a b,c\n1,2\n1,2,3\n", Dialect("utf-8", ",", True), "a.dat")
    with pytest.raises(ValueError, match="than there are names.$"):
        parse_csv(b"A title\n1,2\n1,2\n", Dialect("utf-8", ",", True), "a.dat")
    for content, found in [
        (b"a b\n1 2\n3 4\n", True),
        (b"note\n1 2\n3 4\n", False),
        (b"a b\n1 2\n3\n", False),
        (b"a\n1\n", False),
        (b"a b,c\n1 2,3\n", False),
    ]:
        dialect = Dialect("utf-8", ",", True)
        table = parse_csv(content, dialect, "a.dat")
        assert has_spaces(table) == found
        said = str(Source(table, dialect, "."))
        assert said.endswith(", spaces in all lines (--sep ' '?)") == found
