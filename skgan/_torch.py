"""Device, precision and seeding: the one place that touches torch's global state."""

import os
import secrets
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from threadpoolctl import threadpool_limits
from torch import Tensor
from torch.overrides import TorchFunctionMode

# What passes through a network at once outside training: so many rows, or numbers
MAX_CHUNK_ROWS, MAX_CHUNK_NUMBERS = 16_384, 2**23
MAX_SHARE = 0.5  # of the free memory of a GPU, that training rows may take

# Held while torch's global random streams are not those of the caller
_STREAMS = threading.RLock()
# Functions that make tensors of the default dtype, and those that ask what they are of
_FACTORIES = {torch.empty, torch.zeros, torch.ones, torch.rand, torch.randn, torch.eye}
_FACTORIES |= {torch.linspace, torch.logspace, torch.empty_strided}
_CONVERTERS = {torch.tensor, torch.as_tensor, torch.full, torch.arange}
_CONVERTERS |= {torch.scalar_tensor, torch.normal}


def resolve_device(device: str | torch.device) -> torch.device:
    """The device that ``device`` names; ``"auto"`` is CUDA where there is one.

    Raises
    ------
    ValueError
        If the name is unknown to torch or the device is not present.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        resolved = torch.device(device)
        return torch.empty(0, device=resolved).device  # "cuda" becomes "cuda:0"
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition(". ")[0]
        raise ValueError(
            "device must be 'auto' or a device that torch finds on this machine, "
            f"got {str(device)!r}: {reason}"
        ) from error


def available_device(device: str | torch.device) -> torch.device:
    """The device that ``device`` names, or the CPU where it is absent.

    A model that was fitted on another machine's device must sample on this one.
    """
    try:
        return resolve_device(device)
    except ValueError:
        return torch.device("cpu")


def placed(tensors: Iterable[Tensor], device: torch.device) -> list[Tensor]:
    """Tensors on the device, or pinned in memory of the host if they are too large.

    From pinned memory a GPU can copy while it computes.
    """
    tensors = list(tensors)
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        if sum(tensor.nbytes for tensor in tensors) > MAX_SHARE * free:
            return [tensor.pin_memory() for tensor in tensors]
    return [tensor.to(device) for tensor in tensors]


def is_fast_at_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 products beat float32 ones, asked of the processor itself.

    Without hardware support a bfloat16 product on a CPU is emulated, and tens of
    times slower than a float32 one.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        # Versions of torch that cannot tell are given float32
        capabilities = getattr(torch.cpu, "get_capabilities", dict[str, bool])()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    return False


def resolve_precision(
    precision: str, device: torch.device, is_wide: bool
) -> torch.dtype:
    """The number format of the networks' products.

    ``"auto"`` is bfloat16 where the processor is fast at it and the networks are wide
    enough to gain from it.
    """
    if precision == "auto":
        fast = is_wide and is_fast_at_bfloat16(device)
        return torch.bfloat16 if fast else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]


def chunk_size(n_columns: int) -> int:
    """Number of rows that pass through a network at once outside training."""
    return max(1, min(MAX_CHUNK_ROWS, MAX_CHUNK_NUMBERS // n_columns))


def fresh_seed() -> int:
    """A seed from the system's entropy; no global stream is consumed."""
    return secrets.randbits(31)


@contextmanager
def plain(device: torch.device) -> Iterator[None]:
    """Float32 by default, gradients on, autocast off: whatever the caller has set.

    In this thread alone: a default dtype is one of all threads.
    """
    _spare_broken_threads()
    is_other = torch.get_default_dtype() is not torch.float32
    with (
        _Float32() if is_other else nullcontext(),
        torch.inference_mode(False),  # ends no_grad, too
        torch.autocast(device.type, enabled=False),
    ):
        yield


class _Float32(TorchFunctionMode):
    """Makes tensors of float32 where neither a dtype nor data say otherwise."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        is_free = kwargs.get("dtype") is None and kwargs.get("out") is None
        if func in _FACTORIES and is_free:
            return func(*args, **{**kwargs, "dtype": torch.float32})
        made = func(*args, **kwargs)
        if func in _CONVERTERS and is_free and made.is_floating_point():
            data = args[0] if args else None
            return made if hasattr(data, "dtype") else made.to(torch.float32)
        return made


@contextmanager
def forked(device: torch.device) -> Iterator[None]:
    """Put torch's random streams back after the block: the CPU's and the device's.

    No other device is touched, and no other thread is in such a block.
    """
    devices = [device] if device.type == "cuda" else []
    with _STREAMS, torch.random.fork_rng(devices=devices):
        yield


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch's global generators inside the block and restore them after it.

    Only what offers no ``generator`` argument (initialization of layers, torch's
    dropout) depends on it.
    """
    with forked(device):
        # torch.manual_seed would reseed every CUDA device
        torch.default_generator.manual_seed(seed)
        if device.type == "cuda":
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield


def global_streams(device: torch.device) -> list[Tensor]:
    """The states of torch's global random streams: the CPU's and the device's."""
    states = [torch.get_rng_state()]
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device))
    return states


@contextmanager
def own_streams(states: list[Tensor], device: torch.device) -> Iterator[None]:
    """Go on with these global random streams inside the block.

    Their states are put into ``states`` afterwards, and those of the caller back.
    """
    with forked(device):
        torch.set_rng_state(states[0])
        if device.type == "cuda":
            torch.cuda.set_rng_state(states[1], device)
        try:
            yield
        finally:
            states[:] = global_streams(device)


def set_stream(rng: torch.Generator, state: Tensor) -> None:
    """Let a random stream go on from a state.

    From a seed made of it, if it is of another sort of device, whose random numbers
    are others.
    """
    state = state.cpu()
    if state.shape == rng.get_state().shape:
        rng.set_state(state)
    else:
        rng.manual_seed(zlib.crc32(state.numpy().tobytes()))


class _Exactness:
    """Who needs exact products: the first to come sets that, the last to go ends it."""

    def __init__(self) -> None:
        self.lock, self.n_users = threading.Lock(), 0
        self.before: list[tuple[Any, str]] = []  # backends, and what they were set to

    def enter(self) -> None:
        """Set exact products, where the caller has not left them so."""
        with self.lock:
            self.n_users += 1
            if self.n_users > 1:
                return
            for name in ("cuda", "mkldnn"):
                backend = getattr(torch.backends, name).matmul
                if backend.fp32_precision not in ("ieee", "none"):
                    self.before.append((backend, backend.fp32_precision))
                    backend.fp32_precision = "ieee"

    def leave(self) -> None:
        """Set what was set before."""
        with self.lock:
            self.n_users -= 1
            while not self.n_users and self.before:
                backend, precision = self.before.pop()
                backend.fp32_precision = precision


_exactness = _Exactness()


@contextmanager
def exact_matmul() -> Iterator[None]:
    """Float32 products in full float32 (no TF32, no bfloat16) inside the block.

    Torch has one such setting for all threads. It goes back to that of the caller when
    no thread is in such a block any more.
    """
    _exactness.enter()
    try:
        yield
    finally:
        _exactness.leave()


# In a process that was forked, the threads of OpenMP have stayed behind, and its loops
# would wait for them forever. Noted is which threads of Python do without.
_spared: threading.local | None = None


def _after_fork() -> None:
    """Begin anew in the child, where no other thread is, and none of OpenMP."""
    global _STREAMS, _exactness, _spared
    _STREAMS, _exactness, _spared = threading.RLock(), _Exactness(), threading.local()
    if torch.get_num_threads() > 1:
        torch.set_num_threads(1)


def _spare_broken_threads() -> None:
    """Let scikit-learn do without threads in a child, too."""
    if _spared is not None and not getattr(_spared, "is_done", False):
        threadpool_limits(1, user_api="openmp")
        _spared.is_done = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
