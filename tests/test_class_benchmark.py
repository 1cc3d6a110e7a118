"""The benchmark of a class: an answer counts only for its own sentence, what is lost is counted, and it still runs."""

import asyncio
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_helpers as ph
from tests.hub_client import CellError
from tests.loops import finish

ROOT = Path(__file__).parent.parent
benchmark = importlib.import_module("benchmarks.class")  # its name is a word of Python's


@pytest.mark.filterwarnings("error")
def test_an_answer_counts_for_its_own_sentence_alone():
    view = ph.LivePipeline("I love this film", debounce=0)  # as the benchmark opens it
    asked = benchmark.sentences()
    assert len(asked) == benchmark.SENTENCES
    for sentence in asked:
        answered = benchmark.answers("panel", sentence)
        assert not answered({"panel": {"html": view.output.html}})  # what stands there answers the sentence before
        view.text.value = sentence
        assert answered({"panel": {"html": view.output.html}})


class Kernel:
    """One live view in a kernel that answers each sentence with what `answer` makes of it."""

    def __init__(self, answer):
        self.answer = answer
        self.widgets = {
            "view": {"children": ["IPY_MODEL_row", "IPY_MODEL_panel"]},
            "row": {"children": ["IPY_MODEL_box", "IPY_MODEL_second"]},
            "panel": {"_anywidget_id": "Panel", "html": ""},
            **{name: {"_anywidget_id": "TextBox", "hint": ""} for name in ("box", "second")},
            "another view's": {"_anywidget_id": "Panel", "html": ""},
        }
        self.cells = []

    async def execute(self, code):
        self.cells.append(code)
        if "1 / 0" in code:
            raise CellError("ZeroDivisionError", "division by zero", ["…"])
        view = {"application/vnd.jupyter.widget-view+json": {"model_id": "view"}}
        return [{"output_type": "display_data", "data": view, "metadata": {}, "transient": {}}]

    async def set_widget(self, widget, value):
        assert widget == "box"
        letters = self.answer(value)
        self.widgets["panel"]["html"] = f'<b lang="">[CLS]</b><b lang="">{letters}</b> ph-answer' if letters else ""

    async def until(self, wanted):
        while not wanted(self.widgets):
            await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("answer", "lost"),
    [(benchmark.letters, 0), (lambda _: "", 5), (lambda _: benchmark.letters(benchmark.sentences()[1]), 4)],
    ids=["its own", "none", "always the same"],
)
def test_what_is_not_answered_is_lost(monkeypatch, answer, lost):
    monkeypatch.setattr(benchmark, "ANSWER", 0.01)
    day = benchmark.Day()
    finish(benchmark.typing(Kernel(answer), day, 5))
    assert (len(day.answers), day.lost) == (5 - lost, lost)


class Student:
    """Has one notebook, and one kernel."""

    def __init__(self, *cells):
        content = [{"cell_type": "code", "source": source, "metadata": {"tags": tags}} for source, tags in cells]
        self.kernel, self.notebook, self.saved = Kernel(None), {"cells": [{"cell_type": "markdown"}, *content]}, None

    async def get(self, path, content):
        return {"content": self.notebook}

    async def put(self, path, model):
        self.saved = model["content"]

    async def start_kernel(self, path):
        return self.kernel


def test_a_lesson_is_run_whole_and_saved_with_its_outputs():
    student = Student(("first", []), ("1 / 0", ["raises-exception"]), ("last", []))
    finish(benchmark.lesson(student, "lesson.ipynb"))
    assert student.kernel.cells == ["first", "1 / 0", "last"]
    outputs = [cell["outputs"][0]["output_type"] for cell in student.saved["cells"] if cell["cell_type"] == "code"]
    assert outputs == ["display_data", "error", "display_data"]
    assert "transient" not in student.saved["cells"][1]["outputs"][0]


def test_a_cell_that_should_not_raise_is_an_error():
    with pytest.raises(CellError, match="division by zero"):
        finish(benchmark.lesson(Student(("1 / 0", [])), "lesson.ipynb"))


@pytest.mark.hub
def test_a_class_of_two_goes_through_it_without_a_loss():
    command = [sys.executable, "benchmarks/class.py", "--students", "2", "--sentences", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    head, _, row = ([cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines())
    seen = dict(zip(head, row, strict=True))
    assert (seen["students"], seen["errors"], seen["answers lost"]) == ("2", "0", "0")
    kernel, server = (int(re.match(r"\d+", seen[f"{name}, MB (Pss)"])[0]) for name in ("kernel", "server"))
    assert 200 < kernel < 1500
    assert 50 < server < 400
