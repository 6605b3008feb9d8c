"""Platt scaling, against logistic regression as scikit-learn fits it."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skgan.refinement import PlattScaling, fit_platt_scaling


@pytest.fixture
def sides():
    """Logits of few real rows and of many generated ones, of no usual scale."""
    rng = np.random.default_rng(0)
    return 30 * rng.normal(0.7, 1.0, 300), 30 * rng.normal(0.0, 1.0, 900)


def test_the_same_as_logistic_regression_of_scaled_logits(sides):
    logits, is_real = np.concatenate(sides), np.repeat([1, 0], [300, 900])
    scaled = logits / logits.std()
    model = LogisticRegression(class_weight="balanced").fit(scaled[:, None], is_real)
    scaling = fit_platt_scaling(*sides)
    assert scaling.slope == pytest.approx(model.coef_[0, 0] / logits.std(), rel=1e-12)
    assert scaling.intercept == pytest.approx(model.intercept_[0], rel=1e-12)
    expected = model.predict_proba(scaled[:, None])[:, 1]
    np.testing.assert_allclose(scaling.predict(logits), expected, rtol=1e-12)
    assert (type(scaling.slope), type(scaling.intercept)) == (float, float)


def test_predictions_are_the_sigmoid():
    logits = np.array([-2000.0, -1.0, 0.0, 0.5, 2000.0])
    found = PlattScaling(2.0, -0.5).predict(logits)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(found, 1 / (1 + np.exp(0.5 - 2.0 * logits)))
    assert found.dtype == np.float64 and (found[0], found[-1]) == (0, 1)


def test_both_sides_weigh_the_same(sides):
    """One half is as likely real as generated, however many rows a side has."""
    real, generated = sides
    few, many = fit_platt_scaling(real, generated), fit_platt_scaling(real, real)
    assert few.predict(real).mean() + few.predict(generated).mean() == pytest.approx(
        1, abs=1e-3
    )
    np.testing.assert_allclose(many.predict(generated), 0.5, atol=1e-6)


def test_logits_that_are_all_alike():
    scaling = fit_platt_scaling(np.full(5, 3.0), np.full(9, 3.0))
    assert scaling.predict(np.array([3.0])) == pytest.approx(0.5)
