"""The parts of the views for those who hear them, use no mouse or choose their own colours, in a real Chromium."""

import pytest

from tests import browser

pytestmark = pytest.mark.browser

PARTS = """import pipeline_helpers as ph
from pipeline_helpers.live.controls import Choice, Panel, Slider, TextBox
from pipeline_helpers.live.answers import bar
from pipeline_helpers.markup import join, tag

def html(word, count=4):
    keys = tag("p", (tag("button", f"{word} {place}", type="button", data_action=str(place), data_at=place,
                         tabindex=0 if place == 0 else -1) for place in range(count)),
               role="group", aria_label="keys", data_keys="")
    wide = tag("div", tag("p", "x" * 20 * len(word), style="white-space:nowrap;font-size:20px"), data_scrolls="",
               role="group", aria_label="wide", style="overflow-x:auto;width:300px")
    return join(keys, wide, tag("p", bar(0.5)), tag("p", "POSITIVE 0.99", class_="ph-spoken"))

def show(word, count=4):
    panel.show({lang: {"html": html(word, count), "label": "out"} for lang in ("es", "en")})

box, choice, slider, panel = TextBox(value="x"), Choice(options=["a", "b"], value="a"), Slider(value=0.5), Panel()
for part in (box, choice, slider):
    part.show({"es": {"label": "nombre"}, "en": {"label": "name"}})
show("a")
panel.on_action(lambda place: show("palabra", 3 if place == "3" else 4))
ph.language_switch()"""
SHOWN = "import ipywidgets\nipywidgets.VBox([box, choice, slider, panel], _dom_classes=['ph-view'])"

# The contrast of an element's border with what is behind it.
CONTRAST = """part => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = part.parentElement;
  while (channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const two = [getComputedStyle(part).borderTopColor, getComputedStyle(behind).backgroundColor].map(light).sort();
  return (two[1] + 0.05) / (two[0] + 0.05);
}"""


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    browser.notebook(folder, "parts.ipynb", PARTS, SHOWN)
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    with browser.jupyter(folder) as url:
        opened = context.new_page()
        opened.set_default_timeout(60_000)
        browser.open_notebook(opened, url, "parts.ipynb")
        opened.get_by_role("button", name="a 0").wait_for()
        yield opened
        context.close()


def key(page, place):
    return page.locator("[data-keys] button").nth(place)


def stops(page):
    return page.locator("[data-keys] button").evaluate_all("all => all.map((one) => one.tabIndex)")


def test_the_tab_key_comes_back_to_where_the_focus_was_also_after_an_answer(page):
    page.get_by_role("slider").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert stops(page) == [-1, -1, 0, -1]
    page.keyboard.press("Enter")  # the panel is made anew
    page.get_by_role("button", name="palabra 2").wait_for()
    assert stops(page) == [-1, -1, 0, -1]
    assert page.evaluate("document.activeElement.textContent") == "palabra 2"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "palabra 2"


def test_what_has_the_stop_may_go(page):
    key(page, 3).click()
    page.wait_for_function("() => document.querySelectorAll('[data-keys] button').length === 3")
    assert stops(page) == [0, -1, -1]


def test_what_scrolls_is_a_named_stop_and_what_does_not_is_none(page):
    wide = page.get_by_role("region", name="wide")
    wide.wait_for()  # "palabra", twenty times
    wide.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-scrolls]').scrollLeft > 0")
    page.locator("[data-scrolls]").evaluate("part => { part.style.width = '100%'; part.firstChild.textContent = 'x'; }")
    page.locator(".ph-panel").evaluate("panel => { panel.style.width = '90%'; }")
    page.locator("[data-scrolls][role=group]:not([tabindex])").wait_for()


def test_each_part_says_its_language_and_stays_in_sight_until_it_says_another(page):
    parts = ".ph-field, .ph-slider, .ph-choice, .ph-panel"
    said = "parts => [...document.querySelectorAll(parts)].map((part) => part.closest('[lang]').lang)"
    for name in ("English", "Español"):  # nobody puts these into another language
        page.get_by_role("button", name=name).click()
        page.get_by_role("button", name=name, pressed=True).wait_for()
        assert page.evaluate(said, parts) == ["es"] * 4
        assert page.locator(".ph-panel").is_visible()
    assert page.locator("textarea").get_attribute("lang") == ""


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_edges_can_be_seen(page, theme):
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=str("Light" in theme).lower())
    for part in (".ph-field textarea", ".ph-choice button[aria-pressed=false]", ".ph-bar", "[data-keys] button",
                 ".ph-switch button[aria-pressed=false]"):  # fmt: skip
        assert page.locator(part).first.evaluate(CONTRAST) >= 3, part


def test_targets_are_large_enough_and_the_ring_is_whole(page):
    for part in page.locator(".ph-view :is(button, input, textarea)").all():
        box = part.bounding_box()
        assert min(box["width"], box["height"]) >= 24, part.evaluate("part => part.outerHTML")
    cut = """part => {
      const ring = 4, { left, top, right, bottom } = part.getBoundingClientRect();
      for (let box = part.parentElement; !box.matches(".jp-WindowedPanel-outer"); box = box.parentElement) {
        const room = box.getBoundingClientRect();
        if (getComputedStyle(box).overflowX === "visible") continue;
        if (left - ring < room.left || right + ring > room.right) return box.className;
        if (top - ring < room.top || bottom + ring > room.bottom) return box.className;
      }
      return null;
    }"""
    for part in page.locator(".ph-view :is(button, input, textarea)").all():
        assert part.evaluate(cut) is None, part.evaluate("part => part.outerHTML")


def test_with_the_readers_own_colours_a_bar_is_still_there(page):
    page.emulate_media(forced_colors="active")
    filled = "part => [part, part.parentElement].map((one) => getComputedStyle(one).backgroundColor)"
    bar, behind = page.locator(".ph-bar > i").evaluate(filled)
    assert bar != behind
    page.emulate_media(forced_colors="none")


def test_what_is_only_said_takes_no_room(page):
    box = page.locator(".ph-spoken").bounding_box()
    assert box["width"] <= 1
    assert box["height"] <= 1
