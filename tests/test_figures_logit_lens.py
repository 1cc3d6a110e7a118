"""plot_logit_lens: the right number in the right cell, the model's own cell framed, readable at any size."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

import pipeline_helpers as ph
from pipeline_helpers.figures import canvas, style
from pipeline_helpers.interpretability import LogitLens
from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.stages import Row, load
from tests import drawn

TWO = {0: "NEGATIVE", 1: "POSITIVE"}


def made(tokens, layers, labels=2, position=0, seed=0):
    """A `LogitLens` of random numbers that grow from layer to layer."""
    names = tokens if isinstance(tokens, list) else [["disappointing", "##y", "."][n % 3] for n in range(tokens)]
    shape = (layers + 1, 1, len(names), labels)
    logits = (
        torch.randn(shape, generator=torch.Generator().manual_seed(seed))
        * torch.arange(layers + 1.0)[:, None, None, None]
    )
    shares = logits.softmax(-1) if labels > 1 else logits.sigmoid()
    row = Row(names, [None] * len(names), [True] * len(names))
    return LogitLens(
        [row], [position], logits, shares, TWO if labels == 2 else {n: f"LABEL_{n}" for n in range(labels)}
    )


def cells(ax):
    return np.asarray(ax.get_images()[0].get_array())


def framed(ax):
    """The framed cells, `(row, column)`."""
    return [(round(p.get_y() + 0.5), round(p.get_x() + 0.5)) for p in ax.patches if p.get_gid() == "own"]


@pytest.fixture(scope="module")
def lens(trace):
    return ph.logit_lens(trace, load(ph.checkpoint())[0])


def test_rows_are_tokens_and_columns_layers_with_their_numbers(lens, trace):
    ax = ph.plot_logit_lens(lens, sentence=1, label="POSITIVE")
    assert drawn.labels(ax.yaxis) == trace.tokens[1][:8]  # padding is left out
    assert drawn.labels(ax.xaxis) == [str(layer) for layer in range(7)]
    expected = lens.probabilities[:, 1, :8, 1].T
    np.testing.assert_allclose(cells(ax), expected)
    numbers = {(y, x): text for text, x, y in drawn.places(ax, "number")}
    assert numbers == {(r, c): f"{expected[r, c]:.2f}" for r, c in np.ndindex(8, 7)}
    assert framed(ax) == [(0, 6)]
    assert cells(ax)[0, 6] == pytest.approx(trace.probabilities[1, 1].item(), abs=1e-4)


def test_the_label_is_the_models_answer_unless_asked_for_and_each_class_keeps_its_colour(lens):
    for sentence, answer in enumerate(("POSITIVE", "NEGATIVE")):
        assert answer in ph.plot_logit_lens(lens, sentence=sentence).get_title("left")
    one, other = (ph.plot_logit_lens(lens, sentence=1, label=label) for label in (0, "POSITIVE"))
    np.testing.assert_allclose(cells(one), 1 - cells(other), atol=1e-6)
    shown = [ax.get_images()[0].cmap(ax.get_images()[0].norm(cells(ax))) for ax in (one, other)]
    np.testing.assert_allclose(shown[0], shown[1], atol=0.02)
    image = other.get_images()[0]
    ends = [to_rgb(image.cmap(image.norm(value))) for value in (0.0, 0.5, 1.0)]
    assert ends == [pytest.approx(to_rgb(c), abs=0.01) for c in (style.NEGATIVE, style.PAPER, style.POSITIVE)]


@pytest.mark.parametrize("labels", [1, 3])
def test_other_numbers_of_labels_have_one_hue(labels):
    lens = made(6, 3, labels)
    ax = ph.plot_logit_lens(lens, label=labels - 1)
    np.testing.assert_allclose(cells(ax), lens.probabilities[:, 0, :, labels - 1].T)
    image = ax.get_images()[0]
    ends = [to_rgb(image.cmap(image.norm(value))) for value in (0.0, 1.0)]
    assert ends == [pytest.approx(to_rgb(c), abs=0.01) for c in (style.PAPER, style.CLASS)]


def test_what_is_no_probability_is_coloured_by_its_sign():
    lens = made(4, 2, 1)
    lens = replace(lens, probabilities=lens.logits)
    image = ph.plot_logit_lens(lens).get_images()[0]
    assert image.cmap is style.DIVERGING
    assert image.norm(0.0) == 0.5
    assert "prob" not in ph.plot_logit_lens(lens).get_title("left")


def test_a_head_that_reads_the_last_token_is_framed_there():
    names = ["Ġa", "Ġb", "</s>"]
    lens = made(["<pad>", *names], 2, position=3)
    row = replace(lens.rows[0], attended=[False, True, True, True])
    ax = ph.plot_logit_lens(replace(lens, rows=[row]))
    assert drawn.labels(ax.yaxis) == names
    assert framed(ax) == [(2, 2)]


@pytest.mark.parametrize(
    ("tokens", "layers"), [(1, 1), (3, 6), (16, 6), (17, 12), (12, 24), (48, 6), (300, 12), (512, 48), (9, 0)]
)
def test_nothing_is_cut_off_or_covered_and_both_languages_are_laid_out_alike(tokens, layers):
    laid_out = {}
    for lang in LANGUAGES:
        ax = ph.plot_logit_lens(made(tokens, layers), lang=lang)
        assert not drawn.cut_off(ax)
        assert not drawn.overlapping(ax)
        size = tuple(ax.figure.get_size_inches())
        assert size[0] == pytest.approx(canvas.FIGURE)
        assert size[1] <= canvas.TALLEST + 0.001
        drawn_layers = list(map(int, drawn.labels(ax.xaxis)))
        step = drawn_layers[-1] - drawn_layers[-2] if layers else 1
        assert drawn_layers == list(range(layers, -1, -step))[::-1]
        np.testing.assert_array_equal(
            cells(ax), made(tokens, layers).probabilities[drawn_layers, 0, :, cells_label(tokens, layers)].T
        )
        notes = " ".join(drawn.texts(ax, "note"))
        assert {"es": "la única casilla que usa el modelo", "en": "the only cell that the model uses"}[lang] in notes
        assert ({"es": "capas", "en": "layers"}[lang] in notes) == (step > 1)
        assert (len(drawn.texts(ax, "number")) == tokens * len(drawn_layers)) == (tokens <= 17)
        assert ({"es": "rayado", "en": "hatched"}[lang] in notes) == (tokens > 17)
        sizes = {text.get_fontsize() for text in [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()]}
        assert min(sizes) >= style.SMALL
        laid_out[lang] = size, ax.get_position().bounds, drawn.labels(ax.yaxis), drawn.places(ax, "number")
    assert laid_out["es"] == laid_out["en"]


def cells_label(tokens, layers):
    return int(made(tokens, layers).probabilities[-1, 0, 0].argmax())


def test_base_and_small_models_have_every_layer():
    assert len(drawn.labels(ph.plot_logit_lens(made(9, 12)).xaxis)) == 13


def test_without_numbers_the_cells_under_a_half_are_hatched():
    lens = made(48, 6)
    ax = ph.plot_logit_lens(lens, label=1)
    (hatch,) = [patch for patch in ax.get_children() if getattr(patch, "get_hatch", lambda: None)()]
    under = set()
    for corners in hatch.get_path().vertices.reshape(-1, 5, 2):
        (left, top), (right, bottom) = corners[0], corners[2]
        under |= {(row, round((left + right) / 2)) for row in range(round(top + 0.5), round(bottom + 0.5))}
    assert under == {(r, c) for r, c in np.ndindex(48, 7) if cells(ax)[r, c] < 0.5}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_alternative_text_says_what_is_seen(lens, lang):
    said = ph.alt_text(ph.plot_logit_lens(lens, sentence=1, lang=lang))
    shares = lens.probabilities[:, 1, :8, 0]
    for number in (shares[-1, 0], shares[0].min(), shares[4].max()):
        assert f"{number:.2f}" in said
    assert {"es": "8 tokens por 6 capas", "en": "8 tokens by 6 layers"}[lang] in said
    assert {"es": "El modelo usa la de [CLS] tras la capa 6", "en": "uses the cell of [CLS] after layer 6"}[
        lang
    ] in said


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sentence": 2}, ValueError, "sentence is 2; there are 2"),
        ({"sentence": "0"}, TypeError, "sentence"),
        ({"label": 2}, ValueError, "label is 2; there are 2"),
        ({"label": "GOOD"}, ValueError, "label is 'GOOD'; the labels are NEGATIVE, POSITIVE"),
        ({"label": 0.5}, TypeError, "label"),
        ({"lang": "fr"}, ValueError, "lang"),
    ],
)
def test_errors_name_the_argument(lens, options, error, message):
    with pytest.raises(error, match=message):
        ph.plot_logit_lens(lens, **options)


def test_what_is_no_lens_is_refused(trace):
    with pytest.raises(TypeError, match="lens is of type Trace; it takes what logit_lens"):
        ph.plot_logit_lens(trace)


def test_it_draws_on_an_axes_of_the_callers(lens):
    figure, axes = plt.subplots(1, 2, figsize=(14, 5))
    assert ph.plot_logit_lens(lens, ax=axes[1]) is axes[1]
    assert figure.axes == list(axes)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(tokens=st.lists(drawn.any_text, min_size=1, max_size=6), lang=st.sampled_from(list(LANGUAGES)))
def test_any_tokens_are_drawn(tokens, lang):
    with drawn.quiet():
        ax = ph.plot_logit_lens(made(tokens, 2), lang=lang)
        ax.figure.canvas.draw()
    assert not drawn.cut_off(ax)
    plt.close("all")
