"""What ``discriminate`` asks: a judge that is learned after training."""

import numpy as np

from ..refinement import calibrate, judging_sizes, learn_judge

MAX_FRESH = 5_000  # generated rows for calibration


def fit_judge(model, training, held_out, min_rows, device):
    """The judge of rows before refinement, calibrated on rows that are new to it.

    Parameters
    ----------
    model : FittedGAN
        Whose rows are told from real ones.
    training : pair (encoded rows, label codes)
        What the judge learns from.
    held_out : pair (rows as ``encoder.read`` gives them, label codes) or None
        What it is calibrated on; None is as it is.
    min_rows : MinRows
        How many training rows a bin must hold.
    device : torch.device
        Where networks run.

    Returns
    -------
    Judge
    """
    encoded, label_codes = training
    n_real, n_fake = judging_sizes(*encoded.shape)
    some = np.random.default_rng([model.seed, 5]).permutation(len(encoded))[:n_real]
    drawn = model.label_codes(None, n_fake + min(n_fake, MAX_FRESH), model.seed)
    generated = model.draw(drawn, model.seed, refine=False, device=device)
    sides = slice(n_fake), slice(n_fake, None)
    fake, fresh = (model.features(generated[side], drawn[side]) for side in sides)
    del generated  # of images it is much
    judge = learn_judge(
        model.features(encoded[some], label_codes[some]),
        fake,
        model.encoder,
        model.conditions.n_labels,
        model.seed,
        min_rows,
    )
    if held_out is not None:
        calibrate(judge, model.features_of(*held_out), fresh)
    return judge
