"""A lesson in one language → what a page shows of it that nobody can type into: views stand still, notes are apart.

- The prose in front of a live view, which tells to type, is for whoever has the notebook. On a slide it is a note for
  the speaker; in a handout it is there, and print leaves it out. In its place a line says that one types elsewhere.
- That nothing is written yet in a cell to complete, and it can be run again, is for whoever can run it: it is left out.
- What a cell's metadata say to the speaker, `{"slideshow": {"slide_type": "-", "notes": {"es": …, "en": …}}}`, becomes
  a cell of notes behind it.
"""

import copy
import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

TYPE_ELSEWHERE = {
    "es": "En el cuaderno se escribe aquí, y la vista responde al momento.",
    "en": "In the notebook you type here, and the view answers at once.",
}
"""What stands above the still picture of a live view."""
UNANSWERED = "…"
"""With which the text of a check begins that has nothing to check yet."""
STARTS = ("slide", "subslide")
NOTES = {"slideshow": {"slide_type": "notes"}}


def is_live(cell: NotebookNode) -> bool:
    """Whether `cell` shows the still picture of a live view; its `repr` stands beside it."""
    return any(re.match(r"Live\w+\(", _text(output)) for output in cell.get("outputs", []))


def _text(output: NotebookNode) -> str:
    return str(output.get("data", {}).get("text/plain", ""))


def without_unanswered(cells: list[NotebookNode]) -> list[NotebookNode]:
    """A copy of `cells` in which no output says that an answer is not written yet."""
    cells = copy.deepcopy(cells)
    for cell in cells:
        if cell.cell_type == "code" and "ph.check(" in cell.source:
            cell.outputs = [output for output in cell.outputs if not _text(output).startswith(UNANSWERED)]
    return cells


def for_slides(lesson: NotebookNode, lang: str) -> NotebookNode:
    """A copy of `lesson`, which is in `lang` alone, as a deck shows it."""
    cells: list[NotebookNode] = []
    for cell in without_unanswered(lesson.cells):
        slide = cell.metadata.get("slideshow", {})
        spoken = [slide["notes"][lang]] if lang in slide.get("notes", {}) else []
        if is_live(cell):
            if not cells or cells[-1].cell_type != "markdown":
                cells.append(new_markdown_cell(metadata=copy.deepcopy(cell.metadata)))
            heading, text = split(cells[-1].source)
            cells[-1].source = f"{heading}\n\n{TYPE_ELSEWHERE[lang]}".strip()
            if slide.get("slide_type") in STARTS:  # the line and the picture are one slide
                slide["slide_type"] = "-"
            spoken += [text] if text else []
        cells.append(cell)
        if spoken:
            cells.append(new_markdown_cell("\n\n".join(spoken), metadata=copy.deepcopy(NOTES)))
    return NotebookNode({**lesson, "cells": cells})


def for_paper(lesson: NotebookNode, lang: str) -> NotebookNode:
    """A copy of `lesson`, which is in `lang` alone, in which print can tell what asks to be typed."""
    cells: list[NotebookNode] = []
    for cell in without_unanswered(lesson.cells):
        if is_live(cell):
            if not cells or cells[-1].cell_type != "markdown":
                cells.append(new_markdown_cell())
            heading, text = split(cells[-1].source)
            typed = f'<div class="typed">\n\n{text}\n\n</div>' if text else ""
            line = f'<p class="elsewhere">{TYPE_ELSEWHERE[lang]}</p>'
            cells[-1].source = "\n\n".join(filter(None, (heading, typed, line)))
        cells.append(cell)
    return NotebookNode({**lesson, "cells": cells})


def split(source: str) -> tuple[str, str]:
    """The heading with which the markdown `source` begins, or "", and the rest."""
    if not source.startswith("#"):
        return "", source.strip()
    heading, _, text = source.partition("\n")
    return heading, text.strip()
