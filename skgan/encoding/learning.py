"""What a table's encoder learns of training rows: of each column, and between them."""

from typing import NamedTuple

from skgan.privacy import MIN_ROWS

from .columns import categorical_columns, choose_column_encoder
from .frames import check_numbers
from .identifiers import encoder_of
from .relations import Indicators, Order, find_orders, relations_of


class Learned(NamedTuple):
    """What is learned of the columns of a table.

    Parameters
    ----------
    columns : list of Column
        Those of the table, those that merge indicators, and those of gaps.
    encoders : dict of ColumnEncoder
        Of columns that no others determine, by their indices.
    relations : list of Relation
        How the others are restored, in this order.
    indicators : Indicators
        Groups of columns of which at most one is set.
    categorical : list of int
        Columns of text that are categories, and declared ones.
    """

    columns: list
    encoders: dict
    relations: list
    indicators: Indicators
    categorical: list


def learn(table, declared, identifiers, finds_keys, min_rows=MIN_ROWS):
    """Learn column encoders, and what holds between columns.

    Parameters
    ----------
    table : Table
        The training rows.
    declared : set of int
        Columns that are declared to be categories.
    identifiers : dict
        Functions of declared identifiers by indices, None where there is none.
    finds_keys : bool
        Whether whole numbers that count rows are keys.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.
    """
    columns = table.columns
    check_numbers(columns)
    encoders = [
        encoder_of(j, column, declared, identifiers, finds_keys, min_rows)
        for j, column in enumerate(columns)
    ]
    categorical = categorical_columns(columns, encoders, declared)
    indicators = Indicators(columns)
    merged = indicators.merge(columns)
    columns = columns + merged
    encoders += indicators.encoders(merged, min_rows)
    given_maps = indicators.relations(columns)
    relations = relations_of(columns, encoders, given_maps, min_rows)
    own = _undetermined(columns, relations)
    orders = find_orders(columns, encoders, table.schema.columns, own, min_rows)
    gaps = gaps_of(orders, columns)
    columns = columns + gaps
    encoders += [choose_column_encoder(gap, min_rows=min_rows) for gap in gaps]
    relations = orders + relations
    own = _undetermined(columns, relations)
    encoders = {j: encoders[j] for j in own}
    return Learned(columns, encoders, relations, indicators, categorical)


def gaps_of(relations, columns):
    """Return the columns of gaps of all orders among relations, two for each."""
    orders = [relation for relation in relations if isinstance(relation, Order)]
    return [gap for order in orders for gap in order.columns(columns)]


def _undetermined(columns, relations):
    """Return the indices of columns that no relation restores."""
    determined = {relation.target for relation in relations}
    return [j for j in range(len(columns)) if j not in determined]
