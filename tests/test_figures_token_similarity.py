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
from pipeline_helpers.figures import canvas, cosine_similarity, style
from pipeline_helpers.figures.token_similarity import STANDS_OUT, plot_token_similarity, token_similarity
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn

FIRST, SECOND = [[1, 0], [1, 1], [0, 0]], [[0, 2], [3, 0], [-1, 0], [1, 1]]


FILMS = ["This film is wonderful.", "This film is fantastic.", "This film is terrible."]


def framed(ax, panel=0):
    """The framed cells of a panel, `(row, column)`."""
    frames = [c for c in ax.collections if c.get_gid() == "nearest"][panel]
    left = ax.get_images()[panel].get_extent()[0]
    centres = [path.vertices[:4].mean(axis=0) for path in frames.get_paths()]
    return [(round(y), round(x - left - 0.5)) for x, y in centres]


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
    first, second = expected.topk(2, dim=1).values.T
    stands_out = (first - second >= 0.05).nonzero().flatten().tolist()
    assert 0 < len(stands_out) < 16
    assert framed(ax) == [(row, int(expected[row].argmax())) for row in stands_out]
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
    assert "–" in " ".join(drawn.texts(ax, "note"))


def test_a_nearest_token_is_marked_only_where_it_stands_out():
    angles = np.arccos([0.9, 0.9 - STANDS_OUT + 0.01, 0.1])
    others = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert token_similarity(([[1, 0]], others)).nearest == [None]
    assert token_similarity(([[1, 0]], others[[0, 2]])).nearest == [0]
    assert token_similarity(([[1, 0]], others[:1])).nearest == [None]  # nothing to stand out from
    for lang, no, yes in (("es", "sin recuadros", "con recuadro"), ("en", "no frames", "framed")):
        none = plot_token_similarity(([[1, 0]], others), lang=lang)
        assert framed(none) == []
        assert no in " ".join(drawn.texts(none, "note"))
        one = plot_token_similarity(([[1, 0]], others[[0, 2]]), lang=lang)
        assert yes in " ".join(drawn.texts(one, "note"))
        assert "0.05" in " ".join(drawn.texts(one, "note"))


@pytest.fixture(scope="module")
def films():
    return ph.trace(FILMS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_layers_stand_side_by_side_in_one_scale(films, lang):
    ax = plot_token_similarity(films, sentences=(0, 2), layer=(0, 3, -1), lang=lang)
    images, end = ax.get_images(), -1.0
    for panel, place in enumerate((0, 3, 6)):
        expected = token_similarity(films, sentences=(0, 2), layer=place)
        np.testing.assert_array_equal(images[panel].get_array(), expected.cosine)
        assert images[panel].norm(0.5) == images[0].norm(0.5) == 0.75
        left, right, bottom, top = images[panel].get_extent()
        assert end < left == pytest.approx(right - 7)
        assert (bottom, top) == (6.5, -0.5)
        assert framed(ax, panel) == [(r, c) for r, c in enumerate(expected.nearest) if c is not None]
        under = [(x, label.get_text()) for x, label in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
                 if left < x < right]  # fmt: skip
        assert under == [(pytest.approx(left + 0.5 + column), name) for column, name in enumerate(expected.columns)]
        end = right
    names = {"es": ["embeddings", "capa 3 de 6", "capa 6 de 6"], "en": ["embeddings", "layer 3 of 6", "layer 6 of 6"]}
    assert drawn.texts(ax, "panel") == names[lang]
    assert drawn.labels(ax.yaxis) == films.tokens[0]
    assert [framed(ax, panel) != [] for panel in range(3)] == [True, True, False]
    notes = " ".join(drawn.texts(ax, "note"))
    assert {"es": "capa 6 de 6: no destaca", "en": "layer 6 of 6: none stands"}[lang] in notes
    assert {"es": "Capa 6 de 6: los valores", "en": "Layer 6 of 6: the values"}[lang] in ph.alt_text(ax)
    assert drawn.texts(ax, "number") == []  # no room at 12 points
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)


def test_panels_have_their_numbers_where_there_is_room(films):
    two = plot_token_similarity(([[1, 0], [0, 1]], [[1, 0], [0, 1]]))
    assert drawn.texts(two, "number") == ["1.00", "0.00", "0.00", "1.00"]
    states = np.random.default_rng(0).normal(size=(3, 2, 2, 4))
    ax = plot_token_similarity([*states], layer=[0, 2])
    expected = [style.number(v) for n in (0, 2) for v in token_similarity([*states], layer=n).cosine.flat]
    assert drawn.texts(ax, "number") == expected
    assert [x for _, x, _ in drawn.places(ax, "number")] == [
        image.get_extent()[0] + 0.5 + column for image in ax.get_images() for _ in range(2) for column in range(2)
    ]
    many = plot_token_similarity(films, layer=range(7), lang="en")
    assert drawn.texts(many, "panel") == [f"layer {place}" for place in range(7)]
    assert not drawn.overlapping(many)


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (3, 3), (7, 7), (16, 16), (48, 48), (64, 20), (20, 130), (3, 500)]
)
def test_labels_never_overlap_and_are_never_cut_off_and_both_languages_are_laid_out_alike(rows, columns):
    rng = np.random.default_rng(0)
    names = [[["disappointing", "##y", "."][place % 3] for place in range(size)] for size in (rows, columns)]
    vectors = rng.normal(size=(rows, 4)), rng.normal(size=(columns, 4))
    laid_out = {}
    for lang in LANGUAGES:
        ax = plot_token_similarity(vectors, tokens=names, lang=lang)
        assert not drawn.cut_off(ax)
        assert not drawn.overlapping(ax)
        size = tuple(ax.figure.get_size_inches())
        assert size[0] == pytest.approx(canvas.FIGURE)
        assert size[1] <= canvas.TALLEST + 0.001
        named = [drawn.labels(axis) for axis in (ax.yaxis, ax.xaxis)]
        turned = [label.get_rotation() for label in ax.get_xticklabels()]
        shown = [[canvas.shortened(token, 1.0, style.SMALL) for token in each] for each in names]
        steps = [-(-len(each) // len(some)) for each, some in zip(shown, named, strict=True)]
        assert named == [each[::step] for each, step in zip(shown, steps, strict=True)]
        if max(steps) > 1:
            said = {"es": f"1 de cada {max(steps)}", "en": f"1 in {max(steps)}"}[lang]
            assert said in " ".join(drawn.texts(ax, "note"))
        assert set(turned) == ({0.0} if columns <= 3 else {0.0, 90.0} if columns < 500 else set(turned))
        assert all(angle == 0 for angle, label in zip(turned, named[1], strict=True) if label == ".")
        sizes = {text.get_fontsize() for text in [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()]}
        assert min(sizes) >= style.SMALL
        laid_out[lang] = size, ax.get_position().bounds, named, turned, drawn.places(ax, "number")
    assert laid_out["es"] == laid_out["en"]


def test_names_stand_upright_where_they_fit(films):
    one = plot_token_similarity(films, layer=3)
    assert {label.get_rotation() for label in one.get_xticklabels()} == {0}
    assert len(drawn.texts(one, "number")) == 49
    three = plot_token_similarity(films, layer=(0, 3, 6))
    turned = {label.get_text(): label.get_rotation() for label in three.get_xticklabels()}
    assert (turned["film"], turned["."]) == (90, 0)  # a turned full stop is a speck


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_say_what_is_seen(trace, lang):
    ax = plot_token_similarity(trace, layer=3, lang=lang)
    prepared = token_similarity(trace, layer=3)
    assert f"{prepared.cosine.max():.2f}" in ph.alt_text(ax)
    assert f"i → {prepared.columns[prepared.nearest[1]]}" in ph.alt_text(ax)
    assert drawn.texts(ax, "panel") == [{"es": "capa 3 de 6", "en": "layer 3 of 6"}[lang]]
    assert ax.get_ylabel() == {"es": "tokens de la frase 0", "en": "tokens of sentence 0"}[lang]
    assert ax.get_xlabel() == {"es": "tokens de la frase 1", "en": "tokens of sentence 1"}[lang]
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("token_similarity."))


def test_numbers_have_contrast_on_every_colour():
    angles = np.linspace(0, np.pi, 11)
    ax = plot_token_similarity(([[1, 0]], np.stack([np.cos(angles), np.sin(angles)], axis=1)))
    (image,) = ax.get_images()
    numbers = [text for text in ax.texts if text.get_gid() == "number"]
    for text in numbers:
        x, y = map(round, text.get_position())
        background = image.cmap(image.norm(image.get_array()[y, x]))
        assert drawn.contrast(to_rgb(text.get_color()), background[:3]) >= 4.5
    assert {text.get_color() for text in numbers} == {style.text_on("black"), style.text_on("white")}


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
        (np.ones((2, 3, 4)), {"layer": ()}, ValueError, "at least one"),
        (np.ones((2, 3, 4)), {"layer": (0, 0)}, ValueError, "one layer alone"),
        (([[1, 2]], [[1, 2]]), {"layer": (0, 1)}, ValueError, "one layer alone"),
        ([np.ones((2, 3, 4))] * 3, {"layer": (0, 3)}, ValueError, "layer is 3"),
        ([np.ones((2, 3, 4))] * 3, {"layer": "12"}, TypeError, "layer"),
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
    assert ax.figure.get_size_inches()[1] <= canvas.TALLEST + 0.001
    assert not drawn.cut_off(ax)
    plt.close("all")
