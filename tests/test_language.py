"""The languages: the one in force, who follows it, the catalogue's words and the glossary's."""

import ast
import csv
import gc
import os
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_helpers as ph
from pipeline_helpers import language
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.language import LANGUAGES, choice
from pipeline_helpers.language.prose import ProseError, name_of, read_prose
from pipeline_helpers.practice.exercises import LESSONS, exercises
from pipeline_helpers.practice.quiz import Quiz
from tests.live_views import VIEWS, parts_of

GLOSSARY = Path(language.__file__).parent / "glossary.csv"


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(language.catalogue()))
def test_every_key_has_every_language_and_the_same_values_to_fill_in(key):
    entry = language.catalogue()[key]
    assert entry.keys() == LANGUAGES.keys()
    assert all(text.strip() for text in entry.values())
    assert len({frozenset(fields(text)) for text in entry.values()}) == 1


THE_SAME = {
    "gallery.embeddings", "head.logit", "head.pre_classifier", "hidden_states.one_token", "hidden_states.tokens",
    "live.checkpoint", "live.tokens", "pipeline.ids", "pipeline.logits", "pipeline.mask", "pipeline.softmax",
    "pipeline.tokens", "practice_shown.lesson.softmax", "softmax.head.logit", "softmax.head.scaled",
    "token_similarity.embeddings",
}  # fmt: skip
"""The keys that say the same in two languages: names that stay as they are, and nothing of a sentence."""


def test_backticks_come_in_pairs_with_something_between_them():
    for key, entry in language.catalogue().items():
        for text in entry.values():
            assert text.count("`") % 2 == 0, key
            assert "``" not in text, key


def test_no_word_is_left_in_another_language():
    same = {key for key, entry in language.catalogue().items() if len(set(entry.values())) < len(entry)}
    assert same - THE_SAME == set(), "is it translated? If it is the same word, put it on the list"
    assert THE_SAME - same == set(), "take it off the list"


PACKAGE = Path(ph.__file__).parent
FILES = {path.name for path in PACKAGE.rglob("*.*")}
FILES |= {".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py")}
"""Files and modules of the package: `"live.css"` and `"language.switch"` have the form of a key and are none."""


def asked_for(source):
    """The keys of the catalogue that the Python file `source` can ask for, and what asks for a key that is not there.

    Each text that has the form of a key is one, whatever it is handed to. In `f"live.mask.{kind}"` the part in braces
    is any text that stands in the same file.
    """
    areas = {key.split(".")[0] for key in language.catalogue()}
    form = re.compile(rf"({'|'.join(areas)})(\.\w+)+")
    tree = ast.parse(source)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    found = {text for text in texts if form.fullmatch(text)}
    missing = found - set(language.catalogue()) - FILES
    for node in ast.walk(tree):
        if not (isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)):
            continue
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"([\w.]+)" for part in node.values]
        if re.match(rf"({'|'.join(areas)})\.", node.values[0].value):
            hits = [re.fullmatch("".join(parts), key) for key in language.catalogue()]
            keys = {hit.group() for hit in hits if hit and texts.issuperset(hit.groups())}
            found |= keys
            missing |= set() if keys else {ast.unparse(node)}
    return found, missing


def said_by_exercises():
    """The keys that are asked for through the exercises: `Exercise.key` and what hands them on."""
    for exercise in exercises().values():
        yield from exercise.hints
        for text in (
            "title",
            "right",
            "changed",
            *exercise.mistakes,
            *exercise.symptoms,
            *exercise.traits,
            *exercise.otherwise,
        ):
            yield exercise.key(text)


BY_DATA = {
    "exercise.py: f'practice.shared.{text}'": set(said_by_exercises()),
    "progress.py: f'practice_shown.lesson.{lesson}'": {f"practice_shown.lesson.{lesson}" for lesson in LESSONS},
    "quiz.py: f'practice_shown.lesson.{name}'": {f"practice_shown.lesson.{lesson}" for lesson in LESSONS},
}
"""What asks for keys by what stands in another file, and the keys."""


def test_every_key_that_the_package_says_is_there_and_every_key_is_said():
    said, missing = set().union(*BY_DATA.values()), set()
    for file in PACKAGE.rglob("*.py"):
        found, absent = asked_for(file.read_text(encoding="utf-8"))
        said |= found
        missing |= {f"{file.name}: {key}" for key in absent}
    assert missing - BY_DATA.keys() == set()
    assert BY_DATA.keys() - missing == set(), "take it off the list"
    assert set(language.catalogue()) - said == set(), "nobody says this"


def test_keys_are_seen_however_they_are_asked_for():
    source = """
kind = "with_mask" if mask else "change"
say("live.text"); say(f"live.mask.{kind}"); say(("live.mask.one", "live.mask.gone")[axis])
Mistake("live.empty", n=1); say(f"live.nowhere.{kind}"); import_module("language.switch")
"""
    found, missing = asked_for(source)
    masks = {"live.mask.with_mask", "live.mask.change", "live.mask.one"}
    assert found & set(language.catalogue()) == {"live.text", "live.empty", *masks}
    assert missing == {"live.mask.gone", "f'live.nowhere.{kind}'"}


def test_spanish_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv(choice.ENVIRONMENT)
    assert language.current_language() == "es"


def test_the_environment_overrides_what_is_remembered(monkeypatch):
    language.choose_language("es")
    monkeypatch.setattr(choice, "_chosen", None)
    monkeypatch.setenv(choice.ENVIRONMENT, "en")
    assert language.current_language() == "en"


def test_what_was_chosen_last_is_what_the_next_lesson_opens_in(monkeypatch):
    monkeypatch.delenv(choice.ENVIRONMENT)
    language.choose_language("en")
    monkeypatch.setattr(choice, "_chosen", None)  # another kernel
    assert language.current_language() == "en"


def test_it_is_remembered_across_processes(tmp_path):
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop(choice.ENVIRONMENT, None)

    def run(code):
        code = f"import pipeline_helpers as ph; {code}"
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    run("ph.choose_language('en')")
    assert run("print(ph.current_language())").stdout.strip() == "en"


def test_a_memory_with_nonsense_in_it_is_no_memory(monkeypatch):
    monkeypatch.delenv(choice.ENVIRONMENT)
    choice._memory().write_bytes(b"\xff\xfe klingon")
    assert language.current_language() == "es"


def test_a_home_that_cannot_be_written_costs_the_memory_and_not_the_choice(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(choice, "_memory", lambda: tmp_path / "file" / "language")
    language.choose_language("en")
    assert language.current_language() == "en"


@pytest.mark.parametrize("wrong", ["fr", "", "ES", 3, None, ["es"]])
def test_another_language_is_an_error_that_names_the_argument(wrong):
    message = re.escape(f"lang is {wrong!r}; it takes 'es' (Español) or 'en' (English)")
    with pytest.raises(ValueError, match=message):
        language.choose_language(wrong)
    assert language.current_language() == "es"


def test_a_wrong_environment_names_the_variable(monkeypatch):
    monkeypatch.setenv(choice.ENVIRONMENT, "klingon")
    with pytest.raises(ValueError, match=choice.ENVIRONMENT):
        language.current_language()


def test_the_only_language_is_that_of_this_notebook_alone(monkeypatch):
    monkeypatch.delenv(choice.ENVIRONMENT)
    language.choose_language("en", only=True)
    assert (language.current_language(), language.shown_languages()) == ("en", ["en"])
    monkeypatch.setattr(choice, "_chosen", None)  # another kernel
    assert (language.current_language(), language.shown_languages()) == ("es", list(LANGUAGES))


def test_a_wrong_only_language_changes_nothing():
    with pytest.raises(ValueError, match="lang is 'fr'"):
        language.choose_language("fr", only=True)
    assert language.shown_languages() == list(LANGUAGES)


def everything_shown():
    """Each output that has a language, as HTML and as text: a figure, each view, and what the practice says."""
    shown = [{"text/html": figure_html(ph.plot_pipeline, ph.trace("ok"))}]
    for view in [*(make("ok") for make in VIEWS.values()), Quiz("tokenizer"), Quiz("before")]:
        bundle = view._repr_mimebundle_()
        shown.append(bundle[0] if isinstance(bundle, tuple) else bundle)
        shown += [{"text/html": part.gone} for part in parts_of(view) if hasattr(part, "gone")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
        for answer in (..., lambda rows: None, lambda rows: 1 / 0, exercises()["pad"].solution):
            ph.check("pad", answer)
        ph.hint("pad")
        ph.solution("pad")
        ph.progress()
        ph.progress(forget=True)
    return shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_notebook_of_one_language_shows_has_no_other(lang):
    language.choose_language(lang, only=True)
    for bundle in everything_shown():
        found = re.findall(r'<div[^>]* lang="(\w+)"', bundle["text/html"])
        assert set(found) <= {lang}, bundle["text/html"]
    language.choose_language(lang)
    for bundle in everything_shown():
        found = re.findall(r'<div[^>]* lang="(\w+)"', bundle["text/html"])
        assert set(found) in (set(LANGUAGES), set()), bundle["text/html"]


def test_followers_are_told_once_and_only_of_a_change():
    told = []
    language.on_change(told.append)
    language.choose_language("en")
    language.choose_language("en")
    language.choose_language("es")
    assert told == ["en", "es"]


def test_a_follower_that_nobody_holds_is_forgotten():
    class View:
        def follow(self, lang):
            told.append(lang)

    told = []
    view = View()
    language.on_change(view.follow)
    del view
    gc.collect()
    language.choose_language("en")
    assert told == []


def test_say_fills_in_its_values():
    assert language.say("pipeline.more", "en", shown=3, total=4) == "3 of the 4 sentences are shown here."


def test_the_switch_and_the_language_follow_each_other():
    from pipeline_helpers.language.switch import LanguageSwitch

    switch = LanguageSwitch()
    assert switch.lang == "es"
    switch.lang = "en"
    assert language.current_language() == "en"
    language.choose_language("es")
    assert switch.lang == "es"


def test_the_stored_switch_says_what_to_do_in_every_language_and_has_no_address():
    from pipeline_helpers.language.switch import LanguageSwitch

    data, _ = LanguageSwitch()._repr_mimebundle_()
    assert data["text/plain"] == "LanguageSwitch(Español · English)"
    for lang in LANGUAGES:
        assert f'<div lang="{lang}">{language.say("language.switch.static", lang)}</div>' in data["text/html"]


def test_the_glossary_has_each_term_once():
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0].keys() == {*LANGUAGES, *(f"{lang}_means" for lang in LANGUAGES)}
    for column in rows[0]:
        texts = [row[column] for row in rows]
        assert all(texts)
        assert len(set(texts)) == len(texts)
    for row in rows:
        assert all(row[f"{lang}_means"].endswith(".") for lang in LANGUAGES), row
    assert {"cabeza", "estado oculto", "relleno", "logit", "pipeline"} <= {row["es"] for row in rows}


# The form of a prose cell.

HEADING = '## <span lang="es">Relleno</span> <span class="ph-between">·</span> <span lang="en">Padding</span>'
DIVS = '<div lang="es">\n\nTexto.\n\n</div>\n<div lang="en">\n\nText.\n\n</div>'


@pytest.mark.parametrize(
    ("heading", "es", "en"),
    [
        (HEADING, "## Relleno", "## Padding"),
        (HEADING.replace("## ", "# 1 · "), "# 1 · Relleno", "# 1 · Padding"),
        (HEADING.replace("Padding", "Padding · two"), "## Relleno", "## Padding · two"),
        ("# 4 · Softmax", "# 4 · Softmax", "# 4 · Softmax"),
        ("### Softmax", "### Softmax", "### Softmax"),
    ],
)
def test_a_prose_cell_has_its_heading_and_its_text_in_each_language(heading, es, en):
    prose = read_prose(f"{heading}\n\n{DIVS}")
    assert {lang: (one.heading, one.text) for lang, one in prose.items()} == {"es": (es, "Texto."), "en": (en, "Text.")}
    assert [str(one) for one in prose.values()] == [f"{es}\n\nTexto.", f"{en}\n\nText."]


def test_a_prose_cell_needs_no_heading():
    assert [str(one) for one in read_prose(DIVS).values()] == ["Texto.", "Text."]


def test_the_name_of_a_language_in_front_of_its_text_is_no_part_of_it():
    named = DIVS.replace("Texto", name_of("es") + "Texto").replace("Text.", name_of("en") + "Text.")
    assert [str(one) for one in read_prose(f"{HEADING}\n\n{named}").values()] == [
        "## Relleno\n\nTexto.",
        "## Padding\n\nText.",
    ]


def test_what_stands_inside_a_language_is_left_as_it_is():
    inner = (
        'Escribe `<div lang="en">`.\n\n```html\n<div lang="en">x</div>\n## A · B\n```\n\n<div class="note">\n\n<div>'
        "\n\nx\n\n</div>\n\n</div>\n\n<details><summary>y</summary>\n\nz\n\n</details>"
    )
    assert read_prose(DIVS.replace("Texto.", inner))["es"].text == inner
    assert read_prose(DIVS.replace("Text.", inner))["en"].text == inner


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("Solo español", 'it has no <div lang="es">'),
        ('<div lang="es">\n\nTexto.\n\n</div>', 'it has no <div lang="en">'),
        (DIVS.removesuffix("\n\n</div>"), "it is not a heading, if any"),
        (DIVS.replace("Text.\n\n", "Text.\n"), "it is not a heading, if any"),
        (DIVS.replace("\n<div", "\n\nOther.\n\n<div"), "it is not a heading, if any"),
        (f"{DIVS}\n\nOther.", "it is not a heading, if any"),
        (f"## Relleno · Padding\n\n{DIVS}", "the heading '## Relleno · Padding' is neither"),
        (DIVS.replace("Texto", name_of("es") + "Texto"), "the name of its language is missing in one"),
        (DIVS.replace("Texto", name_of("en") + "Texto"), "a text has ph-between elsewhere"),
        (DIVS.replace("Texto.", f"Texto. {name_of('es')}"), "a text has ph-between elsewhere"),
        (HEADING.replace('lang="en"', 'lang="fr"') + "\n\n" + DIVS, "the heading '## <span .* is neither"),
        (HEADING.partition(" <span class")[0] + "\n\n" + DIVS, "the heading '## <span .* is neither"),
    ],
)
def test_a_prose_cell_of_another_form_is_refused_with_the_reason(source, message):
    with pytest.raises(ProseError, match=message):
        read_prose(source)
