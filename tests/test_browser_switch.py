"""The language switch in a real Chromium: in JupyterLab, Notebook 7 and Voila, side by side and far out of view."""

import pytest

from tests import browser

pytestmark = pytest.mark.browser

PROSE = '## Tema {n} · Topic {n}\n\n<div lang="es">\n\nTexto {n}\n\n</div>\n<div lang="en">\n\nText {n}\n\n</div>'
SWITCH = "import pipeline_helpers as ph\nph.language_switch()"
FIGURE = """def plot(*, ax=None, lang=None):
    import matplotlib.pyplot as plt
    from pipeline_helpers.figures.style import set_alt_text
    ax = plt.figure(figsize=(3, 1)).add_subplot()
    set_alt_text(ax, {"es": "figura", "en": "figure"}[lang])
    return ax
ph.show(plot)"""
CELLS = (SWITCH, PROSE.format(n=0), FIGURE, *(PROSE.format(n=n) for n in range(1, 60)))
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
    """The notebook below `root` shows `lang`, in prose and figure, and nothing of the other."""
    shown, hidden = ("Texto", "Text") if lang == "es" else ("Text", "Texto")
    page.locator(f"{root} >> p:text-is('{shown} 0')").wait_for(state="visible")
    page.locator(f"{root} >> p:text-is('{hidden} 0')").wait_for(state="hidden")
    figure, other = ("figura", "figure") if lang == "es" else ("figure", "figura")
    page.locator(f"{root} >> img[alt={figure}]").wait_for(state="visible")
    page.locator(f"{root} >> img[alt={other}]").wait_for(state="hidden")


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
