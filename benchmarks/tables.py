"""Two-sample score of generated rows on iris and wine, by boosted trees.

The score is 1 - (2 max(AUC, 1/2) - 1) of a classifier that tells real rows from as many
generated ones, mean over 3 stratified shuffled folds: 1 is indistinguishable. Real rows
against a bootstrap of themselves are printed beside it.
"""

import ast
import time

import numpy as np
from common import parser, print_machine
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score

from skgan import GANGenerator

TABLES = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "diabetes": load_diabetes,
}


def two_sample_score(real, generated, seed):
    rows = np.concatenate([real, generated])
    labels = np.repeat([1, 0], [len(real), len(generated)])
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    classifier = HistGradientBoostingClassifier(random_state=seed)
    auc = cross_val_score(classifier, rows, labels, cv=folds, scoring="roc_auc")
    return 1 - (2 * np.maximum(auc, 0.5) - 1).mean()


def spread(values):
    return f"{np.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def main():
    options = parser(__doc__, seeds=5)
    options.add_argument("--tables", nargs="+", default=["iris", "wine"])
    options.add_argument("--params", default="{}", help="parameters of GANGenerator")
    options = options.parse_args()
    print_machine(options.threads)
    params = ast.literal_eval(options.params)
    for table in options.tables:
        X = TABLES[table]().data
        scores, ceiling, seconds = [], [], []
        for seed in range(options.seeds):
            start = time.perf_counter()
            gan = GANGenerator(random_state=seed, **params).fit(X)
            seconds.append(time.perf_counter() - start)
            scores.append(
                two_sample_score(X, gan.sample(len(X), random_state=seed), seed)
            )
            bootstrap = np.random.RandomState(seed).choice(len(X), len(X))
            ceiling.append(two_sample_score(X, X[bootstrap], seed))
        print(
            f"{table} {X.shape} {params}: two-sample score {spread(scores)}, bootstrap "
            f"{spread(ceiling)}; {gan.n_iter_} iterations, {spread(seconds)} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
