"""A page, and a part of one for notebooks."""

from .elements import Markup, element
from .style import STYLE


def fragment(*parts: Markup) -> Markup:
    """Put parts together with their style, as a notebook shows them."""
    return element("div", element("style", Markup(STYLE)), *parts, class_="skgan")


def page(title: str, *parts: Markup) -> Markup:
    """Write a whole page of one file.

    Parameters
    ----------
    title : str
        What the window is named.
    *parts : Markup
        What it shows, one below the other.

    Returns
    -------
    Markup
        The text of the file.
    """
    meta = Markup(
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
    )
    head = element("head", meta, element("title", title))
    body = element("body", fragment(*parts), style="margin:0")
    return Markup(f"<!DOCTYPE html>{element('html', head, body, lang='en')}\n")
