"""Tables of spreadsheets. Needs pandas and openpyxl."""

import io
from zipfile import BadZipFile


def parse_excel(content, has_names, path):
    """Read the first sheet of an xlsx file; cells of text stay text.

    pandas makes numbers of them, and "01067" would lose its zero.

    Raises
    ------
    ValueError
        If it is no such file.
    """
    import pandas as pd

    how = {"header": 0 if has_names else None, "engine": "openpyxl"}
    try:
        table = pd.read_excel(io.BytesIO(content), dtype=object, **how)
    except BadZipFile as error:
        raise ValueError(f"{path} is no xlsx file.") from error
    return table.apply(_of_one_type)


def _of_one_type(column):
    """Values as one kind: numbers and texts are texts where a text is not its number.

    Zip codes stand as text only where they begin with a zero, in some sheets.
    """
    import pandas as pd

    is_text = column.map(lambda value: isinstance(value, str))
    present, texts = column.notna(), column[is_text]
    if not len(texts) or (is_text == present).all():
        return column.infer_objects()
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers[present].isna().any():
        return column
    if (pd.to_numeric(texts).astype("str") == texts).all():
        return numbers
    return column.map(str, na_action="ignore")
