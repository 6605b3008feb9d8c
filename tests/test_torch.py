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


def test_chunks_have_few_rows_and_few_numbers():
    assert _torch.chunk_size(1) == _torch.chunk_size(512) == 16_384
    assert _torch.chunk_size(2**13) == 2**10
    assert _torch.chunk_size(2**30) == 1


def test_own_streams_go_on_and_leave_the_callers_alone():
    """In two parts the same numbers as in one."""
    torch.manual_seed(7)
    expected, before = torch.rand(5), torch.get_rng_state()
    torch.manual_seed(7)
    states = _torch.global_streams(CPU)
    torch.set_rng_state(before)
    with _torch.own_streams(states, CPU):
        first = torch.rand(2)
    with pytest.raises(ZeroDivisionError), _torch.own_streams(states, CPU):
        second = torch.rand(2)
        raise ZeroDivisionError
    with _torch.own_streams(states, CPU):
        third = torch.rand(1)
    assert torch.equal(torch.cat([first, second, third]), expected)
    assert torch.equal(before, torch.get_rng_state())


def test_plain_undoes_what_the_caller_has_set():
    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            with pytest.raises(ZeroDivisionError), _torch.plain(CPU):
                x = torch.ones(2, 2, requires_grad=True)
                product = x @ x
                assert product.dtype == torch.float32 and product.requires_grad
                raise ZeroDivisionError
            assert torch.is_inference_mode_enabled() and torch.is_autocast_enabled(
                "cpu"
            )
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
