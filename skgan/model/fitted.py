"""FittedGAN: all that sampling and scoring need, and nothing of how it was learned."""

import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from .. import _torch
from ..conditions import ConditionedRows, Conditions
from ..exceptions import DivergenceError
from ..networks import Batch, HeadedGenerator, Latents
from ..refinement import Judge, Refinement
from ..training import LatentSampler
from .density import Density
from .refined import CPU, Refined


@dataclass(frozen=True, eq=False)
class FittedGAN(Refined):
    """What a fit has learned.

    Parameters
    ----------
    encoder : Encoder
        The map between rows and the networks' tensors.
    conditions : Conditions
        Labels and clusters, and their shares.
    latents : LatentSampler
        What the generator is fed with.
    generator : HeadedGenerator
        The averaged generator, on the CPU, in eval mode.
    discriminator : torch.nn.Module or None
        Maps a ``Batch`` to logits; on the CPU, in eval mode. None if it was read from a
        file that does not hold it.
    seed : int
        Of the rows behind scores, so that these repeat.
    loss_curve : ndarray of shape (n_iter, 2)
        Losses of discriminator and generator at each iteration.
    density : Density or None
        Behind ``score``; None of a snapshot.
    validation_score : float or None
        Mean log density of the held-out rows.
    validation_scores : ndarray of shape (n_scores, 2) or None
        Iterations, and their scores of the rows that chose a state; None
        without early stopping.
    best_iter : int or None
        The iteration of the state that was kept, None without early stopping.
    judge : Judge or None
        Behind ``discriminate``; None of a snapshot.
    refinement : Refinement or None
        How likely candidates are accepted; None accepts all.
    refinement_method : str or None
        Whose ratio that is.
    acceptance_rate : float
        Share of the candidates that are accepted.
    networks : partial function or None
        Builds such networks of a head, a latent dimension and a number of columns of
        conditions. Files hold it and the weights.
    training_report : dict or None
        What the end of the fit showed; None of a snapshot.
    max_iter : int or None
        How many iterations were to be done.
    """

    encoder: Any
    conditions: Conditions
    latents: LatentSampler
    generator: HeadedGenerator
    discriminator: nn.Module | None
    seed: int
    loss_curve: np.ndarray
    density: Density | None = None
    validation_score: float | None = None
    validation_scores: np.ndarray | None = None
    best_iter: int | None = None
    judge: Judge | None = None
    refinement: Refinement | None = None
    refinement_method: str | None = None
    acceptance_rate: float = 1.0
    networks: partial | None = None
    training_report: dict | None = None
    max_iter: int | None = None

    def label_codes(self, y, n_rows, seed):
        """Codes ``(n_rows,)`` of one label, of as many, or of drawn ones for None.

        Raises
        ------
        ValueError
            If labels are given that training had not, or of another number.
        """
        if y is None:
            rng = np.random.default_rng([seed, 1])
            return self.conditions.draw_labels(n_rows, rng)
        labels = self.conditions.labels
        if not labels:
            raise ValueError(f"y needs class_conditional=True in fit, got {y!r}.")
        codes = labels.encode(y)
        if np.ndim(y) == 0:
            return np.repeat(codes, n_rows)
        if len(codes) != n_rows:
            raise ValueError(
                f"y must be one label, or one for each of {n_rows} rows, "
                f"got {len(codes)}."
            )
        return codes

    def condition_codes(self, label_codes, seed):
        """Codes ``(n, n_parts)`` of conditions for new rows of these labels."""
        return self.conditions.draw(label_codes, np.random.default_rng([seed, 2]))

    def candidates(self, label_codes, seed, device=CPU):
        """Encoded rows, from noise of the CPU: the same on every device."""
        rng = torch.Generator().manual_seed(seed)
        codes = torch.tensor(self.condition_codes(label_codes, seed))
        chunks = codes.split(_torch.chunk_size(self.generator.head.n_expanded))
        latents = (
            self.latents.draw(self.conditions.one_hot(chunk), rng) for chunk in chunks
        )
        return _run(self.generator, "encoded", latents, device)

    def generate(self, z, label_codes, *, device=CPU):
        """Rows of the user's container for latent vectors ``(n, latent_dim)``."""
        return self.generate_from(z, self.condition_codes(label_codes, 0), device)

    def generate_from(self, z, codes, device=CPU):
        """Rows of latent vectors and of the codes ``(n, n_parts)`` of conditions."""
        one_hot = self.conditions.one_hot(torch.tensor(codes))
        no_gumbel = torch.zeros(len(z), self.latents.n_gumbel, dtype=torch.float32)
        size = _torch.chunk_size(self.generator.head.n_expanded)
        parts = (part.split(size) for part in (torch.tensor(z), one_hot, no_gumbel))
        latents = map(Latents, *parts)
        encoded = _run(self.generator, "encoded", latents, device)
        return self.encoder.build(encoded, np.random.default_rng(0))

    def logits(self, encoded, label_codes=None, *, device=CPU):
        """Raw logits of encoded rows, float64 ``(n,)``.

        None takes for each row the label under which it looks the most real.
        """
        if label_codes is None:
            return self._best_of_labels(
                len(encoded), lambda codes: self.logits(encoded, codes, device=device)
            )
        conditions, expand = self.conditions, self.generator.head.expand
        codes = conditions.codes(ConditionedRows(encoded, expand, label_codes))
        n_columns = self.generator.head.n_expanded + conditions.n_columns
        parts = torch.tensor(encoded), torch.tensor(codes)
        parts = (part.split(_torch.chunk_size(n_columns)) for part in parts)
        batches = (
            Batch(expand(rows), conditions.one_hot(codes))
            for rows, codes in zip(*parts, strict=True)
        )
        logits = _run(self.discriminator, "__call__", batches, device).ravel()
        if not np.isfinite(logits).all():
            self._refuse(logits)
        return logits.astype(np.float64)

    def _refuse(self, logits):
        """Raise for logits that are not finite; say whose fault that is."""
        if not all(bool(w.isfinite().all()) for w in self.discriminator.parameters()):
            raise DivergenceError(len(self.loss_curve) - 1)
        odd = logits[~np.isfinite(logits)]
        raise ValueError(
            "discriminator must return finite logits in eval mode, too, got "
            f"{odd[0]} for {len(odd)} of {len(logits)} rows."
        )

    def probability(self, rows, label_codes=None):
        """The probability that rows as ``encoder.read`` gives them are real, ``(n,)``.

        None takes for each row the label under which it looks the most real.
        """
        if label_codes is None:
            return self._best_of_labels(
                len(rows), lambda codes: self.probability(rows, codes)
            )
        return self.judge.predict(self.features_of(rows, label_codes))

    def features_of(self, rows, label_codes):
        """What rows as ``encoder.read`` gives them are judged by, without logits."""
        encoded = self.encoder.encode(rows, np.random.default_rng(self.seed))
        return self.features(encoded, label_codes)

    def held_out_logits(self, rows, label_codes, device=CPU):
        """Raw logits of real rows, as ``encoder.read`` gives them."""
        encoded = self.encoder.encode(rows, np.random.default_rng(self.seed))
        return self.logits(encoded, label_codes, device=device)


def _run(network, method, chunks, device):
    """What a method of a network makes of tuples of tensors, as one array."""
    if device.type != "cpu":
        network = copy.deepcopy(network).to(device)
    call = getattr(network, method)
    with _torch.plain(device), torch.inference_mode():
        outputs = [
            call(type(chunk)(*(part.to(device) for part in chunk))).cpu().numpy()
            for chunk in chunks
        ]
    return np.concatenate(outputs)
