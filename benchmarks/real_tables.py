"""Tables that the benchmarks train on, with held-out rows."""

import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

ADULT = (
    "age workclass fnlwgt education education-num marital-status occupation "
    "relationship race sex capital-gain capital-loss hours-per-week native-country "
    "income"
).split()
SKLEARN = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "diabetes": load_diabetes,
}
FILES = {
    "shoppers": "tabular/online_shoppers",
    "beijing": "tabular/beijing_pm25",
    "churn": "tabular/telco_churn",
    "news": "tabular/news_popularity_last4954",
    "abalone": "imbalanced/abalone",
    "mammography": "imbalanced/mammography",
    "red_wine": "imbalanced/winequality_red",
}
FROM_FILES = ["adult", *FILES]
TARGETS = {
    "adult": "income",
    "shoppers": "Revenue",
    "beijing": "pm2.5",
    "churn": "Churn",
    "news": "popular",
    "abalone": "Rings",
    "mammography": "class",
    "red_wine": "quality",
    "modes": "status",
} | dict.fromkeys(SKLEARN, "target")

POOL_FILE = Path("peers", "tabularargn_adult_pool.parquet")


def load(name, data):
    """Training and held-out rows; the tables of scikit-learn are too small for these.

    Adult comes with test rows of its own, of the other files a tenth is held out
    (seed 1234). Left out are numbers and names of rows, and rows without the target.
    """
    if name in SKLEARN:
        return SKLEARN[name](as_frame=True).frame, None
    if name == "modes":
        return strong_modes(18_000), strong_modes(2_000, seed=1)
    if name == "adult":
        return [adult(data / "adult" / f"adult.{part}.gz") for part in ("data", "test")]
    table = _tidy(name, pd.read_csv(data / f"{FILES[name]}.csv.gz"))
    order = np.random.RandomState(1234).permutation(len(table))
    test, train = np.split(order, [len(table) // 10])
    return [table.iloc[rows].reset_index(drop=True) for rows in (train, test)]


def _tidy(name, table):
    if name == "beijing":
        return table.drop(columns="No").dropna().reset_index(drop=True)
    if name == "churn":  # blanks in a column of numbers
        total = pd.to_numeric(table["TotalCharges"], errors="coerce")
        return table.drop(columns="customerID").assign(TotalCharges=total)
    if name == "news":  # the published task with classes
        popular = table["shares"] > 1400
        return table.drop(columns=["url", "shares"]).assign(popular=popular)
    return table


def adult(path):
    """Return a file of Adult, with ? as missing."""
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


def drawn_by_peer(data, train):
    """Rows that mostlyai-engine 2.7 drew of Adult, with dtypes as those of training."""
    pool = pd.read_parquet(data / POOL_FILE)
    for name, dtype in train.dtypes.items():
        missing = np.nan if pd.api.types.is_numeric_dtype(dtype) else None
        pool[name] = pool[name].astype(object).where(pool[name].notna(), missing)
    return pool.astype(train.dtypes)
