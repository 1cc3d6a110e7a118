"""tools/export_lessons.py and tools/one_language.py: a lesson in one language, as a page, a notebook and slides."""

import copy
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import ProseError, read_prose
from tools import export_lessons
from tools.export_lessons import DeckExporter, HandoutExporter, Renderer, link_to, mathml
from tools.one_language import html_in, one_language, outputs_in_one_language
from tools.run_lessons import KERNEL, in_order

NOTEBOOKS = in_order(Path(__file__).parent.parent / "notebooks")
BOTH = '<div lang="es">\n\n{es}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
FIGURE = (
    f'<div class="ph-figure"><div lang="es"><img alt="Un punto" src="{PIXEL}"></div>'
    f'<div lang="en"><img alt="A dot" src="{PIXEL}"></div></div>'
)
WIDGET = "application/vnd.jupyter.widget-view+json"
languages = pytest.mark.parametrize(("lang", "mine", "other"), [("es", "hola", "hello"), ("en", "hello", "hola")])


def both(es, en, *heading):
    """A prose cell; `heading`: its beginning (`## `), and what it says in Spanish and in English."""
    between = ' <span class="ph-between">·</span> '
    if not heading:
        return BOTH.format(es=es, en=en)
    start, *texts = heading
    spans = between.join(f'<span lang="{lang}">{text}</span>' for lang, text in zip(LANGUAGES, texts, strict=True))
    return f"{start}{spans}\n\n{BOTH.format(es=es, en=en)}"


def cell(source, slide="slide", **metadata):
    return new_markdown_cell(source, metadata={"slideshow": {"slide_type": slide}, **metadata})


def html_output(html, text="<IPython.core.display.HTML object>", **data):
    return new_output("display_data", data={"text/html": html, "text/plain": text, **data})


def made_lesson():
    """A small lesson with one of everything: headings, prose, math, a link, the switch, a figure, a live view."""
    switch = html_output("<b>Español · English</b>", "LanguageSwitch(Español · English)", **{WIDGET: {"model_id": "1"}})
    view = html_output(FIGURE, "LiveTokenizer('x')", **{WIDGET: {"model_id": "2"}})
    code = {"metadata": {"slideshow": {"slide_type": "subslide"}}, "execution_count": 1}
    return new_notebook(
        metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}},
        cells=[
            cell(both("hola", "hello", "# 0 · ", "Saludo", "Greeting")),
            cell(both("Elige hola.", "Choose hello."), tags=["two-languages"]),
            new_code_cell("import pipeline_helpers as ph\nph.language_switch()", outputs=[switch], **code),
            cell(
                both(
                    "hola $e^x$ [1](01_b.ipynb)\n\n$$\\frac{1}{x}$$",
                    "hello $e^x$ [1](01_b.ipynb)\n\n$$\\frac{1}{x}$$",
                    "## ",
                    "Uno",
                    "One",
                )
            ),
            new_code_cell("ph.show(x)", outputs=[html_output(FIGURE)], **code),
            new_code_cell("ph.LiveTokenizer('x')", outputs=[view], **code),
        ],
    )


# One language of a notebook.


@languages
def test_only_one_language_is_left(lang, mine, other):
    lesson = one_language(made_lesson(), lang)
    text = nbformat.writes(lesson)
    assert mine in text
    assert other not in text
    assert "lang=" not in text
    assert ("Saludo" in text, "Greeting" in text) == (lang == "es", lang == "en")
    assert ("Un punto" in text, "A dot" in text) == (lang == "es", lang == "en")


@languages
def test_outputs_in_one_language_stay_as_they_are_and_the_lesson_is_not_touched(lang, mine, other):
    lesson = made_lesson()
    before = nbformat.writes(lesson)
    once = one_language(lesson, lang)
    assert outputs_in_one_language(copy.deepcopy(once), lang) == once
    assert nbformat.writes(lesson) == before


def test_the_switch_becomes_the_choice_of_the_only_language_and_its_output_goes():
    lesson = one_language(made_lesson(), "en")
    setup = next(cell for cell in lesson.cells if cell.source.startswith("import"))
    assert setup.source == 'import pipeline_helpers as ph\nph.choose_language("en", only=True)'
    assert setup.outputs == []


def test_a_live_view_is_its_static_picture():
    lesson = one_language(made_lesson(), "es")
    output = lesson.cells[-1].outputs[0]
    assert WIDGET not in output.data
    assert "Un punto" in output.data["text/html"]


def test_a_cell_about_both_languages_goes():
    assert "Choose" not in nbformat.writes(one_language(made_lesson(), "en"))


def test_a_cell_that_lacks_a_language_is_named():
    lesson = made_lesson()
    lesson.cells[3].id = "01-padding"
    lesson.cells[3].source = lesson.cells[3].source.partition('\n<div lang="en">')[0]
    for lang in LANGUAGES:  # whichever is taken out
        with pytest.raises(ProseError, match='cell 01-padding: it has no <div lang="en">'):
            one_language(lesson, lang)


def test_in_an_output_only_a_div_is_a_language():
    html = (
        '<div><div lang="es"><div><p lang="en">I &lt;3 it</p></div></div><div lang="en"><div>x</div></div></div>'
        '<div lang="en">y</div>'
    )
    assert html_in(html, "es") == '<div><div><p lang="en">I &lt;3 it</p></div></div>'
    assert html_in(html, "en") == "<div><div>x</div></div>y"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="lang is 'fr'"):
        one_language(made_lesson(), "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[f"{path.parent.name}-{path.stem}" for path in NOTEBOOKS])
def test_each_lesson_in_one_language(path, lang):
    lesson = nbformat.read(path, as_version=4)
    cells = {cell.id: cell for cell in one_language(lesson, lang).cells}
    for cell in lesson.cells:
        if "two-languages" in cell.metadata.get("tags", []):
            assert cell.id not in cells
        elif cell.cell_type == "markdown":
            left = cells[cell.id].source
            assert not re.search("<(div|span) (lang|class)=", left), f"{path.name} cell {cell.id} has more than one"
            for other, prose in read_prose(cell.source).items():
                for line in filter(None, str(prose).splitlines()):
                    mine = line in str(read_prose(cell.source)[lang]).splitlines()  # also where all share it
                    assert (line in left.splitlines()) == mine, f"{path.name} cell {cell.id}: {other} {line!r}"


# Pages.


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("01_tokenizer.ipynb", "01_tokenizer.html"),
        ("01_tokenizer.ipynb#padding", "01_tokenizer.html#padding"),
        ("https://example.org/a.ipynb", "https://example.org/a.ipynb"),
        ("practice/01_tokenizer.ipynb", "practice/01_tokenizer.html"),
        ("../01_tokenizer.ipynb", "../01_tokenizer.html"),
        ("figure.png", "figure.png"),
    ],
)
def test_a_link_to_a_lesson_leads_to_its_page(url, expected):
    assert link_to(url, ".html") == expected


@pytest.mark.parametrize(("exporter", "ending"), [(HandoutExporter, ".html"), (DeckExporter, ".slides.html")])
def test_a_page_links_to_pages_of_its_kind(exporter, ending):
    page = BeautifulSoup(exporter("es").page(one_language(made_lesson(), "es")), "html.parser")
    assert [link["href"] for link in page.select("a[href]")] == [f"01_b{ending}"]


@pytest.mark.parametrize("exporter", [HandoutExporter, DeckExporter])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_is_in_its_language_and_asks_nobody_for_anything(exporter, lang):
    html = exporter(lang).page(one_language(made_lesson(), lang))
    page = BeautifulSoup(html, "html.parser")
    assert page.html["lang"] == lang
    mine, other = {"es": ("Saludo", "Greeting"), "en": ("Greeting", "Saludo")}[lang]
    assert page.title.text == f"0 · {mine}"
    assert [heading.text for heading in page.select("h1")] == [f"0 · {mine}"]
    assert other not in page.text
    asked = [tag.get("src") or tag.get("href") for tag in page.select("script[src], link[href], img[src], iframe")]
    assert [url for url in asked if not url.startswith(("reveal.js/", "data:"))] == []
    styles = "".join(style.text for style in page.select("style"))
    assert not re.search(r"@import|url\((?!data:)", styles)
    assert "cdn" not in html.lower()
    assert not re.search(
        r"import\s*\(|https?://(?!www\.w3\.org)", "".join(script.text for script in page.select("script"))
    )


def test_formulas_are_mathml_and_code_is_not_a_formula():
    html = Renderer(escape=False)
    page = BeautifulSoup(HandoutExporter("es").page(one_language(made_lesson(), "es")), "html.parser")
    assert [math.get("display") for math in page.select("math")] == ["inline", "block"]
    assert page.select_one("mfrac")
    assert "$" not in page.main.text
    assert html.codespan("$x$") == "<code>$x$</code>"


@pytest.mark.parametrize("formula", ["x_", "{", r"\nonsense{x}"])
def test_a_formula_that_cannot_be_read_is_quoted(formula):
    with pytest.raises(ValueError, match=re.escape(f"the formula {formula!r}")):
        mathml(formula, "inline")


def test_a_live_view_is_a_picture_on_the_page():
    page = BeautifulSoup(HandoutExporter("en").page(one_language(made_lesson(), "en")), "html.parser")
    assert [image["alt"] for image in page.select("img")] == ["A dot", "A dot"]


def test_slides_follow_the_slide_types():
    lesson = made_lesson()
    lesson.cells[2].metadata["slideshow"]["slide_type"] = "skip"
    page = BeautifulSoup(DeckExporter("es").page(one_language(lesson, "es")), "html.parser")
    stacks = page.select(".slides > section")
    assert [len(stack.select("section")) for stack in stacks] == [1, 3]
    assert "choose_language" not in page.select_one(".slides").text


# The files.


@pytest.fixture
def folder(tmp_path):
    """A folder of two small lessons."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    nbformat.write(made_lesson(), notebooks / "00_a.ipynb")
    lesson = new_notebook(metadata={"kernelspec": KERNEL})
    lesson.cells = [
        cell(both("hola", "hello", "# 1 · ", "Dos", "Two")),
        new_code_cell(
            "import os\nfrom pipeline_helpers.language import current_language\n"
            "print(os.environ['PIPELINE_HELPERS_LANG'], current_language())",
            metadata={"slideshow": {"slide_type": "-"}},
        ),
    ]
    nbformat.write(lesson, notebooks / "01_b.ipynb")
    return notebooks


def export(folder, *arguments):
    output = folder.parent / "build"
    export_lessons.main([*arguments, "--notebooks", str(folder), "--output", str(output)])
    return sorted(
        path.relative_to(output).as_posix()
        for path in output.rglob("*")
        if path.is_file() and "reveal.js" not in path.parts
    )


def test_a_handout_of_each_lesson_in_every_language(folder):
    files = [
        f"handout/{lang}/{stem}.{end}" for lang in LANGUAGES for stem in ("00_a", "01_b") for end in ("html", "ipynb")
    ]
    assert export(folder, "handout", "--stored") == sorted(
        [*files, *(f"handout/{lang}/rise.css" for lang in LANGUAGES)]
    )
    notebook = nbformat.read(folder.parent / "build/handout/en/00_a.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata["rise"]["scroll"] is True
    assert "01_b.ipynb" in notebook.cells[2].source
    assert "$e^x$" in notebook.cells[2].source  # JupyterLab draws formulas itself


def test_slides_stand_beside_what_they_need(folder):
    assert export(folder, "slides", "es", "--stored") == ["slides/es/00_a.slides.html", "slides/es/01_b.slides.html"]
    for deck in (folder.parent / "build/slides/es").glob("*.html"):
        page = BeautifulSoup(deck.read_text(encoding="utf-8"), "html.parser")
        needed = [tag.get("src") or tag.get("href") for tag in page.select("script[src], link[href]")]
        assert len(needed) == 3
        assert all((deck.parent / name).is_file() for name in needed)


def test_a_handout_is_run_in_its_language(folder):
    (folder / "00_a.ipynb").unlink()
    export(folder, "handout", "en")
    notebook = nbformat.read(folder.parent / "build/handout/en/01_b.ipynb", as_version=4)
    assert notebook.cells[1].outputs[0].text == "en en\n"
    assert "en en" in (folder.parent / "build/handout/en/01_b.html").read_text(encoding="utf-8")


def test_an_unknown_language_is_one_clear_message(folder, capsys):
    with pytest.raises(SystemExit):
        export(folder, "slides", "fr")
    assert re.search(r"invalid choice: 'fr' \(choose from '?es'?, '?en'?\)", capsys.readouterr().err)
    assert not (folder.parent / "build").exists()


def test_a_lesson_that_lacks_a_language_is_named_with_its_cell(folder):
    lesson = nbformat.read(folder / "01_b.ipynb", as_version=4)
    lesson.cells[0].source = '<div lang="es">\n\nhola\n\n</div>'
    nbformat.write(lesson, folder / "01_b.ipynb")
    with pytest.raises(SystemExit, match=f"01_b.ipynb: cell {lesson.cells[0].id}"):
        export(folder, "slides", "en", "--stored")


def test_the_makefile_hands_the_language_on():
    makefile = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
    for kind in ("slides", "handout"):
        assert re.search(
            rf"^{kind}: .*\n\t\$\(BIN\)/python -m tools\.export_lessons {kind} \$\(lang\)$", makefile, re.M
        )
