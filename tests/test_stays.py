"""The made table of stays: its rules, value by value, seeds and wrong parameters."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from skgan.datasets import make_hospital_stays
from skgan.datasets.stays import DEPARTMENTS, INSURANCES

N = 20_000
STAYS = make_hospital_stays(N, random_state=0)
NIGHTS = (STAYS["discharged"] - STAYS["admitted"]).dt.days


def deviations(found, share, n):
    """How many standard deviations a share of n rows is from what it should be."""
    return abs(found - share) / np.sqrt(share * (1 - share) / n)


def test_columns_and_dtypes():
    assert [*STAYS] == [
        *("stay", "department", "building", "urgent", "admitted", "discharged", "sex"),
        *("age", "insurance", "weight_kg", "systolic", "diastolic", "cost"),
    ]
    assert STAYS.index.equals(pd.RangeIndex(N))
    of_dtype = STAYS.dtypes.astype(str).groupby(STAYS.dtypes.astype(str)).groups
    assert set(of_dtype["datetime64[s]"]) == {"admitted", "discharged"}
    assert set(of_dtype["bool"]) == {"urgent"}
    assert set(of_dtype["int64"]) == {"age", "systolic", "diastolic"}
    assert set(of_dtype["float64"]) == {"weight_kg", "cost"}


def test_names_of_rows_all_differ():
    assert STAYS["stay"].is_unique
    assert STAYS["stay"].str.fullmatch(r"H-\d{6}").all()


def test_one_column_is_never_below_another():
    assert (NIGHTS.dropna() >= 0).all() and (NIGHTS == 0).any()
    assert (STAYS["systolic"] > STAYS["diastolic"]).all()


def test_departments_decide():
    assert sum(rule.share for rule in DEPARTMENTS.values()) == pytest.approx(1)
    for name, rule in DEPARTMENTS.items():
        rows = STAYS[STAYS["department"] == name]
        assert deviations(len(rows) / N, rule.share, N) < 4
        assert set(rows["building"]) == {rule.building}
        assert deviations(rows["urgent"].mean(), rule.urgent, len(rows)) < 4
        women = (rows["sex"] == "female").mean()
        assert (
            women == 1
            if rule.women == 1
            else (deviations(women, rule.women, len(rows)) < 4)
        )
        is_child = name == "pediatrics"
        assert rows["age"].between(*((0, 17) if is_child else (18, 99))).all()
        assert rows["age"].median() == pytest.approx(rule.age, abs=2)


def test_who_can_wait_comes_on_a_weekday():
    weekend = ~np.is_busday(STAYS["admitted"].to_numpy().astype("datetime64[D]"))
    assert not weekend[~STAYS["urgent"].to_numpy()].any()
    urgent = weekend[STAYS["urgent"].to_numpy()]
    assert deviations(urgent.mean(), 2 / 7, len(urgent)) < 4
    days = STAYS["admitted"]
    assert days.min() == pd.Timestamp("2023-01-01")
    assert days.max() == pd.Timestamp("2024-12-31")
    assert (days == days.dt.normalize()).all()


def test_weights_are_missing_for_a_reason():
    for is_urgent, share in ((True, 0.25), (False, 0.05)):
        rows = STAYS[STAYS["urgent"] == is_urgent]
        assert deviations(rows["weight_kg"].isna().mean(), share, len(rows)) < 4
    weights = STAYS["weight_kg"].dropna()
    assert (weights == weights.round(1)).all() and (weights != weights.round()).any()
    grown = STAYS[STAYS["age"] >= 18]
    of_sex = np.log(grown["weight_kg"]).groupby(grown["sex"]).agg(["mean", "std"])
    np.testing.assert_allclose(of_sex["mean"], np.log([70, 84]), atol=0.01)
    np.testing.assert_allclose(of_sex["std"], 0.15, atol=0.01)
    newborn = STAYS[STAYS["age"] == 0]["weight_kg"]
    assert newborn.median() == pytest.approx(4, abs=0.2)


def test_who_is_still_there_has_neither_an_end_nor_a_cost():
    is_there = STAYS["discharged"].isna()
    assert is_there.equals(STAYS["cost"].isna()) and 0.002 < is_there.mean() < 0.03
    assert STAYS["discharged"].max() == pd.Timestamp("2024-12-31")
    others = STAYS.drop(columns=["discharged", "cost", "weight_kg"])
    assert not others.isna().any(axis=None)


def test_nights_are_lognormal_about_the_median():
    """Rounded down, so that half a night is missing on average."""
    for name, rule in DEPARTMENTS.items():
        is_of_it = (STAYS["department"] == name) & STAYS["urgent"]
        rows = STAYS[is_of_it & (STAYS["admitted"] < "2024-10-01")]
        median = rule.nights * (0.8 + rows["age"] / 250)
        mean = median.mean() * np.exp(0.6**2 / 2) - 0.5
        assert NIGHTS[rows.index].mean() == pytest.approx(mean, rel=0.05)


def test_some_of_those_who_can_wait_leave_on_the_same_day():
    """Beside the share of 0.3, nights of less than one are rounded down to none."""
    for rows, share in ((STAYS["urgent"], 0), (~STAYS["urgent"], 0.3)):
        of_surgery = rows & (STAYS["department"] == "surgery")
        median = 4 * (0.8 + STAYS["age"][of_surgery] / 250)
        none = norm.cdf(-np.log(median) / 0.6).mean()
        found = (NIGHTS[of_surgery] == 0).mean()
        expected = share + (1 - share) * none
        assert deviations(found, expected, of_surgery.sum()) < 4


def test_cost_follows_from_days_department_and_insurance():
    rate = STAYS["department"].map({k: d.daily_cost for k, d in DEPARTMENTS.items()})
    is_private = STAYS["insurance"] == "private"
    expected = (300 + rate * (NIGHTS + 1)) * np.where(is_private, 1.5, 1)
    noise = np.log(STAYS["cost"] / expected)
    for rows in (noise[is_private], noise[~is_private]):
        assert rows.mean() == pytest.approx(0, abs=0.01)
        assert rows.std() == pytest.approx(0.15, abs=0.005)
    assert (STAYS["cost"].dropna() == STAYS["cost"].dropna().round(2)).all()
    shares = STAYS["insurance"].value_counts(normalize=True)
    for name, share in INSURANCES.items():
        assert deviations(shares[name], share, N) < 4


def test_blood_pressure_rises_with_age():
    slope, start = np.polyfit(STAYS["age"], STAYS["systolic"], 1)
    assert (slope, start) == pytest.approx((0.5, 98), rel=0.02)
    residuals = STAYS["systolic"] - start - slope * STAYS["age"]
    assert residuals.std() == pytest.approx(13, rel=0.03)
    ratio = STAYS["diastolic"] / STAYS["systolic"]
    assert ratio.mean() == pytest.approx(0.62, abs=0.005)


def test_seed_of_a_table():
    stays = make_hospital_stays(50, random_state=3)
    assert stays.equals(make_hospital_stays(50, random_state=3))
    assert not stays.equals(make_hospital_stays(50, random_state=4))
    rng = np.random.RandomState(3)
    assert stays.equals(make_hospital_stays(50, random_state=rng))
    assert not stays.equals(make_hospital_stays(50, random_state=rng))
    np.random.seed(0)  # noqa: NPY002
    fresh = make_hospital_stays(50)
    np.random.seed(0)  # noqa: NPY002
    assert not fresh.equals(make_hospital_stays(50))


@pytest.mark.parametrize("n", [0, -1, 2.0, "2", None, 10**6 + 1], ids=repr)
def test_number_of_rows_must_be_one(n):
    is_large = n == 10**6 + 1
    rule = "at most a million" if is_large else "an integer in the range .1, inf."
    with pytest.raises(ValueError, match=f"^n_samples must be {rule}, got {n!r}.$"):
        make_hospital_stays(n)


def test_without_pandas_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'skgan\[csv\]' or pandas"):
        make_hospital_stays(5)
