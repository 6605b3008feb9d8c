"""What the command line is asked for: new rows of a table, or of a model, or a look."""

import argparse
import sys

from ..storage.inspection import inspect


def main(arguments=None):
    """Do what the first word says, or learn a table; return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["inspect"]:
        return look(arguments[1:])
    from . import main as learning  # imports torch, which takes longer than a look

    if arguments[:1] == ["sample"]:
        options = learning.parse_sample(arguments[1:])
        return learning.guarded(learning.sample_model, options)
    return learning.main(arguments)


def look(arguments):
    """Print what a model file holds; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m skgan inspect",
        description="Print what a model file holds, every value of the data included.",
    )
    parser.add_argument("file", help="a file of skgan.save or --save")
    options = parser.parse_args(arguments)
    try:
        print(inspect(options.file))
    except (ValueError, OSError) as error:
        print(f"skgan: error: {error}", file=sys.stderr)
        return 2
    return 0
