"""Generated tables against real ones, without a look at the rows.

For each table and seed: fit ``GANGenerator`` on the training rows, draw as many, and
print five measures (``measures.py``). Adult comes with test rows of its own, of the
other files a tenth is held out (seed 1234); the tables of scikit-learn are small, and
compared with their training rows alone. "bootstrap" draws training rows again: what no
generator can beat. ``--params`` takes settings, one run each. With ``--out``, results
go to a CSV file, and a run that is there already is left out: a long one can be
resumed.
"""

import ast
import gzip
import io
import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from common import parser, print_machine
from measures import copy_share, shape_errors, trend_error, two_sample_score, utility
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from skgan import GANGenerator

SKLEARN = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "diabetes": load_diabetes,
}
ADULT = (
    "age workclass fnlwgt education education-num marital-status occupation "
    "relationship race sex capital-gain capital-loss hours-per-week native-country "
    "income"
).split()
FILES = {"shoppers": "online_shoppers", "beijing": "beijing_pm25"}
KEYS = ["seed", "table", "params"]
TARGETS = {
    "adult": "income",
    "shoppers": "Revenue",
    "beijing": "pm2.5",
    "modes": "status",
}


def adult(path):
    text = gzip.open(path, "rt").read().replace("|1x3 Cross validator\n", "")
    table = pd.read_csv(
        io.StringIO(text), names=ADULT, skipinitialspace=True, na_values="?"
    )
    return table.assign(income=table["income"].str.rstrip("."))


def strong_modes(n, seed=0):
    """Clients of a bank: nine months of amounts, all zero for inactive ones.

    Modes lie far apart: inactive clients, one in four, corporate ones, one in fifty, at
    a fixed limit, and active ones.
    """
    rng = np.random.default_rng(seed)
    status = rng.choice(["active", "inactive", "corporate"], n, p=[0.73, 0.25, 0.02])
    level = rng.normal(size=n)
    table = {"status": status, "limit": np.exp(9 + 0.7 * level).round(-2)}
    amount = np.exp(6 + level + rng.normal(size=n))
    for month in range(9):
        amount = amount * np.exp(0.3 * rng.normal(size=n))
        table[f"month_{month}"] = amount.round(2)
    table["age"] = (40 + 12 * rng.normal(size=n) + 3 * level).round().clip(18, 90)
    table = pd.DataFrame(table)
    months = table.columns[2:11]
    table.loc[status == "inactive", months] = 0.0
    table.loc[status == "corporate", [*months, "limit"]] = 1_000_000.0
    return table


def load(name, data):
    """Training and held-out rows; of a small table the held-out rows are none."""
    if name in SKLEARN:
        return SKLEARN[name](as_frame=True).data, None
    if name == "modes":
        return strong_modes(18_000), strong_modes(2_000, seed=1)
    if name == "adult":
        return [adult(data / "adult" / f"adult.{part}.gz") for part in ("data", "test")]
    table = pd.read_csv(data / "tabular" / f"{FILES[name]}.csv.gz")
    if name == "beijing":  # the number of the row, and rows without the target
        table = table.drop(columns="No").dropna().reset_index(drop=True)
    order = np.random.RandomState(1234).permutation(len(table))
    test, train = np.split(order, [len(table) // 10])
    return [table.iloc[rows].reset_index(drop=True) for rows in (train, test)]


def measure(name, train, test, generated, seed):
    result = {
        "two_sample": two_sample_score(train, generated, seed),
        "shape": shape_errors(train, generated).mean(),
        "trend": trend_error(train, generated),
    }
    if test is not None:
        target = TARGETS[name]
        result |= {
            "held_out": two_sample_score(test, generated, seed),
            "utility": utility(generated, test, target, train),
            "copies": copy_share(train, test, generated, seed),
        }
    return result


def run(name, data, params, seed):
    train, test = load(name, data)
    start = time.perf_counter()
    if params == "bootstrap":
        generated, fit = train.sample(len(train), replace=True, random_state=seed), 0
        generated = generated.reset_index(drop=True)
        n_iter = 0
    else:
        gan = GANGenerator(random_state=seed, **params).fit(train)
        fit, n_iter = time.perf_counter() - start, gan.n_iter_
        start = time.perf_counter()
        generated = gan.sample(len(train), random_state=seed)
    sampled = time.perf_counter() - start
    seconds = {"fit_seconds": fit, "sample_seconds": sampled, "n_iter": n_iter}
    return measure(name, train, test, generated, seed) | seconds


def main():
    options = parser(__doc__, seeds=3)
    options.add_argument("--tables", nargs="+", default=["iris", "wine", "modes"])
    options.add_argument("--data", type=Path, help="folder of adult/ and tabular/")
    options.add_argument(
        "--params",
        nargs="+",
        default=["{}"],
        help='parameters of GANGenerator, as "{...}", or bootstrap',
    )
    options.add_argument("--out", type=Path, help="CSV file of results")
    options = options.parse_args()
    print_machine(options.threads)
    done = pd.DataFrame(columns=KEYS)
    if options.out and options.out.exists():
        done = pd.read_csv(options.out)
    for key in product(range(options.seeds), options.tables, options.params):
        seed, name, params = key
        if (done[KEYS] == list(key)).all(axis=1).any():
            continue
        own = params if params == "bootstrap" else ast.literal_eval(params)
        result = dict(zip(KEYS, key, strict=True)) | run(name, options.data, own, seed)
        line = pd.DataFrame([result])
        done = pd.concat([done, line]) if len(done) else line
        print(line.round(4).to_string(index=False), flush=True)
        if options.out:
            done.to_csv(options.out, index=False)
    print_summary(done)


def print_summary(results):
    """Median and range over the seeds of each table and setting."""
    for (name, params), runs in results.groupby(["table", "params"], sort=False):
        print(f"{name} {params}, {len(runs)} seeds:")
        for column in runs.columns.drop(KEYS):
            values = runs[column].dropna()
            if len(values):
                median, low, high = values.median(), values.min(), values.max()
                print(f"    {column:15}{median:10.4f} ({low:.4f} to {high:.4f})")


if __name__ == "__main__":
    main()
