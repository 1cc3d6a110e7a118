"""A third language needs words, prose and one line in `LANGUAGES`: tried with one of stand-in words, made here."""

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import pipeline_helpers as ph
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.language import LANGUAGES, catalogue, choose_language
from pipeline_helpers.language.prose import BETWEEN, ProseError, read_prose
from pipeline_helpers.language.switch import LanguageSwitch, hiding_rules, static_html
from tests.live_views import VIEWS
from tests.test_figures_shared import PLOTS, sample
from tools import export_lessons
from tools.one_language import one_language

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
THIRD = "eo"
"""A code of ISO 639-1, as every one of `LANGUAGES`: nbconvert puts another one back to English."""


@pytest.fixture(autouse=True)
def _third_language(monkeypatch):
    """The one line, and for words the English ones between two marks that nothing else has."""
    monkeypatch.setitem(LANGUAGES, THIRD, "Esperanto")
    for entry in catalogue().values():
        monkeypatch.setitem(entry, THIRD, f"‡{entry['en']}‡")


def prose():
    """A prose cell that says "en: text", "es: text" and so on."""
    spans = BETWEEN.join(f'<span lang="{lang}">{lang}: title</span>' for lang in LANGUAGES)
    divs = "\n".join(f'<div lang="{lang}">\n\n{lang}: text\n\n</div>' for lang in LANGUAGES)
    return new_markdown_cell(f"# 0 · {spans}\n\n{divs}", metadata={"slideshow": {"slide_type": "slide"}})


@pytest.mark.parametrize("name", PLOTS)
def test_a_figure_is_shown_in_it(name, trace):
    page = BeautifulSoup(figure_html(getattr(ph, name), sample(name, trace)), "html.parser")
    alts = {part["lang"]: part.img["alt"] for part in page.select("div[lang]")}
    assert alts.keys() == LANGUAGES.keys()
    assert {lang for lang, alt in alts.items() if "‡" in alt} == {THIRD}


@pytest.mark.parametrize("name", [name for name in ph.__all__ if name.startswith("Live")])
def test_a_live_view_follows_the_choice_of_it_and_is_stored_in_it(name):
    text = "I love this film"
    view = VIEWS[name](text, debounce=0)
    assert "‡" not in view.text.label + view.output.html
    choose_language(THIRD)
    assert view.text.label.startswith("‡")
    assert "‡" in view.output.html
    page = BeautifulSoup(view.static_html(), "html.parser")
    parts = [(part["lang"], "‡" in str(part)) for part in page.select("div[lang]")]
    assert sorted(parts) == sorted([(lang, lang == THIRD) for lang in LANGUAGES] * (len(parts) // len(LANGUAGES)))


def test_the_switch_has_a_button_for_it_and_hides_the_others():
    switch = LanguageSwitch()
    assert switch.names == [["es", "Español"], ["en", "English"], [THIRD, "Esperanto"]]
    assert repr(switch) == "LanguageSwitch(Español · English · Esperanto)"
    assert static_html().count("<div lang=") == 3
    switch.lang = THIRD
    assert ph.current_language() == THIRD
    hidden = {chosen: set(re.findall(r"\[lang=(\w+)\]", rule)) for chosen, rule in by_choice(hiding_rules())}
    assert hidden == {"es": {"en", THIRD}, "en": {"es", THIRD}, THIRD: {"es", "en"}}


def by_choice(rules):
    return [(re.findall(r"\.ph-(\w+) ", rule)[0], rule) for rule in rules.splitlines()]


def test_an_error_names_it():
    with pytest.raises(ValueError, match=r"it takes .es. .* or .en. .* or .eo."):
        choose_language("fr")


@pytest.mark.parametrize("kind", export_lessons.EXPORTS)
def test_a_lesson_is_exported_in_it(kind, tmp_path):
    html = "".join(f'<div lang="{lang}"><p>{lang}: shown</p></div>' for lang in LANGUAGES)
    output = new_output("display_data", data={"text/html": html, "text/plain": "x"})
    lesson = new_notebook(cells=[prose(), new_code_cell("x", outputs=[output])])
    lesson.cells[1].metadata = {"slideshow": {"slide_type": "-"}}
    nbformat.write(lesson, tmp_path / "00_a.ipynb")
    export_lessons.main([kind, "--stored", "--notebooks", str(tmp_path), "--output", str(tmp_path / "build")])
    for lang in LANGUAGES:
        (file,) = (tmp_path / "build" / kind / lang).glob("*.html")
        page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        assert page.html["lang"] == lang
        assert page.title.text == page.h1.text == f"0 · {lang}: title"
        assert re.findall(r"(\w+): (?:text|shown)", page.body.text) == [lang, lang]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_each_prose_cell_that_lacks_it_is_named(path):
    lesson = nbformat.read(path, as_version=4)
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            with pytest.raises(ProseError, match=f'it has no <div lang="{THIRD}">'):
                read_prose(cell.source)
    with pytest.raises(ProseError, match=f"cell {lesson.cells[0].id}: it has no <div"):
        one_language(lesson, "es")


def test_a_heading_that_lacks_it_is_named():
    heading, _, divs = prose().source.partition("\n")
    two = heading.rpartition(' <span class="ph-between">')[0]
    with pytest.raises(ProseError, match=r"the heading .* is neither the same in all languages nor"):
        read_prose(f"{two}\n{divs}")
