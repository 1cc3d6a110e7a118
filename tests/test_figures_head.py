"""plot_head: the arithmetic is the model's, the strips hold it, the sums add up."""

import dataclasses
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import pipeline_helpers as ph
from pipeline_helpers.figures import head_run, head_steps, plot_head, style
from pipeline_helpers.figures.head import MAX_LABELS, sum_in_few_digits
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
        ("products 0", run.products[0]),
    ):
        np.testing.assert_array_equal(strip(ax, gid), expected)
    tops = [image.get_extent()[3] for image in ax.get_images()]
    assert tops == sorted(tops)  # y grows downwards: from the hidden state to the logits
    assert len({image.norm.vmax for image in ax.get_images()[1:3]}) == 1  # before and after ReLU: one scale
    steps = drawn.texts(ax, "step")
    assert [step.split(" ")[0] for step in steps] == ["pre_classifier", "ReLU", "classifier"]
    assert f"({run.zeroed} " in steps[1]
    first = drawn.texts(ax, "hidden numbers")[0]
    assert first.startswith(f"[{run.hidden[0]:.2f}   {run.hidden[1]:.2f}")
    assert drawn.texts(ax, "logit") == [f"{value:.2f}" for value in run.logits]
    assert drawn.texts(ax, "label") == ["NEGATIVE", "POSITIVE"]


def test_the_sums_add_up_as_printed(trace, model):
    for sentence in (0, 1):
        ax = plot_head(head_steps(trace, model, sentence=sentence))
        for text in drawn.texts(ax, "sum"):
            positive, negative, bias, logit = map(float, re.findall(r"-?\d+\.\d+", text))
            if "=" in text:
                assert positive + negative + bias == pytest.approx(logit, abs=1e-9)
            assert positive >= 0 >= negative


def test_a_sum_that_rounding_spoils_gets_more_digits_or_says_so():
    assert sum_in_few_digits(0.93, -0.18, 0.0, 0.75) == ("0.93", "-0.18", "0.00", "0.75", "=")
    assert sum_in_few_digits(0.934, -0.186, 0.0, 0.748)[3:] == ("0.748", "=")
    assert sum_in_few_digits(0.004444, 0.0, 0.004444, 0.008888)[4] == "≈"
    assert sum_in_few_digits(2e4, -1e4, 0.0, 1e4)[4] == "≈"


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
    assert f"POSITIVE {run.logits[1]:.2f}" in ph.alt_text(ax)
    assert {"es": "estado oculto", "en": "hidden state"}[lang] in " ".join(drawn.texts(ax, "name"))
    assert {"es": "sesgo", "en": "bias"}[lang] in drawn.texts(ax, "sum")[0]
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
    assert not drawn.overlapping(axes[1], ("step", "logit", "sum", "label"))


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
