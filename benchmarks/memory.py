"""Peak memory of what is larger than memory: images on disk, and rows in a file.

    python benchmarks/memory.py --gigabytes 2 --rows 2000000

Each case runs in a process of its own, and is compared with one of little data.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

IMAGE = 64, 64, 3
TABLE_ROWS = 5_000


def main():
    """Run all cases, or the one that a process was started for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=2, help="of images")
    parser.add_argument("--rows", type=int, default=2_000_000, help="to write")
    parser.add_argument("--case", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        case, *arguments = options.case
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            CASES[case](*arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        print(f"{case:8} {Path(arguments[0]).name:>10} {peak:8,.0f} MB", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, n_bytes in (("small", 20e6), ("large", options.gigabytes * 1e9)):
            path = Path(folder) / f"{name}.npy"
            run("write", path, int(n_bytes))
            run("images", path)
            path.unlink()
    for n_rows in (1_000, options.rows):
        run("rows", n_rows)


def run(case, *arguments):
    """Run a case in a process of its own, whose parent has taken little memory."""
    command = [sys.executable, __file__, "--case", case, *map(str, arguments)]
    subprocess.run(command, check=True)


def write_images(path, n_bytes):
    """Write so many bytes of images, gray ramps with noise, a few at a time."""
    n_images = int(n_bytes) // int(np.prod(IMAGE))
    images = np.lib.format.open_memmap(path, "w+", np.uint8, (n_images, *IMAGE))
    rng, ramp = np.random.default_rng(0), np.linspace(0, 1, IMAGE[1])[:, None]
    for start in range(0, n_images, 1_000):
        shape = len(images[start : start + 1_000]), 1, 1, 1
        light = rng.random(shape) * ramp
        noise = rng.integers(0, 64, (shape[0], *IMAGE), dtype=np.uint8)
        images[start : start + 1_000] = (192 * light).astype(np.uint8) + noise
    images.flush()


def fit_images(path):
    """Fit a memory map of images for a few iterations."""
    from skgan import DCGANGenerator

    images = np.load(path, mmap_mode="r")
    DCGANGenerator(max_iter=20, random_state=0).fit(images)


def write_rows(n_rows):
    """Write rows of a table with names, keys and missing values."""
    import pandas as pd

    from skgan import GANGenerator

    rng, n = np.random.default_rng(0), TABLE_ROWS
    table = pd.DataFrame(rng.normal(size=(n, 6))).add_prefix("x")
    table["key"], table["city"] = np.arange(n), rng.choice(["Bonn", "Jena", None], n)
    table["name"] = [f"{v:08x}" for v in rng.integers(0, 2**32, n)]
    gan = GANGenerator(max_iter=100, refinement=None, random_state=0).fit(table)
    with tempfile.TemporaryDirectory() as folder:
        gan.sample_to(f"{folder}/new.parquet", int(n_rows), random_state=0)


CASES = {"write": write_images, "images": fit_images, "rows": write_rows}

if __name__ == "__main__":
    main()
