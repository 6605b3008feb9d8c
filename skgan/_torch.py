"""Device, precision and seeding: the one place that touches torch's global state."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import Tensor

# What passes through a network at once outside training: so many rows, or numbers
MAX_CHUNK_ROWS, MAX_CHUNK_NUMBERS = 16_384, 2**23
MAX_SHARE = 0.5  # of the free memory of a GPU, that training rows may take


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
    """Float32 by default, gradients on, autocast off: whatever the caller has set."""
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        # inference_mode(False) ends no_grad, too
        with torch.inference_mode(False), torch.autocast(device.type, enabled=False):
            yield
    finally:
        torch.set_default_dtype(default)


def forked(device: torch.device) -> AbstractContextManager[None]:
    """Put torch's random streams back after the block: the CPU's and the device's.

    No other device is touched.
    """
    devices = [device] if device.type == "cuda" else []
    return torch.random.fork_rng(devices=devices)


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch's global generators inside the block and restore them after it.

    Only what offers no ``generator`` argument (initialization of layers, dropout)
    depends on it.
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


@contextmanager
def exact_matmul() -> Iterator[None]:
    """Float32 products in full float32 (no TF32, no bfloat16) inside the block."""
    backends = [getattr(torch.backends, name).matmul for name in ("cuda", "mkldnn")]
    before = [backend.fp32_precision for backend in backends]
    for backend in backends:
        backend.fp32_precision = "ieee"
    try:
        yield
    finally:
        for backend, precision in zip(backends, before, strict=True):
            backend.fp32_precision = precision
