"""plot_attention_step: the numbers are the model's, padding has no weight, and the picture holds what was computed."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import pipeline_helpers as ph
from pipeline_helpers.figures import AttentionStep, attention_step, plot_attention_step, style
from pipeline_helpers.figures.attention_step import MAX_KEYS
from pipeline_helpers.figures.canvas import FIGURE, TALLEST
from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.stages import load
from tests import drawn, models

TEXTS = ["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"]


@pytest.fixture(scope="module")
def loaded():
    return load(ph.checkpoint("classroom"))


@pytest.fixture(scope="module")
def attending(loaded):
    return ph.trace(TEXTS, model=loaded[0], tokenizer=loaded[1], attentions=True)


@pytest.fixture(scope="module")
def step(attending, loaded):
    return attention_step(attending, loaded[0], layer=3, head=9, token=4, sentence=1)


def tiny(size=3, width=4, masked=0, scale=1.0, tokens=None):
    q, k, values = scale * np.random.default_rng(0).normal(size=(3, size, width))
    mask = np.arange(size) < size - masked
    return AttentionStep(q[0], k, values, mask, tokens or [f"t{place}" for place in range(size)], 0)


def images(ax, gid):
    return [np.asarray(image.get_array())[0] for image in ax.get_images() if image.get_gid() == gid]


@pytest.mark.parametrize(("layer", "head", "token", "sentence"), [(0, 0, 2, 1), (3, 9, 0, 1), (5, 11, 15, 0)])
def test_each_number_is_the_models(attending, loaded, layer, head, token, sentence):
    """By hand, from the hidden states; the weights against the model's own, whose batch has padding."""
    model, _ = loaded
    step = attention_step(attending, model, layer=layer, head=head, token=token, sentence=sentence)
    part = model.distilbert.transformer.layer[layer].attention
    states, own = attending.hidden_states[layer][sentence], slice(32 * head, 32 * head + 32)
    with torch.no_grad():
        q, k, v = (project(states)[:, own].double() for project in (part.q_lin, part.k_lin, part.v_lin))
    scores = [float(sum(q[token] * key)) for key in k]
    np.testing.assert_allclose(step.scores, scores, atol=1e-4)
    np.testing.assert_allclose(step.scaled, np.array(scores) / 32**0.5, atol=1e-4)
    expected = attending.attentions[layer][sentence, head, token]
    np.testing.assert_allclose(step.weights, expected, atol=1e-5)
    np.testing.assert_allclose(step.mixed, sum(w * value for w, value in zip(expected, v, strict=True)), atol=1e-4)
    assert (step.layer, step.layers, step.head, step.token) == (layer, 6, head, token)
    assert step.tokens == attending.tokens[sentence]


def test_padding_has_a_score_and_no_weight(step):
    assert step.mask.tolist() == [True] * 8 + [False] * 8
    assert np.isfinite(step.scores).all()
    assert (step.masked[8:] == -np.inf).all()
    assert (step.weights[8:] == 0).all()
    assert step.weights.sum() == pytest.approx(1)


def test_large_scores_do_not_overflow():
    assert tiny(scale=1e3).weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["distilbert", "distilbert, padded left", "bert", "electra", "roberta"])
def test_other_encoders_with_these_parts(name):
    model, tokenizer, _ = models.make(name)
    trace = ph.trace(["I love this film", "a"], model=model, tokenizer=tokenizer, attentions=True)
    token = trace.attention_mask[1].nonzero()[-1].item()
    step = attention_step(trace, model, layer=1, head=1, token=token, sentence=1)
    np.testing.assert_allclose(step.weights, trace.attentions[1][1, 1, token], atol=1e-5)


@pytest.mark.parametrize("name", ["gpt2", "llama", "deberta", "albert", "modernbert", "xlnet"])
def test_other_parts_are_refused(name):
    model, tokenizer, _ = models.make(name)
    trace = ph.trace("I love this film", model=model, tokenizer=tokenizer, attentions=True)
    with pytest.raises(ValueError, match=f"^model is a {type(model).__name__}, whose attention has other parts"):
        attention_step(trace, model)


def test_an_attention_that_computes_with_more_is_refused():
    """MobileBERT's queries and keys come from vectors that were narrowed before."""
    model, tokenizer, _ = models.make("mobilebert")
    trace = ph.trace("I love this film", model=model, tokenizer=tokenizer, attentions=True)
    with pytest.raises(ValueError, match="more to it than query, key and value"):
        attention_step(trace, model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": 6}, "layer is 6; there are 6"),
        ({"head": 12}, "head is 12; there are 12"),
        ({"token": 16}, "token is 16; there are 16"),
        ({"sentence": 2}, "sentence is 2; there are 2"),
        ({"sentence": 1, "token": 9}, "token is 9, which is padding"),
    ],
)
def test_what_is_not_there_is_refused(attending, loaded, options, message):
    with pytest.raises(ValueError, match=message):
        attention_step(attending, loaded[0], **options)


def test_another_model_or_trace_is_refused(attending, loaded):
    model, _ = loaded
    with pytest.raises(ValueError, match=r"attentions=True"):
        attention_step(replace(attending, attentions=None), model)
    with pytest.raises(TypeError, match="trace is of type list"):
        attention_step([], model)
    shuffled = replace(attending, attentions=attending.attentions[::-1])
    with pytest.raises(ValueError, match="not the model that made this trace"):
        attention_step(shuffled, model, token=3)
    with pytest.raises(TypeError, match="step is of type Trace"):
        plot_attention_step(attending)


def test_the_picture_holds_the_numbers(step):
    ax = plot_attention_step(step, lang="en")
    shown = [*range(8), 8, 9]
    assert drawn.texts(ax, "token") == [step.tokens[key] for key in shown]
    for gid, values in (("score", step.scores), ("scaled", step.scaled), ("weight", step.weights)):
        assert drawn.texts(ax, gid) == [style.number(values[key]) for key in shown]
    assert drawn.texts(ax, "mask") == ["1"] * 8 + ["0 → −∞"] * 2
    for gid, vectors in (("key", step.k), ("value", step.values), ("product", step.products)):
        np.testing.assert_array_equal(images(ax, gid), vectors[shown])
    np.testing.assert_array_equal(images(ax, "query"), [step.q])
    np.testing.assert_array_equal(images(ax, "mixed"), [step.mixed])
    bars = [bar.get_width() for bar in ax.patches if bar.get_gid() == "weight bar"]
    np.testing.assert_allclose(np.array(bars) / max(bars), step.weights[shown] / max(step.weights))
    assert len([patch for patch in ax.patches if patch.get_gid() == "padding"]) == 2
    assert "the other 6 keys together" in drawn.texts(ax, "others")[0]
    assert ax._left_title.get_text() == "Head 9 for “so” · layer 4 of 6 (attentions[3]) · sentence 1"


def test_the_product_and_the_mix_are_on_the_scale_of_the_values(step):
    ax = plot_attention_step(step)
    limits = {}
    for image in ax.get_images():
        limits.setdefault(image.get_gid(), set()).add(image.norm.vmax)
    assert limits["value"] == limits["product"] == limits["mixed"] == limits["others product"]
    assert limits["query"] == limits["key"]


def test_of_many_keys_the_heaviest_are_shown_and_the_rest_adds_up():
    step = tiny(40)
    ax = plot_attention_step(step)
    heaviest = sorted(np.argsort(-step.weights)[:MAX_KEYS])
    assert drawn.texts(ax, "token") == [f"t{key}" for key in heaviest]
    rest = [key for key in range(40) if key not in heaviest]
    assert drawn.texts(ax, "others weight") == [style.number(step.weights[rest].sum())]
    total = sum(images(ax, "product")) + images(ax, "others product")[0]
    np.testing.assert_allclose(total, step.mixed)
    assert drawn.texts(plot_attention_step(tiny(MAX_KEYS)), "others") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_what_is_seen(step, lang):
    alt = ph.alt_text(plot_attention_step(step, lang=lang))
    for token, score, weight in zip(step.tokens[:8], step.scores, step.weights, strict=False):
        assert token in alt
        assert style.number(score) in alt
        assert style.number(weight) in alt
    assert "−∞" in alt


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("size", "width", "masked", "scale"), [(1, 1, 0, 1), (16, 32, 8, 1), (512, 64, 0, 6), (10, 128, 3, 0.01)]
)
def test_nothing_overlaps_or_is_cut_off(lang, size, width, masked, scale):
    tokens = ["internationalization" if place % 3 else "$x_1$" for place in range(size)]
    with drawn.quiet():
        ax = plot_attention_step(tiny(size, width, masked, scale, tokens), lang=lang)
        ax.figure.canvas.draw()
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)
    assert ax.figure.get_size_inches()[0] == FIGURE
    assert ax.figure.get_size_inches()[1] <= TALLEST
    assert min(text.get_size() for text in [ax._left_title, *ax.texts]) >= style.SMALL


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data(), lang=st.sampled_from(list(LANGUAGES)))
def test_any_step_is_drawn(data, lang):
    size, width = data.draw(st.tuples(st.integers(1, 14), st.integers(1, 5)))

    def numbers(*shape):
        return data.draw(arrays.arrays(float, shape, elements=st.floats(-1e3, 1e3)))

    mask = np.arange(size) < data.draw(st.integers(1, size))
    tokens = data.draw(st.lists(drawn.any_text, min_size=size, max_size=size))
    step = AttentionStep(numbers(width), numbers(size, width), numbers(size, width), mask, tokens, 0)
    with drawn.quiet():
        ax = plot_attention_step(step, lang=lang)
        ax.figure.canvas.draw()
    assert len(drawn.texts(ax, "token")) == min(size, MAX_KEYS)
    assert not drawn.cut_off(ax)
    plt.close("all")
