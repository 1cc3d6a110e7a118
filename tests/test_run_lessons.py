"""tools/run_lessons.py: what is stored of a lesson, and what may not be."""

import difflib
import re
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from pipeline_helpers.language.prose import name_of
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


def test_what_jupyterlab_saves_of_widgets_leaves_no_trace(tmp_path):
    path = tmp_path / "00_a.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import pipeline_helpers as ph\nph.language_switch()")]), path)
    run_lessons.store(path)
    before = path.read_bytes()
    saved = nbformat.read(path, as_version=4)
    saved.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"1": {}}, "version_major": 2}}
    saved.cells[0].outputs[0].data[run_lessons.WIDGET] = {"model_id": "1", "version_major": 2, "version_minor": 0}
    nbformat.write(saved, path)
    run_lessons.store(path)
    assert path.read_bytes() == before


PROSE = '<div lang="es">\n\n{es}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'
HEADING = '## <span lang="es">Relleno</span> <span class="ph-between">·</span> <span lang="en">It\'s padding</span>\n\n'


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (new_markdown_cell(HEADING + PROSE.format(es="a", en="b")), "02-its-padding"),
        (new_markdown_cell(PROSE.format(es="a", en="**Two** of `six`, we are not one.")), "02-two-of-six-we-are-not"),
        (new_markdown_cell(PROSE.format(es=f"{name_of('es')}a", en=f"{name_of('en')}It goes on.")), "02-it-goes-on"),
        (new_markdown_cell("# Borrador"), "02-borrador"),
        (new_markdown_cell("ñ"), "02-markdown"),
        (new_code_cell("from transformers import AutoModel\nx = 1"), "02-auto-model"),
        (new_code_cell("%xmode Minimal\nprint('a word', hidden_states)"), "02-hidden-states"),
        (new_code_cell("ph.show(ph.plot_tokens, trace)"), "02-plot-tokens"),
        (new_code_cell("2 + 2"), "02-code"),
        (new_code_cell("x", id="02-own-name-3"), "02-own-name-3"),
        (new_code_cell("x", id="01-own-name-3"), "02-x"),
    ],
)  # fmt: skip
def test_a_new_cell_is_named_after_what_it_is_about(cell, name):
    assert run_lessons.name_cells(new_notebook(cells=[cell]), "02").cells[0].id == name


def test_a_name_is_given_once_and_never_changed():
    cells = [new_code_cell("x"), new_code_cell("x", id="02-x"), new_code_cell("x")]
    assert [cell.id for cell in run_lessons.name_cells(new_notebook(cells=cells), "02").cells] == [
        "02-x-2",
        "02-x",
        "02-x-3",
    ]


def test_a_new_cell_changes_its_own_lines_and_execution_counts_after_it(tmp_path):
    path = tmp_path / "00_copy.ipynb"
    lesson = nbformat.read(sorted(run_lessons.NOTEBOOKS.glob("*.ipynb"))[0], as_version=4)
    lesson.cells = [cell for cell in lesson.cells if "minutes" not in cell.source]  # which a new cell may change
    nbformat.write(lesson, path)
    run_lessons.store(path)  # so that this machine's pixels stand on both sides
    before = path.read_text(encoding="utf-8")
    lesson = nbformat.read(path, as_version=4)
    place = next(place for place, cell in enumerate(lesson.cells) if cell.id == "00-plot-pipeline")
    lesson.cells[place:place] = [
        new_markdown_cell(HEADING + PROSE.format(es="a", en="b"), metadata={"slideshow": {"slide_type": "slide"}}),
        new_code_cell("own = 6 * 7\nown", metadata={"slideshow": {"slide_type": "-"}}),
    ]
    nbformat.write(lesson, path)
    run_lessons.store(path)
    after = path.read_text(encoding="utf-8")
    assert {"00-its-padding", "00-own"} <= {cell.id for cell in nbformat.read(path, as_version=4).cells}
    uncounted = [re.sub(r'("execution_count": )\d+', r"\1n", text).splitlines() for text in (before, after)]
    matcher = difflib.SequenceMatcher(None, *uncounted, autojunk=False)
    changed = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    assert [change[0] for change in changed] == ["insert"]
    first = changed[0][3]
    assert before.splitlines()[:first] == after.splitlines()[:first]
