"""The exercises where they are asked for: each once, as its data say, unanswered, with no solution in sight."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from pipeline_helpers.language import LANGUAGES, say
from pipeline_helpers.language.prose import read_prose
from pipeline_helpers.practice.exercises import LESSONS, exercises, of_lesson
from pipeline_helpers.practice.questions import quiz_data

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
CHECKED = re.compile(r'ph\.check\("(\w+)", (\w+)\)')
LEAST_OF_A_LINE = 20
"""Letters of a line of a solution that tells something; `return x` stands anywhere."""

each_lesson = pytest.mark.parametrize("lesson", LESSONS)


def lesson_cells(lesson):
    return nbformat.read(NOTEBOOKS / f"{LESSONS[lesson]}.ipynb", as_version=4).cells


def practice_cells(lesson):
    return nbformat.read(NOTEBOOKS / "practice" / f"{LESSONS[lesson]}.ipynb", as_version=4).cells


def asked(cells):
    """The cells that a student completes: (name, the cell before, the cell)."""
    for before, cell in pairwise(cells):
        if cell.cell_type == "code" and (found := CHECKED.search(cell.source)):
            assert found[1] == found[2], f"{cell.id} checks {found[2]} as {found[1]}"
            yield found[1], before, cell


def shown(cells):
    """What a student sees: cells and outputs, without pictures."""
    return re.sub(r"base64,[^\"]+", "", nbformat.writes(nbformat.v4.new_notebook(cells=cells)))


@each_lesson
def test_every_exercise_is_asked_for_once_in_the_order_of_its_module(lesson):
    in_lesson = [name for name, _, _ in asked(lesson_cells(lesson))]
    in_practice = [name for name, _, _ in asked(practice_cells(lesson))]
    assert [*in_lesson, *in_practice] == [exercise.name for exercise in of_lesson(lesson)]
    assert len(in_lesson) >= 2
    assert len(in_practice) >= 4


@each_lesson
def test_practice_goes_from_easy_to_hard_and_says_so(lesson):
    said = []
    for name, before, _ in asked(practice_cells(lesson)):
        exercise = exercises()[name]
        mark = f"**{'●' * exercise.difficulty}{'○' * (4 - exercise.difficulty)} · {exercise.minutes} min**"
        for lang, prose in read_prose(before.source).items():
            assert prose.text.startswith(mark), f"{before.id} ({lang}) does not begin with {mark}"
        said.append(exercise.difficulty)
    assert said == sorted(said)
    assert said[0] < said[-1]


@each_lesson
def test_a_cell_to_complete_is_empty_and_its_output_says_so_kindly(lesson):
    for cells in (lesson_cells(lesson), practice_cells(lesson)):
        for name, before, cell in asked(cells):
            exercise = exercises()[name]
            assert before.cell_type == "markdown"
            assert cell.source.endswith(f'\nph.check("{name}", {name})')
            assert "..." in cell.source
            assert f"{name} = " in cell.source if exercise.value else f"def {exercise.form}:" in cell.source
            (output,) = cell.outputs
            for lang in LANGUAGES:
                beginning = say("practice.unanswered", lang, form="\0").split("\0")[0][:20]
                assert beginning in output.data["text/html"]


@each_lesson
def test_no_solution_is_in_sight(lesson):
    practice = shown(practice_cells(lesson))
    stubs = {name: cell.source for name, _, cell in asked(practice_cells(lesson))}
    stubs |= {name: cell.source for name, _, cell in asked(lesson_cells(lesson))}
    for exercise in of_lesson(lesson):
        body = [line.strip() for line in exercise.source.splitlines()[1:]]
        body = [line for line in body if not re.fullmatch(r"return [\w, ]+", line)]  # the form says that
        for line in body:
            if len(line) >= LEAST_OF_A_LINE and line not in stubs[exercise.name]:
                assert line not in practice.replace('\\"', '"'), f"{exercise.name}: the practice shows {line!r}"
        assert any(line not in stubs[exercise.name] for line in body), f"{exercise.name} is solved already"


@each_lesson
def test_every_practice_has_its_quiz_and_every_lesson_leads_to_its_practice(lesson):
    assert [cell.source for cell in practice_cells(lesson) if "ph.quiz(" in cell.source] == [f'ph.quiz("{lesson}")']
    assert len(quiz_data(lesson)["question"]) == 6
    for prose in read_prose(lesson_cells(lesson)[-1].source).values():
        assert f"](practice/{LESSONS[lesson]}.ipynb)" in prose.text


def test_the_same_ten_questions_are_asked_before_and_after():
    before = [place for place, cell in enumerate(lesson_cells("pipeline")) if cell.source == 'ph.quiz("before")']
    sections = [place for place, cell in enumerate(lesson_cells("pipeline")) if cell.source.startswith("## ")]
    assert len(before) == 1
    assert sections[0] < before[0] < sections[2], "it belongs to the end of lesson 0's first section"
    assert [cell.source for cell in lesson_cells("playground")].count('ph.quiz("after")') == 1
    assert len(quiz_data("course")["question"]) == 10
