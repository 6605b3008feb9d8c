"""Measures of generated rows."""

from .columns import (
    column_shape_error,
    column_shape_errors,
    column_trend_error,
    column_trend_errors,
)
from .coverage import (
    alpha_precision,
    beta_recall,
    precision_recall_density_coverage,
)
from .distances import frechet_distance, maximum_mean_discrepancy
from .evaluation import evaluate
from .goodfellow import goodfellow_log_likelihood
from .membership import membership_attacks
from .membership_report import MembershipReport
from .modes import mode_recovery
from .parzen import (
    parzen_log_likelihood,
    parzen_log_likelihoods,
    select_bandwidth,
)
from .privacy import copy_share, duplicate_share, nearest_record_ratios
from .report import Report
from .scorers import (
    CoverageScorer,
    ParzenScorer,
    SampleScorer,
    ShapeScorer,
    TrendScorer,
    TwoSampleScorer,
)
from .shadow import ShadowReport, shadow_attack
from .telling_ranges import explain_two_sample
from .two_sample import two_sample_auc, two_sample_score
from .utility import train_on_synthetic_score

__all__ = [
    "CoverageScorer",
    "MembershipReport",
    "ParzenScorer",
    "Report",
    "SampleScorer",
    "ShadowReport",
    "ShapeScorer",
    "TrendScorer",
    "TwoSampleScorer",
    "alpha_precision",
    "beta_recall",
    "column_shape_error",
    "column_shape_errors",
    "column_trend_error",
    "column_trend_errors",
    "copy_share",
    "duplicate_share",
    "evaluate",
    "explain_two_sample",
    "frechet_distance",
    "goodfellow_log_likelihood",
    "maximum_mean_discrepancy",
    "membership_attacks",
    "mode_recovery",
    "nearest_record_ratios",
    "parzen_log_likelihood",
    "parzen_log_likelihoods",
    "precision_recall_density_coverage",
    "select_bandwidth",
    "shadow_attack",
    "train_on_synthetic_score",
    "two_sample_auc",
    "two_sample_score",
]
