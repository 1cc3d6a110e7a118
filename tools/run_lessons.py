"""Run the lessons on the classroom checkpoint and store their outputs in a canonical form.

Canonical: what depends on the run, the machine or the versions is left out, so that a second run changes no file.
Execution counts from 1; no timing, no widget state, no path; a traceback is its last line; a live view or the
language switch is the static HTML that stands for it.

    python tools/run_lessons.py [notebook …]        (all of them when none is named)
"""

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
CELL_TIMEOUT = 120
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
    for path in arguments.notebooks or sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name, flush=True)
        try:
            store(path)
        except LessonError as error:
            sys.exit(f"{path.name}: {error}")


def store(path: Path) -> None:
    """Run the lesson at `path` and write it back, with its outputs, in canonical form."""
    lesson = nbformat.read(path, as_version=4)
    before = path.read_text(encoding="utf-8")
    text = nbformat.writes(canonical(run(lesson))) + "\n"
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
    count = 0
    for place, cell in enumerate(lesson.cells):
        cell.metadata = NotebookNode({key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata})
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            _clean(output, count)
        _refuse(cell, place)
    return lesson


def _clean(output: NotebookNode, count: int) -> None:
    if "execution_count" in output:
        output.execution_count = count
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]
    elif "data" in output:
        output.data.pop(WIDGET, None)


def _refuse(cell: NotebookNode, place: int) -> None:
    for output in cell.outputs:
        if output.get("name") == "stderr":
            raise LessonError(f"cell {place} writes to stderr: {output.text[:200]}")
        written = nbformat.NotebookNode(output)
        for root in (str(ROOT), str(Path.home()), sys.prefix):
            if len(root) > 1 and root in str(written):
                raise LessonError(f"cell {place} shows a path of this machine ({root})")


if __name__ == "__main__":
    main()
