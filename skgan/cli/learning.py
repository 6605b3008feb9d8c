"""From a CSV file to a CSV file: ``python -m skgan data.csv --out new.csv``.

Needs pandas (``pip install 'skgan[csv]'``).
"""

import argparse
import os
import sys
import warnings
from contextlib import nullcontext, redirect_stdout

from ..encoding import TableEncoder
from ..estimators import GANGenerator
from ..estimators.files import load, save
from .csv import as_numbers_and_dates, as_table, as_text, read_csv
from .files import STDOUT, check_files, check_out, check_rows, is_stream, write

MAX_LABELS = 0.2  # distinct labels, as a share of the rows


def main(arguments=None):
    """Read a table, learn it and write new rows; return the exit status."""
    return guarded(run, parse(arguments))


def guarded(run, options):
    """Do what options ask for; return the exit status, and print what went wrong."""
    try:
        run(options)
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still to be flushed
        return 1
    except MemoryError:
        print("skgan: error: there is not enough memory.", file=sys.stderr)
        return 2
    except (ValueError, ArithmeticError, OSError, ImportError) as error:
        print(f"skgan: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        cut = "not all" if is_stream(options.out) else "nothing"
        print(f"skgan: stopped, {cut} was written", file=sys.stderr)
        return 130
    return 0


def parse(arguments):
    """Read the options of the command line; without any, those of the process."""
    parser = argparse.ArgumentParser(
        prog="python -m skgan",
        description="Learn the rows of a CSV file and write new ones like them.",
    )
    parser.add_argument(
        "data", help="CSV file with a line of names; - is standard input"
    )
    parser.add_argument("--rows", type=int, help="number of rows; default: as in data")
    _add_output(parser)
    parser.add_argument("--decimal", default=".", help="what stands before decimals")
    parser.add_argument("--label", metavar="COLUMN", help="a column to condition on")
    parser.add_argument("--value", help="the label that all new rows get")
    parser.add_argument(
        "--identifiers",
        choices=["generate", "drop", "error"],
        default="generate",
        help="what becomes of keys and columns of nearly unique text",
    )
    parser.add_argument("--save", metavar="MODEL", help="file to keep the model in")
    parser.add_argument("--max-iter", type=int, help="iterations; default: by the rows")
    parser.add_argument("--quiet", action="store_true", help="print no progress")
    return parser.parse_args(arguments)


def parse_sample(arguments):
    """Read the options of new rows of a model."""
    parser = argparse.ArgumentParser(
        prog="python -m skgan sample",
        description="Write new rows of a model file.",
    )
    parser.add_argument("model", help="a file of skgan.save or --save")
    parser.add_argument("--rows", type=int, required=True, help="number of rows")
    _add_output(parser)
    return parser.parse_args(arguments)


def _add_output(parser):
    """Add the options of all that write rows."""
    parser.add_argument(
        "--out", required=True, help="CSV file to write; - is standard output"
    )
    parser.add_argument("--seed", type=int, help="the same seed repeats the rows")
    parser.add_argument("--sep", default=",", help="what stands between two values")


def run(options):
    """Learn the file that the options name, and write new rows to another.

    Raises
    ------
    ValueError, OSError
        If a file, an option or the data are bad; the message says what.
    """
    _check_output(options)
    _check_learning(options)
    check_files(options.data, options.out)
    if options.save is not None:
        _check_save(options)
    texts = read_csv(options.data, options.sep)
    if options.rows is not None:
        check_rows(options.rows, len(texts.columns))
    how = {"sep": options.sep, "decimal": options.decimal, "index": False}
    check_out(texts.head(1), options.out, how)
    # What is printed must not stand between the rows
    with redirect_stdout(sys.stderr) if options.out in STDOUT else nullcontext():
        rows = new_rows(texts, options)
    write(rows, options.out, how)
    if not options.quiet:
        told = sys.stderr if options.out in STDOUT else sys.stdout
        print(
            f"{len(rows)} rows of {len(rows.columns)} columns in {options.out}",
            file=told,
        )


def sample_model(options):
    """Write new rows of the model file that the options name.

    Raises
    ------
    ValueError, OSError
        If a file or an option is bad; the message says what.
    """
    _check_output(options)
    check_files(options.model, options.out)
    gan = load(options.model)
    has_labels = gan.class_conditional
    drawn = gan.sample(options.rows, return_y=has_labels, random_state=options.seed)
    rows, labels = drawn if has_labels else (drawn, None)
    table = as_table(rows)
    if has_labels:
        table[getattr(labels, "name", None) or "label"] = labels
    write(table, options.out, {"sep": options.sep, "index": False})


def new_rows(texts, options):
    """Learn a table of text and make new rows, written as those of the file."""
    names, labels = list(texts.columns), None
    if options.label is not None:
        _check_label(texts, options)
        labels = texts.pop(options.label)
    table, formats = as_numbers_and_dates(texts, options.decimal)
    rows, drawn = generate(table, labels, options)
    rows = as_text(rows, formats, options.decimal)
    if drawn is not None:
        rows.insert(names.index(options.label), options.label, drawn)
    return rows


def generate(table, labels, options):
    """Learn a table and make new rows, and their labels if there are any."""
    gan = _make_generator(options, labels is not None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        gan.fit(table, labels)
    if not options.quiet:
        for warning in caught:
            print(f"skgan: warning: {warning.message}", file=sys.stderr)
    if options.save is not None:
        save(gan, options.save)
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


def _check_output(options):
    """Refuse options of new rows that break a rule, before any file is read."""
    options.sep = "\t" if options.sep == "\\t" else options.sep
    if options.rows is not None and options.rows < 1:
        raise ValueError(f"--rows must be at least 1, got {options.rows}.")
    if options.seed is not None and not 0 <= options.seed < 2**32:
        raise ValueError(f"--seed must be 0 or more, below 2^32, got {options.seed}.")
    if len(options.sep) != 1:
        raise ValueError(f"--sep must be one character, got {options.sep!r}.")


def _check_learning(options):
    """Refuse options of learning that break a rule, before any file is read."""
    if options.max_iter is not None and options.max_iter < 1:
        raise ValueError(f"--max-iter must be at least 1, got {options.max_iter}.")
    if options.value is not None and options.label is None:
        raise ValueError(f"--value needs --label, got {options.value!r} alone.")
    if len(options.decimal) != 1:
        raise ValueError(f"--decimal must be one character, got {options.decimal!r}.")


def _check_save(options):
    """Refuse a model file that cannot be written, or that is another file."""
    folder = os.path.dirname(options.save) or "."
    if not os.path.isdir(folder):
        raise ValueError(f"there is no folder {folder} to write --save to.")
    if options.save in (options.data, options.out):
        raise ValueError(f"--save must be a file of its own, got {options.save}.")


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
