"""`plot_attention`: what is drawn where, what it says about itself, what it refuses."""

import warnings
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from pipeline_helpers.figures import alt_text, canvas, plot_attention, style
from pipeline_helpers.figures.attention import attention
from pipeline_helpers.language import LANGUAGES
from tests import drawn
from tests.drawn import contrast


def weights(layers=2, batch=2, heads=3, length=5, seed=0):
    """Attentions of a model: L of `[B, A, S, S]`, rows that sum to 1, no matrix the same as its transpose."""
    drawn = np.random.default_rng(seed).dirichlet(np.full(length, 0.4), (layers, batch, heads, length))
    return tuple(torch.tensor(layer, dtype=torch.float32) for layer in drawn)


def weight_at(ax, x, y):
    """The number behind the colour at a point of the picture."""
    (image,) = ax.get_images()
    left, right, bottom, top = image.get_extent()
    data = image.get_array()
    rows, columns = data.shape
    return data[int((y - top) / (bottom - top) * rows), int((x - left) / (right - left) * columns)]


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def texts(ax):
    """Every word in the picture, its labels included."""
    inner = [text.get_text() for child in ax.child_axes for text in (child.yaxis.label, child.xaxis.label)]
    own = [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel(), *(text.get_text() for text in ax.texts)]
    return " ".join([*own, *inner]).replace("\n", " ")


def test_one_head_has_queries_as_rows_and_keys_as_columns(trace):
    ax = plot_attention(trace, layer=1, head=9)
    expected = trace.attentions[1][0, 9].numpy()
    assert not np.allclose(expected, expected.T)
    np.testing.assert_allclose(ax.get_images()[0].get_array(), expected, atol=1e-7)
    assert labels(ax.yaxis) == labels(ax.xaxis) == trace.tokens[0]
    assert ax.yaxis_inverted()
    assert not ax.xaxis_inverted()
    for place, (x, y) in enumerate(zip(ax.get_xticks(), ax.get_yticks(), strict=True)):
        assert weight_at(ax, x, ax.get_yticks()[3]) == pytest.approx(expected[3, place])
        assert weight_at(ax, ax.get_xticks()[3], y) == pytest.approx(expected[place, 3])


@pytest.mark.parametrize(("sentence", "length", "form"), [(0, 16, slice(1, None)), (1, 8, slice(None))])
def test_the_lessons_sentences_have_their_weights_in_the_cells_in_a_colour_that_can_be_read(
    trace, sentence, length, form
):
    for lang in LANGUAGES:
        ax = plot_attention(trace, layer=1, head=2, sentence=sentence, lang=lang)
        weight = trace.attentions[1][sentence, 2, :length, :length].numpy()
        image = ax.get_images()[0]
        numbers = {(round(y), round(x)): text for text, x, y in drawn.places(ax, "number")}
        assert numbers == {
            (row, column): f"{weight[row, column]:.2f}"[form] for row, column in np.argwhere(weight >= 0.005).tolist()
        }
        assert {"es": "menos de 0.005", "en": "less than 0.005"}[lang] in texts(ax)
        for text in ax.texts:
            if text.get_gid() == "number":
                column, row = map(round, text.get_position())
                assert contrast(text.get_color(), image.cmap(image.norm(weight[row, column]))) >= 4.5


def test_a_whole_one_stays_one_where_there_is_no_room_for_the_zero_before_the_point():
    assert set(drawn.texts(plot_attention(np.eye(16)), "number")) == {"1.0"}
    assert set(drawn.texts(plot_attention(np.eye(4)), "number")) == {"1.00"}


def test_weights_stand_in_no_cell_of_padding_and_in_none_without_room(trace):
    ax = plot_attention(trace, layer=3, head=9, sentence=1, padding=True)
    cells = {(y, x) for _, x, y in drawn.places(ax, "number")}
    assert cells
    assert all(row < 8 and column < 8 for row, column in cells)
    assert drawn.texts(plot_attention(np.full((40, 40), 0.025)), "number") == []


def test_the_colours_go_from_0_to_1_whatever_the_weights():
    ax = plot_attention(weights(), layer=0, head=0)
    assert ax.get_images()[0].get_clim() == (0, 1)


def test_a_layers_heads_are_tiled_with_their_numbers_above_them():
    data = weights(heads=4)
    ax = plot_attention(data, layer=1, sentence=1, tokens=[list("abcde"), list("vwxyz")])
    heads = {text.get_text(): text.get_position() for text in ax.texts if text.get_text().startswith("cabeza")}
    assert list(heads) == [f"cabeza {head}" for head in range(4)]
    for head in range(4):
        x, y = heads[f"cabeza {head}"]
        for query in range(5):
            for key in range(5):
                shown = weight_at(ax, x + (key + 0.5) / 5, y + 0.03 + (query + 0.5) / 5)
                assert shown == pytest.approx(data[1][1, head, query, key].item(), abs=1e-6)
    assert labels(ax.xaxis) == labels(ax.yaxis) == list("vwxyz") * 2
    first = (heads["cabeza 0"][0] + np.arange(5) / 5 + 0.1).tolist()
    assert ax.get_xticks()[:5] == pytest.approx(first)


def test_one_head_in_each_layer():
    data = weights(layers=4)
    ax = plot_attention(data, head=2)
    at = {text.get_text(): text.get_position() for text in ax.texts}
    for layer in range(4):
        x, y = at[f"capa {layer + 1}\nattentions[{layer}]"]
        assert weight_at(ax, x + 0.3, y + 0.03 + 0.5) == pytest.approx(data[layer][0, 2, 2, 1].item(), abs=1e-6)


def test_all_layers_and_heads_are_a_table_of_tiles(trace):
    ax = plot_attention(trace)
    assert labels(ax.xaxis) == [str(head) for head in range(12)]
    assert labels(ax.yaxis) == [f"capa {layer + 1}\nattentions[{layer}]" for layer in range(6)]
    assert ax.get_xlabel() == "cabeza"
    for layer, y in enumerate(ax.get_yticks()):
        for head, x in enumerate(ax.get_xticks()):
            shown = weight_at(ax, x - 0.5 + 3.5 / 16, y - 0.5 + 9.5 / 16)
            assert shown == pytest.approx(trace.attentions[layer][0, head, 9, 3].item(), abs=1e-6)


def test_tiles_are_on_the_one_axes(trace):
    ax = plot_attention(trace)
    assert ax.figure.axes == [ax]


@pytest.mark.parametrize("place", [0, 1])
def test_padding_is_left_out_unless_it_is_asked_for(trace, place):
    length = [16, 8][place]
    hidden = plot_attention(trace, layer=1, head=2, sentence=place)
    assert labels(hidden.xaxis) == labels(hidden.yaxis) == trace.tokens[place][:length]
    assert ("Tokens de relleno ocultos: 8" in texts(hidden)) == (place == 1)
    shown = plot_attention(trace, layer=1, head=2, sentence=place, padding=True)
    assert labels(shown.xaxis) == labels(shown.yaxis) == trace.tokens[place]
    assert ("Rayado" in texts(shown)) == (place == 1)


def test_padding_on_the_left_is_hatched_there_and_nowhere_else():
    mask = [0, 1, 1, 0]
    ax = plot_attention(weights(length=4), layer=0, head=0, attention_mask=[mask, [1] * 4], padding=True)
    (hatch,) = [patch for patch in ax.get_children() if isinstance(patch, PathPatch)]
    assert hatch.get_hatch()
    boxes = [polygon.reshape(-1, 2) for polygon in hatch.get_path().to_polygons()]
    spans = [(box.min(axis=0), box.max(axis=0)) for box in boxes]
    for query in range(4):
        for key in range(4):
            is_hatched = any((low < (key, query)).all() and (high > (key, query)).all() for low, high in spans)
            assert is_hatched == (mask[key] == 0 or mask[query] == 0)


def test_what_a_tokenizer_returns_names_the_tokens_and_knows_the_padding(trace):
    from pipeline_helpers.checkpoints import checkpoint
    from pipeline_helpers.stages import load

    _, tokenizer = load(checkpoint())
    inputs = tokenizer(trace.texts, padding=True, return_tensors="pt")
    ax = plot_attention(trace.attentions, tokens=inputs, layer=0, head=0, sentence=1)
    assert labels(ax.xaxis) == ["[CLS]", "i", "hate", "this", "so", "much", "!", "[SEP]"]


@pytest.mark.parametrize("length", [50, 97, 150, 300])
def test_pooled_cells_hold_the_sum_over_keys_and_the_mean_over_queries(length):
    data = np.random.default_rng(1).dirichlet(np.full(length, 0.3), (2, length))
    prepared = attention(data)
    size = prepared.pooled
    assert prepared.weights.shape[-1] <= 48
    np.testing.assert_allclose(prepared.weights.sum(axis=-1), 1)
    naive = np.zeros_like(prepared.weights[0])
    for head in range(2):
        for query in range(length):
            in_block = min(size, length - query // size * size)
            for key in range(length):
                naive[head, query // size, key // size] += data[head, query, key] / in_block
    np.testing.assert_allclose(prepared.weights[0], naive)
    assert f"{size} × {size} tokens" in texts(plot_attention(data)) or size == 1


def test_bytes_do_not_grow_with_the_square_of_the_length():
    sizes = []
    for length in (128, 512):
        data = np.random.default_rng(0).dirichlet(np.full(length, 0.3), (3, 1, 4, length)).astype(np.float32)
        with BytesIO() as file:
            plot_attention(data).figure.savefig(file, format="png")
            sizes.append(len(file.getvalue()))
    assert sizes[1] < 1.3 * sizes[0]


@pytest.mark.parametrize(("length", "step"), [(16, 1), (18, 1), (24, 2), (64, 4), (128, 7)])
def test_each_of_18_tokens_is_named_beyond_that_every_nth_and_it_says_so(length, step):
    names = [f"t{place}" for place in range(length)]
    ax = plot_attention(np.eye(length), tokens=names)
    assert labels(ax.xaxis) == labels(ax.yaxis) == names[::step]
    assert ax.get_yticks().tolist() == list(range(0, length, step))
    assert (f"1 de cada {step}" in texts(ax)) == (step > 1)


def upright(ax):
    return [not label.get_rotation() for label in ax.get_xticklabels()]


def test_names_under_the_columns_are_turned_only_where_they_do_not_fit_upright(trace):
    """In one line, in two, turned; and one letter is never turned, which would read as another."""
    one, two = plot_attention(trace, layer=0, head=0, sentence=1), plot_attention(trace, layer=0, head=0)
    assert all(upright(one))
    assert all(upright(two))
    one.figure.canvas.draw()
    two.figure.canvas.draw()
    assert len({round(label.get_window_extent().y1) for label in one.get_xticklabels()}) == 1
    tops = [round(label.get_window_extent().y1) for label in two.get_xticklabels()]
    assert len(set(tops[::2])) == len(set(tops[1::2])) == 1
    assert tops[0] > tops[1]
    names = ["unforgettably", "i"] * 8
    long = plot_attention(np.eye(16), tokens=names)
    assert upright(long) == [name == "i" for name in names]
    assert len(long.get_xticks()) == 16


CHOICES = [{"layer": 1, "head": 9}, {"layer": 1}, {"head": 9}, {}]


@pytest.mark.parametrize("padding", [False, True])
@pytest.mark.parametrize("sentence", [0, 1])
@pytest.mark.parametrize("choice", CHOICES)
def test_a_figure_of_the_lessons_is_as_wide_as_all_no_higher_than_a_slide_and_the_same_in_all_languages(
    trace, choice, sentence, padding
):
    layouts = []
    for lang in LANGUAGES:
        ax = plot_attention(trace, sentence=sentence, padding=padding, lang=lang, **choice)
        width, height = ax.figure.get_size_inches()
        assert width == pytest.approx(canvas.FIGURE)
        assert height <= canvas.TALLEST + 1e-9
        said = [text for text in ax.figure.findobj(Text) if text.get_text().strip()]
        assert min(text.get_size() for text in said) >= style.SMALL
        heading = ax._left_title
        ax.figure.canvas.draw()
        assert heading.get_window_extent().x0 == pytest.approx(canvas.MARGIN * ax.figure.dpi, abs=2)
        layouts.append((height, ax.get_position().bounds, upright(ax), ax.get_xticks(), ax.get_yticks()))
    for other in layouts[1:]:
        for one, same in zip(layouts[0], other, strict=True):
            np.testing.assert_allclose(same, one)


@pytest.mark.parametrize("choice", CHOICES)
def test_it_says_in_words_what_the_colours_follow(trace, choice):
    for lang, said in (("es", "raíz cuadrada"), ("en", "square root")):
        assert said in texts(plot_attention(trace, lang=lang, **choice))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("length", [1, 3, 16, 48, 64])
@pytest.mark.parametrize("heads", [1, 12])
def test_labels_do_not_overlap_and_are_not_cut_off(length, heads, lang):
    data = np.random.default_rng(0).dirichlet(np.ones(length), (heads, length))
    ax = plot_attention(data, tokens=["##attention"[: 3 + place % 9] for place in range(length)], lang=lang)
    figure = ax.figure
    figure.canvas.draw()
    for axis in (ax.xaxis, ax.yaxis):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels()]
        for before, after in pairwise(boxes):
            assert not before.padded(-0.5).overlaps(after.padded(-0.5))
    bar = ax.child_axes[0]
    drawn = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label, bar.yaxis.label, *ax.texts]
    drawn += [*ax.get_xticklabels(), *ax.get_yticklabels(), *bar.get_yticklabels()]
    for text in drawn:
        box = text.get_window_extent()
        if text.get_text():
            assert box.x0 >= 0, text
            assert box.y0 >= 0, text
            assert box.x1 <= figure.bbox.x1, text
            assert box.y1 <= figure.bbox.y1, text


def test_the_table_of_tiles_has_its_title_notes_and_numbers_apart(trace):
    for lang in LANGUAGES:
        ax = plot_attention(trace, sentence=1, padding=True, lang=lang)
        ax.figure.canvas.draw()
        heading, note = ax._left_title.get_window_extent(), ax.texts[0].get_window_extent()
        picture = ax.get_window_extent()
        label = ax.xaxis.label.get_window_extent()
        numbers = ax.get_xticklabels()[0].get_window_extent()
        assert heading.y0 >= label.y1 - 1
        assert label.y0 >= numbers.y1 - 1
        assert numbers.y0 >= picture.y1
        assert picture.y0 >= note.y1
        assert heading.y1 <= ax.figure.bbox.y1


@pytest.mark.parametrize("choice", [{}, {"layer": 1}, {"head": 1}, {"layer": 1, "head": 2}])
def test_both_languages_say_the_same_in_their_own_words(trace, choice):
    spanish, english = (plot_attention(trace, sentence=1, padding=True, lang=lang, **choice) for lang in ("es", "en"))
    for words, ax in (("Atención frase Rayado relleno peso", spanish), ("Attention sentence Hatched weight", english)):
        for word in words.split():
            assert word in texts(ax)
    for say in (texts, alt_text):
        assert say(spanish)
        assert set(say(spanish).split()).isdisjoint({"layer", "head", "queries:", "padding", "weights"})
        assert set(say(english).split()).isdisjoint({"capa", "cabeza", "consultas", "relleno", "pesos"})


def blank_but(layer, head):
    """Attentions that are spread out evenly, but for one head."""
    data = np.full((6, 1, 12, 4, 4), 0.25)
    data[layer, 0, head] = np.eye(4)
    return data


def test_the_title_counts_layers_as_hidden_states_does_and_says_the_index(trace):
    ax = plot_attention(trace, layer=-1, head=11, sentence=1)
    assert ax.get_title(loc="left") == "Atención · capa 6 de 6 (attentions[5]) · cabeza 11 · frase 1"
    one_layer = plot_attention(trace.attentions[3], head=9, sentence=1, lang="en")
    assert one_layer.get_title(loc="left") == "Attention · head 9 · sentence 1"
    assert "layer 4 of 6 (attentions[3]), head 9" in alt_text(plot_attention(blank_but(3, 9), lang="en"))


def test_the_alternative_text_tells_the_largest_weights_and_the_heads_that_stand_out():
    data = np.full((3, 3, 3), 1 / 3)
    data[1] = np.eye(3)[[1, 2, 0]]
    one = alt_text(plot_attention(data, head=1, tokens=["a", "b", "<c>"], lang="en"))
    assert "“a” to “b” 1.00, “b” to “<c>” 1.00, “<c>” to “a” 1.00" in one
    all_of_them = alt_text(plot_attention(data, lang="en"))
    assert "most concentrated is head 1" in all_of_them
    assert "most spread out is head 0: 0.33" in all_of_them


def test_what_padding_looks_at_is_in_no_number():
    data = np.zeros((1, 1, 3, 3))
    data[..., :2, :2] = 0.5
    data[..., 2, 0] = 1
    prepared = attention(data, attention_mask=[1, 1, 0], padding=True)
    assert prepared.peaks.item() == 0.5
    assert all(query < 2 for query, _, _ in prepared.strongest)


def test_hard_tokens_are_drawn_as_they_are_and_nothing_is_warned_of():
    tokens = ["$x_1$", "a\\b", "<b>", "a\nb", "🙂", "مرحبا", "你好", "x" * 80, "", "{no}"]
    data = np.full((10, 10), 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for choice in (data, data[None].repeat(3, axis=0)):
            ax = plot_attention(choice, tokens=tokens)
            ax.figure.savefig(BytesIO(), format="png")
    ax = plot_attention(data, tokens=tokens)
    shown = labels(ax.yaxis)
    assert shown[:4] == ["$x_1$", "a\\b", "<b>", "a↵b"]
    assert shown[5] == "مرحبا"
    assert shown[6] == "□□"
    assert "…" in shown[7]


def test_an_axes_of_ones_own_is_drawn_on_and_the_names_fit_into_it():
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3))
    assert plot_attention(np.eye(40), ax=left) is left
    assert plot_attention(weights(), ax=right) is right
    assert len(left.get_xticks()) < 20
    assert "1 de cada" in texts(left)
    assert figure.axes == [left, right]


def test_without_names_tokens_are_numbered():
    assert labels(plot_attention(np.eye(4)).yaxis) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        (weights(), {"layer": 2}, ValueError, "layer is 2"),
        (weights(), {"head": 3}, ValueError, "head is 3"),
        (weights(), {"head": "3"}, TypeError, "head is of type str"),
        (weights(), {"sentence": 2}, ValueError, "sentence is 2"),
        (weights(), {"tokens": ["a", "b"]}, ValueError, "tokens holds 2 tokens"),
        (weights(), {"tokens": [list("abcde")] * 3}, ValueError, "tokens holds 3 sentences"),
        (weights(), {"attention_mask": [1, 0]}, ValueError, "attention_mask has shape"),
        (weights(), {"attention_mask": [2, 0, 1, 1, 1]}, ValueError, "attention_mask holds something else"),
        (weights(), {"attention_mask": [0] * 5}, ValueError, "attention_mask hides all"),
        (np.eye(3) * -4, {}, ValueError, "data holds -4"),
        (np.eye(3) * np.nan, {}, ValueError, "data holds nan"),
        (np.eye(3) + np.inf, {}, ValueError, "data holds inf"),
        (np.zeros((0, 0)), {}, ValueError, "data"),
        (np.zeros((2, 3)), {}, ValueError, "queries"),
        (np.zeros(3), {}, ValueError, "data has shape"),
        ((), {}, ValueError, "data has shape"),
        ((torch.eye(3)[None], torch.eye(4)[None]), {}, ValueError, "one shape for all"),
        ("attention", {}, TypeError, "data is no array"),
        (None, {}, ValueError, "data has shape"),
    ],
)
def test_what_can_not_be_drawn_is_refused_by_name(data, options, error, message):
    with pytest.raises(error, match=message):
        plot_attention(data, **options)


def test_a_trace_without_attentions_says_how_to_get_them(trace):
    from dataclasses import replace

    with pytest.raises(ValueError, match=r"attentions=True"):
        plot_attention(replace(trace, attentions=None))


def test_half_precision_and_gradients_are_no_trouble():
    data = tuple(layer.to(torch.bfloat16).requires_grad_() for layer in weights())
    np.testing.assert_allclose(attention(data).weights[1, 2], weights()[1][0, 2], atol=0.01)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.data())
def test_whatever_comes_is_drawn(draw):
    import matplotlib.pyplot as plt

    layers, batch, heads = (draw.draw(st.integers(1, 3)) for _ in range(3))
    length = draw.draw(st.integers(1, 60))
    seed = draw.draw(st.integers(0, 99))
    data = np.random.default_rng(seed).dirichlet(np.ones(length), (layers, batch, heads, length))
    mask = np.array(
        draw.draw(
            st.lists(st.lists(st.integers(0, 1), min_size=length, max_size=length), min_size=batch, max_size=batch)
        )
    )
    mask[:, 0] = 1
    sentence = draw.draw(st.integers(0, batch - 1))
    tokens = [draw.draw(st.lists(st.text(max_size=9), min_size=length, max_size=length)) for _ in range(batch)]
    layer = draw.draw(st.none() | st.integers(0, layers - 1))
    head = draw.draw(st.none() | st.integers(0, heads - 1))
    padding = draw.draw(st.booleans())
    options = {
        "layer": layer,
        "head": head,
        "sentence": sentence,
        "tokens": tokens,
        "attention_mask": mask,
        "padding": padding,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        prepared = attention(data, **options)
        ax = plot_attention(data, lang=draw.draw(st.sampled_from(list(LANGUAGES))), **options)
        ax.figure.canvas.draw()
    try:
        kept = mask[sentence].astype(bool) | padding
        assert prepared.tokens == [token for token, keep in zip(tokens[sentence], kept, strict=True) if keep]
        assert prepared.length + prepared.hidden == length
        shown = data[:, sentence] if layer is None else data[[layer], sentence]
        shown = shown if head is None else shown[:, [head]]
        shown = shown[:, :, kept][:, :, :, kept]
        starts = np.arange(0, prepared.length, prepared.pooled)
        np.testing.assert_allclose(
            prepared.weights.sum(axis=-1)[..., 0], shown[:, :, : prepared.pooled].mean(axis=2).sum(axis=-1)
        )
        assert prepared.weights.shape == (*shown.shape[:2], len(starts), len(starts))
        assert alt_text(ax)
    finally:
        plt.close(ax.figure)
