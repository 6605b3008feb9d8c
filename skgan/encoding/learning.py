"""What a table's encoder learns of training rows: of each column, and between them."""

from graphlib import TopologicalSorter
from typing import NamedTuple

from skgan.privacy import MIN_ROWS

from .columns import categorical_columns, choose_column_encoder
from .constraints import Inequality, Sum, Together, check_constraints, check_learned
from .frames import check_numbers
from .identifiers import encoder_of
from .relations import (
    Combinations,
    Indicators,
    Order,
    find_orders,
    is_ordered,
    relations_of,
    rests_on,
)


class Learned(NamedTuple):
    """What is learned of the columns of a table.

    Parameters
    ----------
    columns : list of Column
        Those of the table, those that merge some of them, and those of gaps.
    encoders : dict of ColumnEncoder
        Of columns that no others determine, by their indices.
    relations : list of Relation
        How the others are restored, in this order.
    indicators : Indicators
        Groups of columns of which at most one is set.
    combinations : Combinations
        Groups of columns that are declared to be together.
    categorical : list of int
        Columns of text that are categories, and declared ones.
    """

    columns: list
    encoders: dict
    relations: list
    indicators: Indicators
    combinations: Combinations
    categorical: list


class AllRows(NamedTuple):
    """What all rows say, where a table holds some of them.

    ``keys`` are encoders of columns that count them, by their indices, ``refuted``
    columns that others determine in the table alone.
    """

    keys: dict
    refuted: frozenset


NO_OTHERS = AllRows({}, frozenset())


def learn(
    table,
    declared,
    identifiers,
    finds_keys,
    constraints,
    min_rows=MIN_ROWS,
    all_rows=NO_OTHERS,
):
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
    constraints : list of (Constraint, list of int)
        What is declared between columns, as ``resolve`` returns it.
    min_rows : MinRows, default=MIN_ROWS
        How many rows share what is kept of them.
    all_rows : AllRows, default=no others
        What is known of more rows than the table has.
    """
    columns, schemas, refuted = table.columns, table.schema.columns, all_rows.refuted
    check_numbers(columns)
    check_constraints(constraints, columns, schemas)
    asked = declared, identifiers, finds_keys
    encoders = encoders_of(columns, *asked, min_rows, all_rows.keys)
    categorical = categorical_columns(columns, encoders, declared)
    together = [own for constraint, own in constraints if type(constraint) is Together]
    indicators = Indicators(columns)
    indicators.leave({j for group in together for j in group} | refuted)
    combinations = Combinations(columns, together, min_rows)
    check_learned(constraints, columns, encoders, combinations.tables, min_rows)
    merged = indicators.merge(columns)
    given = indicators.relations(columns)
    given += combinations.relations(columns, len(columns) + len(merged))
    encoders += indicators.encoders(merged, min_rows)
    combined = combinations.merge(columns)
    encoders += combinations.encoders(combined, min_rows)
    given += [
        constraint.relation(columns, own)
        for constraint, own in constraints
        if type(constraint) is Sum
    ]
    check_targets(given, columns)
    columns = columns + merged + combined
    relations = relations_of(columns, encoders, given, min_rows)
    check_refuted({relation.target for relation in given} & refuted, columns)
    relations = [own for own in relations if own.target not in refuted]
    pairs = ordered_pairs(constraints, columns, encoders, relations)
    own = _undetermined(columns, relations)
    orders = find_orders(columns, encoders, schemas, own, pairs, min_rows)
    orders = [order for order in orders if order.target not in refuted]
    gaps = gaps_of(orders, columns)
    columns = columns + gaps
    encoders += [choose_column_encoder(gap, min_rows=min_rows) for gap in gaps]
    relations = _sorted(orders + relations)
    encoders = {j: encoders[j] for j in _undetermined(columns, relations)}
    return Learned(columns, encoders, relations, indicators, combinations, categorical)


def encoders_of(columns, declared, identifiers, finds_keys, min_rows, keys):
    """Return the encoder of each column of a table; ``keys`` are known before."""
    encoders = [
        encoder_of(j, column, declared, identifiers, finds_keys, min_rows)
        for j, column in enumerate(columns)
    ]
    for j in set(keys) - declared if finds_keys else ():
        encoders[j] = keys[j]
    return encoders


def ordered_pairs(constraints, columns, encoders, relations):
    """Return declared pairs of columns that gaps can keep in order.

    Relations stay: they determine neither the second column of a pair, nor the first
    by the second. Of what they determine rows are asked instead.
    """
    found = {relation.target: relation for relation in relations}
    return [
        (low, high)
        for constraint, (low, *rest) in constraints
        for high in rest
        if type(constraint) is Inequality
        and high not in found
        and not rests_on(found, {low}, high)
        and is_ordered(columns[high], encoders[high])
    ]


def check_targets(relations, columns):
    """Refuse declared relations of which two determine a column, or one itself.

    Raises
    ------
    ValueError
        If there are.
    """
    targets = [relation.target for relation in relations]
    found = {relation.target: relation for relation in relations}
    for j in targets:
        if targets.count(j) > 1:
            raise ValueError(
                f"constraints must determine column {str(columns[j].name)!r} once, got "
                f"{targets.count(j)} that do."
            )
        if rests_on(found, found[j].sources, j):
            raise ValueError(
                f"constraints must not determine column {str(columns[j].name)!r} by "
                f"itself, got {found[j].describe([str(own.name) for own in columns])}."
            )


def check_refuted(refuted, columns):
    """Refuse declared relations that do not hold in all rows.

    Raises
    ------
    ValueError
        If there are such; ``refuted`` are the columns that they determine.
    """
    for j in refuted:
        raise ValueError(
            f"constraints must hold in all rows, and what determines column "
            f"{str(columns[j].name)!r} does not."
        )


def _sorted(relations):
    """Return relations such that sources come before what they determine."""
    found = {relation.target: relation for relation in relations}
    order = TopologicalSorter({j: own.sources for j, own in found.items()})
    return [found[j] for j in order.static_order() if j in found]


def gaps_of(relations, columns):
    """Return the columns of gaps of all orders among relations, two for each."""
    orders = [relation for relation in relations if isinstance(relation, Order)]
    orders.sort(key=lambda order: order.sources[-1])
    return [gap for order in orders for gap in order.columns(columns)]


def _undetermined(columns, relations):
    """Return the indices of columns that no relation restores."""
    determined = {relation.target for relation in relations}
    return [j for j in range(len(columns)) if j not in determined]
