"""The report as a page: its numbers are the report's own, beside those of real rows."""

import re

import numpy as np
import pandas as pd
import pytest
from html_tree import heights_of, parsed

from skgan.metrics import Report, evaluate, report_page
from skgan.metrics.figures import Figure, judgments
from skgan.metrics.panels import Panel, short

EVIL = "<script>alert('x')</script>"


def people(n, seed, wide=1.0):
    rng = np.random.default_rng(seed)
    income = np.exp(wide * rng.normal(size=n))
    income[rng.random(n) < 0.1 * wide] = np.nan
    names = [EVIL, "Jena & Co", "Bonn"]
    city = rng.choice(names, n, p=[0.5, 0.3, 0.2]).astype(object)
    city[:4] = "Hidden"  # of too few people to be named
    days = pd.Timestamp("2019-03-01") + pd.to_timedelta(rng.integers(0, 99, n), "D")
    return pd.DataFrame(
        {"income": income, EVIL: city, "since": days, "age": rng.integers(18, 90, n)}
    )


TRAIN, TEST, LOOSE = people(300, 0), people(300, 1), people(300, 2, 2.0)


@pytest.fixture(scope="module")
def other():
    return evaluate(TRAIN, TEST, TEST[::-1])


@pytest.fixture(scope="module")
def report(other):
    found = evaluate(TRAIN, TEST, LOOSE)
    found.unrefined = other
    return found


@pytest.fixture(scope="module")
def tree(report):
    return parsed(report.to_html())


# Where the line of a figure ends; those of errors at five times what real rows get
TOPS = {"nearer to training rows, %": 100.0, "equal to a training row, %": 100.0}


def test_all_figures_are_in_the_table(report, tree):
    _, *lines = tree.every("table", "figures")[0].every("tr")
    for line, f, other in zip(
        lines, report.figures, report.unrefined.figures, strict=True
    ):
        own, unrefined, real, verdict = (entry.text for entry in line.every("td"))
        first = line.every("th")[0].text
        assert first == f"{f.measure} {report_page.BEST[f.better]}"
        ends = f"{f.low:.3f} to {f.high:.3f}"
        assert own == f"{f.value:.3f}{ends}" and unrefined == f"{other.value:.3f}"
        ends = "" if np.isnan(f.real_low) else f"{f.real_low:.3f} to {f.real_high:.3f}"
        assert real == f"{f.real:.3f}{ends}"
        assert verdict == f.judgment
        assert line.every("span")[0].attributes["class"] == f"verdict {f.verdict}"
        marks = [part.attributes for part in line.every("i")]
        top = TOPS.get(f.measure, 1.0)
        top = 5 * f.real if f.measure.endswith("error, %") else top
        for name, value in (("real", f.real), ("synthetic", f.value)):
            (style,) = (m["style"] for m in marks if m["class"] == f"mark {name}")
            assert style == f"left:{100 * min(max(value / top, 0), 1):.2f}%"


@pytest.mark.parametrize(("measure", "top"), TOPS.items())
def test_lines_of_shares_end_where_shares_do(measure, top):
    figure = Figure(measure, 3.0, 1.0, 5.0, 2.0, 1.0, 3.0, "lower", "good")
    assert report_page.top_of(figure) == top


def test_keys_name_the_colors_of_marks_and_bars(tree):
    keys = [
        dict(zip([i.attributes["class"] for i in key.every("i")], words, strict=True))
        for key in tree.every("small", "key")
        for words in [[part for part in key.parts if isinstance(part, str)]]
    ]
    marks = {"synthetic": "synthetic rows", "held-out": "real rows, and their interval"}
    assert keys[:2] == [marks, report_page.SERIES]


def test_first_it_says_what_the_printed_report_says(report, tree):
    said = [part.text for part in tree.every("p")]
    own = judgments(report.figures)
    assert len(own) > 1 and own[0][0] == "As good as real rows:"
    expected = [f"{lead} {found}" for lead, found in own] + report.remarks
    assert said[: len(expected)] == expected
    lines = report.words.splitlines()
    assert [line for line in lines if line in said] == expected


def test_what_is_near_but_worse_by_more_than_chance_reads_alike_in_both():
    values = (0.80, 0.79, 0.81, 0.92, 0.91, 0.93), (0.97, 0.96, 0.98, 0.975, 0.96, 0.99)
    names = "two-sample score, held-out rows", "precision"
    figures = [
        Figure(name, *own, "higher", "good")
        for name, own in zip(names, values, strict=True)
    ]
    report = Report(figures, {}, {}, [], (2_000, 2_000, 2_000), [])
    words = (
        "As good as real rows: plausible rows.",
        "Good, yet worse than real rows by more than chance: rows beside held-out "
        "(0.800, real rows 0.920).",
    )
    tree = parsed(report.to_html())
    assert [part.text for part in tree.every("p")[:2]] == [*words]
    assert report.words.splitlines()[:2] == [*words]
    verdicts = [span.text for span in tree.every("span", "verdict good")]
    assert verdicts == ["good, yet worse", "good"]
    printed = [line.split("  ")[-1] for line in str(report).splitlines()[1:3]]
    assert printed == verdicts


def test_histograms_are_those_of_the_tables(report, tree):
    cards = {card.every("h3")[0].text: card for card in tree.every("section")}
    assert [*cards] == [panel.name for panel in report.panels]
    assert set(cards) == {"income", EVIL, "since", "age"}
    (panel,) = (panel for panel in report.panels if panel.name == "income")
    top = 1.5 * panel.shares[:2].max()
    for name, table in (("training", TRAIN), ("held-out", TEST), ("synthetic", LOOSE)):
        values = table["income"].dropna().clip(*panel.bins[[0, -1]])
        counts = np.histogram(values, panel.bins)[0]
        shares = 100 * counts / counts.sum()
        if name != "synthetic":
            shares[counts < 5] = 0
        (path,) = cards["income"].every("path", name)
        expected = shares.clip(max=top)
        np.testing.assert_allclose(heights_of(path, top), expected, atol=0.01)
    missing = [100 * table["income"].isna().mean() for table in (TRAIN, TEST, LOOSE)]
    (line,) = cards["income"].every("li")
    assert line.text == "missing" + " / ".join(f"{m:.1f}" for m in missing) + " %"
    lengths = [i.attributes["style"] for i in line.every("i")]
    assert lengths == [f"width:{m:.2f}%" for m in missing]
    error, real = (
        errors["income"] for errors in (report.shape_errors, report.real_shape_errors)
    )
    words = f"error {error:.1f} %, held-out rows {real:.1f} %"
    importances = {part.column: part.importance for part in report.telling_ranges}
    assert 0.5 < importances["income"] < 1
    words += f"; {round(100 * importances['income'])} % of what a detector uses"
    assert cards["income"].every("small")[0].text == words
    ends = [end.text for end in cards["age"].every("div", "ends")[0].every("small")]
    assert all(18 <= int(end) <= 90 for end in ends)
    ends = [end.text for end in cards["since"].every("div", "ends")[0].every("small")]
    assert "2019-03-01" <= ends[0] < "2019-03-20" < "2019-05-20" < ends[1] < "2019-07"


def test_classes_have_bars_and_few_people_no_name(report, tree):
    (card,) = (c for c in tree.every("section") if c.every("h3")[0].text == EVIL)
    lines = [line.text for line in card.every("li")]
    for name in ("Bonn", "Jena & Co", EVIL[:23] + "…"):
        value = EVIL if name.startswith("<") else name
        shares = [100 * (t[EVIL] == value).mean() for t in (TRAIN, TEST, LOOSE)]
        assert name + " / ".join(f"{s:.1f}" for s in shares) + " %" in lines
    assert any(line.startswith("(1 other)1.3 / 1.3 / 1.3") for line in lines)
    assert "Hidden" not in report.to_html()


def test_pairs_beside_those_of_real_rows(report, tree):
    lines = tree.every("ul", "bars")[-1].every("li")
    worst = sorted(report.trend_errors.items(), key=lambda pair: -pair[1])[:10]
    top = 5 * np.mean([*report.real_trend_errors.values()])  # real rows decide
    assert top > max(report.real_trend_errors.values())
    for line, (pair, error) in zip(lines, worst, strict=True):
        real = report.real_trend_errors[pair]
        names = " with ".join(short(name) for name in pair)
        assert line.text == f"{names}{real:.1f} / {error:.1f} %"
        boxes = {i.attributes["class"]: i.attributes["style"] for i in line.every("i")}
        for name, length in (("held-out", real), ("synthetic", error)):
            assert boxes[name] == f"width:{100 * min(length / top, 1):.2f}%"


def test_of_many_pairs_the_ten_worst_are_shown():
    figure = Figure("coverage", *[np.nan] * 6, "higher", "off")
    trends = {(i, j): float(i + 7 * j) for j in range(6) for i in range(j)}
    report = Report([figure], {}, trends, [], (9, 9, 9), [], real_errors=({}, trends))
    lines = parsed(report.to_html()).every("ul", "bars")[-1].every("li")
    worst = sorted(trends, key=trends.get)[:4:-1]
    names = [line.every("span")[0].text for line in lines]
    assert names == [f"{i} with {j}" for i, j in worst] and len(names) == 10


def test_attacks_are_in_a_table(report, tree):
    _, *lines = tree.every("table")[1].every("tr")
    for line, f in zip(lines, report.membership.figures, strict=True):
        texts = [entry.text for entry in line.every("td")]
        assert line.every("th")[0].text == f.attack and texts[0] == f.rows
        assert texts[1] == f"{f.auc:.3f}{f.auc_low:.3f} to {f.auc_high:.3f}"
        assert texts[2] == f"{f.at_1:.1f}{f.at_1_low:.1f} to {f.at_1_high:.1f}"
        assert texts[3] == f"{f.at_10:.1f}{f.at_10_low:.1f} to {f.at_10_high:.1f}"


def test_one_file_without_a_network_and_a_notebook(report, tree, tmp_path):
    text = report.to_html()
    assert not re.search(r"https?:|//|url\(|@import|<script|<link|<img", text)
    assert (
        tree.every("script") == [] and tree.every("title")[0].text == report_page.TITLE
    )
    assert report.to_html(tmp_path / "a.html") is None
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == text
    part = report._repr_html_()
    assert part in text and part.startswith('<div class="skgan"><style>')
    parsed(part)
    (entries,) = (e.text for e in tree.every("dl"))
    assert "held-out rows300" in entries and "seed0" in entries


def test_two_reports_on_one_table_have_the_same_scales(report, other):
    """Real rows are drawn alike, whatever the synthetic ones are."""
    for own, its in zip(report.figures, other.figures, strict=True):
        assert report_page.top_of(own) == report_page.top_of(its)
    panels = {panel.name: panel for panel in other.panels}
    for panel in report.panels:
        its = panels[panel.name]
        if not panel.is_of_classes:
            np.testing.assert_array_equal(panel.bins, its.bins)
        assert panel.shares[:2].max() == its.shares[:2].max()


def test_pages_of_little(tmp_path):
    """One column, no attacks, no interval, a lone surrogate and no present number."""
    figure = Figure("coverage", *[np.nan] * 6, "higher", "off")
    empty = Panel("\ud800", np.array([0.0, 1.0]), np.zeros((3, 1)), np.full(3, 100.0))
    real = ({"\ud800": 0.0}, {})
    sizes = 1_100, 10, 9
    own = {"real_errors": real, "panels": [empty], "random_state": 7}
    lone = Report([figure], real[0], {}, [], sizes, [], **own)
    lone.to_html(tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<h3>&#55296;</h3>" in text
    tree = parsed(text)
    assert len(tree.every("table")) == 1
    entries = [part.text for part in tree.every("dl")[0].every("dd")]
    assert entries[:4] == ["1,100", "10", "9", "7"]
    assert tree.every("td")[0].text == "nan"


@pytest.mark.parametrize(
    ("bins", "unit", "ends"),
    [
        ([0.5, 3.5, 9.5], "", ["1", "9"]),
        ([-0.25, 12.125], "hours", ["-0.25 hours", "12.1 hours"]),
        ([-1234.0, 5e12], "", ["-1,234", "5e+12"]),
        ([17955.5, 17985.5], "date", ["2019-03-01", "2019-03-30"]),
    ],
)
def test_ends_of_bins_are_written_in_their_unit(bins, unit, ends):
    panel = Panel("", np.array(bins), np.zeros((3, len(bins) - 1)), np.zeros(3), unit)
    assert report_page.ends_of(panel) == ends
