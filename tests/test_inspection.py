"""What a file holds is printed, all of it, and without what wrote it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kept_models import fitted, mixed, numbers, table

import skgan
from skgan import GANGenerator, inspect, save
from skgan.callbacks import Checkpoint
from skgan.cli.commands import main
from skgan.exceptions import FileError
from skgan.storage import read, write
from skgan.storage.inspection import MAX_SHOWN, _counted

ROOT = Path(skgan.__file__).parent.parent


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A file of a table."""
    path = tmp_path_factory.mktemp("files") / "mixed.skgan"
    save(fitted("mixed"), path)
    return path


def test_parameters_columns_and_versions_are_there(path):
    found = inspect(path)
    assert found.class_name == "gan_generator/1"
    assert found.params == GANGenerator(
        max_iter=2,
        n_score_samples=30,
        batch_size=16,
        random_state=0,
        hidden_layer_sizes=(8,),
    ).get_params(deep=False)
    assert found.columns == list(mixed().columns)
    assert found.versions["skgan"] == skgan.__version__
    assert found.versions["numpy"] == np.__version__
    assert found.n_bytes == path.stat().st_size
    assert found.sha256 == read(path)[0]["sha256"]
    assert repr(found) == f"<Inspection of {path}; print it>"


def test_every_value_of_the_data_is_printed(path):
    lines = [line.strip() for line in str(inspect(path)).splitlines()]
    text = " ".join(lines)
    assert "hidden_layer_sizes: 8" in lines and f"sha256 {inspect(path).sha256}" in text
    encoder = fitted("mixed").encoder_
    assert "categories: 'Jena', 'Oslo', 'Rom'" in lines
    for j, own in encoder._encoders.items():
        assert f"{j}, {encoder._names[j]!r}: {own.stored_word}" in lines
        if hasattr(own, "_table"):
            assert ", ".join(map(str, own._table.knots.tolist())) in text
        if hasattr(own, "_counts") and own._n_own > 1:
            assert f"_counts: int64: {', '.join(map(str, own._counts))}" in lines
    assert "0: copy/1" in lines and "slope: 2.0" in lines
    weights = fitted("mixed").generator_.network[1].weight
    assert f"network.1.weight: {weights.numel():,} weights, float32" in lines


def test_long_arrays_are_cut_and_shared_objects_shown_once(tmp_path):
    path = tmp_path / "a"
    content = {"many": np.arange(MAX_SHOWN + 1_500), "a": {"@": 0}, "b": {"@": 0}}
    tree = {"objects": [["grid/1", {"step": 3, "odd": {"x": None}}]], "value": content}
    write(path, "thing/1", tree, {"skgan": "9"})
    lines = str(inspect(path)).splitlines()
    assert "and 1,500 more" in " ".join(lines) and str(MAX_SHOWN + 1) not in lines
    at = lines.index("a: grid/1")
    assert lines[at + 1 : at + 5] == [
        "  step: 3",
        "  odd:",
        "    x: None",
        "b: grid/1, as above",
    ]


@pytest.mark.parametrize(
    "tree",
    [
        {"objects": [], "value": {"a": {"@": 0}}},
        {"objects": [["a/1", {"own": {"@": 0}}]], "value": {"@": 0}},
        {"objects": [[1]], "value": {}},
        {"value": {}},
        [],
    ],
    ids=str,
)
def test_what_nobody_writes_is_refused(tree, tmp_path):
    write(tmp_path / "a", "thing/1", tree, {"skgan": "9"})
    with pytest.raises(FileError, match="It was written by skgan 9."):
        inspect(tmp_path / "a")


def test_a_checkpoint_is_said_to_be_one(tmp_path, capsys):
    """How far training is, and of what; weights and random streams are counted."""
    gan = GANGenerator(
        max_iter=4, hidden_layer_sizes=(8,), encoder="scaled", random_state=0
    )
    gan.set_callbacks(Checkpoint(tmp_path, every=2)).fit(numbers())
    *_, last = sorted(tmp_path.glob("*/*"))
    found = inspect(last)
    state, (run,) = read(last)[1], found.learned["runs"]
    assert (found.class_name, run["iteration"], found.params) == ("Checkpoint", 4, {})
    own = found.learned["fingerprint"]
    assert own == state["fingerprint"] and own.startswith(last.parent.name)
    weights = state["runs"][0]["discriminator"]
    size = sum(own.size for own in weights.values())
    assert run["discriminator"] == f"{size} numbers in {len(weights)} arrays"
    assert run["losses"] == "8 numbers"
    assert main(["inspect", str(last)]) == 0
    printed = capsys.readouterr().out
    assert printed == f"{found}\n"
    lines = printed.splitlines()
    assert "It is the state of training, from which a fit of the same par" in lines[3]
    assert "    iteration: 4" in lines and "  torch: " in printed
    assert "  threads: " in printed and len(lines) < 80


def test_a_state_says_plain_values_first():
    weights = {"w": np.zeros((2, 3)), "b": np.zeros(3)}
    counted = _counted({"runs": [{"own": weights, "n": 1}], "empty": {}, "threads": 2})
    assert list(counted) == ["empty", "threads", "runs"]
    assert counted["runs"] == [{"own": "9 numbers in 2 arrays", "n": 1}]


def test_objects_in_objects_without_end_are_cut(tmp_path):
    """Each holds the one before twice: written out they would never end."""
    objects = [["a/1", {}]]
    objects += [["a/1", {"l": {"@": i}, "r": {"@": i}}] for i in range(2_000)]
    tree = {"objects": objects, "value": {"top": {"@": 2_000}}}
    write(tmp_path / "a", "thing/1", tree, {})
    assert len(str(inspect(tmp_path / "a")).splitlines()) < 200


ALONE = """
import sys
from skgan.cli.commands import main
assert main(["inspect", sys.argv[1]]) == 0
heavy = "torch", "sklearn", "scipy", "pandas", "polars", "pyarrow", "narwhals"
print([name for name in heavy if name in sys.modules], file=sys.stderr)
"""


def test_the_command_line_looks_without_torch(path, capsys):
    run = subprocess.run(
        [sys.executable, "-c", ALONE, path],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.stderr.strip() == "[]"
    assert run.stdout == f"{inspect(path)}\n"
    content = path.read_bytes()
    changed = path.with_name("changed")
    changed.write_bytes(content[:-1])
    assert main(["inspect", str(changed)]) == 2
    assert "error: " in capsys.readouterr().err


def test_the_command_line_saves_and_samples(tmp_path, capsys):
    data, model, out = (str(tmp_path / n) for n in ("d.csv", "m.skgan", "o.csv"))
    mixed().drop(columns="one").to_csv(data, index=False)
    options = ["--max-iter", "2", "--seed", "0", "--quiet"]
    assert main(["synthesize", data, "--out", out, "--save", model, *options]) == 0
    first = pd.read_csv(out)
    assert main(["sample", model, "--rows", "60", "--seed", "0", "--out", out]) == 0
    pd.testing.assert_frame_equal(pd.read_csv(out), first)
    capsys.readouterr()
    for given, problem in (
        (["sample", model, "--rows", "0", "--out", out], "--rows must be at least 1"),
        (["sample", data, "--rows", "1", "--out", out], "cannot be read"),
        (
            ["synthesize", data, "--out", out, "--save", data, *options],
            "--save must be a file of its",
        ),
        (
            ["synthesize", data, "--out", out, "--save", "no/m", *options],
            "there is no folder no",
        ),
    ):
        assert main(given) == 2
        assert problem in capsys.readouterr().err


def test_arrays_and_labels_are_sampled_as_tables(tmp_path):
    gan = table(class_conditional=True).fit(numbers(), np.arange(60) % 2)
    save(gan, tmp_path / "m")
    out = tmp_path / "o.csv"
    assert main(["sample", f"{tmp_path}/m", "--rows", "7", "--out", str(out)]) == 0
    assert list(pd.read_csv(out).columns) == ["0", "1", "2", "3", "label"]
    assert set(pd.read_csv(out)["label"]) <= {0, 1}
