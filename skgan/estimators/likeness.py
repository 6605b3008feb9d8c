"""Whether generated images look like their class, by a classifier of the real ones."""

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .. import _torch
from .._sklearn import safe_indexing
from .features import DiscriminatorFeatures

N_FOLDS, MAX_REAL = 5, 2_000  # real images of the class, and as many of all others
MAX_FEATURES = 2**25  # numbers that are learned from, where images have many
PENALTY = 0.01  # the C of the logistic regression: there are more features than images
PER_IMAGE = 10  # candidates for each image that is asked for
MAX_NUMBERS = 2**24  # pixels of candidates that are drawn at once, or their features
MAX_AT_ONCE = 25_000  # candidates
SIDES = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]


class Likeness:
    """How much images look like a class, by a classifier of the real ones.

    A logistic regression learns from what the discriminator of a GAN sees in the real
    images, and in the same shifted by a pixel to each side. It is cross-fitted: the
    real images of the class are scored by folds that they are not in, and other images
    have the mean score of all folds.

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

    Attributes
    ----------
    least : float
        The score that three of four real images of the class have.
    """

    def __init__(self, gan, X, is_own, seed):
        order = np.random.default_rng(seed).permutation(len(is_own))
        frozen, one = FrozenEstimator(gan), safe_indexing(X, order[:1])
        self._features = DiscriminatorFeatures(frozen).fit(one)
        self._n_features = len(self._features.get_feature_names_out())
        most = min(MAX_REAL, MAX_FEATURES // (2 * len(SIDES) * self._n_features))
        sides = (order[is_own[order] == side][:most] for side in (False, True))
        some = np.concatenate(list(sides))
        X, y = safe_indexing(X, some), is_own[some]
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
        self.least = float(np.quantile(held_out[y], 0.25))

    def __call__(self, encoded):
        """The scores of encoded images, ``(n,)``."""
        n, scores = max(1, MAX_NUMBERS // self._n_features), []
        for start in range(0, len(encoded), n):
            features = self._features._of_encoded(encoded[start : start + n])
            own = [model.decision_function(features) for model in self._models]
            scores.append(np.mean(own, axis=0))
        return np.concatenate(scores)


def draw_alike(gan, label, likeness, n_rows, seed):
    """The images that look most like a class, among ten times as many.

    Parameters
    ----------
    gan : DCGANGenerator
        A fitted one, which draws candidates.
    label : object
        The label of the candidates, None if there are no labels.
    likeness : callable
        The scores of encoded images, as ``Likeness`` has them.
    n_rows : int
        Number of images.
    seed : int
        Of everything random.

    Returns
    -------
    X : array or data frame of shape (n_rows, ...)
        As ``sample`` returns them, in the order in which they are drawn.
    score : float
        That of the median of them.
    """
    model, device = gan._model, _torch.available_device(gan.device)
    n_left, size = PER_IMAGE * n_rows, model.encoder.layout.n_columns
    kept, scores = np.empty((0, size), np.float32), np.empty(0)
    while n_left:
        n = min(n_left, max(1, MAX_NUMBERS // size), MAX_AT_ONCE)
        own_seed = int(np.random.SeedSequence([seed, n_left]).generate_state(1)[0])
        codes = model.label_codes(label, n, own_seed)
        encoded = model.draw(codes, own_seed, device=device)
        kept = np.concatenate([kept, encoded])
        scores = np.concatenate([scores, likeness(encoded)])
        best = np.sort(np.argsort(-scores, kind="stable")[:n_rows])
        kept, scores, n_left = kept[best], scores[best], n_left - n
    X = model.encoder.build(kept, np.random.default_rng(seed))
    return X, float(np.median(scores))


def _shifted(encoded, image_shape, side):
    """Encoded images, shifted by a pixel; what comes into sight repeats the edge."""
    images = encoded.reshape(-1, *image_shape)
    for axis, step in enumerate(side, start=1):
        size = images.shape[axis]
        images = images.take(np.clip(np.arange(size) + step, 0, size - 1), axis)
    return images.reshape(encoded.shape)
