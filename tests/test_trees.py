"""Boosted trees as arrays, against the models that they come from."""

import pickle
import pickletools

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from skgan.refinement import Trees, fit_trees
from skgan.refinement import trees as module

SIZES = [254, 3, 40, 200, 10]


def rows_of(n, rng, sizes=SIZES):
    return rng.integers(0, sizes, (n, len(sizes))).astype(np.uint8)


def two_sides(n=4_000):
    """Real rows follow a rule of two columns that candidates do not know."""
    rng = np.random.default_rng(0)
    rows, fake = rows_of(2 * n, rng), rows_of(3 * n, rng)
    keep = (rows[:, 0] < 100) | (rows[:, 2] % 3 == 0) | (rows[:, 1] == 1)
    return rows[keep & ((rows[:, 3] > 50) | (rows[:, 4] % 4 != 0))], fake


def model(real, fake, is_class, **params):
    params = {"max_iter": 30, "categorical_features": is_class} | params
    sides = np.repeat([1, 0], [len(real), len(fake)])
    return HistGradientBoostingClassifier(**params).fit(np.vstack([real, fake]), sides)


@pytest.mark.parametrize(
    "is_class",
    [None, [False, True, True, False, True], [True] * 5],
    ids=["numbers", "both", "classes"],
)
@pytest.mark.parametrize("params", [{}, {"max_leaf_nodes": 2}, {"max_leaf_nodes": 32}])
def test_the_same_as_the_models(is_class, params):
    real, fake = two_sides()
    # Classes that some models have not met go where missing ones do
    models = [
        model(real[real[:, 2] > 5], fake[fake[:, 2] > 5], is_class, **params),
        model(real, fake, is_class, max_iter=3, **params),
    ]
    rows = rows_of(3_000, np.random.default_rng(1))
    expected = np.mean([one.decision_function(rows) for one in models], axis=0)
    found = Trees(models).predict(rows)
    assert found.std() > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_trees_without_a_split():
    same = np.zeros((400, 2), dtype=np.uint8)
    trees = Trees([model(same, same[:100], None)])
    np.testing.assert_allclose(trees.predict(same[:3]), np.log(4), atol=1e-6)


def test_the_log_ratio_of_two_known_distributions():
    rng = np.random.default_rng(0)
    shares = np.array([0.5, 0.3, 0.15, 0.05])
    real = rng.choice(4, (20_000, 1), p=shares).astype(np.uint8)
    fake = rng.choice(4, (60_000, 1)).astype(np.uint8)
    for is_class in (True, False):
        trees = fit_trees(
            real, fake, np.array([is_class]), weights=np.ones(len(fake)), seed=0
        )
        rows = np.arange(4, dtype=np.uint8)[:, None]
        np.testing.assert_allclose(trees.predict(rows), np.log(4 * shares), atol=0.05)


def test_fewer_trees_follow_a_short_training():
    real, fake = two_sides()
    how = {"weights": np.ones(len(fake)), "seed": 0}
    few, many = (
        fit_trees(real, fake, np.zeros(5, bool), **how, share=share)
        for share in (0.1, 1.0)
    )
    assert len(few.values) == 5 * module.MIN_ITER < len(many.values)


def test_weights_are_of_the_candidates():
    rng = np.random.default_rng(0)
    real, fake = rows_of(9_000, rng, [4]), rows_of(30_000, rng, [4])
    weights = 1.0 + fake[:, 0]
    trees = fit_trees(real, fake, np.array([False]), weights=weights, seed=0)
    rows = np.arange(4, dtype=np.uint8)[:, None]
    expected = -np.log((1 + np.arange(4)) / 2.5)
    np.testing.assert_allclose(trees.predict(rows), expected, atol=0.06)


def test_each_model_leaves_out_a_fold_of_the_real_rows(monkeypatch):
    """Every real row is unknown to one model, and no two models know the same."""
    known, fit = [], module._fit_one

    def spy(real, *others):
        known.append(set(real[:, 0] + 200 * real[:, 1].astype(int)))
        return fit(real, *others)

    monkeypatch.setattr(module, "_fit_one", spy)
    rows = np.arange(1_000)
    real = np.column_stack([rows % 200, rows // 200]).astype(np.uint8)
    fake = real[::-1].copy()
    weights, no_class = np.ones(1_000), np.zeros(2, dtype=bool)
    fit_trees(real, fake, no_class, weights=weights, seed=0)
    left_out = [set(rows) - own for own in known]
    assert [len(fold) for fold in left_out] == [200] * 5
    assert set.union(*left_out) == set(rows)


def test_only_arrays_are_kept(few_trees):
    real, fake = two_sides(1_000)
    trees = fit_trees(real, fake, np.zeros(5, bool), weights=np.ones(len(fake)), seed=0)
    kept, scores = pickle.dumps(trees), trees.predict(real)
    assert len(pickle.dumps(trees)) == len(kept)  # without what prediction makes
    np.testing.assert_array_equal(pickle.loads(kept).predict(real), scores)
    texts = {str(value) for _, value, _ in pickletools.genops(kept)}
    assert not any("sklearn" in text for text in texts)
    assert any("skgan.refinement.trees" in text for text in texts)


def test_busiest_columns(few_trees):
    real, fake = two_sides()
    trees = fit_trees(real, fake, np.zeros(5, bool), weights=np.ones(len(fake)), seed=0)
    counts = np.bincount(trees.column, minlength=5)
    assert trees.busiest(5) == [0, 1, 2, 3, 4]
    assert set(trees.busiest(2)) == set(np.argsort(-counts)[:2])
