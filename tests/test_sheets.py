"""What a teacher hands out and reads: the map of shapes, the glossary, and the guide docs/teaching.md."""

import csv
import re

import pytest
from bs4 import BeautifulSoup

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import read_prose
from tools import minutes, sheets
from tools.minutes import GUIDE, GUIDE_LESSON, GUIDE_PLAN, GUIDE_SECTION, SHORT_OR_DEEP, WHEN, refresh_guide, sections
from tools.sheets import GLOSSARY, SHAPES, SHEETS, export_sheets, half, in_alphabet, terms

DOCUMENTS = {path.name: path for path in (GUIDE, SHAPES)}
LESSONS = minutes.read_lessons()
TEXT = GUIDE.read_text(encoding="utf-8")
HALVES = {lang: half(TEXT, lang) for lang in LANGUAGES}
ROWS = list(csv.DictReader(GLOSSARY.read_text(encoding="utf-8").splitlines()))
SKIP = {"es": "saltar", "en": "skip"}
PARTS = {
    "es": (
        "Ideas equivocadas",
        "Para discutir",
        "Dónde parar y preguntar",
        "Qué se puede saltar",
        "Preguntas de salida",
    ),
    "en": ("Misconceptions", "To discuss", "Where to stop and ask", "What to skip", "Exit ticket"),
}
LINK = re.compile(r"\]\(([^)\s]+)\)")
in_each_language = pytest.mark.parametrize("lang", LANGUAGES)


# The sheets.


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The sheets' files, by language and name."""
    written = {}
    for lang in LANGUAGES:
        folder = tmp_path_factory.mktemp(lang)
        written |= {(lang, path.stem): path for path in export_sheets(lang, folder)}
    return written


def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@in_each_language
def test_the_glossary_has_every_term_and_what_it_means(pages, lang):
    table = soup(pages[lang, "glossary"]).main.table
    said = {row.td.text: row.select_one(".meaning").text for row in table.tbody.select("tr")}
    assert said == {row[lang]: row[f"{lang}_means"].replace("`", "") for row in ROWS}
    assert {code.text for code in table.select("code")} >= {"[PAD]", "##", "MISSING"}


@in_each_language
def test_the_glossary_is_in_the_order_of_its_alphabet(lang):
    names = [row[lang] for row in terms(lang)]
    assert names == sorted(names, key=in_alphabet)
    assert names != sorted(row[next(other for other in LANGUAGES if other != lang)] for row in ROWS)


def test_accents_do_not_move_a_word_and_enye_is_a_letter():
    words = ["ñu", "zorro", "época", "epílogo", "Nube", "nuez", "capa lineal", "cápita", "capa"]
    assert sorted(words, key=in_alphabet) == [
        "capa", "capa lineal", "cápita", "epílogo", "época", "Nube", "nuez", "ñu", "zorro"
    ]  # fmt: skip


@in_each_language
def test_a_sheet_is_in_one_language(pages, lang):
    others = [other for other in LANGUAGES if other != lang]
    for name in SHEETS:
        page = soup(pages[lang, name])
        assert page.html["lang"] == lang
        assert len(page.select("h1")) == 1
        assert all(LANGUAGES[other] not in page.main.text for other in LANGUAGES)
    for other in others:
        page = soup(pages[lang, "glossary"])
        assert all(row[f"{other}_means"].replace("`", "") not in page.main.text for row in ROWS)
        # The other language's term is there, and says which language it is.
        assert {cell.text for cell in page.select(f'td[lang="{other}"]')} == {row[other] for row in ROWS}
        elsewhere = half(SHAPES.read_text(encoding="utf-8"), other)
        title = elsewhere.splitlines()[0].removeprefix("# ")
        assert title not in soup(pages[lang, "shapes"]).text


@in_each_language
def test_a_sheet_needs_nothing_beside_it_and_links_the_exported_lessons(pages, lang):
    for name in SHEETS:
        page = soup(pages[lang, name])
        assert not page.select("link, script[src], img")
        assert not re.search(r"url\(|@import", page.style.text)
    linked = {link["href"] for link in soup(pages[lang, "shapes"]).select("a")}
    assert linked == {f"{stem}.html" for stem in LESSONS if stem[:2] in {"00", "01", "02", "03", "04", "05"}}


@pytest.mark.browser
@in_each_language
def test_the_map_of_shapes_is_one_page_of_a4(page, pages, lang):
    page.set_content(pages[lang, "shapes"].read_text(encoding="utf-8"))
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    width, height = map(float, re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed).groups())
    assert (width, height) == pytest.approx((595, 842), abs=1.5)


@pytest.mark.browser
@in_each_language
def test_no_column_of_a_printed_sheet_is_cut_off(page, pages, lang):
    page.set_viewport_size({"width": 688, "height": 1000})  # 182 mm, what is left between the margins
    page.emulate_media(media="print")
    for name in SHEETS:
        page.set_content(pages[lang, name].read_text(encoding="utf-8"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 688


@in_each_language
def test_the_shapes_of_the_example_are_the_models(lang, trace):
    """Each letter has one size; B is 2 and S is 16 with the tutorial's sentences."""
    text = half(SHAPES.read_text(encoding="utf-8"), lang)
    sizes = {row[0]: int(row[1]) for row in re.findall(r"^\| `(\w)` \|[^\n]*\| (\d+) \| \d+ \|$", text, re.MULTILINE)}
    assert sizes == {"B": 2, "S": 16, "H": 384, "A": 12, "D": 32}
    rows = [re.findall(r"`\[([^`]+)\]`", line) for line in text.splitlines() if line.startswith("| ")]
    pairs = [
        (names[at], names[at + len(names) // 2]) for names in map(shapes_in, rows) for at in range(len(names) // 2)
    ]
    assert len(pairs) >= 13
    for named, counted in pairs:
        assert [value(part, sizes) for part in named.split(", ")] == [int(part) for part in counted.split(", ")], named
    assert list(trace.hidden_states[0].shape) == [sizes["B"], sizes["S"], sizes["H"]]
    assert list(trace.logits.shape) == [2, 2]


def shapes_in(found):
    """Of what stands in brackets in a row, the shapes: letters first, then the numbers."""
    return [one for one in found if re.fullmatch(r"(?:\d?[BSHAD]|\d+)(?:, (?:\d?[BSHAD]|\d+))+", one)]


def value(part, sizes):
    """`4H` → 1536."""
    number, letter = re.fullmatch(r"(\d*)([BSHAD]?)", part).groups()
    return int(number or 1) * sizes.get(letter, 1)


# The documents in two halves.


def structure(text):
    """What has to be alike in both languages: headings, tables' rows and columns, lists, code, links."""
    lines, found, fenced = text.splitlines(), [], False
    for line in lines:
        if line.startswith("```"):
            fenced = not fenced
            found.append("```")
        elif fenced:
            found.append("code")
        elif line.startswith("|"):
            found.append(f"row of {line.count('|')}")
        elif mark := re.match(r"#+ |- |\d+\. ", line):
            found.append(mark[0])
        elif line:
            found.append("text")
        if not fenced:
            found += [f"→ {target}" for target in LINK.findall(line)]
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_halves_have_the_same_structure(name):
    text = DOCUMENTS[name].read_text(encoding="utf-8")
    first, *others = (structure(half(text, lang)) for lang in LANGUAGES)
    for other in others:
        for place, (one, two) in enumerate(zip(first, other, strict=False)):
            assert one == two, f"{place}: {first[place - 3 : place + 2]} and {other[place - 3 : place + 2]}"
        assert len(first) == len(other)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_that_exist(name):
    path = DOCUMENTS[name]
    targets = LINK.findall(path.read_text(encoding="utf-8"))
    assert targets
    for target in targets:
        if not target.startswith(("https://", "#")):
            assert (path.parent / target).resolve().exists(), target


def test_a_document_without_a_language_is_refused():
    with pytest.raises(ValueError, match="Español, English"):
        half("# Uno · One\n\n## Español\n\nTexto.\n", "es")
    with pytest.raises(ValueError, match="Español, English"):
        half("# Uno\n\n## Español\n\nTexto.\n\n## English\n\nText.\n", "es")


# The guide.


def lessons_of(lang):
    """What the guide says of each lesson, by its file's stem."""
    parts = re.split(r"^(?=#### \[)|^(?=### )", HALVES[lang], flags=re.MULTILINE)
    return {found[1]: part for part in parts if (found := GUIDE_LESSON.match(part))}


@in_each_language
def test_every_lesson_has_its_parts(lang):
    assert list(lessons_of(lang)) == list(LESSONS)
    for stem, said in lessons_of(lang).items():
        parts = re.split(rf"\*\*({'|'.join(PARTS[lang])})\.\*\*", said)
        assert tuple(parts[1::2]) == PARTS[lang], stem
        beliefs, questions, stops, skip, ticket = parts[2::2]
        assert len(rows(beliefs)) >= 4, stem
        assert len(re.findall(r"^- ", questions, re.MULTILINE)) >= 2, stem
        assert len(rows(stops)) >= 3, stem
        assert skip.strip(), stem
        assert len(re.findall(r"^\d\. .+[?.] \*.+\*$", ticket, re.MULTILINE)) == 2, stem


def rows(table):
    """The rows of a markdown table under its heading, as lists of cells."""
    return [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]


@in_each_language
def test_what_is_quoted_of_a_lesson_is_a_heading_of_it(lang):
    """A section that was given another name, and that the guide still calls by the old one."""
    quoted = {"es": r"«([^»]+)»", "en": r"“([^”]+)”"}[lang]
    for stem, said in lessons_of(lang).items():
        headings = {plain(heading) for heading in headings_of(LESSONS[stem], lang)}
        parts = re.split(rf"\*\*({'|'.join(PARTS[lang])})\.\*\*", said)
        places = [row[2] for row in rows(parts[2])] + [row[0] for row in rows(parts[6])]
        for name in re.findall(quoted, " ".join(places)):
            assert plain(name) in headings, f"{stem}: {name}"


def headings_of(lesson, lang):
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            yield read_prose(cell.source)[lang].heading.lstrip("# ")


def plain(text):
    return re.sub(r"[«»“”‘’`]", "", text)


@in_each_language
def test_the_tables_have_the_lessons_sections_and_their_minutes(lang):
    assert refresh_guide(TEXT, LESSONS) == TEXT, "python -m tools.minutes"
    for stem, said in lessons_of(lang).items():
        table = [found.groups() for line in said.splitlines() if (found := GUIDE_SECTION.fullmatch(line))]
        assert [name for name, *_ in table] == [section.names[lang] for section in sections(LESSONS[stem])], stem
        deep = int(stem[:2]) in minutes.DEEP
        for section, (_, short, long) in zip(sections(LESSONS[stem]), table, strict=True):
            assert (short == "—") == deep
            assert {short, long} <= {"—", SKIP[lang], *WHEN[lang]}
            if section.skip:
                assert WHEN[lang][1] not in (short, long), section.names


@in_each_language
def test_what_is_done_in_class_fits_into_its_session(lang):
    """65 minutes of 90 and 35 of 50: the rest is for tickets and discussion."""
    plans = re.split(r"^#### ", HALVES[lang], flags=re.MULTILINE)
    for long, many, room in ((90, 3, 65), (50, 6, 35)):
        plan = next(part for part in plans if str(long) in part.splitlines()[0])
        found = [line for line in plan.splitlines() if GUIDE_PLAN.fullmatch(line)]
        assert len(found) == 2 * many
        for line in found:
            before, in_class, after = map(int, re.findall(r"(?<=\| )\d+(?= \|)", line)[-3:])
            assert before + after > 0
            assert 15 <= in_class <= room, line
        for track, name in enumerate(SHORT_OR_DEEP[lang]):
            linked = [stem for line in found if f"| {name} |" in line for stem in re.findall(r"/(\w+)\.ipynb", line)]
            assert linked == [stem for stem in LESSONS if track or int(stem[:2]) not in minutes.DEEP]
        spent = [line.split(" | ")[0] for line in plan.splitlines() if re.fullmatch(r"\| \d+ \| [^|]+ \|", line)]
        assert sum(int(cell.strip("| ")) for cell in spent) == long


@in_each_language
def test_the_points_of_the_rubric_add_up(lang):
    *criteria, total = [
        [int(number) for number in re.findall(r"\*\*(\d+)\*\*", line)]
        for line in HALVES[lang].splitlines() if re.fullmatch(r"\|[^|]+\|(?: \*\*\d+\*\*[^|]*\|){3}", line)
    ]  # fmt: skip
    assert len(criteria) == 5
    assert all(full > half_done > none == 0 for full, half_done, none in criteria)
    assert total == [sum(column) for column in zip(*criteria, strict=True)]


def test_a_guide_gets_the_minutes_of_its_sections_and_plans(monkeypatch):
    """Exercises are counted after class, in whichever section they stand; what is skipped is not counted."""
    made = [
        minutes.Section({"es": "Uno", "en": "One"}, words={"es": 140 * 4, "en": 0}),
        minutes.Section({"es": "Dos", "en": "Two"}, words={"es": 140 * 10, "en": 0}, exercises=7),
        minutes.Section({"es": "Tres", "en": "Three"}, words={"es": 140 * 30, "en": 0}, exercises=9),
    ]
    monkeypatch.setattr(minutes, "sections", lambda lesson: made)
    guide = """# G · G
## Español
| 1 | corto | [0](../notebooks/00_x.ipynb) | 0 | 0 | 0 |
| 1 | a fondo | [0](../notebooks/00_x.ipynb) | 0 | 0 | 0 |
#### [0 · x](../notebooks/00_x.ipynb)
| Uno | 0 | antes | antes |
| Dos | 0 | clase | después |
| Tres | 0 | saltar | saltar |
## English
"""
    after = refresh_guide(guide, {"00_x": None})
    assert "| 1 | corto | [0](../notebooks/00_x.ipynb) | 4 | 10 | 7 |" in after
    assert "| 1 | a fondo | [0](../notebooks/00_x.ipynb) | 4 | 0 | 17 |" in after
    assert "| Dos | 17 | clase | después |" in after
    assert "| Tres | 39 | saltar | saltar |" in after


def test_the_command_writes_both_sheets(tmp_path, capsys):
    sheets.main(["en", "--output", str(tmp_path)])
    assert sorted(path.name for path in (tmp_path / "en").iterdir()) == ["glossary.html", "shapes.html"]
    assert str(tmp_path / "en" / "shapes.html") in capsys.readouterr().out
