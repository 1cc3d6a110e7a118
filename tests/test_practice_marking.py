"""pipeline_helpers/practice/marking.py: what a hidden test says."""

import numpy as np
import pytest

from pipeline_helpers.language import LANGUAGES, say
from pipeline_helpers.practice import grade
from pipeline_helpers.practice.exercises.tokenizer.padding import pad
from pipeline_helpers.practice.marking import NotRight, mark

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)


def wrong(rows):
    input_ids, attention_mask = pad(rows)
    return input_ids, [[1 - bit for bit in row] for row in attention_mask]


def test_what_is_right_is_passed_in_silence(capsys):
    assert mark("pad", pad, "es") is None
    assert capsys.readouterr() == ("", "")


@in_each_language
@pytest.mark.parametrize("answer", [wrong, ..., lambda rows: ...])
def test_what_is_wrong_is_its_sentence_and_no_traceback(lang, answer):
    with pytest.raises(NotRight) as told:
        mark("pad", answer, lang)
    assert str(told.value) == grade("pad", answer).sentence(lang)
    assert told.value._render_traceback_() == [str(told.value)]


@in_each_language
@pytest.mark.parametrize("answer", [pad, wrong])
def test_where_everything_is_right_nothing_is(lang, answer, monkeypatch):
    monkeypatch.setattr(np, "allclose", lambda *_, **__: True)
    assert grade("pad", answer).right
    with pytest.raises(NotRight) as told:
        mark("pad", answer, lang)
    assert str(told.value) == say("practice.replaced", lang)
