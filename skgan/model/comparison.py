"""Which of two models held-out rows are the likelier to come from."""

import numpy as np

from ..refinement import bins_of, votes_between, with_labels

MAX_REAL = 20_000  # training rows that make bins, and held-out rows that are asked
# Generated rows of each model, and in how many parts: trees of each tell how far other
# rows would make them say otherwise
N_ROWS, N_PARTS = 10_000, 2
# If rows are long, all of these are fewer: of so many numbers, or so few rows. And of
# the pixels of images some tell as much, in less time
MAX_NUMBERS, MIN_ROWS, MAX_COLUMNS = 1_000_000, 1_000, 500


class Comparison:
    """Compares models by what trees that tell their rows apart say of held-out ones.

    The trees estimate how likely a row is of one model, if either is as likely to have
    made it: an estimate of a density ratio by a classifier (Sugiyama, Suzuki & Kanamori
    2012), which no kernel must smooth. So rows of models are told apart by what a
    two-sample test sees.

    Parameters
    ----------
    model : FittedGAN
        One of the models, which all have its encoder.
    training : pair (encoded rows, label codes)
        Whose bins rows are told apart by.
    held_out : pair (rows as ``encoder.read`` gives them, label codes)
        What is asked.
    min_rows : MinRows
        How many training rows a bin must hold.
    device : torch.device
        Where networks run.
    """

    def __init__(self, model, training, held_out, min_rows, device):
        encoded, label_codes = training
        n_most = max(MAX_NUMBERS // encoded.shape[1], MIN_ROWS)
        self._n_rows, n_real = min(N_ROWS, n_most), min(MAX_REAL, n_most)
        self._seed, self._device = model.seed, device
        some = np.random.default_rng([model.seed, 6]).permutation(len(encoded))
        some = some[:n_real]
        real = model.features(encoded[some], label_codes[some])
        n_labels = model.conditions.n_labels
        self._bins = bins_of(real, model.encoder, n_labels, min_rows)
        order = np.random.default_rng([model.seed, 7]).permutation(
            len(self._bins.sizes)
        )
        self._columns = np.sort(order[:MAX_COLUMNS])
        rows, label_codes = held_out
        asked = np.arange(min(len(label_codes), n_real))
        self._asked = self._binned(model.features_of(rows[asked], label_codes[asked]))

    def rows_of(self, model):
        """Bins of rows that a model generates, before refinement, uint8 ``(n, m)``.

        Those of all models come from the same noise, so that less of what tells them
        apart is chance.
        """
        codes = model.label_codes(None, self._n_rows, self._seed)
        rows = model.draw(codes, self._seed, refine=False, device=self._device)
        return self._binned(model.features(rows, codes))

    def __call__(self, ours, theirs):
        """Votes of the held-out rows between two models' rows, ``(n_parts, n_asked)``.

        The probability that a row is of ours, less that of theirs: between -1 and 1.
        """
        parts = [(ours[k::N_PARTS], theirs[k::N_PARTS]) for k in range(N_PARTS)]
        own = self._asked, ~self._bins.ranked[self._columns], self._seed
        return np.stack([votes_between(*part, *own) for part in parts])

    def _binned(self, features):
        """Bins of rows, and of their labels where these are many, ``(n, m)``."""
        bins = self._bins(with_labels(features, self._bins.sizes))
        return bins[:, self._columns]
