"""What a model would answer with tokens hidden, alone or together."""

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.interpretability import effects, hiding_in_batches
from pipeline_helpers.stages import load
from tests import models

TEXT = "The film is not bad at all"


@pytest.fixture(scope="module")
def loaded():
    return load(ph.checkpoint())


def by_hand(model, inputs, positions):
    """The probabilities of a row with zeros at some positions of its mask."""
    mask = inputs["attention_mask"].clone()
    mask[0, list(positions)] = 0
    with torch.no_grad():
        return model(**{**inputs, "attention_mask": mask}).logits.softmax(-1)[0]


def close(one, other):
    torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


def test_it_is_the_change_that_a_0_in_the_mask_makes(loaded):
    found = ph.token_effects(TEXT, *loaded)
    inputs = loaded[1](TEXT, return_tensors="pt")
    assert found.tokens == ["[CLS]", *TEXT.lower().split(), "[SEP]"]
    assert found.places == [(place,) for place in range(9)]
    assert found.id2label == {0: "NEGATIVE", 1: "POSITIVE"}
    close(found.whole, by_hand(*loaded[:1], inputs, []))
    close(found.probabilities, torch.stack([by_hand(*loaded[:1], inputs, [place]) for place in range(9)]))
    close(found.changes, found.probabilities - found.whole)
    assert [round(change, 2) for change in found.changes[:, 1].tolist()] == [0, 0, 0, 0, -0.98, -0.98, 0, 0, 0]


def test_tokens_that_say_the_same_are_missed_only_together(loaded):
    model, tokenizer = loaded
    text = "A terrible, awful film."
    words = tokenizer.tokenize(text)
    one, other = words.index("terrible") + 1, words.index("awful") + 1
    found = ph.token_effects(text, model, tokenizer, places=[one, other, (one, other)])
    assert found.places == [(one,), (other,), (one, other)]
    close(found.probabilities[2], by_hand(model, tokenizer(text, return_tensors="pt"), (one, other)))
    assert found.changes[:2].abs().max() < 0.05 < 0.5 < found.changes[2, 1]


@pytest.mark.parametrize("name", ["gpt2 that names no padding", "roberta", "bert", "modernbert, mean"])
def test_other_models(name):
    model, tokenizer, _ = models.make(name)
    inputs = dict(tokenizer("I love this", return_tensors="pt"))
    found = ph.token_effects("I love this", model, tokenizer)
    rows = [by_hand(model, inputs, [place]) for place in range(inputs["input_ids"].shape[1])]
    close(found.probabilities, torch.stack(rows))


def test_a_sentence_of_a_trace_is_as_good_as_its_text(trace, loaded):
    model, tokenizer = loaded
    from_trace = ph.token_effects(trace, model, sentence=1)
    assert from_trace.tokens == trace.rows[1].without_padding().tokens
    close(from_trace.changes, ph.token_effects(trace.texts[1], model, tokenizer).changes)
    close(from_trace.whole, trace.probabilities[1])


@pytest.mark.parametrize(("length", "most"), [(3, 8), (8, 8), (20, 3), (40, 1), (200, 1)])
def test_batches_are_small_and_computed_when_they_are_asked_for(loaded, monkeypatch, length, most):
    model, tokenizer = loaded
    rows, forward = [], model.forward
    monkeypatch.setattr(model, "forward", lambda **inputs: rows.append(len(inputs["input_ids"])) or forward(**inputs))
    wanted = [(place,) for place in range(min(length, 10))]
    batches = hiding_in_batches(model, tokenizer("good " * (length - 2)), wanted)
    assert rows == []
    seen = []
    for places, logits in batches:
        seen += places
        assert logits.shape == (len(places), 2)
    assert seen == wanted
    assert max(rows) <= most
    assert max(rows) * length <= effects.TOKENS or most == 1
    assert sum(rows) == len(seen)


def test_with_nothing_left_there_is_no_answer(loaded):
    model, tokenizer = loaded
    found = ph.token_effects("good", model, tokenizer, places=[(0, 1, 2), (0, 1)])
    assert found.probabilities.isnan().tolist() == [[True, True], [False, False]]


def test_no_places_are_no_effects(loaded):
    assert ph.token_effects(TEXT, *loaded, places=[]).changes.shape == (0, 2)


def test_the_model_comes_out_as_it_went_in(loaded):
    model, tokenizer = loaded
    model.train()
    try:
        first = ph.token_effects(TEXT, model, tokenizer)
        assert model.training
        torch.testing.assert_close(first.changes, ph.token_effects(TEXT, model, tokenizer).changes)
    finally:
        model.eval()


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"places": [9]}, ValueError, "places holds 9; the sentence has 9 tokens"),
        ({"places": [-1]}, ValueError, "places holds -1"),
        ({"places": [(1, 9)]}, ValueError, r"places holds \(1, 9\)"),
        ({"places": ["not"]}, TypeError, "places holds 'not'"),
        ({"places": [True]}, TypeError, "places holds True"),
        ({"places": 3}, TypeError, "places is 3"),
        ({"places": "not"}, TypeError, "places is 'not'"),
        ({"sentence": 1}, ValueError, "sentence is 1"),
        ({"source": ["one", "two"]}, ValueError, "source holds 2 texts"),
        ({"source": None}, TypeError, "source is None"),
        ({"tokenizer": None}, TypeError, "tokenizer is missing"),
        ({"model": "distilbert"}, TypeError, "model is of type str"),
    ],
)
def test_what_it_cannot_do_is_one_clear_error(loaded, wrong, error, message):
    given = {"source": TEXT, "model": loaded[0], "tokenizer": loaded[1], **wrong}
    with pytest.raises(error, match=message):
        ph.token_effects(given.pop("source"), given.pop("model"), given.pop("tokenizer"), **given)


def test_a_trace_of_another_model_is_refused(trace, loaded):
    other, tokenizer, _ = models.make("distilbert")
    with pytest.raises(ValueError, match="not the model that made this trace"):
        ph.token_effects(trace, other)
    with pytest.raises(TypeError, match="tokenizer came beside a Trace"):
        ph.token_effects(trace, loaded[0], tokenizer)
    with pytest.raises(TypeError, match="model is of type NoneType"):
        ph.token_effects(trace, None)
