"""A row of tokens as HTML, and as sentences; shared by the views."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline_helpers.language import say
from pipeline_helpers.markup import Html, shorten, tag
from pipeline_helpers.stages import Row


def token_class(row: Row, place: int) -> str:
    """The CSS classes of a token: its word's colour, alternating; special; unknown."""
    if row.special[place]:
        return "ph-token ph-special"
    parity = (row.word_ids[place] or 0) % 2
    return f"ph-token ph-word{parity}" + (" ph-unknown" if row.unknown[place] else "")


def describe(row: Row, place: int, lang: str) -> str:
    """One token in words: its place, its id, its word."""
    number = row.word_ids[place]
    key = "special" if number is None else "unknown" if row.unknown[place] else "of_word"
    start, end = row.offsets[place] if row.offsets else (0, 0)
    return say(
        f"live.token.{key}",
        lang,
        place=place,
        token=shorten(row.tokens[place]),
        id=id_of(row, place),
        word=shorten(row.word(place)),
        number=number,
        start=start,
        end=end,
    )


def id_of(row: Row, place: int) -> int:
    """The number of a token in the vocabulary; rows that a tokenizer made have them."""
    return row.ids[place] if row.ids else 0


def cut_off(row: Row, lang: str) -> list[str]:
    """The sentence on what was cut off, if anything: as many tokens as are left are what the model takes."""
    if not row.cut_off:
        return []
    longest = sum(row.attended)
    where = "cut_off" if row.begins else "cut_off_before"
    return [say(f"live.{where}", lang, tokens=longest + row.cut_off, longest=longest)]


def chip(row: Row, place: int, element: str = "span", **attributes: object) -> Html:
    """A token's text with its id under it."""
    text, number = tag("b", shorten(row.tokens[place]), lang=""), tag("small", str(id_of(row, place)))
    return tag(element, text, number, **attributes)


def chips(role: str, content: Iterable[Html], lang: str) -> Html:
    """The chips of a row, as one thing that the arrow keys move in."""
    return tag("p", content, class_="ph-tokens", role=role, aria_label=say("live.tokens", lang), data_keys="")
