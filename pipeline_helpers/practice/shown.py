"""How the practice shows what it says in a cell's output: once a language, where the switch finds it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from pipeline_helpers.language import catalogue, shown_languages
from pipeline_helpers.markup import Html, coded, join, tag

_LOOK = (files(__package__) / "browser" / "feedback.css").read_text(encoding="utf-8")


def words(key: str, lang: str, **values: object) -> Html:
    """The catalogue's text for `key` as HTML, with what stands between `backticks` in it as code."""
    return coded(catalogue()[key][lang], values)


def display_in_each(
    render: Callable[[str], Html], plain: Callable[[str], str], *, styled: bool = True, **attributes: Any
) -> None:
    """Display `render(lang)` for each language shown, in a `div` of its own; without HTML, `plain(lang)` is read.

    A page that does not trust the notebook leaves out the style, and the rest reads well without it. What is stored in
    the course's notebooks has none (`styled=False`).
    """
    from IPython.display import display

    divs = join(tag("div", render(lang), lang=lang, **attributes) for lang in shown_languages())
    html = tag("div", tag("style", Html(_LOOK)) if styled else "", divs, class_="ph-feedback")
    display({"text/html": str(html), "text/plain": "\n".join(map(plain, shown_languages()))}, raw=True)
