"""A bilingual lesson → the same lesson in one language, still a notebook.

What a lesson is made of is known (`tests/test_lessons.py` keeps it so), and each part has its one-language form:

- a heading `## Español · English` keeps its half;
- of the two `<div lang=…>` of a prose cell or of an output (a figure, a live view's picture) one stays, unwrapped;
- a cell tagged `two-languages`, which speaks of choosing between them, goes;
- `ph.language_switch()` becomes the line that puts this language in force, and its output goes;
- a live view is its static picture.
"""

import copy
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.token import Token
from nbformat import NotebookNode

from pipeline_helpers.language import LANGUAGES

ABOUT_BOTH = "two-languages"
"""The tag of a cell that has nothing to say where there is one language."""
SEPARATOR = " · "
SWITCH = re.compile(r"^(\s*)(\w+)\.language_switch\(\)\s*$", re.MULTILINE)
SWITCH_OUTPUT = "LanguageSwitch("
WIDGET = "application/vnd.jupyter.widget-view+json"


class NotBilingual(ValueError):
    """A cell that is not in the two-language form, so that one language can't be taken out of it."""


def one_language(lesson: NotebookNode, lang: str) -> NotebookNode:
    """A copy of `lesson` in which only `lang` is left. A lesson that is in `lang` alone stays as it is.

    Raises:
        NotBilingual: a cell is not in the two-language form; the message names it.
        ValueError: `lang` is neither `"es"` nor `"en"`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {lang!r}; it takes 'es' (español) or 'en' (English)")
    lesson = copy.deepcopy(lesson)
    lesson.cells = [cell for cell in lesson.cells if ABOUT_BOTH not in cell.metadata.get("tags", [])]
    for cell in lesson.cells:
        try:
            if cell.cell_type == "markdown":
                cell.source = prose_in(cell.source, lang)
            elif cell.cell_type == "code":
                _code_cell(cell, lang)
        except NotBilingual as error:
            raise NotBilingual(f"cell {cell.get('id')}: {error}") from None
    return lesson


def prose_in(source: str, lang: str) -> str:
    """The markdown of a prose cell with the headings and the text of `lang` alone.

    Raises:
        NotBilingual: a `<div lang=…>` is not closed, a heading has not two halves, or only the other language is there.
    """
    parts = _parts(source)
    if parts and lang not in {part.lang for part in parts}:
        raise NotBilingual(f'it has no <div lang="{lang}">')
    kept, place = [], 0
    for part in parts:
        kept.append(_headings_in(source[place : part.start], lang))
        if part.lang == lang:
            kept.append(source[part.inside : part.inside_end])
        place = part.end
    kept.append(_headings_in(source[place:], lang))
    return "\n\n".join(text for piece in kept if (text := piece.strip("\n")))


def heading_in(text: str, lang: str) -> str:
    """The half of a heading's text: `0 · Detrás del pipeline · Behind the pipeline` → `0 · Behind the pipeline`.

    A number in front belongs to both. A heading of one part is the same in both languages.
    """
    number, parts = [], text.split(SEPARATOR)
    if len(parts) > 1 and parts[0].strip().isdigit():
        number = [parts.pop(0)]
    if len(parts) == 1:
        return text
    if len(parts) % 2:
        raise NotBilingual(f"the heading {text!r} does not have as many parts in one language as in the other")
    half = len(parts) // 2
    return SEPARATOR.join(number + (parts[:half] if lang == LANGUAGES[0] else parts[half:]))


def html_in(html: str, lang: str) -> str:
    """The HTML of an output with the `<div lang=…>` of `lang` alone, unwrapped.

    Only a `div` is one of the two languages; a `span` or a `p` with a `lang` says how to read it aloud.
    """
    if "lang=" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    parts = soup.select(", ".join(f'div[lang="{other}"]' for other in LANGUAGES))
    if not parts:
        return html
    for part in parts:
        if part.decomposed:
            continue
        if part["lang"] == lang:
            part.unwrap()
        else:
            part.decompose()
    return str(soup)


def _headings_in(markdown: str, lang: str) -> str:
    """`markdown`, from outside the two languages' divs, with each heading's half."""
    lines = markdown.split("\n")
    tokens = _blocks(markdown)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map:
            lines[token.map[0]] = f"{token.markup} {heading_in(inline.content, lang)}"
    return "\n".join(lines)


def _blocks(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)


class _Part:
    """Where in a cell's source a `<div lang=…>` begins and ends, with its tags and without."""

    def __init__(self, lang: str, start: int, inside: int) -> None:
        self.lang, self.start, self.inside = lang, start, inside
        self.inside_end = self.end = -1


class _Divs(HTMLParser):
    """Follows the nested divs of a piece of HTML and notes those of a language."""

    def __init__(self, parts: list[_Part], open_divs: list[_Part | None]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts, self.open_divs = parts, open_divs

    def read(self, html: str, before: int) -> None:
        starts = [0]
        for line in _lines(html):
            starts.append(starts[-1] + len(line))
        self.html, self.before, self.starts = html, before, starts
        self.feed(html)

    def _here(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag != "div":
            return
        lang = dict(attributes).get("lang")
        part = None
        if lang in LANGUAGES and not any(self.open_divs):  # inside one language another div is just a div
            start = self.before + self._here()
            part = _Part(str(lang), start, start + len(self.get_starttag_text() or ""))
        self.open_divs.append(part)

    def handle_endtag(self, tag: str) -> None:
        if tag != "div":
            return
        if not self.open_divs:
            raise NotBilingual("a </div> has no <div>")
        part = self.open_divs.pop()
        if part is not None:
            part.inside_end = self.before + self._here()
            part.end = self.before + self.html.index(">", self._here()) + 1
            self.parts.append(part)


def _parts(source: str) -> list[_Part]:
    """The divs of a language in a cell's markdown. What only looks like one, in code, is none."""
    lines = _lines(source)
    parts: list[_Part] = []
    open_divs: list[_Part | None] = []
    for first, last in _html_lines(source):
        _Divs(parts, open_divs).read("".join(lines[first:last]), len("".join(lines[:first])))
    if open_divs:
        raise NotBilingual("a <div> is not closed")
    return parts


def _lines(text: str) -> list[str]:
    """The lines of `text`, each with its end; unlike `splitlines`, cut where markdown and HTML cut."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _html_lines(source: str) -> Iterator[tuple[int, int]]:
    for token in _blocks(source):
        if token.type == "html_block" and token.map:
            yield token.map[0], token.map[1]


def _code_cell(cell: NotebookNode, lang: str) -> None:
    cell.outputs = [output for output in cell.outputs if not _is_switch(output)]
    cell.source = SWITCH.sub(rf'\1\2.choose_language("{lang}", remember=False)', cell.source)
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/html" in data:
            data.pop(WIDGET, None)
            data["text/html"] = html_in(data["text/html"], lang)


def _is_switch(output: NotebookNode) -> bool:
    return str(output.get("data", {}).get("text/plain", "")).startswith(SWITCH_OUTPUT)
