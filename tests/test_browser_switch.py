"""The language switch in a real Chromium: in JupyterLab, Notebook 7 and Voila, side by side and far out of view."""

import pytest

from pipeline_helpers.language.prose import BETWEEN
from tests import browser

pytestmark = pytest.mark.browser

WORDS = {"es": ("Tema", "Texto"), "en": ("Topic", "Text"), "eo": ("Temo", "Teksto")}
"""What a heading says, and what stands under it."""
SWITCH = "import pipeline_helpers as ph\nph.language_switch()"
FIGURE = """def plot(*, ax=None, lang=None):
    import matplotlib.pyplot as plt
    from pipeline_helpers.figures.style import set_alt_text
    ax = plt.figure(figsize=(3, 1)).add_subplot()
    set_alt_text(ax, "figure " + lang)
    return ax
ph.show(plot)"""
THIRD = """from pipeline_helpers.language import LANGUAGES, catalogue
LANGUAGES["eo"] = "Esperanto"
for entry in catalogue().values():
    entry["eo"] = "eo: " + entry["en"]"""


def prose(n, languages=("es", "en")):
    """Topic `n`, in `languages`."""
    heading = BETWEEN.join(f'<span lang="{lang}">{WORDS[lang][0]} {n}</span>' for lang in languages)
    divs = "\n".join(f'<div lang="{lang}">\n\n{WORDS[lang][1]} {n}\n\n</div>' for lang in languages)
    return f"## {n} · {heading}\n\n{divs}"


CELLS = (SWITCH, prose(0), FIGURE, *(prose(n) for n in range(1, 60)))
FULL = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "full"}}


@pytest.fixture(scope="module")
def lessons(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lessons")
    for name in ("one.ipynb", "two.ipynb"):
        browser.notebook(folder, name, *CELLS)
    return folder


@pytest.fixture(scope="module")
def url(lessons):
    with browser.jupyter(lessons, FULL) as address:
        yield address


def opened(page, url, front_end="lab"):
    """The first lesson, run from top to bottom, its switch in view."""
    browser.open_notebook(page, url, "one.ipynb", front_end)
    see_the_switch(page)


def see_the_switch(page, count=1):
    # Running all cells ends at the last one, and `full` takes what is out of view off the page: back to the top, and
    # again, until no late scrolling takes it away any more.
    page.evaluate("window.seenInARow = 0")
    page.wait_for_function(
        """count => {
            for (const panel of document.querySelectorAll('.jp-WindowedPanel-outer')) panel.scrollTop = 0;
            const there = document.querySelectorAll('.ph-switch').length === count;
            window.seenInARow = there ? window.seenInARow + 1 : 0;
            return window.seenInARow >= 10;
        }""",
        arg=count,
        polling=100,
        timeout=browser.PATIENCE,
    )


def choose(page, name):
    page.get_by_role("button", name=name).click()


def expect_language(page, lang, root="body"):
    """The notebook below `root` shows `lang`, in headings, prose and figure, and nothing of another."""
    for other, (_, text) in WORDS.items():
        state = "visible" if other == lang else "hidden"
        page.locator(f"{root} >> p:text-is('{text} 0')").wait_for(state=state)
        page.locator(f"{root} >> img[alt='figure {other}']").wait_for(state=state)
    assert headings(page, root)[0] == f"0 · {WORDS[lang][0]} 0"


def headings(page, root="body"):
    """The headings as a reader sees them, without the sign that links to them."""
    return [text.removesuffix("¶").strip() for text in page.locator(f"{root} >> h2:has(> span)").all_inner_texts()]


@pytest.mark.parametrize("front_end", browser.FRONT_ENDS)
def test_prose_and_figures_follow_the_switch(page, url, front_end):
    opened(page, url, front_end)
    expect_language(page, "es")
    choose(page, "English")
    expect_language(page, "en")
    assert page.get_by_role("group", name="Language of the lesson").is_visible()
    assert page.get_by_role("button", name="English", pressed=True).is_visible()
    choose(page, "Español")
    expect_language(page, "es")


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_before_the_switch_has_run_headings_stand_in_both_languages(page, url, front_end):
    browser.show_notebook(page, url, "one.ipynb", front_end)
    page.locator("p:text-is('Text 0')").wait_for(state="visible")
    assert headings(page)[0] == "0 · Tema 0 · Topic 0"


def test_a_third_language_has_its_button_and_its_page(page, tmp_path):
    folder = tmp_path / "lessons"
    folder.mkdir()
    browser.notebook(folder, "one.ipynb", THIRD, SWITCH, prose(0, WORDS), FIGURE)
    with browser.jupyter(folder) as address:
        opened(page, address)
        for lang, name in (("eo", "Esperanto"), ("en", "English"), ("es", "Español")):
            choose(page, name)
            page.get_by_role("button", name=name, pressed=True).wait_for()
            expect_language(page, lang)
        choose(page, "Esperanto")
        page.get_by_role("group", name="eo: Language of the lesson").wait_for()


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_cells_far_out_of_view_follow_too(page, url, front_end):
    opened(page, url, front_end)
    choose(page, "English")
    expect_language(page, "en")
    page.wait_for_function(  # each scroll draws more cells, which makes the notebook longer
        """() => {
            document.querySelector('.jp-WindowedPanel-outer').scrollTop += 1500;
            return [...document.querySelectorAll('p')].some(p => p.textContent === 'Text 59' && p.offsetParent);
        }""",
        polling=100,
    )
    page.locator("p:text-is('Texto 59')").wait_for(state="hidden")


def test_two_lessons_side_by_side_may_differ(page, tmp_path):
    # On a server of its own, with the settings that JupyterLab comes with: nothing is left open from another test.
    folder = tmp_path / "lessons"
    folder.mkdir()
    for name in ("one.ipynb", "two.ipynb"):
        browser.notebook(folder, name, *CELLS[:5])
    with browser.jupyter(folder) as address:
        opened(page, address)
        page.evaluate(
            "window.jupyterapp.commands.execute("
            "'docmanager:open', {path: 'two.ipynb', factory: 'Notebook', options: {mode: 'split-right'}})"
            ".then(() => null)"
        )
        page.wait_for_function("() => window.jupyterapp.shell.currentWidget?.context?.path === 'two.ipynb'")
        browser.run_all(page)
        see_the_switch(page, 2)
        left, right = ".jp-NotebookPanel >> nth=0", ".jp-NotebookPanel >> nth=1"
        page.locator(right).get_by_role("button", name="Español").click()
        page.locator(left).get_by_role("button", name="English").click()
        expect_language(page, "en", left)
        expect_language(page, "es", right)


def test_the_keyboard_alone_is_enough(page, url):
    opened(page, url, "voila")
    page.get_by_role("button", name="English").focus()
    page.keyboard.press("Enter")
    expect_language(page, "en")
