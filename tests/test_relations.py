import gzip
import itertools
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

from skgan.encoding.relations import Arithmetic, Copy, Map, find_relations
from skgan.encoding.relations.base import rests_on
from skgan.encoding.relations.evidence import log_orders
from skgan.encoding.relations.maps import _map_surprise
from skgan.privacy import MinRows

ADULT = Path("shared", "data", "adult", "adult.data.gz")
ADULT_COLUMNS = (
    "age workclass fnlwgt education education-num marital-status occupation "
    "relationship race sex capital-gain capital-loss hours-per-week native-country "
    "income"
).split()


def find_numbers(*columns, **options):
    return find_relations(list(columns), [False] * len(columns), **options)


def find_codes(*columns, **options):
    return find_relations(list(columns), [True] * len(columns), **options)


def restore_all(columns, found, numeric=None):
    """What comes back, in order, from the kept columns alone, as ``columns`` hold it.

    Numbers of discrete columns become codes and codes numbers by the training rows.
    """
    numeric = numeric or [None] * len(columns)
    targets = {relation.target for relation in found}
    known = {j: column for j, column in enumerate(columns) if j not in targets}

    def numbers(j):
        if numeric[j] is None:
            return known[j]
        table = dict(zip(columns[j].tolist(), numeric[j].tolist(), strict=True))
        return np.array([table[code] for code in known[j].tolist()])

    for relation in found:
        j = relation.target
        read = known.__getitem__ if relation.reads_codes else numbers
        values = relation.restore(*(read(source) for source in relation.sources))
        if numeric[j] is not None and not relation.reads_codes:
            levels = np.unique(numeric[j])
            nearest = np.abs(levels[:, None] - values).argmin(axis=0)
            codes = [columns[j][np.argmax(numeric[j] == level)] for level in levels]
            values = np.array(codes)[nearest]
        known[j] = values
    return [known[j] for j in range(len(columns))]


def check(columns, found, numeric=None):
    """Each target once, sources known when they are needed, everything comes back."""
    targets = [relation.target for relation in found]
    assert len(set(targets)) == len(targets)
    for column, restored in zip(
        columns, restore_all(columns, found, numeric), strict=True
    ):
        if column.dtype.kind == "f":
            np.testing.assert_allclose(restored, column, rtol=1e-12, atol=1e-12)
        else:
            np.testing.assert_array_equal(restored, column)


def is_function(x, y):
    """Brute force: whether equal values of x go with equal values of y."""
    pairs = set(zip(x.tolist(), y.tolist(), strict=True))
    return len(pairs) == len(set(x.tolist()))


def skewed(rng, n, n_classes):
    """Codes whose frequencies fall off, some classes of a row or two."""
    p = rng.choice([0.02, 0.1, 0.5, 1.0]) ** np.arange(n_classes)
    return rng.choice(n_classes, size=n, p=p / p.sum())


# Copies


@pytest.mark.parametrize("seed", range(5))
def test_copies_of_numbers_keep_the_first(seed):
    rng = np.random.default_rng(seed)
    x = rng.lognormal(0, 3, size=300)
    columns = [rng.normal(size=300), x, x.copy(), -x, x / 7]
    found = find_numbers(*columns)
    assert [(type(r), r.target, r.sources) for r in found] == [
        (Copy, j, (1,)) for j in (2, 3, 4)
    ]
    np.testing.assert_array_equal(found[0].restore(x), x)
    check(columns, found)


def test_units_come_back_with_their_short_coefficients():
    rng = np.random.default_rng(0)
    celsius = np.round(rng.normal(15, 10, size=500), 1)
    (found,) = find_numbers(celsius, 1.8 * celsius + 32)
    assert (found.slope, found.offset) == (1.8, 32)
    cents = rng.integers(1, 10**7, size=500)
    for columns in [(cents, cents / 100), (cents / 100, cents)]:
        (found,) = find_numbers(*columns)
        assert found.slope in (0.01, 100) and found.offset == 0
        check(columns, [found])
        assert found.dtype == columns[1].dtype


@pytest.mark.parametrize("slope, offset", [(1, 0), (1, 5), (-1, 0), (3, -(2**60))])
def test_huge_integers_come_back_exactly(slope, offset):
    x = np.random.default_rng(0).integers(2**60, 2**60 + 10**6, size=100)
    y = slope * x + offset
    (found,) = find_numbers(x, y)
    assert (found.slope, found.offset) == (slope, offset)
    np.testing.assert_array_equal(found.restore(x), y)
    y[3] += 1
    assert find_numbers(x, y) == []


def test_extreme_integers_do_no_harm():
    x = np.random.default_rng(0).integers(0, 2, size=100)
    info = np.iinfo(np.int64)
    assert len(find_numbers(x, np.where(x, info.max, info.min))) <= 1
    big = 2**63 - 1 - x
    (found,) = find_numbers(big, 1000 * x)
    np.testing.assert_array_equal(found.restore(big), 1000 * x)


@pytest.mark.parametrize("source", [np.int8, np.uint8, np.int64, np.float64])
@pytest.mark.parametrize("target", [np.int8, np.int32, np.float64, bool])
def test_dtypes_of_the_training_values(source, target):
    x = np.random.default_rng(0).integers(0, 2, size=200)
    columns = [(100 * x).astype(source), x.astype(target)]
    (found,) = find_numbers(*columns)
    restored = found.restore(columns[0])
    assert restored.dtype == target
    np.testing.assert_array_equal(restored, columns[1])


def test_nearly_a_copy_is_none():
    rng = np.random.default_rng(0)
    start = np.round(1.7e9 + rng.uniform(0, 1e8, size=1000), 3)
    assert find_numbers(start, start + rng.integers(1, 50, size=1000) / 1e3) == []
    x = rng.normal(size=1000)
    y = x.copy()
    y[17] += 1e-6
    assert find_numbers(x, y, y + rng.normal(size=1000)) == []


def test_rounding_that_matters_is_no_relation():
    rng = np.random.default_rng(0)
    a, b = 1e15 * rng.random(500), rng.random(500)
    (found,) = find_numbers(b, a, a + b)  # b = c - a would be all rounding
    assert (found.target, found.sources) == (2, (0, 1))
    assert find_numbers(a, a + b, b) == [] or find_numbers(a, a + b, b)[0].target != 2


# Maps


@pytest.mark.parametrize("seed", range(20))
def test_maps_are_those_of_brute_force(seed):
    rng = np.random.default_rng(seed)
    base = [rng.integers(k, size=400) for k in (3, 6, 12)]
    columns = [
        *base,
        *(rng.integers(4, size=12)[base[2]] for _ in range(2)),
        rng.permutation(6)[base[1]],
        np.round(rng.normal(size=6), 3)[base[1]],
    ]
    order = rng.permutation(len(columns))
    columns = [columns[j] for j in order]
    discrete = [column.dtype.kind == "i" for column in columns]
    found = find_relations(columns, discrete)
    check(columns, found)
    by_target = {relation.target: relation for relation in found}
    for i, j in itertools.permutations(range(len(columns)), 2):
        if discrete[i] and len(set(columns[j].tolist())) > 1:
            if is_function(columns[i], columns[j]):
                assert j in by_target or rests_on(by_target, {i}, j)
    for relation in found:
        assert is_function(columns[relation.sources[0]], columns[relation.target])


def test_of_one_to_one_columns_the_first_is_kept():
    rng = np.random.default_rng(0)
    x = rng.integers(10, size=300)
    columns = [rng.integers(3, size=300), *(rng.permutation(10)[x] for _ in range(4))]
    found = find_codes(*columns)
    assert sorted(r.target for r in found) == [2, 3, 4]
    check(columns, found)


def test_a_chain_restores_in_order():
    rng = np.random.default_rng(0)
    city = rng.integers(40, size=2000)
    region = rng.integers(8, size=40)[city]
    land = np.array([0, 0, 0, 1, 1, 1, 2, 2])[region]
    for columns in itertools.permutations([city, region, land]):
        found = find_codes(*columns)
        assert len(found) == 2
        check(columns, found)


def test_a_map_holds_only_classes_of_enough_rows():
    x = np.repeat([0, 1, 2, 3], [500, 400, 100, 4])
    y = np.array([1.5, 2.5, 1.5, 777.25])[x]
    (found,) = find_relations([x, y], [True, False])
    np.testing.assert_array_equal(found.codes, [0, 1, 2])
    restored = found.restore(np.array([3, -1, 99, 1]))
    np.testing.assert_array_equal(restored, [1.5, 1.5, 1.5, 2.5])
    assert restored.dtype == y.dtype
    secret = np.float64(777.25).tobytes()
    assert secret not in pickle.dumps(found) and secret in pickle.dumps(y)
    rare = np.repeat(np.arange(102), [500, 404] + [1] * 100)
    assert find_codes(rare, rare % 7) == []  # a tenth of the rows would come back wrong
    assert find_codes(x, np.minimum(x, 1), min_rows=MinRows(600)) == []


def test_a_nearly_unique_source_determines_nothing():
    rng = np.random.default_rng(0)
    x = rng.integers(1000, size=1000)
    assert find_codes(x, rng.integers(2, size=1000)) == []
    assert find_codes(x, x // 500) == []


def test_constants_are_no_targets_and_no_sources():
    rng = np.random.default_rng(0)
    x, number = rng.integers(5, size=200), rng.normal(size=200)
    ones, zeros, twos = np.ones(200), np.zeros(200, dtype=int), np.full(200, 2)
    columns = [x, zeros, number, ones, twos, np.full(200, 0.1), number]
    discrete = [True, True, False, False, False, False, False]
    (found,) = find_relations(columns, discrete)
    assert (found.target, found.sources) == (6, (2,))


# Arithmetic


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("values", ["integers", "cents", "floats", "sparse"])
def test_planted_arithmetic_is_found_and_restored(values, seed):
    rng = np.random.default_rng(seed)
    draw = {
        "integers": lambda: rng.integers(-1000, 1000, size=400),
        "cents": lambda: np.round(rng.lognormal(3, 2, size=400), 2),
        "floats": lambda: rng.normal(size=400),
        "sparse": lambda: rng.integers(1, 99, size=400) * (rng.random(400) < 0.4),
    }[values]
    a, b, c = draw(), draw(), draw()
    columns = [a, b, c, a + b, b - c, a * c]
    order = rng.permutation(len(columns))
    columns = [columns[j] for j in order]
    found = find_numbers(*columns)
    assert len(found) == 3
    assert all(isinstance(relation, Arithmetic) for relation in found)
    position = np.argsort(order)
    assert position[5] in {relation.target for relation in found}
    check(columns, found)


@pytest.mark.parametrize("seed", range(10))
def test_sums_are_those_of_brute_force(seed):
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 9, size=(5, 60))
    columns = [*base, base[0] + base[1], base[2] + base[3], base[0] * base[3]]
    columns = [columns[j] for j in rng.permutation(len(columns))]
    found = find_numbers(*columns)
    check(columns, found)
    targets = {relation.target for relation in found}
    for a, b, c in itertools.permutations(range(len(columns)), 3):
        for values in (columns[a] + columns[b], columns[a] * columns[b]):
            assert not (values == columns[c]).all() or targets & {a, b, c}
    assert len(targets) == 3


def test_of_a_sum_the_last_column_is_dropped():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 1000, size=(2, 200))
    for columns in itertools.permutations([a, b, a + b]):
        (found,) = find_numbers(*columns)
        assert found.target == 2 and isinstance(found, Arithmetic)
        check(columns, [found])


def test_sums_of_sums_share_no_last_column_in_vain():
    rng = np.random.default_rng(0)
    tax, first, second = rng.integers(0, 10**6, size=(3, 300))
    columns = [tax + first + second, tax, first, second, first + second]
    found = find_numbers(*columns)
    assert len(found) == 2
    check(columns, found)


def test_numbers_behind_codes_take_part():
    rng = np.random.default_rng(0)
    rooms = rng.integers(0, 4, size=500)
    n_rooms, area = np.array([1.0, 2.0, 3.0, 7.0])[rooms], rng.normal(50, 9, size=500)
    columns = [rooms, area, area * n_rooms]
    discrete, numeric = [True, False, False], [n_rooms, None, None]
    (found,) = find_relations(columns, discrete, numeric)
    assert (found.sources, found.operation) == ((0, 1), "*")
    assert not found.reads_codes
    check(columns, [found], numeric)
    assert find_relations(columns, discrete) == []
    numeric[0] = np.where(rooms == 3, np.nan, n_rooms)
    assert find_relations(columns, discrete, numeric) == []


def test_a_few_odd_rows_are_no_evidence():
    rng = np.random.default_rng(0)
    a, flag = rng.normal(size=1000), np.zeros(1000)
    flag[7] = 1.0
    assert find_numbers(a, flag, a + flag) == []
    assert find_numbers(flag, 135.1 * flag) == []
    flag[:20] = rng.normal(size=20)
    assert len(find_numbers(a, flag, a + flag)) == 1
    spoilt = a + rng.normal(size=1000)
    columns = [a, spoilt - a, spoilt.copy()]
    columns[2][500] += 1e-3
    assert find_numbers(*columns) == []


# Chance


def orders(values):
    return set(itertools.permutations(values))


@pytest.mark.parametrize("seed", range(30))
def test_surprise_bounds_the_share_of_orders(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(4, size=8), rng.integers(1, 4, size=8).clip(max=2 + seed % 2)
    every = orders(y.tolist())
    counts = np.unique(y, return_counts=True)[1]
    assert log_orders(counts) == pytest.approx(math.log(len(every)))
    fits = sum(is_function(x, np.array(order)) for order in every)
    sizes = np.unique(x, return_counts=True)[1]
    surprise = _map_surprise(sizes, counts)
    assert math.exp(-surprise) >= fits / len(every) * (1 - 1e-9)


def test_surprise_is_nearly_exact_for_large_classes():
    for rare in (5, 50, 500):
        sizes = np.array([rare, 1000 - rare])
        exact = log_orders(sizes)  # one order fits, two if they are equal
        assert exact - 2 < _map_surprise(sizes, sizes) <= exact


def random_table(seed, most_rows):
    """Ten independent discrete columns as codes, of 30 rows or more."""
    rng = np.random.default_rng(seed)
    n = int(np.exp(rng.uniform(np.log(30), np.log(most_rows))))
    return [skewed(rng, n, rng.integers(2, 21)) for _ in range(10)]


@pytest.mark.parametrize("most_rows", [60, 500])
@pytest.mark.parametrize("as_numbers", [False, True])
def test_random_tables_have_no_relations(as_numbers, most_rows):
    wrong = 0
    for seed in range(200):
        columns = random_table(seed, most_rows)
        numeric = columns if as_numbers else None
        wrong += bool(find_relations(columns, [True] * 10, numeric))
    assert wrong <= 2


def test_brute_force_finds_relations_by_chance():
    by_chance = 0
    for seed in range(200):
        columns = [c for c in random_table(seed, 60) if c.min() < c.max()]
        by_chance += any(is_function(*xy) for xy in itertools.permutations(columns, 2))
    assert by_chance > 10


@pytest.mark.parametrize(("n", "n_found"), [(12, 0), (40, 1)])
def test_a_map_in_few_rows_may_be_chance(n, n_found):
    """Of twelve rows one order in 462 agrees, though all classes are common."""
    x = np.arange(n) % 2
    assert len(find_relations([x, 1 - x], [True] * 2)) == n_found


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_a_handful_of_rows_proves_nothing(n):
    rng = np.random.default_rng(0)
    x, codes = rng.normal(size=n), np.arange(n) % 2
    columns = [x, 2 * x, x + rng.normal(size=n), codes, 1 - codes]
    assert find_relations(columns, [False] * 3 + [True] * 2) == []
    assert find_relations([], []) == []


# All together


@pytest.mark.parametrize("seed", range(10))
def test_mixed_tables(seed):
    rng = np.random.default_rng(seed)
    n = 600
    shop = rng.integers(12, size=n)
    price, tax = rng.integers(100, 9999, size=(2, n))
    rate = rng.choice([0.05, 0.1, 0.2], size=n)
    columns = {
        "shop": (shop, None),
        "town": (rng.permutation(12)[shop] // 3, None),
        "rent": (np.round(rng.normal(size=12), 2)[shop], None),
        "price": (price, None),
        "tax": (tax, None),
        "gross": (price + tax, None),
        "euros": ((price + tax) / 100, None),
        "rate": (np.unique(rate, return_inverse=True)[1], rate),
        "share": (rate * price, None),
        "noise": (rng.normal(size=n), None),
    }
    names = rng.permutation(list(columns)).tolist()
    values, numeric = map(list, zip(*(columns[name] for name in names), strict=True))
    discrete = [name in ("shop", "town", "rate") for name in names]
    found = find_relations(values, discrete, numeric)
    # rate or price cannot be had from share, all else can
    assert len(found) == 5
    check(values, found, numeric)
    again = find_relations(values, discrete, numeric)
    assert list(map(str, again)) == list(map(str, found))


def test_the_global_stream_and_the_columns_are_left_alone():
    columns = [np.arange(50.0), 2 * np.arange(50.0), np.arange(50) % 3]
    for column in columns:
        column.flags.writeable = False
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    find_relations(columns, [False, False, True])
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_relations_are_pickled_without_rows():
    rng = np.random.default_rng(0)
    x, group = rng.normal(size=5000), rng.integers(4, size=5000)
    columns = [x, 3 * x, rng.normal(size=5000), group, (group > 1).astype(int)]
    columns.append(columns[2] * x)
    found = find_relations(columns, [False] * 3 + [True] * 2 + [False])
    assert {type(relation) for relation in found} == {Copy, Map, Arithmetic}
    blob = pickle.dumps(found)
    assert len(blob) < 2000
    check(columns, pickle.loads(blob))


def test_relations_in_words():
    whole, real = np.dtype(np.int64), np.dtype(np.float64)
    names = ["a", "b", "c"]
    assert str(Copy(2, (0,), whole)) == "column 2 is a copy of column 0"
    assert Copy(2, (0,), real, 1.8, 32).describe(names) == "c is 1.8 * a + 32"
    assert Copy(2, (0,), real, 0.01).describe(names) == "c is 0.01 * a"
    assert Arithmetic(0, (2, 1), whole, "-").describe(names) == "a is c - b"
    held = Map(1, (0,), whole, np.array([0]), np.array([3]), 3)
    assert held.describe(names) == "b is a function of a"


def test_adult():
    folders = Path(__file__).resolve().parents
    path = next((f / ADULT for f in folders if (f / ADULT).exists()), None)
    if path is None:
        pytest.skip(f"{ADULT} is in no folder above the tests")
    with gzip.open(path, "rt") as file:
        rows = [line.strip().split(", ") for line in file if line.strip()]
    columns, discrete, numeric = [], [], []
    for text in zip(*rows, strict=True):
        is_number = text[0].isdigit()
        values = np.array(text, dtype=np.int64 if is_number else None)
        levels, codes = np.unique(values, return_inverse=True)
        discrete.append(not is_number or len(levels) <= 20)
        columns.append(codes if discrete[-1] else values)
        numeric.append(values if is_number and discrete[-1] else None)
    (found,) = find_relations(columns, discrete, numeric)
    words = found.describe(ADULT_COLUMNS)
    assert words == "education-num is a function of education"
    np.testing.assert_array_equal(found.restore(columns[3]), columns[4])
    swapped = [columns[j] for j in (4, 3)]
    (found,) = find_codes(*swapped)
    np.testing.assert_array_equal(found.restore(swapped[0]), swapped[1])
