"""Votes of rows between two tables, by trees that tell these apart."""

from threadpoolctl import threadpool_limits

from .trees import fit_classifier

# Fast, and with leaves for what a network knows by heart
LEARNING_RATE, MAX_ITER, MAX_LEAVES, MIN_LEAF = 0.3, 25, 63, 20


def votes_between(ours, theirs, asked, is_class, seed):
    """The probability that each row is of ours, less that of theirs: between -1 and 1.

    If either table is as likely to have it: what a classifier estimates of the ratio of
    both densities (Sugiyama, Suzuki & Kanamori, "Density ratio estimation in machine
    learning", 2012).

    Parameters
    ----------
    ours, theirs, asked : ndarray of uint8, shapes (n_ours, n_columns), ...
        Bins of rows of the two tables, and of those that are asked.
    is_class : ndarray of bool, shape (n_columns,)
        Columns whose bins follow no order.
    seed : int
        Of the trees.

    Returns
    -------
    votes : ndarray of shape (n_asked,)
    """
    model = fit_classifier(
        ours,
        theirs,
        is_class,
        learning_rate=LEARNING_RATE,
        max_iter=MAX_ITER,
        max_leaf_nodes=MAX_LEAVES,
        min_samples_leaf=MIN_LEAF,
        early_stopping=False,
        random_state=seed,
    )
    with threadpool_limits(1, "openmp"):
        return 2 * model.predict_proba(asked)[:, 1] - 1
