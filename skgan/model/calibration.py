"""The calibration of ``discriminate``: logits as probabilities of being real."""

from ..refinement import fit_platt_scaling


def fit_calibration(model, rows, label_codes, device):
    """The scaling of logits, from held-out rows and as many of the generator.

    Parameters
    ----------
    model : FittedGAN
        Whose discriminator is asked.
    rows : object
        Held-out rows as ``encoder.read`` gives them.
    label_codes : ndarray of shape (n,)
        Their labels.
    device : torch.device
        Where networks run.

    Returns
    -------
    PlattScaling
    """
    drawn = model.label_codes(None, len(label_codes), model.seed)
    generated = model.draw(drawn, model.seed, refine=False, device=device)
    generated = model.encoder.round_trip(generated)
    return fit_platt_scaling(
        model.held_out_logits(rows, label_codes, device),
        model.logits(generated, drawn, device=device),
    )
