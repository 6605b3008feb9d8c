"""The words of files of estimators: those of the rooms, of parameters, of networks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np
import torch

from ..losses import LOSSES, AdversarialLoss
from ..model import MODEL_WORDS
from ..networks import (
    dcgan_discriminator,
    dcgan_generator,
    image_networks,
    mlp_discriminator,
    mlp_generator,
    residual_generator,
    residual_image_discriminator,
    residual_image_generator,
    row_networks,
)
from ..penalties import PENALTIES
from ..sinks.table_file import TableFile
from ..storage import Value, Vocabulary, of_class, stored
from ..storage.fields import text

MAX_ITEMS = 1_000  # of an argument of a function: layers, betas
N_KEYS = 624  # of the Mersenne twister
MAX_STRIDE = 2**48

# What users may name in parameters, and files call by a word; no other is looked up
FUNCTIONS: dict[str, Callable] = {
    **{
        f"skgan.networks.{own.__name__}": own
        for own in (
            *(row_networks, mlp_generator, mlp_discriminator, residual_generator),
            *(image_networks, dcgan_generator, dcgan_discriminator),
            *(residual_image_generator, residual_image_discriminator),
        )
    },
    **{f"skgan.penalties.{name}": own for name, own in PENALTIES.items()},
    **{
        f"skgan.losses.{name}.{half}": own
        for name, loss in LOSSES.items()
        for half, own in loss._asdict().items()
    },
    **{
        f"torch.optim.{own.__name__}": own
        for own in (
            *(torch.optim.Adam, torch.optim.AdamW, torch.optim.Adamax),
            *(torch.optim.NAdam, torch.optim.RAdam, torch.optim.Adagrad),
            *(torch.optim.Adadelta, torch.optim.RMSprop, torch.optim.Rprop),
            *(torch.optim.ASGD, torch.optim.SGD),
        )
    },
}
_NAMES = {id(own): name for name, own in FUNCTIONS.items()}


@stored("own/1", name=text)
@dataclass(frozen=True)
class Own:
    """Stands in a file for what a user has made, and must be passed again.

    Parameters
    ----------
    name : str
        The parameter.
    """

    name: str


def _unpack_function(name):
    if not isinstance(name, str) or name not in FUNCTIONS:
        raise ValueError(f"there is no function {name!r:.60}")
    return FUNCTIONS[name]


def _pack_partial(own):
    if _is_long(own.args, own.keywords):
        raise TypeError(f"An argument has more than {MAX_ITEMS} items.")
    return [own.func, list(own.args), own.keywords]


def _unpack_partial(plain):
    function, args, options = plain
    if not callable(function) or type(args) is not list or type(options) is not dict:
        raise ValueError("it is not of a function, a list and a dict")
    if _is_long(args, options):
        raise ValueError(f"an argument has more than {MAX_ITEMS} items")
    return partial(function, *args, **options)


def _is_long(args, options):
    """Whether there would be too many layers, for example."""
    values = args, *args, *options.values()
    sized = (v for v in values if isinstance(v, list | tuple | np.ndarray))
    return any(np.size(value) > MAX_ITEMS for value in sized)


def _pack_tensor(tensor):
    """Its numbers as they lie in memory, with strides where these are not the usual.

    Products may round by them.
    """
    values = tensor.detach().cpu()
    if values.is_floating_point() and not bool(values.isfinite().all()):
        raise TypeError("Weights are not finite.")
    if values.is_contiguous() or not _is_dense(values.shape, values.stride()):
        return [None, values.contiguous().numpy()]
    flat = values.as_strided((values.numel(),), (1,))
    return [[list(values.shape), list(values.stride())], flat.numpy()]


def _unpack_tensor(plain):
    layout, values = plain
    if type(values) is not np.ndarray or values.dtype.kind not in "bifu":
        raise ValueError("it is no array of numbers")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError("it is not finite")
    if layout is None:
        return torch.from_numpy(values)
    shape, strides = layout
    if values.shape != (prod(shape),) or not _is_dense(shape, strides):
        raise ValueError("its strides are not those of its numbers")
    return torch.from_numpy(values).as_strided(shape, strides)


def _is_dense(shape, strides):
    """Whether so many numbers lie one after the other, in some order of the axes."""
    expected = 1
    for stride, n in sorted(zip(strides, shape, strict=True)):
        if not (0 < n and 0 < stride < MAX_STRIDE) or (n > 1 and stride != expected):
            return False
        expected *= n
    return True


def _pack_stream(stream):
    state = stream.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        raise TypeError(f"Random states of {state['bit_generator']} have no word.")
    return state


def _unpack_stream(state):
    key, at = state["state"]["key"], state["state"]["pos"]
    if key.dtype != np.uint32 or key.shape != (N_KEYS,):
        raise ValueError("it has other keys")
    if type(at) is not int or not 0 <= at <= N_KEYS:
        raise ValueError("it stands at no key")
    stream = np.random.RandomState(0)
    stream.set_state(state)
    return stream


def _unpack_device(name):
    try:
        return torch.device(str(name))
    except RuntimeError as error:
        raise ValueError(f"{name!r:.60} is no device") from error


PARAMETER_WORDS = Vocabulary(
    (Own, TableFile),
    (
        Value(
            "function/1",
            lambda value: id(value) in _NAMES,
            lambda function: _NAMES[id(function)],
            _unpack_function,
        ),
        of_class(partial, _pack_partial, _unpack_partial, "partial/1"),
        of_class(AdversarialLoss, list, lambda pair: AdversarialLoss(*pair), "loss/1"),
        Value("tensor/1", torch.is_tensor, _pack_tensor, _unpack_tensor),
        of_class(np.random.RandomState, _pack_stream, _unpack_stream, "stream/1"),
        of_class(torch.device, str, _unpack_device, "device/1"),
    ),
)


WORDS = MODEL_WORDS | PARAMETER_WORDS


def is_packable(value, words=WORDS):
    """Whether files have words for a value."""
    try:
        words.pack(value)
    except TypeError:
        return False
    return True
