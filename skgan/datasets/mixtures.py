"""Mixtures of Gaussians, whose modes are known."""

import numpy as np
from numpy.typing import NDArray

from .checks import check_counts, check_positive, random_stream


def make_ring(
    n_samples: int = 100_000,
    *,
    n_modes: int = 8,
    radius: float = 1.0,
    std: float = 0.01,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int_], NDArray[np.float64]]:
    """Draw from Gaussians on a circle, each as likely as the others.

    Parameters
    ----------
    n_samples : int, default=100_000
        Number of rows.
    n_modes : int, default=8
        Number of Gaussians, at equal angles from ``(radius, 0)`` on.
    radius : float, default=1.0
        Distance of the centers from the origin.
    std : float, default=0.01
        Standard deviation of each Gaussian, the same along both axes.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw. None takes fresh entropy from the system and leaves numpy's
        global stream alone.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        The rows, in random order.
    y : ndarray of shape (n_samples,)
        The mode of each row, from 0 to ``n_modes - 1``.
    centers : ndarray of shape (n_modes, 2)
        The center of each mode.

    Raises
    ------
    ValueError
        If a number of rows or modes is not a positive integer, or another parameter
        not a positive finite number.

    See Also
    --------
    skgan.metrics.mode_recovery : How many modes a model's rows have.

    Notes
    -----
    The defaults are the 2D-ring of [1]_.

    References
    ----------
    .. [1] Lin, Khetan, Fanti & Oh, "PacGAN: The power of two samples in generative
           adversarial networks", NeurIPS, 2018.

    Examples
    --------
    >>> from skgan.datasets import make_ring
    >>> X, y, centers = make_ring(1_000, n_modes=4, random_state=0)
    >>> X.shape, y.shape
    ((1000, 2), (1000,))
    >>> centers.round(12) + 0.0
    array([[ 1.,  0.],
           [ 0.,  1.],
           [-1.,  0.],
           [ 0., -1.]])
    """
    check_counts(n_samples=n_samples, n_modes=n_modes)
    check_positive(radius=radius, std=std)
    angles = 2 * np.pi * np.arange(n_modes) / n_modes
    centers = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    return _draw(centers, n_samples, std, random_state)


def make_grid(
    n_samples: int = 100_000,
    *,
    side: int = 5,
    spacing: float = 2.0,
    std: float = 0.05,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int_], NDArray[np.float64]]:
    r"""Draw from Gaussians on a square grid, each as likely as the others.

    Parameters
    ----------
    n_samples : int, default=100_000
        Number of rows.
    side : int, default=5
        Gaussians along an axis: there are ``side ** 2``.
    spacing : float, default=2.0
        Distance of neighboring centers; the mean of all is the origin.
    std : float, default=0.05
        Standard deviation of each Gaussian, the same along both axes.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw. None takes fresh entropy from the system and leaves numpy's
        global stream alone.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        The rows, in random order.
    y : ndarray of shape (n_samples,)
        The mode of each row, from 0 to ``side ** 2 - 1``.
    centers : ndarray of shape (side ** 2, 2)
        The center of each mode, the first coordinate changing fastest.

    Raises
    ------
    ValueError
        If a number of rows or modes is not a positive integer, or another parameter
        not a positive finite number.

    See Also
    --------
    skgan.metrics.mode_recovery : How many modes a model's rows have.

    Notes
    -----
    The defaults are the 2D-grid of [1]_, centers :math:`\{-4, -2, 0, 2, 4\}^2`.

    References
    ----------
    .. [1] Lin, Khetan, Fanti & Oh, "PacGAN: The power of two samples in generative
           adversarial networks", NeurIPS, 2018.

    Examples
    --------
    >>> from skgan.datasets import make_grid
    >>> X, y, centers = make_grid(1_000, side=2, random_state=0)
    >>> X.shape, y.shape
    ((1000, 2), (1000,))
    >>> centers
    array([[-1., -1.],
           [ 1., -1.],
           [-1.,  1.],
           [ 1.,  1.]])
    """
    check_counts(n_samples=n_samples, side=side)
    check_positive(spacing=spacing, std=std)
    axis = spacing * (np.arange(side) - (side - 1) / 2)
    centers = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return _draw(centers, n_samples, std, random_state)


def _draw(centers, n_samples, std, random_state):
    """Draw rows from Gaussians around centers: rows, their modes, the centers."""
    rng = random_stream(random_state)
    y = rng.randint(len(centers), size=n_samples)
    X = centers[y] + std * rng.standard_normal((n_samples, centers.shape[1]))
    return X, y, centers
