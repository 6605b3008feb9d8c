"""What files call objects: what is packed comes back, and nothing else does."""

import json

import numpy as np
import pytest
from test_encoders import assert_equal, there_and_back
from test_frames import TABLES, assert_same, build, read_and_keep
from word_cases import CASES, fitted

from skgan.encoding import ENCODING_WORDS, FRAME_WORDS
from skgan.storage.tree import from_json, to_json

pytestmark = pytest.mark.filterwarnings("ignore:Nearly unique", "ignore:Keys, which")


def there_and_again(vocabulary, value):
    """What comes back of a value that was written as JSON and arrays."""
    arrays = []
    text = json.dumps(to_json(vocabulary.pack(value), arrays), allow_nan=False)
    return vocabulary.unpack(from_json(json.loads(text), arrays))


@pytest.mark.parametrize("name", TABLES)
def test_schemas_of_all_columns_come_back(name):
    X = TABLES[name]
    columns, schema = read_and_keep(X)
    again = there_and_again(FRAME_WORDS, schema)
    assert_same(build(columns, again), X)
    for one, other in zip(again.columns, schema.columns, strict=True):
        assert type(one.dtype) is type(other.dtype) and one.dtype == other.dtype
        assert (one.library, one.python) == (other.library, other.python)
        assert str(one.calendar) == str(other.calendar)
        assert repr(one.null) == repr(other.null)
    for one, other in zip(again.read(X), columns, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("name", CASES)
def test_encoders_come_back_to_the_last_bit(name):
    encoder = fitted(name)
    X = CASES[name][1]
    expected = there_and_back(encoder, X)
    again = there_and_again(ENCODING_WORDS, encoder)
    assert vars(again).keys() == vars(encoder).keys()
    assert_equal(there_and_back(again, X), expected)
