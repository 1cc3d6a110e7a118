"""The practice in a real Chromium: a quiz by keyboard alone, and what the practice says, in both languages."""

import re

import pytest

from tests import browser
from tests.quizzes import quizzes_for_a_notebook
from tests.test_browser_day_after import end_all_kernels, shut_down

pytestmark = pytest.mark.browser

CELLS = (
    "import pipeline_helpers as ph\nph.language_switch()",
    'ph.quiz("tokenizer")',
    "def pad(rows):\n    return rows, [[0] * len(row) for row in rows]\n\n\nph.check('pad', pad)",
    "ph.hint('pad')",
    "ph.solution('pad')",
    "ph.progress()",
)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    start = quizzes_for_a_notebook(folder.with_name(f"{folder.name}-quizzes"))
    browser.notebook(folder, "practice.ipynb", start, *CELLS)
    with browser.jupyter(folder) as address:
        yield address


@pytest.fixture(scope="module", params=browser.FRONT_ENDS)
def page(request, chromium, url):
    """The practice, run in one front end, with no network but loopback."""
    context = chromium.new_context(viewport={"width": 1280, "height": 2000})
    context.route(lambda url: not url.startswith(("http://127.0.0.1", "data:", "blob:")), lambda route: route.abort())
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    browser.open_notebook(opened, url, "practice.ipynb", request.param)
    opened.locator(".ph-quiz").wait_for(timeout=2 * browser.PATIENCE)
    opened.get_by_text("Hecho: 0 de").wait_for()
    yield opened
    context.close()


def switch(page, name):
    page.get_by_role("button", name=name, exact=True).dispatch_event("click")


def focused(page):
    return page.evaluate("document.activeElement.textContent || document.activeElement.parentElement.textContent")


def until_focused(page, text):
    page.wait_for_function(
        """text => {
          const { activeElement } = document;
          return (activeElement.textContent || activeElement.parentElement.textContent).includes(text);
        }""",
        arg=text,
    )


def states(page):
    """Each radio button as it is in the accessibility tree: its name, chosen or not, to be changed or not."""
    tree = page.locator(".ph-quiz form").aria_snapshot()
    return [" ".join(line.split()) for line in tree.splitlines() if "radio" in line]


def test_a_quiz_is_answered_by_keyboard_alone_and_follows_the_switch_in_the_middle(page):
    keys = page.keyboard
    quiz = page.get_by_role("group", name="Cuestionario · El tokenizador")
    quiz.get_by_role("group", name="Pregunta 1 de 2. ¿Qué recibe el modelo?").wait_for()
    first = quiz.get_by_role("radio", name="El texto, tal como se escribió.")
    first.focus()
    keys.press("Tab")
    keys.press("Enter")
    quiz.get_by_role("alert").get_by_text("Elige antes una respuesta.").wait_for()
    keys.press("Shift+Tab")
    keys.press("ArrowDown")
    page.wait_for_function("document.querySelectorAll('.ph-quiz [role=alert]').length === 0")
    keys.press("ArrowDown")
    assert states(page) == [
        '- radio "El texto, tal como se escribió."',
        '- radio "Los ids y la máscara."',
        '- radio "Las palabras <b>una por una</b>." [checked]',
    ]
    assert "palabra, y" not in page.content()
    assert "a menudo un token" not in page.content()
    switch(page, "English")
    quiz = page.get_by_role("group", name="Quiz · The tokenizer")
    quiz.get_by_role("group", name="Question 1 of 2. What is the model given?").wait_for()
    assert states(page)[2] == '- radio "The words <b>one by one</b>." [checked]'
    until_focused(page, "The words <b>one by one</b>.")
    keys.press("Enter")
    quiz.get_by_text("✗ Not that one.").wait_for()
    until_focused(page, "No: often a token is not even a word.")
    quiz.get_by_text("Yes: input_ids and attention_mask, and nothing else: {ids}.").wait_for()
    assert states(page)[1:] == [
        '- radio "The ids and the mask. ✓ the right one" [disabled]',
        '- radio "The words <b>one by one</b>. ✗ your answer" [checked] [disabled]',
    ]
    keys.press("Tab")
    keys.press("Enter")
    quiz.get_by_role("group", name="Question 2 of 2. What is ##ization?").wait_for()
    until_focused(page, "A piece that continues a word.")
    assert not any("[checked]" in state for state in states(page))
    keys.press(" ")
    keys.press("Enter")
    until_focused(page, "✓ Right.")
    keys.press("Tab")
    keys.press("Enter")
    until_focused(page, "Result: 1 of 2.")
    switch(page, "Español")
    again = page.get_by_role("button", name="1. ¿Qué recibe el modelo?")
    again.wait_for()
    until_focused(page, "Resultado: 1 de 2.")
    keys.press("Tab")
    assert focused(page) == "1. ¿Qué recibe el modelo?"
    keys.press("Enter")
    until_focused(page, "Pregunta 1 de 2.")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    until_focused(page, "Resultado: 1 de 2.")


def test_check_hint_and_solution_are_seen_in_the_language_of_the_switch(page):
    said = {
        "Español": [
            "Todavía no:",
            "Pistas: ph.hint",
            "Pistas para pad (1 de",
            "Una manera de escribir pad",
            "Rellenar (pad) · empezado",
        ],
        "English": [
            "Not yet:",
            "Hints: ph.hint",
            "Hints for pad (1 of",
            "One way to write pad",
            "Padding (pad) · started",
        ],
    }
    for name, other in (("English", "Español"), ("Español", "English")):
        switch(page, name)
        feedback = page.locator(".ph-feedback")
        for text in said[name]:
            feedback.get_by_text(re.compile(re.escape(text))).locator("visible=true").first.wait_for()
        for text in said[other]:
            assert feedback.get_by_text(re.compile(re.escape(text))).locator("visible=true").count() == 0


def test_once_the_kernel_is_gone_the_quiz_takes_nothing_says_so_and_follows_the_switch(page, url):
    page.get_by_role("button", name=re.compile("^Atrás|^Empezar otra vez")).first.click()
    if "/voila/" in page.url:
        end_all_kernels(page, url)
        page.locator(".ph-switch button").first.focus()  # it asks after its kernel when somebody does something
    else:
        shut_down(page)
    page.get_by_text("Esta vista se quedó sin kernel y ya no responde.").locator("visible=true").wait_for()
    switch(page, "English")
    page.get_by_text("This view has lost its kernel and no longer answers.").locator("visible=true").wait_for()
    page.get_by_role("group", name="Quiz · The tokenizer").get_by_text(re.compile("Question|Result")).first.wait_for()
    assert page.locator(".ph-quiz button:enabled, .ph-quiz input:enabled").count() == 0
