"""Relations: columns that others determine, and columns that exclude each other."""

from .base import Arithmetic, Copy, Map, Relation, Total, rests_on, widened
from .combinations import Combinations
from .dependence import relations_of, restore
from .discovery import find_relations
from .indicators import Indicators
from .order import Order, in_units
from .ordering import Member, find_orders, is_ordered, unit_between
from .scales import Levels, Steps

__all__ = [
    "Arithmetic",
    "Combinations",
    "Copy",
    "Indicators",
    "Levels",
    "Map",
    "Member",
    "Order",
    "Relation",
    "Steps",
    "Total",
    "find_orders",
    "find_relations",
    "in_units",
    "is_ordered",
    "relations_of",
    "rests_on",
    "restore",
    "unit_between",
    "widened",
]
