"""The stages: what a trace keeps, that it answers as the pipeline does, and what it says to what it can't take."""

import shutil

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    pipeline,
)

import pipeline_helpers as ph
from pipeline_helpers.stages import load
from tests.notes import ATTENTION_MASK, INPUT_IDS, SENTENCES

LONG = "This film is a joy from beginning to end. " * 80


@pytest.fixture(scope="module")
def classifier():
    return pipeline("sentiment-analysis", model=ph.checkpoint())


def tiny_model(labels, **config):
    """A random DistilBERT with the course's vocabulary, for what the classroom checkpoint is not."""
    torch.manual_seed(0)
    return DistilBertForSequenceClassification(
        DistilBertConfig(dim=24, n_layers=2, n_heads=2, hidden_dim=48, num_labels=labels, **config)
    ).eval()


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(ph.checkpoint())


def test_ids_and_mask_are_those_of_the_notes(trace):
    assert trace.input_ids.tolist() == INPUT_IDS
    assert trace.attention_mask.tolist() == ATTENTION_MASK


def test_tokens_belong_to_their_words_and_places(trace):
    assert trace.tokens[1][:9] == ["[CLS]", "i", "hate", "this", "so", "much", "!", "[SEP]", "[PAD]"]
    row = trace.rows[1]
    assert row.word_ids[:9] == [None, 0, 1, 2, 3, 4, 5, None, None]
    assert row.piece(2) == row.word(2) == "hate"
    assert row.special[:9] == [True, *[False] * 6, True, False]


def test_shapes_are_those_of_the_docstring(trace):
    layers, heads, width = trace.config.n_layers, trace.config.n_heads, trace.config.dim
    assert len(trace.hidden_states) == layers + 1
    assert all(state.shape == (2, 16, width) for state in trace.hidden_states)
    assert len(trace.attentions) == layers
    assert all(weights.shape == (2, heads, 16, 16) for weights in trace.attentions)
    assert trace.logits.shape == trace.probabilities.shape == (2, 2)


def test_every_intermediate_is_that_of_plain_transformers(trace):
    tokenizer = AutoTokenizer.from_pretrained(ph.checkpoint())
    model = AutoModelForSequenceClassification.from_pretrained(ph.checkpoint(), attn_implementation="eager").eval()
    inputs = tokenizer(SENTENCES, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        outputs = model(**inputs, output_hidden_states=True, output_attentions=True)
    torch.testing.assert_close(trace.logits, outputs.logits)
    torch.testing.assert_close(trace.probabilities, torch.softmax(outputs.logits, dim=-1))
    torch.testing.assert_close(trace.hidden_states, outputs.hidden_states)
    torch.testing.assert_close(trace.attentions, outputs.attentions)


@pytest.mark.parametrize(
    "texts",
    ["I love it.", SENTENCES, ["Bad", "A very long and winding sentence " * 30, "ok then"], [LONG, "no"], ["", " "]],
    ids=["one", "two", "different lengths", "past 512 tokens", "empty"],
)
def test_predictions_are_those_of_the_pipeline(texts, classifier):
    ours, theirs = ph.trace(texts).predictions, classifier(texts, truncation=True)
    assert [answer["label"] for answer in ours] == [answer["label"] for answer in theirs]
    assert [answer["score"] for answer in ours] == pytest.approx([a["score"] for a in theirs], abs=1e-4)


def test_what_was_cut_off_is_counted(tokenizer):
    cut = ph.trace([LONG, "no"])
    everything = len(tokenizer(LONG, verbose=False)["input_ids"])
    assert [row.cut_off for row in cut.rows] == [everything - 512, 0]
    assert cut.input_ids.shape == (2, 512)


def test_attentions_are_kept_only_when_asked_for():
    assert ph.trace("ok").attentions is None


def test_a_model_without_the_attention_matrix_is_asked_for_it_and_left_as_it_was(tokenizer):
    model = tiny_model(2)
    model.set_attn_implementation("sdpa")
    traced = ph.trace("ok", model=model, tokenizer=tokenizer, attentions=True)
    torch.testing.assert_close(traced.attentions[0].sum(-1), torch.ones(1, 2, 3))
    assert model.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("labels", [1, 5])
def test_other_numbers_of_labels_are_answered_as_the_pipeline_does(labels, tokenizer):
    model = tiny_model(labels)
    ours = ph.trace("I love it", model=model, tokenizer=tokenizer)
    theirs = pipeline("text-classification", model=model, tokenizer=tokenizer)("I love it")[0]
    assert ours.predictions[0]["label"] == theirs["label"]
    assert ours.predictions[0]["score"] == pytest.approx(theirs["score"], abs=1e-5)
    assert ours.logits.shape == (1, labels)


def test_what_was_loaded_last_stays_loaded():
    ph.trace("ok")
    assert load(ph.checkpoint())[0] is load(ph.checkpoint())[0]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=3))
def test_any_text_in_any_script_gets_an_answer(texts):
    traced = ph.trace(texts)
    assert len(traced.predictions) == len(texts)
    torch.testing.assert_close(traced.probabilities.sum(-1), torch.ones(len(texts)))


@pytest.mark.parametrize(
    "text", ["", "x" * 100_000, "a " * 50_000, "😀🎬", "أحب هذا الفيلم", "我喜欢", "<b>&amp;</b>", "\x00\n\t"]
)
def test_unusual_texts_get_an_answer(text):
    assert ph.trace(text).predictions[0]["label"] in ("NEGATIVE", "POSITIVE")


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ([], ValueError, "texts is empty"),
        (None, TypeError, "texts is None"),
        (3, TypeError, "texts is of type int"),
        (b"bytes", TypeError, "texts is of type bytes"),
        ({"a": "b"}, TypeError, "texts is of type dict"),
        (["ok", None], TypeError, r"texts\[1\] is None"),
        (["ok", 2], TypeError, r"texts\[1\] is of type int"),
        (["half \ud83d"], ValueError, r"texts\[0\] holds half of a surrogate pair"),
    ],
)
def test_what_is_no_text_is_one_clear_error(texts, error, message):
    with pytest.raises(error, match=message):
        ph.trace(texts)


def test_model_and_tokenizer_come_together(tokenizer):
    with pytest.raises(TypeError, match="model is missing"):
        ph.trace("ok", tokenizer=tokenizer)
    with pytest.raises(TypeError, match="tokenizer is missing"):
        ph.trace("ok", model=tiny_model(2))
    with pytest.raises(TypeError, match="checkpoint came beside"):
        ph.trace("ok", "classroom", model=tiny_model(2), tokenizer=tokenizer)


def test_a_tokenizer_without_padding_takes_one_text_and_refuses_a_batch():
    tokenizer = AutoTokenizer.from_pretrained(ph.checkpoint())
    tokenizer.pad_token = None
    model = tiny_model(2)
    assert ph.trace("one", model=model, tokenizer=tokenizer).predictions
    with pytest.raises(ValueError, match="pad_token"):
        ph.trace(["one", "and two"], model=model, tokenizer=tokenizer)


def copied(tmp_path, *names):
    for name in names:
        shutil.copy(f"{ph.checkpoint()}/{name}", tmp_path)
    return tmp_path


def test_a_folder_that_is_no_checkpoint_is_named(tmp_path):
    with pytest.raises(ValueError, match="checkpoint .*" + tmp_path.name):
        ph.trace("ok", str(tmp_path))


def test_weights_that_are_cut_short_are_named(tmp_path):
    folder = copied(tmp_path, "config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(ValueError, match="checkpoint "):
        ph.trace("ok", str(folder))


def test_a_checkpoint_without_a_trained_head_is_refused_not_made_up(tmp_path, capfd):
    folder = copied(tmp_path, "tokenizer.json", "tokenizer_config.json")
    tiny_model(2).distilbert.save_pretrained(folder)
    capfd.readouterr()
    with pytest.raises(ValueError, match=r"classifier\.weight"):
        ph.trace("ok", str(folder))
    assert capfd.readouterr().err == ""


def test_loading_says_nothing_on_stderr(capfd):
    load.cache_clear()
    ph.trace("ok")
    assert capfd.readouterr().err == ""
