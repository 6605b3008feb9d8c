"""Relations: columns that others determine, and columns that exclude each other."""

from .base import Arithmetic, Copy, Map, Relation, Total
from .dependence import relations_of, restore
from .discovery import find_relations
from .indicators import Indicators

__all__ = [
    "Arithmetic",
    "Copy",
    "Indicators",
    "Map",
    "Relation",
    "Total",
    "find_relations",
    "relations_of",
    "restore",
]
