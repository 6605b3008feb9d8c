"""Twenty images of a class among 2,000 others: pixels, components, or features.

Classifiers learn from pixels, from principal components, and from the features of a
discriminator that a GAN trains on the same 2,020 images without labels
(``DiscriminatorFeatures``): a logistic regression, a support vector machine with
Gaussian kernels and a random forest, on these images alone and with images of the rare
class that SMOTE adds, there, until both classes are of one size. C is chosen by
cross-validation on the training images. Rare are eights among other digits (five draws,
which share no image), and each of six kinds of drawings among the five others (two
draws of each, which share none; those of different kinds do). Each is tested on 1,000
further images, by average precision. ``summary.py`` makes gains over pixels of them,
with 95 % intervals.

Results go to a CSV file, and a run that is there already is left out.
"""

from itertools import product
from pathlib import Path

import numpy as np
from common import parser, print_machine
from harness import Bench, Stopwatch
from real_images import load
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from summary import CLASSIFIERS, SPACES

from skgan import DCGANGenerator, DiscriminatorFeatures
from skgan.exceptions import silent

SAMPLERS = ["none", "smote"]
COLUMNS = ["_".join(names) for names in product(SPACES, CLASSIFIERS, SAMPLERS)]
KEYS, FIGURES = ["data", "draw"], [*COLUMNS, "features_seconds"]
N_DRAWS = {"mnist": 5, "quickdraw": 12}
DIGIT, N_KINDS = 8, 6
N_RARE, N_OTHERS, N_TEST, N_COMPONENTS, N_ITER = 20, 2_000, 1_000, 50, 500
PENALTIES = [0.01, 0.1, 1.0]


def rare_class(name, draw):
    """The class that is rare in a draw."""
    return DIGIT if name == "mnist" else draw % N_KINDS


def images_of(name, folder, draw):
    """Training and test images ``(n, n_pixels)`` and whether they are rare."""
    images = load(name, folder)
    is_rare = images.labels == rare_class(name, draw)
    number = draw if name == "mnist" else draw // N_KINDS
    rng = np.random.default_rng(0)
    n_rare = round(N_TEST * is_rare.mean())
    parts = []
    for members, n_train, n_test in (
        (np.flatnonzero(is_rare), N_RARE, n_rare),
        (np.flatnonzero(~is_rare), N_OTHERS, N_TEST - n_rare),
    ):
        own = rng.permutation(members)[number * (n_train + n_test) :]
        parts.append(np.split(own[: n_train + n_test], [n_train]))
    rows = [np.concatenate(own) for own in zip(*parts, strict=True)]
    X = images.train.reshape(len(is_rare), -1)
    return [(X[own], is_rare[own].astype(int)) for own in rows]


def spaces(train, test, seed, watch):
    """Yield the names of spaces, with training and test images in each."""
    pixels = [own / 255 for own in (train, test)]
    yield "pixels", *pixels
    pca = PCA(N_COMPONENTS, random_state=seed).fit(pixels[0])
    yield "components", *map(pca.transform, pixels)
    side = round(train.shape[1] ** 0.5)
    gan = DCGANGenerator(image_shape=(side, side), max_iter=N_ITER, random_state=seed)
    with watch("features_seconds"), silent():
        features = DiscriminatorFeatures(gan).fit(train)
    scale = StandardScaler().fit(features.transform(train))
    yield "features", *(scale.transform(features.transform(x)) for x in (train, test))


def classifier(name):
    """A classifier, not fitted, which finds its penalty."""
    if name == "forest":
        return RandomForestClassifier(300, random_state=0)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    how = {"scoring": "average_precision", "cv": folds}
    if name == "svm":
        return GridSearchCV(SVC(), {"C": [10 * c for c in PENALTIES]}, **how)
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    return GridSearchCV(logistic, {"logisticregression__C": PENALTIES}, **how)


def average_precision(name, X, y, X_test, y_test):
    """The score of a classifier on test images."""
    model = classifier(name).fit(X, y)
    scores = (
        model.predict_proba(X_test)[:, 1]
        if hasattr(model, "predict_proba")
        else model.decision_function(X_test)
    )
    return average_precision_score(y_test, scores)


def added(sampler, X, y):
    """Training images with those that a sampler adds."""
    if sampler == "none":
        return X, y
    from imblearn.over_sampling import SMOTE

    return SMOTE(random_state=0).fit_resample(X, y)


class Work:
    """One draw: what a process of its own does."""

    def __init__(self, data):
        self.data = data

    def __call__(self, data, draw):
        (train, y), (test, y_test) = images_of(data, self.data, draw)
        watch, figures = Stopwatch(), {}
        for space, X, X_test in spaces(train, test, draw, watch):
            for sampler, name in product(SAMPLERS, CLASSIFIERS):
                more = added(sampler, X, y)
                score = average_precision(name, *more, X_test, y_test)
                figures[f"{space}_{name}_{sampler}"] = score
        return figures | watch.seconds


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the files")
    options.add_argument("--sets", nargs="+", default=[*N_DRAWS])
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    bench = Bench(options.out, KEYS, FIGURES, options.threads)
    work = Work(options.data)
    for name in options.sets:
        for draw in range(N_DRAWS[name]):
            bench.run(work, data=name, draw=draw)
    bench.print_medians("data")


if __name__ == "__main__":
    main()
