"""
A rare class
============

Forty malignant tumors beside 357 benign ones: do more of them, made by a generator,
help a classifier? Measure it before you believe it.
"""

import matplotlib.pyplot as plt
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgan import GANGenerator, GANOverSampler, augmentation_gain
from skgan.plotting import AugmentationGainDisplay

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
keep = (y == 1) | ((y == 0).cumsum() <= 40)
X = X.loc[keep, ["mean radius", "mean texture", "mean smoothness", "mean symmetry"]]
y = y[keep].map({0: "malignant", 1: "benign"})
print(y.value_counts())

# %%
# A :class:`~skgan.GANOverSampler` returns the rows that it was given, and behind them
# generated ones of the rare class, until both classes have the same size.

gan = GANGenerator(max_iter=50)  # short, for this page
sampler = GANOverSampler(gan, random_state=0)
X_more, y_more = sampler.fit_resample(X, y)
print(y_more.value_counts())

figure, axes = plt.subplots(
    1, 2, figsize=(7, 3.6), layout="constrained", sharex=True, sharey=True
)
axes[0].set(title="40 malignant rows", ylabel="mean texture")
axes[1].set(title=f"{len(X_more) - len(X)} more, generated")
for ax, rows in zip(axes, (X[y == "malignant"], X_more[len(X) :]), strict=True):
    benign = X[y == "benign"]
    ax.scatter(benign["mean radius"], benign["mean texture"], 8, "0.75")
    ax.scatter(rows["mean radius"], rows["mean texture"], 14, "#D55E00")
    ax.set(xlabel="mean radius")

# %%
# Does it help? :func:`~skgan.augmentation_gain` cross-validates a classifier with and
# without the added rows, which come from the training rows of each fold alone. Two
# simple samplers stand beside: one repeats rows, SMOTE draws between them.

model = make_pipeline(StandardScaler(), LogisticRegression())
samplers = {
    "repeated rows": RandomOverSampler(random_state=0),
    "SMOTE": SMOTE(random_state=0),
    "GANOverSampler": sampler,
}
found = augmentation_gain(model, X, y, samplers, cv=3)
print(found)
AugmentationGainDisplay.from_gain(found)
plt.show()

# %%
# Each interval holds 0: of these 40 rows no sampler makes a better classifier for sure,
# and none is worse for sure. That is the usual end (:doc:`/guide/augmentation`): added
# rows know no more than those that they were learned from. Where a classifier is to
# find more of the rare class, at the price of false alarms, move its threshold, by
# ``TunedThresholdClassifierCV`` of scikit-learn. Where more *rows* are wanted, to show,
# to test software with, to balance a design, a sampler is right.
