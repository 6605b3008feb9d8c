"""Files of estimators: what is saved comes back, to the last bit, and nothing else."""

import copy
import json
import lzma
import os
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from kept_models import (
    CASES,
    OF_FILE,
    fitted,
    images,
    mixed,
    numbers,
    picture,
    results,
    rows_of,
    table,
)
from mutations import of_model
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

import skgan
from skgan import DiscriminatorFeatures, GANGenerator, load, save
from skgan.encoding import ScaledEncoder, TableEncoder
from skgan.estimators.packing import NETWORKS
from skgan.estimators.vocabulary import FUNCTIONS, WORDS
from skgan.exceptions import FileError
from skgan.losses import LOSSES, AdversarialLoss
from skgan.networks import (
    IMAGE_DISCRIMINATORS,
    IMAGE_GENERATORS,
    ROW_DISCRIMINATORS,
    ROW_GENERATORS,
    mlp_discriminator,
    mlp_generator,
    residual_generator,
)
from skgan.penalties import r1, r2
from skgan.sinks.table_file import TableFile
from skgan.storage import from_bytes, read, write

QUICK = "mixed", "polars", "spectral"
WITH_DISCRIMINATOR = {"both", "network"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skgan"


def equal(a, b):
    """Whether two results are equal to the last bit, containers and dtypes too."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    if type(a) is not type(b):
        return False
    if isinstance(a, pd.DataFrame):
        pd.testing.assert_frame_equal(a, b, check_exact=True)
        return True
    if isinstance(a, pd.Series):
        pd.testing.assert_series_equal(a, b, check_exact=True)
        return True
    if isinstance(a, pl.DataFrame | pl.Series | pa.Table):
        same = a.equals(b)
        return same and (a.schema == b.schema if hasattr(a, "schema") else True)
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


def again(estimator, path, **options):
    """The estimator that comes back from a file."""
    save(estimator, path, **options)
    return load(path)


# ---------------------------------------------------------- a process of its own

# Where nothing that runs code from a file is there any more
ALONE = """
import builtins, importlib, pickle, sys, warnings
sys.path.insert(0, {tests!r})
import kept_models
import joblib, narwhals, sklearn, torch
import skgan
def found():
    paths = {{name: f"{{{folder!r}}}/{{name}}.skgan" for name in {names!r}}}
    return {{n: kept_models.results(n, skgan.load(path)) for n, path in paths.items()}}

found()  # libraries import some of their own files late: by now they have

def refuse(*args, **kwargs):
    raise RuntimeError("code was to be run")

for module, name in [
    *[(pickle, n) for n in ("Unpickler", "_Unpickler", "load", "loads")],
    *[(builtins, n) for n in ("eval", "exec", "compile")],
    *[(torch, "load"), (joblib, "load")],
]:
    setattr(module, name, refuse)
# narwhals and pandas ask so for the libraries of data frames, by these names
frames = {{name: sys.modules[name] for name in ("pandas", "polars", "pyarrow")}}
importlib.import_module = lambda name: frames.get(name) or refuse()
with open({folder!r} + "/found", "wb") as file:
    pickle.dump(found(), file)
"""


def found_alone(names, folder):
    """Results of files in a new process that cannot run code from them."""
    code = ALONE.format(
        tests=os.path.dirname(__file__), names=names, folder=str(folder)
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
    return pickle.loads((folder / "found").read_bytes())


def check_cases(names, folder):
    expected = {}
    for name in names:
        estimator = fitted(name)
        keep = name in WITH_DISCRIMINATOR
        save(estimator, folder / f"{name}.skgan", discriminator=keep)
        expected[name] = results(name, estimator)
    found = found_alone(names, folder)
    for name in names:
        assert equal(found[name], expected[name]), name
        first, second = folder / f"{name}.skgan", folder / "again.skgan"
        save(load(first), second, discriminator=name in WITH_DISCRIMINATOR)
        assert first.read_bytes() == second.read_bytes(), name  # every field, so


@pytest.mark.filterwarnings("ignore")
def test_a_new_process_samples_and_scores_the_same(tmp_path):
    check_cases(list(QUICK), tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_all_cases_in_a_new_process(tmp_path):
    check_cases(list(CASES), tmp_path)


FILES = Path(__file__).parent / "files"
KEPT = json.loads((FILES / "v1_expected.json").read_text())


@pytest.mark.parametrize("name", sorted(KEPT.keys() - {"torch"}))
def test_files_of_the_first_version_are_read(name, path):
    """For ever; another version of torch may round differently."""
    path.write_bytes(lzma.decompress((FILES / f"v1_{name}.skgan.xz").read_bytes()))
    found = rows_of(load(path))
    is_same = KEPT["torch"].partition("+")[0] == torch.__version__.partition("+")[0]
    for rows, expected in zip(found, KEPT[name], strict=True):
        close = np.isclose(np.ravel(rows), np.ravel(expected), rtol=0, atol=1e-4)
        assert close.mean() >= (1.0 if is_same else 0.9)


def test_how_the_file_of_the_rows_was_written_is_kept(path):
    """What nobody can write is refused, before a codec is looked up for rows."""
    path.write_bytes(lzma.decompress((FILES / "v1_file.skgan.xz").read_bytes()))
    estimator = load(path)
    assert estimator._table_file == OF_FILE
    for field, problem in [
        ({"encoding": "hex"}, "its encoding is known"),
        ({"sep": "ab"}, "a character stands between two values"),
        ({"decimal": "'"}, r"one of \('.', ','\)"),
        ({"formats": {"age": (10**9, "")}}, "from 0 to 1000"),
        ({"names": ["age"]}, "must be a tuple"),
    ]:
        changed = OF_FILE._replace(**field)
        with pytest.raises(ValueError, match=problem):
            for name, check in TableFile.stored_fields.items():
                check(getattr(changed, name))
            changed.check_stored()


# ------------------------------------------------------------------ discriminators

X = numbers()
CRITIC = partial(mlp_discriminator, hidden_layer_sizes=(4,))


@pytest.fixture(scope="module")
def scaled():
    """A small fitted generator."""
    return fitted("scaled")


def test_a_file_holds_no_discriminator_unless_it_is_asked_for(scaled, path):
    without, kept = again(scaled, path), again(scaled, path, discriminator=True)
    assert not hasattr(without, "discriminator_")
    with pytest.raises(AttributeError, match="left out of the file. save.*=True"):
        without.discriminator_  # noqa: B018
    with pytest.raises(ValueError, match="needs one: it was left out of a file"):
        save(without, path, discriminator=True)
    encoded = scaled.encoder_.encode(X)
    logits = [gan._model.logits(encoded) for gan in (scaled, kept)]
    np.testing.assert_array_equal(*logits)
    save(scaled, path)
    for weight in scaled.discriminator_.parameters():
        assert weight.numpy().tobytes()[:40] not in path.read_bytes()


def test_what_asks_the_discriminator_is_saved_with_it_alone(path):
    refined = fitted("network")
    with pytest.raises(ValueError, match="refinement='network' asks the discriminator"):
        save(refined, path)
    assert not path.exists()
    save(refined, path, discriminator=True)
    header, tree = read(path)
    packed = tree["value"]["model"]
    packed["discriminator"] = None  # as nobody writes it
    write(path, header["class"], tree, header["versions"], header["params"])
    with pytest.raises(FileError, match="asks the discriminator"):
        load(path)


def test_features_of_images_need_the_discriminator(path):
    gan = picture().fit(images())
    expected = DiscriminatorFeatures(FrozenEstimator(gan)).fit(images())
    kept = FrozenEstimator(again(gan, path, discriminator=True))
    found = DiscriminatorFeatures(kept).fit(images()).transform(images())
    np.testing.assert_array_equal(found, expected.transform(images()))
    without = DiscriminatorFeatures(FrozenEstimator(again(gan, path)))
    with pytest.raises(AttributeError, match="left out of the file"):
        without.fit(images())
    with pytest.raises(TypeError, match="got DiscriminatorFeatures: pickle keeps"):
        save(expected, path)


# ---------------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    "params",
    [
        {"loss": LOSSES["hinge"]},
        {"loss": tuple(LOSSES["minimax"])},
        {"loss": AdversarialLoss(*LOSSES["wasserstein"])},
        {"penalty": [r1, "r2"]},
        {"penalty": r2, "penalty_weight": np.float32(0.1)},
        {"optimizer": torch.optim.AdamW},
        {"optimizer": partial(torch.optim.SGD, momentum=0.5, nesterov=True)},
        {"generator": partial(residual_generator, hidden_layer_sizes=[4, 4])},
        {"generator": mlp_generator, "discriminator": CRITIC},
        {"device": torch.device("cuda", 1), "n_critic": 0.5},
        {"encoder": TableEncoder(on_identifiers="drop", identifiers=["a"])},
        {"encoder": ScaledEncoder(), "hidden_layer_sizes": np.array([3, 4])},
        {"categorical_features": np.array([True, False]), "learning_rate": (1e-3, 2.0)},
        {"max_iter": np.int64(7), "bandwidth": 0.1, "batch_size": 2**40},
    ],
)
def test_documented_parameters_come_back(params, path):
    estimator = GANGenerator(**params)
    found = again(estimator, path)
    assert not hasattr(found, "_model")
    for name, value in estimator.get_params(deep=False).items():
        there = getattr(found, name)
        assert type(there) is type(value), name
        if isinstance(value, partial):
            assert there.func is value.func and there.args == value.args
            assert there.keywords == value.keywords
        elif isinstance(value, np.ndarray | np.generic):
            np.testing.assert_array_equal(there, value)
            assert there.dtype == value.dtype
        elif isinstance(value, TableEncoder | ScaledEncoder):
            assert there.get_params() == value.get_params()
        else:
            assert there == value, name


def test_random_states_go_on_where_they_were(path):
    stream = np.random.RandomState(3)
    stream.normal(size=5)  # one number is left over
    found = again(GANGenerator(random_state=stream), path).random_state
    np.testing.assert_array_equal(found.normal(size=4), stream.normal(size=4))
    np.testing.assert_array_equal(found.randint(9, size=4), stream.randint(9, size=4))


def test_an_encoder_as_a_parameter_is_saved_without_what_it_knows(path):
    secret = mixed().assign(city="very-secret-city")
    encoder = TableEncoder().fit(secret)
    again(GANGenerator(encoder=encoder), path)
    assert b"very-secret-city" not in path.read_bytes()


def test_words_for_functions_are_those_of_the_functions():
    for name, function in FUNCTIONS.items():
        assert WORDS.unpack(WORDS.pack(function)) is function, name
    for module, found in (("networks", "mlp_generator"), ("penalties", "r1")):
        assert FUNCTIONS[f"skgan.{module}.{found}"].__name__ == found
    for factories in (ROW_GENERATORS, ROW_DISCRIMINATORS, IMAGE_GENERATORS):
        for factory in factories.values():
            assert getattr(factory, "func", factory) in FUNCTIONS.values()
    assert {*IMAGE_DISCRIMINATORS.values()} <= {*FUNCTIONS.values()}
    assert FUNCTIONS["torch.optim.SGD"] is torch.optim.SGD
    assert FUNCTIONS["skgan.losses.hinge.generator"] is LOSSES["hinge"].generator


def test_sizes_that_were_changed_after_the_fit_do_not_matter(scaled, path):
    """Networks are built from what they were made of."""
    changed = copy.deepcopy(scaled).set_params(hidden_layer_sizes=(3, 3), dropout=0.5)
    for found in (again(changed, path), pickle.loads(pickle.dumps(changed))):
        assert found.hidden_layer_sizes == (3, 3)
        assert equal(found.sample(9, random_state=0), scaled.sample(9, random_state=0))


# ------------------------------------------------------------ what is the user's own


class Square(nn.Module):
    """A layer that only its user knows."""

    def __init__(self, n_inputs, n_outputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, n_outputs)

    def forward(self, rows):
        return self.linear(rows).square()


def squared(latent_dim, n_outputs):
    """A generator of the user."""
    return nn.Sequential(Square(latent_dim, 4), nn.Dropout(), nn.Linear(4, n_outputs))


def wrong(latent_dim, n_outputs):
    """A generator of other sizes."""
    return nn.Sequential(Square(latent_dim, 5), nn.Linear(5, n_outputs))


def half(iteration):
    """A schedule of the user."""
    return 0.5


@pytest.fixture(scope="module")
def owned():
    """A fitted generator with functions of the user."""
    own = {"generator": squared, "n_critic": half, "encoder": "scaled"}
    return table(**own, penalty=[r1, lambda critic, real, fake: real.sum(1)]).fit(X)


def test_functions_of_the_user_are_passed_again(owned, path):
    save(owned, path)
    with pytest.raises(ValueError) as caught:
        load(path, n_critic=half)
    assert "load(path, generator=..., penalty=...)" in str(caught.value)
    found = load(path, n_critic=half, generator=squared, penalty=None)
    assert (found.n_critic, found.generator, found.penalty) == (half, squared, None)
    assert equal(found.sample(9, random_state=0), owned.sample(9, random_state=0))
    with pytest.raises(ValueError, match="'max_iter'] must not be given"):
        load(path, n_critic=half, generator=squared, penalty=None, max_iter=3)
    for function, problem in (
        (wrong, "weights .* are not those of the network"),
        (None, "'generator' parameter of GANGenerator must be .* Got None"),
        (5, "'generator' parameter of GANGenerator must be .* Got 5"),
    ):
        with pytest.raises(ValueError, match=problem):
            load(path, n_critic=half, generator=function, penalty=None)
    with pytest.raises(ValueError, match="'n_critic' parameter of GANGenerator must"):
        load(path, n_critic="half", generator=squared, penalty=None)


def test_functions_that_make_identifiers_are_passed_again(path):
    def new_mail(n):
        return [f"new{i}@example.org" for i in range(n)]

    frame = CASES["named"][1]
    encoder = TableEncoder(identifiers={"mail": new_mail})
    gan = table(encoder=encoder).fit(frame)
    save(gan, path)
    with pytest.raises(ValueError, match=r"load\(path, encoder=...\)"):
        load(path)
    with pytest.raises(FileError, match=r"encoder has functions for \['mail'\]"):
        load(path, encoder=TableEncoder(identifiers={"id": new_mail}))
    found = load(path, encoder=encoder)
    assert found.encoder is encoder and found.encoder_.functions == {"mail": new_mail}
    assert equal(found.sample(9, random_state=0), gan.sample(9, random_state=0))
    assert found.sample(2, random_state=0)["mail"].str.startswith("new").all()


class Halved(ScaledEncoder):
    """An encoder of the user."""

    def build(self, encoded, rng=None):
        return super().build(encoded, rng) / 2


class Loud(GANGenerator):
    """An estimator of the user."""

    def __init__(self, *, volume=1, max_iter=2, random_state=0):
        super().__init__(max_iter=max_iter, random_state=random_state, encoder="scaled")
        self.volume = volume


def test_objects_of_the_user_are_refused_and_pickled(path):
    own_encoder = table(encoder=Halved()).fit(X)
    with pytest.raises(TypeError, match="Halved has no word.* Pickle keeps it."):
        save(own_encoder, path)
    loud = Loud(volume=11).fit(X)
    loud.note_ = "mine"
    with pytest.raises(TypeError, match="got Loud: pickle keeps others"):
        save(loud, path)
    for estimator in (own_encoder, loud):
        found = pickle.loads(pickle.dumps(estimator))
        expected = estimator.sample(9, random_state=0)
        assert equal(found.sample(9, random_state=0), expected)
        assert clone(found).get_params().keys() == estimator.get_params().keys()
    assert (found.volume, found.note_) == (11, "mine")
    with pytest.raises(TypeError, match="got Pipeline: pickle keeps others"):
        save(make_pipeline(loud), path)


# -------------------------------------------------------------------------- pickles


def copies(estimator, folder):
    """An estimator as all who pickle bring it back."""
    import cloudpickle

    yield pickle.loads(pickle.dumps(estimator))
    yield pickle.loads(pickle.dumps(estimator, protocol=2))
    yield cloudpickle.loads(cloudpickle.dumps(estimator))
    yield copy.deepcopy(estimator)
    joblib.dump(estimator, folder / "joblib", compress=3)
    yield joblib.load(folder / "joblib")


def test_pickles_carry_the_bytes_of_a_file(scaled, tmp_path):
    state = scaled.__getstate__()["_model"]
    assert state["kept"] == {} and state["skgan"].dtype == np.uint8
    header, _ = from_bytes(state["skgan"].tobytes(), "it")
    assert header["class"] == "model/1"
    encoded = scaled.encoder_.encode(X)
    for found in copies(scaled, tmp_path):
        assert equal(found.sample(9, random_state=0), scaled.sample(9, random_state=0))
        for one, other in zip(
            (found._model.logits(encoded), found.score_samples(X)),
            (scaled._model.logits(encoded), scaled.score_samples(X)),
            strict=True,
        ):
            np.testing.assert_array_equal(one, other)
        assert found.get_params() == scaled.get_params()
        assert found.n_features_in_ == 4


def test_pipelines_searches_and_samplers_are_pickled(tmp_path):
    pipeline = make_pipeline(StandardScaler(), table(encoder="scaled")).fit(X)
    search = GridSearchCV(table(encoder="scaled"), {"ema_decay": [0.5]}, cv=2)
    search.fit(X)
    sampler = fitted("samples")
    for estimator in (pipeline, search):
        expected = skgan.sample(estimator, 9, random_state=0)
        for found in copies(estimator, tmp_path):
            assert equal(skgan.sample(found, 9, random_state=0), expected)
    found = pickle.loads(pickle.dumps(sampler))
    assert equal(results("samples", found), results("samples", sampler))


def test_skops_needs_to_trust_one_class(scaled):
    io = pytest.importorskip("skops.io")
    content = io.dumps(make_pipeline(StandardScaler(), scaled))
    assert io.get_untrusted_types(data=content) == [
        "skgan.estimators.table.GANGenerator"
    ]
    found = io.loads(content, trusted=["skgan.estimators.table.GANGenerator"])
    assert equal(found[-1].sample(9, random_state=0), scaled.sample(9, random_state=0))


def test_networks_of_the_user_are_pickled_beside_the_bytes(path):
    gan = table(generator=squared, encoder="scaled").fit(X)
    assert gan.__getstate__()["_model"]["kept"].keys() == {*NETWORKS}
    found = pickle.loads(pickle.dumps(gan))
    assert type(found.generator_.network[0]) is Square
    assert equal(found.sample(9, random_state=0), gan.sample(9, random_state=0))
    save(found, path)
    kept = load(path, generator=squared)
    assert equal(kept.sample(9, random_state=0), gan.sample(9, random_state=0))


def test_pickles_keep_what_belongs_to_the_estimator_alone(scaled, path):
    gan = copy.deepcopy(scaled)
    gan._run_state = {"iteration": 2, "rows": np.arange(3)}
    found = pickle.loads(pickle.dumps(gan))
    assert found._run_state["iteration"] == 2
    assert again(gan, path)._run_state is None
    assert pickle.loads(pickle.dumps(table())).get_params() == table().get_params()


def test_a_pickle_that_was_changed_is_refused(scaled):
    state = scaled.__getstate__()
    state["_model"]["skgan"] = state["_model"]["skgan"].copy()
    state["_model"]["skgan"][-1] ^= 1
    with pytest.raises(FileError, match="a pickled model cannot be read: the content"):
        GANGenerator().__setstate__(state)


def test_weights_that_are_not_finite_are_pickled_but_not_saved(scaled, path):
    gan = copy.deepcopy(scaled)
    next(gan.discriminator_.parameters()).fill_(np.nan)
    assert pickle.loads(pickle.dumps(gan)).sample(2).shape == (2, 4)
    with pytest.raises(TypeError, match="Weights are not finite."):
        save(gan, path, discriminator=True)
    assert again(gan, path).sample(2).shape == (2, 4)


# ---------------------------------------------------------------------- surroundings


@pytest.mark.parametrize("name", ["scaled", "spectral"])
def test_reading_moves_no_random_stream_and_asks_no_default(name, path):
    gan = fitted(name)
    save(gan, path, discriminator=True)
    dumped = pickle.dumps(gan)
    before = torch.get_rng_state()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode():
            found = load(path), pickle.loads(dumped)
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.get_rng_state(), before)
    for other in found:
        assert equal(other.sample(9, random_state=0), gan.sample(9, random_state=0))
        for network in (other.generator_, other.discriminator_):
            assert not network.training
            own = dict(network.named_parameters()) | dict(network.named_buffers())
            assert {str(weight.device) for weight in own.values()} == {"cpu"}
            assert not any(weight.requires_grad for weight in own.values())
            assert not any(weight.is_inference() for weight in own.values())


def test_loaded_estimators_are_fitted_again(scaled, path):
    found = again(scaled, path).fit(X)
    assert equal(found.sample(9, random_state=0), scaled.sample(9, random_state=0))


def test_estimators_in_a_sampler_stay_shared(path):
    sampler = fitted("samples")
    found = again(sampler, path)
    assert found.sampling_strategy_ == sampler.sampling_strategy_
    assert found.estimators_.keys() == sampler.estimators_.keys()
    assert len(set(map(id, found.estimators_.values()))) == len(
        set(map(id, sampler.estimators_.values()))
    )
    assert found.estimator.get_params() == sampler.estimator.get_params()


# ------------------------------------------------- what a file may and may not say


def rewritten(path, change):
    """Write a file again, its content changed by a function; the digest is right."""
    header, tree = read(path)
    change(header, tree["value"])
    write(path, header["class"], tree, header["versions"], header["params"])


def set_param(name, value):
    def change(header, learned):
        header["params"]["value"][name] = value

    return change


def set_weight(change):
    """Change the object that the first weights of the generator are."""

    def changed(header, learned):
        weights = learned["model"]["generator"]
        weights["network.0.weight"] = change(weights["network.0.weight"])

    return changed


def set_learned(name, value):
    def change(header, learned):
        learned[name] = value

    return change


def set_model(name, value):
    def change(header, learned):
        learned["model"][name] = value

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda h, _: h.update({"class": "pipeline/1"}),
            "no estimator but 'pipeline/1",
        ),
        (set_param("volume", 11), "volume"),
        (set_param("max_iter", 0), "'max_iter' parameter .* Got 0"),
        (set_param("loss", "kind"), "'loss' parameter"),
        (set_param("learning_rate", (1.0, -1.0)), "learning_rate must be"),
        (set_param("n_critic", {"@": 10**6}), "is no object before this one"),
        (set_learned("n_features_in_", 3), "columns are counted"),
        (set_learned("n_features_in_", True), "whole number"),
        (set_learned("secret_", 1), "attributes are known"),
        (set_learned("model", 1), "its fields are none of"),
        (set_model("volume", 1), "its fields are none of"),
        (set_model("seed", -1), "from 0"),
        (set_model("acceptance_rate", 2.0), "from 0 to 1"),
        (set_model("acceptance_rate", 10**400), "from 0 to 1"),
        (set_model("generator", None), "of class dict"),
        (set_model("generator", [1]), "of class dict"),
        (set_model("discriminator", 0.5), "of class dict"),
        (lambda _, own: own["model"].pop("generator"), "there is a generator"),
        (set_model("loss_curve", None), "an array"),
        (set_model("encoder", None), "of class Encoder"),
        (set_model("generator", {}), "weights .* are not those of the network"),
        (set_weight(lambda w: None), "weights 'network.0.weight' are not those"),
        (set_weight(lambda w: 1.0), "weights 'network.0.weight' are not those"),
    ],
)
def test_content_that_nobody_writes_is_refused(scaled, path, change, problem):
    save(scaled, path)
    rewritten(path, change)
    with pytest.raises(FileError, match=problem) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert f"It was written by skgan {skgan.__version__}." in str(caught.value)


def changed_tensor(path, change):
    """Write a file again in which the arrays of all weights are other ones."""
    header, tree = read(path)
    for word, content in tree["objects"]:
        if word == "tensor/1":
            content[:] = change(*content)
    write(path, header["class"], tree, header["versions"], header["params"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda layout, w: [layout, w * np.nan], "it is not finite"),
        (lambda layout, w: [layout, w.astype(np.float64)], "are not those"),
        (lambda layout, w: [layout, w[:-1]], "are not those"),
        (lambda layout, w: [layout, w.tolist()], "no array of numbers"),
        (lambda layout, w: [[[w.size], [2]], w.ravel()], "its strides are not"),
        (lambda layout, w: [[[2 * w.size], [1]], w.ravel()], "its strides are not"),
        (lambda layout, w: [[[w.size, 1], [1, 2**62]], w.ravel()], "its strides are"),
    ],
)
def test_weights_of_another_network_are_refused(scaled, path, change, problem):
    save(scaled, path)
    changed_tensor(path, change)
    with pytest.raises(FileError, match=problem):
        load(path)


def test_networks_of_many_layers_are_refused_before_they_are_built(scaled, path):
    save(scaled, path)
    header, tree = read(path)
    (recipe,) = (c for word, c in tree["objects"] if word == "partial/1")
    recipe[2]["hidden_layer_sizes"] = [1] * 1_001
    write(path, header["class"], tree, header["versions"], header["params"])
    with pytest.raises(FileError, match="an argument has more than 1000 items"):
        load(path)


def test_strides_of_weights_come_back():
    """Products may round by the order of numbers in memory."""
    ordinary = torch.arange(24.0).reshape(2, 3, 2, 2)
    last = ordinary.to(memory_format=torch.channels_last)
    thin = torch.arange(8.0).reshape(2, 1, 2, 2).to(memory_format=torch.channels_last)
    part = torch.arange(10.0)[::2]
    for tensor in (
        ordinary,
        last,
        thin,
        ordinary.permute(3, 1, 0, 2),
        torch.tensor(3),
        torch.zeros(0, 2),
    ):
        found = WORDS.unpack(WORDS.pack(tensor))
        assert torch.equal(found, tensor) and found.dtype == tensor.dtype
        assert found.stride() == tensor.stride() or not tensor.numel()
    found = WORDS.unpack(WORDS.pack(part))
    assert torch.equal(found, part) and found.is_contiguous()


@pytest.mark.parametrize("first", [0, pytest.param(1_400, marks=pytest.mark.slow)])
def test_mutated_files_are_refused_or_work(scaled, path, tmp_path, first):
    save(scaled, path)
    result = of_model(path, tmp_path)
    numbers = range(first, 5_000 if first else 1_400)
    found = [result(seed) for seed in numbers]
    assert set(found) <= {"refused", "the same", "works", "no file"}
    assert found.count("refused") > 0.6 * len(found)
    assert found.count("works") > 0.02 * len(found)


# -------------------------------------------------------------------------- privacy

SECRET = 123456789  # in every way that a column may hold it


def canaries(n=200):
    """A frame in which few rows hold secrets, of at least nine characters each."""
    rng = np.random.default_rng(9)
    frame = pd.DataFrame(
        {
            "float": rng.normal(size=n),
            "single": rng.normal(size=n).astype(np.float32),
            "whole": rng.integers(0, 50, n),
            "category": rng.choice(["often", "always"], n),
            "text": [f"u{i:04d}@mail.org" for i in range(n)],
            "label": rng.choice(["yes", "no"], n),
        }
    )
    frame.loc[:3, "float"] = SECRET + 0.125
    frame.loc[:3, "single"] = np.float32(SECRET)
    frame.loc[:3, "whole"] = SECRET
    frame.loc[:3, "category"] = "secret-category"
    frame.loc[7, "text"] = "secret-writer@mail.org"
    return frame


@pytest.mark.parametrize(
    "convert",
    [lambda f: f, pl.from_pandas, pa.Table.from_pandas],
    ids=["pandas", "polars", "pyarrow"],
)
@pytest.mark.filterwarnings("ignore")
def test_no_value_of_fewer_than_five_rows_is_in_a_file(convert, path):
    gan = table(refinement="trees").fit(convert(canaries()))
    save(gan, path, discriminator=True)
    content = path.read_bytes()
    for number in (SECRET, SECRET + 0.125, float(np.float32(SECRET))):
        for dtype in ("<f4", "<f8", "<i8", "<i4"):
            assert np.array(number).astype(dtype).tobytes() not in content
        assert str(number).encode() not in content
    assert b"secret" not in content
    assert b"often" in content  # a category of many rows
    assert canaries()["float"].iloc[20].tobytes() not in content


def test_what_is_declared_is_in_a_file(path):
    """Categories that the dtype tells, and both ends of pixels: as the guide says."""
    frame = canaries().drop(columns="text")
    frame["category"] = frame["category"].astype("category")
    save(table().fit(frame), path)
    assert b"secret-category" in path.read_bytes()
    pixels = np.random.default_rng(0).integers(0, 17, (40, 64)) * 15.4321
    save(table(encoder="scaled").fit(pixels), path)
    encoder = load(path).encoder_
    ends = encoder.decode(np.array([[-1.0], [1.0]], np.float32) * np.ones((2, 64)))
    np.testing.assert_allclose(ends[:, 0], [0, 16 * 15.4321])
