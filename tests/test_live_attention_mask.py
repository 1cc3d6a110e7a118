"""`LiveAttentionMask`: the batch, the very error of transformers, and the answers with and without the mask."""

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.live.attention_mask import MOST_COLUMNS, columns
from pipeline_helpers.stages import Row, load
from tests.live_views import make_checkpoint, notices, read
from tests.notes import SENTENCES


@pytest.fixture
def view():
    made = ph.LiveAttentionMask(SENTENCES, debounce=0)
    made.max_length.value = 16
    return made


@pytest.fixture(scope="module")
def loaded():
    return load(ph.checkpoint("classroom"))


def grid(view):
    return {row[0]: row[1:] for row in read(view.output).rows() if row and "[" in row[0]}


def answers(view):
    """For each sentence: the answer now, with the mask, without it, the change."""
    return {row[0]: row[1:] for row in read(view.output).rows() if row and row[0].startswith(("frase", "sentence"))}


def press(view):
    (button,) = read(view.output).all(tag="button")
    view.output._handle_custom_msg({"action": button["data-action"]}, [])


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
    assert view.result.without_mask[1].probabilities != pytest.approx(with_mask[1].tolist(), abs=1e-4)


def test_sentences_are_counted_from_0_and_the_answers_stand_side_by_side(view):
    view.max_length.value = 256
    one = view.result.with_mask[1].probabilities, view.result.without_mask[1].probabilities
    assert list(answers(view)) == ["frase 0", "frase 1"]
    assert answers(view)["frase 1"] == [
        "NEGATIVE",
        f"NEGATIVE {one[0][0]:.2f}",
        f"NEGATIVE {one[1][0]:.2f}",
        f"{round(one[1][1], 2) - round(one[0][1], 2):+.2f}",
    ]
    assert "Cambio de la probabilidad de POSITIVE" in read(view.output).text


def test_the_opening_example_turns_when_the_button_takes_the_mask_off():
    view = ph.LiveAttentionMask(debounce=0)
    assert view.max_length.value == 256
    assert [answer[0] for answer in answers(view).values()] == ["POSITIVE", "NEGATIVE"]
    assert "frase 1: NEGATIVE" in view._announcement(view.result, "es")
    press(view)
    assert view.mask is False
    assert [answer[0] for answer in answers(view).values()] == ["POSITIVE", "POSITIVE"]
    assert view._announcement(view.result, "en").startswith("Without the mask: sentence 0: POSITIVE 0.9")
    press(view)
    assert view.mask is True


@pytest.mark.parametrize("texts", [SENTENCES, ["The beginning was slow, but the end is wonderful.", "¡Qué mal!"]])
def test_the_lessons_sentences_show_an_effect_as_they_open(texts):
    changes = [float(answer[3].replace("−", "-")) for answer in answers(ph.LiveAttentionMask(texts)).values()]
    assert max(map(abs, changes)) > 0.2


def test_the_button_says_which_state_is_on_and_the_batch_is_what_the_model_sees(view):
    def state():
        (button,) = read(view.output).all(tag="button")
        bold = [one["text"] for one in read(view.output).all(class_="ph-best")]
        return button["text"], button["aria-pressed"], bold, len(read(view.output).all(class_="ph-token ph-padding"))

    text, pressed, bold, padding = state()
    assert (text, pressed, padding) == ("attention_mask", "true", 8)
    assert bold == [answer[1] for answer in answers(view).values()]
    assert "Puesta. model(**inputs)" in read(view.output).text
    assert grid(view)["attention_mask[1]"] == ["1"] * 8 + ["0"] * 8
    seen = []
    view._compute = lambda: seen.append(1)
    press(view)
    text, pressed, bold, padding = state()
    assert (text, pressed, padding) == ("attention_mask", "false", 0)
    assert bold == [answer[2] for answer in answers(view).values()]
    assert 'Quitada. model(inputs["input_ids"])' in read(view.output).text
    assert grid(view)["attention_mask[1]"] == ["1"] * 16
    assert seen == [], "both answers are there already"


def test_the_bars_are_in_the_classes_colours_and_as_long_as_the_probabilities(view):
    bars = read(view.output).all(tag="i")
    assert [bar["class"] for bar in bars] == ["ph-negative", "ph-positive"] * 2
    shares = [f"width:{100 * share:.1f}%" for answer in view.result.with_mask for share in answer.probabilities]
    assert [bar["style"] for bar in bars] == shares
    swatches = [one["class"] for one in read(view.output).elements if "ph-swatch" in one.get("class", "")]
    assert swatches == ["ph-swatch ph-positive"] * 2 + ["ph-swatch ph-negative"] * 2


def test_tables_and_what_scrolls_have_names_of_their_own(view):
    tables = [one["aria-label"] for one in read(view.output).all(tag="table")]
    scrolls = [one["aria-label"] for one in read(view.output).all(data_scrolls="")]
    assert tables == scrolls == ["Respuestas con la máscara y sin ella", "El lote y su máscara"]


def row(attended):
    size = len(attended)
    return Row(["a" if bit else "[PAD]" for bit in attended], [None] * size, attended, special=[False] * size)


def test_padding_that_every_row_has_is_folded_and_so_is_what_has_no_room():
    right = [row([True] * 3 + [False] * 253), row([True] * 16 + [False] * 240)]
    assert columns(right) == [range(place, place + 1) for place in range(16)] + [range(16, 256)]
    left = [row([False] * 253 + [True] * 3), row([False] * 252 + [True] * 4)]
    assert columns(left) == [range(252)] + [range(place, place + 1) for place in range(252, 256)]
    long = [row([True] * 30 + [False] * 10)]
    ones = [range(place, place + 1) for place in range(MOST_COLUMNS)]
    assert columns(long) == [*ones, range(MOST_COLUMNS, 30), range(30, 40)]
    assert columns([row([True] * 3 + [False])]) == [range(place, place + 1) for place in range(4)]


def test_one_cell_stands_for_all_the_padding(view):
    view.max_length.value = 256
    assert grid(view)["input_ids[1]"][-2:] == ["[PAD]0", "… 240[PAD]"]
    assert grid(view)["attention_mask[1]"][-2:] == ["0", "… 0"]
    assert "input_ids.shape = [2, 256]" in read(view.output).text
    press(view)
    assert grid(view)["attention_mask[1]"][-2:] == ["1", "… 1"]
    view.text.value = "very " * 30 + "bad"  # 33 tokens; what a cell stands for is counted
    assert grid(view)["input_ids[0]"][MOST_COLUMNS:] == ["… 9tokens", "… 223[PAD]"]
    view.text.value += "\n" + "very " * 25
    assert grid(view)["input_ids[1]"][MOST_COLUMNS:] == ["… 3 + 6tokens + [PAD]", "… 223[PAD]"]


def test_the_slider_ends_where_the_model_does(tmp_path):
    from transformers import AutoConfig, AutoModelForSequenceClassification

    folder = make_checkpoint(tmp_path / "whole")
    config = AutoConfig.from_pretrained(folder, max_position_embeddings=20)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    view = ph.LiveAttentionMask(SENTENCES, folder, debounce=0)
    assert (view.max_length.max, view.max_length.value) == (20, 20)
    assert notices(view) == []
    assert len(view.result.with_mask) == 2
    view.checkpoint = None
    assert (view.max_length.max, view.max_length.value) == (256, 20)


def test_padding_off_shows_the_very_error_and_explains_it(view, loaded):
    view.padding.value = "False"
    with pytest.raises(ValueError, match="Unable to create tensor") as raised:
        loaded[1](SENTENCES, truncation=True, max_length=16, return_tensors="pt")
    assert str(raised.value) in read(view.output).text
    assert "Un tensor es una tabla" in read(view.status).text
    assert len(grid(view)["input_ids[0]"]) == 16
    assert len(grid(view)["input_ids[1]"]) == 8
    view.padding.value = "True"
    assert notices(view) == []
    assert view.result.error == ""


def test_padding_off_is_no_error_where_lengths_are_equal(view):
    view.text.value = "I love this film\nI hate this film"
    view.padding.value = "False"
    assert view.result.error == ""
    assert view.result.with_mask
    assert "No hay relleno" in read(view.output).text


def test_truncation_and_max_length(view):
    view.padding.value, view.max_length.value = "True", 5
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
    assert grid(view)["input_ids[0]"][MOST_COLUMNS:] == ["… 578tokens"]
    assert "El modelo recibe todos los tokens" in read(view.output).text
    view.truncation.value = "True"
    assert notices(view) == []
    assert capfd.readouterr().err == ""


def test_lines_are_sentences(view):
    view.text.value = "one\n\n  two  \n"
    assert view.sentences == ["one", "two"]
    view.text.value = "one"
    assert "escribe otra" in read(view.status).text


def test_of_more_sentences_than_it_takes_the_first_are_shown_and_it_says_so(view):
    view.text.value = "\n".join(f"film {number}" for number in range(40))
    assert "Hay 40 frases y aquí caben 8: se muestran las primeras. Quedan fuera: 32." in read(view.status).text
    assert list(answers(view)) == [f"frase {number}" for number in range(8)]
    assert "7" in grid(view)["input_ids[7]"][2]
    assert "<img" in view.static_html()
    view.text.value = "one\ntwo"
    assert notices(view) == []


def test_a_tokenizer_without_a_padding_token(tmp_path):
    view = ph.LiveAttentionMask(SENTENCES, make_checkpoint(tmp_path, padding=False), debounce=0)
    assert "no tiene token de relleno" in read(view.status).text
    assert "pad" in view.result.error
    view.padding.value = "False"
    view.text.value = "I love it\nI hate it"
    assert notices(view) == []
    assert len(view.result.with_mask) == 2


@pytest.mark.parametrize("labels", [1, 5])
def test_other_numbers_of_labels(tmp_path, labels):
    view = ph.LiveAttentionMask(SENTENCES, make_checkpoint(tmp_path, labels=labels), debounce=0)
    assert len(view.result.with_mask[0].probabilities) == labels
    rows = answers(view)
    assert rows["frase 1"][1].startswith("LABEL_")
    assert {one["class"] for one in read(view.output).all(tag="i")} == {"ph-class"}
    best = view.result.with_mask[1].best
    assert rows["frase 1"][3].startswith(f"LABEL_{best}: " if labels > 2 else ("+", "−"))


def test_the_controls_have_the_names_of_the_arguments(view):
    assert [view.padding.label, view.truncation.label, view.max_length.label] == ["padding", "truncation", "max_length"]


@pytest.mark.parametrize("texts", ["one", [1]])
def test_texts_are_a_list_of_sentences(texts):
    with pytest.raises(TypeError, match="texts is"):
        ph.LiveAttentionMask(texts)
