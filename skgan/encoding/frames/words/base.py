"""How values of a library are known without importing it."""

from skgan.storage import Value


def is_of(own, library, *names):
    """Whether a class is that of a library with one of these names."""
    return own.__name__ in names and own.__module__.partition(".")[0] == library


def of_library(library, name, pack, unpack):
    """Return the word for values of a class of a library."""
    word = f"{library}_{name.lower()}"
    return Value(word, lambda value: is_of(type(value), library, name), pack, unpack)


def one_of_them(value, known):
    """Return a value that is in a fixed list, and refuse any other."""
    if value not in known:
        raise ValueError(f"is {value!r:.40}, none of {known}")
    return value
