"""`plot_logits_to_probs` and the steps of softmax: right for any logits, and to be read in the picture."""

import doctest
import warnings
from io import BytesIO

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from pipeline_helpers.figures import alt_text, plot_logits_to_probs, style
from pipeline_helpers.figures.canvas import FIGURE
from pipeline_helpers.figures.colours import CLASS, NEGATIVE, POSITIVE
from pipeline_helpers.figures.softmax import numbers, softmax_steps
from pipeline_helpers.language import LANGUAGES
from tests.notes import LOGITS, PROBABILITIES

NAMES = ["NEGATIVE", "POSITIVE"]


def table(ax):
    """What stands in the picture, line by line from the top, each line from left to right."""
    ax.figure.canvas.draw()
    lines = {}
    for text in ax.texts:
        x, y = text.get_position()
        if text.get_text():
            lines.setdefault(round(y, 3), []).append((x, text.get_text()))
    return [[text for _, text in sorted(lines[y])] for y in sorted(lines)]


def row(ax, label):
    (line,) = [line for line in table(ax) if line[0] == label]
    return line[1:]


def bars(ax, kind):
    """`(left, width)` of the bars of one kind, from the top: logit, exponential, probability, and whole, their 1."""
    return [(bar.get_x(), bar.get_width()) for bar in ax.patches if bar.get_gid() == kind]


def colours_of(ax, kind):
    return [to_hex(bar.get_facecolor()) for bar in ax.patches if bar.get_gid() == kind]


def test_the_published_logits_become_the_published_probabilities():
    for sentence, expected in enumerate(PROBABILITIES):
        steps = softmax_steps(LOGITS, sentence=sentence)
        # The logits were printed with four decimals: the probabilities agree to about four digits.
        np.testing.assert_allclose(steps.probabilities, expected, rtol=2e-4)


def test_the_docstrings_examples_are_true():
    assert doctest.testmod(numbers) == (0, 3)
    ax = plot_logits_to_probs(LOGITS, labels=NAMES)
    assert row(ax, "NEGATIVE") == ["−1.5607", "0.2100", "0.0402"]
    assert row(ax, "POSITIVE") == ["1.6123", "5.0143", "0.9598"]
    assert row(ax, "suma") == ["5.2243", "1"]


def test_each_step_follows_from_the_one_before():
    steps = softmax_steps([3.0, -1.0, 0.5], temperature=2.0)
    np.testing.assert_allclose(steps.scaled, [1.5, -0.5, 0.25])
    assert steps.shift == 0
    np.testing.assert_allclose(steps.shifted, steps.scaled)
    np.testing.assert_allclose(steps.exponentials, np.exp(steps.shifted))
    assert steps.total == pytest.approx(steps.exponentials.sum())
    np.testing.assert_allclose(steps.probabilities, steps.exponentials / steps.total)


@pytest.mark.parametrize("logits", [[1e4, -1e4], [-1e4, -1e4 - 1], [12.0, 3.0], [-20.0, -21.0], [1e308, -1e308]])
def test_logits_too_large_or_too_small_are_shifted_and_the_picture_says_so(logits):
    steps = softmax_steps(logits)
    assert steps.shift == max(logits)
    assert steps.exponentials.max() == 1
    expected = torch.softmax(torch.tensor(logits, dtype=torch.float64), dim=-1)
    np.testing.assert_allclose(steps.probabilities, expected.numpy(), rtol=1e-12)
    ax = plot_logits_to_probs(logits, lang="en")
    words = " ".join(map(" ".join, table(ax)))
    assert f"exp(z {'−' if max(logits) > 0 else '+'} " in words
    assert "is taken from all: the quotient stays" in words
    assert "is taken from all: the quotient stays" in alt_text(ax)


def test_a_probability_that_only_rounding_made_0_or_1_says_so():
    ax = plot_logits_to_probs([1e4, -1e4, -np.inf], labels=["a", "b", "c"])
    assert row(ax, "a") == ["10000.00", "1.0000", "≈ 1"]
    assert row(ax, "b")[-2:] == ["≈ 0", "≈ 0"]
    assert row(ax, "c") == ["−∞", "0", "0"]
    assert row(plot_logits_to_probs([5.0, -7.0], labels=["a", "b"]), "a")[-1] == "> 0.9999"


@pytest.mark.parametrize(("sentence", "temperature"), [(0, 1), (1, 1), (1, 0.5)])
def test_each_number_has_its_bar(sentence, temperature):
    steps = softmax_steps(LOGITS, sentence=sentence, temperature=temperature)
    ax = plot_logits_to_probs(LOGITS, labels=NAMES, sentence=sentence, temperature=temperature)
    assert row(ax, "NEGATIVE")[0] == f"{LOGITS[sentence][0]:.4f}".replace("-", "−")
    logits, exponentials, shares = (bars(ax, kind) for kind in ("logit", "exponential", "probability"))
    assert logits[0][0] == logits[1][0], "all from one zero"
    assert exponentials[0][0] == exponentials[1][0]
    widths = [[width for _, width in some] for some in (logits, exponentials, shares)]
    np.testing.assert_allclose(np.divide(*widths[0]), np.divide(*steps.logits))
    np.testing.assert_allclose(np.divide(*widths[1]), np.divide(*steps.exponentials))
    for (left, whole), (start, width), expected in zip(bars(ax, "whole"), shares, steps.probabilities, strict=True):
        assert start == left
        assert width / whole == pytest.approx(expected)
    # The longest bar of each column is as long as a whole.
    assert max(widths[1]) == pytest.approx(whole)
    assert sum(map(abs, widths[0])) == pytest.approx(whole)  # one logit on each side of zero


def test_bars_of_negative_logits_go_to_the_left_of_zero():
    (zero, width), (same, other) = bars(plot_logits_to_probs([-2.0, 1.0]), "logit")
    assert zero == same
    assert width < 0 < other
    assert all(width < 0 for _, width in bars(plot_logits_to_probs([-2.0, -1.0, -3.0]), "logit"))


def test_bars_are_in_the_colour_of_their_class():
    for kind in ("logit", "exponential", "probability"):
        assert colours_of(plot_logits_to_probs(LOGITS, labels=NAMES), kind) == [NEGATIVE, POSITIVE]
        assert colours_of(plot_logits_to_probs([1.0, 2.0], top=1), kind) == [POSITIVE, CLASS]  # and the other one
        assert set(colours_of(plot_logits_to_probs([1.0, 2.0, 3.0]), kind)) == {CLASS}


def test_the_division_is_said_once():
    everything = " ".join(map(" ".join, table(plot_logits_to_probs(LOGITS, labels=NAMES, lang="en"))[:-1]))
    assert everything.count("÷") == 1


def test_temperature_is_a_column_of_its_own_and_marks_what_it_was_without():
    ax = plot_logits_to_probs(LOGITS, labels=NAMES, temperature=2)
    expected = torch.softmax(torch.tensor(LOGITS[0]) / 2, dim=-1).tolist()
    assert row(ax, "NEGATIVE")[:2] == ["−1.5607", "−0.7803"]
    assert row(ax, "POSITIVE")[-1] == f"{expected[1]:.4f}"
    assert table(ax)[0] == ["logit", "÷ T", "exponencial", "probabilidad"]
    assert table(ax)[1] == ["z", "T = 2", "exp(z ÷ T)", "÷ suma"]
    assert "┃ probabilidad con T = 1" in table(ax)[-1][0]
    (marks,) = ax.collections
    (left, whole), _ = bars(ax, "whole")
    at_one = [(segment[0][0] - left) / whole for segment in marks.get_segments()]
    assert at_one == pytest.approx(PROBABILITIES[0], rel=1e-3)
    assert not plot_logits_to_probs(LOGITS).collections


def test_the_most_probable_is_in_bold_and_no_other():
    ax = plot_logits_to_probs(LOGITS, labels=NAMES, sentence=1)
    bold = {text.get_text() for text in ax.texts if text.get_weight() == "bold"}
    assert {"NEGATIVE", "0.9995"} <= bold
    assert "POSITIVE" not in bold


def test_of_many_classes_the_top_ones_are_shown_and_the_rest_is_summed():
    logits = np.random.default_rng(0).normal(0, 2, 10_000)
    steps = softmax_steps(logits)
    ax = plot_logits_to_probs(logits, top=3, lang="en")
    best = np.argsort(-logits)
    lines = table(ax)
    assert [line[0] for line in lines[2:7]] == [*(f"label {place}" for place in best[:3]), "the others (9997)", "sum"]
    assert row(ax, "the others (9997)")[-1] == f"{steps.probabilities[best[3:]].sum():.4f}"
    shown = [float(line[-1]) for line in lines[2:6]]
    assert sum(shown) == pytest.approx(1, abs=3e-4)
    assert "3 most probable of 10000" in alt_text(ax)


def test_few_classes_keep_their_order():
    ax = plot_logits_to_probs([0.0, 2.0, 1.0], labels=["x", "y", "z"], top=3)
    assert [line[0] for line in table(ax)[2:5]] == ["x", "y", "z"]


def test_a_trace_brings_its_labels(trace):
    ax = plot_logits_to_probs(trace, sentence=1)
    for place, name in trace.id2label.items():
        assert row(ax, name)[0] == f"{trace.logits[1, place].item():.4f}".replace("-", "−")
        assert row(ax, name)[-1] == f"{trace.probabilities[1, place].item():.4f}"
    assert row(plot_logits_to_probs(trace, labels={0: "no", 1: "sí"}), "sí")


def test_one_class_says_what_the_pipeline_does_instead():
    ax = plot_logits_to_probs([1.2], labels=["score"], lang="en")
    assert row(ax, "score")[-1] == "1"
    assert "sigmoid here: 0.7685" in alt_text(ax)


def test_a_model_that_does_not_end_in_softmax_says_so(trace):
    from copy import copy
    from dataclasses import replace

    config = copy(trace.config)
    config.problem_type = "multi_label_classification"
    assert "multi_label_classification" in alt_text(plot_logits_to_probs(replace(trace, config=config)))
    assert "problem_type" not in alt_text(plot_logits_to_probs(trace))


def test_the_sentence_of_a_batch_is_named():
    assert "frase 1" in plot_logits_to_probs(LOGITS, sentence=-1).get_title(loc="left")
    assert "frase" not in plot_logits_to_probs(LOGITS[0]).get_title(loc="left")


@pytest.mark.parametrize(
    ("lang", "words", "absent"),
    [
        ("es", ["logit", "exponencial", "÷ suma", "probabilidad", "÷ T"], "probability"),
        ("en", ["logit", "exponential", "÷ sum", "probability", "÷ T"], "probabilidad"),
    ],
)
def test_both_languages_name_each_step(lang, words, absent):
    ax = plot_logits_to_probs([20.0, 1.0], temperature=2, lang=lang)
    for word in words:
        assert word in table(ax)[0] + table(ax)[1]
    everything = " ".join(map(" ".join, table(ax))) + ax.get_title(loc="left") + alt_text(ax)
    assert absent not in everything
    assert {"es": "todos pasan a ser positivos", "en": "all become positive"}[lang] in everything


@pytest.mark.parametrize(
    "options",
    [{"data": LOGITS}, {"data": [200.0, 1.0], "temperature": 0.3}, {"data": range(20)}, {"data": [3], "top": 1}],
)
def test_both_languages_have_one_size_and_places_and_no_small_letter(options):
    options = dict(options)
    data = options.pop("data")
    one, other = (plot_logits_to_probs(data, lang=lang, **options) for lang in LANGUAGES)
    assert one.figure.get_figwidth() == FIGURE
    assert one.figure.get_figheight() == other.figure.get_figheight()
    assert [text.get_position() for text in one.texts] == [text.get_position() for text in other.texts]
    assert min(text.get_size() for text in [one._left_title, *one.texts]) >= style.SMALL


def test_the_alternative_text_holds_the_numbers():
    text = alt_text(plot_logits_to_probs(LOGITS, labels=NAMES, lang="en"))
    assert "NEGATIVE: logit −1.5607, exponential 0.2100, probability 0.0402" in text
    assert "sum to 5.2243. The most probable is POSITIVE, with 0.9598." in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "options",
    [
        {"data": LOGITS[1], "labels": NAMES},
        {"data": [1e4, -1e4, 9999, -np.inf], "temperature": 3},
        {
            "data": np.linspace(-30, 30, 40),
            "labels": [f"a rather long name of a class, {place}" for place in range(40)],
        },
    ],
)
def test_nothing_overlaps_and_nothing_is_cut_off(options, lang):
    ax = plot_logits_to_probs(options["data"], lang=lang, **{k: v for k, v in options.items() if k != "data"})
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in [ax._left_title, *ax.texts] if text.get_text()]
    for place, box in enumerate(boxes):
        assert ax.figure.bbox.x0 <= box.x0
        assert box.x1 <= ax.figure.bbox.x1
        assert ax.figure.bbox.y0 <= box.y0
        assert box.y1 <= ax.figure.bbox.y1
        assert not any(box.padded(-1).overlaps(other.padded(-1)) for other in boxes[place + 1 :])


def test_text_of_users_is_drawn_as_it_is():
    names = ["$\\frac{1}{2}$", "<b>_</b>", "a\nb", "مرحبا", "你好", "{name}"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = plot_logits_to_probs(range(6), labels=names)
        ax.figure.savefig(BytesIO(), format="png")
    shown = [line[0] for line in table(ax)[2:8]]
    assert shown == ["$\\frac{1}{2}$", "<b>_</b>", "a↵b", "مرحبا", "□□", "{name}"]


@pytest.mark.parametrize(
    ("logits", "options", "error", "message"),
    [
        ([np.nan, 1.0], {}, ValueError, "logits holds nan"),
        ([np.inf, 1.0], {}, ValueError, "logits holds inf"),
        ([-np.inf, -np.inf], {}, ValueError, "logits holds nothing but -inf"),
        ([], {}, ValueError, "logits has shape"),
        (np.zeros((0, 2)), {}, ValueError, "logits has shape"),
        (np.zeros((1, 2, 2)), {}, ValueError, "logits has shape"),
        ("POSITIVE", {}, TypeError, "logits is no array"),
        (LOGITS, {"sentence": 2}, ValueError, "sentence is 2"),
        (LOGITS, {"temperature": 0}, ValueError, "temperature is 0"),
        (LOGITS, {"temperature": -1}, ValueError, "temperature is -1"),
        (LOGITS, {"temperature": np.nan}, ValueError, "temperature holds nan"),
        (LOGITS, {"temperature": 1e-310}, ValueError, "temperature is 1e-310"),
        (LOGITS, {"temperature": "warm"}, TypeError, "temperature is no array"),
        (LOGITS, {"labels": ["one"]}, ValueError, "labels holds 1 names"),
        (LOGITS, {"labels": {0: "a", 2: "b"}}, ValueError, "labels has the keys"),
        (LOGITS, {"labels": "ab"}, TypeError, "labels is of type str"),
        (LOGITS, {"top": 0}, ValueError, "top is 0"),
        (LOGITS, {"top": 1.5}, TypeError, "top is of type float"),
    ],
)
def test_what_can_not_be_drawn_is_refused_by_name(logits, options, error, message):
    with pytest.raises(error, match=message):
        plot_logits_to_probs(logits, **options)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(st.floats(-1e4, 1e4) | st.just(-np.inf), min_size=1, max_size=20).filter(lambda z: max(z) > -np.inf),
    st.floats(0.05, 100),
)
def test_softmax_agrees_with_torch(logits, temperature):
    expected = torch.softmax(torch.tensor(logits, dtype=torch.float64) / temperature, dim=-1).numpy()
    steps = softmax_steps(logits, temperature=temperature)
    np.testing.assert_allclose(steps.probabilities, expected, rtol=1e-9, atol=1e-300)
    assert steps.probabilities.sum() == pytest.approx(1)
    assert steps.order[0] == np.argmax(logits)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.data())
def test_whatever_comes_is_drawn(draw):
    import matplotlib.pyplot as plt

    count = draw.draw(st.integers(1, 15))
    logits = draw.draw(st.lists(st.floats(-1e300, 1e300) | st.floats(-9, 9), min_size=count, max_size=count))
    names = draw.draw(st.none() | st.lists(st.text(max_size=30), min_size=count, max_size=count))
    temperature = draw.draw(st.sampled_from([0.5, 1, 2.0, 100]))
    top = draw.draw(st.integers(1, 12))
    lang = draw.draw(st.sampled_from(list(LANGUAGES)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = plot_logits_to_probs([logits], labels=names, temperature=temperature, top=top, lang=lang)
        ax.figure.canvas.draw()
    try:
        shares = bars(ax, "probability")
        _, whole = bars(ax, "whole")[0]
        assert len(shares) == min(count, top) + (count > top)
        assert sum(width for _, width in shares) == pytest.approx(whole)
        assert alt_text(ax)
    finally:
        plt.close(ax.figure)
