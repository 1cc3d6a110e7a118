"""`LiveAttention` in a real Chromium, in JupyterLab, Notebook 7 and Voila: pointing, choosing, switching off."""

import re

import pytest

from tests import browser

pytestmark = pytest.mark.browser

CELLS = (
    "import pipeline_helpers as ph\nph.language_switch()",
    'ph.LiveAttention(["I hate this so much!", "It was good"], layer=3, head=9)',
)
HEAD = "capa {} de 6, cabeza {} (attentions[{}][:, {}])"
LINES = "() => document.querySelectorAll('.ph-lines path').length"


def head(layer, number):
    return HEAD.format(layer + 1, number, layer, number)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attention")
    browser.notebook(folder, "attention.ipynb", *CELLS)
    with browser.jupyter(folder) as address:
        yield address


@pytest.fixture(scope="module", params=browser.FRONT_ENDS)
def page(request, chromium, url):
    """The view, run in one front end; `page.asked` grows with what the page tells the kernel."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1400})
    context.route(lambda url: not url.startswith(("http://127.0.0.1", "data:", "blob:")), lambda route: route.abort())
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.asked = []

    def heard(frame):
        if "comm_msg" in (frame if isinstance(frame, str) else frame.decode("latin-1")):
            opened.asked.append(frame)

    opened.on("websocket", lambda socket: socket.on("framesent", heard))
    browser.open_notebook(opened, url, "attention.ipynb", request.param)
    opened.locator(".ph-menu").wait_for(timeout=2 * browser.PATIENCE)
    yield opened
    context.close()


@pytest.fixture(autouse=True)
def _as_it_was(page):
    """The first sentence and its first head, whatever the test before did."""
    page.get_by_role("button", name="Frase 0").click()
    page.get_by_role("radio", name=head(3, 9)).click()
    page.get_by_role("radio", name=head(3, 9), checked=True).wait_for()
    page.get_by_role("textbox", name=re.compile("Frase 0")).focus()
    page.mouse.move(0, 0)
    page.wait_for_function("() => document.querySelector('.ph-at-rest')")


def looks(page):
    return page.get_by_role("listbox", name=re.compile("Los tokens que miran"))


def numbers(page, side):
    """The weights that stand beside the tokens, by their place; side 0 are those that look."""
    column = page.locator(".ph-column").nth(side)
    return [text.strip() for text in column.locator(".ph-weight").all_inner_texts()]


def test_pointing_shows_lines_and_weights_and_asks_no_kernel(page):
    before = len(page.asked)
    hate = looks(page).get_by_role("option", name=re.compile("«hate» mira a: hate 0."))
    hate.hover()
    page.wait_for_function("() => !document.querySelector('.ph-at-rest')")
    shown = numbers(page, 1)
    assert shown[2].startswith("0.")
    assert numbers(page, 0) == [""] * 8
    assert 0.95 < sum(float(number) for number in shown if number) < 1.05
    assert page.locator(".ph-detail").inner_text().startswith("«hate» mira a: hate 0.")
    assert page.locator(".ph-links .ph-pointed").all_inner_texts() == ["hate"]
    lines = page.locator(".ph-lines").inner_html()
    page.get_by_role("listbox", name=re.compile("Los tokens a los que miran")).get_by_role("option").nth(2).hover()
    page.locator(".ph-detail", has_text="A «hate» lo miran").wait_for()
    assert numbers(page, 1) == [""] * 8
    assert sum(float(number or 0) for number in numbers(page, 0)) > 4
    assert page.locator(".ph-lines").inner_html() != lines
    assert len(page.asked) == before


def test_the_keyboard_points_too(page):
    before = len(page.asked)
    looks(page).get_by_role("option").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.locator(".ph-detail", has_text="«hate» mira a: hate 0.").wait_for()
    assert looks(page).get_by_role("option", selected=True).inner_text() == "hate"
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "[SEP]"
    page.keyboard.press("Tab")
    page.locator(".ph-detail", has_text="A «[CLS]» lo miran").wait_for()
    assert len(page.asked) == before


def test_the_arrow_keys_choose_in_the_menu(page):
    menu = page.get_by_role("radiogroup", name=re.compile("Elige una cabeza"))
    assert menu.get_by_role("radio").count() == 72
    lines = page.locator(".ph-lines").inner_html()
    page.get_by_role("button", name="Quitar esta cabeza").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == head(3, 9)
    for key, chosen in (("ArrowUp", (2, 9)), ("ArrowRight", (2, 10)), ("ArrowDown", (3, 10)), ("Home", (0, 0))):
        page.keyboard.press(key)
        menu.get_by_role("radio", name=head(*chosen), checked=True).wait_for()
        assert page.evaluate("document.activeElement.ariaLabel") == head(*chosen)
        assert page.locator(".ph-chosen").inner_text() == head(*chosen)
    assert page.locator(".ph-lines").inner_html() != lines
    page.keyboard.press("ArrowUp")  # there is nothing above it
    assert page.evaluate("document.activeElement.ariaLabel") == head(0, 0)
    assert menu.locator("[tabindex='0']").count() == 1


def test_each_head_has_a_picture_of_its_own(page):
    drawn = page.locator(".ph-menu canvas").evaluate_all("all => all.map((one) => one.toDataURL())")
    assert len(set(drawn)) == 72


def test_a_head_is_switched_off_and_the_answer_without_it_stands_beside(page):
    row = page.get_by_role("row", name=re.compile("Frase 0 NEGATIVE"))
    assert row.get_by_role("cell").last.inner_text() == "–"
    place = page.locator(".ph-chosen").bounding_box()
    page.get_by_role("button", name="Quitar esta cabeza", pressed=False).press("Enter")
    page.get_by_role("button", name="Quitar esta cabeza", pressed=True).wait_for()
    page.get_by_role("radio", name=f"{head(3, 9)}, quitada").wait_for()
    row.get_by_role("cell", name=re.compile(r"^(NEGATIVE|POSITIVE) 0\.\d{4}$")).nth(1).wait_for()
    assert page.locator(".ph-chosen").bounding_box() == place, "what is pressed moves away"
    page.get_by_role("button", name="capa 4, cabeza 9 ✕").click()
    page.get_by_role("button", name="Quitar esta cabeza", pressed=False).wait_for()
    assert row.get_by_role("cell").last.inner_text() == "–"


def test_padding_has_no_lines_and_says_why(page):
    page.get_by_role("button", name="Frase 1").click()
    page.get_by_role("button", name="Frase 1", pressed=True).wait_for()
    padding = looks(page).get_by_role("option", name=re.compile("relleno"))
    assert padding.all_inner_texts() == ["[PAD]"] * 3
    padding.first.hover()
    page.locator(".ph-detail", has_text="es relleno: ningún token lo mira").wait_for()
    assert page.evaluate(LINES) == 0


def test_it_follows_the_language(page):
    looks(page).get_by_role("option").nth(2).focus()
    page.get_by_role("button", name="English").dispatch_event("click")
    page.locator(".ph-detail", has_text="“hate” looks at: hate 0.").wait_for()
    page.get_by_role("radio", name="layer 4 of 6, head 9 (attentions[3][:, 9])", checked=True).wait_for()
    page.get_by_role("button", name="Español").dispatch_event("click")
    page.get_by_role("radio", name=head(3, 9), checked=True).wait_for()


def test_a_typed_sentence_has_lines_of_its_own(page):
    box = page.get_by_role("textbox", name=re.compile("Frase 0"))
    box.fill("<img src=x onerror='window.ran = 1'> 🤗")
    looks(page).get_by_role("option", name=re.compile(r"^«\[UNK\]» mira a")).wait_for()
    looks(page).get_by_role("option", name=re.compile("^«window» mira a")).wait_for()
    assert page.evaluate("window.ran") is None
    box.fill("")
    page.get_by_role("button", name="Frase 0").wait_for(state="detached")
    box.fill("I hate this so much!")
    looks(page).get_by_role("option", name=re.compile("«hate» mira a: hate 0.")).wait_for()
