"""Which Parquet files a path, a folder or a dataset stands for."""

import os
from pathlib import Path

from .parquet import ParquetFiles


def is_dataset(X):
    """Whether X is a dataset of pyarrow."""
    return type(X).__module__ == "pyarrow._dataset" and hasattr(X, "to_batches")


def parquet_files(X):
    """Return a function that yields the tables of Parquet files.

    Parameters
    ----------
    X : path, list of paths or pyarrow.dataset.Dataset
        Files, or folders that hold some, read in the order of their names. What names
        of folders say, as in ``year=2024/``, are further columns, as pyarrow has them.

    Raises
    ------
    ValueError
        If there are none, or others, or if a dataset is not all of its files.
    """
    if not is_dataset(X):
        paths = [X] if isinstance(X, str | os.PathLike) else list(X)
        return ParquetFiles(paths_of(paths), _named_values(map(_dataset_of, paths)))
    if not hasattr(X, "files"):
        raise ValueError(
            f"X must be a dataset of files, got {type(X).__name__}: pass the tables, "
            "or a function that returns an iterator of them."
        )
    return ParquetFiles(paths_of(X.files), _named_values([X]), X.schema.names)


def paths_of(X):
    """Return the paths of Parquet files, those of a folder in the order of their names.

    Parameters
    ----------
    X : list of paths
        Files, or folders that hold some.

    Raises
    ------
    ValueError
        If there are none, or others.
    """
    found = []
    for path in map(Path, X):
        own = _files_in(path) if path.is_dir() else [path]
        if not own:
            raise ValueError(f"X must hold Parquet files, got none in {str(path)!r}.")
        found += own
    for path in found:
        if not path.is_file():
            raise ValueError(f"X must be a file that is there, got {str(path)!r}.")
        if not _is_parquet(path):
            raise ValueError(
                f"X must hold data or be a Parquet file, got {str(path)!r}: read other "
                "files first, for example by pandas.read_csv."
            )
    return found


def _files_in(folder):
    """The Parquet files of a folder, in the order of their names."""
    return sorted(folder.rglob("*.parquet"))


def _is_parquet(path):
    """Whether a file starts as Parquet files do."""
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


def _dataset_of(path):
    """The dataset of a folder in which names of folders say values; else None."""
    path = Path(path)
    files = _files_in(path) if path.is_dir() else []
    if not any("=" in str(file.parent.relative_to(path)) for file in files):
        return None
    from pyarrow import dataset

    by_names = dataset.HivePartitioning.discover(infer_dictionary=True)
    how = {"partitioning": by_names, "partition_base_dir": str(path)}
    try:
        return dataset.dataset([*map(str, files)], format="parquet", **how)
    except TypeError as error:  # a column of files that folders name, too
        message = "Files and the names of their folders must agree on types"
        raise ValueError(f"{message}, in {str(path)!r}: {error}") from error


def _named_values(datasets):
    """What names of folders say of the files in them, a table of one row by path."""
    found = {}
    for own in filter(None, datasets):
        from pyarrow import Table, array
        from pyarrow.dataset import get_partition_keys

        for file in _fragments_of(own):
            values = get_partition_keys(file.partition_expression)
            fields = [field for field in own.schema if field.name in values]
            found[Path(file.path).resolve()] = Table.from_arrays(
                [array([values[field.name]], field.type) for field in fields],
                [field.name for field in fields],
            )
    return found


def _fragments_of(dataset):
    """The files of a dataset, if it is all of their rows."""
    try:
        return dataset.get_fragments()
    except ValueError as error:
        raise ValueError(
            "X must be all rows of its files, got a dataset with a filter: pass a "
            "function that returns an iterator of the rows."
        ) from error
