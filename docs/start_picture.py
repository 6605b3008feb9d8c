"""Make the picture of the start page; run by hand, a minute on one core.

python docs/start_picture.py digits_images.png

That file is written by examples/images/digits_images.py.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # the picture is a file

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer

from skgan import GANGenerator

frame = load_breast_cancer(as_frame=True).frame
samples = GANGenerator(random_state=0).fit(frame).sample(len(frame), random_state=0)

figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
for ax, title, rows in zip(axes, ("real", "generated"), (frame, samples), strict=False):
    for target, color in enumerate(["tab:orange", "tab:blue"]):
        own = rows[rows["target"] == target]
        ax.scatter(own["mean radius"], own["worst texture"], 6, color, alpha=0.6)
    ax.set(title=f"{len(rows)} {title} rows, 2 of 31 columns", xlabel="mean radius")
axes[0].set_ylabel("worst texture")
axes[1].set(xlim=axes[0].get_xlim(), ylim=axes[0].get_ylim())
axes[2].imshow(plt.imread(sys.argv[1]))
axes[2].set_title("generated digits, ten of each label")
axes[2].axis("off")
figure.savefig(Path(__file__).parent / "_static" / "start.png", dpi=110)
