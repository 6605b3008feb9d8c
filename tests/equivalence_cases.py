"""What ``equivalence.py`` fits: data, parameters under their new names, and the old.

A case is written once. Where a tree does not know a parameter's new name, ``options``
translates it, one parameter at a time, so that a tree on its way has both.
"""

import inspect
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

N_TABLE = 800


class Table(NamedTuple):
    """The options of a ``TableEncoder``, for ``encoder``."""

    categorical_features: object = "from_dtype"
    on_identifiers: str = "generate"


class Maxout(NamedTuple):
    """Maxout units, for ``discriminator``."""

    n_pieces: int


class Optimizer(NamedTuple):
    """An optimizer of torch by its name, with its options, for ``optimizer``."""

    name: str
    options: dict


class Own(NamedTuple):
    """A function of a user, one number a row: a penalty, or half of a loss."""

    function: object


class Case(NamedTuple):
    """What is fitted: an estimator's name, that of a function of data, parameters."""

    data: str
    params: dict
    estimator: str = "GANGenerator"


# ------------------------------------------------------------------------------- data


def iris():
    """Rows of numbers of a few digits, and labels."""
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)


def digits():
    """Rows of pixels, and labels."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X[:600], y[:600]


def gray():
    """Images ``(n, height, width)``, and labels of text."""
    X, y = digits()
    return X[:300].reshape(-1, 8, 8), np.array(["even", "odd"])[y[:300] % 2]


def color():
    """Smooth images ``(n, height, width, channels)`` of bytes, and labels."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:16, :16] / 16
    waves = rng.uniform(1, 4, size=(2, 200, 1, 1, 3))
    turns = rng.uniform(0, 2 * np.pi, size=(200, 1, 1, 3))
    inside = waves[0] * x[..., None] + waves[1] * y[..., None] + turns
    images = (127.5 + 127.5 * np.sin(inside)).astype(np.uint8)
    return images, (waves[0, :, 0, 0, 0] > 2.5).astype(np.int8)


def channels_first():
    """The same with the channels before height and width, between 0 and 1."""
    images, labels = color()
    return images.transpose(0, 3, 1, 2).astype(np.float32) / 255, labels


def flat():
    """Rows of a plane, in two clusters, and which of them."""
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=N_TABLE)
    return np.array([[-2.0, 0.0], [2.0, 1.0]])[labels] + 0.3 * rng.normal(
        size=(N_TABLE, 2)
    ), labels


def int64():
    """Whole numbers, few values in one column, many in another."""
    rng = np.random.default_rng(1)
    columns = [rng.integers(0, high, size=400) for high in (2, 5, 90, 10**6)]
    return np.stack([*columns, columns[0] + columns[1]], 1), columns[1]


def float32():
    """Skewed numbers in float32, one column rounded."""
    rng = np.random.default_rng(2)
    rows = np.exp(rng.normal(size=(400, 3)))
    rows[:, 1] = rows[:, 1].round(1)
    return rows.astype(np.float32), (rows[:, 0] > 1).astype(int)


def booleans():
    """Columns that are true or false, one of them two others."""
    rng = np.random.default_rng(3)
    rows = rng.random((400, 5)) < [0.5, 0.2, 0.8, 0.02, 0.5]
    rows[:, 4] = rows[:, 0] & rows[:, 1]
    return rows, rows[:, 2]


def lists():
    """Rows as a list of lists."""
    X, y = iris()
    return X.tolist(), y.tolist()


def columns_of_all_sorts():
    """A column of every sort, as numpy arrays; None is missing."""
    rng = np.random.default_rng(4)
    group = rng.integers(3, size=N_TABLE)
    age = (18 + 60 * rng.beta(2, 3, size=N_TABLE)).astype(int)
    price = (10 * np.exp(rng.normal(size=N_TABLE) + 0.5 * group)).round(2)
    amount = np.exp(2 * rng.normal(size=N_TABLE)) * (rng.random(N_TABLE) < 0.7)
    seconds = rng.integers(0, 3 * 10**7, size=N_TABLE)
    days = np.datetime64("2021-01-01") + rng.integers(0, 900, size=N_TABLE)
    cities = np.array(["Bern", "Graz", "Köln", "Lyon", "Pisa", "Ulm", "Rare"])
    shares = np.array([0.3, 0.25, 0.2, 0.12, 0.08, 0.047, 0.003])
    return {
        "age": age,
        "price": price,
        "tax": (0.2 * price).round(2),
        "amount": amount,
        "total": amount + age,
        "twice": 2 * age,
        "gaps": rng.normal(size=N_TABLE),
        "short": rng.normal(size=N_TABLE).astype(np.float32),
        "is_a": (group == 0).astype(int),
        "is_b": (group == 1).astype(int),
        "is_c": (group == 2).astype(int),
        "member": rng.random(N_TABLE) < 0.3 + 0.2 * group,
        "city": rng.choice(cities, size=N_TABLE, p=shares),
        "level": np.array(["low", "mid", "high"])[(age > 35).astype(int) + (age > 50)],
        "day": days.astype("datetime64[ms]"),
        "time": np.datetime64("2020-05-01T00:00:00", "ms")
        + seconds.astype("timedelta64[s]"),
        "key": np.array([f"AB-{v:07d}" for v in rng.permutation(10**6)[:N_TABLE]]),
        "constant": np.full(N_TABLE, 7),
        "code": rng.choice([3, 17, 40, 41], size=N_TABLE),
        "_absent": rng.random((4, N_TABLE)) < [[0.1], [0.3], [0.05], [0.15]],
        "_labels": np.array(["no", "yes"])[
            (price > 12).astype(int) & (age > 30).astype(int)
        ],
    }


def pandas_table():
    """A data frame of pandas with columns of every sort, and labels of text."""
    columns = columns_of_all_sorts()
    absent, labels = columns.pop("_absent"), columns.pop("_labels")
    table = pd.DataFrame(columns)
    table["gaps"] = table["gaps"].mask(absent[0])
    table["nullable"] = table["age"].astype("Int64").mask(absent[1])
    table["city"] = table["city"].mask(absent[2])
    table["day"] = table["day"].mask(absent[3])
    table["level"] = pd.Categorical(table["level"], ["low", "mid", "high"], True)
    table["duration"] = table["time"] - pd.Timestamp("2020-01-01")
    return table, pd.Series(labels, name="answer")


def polars_table():
    """The same of polars, with its own dtypes."""
    import polars as pl

    columns = columns_of_all_sorts()
    absent, labels = columns.pop("_absent"), columns.pop("_labels")
    table = pl.DataFrame(columns)
    masked = {"gaps": 0, "city": 2, "day": 3}
    table = table.with_columns(
        pl.when(pl.Series(absent[i])).then(None).otherwise(pl.col(name)).alias(name)
        for name, i in masked.items()
    )
    table = table.with_columns(
        pl.col("day").cast(pl.Date),
        pl.col("level").cast(pl.Enum(["low", "mid", "high"])),
    )
    return table, pl.Series("answer", labels)


# ----------------------------------------------------------------- functions of users


def n_critic_of(iteration):
    """Return one, two or three updates of the discriminator, in turn."""
    return 1 + iteration % 3


def few_then_many(iteration):
    """Return more updates of the generator early, of the discriminator late."""
    return 1 / 2 if iteration < 50 else 2


def looking(iteration):
    """Yield up to three updates of the discriminator while its loss is large."""
    for _ in range(3):
        loss = yield "discriminator"
        if loss.item() < 0.61803:
            break
    yield "generator"


def own_penalty(critic, real, fake):
    """Return the squared logits of real rows."""
    return critic(real).flatten().square()


def own_discriminator_loss(real_logits, fake_logits):
    """Return squared hinges."""
    return (1 - real_logits).relu() ** 2 + (1 + fake_logits).relu() ** 2


def own_generator_loss(real_logits, fake_logits):
    """Return what the generator loses."""
    return -fake_logits


# ------------------------------------------------------------------------------ cases

SCALED = {"encoder": "scaled", "max_iter": 200, "n_score_samples": 400}
SMALL = {"hidden_layer_sizes": (64, 64), "max_iter": 150, "n_score_samples": 300}
IMAGES = {"base_channels": 8, "max_iter": 60, "batch_size": 32, "n_score_samples": 300}
QUIET = Table()
RESIDUAL = {"generator": "residual", "discriminator": "residual"}
LABELED = {"class_conditional": True}
LOSSES = [
    *("relativistic", "non_saturating", "minimax"),
    *("wasserstein", "hinge", "least_squares"),
]
SGD, ADAM = partial(Optimizer, "SGD"), partial(Optimizer, "Adam")

CASES = {
    "iris": Case("iris", {"max_iter": 300, "n_score_samples": 1_000}),
    "iris-restarts-2": Case("iris", {**SMALL, "n_init": 2}),
    "iris-restarts-3": Case("iris", {**SMALL, "n_init": 3}),
    "iris-labels": Case("iris", {**SMALL, **LABELED}),
    "iris-nothing-held-out": Case("iris", {**SMALL, "validation_fraction": 0.0}),
    "iris-bandwidth": Case("iris", {**SMALL, "bandwidth": 0.3}),
    "iris-mlp": Case("iris", {**SMALL, "generator": "mlp"}),
    "lists": Case("lists", SMALL),
    "int64": Case("int64", SMALL),
    "int64-categories": Case("int64", {**SMALL, "categorical_features": [1, 2]}),
    "float32": Case("float32", SMALL),
    "float32-scaled": Case("float32", SCALED),
    "booleans": Case("booleans", SMALL),
    "digits": Case("digits", {**SCALED, "encoder": "auto"}),
    "digits-residual": Case("digits", {**SCALED, "generator": "residual"}),
    "digits-labels": Case("digits", {**SCALED, **LABELED}),
    "digits-clusters": Case("digits", {**SCALED, "n_clusters": 5}),
    "digits-labels-clusters": Case("digits", {**SCALED, **LABELED, "n_clusters": 5}),
    "pandas": Case("pandas_table", {**SMALL, "encoder": QUIET}),
    "pandas-labels": Case("pandas_table", {**SMALL, **LABELED, "encoder": QUIET}),
    "pandas-drop": Case(
        "pandas_table",
        {**SMALL, "encoder": Table(["code"], "drop"), "refinement": None},
    ),
    "pandas-warn": Case("pandas_table", {**SMALL, "refinement": None}),
    "polars": Case("polars_table", {**SMALL, "encoder": QUIET}),
    "polars-labels": Case("polars_table", {**SMALL, **LABELED, "encoder": QUIET}),
    **{f"loss-{loss}": Case("digits", {**SCALED, "loss": loss}) for loss in LOSSES},
    "loss-own": Case(
        "iris",
        {**SCALED, "loss": (Own(own_discriminator_loss), Own(own_generator_loss))},
    ),
    "penalty-own": Case("iris", {**SCALED, "penalty": ["r1", Own(own_penalty)]}),
    "penalty-interpolated": Case(
        "digits", {**SCALED, "penalty": "interpolated", "penalty_weight": 2.0}
    ),
    "penalty-none": Case("iris", {**SCALED, "penalty": None}),
    "hinge-dropout": Case("digits", {**SCALED, "loss": "hinge", "dropout": 0.3}),
    "schedule-function": Case("iris", {**SCALED, "n_critic": n_critic_of}),
    "schedule-halves": Case("iris", {**SCALED, "n_critic": few_then_many}),
    "schedule-generator": Case("digits", {**SCALED, "n_critic": looking}),
    "n-critic-half": Case("iris", {**SCALED, "n_critic": 1 / 2}),
    "n-critic-3": Case("iris", {**SCALED, "n_critic": 3}),
    "sgd": Case("digits", {**SCALED, "optimizer": "sgd", "learning_rate": 0.1}),
    "sgd-momentum": Case(
        "digits",
        {**SCALED, "optimizer": SGD({"momentum": 0.5}), "learning_rate": 0.05},
    ),
    "adam-betas": Case("iris", {**SCALED, "optimizer": ADAM({"betas": (0.5, 0.999)})}),
    "two-rates": Case("iris", {**SCALED, "learning_rate": (5e-4, 2e-3)}),
    "no-decay": Case("iris", {**SCALED, "learning_rate_decay": None}),
    "no-averaging": Case("iris", {**SCALED, "ema_decay": 0.0}),
    "maxout": Case("digits", {**SCALED, "discriminator": Maxout(3), "dropout": 0.2}),
    "uniform": Case("iris", {**SCALED, "noise": "uniform", "latent_dim": 7}),
    "batch-larger": Case("iris", {**SCALED, "batch_size": 300}),
    "batch-odd": Case("iris", {**SCALED, "batch_size": 37}),
    "random-state": Case("iris", {**SCALED, "random_state": np.random.RandomState}),
    "bfloat16": Case(
        "digits",
        {**SCALED, "hidden_layer_sizes": (300, 300), "precision": "bfloat16"},
    ),
    **{
        f"refinement-{method}": Case("flat", {**SMALL, "refinement": method})
        for method in ("trees", "network", "both", None)
    },
    "refinement-labels": Case("flat", {**SMALL, **LABELED, "refinement": "both"}),
    "refinement-clusters": Case("flat", {**SMALL, "n_clusters": 2}),
    "refinement-digits": Case("digits", {**SCALED, "refinement": "both"}),
    **{
        f"dcgan-{name}": Case(data, {**IMAGES, **params}, "DCGANGenerator")
        for name, data, params in [
            ("gray", "gray", {}),
            ("gray-labels", "gray", LABELED),
            ("gray-clusters", "gray", {"n_clusters": 4}),
            ("gray-one-cluster", "gray", {"n_clusters": 1}),
            ("rows", "digits", {"n_clusters": 3}),
            ("color", "color", {}),
            ("color-labels", "color", LABELED),
            ("channels-first", "channels_first", {}),
            ("projected", "color", {"generator": "projected", "max_iter": 30}),
            ("residual", "gray", {**RESIDUAL, "max_iter": 30}),
            ("residual-color", "color", {**RESIDUAL, "max_iter": 15}),
            ("batch", "gray", {"normalization": "batch", "penalty": None}),
            ("spectral", "gray", {"normalization": "spectral"}),
            ("hinge", "gray", {"loss": "hinge"}),
            ("not-augmented", "gray", {"augmentation": None}),
            ("augmented", "color", {"augmentation": ["translation", "cutout"]}),
            ("bfloat16", "gray", {"base_channels": 32, "precision": "bfloat16"}),
            ("refined", "gray", {"refinement": "both", "n_clusters": 1}),
        ]
    },
}

# ------------------------------------------------------------------------ translation


def make(skgan, case):
    """An unfitted estimator of a tree, whichever names it has."""
    estimator = getattr(skgan, case.estimator)
    known = inspect.signature(estimator).parameters
    return estimator(**options(skgan, known, {"random_state": 0, **case.params}))


def options(skgan, known, params):
    """The parameters of a case by the names that a tree knows."""
    translated = {}
    for name, value in params.items():
        if isinstance(value, type):
            value = value(0)
        translated |= _translations(skgan, known, params).get(name, _same(name))(value)
    return translated


def _same(name):
    return lambda value: {name: value}


def _translations(skgan, known, params):
    """For each parameter what it becomes, a function from its value to parameters."""
    return {
        "encoder": partial(_encoder, skgan, known),
        "ema_decay": _renamed(known, "ema_decay", "averaging"),
        "base_channels": _renamed(known, "base_channels", "width"),
        "learning_rate": partial(_learning_rate, known),
        "optimizer": partial(_optimizer, known),
        "discriminator": partial(_discriminator, skgan, known, params),
        "generator": partial(_generator, skgan, known, params),
        "penalty": partial(_penalty, skgan),
        "loss": partial(_loss, skgan),
    }


def _renamed(known, new, old):
    return _same(new if new in known else old)


def _encoder(skgan, known, value):
    if "encoder" in known:
        if isinstance(value, Table):
            value = skgan.encoding.TableEncoder(**value._asdict())
        return {"encoder": value}
    if isinstance(value, Table):
        given, identifiers = value
        return {
            **{"encoding": "table", "categorical_features": given},
            "identifiers": identifiers,
        }
    return {"encoding": value}


def _learning_rate(known, value):
    if isinstance(value, tuple) and "discriminator_learning_rate" in known:
        return dict(
            zip(("learning_rate", "discriminator_learning_rate"), value, strict=True)
        )
    return {"learning_rate": value}


def _optimizer(known, value):
    if not isinstance(value, Optimizer):
        return {"optimizer": value}
    if "betas" in known:
        return {"optimizer": value.name.lower(), **value.options}
    import torch

    optimizer = getattr(torch.optim, value.name)
    return {"optimizer": partial(optimizer, fused=True, **value.options)}


def _discriminator(skgan, known, params, value):
    if not isinstance(value, Maxout):
        return {"discriminator": value}
    if "maxout_pieces" in known:
        return {"maxout_pieces": value.n_pieces}
    return {
        "discriminator": partial(
            skgan.networks.mlp_discriminator,
            hidden_layer_sizes=params.get("hidden_layer_sizes", (256, 256)),
            maxout_pieces=value.n_pieces,
            dropout=params.get("dropout", 0.0),
        )
    }


def _generator(skgan, known, params, value):
    # Before, "mlp" was what "auto" is now
    is_of_rows = "hidden_layer_sizes" in known
    if not is_of_rows or "encoder" in known:
        return {"generator": value}
    network = getattr(skgan.networks, f"{value}_generator")
    widths = params.get("hidden_layer_sizes", (256, 256))
    return {"generator": partial(network, hidden_layer_sizes=widths)}


def _penalty(skgan, value):
    if not isinstance(value, list):
        return {"penalty": value}
    return {"penalty": [_by_row(skgan, option) for option in value]}


def _loss(skgan, value):
    if isinstance(value, str):
        return {"loss": value}
    return {"loss": tuple(_by_row(skgan, half) for half in value)}


def _by_row(skgan, value):
    """A user's function as the tree has them: one number a row, before their mean."""
    import torch

    if not isinstance(value, Own):
        return value
    zeros = torch.zeros(2)
    if skgan.losses.LOSSES["hinge"].generator(zeros, zeros).dim():
        return value.function
    return lambda *arguments: value.function(*arguments).mean()
