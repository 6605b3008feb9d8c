"""Tables of every parameter of an estimator, and groups of them for its page."""

import csv
import inspect
import re

from sklearn.utils._param_validation import make_constraint

from skgan._sklearn import StrOptions

# Of estimators with many parameters, in the order of reading
GROUPS = {
    "Start with these": [
        *("image_shape", "class_conditional", "max_time", "max_rows", "random_state"),
    ],
    "Columns and clusters": ["encoder", "categorical_features", "n_clusters"],
    "Networks": [
        *("hidden_layer_sizes", "base_channels", "generator", "discriminator"),
        *("dropout", "normalization", "latent_dim", "noise"),
    ],
    "Loss": ["loss", "penalty", "penalty_weight", "n_critic", "augmentation"],
    "Training": [
        *("max_iter", "batch_size", "optimizer", "learning_rate"),
        *("learning_rate_decay", "ema_decay", "n_init", "early_stopping"),
        *("warm_start", "device", "precision", "verbose"),
    ],
    "Refinement, scores and privacy": [
        *("refinement", "validation_fraction", "bandwidth", "n_score_samples"),
    ],
}
MANY = 20  # parameters: fewer stand in one list


def write(folder, *classes):
    """Write a CSV file ``parameters_Name.csv`` of each class into a folder."""
    folder.mkdir(exist_ok=True)
    for cls in classes:
        with open(folder / f"parameters_{cls.__name__}.csv", "w", newline="") as file:
            csv.writer(file).writerows(table(cls))


def setup(app):
    """Let pages of classes show parameters in groups, once numpydoc has listed them."""
    app.connect("autodoc-process-docstring", _group, priority=900)


def _group(app, what, name, obj, options, lines):
    """Put the parameters of a class into groups, each under its title."""
    if what != "class" or len(inspect.signature(obj).parameters) < MANY:
        return
    start = lines.index(":Parameters:") + 1
    end = next(i for i in range(start, len(lines)) if lines[i][:1].strip())
    entries, indent = {}, " " * 4
    for line in lines[start:end]:
        if found := re.match(rf"{indent}\*\*(\w+)\*\* : ", line):
            entry = entries[found[1]] = []
        if entries:  # no blank lines before the first
            entry.append(line)
    groups = grouped(entries)
    lines[start:end] = [""]
    for title in reversed(groups):
        of_group = [line for name in groups[title] for line in entries[name]]
        lines[start:start] = ["", f"{indent}*{title}*", "", *of_group]


def grouped(names):
    """Sort names of parameters into the groups; one that is in none is an error."""
    chosen = {
        title: [n for n in group if n in names] for title, group in GROUPS.items()
    }
    missing = set(names).difference(*chosen.values())
    if missing:
        raise ValueError(f"Name a group in docs/parameters.py of {sorted(missing)}.")
    return {title: group for title, group in chosen.items() if group}


def table(cls):
    """List name, default and range of the parameters of a class, in groups if many."""
    parameters = inspect.signature(cls).parameters
    if len(parameters) < MANY:
        return [["parameter", "default", "range"], *rows_of(cls, parameters)]
    lines = [["parameter", "default", "range"]]
    for title, names in grouped(parameters).items():
        lines.append([f"*{title}*", "", ""])
        lines += rows_of(cls, {name: parameters[name] for name in names})
    return lines


def rows_of(cls, parameters):
    """List name, default and range of some parameters."""
    lines = []
    for name, parameter in parameters.items():
        given = parameter.default is inspect.Parameter.empty
        default = "(to be given)" if given else f"``{parameter.default!r}``"
        rules = map(in_words, cls._parameter_constraints[name])
        lines.append([f"``{name}``", default, ", or ".join(rules)])
    return lines


def in_words(rule):
    """Say what a constraint of a parameter allows."""
    if isinstance(rule, StrOptions):
        return ", ".join(f'``"{option}"``' for option in sorted(rule.options))
    if rule == "boolean":
        return "a bool"
    if rule == "random_state":
        return "an int, a RandomState, or None"
    if rule == "verbose":
        return "an int in the range [0, inf)"
    return re.sub(
        r"an instance of '(?:\w+\.)*(\w+)'", _with_article, str(make_constraint(rule))
    )


def _with_article(match):
    """Put "a" or "an" before the name of a class."""
    return f"{'an' if match[1][0] in 'AEIOU' else 'a'} {match[1]}"
