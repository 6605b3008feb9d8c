"""Errors and warnings of skgan."""


class DivergenceError(ArithmeticError):
    """Training produced a number that is not finite.

    Parameters
    ----------
    iteration : int
        The iteration, counted from 0, in which that was found.

    Examples
    --------
    >>> from skgan.exceptions import DivergenceError
    >>> str(DivergenceError(42)).partition(".")[0]
    'Training became non-finite at iteration 42'
    """

    def __init__(self, iteration: int) -> None:
        super().__init__(iteration)
        self.iteration = iteration

    def __str__(self) -> str:
        return (
            f"Training became non-finite at iteration {self.iteration}. Try a smaller "
            "learning_rate, a larger penalty_weight, the 'relativistic' loss with its "
            "default penalty, or precision='float32'."
        )


class RefinementWarning(UserWarning):
    """Too few candidates were accepted, and some rows are drawn by weight instead.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import RefinementWarning
    >>> warnings.simplefilter("error", RefinementWarning)
    """


class SmallClassWarning(UserWarning):
    """A class has too few rows to be learned, and its rows are drawn again.

    Examples
    --------
    >>> import warnings
    >>> from skgan.exceptions import SmallClassWarning
    >>> warnings.simplefilter("error", SmallClassWarning)
    """
