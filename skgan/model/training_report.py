"""What the end of a fit shows: collapse, copies, losses that never decided."""

import numpy as np

from ..exceptions import CollapseWarning, CopiesWarning, UndecidedWarning, warn_user
from ..losses import LOSSES, losses_of_logit
from ..metrics.permutation import copy_test, coverage_test
from ..metrics.two_sample import auc_of
from ..wording import advice

N_COVERED = 300  # rows of each side
N_COMPARED = 1_000  # generated rows that may be copies
MAX_NUMBERS = 2**24  # in the training rows that they may be copies of
N_PARTS = 10  # of the loss curve
MAX_READ = 2**21  # numbers of generated rows, and of training rows that are on disk

# When the user is warned
MAX_P_VALUE = 1e-3
MIN_COVERAGE = 0.8  # of what training rows cover
MAX_COPIED = 50.0  # percent
MIN_LOSS_GAP = 2e-3
# A shorter fit is a trial; small tables are by default learned in fewer iterations
MIN_ITERATIONS, MIN_BY_DEFAULT = 500, 300


def training_report(model, training, held_out, loss, device):
    """Numbers that say how a fit went, of held-out rows beside training rows.

    Parameters
    ----------
    model : FittedGAN
        What was learned.
    training : pair (encoded rows, label codes)
        What it was learned from.
    held_out : pair (rows as ``encoder.read`` gives them, label codes) or None
        Rows that training did not see; None where there are none.
    loss : AdversarialLoss
        What was minimized.
    device : torch.device
        Where networks run.

    Returns
    -------
    dict of str to float or None
        None is a number that cannot be told: all but the last without held-out rows,
        a p-value where no p-value below .001 is possible.

        - ``coverage``: share of held-out rows with a generated one near them;
          ``training_coverage`` that with one of as many training rows;
          ``coverage_p_value`` of the test that generated rows cover as many.
        - ``copied_percent``: share of generated rows that copying explains, 0 for fresh
          rows; ``copied_p_value`` of the test that training rows are as held-out ones.
        - ``discriminator_auc``: how well the discriminator's logits tell training rows
          from held-out ones; 1/2 is not at all.
        - ``loss_gap``: how far the losses ever were from those of logits that are 0;
          None of a loss of the user's own.

    Notes
    -----
    It draws from streams of its own, so that samples and scores do not depend on it.
    """
    report = dict.fromkeys(
        ("coverage", "training_coverage", "coverage_p_value", "copied_percent")
        + ("copied_p_value", "discriminator_auc")
    )
    if held_out is not None:
        rng = np.random.default_rng([model.seed, 7])
        training = some_of(training, model)
        report |= _tests(model, training, held_out, rng, device)
    # A user's own functions are not called but in training
    is_known = loss in LOSSES.values()
    gap = loss_gap(model.loss_curve, loss) if is_known else None
    return report | {"loss_gap": gap}


def some_of(training, model):
    """Training rows that are compared: as many as memory is for; of those on disk less.

    Arrays of fewer rows are returned as they are.
    """
    encoded, label_codes = training
    layout, is_array = model.encoder.layout, isinstance(encoded, np.ndarray)
    width = layout.n_columns + sum(layout.class_sizes)
    n_rows = max(N_COVERED, (MAX_NUMBERS if is_array else MAX_READ) // width)
    if n_rows >= len(encoded):
        return training if is_array else (encoded[np.arange(len(encoded))], label_codes)
    some = np.random.default_rng([model.seed, 8]).permutation(len(encoded))[:n_rows]
    return encoded[some], label_codes[some]


def _tests(model, training, held_out, rng, device):
    """Compare generated rows with held-out and with training rows."""
    rows, label_codes = held_out
    encoder, (encoded, known_codes) = model.encoder, training
    n_compared = min(N_COMPARED, max(N_COVERED, MAX_READ // encoded.shape[1]))
    drawn = model.label_codes(None, n_compared, model.seed)
    generated = model.draw(drawn, model.seed, device=device)
    sides = points_of(
        [
            encoder.measure_encoded(encoded, rng),
            encoder.measure(rows)[:2],
            encoder.measure_encoded(generated, rng),
        ]
    )
    del generated
    train, own, synthetic = sides
    n = min(N_COVERED, *map(len, sides))
    some = [rng.permutation(len(side))[:n] for side in sides]
    coverage = coverage_test(own[some[1]], synthetic[some[2]], train[some[0]], rng)
    copies = copy_test(train, own, synthetic, (known_codes, label_codes), rng)
    logits = [
        model.logits(encoded[some[0]], known_codes[some[0]], device=device),
        model.held_out_logits(rows[some[1]], label_codes[some[1]], device),
    ]
    auc = auc_of(np.concatenate(logits), np.repeat([True, False], n))
    return {
        "coverage": coverage.synthetic,
        "training_coverage": coverage.other,
        "coverage_p_value": coverage.p_value,
        "copied_percent": copies.percent,
        "copied_p_value": copies.p_value,
        "discriminator_auc": auc.value,
    }


def points_of(tables):
    """Points ``(n, d)`` of tables of classes and numbers, as an encoder measures them.

    The list of tables is empty afterwards: of images they are much.

    Numbers as they are, absent ones 0, and one coordinate for each class.
    """
    sizes = 2 + np.max(
        [classes.max(axis=0, initial=0) for classes, _ in tables], axis=0
    )
    sizes = sizes.astype(np.int64)
    starts, n_classes = np.cumsum(sizes) - sizes, sizes.sum()
    points = []
    while tables:
        classes, numbers = tables.pop(0)
        own = np.zeros((len(classes), n_classes + numbers.shape[1]))
        for start, codes, size in zip(starts, classes.T, sizes, strict=True):
            own[np.arange(len(codes)), start + codes % size] = 1
        own[:, n_classes:] = np.nan_to_num(numbers)
        points.append(own)
    return points


def loss_gap(loss_curve, loss):
    """How far mean losses of a tenth of the iterations were from those of logits of 0.

    The largest gap of both losses and of all tenths.
    """
    parts = np.array_split(loss_curve, min(N_PARTS, len(loss_curve)))
    means = np.array([part.mean(axis=0) for part in parts])
    return float(np.abs(means - losses_of_logit(loss, 0.0)).max())


def warn_of(report, n_iter, by_default=False):
    """Warn the user of what a report shows, if it is of a fit that is no trial.

    Whether one is depends on its number of iterations, and on who chose it.

    Warns
    -----
    skgan.exceptions.TrainingWarning
        Of a subclass that says what it is.
    """
    if n_iter < (MIN_BY_DEFAULT if by_default else MIN_ITERATIONS):
        return
    covered, real = report["coverage"], report["training_coverage"]
    if _is_sure(report["coverage_p_value"]) and covered < MIN_COVERAGE * real:
        warn_user(
            f"Generated rows cover {100 * covered:.0f} % of the held-out rows, as many "
            f"training rows {100 * real:.0f} %: groups of rows may be missing. "
            + advice(
                loss="the 'relativistic' loss with its default penalty",
                learning_rate="a smaller {}",
                max_iter="a larger {}",
                n_init="{}=3",
            ),
            CollapseWarning,
        )
    copied = report["copied_percent"]
    if _is_sure(report["copied_p_value"]) and copied > MAX_COPIED:
        warn_user(
            f"Generated rows look like copies of training rows: {copied:.0f} % of them "
            "are nearer to these than chance explains. "
            + advice("more rows", max_iter="a smaller {}", early_stopping="{}=True"),
            CopiesWarning,
        )
    if report["loss_gap"] is not None and report["loss_gap"] < MIN_LOSS_GAP:
        warn_user(
            "The losses never left their values for a discriminator that tells nothing "
            "apart: neither network has learned. "
            + advice(
                learning_rate="a greater {}",
                penalty_weight="a smaller {}",
                generator="other networks",
            ),
            UndecidedWarning,
        )


def _is_sure(p_value):
    """Whether chance does not explain what was found."""
    return p_value is not None and p_value < MAX_P_VALUE
