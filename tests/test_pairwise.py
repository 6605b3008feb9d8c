"""Tiles of all pairs, and squared distances of them with their bounds."""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

import skgan.metrics
from skgan.metrics import pairwise
from skgan.metrics.pairwise import (
    Products,
    add_log_sums,
    float64_device,
    log_sum_exp,
    pairs_of_tiles,
    tiles,
    ways,
)

FLOAT32, FLOAT64 = torch.float32, torch.float64


def normal(n, m, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(m, d))


@pytest.mark.parametrize("tile", [1, 7, 16, 100])
@pytest.mark.parametrize(("n", "m"), [(20, 33), (16, 16), (1, 5), (5, 0)])
def test_each_pair_is_in_one_tile(monkeypatch, tile, n, m):
    monkeypatch.setattr(pairwise, "TILE", tile)
    visits = np.zeros((n, m), dtype=int)
    for rows, columns in pairs_of_tiles(tiles(n), tiles(m)):
        assert max(visits[rows, columns].shape) <= tile, "memory is bounded by a tile"
        visits[rows, columns] += 1
    assert (visits == 1).all()


@pytest.mark.parametrize("tile", [1, 7, 16, 100])
def test_of_one_set_each_pair_comes_once_or_with_its_mirror_image(monkeypatch, tile):
    monkeypatch.setattr(pairwise, "TILE", tile)
    visits = np.zeros((20, 20), dtype=int)
    parts = tiles(20)
    for rows, columns in pairs_of_tiles(parts, parts, is_one_set=True):
        visits[rows, columns] += 1
        if rows != columns:
            visits[columns, rows] += 1
    assert (visits == 1).all()


def test_one_tile_of_the_first_set_is_made_at_a_time():
    made = []

    def firsts():
        for name in "abc":
            made.append(name)
            yield name

    pairs = pairs_of_tiles(firsts(), "xy")
    assert not made
    assert [(pair, len(made)) for pair in pairs] == [
        (("a", "x"), 1),
        (("a", "y"), 1),
        (("b", "x"), 2),
        (("b", "y"), 2),
        (("c", "x"), 3),
        (("c", "y"), 3),
    ]


@pytest.mark.parametrize("tile", [1, 7, 100])
def test_log_sums_are_over_all_of_the_second_set(monkeypatch, tile):
    monkeypatch.setattr(pairwise, "TILE", tile)
    exponents = 100 * torch.from_numpy(normal(20, 33, 20)[1] @ normal(20, 1, 20)[0].T).T
    sums = torch.full((2, 20), -torch.inf, dtype=FLOAT64)

    def log_sums_of(rows, columns):
        part = exponents[rows, columns]
        yield log_sum_exp(part)
        yield log_sum_exp(part / 10)

    add_log_sums(sums, tiles(20), tiles(33), log_sums_of)
    for row, factor in zip(sums, (1, 0.1), strict=True):
        expected = logsumexp(factor * exponents.numpy(), axis=1)
        np.testing.assert_allclose(row, expected, rtol=1e-12)


def test_no_other_measure_walks_over_tiles():
    """The one loop over all pairs of rows is the one of this file's subject."""
    for path in Path(skgan.metrics.__file__).parent.glob("*.py"):
        if path.name != "pairwise.py":
            for node in ast.walk(ast.parse(path.read_text())):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                steps = called == "range" and len(node.args) == 3
                assert not steps, f"{path.name}, line {node.lineno}"


@pytest.mark.parametrize("dtype", [FLOAT32, FLOAT64], ids=str)
@pytest.mark.parametrize("d", [1, 30, 784])
@pytest.mark.parametrize("case", ["normal", "equal columns", "near", "tiny", "one far"])
def test_products_bound_squared_distances(case, d, dtype):
    points, others = normal(40, 60, d)
    if case == "equal columns":  # errors of one sign add up
        points, others = (
            np.repeat(part[:, :1], d, axis=1) for part in (points, others)
        )
    elif case == "near":
        others[:40] = points + 1e-5 * others[:40]
    elif case == "tiny":
        points, others = 1e-22 * points, 1e-22 * others
    elif case == "one far":
        points[0] = 1e7
    way = Products(points, others, dtype, torch.device("cpu"))
    exact = cdist(points, others, "sqeuclidean")
    for rows in (slice(0, 40), slice(1, 40)):
        low = way.squares(rows, slice(0, 60)).double().numpy()
        margin = way.margin(rows, slice(0, 60))
        assert (low <= exact[rows]).all()
        assert (exact[rows] <= low + margin).all()
        norms = (points[rows] ** 2).sum(axis=1).max() + (others**2).sum(axis=1).max()
        assert margin < 3 * (d + 10) * torch.finfo(dtype).eps * norms + 1e-33


@pytest.mark.parametrize(("offset", "n_ways"), [(0, 3), (1e9, 3), (1e20, 2)])
def test_ways_bound_squared_distances(offset, n_ways):
    points, others = normal(40, 60, 5)
    points[:5] += offset
    exact = cdist(points, others, "sqeuclidean")
    found = list(ways(points, others, torch.device("cpu")))
    assert len(found) == n_ways, "float32 has room for squares up to a limit"
    for way in found:
        everything = slice(0, 40), slice(0, 60)
        low = way.squares(*everything).double().numpy()
        assert (low <= exact * (1 + 1e-12)).all()
        assert (exact <= (low + way.margin(*everything)) * (1 + 1e-12)).all()


def test_devices_without_float64_give_way_to_the_cpu():
    assert float64_device("meta") == torch.device("cpu")
