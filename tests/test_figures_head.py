"""plot_head: the arithmetic is the model's, the strips hold it, each logit is seen to add up."""

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.colors import to_hex

import pipeline_helpers as ph
from pipeline_helpers.figures import head_run, head_steps, plot_head, style
from pipeline_helpers.figures.canvas import FIGURE, TALLEST
from pipeline_helpers.figures.colours import CLASS, MINUS, NEGATIVE, PLUS, POSITIVE
from pipeline_helpers.figures.head import MAX_LABELS, SINGLE, sums_in_few_digits
from pipeline_helpers.language import LANGUAGES, catalogue
from pipeline_helpers.stages import load
from tests import drawn


@pytest.fixture(scope="module")
def model():
    return load(ph.checkpoint("classroom"))[0]


def tiny(hidden=6, inner=5, labels=3, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    return head_run(
        rng.normal(size=hidden) * scale,
        (rng.normal(size=(inner, hidden)), rng.normal(size=inner)),
        (rng.normal(size=(labels, inner)), rng.normal(size=labels)),
    )


def strip(ax, gid):
    (image,) = (image for image in ax.get_images() if image.get_gid() == gid)
    return np.asarray(image.get_array())[0]


@pytest.mark.parametrize("sentence", [0, 1])
def test_each_step_is_the_models(trace, model, sentence):
    run = head_steps(trace, model, sentence=sentence)
    with torch.no_grad():
        hidden = trace.hidden_states[-1][sentence, 0]
        pre = model.pre_classifier(hidden)
        active = torch.relu(pre)
        logits = model.classifier(active)
    np.testing.assert_allclose(run.hidden, hidden)
    np.testing.assert_allclose(run.pre, pre, atol=1e-5)
    np.testing.assert_allclose(run.active, active, atol=1e-5)
    np.testing.assert_allclose(run.logits, logits, atol=1e-5)
    np.testing.assert_allclose(run.logits, trace.logits[sentence], atol=1e-5)
    assert run.zeroed == int((pre < 0).sum())
    assert (run.token, run.labels) == ("[CLS]", ["NEGATIVE", "POSITIVE"])


def test_the_strips_hold_the_steps_in_their_order(trace, model):
    run = head_steps(trace, model, sentence=1)
    ax = plot_head(run)
    for gid, expected in (
        ("hidden", run.hidden),
        ("pre", run.pre),
        ("active", run.active),
    ):
        np.testing.assert_array_equal(strip(ax, gid), expected)
    tops = [image.get_extent()[3] for image in ax.get_images()]
    assert tops == sorted(tops)  # y grows downwards: from the hidden state to the logits
    assert len({image.norm.vmax for image in ax.get_images()[1:3]}) == 1  # before and after ReLU: one scale
    steps = drawn.texts(ax, "step")
    assert [step.split(" ")[0] for step in steps] == ["pre_classifier", "ReLU", "classifier"]
    assert f"({run.zeroed} " in steps[1]
    first = drawn.texts(ax, "hidden numbers")[0]
    assert first.startswith(f"{run.hidden[0]:.2f}, {run.hidden[1]:.2f}")
    np.testing.assert_allclose([float(text) for text in drawn.texts(ax, "logit")], run.logits, atol=0.006)
    assert drawn.texts(ax, "label") == ["NEGATIVE", "POSITIVE"]


def test_one_large_number_does_not_wash_out_its_strip():
    hidden = np.where(np.arange(384) == 7, 100.0, 1.0)
    run = head_run(hidden, (np.eye(384), np.zeros(384)), (np.ones((2, 384)), np.zeros(2)))
    limits = [image.norm.vmax for image in plot_head(run).get_images()]
    assert limits == [1, 1, 1]


PARTS = ("single", "others", "bias", "logit")


@pytest.mark.parametrize("sentence", [0, 1])
def test_the_sums_add_up_as_printed_with_equally_many_digits(trace, model, sentence):
    run = head_steps(trace, model, sentence=sentence)
    ax = plot_head(run)
    columns = list(zip(*(drawn.texts(ax, part) for part in PARTS), strict=True))
    assert len({len(text.split(".")[1]) for column in columns for text in column}) == 1
    for label, column in enumerate(columns):
        *parts, logit = map(float, column)
        assert "= logit" in drawn.texts(ax, "part")
        assert sum(parts) == pytest.approx(logit, abs=1e-9)
        largest = sorted(run.products[label], key=abs)[-SINGLE:]
        assert parts[0] == pytest.approx(sum(largest), abs=0.006)
    assert "+ los otros 374 juntos" in drawn.texts(ax, "part")


def sum_of(ax, label):
    """The bars of the sum of `label`, from the top, as (start, length, colour), in units of the bar of its logit."""
    bars = [bar for bar in ax.patches if bar.get_gid() == f"sum {label}"]
    zero, unit = bars[-1].get_x(), bars[-1].get_width()
    return [((bar.get_x() - zero) / unit, bar.get_width() / unit, to_hex(bar.get_facecolor())) for bar in bars]


@pytest.mark.parametrize("sentence", [0, 1])
def test_each_bar_of_a_sum_begins_where_the_one_before_ended(trace, model, sentence):
    run = head_steps(trace, model, sentence=sentence)
    ax = plot_head(run)
    for label, logit in enumerate(run.logits):
        *parts, (start, length, colour) = sum_of(ax, label)
        assert (start, length, colour) == (0, 1, (NEGATIVE, POSITIVE)[label])
        assert len(parts) == SINGLE + 2
        here = 0.0
        sizes = []
        for begins, share, colour in parts:
            assert begins == pytest.approx(here, abs=1e-9)
            here += share
            sizes.append(share * logit)
            assert colour == (PLUS if share * logit >= 0 else MINUS)
        assert here == pytest.approx(1)
        largest = sorted(run.products[label], key=abs, reverse=True)[:SINGLE]
        np.testing.assert_allclose(sizes[:SINGLE], largest, rtol=1e-6)


def test_all_sums_are_drawn_on_one_scale(trace, model):
    run = head_steps(trace, model)
    ax = plot_head(run)
    one, other = ([bar for bar in ax.patches if bar.get_gid() == f"sum {label}"][-1].get_width() for label in (0, 1))
    assert one / other == pytest.approx(run.logits[0] / run.logits[1])


def test_what_the_colours_mean_is_said(trace, model):
    ax = plot_head(head_steps(trace, model), lang="en")
    assert drawn.texts(ax, "legend")[:2] == ["below 0", "above 0"]
    assert [to_hex(box.get_facecolor()) for box in ax.patches if box.get_gid() == "class"] == [NEGATIVE, POSITIVE]
    assert {to_hex(box.get_facecolor()) for box in plot_head(tiny()).patches if box.get_gid() == "class"} == {CLASS}


def test_few_products_are_all_drawn_one_by_one():
    ax = plot_head(tiny(inner=5))
    assert drawn.texts(ax, "others") == []
    assert not any("otros" in text for text in drawn.texts(ax, "part"))
    assert sum(bar.get_gid() == "sum 0" for bar in ax.patches) == 5 + 3


def test_a_sum_that_rounding_spoils_gets_more_digits_or_says_so():
    assert sums_in_few_digits([(0.93, -0.18, 0.0, 0.75)]) == [(["0.93", "-0.18", "0.00", "0.75"], True)]
    exact, other = sums_in_few_digits([(0.934, -0.186, 0.0, 0.748), (1.0, 1.0, 0.0, 2.0)])
    assert exact == (["0.934", "-0.186", "0.000", "0.748"], True)
    assert other[0][-1] == "2.000"
    assert not sums_in_few_digits([(0.004444, 0.0, 0.004444, 0.008888)])[0][1]
    assert not sums_in_few_digits([(2e4, -1e4, 0.0, 1e4)])[0][1]


def test_both_languages_have_one_size_and_places_and_no_small_letter(trace, model):
    one, other = (plot_head(head_steps(trace, model), lang=lang) for lang in LANGUAGES)
    width, height = one.figure.get_size_inches()
    assert (width, height) == tuple(other.figure.get_size_inches())
    assert width == FIGURE
    assert height <= TALLEST
    assert [text.get_position() for text in one.texts] == [text.get_position() for text in other.texts]
    assert min(text.get_size() for text in [one._left_title, *one.texts]) >= style.SMALL


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("hidden", "labels", "scale"), [(1, 1, 1), (6, 3, 1e4), (768, 2, 1), (9, 10_000, 1e4)])
def test_nothing_overlaps_or_is_cut_off(lang, hidden, labels, scale):
    with drawn.quiet():
        ax = plot_head(tiny(hidden, hidden, labels, scale=scale), lang=lang)
        ax.figure.canvas.draw()
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)
    shown = min(labels, MAX_LABELS)
    assert len(drawn.texts(ax, "logit")) == shown
    assert bool(drawn.texts(ax, "note")) == (labels > MAX_LABELS)


def test_of_many_labels_the_highest_are_shown():
    run = tiny(labels=50)
    best = np.argsort(-run.logits)[:MAX_LABELS]
    assert drawn.texts(plot_head(run), "label") == [f"LABEL_{label}" for label in best]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_say_what_is_seen(trace, model, lang):
    run = head_steps(trace, model)
    ax = plot_head(run, lang=lang)
    assert f"POSITIVE {drawn.texts(ax, 'logit')[1]}" in ph.alt_text(ax)
    assert {"es": "estado oculto", "en": "hidden state"}[lang] in " ".join(drawn.texts(ax, "name"))
    assert {"es": "sesgo", "en": "bias"}[lang] in " ".join(drawn.texts(ax, "part"))
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("head."))


def test_text_has_contrast():
    assert all(drawn.contrast(text.get_color(), style.PAPER) >= 4.5 for text in plot_head(tiny()).texts)


def test_another_model_or_another_head_is_refused(trace, model):
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        DistilBertConfig,
        DistilBertForSequenceClassification,
    )

    small = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "intermediate_size": 8,
        "vocab_size": 9,
    }
    with pytest.raises(ValueError, match="BertForSequenceClassification without pre_classifier;"):
        head_steps(trace, BertForSequenceClassification(BertConfig(**small)))
    with pytest.raises(ValueError, match=r"model is a object|model is a"):
        head_steps(trace, object())
    width = trace.hidden_states[-1].shape[-1]
    torch.manual_seed(0)
    other = DistilBertForSequenceClassification(
        DistilBertConfig(dim=width, n_layers=1, n_heads=1, hidden_dim=8, vocab_size=9, initializer_range=1.0)
    )
    with pytest.raises(ValueError, match="not the model that made this trace"):
        head_steps(trace, other)
    with pytest.raises(ValueError, match="sentence is 2"):
        head_steps(trace, model, sentence=2)
    with pytest.raises(TypeError, match="trace is of type list"):
        head_steps([], model)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (([1, 2], ([[1, 2]], [0]), ([[1]], [0, 0])), {}, ValueError, "classifier.weight has shape"),
        (([1, 2, 3], ([[1, 2]], [0]), ([[1]], [0])), {}, ValueError, "pre_classifier.weight has shape"),
        (([[1, 2]], ([[1, 2]], [0]), ([[1]], [0])), {}, ValueError, "hidden has shape"),
        (([1, np.nan], ([[1, 2]], [0]), ([[1]], [0])), {}, ValueError, "hidden holds nan"),
        (([1, 2], ([[1, np.inf]], [0]), ([[1]], [0])), {}, ValueError, "pre_classifier.weight holds inf"),
        (([], ([[1, 2]], [0]), ([[1]], [0])), {}, ValueError, "empty"),
        (("a", ([[1, 2]], [0]), ([[1]], [0])), {}, TypeError, "hidden"),
        (([1, 2], ([[1, 2]], [0]), ([[1]], [0])), {"labels": ["a", "b"]}, ValueError, "labels holds 2"),
    ],
)
def test_errors_name_the_argument(arguments, options, error, message):
    with pytest.raises(error, match=message):
        head_run(*arguments, **options)
    with pytest.raises(TypeError, match="head_steps"):
        plot_head(arguments)


def test_it_draws_on_an_axes_of_the_callers():
    figure, axes = plt.subplots(1, 2, figsize=(14, 5))
    assert plot_head(tiny(), ax=axes[1]) is axes[1]
    assert figure.axes == list(axes)
    assert not drawn.overlapping(axes[1], ("step", "part", *PARTS, "label"))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data(), lang=st.sampled_from(list(LANGUAGES)))
def test_any_head_is_drawn(data, lang):
    hidden, inner, labels = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 7)))

    def numbers(*shape):
        return data.draw(arrays.arrays(float, shape, elements=st.floats(-1e4, 1e4)))

    names = data.draw(st.lists(drawn.any_text, min_size=labels, max_size=labels))
    run = head_run(
        numbers(hidden), (numbers(inner, hidden), numbers(inner)), (numbers(labels, inner), numbers(labels)),
        labels=names, token=data.draw(drawn.any_text),
    )  # fmt: skip
    np.testing.assert_allclose(run.logits, run.products.sum(axis=1) + run.bias)
    assert (run.active >= 0).all()
    with drawn.quiet():
        ax = plot_head(dataclasses.replace(run), lang=lang)
        ax.figure.canvas.draw()
    assert len(drawn.texts(ax, "logit")) == min(labels, MAX_LABELS)
    assert not drawn.cut_off(ax)
    plt.close("all")
