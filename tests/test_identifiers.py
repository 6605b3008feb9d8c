import pickle
import re
import uuid
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from skgan.encoding import TableEncoder, is_identifier
from skgan.encoding.columns import PatternSampler

FIRST = "Anna Jörg Lena Max Özlem Paul Ruth Tom Ute Wolf Änne Ivo Karl Mia Nora".split()
LAST = "Schmidt Müller Weber Vogel Huber Adler Busch Conrad Dietz Ebert Fuchs".split()
DOMAINS = ["example.com", "web.de", "mail.example.org"]
WORDS = "the patient reported pain fever and no cough after long travel to some".split()
RNG = np.random.default_rng(0)


def digits(n):
    return "".join(RNG.choice(list("0123456789"), n))


def letters(n, alphabet="abcdefghijklmnopqrstuvwxyz"):
    return "".join(RNG.choice(list(alphabet), n))


def sentence():
    words = [*RNG.choice(WORDS, RNG.integers(4, 14)), letters(RNG.integers(4, 9))]
    return " ".join(RNG.permutation(words)).capitalize() + RNG.choice([".", "!", ""])


def hexadecimal(n):
    return letters(n, "0123456789abcdef")


UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAKERS = {
    "uuid": lambda: str(uuid.UUID(int=int(hexadecimal(32), 16), version=4)),
    "short hex": lambda: hexadecimal(8),
    "e-mail": lambda: (
        f"{letters(RNG.integers(3, 9))}.{letters(6)}@{RNG.choice(DOMAINS)}"
    ),
    "order": lambda: f"ORD-{digits(8)}",
    "two orders": lambda: f"DE{digits(9)}" if RNG.random() < 0.7 else digits(7) + "X",
    "name": lambda: f"{RNG.choice(FIRST)} {letters(1, UPPER)}{letters(6)}",
    "plate": lambda: (
        f"{RNG.choice(['B', 'HH', 'M'])}-{letters(2, UPPER)} "
        f"{RNG.integers(1, 10)}{digits(3)}"
    ),
    "phone": lambda: f"+49 (0) 1{digits(2)}/{digits(4)}-{digits(4)}",
    "number": lambda: str(RNG.integers(10**8, 10**9)),
    "padded number": lambda: "0" + digits(8),
    "sentence": sentence,
    "url": lambda: "https://" + "/".join(letters(4) for _ in range(RNG.integers(2, 9))),
    "base64": lambda: letters(40, UPPER + "abcdefghijklmnopqrstuvwxyz0123456789+/"),
    "greek": lambda: f"{letters(1, 'ΑΒΓΔΕ')}{letters(7, 'αβγδεζηθικλμν')}",
    "cjk": lambda: letters(3, [chr(c) for c in range(0x5000, 0x5800)]),
    "hindi": lambda: letters(8, "कखगघचछजझञिीु"),
    "emoji": lambda: f"🙂{letters(8)}🙂",
}
PATTERNS = {
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "short hex": r"[0-9a-f]{8}",
    "e-mail": r"[a-z]{3,8}\.[a-z]{6}@(example\.com|web\.de|mail\.example\.org)",
    "order": r"ORD-\d{8}",
    "two orders": r"DE\d{9}|\d{7}X",
    "name": r"[A-ZÄÖ][a-zäöüß]{1,4} [A-Z][a-z]{6}",
    "plate": r"(B|HH|M)-[A-Z]{2} [1-9]\d{3}",
    "phone": r"\+49 \(0\) 1\d{2}/\d{4}-\d{4}",
    "number": r"[1-9]\d{8}",
    "padded number": r"0\d{8}",
    "sentence": r"[A-Z0-9][a-z]+[.!]?( [a-z]+[.!]?)+",
    "url": r"https://[a-z]{4}(/[a-z]{4})*",
    "base64": r"[A-Za-z0-9+/]+",
    "greek": r"[Α-Ω][α-ω]{7}",
    "cjk": r"[\u4e00-\u9fff]{3}",
    "hindi": r"[\u0900-\u097f]+",
    "emoji": r"🙂[a-z]{8}🙂",
}


def unique(maker, n):
    values = {}
    while len(values) < n:
        values[MAKERS[maker]()] = None
    return list(values)


def sample(values, n, seed=0):
    return PatternSampler(values).sample(n, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("counts", "answer"),
    [
        (np.ones(12), True),
        (np.r_[np.ones(139), 11], True),
        (np.r_[np.ones(130), np.full(10, 2)], True),
        (np.full(5000, 4), True),  # no value may be stored
        (np.array([3]), True),
        (np.r_[np.ones(750), 250], True),  # a quarter says "unknown"
        (np.array([5, 5]), False),
        (np.array([95, 1]), False),
        (np.full(50, 6), False),
        (np.array([6, 1, 1, 1, 1]), False),
        (np.array([]), False),
    ],
)
def test_which_columns_are_identifiers(counts, answer):
    counts = counts.astype(int)
    assert is_identifier(counts, counts.sum()) is answer


@pytest.mark.parametrize("n_rows", [2000, 32_561])
def test_ten_thousand_categories_are_no_identifier(n_rows):
    shares = 1 / np.arange(1, 10_001)
    counts = RNG.multinomial(n_rows, shares / shares.sum())
    assert not is_identifier(counts[counts > 0], n_rows)


def test_mostly_missing_text_is_no_identifier():
    """Rows without a value are no sign of one."""
    words = pd.DataFrame({"w": ["yes"] * 20 + ["no"] * 10 + [None] * 970})
    assert not TableEncoder().fit(words).identifier_names_


def test_states_in_a_small_table_are_no_identifier():
    counts = RNG.multinomial(150, np.full(50, 0.02))
    assert not is_identifier(counts[counts > 0], 150)


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("n_rows", [12, 3000])
def test_samples_are_fresh_and_distinct(maker, n_rows):
    values = unique(maker, n_rows)
    sampled = sample(values, 4000)
    assert sampled.dtype == object and sampled.shape == (4000,)
    assert all(type(value) is str and value for value in sampled)
    assert len(set(sampled)) == 4000
    assert len(set(sampled) & set(values)) <= 5


@pytest.mark.parametrize("maker", PATTERNS)
def test_samples_have_the_pattern(maker):
    sampled = sample(unique(maker, 3000), 2000)
    wrong = [value for value in sampled if not re.fullmatch(PATTERNS[maker], value)]
    assert len(wrong) <= 0.005 * len(sampled), wrong[:5]


@pytest.mark.parametrize("maker", ["uuid", "order", "phone", "number"])
def test_a_dozen_rows_are_enough_for_a_plain_pattern(maker):
    sampled = sample(unique(maker, 12), 200)
    pattern = PATTERNS[maker].replace("[89ab]", "[0-9a-f]")
    assert all(re.fullmatch(pattern, value) for value in sampled)


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("n_rows", [1, 2, 4, 5, 12, 200])
def test_nothing_few_values_share_is_stored(maker, n_rows):
    values = unique(maker, n_rows)
    stored = pickle.dumps(PatternSampler(values))
    # Names of classes and modules are in every pickle
    names = pickle.dumps(PatternSampler(["#"]))
    parts = Counter()
    for value in values:
        parts.update({value[i : i + 5] for i in range(len(value) - 4)} | {value})
    for part, holders in parts.items():
        for encoding in ["utf-8", "utf-16-le", "utf-32-le"]:
            written = part.encode(encoding)
            if holders < 5 and len(written) > 2 and written not in names:
                assert written not in stored


def test_what_four_values_share_is_lost_and_what_five_share_stays():
    values = [f"ORD-{digits(6)}" for _ in range(100)]
    four, five = (
        values + [f"{digits(6)}@secret.com" for _ in range(n)] for n in (4, 5)
    )
    assert b"secret" not in pickle.dumps(PatternSampler(four))
    assert b"secret" in pickle.dumps(PatternSampler(five))
    assert all(value.startswith("ORD-") for value in sample(four, 500))


def test_an_ending_of_four_values_is_lost():
    values = [f"{letters(9)}@web.de" for _ in range(300)]
    values += [f"{letters(9)}@secret.org" for _ in range(4)]
    assert b"secret" not in pickle.dumps(PatternSampler(values))


def test_a_character_of_four_values_is_lost():
    values = [letters(8) for _ in range(100)]
    for i in range(4):
        values[i] = values[i][:3] + "ßßßßß" + values[i][:3]
    assert "ß" not in "".join(sample(values, 5000))
    values[4] = values[4][:3] + "ß" + values[4][:3]
    assert "ß" in "".join(sample(values, 5000))


def test_one_long_value_moves_no_length():
    values = [" ".join(letters(5) for _ in range(n % 17 + 3)) for n in range(60)]
    far = [*values[:-1], "x " * 3000]
    few = [" ".join("ab" for _ in range(n)) for n in [*range(1, 10), 3000]]
    for column in (far, [value.replace(" ", "") for value in far], few):
        assert max(map(len, sample(column, 500))) < 300


def test_shapes_keep_their_shares():
    sampled = sample(unique("two orders", 5000), 10_000)
    share = np.mean([value.startswith("DE") for value in sampled])
    assert share == pytest.approx(0.7, abs=0.03)


def test_lengths_keep_their_shares():
    values = [digits(n) for n in RNG.choice([6, 7, 9], 5000, p=[0.2, 0.5, 0.3])]
    shares = np.bincount([len(value) for value in sample(values, 10_000)]) / 10_000
    np.testing.assert_allclose(shares[[6, 7, 9]], [0.2, 0.5, 0.3], atol=0.03)
    assert shares.sum() == pytest.approx(shares[[6, 7, 9]].sum())


def test_characters_keep_their_shares():
    values = [letters(20, "aaabc") for _ in range(1000)]
    counts = Counter("".join(sample(values, 2000)))
    assert set(counts) == set("abc")
    assert counts["a"] / counts.total() == pytest.approx(0.6, abs=0.03)


def test_domains_keep_their_endings_and_shares():
    shares = {"gmail.com": 0.5, "web.de": 0.3, "uni.edu": 0.2}
    picks = RNG.choice(list(shares), 2000, p=list(shares.values()))
    sampled = sample([f"{letters(9)}@{domain}" for domain in picks], 5000)
    counts = Counter(value.split("@")[1] for value in sampled)
    assert set(counts) == set(shares)
    for domain, share in shares.items():
        assert counts[domain] / 5000 == pytest.approx(share, abs=0.04)


def test_combinations_of_common_words_are_not_put_together_again():
    names = [f"{a} {b}" for a in FIRST for b in LAST]
    values = list(RNG.choice(names, 4000))  # most are held by more than 5 rows
    sampled = sample(values, 3000)
    assert len(set(sampled)) == 3000
    assert len(set(sampled) & set(values)) <= 15


def test_placeholders_keep_their_share():
    values = unique("uuid", 800) + [""] * 150 + ["unknown"] * 50
    sampled = sample(values, 4000)
    counts = Counter(sampled)
    assert counts[""] / 4000 == pytest.approx(0.15, abs=0.03)
    assert counts["unknown"] / 4000 == pytest.approx(0.05, abs=0.02)
    assert len(counts) == 4000 - counts[""] - counts["unknown"] + 2


def test_a_few_empty_strings_are_not_repeated():
    assert "" not in sample([*unique("order", 500), "", ""], 1000)


def test_values_around_placeholders_need_five_rows():
    assert set(sample(["none"] * 96 + ["a1", "b2", "c3", "d4"], 200)) == {"none"}


@pytest.mark.parametrize(
    "values", [["x"], [""], ["Anna Schmidt"], ["a", "b"], ["", "7", "  "]]
)
def test_fewer_than_five_values_give_a_pattern_of_no_value(values):
    sampled = sample(values, 1000)
    assert len(set(sampled)) == 1000
    assert all(re.fullmatch("[a-z]{8}", value) for value in sampled)


@pytest.mark.parametrize(
    "values",
    [
        ["--"] * 6 + ["a-b"] * 994,
        [""] * 5 + ["x"] * 995,
        ["..", ".", "...", "....", "....."] * 3,
        ["a", "b", "c", "d", "e"],
        ["\ud800" + str(i) for i in range(9)],
        ["\0", "a\0", "b\0", "\0\0", "c\0"],
        ["\U000f0000" * 3 + str(i) for i in range(9)],
        ["1 a", "b.c d e", "?", "f-g_h i/j k", "", "!l m", "nopq" * 9],
    ],
)
def test_odd_columns_give_strings(values):
    sampled = sample(values, 300)
    assert len(sampled) == 300 and all(type(value) is str for value in sampled)


def test_an_exhausted_space_grows():
    values = [f"A{i}" for i in range(1, 10)]
    assert set(sample(values, 9)) == set(values)
    sampled = sample(values, 1000)
    assert len(set(sampled)) == 1000
    assert all(re.fullmatch(r"A[1-9]\d{0,4}", value) for value in sampled)
    assert set(values) <= set(sampled)


def test_digits_grow_rather_than_letters():
    sampled = sample([f"{i}-{a}" for i in range(1, 10) for a in "xyz"], 1000)
    assert all(re.fullmatch(r"[1-9]\d*-[a-z]", value) for value in sampled)


def test_constant_tails_grow_too():
    sampled = sample([f"{i % 9 + 1}000" for i in range(30)], 1000)
    assert len(set(sampled)) == 1000
    assert max(map(len, sampled)) <= 9


@pytest.mark.parametrize("character", [".", "x", "7", "字"])
def test_one_character_is_not_all_that_grows(character):
    # Otherwise the longest text would have as many characters as there are texts
    sampled = sample([character * n for n in range(1, 10)], 20_000)
    assert len(set(sampled)) == 20_000
    assert max(map(len, sampled)) < 30


def test_letters_grow_where_there_is_no_digit():
    sampled = sample([f"{a}-X" for a in "abcdefgh"], 1000)
    assert len(set(sampled)) == 1000
    assert all(re.fullmatch("[a-z]+-X", value) for value in sampled)


def test_a_dense_series_is_rarely_hit():
    values = [f"ORD-{i:06}" for i in range(5000)]
    sampled = sample(values, 5000)
    assert len(set(values) & set(sampled)) < 60  # 25 by chance
    assert all(re.fullmatch(r"ORD-\d{6}", value) for value in sampled)


def test_the_generator_decides():
    sampler = PatternSampler(unique("sentence", 200))
    first, again, other = (
        sampler.sample(50, np.random.default_rng(seed)).tolist() for seed in (1, 1, 2)
    )
    copy = pickle.loads(pickle.dumps(sampler))
    assert first == again == copy.sample(50, np.random.default_rng(1)).tolist()
    assert not set(first) & set(other)


def test_containers_do_not_matter():
    values = unique("plate", 50)
    expected = sample(values, 20).tolist()
    for container in (np.array(values), np.array(values, dtype=object), tuple(values)):
        assert sample(container, 20).tolist() == expected


def test_no_rows_asked():
    assert sample(unique("order", 20), 0).shape == (0,)
