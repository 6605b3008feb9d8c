"""Which faults do the tests find? Run by hand.

    python tests/faults.py [--tree PATH] [--only NAME ...] [--json FILE]

Each fault of ``fault_list.py`` is planted in a copy of the tree, and the test files
that guard it run until the first failure, for a minute of the processor at most. Before
that they run without a fault: a test that fails then finds nothing. Results are written
after each fault, so that a run that is stopped has said what it found.
"""

import argparse
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from fault_list import FAULTS, RENAMED

HERE = Path(__file__).resolve().parent
LIMIT = 60  # seconds of the processor for the guards of a fault
LIMIT_OF_FILE = 200  # for one test file without a fault
PATIENCE = (
    6  # times as long on the clock, for tests that hang or machines that are busy
)
LEFT_OUT = [".git", ".venv", "__pycache__", "_build", "generated", ".*_cache", "dist"]
CAUGHT, MISSED, SLOW = "caught", "not caught", "too slow"
ABSENT, BROKEN = "not planted", "tests do not load"


def main():
    """Run what the command line asks for; returns 0 if all faults are caught."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, default=HERE.parent)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[*FAULTS])
    parser.add_argument("--json", type=Path, help="where results go, and are taken up")
    parser.add_argument("--limit", type=int, default=LIMIT, help="seconds a fault")
    parser.add_argument("--check", action="store_true", help="see what can be planted")
    options = parser.parse_args()
    faults = [FAULTS[name] for name in options.only or FAULTS]
    if options.check:
        return check(options.tree, faults)
    results = Results(options.json)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        ignore = shutil.ignore_patterns(*LEFT_OUT)
        shutil.copytree(options.tree, tree, ignore=ignore)
        subprocess.run(["chmod", "-R", "u+w", tree], check=True)
        for fault in faults:
            guards = guards_of(tree, fault)
            for guard in guards:
                results.judge_guard(tree, guard)
            results.judge(tree, fault, guards, options.limit)
    return results.report(faults)


class Results:
    """What was found of each fault and of each test file without a fault."""

    def __init__(self, path):
        self.path, self.faults, self.guards = path, {}, {}
        if path and path.exists():
            found = json.loads(path.read_text())
            self.guards = found["guards"]
            self.faults = found["faults"]

    def judge_guard(self, tree, guard):
        """Run a test file without a fault, unless that is known."""
        if guard not in self.guards:
            status, seconds, test = run_tests(tree, [guard], LIMIT_OF_FILE)
            passes = status == 0
            self.guards[guard] = {"passes": passes, "seconds": seconds, "test": test}
            if not passes:
                print(f"{guard} fails without a fault: {test}", flush=True)
            self._write()

    def judge(self, tree, fault, guards, limit):
        """Plant a fault, run its guards and restore the file."""
        planting = find_planting(tree, fault)
        result, seconds, test = ABSENT, 0.0, ""
        good = [guard for guard in guards if self.guards[guard]["passes"]]
        if planting and good:
            file, text, replacement = planting
            path = tree / file
            sound = path.read_text()
            path.write_text(sound.replace(text, replacement))
            try:
                status, seconds, test = run_tests(tree, good, limit)
            finally:
                path.write_text(sound)
            result = {0: MISSED, 1: CAUGHT, None: SLOW}.get(status, BROKEN)
        self.faults[fault.name] = {
            "room": fault.room,
            "sentence": fault.sentence,
            "result": result,
            "seconds": seconds,
            "test": test,
            "guards": good,
        }
        line = f"{fault.name:26} {result:16} {seconds:5.1f} s  {test}"
        print(line.rstrip(), flush=True)
        self._write()

    def report(self, faults):
        """Print how many faults are caught; returns the exit status."""
        own = [self.faults[fault.name] for fault in faults]
        for room in dict.fromkeys(fault.room for fault in faults):
            of_room = [result["result"] for result in own if result["room"] == room]
            print(f"{room:14} {of_room.count(CAUGHT)} of {len(of_room)}")
        counts = Counter(result["result"] for result in own)
        print(", ".join(f"{count} {result}" for result, count in counts.items()))
        return int(counts[CAUGHT] < len(own))

    def _write(self):
        if self.path:
            found = {"faults": self.faults, "guards": self.guards}
            self.path.write_text(json.dumps(found, indent=1))


def check(tree, faults):
    """Print for each fault where it is planted; returns 0 if all can be."""
    n_absent = 0
    for fault in faults:
        planting, guards = find_planting(tree, fault), guards_of(tree, fault)
        n_absent += not (planting and guards)
        where = planting[0] if planting else f"{ABSENT}: {fault.new[1]!r}"
        print(f"{fault.name:26} {where}  ({' '.join(guards) or 'no test file'})")
    print(f"{len(faults) - n_absent} of {len(faults)} can be planted.")
    return int(n_absent > 0)


def find_planting(tree, fault):
    """File, text and replacement of a fault in a tree; None if it has none there."""
    for planting in (fault.new, fault.old):
        if _count(tree / planting[0], planting[1]) == 1:
            return planting
    return None


def _count(path, text):
    return path.read_text().count(text) if path.exists() else 0


def guards_of(tree, fault):
    """The test files that guard a fault, by the names that a tree has for them."""
    names = [
        new
        for name in fault.guards
        for new in (name, *RENAMED.get(name, ()))
        if (tree / "tests" / new).exists()
    ]
    return [*dict.fromkeys(names)]


def run_tests(tree, guards, limit):
    """Exit status of pytest, None past the limit; seconds; the test that fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", *(f"tests/{guard}" for guard in guards)]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(tree),
        "MPLBACKEND": "agg",
    }
    start = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),
    )
    try:
        output, _ = process.communicate(timeout=PATIENCE * limit)
        status = process.returncode if process.returncode >= 0 else None
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # a session of its own
        output, status = process.communicate()[0], None
    failed = re.search(
        r"^(?:FAILED|ERROR) (?:tests/)?(.+?)(?: - |$)", output, re.MULTILINE
    )
    seconds = round(time.monotonic() - start, 1)
    return status, seconds, failed[1] if failed else ""


if __name__ == "__main__":
    sys.exit(main())
