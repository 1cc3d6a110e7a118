"""The head read at every token after every layer: against heads called by hand, in many models."""

import copy

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.stages import load
from tests import models

TEXTS = ["I love this film", "Me encanta"]


@pytest.fixture(scope="module")
def loaded():
    return load(ph.checkpoint())


def by_hand(model, states):
    """The heads as transformers writes them, called on vectors `[…, H]`."""
    with torch.no_grad():
        match type(model).__name__:
            case "DistilBertForSequenceClassification":
                return model.classifier(model.pre_classifier(states).relu())
            case "BertForSequenceClassification":
                return model.classifier(model.bert.pooler.dense(states).tanh())
            case "AlbertForSequenceClassification":
                return model.classifier(model.albert.pooler(states).tanh())
            case "RobertaForSequenceClassification":
                return model.classifier.out_proj(model.classifier.dense(states).tanh())
            case "ElectraForSequenceClassification":
                dense = torch.nn.functional.gelu(model.classifier.dense(states))
                return model.classifier.out_proj(dense)
            case "GPT2ForSequenceClassification":
                return model.score(torch.cat([model.transformer.ln_f(states[:-1]), states[-1:]]))
            case "LlamaForSequenceClassification":
                return model.score(torch.cat([model.model.norm(states[:-1]), states[-1:]]))


def close(one, other):
    torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    "name", ["distilbert", "bert", "albert", "roberta", "electra", "gpt2", "gpt2 that names no padding", "llama"]
)
def test_it_is_the_head_called_by_hand(name):
    model, tokenizer, _ = models.make(name)
    trace = ph.trace(TEXTS, model=model, tokenizer=tokenizer)
    lens = ph.logit_lens(trace, model)
    expected = by_hand(model, torch.stack(trace.hidden_states))
    assert lens.logits.shape == (3, 2, trace.input_ids.shape[1], 2)
    close(lens.logits, expected)
    close(lens.probabilities, lens.logits.softmax(-1))
    assert lens.head_positions == trace.head_positions
    assert [row.tokens for row in lens.rows] == trace.tokens


def test_the_notes_sentences_and_their_texts(trace, loaded):
    model, tokenizer = loaded
    lens = ph.logit_lens(trace, model)
    assert lens.logits.shape == (7, 2, 16, 2)
    close(lens.logits, by_hand(model, torch.stack(trace.hidden_states)))
    close(lens.logits[-1, :, 0], trace.logits)
    close(lens.logits, ph.logit_lens(trace.texts, model, tokenizer).logits)
    assert lens.id2label == {0: "NEGATIVE", 1: "POSITIVE"}


@pytest.mark.parametrize("name", [name for name in models.MODELS if name != "modernbert, mean"])
def test_after_the_last_layer_at_the_heads_position_it_is_the_answer(name):
    model, tokenizer, _ = models.make(name)
    trace = ph.trace(TEXTS, model=model, tokenizer=tokenizer)
    lens = ph.logit_lens(TEXTS, model, tokenizer)
    for row, position in enumerate(lens.head_positions):
        close(lens.logits[-1, row, position], trace.logits[row])


@pytest.mark.parametrize("labels", [1, 3])
def test_other_numbers_of_labels(labels, loaded):
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    torch.manual_seed(0)
    config = DistilBertConfig(dim=24, n_layers=3, n_heads=2, hidden_dim=48, num_labels=labels)
    model = DistilBertForSequenceClassification(config).eval()
    lens = ph.logit_lens("I love it", model, loaded[1])
    assert lens.probabilities.shape == (4, 1, 5, labels)
    close(lens.probabilities, lens.logits.sigmoid() if labels == 1 else lens.logits.softmax(-1))


def test_nothing_stays_behind_also_after_an_error(loaded):
    model, tokenizer = loaded
    hooked = lambda: sum(len(module._forward_hooks) for module in model.modules())  # noqa: E731
    before = hooked()
    ph.logit_lens("ok", model, tokenizer)
    broken = model.classifier.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ph.logit_lens(ph.trace("ok"), model)
    broken.remove()
    assert hooked() == before


def test_heads_that_read_several_positions_and_other_models_are_refused(trace):
    model, tokenizer, _ = models.make("modernbert, mean")
    with pytest.raises(ValueError, match="head reads no single position"):
        ph.logit_lens(TEXTS, model, tokenizer)
    other, _, _ = models.make("distilbert")
    with pytest.raises(ValueError, match=r"model has the width 32 .* not the model that made this trace"):
        ph.logit_lens(trace, other)
    with pytest.raises(TypeError, match="tokenizer is missing"):
        ph.logit_lens("ok", model)
    with pytest.raises(TypeError, match="source is of type int"):
        ph.logit_lens(3, model, tokenizer=None)


def test_the_same_body_under_another_head_is_refused(trace, loaded):
    other = copy.deepcopy(loaded[0])
    with torch.no_grad():
        other.classifier.bias += 1
    with pytest.raises(ValueError, match=r"model's head makes .* not the model that made this trace"):
        ph.logit_lens(trace, other)
    with pytest.raises(ValueError, match=r"model gives the logits .* where source has"):
        ph.without_head(trace, other, heads=[(0, 0)])
    with pytest.raises(ValueError, match=r"model gives the logits .* where source has"):
        ph.token_effects(trace, other)


def test_another_thread_that_uses_the_model_meanwhile_gets_its_whole_answer(loaded):
    """The other thread runs the whole model while this one has put vectors in the place of the last hidden states."""
    model, tokenizer = loaded
    inputs = tokenizer("I love it", return_tensors="pt")
    with torch.no_grad():
        whole = model(**inputs).logits
    with models.another_thread_inside(model, inputs) as answers:
        ph.logit_lens("I love it", model, tokenizer)
    assert len(answers) > 1
    for answer in answers:
        torch.testing.assert_close(answer, whole, rtol=0, atol=0)
