"""Images that the benchmarks train on, with labels and held-out images."""

import gzip
from typing import NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

NAMES = ["digits", "mnist", "quickdraw", "cifar10", "olivetti"]
TEST_SIZES = {"digits": 0.3, "quickdraw": 2_000, "cifar10": 1_000, "olivetti": 100}


class Images(NamedTuple):
    """uint8 images ``(n, height, width)`` or ``(n, height, width, 3)`` and labels."""

    train: np.ndarray
    labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


def load(name, folder=None):
    """Images by name; all but scikit-learn's digits come from files in a folder."""
    if name == "mnist":
        parts = [
            _idx(folder / "mnist" / f"{part}-{content}-ubyte.gz", offset)
            for part in ("train", "t10k")
            for content, offset in (("images-idx3", 16), ("labels-idx1", 8))
        ]
        return Images(
            *[p.reshape(-1, 28, 28) if i % 2 == 0 else p for i, p in enumerate(parts)]
        )
    X, y = _whole(name, folder)
    split = train_test_split(
        X, y, test_size=TEST_SIZES[name], random_state=0, stratify=y
    )
    train, test, labels, test_labels = split
    return Images(train, labels, test, test_labels)


def _whole(name, folder):
    if name == "digits":
        digits = load_digits()
        pixels = np.rint(digits.images * 255 / 16).astype(np.uint8)
        return pixels.repeat(2, axis=1).repeat(2, axis=2), digits.target
    path = {
        "quickdraw": "quickdraw/quickdraw_6x2000.npz",
        "cifar10": "cifar10/cifar10_train_first4000.npz",
        "olivetti": "faces/olivetti_64.npz",
    }[name]
    with np.load(folder / path) as data:
        X, y = data["X"], data["y"]
    return (X.transpose(0, 2, 3, 1) if X.ndim == 4 else X), y


def _idx(path, offset):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)
