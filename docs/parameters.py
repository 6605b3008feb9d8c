"""Tables of every parameter of an estimator, with its range and its default."""

import csv
import inspect
import re

from sklearn.utils._param_validation import make_constraint

from skgan._sklearn import StrOptions


def write(folder, *classes):
    """Write a CSV file ``parameters_Name.csv`` of each class into a folder."""
    folder.mkdir(exist_ok=True)
    for cls in classes:
        with open(folder / f"parameters_{cls.__name__}.csv", "w", newline="") as file:
            csv.writer(file).writerows(table(cls))


def table(cls):
    """List name, default and range of the parameters of a class."""
    lines = [["parameter", "default", "range"]]
    for name, parameter in inspect.signature(cls).parameters.items():
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
