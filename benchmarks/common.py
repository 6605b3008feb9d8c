"""What every benchmark asks and prints first."""

import argparse
import platform
from importlib.metadata import version
from pathlib import Path

import torch


def parser(description, seeds=None):
    """An argument parser with --threads, and with --seeds if their number is given."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--threads", type=int, default=2)
    if seeds:
        parser.add_argument("--seeds", type=int, default=seeds)
    return parser


def print_machine(threads):
    """Set the number of threads and print the machine and the versions."""
    torch.set_num_threads(threads)
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _cpuinfo().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    names = ["torch", "scikit-learn", "numpy"]
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"{cpu}, {threads} threads, {gpu}; {versions}", flush=True)


def _cpuinfo():
    path = Path("/proc/cpuinfo")
    return path.read_text() if path.exists() else ""
