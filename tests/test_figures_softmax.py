"""`plot_logits_to_probs` and the steps of softmax: right for any logits, and to be read in the picture."""

import doctest
import warnings
from io import BytesIO

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_helpers.figures import alt_text, plot_logits_to_probs, softmax
from pipeline_helpers.figures.softmax import softmax_steps
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


def bars(ax):
    """The containers of bars: logits, frames, probabilities; of each the (left, width) of its bars from the top."""
    return [[(bar.get_x(), bar.get_width()) for bar in container] for container in ax.containers]


def test_the_published_logits_become_the_published_probabilities():
    for sentence, expected in enumerate(PROBABILITIES):
        steps = softmax_steps(LOGITS, sentence=sentence)
        # The logits were printed with four decimals: the probabilities agree to about four digits.
        np.testing.assert_allclose(steps.probabilities, expected, rtol=2e-4)


def test_the_docstrings_examples_are_true():
    assert doctest.testmod(softmax).failed == 0
    ax = plot_logits_to_probs(LOGITS, labels=NAMES)
    assert row(ax, "NEGATIVE") == ["−1.5607", "0.2100", "0.2100 ÷ 5.2243", "0.0402"]
    assert row(ax, "POSITIVE") == ["1.6123", "5.0143", "5.0143 ÷ 5.2243", "0.9598"]
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
    assert "− the largest" in words
    assert "is taken from all of them" in words
    assert "is taken from all of them" in alt_text(ax)


def test_a_probability_that_only_rounding_made_0_or_1_says_so():
    ax = plot_logits_to_probs([1e4, -1e4, -np.inf], labels=["a", "b", "c"])
    assert row(ax, "a") == ["10000.00", "0", "1.0000", "1.0000 ÷ 1.0000", "≈ 1"]
    assert row(ax, "b")[-3:] == ["≈ 0", "≈ 0 ÷ 1.0000", "≈ 0"]
    assert row(ax, "c") == ["−∞", "−∞", "0", "0 ÷ 1.0000", "0"]
    assert row(plot_logits_to_probs([5.0, -7.0], labels=["a", "b"]), "a")[-1] == "> 0.9999"


def test_the_larger_logit_has_the_larger_probability_and_bars_say_the_numbers():
    ax = plot_logits_to_probs(LOGITS, labels=NAMES, sentence=1)
    logits, frames, shares = bars(ax)
    assert row(ax, "NEGATIVE")[0] == "4.1692"
    for (_, width), logit in zip(logits, LOGITS[1], strict=True):
        assert width / logits[0][1] == pytest.approx(logit / LOGITS[1][0])
    for (left, whole), (start, width), expected in zip(frames, shares, PROBABILITIES[1], strict=True):
        assert start == left
        assert width / whole == pytest.approx(expected, rel=1e-3)


def test_temperature_is_a_column_of_its_own_and_marks_what_it_was_without():
    ax = plot_logits_to_probs(LOGITS, labels=NAMES, temperature=2)
    expected = torch.softmax(torch.tensor(LOGITS[0]) / 2, dim=-1).tolist()
    assert row(ax, "NEGATIVE")[:2] == ["−1.5607", "−0.7803"]
    assert row(ax, "POSITIVE")[-1] == f"{expected[1]:.4f}"
    assert "÷ temperatura" in table(ax)[0]
    (marks,) = ax.collections
    (left, whole), _ = bars(ax)[1]
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
    assert [line[0] for line in lines[2:7]] == [*(f"class {place}" for place in best[:3]), "the others (9997)", "sum"]
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
        ("es", ["logit", "exponencial", "÷ suma", "probabilidad", "− el mayor", "÷ temperatura"], "probability"),
        ("en", ["logit", "exponential", "÷ sum", "probability", "− the largest", "÷ temperature"], "probabilidad"),
    ],
)
def test_both_languages_name_each_step(lang, words, absent):
    ax = plot_logits_to_probs([20.0, 1.0], temperature=2, lang=lang)
    for word in words:
        assert word in table(ax)[0]
    everything = " ".join(map(" ".join, table(ax))) + ax.get_title(loc="left") + alt_text(ax)
    assert absent not in everything
    assert {"es": "la exponencial de cada logit", "en": "the exponential of each logit"}[lang] in everything


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
        shares = bars(ax)[2]
        _, whole = bars(ax)[1][0]
        assert len(shares) == min(count, top) + (count > top)
        assert sum(width for _, width in shares) == pytest.approx(whole)
        assert alt_text(ax)
    finally:
        plt.close(ax.figure)
