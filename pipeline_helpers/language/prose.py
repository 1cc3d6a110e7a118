"""The form of a lesson's prose cell: a heading in each language, where it has one, and then a div for each.

    ## <span lang="es">Relleno</span> <span class="ph-between">·</span> <span lang="en">Padding</span>

    <div lang="es">

    Texto…

    </div>
    <div lang="en">

    Text…

    </div>

A number in front of the spans, `# 0 · <span…`, belongs to every language; a heading without spans is the same in all.

Around the switch, where no language is chosen yet, each div's text begins with the name of its language, which the
switch hides and which is no part of the text:

    <span class="ph-between">**Español** ·</span> Texto…
"""

import re
from dataclasses import dataclass

from pipeline_helpers.language.choice import LANGUAGES

BETWEEN = ' <span class="ph-between">·</span> '


class ProseError(ValueError):
    """A prose cell that has not the form, or not all the languages."""


@dataclass(frozen=True)
class Prose:
    """What a prose cell says in one language: its heading, as `## Padding`, or "", and the markdown under it."""

    heading: str
    text: str

    def __str__(self) -> str:
        """The cell's markdown in this language alone."""
        return f"{self.heading}\n\n{self.text}".lstrip("\n")


def read_prose(source: str) -> dict[str, Prose]:
    """The prose cell whose markdown is `source`, by language.

    Raises:
        ProseError: it has not the form; the message names the language that is missing, or the heading that is wrong.
    """
    for lang in LANGUAGES:
        if f'<div lang="{lang}">' not in source:
            raise ProseError(f'it has no <div lang="{lang}">')
    divs = "\n".join(rf'<div lang="{lang}">\n\n(.+?)\n\n</div>' for lang in LANGUAGES)
    found = re.fullmatch(rf"(?:(#{{1,6}} [^\n]+)\n\n)?{divs}", source, re.DOTALL)
    if not found:
        order = " and ".join(f'<div lang="{lang}">' for lang in LANGUAGES)
        raise ProseError(
            f"it is not a heading, if any, a blank line, {order}, each div with a blank line after its beginning and "
            "before its </div>, and nothing between or after them"
        )
    heading, *texts = found.groups()
    return dict(zip(LANGUAGES, map(Prose, _headings(heading or ""), _texts(texts)), strict=True))


def name_of(lang: str) -> str:
    """How the text of `lang` begins where a cell says which language is which."""
    return f'<span class="ph-between">**{LANGUAGES[lang]}** ·</span> '


def _texts(texts: list[str]) -> list[str]:
    """`texts`, one a language, without the languages' names; they stand in all of them or in none."""
    names = [name_of(lang) for lang in LANGUAGES]
    named = [text.startswith(name) for text, name in zip(texts, names, strict=True)]
    if any("ph-between" in text.removeprefix(name) for text, name in zip(texts, names, strict=True)):
        raise ProseError("a text has ph-between elsewhere than at its beginning, as " + " or ".join(map(repr, names)))
    if any(named) != all(named):
        raise ProseError("the name of its language is missing in one; texts begin " + " and ".join(map(repr, names)))
    return [text.removeprefix(name) for text, name in zip(texts, names, strict=True)]


def _headings(line: str) -> list[str]:
    """The heading `line` in each language."""
    spans = BETWEEN.join(f'<span lang="{lang}">([^<]+)</span>' for lang in LANGUAGES)
    found = re.fullmatch(rf"(#+ (?:\d+ · )?){spans}", line)
    if found:
        start, *texts = found.groups()
        return [start + text for text in texts]
    if "<span" in line or " · " in re.sub(r"^#+ \d+ · ", "", line):
        form = BETWEEN.join(f'<span lang="{lang}">…</span>' for lang in LANGUAGES)
        raise ProseError(f"the heading {line!r} is neither the same in all languages nor # {form}")
    return [line] * len(LANGUAGES)
