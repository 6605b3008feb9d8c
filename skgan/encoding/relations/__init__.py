"""Relations: columns that others determine, and columns that exclude each other."""

from .base import Arithmetic, Copy, Map, Relation, Total
from .dependence import relations_of, restore
from .discovery import find_relations
from .indicators import Indicators
from .order import Order
from .ordering import find_orders
from .scales import Levels, Steps

__all__ = [
    "Arithmetic",
    "Copy",
    "Indicators",
    "Levels",
    "Map",
    "Order",
    "Relation",
    "Steps",
    "Total",
    "find_orders",
    "find_relations",
    "relations_of",
    "restore",
]
