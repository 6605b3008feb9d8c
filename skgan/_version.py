"""The version of skgan, and of what it runs on."""

__version__ = "0.1.0.dev0"

DEPENDENCIES = [
    "torch",
    "scikit-learn",
    "numpy",
    "scipy",
    "joblib",
    "narwhals",
    "threadpoolctl",
    "pandas",
    "polars",
    "matplotlib",
    "rich",
]


def show_versions():
    """Print the versions and devices that a bug report needs.

    Examples
    --------
    >>> import skgan
    >>> skgan.show_versions()  # doctest: +ELLIPSIS
    skgan: ...
    """
    import platform
    from importlib.metadata import PackageNotFoundError, version

    import torch

    print(f"skgan: {__version__}")
    print(f"python: {platform.python_version()} on {platform.platform()}")
    for name in DEPENDENCIES:
        try:
            print(f"{name}: {version(name)}")
        except PackageNotFoundError:
            print(f"{name}: not installed")
    print(f"threads: {torch.get_num_threads()}")
    print(
        f"cuda: {torch.version.cuda if torch.cuda.is_available() else 'not available'}"
    )
