"""What a user may have written is called once, so that a wrong shape is named."""

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor, nn

from .batches import Latents
from .heads import HeadedGenerator

N_ROWS = 2


def dry_run(
    generator: HeadedGenerator,
    discriminator: nn.Module,
    latent_dim: int,
    n_conditions: int,
    losses: Iterable[Callable[..., Tensor]],
    penalties: Iterable[Callable[..., Tensor]],
) -> None:
    """Call networks, losses and penalties once, on two rows, before any work.

    Raises
    ------
    ValueError
        If one of them raises, or returns what has the wrong shape; the message names
        the parameter, the rule and what it got.
    """
    generator.eval(), discriminator.eval()  # neither dropout nor batch statistics act
    head = generator.head
    shapes = latent_dim, n_conditions, head.n_gumbel
    latents = Latents(*(torch.zeros(N_ROWS, n, dtype=torch.float32) for n in shapes))
    n_inputs = latent_dim + n_conditions
    if generator.embedding is not None:
        n_inputs = latent_dim + generator.embedding.out_features
    _expect(
        f"generator must map latents of shape {(N_ROWS, n_inputs)} to shape "
        f"{(N_ROWS, *head.raw_shape)}",
        lambda: generator.raw(latents),
        [(N_ROWS, *head.raw_shape)],
    )
    fake = generator(latents)
    fake = fake._replace(rows=fake.rows.detach())
    input_shape = (N_ROWS, *head.input_shape(n_conditions))
    logits = _expect(
        f"discriminator must map {head.name} of shape {input_shape} to one logit each",
        lambda: discriminator(fake),
        [(N_ROWS,), (N_ROWS, 1), (N_ROWS, 1, 1, 1)],
    ).flatten()
    rule = f"of shape {(N_ROWS,)}, one number a row"
    for loss in losses:
        named = f"loss must be functions that return tensors {rule}"
        _expect(named, partial(loss, logits, logits), [(N_ROWS,)])

    def critic(points: Tensor) -> Tensor:
        return discriminator(fake.split(points)).flatten()

    points = fake.joined()
    for penalty in penalties:
        named = f"penalty must return a tensor {rule}"
        _expect(named, partial(penalty, critic, points, points), [(N_ROWS,)])


def _expect(
    rule: str, call: Callable[[], Tensor], shapes: list[tuple[int, ...]]
) -> Tensor:
    """What a call returns if it is a tensor of one of the shapes."""
    try:
        value = call()
    except Exception as error:  # of a function that a user wrote
        raise ValueError(f"{rule}, but it raised: {error}") from error
    if not torch.is_tensor(value):
        raise ValueError(f"{rule}, got {value!r}.")
    if value.shape not in shapes:
        raise ValueError(f"{rule}, got shape {tuple(value.shape)}.")
    return value


def one_a_row(name: str, values: object, n_rows: int) -> Tensor:
    """Values of what a user may have written, one for each of the rows.

    The dry run has asked this of two rows; a function may change its mind later.

    Raises
    ------
    ValueError
        If they are something else; the message names the parameter.
    """
    if torch.is_tensor(values) and values.shape == (n_rows,):
        return values
    got = f"shape {tuple(values.shape)}" if torch.is_tensor(values) else repr(values)
    raise ValueError(
        f"{name} must return a tensor of shape ({n_rows},), one number a row, "
        f"at every iteration, got {got}."
    )
