"""plot_hidden_states: the right layer, the right sheet in front, each row named, padding hatched."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.patches import PathPatch

import pipeline_helpers as ph
from pipeline_helpers.figures import style
from pipeline_helpers.figures.hidden_states import MAX_NAMED, MAX_SHEETS, hidden_sheets, plot_hidden_states
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn


def states(batch=2, length=5, hidden=7, seed=0):
    return np.random.default_rng(seed).normal(size=(batch, length, hidden))


def sheet(ax, sentence):
    (image,) = (image for image in ax.get_images() if image.get_gid() == f"sheet {sentence}")
    return image


def padded_rows(ax, image, length):
    (patch,) = (p for p in ax.artists + ax.patches if isinstance(p, PathPatch) and p.get_gid() == "padding")
    _, _, bottom, top = image.get_extent()
    tops = patch.get_path().vertices.reshape(-1, 5, 2)[:, :, 1].min(axis=1)
    return [round((y - top) / (bottom - top) * length) for y in tops]


@pytest.mark.parametrize(("layer", "place"), [(0, 0), (3, 3), (-1, 6), (-7, 0)])
def test_it_is_the_layer_asked_for(trace, layer, place):
    ax = plot_hidden_states(trace, layer=layer, lang="en")
    np.testing.assert_allclose(sheet(ax, 0).get_array(), trace.hidden_states[place][0], rtol=1e-6)
    np.testing.assert_allclose(sheet(ax, 1).get_array(), trace.hidden_states[place][1], rtol=1e-6)
    expected = "Embeddings" if place == 0 else f"after layer {place} of 6"
    assert expected in ax.get_title(loc="left")
    assert str(list(trace.hidden_states[0].shape)) in ax.get_title(loc="left")


def test_the_sheet_in_front_is_the_sentences(trace):
    for sentence in (0, 1):
        ax = plot_hidden_states(trace, sentence=sentence)
        front = max(ax.get_images(), key=lambda image: image.get_zorder())
        assert front.get_gid() == f"sheet {sentence}"
        assert drawn.texts(ax, "token") == trace.tokens[sentence]
        left, _, bottom, top = front.get_extent()
        row = (bottom - top) / 16
        for place, (_, x, y) in enumerate(drawn.places(ax, "token")):
            assert y == pytest.approx(top + (place + 0.5) * row)
            assert x < left
    assert padded_rows(ax, front, 16) == list(range(8, 16))


def test_the_shape_is_drawn_and_named(trace):
    assert drawn.texts(plot_hidden_states(trace), "dimension") == [
        f"hidden = {trace.hidden_states[0].shape[-1]}", "sequence = 16", "batch = 2"
    ]  # fmt: skip


def test_the_colour_scale_is_symmetric_and_named():
    values = states(1, 4, 500)
    values[0, 0, 0] = 40.0
    prepared = hidden_sheets(values)
    assert prepared.limit == pytest.approx(np.percentile(np.abs(values), 99))
    assert prepared.largest == 40.0
    ax = plot_hidden_states(values)
    image = sheet(ax, 0)
    assert (image.norm.vmin, image.norm.vmax) == (-prepared.limit, prepared.limit)
    assert "40" in drawn.texts(ax, "scale")[0]
    (strip,) = ax.child_axes
    assert [label.get_text() for label in strip.get_xticklabels()] == [
        f"{v:.3g}" for v in (-prepared.limit, 0, prepared.limit)
    ]


def test_what_a_model_returns_and_plain_arrays_are_fine(trace):
    last = trace.hidden_states[-1]
    whole = SimpleNamespace(hidden_states=trace.hidden_states)
    base = SimpleNamespace(last_hidden_state=last, hidden_states=None)
    for data, layer in ((whole, 6), (base, None), (trace.hidden_states, 6), (last, None), (last.bfloat16(), None)):
        prepared = hidden_sheets(data)
        np.testing.assert_allclose(prepared.values, last, atol=0.05)
        assert prepared.layer == layer
    assert hidden_sheets(states()[0]).values.shape == (1, 5, 7)
    assert hidden_sheets(states(), tokens=[list("abcde"), list("fghij")], sentence=1).tokens == list("fghij")


@pytest.mark.parametrize(
    ("batch", "length", "lang"),
    [(1, 1, "es"), (2, 3, "en"), (2, 16, "es"), (9, 48, "en"), (3, 64, "es"), (2, 200, "en")],
)
def test_labels_never_overlap_and_are_never_cut_off(lang, batch, length):
    tokens = [["unforgettably", "##y", "so"][place % 3] for place in range(length)]
    ax = plot_hidden_states(states(batch, length), tokens=[tokens] * batch, lang=lang)
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)
    assert len(ax.get_images()) == min(batch, MAX_SHEETS)
    notes = " ".join(drawn.texts(ax, "note"))
    if length <= MAX_NAMED:
        assert drawn.texts(ax, "token") == tokens
    else:
        every = {64: 2, 200: 5}[length]
        assert drawn.texts(ax, "token") == tokens[::every]
        assert {"es": f"1 de cada {every}", "en": f"1 in {every}"}[lang] in notes
    if batch > MAX_SHEETS:
        assert f"{MAX_SHEETS}" in notes
        assert f"{batch}" in notes


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_say_what_is_seen(trace, lang):
    text = ph.alt_text(plot_hidden_states(trace, sentence=1, lang=lang))
    front = trace.hidden_states[-1][1]
    assert f"{front.min():.2f}" in text
    assert f"{front.max():.2f}" in text
    assert "hate this" in text
    assert {"es": "8 filas de relleno", "en": "8 rows of padding"}[lang] in text
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("hidden_states."))


def test_text_has_contrast(trace):
    assert all(drawn.contrast(text.get_color(), style.PAPER) >= 4.5 for text in plot_hidden_states(trace).texts)


def test_large_numbers_and_zeros_are_drawn():
    with drawn.quiet():
        for values in (states() * 1e4, np.zeros((1, 2, 3)), np.full((1, 1, 1), -1e4)):
            plot_hidden_states(values).figure.canvas.draw()


def test_it_draws_on_an_axes_of_the_callers(trace):
    figure, axes = plt.subplots(1, 2, figsize=(12, 4))
    assert plot_hidden_states(trace, ax=axes[0]) is axes[0]
    assert figure.axes == list(axes)


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        ([], {}, ValueError, "hidden_states has shape"),
        (np.zeros((0, 3, 4)), {}, ValueError, "empty"),
        (np.zeros((2, 3, 4, 5, 6)), {}, ValueError, "dimensions"),
        ([1.0, 2.0], {}, ValueError, "hidden_states has shape"),
        ("text", {}, TypeError, "hidden_states"),
        (np.full((1, 1, 2), np.nan), {}, ValueError, "hidden_states holds nan"),
        (np.full((1, 1, 2), np.inf), {}, ValueError, "hidden_states holds inf"),
        (states(), {"layer": 3}, ValueError, "layer is 3"),
        (states(), {"sentence": 2}, ValueError, "sentence is 2"),
        (states(), {"sentence": 0.5}, TypeError, "sentence"),
        (states(), {"tokens": [["a"]]}, ValueError, "tokens has rows"),
        (states(), {"lang": "fr"}, ValueError, "lang"),
    ],
)
def test_errors_name_the_argument(data, options, error, message):
    with pytest.raises(error, match=message):
        plot_hidden_states(data, **options)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data(), lang=st.sampled_from(list(LANGUAGES)))
def test_any_states_with_any_tokens_are_drawn(data, lang):
    shape = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 9)))
    values = data.draw(arrays.arrays(float, shape, elements=st.floats(-1e4, 1e4)))
    row = st.lists(drawn.any_text, min_size=shape[1], max_size=shape[1])
    tokens = data.draw(st.none() | st.lists(row, min_size=shape[0], max_size=shape[0]))
    sentence = data.draw(st.integers(0, shape[0] - 1))
    with drawn.quiet():
        ax = plot_hidden_states(torch.tensor(values), tokens=tokens, sentence=sentence, lang=lang)
        ax.figure.canvas.draw()
    np.testing.assert_array_equal(sheet(ax, sentence).get_array(), values[sentence])
    assert not drawn.cut_off(ax, ("token", "note", "dimension"))
    plt.close("all")
