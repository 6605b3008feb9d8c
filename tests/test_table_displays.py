"""Pictures of tables: what they show, and whether it can be read."""

import datetime

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skgan.metrics import Report, column_shape_errors, column_trend_errors
from skgan.metrics.figures import Figure
from skgan.metrics.panels import short
from skgan.plotting import ColumnDisplay, ReportDisplay, TrendDisplay

RNG = np.random.default_rng(0)
DAYS = pd.Timestamp("2019-03-01") + pd.to_timedelta(
    RNG.integers(0, 4_000, 80), unit="D"
)
LONG = "$x_{$ is in a name as long as a sentence" + ", and longer" * 20


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def table(seed, n=200):
    rng = np.random.default_rng(seed)
    letters = rng.choice([f"country number {i}" for i in range(20)], n).astype(object)
    letters[: n // 10] = None
    number = rng.normal(size=n)
    number[: n // 5] = np.nan
    return pd.DataFrame(
        {
            "number": number,
            "whole": rng.integers(17, 90, n),
            LONG: rng.choice(["$a^{$", "", " x\ny"], n),
            "letters": letters,
            "since": DAYS[rng.integers(0, len(DAYS), n)],
            "truth": rng.random(n) < 0.3,
            "maybe": pd.array(np.where(rng.random(n) < 0.1, None, True), "boolean"),
            "one": 0.1,
            "none": np.nan,
            "silent": pd.Series([None] * n, dtype=object),
        }
    )


REAL, SYNTHETIC = table(0), table(1, 300)


def columns_of(real, synthetic, **options):
    display = ColumnDisplay.from_tables(real, synthetic, **options)
    return {panel.name: panel for panel in display.panels}


def texts_of(figure):
    """Boxes of all texts that show, by axes."""
    figure.canvas.draw()
    for ax in figure.axes:
        texts = [ax.title, ax.xaxis.label, ax.yaxis.label]
        for k, axis in enumerate((ax.xaxis, ax.yaxis)):
            low, high = sorted(axis.get_view_interval())
            labels = axis.get_ticklabels()
            texts += [t for t in labels if low <= t.get_position()[k] <= high]
        boxes = [box for table in ax.tables for box in table.get_celld().values()]
        texts = texts * ax.axison + [box.get_text() for box in boxes]
        shown = [text for text in texts if text.get_text().strip()]
        yield [(text.get_text(), text.get_window_extent()) for text in shown]


def assert_readable(figure):
    """Texts lie in the figure, and upon no other text of their axes."""
    frame = figure.bbox.padded(1)
    for texts in texts_of(figure):
        for i, (text, box) in enumerate(texts):
            corners = (box.x0, box.y0), (box.x1, box.y1)
            assert all(frame.contains(*corner) for corner in corners), text
            for other, its_box in texts[:i]:
                assert not box.padded(-1).overlaps(its_box.padded(-1)), (text, other)


# ----------------------------------------------------------------------------- columns


def test_dates_have_years_below():
    display = ColumnDisplay.from_tables(REAL, SYNTHETIC, columns=["since"])
    assert_readable(display.figure_)
    labels = [text.get_text() for text in display.axes_[0].get_xticklabels()]
    assert "2022" in labels
    hours = pd.DataFrame({"x": pd.to_timedelta([5, 90, 120], unit="m")})
    display = ColumnDisplay.from_tables(hours, hours)
    assert display.axes_[0].get_xlabel() == "hours"


def test_far_dates_can_be_drawn():
    far = [datetime.date(2000 + i, 1, 1) for i in range(50)]
    first, last = datetime.date(1, 1, 1), datetime.date(9999, 12, 31)
    frame = pd.DataFrame({"x": [*far, *[last] * 9], "y": [*far, *[first] * 9]})
    assert_readable(ColumnDisplay.from_tables(frame, frame).figure_)


def test_which_columns():
    errors = column_shape_errors(REAL, SYNTHETIC)
    display = ColumnDisplay.from_tables(REAL, SYNTHETIC)
    names = [panel.name for panel in display.panels]
    assert len(names) == 6
    assert display.errors == [errors[name] for name in names]
    assert display.errors == sorted(errors.values(), reverse=True)[:6]
    named = columns_of(REAL, SYNTHETIC[REAL.columns[::-1]], columns=["whole", "one"])
    assert list(named) == ["whole", "one"]
    assert list(columns_of(np.eye(3), np.eye(3), columns=[np.int64(2), 0])) == [2, 0]
    for wrong in (["whole", "what"], ["what"]):
        with pytest.raises(ValueError, match="^Column 'what' must be one of those "):
            columns_of(REAL, SYNTHETIC, columns=wrong)
    for wrong in ([], "whole"):
        with pytest.raises(ValueError, match="^columns must be a list of names, got "):
            columns_of(REAL, SYNTHETIC, columns=wrong)
    for wrong in (0, 1.5, -1):
        with pytest.raises(
            ValueError, match=r"^n_columns must be an integer in the ra"
        ):
            columns_of(REAL, SYNTHETIC, n_columns=wrong)


def test_axes_given_and_figures_made():
    figure, grid = plt.subplots(2, 2)
    display = ColumnDisplay.from_tables(REAL, SYNTHETIC, n_columns=3, axes=grid)
    assert list(display.axes_) == list(grid.ravel()[:3])
    assert display.figure_ is figure and not grid[1, 1].has_data()
    assert display.axes_[0].get_legend() is not None
    single = ColumnDisplay.from_tables(REAL, SYNTHETIC, n_columns=1, axes=grid[1, 1])
    assert list(single.axes_) == [grid[1, 1]]
    assert single.plot(list(grid[0])) is single
    with pytest.raises(
        ValueError, match=r"^axes must be one for each of 5 columns, got"
    ):
        ColumnDisplay.from_tables(REAL, SYNTHETIC, n_columns=5, axes=grid)
    assert plt.get_fignums() == [figure.number]
    ColumnDisplay.from_tables(REAL, SYNTHETIC)
    assert len(plt.get_fignums()) == 2


@pytest.mark.parametrize("n_columns", [1, 2, 10])
def test_columns_are_readable(n_columns):
    display = ColumnDisplay.from_tables(REAL, SYNTHETIC, n_columns=n_columns)
    assert_readable(display.figure_)
    (legend,) = display.figure_.legends
    assert [text.get_text() for text in legend.get_texts()] == ["real", "synthetic"]
    box = legend.get_window_extent()
    for ax in display.axes_:
        assert not box.overlaps(ax.get_window_extent())
        assert not box.overlaps(ax.title.get_window_extent())
    assert display.axes_[0].get_title() == (
        f"{short(display.panels[0].name)}, error {display.errors[0]:.1f} %"
    )


def test_what_is_drawn_is_what_is_counted():
    display = ColumnDisplay.from_tables(REAL, SYNTHETIC, columns=["number", "truth"])
    number, truth = display.axes_
    for patch, shares in zip(number.patches, display.panels[0].shares, strict=True):
        np.testing.assert_array_equal(patch.get_data().values, shares)
    assert number.get_xlabel() == "missing: 20.0 % real, 20.0 % synthetic"
    widths = [bar.get_width() for bar in truth.patches]
    np.testing.assert_allclose(widths, display.panels[1].shares.ravel())
    labels = [text.get_text() for text in truth.get_yticklabels()]
    assert labels == ["False", "True"]
    assert number.get_ylabel() == "% of values" and truth.get_xlabel() == "% of rows"


# ------------------------------------------------------------------------------- pairs


def test_trends_are_those_of_the_measure():
    display = TrendDisplay.from_tables(REAL, SYNTHETIC)
    assert display.names == list(REAL)
    expected = column_trend_errors(REAL, SYNTHETIC)
    errors = np.ma.filled(display.image_.get_array(), np.nan)
    for i, a in enumerate(display.names):
        assert np.isnan(errors[i, i])
        for j, b in enumerate(display.names[:i]):
            assert errors[i, j] == errors[j, i] == expected[b, a]
    assert_readable(display.figure_)
    _, ax = plt.subplots()
    assert TrendDisplay.from_tables(REAL, SYNTHETIC, ax=ax).ax_ is ax
    assert len(plt.get_fignums()) == 2


def test_of_many_columns_the_worst_are_drawn():
    names = [f"c{i}" for i in range(40)]
    errors = {
        (a, b): float(i + j) if i > 3 else 0.0
        for i, a in enumerate(names)
        for j, b in enumerate(names[i + 1 :], i + 1)
    }
    display = TrendDisplay.from_errors(errors).plot()
    assert display.names == names[10:]
    assert display.errors[2, 5] == 12 + 15
    assert_readable(display.figure_)


def test_pairs_need_two_columns():
    two = TrendDisplay.from_tables(np.eye(5)[:, :2], np.eye(5)[:, :2])
    assert np.nanmax(two.errors) == 0
    with pytest.raises(ValueError, match="must have two columns or more, got 1"):
        TrendDisplay.from_tables([[1.0], [2.0]], [[1.0], [2.0]])
    with pytest.raises(ValueError, match="^errors must hold a pair of columns or more"):
        TrendDisplay.from_errors({})
    assert len(plt.get_fignums()) == 1


# ----------------------------------------------------------------------------- reports


def report_of(n_columns, real_errors=({}, {})):
    names = [LONG, *range(1, n_columns)]
    figures = [
        Figure(name, value, *[np.nan] * 2, 0.5, *[np.nan] * 2, "higher", verdict)
        for name, value, verdict in (
            ("column shape error, %", 1.25, "good"),
            ("two-sample score, training rows", -0.125, "off"),
            ("nearer to training rows, %", 1e2, "copied"),
            ("coverage", np.nan, "fair"),
        )
    ]
    near = (0.93, 0.92, 0.94), (0.97, 0.96, 0.98)
    figures.append(Figure("precision", *near[0], *near[1], "higher", "good"))
    shapes = {name: float(i + 1) for i, name in enumerate(names)}
    trends = {(a, b): 7.0 for i, a in enumerate(names) for b in names[:i]}
    sizes = (9, 9, 9)
    return Report(figures, shapes, trends, [], sizes, [], real_errors=real_errors)


@pytest.mark.parametrize("n_columns", [1, 2, 15, 60])
def test_reports_are_readable(n_columns):
    report = report_of(n_columns)
    display = ReportDisplay.from_report(report)
    assert len(plt.get_fignums()) == 1
    measures, columns, pairs = display.axes_
    assert_readable(display.figure_)
    (boxes,) = measures.tables
    for i, figure in enumerate(report.figures, start=1):
        row = [boxes[i, j].get_text().get_text() for j in range(4)]
        value, real = f"{figure.value:.3f}", f"{figure.real:.3f}"
        assert row == [figure.measure, value, real, figure.judgment]
    assert row[-1] == "good, yet worse"
    colors = {boxes[i, 3].get_text().get_color() for i in range(1, 6)}
    assert len(colors) == 4
    widths = [bar.get_width() for bar in columns.patches]
    assert widths == sorted(report.shape_errors.values(), reverse=True)[:15]
    n_shown = min(n_columns, 30)
    if n_columns > 1:
        assert pairs.images[0].get_array().shape == (n_shown, n_shown)
    else:
        assert not pairs.axison
    titles = [ax.get_title() for ax in (columns, pairs)]
    if n_columns > 30:
        assert titles == [
            "Columns, the 15 worst of 60",
            "Pairs of columns, the 30 worst of 60",
        ]


def test_real_rows_have_a_mark_and_decide_the_scales():
    bare = report_of(20)
    real_shapes = {name: 0.5 + 0.1 * i for i, name in enumerate(bare.shape_errors)}
    real_trends = {pair: 0.1 * i for i, pair in enumerate(bare.trend_errors)}
    report = report_of(20, (real_shapes, real_trends))
    display = ReportDisplay.from_report(report)
    assert_readable(display.figure_)
    _, columns, pairs = display.axes_
    worst = sorted(report.shape_errors, key=report.shape_errors.get)[:4:-1]
    (marks,) = columns.lines
    np.testing.assert_allclose(marks.get_xdata(), [real_shapes[n] for n in worst])
    np.testing.assert_array_equal(marks.get_ydata(), np.arange(15))
    top = 5 * np.mean([*real_shapes.values()])
    assert columns.get_xlim() == pytest.approx((0, top))
    assert top == pytest.approx(7.25)
    cut = [text.get_text() for text in columns.texts]
    assert cut == [f"{error} " for error in range(20, 7, -1)]
    errors = np.ma.filled(pairs.images[0].get_array(), np.nan)
    names = [*report.shape_errors]
    trends = TrendDisplay.from_errors(report.trend_errors, real_errors=real_trends)
    assert sorted(map(str, trends.names)) == sorted(map(str, names))
    for i, a in enumerate(trends.names):
        for j, b in enumerate(trends.names[:i]):
            pair = (a, b) if (a, b) in real_trends else (b, a)
            assert errors[i, j] == 7.0 and errors[j, i] == real_trends[pair]
    assert pairs.images[0].get_clim() == (0, 5 * np.mean([*real_trends.values()]))
    assert pairs.get_title().endswith("\nsynthetic below, real above the diagonal")


@pytest.mark.parametrize(("error", "end"), [(4.9, "neither"), (5.1, "max")])
def test_a_scale_of_colors_shows_that_errors_lie_beyond(error, end):
    pair = "a", "b"
    display = TrendDisplay.from_errors({pair: error}, real_errors={pair: 1.0}).plot()
    assert display.image_.get_clim() == (0, 5)
    assert display.image_.colorbar.extend == end


@pytest.mark.filterwarnings("ignore:Left out, as nearly all values differ")
def test_columns_that_are_left_out_move_no_other():
    """Text that names rows is not drawn, and days are those of their own column."""
    names = pd.Series([f"person {i}" for i in range(200)])
    days = pd.Series(pd.date_range("2024-01-01", periods=200))
    real = pd.DataFrame({"name": names, "x": np.arange(200.0), "day": days})
    display = ColumnDisplay.from_tables(real, real)
    units = {panel.name: panel.unit for panel in display.panels}
    assert units == {"x": "", "day": "date"}
