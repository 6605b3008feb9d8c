"""The examples run, with few iterations and small data in place of what they fetch."""

import re
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import sklearn.datasets
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.utils import Bunch

from skgan.estimators.base import BaseGAN

FOLDER = Path(__file__).parent.parent / "examples"
LITTLE = {"max_iter": 2, "batch_size": 4, "n_score_samples": 50}


def digits(size):
    """Digits of scikit-learn as uint8 images ``(1797, size, size)``."""
    times = size // 8
    images = load_digits().images.repeat(times, axis=1).repeat(times, axis=2)
    edge = (size - 8 * times) // 2
    return np.pad(np.rint(15 * images), [(0, 0), (edge, edge), (edge, edge)]).astype(
        "u1"
    )


def faces(folder):
    for number, image in enumerate(digits(64)[:20]):
        Image.fromarray(image).convert("RGB").save(folder / f"{number}.png")
    return folder


def sketches(folder):
    np.save(folder / "sketches.npy", digits(28)[:300].reshape(300, 784))
    return folder / "sketches.npy"


ARGUMENTS = {  # of the command line
    "dcgan_faces": lambda folder: [faces(folder), 1, 4, 8],
    "goodfellow_2014": lambda _: ["mnist", 2],
    "quick_draw": lambda folder: [sketches(folder), 1, 4],
}


PATHS = sorted(FOLDER.rglob("*.py"))
TABLES = {path.stem for path in PATHS if path.parent.name == "tables"}
LONG = TABLES | {"goodfellow_2014", "mnist_mlp"}  # seconds each, of what others do, too


def by_name(path):
    """Let a test of an example have its name, and be slow if the example is."""
    marks = [pytest.mark.slow] if path.stem in LONG else []
    return pytest.param(path, marks=marks, id=path.stem)


@pytest.mark.parametrize("path", [by_name(path) for path in PATHS])
def test_examples_run(path, tmp_path, monkeypatch):
    def fetch_openml(name, *, as_frame):
        assert (name, as_frame) == ("mnist_784", False)
        images = np.resize(digits(28), (70_000, 784))
        return Bunch(data=images, target=np.resize(load_digits().target, 70_000))

    def fit_a_little(self, X, y=None, fit=BaseGAN.fit):
        return fit(self.set_params(**LITTLE), X, y)

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch_openml)
    if path.stem not in TABLES:  # which are short, and rely on what they learn
        monkeypatch.setattr(BaseGAN, "fit", fit_a_little)
    arguments = ARGUMENTS.get(path.stem, lambda _: [])(tmp_path)
    monkeypatch.setattr("sys.argv", [path.stem, *map(str, arguments)])
    monkeypatch.chdir(tmp_path)
    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda: None)
    runpy.run_path(str(path))
    assert plt.get_fignums() or any(tmp_path.glob("*.png")), "no picture"
    plt.close("all")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_thumbnails_exist(path):
    """Settings of the gallery are kept out of pages in blocks of code, not of text."""
    setting = re.compile(r"# sphinx_gallery_thumbnail_path = '(.+)'\n")
    first, *others = re.split("^# %%.*\n", path.read_text(), flags=re.MULTILINE)
    assert not any(setting.search(block) for block in others)
    found = setting.search(first)
    assert (found is None) == path.name.startswith("plot_")  # which draw their own
    if found:
        assert (FOLDER.parent / "docs" / found[1]).is_file()
