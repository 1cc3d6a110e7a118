"""The live views in a real Chromium, in JupyterLab, Notebook 7 and Voila: typing, pointing, sliding, switching."""

import re
from pathlib import Path

import pytest

from tests import browser
from tests.live_views import MARKUP, TAGS, VIEWS, make_checkpoint, make_markup_checkpoint

pytestmark = pytest.mark.browser

CELLS = (
    "import pipeline_helpers as ph\nph.language_switch()",
    'ph.LiveTokenizer("I love this film")',
    'ph.LiveSoftmax("I love this film")',
    "ph.LiveAttentionMask()",
    'ph.LivePipeline(["I love this film", "I hate it"])',
)
NASTY = "<img src=x onerror=\"window.ran = 'img'\"><script>window.ran = 'script'</script>"
SENTENCE = "Tu frase, en español o en inglés"
FIRST, SECOND = "Frase 0, en español o en inglés", "Frase 1 (puede quedar vacía)"
ROOT = Path(__file__).parent.parent
SENTENCES = "Tus frases, en español o en inglés, una por línea"


LONG = ["a label of a good many words that needs room", "a_label_without_a_space_in_all_of_its_length"]
CHECKPOINTS = {"long": lambda folder: make_checkpoint(folder, names=LONG), "markup": make_markup_checkpoint}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("live")
    browser.notebook(folder, "views.ipynb", *CELLS)
    texts = {"long": "I love this film", "markup": " ".join(MARKUP)}
    made = {kind: make(folder.with_name(f"live-{kind}")) for kind, make in CHECKPOINTS.items()}
    cells = [f"VIEWS[{name!r}]({texts[kind]!r}, checkpoint={made[kind]!r})" for kind in made for name in VIEWS]
    start = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom tests.live_views import VIEWS, ph\nph.language_switch()"
    )
    browser.notebook(folder, "every.ipynb", start, *(f"VIEWS[{name!r}]()" for name in VIEWS), *cells)
    with browser.jupyter(folder) as address:
        yield address


@pytest.fixture(scope="module", params=browser.FRONT_ENDS)
def page(request, chromium, url):
    """The four views, run in one front end, with no network but loopback."""
    context = chromium.new_context(viewport={"width": 1280, "height": 2600})
    context.route(lambda url: not url.startswith(("http://127.0.0.1", "data:", "blob:")), lambda route: route.abort())
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    browser.open_notebook(opened, url, "views.ipynb", request.param)
    opened.locator(".ph-answer").first.wait_for(timeout=2 * browser.PATIENCE)
    yield opened
    context.close()


def box(page, name, number=0):
    return page.get_by_role("textbox", name=name, exact=True).nth(number)


def panel(page, name):
    return page.get_by_role("group", name=name, exact=True)


def retype(page, place, text):
    """Type `text` over what stands in `place`, key by key."""
    place.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text, delay=15)


def test_tokens_follow_the_typing(page):
    tokens = panel(page, "Lo que hace el tokenizador con tu frase")
    retype(page, box(page, SENTENCE), "I love tokenization")
    tokens.get_by_role("option", name=re.compile("##ization · id 3989")).wait_for()
    assert tokens.get_by_role("option").count() == 6
    assert "input_ids = [101, 1045, 2293, 19204, 3989, 102]" in tokens.inner_text()


def test_pointing_and_moving_with_the_keys_show_the_same_token(page):
    tokens = panel(page, "Lo que hace el tokenizador con tu frase")
    retype(page, box(page, SENTENCE), "a film")
    tokens.get_by_role("option", name=re.compile("Token 2: film")).wait_for()
    tokens.locator(".ph-ids [data-at='2']").hover()
    tokens.get_by_text("Token 2: film · id 2143 · palabra 1").wait_for()
    tokens.get_by_role("option", name=re.compile("film"), selected=True).wait_for()
    page.mouse.move(0, 0)
    box(page, SENTENCE).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    tokens.get_by_text("Token 1: a · id 1037 · palabra 0").wait_for()
    page.keyboard.press("End")
    tokens.get_by_role("option", name=re.compile(r"Token 3: \[SEP\]"), selected=True).wait_for()


def test_a_mouse_that_rests_points_at_nothing_once_the_keyboard_does(page):
    tokens = panel(page, "Lo que hace el tokenizador con tu frase")
    retype(page, box(page, SENTENCE), "a song")
    song = tokens.get_by_role("option", name=re.compile("Token 2: song"))
    song.hover()
    tokens.get_by_text("Token 2: song").wait_for()
    tokens.get_by_role("option").first.focus()
    page.keyboard.press("ArrowRight")
    tokens.get_by_text("Token 1: a · id 1037 · palabra 0").wait_for()
    for name, word in (("English", "word"), ("Español", "palabra")):  # an update, and the mouse does not move for it
        page.get_by_role("button", name=name).dispatch_event("click")
        page.get_by_role("option", name=f"Token 2: song · id 2299 · {word} 1").wait_for()
        assert page.locator(".ph-detail").inner_text().startswith(f"Token 1: a · id 1037 · {word} 0")
        assert page.locator(".ph-panel [aria-selected=true]").all_inner_texts() == ["a\n1037"]
    song.hover(position={"x": 3, "y": 3})
    tokens.get_by_text("Token 2: song").wait_for()
    page.mouse.move(0, 0)
    tokens.get_by_text("Token 1: a").wait_for()
    box(page, SENTENCE).focus()
    tokens.get_by_text("¿Por qué se parte ahí?").wait_for()


def test_why_a_word_is_split_there_shows_for_the_piece_that_is_pointed_at_alone(page):
    tokens = panel(page, "Lo que hace el tokenizador con tu frase")
    retype(page, box(page, SENTENCE), "huggable unhappy")
    tokens.get_by_role("option", name=re.compile("el comienzo más largo de «##gable»")).wait_for()
    why = tokens.locator(".ph-stack").first
    height = why.bounding_box()["height"]
    page.mouse.move(0, 0)
    box(page, SENTENCE).focus()
    assert why.locator("p:visible, span:visible").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Home")  # Tab leads back to where the focus was in the group
    for said in ("huggable ✗ huggabl ✗ huggab ✗ hugga ✗ hugg ✗ hug ✓", "##gable ✗ ##gabl ✗ ##gab ✗ ##ga ✓"):
        page.keyboard.press("ArrowRight")
        why.get_by_text(said).wait_for()
        assert why.locator(".ph-stack p:visible").all_inner_texts() == [said]
        assert why.get_by_text("De lo que queda de").filter(visible=True).count() == 1
    assert why.bounding_box()["height"] == height, "the page jumps"


def test_a_slider_moves_by_key_and_by_hand(page):
    table = panel(page, "De los logits a las probabilidades")
    slider = page.get_by_role("slider", name="Logit de POSITIVE")
    slider.focus()
    page.keyboard.press("Home")
    table.get_by_text("Has puesto estos logits a mano.").wait_for()
    table.get_by_role("row", name=re.compile("POSITIVE -10.0000 -10.0000")).wait_for()
    page.keyboard.press("ArrowRight")
    table.get_by_role("row", name=re.compile("POSITIVE -9.9000")).wait_for()
    place = slider.bounding_box()
    middle = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + place["width"] * 0.2, middle)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.6, middle, steps=5)
    page.mouse.move(place["x"] + place["width"] + 40, middle, steps=5)
    page.mouse.up()
    table.get_by_role("row", name=re.compile("POSITIVE 10.0000 10.0000")).wait_for()
    temperature = page.get_by_role("slider", name="Temperatura")
    temperature.focus()
    page.keyboard.press("End")
    table.get_by_role("row", name=re.compile("POSITIVE 10.0000 0.5000")).wait_for()
    page.keyboard.press("Home")
    table.get_by_role("row", name=re.compile("POSITIVE 10.0000 200.0000")).wait_for()
    table.get_by_role("button", name="Volver a los de la frase").click()
    table.get_by_text("Son los logits que da el modelo").wait_for()


def test_padding_off_shows_the_error_of_transformers(page):
    batch = panel(page, "El lote, la máscara y las respuestas")
    padding = page.get_by_role("group", name="padding", exact=True)
    assert padding.get_by_role("button", name='"max_length"', pressed=True).is_visible()
    padding.get_by_role("button", name="False").press("Enter")
    batch.get_by_text("ValueError: Unable to create tensor").wait_for()
    page.get_by_role("status").get_by_text("Un tensor es una tabla").wait_for()
    padding.get_by_role("button", name="True").press(" ")
    batch.get_by_text("input_ids.shape = [2, 16]").wait_for()
    box(page, SENTENCES).fill("one film\na very good film")
    batch.get_by_text("input_ids.shape = [2, 6]").wait_for()


def test_the_mask_is_put_on_and_off_by_the_keyboard_and_the_answer_turns(page):
    page.get_by_role("group", name="padding").get_by_role("button", name='"max_length"').click()
    box(page, SENTENCES).fill("I love it\nThe train was late again.")
    batch = panel(page, "El lote, la máscara y las respuestas")
    second = batch.get_by_role("row", name=re.compile("frase 1 NEGATIVE NEGATIVE 0.96 POSITIVE 0.97"))
    second.wait_for()
    batch.get_by_role("button", name="attention_mask", pressed=True).focus()
    page.keyboard.press(" ")
    batch.get_by_role("button", name="attention_mask", pressed=False).wait_for()
    batch.get_by_role("row", name=re.compile("frase 1 POSITIVE NEGATIVE 0.96 POSITIVE 0.97")).wait_for()
    assert page.evaluate("document.activeElement.textContent") == "attention_mask"
    assert batch.locator(".ph-padding").count() == 0
    page.keyboard.press("Enter")
    second.wait_for()


@pytest.mark.parametrize("texts", [
    "I've been waiting for a HuggingFace course my whole life.\nI hate this so much!",
    "The beginning was slow, but the end is wonderful.\n¡Qué mal!",
])  # fmt: skip
def test_the_lessons_batches_need_no_scrolling_in_a_column_of_828_pixels(page, texts):
    batch = panel(page, "El lote, la máscara y las respuestas")
    box(page, SENTENCES).fill(texts)
    batch.get_by_text("input_ids.shape = [2, 256]").wait_for()
    batch.get_by_text(texts.split()[2].lower(), exact=True).first.wait_for()
    batch.evaluate("panel => panel.style.width = '828px'")
    sizes = "parts => parts.map(part => part.scrollWidth - part.clientWidth)"
    assert batch.locator("[data-scrolls]").evaluate_all(sizes) == [0, 0]
    batch.evaluate("panel => panel.style.width = ''")


def test_a_token_is_hidden_by_the_keyboard(page):
    steps = panel(page, "Del texto a la etiqueta")
    retype(page, box(page, FIRST), "I love you")
    steps.get_by_role(
        "button", name=re.compile("^you 2017: ocultar")
    ).wait_for()  # `love` was there before, and will come anew
    box(page, SECOND).focus()
    page.keyboard.press("Tab")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    steps.get_by_role("button", name=re.compile("^love 2293: ocultar"), pressed=True).wait_for()
    steps.get_by_text("sin los tokens ocultos →").wait_for()
    assert page.evaluate("document.activeElement.dataset.action") == "hide 0 2"
    page.keyboard.press(" ")
    steps.get_by_text("sin los tokens ocultos →").wait_for(state="detached")


def test_bars_come_after_the_answer_and_change_no_place(page):
    steps = panel(page, "Del texto a la etiqueta")
    retype(page, box(page, SECOND), "it is not bad")
    steps.get_by_role("button", name=re.compile("^bad 2919: ocultar$")).wait_for()
    before = steps.bounding_box()
    steps.get_by_role("button", name=re.compile(r"^bad 2919: ocultar; POSITIVE cambiaría en -0\.\d\d$")).wait_for()
    assert steps.bounding_box() == before


def test_the_answers_stay_in_sight_under_their_boxes(page):
    """However long the text is, wherever it is scrolled to, and however wide the page is."""
    steps = panel(page, "Del texto a la etiqueta")
    box(page, FIRST).fill("film " * 300)
    unfold = steps.get_by_role("button", name=re.compile(r"^\+ 278: mostrar los 278 que faltan"))
    unfold.focus()
    page.keyboard.press("Enter")
    last = steps.get_by_role("button", name=re.compile("^film 2143")).nth(299)
    last.wait_for()
    page.set_viewport_size({"width": 1280, "height": 800})
    last.scroll_into_view_if_needed()
    answers = page.locator(".ph-answers").last
    assert 0 <= answers.bounding_box()["y"] < last.bounding_box()["y"]
    for width in (1280, 1024, 700):
        page.set_viewport_size({"width": width, "height": 2600})
        page.wait_for_function("(width) => innerWidth === width", arg=width)
        for number, name in enumerate((FIRST, SECOND)):
            above, below = box(page, name).bounding_box(), answers.locator("section").nth(number).bounding_box()
            assert abs(above["x"] - below["x"]) <= 1
            assert abs(above["width"] - below["width"]) <= 1
    page.set_viewport_size({"width": 1280, "height": 2600})
    fold = steps.get_by_role("button", name=re.compile(r"^[−+] 278: "))
    fold.click()
    box(page, FIRST).fill("a film")
    fold.wait_for(state="detached")


def test_a_mistake_is_a_sentence_and_goes_away(page):
    retype(page, box(page, FIRST), " ")
    retype(page, box(page, SECOND), " ")
    page.get_by_role("status").get_by_text("Aún no hay texto").wait_for()
    retype(page, box(page, SECOND), "good")
    panel(page, "Del texto a la etiqueta").get_by_role("button", name=re.compile("^good 2204: ocultar")).wait_for()
    page.get_by_role("status").get_by_text("Aún no hay texto").wait_for(state="detached")


def test_all_views_follow_the_language_switch(page):
    page.get_by_role("button", name="English").click()
    for name in (
        "What the tokenizer makes of your sentence",
        "From logits to probabilities",
        "The batch, the mask and the answers",
        "From text to label",
    ):
        panel(page, name).wait_for()
    box(page, "Your sentence, in Spanish or in English").wait_for()
    page.get_by_role("slider", name="Logit of POSITIVE").wait_for()
    page.get_by_role("button", name="Español").click()
    panel(page, "Del texto a la etiqueta").wait_for()
    page.get_by_role("slider", name="Logit de POSITIVE").wait_for()


def test_nothing_typed_is_run(page):
    boxes = [box(page, SENTENCE, number) for number in range(2)]
    boxes += [box(page, name) for name in (FIRST, SECOND, SENTENCES)]
    for place in boxes:
        place.fill(NASTY)
    tokens = panel(page, "Lo que hace el tokenizador con tu frase")
    tokens.get_by_text(NASTY, exact=True).wait_for()
    panel(page, "Del texto a la etiqueta").get_by_role(
        "button", name=re.compile(r"^window \d+: ocultar")
    ).first.wait_for()
    panel(page, "El lote, la máscara y las respuestas").get_by_text("window", exact=True).wait_for()
    assert page.evaluate("window.ran") is None
    assert page.locator(".ph-panel img, .ph-panel script").count() == 0
    for place in boxes:
        place.fill("fine")
    tokens.get_by_role("option", name=re.compile("fine")).wait_for()


def test_no_traceback_anywhere(page):
    assert "Traceback" not in page.locator("body").inner_text()


# Every view there is, as it comes, with labels of great length and with tokens that are markup.

CUT_OFF = """() => {
  const problems = [];
  const clips = (style) => ["hidden", "clip"].includes(style);
  const scrolls = (style) => ["auto", "scroll"].includes(style);
  const look = (name, box, part) => {
    for (; part && part !== document.documentElement; part = part.parentElement) {
      const style = getComputedStyle(part);
      if (scrolls(style.overflowX)) box = part.getBoundingClientRect(); // the reader can bring it into view
      if (style.display.startsWith("inline") && !style.display.includes("-")) continue;
      const { left, right, top, bottom } = part.getBoundingClientRect();
      if (box.left < left - 1 || box.right > right + 1)
        return problems.push(`${name} reaches out of ${part.className}: ${box.left}–${box.right}, ${left}–${right}`);
      if (clips(style.overflowY) && (box.top < top - 1 || box.bottom > bottom + 1))
        return problems.push(`${name} is cut off by ${part.className}`);
    }
    if (box.left < 0 || box.right > innerWidth) problems.push(`${name} reaches out of the page`);
  };
  for (const view of document.querySelectorAll(".ph-field, .ph-slider, .ph-choice, .ph-panel")) {
    const walk = document.createTreeWalker(view, NodeFilter.SHOW_ALL);
    for (let node = view; node; node = walk.nextNode()) {
      const text = node.nodeType === Node.TEXT_NODE;
      const part = text ? node.parentElement : node;
      if (!part.checkVisibility() || part.closest(".ph-spoken")) continue; // gives way on purpose; is read aloud alone
      if (text && node.data.trim()) {
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) look(node.data, box, node.parentElement);
      } else if (!text && getComputedStyle(node).textOverflow === "ellipsis") {
        if (node.scrollWidth > node.clientWidth + 1) problems.push(`${node.textContent} ends in an ellipsis`);
      } else if (!text && !node.firstChild) {
        look(`<${node.tagName} ${node.className}>`, node.getBoundingClientRect(), node.parentElement);
      }
    }
  }
  return problems;
}"""


@pytest.fixture(scope="module")
def every_view(chromium, url):
    """Every view, run in Voila."""
    context = chromium.new_context(viewport={"width": 1280, "height": 2600})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    browser.open_notebook(opened, url, "every.ipynb", "voila")
    results = opened.locator(".ph-panel[role=group] > *:last-child")
    results.nth((1 + len(CHECKPOINTS)) * len(VIEWS) - 1).wait_for(timeout=2 * browser.PATIENCE)
    yield opened
    context.close()


@pytest.mark.parametrize("width", [1280, 600, 400])
@pytest.mark.parametrize(("name", "text"), [("Español", "Etiqueta"), ("English", "Label")])
def test_nothing_is_cut_off(every_view, width, name, text):
    every_view.set_viewport_size({"width": width, "height": 2600})
    every_view.get_by_role("button", name=name).click()
    every_view.get_by_role("columnheader", name=text, exact=True).last.wait_for()
    assert every_view.evaluate(CUT_OFF) == []


def test_no_token_that_is_markup_becomes_more_than_text(every_view):
    made = every_view.evaluate(
        """() => {
            const made = new Set();
            for (const token of document.querySelectorAll(".ph-panel [tabindex]")) {
                token.focus();
                for (const part of document.querySelectorAll("[class^=ph-], [class^=ph-] *")) made.add(part.localName);
            }
            return [...made];
        }"""
    )
    assert set(made) <= TAGS | {"input", "label", "output", "textarea", "canvas", "svg", "path"}
    assert every_view.evaluate("window.ran") is None
