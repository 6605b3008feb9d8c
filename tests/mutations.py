"""Mutated files: none may be read as something else. More than tests do, by hand:

python tests/mutations.py FILE [--load] [--number 100000]

With --load the file is one of a model, which is loaded and used; every other time it is
mutated under a valid digest. Without a file, what files hold is so mutated. Whatever is
not refused must work as well as what was packed.
"""

import argparse
import random
import tempfile
import time
import warnings
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np

from skgan import load
from skgan.exceptions import FileError
from skgan.storage import Refused, read, to_bytes


def mutated(content, seed):
    """The bytes of a file, changed: bits, bytes, lengths, pieces of its header."""
    rng = random.Random(seed)
    data = bytearray(content)
    header = 8 + int.from_bytes(content[:8], "little")
    way = rng.randrange(7)
    if way == 0:  # a bit
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif way == 1:  # bytes of the header
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(header)] = rng.randrange(256)
    elif way == 2:  # cut
        del data[rng.randrange(len(data)) :]
    elif way == 3:  # longer
        data += rng.randbytes(rng.randint(1, 64))
    elif way == 4:  # a piece is gone, or stands twice
        begin = rng.randrange(len(data))
        piece = data[begin : begin + rng.randint(1, 40)]
        data[begin : begin + len(piece) * rng.randrange(2)] = b"" if piece else b""
        if rng.random() < 0.5:
            data[begin:begin] = piece
    elif way == 5:  # a number of the header is another one
        at = [i for i in range(8, header) if chr(data[i]).isdigit()]
        data[rng.choice(at)] = ord(str(rng.randrange(10)))
    else:  # two pieces have changed places
        a, b = sorted(rng.sample(range(len(data) - 8), 2))
        data[a : a + 4], data[b : b + 4] = data[b : b + 4], data[a : a + 4]
    return bytes(data)


def outcome(path, content, same, expected):
    """What comes of a file with this content: "refused", "the same", or "changed"."""
    path.write_bytes(content)
    try:
        tree = read(path)[1]
    except FileError:
        return "refused"
    try:
        same(tree, expected)
    except AssertionError:
        return "changed"
    return "the same"


def outcome_of_words(vocabulary, packed, use):
    """What comes of what was packed: "refused" or "works"; any error is a fault."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            value = vocabulary.unpack(packed)
        except Refused:
            return "refused"
        use(value)
    return "works"


def of_file(path, folder):
    """A function of seeds that reads a file, mutated."""
    from test_storage import same

    content, expected = path.read_bytes(), read(path)[1]
    other = Path(folder) / "mutated"
    return lambda seed: outcome(other, mutated(content, seed), same, expected)


def changed_params(packed, rng):
    """Packed parameters, one of which is another one."""
    from word_cases import ODD, changed_values

    params = packed["value"]
    name = rng.choice(list(params))
    found = [*changed_values(params[name], rng), *rng.sample(ODD, 3)]
    return packed | {"value": params | {name: rng.choice(found)}}


def with_valid_digest(header, tree, seed):
    """The bytes of a file of which one value is another one; its digest is right."""
    from word_cases import changed_values, mutated_tree

    rng, params = random.Random(seed), header["params"]
    way = rng.random()
    if way < 0.2:
        params = changed_params(params, rng)
    elif way < 0.4:
        changed = [*changed_values(tree["value"], rng)]
        tree = tree | {"value": rng.choice(changed)}
    else:
        tree = mutated_tree(tree, seed)
    return to_bytes(header["class"], tree, header["versions"], params)


def outcome_of_model(path, content, use):
    """What comes of a file of a model: "refused", or what ``use`` returns."""
    path.write_bytes(content)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return use(load(path))
        except FileError:
            return "refused"


def of_model(path, folder):
    """A function of seeds that loads a model from a file, mutated, and samples."""
    content, (header, tree) = path.read_bytes(), read(path)
    expected = repr(load(path).sample(3, random_state=0))

    def same(found):
        sampled = repr(found.sample(3, random_state=0))
        return "the same" if sampled == expected else "changed"

    def works(found):
        if hasattr(found, "_model"):
            found.sample(3, random_state=0)
        return "works"

    def result(seed):
        other = Path(folder) / "mutated"
        if seed % 2:
            return outcome_of_model(other, mutated(content, seed), same)
        try:
            changed = with_valid_digest(header, tree, seed)
        except (TypeError, ValueError):
            return "no file"
        return outcome_of_model(other, changed, works)

    return result


def of_words():
    """A function of seeds that unpacks an example of words, mutated."""
    from word_cases import mutated_tree, packed_examples, use

    from skgan.model import MODEL_WORDS

    examples = [*packed_examples().values()]

    def result(seed):
        packed = mutated_tree(examples[seed % len(examples)], seed)
        return outcome_of_words(MODEL_WORDS, packed, use)

    return result


def main():
    """Mutate very often; returns the number of files read as something else."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--load", action="store_true", help="it is of a model")
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="seed")
    options = parser.parse_args()
    found, slowest, peaks = {}, 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        of_any = of_model if options.load else of_file
        result_of = of_any(options.file, folder) if options.file else of_words()
        for seed in range(options.first, options.first + options.number):
            start = time.perf_counter()
            try:
                result = result_of(seed)
            except Exception as error:
                result = f"{type(error).__name__} of seed {seed}: {error}"
            slowest = max(slowest, time.perf_counter() - start)
            found[result] = found.get(result, 0) + 1
            peaks.append(getrusage(RUSAGE_SELF).ru_maxrss)
    grown = (peaks[-1] - peaks[len(peaks) // 100]) / 1024  # since libraries are there
    print(found, f"the slowest took {1000 * slowest:.0f} ms")
    print(f"the most memory at once has grown by {grown:.1f} MiB")
    return len(found.keys() - {"refused", "the same", "works", "no file"})


if __name__ == "__main__":
    raise SystemExit(main())
