"""Run the lessons on the classroom checkpoint and store their outputs in a canonical form.

Canonical: what depends on the run, the machine or the versions is left out, so that a second run changes no file.
Execution counts from 1; no timing, no widget state, no path; a traceback is its last line; a live view or the
language switch is the static HTML that stands for it; a new cell has an id that says what it is about. Where a lesson
says how long it takes, and in the README, stands what `tools/minutes.py` computes.

    python tools/run_lessons.py [notebook …]        (all lessons and their practice when none is named)
"""

import argparse
import keyword
import os
import re
import sys
from itertools import chain, count
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that "python tools/…" finds its neighbours
from tools import minutes
from tools.minutes import NOTEBOOKS, PRACTICE, ROOT

CELL_TIMEOUT = 120
EVERYWHERE = {*keyword.kwlist, "print", "ph", "show", "torch", "nn", "functional", "no_grad", "transformers", "utils"}
"""Names that say nothing of what a cell is about."""
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_METADATA = ("tags", "slideshow")
ENVIRONMENT = {
    "PIPELINE_HELPERS_LANG": "es",
    "PIPELINE_HELPERS_CHECKPOINT": "",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
}


class LessonError(Exception):
    """A lesson that may not be stored as it came out."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, help="the lessons to run; all when none is named")
    arguments = parser.parse_args()
    for path in arguments.notebooks or in_order(NOTEBOOKS):
        print(path.name, flush=True)
        try:
            store(path)
        except LessonError as error:
            sys.exit(f"{path.name}: {error}")
    minutes.store_readme()


def in_order(folder: Path) -> list[Path]:
    """The lessons of `folder`, and then their practice, which is in `practice` beside them."""
    return [*sorted(folder.glob("*.ipynb")), *sorted((folder / PRACTICE.name).glob("*.ipynb"))]


def store(path: Path) -> None:
    """Run the lesson at `path` and write it back, with its outputs, in canonical form."""
    lesson = nbformat.read(path, as_version=4)
    before = path.read_text(encoding="utf-8")
    text = nbformat.writes(minutes.refresh(canonical(run(name_cells(lesson, path.stem[:2]))))) + "\n"
    if text != before:
        path.write_text(text, encoding="utf-8")


def run(lesson: NotebookNode, environment: dict[str, str] | None = None) -> NotebookNode:
    """Run every cell of `lesson` in a fresh kernel; `environment` is added to the kernel's.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails that is not tagged `raises-exception`.
    """
    client = NotebookClient(
        lesson,
        timeout=CELL_TIMEOUT,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        coalesce_streams=True,
        store_widget_state=False,
        # Each kernel warns that others on this machine could listen in; there is nothing secret in a lesson.
        extra_arguments=["--Application.log_level=ERROR"],
    )
    return client.execute(env={**os.environ, **ENVIRONMENT, **(environment or {})})


def canonical(lesson: NotebookNode) -> NotebookNode:
    """`lesson` without anything that another run, machine or version would write differently.

    Raises:
        LessonError: an output holds a path of this machine, or something on stderr.
    """
    lesson.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
    executed = count(1)
    for place, cell in enumerate(lesson.cells):
        cell.metadata = NotebookNode({key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata})
        if cell.cell_type != "code":
            continue
        cell.execution_count = next(executed)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = cell.execution_count
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
            output.get("data", {}).pop(WIDGET, None)
            _refuse(output, place)
    return lesson


def name_cells(lesson: NotebookNode, number: str) -> NotebookNode:
    """`lesson` with an id of the form `02-embedding` for each cell that has none yet; `number` is the lesson's.

    An id says what the cell is about and not where it stands, so that a new cell changes no other's.
    """
    taken = {cell.id for cell in lesson.cells}
    for cell in lesson.cells:
        if re.fullmatch(rf"{number}-[a-z0-9]+(-[a-z0-9]+)*", cell.id):
            continue
        name = f"{number}-{_about(cell)}"
        names = chain([name], (f"{name}-{again}" for again in count(2)))
        cell.id = next(one for one in names if one not in taken)
        taken.add(cell.id)
    return lesson


def _about(cell: NotebookNode) -> str:
    """The words of a cell's id: of prose the first in English, of code the first name that is not everywhere."""
    if cell.cell_type == "code":
        code = re.sub(r"^%.*|(['\"]).*?\1", "", cell.source, flags=re.MULTILINE)
        name = next((name for name in re.findall(r"[A-Za-z]\w*", code) if name not in EVERYWHERE), "")
        text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)  # AutoModel: two words
    else:
        source = re.sub('<span class="ph-between">.*?</span>', "", cell.source)
        text = (source.partition('lang="en">')[2] or source).partition("</")[0].replace("'", "")
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())[:6]) or cell.cell_type


def _refuse(output: NotebookNode, place: int) -> None:
    if output.get("name") == "stderr":
        raise LessonError(f"cell {place} writes to stderr: {output.text[:200]}")
    for root in (str(ROOT), str(Path.home()), sys.prefix):
        if len(root) > 1 and root in str(output):
            raise LessonError(f"cell {place} shows a path of this machine ({root})")


if __name__ == "__main__":
    main()
