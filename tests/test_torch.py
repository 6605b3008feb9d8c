"""The one room that touches torch's global state."""

import pytest
import torch

from skgan import _torch

CPU = torch.device("cpu")


def test_seeded_repeats_and_restores():
    before = torch.get_rng_state()
    draws = []
    for seed in (0, 0, 1):
        with _torch.seeded(seed, CPU):
            draws.append(torch.rand(3))
    assert torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2])
    assert torch.equal(before, torch.get_rng_state())


def test_seeded_restores_after_an_error():
    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError), _torch.seeded(0, CPU):
        torch.rand(1)
        raise ZeroDivisionError
    assert torch.equal(before, torch.get_rng_state())


def test_fresh_seeds_differ_and_come_from_no_global_stream():
    before = torch.get_rng_state()
    assert len({_torch.fresh_seed() for _ in range(50)}) == 50
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("setting", ["highest", "high", "medium"])
def test_exact_matmul_overrides_and_restores(setting):
    a, b = torch.rand(2, 300, 300)
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision(setting)
        with _torch.exact_matmul():
            product = a @ b
        assert torch.get_float32_matmul_precision() == setting
    finally:
        torch.set_float32_matmul_precision(before)
    error = (product - a.double() @ b.double()).abs().max()
    assert error < 1e-3  # of sums near 75: float32 misses 1e-4, bfloat16 5e-2


def test_device_auto(monkeypatch):
    assert _torch.resolve_device("cpu") == CPU
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert _torch.resolve_device("auto") == CPU


@pytest.mark.parametrize("device", ["abacus", "cuda:77"])
def test_absent_device(device):
    message = f"device must be 'auto' or a device that torch finds.*got {device!r}: "
    with pytest.raises(ValueError, match=message):
        _torch.resolve_device(device)
    assert _torch.available_device(device) == CPU


@pytest.mark.parametrize(
    ("capabilities", "fast"),
    [
        ({"avx2": True, "avx512_f": True}, False),
        ({"avx512_bf16": True}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({}, False),
    ],
)
def test_precision_asks_the_processor(monkeypatch, capabilities, fast):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert _torch.is_fast_at_bfloat16(CPU) == fast
    auto = _torch.resolve_precision("auto", CPU, is_wide=True)
    assert auto is (torch.bfloat16 if fast else torch.float32)
    assert _torch.resolve_precision("auto", CPU, is_wide=False) is torch.float32
    assert _torch.resolve_precision("float32", CPU, is_wide=True) is torch.float32
    assert _torch.resolve_precision("bfloat16", CPU, is_wide=False) is torch.bfloat16


def test_other_devices_take_float32():
    assert not _torch.is_fast_at_bfloat16(torch.device("mps"))
