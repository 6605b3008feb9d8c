"""What a row is conditioned on: labels that users give, clusters found in the data.

Both are one-hot inputs of both networks (Mirza and Osindero 2014; for clusters Liu et
al. 2020). A fake row takes the conditions of the real row that it is paired with, and
samples draw them by their shares in training: so these are right from the start.
"""

from ..encoding import FRAME_WORDS
from ..storage import Vocabulary
from .base import Condition, ConditionedRows, Conditions
from .clusters import (
    ClusterCondition,
    Clusters,
    auto_n_clusters,
    find_clusters,
    principal_components,
)
from .find import find_conditions
from .labels import (
    LabelCondition,
    Labels,
    check_given,
    check_labels_given,
    label_condition,
    read_labels,
)
from .markers import MISSING, PRESENT
from .shares import Shares
from .where import Where

CONDITION_WORDS = FRAME_WORDS | Vocabulary(
    [ClusterCondition, Clusters, Conditions, LabelCondition, Labels]
)

__all__ = [
    "CONDITION_WORDS",
    "MISSING",
    "PRESENT",
    "ClusterCondition",
    "Clusters",
    "Condition",
    "ConditionedRows",
    "Conditions",
    "LabelCondition",
    "Labels",
    "Shares",
    "Where",
    "auto_n_clusters",
    "check_given",
    "check_labels_given",
    "find_clusters",
    "find_conditions",
    "label_condition",
    "principal_components",
    "read_labels",
]
