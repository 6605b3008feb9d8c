"""Mutated files: none may be read as something else. More than tests do, by hand:

python tests/mutations.py FILE [--number 100000]

Without a file, what files hold is mutated under a valid digest: whatever is not refused
must work as well as what was packed.
"""

import argparse
import random
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

from skgan.exceptions import FileError
from skgan.storage import Refused, read


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
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="seed")
    options = parser.parse_args()
    found, slowest = {}, 0.0
    with tempfile.TemporaryDirectory() as folder:
        result_of = of_file(options.file, folder) if options.file else of_words()
        for seed in range(options.first, options.first + options.number):
            start = time.perf_counter()
            try:
                result = result_of(seed)
            except Exception as error:
                result = f"{type(error).__name__} of seed {seed}: {error}"
            slowest = max(slowest, time.perf_counter() - start)
            found[result] = found.get(result, 0) + 1
    print(found, f"the slowest took {1000 * slowest:.0f} ms")
    return len(found.keys() - {"refused", "the same", "works"})


if __name__ == "__main__":
    raise SystemExit(main())
