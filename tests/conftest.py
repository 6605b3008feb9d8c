"""Fixtures that several files of tests share."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from skgan.estimators.inputs import hold_out
from skgan.metrics.pairwise import Differences, Products


@pytest.fixture(autouse=True)
def _same_random_numbers():
    """Those of torch's global stream, whichever tests ran before in the process."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def digits():
    """Rows of real images, ``(1797, 64)``, values 0 to 16."""
    return load_digits().data


@pytest.fixture
def blobs():
    """Rows of two clusters, ``(400, 2)``."""
    rng = np.random.RandomState(0)
    centers = np.array([[-2.0, 0.0], [2.0, 1.0]])
    return centers[rng.randint(2, size=400)] + 0.3 * rng.normal(size=(400, 2))


@pytest.fixture
def benchmarks(monkeypatch):
    """Imports a module of the benchmarks by its name."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
    return import_module


@pytest.fixture
def summary(benchmarks):
    """The benchmarks' module that makes tables of results."""
    return benchmarks("summary")


@pytest.fixture
def reduced_precision():
    """A caller who has lowered the precision of products of matrices."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    yield
    torch.set_float32_matmul_precision(before)


@pytest.fixture
def split():
    """Training and held-out rows as ``fit`` splits them with ``random_state=0``."""

    def split(rows, fraction):
        codes = np.zeros(len(rows), dtype=int)
        parts = hold_out(len(rows), fraction, np.random.RandomState(0), codes)
        return [rows[part] for part in parts]

    return split


@pytest.fixture
def ways_used(monkeypatch):
    """A list that receives for each tile its way, its format and its shape."""
    used = []
    for way in (Products, Differences):

        def recorded(self, rows, columns, squares=way.squares):
            tile = squares(self, rows, columns)
            used.append((type(self), tile.dtype, tuple(tile.shape)))
            return tile

        monkeypatch.setattr(way, "squares", recorded)
    return used
