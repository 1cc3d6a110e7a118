"""plot_hidden_states: each written number is the one of its token and place, of the right layer and sentence."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.collections import QuadMesh
from matplotlib.patches import PathPatch

import pipeline_helpers as ph
from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.hidden_states import hidden_vectors, plot_hidden_states
from pipeline_helpers.figures.hidden_states.plot import FIRST_ROWS, LAST_ROWS, MAX_ROWS
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn


def states(batch=2, length=5, hidden=7, seed=0):
    return np.random.default_rng(seed).normal(size=(batch, length, hidden))


def table(ax, sentence):
    """What is written in the cells of `sentence`: `{(token, place of the number): text}`, as the eye finds them."""
    mesh = mesh_of(ax, sentence)
    xs, ys = mesh.get_coordinates()[0, :, 0], mesh.get_coordinates()[:, 0, 1]
    columns = [(text, x) for text, x, _ in drawn.places(ax, "column") if xs[0] < x < xs[-1]]
    rows = [(text, y) for text, x, y in drawn.places(ax, "token") if xs[0] - 0.2 < x < xs[0]]

    def nearest(named, at):
        return min(named, key=lambda each: abs(each[1] - at))[0]

    assert all(ys[0] < y < ys[-1] for _, y in rows)
    return {
        (place_of(rows, y), nearest(columns, x)): text
        for text, x, y in drawn.places(ax, "number") if xs[0] < x < xs[-1]
    }  # fmt: skip


def place_of(rows, at):
    """The row, counted from the top, whose name stands on the line `at`."""
    return min(range(len(rows)), key=lambda place: abs(rows[place][1] - at))


def mesh_of(ax, sentence):
    (mesh,) = (c for c in ax.collections if isinstance(c, QuadMesh) and c.get_gid() == f"sentence {sentence}")
    return mesh


def padded_rows(ax, sentence, length):
    """The rows of `sentence` that are hatched."""
    ys = mesh_of(ax, sentence).get_coordinates()[:, 0, 1]
    (patch,) = (p for p in ax.artists + ax.patches if isinstance(p, PathPatch) and p.get_gid() == "padding")
    tops = patch.get_path().vertices.reshape(-1, 5, 2)[:, :, 1].min(axis=1)
    return [round((y - ys[0]) / (ys[-1] - ys[0]) * length) for y in tops]


@pytest.mark.parametrize(("layer", "place"), [(0, 0), (3, 3), (-1, 6), (-7, 0)])
def test_each_number_is_the_one_of_its_token_and_its_place(trace, layer, place):
    ax = plot_hidden_states(trace, layer=layer, lang="en")
    for sentence, count in ((0, 16), (1, 8)):
        numbers = table(ax, sentence)
        written = sorted({int(column) for _, column in numbers})
        assert written[:3] == [0, 1, 2]
        assert written[-1] == trace.hidden_states[0].shape[-1] - 1
        vectors = trace.hidden_states[place][sentence]
        expected = {(t, str(c)): style.number(float(vectors[t, c])) for t in range(count) for c in written}
        assert numbers == expected
    assert ("embeddings" if place == 0 else f"layer {place} of 6") in ax.get_title(loc="left")


def test_two_sentences_stand_side_by_side_with_their_tokens_and_their_padding_hatched(trace):
    ax = plot_hidden_states(trace)
    assert drawn.texts(ax, "token") == trace.tokens[0] + trace.tokens[1]
    assert padded_rows(ax, 1, 16) == list(range(8, 16))
    assert mesh_of(ax, 0).get_coordinates()[..., 0].max() < mesh_of(ax, 1).get_coordinates()[..., 0].min()


def test_one_sentence_alone_has_room_for_more_numbers(trace):
    both, alone = plot_hidden_states(trace), plot_hidden_states(trace, sentence=1)
    assert drawn.texts(alone, "token") == trace.tokens[1]
    assert drawn.texts(alone, "sentence") == ["frase 1"]
    assert len(table(alone, 1)) > 2 * len(table(both, 1))
    assert "1 de 2" in " ".join(drawn.texts(alone, "note"))


def test_the_shape_is_explained_where_each_of_its_numbers_is(trace):
    ax = plot_hidden_states(trace, lang="en")
    hidden = trace.hidden_states[0].shape[-1]
    assert drawn.texts(ax, "shape") == [f"Shape [2, 16, {hidden}]: 2 sentences × 16 tokens × {hidden} numbers"]
    assert drawn.texts(ax, "sentence") == ["sentence 0", "sentence 1"]
    assert drawn.texts(ax, "dimension") == ["16 tokens", f"{hidden} numbers"] * 2
    one = plot_hidden_states(states(1, 1, 1), lang="en")
    assert drawn.texts(one, "shape") == ["Shape [1, 1, 1]: 1 sentence × 1 token × 1 number"]


@pytest.mark.parametrize(("layer", "sign", "note"), [(0, "=", "=: the same"), (-1, "≠", "≠: same token and position")])
def test_where_both_have_the_same_token_it_says_whether_the_numbers_are_the_same(trace, layer, sign, note):
    ax = plot_hidden_states(trace, layer=layer, lang="en")
    lines = {y: text for text, _, y in drawn.places(ax, "token")}
    assert [(lines[y], text) for text, _, y in drawn.places(ax, "shared")] == [("[CLS]", sign), ("i", sign)]
    assert note in " ".join(drawn.texts(ax, "note"))
    padded = plot_hidden_states(states(2, 3), tokens=[["a", "b", "[PAD]"], ["b", "a", "[PAD]"]])
    assert drawn.texts(padded, "shared") == []
    assert drawn.texts(plot_hidden_states(states()), "shared") == []  # nobody knows the tokens


def test_the_colours_go_to_the_number_farthest_from_zero_that_is_written():
    values = states(2, 4, 500)
    values[0, 0, 0], values[0, 0, 250] = -30.0, 99.0
    ax = plot_hidden_states(values, lang="en")
    for sentence in (0, 1):
        norm = mesh_of(ax, sentence).norm
        assert (norm.vmin, norm.vmax) == (-30, 30)
        assert (
            mesh_of(ax, sentence).get_cmap() is style.DIVERGING or mesh_of(ax, sentence).get_cmap() == style.DIVERGING
        )
    low, high = drawn.texts(ax, "scale")
    assert (low, high.split()[0]) == ("-30", "30")
    tokens = [["a", "[PAD]"]]
    padded = plot_hidden_states([[[1.0, 2.0], [50.0, 50.0]]], tokens=tokens)
    assert drawn.texts(padded, "scale")[0] == "-2"


def test_what_a_model_returns_and_plain_arrays_are_fine(trace):
    last = trace.hidden_states[-1]
    whole = SimpleNamespace(hidden_states=trace.hidden_states)
    base = SimpleNamespace(last_hidden_state=last, hidden_states=None)
    for data, layer in ((whole, 6), (base, None), (trace.hidden_states, 6), (last, None), (last.bfloat16(), None)):
        prepared = hidden_vectors(data)
        np.testing.assert_allclose(prepared.values, last, atol=0.05)
        assert prepared.layer == layer
    assert hidden_vectors(states()[0]).values.shape == (1, 5, 7)
    (row,) = hidden_vectors(states(), tokens=[list("abcde"), list("fghij")], sentence=1).rows
    assert row.tokens == list("fghij")


@pytest.mark.parametrize(("batch", "length", "hidden"), [(1, 1, 1), (2, 3, 2), (2, 16, 384), (9, 48, 768), (2, 512, 5)])
def test_labels_never_overlap_and_are_never_cut_off_and_both_languages_are_laid_out_alike(batch, length, hidden):
    tokens = [["unforgettably", "##y", "so"][place % 3] for place in range(length)]
    places = {}
    for lang in LANGUAGES:
        ax = plot_hidden_states(states(batch, length, hidden), tokens=[tokens] * batch, lang=lang)
        assert not drawn.cut_off(ax)
        assert not drawn.overlapping(ax)
        notes = " ".join(drawn.texts(ax, "note"))
        assert {"es": f"2 de {batch} frases", "en": f"2 of {batch} sentences"}[lang] in notes or batch <= 2
        if length > MAX_ROWS:
            assert {"es": f"14 de {length} tokens", "en": f"14 of {length} tokens"}[lang] in notes
            shown = tokens[:FIRST_ROWS] + tokens[-LAST_ROWS:]
        else:
            shown = tokens
        shown = [canvas.shortened(token, 0.95, style.SMALL) for token in shown]
        assert drawn.texts(ax, "token") == shown * min(batch, 2)
        size = tuple(ax.figure.get_size_inches())
        assert size[0] == pytest.approx(canvas.FIGURE)
        assert size[1] <= canvas.TALLEST
        assert min(text.get_fontsize() for text in ax.texts) >= style.SMALL
        places[lang] = size, [drawn.places(ax, gid) for gid in ("token", "number", "column", "gap")]
    assert places["es"] == places["en"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_say_what_is_seen(trace, lang):
    ax = plot_hidden_states(trace, lang=lang)
    text, hidden = ph.alt_text(ax), trace.hidden_states[0].shape[-1]
    title = {"es": f"una fila de {hidden} números", "en": f"a row of {hidden} numbers"}[lang]
    assert title in ax.get_title(loc="left")
    assert title in text
    for sentence in (0, 1):
        beginning = ", ".join(style.number(float(value)) for value in trace.hidden_states[-1][sentence, 0, :3])
        assert beginning in text
    assert "hate this" in text
    assert {"es": "8 filas de relleno", "en": "8 rows of padding"}[lang] in text
    assert text.endswith("[CLS], i.")
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("hidden_states."))


def test_text_has_contrast(trace):
    ax = plot_hidden_states(trace)
    norm = mesh_of(ax, 0).norm
    for text in ax.texts:
        under = style.PAPER
        if text.get_gid() == "number":
            under = style.DIVERGING(norm(float(text.get_text())))
        assert drawn.contrast(text.get_color(), under) >= 4.5


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
    numbers = table(ax, sentence)
    assert numbers[0, "0"] == style.number(values[sentence, 0, 0])
    assert not drawn.cut_off(ax)
    plt.close("all")
