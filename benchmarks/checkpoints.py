"""What a checkpoint costs, as a share of the iterations between two of them.

On UCI Adult with ``--data``, otherwise on a made table of mixed columns with as many
networks' weights within a tenth. Both times are of one fit: that of each file, taken
where it is written, and that of training between two files.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from common import parser, print_machine
from real_tables import load, strong_modes

from skgan import GANGenerator
from skgan.callbacks import Checkpoint


class Timed(Checkpoint):
    """A checkpoint that notes when it begins and ends to write."""

    def setup(self, estimator, context):
        super().setup(estimator, context)
        self.times = []

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        start = time.perf_counter()
        super().on_fit_task_end(estimator, context, metadata=metadata)
        if metadata and metadata["n_iter"] % self.every == 0:
            self.times.append((start, time.perf_counter()))


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, help="folder of adult/")
    options.add_argument("--every", type=int, default=1_000)
    options.add_argument("--n-files", type=int, default=5)
    options = options.parse_args()
    print_machine(options.threads)
    train = load("adult", options.data)[0] if options.data else strong_modes(20_000)
    gan = GANGenerator(
        max_iter=options.every * options.n_files, refinement=None, random_state=0
    )
    with tempfile.TemporaryDirectory() as folder:
        callback = Timed(folder, every=options.every)
        gan.set_callbacks(callback).fit(train)
        size = max(path.stat().st_size for path in Path(folder).glob("*/*"))
    starts, ends = np.array(callback.times).T
    write, train = np.median(ends - starts), np.median(starts[1:] - ends[:-1])
    print(
        f"a file of {size / 2**20:.1f} MiB takes {write:.3f} s, {options.every} "
        f"iterations {train:.2f} s: {100 * write / train:.2f} %"
    )


if __name__ == "__main__":
    main()
