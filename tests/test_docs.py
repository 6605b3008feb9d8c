"""Pages of classes show each parameter once, in a group."""

import inspect
import sys
from pathlib import Path

import pytest

import skgan

sys.path.append(str(Path(__file__).parent.parent / "docs"))

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
