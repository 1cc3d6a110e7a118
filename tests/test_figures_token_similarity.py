"""plot_token_similarity: the cosine of the right two tokens in the right cell."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.colors import to_rgb

import pipeline_helpers as ph
from pipeline_helpers.figures import cosine_similarity, style
from pipeline_helpers.figures.token_similarity import plot_token_similarity, token_similarity
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn

FIRST, SECOND = [[1, 0], [1, 1], [0, 0]], [[0, 2], [3, 0], [-1, 0], [1, 1]]


def framed(ax):
    """The framed cells, `(row, column)`."""
    (frames,) = (c for c in ax.collections if c.get_gid() == "nearest")
    centres = [path.vertices[:4].mean(axis=0) for path in frames.get_paths()]
    return [(round(y), round(x)) for x, y in centres]


def test_cosine_is_torchs():
    rng = np.random.default_rng(0)
    first, second = torch.tensor(rng.normal(size=(4, 9))), torch.tensor(rng.normal(size=(6, 9)))
    expected = torch.nn.functional.cosine_similarity(first[:, None], second[None], dim=-1)
    np.testing.assert_allclose(cosine_similarity(first, second), expected)
    np.testing.assert_allclose(cosine_similarity(first * 1e200, second * 1e-200), expected)


def test_rows_are_the_first_sentence_and_columns_the_second(trace):
    ax = plot_token_similarity(trace, layer=4)
    assert drawn.labels(ax.yaxis) == trace.tokens[0]
    assert drawn.labels(ax.xaxis) == trace.tokens[1][:8]  # padding is left out
    a, b = trace.hidden_states[4][0], trace.hidden_states[4][1, :8]
    expected = torch.nn.functional.cosine_similarity(a[:, None], b[None], dim=-1)
    np.testing.assert_allclose(ax.get_images()[0].get_array(), expected, atol=1e-5)
    numbers = {(y, x): text for text, x, y in drawn.places(ax, "number")}
    assert numbers == {(r, c): f"{round(float(expected[r, c]), 2) + 0.0:.2f}" for r, c in np.ndindex(16, 8)}
    assert framed(ax) == [(row, int(column)) for row, column in enumerate(expected.argmax(dim=1))]
    other = plot_token_similarity(trace, layer=4, sentences=(1, 0))
    np.testing.assert_allclose(other.get_images()[0].get_array(), expected.T, atol=1e-5)


def test_plain_vectors_and_a_vector_of_zeros():
    prepared = token_similarity((FIRST, SECOND), tokens=(["a", "b", "c"], ["d", "e", "f", "g"]))
    np.testing.assert_allclose(prepared.cosine[:2].round(3), [[0, 1, -1, 0.707], [0.707, 0.707, -0.707, 1]])
    assert np.isnan(prepared.cosine[2]).all()
    assert prepared.nearest == [1, 3, None]
    ax = plot_token_similarity((FIRST, SECOND))
    assert drawn.texts(ax, "number")[8:] == ["–"] * 4
    assert framed(ax) == [(0, 1), (1, 3)]
    assert "–" in ax.get_xlabel()


@pytest.mark.parametrize(
    ("rows", "columns", "lang"),
    [(1, 1, "es"), (3, 3, "en"), (16, 16, "es"), (48, 48, "en"), (64, 20, "es"), (20, 130, "en")],
)
def test_labels_never_overlap_and_are_never_cut_off(lang, rows, columns):
    rng = np.random.default_rng(0)
    names = [[["disappointing", "##y", "so"][place % 3] for place in range(size)] for size in (rows, columns)]
    ax = plot_token_similarity((rng.normal(size=(rows, 4)), rng.normal(size=(columns, 4))), tokens=names, lang=lang)
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)
    if max(rows, columns) <= 48:
        assert [drawn.labels(ax.yaxis), drawn.labels(ax.xaxis)] == names
    else:
        every = {64: 2, 130: 5}[max(rows, columns)]
        longer = 0 if rows >= columns else 1
        assert drawn.labels((ax.yaxis, ax.xaxis)[longer]) == names[longer][::every]
        assert {"es": f"1 de cada {every}", "en": f"1 in {every}"}[lang] in ax.get_xlabel()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_say_what_is_seen(trace, lang):
    ax = plot_token_similarity(trace, lang=lang)
    prepared = token_similarity(trace)
    assert f"{prepared.cosine.max():.2f}" in ph.alt_text(ax)
    assert f"i → {prepared.columns[prepared.nearest[1]]}" in ph.alt_text(ax)
    title = {"es": "tras la capa 6 de 6", "en": "after layer 6 of 6"}[lang]
    assert title in ax.get_title(loc="left").replace("\n", " ")
    assert ax.get_ylabel() == {"es": "tokens de la frase 0", "en": "tokens of sentence 0"}[lang]
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("token_similarity."))


def test_numbers_have_contrast_on_every_colour():
    angles = np.linspace(0, np.pi, 15)
    ax = plot_token_similarity(([[1, 0]], np.stack([np.cos(angles), np.sin(angles)], axis=1)))
    (image,) = ax.get_images()
    for text in ax.texts:
        x, y = text.get_position()
        background = image.cmap(image.norm(image.get_array()[y, x]))
        assert drawn.contrast(to_rgb(text.get_color()), background[:3]) >= 4.5
    assert {text.get_color() for text in ax.texts} == {style.text_on("black"), style.text_on("white")}


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        (([[1, 2]], [[1, 2, 3]]), {}, ValueError, "vectors of 2 numbers"),
        (([[1, np.nan]], [[1, 2]]), {}, ValueError, "first holds nan"),
        (([[1, 2]], [[np.inf, 2]]), {}, ValueError, "second holds inf"),
        (([[1, 2]], [[1, 2]]), {"tokens": (["a"], ["b", "c"])}, ValueError, "tokens has rows"),
        (np.ones((1, 3, 4)), {}, ValueError, r"sentences\[1\] is 1"),
        (np.ones((2, 3, 4)), {"sentences": (0, 1, 2)}, ValueError, "sentences"),
        (np.ones((2, 3, 4)), {"sentences": 0}, ValueError, "sentences is 0"),
        (np.ones((2, 3, 4)), {"tokens": [["a"]]}, ValueError, "tokens has rows"),
        (np.ones((2, 2, 4)), {"tokens": [["a", "b"], ["[PAD]", "[PAD]"]]}, ValueError, "only padding"),
        (np.ones((2, 3, 4)), {"lang": "fr"}, ValueError, "lang"),
        ("text", {}, TypeError, "hidden_states"),
        (np.zeros((0, 3, 4)), {}, ValueError, "empty"),
    ],
)
def test_errors_name_the_argument(data, options, error, message):
    with pytest.raises(error, match=message):
        plot_token_similarity(data, **options)


def test_it_draws_on_an_axes_of_the_callers(trace):
    figure, axes = plt.subplots(1, 2, figsize=(12, 5))
    assert plot_token_similarity(trace, ax=axes[0]) is axes[0]
    assert figure.axes == list(axes)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data(), lang=st.sampled_from(list(LANGUAGES)))
def test_any_vectors_with_any_tokens_are_drawn(data, lang):
    rows, columns, width = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 5)))
    numbers = st.floats(-1e4, 1e4)
    first = data.draw(arrays.arrays(float, (rows, width), elements=numbers))
    second = data.draw(arrays.arrays(float, (columns, width), elements=numbers))
    names = [data.draw(st.lists(drawn.any_text, min_size=n, max_size=n)) for n in (rows, columns)]
    with drawn.quiet():
        ax = plot_token_similarity((first, second), tokens=names, lang=lang)
        ax.figure.canvas.draw()
    cosine = token_similarity((first, second)).cosine
    known = cosine[~np.isnan(cosine)]
    assert ((known >= -1) & (known <= 1)).all()
    assert len(drawn.texts(ax, "number")) == rows * columns
    assert not drawn.cut_off(ax)
    plt.close("all")
