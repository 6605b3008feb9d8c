"""Files of this version for each sort of model, which later versions must open.

python tests/files/make_files.py

Run it once for a new format, with a new prefix: what is there stays.
"""

import json
import lzma
import sys
import warnings
from pathlib import Path

import torch

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

from kept_models import fitted, rows_of  # noqa: E402

import skgan  # noqa: E402

PREFIX = "v1"
NAMES = (
    *("scaled", "mixed", "times", "extended", "named", "polars", "arrow", "labels"),
    *("trees", "network", "images", "spectral", "samples", "file"),
)


def main():
    """Write a file for each name, and what it samples."""
    warnings.simplefilter("ignore")
    expected = {"torch": torch.__version__}
    for name in NAMES:
        estimator, path = fitted(name), FOLDER / "new.skgan"
        skgan.save(estimator, path, discriminator=name == "network")
        content = lzma.compress(path.read_bytes(), preset=9)
        path.unlink()
        (FOLDER / f"{PREFIX}_{name}.skgan.xz").write_bytes(content)
        expected[name] = rows_of(estimator)
    text = json.dumps(expected)
    (FOLDER / f"{PREFIX}_expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
