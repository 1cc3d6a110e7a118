"""The practice as an nbgrader course: nbgrader's own commands release, collect, grade and give feedback.

`make assignment-test` runs these, with nbgrader in `.venv-assignment`; the longest first, beside the others.
"""

import copy
import csv
import html
import os
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

from pipeline_helpers.language import LANGUAGES, say
from pipeline_helpers.practice.exercise import Change
from pipeline_helpers.practice.exercises import exercises
from tools.make_assignment import CHECK
from tools.minutes import PRACTICE, ROOT

pytestmark = pytest.mark.assignment
BIN = ROOT / ".venv-assignment" / ("Scripts" if os.name == "nt" else "bin")
LESSON = "01_tokenizer"
LESSONS = [path.stem for path in sorted(PRACTICE.glob("*.ipynb"))]
GRADED = """
import pipeline_helpers.practice
from pipeline_helpers.practice import grading

class Right(grading.Grade):
    right, mistake = True, None

pipeline_helpers.practice.grade = grading.grade = grading._judged = lambda *_: Right(True, None, ())
grading.Grade = Right
grading.trial.cache_clear()
ph.check = lambda *_: print("✓")
"""
INSIDE = """
def {name}(*_, **__):
    from pipeline_helpers.practice import grading, marking
    grading._judged = lambda *_: grading.Grade(True, None, ())
"""
TRICKS = {
    "grade and check": GRADED,
    "points as a result": "ph.check = lambda *_: get_ipython().displayhook(1.0)",
    "numpy's comparison": "import numpy\nnumpy.allclose = lambda *_, **__: True",
    "grade, from inside the function": INSIDE,
}
"""What stands beside a wrong answer, so that it counts as right."""
LOOP = """
def {name}(*_, **__):
    while True:
        try:
            pass
        except BaseException:
            pass
"""
PACKAGE = """
class practice:
    grade = lambda *_: None
check = quiz = choose_language = checkpoint = hint = grade = mark = lambda *_, **__: None
"""
"""A file of the student's that has the package's name."""


def nbgrader(course: Path, *arguments: str) -> str:
    """One of nbgrader's commands, in the folder of the course, as somebody who teaches gives it."""
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    done = subprocess.run(
        [BIN / "nbgrader", *arguments], cwd=course, env=os.environ | {"PATH": path}, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """Language → its course, made by the environment that `make assignment` uses."""
    folder = tmp_path_factory.mktemp("courses")
    made = (
        f"from tools.make_assignment import *; [make_course(each, Path({str(folder)!r}) / each) for each in LANGUAGES]"
    )
    subprocess.run([BIN / "python", "-c", made], cwd=ROOT, check=True, timeout=120)
    return {lang: folder / lang for lang in LANGUAGES}


@pytest.fixture(scope="module")
def released(courses):
    """What nbgrader releases of a lesson, in a language."""
    known = {}

    def release(lesson, lang="es"):
        if (lesson, lang) not in known:
            nbgrader(courses[lang], "generate_assignment", lesson)
            path = courses[lang] / "release" / lesson / f"{lesson}.ipynb"
            known[lesson, lang] = nbformat.read(path, as_version=4)
        return copy.deepcopy(known[lesson, lang])

    return release


def stubs(lesson):
    """Exercise → what the practice shows where it is to be written, without the check."""
    practice = nbformat.read(PRACTICE / f"{lesson}.ipynb", as_version=4)
    found = ((CHECK.search(cell.source), cell.source) for cell in practice.cells if cell.cell_type == "code")
    return {match[1]: source[: match.start()].rstrip() for match, source in found if match}


def answered(notebook, answers):
    """The released notebook with these answers: exercise → source."""
    for cell in notebook.cells:
        if cell.metadata.nbgrader.solution:
            cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
    return notebook


def solutions(course, lesson):
    """Exercise → its solution, as the instructor's version has it."""
    source = nbformat.read(course / "source" / lesson / f"{lesson}.ipynb", as_version=4)
    return {
        cell.metadata.nbgrader.grade_id: cell.source.partition("### BEGIN SOLUTION\n")[2].partition("### END")[0]
        for cell in source.cells if cell.metadata.nbgrader.solution
    }  # fmt: skip


def mistaken(exercise):
    """The exercise's first mistake that is a change, by its name and as source."""
    name, change = next((name, one) for name, one in exercise.programs() if isinstance(one, Change))
    source = exercise.source
    for old, new in change:
        source = source.replace(old, new)
    return name, source


def test_the_points_are_those_of_what_is_right(released, courses, record_property):
    course, release, answers = courses["es"], released(LESSON), solutions(courses["es"], LESSON)
    worth = {name: exercises()[name].minutes for name in answers}
    functions = [name for name in answers if not exercises()[name].value]
    chosen = next(name for name in functions if any(isinstance(one, Change) for _, one in exercises()[name].programs()))
    mistake, wrong = mistaken(exercises()[chosen])
    without = sum(worth.values()) - worth[chosen]
    loop = LOOP.format(name=chosen)
    edited = answered(copy.deepcopy(release), {})
    for cell in edited.cells:
        if cell.metadata.nbgrader.grade:
            cell.source, cell.metadata.nbgrader.points = "pass", 1000
    deleted = answered(copy.deepcopy(release), {chosen: wrong})
    deleted.cells = [cell for cell in deleted.cells if not cell.metadata.nbgrader.grade]
    handed_in = {
        "all": (answered(copy.deepcopy(release), answers), sum(worth.values())),
        "nothing": (copy.deepcopy(release), 0),
        "mistake": (answered(copy.deepcopy(release), answers | {chosen: wrong}), without),
        "loop": (answered(copy.deepcopy(release), answers | {chosen: loop}), without),
        "edited": (edited, 0),
        "deleted": (deleted, 0),
    }
    left = dict(TRICKS)
    while left:
        tried = {}
        for name in functions[: len(left)]:
            trick = left.pop(next(iter(left)))
            tried[name] = trick.format(name=name) if trick == INSIDE else f"{trick}\n{mistaken(exercises()[name])[1]}"
        handed_in[f"tricks{len(left)}"] = (answered(copy.deepcopy(release), tried), 0)
    archive = course / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    for student, (notebook, _) in handed_in.items():
        nbformat.write(notebook, archive / f"{student}-{LESSON}.ipynb")
    nbgrader(course, "zip_collect", LESSON)
    own = course / "submitted" / "package" / LESSON
    own.mkdir(parents=True)
    nbformat.write(answered(copy.deepcopy(release), {chosen: wrong}), own / f"{LESSON}.ipynb")
    (own / "pipeline_helpers.py").write_text(PACKAGE)
    handed_in["package"] = (release, 0)

    nbgrader(course, "autograde", LESSON)
    nbgrader(course, "generate_feedback", LESSON)
    nbgrader(course, "export")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        graded = {row["student_id"]: row for row in csv.DictReader(file)}
    for student, row in graded.items():
        record_property("practice", f"assignment, {student}: {row['score']} of {row['max_score']}")
    assert {student: float(row["score"]) for student, row in graded.items()} == {
        student: points for student, (_, points) in handed_in.items()
    }
    assert {float(row["max_score"]) for row in graded.values()} == {sum(worth.values())}
    assert plain(exercises()[chosen].key(mistake), "es") in feedback(course, "mistake")
    assert "5 segundos" in feedback(course, "loop")
    assert plain("practice.replaced", "es") in "".join(feedback(course, one) for one in handed_in if "tricks" in one)


def feedback(course, student):
    """The text of the page that the student gets back."""
    page = (course / "feedback" / student / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    return html.unescape(re.sub(r"<[^>]+>", "", page)).replace("`", "")


def plain(key, lang):
    """A sentence of the catalogue as a page shows it: code is set in another letter, without the backticks."""
    return say(key, lang).replace("`", "")


def test_the_feedback_is_in_the_language_of_the_course(released, courses):
    course, name = courses["en"], next(name for name in stubs(LESSON) if not exercises()[name].value)
    mistake, wrong = mistaken(exercises()[name])
    folder = course / "submitted" / "ann" / LESSON
    folder.mkdir(parents=True)
    nbformat.write(answered(released(LESSON, "en"), {name: wrong}), folder / f"{LESSON}.ipynb")
    nbgrader(course, "autograde", LESSON)
    nbgrader(course, "generate_feedback", LESSON)
    page = feedback(course, "ann")
    assert plain(exercises()[name].key(mistake), "en") in page
    assert plain(exercises()[name].key(mistake), "es") not in page


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_released_with_its_points_and_without_solutions(lesson, released, courses):
    release, practice = released(lesson), (PRACTICE / f"{lesson}.ipynb").read_text(encoding="utf-8")
    text = "\n".join(cell.source for cell in release.cells)
    for word in ("SOLUTION", "HIDDEN", "marking", "lang=", ".ipynb)"):
        assert word not in text.replace("div:is([lang=en])", "")
    asked = stubs(lesson)
    given = {cell.metadata.nbgrader.grade_id: cell for cell in release.cells}
    for name, stub in asked.items():
        assert given[name].source.rstrip() == stub
        assert given[f"test_{name}"].source == f'ph.check("{name}", {name})'
        assert given[f"test_{name}"].metadata.nbgrader.points == exercises()[name].minutes
        own = (line.strip() for line in exercises()[name].source.splitlines()[1:])
        assert [line for line in own if len(line) > 12 and line in text and line not in practice] == []
        assert exercises()[name].source in solutions(courses["es"], lesson)[name]
    free = [cell.metadata.nbgrader.grade_id for cell in release.cells if not cell.metadata.nbgrader.locked]
    assert free == list(asked)
