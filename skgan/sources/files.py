"""Parquet files, one after another."""

import os
from pathlib import Path

AT_ONCE = 65_536  # rows that are read at once
# By its defaults pyarrow keeps all that it has read of a file
BOUNDED = {"pre_buffer": False, "buffer_size": 2**20}


def is_dataset(X):
    """Whether X is a dataset of pyarrow."""
    return type(X).__module__ == "pyarrow._dataset" and hasattr(X, "to_batches")


def paths_of(X):
    """Return the paths of Parquet files, those of a folder in the order of their names.

    Parameters
    ----------
    X : path or list of paths
        Files, or folders that hold some.

    Raises
    ------
    ValueError
        If there are none, or others.
    """
    paths = [X] if isinstance(X, str | os.PathLike) else list(X)
    found = []
    for path in map(Path, paths):
        own = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
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


def _is_parquet(path):
    """Whether a file starts as Parquet files do."""
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


class ParquetFiles:
    """Calls return an iterator of the tables that files hold.

    By row groups, since a dataset's own batches take more and more memory. All tables
    have one schema: where widths, units or dictionaries differ, one that holds all.

    Parameters
    ----------
    paths : list of Path
        The files, in this order.
    """

    def __init__(self, paths):
        self.paths = paths

    def __call__(self):
        """Yield tables of some rows each."""
        pyarrow, parquet = _pyarrow()
        schemas = [_bare(parquet.read_schema(path)) for path in self.paths]
        schema = self._common(pyarrow, schemas)
        for path, own in zip(self.paths, schemas, strict=True):
            with parquet.ParquetFile(path, **BOUNDED) as file:
                for batch in file.iter_batches(AT_ONCE, columns=own.names):
                    table = pyarrow.Table.from_batches([batch]).select(schema.names)
                    yield table if table.schema == schema else table.cast(schema)

    def _common(self, pyarrow, schemas):
        """The schema of all files."""
        first = schemas[0]
        for path, own in zip(self.paths, schemas, strict=True):
            if sorted(own.names) != sorted(first.names):
                odd = sorted({*own.names} ^ {*first.names})[0]
                raise ValueError(
                    f"All files must have the same columns, got {odd!r} in one of "
                    f"{str(path)!r} and {str(self.paths[0])!r} alone."
                )
        try:
            return pyarrow.unify_schemas(schemas, promote_options="permissive")
        except pyarrow.ArrowTypeError as error:
            message = f"All files must have columns of types that agree: {error}"
            raise ValueError(message) from error


def _pyarrow():
    """Return the modules that read such files.

    Raises
    ------
    ImportError
        If they are not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        message = "Parquet files need pyarrow: pip install 'skgan[parquet]'."
        raise ImportError(message) from error
    return pyarrow, parquet


def _bare(schema):
    """The schema without metadata, and the index that pandas keeps beside columns."""
    index = (schema.pandas_metadata or {}).get("index_columns", [])
    kept = [name for name in schema.names if name not in index]
    return schema.empty_table().select(kept).schema.remove_metadata()
