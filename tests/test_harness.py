"""The bench: results survive, failures do not spread, tables are right."""

import inspect
import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch

from skgan import GANGenerator
from skgan.encoding import Encoder

pytestmark = pytest.mark.slow  # of the benchmarks, not of the package

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
SCRIPT = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from harness import Bench

def work(name, seed):
    if name == "broken":
        raise RuntimeError("no luck")
    if name == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "large":
        np.ones(2**26).sum()  # 512 MiB
    return {"score": seed + 0.5, "fit_seconds": 2.0}

if __name__ == "__main__":
    bench = Bench(Path(sys.argv[1]), ["name", "seed"], ["score", "fit_seconds"], 1)
    for name in sys.argv[2:]:
        for seed in (0, 1):
            bench.run(work, name=name, seed=seed)
"""


@pytest.fixture(scope="module")
def summary():
    return imported("summary")


@pytest.fixture(scope="module")
def harness():
    return imported("harness")


def imported(name):
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(BENCHMARKS))


def run(folder, *names):
    (folder / "script.py").write_text(SCRIPT)
    paths = [str(BENCHMARKS), str(BENCHMARKS.parent)]
    return subprocess.run(
        [sys.executable, folder / "script.py", folder / "out" / "a.csv", *names],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.slow
def test_runs_resume_and_failures_do_not_spread(tmp_path, summary):
    first = run(tmp_path, "good", "broken", "killed")
    assert "broken 0 failed" in first.stderr and "no luck" in first.stderr
    assert "killed 1 failed: its process was killed" in first.stderr
    rows = summary.read(tmp_path / "out" / "a.csv")
    assert [(row["name"], row["seed"], row["score"]) for row in rows] == [
        ("good", "0", "0.5"),
        ("good", "1", "1.5"),
    ]
    again = run(tmp_path, "good", "large")
    assert "good" not in again.stdout  # it is there already
    rows = summary.read(tmp_path / "out" / "a.csv")
    assert [row["name"] for row in rows] == ["good", "good", "large", "large"]
    small, large = (float(rows[i]["peak_mib"]) for i in (0, 2))
    assert 450 < large - small < 600
    assert "skgan" in rows[0]["versions"] and "torch" in rows[0]["versions"]
    assert rows[0]["machine"].endswith("cores") and rows[0]["threads"] == "1"


@pytest.mark.slow
def test_other_columns_are_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.csv").write_text("name,score\ngood,1\n")
    with pytest.raises(subprocess.CalledProcessError) as error:
        run(tmp_path, "good")
    assert "must have the columns ['name', 'seed', 'score'" in error.value.stderr
    assert error.value.returncode != -signal.SIGKILL


def test_runs_are_found_by_numbers(tmp_path):
    harness = imported("harness")
    names = ["minutes", "seed", "score", *harness.MACHINE]
    path = tmp_path / "a.csv"
    path.write_text(",".join(names) + "\n5,0,0.5" + "," * len(harness.MACHINE) + "\n")
    bench = harness.Bench(path, ["minutes", "seed"], ["score"], 1)
    assert bench.find(minutes=5.0, seed=0)["score"] == "0.5"
    assert bench.find(minutes=5.5, seed=0) is None


def rows_of(table, method, *scores, figure="two_sample"):
    return [
        {"table": table, "method": method, "seed": str(seed), figure: score}
        for seed, score in enumerate(scores)
    ]


def test_attacks_are_pooled_over_splits(summary):
    """The best by its mean, and a bound whose distances add up as squares."""
    runs = [
        {"table": "a", "method": "smote", "classifier_all_at_1": "2"}
        | {f"closest_{rows}_at_10": value for rows in ("all", "exposed")}
        | {f"closest_{rows}_at_10_low": low for rows in ("all", "exposed")}
        for value, low in (("30", "24"), ("20", "12"))
    ]
    lines = summary.of_privacy(runs)["bench_privacy_a"]
    bound = "25.0, closest (20.0 or more)"  # 25 - sqrt(6^2 + 8^2) / 2
    assert lines[1] == ["SMOTE", "2", bound, "2.0, classifier", bound, "", ""]


@pytest.mark.parametrize(("n_drawn", "n_known"), [(np.inf, np.inf), (100, 400)])
def test_means_trace_members_as_theory_says(summary, n_drawn, n_known):
    """Of 20 draws: means of 30 numbers of 100 members, exact or with others' noise."""
    n, k, rng = 100, 30, np.random.default_rng(0)
    found = []
    for _ in range(20):
        members, others = rng.normal(size=(n, k)), rng.normal(size=(4_000, k))
        noise = rng.normal(size=(2, k)) / np.sqrt([[n_drawn], [n_known]])
        mean = members.mean(axis=0) + noise.sum(axis=0)
        threshold = np.quantile(others @ mean, 0.9)
        found.append(np.mean(members @ mean > threshold))
    right = summary.traced(k, n, n_drawn, n_known)
    assert np.mean(found) == pytest.approx(right, abs=4 * np.std(found) / np.sqrt(20))
    assert right > 0.13  # where chance finds a tenth
    shares = summary.most_shares(right, n, n_drawn, n_known)
    assert shares == pytest.approx(k)


def test_shares_that_trace_members_are_in_a_table(summary):
    names = "table", "n_members", "n_known", "n_shares", "exact", "drawn"
    rows = [
        dict(zip(names, ("adult_2000", "2000", "4000", k, exact, "12"), strict=True))
        for k, exact in (("99", "14"), ("101", "16"))
    ]
    heads, line = summary.of_tracing(rows)["bench_tracing"]
    # 15 +- 12.7 x 1.41 / sqrt(2); known 4,000: of k / n by 1.5, of draws by 2.5
    theory = [summary.traced(100, 2_000, n, 4_000) for n in (1e99, 2_000)]
    theory = [f"{100 * found:.1f}" for found in theory]
    assert line == [
        *("adult", "2", "2,000", "100", "15.0 (2.3 to 27.7)", theory[0]),
        *("12.0 (12.0 to 12.0)", theory[1], "4", "7.9"),
    ]
    # Off by so much they would be as m = n / 7.9^2 rows
    assert summary.traced(100, 2_000, 2_000 / 7.93**2) == pytest.approx(0.105, abs=1e-5)
    assert len(heads) == len(line)
    assert summary.of_tracing([]) == {}


def test_changes_are_compared_on_equal_splits(summary):
    def row(method, seed, found, score):
        own = {"table": "a", "method": method, "seed": seed, "held_out": score}
        return own | {"closest_all_at_10": found, "closest_all_at_10_low": found}

    rows = [
        row("skgan", "0", "20", "0.8"),
        row("skgan", "1", "30", "0.6"),
        row("skgan", "2", "90", "0.1"),  # of a split that the others lack
        row("skgan_tenth", "0", "11", ""),
        row("skgan_coarse", "0", "15", "0.7"),
        row("skgan_coarse", "1", "17", "0.6"),
        row("smote", "0", "60", "0.4"),
    ]
    _, coarse, tenth = summary.of_mends(rows)["bench_mends"]
    found = ["16.0, closest (16.0 or more)", "25.0, closest (25.0 or more)"]
    assert coarse == ["a", summary.MENDS["skgan_coarse"], "2", *found, "0.650", "0.700"]
    assert tenth[2] == "1" and tenth[5:] == ["", "0.800"]
    assert [line[0] for line in summary.of_privacy(rows)["bench_privacy_a"]] == [
        *("method", "GANGenerator", "SMOTE")
    ]
    assert summary.of_mends(rows[:1]) == {}


def test_what_shadows_find_is_in_a_table(summary):
    row = {"method": "bootstrap", "n_rows": "300", "n_targets": "10"}
    row |= {"n_shadows": "32", "auc": "0.774", "largest_auc": "0.81"}
    row |= {"at_10": "58.19", "at_10_low": "50.1", "at_10_high": "68.1"}
    row |= {"at_1": "5", "at_1_low": "0", "at_1_high": "9"}
    heads, line = summary.of_shadow([row])["bench_shadow"]
    assert line == [
        *("*bootstrap*", "300", "10", "32", "0.77", "0.81"),
        *("58.2 (50.1 to 68.1)", "5.0 (0.0 to 9.0)"),
    ]
    assert len(heads) == len(line)


def test_median_and_range(summary):
    rows = rows_of("a", "skgan", "0.9", "0.7", "", "0.8")
    assert summary.median_and_range(rows, "two_sample") == (0.8, 0.7, 0.9)
    assert summary.median_and_range(rows[2:3], "two_sample") is None
    assert summary.entry(rows, "two_sample", 2) == "0.80 (0.70 to 0.90)"
    assert summary.entry(rows[:1], "two_sample", 1) == "0.9"
    assert summary.entry([], "two_sample", 1) == ""


def test_tables_of_all_methods(summary):
    rows = [
        *rows_of("a", "bootstrap", "1"),
        *rows_of("a", "skgan", "0.9", "0.7"),
        *rows_of("b", "skgan", "0.5"),
        *rows_of("b", "tvae", "0.6"),
    ]
    assert summary.of_all_tables(rows, "two_sample", 1) == [
        ["table", "GANGenerator, earlier version", "*bootstrap*", "TVAE, capped"],
        ["a", "0.8 (0.7 to 0.9)", "1.0", ""],
        ["b", "0.5", "", "0.6"],
    ]


def test_where_we_lose_to_methods_and_not_to_rulers(summary):
    rows = [
        *rows_of("a", "bootstrap", "1"),
        *rows_of("a", "skgan", "0.9", "0.7"),
        *rows_of("a", "tvae", "0.2"),
        *rows_of("b", "skgan", "0.5"),
        *rows_of("b", "smote", "0.6"),
    ]
    assert summary.where_we_lose(rows, "two_sample")[1:] == [
        ["b", "0.500", "SMOTE 0.600"]
    ]
    lost = summary.where_we_lose(rows, "two_sample", is_rank_up=False)[1:]
    assert lost == [["a", "0.800", "TVAE, capped 0.200"]]
    assert summary.where_we_lose(rows[:3], "two_sample")[1:] == [["on none", "", ""]]


def test_rows_of_this_version_stand_by_themselves(summary):
    before, now, other = (
        row | {"day": day, "fit_seconds": ""}
        for row, day in zip(
            [*rows_of("a", "skgan", "0.9", "0.5"), *rows_of("a", "smote", "0.6")],
            ["2026-11-21", "2026-11-27", "2026-11-28"],
            strict=True,
        )
    )
    rows = summary.by_version([before, now, other])
    assert [row["method"] for row in rows] == ["skgan", "skgan_now", "smote"]
    assert summary.where_we_lose(rows, "two_sample")[1:] == [
        ["a", "0.500", "SMOTE 0.600"]
    ]
    assert summary.where_we_lose(rows[::2], "two_sample")[1:] == [["on none", "", ""]]


def test_tables_of_images(summary):
    """Runs with settings of their own, or of other times, are no repeats."""
    figures = {name: "" for name, _, _ in summary.IMAGES}
    figures |= {"frechet": "3", "frechet_floor": "2", "coverage_floor": "0.9"}
    run = {"data": "a", "variant": "default", "params": "{}", "minutes": "5"}
    rows = [
        {**run, "threads": "1", **figures},
        {**run, "threads": "1", **figures, "frechet": "5"},
        {
            **run,
            "threads": "1",
            **figures,
            "frechet": "9",
            "params": "{'base_channels': 8}",
        },
        {**run, "threads": "1", **figures, "frechet": "9", "minutes": "1"},
        {**run, "threads": "2", **figures, "minutes": "10"},
    ]
    expected = [
        ["a", "FD (CNN)"],
        ["default", "4.0 (3.0 to 5.0)"],
        ["*training images*", "2.0"],
    ]
    found = summary.of_image_runs(rows)
    assert found["bench_images_variant_a"] == expected
    assert found["bench_images_minutes_a"][1] == ["10", "3.0"]
    assert len(found) == 2


def test_tables_of_features(summary):
    runs = [
        ("a", "pixels", "0", "0.5"),
        ("a", "discriminator", "5", "0.8"),
        ("a", "discriminator", "5", "0.6"),
        ("a", "discriminator", "1", "0.1"),
        ("b", "pixels", "0", "0.4"),
    ]
    names = "data", "method", "minutes", "accuracy"
    rows = [dict(zip(names, run, strict=True)) for run in runs]
    assert summary.of_feature_runs(rows)["bench_features"] == [
        ["features", "a", "b"],
        ["pixels", "0.500", "0.400"],
        ["discriminator, 5 min", "0.700 (0.600 to 0.800)", ""],
        ["discriminator, 1 min", "0.100", ""],
    ]
    assert summary.of_feature_runs([]) == {}


def table(names, *runs):
    return [dict(zip(names.split(), run, strict=True)) for run in runs]


def test_tables_of_parzen_scores(summary):
    rows = table(
        "data method params parzen n_iter cpu_seconds fit_seconds",
        ("mnist", "GANGenerator", "{}", "200", "70", "60", "90"),
        ("mnist", "GANGenerator", "{}", "210", "80", "", "120"),
        ("mnist", "GANGenerator", "{'max_iter': 3}", "1", "3", "6", "9"),
        ("olivetti", "real", "{}", "3970", "0", "1", "1"),
        ("mnist", "real", "{}", "242", "0", "1", "1"),
    )
    found = summary.of_parzen(rows)
    assert found["bench_parzen_mnist"][:5] == [
        ["method", "nats", "iterations", "minutes"],
        ["*training images*", "242", "", ""],
        ["GANGenerator", "205 (200 to 210)", "75 (70 to 80)", "1.5 (1.0 to 2.0)"],
        ["GANGenerator, max_iter=3", "1", "3", "0.1"],
        ["published: adversarial nets", "225", "", ""],
    ]
    assert found["bench_parzen_olivetti"] == [
        ["method", "nats"],
        ["*training images*", "3970"],
    ]
    assert summary.of_parzen([]) == {}


def test_tables_of_modes(summary):
    rows = table(
        "mixture loss params n_modes good reverse_kl refined_n_modes refined_good "
        "refined_reverse_kl accepted",
        ("grid", "hinge", "{}", "25", "0.9", "0.01", "25", "0.97", "0.02", "0.8"),
        ("grid", "hinge", "{}", "23", "0.8", "0.01", "25", "0.97", "0.02", "0.8"),
        ("grid", "hinge", "{'a': 1}", "1", "0.1", "9", "1", "0.1", "9", "0.1"),
    )
    found = summary.of_modes(rows)
    assert list(found) == ["bench_modes_grid"]
    assert found["bench_modes_grid"][1] == [
        *("hinge", "24 (23 to 25)", "0.850 (0.800 to 0.900)", "0.010"),
        *("25", "0.970", "0.020", "0.80"),
    ]


def test_tables_of_augmentation(summary):
    rows = table(
        "data classifier sampler average_precision balanced_accuracy test_share",
        ("a", "forest", "none", "0.5 0.6 0.7", "0.5 0.6 0.7", "1"),
        ("a", "forest", "gan", "0.6 0.71 0.81", "0.4 0.49 0.59", "0"),
        ("a", "forest", "smote", "0.6 0.7 0.6", "0.6 0.7 0.6", "1"),
        ("b", "forest", "gan", "0.1 0.2 0.3", "0.1 0.2 0.3", "1"),
    )
    # differences .1, .1, -.1 and .1, .11, .11; t of two degrees of freedom is 4.3027
    reach = 4.3027 * (0.01**2 * 2 / 9 * 3 / 2 / 3) ** 0.5
    mean = 0.32 / 3
    text = f"+{mean:.3f} (+{mean - reach:.3f} to +{mean + reach:.3f})"
    found = summary.of_augmentation(rows)
    assert found["bench_augmentation_average_precision"] == [
        ["table", "classifier", "without", *summary.SAMPLER_NAMES.values()],
        ["a", "forest", "0.600", "", "+0.033 (-0.540 to +0.607)", f"**{text}**"],
    ]
    line = found["bench_augmentation_balanced_accuracy"][1]
    assert line[-1].startswith("**-0.107 (-")
    assert summary.of_augmentation([]) == {}


def test_tables_of_few_images(summary):
    names = [
        f"{a}_{b}_{c}"
        for a in summary.SPACES
        for b in summary.CLASSIFIERS
        for c in ("none", "smote")
    ]
    scores = {name: ["0.5", "0.7"] for name in names}
    scores |= {
        "features_svm_none": ["0.9", "0.95"],
        "features_svm_smote": ["0.8", "0.9"],
    }
    rows = [
        {"data": "mnist"} | {name: own[k] for name, own in scores.items()}
        for k in (0, 1)
    ]
    lines = summary.of_few_images(rows)["bench_few_images_mnist"]
    # differences .4 and .25; t of one degree of freedom is 12.706
    reach = 12.706 * 0.075
    text = f"+0.325 ({0.325 - reach:+.3f} to {0.325 + reach:+.3f})"
    assert lines[0] == ["learns from", "classifier", "without", "SMOTE", "gain"]
    assert lines[8] == ["features", "svm", "0.925", "0.850", text]
    assert lines[1] == [
        "pixels",
        "logistic",
        "0.600",
        "0.600",
        "+0.000 (+0.000 to +0.000)",
    ]
    assert len(lines) == 10 and summary.of_few_images([]) == {}


@pytest.fixture
def few_images(summary):
    """Two draws: what classifiers are worth without added images, and with SMOTE."""
    scores = ("0", "0.5", "0.75", "0.5"), ("1", "0.75", "0.75", "0.95")
    scores = *scores, ("2", "0", "1", "1")  # in which no images were added
    return [
        {"data": "mnist", "draw": k}
        | {
            f"{space}_{name}_{sampler}": score if sampler == "none" else more
            for space, score in (("pixels", pixels), ("features", features))
            for name in summary.CLASSIFIERS
            for sampler in ("none", "smote")
        }
        for k, pixels, features, more in scores
    ]


@pytest.fixture
def rare_images():
    names = "data sampler draw classifier average_precision share variety"
    return table(
        f"{names} to_training training_seconds sampling_seconds",
        ("mnist", "alone", "0", "logistic", 0.7, 0.96, 0.5, 0.8, 50, 30),
        ("mnist", "alone", "1", "logistic", 0.95, 0.98, 0.7, 0.9, 60, 20),
        ("mnist", "alone", "0", "svm", 0.6, 0.96, 0.5, 0.8, 50, 30),
        ("mnist", "alone", "1", "svm", 0.86, 0.98, 0.7, 0.9, 60, 20),
        ("mnist", "alone", "0", "forest", 0.6, 0.96, 0.5, 0.8, 50, 30),
        ("mnist", "alone", "1", "forest", 0.8, 0.98, 0.7, 0.9, 60, 20),
        ("mnist", "short", "1", "forest", 0.5, 0.5, 1.0, 1.0, 1, 2),
        ("mnist", "short", "7", "forest", 0.5, 0.5, 1.0, 1.0, 1, 2),
    )


def test_tables_of_rare_images(summary, few_images, rare_images):
    found = summary.of_rare_images(rare_images, few_images)
    # differences .1 and .05; t of one degree of freedom is 12.706
    forest = "+0.075 (-0.243 to +0.393)"
    smote = "+0.100 (-1.171 to +1.371)"
    features = "+0.125 (-1.463 to +1.713)"
    same = "**+0.200 (+0.200 to +0.200)**"
    alone = "+0.105 (+0.041 to +0.169)"  # sure by itself, and not among all: no bold
    heads = "twenty eights", "average precision"
    over = {  # differences .2 and 0, .1 and -.15
        "logistic": "+0.100 (-1.171 to +1.371)",
        "svm": "+0.005 (-1.202 to +1.212)",
        "forest": "-0.025 (-1.613 to +1.563)",
    }
    assert found["bench_rare_gains"] == [
        ["rows", "score", "what is done", "logistic", "svm", "forest"],
        [*heads, "the images", "0.625", "0.625", "0.625"],
        [*heads, "SMOTE", smote, smote, smote],
        [*heads, "GANOverSampler", same, alone, forest],
        [*heads, "features", features, features, features],
        [*heads, "features, SMOTE", smote, smote, smote],
        [
            *heads,
            "GANOverSampler, over SMOTE",
            over["logistic"],
            over["svm"],
            over["forest"],
        ],
    ]
    assert found["bench_rare_shares"][1:] == [
        [
            *("twenty eights", "GANOverSampler", "2", "97 (96 to 98)"),
            *("0.60", "0.85", "55", "25"),
        ],
        [
            *("twenty eights", "per_class=False, 500 iterations"),
            *("1", "50 (50 to 50)", "1.00", "1.00", "1", "2"),
        ],
    ]
    assert summary.of_rare_images([], few_images) == {}


def test_one_table_says_for_whom(summary, few_images, rare_images):
    """Columns are classifiers of tables and of images, most of which know one kind."""
    lines = summary.for_whom([], rare_images, few_images)
    assert lines[0][3:] == ["logistic", "svm", "neighbors", "forest", "boosted", "mlp"]
    same = "**+0.200 (+0.200 to +0.200)**"
    svm = "+0.105 (+0.041 to +0.169)"
    entries = [same, svm, "", "+0.075 (-0.243 to +0.393)", "", ""]
    assert lines[2] == [
        "twenty eights",
        "average precision",
        "GANOverSampler",
        *entries,
    ]
    assert summary.for_whom([], [], []) == lines[:1]
    scores = {
        f"{name}_{score}": " ".join([f"0.{3 + k}"] * 5)
        for k, (name, score) in enumerate(
            (name, score)
            for score, names in summary.SMALL_GUIDE.items()
            for own in ["none", *names]
            for name in ([own] if isinstance(own, str) else own)
        )
    }
    small = [scores | {"table": name, "n": "100", "draw": "0"} for name in ("a", "b")]
    line = summary.for_whom(small, [], [])[1]
    assert line == ["small tables", "log loss", "the real rows", *line[3:]]
    assert line[3] == line[5] == line[8] != "" == line[4]


def test_table_of_conditions(summary):
    names = "case method seed share n_test score training independent sample_seconds"
    rows = table(
        names,
        ("old", "skgan", 0, 0.0812, 1_411, 0.8, 0.9, 0.04, 0.5),
        ("old", "skgan", 1, 0.0812, 1_411, 0.9, 1.0, 0.05, 0.7),
        ("old", "skgan", 2, 0.0812, 1_411, 0.7, 0.95, 0.06, 0.6),
        ("old", "tabularargn", 0, 0.0812, 1_411, 0.1, 0.1, 0.1, ""),
        ("margins", "skgan", 0, "", "", "", "", "", 9),
    )
    lines = summary.of_control(rows)["bench_control"]
    assert lines[1:] == [["old", "8.12", "1,411", "0.80", "0.95", "0.05", "0.6"]]
    assert summary.of_control([]) == {}


def test_table_of_early_stopping(summary):
    names = "law n n_val decay seed best kept last kept_100"
    rows = table(
        names,
        ("grid", 2_000, 1_000, "linear", 0, 0.7, 0.7, 0.7, 0.6),
        ("grid", 500, 0, "linear", 0, 0.7, 0.69, 0.6, ""),  # near, better
        ("grid", 500, 0, "linear", 1, 0.7, 0.6, 0.69, ""),  # last is near, kept worse
        ("mixed", 500, 0, "linear", 0, 0.7, 0.65, 0.65, ""),
        ("grid", 500, 0, "none", 0, 0.9, 0.1, 0.1, ""),
        ("adult", 5_000, 0, "linear", 0, 0.9, 0.1, 0.1, ""),
    )
    few, fewer, many = summary.of_early_stopping(rows)["bench_early_stopping"][1:]
    assert few == ["500", "25", "3", "1", "1", "1", "1", "0.050 (0.100)"]
    assert fewer == ["2,000", "100", "1", "0", "1", "0", "1", "0.100 (0.100)"]
    assert many == ["2,000", "500", "1", "1", "1", "0", "0", "0.000 (0.000)"]
    assert summary.of_early_stopping([]) == {}


def test_tables_of_searches(summary):
    orders = ["123", "132", "213", "231", "312", "321"]  # of the scorers
    wanted = ["123", "321", "132"]
    names = "table " + " ".join([*summary.SCORERS, *summary.WANTED])
    rows = table(names, *(("a", *run) for run in zip(*orders, *wanted, strict=True)))
    found = summary.of_searches(rows)
    assert found["bench_searches"] == [
        ["scorer", "a: two-sample", "a: utility", "a: trend"],
        ["score", "1.00", "-1.00", "0.50"],
        ["ParzenScorer", "0.50", "-0.50", "1.00"],
        ["TwoSampleScorer", "0.50", "-0.50", "-0.50"],
        ["CoverageScorer", "-0.50", "0.50", "0.50"],
        ["ShapeScorer", "-0.50", "0.50", "-1.00"],
        ["TrendScorer", "-1.00", "1.00", "-0.50"],
    ]
    worse = table(names, *(("a", *["0"] * 9) for _ in rows))
    found_more = summary.of_searches([*worse, *rows])
    assert found_more["bench_searches_better"] == found["bench_searches"]
    assert summary.of_searches([]) == {}


def test_tables_beside_published_figures(summary):
    rows = rows_of("adult", "skgan", "0.9", "0.8", "0.7", figure="xgboost")
    lines = summary.beside_published(rows)
    assert lines[:2] == [
        ["method", "adult", "shoppers", "beijing"],
        ["GANGenerator, earlier version", "0.80 (0.70 to 0.90)", "", ""],
    ]
    assert ["published: TabPC", "0.86", "0.89", "0.57"] in lines


@pytest.mark.parametrize(("each", "n_fits"), [(0.01, 1 + 2 * 3), (1.0, 1 + 2)])
def test_fits_are_timed_three_times_or_once_if_long(harness, monkeypatch, each, n_fits):
    now, fits = [0.0], []

    def fit(n_iter):
        fits.append(n_iter)
        slow = 5 if len(fits) in (1, 3) else 0  # disturbed, the warm-up too
        now[0] += 2 + each * n_iter + slow * (each < 1)

    monkeypatch.setattr(harness, "clock", lambda: now[0])
    assert harness.seconds_of_fits(fit) == pytest.approx((2, each))
    assert len(fits) == n_fits


def test_settings_make_optimizers_of_their_numbers():
    settings = imported("common").settings
    assert settings("{'max_iter': 3, 'learning_rate': (1e-3, 1e-4)}") == {
        "max_iter": 3,
        "learning_rate": (1e-3, 1e-4),
    }
    weights = [torch.zeros(1, requires_grad=True)]
    adam = settings("{'betas': (0.5, 0.9)}").pop("optimizer")(weights, lr=0.1)
    assert isinstance(adam, torch.optim.Adam)
    assert (adam.defaults["betas"], adam.defaults["lr"]) == ((0.5, 0.9), 0.1)
    sgd = settings("{'momentum': 0.5}").pop("optimizer")(weights, lr=0.1)
    assert isinstance(sgd, torch.optim.SGD) and sgd.defaults["momentum"] == 0.5


def test_medians_are_printed(harness, capsys):
    bench = harness.Bench(None, ["data", "seed"], ["fd", "missing"], 1)
    bench.rows = [
        {"data": "a", "seed": "0", "fd": "1", "missing": ""},
        {"data": "a", "seed": "1", "fd": "4", "missing": ""},
        {"data": "a", "seed": "2", "fd": "2", "missing": ""},
    ]
    bench.print_medians("data")
    assert capsys.readouterr().out.split() == (
        "a 3 seeds: fd 2.0000 (1.0000 to 4.0000)".split()
    )


def test_ranges_of_parameters_are_in_words(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS.parent / "docs"))
    import parameters

    lines = parameters.table(GANGenerator)
    names = [line[0].strip("`") for line in lines[1:] if not line[0].startswith("*")]
    assert sorted(names) == sorted(inspect.signature(GANGenerator).parameters)
    assert lines[1] == ["*Start with these*", "", ""]
    assert ["``batch_size``", "``256``", "an int in the range [2, inf)"] in lines
    assert ["``noise``", "``'normal'``", '``"normal"``, ``"uniform"``'] in lines
    assert parameters.in_words(Encoder) == "an Encoder"
    assert parameters.in_words(tuple) == "a tuple"


def test_lengths_of_training_are_compared_on_the_same_tables_and_seeds(summary):
    def row(table, n_iter, seed, held_out, copied, times="auto"):
        own = {"table": table, "n_iter": n_iter, "times": times, "seed": seed}
        return own | {"held_out": held_out, "copied_percent": copied, "found": ""}

    rows = [
        row("iris", "500", "0", "0.8", "30"),
        row("iris", "1000", "0", "0.7", "50"),
        row("wine", "500", "0", "0.6", "10"),
        row("wine", "1000", "0", "0.7", "40"),
        row("wine", "500", "1", "0.1", "99"),  # not trained for longer
    ]
    swept = [
        row("iris", str(n), "0", "0.5", "20", times)
        for n in (375, 750, 1500, 3000)
        for times in ("1", "5", "20")
    ]
    swept += [own | {"table": "adult", "found": "15"} for own in swept]
    tables = summary.of_budgets(rows + swept)
    assert tables["bench_shorter"][1:] == [
        ["500", "0.70", "20"],
        ["1000", "0.70", "45"],
    ]
    assert {line[2] for line in tables["bench_budgets"][1:]} == {"0.50"}
