"""How long a lesson takes: counted from what there is in it, and said by the lessons and the README."""

import copy
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from pipeline_helpers.language import LANGUAGES
from tools import minutes
from tools.export_lessons import export_handout, export_slides
from tools.minutes import refresh, refresh_readme, sections, total
from tools.one_language import one_language

LESSONS = minutes.read_lessons()
TRACK = {"es": ("recorrido corto", "recorrido a fondo"), "en": ("short track", "deep track")}


def prose(es, en, heading="", tags=()):
    """A prose cell; a heading as `## uno/one`."""
    level, _, names = heading.partition(" ")
    between = ' <span class="ph-between">·</span> '
    spans = [f'<span lang="{lang}">{name}</span>' for lang, name in zip(LANGUAGES, names.split("/"), strict=False)]
    first = f"{level} {between.join(spans)}\n\n" if heading else ""
    divs = "\n".join(f'<div lang="{lang}">\n\n{text}\n\n</div>' for lang, text in (("es", es), ("en", en)))
    return new_markdown_cell(first + divs, metadata={"tags": list(tags)})


def output(**data):
    return new_output("display_data", {key.replace("_", "/"): value for key, value in data.items()})


def lesson(*cells):
    begins = prose("Dura unos 0 minutos y nada más.", "It takes about 0 minutes and no more.", "# uno/one")
    return new_notebook(cells=[begins, new_code_cell("ph.language_switch()\nmore"), *cells])


def described(made):
    """Name, minutes and whether it can be skipped, of each section."""
    return [(one.names["en"], round(one.minutes, 2), one.skip) for one in sections(made)]


MINUTE = " ".join(["word"] * minutes.WORDS)


def test_each_kind_of_thing_takes_its_time_and_the_longer_language_counts():
    made = lesson(
        prose(f"{MINUTE} {MINUTE}", MINUTE, "## dos/two"),  # a heading is a word
        new_code_cell("a = 1\n\nb = 2", outputs=[new_output("stream", text="1\n2\n")]),
        new_code_cell("ph.show(x)", outputs=[output(text_html='<div lang="es"><img></div><div lang="en"><img></div>')]),
        new_code_cell("ph.LiveX()", outputs=[output(text_plain="LiveX('a')", text_html="<img>")]),
        prose("¿Cuánto?\n\n<details><summary>Respuesta</summary>\n\nDos.\n\n</details>",
              "How many?\n\n<details><summary>Answer</summary>\n\nTwo.\n\n</details>"),
    )  # fmt: skip
    two = sections(made)[1]
    assert (two.lines, two.outputs, two.figures, two.live, two.predictions) == (4, 1, 1, 1, 1)
    assert two.words == {"es": 2 * minutes.WORDS + 4, "en": minutes.WORDS + 5}
    seconds = 4 * minutes.LINE + minutes.OUTPUT + minutes.FIGURE + minutes.LIVE + minutes.PREDICTION
    assert two.minutes == pytest.approx(2 + 4 / minutes.WORDS + seconds / 60)


def test_markup_and_addresses_are_no_words():
    made = lesson(prose("uno [dos](a b.ipynb) <b class='c d'>tres</b>", "one", "## x/y"))
    assert sections(made)[1].words["es"] == 3 + 1  # and the heading


def test_a_draft_counts_as_it_is():
    assert sections(lesson(new_markdown_cell(MINUTE)))[0].words["en"] >= minutes.WORDS


def test_what_can_be_skipped_has_its_own_line_up_to_the_next_heading():
    made = lesson(
        prose(MINUTE, MINUTE, "## dos/two"),
        prose(MINUTE, MINUTE, "### tres/three", ["can-skip"]),
        prose(MINUTE, MINUTE),
        prose(MINUTE, MINUTE, "### cuatro/four"),
        prose(MINUTE, MINUTE, "## cinco/five", ["can-skip"]),
        prose(MINUTE, MINUTE, "### seis/six", ["can-skip"]),
    )
    found = [(name, round(time), skip) for name, time, skip in described(made)]
    assert found[1:] == [("two", 2, False), ("three", 2, True), ("five", 2, True)]
    source = refresh(made).cells[0].source
    assert "| dos | 2 |\n| tres (se puede saltar) | 2 |\n| cinco (se puede saltar) | 2 |\n\n</details>" in source
    assert "| two | 2 |\n| three (can be skipped) | 2 |" in source


def test_a_lesson_says_its_minutes_and_a_second_time_changes_nothing():
    made = refresh(lesson(*(prose(MINUTE, MINUTE, "## a|b/c") for _ in range(12))))
    (source, *_) = (cell.source for cell in made.cells)
    assert "It takes about 10 minutes and no more.\n\n<details><summary>Minutes by section</summary>" in source
    assert source.count("Dura unos 10 minutos y nada más.\n\n<details><summary>Minutos por sección</summary>") == 1
    assert r"| a\|b | 1 |" in source
    before = described(made)
    assert described(refresh(copy.deepcopy(made))) == before
    assert refresh(copy.deepcopy(made)) == made
    assert sections(made)[0].predictions == 0
    made.cells[0].source = source.replace("about 10", "about 90").replace("| c | 1 |", "| c | 7 |")
    assert refresh(made).cells[0].source == source


def test_a_lesson_that_does_not_say_how_long_it_takes_stays_as_it_is():
    made = new_notebook(cells=[prose("uno", "one", "# uno/one"), new_code_cell("1")])
    assert refresh(copy.deepcopy(made)) == made


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_is_on_paper_and_not_on_slides(lang, tmp_path):
    made = one_language(refresh(lesson(prose("a", "b", "## dos/two"))), lang)
    name, said = minutes.SUMMARY[lang], {"es": "y nada más.", "en": "and no more."}[lang]
    export_handout(made, "made", lang, tmp_path)
    assert name in (tmp_path / "made.html").read_text(encoding="utf-8")
    export_slides(made, "made", lang, tmp_path)
    slides = (tmp_path / "made.slides.html").read_text(encoding="utf-8")
    assert said in slides
    assert name not in slides
    assert "<table" not in slides


README = """## Español

| | lección | sabes |
| --- | --- | --- |
| 4 | [Softmax](notebooks/04_softmax.ipynb) | algo |
| 5 | [Capa](notebooks/05_layer.ipynb) | más |

## English

| | lesson | you can |
| --- | --- | --- |
| 4 | [Softmax](notebooks/04_softmax.ipynb) | something |

[Softmax](notebooks/04_softmax.ipynb) | a | b |
"""


def test_the_readme_gets_two_columns_once():
    short, long = lesson(), lesson(*(prose(MINUTE, MINUTE) for _ in range(30)))
    after = refresh_readme(README, {"04_softmax": short, "05_layer": long})
    assert "| | lección | sabes | minutos | recorrido |\n| --- | --- | --- | --- | --- |" in after
    assert "| 4 | [Softmax](notebooks/04_softmax.ipynb) | algo | 5 | corto |" in after
    assert "| 5 | [Capa](notebooks/05_layer.ipynb) | más | 30 | a fondo |" in after
    assert "| something | 5 | short |" in after
    assert after.endswith("\n[Softmax](notebooks/04_softmax.ipynb) | a | b |\n")
    assert refresh_readme(after, {"04_softmax": short, "05_layer": long}) == after
    assert "| más | 5 | a fondo |" in refresh_readme(after, {"05_layer": short})


@pytest.mark.parametrize("stem", LESSONS)
def test_a_lesson_says_its_own_minutes_and_its_track(stem):
    """Where it does not: `python -m tools.minutes`."""
    stored = LESSONS[stem]
    assert refresh(copy.deepcopy(stored)) == stored, f"{stem} takes {total(stored)} minutes: python -m tools.minutes"
    for lang in LANGUAGES:
        said = minutes.SENTENCE[lang].format(minutes=total(stored))
        (cell,) = [cell.source for cell in stored.cells if cell.cell_type == "markdown" and said in cell.source]
        assert TRACK[lang][int(stem[:2]) in minutes.DEEP] in cell


def test_the_readme_says_the_minutes_of_each_lesson():
    text = minutes.README.read_text(encoding="utf-8")
    assert refresh_readme(text, LESSONS) == text, "python -m tools.minutes"
    for stem in LESSONS:
        assert len(re.findall(rf"^\|.*notebooks/{stem}\.ipynb.*\| {total(LESSONS[stem])} \|", text, re.MULTILINE)) == 2


def test_the_report_adds_up_the_tracks(capsys):
    made = {"04_a": lesson(), "05_b": lesson()}
    assert [*minutes.report(made)][-2:] == ["   5  short track", "  10  all"]
