"""Whether generated images look like their class, by a classifier of the real ones."""

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .. import _torch
from .._sklearn import safe_indexing
from ..refinement import affordable, search
from .features import DiscriminatorFeatures

N_FOLDS, MAX_REAL = 5, 2_000  # real images of the class, and as many of all others
PENALTY = 0.01  # the C of the logistic regression: there are more features than images
LEAST = 0.75  # share of the real images of a class that look less like it
MAX_PER_IMAGE = 300  # candidates for each image that is asked for
MAX_NUMBERS = 2**24  # of candidates at once
SIDES = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]


class Likeness:
    """Tells which images look like a class, as the best quarter of its real images do.

    A logistic regression learns from what the discriminator of a GAN sees in the real
    images, and in the same shifted by a pixel to each side. It is cross-fitted: the
    real images of the class are scored by folds that they are not in. Other images have
    the mean score of all folds, and look like the class from the upper quartile of the
    real ones on: a generator draws near the few images that it has learned from, which
    the folds have learned from, too.

    Parameters
    ----------
    gan : DCGANGenerator
        A fitted one, with a discriminator of skgan.
    X : array-like of shape (n_samples, ...)
        Real images of all classes.
    is_own : ndarray of shape (n_samples,)
        Which of them are of the class: at least two, and at least two are not.
    seed : int
        Of the folds.
    """

    def __init__(self, gan, X, is_own, seed):
        order = np.random.default_rng(seed).permutation(len(is_own))
        sides = (order[is_own[order] == side][:MAX_REAL] for side in (False, True))
        some = np.concatenate(list(sides))
        X, y = safe_indexing(X, some), is_own[some]
        self._features = DiscriminatorFeatures(FrozenEstimator(gan)).fit(X)
        encoded = gan.encoder_.encode(gan._read_rows(X))
        views = [
            self._features._of_encoded(_shifted(encoded, gan.image_shape_, side))
            for side in SIDES
        ]
        held_out, self._models = np.empty(len(y)), []
        n_folds = min(N_FOLDS, y.sum(), (~y).sum())
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        for train, test in folds.split(views[0], y):
            model = make_pipeline(
                StandardScaler(),
                LogisticRegression(C=PENALTY, class_weight="balanced", max_iter=1_000),
            )
            shown = np.concatenate([view[train] for view in views])
            self._models.append(model.fit(shown, np.tile(y[train], len(views))))
            held_out[test] = model.decision_function(views[0][test])
        self._least = np.quantile(held_out[y], LEAST)

    def __call__(self, encoded):
        """Whether encoded images look like the class, bool ``(n,)``."""
        features = self._features._of_encoded(encoded)
        scores = [model.decision_function(features) for model in self._models]
        return np.mean(scores, axis=0) >= self._least


def draw_alike(gan, label, looks_alike, n_rows, seed):
    """Images that look like a class, and the share of candidates that do.

    Parameters
    ----------
    gan : DCGANGenerator
        A fitted one, which draws candidates.
    label : object
        The label of the candidates, None if there are no labels.
    looks_alike : callable
        Whether encoded images do, as ``Likeness`` tells it.
    n_rows : int
        Number of images.
    seed : int
        Of everything random.

    Returns
    -------
    X : array or data frame of shape (n_rows, ...)
        As ``sample`` returns them.
    share : float

    Raises
    ------
    TooRareError
        If more than 300 candidates for each image would be needed.
    """
    model, device = gan._model, _torch.available_device(gan.device)
    counts = np.zeros(2)

    def attempt(n, n_round):
        own_seed = int(np.random.SeedSequence([seed, n_round]).generate_state(1)[0])
        codes = model.label_codes(label, n, own_seed)
        encoded = model.draw(codes, own_seed, device=device)
        left = encoded[looks_alike(encoded)]
        counts[:] += len(left), n
        return left, np.zeros(len(left))

    most = max(1, MAX_NUMBERS // model.encoder.layout.n_columns)
    share = min(1.0, MAX_PER_IMAGE * n_rows / affordable(n_rows))
    parts = search(n_rows, attempt, [seed], share=share, most=most)
    encoded = np.concatenate(parts)
    X = model.encoder.build(encoded, np.random.default_rng(seed))
    return X, float(counts[0] / counts[1])


def _shifted(encoded, image_shape, side):
    """Encoded images, shifted by a pixel; what comes into sight repeats the edge."""
    images = encoded.reshape(-1, *image_shape)
    for axis, step in enumerate(side, start=1):
        size = images.shape[axis]
        images = images.take(np.clip(np.arange(size) + step, 0, size - 1), axis)
    return images.reshape(encoded.shape)
