"""GANOverSampler: generated rows for classes that have few."""

from collections.abc import Mapping
from functools import partial
from numbers import Integral, Real

import narwhals as nw
import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, clone
from sklearn.utils import check_consistent_length, check_random_state, get_tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from .._sklearn import (
    DocumentedMixin,
    Interval,
    StrOptions,
    as_sampler,
    safe_indexing,
)
from ..conditions import Labels, check_given
from ..encoding import as_plain, check_unmasked
from ..exceptions import SmallClassWarning, silent, warn_user
from .appending import counted_anew, dense, followed_by
from .base import BaseGAN
from .features import has_features
from .image import DCGANGenerator
from .inputs import fit_encoder
from .likeness import Likeness, draw_alike
from .sampling_strategy import STRATEGIES, n_of_each_class
from .seeds import draw_seed, seed_if_none
from .table import GANGenerator

OWN_ROWS = 1_000  # a class of so many has a generator of its own
CATEGORICAL = "categorical_features"


class GANOverSampler(DocumentedMixin, OneToOneFeatureMixin, BaseEstimator):
    """Add generated rows to the classes that have few.

    A sampler as those of imbalanced-learn [1]_, which need not be installed:
    ``fit_resample`` returns the rows it was given, followed by generated ones whose
    identifiers all differ, and works as a step of ``imblearn.pipeline.Pipeline``, where
    it acts in training alone.
    Whether generated rows help a classifier is a question of its own: boosted trees
    seldom gain from them [2]_, and on small tables none of five classifiers gave better
    probabilities for sure (see the guide on augmentation). Classes of one size, the
    default, make them worse.

    Parameters
    ----------
    estimator : GANGenerator or DCGANGenerator or None, default=None
        Learns the rows, as a clone. None is ``GANGenerator()``. ``class_conditional``
        is set here.
    sampling_strategy : float, str, dict or callable, default="auto"
        How many rows to add. "auto" or "not majority" makes all classes as large as
        the largest, "minority" the smallest one, "not minority" all but the smallest
        one, and "all" is all of them. A float, of two classes, is the ratio of the
        smaller to the larger one afterwards, in (0, 1]. A dict has the number of rows
        of each class afterwards; a function makes it of ``y``.
    per_class : "auto" or bool, default="auto"
        Whether each class has a generator of its own, or all share one that gets
        the label and learns from the rows of all classes. "auto" is one's own for a
        class of at least 1,000 rows, and for one of images with which no other would
        share: with differentiable augmentation twenty were enough, and a random forest
        gained more from what was learned of them alone than of 2,000 others, too.
    min_rows : int, default=10
        Number of rows that a class must have to be learned, at least 2.
    small_classes : {"raise", "repeat"}, default="raise"
        What to do with a class that has fewer rows: raise an error, or draw its rows
        again, with a warning.
    accept : "auto" or bool, default="auto"
        Whether only those images are added that look most like their class, among ten
        times as many: to a classifier of what the discriminator sees in the real ones.
        If half of them look less so than three of four real ones, to folds that these
        are not in, that is an error. "auto" chooses for classes that share a generator,
        which also draws others under their label; nothing looks at what a class's own
        generator draws. False adds all that are drawn; so it is for rows of tables, and
        where the user has written the discriminator: there True is an error.
    random_state : int, RandomState instance or None, default=None
        Seed of the rows that are drawn, and of the training of an estimator that has
        no seed of its own.

    Attributes
    ----------
    estimators_ : dict
        The fitted estimator of each class that was generated, by its label.
    sampling_strategy_ : dict
        Number of rows to add to each class, by its label.
    n_features_in_ : int
        Number of columns of X.

    See Also
    --------
    GANGenerator : Rows of a table, of given labels if ``class_conditional``.

    References
    ----------
    .. [1] Lemaître, Nogueira and Aridas, "Imbalanced-learn: a Python toolbox to tackle
       the curse of imbalanced datasets in machine learning", JMLR 18, 2017.
    .. [2] Elor and Averbuch-Elor, "To SMOTE, or not to SMOTE?", arXiv 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_wine
    >>> from skgan import GANGenerator, GANOverSampler
    >>> X, y = load_wine(return_X_y=True)
    >>> np.bincount(y).tolist()
    [59, 71, 48]
    >>> gan = GANGenerator(max_iter=20)  # a short trial
    >>> X_more, y_more = GANOverSampler(gan, random_state=0).fit_resample(X, y)
    >>> np.bincount(y_more).tolist()
    [71, 71, 71]
    """

    _parameter_constraints: dict = {
        "estimator": [BaseGAN, None],
        "sampling_strategy": [
            Interval(Real, 0, 1, closed="right"),
            StrOptions(set(STRATEGIES)),
            Mapping,
            callable,
        ],
        "per_class": [StrOptions({"auto"}), "boolean"],
        "min_rows": [Interval(Integral, 2, None, closed="left")],
        "small_classes": [StrOptions({"raise", "repeat"})],
        "accept": [StrOptions({"auto"}), "boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator=None,
        *,
        sampling_strategy="auto",
        per_class="auto",
        min_rows=10,
        small_classes="raise",
        accept="auto",
        random_state=None,
    ):
        self.estimator = estimator
        self.sampling_strategy = sampling_strategy
        self.per_class = per_class
        self.min_rows = min_rows
        self.small_classes = small_classes
        self.accept = accept
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags = get_tags(self._generator()).input_tags
        return as_sampler(tags)

    def fit(self, X, y):
        """Check the data and count the rows to add; nothing is learned.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images, as ``estimator`` takes them.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        self : object
            The sampler.

        Raises
        ------
        ValueError
            If a parameter or the data break a rule; the message names it.
        """
        self._check(as_plain(X), _as_labels(y))
        return self

    def fit_resample(self, X, y):
        """The rows of X, and after them generated rows of the classes that have few.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, ...)
            Rows or images, as ``estimator`` takes them.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Their labels, also one-hot.

        Returns
        -------
        X_resampled : array or data frame of shape (n_samples_new, ...)
            In the container, with the column names and dtypes of X; rows of an index
            are counted anew.
        y_resampled : array-like of shape (n_samples_new,) or (n_samples_new, n_classes)
            Their labels, as they were given.

        Raises
        ------
        ValueError
            If a parameter or the data break a rule; the message names it. So for a
            class of fewer than ``min_rows`` rows, unless ``small_classes`` is "repeat",
            and if images that are chosen (``accept``) do not look like their class.

        Warns
        -----
        skgan.exceptions.SmallClassWarning
            If a class is so small that its rows are drawn again.
        """
        X, y = as_plain(X), _as_labels(y)
        labels, codes, encoder = self._check(X, y)
        names = labels.classes.tolist()
        n_new = {names.index(k): n for k, n in self.sampling_strategy_.items() if n}
        self._check_sizes(np.bincount(codes), names, n_new)
        seed = seed_if_none(self.random_state)
        rng, rows = check_random_state(seed), dense(X)
        draws = self._learn(rows, labels, codes, n_new, encoder, rng)
        drawn = _draw_all(draws, n_new, encoder, rng)
        parts = [
            drawn[code]
            if code in drawn
            else _again(rows, np.flatnonzero(codes == code), rng, n)
            for code, n in n_new.items()
        ]
        like = [np.full(n, np.argmax(codes == code)) for code, n in n_new.items()]
        like = np.concatenate([np.arange(len(codes)), *like])  # rows with the labels
        return followed_by(X, parts), counted_anew(safe_indexing(y, like))

    def _check(self, X, y):
        """Labels, the code of each row, and an encoder; sets what ``fit`` sets."""
        self._validate_params()
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but "
                "the target y is None."
            )
        gan = self._generator()
        gan._check_parameters()
        if self.accept not in ("auto", False) and not has_features(gan):
            raise ValueError(
                "accept=True is for images, and an estimator with "
                "discriminator='dcgan' or 'residual', got "
                f"estimator={self.estimator!r}."
            )
        with silent():  # training will tell
            encoder, _ = fit_encoder(gan, dense(X))
        check_consistent_length(X, y)
        check_given(y)  # before scikit-learn sorts them
        check_classification_targets(y)
        y = _one_label_a_row(y)
        labels = Labels(y)
        codes = labels.encode(y)
        counts = dict(
            zip(labels.classes.tolist(), np.bincount(codes).tolist(), strict=True)
        )
        self.sampling_strategy_ = n_of_each_class(self.sampling_strategy, counts, y)
        self.n_features_in_ = gan.n_features_in_
        vars(self).pop("feature_names_in_", None)
        if hasattr(gan, "feature_names_in_"):
            self.feature_names_in_ = gan.feature_names_in_
        return labels, codes, encoder

    def _check_sizes(self, counts, names, n_new):
        """Refuse classes that are too small, or warn of them."""
        for code in n_new:
            if counts[code] >= self.min_rows:
                continue
            found = f"{names[code]!r} has {counts[code]} rows"
            if self.small_classes == "raise":
                raise ValueError(
                    f"A class must have min_rows={self.min_rows} rows to be learned, "
                    f"but class {found}. small_classes='repeat' draws its rows again."
                )
            warn_user(
                f"Class {found}, fewer than min_rows={self.min_rows}: they are drawn "
                "again.",
                SmallClassWarning,
            )

    def _learn(self, X, labels, codes, n_new, encoder, rng):
        """For each class that is large enough, by its code, what draws rows of it.

        Text that is categorical among all rows is so in each class, where it may be
        nearly unique.
        """
        own_params = {}
        if encoder.categorical_:
            known = self._generator().get_params()
            own = f"encoder__{CATEGORICAL}"  # of an encoder of the user's
            own_params[own if own in known else CATEGORICAL] = encoder.categorical_
        draws, shared = {}, None
        counts = np.bincount(codes)
        is_common = (counts >= self.min_rows)[codes]
        n_small = sum(self.min_rows <= counts[code] < OWN_ROWS for code in n_new)
        common = safe_indexing(X, is_common), labels.classes[codes[is_common]]
        self.estimators_ = {}
        for code in n_new:
            label, own = labels.classes.tolist()[code], np.flatnonzero(codes == code)
            if len(own) < self.min_rows:
                continue
            if self._is_apart(len(own), n_small):
                gan = self._fitted(rng, safe_indexing(X, own), **own_params)
                y = None
            else:
                gan, y = shared or self._fitted(rng, *common), label
                shared = gan
            self.estimators_[label] = gan
            how = {"y": y, "random_state": draw_seed(rng)}
            draws[code] = partial(gan._draw, **how)
            if self._is_chosen(gan, codes == code):
                likeness = partial(Likeness, gan, X, codes == code)
                draws[code] = partial(_draw_alike, gan, label, likeness, **how)
        return draws

    def _is_chosen(self, gan, is_own):
        """Whether images that look like their class are chosen of what is drawn.

        From one other image nothing can be learned.
        """
        is_asked = gan.class_conditional if self.accept == "auto" else self.accept
        return is_asked and has_features(gan) and (~is_own).sum() > 1

    def _is_apart(self, n_rows, n_small):
        """Whether a class of so many rows has a generator of its own.

        ``n_small`` is the number of classes that would share one.
        """
        if self.per_class != "auto":
            return self.per_class
        is_of_images = isinstance(self._generator(), DCGANGenerator)
        return n_rows >= OWN_ROWS or (is_of_images and n_small == 1)

    def _generator(self):
        """An unfitted estimator that learns rows."""
        return GANGenerator() if self.estimator is None else clone(self.estimator)

    def _fitted(self, rng, X, y=None, **params):
        """The estimator fitted to rows, of all labels together if these are given."""
        params["class_conditional"] = y is not None
        gan = self._generator().set_params(**params)
        seed = draw_seed(rng)  # also where it is not used, so that all else is the same
        if gan.random_state is None:
            gan.set_params(random_state=seed)
        return gan.fit(X, y)


def _draw_all(draws, n_new, encoder, rng):
    """New rows of each class, by its code, none of which share an identifier.

    ``encoder`` knows the identifiers of all rows: a class would count its keys on from
    its own last one.
    """
    names, parts, start = {}, {}, 0
    if getattr(encoder, "identifier_names_", None):
        n_rows = sum(n_new[code] for code in draws)
        names = encoder.fresh_identifiers(n_rows, np.random.default_rng(draw_seed(rng)))
    for code, draw in draws.items():
        own = slice(start, start + n_new[code])
        start = own.stop
        options = {"identifiers": {j: column[own] for j, column in names.items()}}
        parts[code], _ = draw(n_new[code], **(options if names else {}))
    return parts


def _draw_alike(gan, label, likeness, n_rows, *, y, random_state):
    """Images that look like their class, with None for their codes."""
    likeness = likeness(random_state)
    rows, score = draw_alike(gan, y, likeness, n_rows, random_state)
    if score < likeness.least:
        raise ValueError(
            f"The images that are drawn for class {label!r} do not look like it: half "
            "of the best of them less so than three of four real ones. Train longer "
            "(max_iter of the estimator), or add all that are drawn with accept=False."
        )
    return rows, None


def _again(X, own, rng, n):
    """Rows of a class, drawn with replacement."""
    return safe_indexing(X, own[rng.randint(len(own), size=n)])


def _as_labels(y):
    """Labels in a container that rows can be taken from."""
    if issparse(y):
        raise ValueError("y must be dense, got a sparse matrix.")
    is_known = y is None or isinstance(y, list)
    if is_known or nw.from_native(y, allow_series=True, pass_through=True) is not y:
        return y
    check_unmasked("y", y)
    return np.asarray(y)


def _one_label_a_row(y):
    """Labels ``(n,)``; of one-hot rows the number of the column."""
    if type_of_target(y, "y") != "multilabel-indicator":
        return column_or_1d(y) if np.ndim(y) == 2 else y
    one_hot = np.asarray(y)
    if (one_hot.sum(1) != 1).any():
        raise ValueError(
            "y must have one label a row, one-hot or as a column: Multilabel and "
            "multioutput targets are not supported."
        )
    return one_hot.argmax(1)
