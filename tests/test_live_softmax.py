"""`LiveSoftmax`: the sliders, the temperature and the sentence, and torch's softmax of what they say."""

import re
from pathlib import Path

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.language import LANGUAGES, choose_language
from pipeline_helpers.live.controls import LOOK, Slider
from tests.live_views import in_a_loop, make_checkpoint, read

PACKAGE = Path(ph.__file__).parent


@pytest.fixture
def view():
    return ph.LiveSoftmax("I love this film", debounce=0)


def cells(view):
    return [row for row in read(view.output).rows() if row]


def test_the_sliders_begin_with_the_logits_of_the_sentence(view):
    logits = ph.trace("I love this film").logits[0]
    torch.testing.assert_close(torch.tensor([slider.value for slider in view.logits]), logits)
    assert "Son los logits que da el modelo" in read(view.output).text


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0, 20.0])
def test_what_is_shown_is_torchs_softmax(view, temperature):
    view.logits[0].value, view.logits[1].value, view.temperature.value = -1.5607, 1.6123, temperature
    expected = (torch.tensor([-1.5607, 1.6123], dtype=torch.float64) / temperature).softmax(-1)
    header, negative, positive, total = cells(view)
    assert header[2] == f"÷ T T = {temperature:#.3g}"
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


def bars(view):
    """The bars, row by row: `(left, width, colour)`, and where zero is, in percent of the line."""
    page = read(view.output)
    number = r"(-?[0-9.]+)%"
    fills = [re.fullmatch(rf"left:{number};width:{number};background:var\(--ph-(\w+)\)", bar["style"]).groups()
             for bar in page.all(tag="i")]  # fmt: skip
    zeros = [float(re.fullmatch(rf"left:{number}", line["style"]).group(1)) for line in page.all(tag="b")]
    return [
        ((float(left), float(width), colour), zero) for (left, width, colour), zero in zip(fills, zeros, strict=True)
    ]


def test_bars_show_the_logits_from_zero_the_exponentials_and_the_probabilities(view):
    view.logits[0].value, view.logits[1].value = -1.0, 3.0
    exponentials = torch.tensor([-1.0, 3.0]).exp()
    shares = (exponentials / exponentials.max()).tolist(), (exponentials / exponentials.sum()).tolist()
    for row, (colour, start, length) in enumerate((("negative", 0.0, 25.0), ("positive", 25.0, 75.0))):
        logit, exponential, probability = bars(view)[3 * row : 3 * row + 3]
        assert logit == ((start, length, colour), 25.0)
        assert exponential == ((0.0, pytest.approx(100 * shares[0][row], abs=0.05), colour), 0.0)
        assert probability == ((0.0, pytest.approx(100 * shares[1][row], abs=0.05), colour), 0.0)


def test_with_other_than_two_labels_no_bar_has_the_colour_of_a_class(tmp_path):
    for labels in (1, 3):
        view = ph.LiveSoftmax("I love it", make_checkpoint(tmp_path / str(labels), labels=labels), debounce=0)
        assert {bar[2] for bar, _ in bars(view)} == {"class"}


def test_logits_that_are_all_0_have_bars_without_length(view):
    view.logits[0].value, view.logits[1].value = 0.0, 0.0
    assert [width for (_, width, _), _ in bars(view)] == [0.0, 100.0, 50.0] * 2


@pytest.mark.parametrize(("logit", "temperature", "taken"), [(10, 0.05, "− 200.00"), (-10, 1, "+ 10.00")])
def test_where_the_largest_is_taken_from_all_a_sentence_says_so(view, logit, temperature, taken):
    quiet = read(view.output)
    assert [line["text"] for line in quiet.all(class_="ph-shift")] == [""], "its place is kept"
    view.logits[0].value, view.logits[1].value, view.temperature.value = -10, logit, temperature
    header, _, positive, _ = cells(view)
    assert header[3] == f"exponencial exp(z ÷ T {taken})"
    assert positive[3] == "1.0000"
    (said,) = read(view.output).all(class_="ph-shift")
    assert said["text"].startswith("Se resta a todos el mayor")
    assert f" {taken.replace('− ', '').replace('+ ', '-')}: " in said["text"]
    choose_language("en")
    assert "is taken from all: the probabilities stay" in read(view.output).text


def test_the_table_has_a_name_of_its_own(view):
    for lang in LANGUAGES:
        choose_language(lang)
        (table,) = read(view.output).all(tag="table")
        assert table["aria-label"] not in ("", view.output.label)


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


@pytest.mark.parametrize("temperature", [0, -1, 0.04, 20.1, float("nan")])
def test_temperature_is_positive(temperature):
    with pytest.raises(ValueError, match="temperature is"):
        ph.LiveSoftmax(temperature=temperature)


@pytest.mark.browser
@pytest.mark.parametrize("width", [844, 572, 480])
def test_nothing_jumps_while_the_temperature_is_dragged(chromium, view, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    look = f"<!doctype html><style>{LOOK} body {{ margin: 0 }}</style>"
    where = """() => [...document.querySelectorAll("th, td, .ph-step > *, p, table")].map((part) => {
        const { x, y, width, height } = part.getBoundingClientRect();
        return [part.className, x, y, width, height].join(" ");
    })"""
    for lang in LANGUAGES:
        choose_language(lang)
        view.logits[0].value, view.logits[1].value = -10, 10  # the widest numbers
        seen = []
        for temperature in (0.05, 0.0713, 0.982, 1.0, 3.0, 20.0):
            view.temperature.value = temperature
            page.set_content(f"{look}<div class=ph-panel>{view.output.html}</div>")
            seen.append(page.evaluate(where))
            assert page.evaluate("document.querySelector('.ph-panel').scrollWidth") <= width
            outside = """() => [...document.querySelectorAll(".ph-number")].filter((part) =>
                part.scrollWidth > part.clientWidth).map((part) => part.textContent)"""
            assert page.evaluate(outside) == [], "a number has no room"
        for places in seen:
            assert places == seen[0]
    page.close()


@pytest.fixture
def slider(chromium):
    """A function that shows the slider of the given traits; what it sends is in `window.sent`."""
    page = chromium.new_page()
    files = "language/browser/kernel.js", "live/browser/keys.js", "live/browser/slider.js"
    script = "".join((PACKAGE / name).read_text() for name in files).replace("export default", "window.widget =")

    def show(**traits):
        values = {name: getattr(Slider(**traits), name) for name in ("value", "min", "max", "step", "digits", "log")}
        page.set_content("<div id=here></div>")
        page.add_script_tag(content=f"{{{script}}}")
        page.evaluate(
            """(values) => {
              const listeners = [];
              window.sent = [];
              const model = {
                get: (name) => values[name] ?? "", set: (name, value) => (values[name] = value),
                save_changes: () => { sent.push(values.value); listeners.forEach((listener) => listener()); },
                on: (name, listener) => name === "change" && listeners.push(listener), off: () => {},
                widget_manager: { ph: new EventTarget() },
              };
              widget.render({ model, el: here, signal: new AbortController().signal });
            }""",
            values,
        )
        return page.get_by_role("slider")

    yield show
    page.close()


def press(slider, *keys):
    """What the slider sent while `keys` were pressed, and what it calls the last of it."""
    slider.page.evaluate("window.sent.length = 0")
    for key in keys:
        slider.press(key)
    return slider.page.evaluate("window.sent"), slider.get_attribute("aria-valuetext")


@pytest.mark.browser
def test_a_slider_of_factors_is_as_fine_at_its_ends_and_meets_1(slider):
    hand = slider(value=1.0, min=0.05, max=20.0, step=0.02, log=True)
    assert hand.get_attribute("aria-valuetext") == "1.00"
    assert press(hand, "ArrowRight", "ArrowRight") == ([1.02, 1.04], "1.04")
    assert press(hand, "ArrowLeft", "ArrowLeft", "ArrowLeft") == ([1.02, 1, 0.98], "0.980")
    assert press(hand, "Home") == ([0.05], "0.0500")
    up, _ = press(hand, *["ArrowRight"] * 310)  # more than there are
    assert up[-1] == 20
    assert 1 in up
    assert all(1.01 < after / before < 1.03 for before, after in zip([0.05, *up], up, strict=False))
    assert press(hand, "End")[1] == "20.0"


@pytest.mark.browser
def test_a_slider_shows_the_exact_value_until_it_is_moved(slider):
    hand = slider(value=0.7, min=0.05, max=20.0, step=0.02, log=True)
    assert hand.get_attribute("aria-valuetext") == "0.700"
    assert hand.page.evaluate("window.sent") == []
    plain = slider(value=-2.5641, min=-10.0, max=10.0)
    assert plain.get_attribute("aria-valuetext") == "-2.56"
    assert press(plain, "ArrowRight")[0] == [-2.5]
    assert press(plain, "Home") == ([-10], "-10.00")
