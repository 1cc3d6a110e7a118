"""What a model would answer with a token hidden, one token at a time."""

import math

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers import interpretability
from pipeline_helpers.interpretability import effect_of_hiding, hiding_in_batches
from pipeline_helpers.stages import load
from tests import models

TEXT = "The film is not bad at all"


@pytest.fixture(scope="module")
def loaded():
    return load(ph.checkpoint())


def one_by_one(model, inputs):
    """The same by hand, a row at a time: probabilities without each token, minus those with it."""
    with torch.no_grad():
        whole = model(**inputs).logits.softmax(-1)[0]
        changes = []
        for place in range(inputs["input_ids"].shape[1]):
            mask = inputs["attention_mask"].clone()
            mask[0, place] = 0
            changes.append(model(**{**inputs, "attention_mask": mask}).logits.softmax(-1)[0] - whole)
    return torch.stack(changes)


def test_it_is_the_change_that_a_0_in_the_mask_makes(loaded):
    model, tokenizer = loaded
    inputs = tokenizer(TEXT, return_tensors="pt")
    effect = effect_of_hiding(model, inputs)
    assert effect.shape == (9, 2)
    torch.testing.assert_close(effect, one_by_one(model, inputs), atol=1e-5, rtol=0)
    assert [round(change, 2) for change in effect[:, 1].tolist()] == [0, 0, 0, 0, -0.98, -0.98, 0, 0, 0]


@pytest.mark.parametrize("name", ["gpt2 that names no padding", "roberta", "modernbert, mean"])
def test_other_models(name):
    model, tokenizer, _ = models.make(name)
    inputs = dict(tokenizer("I love this", return_tensors="pt"))
    torch.testing.assert_close(effect_of_hiding(model, inputs), one_by_one(model, inputs), atol=1e-5, rtol=0)


def test_lists_are_as_good_as_tensors_and_places_can_be_chosen(loaded):
    model, tokenizer = loaded
    some = effect_of_hiding(model, tokenizer(TEXT), [5, 0])
    every = effect_of_hiding(model, tokenizer([TEXT], return_tensors="pt"))
    torch.testing.assert_close(some, every[[5, 0]], atol=1e-5, rtol=0)
    assert effect_of_hiding(model, {"input_ids": tokenizer(TEXT)["input_ids"]}).shape == (9, 2)
    assert len(effect_of_hiding(model, tokenizer(TEXT), [])) == 0


@pytest.mark.parametrize(("length", "most"), [(3, 8), (8, 8), (20, 3), (40, 1), (200, 1)])
def test_batches_are_small_and_computed_when_they_are_asked_for(loaded, monkeypatch, length, most):
    model, tokenizer = loaded
    rows, forward = [], model.forward
    monkeypatch.setattr(model, "forward", lambda **inputs: rows.append(len(inputs["input_ids"])) or forward(**inputs))
    batches = hiding_in_batches(model, tokenizer("good " * (length - 2)), range(min(length, 10)))
    assert rows == []
    seen = []
    for places, changes in batches:
        seen += places
        assert len(places) == len(changes)
    assert seen == list(range(min(length, 10)))
    assert max(rows) <= most
    assert max(rows) * length <= interpretability.TOKENS or most == 1
    assert sum(rows) == len(seen) + 1  # and the sentence as it is, once


def test_with_nothing_left_there_is_no_answer(loaded):
    model, tokenizer = loaded
    ids = tokenizer("good", add_special_tokens=False)
    assert all(math.isnan(change) for change in effect_of_hiding(model, ids)[0].tolist())


def test_the_model_comes_out_as_it_went_in(loaded):
    model, tokenizer = loaded
    model.train()
    try:
        batches = hiding_in_batches(model, tokenizer(TEXT))
        next(batches)
        assert model.training
        torch.testing.assert_close(effect_of_hiding(model, tokenizer(TEXT)), effect_of_hiding(model, tokenizer(TEXT)))
    finally:
        model.eval()


def test_several_sentences_and_places_that_are_not_there_are_refused(loaded):
    model, tokenizer = loaded
    with pytest.raises(ValueError, match=r"input_ids of shape \[2, 3\]; it takes one sentence"):
        effect_of_hiding(model, tokenizer(["good", "bad"], return_tensors="pt"))
    with pytest.raises(ValueError, match=r"places is \[9\]; the sentence has 9 tokens"):
        effect_of_hiding(model, tokenizer(TEXT), [9])
    with pytest.raises(ValueError, match="places is"):
        effect_of_hiding(model, tokenizer(TEXT), [-1])
