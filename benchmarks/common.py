"""What every benchmark asks and prints first."""

import argparse
import ast
import platform
from functools import partial
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


def settings(text):
    """Parameters of a generator, from the text of ``--params``.

    A literal holds no functions, so ``betas`` are those of Adam, and ``momentum`` is
    that of stochastic gradient descent.
    """
    found = ast.literal_eval(text)
    for name, optimizer in (("betas", torch.optim.Adam), ("momentum", torch.optim.SGD)):
        if name in found:
            found["optimizer"] = partial(optimizer, **{name: found.pop(name)})
    return found


def print_machine(threads):
    """Set the number of threads and print the machine and the versions."""
    torch.set_num_threads(threads)
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    names = ["torch", "scikit-learn", "numpy"]
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"{processor()}, {threads} threads, {gpu}; {versions}", flush=True)


def processor():
    """The name of the processor, with the fast products of bfloat16 that it has."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    flags = facts.get("flags", "").split()
    fast = [flag for flag in ("amx_bf16", "avx512_bf16") if flag in flags]
    return " with ".join([facts.get("model name", platform.processor()), *fast])
