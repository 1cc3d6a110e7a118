"""`LivePipeline`: the answers are those of `pipeline(…)`, and hiding a token is a 0 in the mask."""

import asyncio

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.live.columns import AT_ONCE, FOLDED, render
from pipeline_helpers.live.pipeline import PAUSE
from pipeline_helpers.stages import load
from tests.live_views import Page, in_a_loop, make_checkpoint, read

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
    assert f"sin los tokens ocultos → {first.without}" in read(view.output).text


def test_a_click_hides_and_shows(view):
    before = view.output.html
    click(view, "hide 1 2")
    pressed = read(view.output).all(aria_pressed="true")
    assert [button["data-action"] for button in pressed] == ["hide 1 2"]
    assert pressed[0]["aria-label"].startswith("hate 5223: ocultar")
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
    assert not read(view.status).all(class_="ph-notice")
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
    assert len(rows) == 20  # ten in each of the two tables
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


# Where things stand.


def sections(view, class_):
    """The texts of the columns in the one part of the view that has this class, and what is in them."""
    page = read(view.output)
    (part,) = page.all(class_=class_)
    cells = [one for one in page.elements[page.elements.index(part) :] if one["tag"] == "section"]
    return [cell["text"] for cell in cells[:2]]


def test_it_opens_with_sentences_whose_bars_say_something():
    view = ph.LivePipeline(debounce=0)
    strong = [
        [column.sentence.tokens[place] for place, change in column.effects.items() if max(map(abs, change)) > 0.9]
        for column in view.result.columns
    ]
    assert strong == [["no", "gust"], ["not", "bad"]]
    assert [column.whole.best for column in view.result.columns] == [0, 1]
    assert view.result.tokens <= AT_ONCE


def test_the_answers_stand_first_and_have_the_name_of_their_sentence(view):
    page = read(view.output)
    assert page.elements[1]["class"] == "ph-answers"
    for number, (text, column) in enumerate(zip(sections(view, "ph-answers"), view.result.columns, strict=True)):
        assert text.startswith(f"Frase {number}: «{TEXTS[number]}»→ {column.whole}")
    assert [bar["class"] for bar in page.all(tag="i")[:2]] == ["ph-positive", "ph-negative"]
    assert not page.all(tag="h4")  # which level a heading has is not the view's to say


def test_an_empty_box_keeps_its_column(view):
    view.text.value = " "
    first, second = sections(view, "ph-answers")
    assert first == "Frase 0 · aún no hay frase"
    assert second.startswith(f"Frase 1: «{TEXTS[1]}»→ NEGATIVE")
    page = read(view.output)
    assert len(page.all(tag="section")) == 2 * len(page.all(class_="ph-columns") + page.all(class_="ph-answers"))
    assert [group["aria-label"] for group in page.all(role="group")] == ["Tokens de la frase 1"]


def test_groups_and_tables_have_names_of_their_own(view):
    page = read(view.output)
    names = [one["aria-label"] for one in page.all(role="group") + page.all(tag="table")]
    assert len(names) == len(set(names)) == 6


def test_the_name_of_a_token_begins_with_what_is_written_on_it(view):
    for button in [one for one in read(view.output).all(tag="button") if one.get("data-at")]:
        assert button["aria-label"].startswith(f"{button['text']}: ocultar")


def test_rows_stay_level_when_a_token_of_one_sentence_is_hidden(view):
    def lines():
        page = read(view.output)
        return [len(page.all(**kind)) for kind in ({"tag": "thead"}, {"tag": "tr"}, {"class_": "ph-without"})]

    before = lines()
    view.hide(2)
    assert lines() == before == [4, 12, 2]


def test_a_long_text_is_folded_until_somebody_asks_for_all_of_it():
    view = ph.LivePipeline(["good " * 80, "bad"], debounce=0)

    def tokens():
        return len(
            read(view.output).all(class_="ph-token ph-word0") + read(view.output).all(class_="ph-token ph-word1")
        )

    assert tokens() == FOLDED - 1 + 1  # without [CLS]; and "bad"
    (unfold,) = read(view.output).all(data_action="unfold 0")
    assert unfold["tag"] == "button"
    assert unfold["aria-label"] == f"+ {82 - FOLDED}: mostrar los {82 - FOLDED} que faltan (frase 0)"
    click(view, "unfold 0")
    assert tokens() == 81
    click(view, "unfold 0")  # clicked twice: it is open by then
    assert tokens() == 81
    click(view, "fold 0")
    assert tokens() == FOLDED
    assert not read(view.output).all(data_action="unfold 1")


def test_what_is_announced_is_the_answer_that_stands(view):
    assert read(view.status).all(class_="ph-spoken")[0]["text"] == "Frase 0: POSITIVE 0.99 · Frase 1: NEGATIVE 0.99"
    view.text.value = ""
    view.hide(2, box=1)
    assert read(view.status).all(class_="ph-spoken")[0]["text"].startswith("Frase 1: POSITIVE")


# The bars.


def effects(view, box=0):
    """The numbers under the tokens of a sentence, as they are shown."""
    page = read(view.output)
    # After each button its two lines, then what stands under it.
    here = [place for place, one in enumerate(page.elements) if one.get("data-at", "").startswith(f"{box}-")]
    return [page.elements[place + 3]["text"] for place in here]


def test_a_bar_is_what_hiding_the_token_does():
    view = ph.LivePipeline("The film is not bad at all", debounce=0)
    assert effects(view)[3:6] == ["0.00", "-0.98", "-0.98"]
    column = view.result.columns[0]
    for place in (4, 5):
        view.hide(place)
        hidden = view.result.columns[0].without
        changes = [hidden.probabilities[label] - column.whole.probabilities[label] for label in (0, 1)]
        assert column.effects[place] == pytest.approx(changes, abs=1e-4)
        assert effects(view)[4] == "-0.98"  # the bars are about the whole sentence: what is hidden changes none of them
        view.hide(place)
    (button,) = read(view.output).all(data_action="hide 0 4")
    assert button["aria-label"] == "not 2025: ocultar; POSITIVE cambiaría en -0.98"


def test_a_bar_has_the_colour_of_the_label_that_its_token_pulls_towards(view):
    column = view.result.columns[1]
    assert column.whole.best == 0
    column.effects.update({1: [-0.5, 0.5], 2: [0.25, -0.25], 3: [float("nan")] * 2})
    page = Page(render(view.result, "es"))
    drawn = [one for one in page.all(tag="i") if one.get("style", "").startswith("height")][6:]  # the other sentence's
    assert [(one["class"], one["style"]) for one in drawn[1:3]] == [
        ("ph-negative", "height:13px"),
        ("ph-positive", "height:6px"),
    ]
    assert "+0.25" in page.text
    assert "nan" not in page.text  # there is no bar where it can't be computed
    legend = page.all(class_="ph-quiet ph-legend")[0]["text"]
    assert "NEGATIVE" in legend
    assert "POSITIVE" in legend


def test_no_bar_stands_under_another_text():
    view = ph.LivePipeline(["I love this film", "I hate it"], debounce=0)
    view.debounce = 60  # its first bars are there, and from now on it waits

    def texts():
        return [effects(view, box) for box in (0, 1)]

    def answer(text):
        view.text.value = text
        view.refresh()

    seen = []
    in_a_loop(lambda: answer("I hate this film"), lambda: seen.append(texts()), PAUSE + 1, lambda: seen.append(texts()))
    assert seen[0][0] == [""] * 6
    assert seen[0][1][2] == "-0.98"  # this sentence has not changed
    assert seen[1][0][2] != ""
    assert seen[1][1] == seen[0][1]


def test_other_weights_have_other_bars(tmp_path, view):
    before = effects(view)
    view.checkpoint = make_checkpoint(tmp_path)
    assert effects(view) != before


def test_bars_give_way_to_a_key_between_two_batches(monkeypatch):
    view = ph.LivePipeline("a b c d e f g h i j k l m n o p q", debounce=0.1)
    rows = []
    model, _ = view.loaded()
    forward = model.forward
    monkeypatch.setattr(model, "forward", lambda **inputs: rows.append(inputs["input_ids"].shape) or forward(**inputs))

    def type_(text):
        return lambda: setattr(view.text, "value", text)

    def again():
        view._bars.clear()
        view.refresh()
        rows.clear()

    def wait_for_a_batch():
        loop = asyncio.get_running_loop()
        loop.call_later(0.001, lambda: type_("now")() if rows else wait_for_a_batch())

    in_a_loop(again, wait_for_a_batch, PAUSE + 1)
    assert [length for _, length in rows].count(19) == 1  # one batch of the old text, and nothing more of it
    assert view.result.columns[0].sentence.text == "now"
    assert max(count for count, _ in rows) <= 8
    assert effects(view) != [""] * 3


def test_above_a_number_of_tokens_bars_wait_to_be_asked_for():
    view = ph.LivePipeline(["good " * 22, "not bad"], debounce=0)
    assert view.result.tokens == AT_ONCE + 4
    assert set(effects(view)) == {""}
    (button,) = read(view.output).all(data_action="effects")
    assert button["text"] == "Calcular las barras de 28 tokens"
    click(view, "effects")
    assert "" not in effects(view) + effects(view, 1)
    assert "Barras calculadas: 28 de 28" in read(view.output).text
    view.second.value = "not bad at all"
    assert set(effects(view, 1)) == {""}
    assert read(view.output).all(data_action="effects")
    view.second.value = ""
    view.text.value = "good " * 22
    assert "" not in effects(view)


def test_what_is_folded_is_not_computed_until_it_is_shown():
    view = ph.LivePipeline("good " * 30, debounce=0)
    click(view, "effects")
    assert list(view.result.columns[0].effects) == list(range(FOLDED))
    click(view, "unfold 0")
    assert list(view.result.columns[0].effects) == list(range(32))


def test_bars_that_can_not_be_computed_are_a_sentence_and_the_answer_stays(view, monkeypatch):
    def fail(*_):
        raise RuntimeError("no <b>bars</b>")

    monkeypatch.setattr("pipeline_helpers.live.pipeline.hiding_in_batches", fail)
    view.text.value = "I hate it"
    assert "no <b>bars</b>" in read(view.status).text
    assert "→ NEGATIVE" in read(view.output).text
    monkeypatch.undo()
    view.text.value = "I hate it so"
    assert not read(view.status).all(class_="ph-notice")


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
