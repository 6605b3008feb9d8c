"""Elements of HTML, in which all that is not markup is escaped."""

from collections.abc import Iterable
from html import escape


class Markup(str):
    """Text that is HTML already, and is not escaped again."""


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """Join markup and plain text, which is escaped."""
    return Markup(escape(between).join(map(_escaped, parts)))


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Write an element with its children.

    Parameters
    ----------
    name : str
        The tag.
    *children : Markup or object
        What is no markup is text, and escaped.
    **attributes : object
        Escaped, too. ``class_`` is "class", other underscores are hyphens.

    Returns
    -------
    Markup
        The element.

    Examples
    --------
    >>> from skgan.pages import element
    >>> print(element("p", "a < b, ", element("b", "c"), class_="note"))
    <p class="note">a &lt; b, <b>c</b></p>
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{joined(children)}</{name}>")


def table(head: Iterable[object], rows: Iterable[Iterable[object]], **attributes):
    """Write a table, the first entry of each row being its name."""
    names = (element("th", name, scope="col") for name in head)
    lines = [
        element(
            "tr",
            element("th", first, scope="row"),
            *(element("td", entry) for entry in others),
        )
        for first, *others in rows
    ]
    parts = element("thead", element("tr", *names)), element("tbody", *lines)
    return element("div", element("table", *parts, **attributes), class_="wide")


def _escaped(part):
    """Escape what is no markup."""
    return part if isinstance(part, Markup) else escape(str(part))
