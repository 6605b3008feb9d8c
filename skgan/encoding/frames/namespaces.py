"""The modules of libraries of data frames, none of which is needed for the others."""

from functools import partial

import narwhals as nw
from narwhals import Implementation, dependencies

_LOADED = {
    Implementation.PANDAS: dependencies.get_pandas,
    Implementation.POLARS: dependencies.get_polars,
    Implementation.PYARROW: dependencies.get_pyarrow,
}


def namespace(library: nw.Implementation):
    """Return the module of a library, imported where it has not been."""
    loaded = _LOADED[library]() if library in _LOADED else None
    return loaded or library.to_native_namespace()


pandas = partial(namespace, Implementation.PANDAS)
polars = partial(namespace, Implementation.POLARS)
pyarrow = partial(namespace, Implementation.PYARROW)
