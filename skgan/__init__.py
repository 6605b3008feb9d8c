"""GANs as scikit-learn estimators."""

from ._gan import GANGenerator
from ._pipeline import sample
from ._version import __version__, show_versions

__all__ = ["GANGenerator", "__version__", "sample", "show_versions"]
