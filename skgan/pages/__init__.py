"""HTML pages of one file: tables and pictures, no scripts, nothing from elsewhere."""

from .charts import bars, histogram, track
from .elements import Markup, element, joined, table
from .page import fragment, page

__all__ = [
    "Markup",
    "bars",
    "element",
    "fragment",
    "histogram",
    "joined",
    "page",
    "table",
    "track",
]
