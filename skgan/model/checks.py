"""Whether the parts of a model that was read are those of one model."""

from ..networks import make_head
from ..storage.fields import require


def check_parts(model):
    """Refuse a model whose parts do not fit each other.

    Parameters
    ----------
    model : FittedGAN
        Of which each part has been checked alone; networks are not looked at.

    Raises
    ------
    ValueError
        If encoder, conditions, latents, judge and refinement are not about the same
        columns and labels.
    """
    encoder, conditions = model.encoder, model.conditions
    head = make_head(encoder.layout)
    require(model.latents.n_gumbel == head.n_gumbel, "noise is as wide as the head")
    for part in conditions.parts:
        clusters = getattr(part, "clusters", None)
        same = clusters is None or clusters.n_expanded == head.n_expanded
        require(same, "clusters are of expanded rows")
    check_judging(encoder, conditions.n_labels, model.refinement, model.judge)


def check_judging(encoder, n_labels, refinement, judge=None):
    """Refuse a refinement and a judge that are not about rows of an encoder.

    Raises
    ------
    ValueError
        If they are about other columns or labels; each has been checked alone.
    """
    n_fine = [*encoder.n_bins, *([n_labels] if n_labels > 1 else [])]
    for part in (judge, refinement):
        bins = part and part.bins
        require(not bins or bins.n_fine == n_fine, "bins are those of the encoder")
    caps = refinement and refinement.log_caps
    require(caps is None or len(caps) == n_labels, "labels have caps")
