"""Whether what some rows say of columns holds in others."""

import numpy as np

from ..relations import Map, Order, restore

CLOSE = 1e-9  # of the greatest number: what rounding leaves


def contradicts(relation, values, missing, is_category, *, knows_all=False):
    """Whether rows contradict a relation that was found in others.

    Parameters
    ----------
    relation : Relation
        One that was found.
    values, missing : list of ndarray of shape (n,)
        Those of all columns.
    is_category : list of bool
        Which columns hold codes, -1 of categories that are not known.
    knows_all : bool, default=False
        Whether a source of a map that it does not know contradicts it, too.
    """
    j = relation.target
    if isinstance(relation, Order):
        return _is_below(relation, values, missing)
    known = ~missing[j]
    if is_category[j]:
        known = known & (values[j] >= 0)
    if isinstance(relation, Map) and not knows_all:
        known &= missing[relation.sources[0]] | np.isin(
            values[relation.sources[0]], relation.codes
        )
    restored, gone = restore(relation, values, missing, is_category[j])
    wanted, restored = values[j][known], restored[known]
    wrong = wanted != restored
    if restored.dtype.kind == "f":
        most = CLOSE * np.abs(wanted).max(initial=0)
        wrong = np.abs(wanted - restored) > most
    return bool((gone[known] | wrong).any() or (missing[j] & ~gone).any())


def _is_below(order, values, missing):
    """Whether the target of an order is below its starts in some rows."""
    starts = [values[j] for j in order.starts]
    floor, is_absent = order.floor(starts, [missing[j] for j in order.starts])
    here = ~is_absent & ~missing[order.target]
    return bool((values[order.target][here] < floor[here]).any())
