"""What stands for missing values in a condition, and for values that are there."""


class Marker:
    """A value of its own, which prints as its name.

    Parameters
    ----------
    name : str
        The name under which ``skgan`` has it.
    """

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"skgan.{self.name}"

    def __reduce__(self):
        return self.name  # copies and pickles are the same object


MISSING = Marker("MISSING")
PRESENT = Marker("PRESENT")
