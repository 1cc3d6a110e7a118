"""tools/run_lessons.py: what is stored of a lesson, and what may not be."""

import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import run_lessons


def lesson(*outputs, **cell):
    return new_notebook(cells=[new_code_cell("x", outputs=list(outputs), execution_count=7, **cell)])


def test_counts_start_at_one_and_skip_prose():
    notebook = new_notebook(
        cells=[new_code_cell("1", execution_count=40), new_markdown_cell("a"), new_code_cell("2", execution_count=50)]
    )
    run_lessons.canonical(notebook)
    assert [cell.get("execution_count") for cell in notebook.cells] == [1, None, 2]


def test_a_traceback_is_its_last_line():
    output = new_output("error", ename="ValueError", evalue="no padding", traceback=["File site-packages/x.py", "…"])
    notebook = run_lessons.canonical(lesson(output))
    assert notebook.cells[0].outputs[0].traceback == ["ValueError: no padding"]


def test_a_widget_is_stored_as_its_static_form():
    data = {"text/html": "<b>static</b>", run_lessons.WIDGET: {"model_id": "1"}}
    notebook = lesson(new_output("display_data", data=data))
    notebook.metadata["widgets"] = {"state": {}}
    notebook = run_lessons.canonical(notebook)
    assert notebook.cells[0].outputs[0].data == {"text/html": "<b>static</b>"}
    assert "widgets" not in notebook.metadata


def test_timing_goes_and_tags_stay():
    cell = {"metadata": {"execution": {"iopub.status.busy": "now"}, "tags": ["raises-exception"], "trusted": True}}
    notebook = run_lessons.canonical(lesson(**cell))
    assert notebook.cells[0].metadata == {"tags": ["raises-exception"]}


def test_stderr_is_refused():
    with pytest.raises(run_lessons.LessonError, match="stderr: a warning"):
        run_lessons.canonical(lesson(new_output("stream", name="stderr", text="a warning")))


@pytest.mark.parametrize("path", [str(run_lessons.ROOT), sys.prefix])
def test_a_path_is_refused(path):
    with pytest.raises(run_lessons.LessonError, match="path of this machine"):
        run_lessons.canonical(lesson(new_output("stream", name="stdout", text=f"{path}/pipeline_helpers")))


def test_storing_twice_changes_nothing(tmp_path):
    path = tmp_path / "lesson.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# a"), new_code_cell("print(1)\n2 + 2")]), path)
    run_lessons.store(path)
    once = path.read_bytes()
    assert b'"execution_count": 1' in once
    run_lessons.store(path)
    assert path.read_bytes() == once
