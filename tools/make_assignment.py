"""The practice as an nbgrader course: an assignment a lesson, in one language.

    python -m tools.make_assignment es      build/assignment/es: what nbgrader's commands take, and how to use them
    python -m tools.make_assignment         every language

Each cell that the student completes stays as it is, with the solution in a region that `nbgrader generate_assignment`
takes out. Its `ph.check` moves to a locked cell of its own, which has the points: one for each minute that the
exercise takes. A hidden test stands before it there; what it asks is `pipeline_helpers.practice.marking.mark`.

Whatever nbgrader has made in the folder stays: submissions, grades, and settings that were changed.
"""

import argparse
import dis
import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType

import nbformat
from nbformat import NotebookNode

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.practice.exercise import Exercise
from pipeline_helpers.practice.exercises import exercises
from tools.minutes import PRACTICE, ROOT
from tools.one_language import one_language

BUILD = ROOT / "build" / "assignment"
PAGES = Path(__file__).with_name("assignment")
CHECK = re.compile(r'\n*^ph\.check\("(\w+)", (\w+)\)\s*\Z', re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\.ipynb[^)]*\)")
"""A link to another notebook, which the student's folder has not."""
HIDDEN = """\
### BEGIN HIDDEN TESTS
import os
import sys

_path = [*sys.path]
sys.path[:] = [_place for _place in _path if not os.path.abspath(_place).startswith(os.getcwd())]
for _module in [*sys.modules]:
    if _module.partition(".")[0] == "pipeline_helpers":
        del sys.modules[_module]
from pipeline_helpers.practice.marking import mark

sys.path[:] = _path
mark("{name}", {answer}, "{lang}")
### END HIDDEN TESTS
{check}"""
"""Loaded anew from the package's own files, so that a replaced `grade` is not asked. Before the check, which is the
student's to replace: nbgrader reads a cell's outputs in their order. Without builtins, whose names students give away.
"""
ABOUT = {
    "es": """\
**Esta práctica vale {points} puntos**, uno por cada minuto previsto de cada ejercicio.

- Escribe solo en lugar de los puntos (`...`). Las demás celdas no cuentan: al corregir vuelven a estar como estaban.
- La celda siguiente a cada ejercicio lo comprueba. Un ejercicio recibe todos sus puntos o ninguno.
- Una función que sigue trabajando después de 5 segundos se detiene y no recibe puntos.
- El cuestionario no cuenta. Antes de entregar, reinicia el kernel y ejecuta todo de arriba abajo.
""",
    "en": """\
**This practice is worth {points} points**, one for each minute that an exercise should take.

- Write only in place of the dots (`...`). The other cells don't count: grading puts them back as they were.
- The cell after each exercise checks it. An exercise gets all of its points or none.
- A function that is still busy after 5 seconds is stopped and gets no points.
- The quiz does not count. Before you hand in, restart the kernel and run everything from top to bottom.
""",
}
CONFIG = """\
# What nbgrader's commands do in this folder, which may be copied anywhere. `make assignment` writes it only once.
c = get_config()
c.CourseDirectory.course_id = "behind_the_pipeline_{lang}"
# The cell that a student completes keeps its own dots: nothing stands for the solution that is taken out.
c.ClearSolutions.code_stub = {{"python": ""}}
# Seconds a cell. A function is stopped after 5 by its test; this is for a loop outside of any function.
c.Execute.timeout = 60
# What students hand in, as nbgrader zip_collect takes it: downloaded/01_tokenizer/archive/ana-01_tokenizer.ipynb
c.FileNameCollectorPlugin.named_regexp = r".*?(?P<student_id>[^/\\\\]+)-(?P<file_id>\\d\\d_\\w+)\\.ipynb"
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lang", nargs="?", choices=list(LANGUAGES), help="one language (all when none is given)")
    lang = parser.parse_args(arguments).lang
    for each in [lang] if lang else LANGUAGES:
        folder = make_course(each, BUILD / each)
        print(f"{folder.relative_to(ROOT)}: {len(list(PRACTICE.glob('*.ipynb')))} assignments; see its README.md")


def make_course(lang: str, folder: Path) -> Path:
    """An nbgrader course in `folder`, with the assignments in `lang`; returns it."""
    for path in sorted(PRACTICE.glob("*.ipynb")):
        source = folder / "source" / path.stem / path.name
        source.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(assignment(nbformat.read(path, as_version=4), lang), source)
    (folder / "README.md").write_text((PAGES / f"{lang}.md").read_text(encoding="utf-8"), encoding="utf-8")
    config = folder / "nbgrader_config.py"
    if not config.exists():
        config.write_text(CONFIG.format(lang=lang), encoding="utf-8")
    return folder


def assignment(practice: NotebookNode, lang: str) -> NotebookNode:
    """The practice notebook as its instructor's version in `lang`, with solutions, points and hidden tests."""
    made = one_language(practice, lang)
    made.cells = [new for cell in made.cells for new in _cells(cell, lang)]
    points = sum(cell.metadata.nbgrader.get("points", 0) for cell in made.cells)
    about = nbformat.v4.new_markdown_cell(ABOUT[lang].format(points=points).strip(), id="points")
    made.cells.insert(1, _with(about, "points", locked=True))
    return made


def _cells(cell: NotebookNode, lang: str) -> Iterator[NotebookNode]:
    """What becomes of a cell: a locked one or, where there is something to write, that and its test."""
    found = CHECK.search(cell.source) if cell.cell_type == "code" else None
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if found is None:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(r"\1", cell.source)
        yield _with(cell, cell.id, locked=True)
        return
    name, answer = found.groups()
    exercise = exercises()[name]
    cell.source = f"{cell.source[: found.start()]}\n{solution(exercise)}"
    yield _with(cell, name, solution=True)
    test = nbformat.v4.new_code_cell(
        HIDDEN.format(name=name, answer=answer, lang=lang, check=found[0].strip()), id=f"{cell.id}-test"
    )
    yield _with(test, f"test_{name}", grade=True, locked=True, points=exercise.minutes)


def _with(cell: NotebookNode, grade_id: str, **settings: int) -> NotebookNode:
    """`cell` with what nbgrader knows of it, and with nothing else: slides and tags have no place here."""
    kinds = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata = NotebookNode(nbgrader=NotebookNode(schema_version=3, grade_id=grade_id, **(kinds | settings)))
    return cell


def solution(exercise: Exercise) -> str:
    """The exercise's solution, which runs wherever the practice does, in a region that nbgrader takes out."""
    value = f"\n\n\n{exercise.name} = {exercise.name}()" if exercise.value else ""
    imports = "".join(f"{line}\n" for line in _imports(exercise))
    return f"### BEGIN SOLUTION\n{imports}{exercise.source}{value}\n### END SOLUTION"


def _imports(exercise: Exercise) -> Iterator[str]:
    """What the solution finds among the globals of its module, as lines that import it.

    Raises:
        ValueError: that can't be imported, as it is the module's own.
    """
    here = exercise.solution.__module__
    known = vars(import_module(here))
    for name in sorted(_globals(exercise.solution.__code__) & known.keys() - {exercise.name}):
        module = isinstance(known[name], ModuleType)
        home = known[name].__name__.rpartition(".")[0] if module else getattr(known[name], "__module__", here)
        if home == here:
            raise ValueError(f"the solution of {exercise.name} uses {name}, which a notebook can't import")
        if module and known[name].__name__.rpartition(".")[2] != name:
            yield f"import {known[name].__name__} as {name}"
        else:
            yield f"from {home} import {name}" if home else f"import {name}"


def _globals(code: CodeType) -> set[str]:
    """The names that `code`, or a function in it, takes from the globals."""
    inner = (one for one in code.co_consts if isinstance(one, CodeType))
    own = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return own.union(*map(_globals, inner))


if __name__ == "__main__":
    main()
