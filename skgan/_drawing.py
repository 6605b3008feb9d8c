"""What a fitted generator draws: labels, clusters, and rows before refinement."""

import copy

import numpy as np
import torch

from . import _torch


class DrawingMixin:
    """Unrefined draws of ``BaseGAN``."""

    def _generate(self, latents, codes):
        """The rows of latent vectors and the codes of their conditions."""
        conditions = self._conditions.one_hot(torch.tensor(codes))
        no_gumbel = np.zeros((len(latents), self._noise.n_gumbel), dtype=np.float32)
        noise = torch.tensor(np.hstack([latents, conditions, no_gumbel]))
        chunks = noise.split(_torch.n_at_once(self.generator_.head.n_open))
        compact = self._run("generator_", "compact", chunks)
        return self.encoder_.build(compact, np.random.default_rng(0))

    def _label_codes(self, y, n_rows, seed):
        """Codes ``(n_rows,)`` of one label, of as many, or of drawn ones."""
        if y is None:
            return self._conditions.draw_labels(
                n_rows, np.random.default_rng([seed, 1])
            )
        labels = self._conditions.labels
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

    def _draw_codes(self, label_codes, seed):
        return self._conditions.draw(label_codes, np.random.default_rng([seed, 2]))

    def _draw_unrefined(self, label_codes, seed):
        """Compact rows, from noise of the CPU: the same on every device."""
        rng = torch.Generator().manual_seed(seed)
        codes = torch.tensor(self._draw_codes(label_codes, seed))
        n_at_once = _torch.n_at_once(self.generator_.head.n_open)
        conditions = map(self._conditions.one_hot, codes.split(n_at_once))
        chunks = (self._noise.draw(part, rng) for part in conditions)
        return self._run("generator_", "compact", chunks)

    def _run(self, name, method, chunks):
        """What a method of a fitted network makes of chunks of rows, as an array."""
        device = _torch.available_device(self.device)
        network = getattr(self, name)
        if device.type != "cpu":
            network = copy.deepcopy(network).to(device)
        call = getattr(network, method)
        with _torch.plain(device), torch.inference_mode():
            outputs = [call(chunk.to(device)).cpu().numpy() for chunk in chunks]
        return np.concatenate(outputs)
