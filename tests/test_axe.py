"""axe-core looks at every lesson after it has run: in JupyterLab, Notebook 7, Voila, as a handout and as slides.

At two practice notebooks it looks in JupyterLab alone.

`make axe` gets axe-core and runs this. One run of a lesson a host; language and theme are changed in place. Whatever
is in a prose cell, in an output, in the switch or on a page that we make is ours, and has no violation. What JupyterLab
and Voila bring with them stands in `axe_known.tsv`, a rule and an element a line, and nothing may be added to it.
"""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from pipeline_helpers.language import LANGUAGES
from tests import browser
from tests.quizzes import quizzes_for_a_notebook
from tests.test_browser_demo import demo_page  # noqa: F401, a fixture
from tools import export_lessons

pytestmark = [pytest.mark.axe, pytest.mark.browser]

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
LESSONS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
PRACTICES = ("01_tokenizer", "05_inside_a_layer")
"""Two of them: all are made of the same kinds of cells."""
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
KNOWN = {tuple(line.split("\t")) for line in (ROOT / "tests" / "axe_known.tsv").read_text().splitlines() if line}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that a theme can change the answer to."""
VIEW = ("import pipeline_helpers as ph\nph.language_switch()", 'ph.LiveTokenizer("I love this film")')
PRACTICE = (
    VIEW[0],
    'ph.quiz("tokenizer")',
    'ph.check("pad", lambda rows: (rows, [[0] * len(row) for row in rows]))',
    'ph.check("pad", ...)',
    'ph.hint("pad")',
    'ph.solution("pad")',
    "ph.progress()",
)
"""What a student meets in a practice notebook, beside its prose."""

# What is wrong on the page: a rule, whose it is, and the element, by its name and those of its classes that last.
LOOK = """async ([rules, all]) => {
  const options = { resultTypes: ["violations"], elementRef: true, preload: false,
                    rules: { "label-content-name-mismatch": { enabled: true } } };
  if (rules) options.runOnly = { type: "rule", values: rules };
  const ours = ".jp-RenderedMarkdown, .jp-OutputArea-output, .ph-corner";
  const name = (element) => [element.tagName.toLowerCase(), ...[...element.classList]
      .filter((part) => !/^([jl][pm]-mod-|ͼ|cm-.*ͼ)|\\d/.test(part)).sort()].join(".");
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ element, html, failureSummary }) => ({
    rule: id, ours: all || Boolean(element.closest(ours)), element: name(element),
    html: html.slice(0, 160), why: failureSummary.split("\\n").slice(1).join(" ").trim().slice(0, 200),
  })));
}"""
UNFOLD = "() => document.querySelectorAll('details').forEach((part) => { part.open = true; })"
# Every slide at once, with all of its steps: reveal.js shows one and hides the others, also from axe.
ALL_SLIDES = """() => {
  document.documentElement.classList.add("measuring");
  for (const slide of document.querySelectorAll(".slides section")) {
    slide.hidden = false;
    slide.removeAttribute("aria-hidden");
    slide.classList.remove("past", "future");
  }
  document.querySelectorAll(".fragment").forEach((part) => part.classList.add("visible"));
}"""
SAYS = "lang => [...document.querySelectorAll('.ph-says')].every(part => [lang, ''].includes(part.lang))"
"""A part that has the name of an argument, such as padding, is in no language."""
DARK = Path(sys.prefix, "share", "jupyter", "nbconvert", "templates", "lab", "static", "theme-dark.css")
"""What Voila puts on its page instead of the light theme's."""


@pytest.fixture(scope="module")
def axe():
    if not AXE.exists():
        pytest.fail("axe-core is not here: `make axe` gets it · axe-core no está: `make axe` lo trae")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lessons") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder)
    browser.notebook(folder, "view.ipynb", *VIEW)
    browser.notebook(folder, "practice.ipynb", quizzes_for_a_notebook(folder.with_name("quizzes")), *PRACTICE)
    # All cells on the page at once, or axe would not see what is out of view.
    with browser.jupyter(folder, {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}) as address:
        yield address


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    for kind in export_lessons.EXPORTS:
        export_lessons.main([kind, "--stored", "--output", str(folder)])
    return folder


def look(page, axe, *, rules=None, everything=False):
    """What axe finds on `page`: what is ours, a sentence each, and what is not, as rule and element."""
    if not page.evaluate("() => Boolean(window.axe?.run)"):
        page.evaluate(axe)
    found = page.evaluate(LOOK, [rules, everything])
    ours = {f"{one['rule']}: {one['html']} ({one['why']})" for one in found if one["ours"]}
    return ours, {(one["rule"], one["element"]) for one in found if not one["ours"]}


def opened(page, url, name, host):
    """The notebook `name`, run in `host`, its answers folded out."""
    browser.open_notebook(page, url, name, host)
    page.locator(".ph-switch").first.wait_for(state="attached", timeout=2 * browser.PATIENCE)
    page.wait_for_function("() => document.querySelectorAll('.jp-OutputArea-output .widget-loading').length === 0")
    page.evaluate(UNFOLD)


def choose(page, lang):
    page.locator(f".ph-switch button[lang={lang}]").click()
    page.locator(f".ph-switch button[lang={lang}][aria-pressed=true]").wait_for()
    page.wait_for_function(SAYS, arg=lang)


def put_on(page, theme, host):
    if host != "voila":
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", THEMES[theme])
        light = str(theme == "light").lower()
        page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=light)
    elif theme == "dark":
        page.add_style_tag(content=DARK.read_text(encoding="utf-8"))
        page.evaluate("document.body.classList.replace('theme-light', 'theme-dark')")


def report(found):
    return "\n".join(sorted(found))


@pytest.mark.parametrize("host", browser.FRONT_ENDS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_of_ours_is_amiss(page, url, axe, lesson, host):
    opened(page, url, f"{lesson}.ipynb", host)
    ours, others = {}, set()
    for theme in THEMES:
        put_on(page, theme, host)
        for lang in LANGUAGES:
            choose(page, lang)
            mine, not_mine = look(page, axe, rules=None if theme == "light" else OF_COLOURS)
            ours |= {line: f"{lang}, {theme}: {line}" for line in mine - ours.keys()}
            others |= not_mine
    put_on(page, "light", host)  # the server remembers it
    assert not ours, report(ours.values())
    assert others <= KNOWN, report(map("\t".join, others - KNOWN))


@pytest.mark.parametrize("practice", PRACTICES)
def test_nothing_is_amiss_in_a_practice_notebook(page, url, axe, practice):
    """In one host and one theme: what it shows beside its prose is looked at everywhere, below."""
    opened(page, url, f"practice/{practice}.ipynb", "lab")
    page.locator(".ph-quiz").wait_for()
    for lang in LANGUAGES:
        choose(page, lang)
        ours, others = look(page, axe)
        assert not ours, f"{lang}: {report(ours)}"
        assert others <= KNOWN, report(map("\t".join, others - KNOWN))


@pytest.mark.parametrize("host", browser.FRONT_ENDS)
def test_nothing_is_amiss_in_a_quiz_nor_in_what_is_said_of_an_answer(page, url, axe, host):
    opened(page, url, "practice.ipynb", host)
    page.locator(".ph-feedback li").last.wait_for(state="attached")
    steps = [None, "[type=submit]", "label:last-of-type", "[type=submit]", "[type=submit]", "label:first-of-type",
             "[type=submit]", "[type=submit]"]  # fmt: skip
    for theme in THEMES:
        put_on(page, theme, host)
        for lang in LANGUAGES:
            choose(page, lang)
            for step in steps:
                if step:
                    before = page.locator(".ph-quiz").inner_html()
                    page.locator(f".ph-quiz {step}").click()
                    page.wait_for_function("old => document.querySelector('.ph-quiz').innerHTML !== old", arg=before)
                ours, others = look(page, axe, rules=None if theme == "light" else OF_COLOURS)
                assert not ours, f"{lang}, {theme}, {step}: {report(ours)}"
                assert others <= KNOWN, report(map("\t".join, others - KNOWN))
            page.locator(".ph-quiz [data-action=again]").click()
            page.locator(".ph-quiz form").wait_for()
    put_on(page, "light", host)


def test_nothing_is_amiss_on_the_page_for_a_lecture(demo_page, axe):  # noqa: F811
    for theme in THEMES:
        put_on(demo_page, theme, "voila")
        for lang in LANGUAGES:
            choose(demo_page, lang)
            ours, _ = look(demo_page, axe, everything=True)
            assert not ours, f"{lang}, {theme}: {report(ours)}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", export_lessons.EXPORTS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_is_amiss_on_the_pages_that_we_make(page, exported, axe, lesson, kind, lang):
    page.context.unroute_all()
    page.goto((exported / kind / lang / f"{lesson}{export_lessons.ENDINGS[kind]}").as_uri())
    if kind == "slides":
        page.wait_for_function("() => window.Reveal && Reveal.isReady()")
        page.evaluate(ALL_SLIDES)
    page.evaluate(UNFOLD)
    ours, _ = look(page, axe, everything=True)
    assert not ours, report(ours)


def test_a_button_without_a_name_is_found(page, url, axe):
    opened(page, url, "view.ipynb", "lab")
    page.locator(".ph-token").first.wait_for()
    ours, others = look(page, axe)
    assert not ours, report(ours)
    # Beside its parts: what stands inside a panel is put right with the panel's next text.
    page.locator(".ph-view").last.evaluate("view => view.append(document.createElement('button'))")
    ours, more = look(page, axe)
    assert [line for line in ours if line.startswith("button-name")], report(ours)
    assert more == others


def test_the_list_of_what_is_known_is_of_others(axe):
    version = json.loads((AXE.parent / "package.json").read_text())["version"]
    assert re.search(rf"axe-core@{re.escape(version)}\b", (ROOT / "Makefile").read_text()), version
    assert not [element for _, element in KNOWN if ".ph-" in element]
