"""What files hold, small examples of each word, and whether one that was read works."""

import copy
import random
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import torch

from skgan.conditions import (
    ClusterCondition,
    Clusters,
    Conditions,
    Labels,
    label_condition,
)
from skgan.constraints import Bounds, Inequality, Sum, Together
from skgan.encoding import (
    Encoder,
    ImageEncoder,
    ScaledEncoder,
    TableEncoder,
    UserFunction,
)
from skgan.model import MODEL_WORDS, Density
from skgan.refinement import (
    Features,
    Judge,
    Refinement,
    calibrate,
    learn_judge,
    learn_refinement,
)
from skgan.refinement.sense import Scores
from skgan.training import LatentSampler

N = 120
RNG = np.random.default_rng(0)
NET, TAX, FEE = RNG.lognormal(3, 1, size=(3, N)).round(2)
DAYS = pd.Timestamp("2020-02-01") + pd.to_timedelta(RNG.permutation(N), unit="D")
TEXT = RNG.choice(["mon", "tue", "wed"], N)
WORDS = RNG.permutation(np.repeat([f"word {i}" for i in range(130)], 5))
LATER = pd.Timestamp("2020-02-01") + pd.to_timedelta(RNG.integers(300, size=600), "D")
STAY = pd.to_timedelta(RNG.geometric(0.2, 600) - 1, "D")
FRAMES = {
    "numbers": pd.DataFrame(
        {
            "spikes": np.where(RNG.random(N) < 0.3, 0.0, NET),
            "whole": RNG.integers(10**12, size=N),
            "few": RNG.choice([1, 2, 3], N),
            "gaps": pd.Series(TAX).where(RNG.random(N) < 0.7),
            "one": 7,
        }
    ),
    "nan beside missing": pl.DataFrame(
        {"x": [None] * 10 + [float("nan")] * 10 + NET[20:].tolist()}
    ),
    "relations": pd.DataFrame(
        {
            **{"net": NET, "tax": TAX, "fee": FEE, "gross": (NET + TAX).round(2)},
            **{"miles": NET * 1.61 + 32, "all": (NET + TAX + FEE).round(2)},
            **{"city": TEXT, "code": pd.Series(TEXT).map({"mon": 3, "tue": 7})},
            **{f"is {day}": (TEXT == day).astype(int) for day in ("mon", "tue")},
        }
    ),
    "orders": pd.DataFrame(
        {
            "from": LATER.tz_localize("Europe/Berlin"),
            "to": (LATER + STAY).tz_localize("Europe/Berlin"),
            "min": np.tile([1.0, 2.0, 3.0], 200),
            "max": np.tile([1.0, 2.0, 5.0], 200) + np.repeat([0.0, 0.0, 4.0], 200),
            "low": pd.Series(np.resize(NET, 600)).where(RNG.random(600) < 0.9),
            "high": np.resize(NET, 600) + RNG.exponential(30, 600).round(2),
        }
    ),
    "clocks": pd.DataFrame({"day": DAYS.tz_localize("Europe/Berlin"), "x": NET}),
    "total": pd.DataFrame(
        {"net": NET, "tax": TAX, "fee": FEE, "all": (NET + TAX + FEE).round(2)}
    ),
    "identifiers": pd.DataFrame(
        {
            "key": np.arange(1_000, 1_000 + N),
            "mail": [f"a{i:05}@example.com" for i in RNG.permutation(10**5)[:N]],
            "note": [f"Some {i} words. {i * 7}!" for i in RNG.permutation(10**4)[:N]],
            "twin": [f"b-{i:05}" for i in RNG.permutation(10**5)[:N]],
            "x": NET,
        }
    ).assign(again=lambda frame: frame["twin"]),
    "categories": pa.table(
        {
            "text": TEXT,
            "coded": pa.array(TEXT).dictionary_encode(),
            "flag": RNG.random(N) < 0.5,
        }
    ),
    "times": pd.DataFrame(
        {
            "born": DAYS,
            "zoned": DAYS.tz_localize("UTC").tz_convert("Europe/Berlin"),
            "took": DAYS - DAYS[0],
            "written": DAYS.strftime("%d.%m.%Y %I:%M %p"),
            "money": [f"{x:,.2f} EUR" for x in 100 * NET],
            "month": DAYS.to_period("D"),
            "dates": DAYS.date,
            "digits": DAYS.strftime("%Y%m%d").astype(int),
        }
    ),
    "many": pd.DataFrame({"word": pd.Series(WORDS, dtype="category")}),
    "many texts": pl.DataFrame({"word": WORDS}),
    "arrays": np.column_stack([NET, TAX]).astype(np.float32),
    "masked": np.ma.masked_greater(np.column_stack([NET, TAX]), 40),
    "objects": np.column_stack([NET.astype(object), TEXT.astype(object)]),
    "polars": pl.DataFrame(
        {
            "size": pl.Series(TEXT, dtype=pl.Enum(["mon", "tue", "wed", "thu"])),
            "price": pl.Series(NET).cast(pl.Decimal(12, 2)),
            "at": pl.Series(DAYS.to_numpy()).cast(pl.Datetime("ms", "Asia/Tokyo")),
            "text": pl.Series(TEXT, dtype=pl.Categorical),
        }
    ),
}
IMAGES = RNG.integers(0, 256, (12, 3, 8, 9), dtype=np.uint8)
CASES = {name: (TableEncoder(), X) for name, X in FRAMES.items()} | {
    "dropped": (TableEncoder(on_identifiers="drop"), FRAMES["identifiers"]),
    "declared": (TableEncoder(identifiers=["mail", "key"]), FRAMES["identifiers"]),
    "scaled": (ScaledEncoder(), FRAMES["arrays"]),
    "scaled, few rows": (ScaledEncoder(), FRAMES["arrays"][:2]),
    "scaled frame": (ScaledEncoder(), pd.DataFrame(FRAMES["arrays"]).astype("Float32")),
    "constraints": (
        TableEncoder(
            constraints=[
                Inequality("net", "all"),
                Sum("gross", ["net", "tax"]),
                Together("city", "day"),
                Bounds("fee", 0, None),
            ]
        ),
        FRAMES["relations"].assign(day=RNG.choice(["am", "pm"], N)),
    ),
    "ids": (
        TableEncoder(identifiers=["id"]),
        pd.DataFrame({"id": RNG.permutation(10**6)[:N] + 10**6, "x": NET}),
    ),
    "images": (ImageEncoder(), IMAGES),
    "rows of pixels": (ImageEncoder((8, 9)), IMAGES[:, 0].reshape(12, -1)),
}


def fitted(name):
    """An encoder that has learned, with its function replaced."""
    encoder, X = CASES[name]
    return copy.deepcopy(encoder).fit(X)


def fitted_with_function():
    """An encoder of a column that a user's function makes, which no file holds."""
    encoder = TableEncoder(identifiers={"mail": lambda n: ["m"] * n})
    encoder.fit(FRAMES["identifiers"])
    return encoder.with_functions({"mail": UserFunction("mail")})


def conditions():
    """Labels in a series, and clusters in some components, as conditions."""
    labels = Labels(pd.Series(TEXT, name="day", dtype="string"))
    shares = np.full((3, 2), 0.5)
    components = RNG.normal(size=(5, 2)).astype(np.float32)
    centers = RNG.normal(size=(4, 2)).astype(np.float32)
    clusters = Clusters(centers, np.array([0, 1, 1, 0]), components)
    part = label_condition(labels, labels.encode(TEXT))
    return Conditions((part, ClusterCondition(clusters, shares)))


def features(encoder, rows):
    """Features of rows with labels, and others of rows that are moved."""
    bins = encoder.bins(encoder.encode(rows, RNG))
    labels = np.arange(len(bins)) % 3
    real = Features(bins, RNG.normal(size=len(bins)), labels)
    moved = np.minimum(bins, RNG.permutation(bins))
    fake = Features(np.tile(moved, (4, 1)), np.zeros(4 * N), np.tile(labels, 4))
    return real, fake


@cache
def other_examples():
    """Conditions and what is learned of encoded rows, by names."""
    encoder, rng = fitted("numbers"), np.random.default_rng(0)
    real, fake = features(encoder, encoder.read(FRAMES["numbers"]))
    known = real, fake, rng.normal(size=N), encoder, 3, 0
    wide = real._replace(bins=np.tile(real.bins, 60)[:, : 4 * 60])
    judge = learn_judge(real, fake, encoder, 3, 0)
    calibrate(judge, real, fake)
    return {
        "conditions": conditions(),
        "latents": LatentSampler(5, "normal", 3),
        "density": Density(0.5, 0.1, 60),
        "judge": judge,
        "trees": learn_refinement("trees", *known)[0],
        "network": learn_refinement("network", *known)[0],
        "scores": Scores(wide.bins % 4, wide.bins % 4, [4] * 240, [False] * 240),
    }


@cache
def packed_examples():
    """What is packed of encoders and of other parts of models, by names."""
    values = {name: fitted(name) for name in CASES} | other_examples()
    values["function"] = fitted_with_function()
    values["options"] = TableEncoder(identifiers=["mail"])
    return {name: MODEL_WORDS.pack(value) for name, value in values.items()}


def use(value):
    """Do with an object what sampling does with it; whatever it raises is a fault."""
    if not isinstance(value, Encoder) or value.__sklearn_is_fitted__():
        _use(value)


def _use(value):
    rng = np.random.default_rng(0)
    if isinstance(value, Encoder):
        layout = value.layout
        codes = [rng.integers(0, size, 40) for size in layout.class_sizes]
        n_scalars = layout.n_columns - len(codes)
        scalars = rng.normal(scale=3, size=(40, n_scalars))
        encoded = np.column_stack([*codes, scalars]).astype(np.float32)
        try:
            value.build(encoded, rng)
        except ValueError as error:  # what may happen to any encoder, and says so
            if "must have room" not in str(error) and not value.functions:
                raise
        value.bins(value.round_trip(encoded))
    elif isinstance(value, Conditions):
        labels = value.draw_labels(40, rng)
        value.one_hot(torch.tensor(value.draw(labels, rng)))
        if value.labels:
            value.labels.encode(value.labels.decode(labels))
    elif isinstance(value, Judge | Refinement) and value.bins:
        n_fine = value.bins.n_fine
        fine = np.column_stack([rng.integers(0, n, 40) for n in n_fine])
        ask = value.predict if isinstance(value, Judge) else value.log_chance
        ask(Features(fine, np.zeros(40), np.zeros(40, dtype=np.int64)))
    elif isinstance(value, Scores):
        value(np.zeros((3, len(value.tables)), dtype=np.int64))
    elif isinstance(value, LatentSampler):
        value._replace(n_gumbel=0).draw(torch.zeros(0, 1), torch.Generator())


# ------------------------------------------------------------------ wrong values

ODD = (
    *(None, True, -1, 0, 1, 2, 10**4, 2**63, 2**64, 10**400, 0.5, -1.5, 1e300),
    *(float("nan"), float("inf"), "", "x", "text/9", [], (), {}, [None], [1, 2]),
    *({"a": 1}, {1: 2}, {"@": 0}, {"@": 10**9}, {"@": "0"}, {"@set": [1, 1]}),
    *({"@dict": [[1]]}, {"@dict": 3}, {"@eval": "1"}, {"@": 0, "b": 1}, {(): {1}}),
    *(np.zeros(0), np.zeros(3), np.zeros((2, 2), np.int64), np.array(2.0)),
    *(np.array([np.nan]), range(10**18), range(3), [[[[]]]], {"@frozenset": [[1]]}),
)


def changed_values(value, rng):
    """Values beside one that was packed: cut, longer, moved, of another dtype."""
    if isinstance(value, np.ndarray):
        yield from _changed_arrays(value, rng)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1, -value, float(value), value * 1000)
    elif isinstance(value, str):
        yield from (value[:-1], value + "x", value.upper(), value[::-1])
    elif isinstance(value, list | tuple) and value:
        own = type(value)
        yield from (value[:-1], value + value[-1:], value[::-1], list(value))
        at = rng.randrange(len(value))
        for odd in (rng.choice(ODD), *changed_values(value[at], rng)):
            yield own([*value[:at], odd, *value[at + 1 :]])
    elif isinstance(value, dict) and value:
        key = rng.choice(list(value))
        yield {k: v for k, v in value.items() if k != key}
        yield value | {"more": 1}
        for odd in (rng.choice(ODD), *changed_values(value[key], rng)):
            yield value | {key: odd}


def _changed_arrays(value, rng):
    yield from (value[:-1], value[::-1], value[None]) if value.ndim else ()
    with np.errstate(all="ignore"):
        yield from (value.astype(np.float32), value.astype(np.int64), value.tolist())
        if value.dtype != bool:
            yield from (value + 1, value * 2, value * 0, value - value.dtype.type(1))
            yield from (-value, (value * 1e9).astype(value.dtype))
    if value.size:
        for odd in (np.nan, 1e300, -1, 2**31 - 1, 0):
            other = value.copy()
            at = rng.randrange(value.size)
            if other.dtype.kind == "f" or odd == odd and odd < 2**32:
                with np.errstate(all="ignore"):
                    info = np.iinfo(other.dtype) if other.dtype.kind in "iu" else None
                    own = odd if info is None else min(max(odd, info.min), info.max)
                    other.flat[at] = own
                yield other


def mutated_tree(packed, seed):
    """What was packed, but for one value somewhere in it."""
    rng = random.Random(seed)
    objects = list(packed["objects"])
    if rng.random() < 0.05 or not objects:
        return {"objects": objects, "value": rng.choice(ODD)}
    at = rng.randrange(len(objects))
    if rng.random() < 0.05:  # another object, an entry that is none, or none
        own = rng.choice([[rng.choice(objects)], [rng.choice(ODD)], []])
        return {"objects": objects[:at] + own + objects[at + 1 :], **_value(packed)}
    word, content = objects[at]
    if rng.random() < 0.05:
        word = rng.choice([*(entry[0] for entry in objects), rng.choice(ODD)])
    elif isinstance(content, dict) and content and rng.random() < 0.9:
        name = rng.choice(list(content))
        found = [*changed_values(content[name], rng), *rng.sample(ODD, 3)]
        own = rng.choice([{"@": rng.randrange(max(at, 1))}, *found])
        content = content | {name: own}
    else:
        content = rng.choice([*changed_values(content, rng), rng.choice(ODD)])
    objects[at] = [word, content]
    return {"objects": objects, **_value(packed)}


def _value(packed):
    return {"value": packed["value"]}
