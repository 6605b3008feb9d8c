"""Names at the top are imported when they are asked for, and not before."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import skgan

SOURCE = Path(skgan.__file__)
HEAVY = "torch", "sklearn", "scipy", "pandas", "narwhals", "joblib", "matplotlib"


def run(code):
    """What a new process prints."""
    found = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=SOURCE.parent.parent,
    )
    return found.stdout.strip()


def test_nothing_heavy_is_imported_before_it_is_asked_for():
    loaded = f"[n for n in {HEAVY} if n in sys.modules]"
    code = f"""
import sys
import skgan
print(skgan.__version__, sorted(set(skgan.__all__) - set(dir(skgan))), {loaded})
skgan.inspect, skgan.exceptions.FileError, skgan.storage.read
print({loaded})
"""
    assert run(code).splitlines() == [
        f"{skgan.__version__} [] []",
        "[]",
    ]


def test_names_and_rooms_are_there_when_they_are_asked_for():
    there = {}
    exec("from skgan import *", there)
    for name in skgan.__all__:
        assert there[name] is getattr(skgan, name), name
    assert there["sample"].__module__ == "skgan.model_selection.pipeline"
    for name in skgan._ROOMS:
        assert getattr(skgan, name).__name__ == f"skgan.{name}"


def test_every_public_name_is_listed_where_tools_look():
    """For those who complete names, who check types, and in ``import *``."""
    tree = ast.parse(SOURCE.read_text())
    (checked,) = (n for n in tree.body if isinstance(n, ast.If))
    typed = {alias.name: node.module for node in checked.body for alias in node.names}
    assert typed == skgan._MODULES
    own = {"__version__", "show_versions"}
    assert set(skgan.__all__) == {*skgan._MODULES, *own}
    assert {*skgan.__all__, *skgan._ROOMS} <= set(dir(skgan))
    folders = {p.parent.name for p in SOURCE.parent.glob("*/__init__.py")} - {"cli"}
    files = {p.stem for p in SOURCE.parent.glob("[!_]*.py")} - {"progress", "wording"}
    assert folders | files == skgan._ROOMS


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="'skgan' has no attribute 'GANgenerator'"):
        skgan.GANgenerator  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'cli2'"):
        from skgan import cli2  # noqa: F401
