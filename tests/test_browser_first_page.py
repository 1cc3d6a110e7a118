"""What a newcomer sees first: a lesson in JupyterLab at 1280 × 800, as it is opened, in a real Chromium."""

import shutil
from pathlib import Path

import pytest

from pipeline_helpers.language import LANGUAGES
from tests import browser

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSONS = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
FIRST = LESSONS[0]
HOW_TO_RUN = {"es": "Pulsa Mayús + Intro", "en": "Press Shift + Enter"}
# The notebook's part of the screen, from its upper to its lower edge.
SCREENFUL = """() => {
    const { top, bottom } = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect();
    return [top, bottom];
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lessons") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder)
    with browser.jupyter(folder) as address:
        yield address


def expect_in_first_screenful(page, part):
    part.wait_for()
    top, bottom = page.evaluate(SCREENFUL)
    place = part.bounding_box()
    assert top <= place["y"] < place["y"] + place["height"] <= bottom, f"{place} is not within {top}–{bottom}"


def names(page, lang):
    """The names of `lang` that stand in front of texts on the page."""
    return page.locator(f".jp-RenderedMarkdown div[lang={lang}] .ph-between:has-text('{LANGUAGES[lang]}')")


@pytest.mark.parametrize("name", LESSONS)
def test_the_switch_that_has_not_run_is_in_the_first_screenful(page, url, name):
    browser.show_notebook(page, url, name)
    page.locator(".jp-DirListing-item").first.wait_for()  # the file browser takes its part of the width
    for lang in LANGUAGES:
        expect_in_first_screenful(page, page.locator(f".jp-OutputArea-output div[lang={lang}]").first)
        expect_in_first_screenful(page, names(page, lang).first)


def test_who_does_what_the_page_says_chooses_a_language_without_scrolling(page, url):
    browser.show_notebook(page, url, FIRST)
    for lang, text in HOW_TO_RUN.items():
        how = page.locator(f"div[lang={lang}]").get_by_text(text)
        expect_in_first_screenful(page, how)
        assert how.bounding_box()["y"] < page.locator(".jp-CodeCell").first.bounding_box()["y"]
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    page.locator(".jp-RenderedMarkdown").first.click()
    for _ in range(1 + page.locator(".jp-CodeCell").first.evaluate(
        "cell => [...cell.parentElement.querySelectorAll('.jp-Cell')].indexOf(cell)"
    )):  # fmt: skip
        page.keyboard.press("Shift+Enter")
    page.get_by_role("button", name="English").wait_for()
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
    expect_in_first_screenful(page, page.get_by_role("button", name="English"))
    for chosen, name in LANGUAGES.items():
        page.get_by_role("button", name=name).click()
        page.locator(f".jp-RenderedMarkdown div[lang={chosen}]").first.wait_for()
        for lang in LANGUAGES:
            assert names(page, lang).count() > 0
            assert not any(label.is_visible() for label in names(page, lang).all())
