"""Slips that the tests must find, for ``faults.py``: in words, and how to plant them.

``old`` and ``new`` are ``(file, text, replacement)``, in the tree of 39d9ab3 and in
this one; the text must stand in the file once.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """A slip: its name, its room, a sentence, and the test files that guard it."""

    name: str
    room: str
    sentence: str
    guards: tuple
    old: tuple
    new: tuple


def _new(name, sentence, guards, new):
    """A slip in a file of the room of encoders that earlier trees did not have."""
    return Fault(name, "encoding", sentence, guards, new, new)


def _later(name, sentence, guards, new):
    """A slip in a file that the tree of 39d9ab3 did not have."""
    return Fault(name, "keeping", sentence, guards, new, new)


# Test files that had other names before
RENAMED = {
    "test_bins.py": ("test_cells.py",),
    "test_restarts.py": ("test_starts.py",),
}

TRAINING = [
    Fault(
        "ema-counter",
        "training",
        "The average does not count its updates, and always decays as at the first.",
        ("test_training.py",),
        (
            "skgan/training/averaging.py",
            "self.n_updates += 1",
            "self.n_updates += 0",
        ),
        (
            "skgan/training/averaging.py",
            "self.n_updates += 1",
            "self.n_updates += 0",
        ),
    ),
    Fault(
        "ema-buffers",
        "training",
        "The average keeps the buffers that it began with.",
        ("test_training.py",),
        (
            "skgan/training/averaging.py",
            "kept.copy_(buffer)",
            "kept.copy_(kept)",
        ),
        (
            "skgan/training/averaging.py",
            "kept.copy_(buffer)",
            "kept.copy_(kept)",
        ),
    ),
    Fault(
        "batch-norm-momentum",
        "training",
        "Batch normalization of the average follows the last batches, not all.",
        ("test_training.py",),
        (
            "skgan/training/averaging.py",
            "layer.momentum = None  #",
            "layer.momentum = 0.1  #",
        ),
        (
            "skgan/training/averaging.py",
            "layer.momentum = None  #",
            "layer.momentum = 0.1  #",
        ),
    ),
    Fault(
        "lazy-factor",
        "training",
        "A penalty at every fourth update keeps the weight of one at every update.",
        ("test_training.py", "test_penalties.py"),
        (
            "skgan/training/schedule.py",
            "return 0 if step % self.penalty_interval else self.penalty_interval",
            "return 0 if step % self.penalty_interval else 1",
        ),
        (
            "skgan/training/schedule.py",
            "return 0 if step % self.penalty_interval else self.penalty_interval",
            "return 0 if step % self.penalty_interval else 1",
        ),
    ),
    Fault(
        "lazy-count",
        "training",
        "The updates of the discriminator are not counted, so that all are penalized.",
        ("test_training.py", "test_options.py"),
        (
            "skgan/training/loop.py",
            "state.n_discriminator_steps += 1",
            "state.n_discriminator_steps += 0",
        ),
        (
            "skgan/training/loop.py",
            "state.n_discriminator_steps += 1",
            "state.n_discriminator_steps += 0",
        ),
    ),
    Fault(
        "rate-decay",
        "training",
        "The learning rate falls one iteration too early.",
        ("test_training.py",),
        (
            "skgan/training/schedule.py",
            "return 1 - iteration / self.max_iter if",
            "return 1 - (iteration + 1) / self.max_iter if",
        ),
        (
            "skgan/training/schedule.py",
            "return 1 - iteration / self.max_iter if",
            "return 1 - (iteration + 1) / self.max_iter if",
        ),
    ),
    Fault(
        "not-frozen",
        "training",
        "The generator's update computes gradients of the discriminator's weights.",
        ("test_training.py",),
        (
            "skgan/training/step.py",
            "discriminator.require_grad(False)",
            "discriminator.require_grad(True)",
        ),
        (
            "skgan/training/step.py",
            "discriminator.require_grad(False)",
            "discriminator.require_grad(True)",
        ),
    ),
    Fault(
        "same-epoch",
        "training",
        "A new epoch has the order of the one before.",
        ("test_training.py",),
        (
            "skgan/training/state.py",
            "torch.cat([rest, self._permutation()])",
            "torch.cat([rest, self._order])",
        ),
        (
            "skgan/training/streams.py",
            "np.random.SeedSequence(key)",
            "np.random.SeedSequence(key[0])",
        ),
    ),
    Fault(
        "conditions-of-others",
        "training",
        "A generated row has the condition of another row than its pair.",
        ("test_run.py", "test_training.py", "test_conditions.py"),
        (
            "skgan/training/state.py",
            "conditions = real[:, n_columns - self.noise.n_conditions :]",
            "conditions = real[:, n_columns - self.noise.n_conditions :].flip(0)",
        ),
        (
            "skgan/training/run.py",
            "latents = draw(conditions, self",
            "latents = draw(conditions.flip(0), self",
        ),
    ),
    Fault(
        "half-divergence",
        "training",
        "Training goes on while one of the two losses is finite.",
        ("test_training.py", "test_restarts.py"),
        (
            "skgan/training/loop.py",
            "finite = state.loss_curve(start).isfinite().all(1)",
            "finite = state.loss_curve(start).isfinite().any(1)",
        ),
        (
            "skgan/training/run.py",
            "self.state.loss_curve(start).isfinite().all(1)",
            "self.state.loss_curve(start).isfinite().any(1)",
        ),
    ),
]

LOSSES = [
    Fault(
        "hinge-margin",
        "losses",
        "The hinge loss has no margin at generated rows.",
        ("test_losses.py",),
        (
            "skgan/losses.py",
            "relu(1 + fake_logits)",
            "relu(fake_logits)",
        ),
        (
            "skgan/losses.py",
            "relu(1 + fake_logits)",
            "relu(fake_logits)",
        ),
    ),
    Fault(
        "r2-at-real",
        "penalties",
        "R2 looks at real rows, as R1 does.",
        ("test_penalties.py",),
        (
            "skgan/penalties.py",
            "return _squared_gradient_norms(critic, fake)",
            "return _squared_gradient_norms(critic, real)",
        ),
        (
            "skgan/penalties.py",
            "return _squared_gradient_norms(critic, fake)",
            "return _squared_gradient_norms(critic, real)",
        ),
    ),
    Fault(
        "penalty-without-graph",
        "penalties",
        "Penalties have no gradient by the discriminator's weights.",
        ("test_penalties.py",),
        (
            "skgan/penalties.py",
            "points, create_graph=True)",
            "points)",
        ),
        (
            "skgan/penalties.py",
            "points, create_graph=True)",
            "points)",
        ),
    ),
    Fault(
        "one-point-a-batch",
        "penalties",
        "All pairs of a batch are interpolated at the same share.",
        ("test_penalties.py",),
        (
            "skgan/penalties.py",
            "shape = (len(real),) + (1,) * (real.dim() - 1)",
            "shape = (1,) + (1,) * (real.dim() - 1)",
        ),
        (
            "skgan/penalties.py",
            "shape = (len(real),) + (1,) * (real.dim() - 1)",
            "shape = (1,) + (1,) * (real.dim() - 1)",
        ),
    ),
    Fault(
        "interpolated-weight",
        "penalties",
        'The "auto" weight of the interpolated penalty is half of what it should be.',
        ("test_penalties.py", "test_options.py"),
        (
            "skgan/penalties.py",
            "lambda variance: 0.05 * variance",
            "lambda variance: 0.025 * variance",
        ),
        (
            "skgan/penalties.py",
            "lambda variance: 0.05 * variance",
            "lambda variance: 0.025 * variance",
        ),
    ),
]

CONDITIONS = [
    Fault(
        "label-weights",
        "conditions",
        "Labels are trained on by the root of their numbers, not the logarithm.",
        ("test_conditions.py",),
        (
            "skgan/conditions/mixture.py",
            "logs = np.log1p(of_labels)",
            "logs = np.sqrt(of_labels)",
        ),
        (
            "skgan/conditions/labels.py",
            "logs = np.log1p(counts)",
            "logs = np.sqrt(counts)",
        ),
    ),
    Fault(
        "label-shares",
        "conditions",
        "Samples have labels by their shares in batches, not in the data.",
        ("test_conditions.py",),
        (
            "skgan/conditions/mixture.py",
            "self._trained_shares if as_trained else self._label_shares",
            "self._label_shares if as_trained else self._trained_shares",
        ),
        (
            "skgan/conditions/base.py",
            "part.batch_shares if in_batches else part.shares",
            "part.shares if in_batches else part.batch_shares",
        ),
    ),
    Fault(
        "clusters-of-other-labels",
        "conditions",
        "Rows of every label are drawn from the clusters of the first.",
        ("test_conditions.py",),
        (
            "skgan/conditions/mixture.py",
            "np.searchsorted(ends[label], place[own], side",
            "np.searchsorted(ends[0], place[own], side",
        ),
        (
            "skgan/conditions/clusters.py",
            "np.searchsorted(ends[label], point[own], side",
            "np.searchsorted(ends[0], point[own], side",
        ),
    ),
    Fault(
        "small-shares",
        "conditions",
        "Shares of clusters within a label are kept from fewer than five rows.",
        ("test_conditions.py",),
        (
            "skgan/conditions/mixture.py",
            "is_small = (cells > 0) & (cells < MIN_ROWS)",
            "is_small = (cells > 0) & (cells < 1)",
        ),
        (
            "skgan/conditions/clusters.py",
            "is_small = (counts > 0) & ~min_rows.allows(counts)",
            "is_small = (counts > 0) & (counts < 1)",
        ),
    ),
    Fault(
        "clusters-of-few",
        "conditions",
        "The center of a cluster may be the mean of fewer than five rows.",
        ("test_conditions.py",),
        (
            "skgan/conditions/clusters.py",
            "kept = counts >= min(MIN_ROWS, counts.max())",
            "kept = counts >= min(1, counts.max())",
        ),
        (
            "skgan/conditions/clusters.py",
            "kept = counts >= min(min_rows.n, counts.max())",
            "kept = counts >= min(1, counts.max())",
        ),
    ),
]

NETWORKS = [
    Fault(
        "no-gumbel",
        "networks",
        "Samples take the likeliest class instead of a drawn one.",
        ("test_heads.py", "test_table.py"),
        (
            "skgan/networks/heads.py",
            "blocks = (logits + noise).split(self.sizes, 1)",
            "blocks = logits.split(self.sizes, 1)",
        ),
        (
            "skgan/networks/heads.py",
            "variables = (logits + gumbel).split(self.sizes, 1)",
            "variables = logits.split(self.sizes, 1)",
        ),
    ),
    Fault(
        "no-softmax-gradient",
        "networks",
        "No gradient passes through drawn classes.",
        ("test_heads.py",),
        (
            "skgan/networks/heads.py",
            "self._open(hard + soft - soft.detach(), scalars)",
            "self._open(hard, scalars)",
        ),
        (
            "skgan/networks/heads.py",
            "self._with_codes(hard + soft - soft.detach(), scalars)",
            "self._with_codes(hard, scalars)",
        ),
    ),
    Fault(
        "scalars-of-other-classes",
        "networks",
        "The discriminator sees numbers also where a row has another class.",
        ("test_heads.py",),
        (
            "skgan/networks/heads.py",
            "scalars * owned, codes",
            "scalars, codes",
        ),
        (
            "skgan/networks/heads.py",
            "scalars * owned, codes",
            "scalars, codes",
        ),
    ),
    Fault(
        "transposed-images",
        "networks",
        "Rows of images have their width first.",
        ("test_image_networks.py", "test_dcgan.py"),
        (
            "skgan/networks/heads.py",
            "permute(0, 2, 3, 1).flatten(1)",
            "permute(0, 3, 2, 1).flatten(1)",
        ),
        (
            "skgan/networks/heads.py",
            "permute(0, 2, 3, 1).flatten(1)",
            "permute(0, 3, 2, 1).flatten(1)",
        ),
    ),
    Fault(
        "conditions-not-judged",
        "networks",
        "The discriminator of images adds its condition's embedding, not the product.",
        ("test_image_networks.py",),
        (
            "skgan/networks/images.py",
            "(self.embedding(conditions) * features).sum(1)",
            "self.embedding(conditions).sum(1)",
        ),
        (
            "skgan/networks/images.py",
            "(self.embedding(conditions) * features).sum(1)",
            "self.embedding(conditions).sum(1)",
        ),
    ),
    Fault(
        "one-hole-for-all",
        "augmentation",
        "Holes are cut at the same spot of all images of a batch.",
        ("test_augmentation.py",),
        (
            "skgan/augmentation.py",
            "start = (share.view(-1, 1) * n_centres).long() - length // 2",
            "start = (share[:1].view(-1, 1) * n_centres).long() - length // 2",
        ),
        (
            "skgan/augmentation.py",
            "start = (share.view(-1, 1) * n_centers).long() - length // 2",
            "start = (share[:1].view(-1, 1) * n_centers).long() - length // 2",
        ),
    ),
]

ENCODING = [
    Fault(
        "missing-inverted",
        "encoding",
        "Decoded values are missing where they should be there.",
        ("test_columns.py", "test_table.py"),
        (
            "skgan/encoding/kinds.py",
            "missing = (classes == self._n_own) & self.has_missing",
            "missing = (classes != self._n_own) & self.has_missing",
        ),
        (
            "skgan/encoding/columns/base.py",
            "missing = (classes == self._n_own) & self.has_missing",
            "missing = (classes != self._n_own) & self.has_missing",
        ),
    ),
    Fault(
        "decimals-lost",
        "encoding",
        "Whole numbers in a column of floats are not rounded.",
        ("test_columns.py", "test_table.py", "test_encoding.py"),
        (
            "skgan/encoding/numbers.py",
            "if self._decimals is not None:",
            "if self._decimals:",
        ),
        (
            "skgan/encoding/frames/rounding.py",
            "if self.decimals is None:\n            return values\n",
            "if not self.decimals:\n            return values\n",
        ),
    ),
    Fault(
        "middle-ranks",
        "encoding",
        "Values have their segment's last rank instead of the middle one.",
        ("test_quantiles.py",),
        (
            "skgan/encoding/quantiles.py",
            "self._middle = self._upper - counts / len(values) / 2",
            "self._middle = self._upper - counts / len(values)",
        ),
        (
            "skgan/encoding/columns/quantiles.py",
            "self._middle = self._upper - counts / n / 2",
            "self._middle = self._upper - counts / n",
        ),
    ),
    Fault(
        "outlier-kept",
        "encoding",
        "The most extreme value goes into the outer knot.",
        ("test_quantiles.py",),
        (
            "skgan/encoding/quantiles.py",
            "kept[end] = 0.0",
            "kept[end] = 1.0",
        ),
        (
            "skgan/encoding/columns/quantiles.py",
            "kept[start[is_long]] = kept[last[is_long]] = 0.0",
            "kept[start[is_long]] = kept[last[is_long]] = 1.0",
        ),
    ),
    Fault(
        "five-are-too-few",
        "encoding",
        "A category of exactly five rows is taken for a rare one.",
        ("test_columns.py", "test_table.py", "test_frames.py"),
        (
            "skgan/encoding/columns.py",
            "kept = counts >= MIN_ROWS\n    codes",
            "kept = counts > MIN_ROWS\n    codes",
        ),
        (
            "skgan/encoding/columns/choose.py",
            "kept = min_rows.allows(counts)\n    codes",
            "kept = counts > min_rows.n\n    codes",
        ),
    ),
    Fault(
        "sources-swapped",
        "encoding",
        "A restored column takes its sources in the wrong order.",
        ("test_dependence.py", "test_relations.py", "test_table.py"),
        (
            "skgan/encoding/dependence.py",
            "relation.restore(*[values[j] for j in relation.sources])",
            "relation.restore(*[values[j] for j in relation.sources[::-1]])",
        ),
        (
            "skgan/encoding/relations/dependence.py",
            "sources = [values[j] for j in relation.sources]",
            "sources = [values[j] for j in relation.sources[::-1]]",
        ),
    ),
    Fault(
        "missing-if-all-are",
        "encoding",
        "A restored number is missing only where all of its sources are.",
        ("test_dependence.py", "test_relations.py"),
        (
            "skgan/encoding/dependence.py",
            "gone = np.any(absent, axis=0)",
            "gone = np.all(absent, axis=0)",
        ),
        (
            "skgan/encoding/relations/base.py",
            "return self.restore(*sources), np.any(absent, axis=0)",
            "return self.restore(*sources), np.all(absent, axis=0)",
        ),
    ),
    Fault(
        "identifiers-repeat",
        "encoding",
        "Identifiers of a sample may repeat.",
        ("test_identifiers.py",),
        (
            "skgan/encoding/identifiers.py",
            "seen.update(new)",
            "seen.update(())",
        ),
        (
            "skgan/encoding/columns/mixtures.py",
            "taken.update(new)",
            "taken.update(())",
        ),
    ),
    Fault(
        "rare-letters",
        "encoding",
        "Characters that a single text holds are stored.",
        ("test_identifiers.py",),
        (
            "skgan/encoding/identifiers.py",
            "for c in sorted(counts) if holders[c] >= HELD}",
            "for c in sorted(counts) if holders[c] >= 1}",
        ),
        (
            "skgan/encoding/columns/characters.py",
            "for c in sorted(counts) if min_rows.allows(holders[c])]",
            "for c in sorted(counts) if holders[c] >= 1]",
        ),
    ),
    _new(
        "order-by-accident",
        "An order is found however likely it is that later rows break it.",
        ("test_orders.py",),
        (
            "skgan/encoding/relations/ordering.py",
            "    return is_no_accident(gaps)",
            "    return True",
        ),
    ),
    _new(
        "gap-below-start",
        "A value of its own that is below its start stays there.",
        ("test_orders.py",),
        (
            "skgan/encoding/relations/order.py",
            "values = np.where(is_absent, values, np.maximum(values, floor))",
            "values = np.where(is_absent, values, values)",
        ),
    ),
    _new(
        "gap-beyond-range",
        "Gaps reach beyond the range of the later column.",
        ("test_orders.py",),
        (
            "skgan/encoding/relations/order.py",
            "ends = np.minimum(counts + gap, self.last)",
            "ends = counts + gap",
        ),
    ),
    _new(
        "rare-combinations",
        "Combinations that a single row has are stored.",
        ("test_constraints.py",),
        (
            "skgan/encoding/relations/combinations.py",
            "kept = min_rows.allows(counts) & ~is_rare.any(axis=1)",
            "kept = ~is_rare.any(axis=1)",
        ),
    ),
    Fault(
        "relation-by-chance",
        "encoding",
        "A map is taken for a relation however easily chance explains it.",
        ("test_relations.py", "test_dependence.py", "test_table.py"),
        (
            "skgan/encoding/discovery.py",
            "if enough and _map_surprise(sizes, np.bincount(level, sizes)) > needed:",
            "if enough:",
        ),
        (
            "skgan/encoding/relations/maps.py",
            "if enough and _map_surprise(sizes, np.bincount(level, sizes)) > needed:",
            "if enough:",
        ),
    ),
    Fault(
        "units-of-time",
        "encoding",
        "New rows with times in another unit are not converted.",
        ("test_frames.py",),
        (
            "skgan/encoding/frames.py",
            "values = _convert(values, form.per / own.per)",
            "values = _convert(values, form.per / form.per)",
        ),
        (
            "skgan/encoding/frames/conversion.py",
            "values = _convert(values, schema.per / own.per)",
            "values = _convert(values, schema.per / schema.per)",
        ),
    ),
]

REFINEMENT = [
    Fault(
        "one-cap",
        "refinement",
        "Candidates of all labels are cut at the first label's ratio.",
        ("test_ratio.py", "test_refining.py"),
        (
            "skgan/refinement/ratio.py",
            "self.log_caps[seen.labels], 0.0)",
            "self.log_caps[0], 0.0)",
        ),
        (
            "skgan/refinement/ratio.py",
            "self.log_caps[features.labels], 0.0",
            "self.log_caps[0], 0.0",
        ),
    ),
    Fault(
        "pairs-in-full",
        "refinement",
        "Pairs of few rows are raked as those of many.",
        ("test_raking.py",),
        (
            "skgan/refinement/raking.py",
            "return logs * PAIR_POWER * counts / (counts + PAIR_PRIOR)",
            "return logs * PAIR_POWER",
        ),
        (
            "skgan/refinement/raking.py",
            "return logs * PAIR_POWER * counts / (counts + PAIR_PRIOR)",
            "return logs * PAIR_POWER",
        ),
    ),
    Fault(
        "small-last-bin",
        "refinement",
        "The last bin of a column may hold fewer than five rows.",
        ("test_bins.py",),
        (
            "skgan/refinement/cells.py",
            "if filled < MIN_ROWS and cell > 0:",
            "if filled < 1 and cell > 0:",
        ),
        (
            "skgan/refinement/bins.py",
            "if not min_rows.allows(filled) and current > 0:",
            "if filled < 1 and current > 0:",
        ),
    ),
    Fault(
        "trees-summed",
        "refinement",
        "Trees of all folds are summed instead of averaged.",
        ("test_trees.py",),
        (
            "skgan/refinement/trees.py",
            "np.array(values, dtype=np.float32) / len(models)",
            "np.array(values, dtype=np.float32)",
        ),
        (
            "skgan/refinement/trees.py",
            "np.array(values, dtype=np.float32) / len(models)",
            "np.array(values, dtype=np.float32)",
        ),
    ),
]

MODEL = [
    Fault(
        "volume-sign",
        "model",
        "Scores of scaled columns are off by twice the log of their units.",
        ("test_gan.py",),
        (
            "skgan/_scoring.py",
            "smoothing)[0] - log_volume",
            "smoothing)[0] + log_volume",
        ),
        (
            "skgan/model/density.py",
            "return _log_likelihoods(kernel, model.density, measured) - log_volume",
            "return _log_likelihoods(kernel, model.density, measured) + log_volume",
        ),
    ),
    Fault(
        "score-without-label",
        "model",
        "The score of a row with a label is that of all labels together.",
        ("test_conditions.py",),
        (
            "skgan/_scoring.py",
            "self._log_density(rows[own], *widths, code)",
            "self._log_density(rows[own], *widths)",
        ),
        (
            "skgan/model/density.py",
            "_log_density(model, rows[own], code, device)",
            "_log_density(model, rows[own], None, device)",
        ),
    ),
    Fault(
        "noise-of-every-chunk",
        "model",
        "All chunks of a large sample are the same rows.",
        ("test_gan.py", "test_refining.py"),
        (
            "skgan/_drawing.py",
            "chunks = (self._noise.draw(part, rng) for part in conditions)",
            "chunks = (self._noise.draw(part, torch.Generator().manual_seed(seed)) "
            "for part in conditions)",
        ),
        (
            "skgan/model/fitted.py",
            "self.conditions.one_hot(chunk), rng)",
            "self.conditions.one_hot(chunk), torch.Generator().manual_seed(seed))",
        ),
    ),
    Fault(
        "training-rows-held-out",
        "model",
        "The bandwidth is chosen on training rows.",
        ("test_gan.py", "test_options.py"),
        (
            "skgan/_fitting.py",
            "return order[n_held_out:], order[:n_held_out]",
            "return order[n_held_out:], order[n_held_out : 2 * n_held_out]",
        ),
        (
            "skgan/estimators/inputs.py",
            "return order[n_held_out:], order[:n_held_out]",
            "return order[n_held_out:], order[n_held_out : 2 * n_held_out]",
        ),
    ),
    Fault(
        "bandwidth-floor",
        "model",
        "The bandwidth has no floor.",
        ("test_gan.py", "test_options.py", "test_mixed.py"),
        (
            "skgan/metrics/mixed.py",
            "self._best_bandwidth(rows, fine.clip(floor), smoothing)",
            "self._best_bandwidth(rows, fine, smoothing)",
        ),
        (
            "skgan/metrics/mixed.py",
            "self._best_bandwidth(rows, fine.clip(floor), smoothing)",
            "self._best_bandwidth(rows, fine, smoothing)",
        ),
    ),
]

ESTIMATORS = [
    Fault(
        "discriminator-rate",
        "estimators",
        "The discriminator learns at the generator's rate.",
        ("test_options.py",),
        (
            "skgan/_fitting.py",
            "estimator.discriminator_learning_rate or rate,",
            "rate,",
        ),
        (
            "skgan/estimators/parameters.py",
            "return tuple(learning_rate)",
            "return (learning_rate[0],) * 2",
        ),
    ),
    Fault(
        "worst-restart",
        "estimators",
        "The worst of several restarts is kept.",
        ("test_restarts.py",),
        (
            "skgan/_fitting.py",
            "return max(starts, key=",
            "return min(starts, key=",
        ),
        (
            "skgan/estimators/report.py",
            "model = max(self._models, key=",
            "model = min(self._models, key=",
        ),
    ),
    Fault(
        "half-fitted",
        "estimators",
        "A fit that fails takes away what an earlier one has learned.",
        ("test_restarts.py",),
        (
            "skgan/_fitting.py",
            "        vars(estimator).update(before)\n        raise",
            "        raise",
        ),
        (
            "skgan/estimators/fitting.py",
            "        vars(estimator).update(before)\n        raise",
            "        raise",
        ),
    ),
    Fault(
        "global-stream",
        "estimators",
        "random_state=None takes numpy's global stream.",
        ("test_contract.py",),
        (
            "skgan/_base.py",
            "return _torch.fresh_seed() if random_state is None else random_state",
            "return random_state",
        ),
        (
            "skgan/estimators/seeds.py",
            "return _torch.fresh_seed() if random_state is None else random_state",
            "return random_state",
        ),
    ),
]

METRICS = [
    Fault(
        "missing-shares",
        "metrics",
        "The error of a column does not see how many values are missing.",
        ("test_column_errors.py",),
        (
            "skgan/metrics/columns.py",
            "return max(apart, np.abs(shares[0] - shares[1]).max())",
            "return np.abs(shares[0] - shares[1]).max()",
        ),
        (
            "skgan/metrics/columns.py",
            "return max(apart, np.abs(shares[0] - shares[1]).max())",
            "return np.abs(shares[0] - shares[1]).max()",
        ),
    ),
    Fault(
        "parzen-count",
        "metrics",
        "The Parzen density is the sum over samples, not the mean.",
        ("test_parzen.py",),
        (
            "skgan/metrics/parzen.py",
            "log_sums - log_volumes[:, None] - np.log(len(samples))",
            "log_sums - log_volumes[:, None]",
        ),
        (
            "skgan/metrics/parzen.py",
            "log_sums - log_volumes[:, None] - np.log(len(samples))",
            "log_sums - log_volumes[:, None]",
        ),
    ),
    Fault(
        "kernel-of-itself",
        "metrics",
        "The maximum mean discrepancy pairs rows with themselves.",
        ("test_distances.py",),
        (
            "skgan/metrics/distances.py",
            "tile.fill_diagonal_(0)",
            "tile.fill_diagonal_(1)",
        ),
        (
            "skgan/metrics/distances.py",
            "kernels.fill_diagonal_(0)",
            "kernels.fill_diagonal_(1)",
        ),
    ),
    Fault(
        "ties-are-copies",
        "metrics",
        "A row as far from held-out as from training rows counts as a copy.",
        ("test_privacy.py",),
        (
            "skgan/metrics/privacy.py",
            "((near < far) & ~ties).mean() + ties.mean() / 2)",
            "((near < far) & ~ties).mean() + ties.mean())",
        ),
        (
            "skgan/metrics/privacy.py",
            "nearer.sum() + ties.sum() / 2)",
            "nearer.sum() + ties.sum())",
        ),
    ),
    Fault(
        "error-of-areas",
        "metrics",
        "The standard error of a mean of areas is that of their sum.",
        ("test_two_sample.py",),
        (
            "skgan/metrics/two_sample.py",
            "float(np.linalg.norm(errors) / len(errors))",
            "float(np.linalg.norm(errors))",
        ),
        (
            "skgan/metrics/two_sample.py",
            "float(np.linalg.norm(errors) / len(errors))",
            "float(np.linalg.norm(errors))",
        ),
    ),
]

OUTER = [
    Fault(
        "zeros-lost",
        "cli",
        'A column of codes such as "01234" becomes numbers.',
        ("test_main.py",),
        (
            "skgan/_csv.py",
            'WHOLE = r"-?(?:0|[1-9]\\d{0,17})"',
            'WHOLE = r"-?\\d{1,18}"',
        ),
        (
            "skgan/cli/csv.py",
            'if numbers.dtype == "int64" and (numbers.astype(str) == plain).all():',
            'if numbers.dtype == "int64":',
        ),
    ),
    Fault(
        "losses-again",
        "callbacks",
        "Callbacks get the losses from the beginning each time.",
        ("test_callbacks.py",),
        (
            "skgan/_report.py",
            "state.loss_curve(self._n_told)",
            "state.loss_curve(0)",
        ),
        (
            "skgan/estimators/report.py",
            "run.state.loss_curve(self._n_reported)",
            "run.state.loss_curve(0)",
        ),
    ),
    Fault(
        "random-streams",
        "callbacks",
        "A callback that draws random numbers changes the fit.",
        ("test_callbacks.py",),
        (
            "skgan/_report.py",
            "        with _torch.forked(self._device):\n            self.stopped",
            "        if True:\n            self.stopped",
        ),
        (
            "skgan/training/run.py",
            "with self._own_streams(), self.batches",
            "with self.batches",
        ),
    ),
    Fault(
        "class-of-ten",
        "oversampling",
        "A class of exactly min_rows rows is not learned.",
        ("test_oversampling.py",),
        (
            "skgan/_oversampling.py",
            "if counts[code] >= self.min_rows:",
            "if counts[code] > self.min_rows:",
        ),
        (
            "skgan/estimators/oversampling.py",
            "if counts[code] >= self.min_rows:",
            "if counts[code] > self.min_rows:",
        ),
    ),
    Fault(
        "width-by-height",
        "datasets",
        "Images of a folder are cut to width by height.",
        ("test_image_folder.py",),
        (
            "skgan/datasets/image_folder.py",
            "library.ImageOps.fit(image, shape[::-1])",
            "library.ImageOps.fit(image, shape)",
        ),
        (
            "skgan/datasets/image_folder.py",
            "library.ImageOps.fit(image, shape[::-1])",
            "library.ImageOps.fit(image, shape)",
        ),
    ),
]

KEEPING = [
    _later(
        "digest-of-shapes",
        "The digest of a file covers dtypes and shapes alone.",
        ("test_storage.py",),
        (
            "skgan/storage/container.py",
            "found.update(array.data if array.flags.c_contiguous else array.tobytes())",
            "found.update(b'')",
        ),
    ),
    _later(
        "open-discriminator",
        "A file holds the discriminator though nobody asked for it.",
        ("test_files.py",),
        (
            "skgan/estimators/files.py",
            'left_out = () if discriminator else ("discriminator",)',
            "left_out = ()",
        ),
    ),
    _later(
        "fields-left-out",
        "An object of a file may lack fields.",
        ("test_words.py",),
        (
            "skgan/storage/words.py",
            "content.keys() != fields.keys()",
            "content.keys() - fields.keys()",
        ),
    ),
    _later(
        "weights-of-anything",
        "A file may have anything in place of the generator.",
        ("test_files.py",),
        (
            "skgan/estimators/packing.py",
            '"generator": instance(dict),',
            '"generator": instance(object),',
        ),
    ),
    _later(
        "checkpoint-too-many",
        "One checkpoint more is kept than was asked for.",
        ("test_checkpoints.py",),
        (
            "skgan/callbacks/checkpoints.py",
            "max(last - self.keep, 0)",
            "max(last - self.keep - 1, 0)",
        ),
    ),
    _later(
        "method-alike",
        "Methods of different objects are the same loss to a checkpoint.",
        ("test_checkpoints.py",),
        (
            "skgan/estimators/fingerprints.py",
            "return value.__func__, value.__self__",
            "return [value.__func__]",
        ),
    ),
    _later(
        "rows-drawn-again",
        "A run goes on with the rows of the beginning of an epoch.",
        ("test_run.py",),
        (
            "skgan/training/run.py",
            'batches.n_drawn = given["n_drawn"]',
            "batches.n_drawn = 0",
        ),
    ),
    _later(
        "average-begins-anew",
        "The average of a run that goes on decays as at the first update.",
        ("test_run.py",),
        (
            "skgan/training/run.py",
            'n_updates.fill_(given["n_average_updates"])',
            "n_updates.fill_(0)",
        ),
    ),
    _later(
        "pass-in-the-middle",
        "A further pass begins in the middle of an epoch.",
        ("test_going_on.py",),
        (
            "skgan/estimators/going_on.py",
            "run.batches.n_drawn = ceil(run.batches.n_drawn / n_rows) * n_rows",
            "pass",
        ),
    ),
    _later(
        "stopping-by-any-gain",
        "A later state gives way to whatever scores better.",
        ("test_early_stopping.py",),
        (
            "skgan/training/early_stopping.py",
            "-gain > N_ERRORS * error",
            "-gain > 0 * error",
        ),
    ),
    _later(
        "stopping-by-chance-of-trees",
        "Generated rows are taken for all that a state may generate.",
        ("test_early_stopping.py",),
        (
            "skgan/training/early_stopping.py",
            "votes.mean(axis=1).std(ddof=1) / np.sqrt(n_parts)",
            "0.0",
        ),
    ),
    _later(
        "votes-for-the-other",
        "Trees vote for the other side.",
        ("test_early_stopping.py",),
        (
            "skgan/refinement/votes.py",
            "2 * model.predict_proba(asked)[:, 1] - 1",
            "2 * model.predict_proba(asked)[:, 0] - 1",
        ),
    ),
    _later(
        "patience-of-falling-rates",
        "With falling rates any state that is not the best ends training.",
        ("test_early_stopping.py",),
        (
            "skgan/training/early_stopping.py",
            "self._n_worse if self.rates_fall else self._n_since_best",
            "self._n_since_best",
        ),
    ),
    _later(
        "last-state-kept",
        "The last state is kept under the number of the best.",
        ("test_early_stopping.py",),
        (
            "skgan/estimators/stopping.py",
            "network.load_state_dict(own)",
            "pass",
        ),
    ),
    _later(
        "copies-of-training-rows",
        "Held-out rows are counted among the training rows.",
        ("test_training_report.py",),
        (
            "skgan/metrics/permutation.py",
            "n_found = counts[n_train:].sum()",
            "n_found = counts[:n_train].sum()",
        ),
    ),
    _later(
        "coverage-backwards",
        "Rows that cover most are told to have collapsed.",
        ("test_training_report.py",),
        (
            "skgan/metrics/permutation.py",
            "np.mean(gaps >= gaps[0])",
            "np.mean(gaps <= gaps[0])",
        ),
    ),
]

LARGE = [
    _later(
        "first-rows",
        "The sample holds the first rows of a source.",
        ("test_sources.py",),
        (
            "skgan/sources/sample.py",
            "kept.add(row_hashes(seed, numbers), numbers, rows)",
            "kept.add(numbers.astype(np.uint64), numbers, rows)",
        ),
    ),
    _later(
        "ranks-of-the-sample",
        "Quantiles have the ranks of the sample, not of all rows.",
        ("test_all_rows.py",),
        (
            "skgan/encoding/columns/counters.py",
            "other._table.with_means(self._means(), counts)",
            "copy(other._table)",
        ),
    ),
    _later(
        "believed-of-the-sample",
        "What the sample shows between columns is believed.",
        ("test_all_rows.py",),
        (
            "skgan/encoding/counting/table.py",
            "if j not in self.broken and contradicts(",
            "if j in self.broken and contradicts(",
        ),
    ),
    _later(
        "extremes-in-means",
        "The least and the greatest of all rows count in means.",
        ("test_all_rows.py",),
        (
            "skgan/encoding/columns/counters.py",
            "            counts[cut] -= 1\n            sums[cut] -= ends[cut]\n",
            "            counts[cut] -= 0\n",
        ),
    ),
    _later(
        "shares-of-the-sample",
        "Classes have the shares that they have in the sample.",
        ("test_all_rows.py",),
        ("skgan/estimators/finish.py", "if rows.census is None:", "if True:"),
    ),
    _later(
        "chunks-of-one-seed",
        "All chunks of a file hold the rows of the first.",
        ("test_writing.py",),
        ("skgan/model/drawing.py", "    if k == 0:\n", "    if k >= 0:\n"),
    ),
    _later(
        "keys-begin-again",
        "Keys of each chunk begin where those of the first did.",
        ("test_writing.py",),
        (
            "skgan/encoding/columns/identifier.py",
            "self.step * (earlier.n_rows if earlier else 0)",
            "self.step * 0",
        ),
    ),
    _later(
        "earlier-names-forgotten",
        "Names of earlier chunks may come again.",
        ("test_writing.py",),
        (
            "skgan/encoding/columns/earlier.py",
            "self._hashes[at] == own)",
            "self._hashes[at] < own)",
        ),
    ),
    _later(
        "types-of-the-first-chunk",
        "A column of a Parquet file has the type of missing values.",
        ("test_writing.py",),
        (
            "skgan/encoding/frames/table.py",
            'np.full(n, schema.content == "category" and schema.categories == ())',
            "np.full(n, True)",
        ),
    ),
    _later(
        "half-a-file",
        "What was written until an error takes the place of the file.",
        ("test_writing.py", "test_storage.py"),
        (
            "skgan/storage/whole.py",
            "    except BaseException:\n",
            "    except BaseException:\n        os.replace(temporary, target)\n",
        ),
    ),
    _later(
        "images-in-stored-order",
        "Images of a batch come in the order in which they are stored.",
        ("test_lazy_images.py",),
        (
            "skgan/encoding/lazy.py",
            "return self._read(distinct)[rows_of]",
            "return self._read(distinct)[np.sort(rows_of)]",
        ),
    ),
    _later(
        "all-images-at-once",
        "All images on disk are encoded to find their clusters.",
        ("test_lazy_images.py",),
        (
            "skgan/conditions/clusters.py",
            "torch.from_numpy(rows.encoded[k : k + size]) for k",
            "torch.from_numpy(rows.encoded[:][k : k + size]) for k",
        ),
    ),
    _later(
        "decimals-of-the-first-images",
        "Decimals are counted in the first images alone.",
        ("test_lazy_images.py",),
        (
            "skgan/encoding/frames/images.py",
            "        found = max(found, decimals)\n",
            "        return decimals\n",
        ),
    ),
    _later(
        "private-changes-lost",
        "Pages of a private map are given up with what was written to them.",
        ("test_lazy_images.py",),
        (
            "skgan/encoding/lazy.py",
            'getattr(images, "mode", "c") == "c"',
            'getattr(images, "mode", "c") == "x"',
        ),
    ),
]


def _shared(name, sentence, file, text, replacement):
    """A slip in what several processes do together."""
    new = f"skgan/{file}", text, replacement
    return Fault(name, "processes", sentence, ("test_ranks.py",), new, new)


PROCESSES = [
    _shared(
        "share-of-the-mean",
        "A part of a batch counts as much as the whole.",
        "training/slices.py",
        "return values.sum() / self.batch_size",
        "return values.mean()",
    ),
    _shared(
        "noise-of-a-part",
        "Each process draws noise for its part alone.",
        "training/slices.py",
        'if kwargs.get("generator") is self.part.rng:',
        "if False:",
    ),
    _shared(
        "dropout-of-a-part",
        "Each process draws masks of dropout for its part alone.",
        "training/slices.py",
        "return rows * self.part.cut(func(ones, p=p, training=True))",
        "return func(rows, p=p, training=True)",
    ),
    _shared(
        "normalization-of-a-part",
        "Batch normalization takes means of a part of the batch.",
        "training/slices.py",
        "Summed.apply(sums, sum_up).split",
        "sums.split",
    ),
    _shared(
        "gradient-of-a-sum",
        "A gradient through batch normalization forgets other processes.",
        "training/slices.py",
        "return Summed.apply(gradient, ctx.sum_up), None",
        "return gradient, None",
    ),
    _shared(
        "gradients-of-a-part",
        "Each process learns from its own gradients.",
        "training/slices.py",
        "gradient.copy_(summed.view_as(gradient))",
        "gradient.add_(0 * summed.view_as(gradient))",
    ),
    _shared(
        "consequences-first",
        "Processes end with what followed from an error, and not with it.",
        "training/distributed.py",
        "is_first = not isinstance(error, LostError)",
        "is_first = isinstance(error, LostError)",
    ),
    _shared(
        "shared-by-workers",
        "Workers of joblib share fits with other processes.",
        "training/distributed.py",
        "return bool(get_active_backend()[0].nesting_level)",
        "return False",
    ),
    _shared(
        "means-in-losses",
        "A loss that takes means over a batch is not refused.",
        "training/sharing.py",
        "CLOSE = 1e-3",
        "CLOSE = 1e3",
    ),
    _shared(
        "noise-in-networks",
        "A network that draws random numbers of its own is not refused.",
        "training/sharing.py",
        "if not all(map(torch.equal, before, after)):",
        "if False:",
    ),
    _shared(
        "unlike-data",
        "Processes with other data begin a fit.",
        "estimators/going_on.py",
        "lambda: self._fingerprint",
        "lambda: None",
    ),
    _shared(
        "unlike-models",
        "Processes that have learned other models end alike.",
        "estimators/fitting.py",
        "lambda: digest_of_model(model)",
        "lambda: None",
    ),
    _shared(
        "some-end-well",
        "A process ends well where another one fails last of all.",
        "training/distributed.py",
        "        ranks.finish()\n",
        "",
    ),
    _shared(
        "callbacks-everywhere",
        "Every process calls the callbacks.",
        "estimators/report.py",
        "if ranks.rank > 0:",
        "if False:",
    ),
]

NARROWING = [
    _later(
        "left-out-at-once",
        "Clusters in which nothing was found are left out from the beginning.",
        ("test_narrowing.py",),
        (
            "skgan/model/narrowing.py",
            "if self._n_since < N_IN_VAIN:",
            "if self._n_since < 1:",
        ),
    ),
    _later(
        "found-before-news",
        "Rows that were found before a cluster had its first one count.",
        ("test_narrowing.py",),
        ("skgan/model/narrowing.py", "chance[first.max() + 1 :]", "chance"),
    ),
    _later(
        "left-out-of-margins",
        "Clusters are left out where margins are asked for.",
        ("test_narrowing.py",),
        ("skgan/model/demanded.py", "if not shares:  #", "if True:  #"),
    ),
    _later(
        "kept-for-other-labels",
        "Clusters that one label has no rows in are left out of all labels.",
        ("test_narrowing.py",),
        ("skgan/model/narrowing.py", "setdefault(code, Found", "setdefault(0, Found"),
    ),
    _later(
        "given-up-by-estimate",
        "Rows of which the first candidates have none are given up, however few.",
        ("test_search.py",),
        (
            "skgan/refinement/search.py",
            "n_rows > n_affordable * progress.bound",
            "n_rows > n_affordable * progress.rate",
        ),
    ),
    _later(
        "candidates-for-each-chunk",
        "Each chunk of a file may take as many candidates as all rows together.",
        ("test_writing.py",),
        ("skgan/model/drawing.py", "part=size / n_rows", "part=1.0"),
    ),
    _later(
        "found-in-a-copy",
        "A column that was asked for is decoded again for some of the rows.",
        ("test_decoding.py",),
        (
            "skgan/encoding/decoding.py",
            "if j not in self._found:",
            "if True:",
        ),
    ),
]

ROOMS = [
    *(TRAINING, LOSSES, CONDITIONS, NETWORKS, ENCODING, REFINEMENT),
    *(MODEL, ESTIMATORS, METRICS, OUTER, KEEPING, LARGE, PROCESSES, NARROWING),
]

FAULTS = {fault.name: fault for room in ROOMS for fault in room}
