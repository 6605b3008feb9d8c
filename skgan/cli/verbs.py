"""What the verbs of the command line do, after their options have been checked."""

import sys
import warnings
from contextlib import nullcontext, redirect_stdout
from itertools import starmap

from ..estimators.base import BaseGAN
from ..estimators.files import load, save
from ..estimators.writing import chunks_of, specimen_of
from ..metrics import evaluate as compare
from ..sinks.tables import as_pandas, as_table
from .files import PAGE, STDOUT, check_out, check_rows, write
from .learning import find_label, learn, take_labels, with_dates
from .tables import file_of, read_source
from .where import asked_of, read_where
from .writing import Writer


def synthesize(options):
    """Learn a table and write new rows."""
    source = _read(options.data, options)
    n_rows = options.rows or len(source.table)
    check_rows(n_rows, options.out)
    table, like = source.learned()
    writer = Writer(options.out, options.sep, like)
    head = table.head(1)
    check_out(lambda to: writer.to(to, head, [head]), options.out)
    with _beside_rows(options.out):
        gan = _learned(table, like, options)
    _write_rows(gan, n_rows, options, writer)


def fit(options):
    """Learn a table and keep the model."""
    _learned(*_read(options.data, options).learned(), options)
    _say(f"model in {options.save}", options)


def sample(options):
    """Write new rows of a model."""
    check_rows(options.rows, options.out)
    gan = load(options.model)
    if not isinstance(gan, BaseGAN):
        name = type(gan).__name__
        raise ValueError(
            f"{options.model} must hold a generator, got a {name}: load it in Python."
        )
    if options.value is not None and not gan.class_conditional:
        raise ValueError(f"--value needs a model with labels, got {options.model}.")
    like = file_of(gan)
    asked = {"encoding": options.encoding, "has_names": options.header}
    like = like._replace(**{k: v for k, v in asked.items() if v is not None})
    _write_rows(gan, options.rows, options, Writer(options.out, options.sep, like))


def evaluate(options):
    """Write a report on new rows beside real ones."""
    paths = options.train, options.test, options.synthetic
    sources = [_read(path, options) for path in paths]
    train = sources[0].learned()[0]
    tables = [train, *(source.learned_as(train) for source in sources[1:])]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        report = compare(*tables, target=options.target, random_state=options.seed or 0)
    for warning in caught:
        _say(f"warning: {warning.message}", options)
    is_page = options.out.lower().endswith(PAGE)
    text = report.to_html() if is_page else f"{report}\n"
    content = text.encode("utf-8", "xmlcharrefreplace")
    write(lambda to: to.write(content), options.out)
    if options.out not in STDOUT:
        _say(f"report in {options.out}", options)


def _read(path, options):
    """Read a table, and say what was found."""
    source = read_source(path, options)
    _say(f"read {path}: {source}", options)
    return source


def _learned(table, like, options):
    """Learn a table, and keep the model and how its file was written if asked for."""
    labels = take_labels(table, options)
    read_where(options.where, list(like.names))  # before training
    gan = learn(with_dates(table, options.dates), labels, options)
    if options.save is not None:
        gan._table_file = like
        save(gan, options.save)
    return gan


def _write_rows(gan, n_rows, options, writer):
    """Draw new rows of a generator, and write them one table after the other.

    Labels are one more column, where the file had it, else the last.
    """
    names, how = writer.like.names, {}
    if options.where:
        how["where"] = asked_of(gan, options.where, writer.like.decimal)
    if options.value is not None:
        how["y"] = find_label(options.value, gan.classes_)

    def table_of(rows, labels):
        table = as_pandas(as_table(rows, labels))
        kept = [name for name in names if name in table.columns]
        return table[kept] if len(kept) == len(table.columns) else table

    with_y = gan.class_conditional
    drawn = chunks_of(gan, n_rows, options.seed, with_y, **how)
    specimen = table_of(*specimen_of(gan, with_y))
    tables = starmap(table_of, drawn)
    write(lambda to: writer.to(to, specimen, tables), options.out)
    size = f"{n_rows:,} rows of {len(specimen.columns)} columns"
    _say(f"{size} in {options.out}", options)


def _beside_rows(out):
    """What is printed must not stand between the rows."""
    return redirect_stdout(sys.stderr) if out in STDOUT else nullcontext()


def _say(words, options):
    """Print a line beside the result, unless that is unwanted."""
    if not options.quiet:
        print(f"skgan: {words}", file=sys.stderr)
