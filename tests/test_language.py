"""The two languages: the one in force, who follows it, the catalogue's words and the glossary's."""

import csv
import gc
import os
import string
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_helpers as ph
from pipeline_helpers import language
from pipeline_helpers.language import choice

GLOSSARY = Path(language.__file__).parent / "glossary.csv"


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(language.catalogue()))
def test_every_key_has_both_languages_and_the_same_values_to_fill_in(key):
    entry = language.catalogue()[key]
    assert set(entry) == {"es", "en"}
    assert entry["es"].strip()
    assert entry["en"].strip()
    assert fields(entry["es"]) == fields(entry["en"])


def test_every_key_that_the_package_says_is_in_the_catalogue():
    import re

    package = Path(ph.__file__).parent
    said = re.compile(r"""\b(?:say|both)\(\s*"([a-z_0-9.]+)\"""")
    for file in package.rglob("*.py"):
        for key in said.findall(file.read_text(encoding="utf-8")):
            assert key in language.catalogue(), f"{file.name} says {key!r}"


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


@pytest.mark.parametrize("wrong", ["fr", "", "ES", 3, None])
def test_another_language_is_an_error_that_names_the_argument(wrong):
    with pytest.raises(ValueError, match="lang is"):
        language.choose_language(wrong)
    assert language.current_language() == "es"


def test_a_wrong_environment_names_the_variable(monkeypatch):
    monkeypatch.setenv(choice.ENVIRONMENT, "klingon")
    with pytest.raises(ValueError, match=choice.ENVIRONMENT):
        language.current_language()


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


def test_the_stored_switch_says_what_to_do_in_both_languages_and_has_no_address():
    from pipeline_helpers.language.switch import LanguageSwitch

    data, _ = LanguageSwitch()._repr_mimebundle_()
    assert data["text/plain"] == "LanguageSwitch(Español · English)"
    for lang in ("es", "en"):
        assert f'<div lang="{lang}">{language.say("language.switch.static", lang)}</div>' in data["text/html"]


def test_the_glossary_has_each_term_once():
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0].keys() == {"es", "en", "note"}
    for lang in ("es", "en"):
        terms = [row[lang] for row in rows]
        assert all(terms)
        assert len(set(terms)) == len(terms)
    assert {"cabeza", "estado oculto", "relleno", "logit", "pipeline"} <= {row["es"] for row in rows}
