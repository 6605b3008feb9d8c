"""The house: arrows point down, and some rooms know nothing of scikit-learn."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "skgan"

LAYERS = [
    {
        "losses",
        "penalties",
        "augmentation",
        "datasets",
        "exceptions",
        "privacy",
        "progress",
        "_torch",
        "_sklearn",
        "_pipeline",
        "_csv",
        "_pillow",
        "_sampling_strategy",
        "_version",
    },
    {"training", "encoding", "metrics", "networks", "conditions", "refinement"},
    {
        "_base",
        "_fitting",
        "_drawing",
        "_report",
        "_parameters",
        "_refining",
        "_images",
        "_rows",
        "_scoring",
    },
    {
        "_gan",
        "_dcgan",
        "_augmentation_gain",
        "_features",
        "_oversampling",
        "callbacks",
        "plotting",
        "testing",
    },
    {"__init__", "__main__"},
]
# Arrows inside a layer, few and acyclic
SIDEWAYS = {
    ("_base", "_drawing"),
    ("_base", "_fitting"),
    ("_base", "_refining"),
    ("_base", "_report"),
    ("_base", "_scoring"),
    ("_images", "_fitting"),
    ("_oversampling", "_gan"),
    ("callbacks", "plotting"),
    ("datasets", "_pillow"),
    ("metrics", "encoding"),  # which reads tables of all kinds
}
WITHOUT_SKLEARN = {"losses", "penalties", "networks", "training", "_torch"}
MAX_LINES = 350


def room_of(path):
    """The file or folder directly inside the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path):
    """Pairs (imported module, name) with relative imports made absolute."""
    folder = ["skgan", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((module, alias.name) for alias in node.names)


def rooms_used_by(path):
    for module, name in imports_of(path):
        if module == "skgan":
            yield name
        elif module.startswith("skgan."):
            yield module.split(".")[1]


FILES = sorted(PACKAGE.rglob("*.py"))
DEPTH = {room: depth for depth, rooms in enumerate(LAYERS) for room in rooms}


def test_every_room_has_a_layer():
    assert {room_of(path) for path in FILES} == set(DEPTH)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_point_down(path):
    room = room_of(path)
    for used in set(rooms_used_by(path)) - {room}:
        is_down = DEPTH[used] < DEPTH[room]
        assert is_down or (room, used) in SIDEWAYS, f"{room} must not import {used}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_without_sklearn(path):
    if room_of(path) in WITHOUT_SKLEARN:
        modules = {module.split(".")[0] for module, _ in imports_of(path)}
        assert "sklearn" not in modules


def test_encoding_knows_no_network():
    for path in (PACKAGE / "encoding").glob("*.py"):
        assert "torch" not in {module.split(".")[0] for module, _ in imports_of(path)}


def test_private_names_of_sklearn_have_one_import_point():
    for path in FILES:
        for module, name in imports_of(path):
            parts = [*module.split("."), name or ""]
            if parts[0] == "sklearn" and room_of(path) != "_sklearn":
                assert not any(part.startswith("_") for part in parts), path


def test_base_asks_no_questions_about_types_of_pieces():
    tree = ast.parse((PACKAGE / "_base.py").read_text())
    asked = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance"
    ]
    assert asked == ["isinstance(n_samples, Integral)"]


def test_files_stay_small():
    sizes = {path.name: len(path.read_text().splitlines()) for path in FILES}
    assert {name: size for name, size in sizes.items() if size > MAX_LINES} == {}


def test_the_step_fits_on_a_screen():
    source = (PACKAGE / "training" / "step.py").read_text()
    assert len(source.splitlines()) <= 100
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 40, node.name


def test_the_layout_test_sees_a_wrong_arrow(tmp_path, monkeypatch):
    wrong = PACKAGE / "training" / "wrong.py"
    monkeypatch.setattr(Path, "read_text", lambda self: "from ..metrics import parzen")
    assert list(rooms_used_by(wrong)) == ["metrics"]
    monkeypatch.setattr(Path, "read_text", lambda self: "from .. import _base")
    assert list(rooms_used_by(wrong)) == ["_base"]
