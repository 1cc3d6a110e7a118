"""`LiveAttentionMask`: the batch, the very error of transformers, and the answers with and without the mask."""

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.stages import load
from tests.live_views import make_checkpoint, read
from tests.notes import SENTENCES


@pytest.fixture
def view():
    return ph.LiveAttentionMask(SENTENCES, debounce=0)


@pytest.fixture(scope="module")
def loaded():
    return load(ph.checkpoint("classroom"))


def grid(view):
    return {row[0]: row[1:] for row in read(view.output).rows() if row and "[" in row[0]}


def test_the_batch_is_the_tokenizers(view, loaded):
    inputs = loaded[1](SENTENCES, padding=True, truncation=True, max_length=16)
    assert view.result.input_ids == inputs["input_ids"]
    assert view.result.attention_mask == inputs["attention_mask"]
    shown = grid(view)
    assert shown["attention_mask[1]"] == ["1"] * 8 + ["0"] * 8
    assert shown["input_ids[1]"][-2:] == ["[PAD]0", "[PAD]0"]
    assert shown["input_ids[0]"][:2] == ["[CLS]101", "i1045"]
    assert "input_ids.shape = [2, 16]" in read(view.output).text


def test_the_call_that_is_shown_makes_the_batch_that_is_shown(view, loaded):
    for padding in view.padding.options:
        for truncation in view.truncation.options:
            view.padding.value, view.truncation.value, view.max_length.value = padding, truncation, 20
            if view.result.error:
                continue
            made = eval(view.result.call, {"tokenizer": loaded[1], "sentences": SENTENCES})
            assert made["input_ids"].tolist() == view.result.input_ids
            assert made["attention_mask"].tolist() == view.result.attention_mask


def test_answers_with_and_without_the_mask_are_the_models(view, loaded):
    model, tokenizer = loaded
    inputs = tokenizer(SENTENCES, padding=True, truncation=True, max_length=16, return_tensors="pt")
    with torch.no_grad():
        with_mask = model(**inputs).logits.softmax(-1)
        without = model(input_ids=inputs["input_ids"]).logits.softmax(-1)
    for row in range(2):
        assert view.result.with_mask[row].probabilities == pytest.approx(with_mask[row].tolist(), abs=1e-5)
        assert view.result.without_mask[row].probabilities == pytest.approx(without[row].tolist(), abs=1e-5)
    assert view.result.without_mask[1].probabilities != pytest.approx(with_mask[1].tolist(), abs=1e-3)
    last = read(view.output).rows()[-1]
    assert last[0] == "Frase 2"
    assert last[1] == f"NEGATIVE {with_mask[1, 0]:.4f}"
    assert last[3] == f"{without[1, 0] - with_mask[1, 0]:+.4f}"


def test_padding_off_shows_the_very_error_and_explains_it(view, loaded):
    view.padding.value = "False"
    with pytest.raises(ValueError, match="Unable to create tensor") as raised:
        loaded[1](SENTENCES, truncation=True, max_length=16, return_tensors="pt")
    assert str(raised.value) in read(view.output).text
    assert "Un tensor es una tabla" in read(view.status).text
    assert len(grid(view)["input_ids[0]"]) == 16
    assert len(grid(view)["input_ids[1]"]) == 8
    view.padding.value = "True"
    assert view.status.html == ""
    assert view.result.error == ""


def test_padding_off_is_no_error_where_lengths_are_equal(view):
    view.text.value = "I love this film\nI hate this film"
    view.padding.value = "False"
    assert view.result.error == ""
    assert view.result.with_mask
    assert "No hay relleno" in read(view.output).text


def test_truncation_and_max_length(view):
    view.max_length.value = 5
    assert {len(row) for row in view.result.input_ids} == {5}
    view.truncation.value = "False"
    assert {len(row) for row in view.result.input_ids} == {16}
    view.padding.value, view.max_length.value = '"max_length"', 24
    assert {len(row) for row in view.result.input_ids} == {24}


def test_padding_to_max_length_without_truncation_may_fail_and_says_so(view):
    view.padding.value, view.truncation.value, view.max_length.value = '"max_length"', "False", 10
    assert "Unable to create tensor" in read(view.output).text
    assert view.result.with_mask == []


def test_too_long_for_the_model(view, capfd):
    view.text.value, view.truncation.value = "very " * 600 + "\nbad", "False"
    assert "512" in read(view.status).text
    assert "truncation" in read(view.status).text
    assert "Tokens de cada fila que no se muestran: 538" in read(view.output).text
    view.truncation.value = "True"
    assert view.status.html == ""
    assert capfd.readouterr().err == ""


def test_lines_are_sentences(view):
    view.text.value = "one\n\n  two  \n"
    assert view.sentences == ["one", "two"]
    view.text.value = "one"
    assert "escribe otra" in read(view.status).text
    view.text.value = "\n".join("abcdefghi")
    assert "Hay 9 frases" in read(view.status).text


def test_a_tokenizer_without_a_padding_token(tmp_path):
    view = ph.LiveAttentionMask(SENTENCES, make_checkpoint(tmp_path, padding=False), debounce=0)
    assert "no tiene token de relleno" in read(view.status).text
    assert "pad" in view.result.error
    view.padding.value = "False"
    view.text.value = "I love it\nI hate it"
    assert view.status.html == ""
    assert len(view.result.with_mask) == 2


@pytest.mark.parametrize("labels", [1, 5])
def test_other_numbers_of_labels(tmp_path, labels):
    view = ph.LiveAttentionMask(SENTENCES, make_checkpoint(tmp_path, labels=labels), debounce=0)
    assert len(view.result.with_mask[0].probabilities) == labels
    assert "LABEL_" in read(view.output).text


def test_the_controls_have_the_names_of_the_arguments(view):
    assert [view.padding.label, view.truncation.label, view.max_length.label] == ["padding", "truncation", "max_length"]


@pytest.mark.parametrize("texts", ["one", [1]])
def test_texts_are_a_list_of_sentences(texts):
    with pytest.raises(TypeError, match="texts is"):
        ph.LiveAttentionMask(texts)
