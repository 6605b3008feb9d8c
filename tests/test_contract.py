"""What scikit-learn asks of an estimator, and what we ask of a generator."""

import inspect
import os

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import (
    check_methods_subset_invariance,
    check_param_validation,
    parametrize_with_checks,
)

import skgan
from skgan import (
    DCGANGenerator,
    DiscriminatorFeatures,
    GANGenerator,
    GANOverSampler,
    RefinedGenerator,
)
from skgan.losses import LOSSES
from skgan.testing import GENERATOR_CHECKS, check_generator

EXPECTED_FAILURES = {}
SMALL = {"max_iter": 2, "n_score_samples": 200}
LABELLED = {**SMALL, "class_conditional": True, "n_clusters": 2}
IMAGES = {"base_channels": 2}
CONFIGURATIONS = {
    "default": (GANGenerator, SMALL),
    "scaled": (GANGenerator, {**SMALL, "encoder": "scaled"}),
    "conditional": (GANGenerator, LABELLED),
    "images": (DCGANGenerator, SMALL | IMAGES),
    "residual images": (
        DCGANGenerator,
        SMALL | IMAGES | {"generator": "residual", "discriminator": "residual"},
    ),
    "conditional images": (DCGANGenerator, LABELLED | IMAGES),
}
ESTIMATORS = [
    value
    for value in (getattr(skgan, name) for name in skgan.__all__)
    if inspect.isclass(value) and hasattr(value, "sample")
]
every_configuration = pytest.mark.parametrize(
    ("estimator", "options"), CONFIGURATIONS.values(), ids=CONFIGURATIONS
)


def test_every_estimator_has_a_configuration():
    # Trees need more rows than scikit-learn's checks have
    configured = {estimator for estimator, _ in CONFIGURATIONS.values()}
    assert configured == set(ESTIMATORS) - {RefinedGenerator}


def test_array_api_checks_are_switched_on():
    assert os.environ["SCIPY_ARRAY_API"] == "1"


SEEDED = DCGANGenerator(**SMALL | IMAGES, random_state=0)
TRANSFORMERS = [DiscriminatorFeatures(SEEDED)]


@parametrize_with_checks(TRANSFORMERS)
def test_sklearn_contract_of_transformers(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [estimator(**options) for estimator, options in CONFIGURATIONS.values()],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
)
@pytest.mark.filterwarnings("ignore:Class .* has .* rows:UserWarning")
def test_sklearn_contract(estimator, check):
    check(estimator)


# Every configuration, and every loss with one of them; hardly trained they are above
INVARIANT = [
    *((name, "relativistic") for name in CONFIGURATIONS),
    *zip(CONFIGURATIONS, LOSSES, strict=True),
]


@pytest.mark.parametrize(("name", "loss"), dict.fromkeys(INVARIANT))
@pytest.mark.filterwarnings("ignore:Class .* has .* rows:UserWarning")
def test_scores_do_not_depend_on_the_other_rows(name, loss):
    estimator, options = CONFIGURATIONS[name]
    options = {**options, "loss": loss, "max_iter": 50}
    check_methods_subset_invariance(estimator.__name__, estimator(**options))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_parameter_is_validated(estimator):
    check_param_validation(estimator.__name__, estimator())


@pytest.mark.parametrize("check", GENERATOR_CHECKS, ids=lambda check: check.__name__)
@every_configuration
def test_generator_contract(estimator, options, check):
    check(estimator(**options))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_is_a_density_estimator(estimator):
    assert get_tags(estimator()).estimator_type == "density_estimator"


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_docstring_names_every_parameter_and_default(estimator):
    documented = estimator.__doc__.partition("Attributes\n")[0]
    for name, parameter in inspect.signature(estimator).parameters.items():
        line = next(
            x for x in documented.splitlines() if x.strip().startswith(f"{name} :")
        )
        default = parameter.default
        shown = f'"{default}"' if isinstance(default, str) else repr(default)
        assert line.strip().replace("1e-3", "0.001").endswith(f"default={shown}")


class WrongShape(GANGenerator):
    def sample(self, n_samples=1, *, random_state=None):
        return super().sample(n_samples, random_state=random_state)[:, :1]


class WorksUnfitted(GANGenerator):
    def sample(self, n_samples=1, *, random_state=None):
        if not hasattr(self, "generator_"):
            return np.zeros((n_samples, 1))
        return super().sample(n_samples, random_state=random_state)


class RemembersSamples(GANGenerator):
    def sample(self, n_samples=1, *, random_state=None):
        self.last_ = super().sample(n_samples, random_state=random_state)
        return self.last_


class IgnoresTheSeed(GANGenerator):
    def sample(self, n_samples=1, *, random_state=None):
        return super().sample(n_samples, random_state=0)


class MovesGlobalStream(GANGenerator):
    def fit(self, X, y=None):
        np.random.rand()  # noqa: NPY002
        return super().fit(X, y)


class RemembersJudgements(GANGenerator):
    def discriminate(self, X):
        self.last_ = super().discriminate(X)
        return self.last_


class GeneratesUnfitted(GANGenerator):
    def generate(self, latents):
        return np.zeros((len(latents), 3))


class ScoreIsASum(GANGenerator):
    def score(self, X, y=None):
        return float(self.score_samples(X).sum())


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (WrongShape, "wrong shape"),
        (WorksUnfitted, "sample of an unfitted generator must raise NotFittedError"),
        (RemembersSamples, "changed state"),
        (RemembersJudgements, "changed state"),
        (GeneratesUnfitted, "generate of an unfitted generator must raise NotFitted"),
        (IgnoresTheSeed, "1 is not 0"),
        (MovesGlobalStream, "stream of numpy has moved"),
        (ScoreIsASum, "score must be the mean"),
    ],
)
def test_checks_find_what_they_are_for(broken, message):
    with pytest.raises(AssertionError, match=message):
        check_generator(broken(**SMALL, encoder="scaled"))


def test_clone_keeps_parameters():
    gan = GANGenerator(loss="hinge", hidden_layer_sizes=(8,), random_state=3)
    assert clone(gan).get_params() == gan.get_params()


@pytest.mark.parametrize(
    "estimator",
    [GANGenerator(), DCGANGenerator(), GANOverSampler(), DiscriminatorFeatures(None)],
)
def test_html_representation_links_to_its_page(estimator):
    name = type(estimator).__name__
    page = f"https://skgan.readthedocs.io/en/stable/generated/skgan.{name}.html"
    assert page in estimator._repr_html_()


def test_html_representation_of_a_subclass_has_parameters_and_no_link():
    html = WrongShape(loss="hinge")._repr_html_()
    assert "hinge" in html and "latent_dim" in html
    assert "generated/" not in html
