"""One thread a test process, so that two of them do not fight for two cores.

Doctests of the package and of the documentation are among them.
"""

import os
from importlib import import_module

import pytest

os.environ["SCIPY_ARRAY_API"] = "1"  # before scipy: scikit-learn's array API check runs
os.environ.setdefault("MPLBACKEND", "agg")
os.environ["OMP_NUM_THREADS"] = "1"  # before torch and scikit-learn

# What makes fits slow and rows good: trees, candidates, passes for batch statistics
EFFORT = (
    "skgan.refinement.trees.MAX_ITER",
    "skgan.refinement.ratio.N_PER_ROW",
    "skgan.training.averaging.N_BN_BATCHES",
)


@pytest.fixture(scope="session")
def effort():
    """The effort of a user's fit, by name."""
    found = (name.rpartition(".") for name in EFFORT)
    values = (getattr(import_module(module), name) for module, _, name in found)
    return dict(zip(EFFORT, values, strict=True))


@pytest.fixture(scope="module", autouse=True)
def few_trees(effort):
    """Quick fits, with a tenth of the effort.

    It holds for fixtures of a module, too, but not in other processes.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in effort.items():
            patch.setattr(name, value // 10)
        yield


@pytest.fixture
def all_trees(monkeypatch, effort):
    """Fits as users have them, for tests that judge how good rows are."""
    for name, value in effort.items():
        monkeypatch.setattr(name, value)
