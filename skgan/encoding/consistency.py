"""Whether the parts of a table's encoder that was read are those of one table."""

from skgan.storage.fields import require

from .columns import HighCardinality, Identifier
from .relations import Map, Order
from .relations.dependence import MISSING


def check_table(schema, encoders, relations, merging, names, is_category, twins):
    """Refuse parts of an encoder that do not agree.

    Parameters
    ----------
    schema, encoders, relations, merging, names, is_category, twins : object
        What ``TableEncoder`` holds; ``merging`` are indicators and combinations.

    Raises
    ------
    ValueError
        If they do not.
    """
    n = len(schema.columns)
    indicators, combinations = merging
    n_merged = n + len(indicators.groups) + len(combinations.groups)
    among = [j for group in combinations.groups for j in group]
    require(all(j < n for j in among), "combinations are of columns")
    orders = [relation for relation in relations if isinstance(relation, Order)]
    n_all = n_merged + 2 * len(orders)
    require(len(names) == len(is_category) == n_all, "each column has a name")
    is_own = [own.content == "category" for own in schema.columns]
    made = [True] * (n_merged - n) + [False] * (n_all - n_merged)
    require(is_category == is_own + made, "categories are such")
    _check_gaps(orders, schema.columns, n_merged)
    require(len(indicators._names) == n, "each column may be an indicator")
    require(all(j < n for j in indicators.members), "indicators are columns")
    _check_order(encoders, relations, n_all)
    unique = {j for j, own in encoders.items() if isinstance(own, Identifier)}
    require({*twins, *twins.values()} <= unique, "only identifiers are twins")
    for j, column in enumerate(schema.columns):
        if is_category[j] and j not in unique:
            require(column.categories is not None, "categories are kept")
            _check_codes(len(column.categories), encoders.get(j))
    for relation in relations:
        j = relation.target
        if j < n and is_category[j]:
            _check_codes(len(schema.columns[j].categories), relation)


def _check_order(encoders, relations, n_columns):
    """Refuse relations that need what is not there yet."""
    there = set(encoders)
    require(len(there) > 0, "there is an encoder")
    for relation in relations:
        require(there.issuperset(relation.sources), "sources come first")
        require(relation.target not in there, "each column is restored once")
        there.add(relation.target)
    require(there == set(range(n_columns)), "each column has an encoder or a relation")


def _check_gaps(orders, columns, n_columns):
    """Refuse orders of columns that are no numbers, or have the gaps of others."""
    orders = sorted(orders, key=lambda order: order.sources[-1])
    for k, order in enumerate(orders):
        at = n_columns + 2 * k
        require(order.sources[-2:] == (at, at + 1), "orders have gaps of their own")
        among = [order.target, *order.starts]
        are_there = all(j < len(columns) for j in among)
        is_number = are_there and all(columns[j].content == "number" for j in among)
        require(is_number, "orders are of numbers")


def _check_codes(n_categories, source):
    """Refuse a source of codes for which there is no category."""
    codes = []
    if isinstance(source, HighCardinality):
        codes = source._values.tolist()
    elif isinstance(source, Map):
        codes = [*source.values.tolist(), source.default]
    is_within = all(MISSING <= code < n_categories for code in codes)
    require(is_within, "codes stand for categories")
