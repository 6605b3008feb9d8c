"""From a table that was read to a generator, and to new rows like its own."""

import sys
import warnings

from ..encoding import TableEncoder
from ..encoding.frames import find_format
from ..estimators import GANGenerator
from ..exceptions import InterruptedWarning
from .tables import check_columns

MAX_LABELS = 0.2  # distinct labels, as a share of the rows


def learn(table, labels, options):
    """Fit a generator to a table, as the options say."""
    gan = GANGenerator(
        class_conditional=labels is not None,
        encoder=TableEncoder(
            identifiers=options.ids or "auto", on_identifiers=options.identifiers
        ),
        max_iter="auto" if options.max_iter is None else options.max_iter,
        max_time=None if options.minutes is None else 60 * options.minutes,
        refinement=None if options.no_refinement else "auto",
        verbose=0 if options.quiet else 1,
        random_state=options.seed,
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            gan.fit(table, labels)
        except KeyboardInterrupt:
            # What was trained is kept, unless that is nothing
            if not options.keep_partial or not gan.__sklearn_is_fitted__():
                raise
            warnings.warn(_partial(gan, options), InterruptedWarning, stacklevel=1)
    if not options.quiet:
        for message in dict.fromkeys(str(warning.message) for warning in caught):
            print(f"skgan: warning: {message}", file=sys.stderr)
    return gan


def _partial(gan, options):
    """Say what is not whole where Ctrl-C has ended a fit, which warns of nothing."""
    is_bare = gan.refinement_ is None and not options.no_refinement
    return (
        f"learning was stopped after {gan.n_iter_} of {gan.max_iter_} iterations"
        f"{', without refinement' if is_bare else ''}: what is written is partial."
    )


def with_dates(table, names):
    """The table, in which columns are dates that the encoder would not find.

    Raises
    ------
    ValueError
        If a column has a value that is no date.
    """
    import pandas as pd

    check_columns("--dates", names, table)
    for name in names:
        column = table[name]
        if column.dtype.kind == "M" or _is_found(column):
            continue
        dates = pd.to_datetime(column.astype("str"), format="mixed", errors="coerce")
        odd = column[dates.isna() & column.notna()]
        if len(odd):
            raise ValueError(
                f"--dates: column {name!r} has {str(odd.iloc[0])!r}, which is no date."
            )
        table[name] = dates
    return table


def _is_found(column):
    """Whether the encoder finds dates or times in a column of text."""
    counts = column.dropna().astype("str").value_counts()
    written = find_format(counts.index.tolist(), counts.to_numpy())
    return written is not None and written.family != "number"


def take_labels(table, options):
    """Take the column of labels out of the table, None without any.

    Raises
    ------
    ValueError
        If it cannot be learned, or if the value asked for is none of it.
    """
    if options.label is None:
        return None
    names = list(table.columns)
    check_columns("--label", [options.label], table)
    if len(names) < 2:
        raise ValueError(f"{options.label!r} is the only column: nothing to learn.")
    labels = table[options.label]
    missing = int((labels.isna() | (labels == "")).sum())
    if missing:
        raise ValueError(f"--label must have no missing values, got {missing}.")
    known = sorted(set(labels))
    if len(known) > max(2, MAX_LABELS * len(labels)):
        raise ValueError(
            f"--label must be a column of few labels, got {len(known)} different ones "
            f"in {len(labels)} rows of {options.label!r}."
        )
    if options.value is not None:
        find_label(options.value, known)
    return table.pop(options.label)


def find_label(value, known):
    """Find the label that a value of the command line stands for.

    Raises
    ------
    ValueError
        If there is none.
    """
    for label in known:
        if str(label) == value:
            return label
    shown = ", ".join(repr(str(label)) for label in known[:10])
    raise ValueError(f"--value must be one of {shown}, got {value!r}.")
