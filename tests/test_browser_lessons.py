"""Each lesson in a real JupyterLab, run from top to bottom and looked at in each language."""

import shutil
from pathlib import Path

import nbformat
import pytest

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import read_prose
from tests import browser

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSONS = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))

# What is wider than the place it has: the page, a code cell's editor, an output.
TOO_WIDE = """() => {
    const places = '.jp-WindowedPanel-outer, .jp-Notebook .cm-scroller, .jp-Notebook .jp-OutputArea-output,'
        + '.jp-Notebook .jp-RenderedMarkdown';
    return [...document.querySelectorAll(places)]
        .filter(place => place.clientWidth && place.scrollWidth > place.clientWidth + 1)
        .map(place => place.className + ': ' + place.textContent.slice(0, 80));
}"""
BROKEN = """() => [...document.querySelectorAll('.jp-Notebook img')]
    .filter(image => image.offsetParent && !(image.complete && image.naturalWidth))
    .map(image => image.alt)"""
OUTPUTS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
    .filter(cell => cell.type === 'code')
    .flatMap(cell => Array.from({length: cell.outputs.length}, (_, place) => cell.outputs.get(place).toJSON()))"""
HEADINGS = """() => [...document.querySelectorAll('.jp-Notebook .jp-RenderedMarkdown :is(h1, h2, h3)')]
    .map(heading => heading.innerText.replace('¶', '').trim()).filter(text => text)"""
EMPTY = """() => [...document.querySelectorAll('.jp-Notebook .jp-OutputArea-child')]
    .filter(output => !output.querySelector('.jp-OutputArea-output')?.offsetHeight)
    .map(output => output.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lessons") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder)
    # All cells on the page at once, or what is out of view could not be measured.
    with browser.jupyter(folder, {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}) as address:
        yield address


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_shows_no_error_but_its_own_and_no_scroll_bar(page, url, name):
    cells = nbformat.read(NOTEBOOKS / name, as_version=4).cells
    meant = sum("raises-exception" in cell.metadata.get("tags", []) for cell in cells)
    browser.open_notebook(page, url, name)
    page.get_by_role("button", name="English").wait_for(timeout=browser.PATIENCE)
    prose = [read_prose(cell.source) for cell in cells if cell.cell_type == "markdown"]
    for lang, language in LANGUAGES.items():
        page.get_by_role("button", name=language).click()
        page.get_by_role("button", name=language, pressed=True).wait_for()
        assert page.evaluate(HEADINGS) == [cell[lang].heading.lstrip("# ") for cell in prose if cell[lang].heading]
        for wrong in (TOO_WIDE, BROKEN, EMPTY):
            browser.expect_none(page, wrong)
    outputs = page.evaluate(OUTPUTS)
    assert [output["output_type"] for output in outputs].count("error") == meant
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
    assert page.get_by_text("Error displaying widget").count() == 0
