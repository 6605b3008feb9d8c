"""The verbs of the command line and their options. Imports nothing heavy."""

import argparse

from .._version import __version__
from ..sinks import is_encoding
from .files import check_format, check_read, check_save, check_written

EXAMPLES = """examples:
  skgan synthesize people.csv --out new.csv
  skgan synthesize people.csv --rows 1000 --out new.csv --exclude phone --ids name
  skgan synthesize people.csv --out old.csv --where "age>=60" --where "city=Bonn|Jena"
  skgan synthesize people.csv --out jena.csv --label city --value Jena
  zcat people.csv.gz | skgan synthesize - --out - > new.csv
  skgan fit people.csv --save people.skgan
  skgan sample people.skgan --rows 1000 --out new.parquet
  skgan evaluate train.csv test.csv new.csv --out report.html
  skgan inspect people.skgan

Files are CSV, packed or not, TSV, Parquet or xlsx, by their names. Of CSV files the
separator, the encoding, the decimal mark and a missing line of names are found, and
said. "skgan VERB --help" lists the options of a verb.
"""
TABLE = "CSV, TSV, Parquet or xlsx file; - is the standard input"


def parse(arguments):
    """Read the verb and its options; ``None`` reads those of the process."""
    parser = argparse.ArgumentParser(
        prog="skgan",
        description="New rows like those of a table, without Python.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"skgan {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (words, add_options) in VERBS.items():
        verb = verbs.add_parser(
            name,
            help=words,
            description=f"{words}.",
            epilog=_examples_of(name),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_options(verb)
    return parser.parse_args(arguments)


def _examples_of(verb):
    """The examples of a verb alone."""
    lines = [line for line in EXAMPLES.splitlines() if f"skgan {verb} " in line]
    return "\n".join(["examples:", *lines])


def _synthesize(parser):
    """From a table to new rows."""
    parser.add_argument("data", help=TABLE)
    parser.add_argument("--rows", type=int, help="number of rows; default: as in data")
    parser.add_argument("--save", metavar="MODEL", help="file to keep the model in")
    _add_rows(parser)
    _add_learning(parser)
    _add_reading(parser)


def _fit(parser):
    """From a table to a model."""
    parser.add_argument("data", help=TABLE)
    parser.add_argument(
        "--save", metavar="MODEL", required=True, help="file to keep the model in"
    )
    _add_learning(parser)
    _add_reading(parser)
    parser.set_defaults(out=None, rows=None, value=None, where=[])


def _sample(parser):
    """From a model to new rows."""
    parser.add_argument("model", help="a file of skgan fit, or of skgan.save")
    parser.add_argument("--rows", type=int, required=True, help="number of rows")
    _add_rows(parser)
    words = "What is not given is as in the file that was learned."
    _add_dialect(parser.add_argument_group("writing", words))
    _add_seed(parser)
    _add_quiet(parser)


def _evaluate(parser):
    """From three tables to a report."""
    parser.add_argument("train", help="the rows that were learned")
    parser.add_argument("test", help="real rows that were not")
    parser.add_argument("synthetic", help="new rows")
    parser.add_argument(
        "--out",
        default="-",
        help="file to write the report to: a page if .html, or text",
    )
    parser.add_argument(
        "--target", metavar="COLUMN", help="a column to predict from the others"
    )
    _add_reading(parser)
    _add_seed(parser)


def _inspect(parser):
    """Nothing but a model."""
    parser.add_argument("model", help="a file of skgan fit, or of skgan.save")


def _add_rows(parser):
    """Add the options of all that write rows."""
    parser.add_argument(
        "--out",
        required=True,
        help="CSV, TSV, Parquet or xlsx file to write; - is the standard output",
    )
    parser.add_argument("--value", help="the label that all new rows get")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION",
        help="what all new rows fulfill: 'age>=60', 'age<=70', 'sex=Female', "
        "'state=CA|NY' is one of several, 'income=' is missing; may be repeated",
    )


def _add_seed(parser):
    """Add the option of all that draw random numbers."""
    parser.add_argument("--seed", type=int, help="the same seed repeats the result")


def _add_quiet(parser):
    """Add the option of all that say what they do."""
    parser.add_argument("--quiet", action="store_true", help="print no progress")


def _add_reading(parser):
    """Add the options of all that read tables."""
    group = parser.add_argument_group("reading", "What is not given is found.")
    _add_dialect(group)
    group.add_argument("--decimal", choices=[".", ","], help="the decimal mark")
    _add_columns(group, "--exclude", "columns to leave out")
    _add_quiet(group)


def _add_dialect(group):
    """Add the options of how a text file writes a table."""
    group.add_argument("--sep", help=r"what stands between two values; \t is a tab")
    group.add_argument("--encoding", help="of text, as utf-8 or cp1252")
    group.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help="whether the first line holds the names of columns",
    )


def _add_learning(parser):
    """Add the options of all that learn a table."""
    group = parser.add_argument_group("learning")
    group.add_argument("--label", metavar="COLUMN", help="a column to condition on")
    _add_columns(group, "--ids", "columns that name rows; default: those found")
    group.add_argument(
        "--identifiers",
        choices=["generate", "drop", "error"],
        default="generate",
        help="what becomes of columns that name rows",
    )
    _add_columns(group, "--dates", "columns that must be dates; most others are found")
    group.add_argument("--max-iter", type=int, help="iterations; default: by the rows")
    group.add_argument(
        "--minutes", type=float, help="how long learning may take; iterations follow"
    )
    group.add_argument(
        "--no-refinement",
        action="store_true",
        help="accept all generated rows; faster, and less like the data",
    )
    group.add_argument(
        "--keep-partial",
        action="store_true",
        help="after Ctrl-C write rows of what was learned so far, not nothing",
    )
    _add_seed(group)


def _add_columns(parser, option, words):
    """Add an option that names columns."""
    names = {"nargs": "+", "action": "extend", "default": []}
    parser.add_argument(option, metavar="COLUMN", help=words, **names)


VERBS = {
    "synthesize": ("Learn a table and write new rows like its own", _synthesize),
    "fit": ("Learn a table and keep the model", _fit),
    "sample": ("Write new rows of a model", _sample),
    "evaluate": ("Say how like real rows new ones are", _evaluate),
    "inspect": ("Print what a model file holds, all of it", _inspect),
}


def check(options):
    """Refuse options that break a rule, and files that are not there.

    Raises
    ------
    ValueError
        If there are any; the message says which.
    """
    given = vars(options)
    for name in ("rows", "max_iter"):
        if given.get(name) is not None and given[name] < 1:
            option = name.replace("_", "-")
            raise ValueError(f"--{option} must be at least 1, got {given[name]}.")
    if given.get("minutes") is not None and not given["minutes"] > 0:
        raise ValueError(f"--minutes must be more than 0, got {given['minutes']:g}.")
    seed, sep = given.get("seed"), given.get("sep")
    if seed is not None and not 0 <= seed < 2**32:
        raise ValueError(f"--seed must be 0 or more, below 2^32, got {seed}.")
    if sep is not None:
        options.sep = sep = "\t" if sep == "\\t" else sep
        if len(sep) != 1:
            raise ValueError(f"--sep must be one character, got {sep!r}.")
    if given.get("encoding") is not None and not is_encoding(given["encoding"]):
        raise ValueError(
            f"--encoding must be one that Python knows, got {given['encoding']!r}."
        )
    if given.get("value") is not None and "label" in given and options.label is None:
        raise ValueError(f"--value needs --label, got {options.value!r} alone.")
    _check_files(given)


def _check_files(given):
    """Refuse files that cannot be read or written."""
    names = ("data", "model", "train", "test", "synthetic")
    read = [given[name] for name in names if name in given]
    for name in read:
        check_read(name)
    if given.get("out") is not None:
        check_written(given["out"], read)
        if given["verb"] != "evaluate":
            check_format(given["out"])
    if given.get("save") is not None:
        check_save(given["save"], [*read, given["out"]])
