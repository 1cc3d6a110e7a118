"""A lesson the day after, in a real Chromium: saved and opened again, and with a kernel that is gone."""

import shutil
import sys
from pathlib import Path

import pytest

from tests import browser

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSON = "07_playground.ipynb"
VIEWS = (
    "from pipeline_helpers.live import base\nbase.CALM = 0",  # a kernel may end here right after the last key
    "import pipeline_helpers as ph\nph.language_switch()",
    'ph.LivePipeline(["I love this film", "I hate it"])',
    "ph.LiveAttentionMask()",
    'ph.LiveSoftmax("I love this film")',
    'ph.LiveAttention("I love this film")',
)
HEADING = {"es": "Todo el camino", "en": "The whole way"}
BOX = {"es": "Tu frase, en español o en inglés", "en": "Your sentence, in Spanish or in English"}
STEP = {"es": "Modelo: ids → logits", "en": "Model: ids → logits"}
AGAIN = {"es": "Ejecuta esta celda otra vez", "en": "Run this cell again"}
SIGNS = """() => [...document.querySelectorAll(".jupyter-widgets-disconnected")]
    .filter(widget => getComputedStyle(widget, "::before").content !== "none").map(widget => widget.className)"""
PANEL = "window.jupyterapp.shell.currentWidget"

front_ends = pytest.mark.parametrize("front_end", ["lab", "notebook"])


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    settings = Path(sys.prefix, "share", "jupyter", "lab", "settings", "overrides.d", "pipeline_helpers.json")
    if not settings.exists():
        pytest.fail(f"{settings} is not there: this environment was made without JupyterLab's settings; make it again")
    folder = tmp_path_factory.mktemp("lessons") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder)
    for front_end in ("lab", "notebook"):
        shutil.copyfile(folder / LESSON, folder / f"{front_end}.ipynb")
    browser.notebook(folder, "views.ipynb", *VIEWS)
    # All cells on the page at once, or what is out of view could not be read.
    with browser.jupyter(folder, {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}) as address:
        yield address


def box(page):
    """The first box of the first view."""
    return page.locator(".ph-view textarea").first


def type_into(page, text):
    box(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def tokens(page):
    """The first sentence's tokens, as the view shows them."""
    return page.locator(".ph-columns").first.locator("section").first.locator(".ph-token b")


def expect_alive(page):
    """What is typed is answered, and nobody says anything of a kernel."""
    word = "film" if "song" in tokens(page).all_inner_texts() else "song"
    type_into(page, f"a {word}")
    tokens(page).filter(has_text=word).wait_for()
    assert page.locator(".ph-gone").count() == 0
    assert page.locator(".ph-panel [data-action]").first.is_enabled()


def expect_gone(page, lang):
    """Each view says in `lang` to run its cell again; none takes anything, not even with the keyboard alone."""
    views = page.locator(".ph-view")
    for place in range(views.count()):
        views.nth(place).get_by_role("status").get_by_text(AGAIN[lang]).wait_for()
    page.get_by_role("textbox", name=BOX[lang], exact=True).first.wait_for()
    page.locator(".ph-panel .ph-stage").get_by_text(STEP[lang]).first.wait_for()
    for other in AGAIN.keys() - {lang}:
        assert not any(line.is_visible() for line in page.get_by_text(AGAIN[other]).all())
    browser.expect_none(page, SIGNS)
    before, shown = box(page).input_value(), tokens(page).all_inner_texts()
    box(page).focus()
    place = box(page).bounding_box()
    page.keyboard.press("End")
    page.keyboard.type("after restart")
    assert box(page).input_value() == before
    assert box(page).bounding_box() == place
    assert tokens(page).all_inner_texts() == shown
    assert page.evaluate("document.activeElement.matches('textarea[readonly]')")
    for control in page.locator(".ph-view").locator("input, button").all():
        assert control.is_disabled()


def save(page):
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save').then(() => null)")


def shut_down(page):
    page.evaluate(f"{PANEL}.sessionContext.shutdown()")


def end_all_kernels(page, url):
    """End every kernel of the server from elsewhere, as one that ends those that idle does."""
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{url}/tree")
    elsewhere.evaluate(
        """async () => {
            const headers = {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]+)/)[1]};
            for (const { id } of await (await fetch("/api/kernels")).json())
                await fetch(`/api/kernels/${id}`, {method: "DELETE", headers});
        }"""
    )
    elsewhere.close()


def expect_prose(page, lang):
    for other, text in HEADING.items():
        state = "visible" if other == lang else "hidden"
        page.locator(f".jp-RenderedMarkdown span:text-is('{text}')").first.wait_for(state=state)


@front_ends
def test_a_lesson_that_was_saved_shows_its_views_tomorrow(page, url, front_end):
    name = f"{front_end}.ipynb"
    browser.open_notebook(page, url, name, front_end)
    type_into(page, "what a good song")
    tokens(page).filter(has_text="song").wait_for()
    page.get_by_role("button", name="English").click()
    page.get_by_role("textbox", name="Your sentence, in Spanish or in English", exact=True).first.wait_for()
    last = tokens(page).all_inner_texts()
    save(page)
    shut_down(page)
    for lang in ("en", "es"):  # the day after, and the day after that: opened, read, saved, nothing run
        browser.show_notebook(page, url, name, front_end)
        tokens(page).first.wait_for()
        assert page.get_by_text("Error displaying widget").count() == 0
        assert [name.strip("✓ ") for name in page.locator(".ph-switch button").all_inner_texts()] == [
            "Español",
            "English",
        ]
        expect_prose(page, lang)
        assert tokens(page).all_inner_texts() == last
        page.get_by_role("button", name="Español").click()
        expect_prose(page, "es")
        page.get_by_role("button", name="English").click()
        expect_prose(page, "en")
        expect_gone(page, "en")
        page.get_by_role("button", name="Español").click()
        save(page)
        shut_down(page)
    browser.open_notebook(page, url, name, front_end)
    expect_alive(page)


@pytest.fixture
def views(page, url, request):
    """Four views and the switch, run in one of the front ends."""
    browser.open_notebook(page, url, "views.ipynb", getattr(request, "param", "lab"))
    page.locator(".ph-grid").wait_for()
    expect_alive(page)
    return page


both = pytest.mark.parametrize("views", ["lab", "notebook"], indirect=True)


@both
def test_after_a_restart_a_view_says_what_to_do_and_takes_nothing(views):
    views.evaluate(f"{PANEL}.sessionContext.session.kernel.restart()")
    expect_gone(views, "es")
    views.get_by_role("button", name="English").click()
    expect_gone(views, "en")
    views.get_by_role("button", name="Español").click()
    browser.run_all(views)
    expect_alive(views)


def test_a_kernel_that_was_shut_down_is_noticed_too(views):
    shut_down(views)
    expect_gone(views, "es")


def test_a_kernel_that_somebody_else_ends_is_noticed(views, url):
    end_all_kernels(views, url)
    expect_gone(views, "es")


def test_a_kernel_that_dies_is_noticed(views):
    views.evaluate(f"{PANEL}.sessionContext.session.kernel.requestExecute({{code: 'import os; os._exit(1)'}}); null")
    expect_gone(views, "es")


def test_a_restart_in_one_tab_is_noticed_in_the_other(views, url):
    save(views)
    other = views.context.new_page()
    browser.show_notebook(other, url, "views.ipynb")
    expect_alive(other)
    views.evaluate(f"{PANEL}.sessionContext.session.kernel.restart()")
    expect_gone(other, "es")


def test_a_page_that_is_loaded_again_is_alive(views):
    save(views)
    views.reload()
    expect_alive(views)


def test_a_connection_that_is_lost_and_found_costs_nothing(views):
    views.evaluate(f"{PANEL}.sessionContext.session.kernel.reconnect()")
    expect_alive(views)


def test_the_sentence_comes_into_view_at_each_key(views):
    views.evaluate(f"{PANEL}.sessionContext.session.kernel.restart()")
    expect_gone(views, "es")
    sentence = views.get_by_role("status").get_by_text(AGAIN["es"]).first
    first = sentence.element_handle()
    box(views).press("a")
    assert not first.evaluate("line => line.isConnected")
    assert sentence.is_visible()


def test_a_page_without_cells_says_to_load_it_again(page, url):
    browser.open_notebook(page, url, "views.ipynb", "voila")
    expect_alive(page)
    end_all_kernels(page, url)
    box(page).press("a")  # the page finds out when somebody uses it
    page.get_by_role("status").get_by_text("Recarga la página.").first.wait_for()
    assert not page.get_by_text(AGAIN["es"]).first.is_visible()
    page.get_by_role("button", name="English").click()
    page.get_by_role("status").get_by_text("Reload the page.").first.wait_for()
