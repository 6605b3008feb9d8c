"""Seconds of each measure on 30,000 real and 30,000 synthetic rows of 100 columns.

Where rows are mixed, half of the columns are numbers, the others text of eight classes;
else all are numbers. Beside the searches for neighbors stands scikit-learn's.
"""

import statistics
import time

import numpy as np
import pandas as pd
from common import parser, print_machine
from sklearn.neighbors import NearestNeighbors

import skgan.metrics as measures


def tables(n_rows, n_columns, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_columns))
    X += X[:, [0]]
    table = pd.DataFrame(X, columns=[f"c{j}" for j in range(n_columns)])
    for name in table.columns[n_columns // 2 :]:
        table[name] = pd.cut(table[name], 8, labels=list("abcdefgh")).astype(str)
    return X, table


def scikit_learn(points, others):
    model = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(others)
    return model.kneighbors(points)


def calls(n_rows, n_columns):
    """Measures by name."""
    (X, train), (Y, test), (Z, fresh) = (
        tables(n_rows, n_columns, seed) for seed in range(3)
    )
    target = train.columns[-1]
    detectors = ("trees", "xgboost", "logistic")
    return {
        "scikit-learn's NearestNeighbors, k=5": lambda: scikit_learn(Z, X),
        "precision_recall_density_coverage": lambda: (
            measures.precision_recall_density_coverage(X, Z)
        ),
        "alpha_precision": lambda: measures.alpha_precision(X, Z),
        "beta_recall": lambda: measures.beta_recall(X, Z),
        "copy_share": lambda: measures.copy_share(X, Y, Z),
        "nearest_record_ratios": lambda: measures.nearest_record_ratios(X, Z),
        "maximum_mean_discrepancy": lambda: measures.maximum_mean_discrepancy(X, Z),
        "frechet_distance": lambda: measures.frechet_distance(X, Z),
        "parzen_log_likelihood": lambda: measures.parzen_log_likelihood(X, Z, 0.5),
        "copy_share, mixed": lambda: measures.copy_share(train, test, fresh),
        "duplicate_share, mixed": lambda: measures.duplicate_share(train, fresh),
        "column_shape_error, mixed": lambda: measures.column_shape_error(train, fresh),
        "column_trend_error, mixed": lambda: measures.column_trend_error(train, fresh),
        **{
            f"two_sample_score, {name}, mixed": lambda name=name: (
                measures.two_sample_score(train, fresh, classifier=name)
            )
            for name in detectors
        },
        "explain_two_sample, mixed": lambda: measures.explain_two_sample(train, fresh),
        "train_on_synthetic_score, mixed": lambda: measures.train_on_synthetic_score(
            train, test, fresh, target
        ),
        "evaluate, mixed": lambda: measures.evaluate(train, test, fresh, target=target),
    }


def main():
    options = parser(__doc__)
    options.add_argument("--rows", type=int, default=30_000)
    options.add_argument("--columns", type=int, default=100)
    options.add_argument("--repeats", type=int, default=3)
    options = options.parse_args()
    print_machine(options.threads)
    for name, call in calls(options.rows, options.columns).items():
        seconds, of_cpu = [], []
        for _ in range(options.repeats):
            start = time.perf_counter(), time.process_time()
            call()
            seconds.append(time.perf_counter() - start[0])
            of_cpu.append(time.process_time() - start[1])
        median, low, high = statistics.median(seconds), min(seconds), max(seconds)
        own = f"{statistics.median(of_cpu):8.2f} s of CPU"
        print(f"{name:40}{median:8.2f} s ({low:.2f} to {high:.2f}),{own}", flush=True)


if __name__ == "__main__":
    main()
