"""`LivePipeline`: the answers are those of `pipeline(…)`, and hiding a token is a 0 in the mask."""

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.stages import load
from tests.live_views import make_checkpoint, read

TEXTS = ["I love this film", "I hate this film so much!"]


@pytest.fixture
def view():
    return ph.LivePipeline(TEXTS, debounce=0)


def click(view, action):
    view.output._handle_custom_msg({"action": action}, [])


def test_the_answers_are_those_of_the_trace(view):
    expected = ph.trace(TEXTS)
    for row, column in enumerate(view.result.columns):
        assert column.whole.logits == pytest.approx(expected.logits[row].tolist(), abs=1e-5)
        assert column.whole.probabilities == pytest.approx(expected.probabilities[row].tolist(), abs=1e-5)
        answer = expected.predictions[row]
        assert f"→ {answer['label']} {answer['score']:.4f}" in read(view.output).text
    assert "input_ids [2, 9] → hidden states [2, 9, 384] → logits [2, 2]" in read(view.output).text


def test_the_second_sentence_may_be_left_out(view):
    view.second.value = ""
    assert len(view.result.columns) == 1
    assert "input_ids [1, 6]" in read(view.output).text
    view.second.value, view.text.value = "bad", " "
    assert [column.sentence.text for column in view.result.columns] == ["bad"]
    assert read(view.output).all(data_action="hide 1 1")
    assert not read(view.output).all(data_action="hide 0 1")


def test_a_hidden_token_is_a_0_in_the_mask(view):
    view.hide(2)
    model, tokenizer = load(ph.checkpoint())
    inputs = tokenizer(TEXTS[0], return_tensors="pt")
    inputs["attention_mask"][0, 2] = 0
    with torch.no_grad():
        expected = model(**inputs).logits[0]
    first, second = view.result.columns
    assert first.without.logits == pytest.approx(expected.tolist(), abs=1e-4)
    assert first.without.logits != pytest.approx(first.whole.logits, abs=1e-3)
    assert first.whole.logits == pytest.approx(ph.trace(TEXTS[0]).logits[0].tolist(), abs=1e-4)
    assert second.without is None
    assert f"sin lo oculto → {first.without}" in read(view.output).text


def test_a_click_hides_and_shows(view):
    before = view.output.html
    click(view, "hide 1 2")
    pressed = read(view.output).all(aria_pressed="true")
    assert [button["data-action"] for button in pressed] == ["hide 1 2"]
    assert pressed[0]["aria-label"] == "Ocultar hate, id 5223"
    click(view, "hide 1 2")
    assert view.output.html == before


@pytest.mark.parametrize("action", ["hide 0 99", "hide 2 0", "hide 0", "", "hide 0 -1", "show 0 1", "hide 0 ²"])
def test_other_messages_do_nothing(view, action):
    before = view.output.html
    click(view, action)
    assert view.output.html == before


def test_what_is_hidden_stays_hidden_while_it_is_the_same_token(view):
    view.hide(2)
    view.text.value = TEXTS[0] + " a lot"
    assert view.hidden[0] == {2}
    view.text.value = "I hate this film"
    assert view.hidden[0] == set()
    assert view.result.columns[0].without is None


def test_with_everything_hidden_it_says_so_and_tokens_can_be_shown_again(view):
    view.second.value = ""
    for place in range(6):
        view.hide(place)
    assert "Has ocultado todos los tokens" in read(view.status).text
    assert len(read(view.output).all(aria_pressed="true")) == 6
    view.hide(0)
    assert view.status.html == ""
    assert view.result.columns[0].without is not None


@pytest.mark.parametrize(("place", "box"), [(99, 0), (-1, 0), (0, 2)])
def test_no_such_token(view, place, box):
    with pytest.raises(ValueError, match=f"place is {place}, box is {box}"):
        view.hide(place, box)


def test_padding_is_not_shown_as_a_token_to_hide(view):
    assert not read(view.output).all(text="[PAD]0")
    assert len(view.result.columns[0].sentence.tokens) == 6


def test_one_label_is_a_sigmoid(tmp_path):
    view = ph.LivePipeline("good", make_checkpoint(tmp_path, labels=1), debounce=0)
    answer = view.result.columns[0].whole
    assert answer.probabilities[0] == pytest.approx(torch.tensor(answer.logits[0]).sigmoid().item())
    assert "Sigmoide" in read(view.output).text


def test_many_labels_show_the_best(tmp_path):
    view = ph.LivePipeline("good", make_checkpoint(tmp_path, labels=40), debounce=0)
    rows = [row for row in read(view.output).rows() if row and row[0].startswith("LABEL_")]
    assert len(rows) == 20
    best = view.result.columns[0].whole
    assert rows[10][0] == best.labels[best.best]
    assert "Etiquetas que no se muestran: 30" in read(view.output).text


def test_without_a_padding_token_two_sentences_are_one_too_many(tmp_path):
    view = ph.LivePipeline(TEXTS, make_checkpoint(tmp_path, padding=False), debounce=0)
    assert "no tiene token de relleno" in read(view.status).text
    view.second.value = ""
    assert len(view.result.columns) == 1
    view.hide(1)
    assert view.result.columns[0].without is not None


@pytest.mark.parametrize("texts", [[], ["a", "b", "c"], [1]])
def test_texts_are_one_or_two(texts):
    with pytest.raises(ValueError, match="texts is"):
        ph.LivePipeline(texts)


def test_no_logit_is_minus_zero(view, monkeypatch):
    model, _ = view.loaded()
    forward = model.forward

    def small(**inputs):
        outputs = forward(**inputs)
        outputs.logits = outputs.logits * 0 - 1e-6
        return outputs

    monkeypatch.setattr(model, "forward", small)
    view.refresh()
    assert "-0.0000" not in read(view.output).text
    assert "+0.0000" in read(view.output).text
