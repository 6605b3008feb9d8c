"""From a CSV file to a CSV file: ``python -m skgan data.csv --out new.csv``.

Needs pandas (``pip install 'skgan[csv]'``).
"""

import argparse
import os
import sys
import warnings
from pathlib import Path

from ..encoding import TableEncoder
from ..estimators import GANGenerator
from .csv import as_numbers_and_dates, as_text, read_csv, write_csv

MAX_LABELS = 0.2  # distinct labels, as a share of the rows


def main(arguments=None):
    """Read a table, learn it and write new rows; return the exit status."""
    options = parse(arguments)
    try:
        run(options)
    except (ValueError, ArithmeticError, OSError, ImportError) as error:
        print(f"skgan: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("skgan: stopped, nothing was written", file=sys.stderr)
        return 130
    return 0


def parse(arguments):
    """Read the options of the command line; without any, those of the process."""
    parser = argparse.ArgumentParser(
        prog="python -m skgan",
        description="Learn the rows of a CSV file and write new ones like them.",
    )
    parser.add_argument("data", type=Path, help="CSV file with a line of names")
    parser.add_argument("--out", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--rows", type=int, help="number of rows; default: as in data")
    parser.add_argument("--seed", type=int, help="the same seed repeats the rows")
    parser.add_argument("--sep", default=",", help="what stands between two values")
    parser.add_argument("--decimal", default=".", help="what stands before decimals")
    parser.add_argument("--label", metavar="COLUMN", help="a column to condition on")
    parser.add_argument("--value", help="the label that all new rows get")
    parser.add_argument(
        "--identifiers",
        choices=["generate", "drop", "error"],
        default="generate",
        help="what becomes of keys and columns of nearly unique text",
    )
    parser.add_argument("--max-iter", type=int, help="iterations; default: by the rows")
    parser.add_argument("--quiet", action="store_true", help="print no progress")
    return parser.parse_args(arguments)


def run(options):
    """Learn the file that the options name, and write new rows to another.

    Raises
    ------
    ValueError, OSError
        If a file, an option or the data are bad; the message says what.
    """
    options.sep = "\t" if options.sep == "\\t" else options.sep
    _check_numbers_and_marks(options)
    _check_files(options.data, options.out)
    texts = read_csv(options.data, options.sep)
    names, labels = list(texts.columns), None
    if options.label is not None:
        _check_label(texts, options)
        labels = texts.pop(options.label)
    table, formats = as_numbers_and_dates(texts, options.decimal)
    rows, drawn = generate(table, labels, options)
    rows = as_text(rows, formats, options.decimal)
    if drawn is not None:
        rows.insert(names.index(options.label), options.label, drawn)
    write_csv(rows, options.out, options.sep, options.decimal)
    if not options.quiet:
        print(f"{len(rows)} rows of {len(rows.columns)} columns in {options.out}")


def generate(table, labels, options):
    """Learn a table and make new rows, and their labels if there are any."""
    gan = _make_generator(options, labels is not None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        gan.fit(table, labels)
    if not options.quiet:
        for warning in caught:
            print(f"skgan: warning: {warning.message}", file=sys.stderr)
    n_rows = len(table) if options.rows is None else options.rows
    if labels is None:
        return gan.sample(n_rows, random_state=options.seed), None
    return gan.sample(n_rows, y=options.value, return_y=True, random_state=options.seed)


def _make_generator(options, has_labels):
    """Make the generator that the options describe, not yet fitted."""
    return GANGenerator(
        class_conditional=has_labels,
        encoder=TableEncoder(on_identifiers=options.identifiers),
        max_iter="auto" if options.max_iter is None else options.max_iter,
        verbose=0 if options.quiet else 1,
        random_state=options.seed,
    )


def _check_numbers_and_marks(options):
    """Refuse options that break a rule, before any file is read."""
    if options.rows is not None and options.rows < 1:
        raise ValueError(f"--rows must be at least 1, got {options.rows}.")
    if options.max_iter is not None and options.max_iter < 1:
        raise ValueError(f"--max-iter must be at least 1, got {options.max_iter}.")
    if options.seed is not None and not 0 <= options.seed < 2**32:
        raise ValueError(f"--seed must be 0 or more, below 2^32, got {options.seed}.")
    if options.value is not None and options.label is None:
        raise ValueError(f"--value needs --label, got {options.value!r} alone.")
    if len(options.sep) != 1 or len(options.decimal) != 1:
        given = [options.sep, options.decimal]
        raise ValueError(f"--sep and --decimal must be one character, got {given}.")


def _check_files(data, out):
    """Refuse a file that cannot be read, and one that cannot be written."""
    if not data.exists():
        raise ValueError(f"there is no file {data}.")
    if data.is_dir() or out.is_dir():
        raise ValueError(f"{data if data.is_dir() else out} is a folder, not a file.")
    if out.exists() and out.samefile(data):
        raise ValueError(f"--out must be another file than the data, got {out} twice.")
    folder = out.resolve().parent
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder} to write to.")
    if not os.access(out if out.exists() else folder, os.W_OK):
        raise ValueError(f"{out} cannot be written to.")


def _check_label(texts, options):
    """Refuse a column of labels that cannot be learned, and a value not in it."""
    names = list(texts.columns)
    if options.label not in names:
        shown = ", ".join(map(repr, names))
        raise ValueError(f"--label must be a column of {shown}, got {options.label!r}.")
    if len(names) < 2:
        raise ValueError(f"{options.label!r} is the only column: nothing to learn.")
    labels = texts[options.label]
    missing, known = (labels == "").sum(), sorted(set(labels))
    if missing:
        raise ValueError(f"--label must have no missing values, got {missing}.")
    if len(known) > max(2, MAX_LABELS * len(labels)):
        raise ValueError(
            f"--label must be a column of few labels, got {len(known)} different ones "
            f"in {len(labels)} rows of {options.label!r}."
        )
    if options.value is not None and options.value not in known:
        shown = ", ".join(map(repr, known[:10]))
        raise ValueError(f"--value must be one of {shown}, got {options.value!r}.")
