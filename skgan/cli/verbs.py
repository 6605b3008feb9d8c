"""What the verbs of the command line do, after their options have been checked."""

import sys
import warnings
from contextlib import nullcontext, redirect_stdout

from ..estimators.files import load, save
from ..metrics import evaluate as compare
from .files import PAGE, STDOUT, check_out, check_rows, write
from .learning import find_label, learn, take_labels, with_dates
from .tables import Writer, as_table, read_source
from .where import asked_of, read_where


def synthesize(options):
    """Learn a table and write new rows."""
    source = _read(options.data, options)
    if options.rows is not None:
        check_rows(options.rows, len(source.table.columns))
    writer = Writer(options.out, options.sep, source)
    check_out(lambda to: writer.to(source.table.head(1), to, {}), options.out)
    names, n_rows = list(source.table.columns), options.rows or len(source.table)
    with _beside_rows(options.out):
        gan, formats = _learned(source, options)
        rows = _drawn(gan, n_rows, options, source.decimal)
    if options.label is not None:
        rows.insert(names.index(options.label), options.label, rows.pop(options.label))
    write(lambda to: writer.to(rows, to, formats), options.out)
    _say(f"{len(rows)} rows of {len(rows.columns)} columns in {options.out}", options)


def fit(options):
    """Learn a table and keep the model."""
    _learned(_read(options.data, options), options)
    _say(f"model in {options.save}", options)


def sample(options):
    """Write new rows of a model."""
    gan = load(options.model)
    if options.value is not None and not gan.class_conditional:
        raise ValueError(f"--value needs a model with labels, got {options.model}.")
    rows, writer = _drawn(gan, options.rows, options), Writer(options.out, options.sep)
    write(lambda to: writer.to(rows, to, {}), options.out)


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
    write(lambda to: _put(content, to), options.out)


def _read(path, options):
    """Read a table, and say what was found."""
    source = read_source(path, options)
    _say(f"read {path}: {source}", options)
    return source


def _learned(source, options):
    """Learn a table and keep the model if asked for; tell how numbers stood."""
    labels = take_labels(source.table, options)
    read_where(options.where, list(source.table.columns))  # before training
    table, formats = source.learned()
    gan = learn(with_dates(table, options.dates), labels, options)
    if options.save is not None:
        save(gan, options.save)
    return gan, formats


def _drawn(gan, n_rows, options, decimal="."):
    """New rows of a generator, with their labels if there are any."""
    how = {"random_state": options.seed}
    if options.where:
        how["where"] = asked_of(gan, options.where, decimal)
    if not gan.class_conditional:
        return as_table(gan.sample(n_rows, **how))
    value = options.value
    label = None if value is None else find_label(value, gan.classes_)
    rows, labels = gan.sample(n_rows, y=label, return_y=True, **how)
    table = as_table(rows)
    table[getattr(labels, "name", None) or "label"] = labels
    return table


def _beside_rows(out):
    """What is printed must not stand between the rows."""
    return redirect_stdout(sys.stderr) if out in STDOUT else nullcontext()


def _say(words, options):
    """Print a line beside the result, unless that is unwanted."""
    if not options.quiet:
        print(f"skgan: {words}", file=sys.stderr)


def _put(content, target):
    """Write bytes to a path or a binary stream."""
    if hasattr(target, "write"):
        target.write(content)
    else:
        with open(target, "wb") as stream:
            stream.write(content)
