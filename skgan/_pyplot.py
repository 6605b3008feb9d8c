"""The one import of matplotlib."""


def pyplot():
    """Import matplotlib's pyplot, or say what to install."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "Plots need matplotlib: pip install 'skgan[plot]' or matplotlib."
        ) from error
    return plt
