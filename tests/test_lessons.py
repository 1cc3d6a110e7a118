"""The lessons as files: every language in each prose cell with the same structure, outputs stored, slides, numbers."""

import ast
import csv
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt
from nbformat.v4 import new_code_cell

from benchmarks import memory
from pipeline_helpers import language
from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import ProseError, name_of, read_prose
from tests.notes import LOGITS, PROBABILITIES
from tools import run_lessons

LINUX = sys.platform == "linux"
NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
DECIMAL = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?(?![\w.])")
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
MOST_LINES = 12
"""A cell is one idea."""
MOST_COLUMNS = 107
"""Letters of a line of code that JupyterLab's column has room for on a screen of 1280 pixels."""
SAME_IN_ALL = ["# 4 · Softmax"]
"""The headings that are the same in every language."""
NOT_COMPARED: dict[str, str] = {}
"""Cells that nbval may not compare, by lesson and id, each with the reason; three at the most."""

PRACTICE = sorted((NOTEBOOKS[0].parent / "practice").glob("*.ipynb"))
lessons = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
all_notebooks = pytest.mark.parametrize(
    "path",
    [*NOTEBOOKS, *PRACTICE],
    ids=[path.stem for path in NOTEBOOKS] + [f"practice-{path.stem}" for path in PRACTICE],
)


def read(path):
    return nbformat.read(path, as_version=4)


def prose(path):
    """Each prose cell with a name for messages: its place, id and first line."""
    for place, cell in enumerate(read(path).cells):
        if cell.cell_type == "markdown":
            yield f"{path.name} cell {place} ({cell.id}): {cell.source.splitlines()[0]}", cell.source


def structure(text):
    """What the languages of a cell have to share: its blocks, links, code and math; not its words."""
    math = MATH.findall(text)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(MATH.sub("MATH", text))
    blocks = [token.type for token in tokens if token.type not in ("inline", "html_block")]
    html = [re.findall(r"</?\w+", token.content) for token in tokens if token.type == "html_block"]
    inline = [child for token in tokens for child in token.children or []]
    return {
        "blocks": blocks,
        "html": html,
        "links": [child.attrGet("href") for child in inline if child.type == "link_open"],
        "code": Counter(child.content for child in inline if child.type == "code_inline"),
        "fences": [token.content for token in tokens if token.type == "fence"],
        "math": sorted(math),
    }


def differences(source):
    """What is wrong with a prose cell; nothing, where it is right."""
    try:
        prose = read_prose(source)
    except ProseError as error:
        return [str(error)]
    wrong = [
        f"a heading stands inside the {lang} part; the table of contents would show it in every language"
        for lang in LANGUAGES
        if re.search(r"^#{1,6} ", prose[lang].text, re.MULTILINE)
    ]
    found = {lang: structure(prose[lang].text) for lang in LANGUAGES}
    first, *others = LANGUAGES
    for other in others:
        wrong += [
            f"{name} differ: {first} {found[first][name]} · {other} {found[other][name]}"
            for name in found[first]
            if found[first][name] != found[other][name]
        ]
    return wrong


def test_the_whole_way_is_there():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{n:02d}" for n in range(len(NOTEBOOKS))]


@all_notebooks
def test_every_prose_cell_has_every_language_with_the_same_structure(path):
    wrong = [f"{name}\n    {reason}" for name, source in prose(path) for reason in differences(source)]
    assert not wrong, "\n" + "\n".join(wrong)


@all_notebooks
def test_the_cells_around_the_switch_say_which_language_is_which(path):
    cells = read(path).cells
    switch = next(place for place, cell in enumerate(cells) if "language_switch()" in cell.source)
    assert cells[0].source.startswith("# ")
    around = [cell.id for cell in cells[:switch]] + [cells[switch + 1].id]
    for lang in LANGUAGES:
        assert [cell.id for cell in cells if name_of(lang) in cell.source] == around


@pytest.mark.parametrize(
    ("es", "en", "reason"),
    [
        ("Uno.\n\nDos.", "One.", "blocks differ"),
        ("- a\n- b", "- a", "blocks differ"),
        ("Mira `mask`.", "Look at `masks`.", "code differ"),
        ("[aquí](a.ipynb)", "[here](b.ipynb)", "links differ"),
        ("Vale $x^2$.", "It is $x^3$.", "math differ"),
        ("<details><summary>a</summary>\n\nb\n\n</details>", "b", "differ"),
        ("## Dentro", "## Inside", "inside the es part"),
    ],
)
def test_a_cell_whose_languages_differ_is_found(es, en, reason):
    source = f'<div lang="es">\n\n{es}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'
    assert any(reason in found for found in differences(source))


def test_a_cell_in_one_language_is_found():
    assert differences("Solo español")


def test_only_a_term_of_all_languages_is_a_heading_without_them():
    first_lines = [source.split("\n")[0] for path in [*NOTEBOOKS, *PRACTICE] for _, source in prose(path)]
    assert [line for line in first_lines if line.startswith("#") and "<span" not in line] == SAME_IN_ALL


@all_notebooks
def test_every_code_cell_is_short_executed_and_quiet(path):
    for place, cell in enumerate(read(path).cells):
        if cell.cell_type != "code":
            continue
        name = f"{path.name} cell {place}"
        assert len(cell.source.splitlines()) <= MOST_LINES, f"{name} has more than {MOST_LINES} lines"
        longest = max(cell.source.splitlines(), key=len)
        assert len(longest) <= MOST_COLUMNS, f"{name} needs a scroll bar for {longest.strip()!r}"
        assert cell.execution_count, f"{name} was not executed, so nbval checks nothing in it: make lessons"
        failed = [output for output in cell.outputs if output.output_type == "error"]
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        assert bool(failed) == tagged, f"{name} fails and is not tagged raises-exception, or the other way round"


@all_notebooks
def test_every_cell_is_compared_or_says_why_not(path):
    for cell in read(path).cells:
        ignored = {"nbval-skip", "nbval-ignore-output"} & set(cell.metadata.get("tags", []))
        assert not ignored or f"{path.stem} {cell.id}" in NOT_COMPARED
        assert "NBVAL" not in cell.source
    assert len(NOT_COMPARED) <= 3


@all_notebooks
def test_every_cell_has_its_slide_type(path):
    for place, cell in enumerate(read(path).cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        assert kind in SLIDE_TYPES, f"{path.name} cell {place} has the slide type {kind!r}"


@all_notebooks
def test_what_is_stored_is_canonical(path):
    notebook = read(path)
    assert nbformat.writes(run_lessons.canonical(notebook)) + "\n" == path.read_text(encoding="utf-8")
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    named = run_lessons.name_cells(notebook, path.stem[:2])
    assert [cell.id for cell in named.cells] == ids, "make lessons gives a new cell its id"


@all_notebooks
def test_no_view_is_stored_with_an_error_of_ours(path):
    """A view says what went wrong and is displayed all the same: `make lessons` would store that sentence."""
    for lang in LANGUAGES:
        beginning = language.say("live.unexpected", lang, error="\0").split("\0")[0]
        assert beginning not in path.read_text(encoding="utf-8")


@all_notebooks
def test_every_picture_says_what_it_shows_in_every_language(path):
    for place, cell in enumerate(read(path).cells):
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            for image in re.findall(r"<img[^>]*>", html):
                alt = re.search(r'alt="([^"]+)"', image)
                assert alt, f"{path.name} cell {place}: a picture without alternative text"
                assert len(alt[1]) > 20, f"{path.name} cell {place}: alternative text {alt[1]!r} says too little"
            if "<img" in html:
                assert len({html.count(f'lang="{lang}"') for lang in LANGUAGES}) == 1
                assert 'lang="' in html
            assert "image/png" not in output.get("data", {}), f"{path.name} cell {place}: show it with ph.show"


@all_notebooks
def test_each_decimal_in_the_prose_is_in_an_output_or_published(path):
    outputs = str([cell.get("outputs") for cell in read(path).cells])
    published = [number for table in (LOGITS, PROBABILITIES) for row in table for number in row]
    known = {f"{number:.{digits}f}" for number in published for digits in range(1, 6)}
    known |= {f"{number:.4e}" for number in published}
    known |= set(DECIMAL.findall(re.sub(r"base64,[^\"]+", "", outputs)))
    for name, source in prose(path):
        for number in DECIMAL.findall(source.replace("−", "-")):  # prose has U+2212, Python prints a hyphen
            assert number in known, f"{name}\n    quotes {number}, which no output shows and the notes do not print"


@all_notebooks
def test_lessons_link_to_files_that_are_there(path):
    for name, source in prose(path):
        for target in re.findall(r"\]\(([^)#]+)\)", source):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), f"{name}\n    links to {target}"


def test_glossary_terms_are_used_the_same_way_everywhere():
    """Where one language of a paragraph uses a term, the other one uses that term's partner."""
    with (Path(language.__file__).parent / "glossary.csv").open(encoding="utf-8", newline="") as file:
        glossary = [(row["es"], row["en"]) for row in csv.DictReader(file)]
    distinctive = [pair for pair in glossary if pair[0] in DISTINCTIVE]
    wrong = []
    for path in [*NOTEBOOKS, *PRACTICE]:
        for name, source in prose(path):
            cell = read_prose(source)
            for es, en in distinctive:
                if uses(cell["es"].text, es) != uses(cell["en"].text, en):
                    wrong.append(f"{name}\n    {es!r} in Spanish and {en!r} in English do not go together here")
    assert not wrong, "\n" + "\n".join(wrong)


# The terms that have one translation and no everyday meaning that would turn up on one side alone.
DISTINCTIVE = {
    "tokenizador",
    "vocabulario",
    "relleno",
    "truncamiento",
    "máscara de atención",
    "tensor",
    "capa",
    "estado oculto",
    "logit",
    "probabilidad",
    "temperatura",
    "entropía cruzada",
    "función de pérdida",
}


def uses(text, term):
    """Whether `text` has `term`, in singular or plural, outside code."""
    words = re.sub(r"`[^`]*`|```.*?```", " ", text, flags=re.DOTALL).lower()
    forms = r"\s+".join(re.escape(word) + r"(?:e?s|ies)?" for word in term.split())
    forms = forms.replace("probability(?:e?s|ies)?", "probabilit(?:y|ies)").replace(
        "vocabulary(?:e?s|ies)?", "vocabular(?:y|ies)"
    )
    return re.search(rf"(?<![\w-]){forms}\b", words) is not None  # a pre-tokenizer is no tokenizer


@cache
def ran_twice(path):
    """The lesson in English, run twice in one kernel, and the memory that this kernel had for itself in between."""
    lesson = read(path)
    again = read(path).cells
    for cell in again:
        cell.id += "-again"
    measure = new_code_cell(memory.MEASURE)
    lesson.cells += [measure, *again] if LINUX else again
    ran = run_lessons.run(lesson, {"PIPELINE_HELPERS_LANG": "en"})
    return ran.cells, memory.megabytes(measure) if LINUX else None


@lessons
def test_it_runs_in_english_and_twice_in_the_same_kernel(path):
    for cell in ran_twice(path)[0]:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", f"{path.name} {cell.id} writes to stderr: {output.text}"


@pytest.fixture(scope="module")
def imports_alone():
    return memory.imports_alone()


@pytest.mark.skipif(not LINUX, reason="only Linux tells what a process has for itself")
@lessons
def test_a_whole_lesson_takes_little_more_memory_than_its_imports(path, imports_alone):
    assert ran_twice(path)[1] <= memory.BOUND * imports_alone


def imported(source):
    """What `source` imports, as `module` or `module.name`; IPython's own lines are left out."""
    found = set()
    for node in ast.walk(ast.parse(re.sub(r"^%.*", "", source, flags=re.MULTILINE))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_the_memory_of_a_lesson_is_measured_against_all_that_the_lessons_import():
    """A list without a lesson's import would blame that lesson, one with more would let all of them have more."""
    wanted = {"anywidget", "ipywidgets", "matplotlib.pyplot"}  # by the package, for its views and its figures
    for path in memory.lessons():
        wanted |= {name for cell in read(path).cells if cell.cell_type == "code" for name in imported(cell.source)}
    assert imported(memory.IMPORTS) == wanted
    assert set(NOTEBOOKS) <= set(memory.lessons())
