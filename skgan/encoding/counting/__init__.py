"""Counting: what all rows say, where an encoder has learned from some of them."""

from .distinct import DistinctValues
from .keys import RisingNumbers
from .known import knowing
from .table import TableCounts

__all__ = ["DistinctValues", "RisingNumbers", "TableCounts", "knowing"]
