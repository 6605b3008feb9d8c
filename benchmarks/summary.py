"""Tables of the documentation, made from the CSV files of results.

``python benchmarks/summary.py`` prints them; the documentation's build writes them as
CSV files of its own.
"""

import ast
import csv
import statistics
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from scipy.stats import norm, spearmanr, t

from skgan.metrics.attacks import BLACK_BOX
from skgan.metrics.figures import share_of
from skgan.metrics.white_box import WHITE_BOX
from skgan.model_selection.augmentation_gain import N_REPEATS, N_SPLITS
from skgan.model_selection.gains import Gain, mean_interval

RESULTS = Path(__file__).parent / "results"
# Our own rows from this day on are of this version, and stand by themselves
FIRST_DAY = "2026-11-27"
NOW = "_now"  # at the end of the names of their methods
NAMES = {
    "skgan_now": "GANGenerator, this version",
    "skgan_unrefined_now": "the same, unrefined",
    "skgan": "GANGenerator, earlier version",
    "skgan_unrefined": "the same, unrefined",
    "held_out": "*held-out rows*",
    "bootstrap": "*bootstrap*",
    "independent": "*independent columns*",
    "smote": "SMOTE",
    "gaussian_copula": "Gaussian copula",
    "gaussian_mixture": "GaussianMixture",
    "kernel_density": "KernelDensity",
    "pca_gaussian": "PCA, Gaussian",
    "rbm": "BernoulliRBM",
    "k_means": "k-means centers",
    "ctgan": "CTGAN, capped",
    "ctgan_300": "CTGAN, 300 epochs",
    "tvae": "TVAE, capped",
    "tabular_argn": "TabularARGN",
}
# Figure, heading, decimals
FIGURES = [
    ("two_sample", "two-sample", 2),
    ("held_out", "against held-out", 2),
    ("xgboost", "XGBoost", 2),
    ("logistic", "logistic", 2),
    ("shape", "shape error %", 2),
    ("trend", "trend error %", 2),
    ("utility", "utility", 3),
    ("coverage", "coverage", 2),
    ("beta_recall", "beta recall", 2),
    ("copies", "copy share %", 0),
    ("duplicates", "equal rows %", 1),
    ("fit_seconds", "fit, s", 0),
    ("peak_mib", "peak MiB", 0),
]
PRIVACY_NAMES = {
    "skgan": "GANGenerator",
    "skgan_unrefined": "the same, unrefined",
    "skgan_earlier": "GANGenerator, earlier version",
    "skgan_unrefined_earlier": "the same, unrefined",
    "skgan_long_earlier": "trained ten times as long, earlier version",
    "fresh": "*fresh rows*",
    "members": "*the members*",
    "bootstrap_5": "*bootstrap, five times as many*",
    "skgan_eighth": "trained for an eighth as long",
    "skgan_half": "trained half as long",
    "skgan_half_plain": "half as long, no clusters",
    "skgan_long": "trained ten times as long",
    "tabular_argn": "TabularARGN",
}
# Changes that might give away less
MENDS = {
    "skgan_coarse": "nothing is kept that fewer than 25 rows share",
    "skgan_unraked": "no raking",
    "skgan_unrefined": "no refinement",
    "skgan_tenth": "a tenth as many rows are drawn",
}
ALARMS, LIMIT = 0.1, 0.105  # false alarms of tracing, and the most that may be found
# Of the variants of refinement
REFINEMENT = [
    ("two_sample", "two-sample", 2),
    ("held_out", "against held-out", 2),
    ("xgboost", "XGBoost", 2),
    ("shape", "shape error %", 2),
    ("trend", "trend error %", 2),
    ("utility", "utility", 3),
    ("copies", "copy share %", 1),
    ("acceptance_rate", "accepted", 2),
    ("refine_seconds", "seconds", 0),
]
# Of the variants of a GAN of images
IMAGES = [
    ("frechet", "FD (CNN)", 1),
    ("precision", "precision", 2),
    ("recall", "recall", 2),
    ("density", "density", 2),
    ("coverage", "coverage", 3),
    ("parzen", "Parzen", 0),
    ("copies", "copy share %", 1),
    ("n_iter", "iterations", 0),
]
FLOORS = {"frechet": "frechet_floor", "coverage": "coverage_floor"}
PARZEN_NAMES = {
    "real": "*training images*",
    "k_means": "*k-means centers*",
    "goodfellow": "the GAN of 2014, rerun",
    "mlp": "GANGenerator, larger networks",
    "GANGenerator": "GANGenerator",
    "DCGANGenerator": "DCGANGenerator",
    "rbm": "BernoulliRBM",
    "gaussian_mixture": "GaussianMixture",
    "pca_gaussian": "PCA, Gaussian",
}
PARZEN = [("parzen", "nats", 0), ("n_iter", "iterations", 0), ("minutes", "minutes", 1)]
# Goodfellow et al. 2014, Table 1: of MNIST, in nats
PUBLISHED = {
    "published: adversarial nets": "225",
    "published: deep GSN": "214",
    "published: DBN": "138",
    "published: stacked CAE": "121",
}
# Two-sample scores by XGBoost on one-hot columns, against training rows: means of five
# trainings in the rerun of all methods by the authors of TabPC (arXiv 2603.23016, 2026)
PUBLISHED_XGBOOST = {
    "TabPC": {"adult": "0.86", "shoppers": "0.89", "beijing": "0.57"},
    "TabDiff": {"adult": "0.84", "shoppers": "0.74", "beijing": "0.77"},
    "TabSyn": {"adult": "0.79", "shoppers": "0.66", "beijing": "0.53"},
    "STaSy": {"adult": "0.34", "shoppers": "0.23", "beijing": "0.37"},
    "CTGAN": {"adult": "0.00", "shoppers": "0.00", "beijing": "0.00"},
    "TVAE": {"adult": "0.00", "shoppers": "0.00", "beijing": "0.00"},
}
# The strict protocol, by the authors of tabular-dependency-gap (2026): means of five
# draws; what is lost by dependence is twice their ``dep_c2st``
PUBLISHED_STRICT = {
    "adult": {
        "training rows": ("0.994", "0.00"),
        "TabDiff": ("0.817", "0.11"),
        "TabbyFlow": ("0.786", "0.10"),
        "independent columns": ("0.018", "0.97"),
    },
    "shoppers": {
        "training rows": ("0.984", "-0.02"),
        "TabbyFlow": ("0.859", "0.03"),
        "independent columns": ("0.048", "0.93"),
    },
}
STRICT = [
    ("strict", "against held-out", 3),
    ("dependence", "of it lost by dependence", 2),
    ("against_training", "against training", 3),
]
LONGER = [
    *STRICT[::2],
    ("held_out", "two-sample, held-out", 3),
    ("shape", "shape error %", 2),
    ("trend", "trend error %", 2),
    ("utility", "utility", 3),
    ("copies", "copy share %", 1),
    ("found", "found %", 1),
    ("acceptance_rate", "accepted", 2),
    ("n_trees", "trees", 0),
    ("refine_seconds", "seconds", 0),
    ("sample_seconds", "to sample", 1),
]
# Of losses, before and after refinement
MODES = [
    ("n_modes", "modes", 0),
    ("good", "good rows", 3),
    ("reverse_kl", "reverse KL", 3),
    ("refined_n_modes", "refined: modes", 0),
    ("refined_good", "good rows", 3),
    ("refined_reverse_kl", "reverse KL", 3),
    ("accepted", "accepted", 2),
]
# What few images are learned from, by what, and whose scores gains are over
SPACES, CLASSIFIERS = (
    ("pixels", "components", "features"),
    ("logistic", "svm", "forest"),
)
BAR = "pixels_forest_smote"
# Of small tables: classifiers, scores, and what is done to the training rows
LEARNERS = ["logistic", "neighbors", "forest", "boosted", "mlp"]
SMALL_SCORES = ["log_loss", "average_precision", "brier", "balanced_accuracy"]
SMALL_TREATMENTS = {
    "none": "the real rows",
    "weights": "class weights",
    "calibrated": "recalibration",
    "threshold": "moved threshold",
    "smote": "SMOTE",
    "noise": "rows with noise",
    "mixture": "Gaussian mixtures",
    "gan": "GAN",
    "smote_balanced": "SMOTE, balanced",
    "gan_balanced": "GAN, balanced",
    "independent_teacher": "independent columns, teacher's labels",
    "smote_teacher": "SMOTE, teacher's labels",
    "gan_teacher": "GAN, teacher's labels",
    "teacher_alone": "the teacher itself",
    "smote_instead": "SMOTE",
    "mixture_instead": "Gaussian mixtures",
    "gan_instead": "GAN",
    "independent_teacher_instead": "independent columns, teacher's labels",
    "gan_teacher_instead": "GAN, teacher's labels",
}
# What the guide shows of them
SMALL_GUIDE = {
    "log_loss": [
        *("gan", "gan_balanced", "gan_teacher", "independent_teacher"),
        *("smote", "smote_balanced", "weights", "calibrated", "teacher_alone"),
    ],
    "balanced_accuracy": [
        *("gan_balanced", "smote_balanced", "weights", "threshold"),
        ("gan_balanced", "threshold"),
    ],
}
# Rows of large tables in place of the real ones
INSTEAD = {
    "smote": "SMOTE, as many",
    "gan": "GAN, as many",
    "gan_more": "GAN, four times as many",
    "gan_teacher": "GAN, teacher's labels",
    "gan_teacher_more": "the same, four times as many",
    "independent_teacher_more": "independent columns, teacher's labels, four times",
    "teacher": "the teacher itself",
}
INSTEAD_PAIR = "gan_teacher_instead", "independent_teacher_instead"
SHARE_HEADS = ["set", "added", "draws", "of the class, %", "variety", "to training"]
SHARE_HEADS += ["seconds of training", "of drawing"]
# How images are added, and what else is done with few of them
ADDED = {
    "smote": "SMOTE",
    "alone": "GANOverSampler",
    "accepted": "per_class=False",
    "drawn": "the same, accept=False",
    "short": "per_class=False, 500 iterations",
    "short_drawn": "the same 500, accept=False",
    "unaugmented": "the same 500, no augmentation",
    "unclustered": "the same 500, no clusters",
    "shifted": "shifted images",
    "features": "features",
    "features_smote": "features, SMOTE",
}
IMAGE_SETS = {"mnist": "twenty eights", "quickdraw": "twenty drawings"}
IMAGE_GUIDE = ["alone", "accepted", "smote", "shifted", "features"]
IMAGE_PAIRS = [("alone", "accepted"), ("alone", "smote"), ("alone", "shifted")]
GAIN_HEADS = ["rows", "score", "what is done", "logistic", "svm", *LEARNERS[1:]]
SMALL_ROWS = "small tables"
FOR_WHOM = "small_tables", "rare_images", "few_images"
NEAR = 0.02  # of a two-sample score, within which states are as good
SAMPLER_NAMES = {
    "random": "random over-sampling",
    "smote": "SMOTE",
    "gan": "GANOverSampler",
}
CLAIMS = {"helps": 1, "harms": -1, "no clear difference": 0}
SIZES = [0.002, 0.02, 0.05, 0.1]  # of true gains, of which smaller ones do not count,
N_ERRORS = 3  # nor do those of fewer standard errors
VERDICT_SAMPLERS = ["oracle", "noise", "copies", "smote", "flipped"]
WANTED = {"held_out": "two-sample", "utility": "utility", "trend": "trend"}
SCORERS = [
    "score",
    *(
        "ParzenScorer",
        "TwoSampleScorer",
        "CoverageScorer",
        "ShapeScorer",
        "TrendScorer",
    ),
]


def read(path):
    """Rows of a CSV file, texts by name."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def groups(rows, *names):
    """Rows that agree in some columns, by these values, in the order of the rows."""
    found = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def median_and_range(rows, figure):
    """Median, least and greatest of a figure over rows; None if there is none."""
    values = [float(row[figure]) for row in rows if row.get(figure)]
    if not values:
        return None
    return statistics.median(values), min(values), max(values)


def entry(rows, figure, decimals):
    """The median over seeds, with the range if that shows."""
    found = median_and_range(rows, figure)
    if found is None:
        return ""
    median, low, high = (f"{value:.{decimals}f}" for value in found)
    return median if low == high else f"{median} ({low} to {high})"


def of_one_table(rows, table):
    """All figures of all methods on one table: heading, then a line a method."""
    own = groups([row for row in rows if row["table"] == table], "method")
    shown = [
        (figure, heading, decimals)
        for figure, heading, decimals in FIGURES
        if any(row[figure] for row in rows if row["table"] == table)
    ]
    lines = [["method", *(heading for _, heading, _ in shown), "day"]]
    for method, name in NAMES.items():
        runs = own.get((method,))
        if runs:
            entries = [entry(runs, figure, decimals) for figure, _, decimals in shown]
            days = sorted({row["day"] for row in runs})
            lines.append([name, *entries, " to ".join(sorted({days[0], days[-1]}))])
    return lines


def of_all_tables(rows, figure, decimals):
    """One figure: a line a table, a column a method."""
    found = groups(rows, "method", "table")
    methods = [m for m in NAMES if any(key[0] == m for key in found)]
    lines = [["table", *(NAMES[method] for method in methods)]]
    for (table,) in groups(rows, "table"):
        entries = [entry(found.get((m, table), []), figure, decimals) for m in methods]
        if any(entries):
            lines.append([table, *entries])
    return lines


def instead_of_real(rows):
    """What trees gain that learn from other rows than the real ones: a line a table.

    Means over fits, with 95 % intervals: of the test rows, by the normal distribution,
    and of the fits, by Student's, as if both erred together. Bold leaves out zero.
    """
    lines = [["table", "fits", "the real rows", *INSTEAD.values()]]
    for (table,), own in groups(rows, "table").items():
        real = np.mean([float(row["real"]) for row in own])
        gains = [_instead_gain(own, name) for name in INSTEAD]
        lines.append([table, str(len(own)), f"{real:.3f}", *gains])
    return lines


def _instead_gain(rows, name):
    gains = [float(row[name]) - float(row["real"]) for row in rows]
    error = np.mean([float(row[f"{name}_error"]) for row in rows])
    of_fits = np.std(gains, ddof=1) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
    reach = [error * norm.ppf(0.975)]
    reach.append(of_fits * t.ppf(0.975, max(len(gains) - 1, 1)))
    mean, reach = np.mean(gains), np.hypot(*reach)
    text = f"{mean:+.3f} ({mean - reach:+.3f} to {mean + reach:+.3f})"
    return f"**{text}**" if abs(mean) > reach else text


def where_we_lose(rows, figure, is_rank_up=True):
    """Tables on which another method has the better median than ``GANGenerator``.

    Rulers do not count: they are real rows. Nor does our own generator, unrefined. It
    is that of this version where that was measured.
    """
    lines = [["table", "GANGenerator", "better"]]
    for (table,), own in groups(rows, "table").items():
        medians = {
            method: round(median_and_range(runs, figure)[0], 3)
            for (method,), runs in groups(own, "method").items()
            if median_and_range(runs, figure)
            and not method.startswith("skgan_unrefined")
            and not NAMES[method].startswith("*")
        }
        earlier = medians.pop("skgan", None)
        ours = medians.pop("skgan" + NOW, earlier)
        better = {
            method: value
            for method, value in medians.items()
            if ours is not None and (value > ours if is_rank_up else value < ours)
        }
        if better:
            text = ", ".join(f"{NAMES[m]} {value:.3f}" for m, value in better.items())
            lines.append([table, f"{ours:.3f}", text])
    return lines if len(lines) > 1 else [*lines, ["on none", "", ""]]


def before_and_after(rows):
    """Figures of our own generator, unrefined and refined: a line a table."""
    shown = ("two_sample", "held_out", "xgboost", "shape", "trend", "utility", "copies")
    columns = [column for column in FIGURES if column[0] in shown]
    lines = [["table", *(heading for _, heading, _ in columns)]]
    for (table,), found in groups(rows, "table").items():
        runs = groups(found, "method")
        pair = [runs.get((m,), []) for m in ("skgan_unrefined", "skgan")]
        if all(pair):
            pairs = [
                [short(part, figure, decimals) for part in pair]
                for figure, _, decimals in columns
            ]
            own = (" → ".join(texts) if any(texts) else "" for texts in pairs)
            lines.append([table, *own])
    return lines


def short(rows, figure, decimals):
    """The median over seeds alone."""
    found = median_and_range(rows, figure)
    return f"{found[0]:.{decimals}f}" if found else ""


def of_variants(heading, rows, columns, name="variant"):
    """A line for each variant with all figures that any has."""
    columns = [column for column in columns if any(row[column[0]] for row in rows)]
    lines = [[heading, *(text for _, text, _ in columns)]]
    for (variant,), runs in groups(rows, name).items():
        entries = [entry(runs, figure, decimals) for figure, _, decimals in columns]
        lines.append([variant, *entries])
    return lines


def of_images(data, rows, name):
    """Variants of a GAN of images, and what training images have instead."""
    lines = of_variants(data, rows, IMAGES, name)
    floors = {text: entry(rows, FLOORS.get(figure), n) for figure, text, n in IMAGES}
    return [*lines, ["*training images*", *(floors[text] for text in lines[0][1:])]]


def tables():
    """All tables of the documentation by the names of their files."""
    return (
        _of_methods()
        | _of_refinement()
        | of_image_runs(_rows_of("images"))
        | of_feature_runs(_rows_of("features"))
        | of_parzen(_rows_of("parzen"))
        | of_modes(_rows_of("modes"))
        | of_augmentation(_rows_of("augmentation"))
        | of_few_images(_rows_of("few_images"))
        | of_small_tables(_rows_of("small_tables"))
        | {"bench_instead": instead_of_real(_rows_of("instead"))}
        | of_rare_images(_rows_of("rare_images"), _rows_of("few_images"))
        | {"bench_for_whom": for_whom(*map(_rows_of, FOR_WHOM))}
        | of_verdicts(_rows_of("verdicts"))
        | of_searches(_rows_of("searches"))
        | of_privacy(_rows_of("privacy"))
        | of_mends(_rows_of("privacy"))
        | of_tracing(_rows_of("tracing"))
        | of_shadow(_rows_of("shadow"))
        | of_budgets(_rows_of("budgets"))
        | of_early_stopping(_rows_of("early_stopping"))
        | of_control(_rows_of("control"))
        | of_strict(_rows_of("strict_detection"))
        | of_longer_trees(_rows_of("longer_trees"))
    )


def _rows_of(name):
    path = RESULTS / f"{name}.csv"
    return read(path) if path.exists() else []


def _of_refinement():
    found = groups(_rows_of("refinement"), "table")
    return {
        f"bench_refinement_{table}": of_variants(table, rows, REFINEMENT)
        for (table,), rows in found.items()
    }


def of_image_runs(rows):
    """Variants after five minutes of one core, and the default after more on two."""
    rows = [row for row in rows if row["params"] == "{}"]
    equal = [row for row in rows if (row["threads"], row["minutes"]) == ("1", "5")]
    longer = [
        row for row in rows if (row["threads"], row["variant"]) == ("2", "default")
    ]
    return {
        f"bench_images_{name}_{data}": of_images(data, own, name)
        for name, some in (("variant", equal), ("minutes", longer))
        for (data,), own in groups(some, "data").items()
    }


def of_feature_runs(rows):
    """The accuracy of classifiers: a line a type of features, a column a data set."""
    sets = [data for (data,) in groups(rows, "data")]
    lines = [["features", *sets]]
    for (method, minutes), own in groups(rows, "method", "minutes").items():
        runs = groups(own, "data")
        name = method if minutes == "0" else f"{method}, {float(minutes):g} min"
        entries = [entry(runs.get((data,), []), "accuracy", 3) for data in sets]
        lines.append([name, *entries])
    return {"bench_features": lines} if rows else {}


def beside_published(rows):
    """XGBoost's two-sample score of our rows and of published methods."""
    names = ["adult", "shoppers", "beijing"]
    found, lines = groups(rows, "method", "table"), [["method", *names]]
    of_ours = ("skgan_now", "skgan_unrefined_now", "skgan", "skgan_unrefined")
    for method in (*of_ours, "bootstrap", "ctgan_300"):
        runs = [found.get((method, name), []) for name in names]
        if any(runs):
            entries = (entry(own, "xgboost", 2) for own in runs)
            lines.append([NAMES[method], *entries])
    for method, values in PUBLISHED_XGBOOST.items():
        lines.append([f"published: {method}", *(values[name] for name in names)])
    return lines


def of_parzen(rows):
    """Log-likelihoods of each data set, and what training took."""
    order = list(PARZEN_NAMES)
    rows = [row | _parzen_line(row) for row in rows]
    rows.sort(key=lambda row: order.index(row["method"]))
    found = {
        f"bench_parzen_{data}": of_variants("method", own, PARZEN, "name")
        for (data,), own in groups(rows, "data").items()
    }
    for name, value in PUBLISHED.items() if "bench_parzen_mnist" in found else ():
        found["bench_parzen_mnist"].append([name, value, "", ""])
    return found


def _parzen_line(row):
    """The name of a run and its minutes; nothing is said of what learns nothing."""
    params = ast.literal_eval(row["params"]).items()
    own = ", ".join([PARZEN_NAMES[row["method"]], *(f"{k}={v}" for k, v in params)])
    if row["n_iter"] == "0":
        return {"name": own, "n_iter": "", "minutes": ""}
    seconds = float(row["cpu_seconds"] or row["fit_seconds"])
    return {"name": own, "minutes": f"{seconds / 60:.6g}"}


def of_modes(rows):
    """The losses on each of the mixtures."""
    rows = [row for row in rows if row["params"] == "{}"]
    return {
        f"bench_modes_{name}": of_variants(name, own, MODES, "loss")
        for (name,), own in groups(rows, "mixture").items()
    }


def of_augmentation(rows):
    """For each score what samplers change: a line a classifier of a table.

    A clear gain or loss is in bold.
    """
    found = {}
    for score in ("average_precision", "balanced_accuracy"):
        lines = [["table", "classifier", "without", *SAMPLER_NAMES.values()]]
        for (data, classifier), own in groups(rows, "data", "classifier").items():
            runs = {row["sampler"]: row for row in own}
            if "none" in runs:
                without = folds(runs["none"], score)
                gains = [gain(runs.get(name), score, without) for name in SAMPLER_NAMES]
                lines.append([data, classifier, f"{without.mean():.3f}", *gains])
        found[f"bench_augmentation_{score}"] = lines
    return found if rows else {}


def of_few_images(rows):
    """What classifiers of few images learn from, a line each: a table for each set.

    Means over draws that share no image; gains of those without added images, with 95 %
    intervals, are over a forest of pixels with images that SMOTE adds.
    """
    found = {}
    for (data,), own in groups(rows, "data").items():
        lines = [["learns from", "classifier", "without", "SMOTE", "gain"]]
        for name in product(SPACES, CLASSIFIERS):
            alone, added, bar = (
                np.array([float(row[column]) for row in own])
                for column in (
                    *(f"{'_'.join(name)}_{s}" for s in ("none", "smote")),
                    BAR,
                )
            )
            mean, low, high = mean_interval(alone - bar, 0, 0.95)
            gain = f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"
            lines.append([*name, f"{alone.mean():.3f}", f"{added.mean():.3f}", gain])
        found[f"bench_few_images_{data}"] = lines
    return found


def of_small_tables(rows):
    """What is added to small tables, or put in place of their rows, changes.

    For each score a line a treatment with the gain of each classifier over the real
    rows alone: a mean over tables, of which each is the mean of its runs, with its own
    95 % interval. Bold is what is sure among all entries of its table. Of the choices
    that the even draws make, what the others say. Log loss and the Brier score are
    turned around, so that more is better.
    """
    if not rows:
        return {}
    added = [name for name in SMALL_TREATMENTS if not name.endswith("_instead")]
    added = [name for name in added if name not in ("none", "threshold")]
    instead = [name for name in SMALL_TREATMENTS if name.endswith("_instead")]
    instead.append(INSTEAD_PAIR)
    lines = dict.fromkeys(SMALL_SCORES[:3], added)
    lines["balanced_accuracy"] = [*added, "threshold"]
    found = {
        f"bench_small_{score}": _small_lines(rows, {score: names})
        for score, names in lines.items()
    }
    for score in SMALL_SCORES[:2]:
        own = _small_lines(rows, {score: instead})
        found[f"bench_small_instead_{score}"] = own
    for (n,), own in groups(rows, "n").items():
        found[f"bench_small_{n}"] = _small_lines(own, {"log_loss": added})
    found["bench_small_chosen"] = _small_chosen(rows)
    found["bench_small_by_table"] = _small_by_table(rows)
    return found


def _small_lines(rows, scores):
    """A line a treatment of each score, after the scores of the real rows.

    A pair is a treatment and another that its gain is over.
    """
    claims = sum(map(len, scores.values())) * len(LEARNERS)
    lines = [["score", "rows, or what is done", *LEARNERS]]
    for score, names in scores.items():
        heading = score.replace("_", " ")
        means = _small_means(rows, score)
        lines.append([heading, SMALL_TREATMENTS["none"], *(f"{v:.3f}" for v in means)])
        for name in names:
            name, *bar = [name] if isinstance(name, str) else name
            gains = small_gains(rows, name, score, *bar).T
            text = ", over ".join(SMALL_TREATMENTS[own] for own in (name, *bar))
            lines.append([heading, text, *(sure(own, claims) for own in gains)])
    return lines


def _small_means(rows, score):
    """The mean over tables of each classifier's score, of the real rows alone."""
    own = groups(rows, "table").values()
    scores = [[_numbers(run, "none", score) for run in runs] for runs in own]
    return np.mean([np.mean(runs, axis=0) for runs in scores], axis=0)


def small_gains(rows, name, score, bar="none"):
    """Gains of a treatment over another: means ``(n_tables, n_classifiers)``.

    nan where none of the runs of a table has both.
    """
    sign = 1 if score in ("average_precision", "balanced_accuracy") else -1
    tables = []
    for own in groups(rows, "table").values():
        gains = np.ma.masked_invalid(
            [sign * (_numbers(r, name, score) - _numbers(r, bar, score)) for r in own]
        )
        tables.append(gains.mean(axis=0).filled(np.nan))
    return np.array(tables)


def _numbers(run, name, score):
    """A score of each classifier; the teacher's is one for all."""
    found = np.array(run[f"{name}_{score}"].split(), dtype=float)
    return np.broadcast_to(found, len(LEARNERS))


def sure(gains, n_claims):
    """A mean gain and its 95 % interval, in bold if sure among so many claims."""
    gains = gains[np.isfinite(gains)]
    if len(gains) < 2:
        return ""
    mean, low, high = mean_interval(gains, 0, 0.95)
    _, least, most = mean_interval(gains, 0, 1 - 0.05 / n_claims)
    text = f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"**{text}**" if least > 0 or most < 0 else text


def _small_chosen(rows):
    """What even draws would choose of rows of the GAN, and what odd ones say of it.

    Gains of log loss: over the real rows, over rows of independent columns with the
    same teacher's labels, over the best that the even draws know without a GAN, and
    over the teacher. Bold is sure among all entries.
    """
    even, odd = ([r for r in rows if int(r["draw"]) % 2 == k] for k in (0, 1))
    heads = ["classifier", "chosen", "over real rows", "over independent columns"]
    heads += ["best without", "over that", "over the teacher"]
    if not (even and odd):
        return [heads]
    names = [name for name in SMALL_TREATMENTS if not name.endswith("_instead")]
    ours = [name for name in names if name.startswith("gan")]
    others = [n for n in names if n not in (*ours, "threshold", "teacher_alone")]
    gains = {
        name: np.nanmean(small_gains(even, name, "log_loss"), axis=0)
        for name in (*ours, *others)
        if name != "weights"  # which not all can take
    }
    lines = [heads]
    for k, learner in enumerate(LEARNERS):
        chosen, other = (
            max((n for n in own if n in gains), key=lambda n: gains[n][k])
            for own in (ours, others)
        )
        bars = ["none", "independent_teacher", other, "teacher_alone"]
        entries = [
            sure(small_gains(odd, chosen, "log_loss", bar)[:, k], 4 * len(LEARNERS))
            for bar in bars
        ]
        entries.insert(2, SMALL_TREATMENTS[other])
        lines.append([learner, SMALL_TREATMENTS[chosen], *entries])
    return lines


def _small_by_table(rows):
    """Gains of average precision, means over classifiers and runs: a line a table."""
    names = [name for name in SMALL_TREATMENTS if name.endswith("_instead")]
    names = ["gan", "gan_teacher", *names]
    heads = [SMALL_TREATMENTS[name] for name in names]
    heads[2:] = [f"instead: {head}" for head in heads[2:]]
    gains = [small_gains(rows, name, "average_precision") for name in names]
    means = np.nanmean(gains, axis=2).T
    tables = groups(rows, "table")
    return [
        ["table", "runs", *heads],
        *(
            [table, str(len(runs)), *(f"{value:+.3f}" for value in own)]
            for ((table,), runs), own in zip(tables.items(), means, strict=True)
        ),
    ]


def of_rare_images(rows, few):
    """What images change that are added to twenty of a class, and whose they are.

    Gains of average precision: see ``_image_lines``. Then a line a way to add images:
    how many of them are of the class, in the mean, the worst and the best draw. Draws
    that are not among ``few``, the rows of ``of_few_images``, are left out.
    """
    rows, bars = _with_bars(rows, few)
    if not rows:
        return {}
    gains = _image_lines(rows, bars, [*ADDED, *IMAGE_PAIRS])
    empty = [k for k, head in enumerate(GAIN_HEADS) if not any(own[k] for own in gains)]
    lines = [GAIN_HEADS, *gains]
    lines = [[own[k] for k in range(len(own)) if k not in empty] for own in lines]
    shares = [SHARE_HEADS]
    runs = groups(rows, "data", "sampler")
    for pair in product(IMAGE_SETS, ADDED):
        draws = {row["draw"]: row for row in runs.get(pair, [])}
        if draws:
            texts = IMAGE_SETS[pair[0]], ADDED[pair[1]]
            shares.append([*texts, *_shares(list(draws.values()))])
    return {"bench_rare_gains": lines, "bench_rare_shares": shares}


def for_whom(small, rare, few):
    """The table of the guide: whom added rows and images help, and what else does."""
    lines = [GAIN_HEADS]
    if small:
        for own in _small_lines(small, SMALL_GUIDE)[1:]:
            lines.append([SMALL_ROWS, *own[:3], "", *own[3:]])
    return [*lines, *_image_lines(*_with_bars(rare, few), IMAGE_GUIDE)]


def _with_bars(rows, few):
    """Rows of draws that are known without added images, and what is known, by draw.

    Of sets to which images were added, the draws in which they were.
    """
    bars = {(row["data"], row["draw"]): row for row in few}
    rows = [row for row in rows if (row["data"], row["draw"]) in bars]
    drawn = {(row["data"], row["draw"]) for row in rows}
    sets = {data for data, _ in drawn}
    return rows, {k: v for k, v in bars.items() if k in drawn or k[0] not in sets}


def _image_lines(rows, bars, names):
    """A line a treatment of images: gains of classifiers over the images alone.

    A pair is a treatment and another that its gain is over. The first line of each set
    has the scores of the images alone; means over draws with their own 95 % intervals,
    in bold if sure among all entries of the set.
    """
    lines, claims, heads = [], len(names) * len(CLASSIFIERS), GAIN_HEADS[3:]
    for data, text in IMAGE_SETS.items():
        alone = [row for (of, _), row in bars.items() if of == data]
        if not alone:
            continue
        means = {
            own: f"{np.mean([float(row[f'pixels_{own}_none']) for row in alone]):.3f}"
            for own in CLASSIFIERS
        }
        entries = [means.get(own, "") for own in heads]
        lines.append([text, "average precision", "the images", *entries])
        for name in names:
            pair = (name, "none") if isinstance(name, str) else name
            found = {}
            for own in CLASSIFIERS:
                new, old = (_image_scores(rows, bars, data, own, k) for k in pair)
                gains = [new[draw] - old[draw] for draw in new if draw in old]
                found[own] = sure(np.array(gains), claims)
            if any(found.values()):
                said = ", over ".join(ADDED[k] for k in pair if k in ADDED)
                entries = [found.get(own, "") for own in heads]
                lines.append([text, "average precision", said, *entries])
    return lines


def _image_scores(rows, bars, data, classifier, name):
    """Scores with a treatment, by draw."""
    if name in ("none", "smote", "features", "features_smote"):
        space = "features" if "features" in name else "pixels"
        added = "smote" if "smote" in name else "none"
        column = f"{space}_{classifier}_{added}"
        own = {draw: row[column] for (of, draw), row in bars.items() if of == data}
    else:
        key = data, name, classifier
        names = "data", "sampler", "classifier"
        own = [row for row in rows if tuple(row[k] for k in names) == key]
        own = {row["draw"]: row["average_precision"] for row in own}
    return {draw: float(score) for draw, score in own.items()}


def _shares(runs):
    """Numbers of draws, and what was found in them: the figures of ``SHARE_HEADS``."""
    found = {
        name: np.array([float(row[name]) for row in runs])
        for name in (
            *("share", "variety", "to_training"),
            *("training_seconds", "sampling_seconds"),
        )
    }
    share = 100 * found["share"]
    return [
        str(len(runs)),
        f"{share.mean():.0f} ({share.min():.0f} to {share.max():.0f})",
        f"{found['variety'].mean():.2f}",
        f"{found['to_training'].mean():.2f}",
        f"{found['training_seconds'].mean():.0f}",
        f"{found['sampling_seconds'].mean():.0f}",
    ]


def of_control(rows):
    """How true rows of each condition are: medians over seeds, a line each."""
    heads = ["condition", "share %", "test rows", "score", "training rows"]
    lines = [[*heads, "independent", "seconds"]]
    rows = [row for row in rows if row["method"] == "skgan" and row["n_test"]]
    for (case,), own in groups(rows, "case").items():
        share, n_test = float(own[0]["share"]), int(own[0]["n_test"])
        scores = [short(own, name, 2) for name in ("score", "training", "independent")]
        seconds = short(own, "sample_seconds", 1)
        lines.append([case, f"{100 * share:.3g}", f"{n_test:,}", *scores, seconds])
    return {"bench_control": lines} if rows else {}


def of_early_stopping(rows):
    """How far the state that is kept is from the best of its path: a line a size.

    In two-sample scores of rates that fall, all laws and seeds together.
    """
    heads = [
        "training rows",
        "rows that choose",
        "runs",
        "kept is near",
        "last is near",
    ]
    heads += ["kept is better", "kept is worse", "missed: median (greatest)"]
    lines = [heads]
    rows = [row for row in rows if row["decay"] == "linear" and row["law"] != "adult"]
    for sizes, own in sorted(groups(rows, "n", "n_val").items(), key=_as_numbers):
        n, n_val = map(int, sizes)
        n_choosing = (n_val or n // 10) // 2  # a tenth is held out
        fewer = [
            name for name in own[0] if name.startswith("kept_") and name[5:].isdigit()
        ]
        for name in [*fewer, "kept"]:
            if not own[0][name]:
                continue
            best, kept, last = (
                np.array([float(row[figure]) for row in own])
                for figure in ("best", name, "last")
            )
            missed = best - kept
            counts = missed <= NEAR, best - last <= NEAR
            counts += kept - last > NEAR, last - kept > NEAR
            asked = n_choosing if name == "kept" else int(name.removeprefix("kept_"))
            found = [f"{n:,}", f"{asked:,}", len(own), *map(np.count_nonzero, counts)]
            median = f"{np.median(missed):.3f} ({missed.max():.3f})"
            lines.append([*map(str, found), median])
    return {"bench_early_stopping": lines} if len(lines) > 1 else {}


def _as_numbers(pair):
    """A group's place: that of its values as whole numbers."""
    return [*map(int, pair[0])]


def folds(run, score):
    """The scores of the folds."""
    return np.array(run[score].split(), dtype=float)


def gain(run, score, without):
    """The gain of a run with its interval, in bold if it is clear."""
    if run is None:
        return ""
    differences = folds(run, score) - without
    interval = mean_interval(differences, float(run["test_share"]), 0.95)
    own = Gain(run["sampler"], folds(run, score).mean(), *interval)
    text = f"{own.gain:+.3f} ({own.low:+.3f} to {own.high:+.3f})"
    return text if own.verdict == "no clear difference" else f"**{text}**"


def of_verdicts(rows):
    """How often verdicts of gains are right: a line a process.

    Of each sampler alone, and of all at once, whose intervals are wider. Of those alone
    also a line a sampler, a line a size of the true gain, and a line for folds that
    were repeated more often, with as many tables.
    """
    usual = [row for row in rows if row["repeats"] == str(N_REPEATS)]
    if not usual:
        return {}
    heads = ["verdicts", "helps", "wrong", "harms", "wrong", "right, %"]
    heads += ["intervals that hold the truth, %", "gains found, %", "losses found, %"]
    found = {
        f"bench_verdicts_{name}": [
            ["process", *heads],
            *(
                [process, *_verdicts(own, name)]
                for (process,), own in groups(usual, "process").items()
            ),
            ["all", *_verdicts(usual, name)],
        ]
        for name in ("alone", "together")
    }
    found["bench_verdicts_samplers"] = [
        ["sampler", *heads],
        *([own, *_verdicts(usual, "alone", own)] for own in VERDICT_SAMPLERS),
    ]
    found["bench_verdicts_sizes"] = _by_size(usual)
    fewer, more = _on_the_same_tables(usual, [row for row in rows if row not in usual])
    if more:
        found["bench_verdicts_repeats"] = [
            ["folds", *heads],
            *(
                [f"{N_SPLITS}, {own[0]['repeats']} times", *_verdicts(own, "alone")]
                for own in (fewer, more)
            ),
        ]
    return found


def _on_the_same_tables(usual, more):
    """Pair runs of a process and a classifier, with the tables that both begin with."""
    found = groups(usual, "process", "classifier")
    pairs = [
        (_first_tables(found[key][0], len(many["oracle_gains"].split())), many)
        for key, (many, *_) in groups(more, "process", "classifier").items()
        if key in found
    ]
    return [few for few, _ in pairs], [many for _, many in pairs]


def _first_tables(row, n_tables):
    """A run of fewer tables."""
    lists = [name for name in row if name.endswith(("_gains", "_reaches"))]
    return row | {name: " ".join(row[name].split()[:n_tables]) for name in lists}


def _verdicts(rows, name, sampler=None):
    """What is claimed on the tables of some runs, and how often that is right."""
    judgments = [judged(row, name, sampler) for row in rows]
    true, claims, holds = zip(*judgments, strict=True)
    if name == "together":  # the intervals of a table are to hold all at once
        holds = [own.all(axis=0) for own in holds]
    true, claims, holds = (
        np.concatenate([own.ravel() for own in part]) for part in (true, claims, holds)
    )
    is_right, numbers = np.sign(true) == claims, [len(claims)]
    for sign in (1, -1):
        hits = is_right[claims == sign]
        numbers += [len(hits), (~hits).sum()]
    shares = [is_right[claims != 0], holds]
    shares += [is_right[true > 0], is_right[true < 0]]
    return [*map(str, numbers), *map(percent, shares)]


def _by_size(rows):
    """How many true gains and losses are found, each alone: a line a size."""
    lines = [["true change", "gains", "found, %", "losses", "found, %"]]
    judgments = [judged(row, "alone")[:2] for row in rows]
    true, claims = (
        np.concatenate([own.ravel() for own in part])
        for part in zip(*judgments, strict=True)
    )
    for low, high in pairwise([*SIZES, np.inf]):
        is_of_size = (abs(true) >= low) & (abs(true) < high)
        name = f"{low:g} to {high:g}" if np.isfinite(high) else f"{low:g} or more"
        line = [name]
        for sign in (1, -1):
            hits = claims[is_of_size & (np.sign(true) == sign)] == sign
            line += [str(len(hits)), percent(hits)]
        lines.append(line)
    return lines


def judged(row, name, sampler=None):
    """True gains, the signs of claims, and whether intervals hold the truths.

    Each is ``(n_samplers, n_tables)``, of all samplers or of one. A gain that is not
    told from 0 is 0.
    """
    names = [own for own in VERDICT_SAMPLERS if row[f"{own}_true"]]
    true, error, gains, reaches = (
        np.array([row[f"{own}_{figure}"].split() for own in names], dtype=float)
        for figure in ("true", "error", "gains", "reaches")
    )
    if name == "alone":
        free = N_SPLITS * int(row["repeats"]) - 1
        together, alone = (t.ppf(1 - 0.025 / n, free) for n in (len(names), 1))
        reaches *= alone / together
    clear = np.where(abs(true) >= np.maximum(SIZES[0], N_ERRORS * error), true, 0)
    claims = claimed(gains, gains - reaches, gains + reaches)
    found = np.broadcast_to(clear, gains.shape), claims, abs(gains - true) <= reaches
    return [part[[sampler in (None, own) for own in names]] for part in found]


@np.vectorize
def claimed(gain, low, high):
    """The sign that a verdict claims, 0 if it claims nothing."""
    return CLAIMS[Gain("", np.nan, gain, low, high).verdict]


def percent(hits):
    """A share in percent with its exact interval."""
    if not len(hits):
        return ""
    return "{:.1f} ({:.1f} to {:.1f})".format(*share_of(hits.mean(), len(hits), 100))


def of_searches(rows):
    """Rank correlations of all configurations, and of the better half of each table."""
    tables = {name: own for (name,), own in groups(rows, "table").items()}
    better = {
        name: sorted(own, key=lambda row: -float(row["held_out"]))[: len(own) // 2]
        for name, own in tables.items()
    }
    found = {"": tables, "_better": better} if rows else {}
    return {f"bench_searches{end}": _ranks(own) for end, own in found.items()}


def _ranks(tables):
    """A line a scorer, a column a thing wanted of a table."""
    lines = [["scorer", *(f"{t}: {name}" for t in tables for name in WANTED.values())]]
    for scorer in SCORERS:
        pairs = [(own, wanted) for own in tables.values() for wanted in WANTED]
        lines.append(
            [scorer, *(f"{rank_correlation(own, scorer, w):.2f}" for own, w in pairs)]
        )
    return lines


def rank_correlation(rows, one, other):
    """Spearman's, of two columns."""
    columns = ([float(row[name]) for row in rows] for name in (one, other))
    return spearmanr(*columns).statistic


def of_privacy(rows):
    """For each table what attacks find, pooled over splits: a line a method."""
    rows = [row for row in rows if row["method"] in {*PRIVACY_NAMES, *NAMES}]
    heads = ["method", "splits", "found at 10 %", "at 1 %", "of exposed rows at 10 %"]
    return {
        f"bench_privacy_{table}": [
            [*heads, "knowing the model, at 10 %", "two-sample, held-out"],
            *(
                [(NAMES | PRIVACY_NAMES)[method], str(len(runs))]
                + [best_attack(runs, BLACK_BOX, "all", "at_10")]
                + [best_attack(runs, BLACK_BOX, "all", "at_1")]
                + [best_attack(runs, BLACK_BOX, "exposed", "at_10")]
                + [best_attack(runs, WHITE_BOX, "all", "at_10")]
                + [entry(runs, "held_out", 2)]
                for (method,), runs in groups(own, "method").items()
            ),
        ]
        for (table,), own in groups(rows, "table").items()
    }


def of_mends(rows):
    """What changes give away and what they cost, beside the default on equal splits."""
    heads = ["table", "what is changed", "splits", "found at 10 %", "by default"]
    lines = []
    for (table, method), runs in groups(rows, "table", "method").items():
        if method in MENDS:
            seeds = {row["seed"] for row in runs}
            usual = [
                row
                for row in rows
                if (row["table"], row["method"]) == (table, "skgan")
                and row["seed"] in seeds
            ]
            lines.append([table, MENDS[method], str(len(seeds))])
            for own in (runs, usual):
                lines[-1].append(best_attack(own, BLACK_BOX, "all", "at_10"))
            lines[-1] += [mean_of(own, "held_out", 3) for own in (runs, usual)]
    lines.sort(key=lambda line: (line[0], [*MENDS.values()].index(line[1])))
    head = [*heads, "two-sample, held-out", "by default"]
    return {"bench_mends": [head, *lines]} if lines else {}


def mean_of(rows, figure, decimals):
    """The mean of a figure, empty where no row has it."""
    values = [float(row[figure]) for row in rows if row.get(figure)]
    return f"{statistics.mean(values):.{decimals}f}" if values else ""


def of_tracing(rows):
    """What shares alone give away, by attacks and by theory: a line a table."""
    if not rows:
        return {}
    heads = ["members", "free shares", "exact shares", "theory"]
    heads += ["as many rows drawn", "theory", "most shares", "least errors"]
    # Most shares that keep it to 10.5 % where as many rows are drawn; and how many
    # standard errors all shares must be off
    return {
        "bench_tracing": [
            ["table", "splits", *heads],
            *(
                [table.partition("_")[0], str(len(own)), *_line_of_tracing(own)]
                for (table,), own in groups(rows, "table").items()
            ),
        ]
    }


def _line_of_tracing(rows):
    names = "n_members", "n_known", "n_shares", "exact", "drawn"
    columns = (np.array([row[name] for row in rows], dtype=float) for name in names)
    n_members, n_known, n_shares, exact, drawn = columns
    n, known, k = n_members.mean(), n_known.mean(), n_shares.mean()
    return [
        f"{n:,.0f}",
        f"{k:.0f}",
        mean_and_interval(exact),
        f"{100 * traced(k, n, n_known=known):.1f}",
        mean_and_interval(drawn),
        f"{100 * traced(k, n, n, known):.1f}",
        f"{most_shares(LIMIT, n, n, known):.0f}",
        f"{np.sqrt(max(k / most_shares(LIMIT, n) - 1, 0)):.1f}",
    ]


def mean_and_interval(values):
    """A mean over splits, and its 95 % interval by Student's distribution."""
    mean, low, high = mean_interval(values, 0.0, 0.95)  # splits are no folds
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def traced(n_shares, n_members, n_drawn=np.inf, n_known=np.inf):
    """The share of members that free shares of them give away at 10 % false alarms.

    A row has k scaled indicators, of variance 1 and without correlation; known are
    their means among n members. Their product with those of a row has a variance of
    k / n, and a mean that is larger by k / n if the row is a member: apart by sqrt(k /
    n) standard deviations (Sankararaman et al. 2009). Means of m rows that were drawn
    by these shares, less those of r other rows, vary more: k / n + k / m + k / r.
    """
    noise = 1 + n_members / n_drawn + n_members / n_known
    return norm.cdf(norm.ppf(ALARMS) + np.sqrt(n_shares / n_members / noise))


def most_shares(found, n_members, n_drawn=np.inf, n_known=np.inf):
    """The number of free shares of which so many members are found, as ``traced``."""
    noise = 1 + n_members / n_drawn + n_members / n_known
    return n_members * noise * (norm.ppf(found) - norm.ppf(ALARMS)) ** 2


def of_shadow(rows):
    """What a shadow attack finds of each method, with its intervals."""
    if not rows:
        return {}
    heads = ["method", "rows", "targets", "fits", "area", "of the target found most"]
    return {
        "bench_shadow": [
            [*heads, "found at 10 %", "at 1 %"],
            *(
                [(NAMES | PRIVACY_NAMES)[row["method"]]]
                + [row[name] for name in ("n_rows", "n_targets", "n_shadows")]
                + [f"{float(row[name]):.2f}" for name in ("auc", "largest_auc")]
                + [
                    "{:.1f} ({:.1f} to {:.1f})".format(
                        *(float(row[at + end]) for end in ("", "_low", "_high"))
                    )
                    for at in ("at_10", "at_1")
                ]
                for row in rows
            ),
        ]
    }


def of_budgets(rows):
    """Lengths of training, and penalties, of small tables: means over tables, seeds."""
    lengths = "1/8 1/4 1/2 1".split()  # of the longest
    heads = ["training", "penalties", "two-sample, tables of 100 to 379 rows"]
    heads += ["tables of 560 to 2,000 rows", "copies %, the smaller", "found %, others"]
    shorter = [row for row in rows if row["times"] == "auto"]
    rows = [row for row in rows if row["times"] != "auto"]
    sides = [[], []]
    for (_,), own in groups(rows, "table").items():
        ranks = sorted({int(row["n_iter"]) for row in own})
        for row in own:
            side = sides[bool(row["found"])]
            side.append(row | {"length": lengths[ranks.index(int(row["n_iter"]))]})
    return {
        "bench_budgets": [
            heads,
            *(
                [length, f"x {times}"]
                + [f"{_mean(side, length, times, 'held_out'):.2f}" for side in sides]
                + [f"{_mean(sides[0], length, times, 'copied_percent'):.0f}"]
                + [f"{_mean(sides[1], length, times, 'found'):.1f}"]
                for length in lengths[::-1]
                for times in ("1", "5", "20")
            ),
        ],
        "bench_shorter": _of_shorter(shorter),
    }


def _of_shorter(rows):
    """Numbers of iterations under the penalties of the default, a line each: means.

    Of the tables and seeds that were trained for each of these numbers.
    """
    lengths = groups(rows, "n_iter")
    pairs = [{(row["table"], row["seed"]) for row in own} for own in lengths.values()]
    common = set.intersection(*pairs) if pairs else set()
    lines = []
    for (length,), own in lengths.items():
        own = [row for row in own if (row["table"], row["seed"]) in common]
        means = [
            np.mean([float(row[name]) for row in own])
            for name in ("held_out", "copied_percent")
        ]
        lines.append([length, f"{means[0]:.2f}", f"{means[1]:.0f}"])
    return [["iterations", "two-sample", "copies %"], *lines]


def of_longer_trees(rows):
    """What trees of refinement that learn for longer change: a line a variant."""
    rows = sorted(rows, key=lambda row: row["variant"])
    return {"bench_longer_trees": of_variants("trees", rows, LONGER)} if rows else {}


def of_strict(rows):
    """For each table the strict detector's scores, ours beside published ones."""
    names, found = NAMES | {"training_rows": "*training rows*"}, {}
    for (table,), own in groups(rows, "table").items():
        named = [row | {"name": names[row["method"]]} for row in own]
        lines = of_variants("rows", named, STRICT, "name")
        lines += [
            [f"published: {name}", *values, ""]
            for name, values in PUBLISHED_STRICT.get(table, {}).items()
        ]
        found[f"bench_strict_{table}"] = lines
    return found


def _mean(rows, length, times, figure):
    """The mean over tables of the mean over seeds."""
    own = [row for row in rows if (row["length"], row["times"]) == (length, times)]
    means = [
        statistics.mean(float(row[figure]) for row in runs)
        for runs in groups(own, "table").values()
    ]
    return statistics.mean(means)


def best_attack(runs, attacks, rows, measure):
    """What the best of some attacks finds, its name, and a lower bound if there is one.

    A mean over splits. Ends of intervals lie from it as the root of the sum of squares
    (Zou and Donner 2008), and hold for all attacks together.
    """
    found = {}
    for attack in attacks:
        start = f"{attack}_{rows}_"
        own = [row for row in runs if row.get(start + measure)]
        if own:
            values = np.array([row[start + measure] for row in own], dtype=float)
            found[attack] = values.mean(), -np.inf
            if measure == "at_10":
                lows = np.array([row[start + "at_10_low"] for row in own], dtype=float)
                reach = np.linalg.norm(values - lows) / len(values)
                found[attack] = values.mean(), values.mean() - reach
    if not found:
        return ""
    name = max(found, key=lambda attack: found[attack][0])
    low = max(low for _, low in found.values())
    text = f"{found[name][0]:.1f}, {name}"
    return f"{text} ({max(low, 0):.1f} or more)" if np.isfinite(low) else text


def by_version(rows):
    """Rows with our own of this version as methods of their own."""
    return [
        row | {"method": row["method"] + NOW}
        if row["method"].startswith("skgan") and row["day"] >= FIRST_DAY
        else row
        for row in rows
    ]


def _of_methods():
    rows = by_version(_rows_of("tables"))
    if not rows:
        return {}
    return {
        **{f"bench_{t}": of_one_table(rows, t) for (t,) in groups(rows, "table")},
        "bench_refined": before_and_after(rows),
        "bench_published": beside_published(rows),
        "bench_two_sample": of_all_tables(rows, "two_sample", 2),
        "bench_held_out": of_all_tables(rows, "held_out", 2),
        "bench_utility": of_all_tables(rows, "utility", 3),
        "bench_lost_two_sample": where_we_lose(rows, "two_sample"),
        "bench_lost_held_out": where_we_lose(rows, "held_out"),
        "bench_lost_shape": where_we_lose(rows, "shape", is_rank_up=False),
        "bench_lost_trend": where_we_lose(rows, "trend", is_rank_up=False),
        "bench_lost_utility": where_we_lose(rows, "utility"),
    }


def write(folder):
    """Write all tables as CSV files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in tables().items():
        with open(folder / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows(lines)


if __name__ == "__main__":
    for name, lines in tables().items():
        print(f"{name}:")
        for line in lines:
            print("  " + " | ".join(line))
