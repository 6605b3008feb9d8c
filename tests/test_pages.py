"""Elements of pages: escaped, whole, and as long as the numbers that they show."""

import re

import numpy as np
import pytest
from html_tree import heights_of, parsed

from skgan.pages import bars, element, fragment, histogram, page, table, track

EVIL = "<script>alert(\"1\" & '2')</script>"


def test_all_but_markup_is_escaped():
    whole = page(
        EVIL,
        element("p", EVIL, element("b", EVIL), title=EVIL),
        table([EVIL], [[EVIL, EVIL]]),
        histogram({"training": [1.0]}, 1, EVIL),
        bars([EVIL], {"training": [1.0]}, 1),
    )
    tree = parsed(whole)
    assert tree.every("script") == []
    texts = tree.every("title") + tree.every("p") + tree.every("b")
    texts += tree.every("th") + tree.every("td") + tree.every("span")
    n_found = [EVIL in node.text for node in texts].count(True)
    assert n_found == len(texts) - 1 == 7  # the number of a bar is none
    assert tree.every("p")[0].text == 2 * EVIL and tree.every("b")[0].text == EVIL
    assert tree.every("p")[0].attributes["title"] == EVIL
    assert tree.every("svg")[0].attributes["aria-label"] == EVIL
    assert whole.startswith("<!DOCTYPE html><html") and whole.count("<body") == 1


def test_a_fragment_brings_its_style_and_nothing_from_elsewhere():
    text = fragment(element("p", "a"))
    rules = re.findall(r"^(?!@)([^\s{}@][^{}]*)\{", text.partition("<style>")[2], re.M)
    assert rules and all(rule.startswith(".skgan") for rule in rules)
    assert not re.search(r"https?:|url\(|@import|<script|<link", page("a", text))


def test_bars_of_histograms_are_as_high_as_shares():
    shares = np.array([[0.0, 3.0, 7.0], [6.0, 20.0, 0.5]])
    text = histogram(dict(zip(("training", "synthetic"), shares, strict=True)), 10, "x")
    (svg,) = parsed(text).every("svg")
    assert svg.attributes["viewbox"] == "0 0 3 100"
    for name, own in zip(("training", "synthetic"), shares, strict=True):
        (path,) = svg.every("path", name)
        np.testing.assert_allclose(heights_of(path, 10), own.clip(max=10))


def test_bars_are_as_long_as_shares_and_say_them():
    text = bars(["a", "b"], {"training": [5.0, 40.0], "synthetic": [2.5, 0.0]}, 20)
    tree = parsed(text)
    boxes = [(i.attributes["class"], i.attributes["style"]) for i in tree.every("i")]
    assert boxes == [
        ("training", "width:25.00%"),
        ("synthetic", "width:12.50%"),
        ("training", "width:100.00%"),
        ("synthetic", "width:0.00%"),
    ]
    texts = [line.text for line in tree.every("li")]
    assert texts == ["a5.0 / 2.5 %", "b40.0 / 0.0 %"]


@pytest.mark.parametrize(
    ("own", "styles"),
    [
        ((0.5, 0.25, 0.75), ["left:25.00%;right:calc(100% - 75.00%)", "left:50.00%"]),
        ((2.0, np.nan, np.nan), ["left:100.00%"]),
        ((-1.0, -2.0, 0.5), ["left:0.00%;right:calc(100% - 50.00%)", "left:0.00%"]),
        ((np.nan, np.nan, np.nan), ["left:0.00%"]),
    ],
)
def test_marks_lie_where_values_are(own, styles):
    found = parsed(track(own, (0.8, 0.75, 1.0), 1.0)).every("i")
    marks = [(i.attributes["class"], i.attributes["style"]) for i in found]
    assert marks[:2] == [
        ("range real", "left:75.00%;right:calc(100% - 100.00%)"),
        ("mark real", "left:80.00%"),
    ]
    assert [style for _, style in marks[2:]] == styles
    assert marks[-1][0] == "mark synthetic"
