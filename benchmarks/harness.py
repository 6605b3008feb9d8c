"""Runs whose results a killed process does not lose: one line of a CSV file for each.

A run has a process of its own, so its peak memory is its own, too. One that fails is
reported, and tried again by the next call. Two calls may share a file.
"""

import csv
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import time
import traceback
from datetime import date
from importlib.metadata import PackageNotFoundError, version

import torch
from common import processor
from summary import groups, median_and_range, read

from skgan import __version__ as skgan_version

MACHINE = ["peak_mib", "threads", "machine", "versions", "day"]
TIMED = 20, 95  # iterations of the fits that are timed, after one that warms up
N_TIMED = 3  # times, of which the median counts: others may share the processor
LONG = 60  # seconds, after which they are not repeated
PACKAGES = ["torch", "scikit-learn", "numpy", "xgboost", "ctgan", "imbalanced-learn"]


class Bench:
    """Results of one script.

    Parameters
    ----------
    path : pathlib.Path or None
        The CSV file; None keeps results in memory alone.
    keys, figures : list of str
        Names of the columns: what tells runs apart, and what they measure.
    threads : int
        Threads of each run.
    """

    def __init__(self, path, keys, figures, threads):
        self.path, self.keys, self.figures = path, keys, figures
        self.threads = threads
        self.fields = [*keys, *figures, *MACHINE]
        self.rows = read(path) if path and path.exists() else []
        if self.rows and list(self.rows[0]) != self.fields:
            raise ValueError(
                f"{path} must have the columns {self.fields}, got {list(self.rows[0])}."
            )

    def find(self, **key):
        """The row of a run, None if there is none yet."""
        text = {name: _text(value) for name, value in key.items()}
        found = (row for row in self.rows if text.items() <= row.items())
        return next(found, None)

    def run(self, work, **key):
        """Do ``work(**key)``, which returns figures, unless its row is there."""
        if self.find(**key):
            return
        for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = str(self.threads)  # what the new process reads
        figures, peak = _in_a_process(work, key)
        if figures is None:
            return
        figures |= {
            "peak_mib": round(peak),
            "threads": self.threads,
            "machine": f"{processor()}, {os.cpu_count()} cores",
            "versions": _versions(),
            "day": date.today().isoformat(),
        }
        row = {name: _text(value) for name, value in (key | figures).items()}
        self.rows.append(row)
        shown = {name: row[name] for name in self.figures if row.get(name)}
        print(*key.values(), shown, flush=True)
        if self.path:
            self._append(row)

    def print_medians(self, *keys):
        """Median and range of all figures, of runs that agree in some keys."""
        for key, runs in groups(self.rows, *keys).items():
            print(*key, f"{len(runs)} seeds:")
            for figure in self.figures:
                found = median_and_range(runs, figure)
                if found:
                    print("    {:20}{:10.4f} ({:.4f} to {:.4f})".format(figure, *found))

    def _append(self, row):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        with open(self.path, "a", newline="") as file:
            writer = csv.DictWriter(file, self.fields, lineterminator="\n")
            if is_new:
                writer.writeheader()
            writer.writerow(row)


class Stopwatch:
    """Seconds by name, each measured by a ``with`` statement."""

    def __init__(self):
        self.seconds = {}

    def __call__(self, name):
        self.name = name
        return self

    def __enter__(self):
        self.start = time.perf_counter()

    def __exit__(self, *_):
        self.seconds[self.name] = time.perf_counter() - self.start


def seconds_of_fits(fit):
    """Seconds of what a fit does once, and of each iteration.

    ``fit(n_iter)`` is a fit of so many.
    """
    fit(4)  # warms up
    times = {n_iter: [] for n_iter in TIMED}
    while len(times[TIMED[0]]) < N_TIMED and sum(map(sum, times.values())) < LONG:
        for n_iter in TIMED:
            start = clock()
            fit(n_iter)
            times[n_iter].append(clock() - start)
    few, many = (statistics.median(times[n_iter]) for n_iter in TIMED)
    each = max(many - few, 1e-3) / (TIMED[1] - TIMED[0])
    return max(few - TIMED[0] * each, 0.0), each


def clock():
    """Seconds; those of the processor, which others disturb less, where they tell."""
    is_alone = torch.get_num_threads() == 1 and not torch.cuda.is_available()
    return time.process_time() if is_alone else time.perf_counter()


def _in_a_process(work, key):
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(work, key, there))
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:  # killed, for want of memory perhaps
        print(*key.values(), "failed: its process was killed", file=sys.stderr)
        return None, None
    finally:
        process.join()


def _child(work, key, pipe):
    try:
        figures = work(**key)
    except Exception:  # of any method on any data: the other runs go on
        print(*key.values(), "failed:", traceback.format_exc(), file=sys.stderr)
        figures = None
    unit = 1 if platform.system() == "Darwin" else 1024  # of ru_maxrss, in bytes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    pipe.send((figures, peak))


def _versions():
    found = [f"skgan {skgan_version}", f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            pass
    return "; ".join(found)


def _text(value):
    return f"{value:.6g}" if isinstance(value, float) else str(value)
