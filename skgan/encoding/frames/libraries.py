"""Take the columns of each library apart, and put them together."""

import re

import numpy as np

from skgan.storage.fields import require

from . import namespaces
from .errors import bits_error

_pandas = namespaces.pandas
_polars = namespaces.polars
_pyarrow = namespaces.pyarrow


class Arrays:
    """Columns of arrays."""

    @staticmethod
    def objects(column):
        """Return the objects of a column, ``(n,)``."""
        return column.astype(object)

    @staticmethod
    def numbers(column, wide):
        """Return the physical values of a column, and where they are missing."""
        if column.dtype.kind in "mM":
            return column.astype(np.int64), np.isnat(column)
        return column.astype(wide), np.zeros(len(column), dtype=bool)

    @staticmethod
    def from_numbers(values, missing, schema):
        """Make a column of physical values."""
        column = values.astype(schema.dtype)
        if missing.any():
            column[missing] = "NaT" if column.dtype.kind in "mM" else np.nan
        return column

    @staticmethod
    def from_objects(objects, dtype):
        """Make a column of objects."""
        # Without its width: fresh text may be wider than that of the training rows
        return objects.astype(dtype.kind)

    @staticmethod
    def check_template(dtype, n):
        """Refuse what ``table`` does not take for n columns."""
        require(isinstance(dtype, np.dtype), "the template is a dtype")

    @staticmethod
    def select(dtype, kept):
        """Return what ``table`` needs for some of the columns."""
        return dtype

    @staticmethod
    def table(columns, dtype):
        """Make a table of columns."""
        is_text = dtype.kind == "U"
        dtype = np.result_type(dtype, *columns) if is_text else dtype
        return np.column_stack(columns).astype(dtype, copy=False)


class MaskedArrays(Arrays):
    """Columns of arrays with masked values."""

    @staticmethod
    def objects(column):
        """Return the objects of a column, ``(n,)``, None where masked."""
        return np.where(np.ma.getmaskarray(column), None, column.data.astype(object))

    @staticmethod
    def numbers(column, wide):
        """Return the physical values of a column, and where they are missing."""
        mask = np.ma.getmaskarray(column)
        hidden = np.zeros((), column.dtype)  # what is beneath may be no number
        values, missing = Arrays.numbers(np.where(mask, hidden, column.data), wide)
        return values, missing | mask

    @staticmethod
    def from_numbers(values, missing, schema):
        """Make a column of physical values."""
        if schema.null is not None:
            values, missing = np.where(missing, schema.null, values), False
        return np.ma.array(values.astype(schema.dtype), mask=missing)

    @staticmethod
    def from_objects(objects, dtype):
        """Make a column of objects."""
        mask = np.equal(objects, None).astype(bool)
        return np.ma.array(np.where(mask, "", objects).astype(dtype.kind), mask=mask)

    @staticmethod
    def table(columns, dtype):
        """Make a table of columns."""
        mask = np.column_stack([np.ma.getmaskarray(column) for column in columns])
        return np.ma.array(Arrays.table([c.data for c in columns], dtype), mask=mask)


class Pandas:
    """Series of pandas. Those of pyarrow dtypes are left to ``Arrow``."""

    @staticmethod
    def objects(column):
        """Return the objects of a column, ``(n,)``."""
        return column.astype(object).to_numpy()

    @staticmethod
    def numbers(column, wide):
        """Return the physical values of a column, and where they are missing."""
        if column.dtype.kind == "M":  # in UTC where there is a time zone
            return Arrays.numbers(column.to_numpy(f"M8[{column.dt.unit}]"), wide)
        if isinstance(column.dtype, np.dtype):
            return Arrays.numbers(column.to_numpy(), wide)
        if hasattr(column.dtype, "freq"):  # periods
            return column.array.asi8, column.isna().to_numpy()
        return column.to_numpy(wide, na_value=0), column.isna().to_numpy()

    @staticmethod
    def codes(column):
        """Return the codes of a column, -1 where missing, and its categories."""
        codes = column.cat.codes.to_numpy().astype(np.int64)
        return codes, tuple(column.cat.categories)

    @staticmethod
    def from_numbers(values, missing, schema):
        """Make a column of physical values."""
        dtype = schema.dtype
        if isinstance(dtype, np.dtype):
            return Arrays.from_numbers(values, missing, schema)
        if hasattr(dtype, "numpy_dtype"):
            array = dtype.construct_array_type()
            return array(values.astype(dtype.numpy_dtype), missing)
        if hasattr(dtype, "freq"):
            periods = _pandas().PeriodIndex.from_ordinals(values, freq=dtype.freq)
            return periods.where(~missing).array
        schema = schema._replace(dtype=np.dtype(f"M8[{dtype.unit}]"))
        column = _pandas().Series(Arrays.from_numbers(values, missing, schema))
        return column.dt.tz_localize("UTC").astype(dtype)

    @staticmethod
    def from_objects(objects, dtype):
        """Make a column of objects."""
        return _pandas().Series(objects, dtype=dtype)

    @staticmethod
    def from_codes(codes, _, dtype):
        """Make a column of codes, -1 where missing."""
        return _pandas().Categorical.from_codes(codes, dtype=dtype)

    @staticmethod
    def check_template(template, n):
        """Refuse what ``table`` does not take for n columns."""
        frame, names = template
        require(frame.is_pandas_like() and len(names) == n, "there are names")

    @staticmethod
    def select(template, kept):
        """Return what ``table`` needs for some of the columns."""
        return template[0], template[1][kept]

    @staticmethod
    def table(columns, template):
        """Make a table of columns."""
        pd, names = namespaces.namespace(template[0]), template[1]
        wrap = pd.arrays.ArrowExtensionArray
        columns = [wrap(c) if hasattr(c, "to_pylist") else c for c in columns]
        return pd.DataFrame(dict(enumerate(columns))).set_axis(names, axis=1)


class Polars:
    """Series of polars."""

    @staticmethod
    def objects(column):
        """Return the objects of a column, ``(n,)``."""
        return np.fromiter(column.to_list(), object, len(column))

    @staticmethod
    def numbers(column, wide):
        """Return the physical values of a column, and where they are missing."""
        wide = {"int64": "Int64", "uint64": "UInt64", "float64": "Float64"}[wide]
        physical = column.to_physical()
        values = physical.cast(getattr(_polars(), wide), strict=False)
        too_wide = physical.filter(values.is_null() & ~column.is_null())
        if len(too_wide):
            raise bits_error(column.name, too_wide.to_list())
        return values.fill_null(0).to_numpy(), column.is_null().to_numpy()

    @staticmethod
    def codes(column):
        """Return the codes of a column, -1 where missing, and its categories."""
        codes = column.to_physical().cast(_polars().Int64).fill_null(-1)
        return codes.to_numpy(), tuple(column.dtype.categories)

    @staticmethod
    def from_numbers(values, missing, schema):
        """Make a column of physical values."""
        if schema.null is not None:
            values, missing = np.where(missing, schema.null, values), False
        column = _polars().Series(values).scatter(np.flatnonzero(missing), None)
        return column.cast(schema.dtype)

    @staticmethod
    def from_objects(objects, dtype):
        """Make a column of objects."""
        return _polars().Series(objects.tolist(), dtype=dtype)

    @staticmethod
    def from_codes(codes, categories, dtype):
        """Make a column of codes, -1 where missing."""
        return Polars.from_objects(np.array([*categories, None])[codes], dtype)

    @staticmethod
    def check_template(names, n):
        """Refuse what ``table`` does not take for n columns."""
        require(type(names) is list and len(set(names)) == n, "there are names")

    @staticmethod
    def select(names, kept):
        """Return what ``table`` needs for some of the columns."""
        return [names[j] for j in kept]

    @staticmethod
    def table(columns, names):
        """Make a table of columns."""
        return _polars().DataFrame(dict(zip(names, columns, strict=True)))


class Arrow:
    """Chunked arrays of pyarrow."""

    @staticmethod
    def objects(column):
        """Return the objects of a column, ``(n,)``."""
        return np.fromiter(column.to_pylist(), object, len(column))

    @staticmethod
    def numbers(column, wide):
        """Return the physical values of a column, and where they are missing."""
        gaps = column.null_count
        missing = column.is_null().to_numpy() if gaps else np.zeros(len(column), bool)
        for dtype in (*Arrow._steps(column.type), wide):
            column = column.cast(dtype)
        return (column.fill_null(0) if gaps else column).to_numpy(), missing

    @staticmethod
    def codes(column):
        """Return the codes of a column, -1 where missing, and its categories."""
        array = column.unify_dictionaries().combine_chunks()
        if array.dictionary.null_count:
            array = array.dictionary_decode().dictionary_encode()
        codes = array.indices.cast("int64").fill_null(-1).to_numpy()
        return codes, tuple(array.dictionary.to_pylist())

    @staticmethod
    def from_numbers(values, missing, schema):
        """Make a column of physical values."""
        if schema.null is not None:
            values, missing = np.where(missing, schema.null, values), None
        column = _pyarrow().array(values, mask=missing)
        for dtype in (*Arrow._steps(schema.dtype)[::-1], schema.dtype):
            column = column.cast(dtype)
        return column

    @staticmethod
    def from_objects(objects, dtype):
        """Make a column of objects."""
        return _pyarrow().array(objects, type=dtype)

    @staticmethod
    def from_codes(codes, categories, dtype):
        """Make a column of codes, -1 where missing."""
        pa = _pyarrow()
        return pa.DictionaryArray.from_arrays(
            pa.array(codes, mask=codes < 0).cast(dtype.index_type),
            pa.array(categories, type=dtype.value_type),
            ordered=dtype.ordered,
        )

    @staticmethod
    def bare(schema):
        """Return a schema without what users wrote beside it and its fields."""
        return _pyarrow().schema([field.remove_metadata() for field in schema])

    @staticmethod
    def check_template(schema, n):
        """Refuse what ``table`` does not take for n columns."""
        require(len(schema.types) == n, "there are fields")

    @staticmethod
    def select(schema, kept):
        """Return what ``table`` needs for some of the columns."""
        return _pyarrow().schema([schema.field(j) for j in kept])

    @staticmethod
    def table(columns, schema):
        """Make a table of columns."""
        return _pyarrow().Table.from_arrays(columns, schema=schema)

    @staticmethod
    def _steps(dtype):
        """Name the dtypes on the way to int64: times of 32 bits, days kept in ms."""
        if str(dtype).startswith("date64"):
            return "date32", "int32"
        return ("int32",) if re.match("(date|time)32", str(dtype)) else ()


LIBRARIES = Arrays, MaskedArrays, Pandas, Polars, Arrow


def native_column(series):
    """Return a data frame's column with its library and the dtype of narwhals."""
    column = series.to_native()
    if series.implementation.is_polars():
        return Polars, series.dtype, column
    if series.implementation.is_pyarrow():
        return Arrow, series.dtype, column
    if hasattr(column.dtype, "pyarrow_dtype"):
        return Arrow, series.dtype, column.array.__arrow_array__()
    return Pandas, series.dtype, column
