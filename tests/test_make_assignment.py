"""tools/make_assignment.py: a practice notebook → its instructor's version. nbgrader itself: test_assignment."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.practice import grade
from pipeline_helpers.practice.exercises import exercises
from pipeline_helpers.practice.grading import trial
from tools import make_assignment
from tools.make_assignment import assignment, make_course, solution
from tools.run_lessons import KERNEL

PROSE = {
    "es": "Después, la [lección siguiente](../02_hidden_states.ipynb).",
    "en": "Then the [next one](../02_x.ipynb).",
}
STUB = "def pad(rows):\n    ...\n\n\n"


@pytest.fixture
def practice():
    """A practice notebook with one exercise, run."""
    divs = "\n".join(f'<div lang="{lang}">\n\n{text}\n\n</div>' for lang, text in PROSE.items())
    slide = {"slideshow": {"slide_type": "slide"}}
    output = nbformat.v4.new_output("stream", text="✓")
    return new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            new_markdown_cell(divs, id="01-prose", metadata=slide),
            new_code_cell("import pipeline_helpers as ph\n\nph.language_switch()", id="01-switch", metadata=slide),
            new_code_cell(f'{STUB}ph.check("pad", pad)', id="01-pad", outputs=[output], execution_count=2),
            new_code_cell('ph.quiz("tokenizer")', id="01-quiz"),
        ],
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_the_cell_that_is_to_be_completed_is_open(practice, lang):
    made = assignment(copy.deepcopy(practice), lang)
    nbformat.validate(made)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in made.cells}
    assert [name for name, cell in cells.items() if not cell.metadata.nbgrader.locked] == ["pad"]
    assert list(cells)[-3:] == ["pad", "test_pad", "01-quiz"]
    assert cells["pad"].source.startswith("def pad(rows):\n    ...\n### BEGIN SOLUTION\ndef pad(rows):\n    longest")
    assert cells["test_pad"].source.endswith(f'mark("pad", pad, "{lang}")\n### END HIDDEN TESTS\nph.check("pad", pad)')
    assert cells["test_pad"].metadata.nbgrader.points == exercises()["pad"].minutes
    said = {"es": "Esta práctica vale {} puntos", "en": "This practice is worth {} points"}[lang]
    assert f"**{said.format(exercises()['pad'].minutes)}**" in str(made)
    assert cells["01-prose"].source == {"es": "Después, la lección siguiente.", "en": "Then the next one."}[lang]
    assert not any(cell.get("outputs") or "slideshow" in cell.metadata for cell in made.cells)
    assert f'ph.choose_language("{lang}", only=True)' in cells["01-switch"].source


def test_a_skeleton_stays_and_a_check_elsewhere_is_none(practice):
    skeleton = "def pad(rows):\n    longest = ...\n    return ...\n\n\n"
    practice.cells[2].source = f'{skeleton}ph.check("pad", pad)\n'
    practice.cells[3].source = 'ph.check("pad", pad)  # again\n\nprint(pad)'
    made = assignment(practice, "es")
    assert made.cells[-3].source.partition("### BEGIN")[0] == skeleton.rstrip() + "\n"
    assert made.cells[-1].metadata.nbgrader.grade is False


@pytest.mark.parametrize("name", exercises())
def test_a_solution_runs_with_what_it_imports_itself(name):
    given = trial(name).given
    namespace = {"model": given.model, "tokenizer": given.tokenizer}
    exec(solution(exercises()[name]), namespace)
    assert grade(name, namespace[name]).right


def test_a_course_that_is_made_again_keeps_what_is_not_its_own(practice, tmp_path, monkeypatch):
    monkeypatch.setattr(make_assignment, "PRACTICE", tmp_path)
    nbformat.write(practice, tmp_path / "01_tokenizer.ipynb")
    course = make_course("en", tmp_path / "course")
    compile((course / "nbgrader_config.py").read_text(), "nbgrader_config.py", "exec")
    (course / "nbgrader_config.py").write_text("mine")
    (course / "submitted").mkdir()
    (course / "source" / "01_tokenizer" / "01_tokenizer.ipynb").write_text("old")
    make_course("en", course)
    assert (course / "nbgrader_config.py").read_text() == "mine"
    assert (course / "submitted").is_dir()
    assert nbformat.read(course / "source" / "01_tokenizer" / "01_tokenizer.ipynb", as_version=4).cells
    assert "nbgrader autograde 01_tokenizer" in (course / "README.md").read_text()
