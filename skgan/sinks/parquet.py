"""Parquet files, a few rows at a time, each time with the types of the first."""


class ParquetSink:
    """Writes tables below each other, a row group each.

    Parameters
    ----------
    file : binary file
        Where to.
    specimen : pandas.DataFrame or pyarrow.Table
        A table as ``as_table`` makes it, in which no column lacks all values. Its types
        are those of all tables: what a chunk lacks does not change them.

    Raises
    ------
    ImportError
        If pyarrow is not installed.
    """

    def __init__(self, file, specimen):
        import pyarrow.parquet

        self._schema = schema_of(specimen)
        self._writer = pyarrow.parquet.ParquetWriter(file, self._schema)

    def __enter__(self):
        return self

    def write(self, table):
        """Write the rows of a table, as ``as_table`` makes it."""
        import pyarrow as pa

        if not isinstance(table, pa.Table):
            how = {"schema": self._schema, "preserve_index": False}
            table = pa.Table.from_pandas(table, **how)
        self._writer.write_table(table.cast(self._schema))

    def __exit__(self, *_):
        self._writer.close()


def schema_of(specimen):
    """The types of columns, as a file holds them.

    Objects that are decimals get all digits that there are: pyarrow takes as many as
    the longest of some rows has.
    """
    import pyarrow as pa

    if isinstance(specimen, pa.Table):
        return specimen.schema
    schema = pa.Table.from_pandas(specimen, preserve_index=False).schema
    for j, field in enumerate(schema):
        if specimen.dtypes.iloc[j] == "object" and pa.types.is_decimal128(field.type):
            wide = pa.decimal128(38, field.type.scale)
            schema = schema.set(j, field.with_type(wide))
    return schema
