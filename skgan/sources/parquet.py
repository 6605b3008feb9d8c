"""Rows of Parquet files, one after another."""

from collections import Counter

import numpy as np

from .rows import without_mixed_codes

AT_ONCE = 65_536  # rows that are read at once
# By its defaults pyarrow keeps all that it has read of a file
BOUNDED = {"pre_buffer": False, "buffer_size": 2**20}


class ParquetFiles:
    """Calls return an iterator of the tables that files hold.

    By row groups, since a dataset's own batches take more and more memory. All tables
    have one schema: where widths, units or dictionaries differ, one that holds all.

    Parameters
    ----------
    paths : list of Path
        The files, in this order.
    named : dict of pyarrow.Table
        Further columns, of one row, that all of a file share, by its whole path.
    names : list of str or None, default=None
        All columns that there must be, if somebody says.
    """

    def __init__(self, paths, named, names=None):
        self.paths, self.named, self.names = paths, named, names

    def __call__(self):
        """Yield tables of some rows each."""
        pyarrow, parquet = _pyarrow()
        own = [_schema(path) for path in self.paths]
        schema = self._common(pyarrow, own)
        for path, names in zip(self.paths, [file.names for file in own], strict=True):
            with parquet.ParquetFile(path, **BOUNDED) as file:
                for batch in file.iter_batches(AT_ONCE, columns=names):
                    table = pyarrow.Table.from_batches([batch])
                    table = self._with_named(path, table).select(schema.names)
                    is_so = table.schema == schema
                    yield table if is_so else _cast(path, table, schema)

    def _with_named(self, path, table):
        """Rows of a file with the columns that they share."""
        named = self.named.get(path.resolve())
        for name in named.column_names if named is not None else []:
            if name not in table.column_names:
                column = named[name].take(np.zeros(len(table), np.int64))
                table = table.append_column(name, column)
        return table

    def _common(self, pyarrow, own):
        """The schema of all files, given those of what is in them."""
        schemas = [
            self._with_named(path, schema.empty_table()).schema
            for path, schema in zip(self.paths, own, strict=True)
        ]
        first = schemas[0]
        for path, schema in zip(self.paths, schemas, strict=True):
            if sorted(schema.names) != sorted(first.names):
                odd = sorted({*schema.names} ^ {*first.names})[0]
                raise ValueError(
                    f"All files must have the same columns, got {odd!r} in one of "
                    f"{str(path)!r} and {str(self.paths[0])!r} alone."
                )
        if self.names is not None and sorted(self.names) != sorted(first.names):
            raise ValueError(
                f"X must be all columns of its files, got {self.names} of "
                f"{first.names}."
            )
        try:
            schemas = without_mixed_codes(schemas)
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


def _schema(path):
    """The schema of a file without metadata, and the index that pandas keeps there."""
    pyarrow, parquet = _pyarrow()
    try:
        schema = parquet.read_schema(path)
    except pyarrow.ArrowInvalid as error:
        raise ValueError(
            f"X must hold Parquet files that are whole, got {str(path)!r}: {error}"
        ) from error
    name, count = Counter(schema.names).most_common(1)[0] if len(schema) else ("", 0)
    if count > 1:
        raise ValueError(
            f"Column names must be unique, got {name!r} {count} times in {str(path)!r}."
        )
    index = (schema.pandas_metadata or {}).get("index_columns", [])
    kept = [name for name in schema.names if name not in index]
    return schema.empty_table().select(kept).schema.remove_metadata()


def _cast(path, table, schema):
    """Rows of a file in the types of all."""
    try:
        return table.cast(schema)
    except ValueError as error:
        raise ValueError(
            f"All files must have columns of types that agree: {error} in {str(path)!r}"
        ) from error
