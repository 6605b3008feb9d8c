"""How near generated tables are to real ones: five measures of data frames.

All compare as many rows of one table as of the other.
"""

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OneHotEncoder, StandardScaler

N_FOLDS, N_BINS = 3, 10


def is_number(column):
    return pd.api.types.is_numeric_dtype(column) and column.dtype != bool


def with_categories(table, like):
    """The table with columns that are no numbers as the categories of ``like``."""
    types = {
        name: pd.CategoricalDtype(np.unique(like[name].dropna().astype(str)))
        for name in like
        if not is_number(like[name])
    }
    texts = {name: table[name].astype(str).where(table[name].notna()) for name in types}
    return table.assign(**texts).astype(types)


def two_sample_score(real, generated, seed=0):
    """1 - 2 (AUC - 1/2) of boosted trees that tell real from generated; 1 is best."""
    n = min(len(real), len(generated))
    pair = pd.concat([real[:n], generated[:n]], ignore_index=True)
    labels = np.repeat([1, 0], n)
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    trees = HistGradientBoostingClassifier(random_state=seed)
    rows = with_categories(pair, pair)
    auc = cross_val_score(trees, rows, labels, cv=folds, scoring="roc_auc")
    return 1 - (2 * max(auc.mean(), 0.5) - 1)


def shape_errors(real, generated):
    """Distance of each column's distribution in percent: Kolmogorov-Smirnov or TV."""
    errors = {}
    for name in real:
        if is_number(real[name]):
            pair = real[name].dropna(), generated[name].dropna()
            errors[name] = 100 * ks_2samp(*pair).statistic
        else:
            errors[name] = 100 * _total_variation(
                real[name].astype(str), generated[name].astype(str)
            )
    return pd.Series(errors)


def trend_error(real, generated):
    """Mean over pairs of columns: half the difference of correlations, or joint TV."""
    names = list(real)
    binned = {
        name: [_binned(table[name], real[name]) for table in (real, generated)]
        for name in names
    }
    errors = []
    for i, a in enumerate(names):
        for b in names[:i]:
            if is_number(real[a]) and is_number(real[b]):
                r, g = (table[a].corr(table[b]) for table in (real, generated))
                errors.append(abs(r - g) / 2 if np.isfinite(r - g) else 0.0)
            else:
                joint = [x + "|" + y for x, y in zip(binned[a], binned[b], strict=True)]
                errors.append(_total_variation(*joint))
    return 100 * np.mean(errors)


def utility(train, test, target, like):
    """AUC or R2 on ``test`` of boosted trees fitted on ``train``."""
    rows = [with_categories(t, like).drop(columns=target) for t in (train, test)]
    if is_number(like[target]):
        trees = HistGradientBoostingRegressor(random_state=0)
        return trees.fit(rows[0], train[target]).score(rows[1], test[target])
    positive = str(np.unique(like[target].astype(str))[-1])
    trees = HistGradientBoostingClassifier(random_state=0)
    trees.fit(rows[0], train[target].astype(str) == positive)
    guesses = trees.predict_proba(rows[1])[:, 1]
    is_positive = test[target].astype(str) == positive
    return roc_auc_score(is_positive, guesses)


def copy_share(train, held_out, generated, seed=0):
    """Share of rows nearer to training than to held-out rows, in percent; 50 is best.

    Of training rows as many as there are held-out ones, drawn at random.
    """
    n = min(len(train), len(held_out))
    sides = [t.sample(n, random_state=seed) for t in (train, held_out)]
    numeric = [name for name in train if is_number(train[name])]
    others = [name for name in train if name not in numeric]
    scaler = StandardScaler().fit(train[numeric].fillna(train[numeric].mean()))
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    one_hot.fit(train[others].astype(str))

    def points(table):
        numbers = scaler.transform(table[numeric].fillna(train[numeric].mean()))
        return np.hstack([numbers, one_hot.transform(table[others].astype(str))])

    points_of = points(generated[:10_000])
    near, far = (
        NearestNeighbors(n_neighbors=1, algorithm="brute")
        .fit(points(side))
        .kneighbors(points_of)[0][:, 0]
        for side in sides
    )
    return 100 * float((near < far).mean() + (near == far).mean() / 2)


def _binned(column, real):
    if not is_number(real):
        return column.astype(str)
    edges = np.linspace(real.min(), real.max(), N_BINS + 1)[1:-1]
    place = np.searchsorted(edges, column, side="right")
    return pd.Series(np.where(column.isna(), -1, place)).astype(str)


def _total_variation(a, b):
    shares = [x.value_counts(normalize=True) for x in (a, b)]
    return shares[0].sub(shares[1], fill_value=0).abs().sum() / 2
