"""GANs as scikit-learn estimators."""

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__, show_versions

if TYPE_CHECKING:
    from .conditions.markers import MISSING, PRESENT
    from .estimators import (
        DCGANGenerator,
        DiscriminatorFeatures,
        GANGenerator,
        GANOverSampler,
        RefinedGenerator,
    )
    from .estimators.files import load, save
    from .model_selection.augmentation_gain import augmentation_gain
    from .model_selection.gains import AugmentationGain
    from .model_selection.pipeline import sample
    from .storage.inspection import inspect
    from .training.distributed import distributed

__all__ = [
    "MISSING",
    "PRESENT",
    "AugmentationGain",
    "DCGANGenerator",
    "DiscriminatorFeatures",
    "GANGenerator",
    "GANOverSampler",
    "RefinedGenerator",
    "__version__",
    "augmentation_gain",
    "distributed",
    "inspect",
    "load",
    "sample",
    "save",
    "show_versions",
]

# What is imported when it is asked for: files are inspected without torch
_MODULES = {
    "MISSING": "conditions.markers",
    "PRESENT": "conditions.markers",
    "AugmentationGain": "model_selection.gains",
    "DCGANGenerator": "estimators",
    "DiscriminatorFeatures": "estimators",
    "GANGenerator": "estimators",
    "GANOverSampler": "estimators",
    "RefinedGenerator": "estimators",
    "augmentation_gain": "model_selection.augmentation_gain",
    "distributed": "training.distributed",
    "inspect": "storage.inspection",
    "load": "estimators.files",
    "sample": "model_selection.pipeline",
    "save": "estimators.files",
}
_ROOMS = {
    *("augmentation", "callbacks", "conditions", "constraints", "datasets", "encoding"),
    *("estimators", "exceptions", "losses", "metrics", "model", "model_selection"),
    *("networks", "pages", "penalties", "plotting", "privacy", "refinement"),
    *("sinks", "sources", "storage", "testing", "training"),
}


def __getattr__(name: str) -> object:
    """Import what is asked for by a public name."""
    if name in _MODULES:
        value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
        globals()[name] = value
        return value
    if name in _ROOMS:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what is there, and what will be."""
    return sorted({*globals(), *__all__, *_ROOMS})
