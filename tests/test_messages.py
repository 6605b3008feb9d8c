"""Messages of the library name options where the command line shows them."""

import warnings

import numpy as np
import pytest

from skgan.cli.messages import OPTIONS, warnings_as_lines
from skgan.encoding import TableEncoder
from skgan.exceptions import DivergenceError, RefinementWarning, silent
from skgan.model.training_report import warn_of
from skgan.wording import advice, naming, parameter, setting

REPORT = {"coverage": 1, "training_coverage": 1, "coverage_p_value": None}
REPORT |= {"copied_percent": 0, "copied_p_value": None, "loss_gap": None}


def said(call):
    """What a call warns of, as the command line says it."""
    with warnings.catch_warnings(record=True) as caught, naming(OPTIONS):
        warnings.simplefilter("always")
        call()
    return str(caught[0].message)


def names(*columns):
    pd = pytest.importorskip("pandas")
    values = [f"{i:03}-{7 * i:05}-x" for i in np.random.default_rng(0).permutation(600)]
    return pd.DataFrame(dict.fromkeys(columns, values[:300]) | {"n": range(300)})


def test_identifiers_are_declared_by_options():
    words = said(lambda: TableEncoder().fit(names("name", "last name")))
    assert "--ids name 'last name' n says that you know, " in words
    assert "--identifiers drop leaves such columns out, --identifiers error" in words
    assert "TableEncoder" not in words and "on_identifiers" not in words
    with naming(OPTIONS), silent():
        with pytest.raises(ValueError, match="with --identifiers error, got 300"):
            TableEncoder(on_identifiers="error").fit(names("name"))
        with pytest.raises(ValueError, match="^--identifiers drop must leave"):
            TableEncoder(on_identifiers="drop").fit(names("name")[["name"]])
    with pytest.raises(ValueError, match="^on_identifiers='drop' must leave"), silent():
        TableEncoder(on_identifiers="drop").fit(names("name")[["name"]])


def test_a_warning_names_all_of_its_columns():
    columns = [f"name{k}" for k in range(9)]
    table = names(*columns).drop(columns="n")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        TableEncoder().fit(table)
    words = str(caught[0].message)
    assert len(caught) == 1 and words.count("'name8'") == 2
    assert f"TableEncoder(identifiers={columns}) says that you know" in words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            {"copied_percent": 100, "copied_p_value": 1e-9},
            "Try a smaller --max-iter, or more rows.",
        ),
        (
            {"coverage": 0.1, "coverage_p_value": 1e-9},
            "groups of rows may be missing. Try a larger --max-iter.",
        ),
        ({"loss_gap": 0.0}, "In Python, try a greater learning_rate, a smaller"),
    ],
)
def test_advice_after_training_is_of_options(found, words):
    assert words in said(lambda: warn_of(REPORT | found, 10_000))


def test_errors_and_limits_are_of_options_too():
    error = DivergenceError(3)
    assert str(error).endswith(
        "Try a smaller learning_rate, a larger penalty_weight, the 'relativistic' loss "
        "with its default penalty, or precision='float32'."
    )
    with naming(OPTIONS):
        assert "In Python, try a smaller learning_rate" in str(error)
        assert parameter("max_time") == "--minutes"
        assert setting("max_time", 90) == "--minutes 1.5"
        assert setting("refinement", None) == "--no-refinement, where it learns,"
        assert setting("penalty", None) == "penalty=None"
        assert advice("more rows", n_init="{}=3") == "Try more rows."
    assert parameter("max_time") == "max_time", "outside of the command line"


@pytest.mark.parametrize("is_quiet", [False, True])
def test_warnings_are_lines_of_the_command(capsys, is_quiet):
    """Those of samples, too, without a path and a line of Python."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with warnings_as_lines(is_quiet):
            warnings.warn("It takes its rows.", RefinementWarning, 2)
            warnings.warn("old", DeprecationWarning, 2)
        warnings.warn("after", UserWarning, 2)
    line = "skgan: warning: It takes its rows.\n"
    assert capsys.readouterr().err == ("" if is_quiet else line)
    assert [str(own.message) for own in caught] == ["old", "after"]
