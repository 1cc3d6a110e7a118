"""Exported lessons in a real Chromium without a network: formulas and figures are there, and each slide fits."""

import base64
import re
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import BETWEEN, read_prose
from pipeline_helpers.practice.questions import questions_of
from pipeline_helpers.practice.quiz import static_html
from tools.export_lessons import export_handout, export_slides
from tools.one_language import one_language

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = [*sorted(FOLDER.glob("*.ipynb")), *sorted(FOLDER.glob("practice/*.ipynb"))]
NAMES = ["-".join(path.relative_to(FOLDER).with_suffix("").parts) for path in NOTEBOOKS]
WIDTH, HEIGHT = 1280, 720
SMALLEST = 18
"""Pixels of a letter that the last row can read. Exponents and indices of formulas are smaller by nature."""
FIGURE = 828
"""Pixels of width at which figures are drawn; their letters of 12 points have to be 16 pixels high on a slide."""
SIZES = {20, 24}
"""Pixels of all letters on a slide but those of headings and of the line at its top."""
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

# What is wrong with the slides, after going to each of them with its answers folded out and all of it shown.
PROBLEMS = """([width, height, smallest, figure]) => {
  const problems = [];
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim();
  const hasText = (part) => [...part.childNodes].some(isText);
  const slides = [...document.querySelectorAll(".slides section")].filter((slide) => !slide.querySelector("section"));
  for (const slide of slides) {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    const later = ".where, .fragment:not(.visible)";
    if (![...slide.querySelectorAll("*")].some((part) => (hasText(part) || part.src) && !part.closest(later)))
      problems.push(`slide ${h}/${v} begins empty`);
    slide.querySelectorAll("details").forEach((answer) => { answer.open = true; });
    const name = `slide ${h}/${v} (${slide.innerText.trim().slice(0, 60).replace(/\\n+/g, " | ")})`;
    if (slide.scrollHeight > height || slide.scrollWidth > width)
      problems.push(`${name}: ${slide.scrollWidth} × ${slide.scrollHeight} pixels`);
    const box = slide.getBoundingClientRect();
    for (const part of slide.querySelectorAll("*")) {
      const { left, top, right, bottom, width: wide } = part.getBoundingClientRect();
      if (wide && (left < box.left - 1 || top < box.top - 1 || right > box.right + 1 || bottom > box.bottom + 1))
        problems.push(`${name}: <${part.tagName}> reaches ${Math.round(right)}, ${Math.round(bottom)}`);
      const size = parseFloat(getComputedStyle(part).fontSize);
      if (hasText(part) && wide && !part.closest("math") && size < smallest)
        problems.push(`${name}: letters of ${size} pixels: ${part.textContent}`);
      if (part.tagName === "IMG" && !(part.naturalWidth && wide)) problems.push(`${name}: an empty picture`);
      const drawn = part.tagName === "IMG" && parseFloat(part.dataset.drawn);
      const lessons = drawn && Math.round(drawn) === figure && part.naturalHeight / part.naturalWidth * figure <= 560;
      if (lessons && wide / drawn < 0.955) problems.push(`${name}: a figure's letters of ${wide / drawn * 12} points`);
    }
    slide.querySelectorAll("details").forEach((answer) => { answer.open = false; });
  }
  return problems;
}"""


# The sizes of letters on all slides, without those of headings, formulas and the line at the top.
LETTERS = """() => [...document.querySelectorAll(".slides section section *")]
  .filter((part) => !part.closest("h1, h2, h3, math, .where, .notes"))
  .filter((part) => [...part.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
  .map((part) => parseFloat(getComputedStyle(part).fontSize))"""

# For each slide, what part of the room for it lies inside a box around all that stands on it.
FILLED = """() => [...document.querySelectorAll(".slides section section")].map((slide) => {
  const { h, v } = Reveal.getIndices(slide);
  Reveal.slide(h, v);
  const box = slide.getBoundingClientRect();
  const parts = [...slide.querySelectorAll("h1, h2, h3, p, li, pre, table, img, summary, math")];
  const boxes = parts.filter((part) => !part.closest(".where, .notes")).map((part) => {
    const range = document.createRange();
    range.selectNode(part);
    if (part.tagName !== "IMG") range.selectNodeContents(part);
    return range.getBoundingClientRect();
  }).filter(({ width }) => width);
  const wide = Math.max(...boxes.map((b) => b.right)) - Math.min(...boxes.map((b) => b.left));
  const high = Math.max(...boxes.map((b) => b.bottom)) - Math.min(...boxes.map((b) => b.top));
  return Math.round(100 * wide * high / (1160 * 634)) / 100;
})"""


@pytest.fixture
def offline(chromium):
    """An empty page of the size of a slide that reads files and nothing else; `asked` is what it asked for besides."""
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.asked = []
    page.on("request", lambda request: note(request.url))
    page.on("pageerror", lambda error: page.asked.append(f"error: {error}"))

    def note(url):
        if not url.startswith(("file:", "data:", "blob:")):
            page.asked.append(url)

    yield page
    context.close()


HEADING = f'## <span lang="es">Uno</span>{BETWEEN}<span lang="en">One</span>'


def prose(es, en, slide="slide", heading=HEADING):
    source = f'{heading}\n\n<div lang="es">\n\n{es}\n\n</div>\n<div lang="en">\n\n{en}\n\n</div>'
    return new_markdown_cell(source.strip(), metadata={"slideshow": {"slide_type": slide}})


def code(source, *outputs, slide="-"):
    return new_code_cell(source, outputs=list(outputs), metadata={"slideshow": {"slide_type": slide}})


def printed(text):
    return new_output("stream", name="stdout", text=text)


def picture(width, height):
    """A white picture as `ph.show` writes it."""
    with BytesIO() as file:
        Image.new("L", (width, height), 255).save(file, format="png")
        data = base64.b64encode(file.getvalue()).decode("ascii")
    return f'<img alt="blanco" style="width:{width}px;max-width:100%;height:auto" src="data:image/png;base64,{data}">'


def figure(image=f'<img alt="Un punto · A dot" src="{PIXEL}">'):
    html = "".join(f'<div lang="{lang}">{image}</div>' for lang in LANGUAGES)
    return new_output("display_data", data={"text/html": f'<div class="ph-figure">{html}</div>', "text/plain": "x"})


def deck(page, folder, *cells, lang="es"):
    """Show the slides of a lesson of `cells`."""
    lesson = one_language(new_notebook(cells=list(cells)), lang)
    export_slides(lesson, "made", lang, folder)
    show(page, folder / "made.slides.html")


def show(page, path):
    page.goto(path.as_uri())
    if path.name.endswith(".slides.html"):
        page.wait_for_function("() => window.Reveal && Reveal.isReady()")


def problems(page):
    return page.evaluate(PROBLEMS, [WIDTH, HEIGHT, SMALLEST, FIGURE])


def letters(page):
    return set(page.evaluate(LETTERS))


def leaves(page):
    """The text of each slide, in order."""
    return page.evaluate(
        "() => [...document.querySelectorAll('.slides section')].filter((s) => !s.querySelector('section'))"
        ".map((s) => s.textContent)"
    )


@pytest.mark.parametrize("export", [export_handout, export_slides])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_formula_and_a_figure_are_there_without_a_network(offline, tmp_path, export, lang):
    formula = "$e^x$\n\n$$\\frac{e^{z_i}}{\\sum_j e^{z_j}}$$"
    cells = [prose(f"Vale {formula}", f"It is {formula}"), code("ph.show(x)", figure())]
    export(one_language(new_notebook(cells=cells), lang), "made", lang, tmp_path)
    show(offline, next(tmp_path.glob("made*.html")))
    formulas = offline.locator("math").evaluate_all("all => all.map((m) => m.getBoundingClientRect().toJSON())")
    assert len(formulas) == 2
    assert all(box["width"] > 10 and box["height"] > 10 for box in formulas)
    assert formulas[1]["height"] > 1.5 * formulas[0]["height"]  # a fraction is drawn, not written in a line
    assert offline.locator("img").evaluate_all("all => all.map((i) => i.naturalWidth)") == [1]
    assert offline.locator("html").get_attribute("lang") == lang
    assert offline.asked == []


def headings(path, lang):
    """The text of each heading of the lesson at `path`, in `lang`."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    found = [read_prose(cell.source)[lang].heading.lstrip("# ") for cell in cells]
    return [heading for heading in found if heading]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_every_slide_of_every_lesson_fits(offline, tmp_path, path, lang):
    export_slides(one_language(nbformat.read(path, as_version=4), lang), path.stem, lang, tmp_path)
    show(offline, tmp_path / f"{path.stem}.slides.html")
    assert len(leaves(offline)) > 5
    assert offline.locator(".slides :is(h1, h2, h3)").all_text_contents() == headings(path, lang)
    assert problems(offline) == []
    assert letters(offline) <= SIZES
    filled = offline.evaluate(FILLED)
    empty = [share for share in filled if share < 0.4]
    print(f"{path.stem} {lang}: {len(filled)} slides, {len(empty)} more than 60 % empty {empty}")
    # An exercise and what is to be completed stand together, on a slide of their own; the last slide holds two links.
    assert len(empty) <= (0.35 if path.parent.name == "practice" else 0.2) * len(filled)
    assert offline.asked == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_every_handout_is_as_wide_as_the_window(offline, tmp_path, path, lang):
    export_handout(one_language(nbformat.read(path, as_version=4), lang), path.stem, lang, tmp_path)
    show(offline, tmp_path / f"{path.stem}.html")
    assert offline.evaluate("document.documentElement.scrollWidth") == WIDTH
    assert offline.locator("h1, h2, h3").all_text_contents() == headings(path, lang)
    assert offline.locator("img").evaluate_all("all => all.filter((i) => !i.naturalWidth).map((i) => i.alt)") == []
    assert offline.asked == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_quiz_goes_on_slides_question_by_question(offline, tmp_path, lang):
    quiz = code('ph.quiz("tokenizer")', new_output("display_data", data={"text/html": static_html("tokenizer")}))
    deck(offline, tmp_path, prose("Uno.", "One."), quiz, lang=lang)
    assert problems(offline) == []
    questions = [question.text[lang].replace("`", "") for question in questions_of("tokenizer")]
    text = "".join(leaves(offline))
    places = [text.index(question) for question in questions]
    assert places == sorted(places)
    numbers = offline.locator(".question ol").evaluate_all("all => all.map((list) => list.start)")
    assert numbers == list(range(1, len(questions) + 1))
    for question in questions_of("tokenizer"):
        for option in question.options:
            assert option.text[lang].replace("`", "") in text


def test_what_does_not_fit_goes_on_to_the_next_slide_and_nothing_is_lost(offline, tmp_path):
    words = [f"palabra{n}" for n in range(900)]
    paragraphs = "\n\n".join(" ".join(words[n : n + 60]) for n in range(0, 900, 60))
    deck(offline, tmp_path, prose(paragraphs, "x"), code("1 + 1", printed("listo")))
    text = leaves(offline)
    assert problems(offline) == []
    assert len(text) > 3
    assert re.findall(r"palabra\d+", " ".join(text)) == words
    assert all("Uno" in slide for slide in text)  # where in the lesson it stands


def test_a_cell_that_does_not_fit_beside_another_goes_over_whole(offline, tmp_path):
    paragraph = "palabra " * 150
    deck(offline, tmp_path, prose(paragraph, "x"), code("\n".join(["x = 1"] * 12), printed("fin")))
    first, second = leaves(offline)
    assert "x = 1" not in first
    assert second.count("x = 1") == 12
    assert "fin" in second


def test_a_fragment_that_is_moved_to_its_own_slide_does_not_begin_empty(offline, tmp_path):
    deck(offline, tmp_path, prose("palabra " * 150, "x"), prose("otra " * 150, "x", "fragment", ""))
    assert len(leaves(offline)) == 2
    assert problems(offline) == []


@pytest.mark.parametrize("length", [80, 105, 130])
def test_a_fragment_is_measured_with_the_letters_that_it_is_shown_with(offline, tmp_path, length):
    """reveal.js lets fragments glide to a new size; measured on its way, one seemed smaller than it then was."""
    lines = code("\n".join(["x = 1"] * 14), printed("fin"))
    deck(offline, tmp_path, prose("palabra " * 200, "x"), lines, prose("otra " * length, "x", "fragment", ""))
    assert problems(offline) == []


def test_a_slide_that_begins_empty_is_found(offline, tmp_path):
    deck(offline, tmp_path, prose("uno", "x"))
    offline.evaluate(
        "document.querySelectorAll('.slides section section > *').forEach((part) => part.classList.add('fragment'))"
    )
    assert any("begins empty" in problem for problem in problems(offline))


def test_a_slide_that_cannot_fit_is_found(offline, tmp_path):
    deck(offline, tmp_path, prose("a", "a"), code("x", printed("línea\n" * 60)))
    assert any("pixels" in problem for problem in problems(offline))


def test_letters_that_are_too_small_are_found(offline, tmp_path):
    small = new_output("display_data", data={"text/html": '<p style="font-size:12px">x</p>', "text/plain": "x"})
    deck(offline, tmp_path, prose("a", "a"), code("x", small))
    assert any("12 pixels" in problem for problem in problems(offline))


def test_an_answer_folds_out_and_the_result_waits_for_the_next_step(offline, tmp_path):
    question = "¿Cuánto?\n\n<details><summary>Respuesta</summary>\n\nDos.\n\n</details>"
    deck(offline, tmp_path, prose(question, question), code("1 + 1", printed("dos")))
    result = offline.locator(".jp-OutputArea-output")
    assert not offline.get_by_text("Dos.", exact=True).is_visible()
    offline.get_by_text("Respuesta", exact=True).click()
    assert offline.get_by_text("Dos.", exact=True).is_visible()
    assert not result.is_visible()
    offline.keyboard.press("PageDown")
    result.wait_for(state="visible")


def test_a_link_leads_to_the_next_lesson(offline, tmp_path):
    link = "[Siguiente](next.ipynb)"
    export_handout(one_language(new_notebook(cells=[prose("fin", "end")]), "es"), "next", "es", tmp_path)
    export_handout(one_language(new_notebook(cells=[prose(link, link)]), "es"), "made", "es", tmp_path)
    show(offline, tmp_path / "made.html")
    offline.get_by_text("Siguiente").click()
    offline.wait_for_url("**/next.html")


def test_a_figure_and_what_is_said_of_it_are_on_one_slide(offline, tmp_path):
    """The lesson begins a slide with each; a figure of the lessons' height leaves no room under a long text."""
    shown = code("ph.show(x)", figure(picture(FIGURE, 560)), slide="subslide")
    cells = [prose("antes " * 90, "x"), shown, prose("Fíjate en esto. " * 25, "x", "subslide", "")]
    deck(offline, tmp_path, *cells)
    with_figure = offline.locator(".slides section section:has(img)")
    assert with_figure.count() == 1
    assert "Fíjate" in with_figure.inner_text()
    assert "ph.show" not in offline.locator(".slides").inner_text()
    assert problems(offline) == []
    assert offline.locator("img").evaluate("image => image.getBoundingClientRect().width") >= 0.96 * FIGURE
    assert letters(offline) == SIZES


def test_a_low_figure_is_as_wide_as_the_slide(offline, tmp_path):
    deck(offline, tmp_path, prose("Mira.", "x"), code("ph.show(x)", figure(picture(FIGURE, 200))))
    assert offline.locator("img").evaluate("image => image.getBoundingClientRect().width") > 1100
    assert problems(offline) == []


def test_a_figure_that_is_too_small_is_found(offline, tmp_path):
    deck(offline, tmp_path, prose("Mira.", "x"), code("ph.show(x)", figure(picture(FIGURE, 200))))
    offline.evaluate("document.querySelector('img').style.width = '700px'")
    assert any("points" in problem for problem in problems(offline))


def test_every_result_is_a_step(offline, tmp_path):
    deck(offline, tmp_path, prose("uno", "x"), code("1 + 1", printed("dos")))
    result = offline.locator(".jp-OutputArea-output")
    assert not result.is_visible()
    offline.keyboard.press("PageDown")
    result.wait_for(state="visible")


def test_a_slide_has_its_notes_and_nothing_asks_to_type_on_a_still_picture(offline, tmp_path):
    shown = code("ph.show(x)", figure(picture(FIGURE, 300)))
    shown.metadata["slideshow"]["notes"] = {"es": "Pregunta antes.", "en": "Ask first."}
    view = code("ph.LiveTokenizer()", figure(picture(FIGURE, 200)), slide="subslide")
    view.outputs[0].data["text/plain"] = "LiveTokenizer('x', checkpoint='classroom')"
    deck(offline, tmp_path, prose("Mira.", "x"), shown, prose("Escribe **tu** nombre.", "x"), view)
    texts = offline.evaluate("() => [...document.querySelectorAll('.slides section section')].map((s) => s.innerText)")
    assert len(texts) == 2
    assert "Escribe" not in "".join(texts)
    assert "En el cuaderno se escribe aquí" in texts[1]
    notes = offline.locator("section section > aside.notes, section section .shown > aside.notes")
    assert [note.strip() for note in notes.all_text_contents()] == ["Pregunta antes.", "Escribe tu nombre."]


def test_on_paper_nobody_types_and_pages_have_numbers_and_margins(offline, tmp_path):
    view = code("ph.LiveTokenizer()", figure(picture(FIGURE, 1500)))
    view.outputs[0].data["text/plain"] = "LiveTokenizer('x', checkpoint='classroom')"
    cells = [prose("Escribe tu nombre.", "x"), view]
    export_handout(one_language(new_notebook(cells=cells), "es"), "made", "es", tmp_path)
    show(offline, tmp_path / "made.html")
    assert offline.get_by_text("Escribe tu nombre.").is_visible()
    offline.emulate_media(media="print")
    assert not offline.get_by_text("Escribe tu nombre.").is_visible()
    assert offline.get_by_text("En el cuaderno se escribe aquí").is_visible()
    box = offline.locator("img").bounding_box()
    assert box["height"] <= 14 / 2.54 * 96 + 1  # 14 cm
    assert box["height"] / box["width"] == pytest.approx(1500 / FIGURE, rel=0.01)
    rules = offline.evaluate(
        "() => [...document.styleSheets].flatMap((s) => [...s.cssRules]).filter((r) => r.cssText.startsWith('@page'))"
        ".map((r) => r.cssText).join()"
    )
    assert "counter(page)" in rules
    assert re.search(r"margin: 18mm 17mm 20mm", rules)


def test_code_on_a_page_has_contrast(offline, tmp_path):
    lines = "import os\n# comment\nfor x in 'abc':\n    assert x is not None and 1.5 > 2, f'{x}'\n%xmode Minimal"
    export_handout(one_language(new_notebook(cells=[prose("a", "a"), code(lines)]), "es"), "made", "es", tmp_path)
    show(offline, tmp_path / "made.html")
    colours = offline.locator(".highlight span").evaluate_all("all => all.map((s) => getComputedStyle(s).color)")
    assert len(colours) > 10
    paper = luminance([0xF3, 0xF5, 0xF7])
    for colour in set(colours):
        ink = luminance([int(number) for number in re.findall(r"\d+", colour)[:3]])
        assert (paper + 0.05) / (ink + 0.05) >= 4.5, colour


def luminance(colour):
    """WCAG's relative luminance of a colour of sRGB."""
    parts = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
