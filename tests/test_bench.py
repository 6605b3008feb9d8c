"""The commands of `make bench`: a slip in one would show after days of the others."""

import runpy
from argparse import ArgumentParser
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package

FOLDER = Path(__file__).parent.parent / "benchmarks"


class Parsed(Exception):
    """A script has understood its options and would begin to measure."""


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    parse = ArgumentParser.parse_args

    def parsed(self):
        raise Parsed(parse(self))

    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(ArgumentParser, "parse_args", parsed)


@pytest.mark.parametrize("data", [None, Path("some folder")], ids=["reduced", "full"])
def test_scripts_understand_their_commands(data, monkeypatch):
    commands = runpy.run_path(str(FOLDER / "run.py"))["commands"](data)
    assert len(commands) > 5
    for command in commands:
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(Parsed):
            runpy.run_path(str(FOLDER / command[0]), run_name="__main__")
