"""What a fit has learned, and the way to it."""

import dataclasses
import inspect
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import skgan
from skgan import DCGANGenerator, GANGenerator
from skgan.conditions import Conditions
from skgan.encoding import ScaledEncoder, TableEncoder
from skgan.estimators.finish import frozen
from skgan.losses import LOSSES
from skgan.model import Density, FittedGAN, fit_judge, log_density
from skgan.networks import (
    HeadedGenerator,
    Latents,
    RowDiscriminator,
    make_head,
    mlp_discriminator,
    mlp_generator,
    row_networks,
)
from skgan.privacy import MIN_ROWS
from skgan.training import LatentSampler

CPU = torch.device("cpu")
SMALL = {
    "encoder": "scaled",
    "max_iter": 3,
    "hidden_layer_sizes": (16,),
    "n_score_samples": 50,
    "random_state": 0,
}


def small(**params):
    return GANGenerator(**{**SMALL, **params})


# --------------------------------------------------- a model without an estimator


def model_of(encoder, latent_dim=4, **changes):
    """A model of a fitted encoder and of networks with first weights."""
    head = make_head(encoder.layout)
    networks = row_networks(
        head,
        latent_dim,
        0,
        generator="residual",
        discriminator="mlp",
        hidden_layer_sizes=(8,),
        dropout=0.0,
    )
    parts = {
        "encoder": encoder,
        "conditions": Conditions(),
        "latents": LatentSampler(latent_dim, "normal", head.n_gumbel),
        "generator": frozen(networks[0]),
        "discriminator": frozen(networks[1]),
        "seed": 7,
        "loss_curve": np.zeros((0, 2)),
    }
    return FittedGAN(**parts | changes)


TABLE = pd.DataFrame({"size": ["S", "L", "M"] * 20, "price": np.arange(60) / 4})
ENCODERS = {
    "table": TableEncoder().fit(TABLE),
    "scaled": ScaledEncoder().fit(np.random.default_rng(0).normal(size=(60, 3))),
}


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
def test_a_model_needs_no_estimator(encoder):
    model = model_of(encoder)
    labels = np.zeros(9, dtype=int)
    encoded = model.draw(labels, 3)
    assert encoded.shape == (9, encoder.layout.n_columns)
    assert encoded.dtype == np.float32 and np.isfinite(encoded).all()
    np.testing.assert_array_equal(model.draw(labels, 3), encoded)
    assert (model.draw(labels, 4) != encoded).any()
    z = np.random.default_rng(1).normal(size=(9, 4)).astype(np.float32)
    rows = model.generate(z, labels)
    assert type(rows) is type(TABLE if encoder.reads_tables else encoded)
    assert rows.shape[0] == 9
    logits = model.logits(encoded)
    assert logits.shape == (9,) and logits.dtype == np.float64
    np.testing.assert_array_equal(model.logits(encoded, labels), logits)


def test_rows_are_those_of_the_networks():
    """Latents through a generator, rows through a discriminator, written plainly."""
    encoder = ENCODERS["scaled"]
    network = mlp_generator(4, 3, hidden_layer_sizes=(8,))
    judge = mlp_discriminator(3, hidden_layer_sizes=(8,))
    model = model_of(
        encoder,
        generator=frozen(HeadedGenerator(network, make_head(encoder.layout))),
        discriminator=frozen(RowDiscriminator(judge)),
    )
    labels = np.zeros(6, dtype=int)
    z = torch.randn(6, 4, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        expected, logits = network(z), judge(network(z))
    np.testing.assert_allclose(model.draw(labels, 5), expected, rtol=1e-6)
    rows = model.generate(z.numpy(), labels)
    np.testing.assert_allclose(rows, encoder.decode(expected.numpy()), rtol=1e-6)
    found = model.logits(expected.numpy(), labels)
    np.testing.assert_allclose(found, logits.numpy(), rtol=1e-5)


def test_a_model_is_frozen():
    model = model_of(ENCODERS["scaled"])
    for field in dataclasses.fields(FittedGAN):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(model, field.name, None)
    changed = dataclasses.replace(model, seed=8)
    assert (model.seed, changed.seed) == (7, 8)
    assert changed.generator is model.generator


def test_a_model_is_scored_when_it_has_a_density():
    model = model_of(ENCODERS["scaled"], density=Density(0.5, 0.01, 40))
    rows = model.encoder.build(model.draw(np.zeros(5, dtype=int), 1))
    scores = log_density(model, rows, None, CPU)
    assert scores.shape == (5,) and np.isfinite(scores).all()
    again = log_density(pickle.loads(pickle.dumps(model)), rows, None, CPU)
    np.testing.assert_array_equal(scores, again)
    by_label = log_density(model, rows, np.zeros(5, dtype=int), CPU)
    np.testing.assert_allclose(scores, by_label)


def test_labels_need_conditions():
    model = model_of(ENCODERS["scaled"])
    assert (model.label_codes(None, 4, 0) == 0).all()
    with pytest.raises(ValueError, match="y needs class_conditional=True in fit"):
        model.label_codes("a", 4, 0)


def test_an_estimator_samples_from_the_model_that_it_is_given():
    model = model_of(ENCODERS["scaled"], density=Density(0.5, 0.01, 40))
    encoded = np.random.default_rng(2).normal(size=(60, 3)).astype(np.float32)
    training = encoded, np.zeros(60, dtype=int)
    judge = fit_judge(model, training, None, MIN_ROWS, CPU)
    model = dataclasses.replace(model, judge=judge)
    gan = small()._with_model(model)
    np.testing.assert_array_equal(
        gan.sample(5, random_state=0), gan.sample(5, random_state=0)
    )
    assert (gan.latent_dim_, gan.bandwidth_, gan.n_iter_) == (4, 0.5, 0)
    X = gan.sample(30, random_state=1)
    gan.n_features_in_ = 3
    assert np.isfinite(gan.score(X))
    assert ((gan.discriminate(X) > 0) & (gan.discriminate(X) < 1)).all()


# -------------------------------------------------------------- the trip of a fit

SKGAN = Path(skgan.__file__).parent


def frames_of_skgan():
    """Names of the functions of skgan that led here, the outermost first."""
    frame, names = sys._getframe(1), []
    while frame:
        code = frame.f_code
        if Path(code.co_filename).is_relative_to(SKGAN):
            names.append((Path(code.co_filename).name, code.co_qualname))
        frame = frame.f_back
    return names[::-1]


def test_seven_frames_lead_from_fit_to_a_loss(blobs):
    calls = {"discriminator": [], "generator": []}

    def recorded(half):
        def loss(real_logits, fake_logits):
            calls[half].append(frames_of_skgan())
            return getattr(LOSSES["hinge"], half)(real_logits, fake_logits)

        return loss

    small(loss=tuple(map(recorded, calls))).fit(blobs)
    trip = [
        ("base.py", "BaseGAN.fit"),
        ("fitting.py", "train"),
        ("run.py", "TrainingRun.advance"),
        ("loop.py", "iterate"),
        ("loop.py", "play"),
    ]
    for half, found in calls.items():
        assert len(found) == 1 + 3  # the first is the dry run
        expected = [*trip, ("step.py", f"{half}_step")]
        assert [frames for frames in found[1:] if frames != expected] == []


# ------------------------------------------------------- parameters and attributes

COMMON = [
    "latent_dim",
    "noise",
    "class_conditional",
    "n_clusters",
    "loss",
    "penalty",
    "penalty_weight",
    "max_iter",
    "max_time",
    "batch_size",
    "n_critic",
    "optimizer",
    "learning_rate",
    "learning_rate_decay",
    "ema_decay",
    "precision",
    "n_init",
    "warm_start",
    "early_stopping",
    "validation_fraction",
    "bandwidth",
    "n_score_samples",
    "refinement",
    "device",
    "verbose",
    "random_state",
]
PARAMETERS = {
    GANGenerator: [
        "hidden_layer_sizes",
        "generator",
        "discriminator",
        "dropout",
        "encoder",
        "categorical_features",
        "max_rows",
        *COMMON,
    ],
    DCGANGenerator: [
        "image_shape",
        "base_channels",
        "generator",
        "discriminator",
        "normalization",
        "augmentation",
        *COMMON,
    ],
}


@pytest.mark.parametrize("estimator", PARAMETERS)
def test_parameters_are_these(estimator):
    names = list(inspect.signature(estimator).parameters)
    assert len(names) <= 33
    assert sorted(names) == sorted(PARAMETERS[estimator])
    assert set(estimator._parameter_constraints) == set(names)


IMAGES = np.random.default_rng(0).integers(0, 256, (20, 8, 8), dtype=np.uint8)
LEARNED = [
    "acceptance_rate_",
    "bandwidth_",
    "discriminator_",
    "encoder_",
    "generator_",
    "latent_dim_",
    "loss_curve_",
    "n_clusters_",
    "n_iter_",
    "refinement_",
    "validation_score_",
]


@pytest.mark.parametrize(
    ("gan", "X", "more"),
    [
        (small(), np.random.default_rng(0).normal(size=(40, 3)), []),
        (small(encoder="auto"), TABLE, ["feature_names_in_"]),
        (
            DCGANGenerator(base_channels=2, max_iter=2, n_score_samples=20),
            IMAGES,
            ["image_shape_"],
        ),
    ],
    ids=["rows", "table", "images"],
)
@pytest.mark.parametrize("labeled", [False, True])
def test_what_is_learned_is_one_model(gan, X, more, labeled):
    gan = clone(gan).set_params(class_conditional=labeled)
    y = np.arange(len(X)) % 2
    public = [*LEARNED, *more, *(["classes_"] if labeled else [])]
    for name in (*public, "_model"):
        assert not hasattr(gan, name)
    with pytest.raises(NotFittedError):
        gan.loss_curve_  # noqa: B018
    gan.fit(X, y)
    assert isinstance(gan._model, FittedGAN)
    own = {"_model", "n_features_in_"} | set(more) & {"feature_names_in_"}
    assert set(vars(gan)) == set(gan.get_params(deep=False)) | own
    for name in public:
        assert hasattr(gan, name), name
    assert hasattr(gan, "classes_") == labeled
    for name in set(public) - own:
        assert isinstance(getattr(type(gan), name), property), name
        with pytest.raises(AttributeError):
            setattr(gan, name, None)


def test_attributes_are_those_of_the_model(blobs):
    gan = small().fit(blobs)
    model = gan._model
    assert gan.generator_ is model.generator
    assert gan.discriminator_ is model.discriminator
    assert gan.encoder_ is model.encoder
    assert gan.loss_curve_ is model.loss_curve
    assert gan.latent_dim_ == model.latents.latent_dim == 2
    assert gan.bandwidth_ == model.density.bandwidth
    assert gan.validation_score_ == model.validation_score
    assert (gan.refinement_, gan.acceptance_rate_) == (None, 1.0)
    assert gan.n_clusters_ == 1 and gan.n_iter_ == 3


# ----------------------------------------------------------------------- snapshots


class Keep:
    """A callback that keeps a snapshot of every interval, and who was fitted."""

    every = 2

    def setup(self, estimator, context):
        self.snapshots, self.fitting = [], []

    def on_fit_task_begin(self, estimator, context):
        pass

    teardown = on_fit_task_begin

    def on_fit_task_end(self, estimator, context, *, metadata):
        if context.task_name == "interval":
            self.snapshots.append(metadata["snapshot"]())
            self.fitting.append(estimator)


def test_a_snapshot_is_a_new_estimator_and_no_copy(blobs):
    callback = Keep()
    X = pd.DataFrame(blobs, columns=["a", "b"])
    gan = small(max_iter=6).set_callbacks(callback).fit(X)
    early, middle, last = callback.snapshots
    for snapshot in callback.snapshots:
        assert type(snapshot) is GANGenerator and snapshot is not gan
        own = {"_model", "n_features_in_", "feature_names_in_"}
        assert set(vars(snapshot)) == set(gan.get_params()) | own
        for name, value in gan.get_params(deep=False).items():
            assert getattr(snapshot, name) is value
        assert snapshot.encoder_ is gan.encoder_
    assert [snapshot.n_iter_ for snapshot in callback.snapshots] == [2, 4, 6]
    weights = [next(s.generator_.parameters()) for s in (early, middle, last)]
    assert not torch.equal(weights[0], weights[1])
    rows = last.sample(5, random_state=0)
    pd.testing.assert_frame_equal(rows, gan.sample(5, random_state=0))
    with pytest.raises(AttributeError, match="bandwidth_ is not there after this fit"):
        last.bandwidth_  # noqa: B018
    assert all(estimator is gan for estimator in callback.fitting)


def test_latents_of_a_model_are_those_of_its_generator():
    model = model_of(ENCODERS["table"])
    latents = model.latents.draw(torch.zeros(3, 0), torch.Generator().manual_seed(0))
    assert isinstance(latents, Latents)
    assert latents.gumbel.shape == (3, model.generator.head.n_gumbel)
    assert model.generator(latents).rows.shape == (3, model.generator.head.n_expanded)
