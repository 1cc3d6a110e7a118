"""HTML in which text stays text: whatever is not made by `tag` itself is data, and is escaped."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape

_NOT_PLAIN = re.compile("[&<>\"'\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "␡"}
_PICTURES |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


_VOID = {"br", "input"}
"""Elements that hold nothing and are not closed."""


class Html(str):
    """HTML that `tag` made. A plain `str` is data, and becomes text wherever it meets one of these."""

    __slots__ = ()


def tag(name: str, /, *content: str | Iterable[str], **attributes: object) -> Html:
    """The element `name`, holding `content`.

        >>> tag("b", "1 < 2", class_="ph-id", data_at=3)
        '<b class="ph-id" data-at="3">1 &lt; 2</b>'

    Args:
        name: the element's name, a constant of ours and never data.
        content: `Html` goes in as it is, any other string is escaped; lists and generators of them are joined.
        attributes: an underscore stands for a hyphen (a last one for nothing); None leaves the attribute out.
    """
    opening = "".join(
        f' {_attribute(key)}="{_quoted(str(value))}"' for key, value in attributes.items() if value is not None
    )
    return Html(f"<{name}{opening}>" if name in _VOID else f"<{name}{opening}>{join(*content)}</{name}>")


def join(*content: str | Iterable[str]) -> Html:
    """`content` one after the other, what is not `Html` escaped."""
    return Html("".join(_as_html(part) for part in content))


def coded(text: str, values: Mapping[str, object] | None = None) -> Html:
    """`text` with what stands between `backticks` as code, and its {names} filled in where there are `values`.

    A backtick in a value is a character like any other.
    """
    parts = (part if values is None else part.format(**values) for part in text.split("`"))
    return join(tag("code", part) if place % 2 else part for place, part in enumerate(parts))


def _as_html(part: str | Iterable[str]) -> str:
    if isinstance(part, Html):
        return part
    if isinstance(part, str):
        return escape(visible(part), quote=False) if _NOT_PLAIN.search(part) else part
    return "".join(map(_as_html, part))


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _quoted(value: str) -> str:
    return escape(visible(value)) if _NOT_PLAIN.search(value) else value  # most are plain, and there are thousands


def visible(text: str) -> str:
    """`text` with a picture for each control character (␀, ␍) and � for half a character; HTML has no form for them."""
    return text.translate(_PICTURES)


def shorten(text: str, longest: int = 40) -> str:
    """`text`, or its beginning and an ellipsis where it has more than `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
