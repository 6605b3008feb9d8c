"""Seeds, from what users give as ``random_state``."""

import numpy as np

from .. import _torch


def seed_if_none(random_state):
    """Fresh entropy for None, where scikit-learn would take numpy's global stream."""
    return _torch.fresh_seed() if random_state is None else random_state


def draw_seed(random_state):
    """A seed from a stream of numpy."""
    return int(random_state.randint(np.iinfo(np.int32).max))
