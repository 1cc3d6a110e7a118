"""The smallest letter of every figure of every lesson, as large as it comes out: on two screens and on a slide."""

import re
from pathlib import Path

import nbformat
import pytest

from pipeline_helpers.language import LANGUAGES
from tests import browser
from tools.export_lessons import export_slides, in_language

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
SCREENS = {1280: 12.0, 1024: None}
"""Pixels across the screen, JupyterLab's file browser shut, and the smallest letter allowed; None: it is only read."""
SLIDE, SLIDE_LETTER = {"width": 1280, "height": 720}, 16.0
# Each figure of the deck, shown on its slide: how many pixels high its smallest letter comes out.
LETTERS = """() => [...document.querySelectorAll('.slides img[data-letter]')].map((image) => {
    const { h, v } = Reveal.getIndices(image.closest('section'));
    Reveal.slide(h, v);
    const full = image.closest('.ph-place').style.getPropertyValue('--ph-width');
    return image.dataset.letter * image.getBoundingClientRect().width / parseFloat(full);
})"""


def figures_of(lesson):
    """The smallest letter and the width of each picture stored in a lesson, in px, as large as it gets."""
    for cell in lesson.cells:
        for output in cell.get("outputs", ()):
            for image in re.findall(r"<img [^>]*>", "".join(output.get("data", {}).get("text/html", ""))):
                letter = re.search(r'data-letter="([\d.]+)"', image)
                assert letter, f"a picture of {cell.id} does not say how large its letters are"
                yield float(letter[1]), float(re.search(r'style="width:(\d+)px', image)[1])


@pytest.fixture(scope="module")
def columns(tmp_path_factory, chromium):
    """How wide a figure comes out on each of `SCREENS`, in pixels."""
    folder = tmp_path_factory.mktemp("letters") / "notebooks"
    folder.mkdir()
    name = browser.notebook(
        folder, "one.ipynb", "# One", "import pipeline_helpers as ph\nph.show(ph.plot_tokens, ['a'])"
    )
    found = {}
    with browser.jupyter(folder) as url:
        for width in SCREENS:
            page = chromium.new_context(viewport={"width": width, "height": 800}).new_page()
            browser.open_notebook(page, url, name)
            page.evaluate("window.jupyterapp.shell.collapseLeft()")
            image = page.locator("img[data-letter]").first
            image.wait_for()
            page.wait_for_function("() => document.querySelector('img[data-letter]').naturalWidth > 0")
            found[width] = image.bounding_box()["width"]
            page.context.close()
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_letter_of_a_figure_is_too_small_on_a_screen(path, columns):
    figures = list(figures_of(nbformat.read(path, as_version=4)))
    assert figures
    for screen, bound in SCREENS.items():
        sizes = [letter * min(1, columns[screen] / width) for letter, width in figures]
        print(f"| {path.stem} | {len(figures)} pictures | {screen} px | {min(sizes):.1f} px |")
        assert bound is None or min(sizes) >= bound


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_letter_of_a_figure_is_too_small_on_a_slide(path, lang, chromium, tmp_path):
    export_slides(in_language(nbformat.read(path, as_version=4), lang, stored=True), path.stem, lang, tmp_path)
    page = chromium.new_context(viewport=SLIDE, offline=True).new_page()
    page.goto((tmp_path / f"{path.stem}.slides.html").as_uri())
    page.wait_for_function("() => window.Reveal?.isReady() && [...document.images].every(image => image.complete)")
    sizes = page.evaluate(LETTERS)
    page.context.close()
    print(f"| {path.stem} | {lang} | {len(sizes)} figures | slide | {min(sizes):.1f} px |")
    assert min(sizes) >= SLIDE_LETTER
