"""A table as people have them: stays in a hospital, every one of them made up."""

from typing import NamedTuple

import numpy as np

from .checks import check_counts, random_stream


class Department(NamedTuple):
    """What the stays of a department have in common."""

    building: str
    share: float  # of all stays
    urgent: float  # share of its stays
    women: float  # share of its patients
    age: float  # mean, in years
    age_spread: float
    nights: float  # median
    daily_cost: float


DEPARTMENTS = {
    "cardiology": Department("north", 0.24, 0.45, 0.43, 68, 12, 5, 780),
    "neurology": Department("north", 0.16, 0.50, 0.52, 61, 17, 6, 640),
    "obstetrics": Department("garden house", 0.14, 0.60, 1.0, 31, 5, 3, 520),
    "pediatrics": Department("garden house", 0.12, 0.55, 0.46, 7, 5, 2, 480),
    "psychiatry": Department("west", 0.08, 0.20, 0.55, 43, 15, 18, 390),
    "surgery": Department("south", 0.26, 0.30, 0.48, 55, 18, 4, 950),
}
INSURANCES = {"statutory": 0.86, "private": 0.11, "none": 0.03}
FIRST_DAY = np.datetime64("2023-01-01")
LAST_DAY = np.datetime64("2024-12-31")  # of which the table is
MAX_STAYS = 10**6  # as many have a number of six digits
DAY_CASES = 0.3  # of the stays that can wait, those that end on their first day
ADMISSION = 300  # what a stay costs before its first night


def make_hospital_stays(
    n_samples: int = 3_000,
    *,
    random_state: int | np.random.RandomState | None = None,
):
    """Make a table of stays in a hospital, as one that a user might have.

    Nobody is in it: all rows are drawn from the rules that the Notes name. What makes
    tables hard is there: categories, dates, numbers with few and with many decimals,
    an identifier, a column that another one determines, values that are missing
    together and for a reason, and columns of which one is never below the other.

    Parameters
    ----------
    n_samples : int, default=3_000
        Number of rows, at most a million.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw. None takes fresh entropy from the system and leaves numpy's
        global stream alone.

    Returns
    -------
    pandas.DataFrame of shape (n_samples, 13)
        The stays, in random order, with a default index.

        ``stay``: text that names a row, no two alike, such as ``"H-204177"``.
        ``department``: text, one of six. ``building``: text; the department says which.
        ``urgent``: bool. ``admitted``, ``discharged``: days; nobody leaves before they
        came. ``sex``, ``insurance``: text. ``age``: whole years. ``weight_kg``: one
        decimal, or missing. ``systolic``, ``diastolic``: blood pressure, whole numbers,
        of which the first is the greater one. ``cost``: two decimals.

    Raises
    ------
    ValueError
        If ``n_samples`` is not a positive integer of at most a million.
    ImportError
        If pandas is not installed.

    Notes
    -----
    A department decides how many of its patients are women, how old they are, how many
    stays are urgent, how long they take and what a day costs. Urgent stays begin on any
    day, all others from Monday to Friday, and three of ten of these end on the same
    day. Nights are lognormal about the median of the department, and more for the old.
    Weights follow sex and age, and are missing in one of four urgent stays and one of
    twenty others. Blood pressure rises with age. A stay costs 300, and the department's
    rate for each of its days, half as much again with a private insurance, with 15 % of
    noise. The table is of the last day of 2024: of who was still there it has neither
    the day of leaving nor the cost.

    Examples
    --------
    >>> from skgan.datasets import make_hospital_stays
    >>> stays = make_hospital_stays(random_state=0)
    >>> stays.shape
    (3000, 13)
    >>> bool((stays["discharged"] < stays["admitted"]).any())
    False
    >>> stays.loc[0, ["stay", "department", "building"]].tolist()
    ['H-336188', 'pediatrics', 'garden house']
    """
    check_counts(n_samples=n_samples)
    if n_samples > MAX_STAYS:
        raise ValueError(f"n_samples must be at most a million, got {n_samples!r}.")
    pd = _import_pandas()
    rng = random_stream(random_state)
    shares = [rule.share for rule in DEPARTMENTS.values()]
    names = rng.choice(list(DEPARTMENTS), size=n_samples, p=shares)
    # Each field an array (n_samples,)
    rules = Department(*map(np.array, zip(*map(DEPARTMENTS.get, names), strict=True)))
    urgent = rng.random_sample(n_samples) < rules.urgent
    women = rng.random_sample(n_samples) < rules.women
    age = _ages(rng, rules)
    insurance = rng.choice(
        list(INSURANCES), size=n_samples, p=list(INSURANCES.values())
    )
    admitted = _admissions(rng, urgent)
    is_day_case = ~urgent & (rng.random_sample(n_samples) < DAY_CASES)
    nights = np.where(is_day_case, 0, _nights(rng, rules, age))
    discharged, cost = _ends(rng, rules, admitted, nights, insurance == "private")
    systolic = np.rint(98 + 0.5 * age + rng.normal(0, 13, n_samples)).astype(int)
    numbers = rng.permutation(MAX_STAYS)[:n_samples]
    share = np.clip(rng.normal(0.62, 0.05, n_samples), 0.45, 0.8)
    return pd.DataFrame(
        {
            "stay": [f"H-{number:06d}" for number in numbers],
            "department": names,
            "building": rules.building,
            "urgent": urgent,
            "admitted": admitted.astype("datetime64[s]"),
            "discharged": discharged.astype("datetime64[s]"),
            "sex": np.where(women, "female", "male"),
            "age": age,
            "insurance": insurance,
            "weight_kg": _weights(rng, women, age, urgent),
            "systolic": systolic,
            "diastolic": np.rint(share * systolic).astype(int),
            "cost": cost,
        }
    )


def _ages(rng, rules):
    """Whole years of patients: (n,)."""
    age = rng.normal(rules.age, rules.age_spread)
    is_child = rules.age < 18  # all patients of pediatrics, and nobody elsewhere
    low, high = np.where(is_child, 0, 18), np.where(is_child, 17, 99)
    return np.clip(age, low, high).astype(int)


def _admissions(rng, urgent):
    """Days on which stays begin, those that can wait on weekdays: (n,)."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1)
    any_day = rng.choice(days, size=len(urgent))
    weekday = rng.choice(days[np.is_busday(days)], size=len(urgent))
    return np.where(urgent, any_day, weekday)


def _nights(rng, rules, age):
    """How many nights patients stay who are no day cases: (n,)."""
    median = rules.nights * (0.8 + age / 250)
    return (median * rng.lognormal(0, 0.6, len(age))).astype(int)


def _ends(rng, rules, admitted, nights, is_private):
    """Days on which stays end, and their costs, both missing after the last day."""
    discharged = admitted + nights
    cost = ADMISSION + rules.daily_cost * (nights + 1)
    cost = cost * np.where(is_private, 1.5, 1) * rng.lognormal(0, 0.15, len(nights))
    is_there = discharged > LAST_DAY
    discharged[is_there] = "NaT"
    return discharged, np.where(is_there, np.nan, cost.round(2))


def _weights(rng, women, age, urgent):
    """Kilograms by sex and age, of which some are missing: (n,)."""
    grown = np.minimum(age, 18) / 18
    mean = 4 + grown * (np.where(women, 70, 84) - 4)
    weights = (mean * rng.lognormal(0, 0.15, len(age))).round(1)
    is_missing = rng.random_sample(len(age)) < np.where(urgent, 0.25, 0.05)
    return np.where(is_missing, np.nan, weights)


def _import_pandas():
    """Return pandas.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            "The table is a data frame of pandas: pip install 'skgan[csv]' or pandas."
        ) from error
    return pandas
