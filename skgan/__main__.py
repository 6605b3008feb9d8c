"""From a CSV file to a CSV file: ``python -m skgan data.csv --out new.csv``.

Needs pandas (``pip install 'skgan[csv]'``).
"""

import argparse
import os
import sys
import warnings
from pathlib import Path

from ._gan import GANGenerator

DATES = ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
DATES += ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"]


class FileError(ValueError):
    """Something is wrong with a file or an argument, in one sentence."""


def main(arguments=None):
    """Read a table, learn it, write new rows; the exit status."""
    options = parser().parse_args(arguments)
    try:
        run(options)
    except (ValueError, OSError, ImportError) as error:
        print(f"skgan: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("skgan: stopped, nothing was written", file=sys.stderr)
        return 130
    return 0


def parser():
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m skgan",
        description="Learn the rows of a CSV file and write new ones like them.",
    )
    parser.add_argument("data", type=Path, help="CSV file with a line of names")
    parser.add_argument("--out", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--rows", type=int, help="number of rows; default: as in data")
    parser.add_argument("--seed", type=int, help="the same seed repeats the rows")
    parser.add_argument("--sep", default=",", help="what stands between two values")
    parser.add_argument(
        "--label", metavar="COLUMN", help="learn the rows of each label"
    )
    parser.add_argument("--value", help="the label that all new rows get")
    parser.add_argument(
        "--identifiers",
        choices=["generate", "drop", "error"],
        default="generate",
        help="what becomes of columns of nearly unique text",
    )
    parser.add_argument("--max-iter", type=int, help="iterations; default: by the rows")
    parser.add_argument("--quiet", action="store_true", help="print no progress")
    return parser


def run(options):
    """Do what the options say.

    Raises
    ------
    ValueError, OSError
        If a file, an option or the data are bad; the message says what.
    """
    _check(options)
    table = read_csv(options.data, options.sep)
    if options.label and options.label not in table.columns:
        names = ", ".join(map(repr, table.columns))
        raise FileError(f"--label must be a column of {names}, got {options.label!r}.")
    formats = parse_dates(table)
    rows = generate(table, options)
    for name, form in formats.items():
        if name in rows:
            rows[name] = rows[name].dt.strftime(form)
    part = options.out.with_name(f".{options.out.name}.{os.getpid()}.part")
    try:  # a file that is there already stays as it is until the new one is whole
        rows.to_csv(part, sep=options.sep, index=False)
        part.replace(options.out)
    finally:
        part.unlink(missing_ok=True)
    if not options.quiet:
        print(f"{len(rows)} rows of {len(rows.columns)} columns in {options.out}")


def _check(options):
    """Refuse, before any work, options that can only fail."""
    out = options.out
    if options.rows is not None and options.rows < 1:
        raise FileError(f"--rows must be at least 1, got {options.rows}.")
    if options.value is not None and not options.label:
        raise FileError(f"--value needs --label, got {options.value!r} alone.")
    if len(options.sep) != 1:
        raise FileError(f"--sep must be one character, got {options.sep!r}.")
    if not options.data.exists():
        raise FileError(f"there is no file {options.data}.")
    if options.data.is_dir() or out.is_dir():
        folder = options.data if options.data.is_dir() else out
        raise FileError(f"{folder} is a folder, not a file.")
    if out.exists() and out.samefile(options.data):
        raise FileError(f"--out must be another file than the data, got {out} twice.")
    if not out.absolute().parent.is_dir():
        raise FileError(f"there is no folder {out.absolute().parent} to write to.")
    if not os.access(out if out.exists() else out.absolute().parent, os.W_OK):
        raise FileError(f"{out} cannot be written to.")


def read_csv(path, sep=","):
    """The table of a CSV file; whole numbers stay whole beside missing values.

    Raises
    ------
    ValueError
        If the file is empty, no text or no table.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise FileError("pandas is needed: pip install 'skgan[csv]'.") from error
    try:
        table = pd.read_csv(path, sep=sep, dtype_backend="numpy_nullable")
        names = pd.read_csv(path, sep=sep, header=None, nrows=1, dtype=str)
    except pd.errors.EmptyDataError as error:
        raise FileError(f"{path} is empty.") from error
    except pd.errors.ParserError as error:
        reason = str(error).strip().rpartition("error: ")[2]
        raise FileError(f"{path} is no table: {reason}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is no text in UTF-8: {error}") from error
    names = names.iloc[0]
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise FileError(
            f"names of columns must differ, but {path} has {twice!r} twice."
        )
    if len(table) < 2:
        raise FileError(
            f"{path} has {len(table)} row(s) below its names, 2 are needed."
        )
    return table


def parse_dates(table):
    """Turn text that is dates in one format into dates; the format of each column."""
    import pandas as pd

    formats = {}
    for name in table.columns[table.dtypes == "string"]:
        texts = table[name].dropna()
        for form in DATES if len(texts) else []:
            dates = pd.to_datetime(texts, format=form, errors="coerce")
            if dates.notna().all() and (dates.dt.strftime(form) == texts).all():
                formats[name] = form
                table[name] = pd.to_datetime(table[name], format=form)
                break
    return formats


def generate(table, options):
    """New rows of the table, a label column where it was."""
    max_iter = "auto" if options.max_iter is None else options.max_iter
    gan = GANGenerator(
        class_conditional=options.label is not None,
        identifiers=options.identifiers,
        max_iter=max_iter,
        verbose=0 if options.quiet else 1,
        random_state=options.seed,
    )
    n_rows = len(table) if options.rows is None else options.rows
    if options.label is None:
        return gan.fit(table).sample(n_rows, random_state=options.seed)
    labels = table[options.label]
    if labels.isna().any():
        missing = labels.isna().sum()
        raise FileError(f"--label must have no missing values, got {missing}.")
    value = None
    if options.value is not None:
        known = {str(label): label for label in labels.unique()}
        if options.value not in known:
            shown = ", ".join(map(repr, sorted(known)[:10]))
            raise FileError(f"--value must be one of {shown}, got {options.value!r}.")
        value = known[options.value]
    if len(table.columns) < 2:
        raise FileError(f"{options.label!r} is the only column: nothing to learn.")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        gan.fit(table.drop(columns=options.label), labels)
    rows, drawn = gan.sample(n_rows, y=value, return_y=True, random_state=options.seed)
    names = [name for name in table.columns if name in rows or name == options.label]
    rows[options.label] = drawn
    return rows[names]


if __name__ == "__main__":
    sys.exit(main())
