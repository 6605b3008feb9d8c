"""Pages of classes show parameters once, in groups; charts draw what was measured.

Beside: who cites skgan names the version that is there.
"""

import inspect
import re
import sys
from pathlib import Path

import pytest

import skgan

sys.path.append(str(Path(__file__).parent.parent / "docs"))
sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

import charts
import parameters

LINES = """Text.

:Parameters:

    **{0}** : int, default=1
        What it is.

        **more** : of it

    **{1}** : bool
        What that is.

:Attributes:

    **{1}** : int"""


@pytest.mark.parametrize("name", ["GANGenerator", "DCGANGenerator"])
def test_every_parameter_has_one_group(name):
    names = [*inspect.signature(getattr(skgan, name)).parameters]
    groups = parameters.grouped(names)
    shown = [parameter for group in groups.values() for parameter in group]
    assert sorted(shown) == sorted(names)
    assert [*groups][0] == "Start with these" and all(groups.values())


def test_a_parameter_without_a_group_is_named():
    with pytest.raises(ValueError, match=r"a group in docs/parameters.py of \['new'\]"):
        parameters.grouped(["loss", "new"])


def test_parameters_are_moved_with_all_of_their_text():
    lines = LINES.format("loss", "max_time").split("\n")
    parameters._group(None, "class", "", skgan.GANGenerator, None, lines)
    assert (
        "\n".join(lines)
        == """Text.

:Parameters:

    *Start with these*

    **max_time** : bool
        What that is.


    *Loss*

    **loss** : int, default=1
        What it is.

        **more** : of it


:Attributes:

    **max_time** : int"""
    )


def test_few_parameters_stay_in_one_list():
    lines = LINES.format("min_rows", "estimator").split("\n")
    before = lines.copy()
    parameters._group(None, "class", "", skgan.GANOverSampler, None, lines)
    parameters._group(None, "method", "", skgan.GANGenerator, None, lines)
    assert lines == before


def test_tables_have_a_line_for_each_group():
    heads = [line[0] for line in parameters.table(skgan.DCGANGenerator)]
    assert heads[:3] == ["parameter", "*Start with these*", "``image_shape``"]
    few = [line[0] for line in parameters.table(skgan.GANOverSampler)]
    assert few[:2] == ["parameter", "``estimator``"] and not any("*" in h for h in few)


def test_charts_draw_medians_of_one_table():
    runs = [
        {"table": table, "method": method, "fit_seconds": seconds, "utility": value}
        for method in charts.SHOWN
        for table, seconds, value in (
            *(("adult", "8", "0.5"), ("adult", "2", "0.9"), ("adult", "3", "0.6")),
            ("wine", "100", "0.1"),
        )
    ]
    assert charts.points(runs, "utility") == dict.fromkeys(charts.SHOWN, (3.0, 0.6))


def test_labels_of_charts_name_methods_that_are_shown():
    for figure in charts.CHARTS:
        assert {*charts.SIDES[figure]} <= {*charts.SHOWN}


def test_the_citation_is_of_this_version():
    """Before a release there is no date of one."""
    lines = (Path(__file__).parent.parent / "CITATION.cff").read_text()
    fields = dict(re.findall(r"^([a-z-]+): (.+)$", lines, re.MULTILINE))
    assert fields["version"] == skgan.__version__
    assert ("date-released" in fields) != ("dev" in skgan.__version__)
