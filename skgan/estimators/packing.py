"""A model as words and arrays, and back: what files and pickles hold of it."""

import hashlib
import platform
from contextlib import nullcontext
from dataclasses import fields
from functools import partial

import numpy as np
import sklearn
import torch

from .. import _torch
from .._version import __version__
from ..conditions import Conditions
from ..encoding import Encoder
from ..exceptions import FileError
from ..model import Density, FittedGAN
from ..networks import make_head
from ..refinement import METHODS, Judge, Refinement
from ..storage import Refused, from_bytes, to_bytes
from ..storage.fields import array, instance, number, one_of, optional, require, whole
from ..training import LatentSampler, digest_of
from .finish import freeze
from .vocabulary import WORDS, Own, is_packable

CPU = torch.device("cpu")
MODEL = "model/1"
NETWORKS = "generator", "discriminator"
# What the fields of a model must be; others are numbers, text and arrays that are shown
CHECKS = {
    "encoder": instance(Encoder),
    "conditions": instance(Conditions),
    "latents": instance(LatentSampler),
    "networks": optional(instance(partial)),
    "generator": instance(dict),  # of weights
    "discriminator": optional(instance(dict)),
    "seed": whole(0, 2**32 - 1),
    "loss_curve": array("f", 2),
    "density": optional(instance(Density)),
    "judge": optional(instance(Judge)),
    "refinement": optional(instance(Refinement)),
    "refinement_method": optional(one_of(*METHODS)),
    "acceptance_rate": number(0, 1),
    "max_iter": optional(whole(1)),
}


def versions():
    """Versions of what writes a file."""
    return {
        "skgan": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "scikit-learn": sklearn.__version__,
    }


def pack_model(model, left_out=()):
    """A model as plain values, without fields of some names.

    Raises
    ------
    TypeError
        If files have no word for something in it.
    """
    own = {f.name: getattr(model, f.name) for f in fields(model)}
    own["networks"] = without_functions(model.networks)
    for name in NETWORKS:
        if own[name] is not None:
            own[name] = dict(own[name].state_dict())
    return {name: value for name, value in own.items() if name not in left_out}


def without_functions(networks):
    """A recipe of networks in which ``Own`` stands for what users wrote."""
    if networks is None:
        return None
    own = networks.keywords.items()
    options = {k: v if is_packable(v) else Own(k) for k, v in own}
    return partial(networks.func, *networks.args, **options)


def model_of(found, handed, kept=()):
    """The model that ``pack_model`` made plain.

    Parameters
    ----------
    found : dict
        What it returned, read again.
    handed : callable
        Returns a function of the user for the ``Own`` that stands for it.
    kept : dict, default=()
        Fields that were left out.

    Raises
    ------
    Refused
        If it is no model.
    """
    own = {**dict.fromkeys(NETWORKS), **checked_fields(found), **dict(kept)}
    try:
        require(own["generator"] is not None, "there is a generator")
        return FittedGAN(**own | built(own, handed))
    except Exception as error:  # libraries raise many for what does not fit together
        raise Refused("model", str(error)) from None


def checked_fields(found):
    """The fields of a model that was read, if each is what it must be."""
    known = {f.name for f in fields(FittedGAN)}
    if not isinstance(found, dict) or not found.keys() <= known:
        raise Refused("model", f"its fields are none of {sorted(known)}")
    for name in found.keys() & CHECKS.keys():
        try:
            CHECKS[name](found[name])
        except ValueError as error:
            raise Refused(f"model, {name}", f"it {error}") from None
    return found


def to_state(model):
    """What a pickle holds of a model: the bytes of a file, and what no file holds.

    That are networks of the user, and whatever files have no word for.
    """
    networks = without_functions(model.networks)
    is_own = networks is None or any(
        isinstance(v, Own) for v in networks.keywords.values()
    )
    kept = {name: getattr(model, name) for name in NETWORKS if is_own}
    plain = pack_model(model, kept)
    try:
        packed = WORDS.pack(plain)
    except TypeError:
        odd = [name for name, value in plain.items() if not is_packable(value)]
        kept |= {name: getattr(model, name) for name in odd}
        packed = WORDS.pack(pack_model(model, kept))
    content = to_bytes(MODEL, packed, versions())
    return {"skgan": np.frombuffer(content, np.uint8), "kept": kept}


def digest_of_model(model):
    """SHA-256 of what a pickle holds of a model, with the weights of all networks."""
    networks = filter(None, (model.generator, model.discriminator))
    weights = digest_of(w for n in networks for w in n.state_dict().values())
    return hashlib.sha256(to_state(model)["skgan"]).hexdigest() + weights


def from_state(state):
    """The model of which ``to_state`` made this.

    Raises
    ------
    FileError
        If the bytes are not those that it made.
    """
    header, tree = from_bytes(state["skgan"].tobytes(), "a pickled model")
    try:
        with _torch.plain(CPU):
            return model_of(WORDS.unpack(tree), lambda own: own, state["kept"])
    except Refused as error:
        raise FileError(
            "a pickled model", error.part, str(error), header["versions"]
        ) from None


def built(own, handed):
    """Networks with the weights that were read; no random stream is moved.

    Of the user's functions that are not handed over, none is built.
    """
    weights = {name: own[name] for name in NETWORKS if isinstance(own[name], dict)}
    if not weights:
        return {}
    networks = own["networks"]
    options = dict(networks.keywords)
    if "discriminator" not in weights:
        options["discriminator"] = None
    if options.get("normalization") == "spectral":
        options["normalization"] = None  # frozen weights have been divided already
    options = {k: handed(v) if isinstance(v, Own) else v for k, v in options.items()}
    if any(isinstance(value, Own) for value in options.values()):
        return dict.fromkeys(weights)
    for name in weights:
        if not isinstance(options[name], str) and not callable(options[name]):
            raise ValueError(f"{name} must build its network, got {options[name]!r}")
    is_ours = all(map(is_packable, options.values()))
    where = torch.device("meta") if is_ours else nullcontext()
    sizes = own["latents"].latent_dim, own["conditions"].n_columns
    head = make_head(own["encoder"].layout)
    with _torch.forked(CPU), where:
        made = networks.func(head, *sizes, **options)
    return {
        name: _filled(freeze(network.float()), weights[name])
        for name, network in zip(NETWORKS, made, strict=True)
        if name in weights
    }


def _filled(network, weights):
    """The network with weights in place of its own, of the same shapes and dtypes."""
    for name, own in network.state_dict().items():
        found = weights.get(name)
        is_like = torch.is_tensor(found) and found.shape == own.shape
        if not is_like or found.dtype != own.dtype:
            raise ValueError(f"weights {name!r} are not those of the network")
    network.load_state_dict(weights, strict=True, assign=True)
    return network
