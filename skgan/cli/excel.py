"""Tables of spreadsheets. Needs pandas and openpyxl."""

import io
from zipfile import BadZipFile

from .csv import check_names, name_columns
from .dialect import line_of_names

MAX_LINES = 10_000  # in which a line of names is looked for


def parse_excel(content, has_names, path):
    """Read the first sheet of an xlsx file; cells of text stay text.

    pandas makes numbers of them, and "01067" would lose its zero.

    Parameters
    ----------
    content : bytes
        The file.
    has_names : bool or None
        Whether the first line holds names; None looks for that.
    path : str
        What errors call it.

    Returns
    -------
    table : data frame
        Its rows.
    found : tuple of bool
        Whether the first line holds names, and whether that is sure.

    Raises
    ------
    ValueError
        If it is no such file or an empty one, or if a name occurs twice.
    """
    import pandas as pd

    try:
        cells = pd.read_excel(
            io.BytesIO(content), dtype=object, engine="openpyxl", header=None
        )
    except BadZipFile as error:
        raise ValueError(f"{path} is no xlsx file.") from error
    if not len(cells):
        raise ValueError(f"{path} is empty.")
    found = has_names, True
    if has_names is None:
        texts = cells.head(MAX_LINES).map(str).mask(cells.isna(), "")
        found = line_of_names(texts.to_numpy().tolist())
    if found[0]:
        blank = {j: f"Unnamed: {j}" for j in range(len(cells.columns))}
        names, cells = cells.iloc[0].fillna(blank), cells.iloc[1:]
        check_names(path, names)
        cells = cells.set_axis(list(names), axis=1).reset_index(drop=True)
    else:
        name_columns(cells)
    return cells.apply(_of_one_type), found


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
