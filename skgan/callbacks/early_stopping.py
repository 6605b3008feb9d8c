"""How early stopping scores states, and how long it waits."""

from ..training import PATIENCE
from .checks import check_positive


class EarlyStopping:
    """Keeps the best state of training, and ends training that gains no more.

    What ``early_stopping=True`` does, with options. Each restart (``n_init``) is
    stopped by itself. Pass it to ``set_callbacks`` of an estimator.

    States are compared on one half of the held-out rows. Boosted trees learn to tell
    rows that one state generates from rows of another, and each held-out row votes for
    the one it is the likelier to come from: the probability of that less the
    probability of the other, an estimate by a classifier of what a likelihood ratio
    would say [1]_. It takes about as long as a hundred iterations, so it is done after
    each 1,000 iterations, or each twelfth of the run if that is longer, and once after
    half of that. Restarts are compared by ``validation_score_``.

    An earlier state is kept only if the mean vote for it against the last is above two
    standard errors: of held-out rows, and of generated ones from which the trees learn.
    With ``learning_rate_decay=None`` training ends when the best state is ``patience``
    scores old. With "linear" the rates are to fall to 0, and much is gained at the end:
    then it ends only when ``patience`` states in a row were all worse than the best, by
    two standard errors.

    Parameters
    ----------
    scoring : callable or None, default=None
        A function ``scoring(estimator, X, y)`` of held-out rows and their labels, such
        as the scorers of :mod:`skgan.metrics`, that takes the place of votes by trees:
        it returns a number, of which more is better and any difference counts, or an
        array, a log density of each row, by which rows vote. The estimator samples, but
        has no scores. It is asked after each twelfth of the run, at least 100
        iterations, and restarts are compared by it, too.
    patience : int, default=3
        For how many scores in a row nothing is gained before training ends.

    Raises
    ------
    ValueError
        If ``scoring`` is no function or ``patience`` is not a positive integer.

    References
    ----------
    .. [1] Sugiyama, Suzuki & Kanamori, "Density ratio estimation in machine learning",
       Cambridge University Press, 2012.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan import GANGenerator
    >>> from skgan.callbacks import EarlyStopping
    >>> gan = GANGenerator(max_iter=600, hidden_layer_sizes=(64, 64), random_state=0)
    >>> X = np.random.default_rng(0).normal(size=(400, 2))
    >>> _ = gan.set_callbacks(EarlyStopping(patience=2)).fit(X)
    >>> iterations, scores = gan.validation_scores_.T
    >>> iterations
    array([500., 600.])
    """

    def __init__(self, *, scoring=None, patience=PATIENCE):
        if scoring is not None and not callable(scoring):
            raise ValueError(
                f"scoring must be a function (estimator, X, y), got {scoring!r}."
            )
        check_positive("patience", patience)
        self.scoring = scoring
        self.patience = patience

    def setup(self, estimator, context):
        """Do nothing: the fit keeps what belongs to it, so that fits may share this."""

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: a fit asks for the options when it begins."""

    def on_fit_task_end(self, estimator, context):
        """Do nothing: the fit compares states itself, before callbacks are called."""

    def teardown(self, estimator, context):
        """Do nothing when a fit is over."""
