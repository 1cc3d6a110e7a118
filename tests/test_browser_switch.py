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
def server(lessons):
    with browser.jupyter(lessons, FULL) as address:
        yield address


@pytest.fixture
def url(server, page):
    """The server that these tests share; each has a kernel of its own, as a kernel goes on in the language chosen."""
    yield server
    page.evaluate("window.jupyterapp?.serviceManager.sessions.shutdownAll()")


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
            const panels = document.querySelectorAll('.jp-WindowedPanel-outer, #rendered_cells');
            for (const panel of panels) panel.scrollTop = 0;
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


SCROLLER = "document.querySelector('.jp-WindowedPanel-outer, #rendered_cells')"


def leave_the_switch(page, root="body"):
    """Read on, until the switch is out of view."""
    page.locator(f"{root} >> p:visible:text-matches('^(Texto|Text) 0$')").wait_for()
    page.wait_for_function(
        f"""root => {{
            {SCROLLER}.scrollTop = 1200;
            return [...document.querySelectorAll('.ph-corner')].some((corner) => corner.offsetParent
                || getComputedStyle(corner).position === 'fixed' && getComputedStyle(corner).display !== 'none');
        }}""",
        arg=root,
        polling=100,
    )


def reach_the_corner(page, front_end):
    """Come to the small switch's EN by Tab: from the top of Voila's page, elsewhere back from the text."""
    if front_end != "voila":
        page.locator("p:visible:text-matches('^Texto [0-9]+$')").nth(3).click()
    for _ in range(4):
        page.keyboard.press("Tab" if front_end == "voila" else "Shift+Tab")
        if page.evaluate("document.activeElement.matches('.ph-corner [lang=en]')"):
            return
    raise AssertionError("Tab does not come to the small switch")


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
        assert page.locator(".ph-corner").count() == 2
        for side, lang in ((left, "en"), (right, "es")):
            pressed = page.locator(side).locator(".ph-corner [aria-pressed=true]")
            assert pressed.get_attribute("lang") == lang


def test_the_keyboard_alone_is_enough(page, url):
    opened(page, url, "voila")
    page.get_by_role("button", name="English").focus()
    page.keyboard.press("Enter")
    expect_language(page, "en")


READ = """() => [...document.querySelectorAll('.jp-Cell')].map((cell) => cell.getBoundingClientRect())
    .find((box) => box.bottom > 140).top"""
FOCUS_IN_VIEW = """async () => {
    for (let frames = 40; frames--;) await new Promise(requestAnimationFrame);
    const box = document.activeElement.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
}"""
OVER_TEXT = """() => {
    const edge = document.querySelector('.jp-WindowedPanel-outer')?.getBoundingClientRect().top ?? 0;
    const corner = document.querySelector('.ph-corner').getBoundingClientRect();
    return [...document.querySelectorAll('.jp-Cell :is(p, h2, img, pre), .jp-Toolbar-item:not(.jp-Toolbar-spacer)')]
        .filter((part) => {
            const box = part.getBoundingClientRect();
            return box.width && box.left < corner.right && corner.left < box.right
                && (part.closest('.jp-Cell') ? Math.max(edge, box.top) : box.top) < corner.bottom
                && corner.top < box.bottom;
        }).map((part) => part.outerHTML.slice(0, 200));
}"""


@pytest.mark.parametrize("front_end", browser.FRONT_ENDS)
def test_out_of_view_the_switch_has_a_small_one_in_the_corner(page, url, front_end):
    opened(page, url, front_end)
    corner = page.get_by_role("region", name="Idioma, desde cualquier lugar de la lección")
    page.locator(".ph-corner").wait_for(state="hidden")
    leave_the_switch(page)
    corner.wait_for()
    assert page.evaluate(OVER_TEXT) == []
    page.wait_for_timeout(500)  # until what is drawn late has its height
    reach_the_corner(page, front_end)
    before = page.evaluate(READ)
    page.keyboard.press("Enter")
    page.locator("p:visible:text-matches('^Text [0-9]+$')").first.wait_for()
    page.locator("p:visible:text-matches('^Texto [0-9]+$')").first.wait_for(state="hidden")
    page.get_by_role("region", name="Language, from anywhere in the lesson").wait_for()
    assert page.locator(".ph-corner [aria-pressed=true]").all_inner_texts() == ["EN"]
    assert abs(page.evaluate(READ) - before) < 40, "the text that was being read moved away"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS_IN_VIEW), "what has the focus was scrolled out of view again"
    page.evaluate("document.activeElement.blur()")
    see_the_switch(page)
    page.get_by_role("button", name="English", pressed=True).wait_for()
    page.locator(".ph-corner").wait_for(state="hidden")
    assert page.locator(".ph-corner").count() == 1


def test_the_small_switch_needs_no_kernel_and_goes_with_the_switch(page, url):
    opened(page, url)
    leave_the_switch(page)
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.locator(".ph-corner button", has_text="EN").click()
    page.locator("p:visible:text-matches('^Text [0-9]+$')").first.wait_for()
    see_the_switch(page)
    expect_language(page, "en")
    page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs').then(() => null)")
    page.wait_for_function("() => !document.querySelector('.ph-corner, .ph-cornered')")


@pytest.mark.parametrize("front_end", ["lab", "voila"])
def test_a_figure_opens_in_full_and_the_page_stays_where_it_is(page, url, front_end):
    opened(page, url, front_end)
    figure = page.locator("img[alt='figure es']")
    figure.scroll_into_view_if_needed()
    small, text = figure.bounding_box(), page.locator("p:text-is('Texto 1')")
    place = text.bounding_box()
    page.get_by_role("button", name="Ver la figura en grande").focus()
    for close in ("Escape", "Enter", "click"):
        page.keyboard.press("Enter")
        page.locator(":popover-open").wait_for()
        assert page.locator(":popover-open").bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 800}
        assert figure.bounding_box()["width"] > 1200
        assert text.bounding_box() == place
        page.mouse.click(640, 400) if close == "click" else page.keyboard.press(close)
        page.locator(":popover-open").wait_for(state="detached")
        assert figure.bounding_box() == small
        assert page.evaluate("document.activeElement.matches('.ph-zoom > button')")
    page.mouse.click(small["x"] + 20, small["y"] + 20)
    page.locator(":popover-open").wait_for()


def test_before_a_notebook_is_trusted_a_figure_is_a_plain_image(page, tmp_path):
    import nbformat
    from nbformat.v4 import new_output

    from pipeline_helpers.figures.show import figure_html
    from pipeline_helpers.figures.style import set_alt_text

    def plot(lang):
        import matplotlib.pyplot as plt

        ax = plt.figure(figsize=(3, 1)).add_subplot()
        set_alt_text(ax, f"figure {lang}")
        return ax

    folder = tmp_path / "lessons"
    folder.mkdir()
    name = browser.notebook(folder, "one.ipynb", "x")
    made = nbformat.read(folder / name, as_version=4)
    data = {"text/html": figure_html(plot), "text/plain": "x"}
    made.cells[0].outputs = [new_output("display_data", data=data)]
    nbformat.write(made, folder / name)
    with browser.jupyter(folder) as address:
        browser.show_notebook(page, address, name)
        page.locator("img[alt='figure en']").wait_for()
        assert page.locator("img[alt='figure es']").bounding_box()["width"] == 300
        assert page.locator(".jp-OutputArea button").all_inner_texts() == [""] * 2
        assert not any(button.is_visible() for button in page.locator(".jp-OutputArea button").all())
        assert page.locator("style").filter(has_text="ph-zoom").count() == 0
