"""What holds in every row of a table, declared: ``TableEncoder(constraints=[...])``.

Inequalities are kept by learning the gap, sums by restoring them, and what is together
as one column of classes.
"""

from .encoding.constraints import Bounds, Constraint, Inequality, Sum, Together

__all__ = ["Bounds", "Constraint", "Inequality", "Sum", "Together"]
