"""Files hold what was written, or say that they do not; nothing in between."""

import errno
import json
import os
import stat
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutated, outcome

from skgan.exceptions import FileError
from skgan.storage import (
    FORMAT,
    MAX_HEADER,
    container,
    from_bytes,
    read,
    read_header,
    to_bytes,
    write,
)
from skgan.storage.limits import DTYPES, Refused
from skgan.storage.tree import MAX_TREE, from_json, to_json
from skgan.storage.whole import write_whole

VERSIONS = {"skgan": "0.1", "numpy": "2.4.6"}
TREE = {
    "none": None,
    "yes": True,
    "text": "Grüße\x00\ud800".encode("utf-8", "replace").decode(),
    "numbers": [
        0,
        -1,
        2**70,
        0.1,
        -0.0,
        5e-324,
        float("-inf"),
        float("nan"),
        -float("nan"),
    ],
    "collections": [(1, "a"), {1, 2}, frozenset("ab"), range(2, 9, 3), {}, [], ()],
    "keys": {1: "a", ("x", 2): "b", "$array": 0, None: [1.5]},
    "$odd": {"$odd": 1},
    "arrays": [
        np.arange(6).reshape(2, 3).astype(letter)
        for letter in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2")
    ],
    "floats": np.array([[0.1, np.nan], [-np.inf, -0.0]]),
    "singles": np.float32([0.1]).reshape(()),
    "empty": np.zeros((0, 3), np.float32),
    "turned": np.arange(6.0).reshape(2, 3).T,
}


def same(a, b):
    """Equal to the last bit, types, orders and shapes included."""
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert len(a) == len(b)
        for (key, value), (other_key, other) in zip(a.items(), b.items(), strict=True):
            same(key, other_key), same(value, other)
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for pair in zip(a, b, strict=True):
            same(*pair)
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and a.shape == b.shape
        assert a.tobytes() == b.tobytes()
    elif isinstance(a, float):
        assert struct.pack("d", a) == struct.pack("d", b)
    else:
        assert a == b


@pytest.fixture
def path(tmp_path):
    write(tmp_path / "a.skgan", "tree/1", TREE, VERSIONS)
    return tmp_path / "a.skgan"


def test_what_is_written_is_read(path):
    header, tree = read(path)
    same(tree, TREE)
    assert header.keys() == {"format", "class", "params", "versions", "sha256"}
    assert header["class"] == "tree/1" and header["versions"] == VERSIONS
    assert header["format"] == FORMAT and len(header["sha256"]) == 64
    assert header.pop("params") is None
    assert read_header(path) == header
    assert os.listdir(path.parent) == ["a.skgan"]


def test_the_same_is_written_the_same(path, tmp_path):
    write(tmp_path / "b", "tree/1", TREE, VERSIONS)
    assert (tmp_path / "b").read_bytes() == path.read_bytes()


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.lists(inner).map(tuple)
        | st.sets(st.integers() | st.text())
    ),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(plain)
def test_any_plain_value_comes_back(value):
    arrays = []
    text = json.dumps(to_json(value, arrays), allow_nan=False)
    same(from_json(json.loads(text), arrays), value)


@pytest.mark.parametrize(
    "value",
    [
        print,
        np.float64(1),
        np.array(["a"]),
        np.array([1j]),
        np.array([None]),
        np.array([1], dtype=">i4"),
        b"bytes",
        object(),
        {"deep": [[print]]},
    ],
)
def test_other_values_are_refused(value, tmp_path):
    with pytest.raises(TypeError, match="plain"):
        write(tmp_path / "a", "tree/1", value, VERSIONS)
    assert os.listdir(tmp_path) == []


def test_too_deep_a_tree_is_refused(tmp_path):
    deep = 0
    for _ in range(MAX_TREE):
        deep = (deep,)
    write(tmp_path / "a", "tree/1", deep, VERSIONS)
    same(read(tmp_path / "a")[1], deep)
    with pytest.raises(TypeError, match="has 15 containers in containers at most"):
        write(tmp_path / "a", "tree/1", [deep], VERSIONS)
    same(read(tmp_path / "a")[1], deep)


@pytest.mark.parametrize(
    "found",
    [
        *({"$array": 7}, {"$array": -1}, {"$array": True}, {"$array": "0"}),
        *(
            {"$float": "1.5"},
            {"$float": 1},
            {"$float": "7ff0"},
            {"$range": [0, 1]},
            {"$range": [0, 1, 0]},
        ),
        *({"$range": [0, 1.5, 1]}, {"$tuple": 3}, {"$tuple": {"a": 1}}, {"$set": [[]]}),
        {"$float": "3ff8000000000000"},  # 1.5
        *({"$dict": [[1]]}, {"$dict": [[1, 2], [1, 3]]}, {"$dict": [[[], 1]]}),
        *({"$eval": "1"}, {"$tuple": [], "b": 1}, {"b": 1, "$tuple": []}),
    ],
)
def test_odd_trees_are_refused(found):
    with pytest.raises(Refused):
        from_json(found, [np.zeros(1)])


# ---------------------------------------------------------------- wrong files


def rewritten(path, change_header=None, change_words=None, data=None):
    """The bytes of a file with another header, other words or other data."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    words = json.loads(header["__metadata__"]["skgan"])
    if change_words:
        change_words(words)
        header["__metadata__"]["skgan"] = json.dumps(words)
    if change_header:
        change_header(header)
    text = json.dumps(header).encode()
    rest = content[8 + length :] if data is None else data
    return len(text).to_bytes(8, "little") + text + rest


def set_in(*keys, to):
    def change(tree):
        for key in keys[:-1]:
            tree = tree[key]
        tree[keys[-1]] = to

    return change


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"change_words": set_in("format", to=FORMAT + 1)}, "2 is not 1"),
        ({"change_words": set_in("class", to="other/1")}, "the content has changed"),
        ({"change_words": set_in("versions", to={})}, "the content has changed"),
        ({"change_words": set_in("tree", "yes", to=False)}, "the content has changed"),
        ({"change_words": set_in("class", to=1)}, "class or sha256 is no text"),
        ({"change_words": set_in("more", to=1)}, "its names are not"),
        ({"change_words": lambda words: words.pop("tree")}, "its names are not"),
        ({"change_header": set_in("__metadata__", to={"a": "b"})}, "another program"),
        ({"change_header": lambda h: h.pop("__metadata__")}, "another program"),
        ({"change_header": set_in("__metadata__", "skgan", to="{")}, "it is no JSON"),
        ({"change_header": set_in("__metadata__", "skgan", to="[]")}, "are no object"),
        ({"change_header": set_in("0", "dtype", to="F99")}, "none of the dtypes"),
        ({"change_header": set_in("0", "dtype", to=[])}, "none of the dtypes"),
        ({"change_header": set_in("0", "shape", to=[2**62, 2**62])}, "do not agree"),
        ({"change_header": set_in("0", "shape", to=[-6])}, "the shape is"),
        ({"change_header": set_in("0", "shape", to=[1] * 40)}, "the shape is"),
        (
            {"change_header": set_in("0", "data_offsets", to=[1, 7])},
            "overlap, or leave",
        ),
        ({"change_header": set_in("0", "data_offsets", to=[0])}, "the offsets are"),
        ({"change_header": set_in("0", "more", to=0)}, "its entry is not of"),
        ({"change_header": lambda h: h.update(a=h.pop("0"))}, "not counted from 0"),
        ({"change_header": set_in("0", "shape", to=[3, 2])}, "content has changed"),
        ({"change_header": set_in("0", "dtype", to="I8")}, "content has changed"),
        ({"data": b""}, "the arrays do not fill the file"),
    ],
)
def test_changed_files_are_refused(path, changes, problem):
    path.write_bytes(rewritten(path, **changes))
    with pytest.raises(FileError) as caught:
        read(path)
    assert problem in str(caught.value) and str(path) in str(caught.value)


def test_unknown_versions_are_named(path):
    path.write_bytes(rewritten(path, change_words=set_in("format", to=9)))
    with pytest.raises(FileError, match="It was written by skgan 0.1.") as caught:
        read(path)
    assert caught.value.part == "format" and caught.value.versions == VERSIONS


def test_a_name_that_stands_twice_is_refused(path):
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    text = b'{"0": 1, ' + content[9 : 8 + length]
    path.write_bytes(len(text).to_bytes(8, "little") + text + content[8 + length :])
    with pytest.raises(FileError, match="a name stands twice"):
        read(path)


def test_limits_come_before_memory(path, tmp_path):
    """A header of gigabytes is refused by its length, in a file that is sparse."""
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.write((MAX_HEADER + 1).to_bytes(8, "little"))
        file.truncate(8 + MAX_HEADER + 1)
    with pytest.raises(FileError, match="may have 16777216"):
        read(huge)
    for text in (b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500, b"NaN", b"\xff"):
        huge.write_bytes(len(text).to_bytes(8, "little") + text)
        with pytest.raises(FileError):
            read(huge)
    for content in (b"", b"\x00" * 7, b"PK\x03\x04" * 9):
        huge.write_bytes(content)
        with pytest.raises(FileError, match="cut short, or no safetensors file"):
            read(huge)


def test_bytes_are_those_of_the_file(path):
    params = {"numbers": (1, np.arange(3.0))}
    write(path, "thing/1", TREE, VERSIONS, params)
    content = to_bytes("thing/1", TREE, VERSIONS, params)
    assert content == path.read_bytes()
    header, tree = from_bytes(content, "a pickle")
    same(tree, TREE), same(header["params"], params)
    with pytest.raises(FileError, match="^a pickle cannot be read: "):
        from_bytes(content[:-1], "a pickle")


def test_arrays_keep_their_order_in_memory(path):
    """Products of matrices may round by it."""
    orders = [np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3).T]
    write(path, "thing/1", orders, VERSIONS)
    found = read(path)[1]
    assert [array.strides for array in found] == [array.strides for array in orders]
    same(found, orders)


def test_arrays_begin_where_products_are_the_same(path):
    """As torch has them: products of matrices may round by where these begin."""
    write(path, "thing/1", [np.arange(n) for n in range(1, 9)], VERSIONS)
    assert [array.ctypes.data % 64 for array in read(path)[1]] == [0] * 8


@pytest.mark.parametrize(
    ("array", "change", "problem"),
    [
        (np.array([True, False]), {"data": b"\x02\x00"}, "neither 0 nor 1"),
        (
            np.zeros((0, 3)),
            {"change_header": set_in("0", "shape", to=[0, 2**62, 2**62])},
            "arrays",
        ),
    ],
)
def test_arrays_that_numpy_does_not_make_are_refused(
    path, array, change, problem, monkeypatch
):
    monkeypatch.setattr(container, "digest", lambda header, _: header.get("sha256", ""))
    write(path, "thing/1", array, VERSIONS)
    path.write_bytes(rewritten(path, **change))
    with pytest.raises(FileError, match=problem):
        read(path)


def test_all_dtypes_are_those_of_the_container():
    from safetensors.numpy import _TYPES

    assert set(DTYPES) == set(_TYPES) - {"C64"}
    assert all(np.dtype(_TYPES[name]) == dtype for name, dtype in DTYPES.items())


def test_mutated_files_are_read_as_they_were_or_refused(path, tmp_path):
    content, found = path.read_bytes(), {}
    for seed in range(2_000):
        result = outcome(tmp_path / "mutated", mutated(content, seed), same, TREE)
        found[result] = found.get(result, 0) + 1
    assert found.keys() <= {"refused", "the same"}
    assert found["refused"] > 1_800


def test_the_test_of_mutations_finds_a_missing_digest(path, tmp_path, monkeypatch):
    monkeypatch.setattr(container, "digest", lambda header, _: header.get("sha256", ""))
    content = path.read_bytes()
    results = {
        outcome(tmp_path / "mutated", mutated(content, seed), same, TREE)
        for seed in range(100)
    }
    assert "changed" in results


# ---------------------------------------------------------- whole or not at all


def test_a_file_is_replaced_whole(path, tmp_path, monkeypatch):
    before = path.read_bytes()
    kept = path.open("rb")  # as one that has mapped it
    path.chmod(0o640)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new" and kept.read() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    kept.close()

    def torn(descriptor):
        raise OSError("no room")

    monkeypatch.setattr(os, "fsync", torn)
    with pytest.raises(OSError, match="no room"):
        write_whole(path, b"newer")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.skgan"]


def test_permissions_of_a_new_file_are_those_of_the_process(tmp_path):
    (tmp_path / "other").touch()
    write_whole(tmp_path / "new", b"1")
    modes = [(tmp_path / name).stat().st_mode for name in ("other", "new")]
    assert modes[0] == modes[1]


def test_links_stay_links(tmp_path):
    (tmp_path / "folder").mkdir()
    write_whole(tmp_path / "folder" / "real", b"1")
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "real")
    write_whole(tmp_path / "link", b"2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "real").read_bytes() == b"2"


def test_it_is_on_the_disk_before_it_has_the_name(tmp_path, monkeypatch):
    """File, name, folder: in this order, or a crash could leave an empty file."""
    done, fsync, replace = [], os.fsync, os.replace

    def synced(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("folder" if is_folder else "file")
        fsync(descriptor)

    def replaced(*names):
        done.append("name")
        replace(*names)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write_whole(tmp_path / "new", b"1")
    assert done == ["file", "name", *["folder"] * (os.name == "posix")]


@pytest.mark.skipif(os.name != "posix", reason="folders are not synchronized")
def test_a_folder_that_cannot_be_synchronized_is_no_error(tmp_path, monkeypatch):
    fsync, answers = os.fsync, []

    def synced(descriptor):
        fsync(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(answers.pop(), "the folder")

    monkeypatch.setattr(os, "fsync", synced)
    answers += [errno.EINVAL]
    write_whole(tmp_path / "new", b"1")
    assert (tmp_path / "new").read_bytes() == b"1" and answers == []
    answers += [errno.EIO]
    with pytest.raises(OSError, match="the folder"):
        write_whole(tmp_path / "new", b"2")


@pytest.mark.skipif(os.name != "posix", reason="folders are not synchronized")
def test_a_folder_may_be_written_but_not_read(tmp_path, monkeypatch):
    """As root may read all, the refusal is planted."""
    system = os.open

    def refuse(path, flags, mode=0o777):
        if os.path.isdir(path):
            raise PermissionError(path)
        return system(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    write_whole(tmp_path / "new", b"1")
    assert (tmp_path / "new").read_bytes() == b"1"


def test_missing_folders_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "missing" / "a", "tree/1", TREE, VERSIONS)
    with pytest.raises(OSError):
        write(tmp_path, "tree/1", TREE, VERSIONS)
    assert os.listdir(tmp_path) == []


ALONE = """
import sys
from skgan.storage import write
write(sys.argv[1], "tree/1", {"set": set("abcdefgh")}, {})
names = {n for n in sys.modules if n.partition(".")[0] in ("skgan", "torch")}
print(sorted(n for n in names if not n.startswith("skgan.storage")))
"""


def test_storage_imports_neither_torch_nor_the_rest(tmp_path):
    """And writes sets in the same order in every process."""
    folder = os.path.dirname(os.path.dirname(__file__))
    run = subprocess.run(
        [sys.executable, "-c", ALONE, tmp_path / "a"],
        check=True,
        cwd=folder,
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
    )
    names = [
        "skgan",
        *(f"skgan.{name}" for name in ("_version", "exceptions", "wording")),
    ]
    assert run.stdout.strip() == str(names)
    write(tmp_path / "b", "tree/1", {"set": set("abcdefgh")}, {})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
