"""The benchmark of GPUs runs through on a CPU, so that no slip is found only there."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package

FOLDER = Path(__file__).parent.parent / "benchmarks"


def test_all_sections_on_a_cpu():
    command = [sys.executable, FOLDER / "gpu.py", "--device", "cpu", "--quick"]
    run = subprocess.run(
        [*command, "--threads", "1"], capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    found = run.stdout.splitlines()
    sections = [line.split()[0][1:] for line in found if line.startswith("  (")]
    assert sections == [
        *("parity", "iterations", "compile", "fit", "parzen", "sampling", "memory")
    ]
    # Against itself all agrees
    assert sum(line.endswith("float64: 0.0e+00") for line in found) == 3
    fits = [line for line in found if line.startswith("parity of a fit")]
    here, there = (word for word in fits[0].split() if word.startswith("-"))
    assert here == there
    timed = [line for line in found if line.startswith("ms an iteration")]
    assert len(timed) == 4 * 2 + 4 and not any("Error" in line for line in timed)
