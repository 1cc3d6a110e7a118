"""A lesson in all its languages → the same lesson in one, still a notebook.

What a lesson is made of is known (`tests/test_lessons.py` keeps it so), and each part has its one-language form:

- of a prose cell, its heading and its text in that language (`pipeline_helpers.language.prose`);
- of an output (a figure, a live view's picture) the `<div lang=…>` of that language, unwrapped;
- a cell tagged `two-languages`, which speaks of choosing between them, goes;
- `ph.language_switch()` becomes the line that makes this language the only one, and its output goes;
- a live view is its static picture.
"""

import copy
import re

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from pipeline_helpers.language import LANGUAGES, known
from pipeline_helpers.language.prose import ProseError, read_prose
from tools.run_lessons import WIDGET

ABOUT_ALL = "two-languages"
"""The tag of a cell that has nothing to say where there is one language."""
SWITCH = re.compile(r"^(\s*)(\w+)\.language_switch\(\)\s*$", re.MULTILINE)
SWITCH_OUTPUT = "LanguageSwitch("


def one_language(lesson: NotebookNode, lang: str) -> NotebookNode:
    """A copy of `lesson` in which only `lang` is left.

    Raises:
        ProseError: a prose cell has not the form of one; the message names it.
        ValueError: `lang` is none of `LANGUAGES`.
    """
    known(lang)
    lesson = copy.deepcopy(lesson)
    lesson.cells = [cell for cell in lesson.cells if ABOUT_ALL not in cell.metadata.get("tags", [])]
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            try:
                cell.source = str(read_prose(cell.source)[lang])
            except ProseError as error:
                raise ProseError(f"cell {cell.get('id')}: {error}") from None
        elif cell.cell_type == "code":
            cell.source = SWITCH.sub(rf'\1\2.choose_language("{lang}", only=True)', cell.source)
    return outputs_in_one_language(lesson, lang)


def outputs_in_one_language(lesson: NotebookNode, lang: str) -> NotebookNode:
    """`lesson` itself, with what its code cells show in `lang` alone."""
    for cell in lesson.cells:
        outputs = cell.get("outputs", [])
        outputs[:] = [output for output in outputs if not _is_switch(output)]
        for data in [output.get("data", {}) for output in outputs]:
            if "text/html" in data:
                data.pop(WIDGET, None)
                data["text/html"] = html_in(data["text/html"], lang)
    return lesson


def html_in(html: str, lang: str) -> str:
    """The HTML of an output with the `<div lang=…>` of `lang` alone, unwrapped.

    Only a `div` is one of the languages; a `span` or a `p` with a `lang` says how to read it aloud.
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


def _is_switch(output: NotebookNode) -> bool:
    return str(output.get("data", {}).get("text/plain", "")).startswith(SWITCH_OUTPUT)
