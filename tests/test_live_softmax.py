"""`LiveSoftmax`: the sliders, the temperature and the sentence, and torch's softmax of what they say."""

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.language import choose_language
from tests.live_views import in_a_loop, make_checkpoint, read


@pytest.fixture
def view():
    return ph.LiveSoftmax("I love this film", debounce=0)


def cells(view):
    return [row for row in read(view.output).rows() if row]


def test_the_sliders_begin_with_the_logits_of_the_sentence(view):
    logits = ph.trace("I love this film").logits[0]
    torch.testing.assert_close(torch.tensor([slider.value for slider in view.logits]), logits)
    assert "Son los logits que da el modelo" in read(view.output).text


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0, 5.0])
def test_what_is_shown_is_torchs_softmax(view, temperature):
    view.logits[0].value, view.logits[1].value, view.temperature.value = -1.5607, 1.6123, temperature
    expected = (torch.tensor([-1.5607, 1.6123], dtype=torch.float64) / temperature).softmax(-1)
    header, negative, positive, total = cells(view)
    assert header[2] == f"logit / {temperature}"
    assert [negative[0], positive[0]] == ["NEGATIVE", "POSITIVE"]
    assert [negative[1], positive[1]] == ["-1.5607", "1.6123"]
    assert [negative[4], positive[4]] == [f"{value:.4f}" for value in expected]
    assert total[2] == "1.0000"


def test_the_sum_is_that_of_the_exponentials(view):
    view.logits[0].value, view.logits[1].value = 0.0, 1.0
    _, negative, positive, total = cells(view)
    assert [negative[3], positive[3], total[1]] == ["1.0000", "2.7183", "3.7183"]


def test_no_number_is_minus_zero(view):
    view.logits[0].value, view.logits[1].value = -0.00001, -0.0
    assert "-0.0000" not in read(view.output).text
    assert "0.0000" in read(view.output).text


def test_bars_are_as_long_as_the_probabilities(view):
    view.logits[0].value, view.logits[1].value = 0.0, 0.0
    assert [bar["style"] for bar in read(view.output).all(tag="i")] == ["width:50.0%"] * 2


def test_exponentials_too_large_are_shifted_and_the_header_says_so(view):
    view.logits[0].value, view.logits[1].value, view.temperature.value = -10, 10, 0.1
    header, negative, positive, _ = cells(view)
    assert header[3] == "exp(logit / 0.1 − 100.0)"
    assert (negative[4], positive[4]) == ("0.0000", "1.0000")


def test_a_moved_slider_counts_at_once_even_with_a_debounce():
    view = ph.LiveSoftmax("I love this film", debounce=60)
    in_a_loop(lambda: setattr(view.logits[0], "value", 3.0))
    assert "3.0000" in read(view.output).text
    assert "Has puesto estos logits a mano" in read(view.output).text


def test_back_to_the_sentence(view):
    before = view.output.html
    view.logits[0].value = 9.0
    (button,) = read(view.output).all(data_action="from_sentence")
    assert button["text"] == "Volver a los de la frase"
    view.output._handle_custom_msg({"action": "from_sentence"}, [])
    assert view.output.html == before


def test_moving_a_slider_does_not_run_the_model(view, monkeypatch):
    model, _ = view.loaded()
    monkeypatch.setattr(model, "forward", lambda *args, **kwargs: pytest.fail("the model ran"))
    view.logits[0].value = 1.0
    view.temperature.value = 2.0
    choose_language("en")


def test_a_new_sentence_moves_the_sliders_and_computes_once(view):
    shown = []
    view.output.observe(lambda change: shown.append(change["new"]), names="html")
    view.text.value = "I hate this film"
    logits = ph.trace("I hate this film").logits[0]
    torch.testing.assert_close(torch.tensor([slider.value for slider in view.logits]), logits)
    assert len(shown) == 1


def test_logits_beyond_the_sliders_widen_them(view):
    view._set_sliders([-12.5, 3.0])
    assert [(slider.min, slider.max, slider.value) for slider in view.logits] == [(-13, 13, -12.5), (-10, 10, 3.0)]


def test_five_labels(tmp_path):
    view = ph.LiveSoftmax("I love it", make_checkpoint(tmp_path, labels=5), debounce=0)
    assert [slider.label for slider in view.logits] == [f"Logit de LABEL_{place}" for place in range(5)]
    assert len(cells(view)) == 7


def test_a_single_label_is_a_sigmoid(tmp_path):
    view = ph.LiveSoftmax("I love it", make_checkpoint(tmp_path, labels=1), debounce=0)
    assert "sigmoide" in read(view.status).text
    view.logits[0].value = 2.0
    assert cells(view)[1][4] == f"{torch.tensor(2.0).sigmoid():.4f}"


def test_too_many_labels_are_a_sentence(tmp_path):
    view = ph.LiveSoftmax("I love it", make_checkpoint(tmp_path, labels=11), debounce=0)
    assert "11 etiquetas" in read(view.status).text
    view.checkpoint = None
    assert view.output.html == ph.LiveSoftmax("I love it", debounce=0).output.html


def test_another_checkpoint_brings_other_sliders(view, tmp_path):
    view.checkpoint = make_checkpoint(tmp_path, labels=3, names=["a", "b", "<c>"])
    assert [slider.label for slider in view.logits] == ["Logit de a", "Logit de b", "Logit de <c>"]
    view.checkpoint = None
    assert [slider.label for slider in view.logits] == ["Logit de NEGATIVE", "Logit de POSITIVE"]
    view.logits[1].value = 0.5
    assert "0.5000" in read(view.output).text


@pytest.mark.parametrize("temperature", [0, -1, 5.1, float("nan")])
def test_temperature_is_positive(temperature):
    with pytest.raises(ValueError, match="temperature is"):
        ph.LiveSoftmax(temperature=temperature)
