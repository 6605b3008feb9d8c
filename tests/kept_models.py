"""Fitted estimators of each sort, small and quick, that files and pickles must keep."""

import datetime as dt
from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import torch

from skgan import DCGANGenerator, GANGenerator, GANOverSampler
from skgan.encoding import ScaledEncoder, TableEncoder
from skgan.networks import mlp_discriminator
from skgan.penalties import r1
from skgan.sinks.table_file import TableFile

N = 60
SMALL = {"max_iter": 2, "n_score_samples": 30, "batch_size": 16, "random_state": 0}
ROWS = {**SMALL, "hidden_layer_sizes": (8,)}
IMAGES = {**SMALL, "base_channels": 2, "latent_dim": 4}


def numbers(dtype=float, n=N):
    """An array of numbers of four columns."""
    rng = np.random.default_rng(0)
    return (20 * rng.normal(size=(n, 4))).astype(dtype)


def mixed(n=N):
    """A frame of pandas with plain columns, gaps included, and relations."""
    rng = np.random.default_rng(1)
    city = rng.choice(["Jena", "Rom", "Oslo"], n)
    price = rng.integers(1, 400, n) / 4
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "price": price,
            "city": city,
            "land": pd.Series(city).map({"Jena": "DE", "Rom": "IT", "Oslo": "NO"}),
            "twice": 2 * price,
            "yes": rng.random(n) < 0.3,
            "one": "always",
            "weight": np.where(rng.random(n) < 0.2, np.nan, rng.normal(70, 9, n)),
        }
    )
    frame.loc[::9, "city"] = None
    return frame


def times(n=N):
    """A frame of pandas with times of all sorts."""
    rng = np.random.default_rng(2)
    days = pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 900, n), "D")
    return pd.DataFrame(
        {
            "day": days,
            "moment": (days + pd.Timedelta("7h")).tz_localize("Europe/Berlin"),
            "span": pd.to_timedelta(rng.integers(1, 99, n), "min"),
            "month": days.to_period("M"),
            "written": days.strftime("%d.%m.%Y"),
            "date": [day.date() for day in days],
        }
    )


def extended(n=N):
    """A frame of pandas with dtypes of its own."""
    rng = np.random.default_rng(3)
    size = pd.Categorical(rng.choice(list("SML"), n), list("SMLX"), ordered=True)
    return pd.DataFrame(
        {
            "size": size,
            "count": pd.array(rng.integers(0, 9, n), dtype="Int16"),
            "share": pd.array(rng.random(n).round(2), dtype="Float32"),
            "flag": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "name": pd.array(rng.choice(["a", "b"], n), dtype="string"),
            "arrow": pd.array(rng.integers(0, 5, n), dtype="int64[pyarrow]"),
        }
    ).set_index(pd.Index(range(100, 100 + n), name="row"))


def named(n=N):
    """A frame of pandas whose rows have keys and identifiers."""
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "id": np.arange(1_000, 1_000 + 5 * n, 5),
            "mail": [f"u{i:04d}@mail.org" for i in rng.permutation(n)],
            "value": rng.normal(size=n),
        }
    )


def of_polars(n=N):
    """A frame of polars with dtypes of its own."""
    rng = np.random.default_rng(5)
    days = [dt.date(2020, 1, 1) + dt.timedelta(int(d)) for d in rng.integers(0, 99, n)]
    return pl.DataFrame(
        {
            "day": days,
            "level": pl.Series(
                rng.choice(["lo", "hi"], n), dtype=pl.Enum(["lo", "hi"])
            ),
            "price": pl.Series([Decimal(int(i)) / 4 for i in rng.integers(1, 99, n)]),
            "small": pl.Series(rng.integers(0, 9, n), dtype=pl.UInt8),
            "maybe": pl.Series([None if i % 7 == 0 else i / 2 for i in range(n)]),
        }
    )


def of_arrow(n=N):
    """A table of pyarrow with types of its own."""
    rng = np.random.default_rng(6)
    moments = rng.integers(10**9, 2 * 10**9, n)
    return pa.table(
        {
            "city": pa.array(rng.choice(["Jena", "Rom"], n)).dictionary_encode(),
            "moment": pa.array(moments, pa.timestamp("s", tz="UTC")),
            "price": pa.array([Decimal(int(i)) / 4 for i in rng.integers(1, 99, n)]),
            "half": pa.array(rng.normal(size=n).astype(np.float16)),
        }
    )


def images(channels=(), dtype=np.uint8, n=40):
    """Images of 8x8 pixels."""
    rng = np.random.default_rng(7)
    return rng.integers(0, 256, (n, 8, 8, *channels)).astype(dtype)


def labels(n=N):
    """Three labels, as text."""
    return np.random.default_rng(8).choice(["no", "yes", "well"], n)


def table(**params):
    """A generator of rows."""
    return GANGenerator(**ROWS | params)


def picture(**params):
    """A generator of images."""
    return DCGANGenerator(**IMAGES | params)


NAMED = partial(mlp_discriminator, maxout_pieces=2, hidden_layer_sizes=(6,))
ADAM = partial(torch.optim.Adam, betas=(0.5, 0.999))
CONDITIONAL = {"class_conditional": True}

# Estimators that are not fitted, and what they are fitted to
CASES = {
    "numbers": (table(), numbers(), None),
    "scaled": (table(encoder="scaled"), numbers(), None),
    "single": (table(encoder=ScaledEncoder()), numbers(np.float32), None),
    "integers": (table(n_clusters=3), numbers(int), None),
    "pixels": (table(dropout=0.3), images().reshape(40, 64), None),
    "mixed": (table(), mixed(), None),
    "times": (table(), times(), None),
    "extended": (table(), extended(), None),
    "named": (table(encoder=TableEncoder(identifiers=["id", "mail"])), named(), None),
    "polars": (table(), of_polars(), None),
    "arrow": (table(), of_arrow(), None),
    "mixed polars": (table(n_clusters=2), pl.from_pandas(mixed()), None),
    "mixed arrow": (table(), pa.table(mixed()), None),
    "labels": (table(**CONDITIONAL), mixed(), pd.Series(labels(), name="answer")),
    "number labels": (table(n_clusters=2, **CONDITIONAL), numbers(), np.arange(N) % 3),
    "polars labels": (table(**CONDITIONAL), of_polars(), pl.Series(labels())),
    "trees": (table(refinement="trees"), mixed(80), None),
    "both": (table(refinement="both", **CONDITIONAL), mixed(80), labels(80)),
    "network": (table(refinement="network", encoder="scaled"), numbers(), None),
    "functions": (
        table(discriminator=NAMED, optimizer=ADAM, penalty=[r1], loss="hinge"),
        numbers(),
        None,
    ),
    "images": (picture(), images(), None),
    "color": (
        picture(discriminator="residual", generator="residual", **CONDITIONAL),
        images((3,)),
        np.arange(40) % 2,
    ),
    "spectral": (
        picture(normalization="spectral", generator="projected", n_clusters=3),
        images(dtype=np.float32),
        None,
    ),
    "samples": (GANOverSampler(table(), random_state=0), mixed(), np.arange(N) // 25),
    "file": (table(), mixed()[["age", "price"]], None),
}
assert len(CASES) == 25
OF_FILE = TableFile(
    *(("price", "age"), False, ";", ",", "cp1252", False),
    {"age": (None, "."), "price": (2, "")},
)


def fitted(name):
    """The estimator of a case, fitted."""
    estimator, X, y = CASES[name]
    if isinstance(estimator, GANOverSampler):
        estimator.fit_resample(X, y)
        return estimator
    estimator.fit(X, y)
    if name == "file":
        estimator._table_file = OF_FILE
    return estimator


def results(name, estimator):
    """What a fitted estimator makes: samples and scores."""
    _, X, y = CASES[name]
    if isinstance(estimator, GANOverSampler):
        ways = estimator.estimators_.items()
        return {label: own.sample(5, random_state=0) for label, own in ways}
    found = {
        "sample": estimator.sample(20, random_state=0),
        "refined": estimator.sample(20, refine=False, random_state=1),
        "generated": estimator.generate(np.ones((3, estimator.latent_dim_))),
        "scores": estimator.score_samples(X, y),
        "judged": estimator.discriminate(X),
    }
    if estimator.class_conditional:
        found["labeled"] = estimator.sample(9, return_y=True, random_state=2)
    return found


def rows_of(estimator):
    """Encoded samples of a fitted estimator, as lists of numbers."""
    if isinstance(estimator, GANOverSampler):
        return [rows_of(own) for own in estimator.estimators_.values()]
    model = estimator._model
    codes = model.label_codes(None, 4, 0)
    return model.draw(codes, 0).round(5).tolist()
