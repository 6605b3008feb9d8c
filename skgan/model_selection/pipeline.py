"""Samples through pipelines and searches."""

from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted

WITHOUT = (
    "Leave it out and fit GANGenerator to the data as they are: it reads columns of "
    "all types, numbers of any scale and missing values."
)


def sample(
    estimator,
    n_samples=1,
    *,
    y=None,
    where=None,
    shares=None,
    return_y=False,
    refine=True,
    random_state=None,
):
    """Draw rows from a generator, or from a pipeline or a search that ends in one.

    Neither ``Pipeline`` nor ``GridSearchCV`` has a ``sample`` of its own. The steps
    before the generator are inverted, so that rows come back in the space of the data
    that the pipeline was fitted on.

    Parameters
    ----------
    estimator : estimator
        A fitted generator with ``sample(n_samples, random_state=...)``, a pipeline
        whose last step is one and whose other steps have ``inverse_transform``, or a
        search over either.
    n_samples : int, default=1
        Number of rows.
    y : label or array-like of shape (n_samples,), default=None
        Labels of the rows, for a generator that is class-conditional.
    where, shares : dict or None, default=None
        What all rows fulfill, and shares of values, as in ``GANGenerator.sample``. Not
        through steps that are inverted: a generator knows its own columns only.
    return_y : bool, default=False
        Whether to return the labels too.
    refine : bool, default=True
        False takes the rows of a generator that refines as they are made.
    random_state : int, RandomState instance or None, default=None
        An integer repeats the rows of an earlier call, None draws fresh ones.

    Returns
    -------
    X : array or data frame of shape (n_samples, n_features)
        The rows, as the generator or the first step of the pipeline returns them.
    y : array or series of shape (n_samples,)
        Their labels. Only if ``return_y``.

    Raises
    ------
    AttributeError
        If a step before the generator cannot be inverted, or the last one has no
        ``sample``. The message names the step.
    ValueError
        If inverting a step fails, or if it would change what ``where`` or ``shares``
        ask for.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> import skgan
    >>> pipeline = make_pipeline(PCA(2), skgan.GANGenerator(max_iter=20))
    >>> skgan.sample(pipeline.fit(load_iris().data), 5).shape
    (5, 4)
    """
    check_is_fitted(estimator)
    estimator = getattr(estimator, "best_estimator_", estimator)
    if not isinstance(estimator, Pipeline):
        if not hasattr(estimator, "sample"):
            raise AttributeError(
                "estimator must be a generator, a pipeline that ends in one, or a "
                f"search over either with refit=True, got {estimator!r}."
            )
        own = {"y": y, "return_y": return_y} if return_y or y is not None else {}
        own |= {} if refine else {"refine": False}
        demands = {"where": where, "shares": shares}
        own |= {name: value for name, value in demands.items() if value is not None}
        return estimator.sample(n_samples, **own, random_state=random_state)
    steps = list(_steps_to_invert(estimator.steps[:-1]))
    if steps and not (where is None and shares is None):
        raise ValueError(
            "where and shares speak of the rows that come out, which step "
            f"{steps[-1][0]!r} of the pipeline changes after they are drawn. {WITHOUT}"
        )
    options = {"y": y, "where": where, "shares": shares}
    options |= {"return_y": return_y, "refine": refine}
    drawn = sample(estimator[-1], n_samples, **options, random_state=random_state)
    rows, *labels = drawn if return_y else [drawn]
    for name, step in steps:
        try:
            rows = step.inverse_transform(rows)
        except Exception as error:  # of a step that anybody may have written
            raise ValueError(
                f"Step {name!r} of the pipeline cannot be inverted: {error} {WITHOUT}"
            ) from error
    return (rows, *labels) if return_y else rows


def _steps_to_invert(steps, prefix=""):
    """Yield steps of a pipeline from the last to the first, with their names.

    Those of a pipeline inside are named as its parameters are, ``inner__name``.
    """
    for own_name, step in reversed(steps):
        name = prefix + own_name
        if step is None or step == "passthrough":
            continue
        if isinstance(step, Pipeline):
            yield from _steps_to_invert(step.steps, f"{name}__")
            continue
        # A function without an inverse would be inverted by nothing, and in silence
        is_one_way = isinstance(step, FunctionTransformer) and (
            step.func is not None and step.inverse_func is None
        )
        if is_one_way or not hasattr(step, "inverse_transform"):
            what = "inverse_func" if is_one_way else "inverse_transform"
            raise AttributeError(
                f"Step {name!r} of the pipeline, {type(step).__name__}, has no {what}: "
                f"rows do not come back from behind it. {WITHOUT}"
            )
        yield name, step
