"""The house: arrows point down, through ``self`` too; words and sizes are held."""

import ast
import importlib
import inspect
import re
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
        "model_selection",
        "pages",
        "privacy",
        "progress",
        "sinks",
        "sources",
        "storage",
        "wording",
        "_pyplot",
        "_torch",
        "_sklearn",
        "_version",
    },
    {"encoding", "networks"},
    {"constraints", "training", "conditions", "refinement", "metrics"},
    {"model"},
    {"estimators", "callbacks", "plotting", "testing"},
    {"cli"},
    {"__init__", "__main__"},
]
# Arrows inside a layer, few and acyclic
SIDEWAYS = {
    ("callbacks", "plotting"),
    ("estimators", "callbacks"),
    ("datasets", "exceptions"),
    ("exceptions", "wording"),
    ("datasets", "progress"),
    ("storage", "exceptions"),
    ("sinks", "storage"),
}
PRIVATE_MODULES = {"_pyplot", "_sklearn", "_torch", "_version"}
WITHOUT_SKLEARN = {"losses", "penalties", "networks", "training", "model", "_torch"}
MAX_FILE, MAX_BODY = 200, 40  # lines of code
# Home-made words that are gone; a word of the field stands for each
BANNED = {
    *("compact", "open", "opener", "opened", "settle", "settled", "settles"),
    *("place", "places", "kind", "kinds", "form", "forms", "wish", "wishes", "told"),
    *("giveaway", "giveaways", "block", "blocks", "seen", "cell", "cells"),
}
MAY_SAY_CELL = {"cells.py", "raking.py", "margins.py", "shares.py"}
BRITISH = re.compile(
    r"centre|grey|colour|neighbour|behaviour|optimis|normalis|initialis|labell|modell"
)


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
TREES = {path: ast.parse(path.read_text()) for path in FILES}
DEPTH = {room: depth for depth, rooms in enumerate(LAYERS) for room in rooms}
by_file = pytest.mark.parametrize(
    "path", FILES, ids=lambda path: str(path.relative_to(PACKAGE))
)


def test_every_room_has_a_layer():
    assert {room_of(path) for path in FILES} == set(DEPTH)


def test_few_modules_of_the_root_are_private():
    private = {path.stem for path in PACKAGE.glob("_*.py")} - {"__init__", "__main__"}
    assert private == PRIVATE_MODULES


@by_file
def test_arrows_point_down(path):
    room = room_of(path)
    for used in set(rooms_used_by(path)) - {room}:
        is_down = DEPTH[used] < DEPTH[room]
        assert is_down or (room, used) in SIDEWAYS, f"{room} must not import {used}"


def test_rooms_without_sklearn():
    """What is learned, and how, knows no estimators; the base classes none at all."""
    for path in FILES:
        if room_of(path) in WITHOUT_SKLEARN:
            modules = {module.split(".")[0] for module, _ in imports_of(path)}
            assert "sklearn" not in modules, path


def test_encoding_knows_no_network():
    for path in (PACKAGE / "encoding").rglob("*.py"):
        modules = {module.split(".")[0] for module, _ in imports_of(path)}
        assert "torch" not in modules, path


def test_private_names_of_sklearn_have_one_import_point():
    for path in FILES:
        for module, name in imports_of(path):
            parts = [*module.split("."), name or ""]
            if parts[0] == "sklearn" and room_of(path) != "_sklearn":
                assert not any(part.startswith("_") for part in parts), path


# ------------------------------------------------------------ arrows through self


def own_classes():
    """Pairs (class, its syntax tree) of all classes defined in the package."""
    for path, tree in TREES.items():
        name = ".".join(["skgan", *path.relative_to(PACKAGE).with_suffix("").parts])
        if name.endswith("__main__"):
            continue
        module = importlib.import_module(name.removesuffix(".__init__"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield getattr(module, node.name), node


def names_on_self(node, context):
    """Attributes of ``self`` that a class reads or calls, or that it sets."""
    return {
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute)
        and isinstance(part.value, ast.Name)
        and part.value.id == "self"
        and isinstance(part.ctx, context)
    }


def undefined_on_self(cls, tree_of):
    """What a class reads of ``self`` that neither it nor a class above it defines."""
    known = set(dir(cls))
    for base in cls.__mro__:
        known |= set(vars(base).get("__annotations__", {}))
        known |= set(getattr(base, "__slots__", ()))
        if base in tree_of:
            known |= names_on_self(tree_of[base], ast.Store)
    return names_on_self(tree_of[cls], ast.Load) - known


def test_no_class_reads_what_only_its_siblings_or_heirs_define():
    """So there are no mixins that call each other in circles, which imports hide."""
    tree_of = dict(own_classes())
    assert len(tree_of) > 50
    odd = {
        cls: undefined_on_self(cls, tree_of)
        for cls in tree_of
        if cls.__module__.startswith("skgan.") and not is_of_library(cls)
    }
    assert {cls: names for cls, names in odd.items() if names} == {}


def is_of_library(cls):
    """Whether bases set attributes that no class body shows, as torch's modules do."""
    return any(
        base.__module__.startswith(("torch.", "sklearn.ensemble"))
        for base in cls.__mro__
    )


def test_the_test_of_self_finds_a_circle():
    source = """
class Scoring:
    def score(self):
        return self.draw()

class Drawing:
    def draw(self):
        return self.score()

class Base(Scoring, Drawing):
    pass
"""
    namespace = {}
    exec(source, namespace)
    nodes = ast.parse(source).body
    tree_of = {namespace[node.name]: node for node in nodes}
    assert undefined_on_self(namespace["Scoring"], tree_of) == {"draw"}
    assert undefined_on_self(namespace["Base"], tree_of) == set()


def test_encoders_are_not_asked_for_their_names():
    """What follows from an encoder it says itself."""
    for path in FILES:
        if room_of(path) in {"estimators", "model", "training", "conditions"}:
            source = path.read_text()
            assert not re.search(r"encoder\.name|type\(.*encoder", source), path


# ----------------------------------------------------------------- words and sizes


def words_of(name):
    """The words that a name is made of, in lower case."""
    return re.findall(r"[a-z]+|[A-Z][a-z]*", name)


def names_defined_in(tree):
    """Names of classes, functions, arguments and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
            yield from (
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            )
            yield from (
                target.id
                for part in node.body
                if isinstance(part, ast.Assign)
                for target in part.targets
                if isinstance(target, ast.Name)
            )
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
            arguments = node.args
            every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
            every += [a for a in (arguments.vararg, arguments.kwarg) if a]
            yield from (argument.arg for argument in every)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


@by_file
def test_names_are_of_the_field(path):
    names = {path.stem, *names_defined_in(TREES[path])}
    banned = BANNED - ({"cell", "cells"} if path.name in MAY_SAY_CELL else set())
    odd = {n for n in names if banned & {word.lower() for word in words_of(n)}}
    assert odd == set()
    assert {name for name in names if BRITISH.search(name.lower())} == set()


def is_docstring(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def code_lines(nodes, source):
    """Numbers of the lines with code: no docstrings, signatures, comments, blanks."""
    code, other = set(), set()
    for node in nodes:
        code |= set(range(node.lineno, node.end_lineno + 1))
        for part in [node, *ast.walk(node)]:
            if is_docstring(part):
                other |= set(range(part.lineno, part.end_lineno + 1))
            elif isinstance(part, ast.FunctionDef | ast.ClassDef):
                start = min([part.lineno, *(d.lineno for d in part.decorator_list)])
                other |= set(range(start, part.body[0].lineno))
    text = {n: source[n - 1].strip() for n in code - other}
    return {n for n, line in text.items() if line and not line.startswith("#")}


@by_file
def test_files_and_bodies_stay_small(path):
    source, tree = path.read_text().splitlines(), TREES[path]
    assert len(code_lines(tree.body, source)) <= MAX_FILE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            n_lines = len(code_lines(node.body, source))
            assert n_lines <= MAX_BODY, f"{node.name} has {n_lines} lines"


def test_the_sizes_are_those_of_code():
    source = '''def f(
    a,
    b,
):
    """A docstring

    of three lines."""
    # a comment

    def g(x):
        """Another."""
        return x

    return g(a)
'''
    (function,) = ast.parse(source).body
    assert code_lines(function.body, source.splitlines()) == {12, 14}


def test_the_step_fits_on_a_screen():
    source = (PACKAGE / "training" / "step.py").read_text()
    assert len(source.splitlines()) <= 105
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 40, node.name


def test_the_layout_test_finds_a_wrong_arrow(monkeypatch):
    wrong = PACKAGE / "training" / "wrong.py"
    monkeypatch.setattr(Path, "read_text", lambda self: "from ..metrics import parzen")
    assert list(rooms_used_by(wrong)) == ["metrics"]
    monkeypatch.setattr(Path, "read_text", lambda self: "from .. import estimators")
    assert list(rooms_used_by(wrong)) == ["estimators"]


def test_private_functions_say_what_they_do_alone():
    """A docstring can be read without the one before."""
    for cls in (value for value, _ in own_classes()):
        doc = inspect.getdoc(cls) or ""
        assert not doc.startswith(("The same", "And ")), cls
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                doc = ast.get_docstring(node) or ""
                assert not doc.startswith(("The same", "And ")), (path, node.name)


# ------------------------------------------------------------------------ scripts

SCRIPTS = [
    path
    for folder in ("benchmarks", "docs", "examples")
    for path in sorted((PACKAGE.parent / folder).glob("*.py"))
]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_import_what_is_there(path):
    """Many run for hours, and so seldom."""
    for node in ast.walk(ast.parse(path.read_text())):
        own = getattr(node, "module", None) or ""
        if isinstance(node, ast.ImportFrom) and own.partition(".")[0] == "skgan":
            module = importlib.import_module(own)
            absent = {a.name for a in node.names if not hasattr(module, a.name)}
            for name in absent:  # a file that nobody has asked for yet
                importlib.import_module(f"{own}.{name}")
