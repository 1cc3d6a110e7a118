"""plot_attention_mask: each cell in its row and column, padding told apart, speed, errors."""

import time
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

import pipeline_helpers as ph
from pipeline_helpers.figures import style
from pipeline_helpers.figures.attention_mask import MAX_COLUMNS, MAX_ROWS, mask_rows, plot_attention_mask
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn

MASK = [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]]
TOKENS = [
    ["[CLS]", "a", "b", "c", "[SEP]"],
    ["[CLS]", "[SEP]", *["[PAD]"] * 3],
    ["[CLS]", "d", "[SEP]", *["[PAD]"] * 2],
]


def digits(ax, value):
    """The cells `(row, column)` that have the digit `value`."""
    return {
        (round(y), round(x)) for line in ax.lines if line.get_gid() == f"mask {value}" for x, y in line.get_xydata()
    }  # fmt: skip


def hatched(ax):
    """The cells `(row, column)` under a hatch."""
    (patch,) = (p for p in ax.artists + ax.patches if isinstance(p, PathPatch))
    assert patch.get_hatch()
    corners = patch.get_path().vertices.reshape(-1, 5, 2)
    return {
        (round(c[:, 1].min() + 0.5), x)
        for c in corners for x in range(round(c[:, 0].min() + 0.5), round(c[:, 0].max() + 0.5))
    }  # fmt: skip


@pytest.mark.parametrize("make", [list, np.array, torch.tensor, lambda mask: torch.tensor(mask).bool()])
def test_a_mask_alone_rows_are_sentences_and_columns_tokens(make):
    ax = plot_attention_mask(make(MASK))
    np.testing.assert_array_equal(ax.get_images()[0].get_array(), MASK)
    zeros = {(row, column) for row, column in np.argwhere(np.array(MASK) == 0).tolist()}
    ones = {(row, column) for row, column in np.argwhere(np.array(MASK) == 1).tolist()}
    assert digits(ax, 0) == hatched(ax) == zeros
    assert digits(ax, 1) == ones
    assert ax.get_xlim() == (-0.5, 4.5)
    assert ax.get_ylim() == (2.5, -0.5)
    assert drawn.labels(ax.yaxis) == ["frase 0", "frase 1", "frase 2"]


def test_attended_cells_are_blue_and_padding_is_grey():
    image = plot_attention_mask(MASK).get_images()[0]
    assert to_hex(image.cmap(image.norm(0))) == style.FAINT
    assert to_hex(image.cmap(image.norm(1))) == style.WORDS[0]


def test_each_token_stands_in_its_cell(trace):
    ax = plot_attention_mask(trace)
    cells = {(round(y + 0.12), x): text for text, x, y in drawn.places(ax, "token")}
    assert cells == {(row, column): token for row, line in enumerate(trace.tokens) for column, token in enumerate(line)}
    np.testing.assert_array_equal(ax.get_images()[0].get_array(), trace.attention_mask)


def test_a_tokenizers_output_and_its_cut_off_tokens(trace):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(ph.checkpoint("classroom"))
    encoded = tokenizer(["one two three four five", "so"], padding=True, truncation=True, max_length=5)
    prepared = mask_rows(encoded)
    assert prepared.cut_off == [2, 0]
    assert prepared.tokens[1] == ["[CLS]", "so", "[SEP]", "[PAD]", "[PAD]"]
    for lang, sign in (("es", "tokens cortados: 2"), ("en", "tokens cut off: 2")):
        ax = plot_attention_mask(encoded, lang=lang)
        named = drawn.labels(ax.yaxis)
        assert sign in named[0]
        assert sign not in named[1]
        assert "0 (−2)" in ph.alt_text(ax)
    with pytest.raises(ValueError, match="padding=True"):
        plot_attention_mask(tokenizer(["one two", "so"]))
    assert mask_rows(tokenizer(["so", "so"], return_tensors="pt")).tokens[0] == ["[CLS]", "so", "[SEP]"]


@pytest.mark.parametrize(("rows", "columns", "lang"), [(1, 1, "es"), (2, 3, "en"), (3, 16, "es"), (8, 48, "en")])
def test_up_to_8_by_48_cells_have_text_that_does_not_overlap(lang, rows, columns):
    tokens = [["unforgettably", "##y", "so"][place % 3] for place in range(columns)]
    ax = plot_attention_mask(np.ones((rows, columns)), tokens=[tokens] * rows, lang=lang)
    assert len(drawn.texts(ax, "token")) == rows * columns
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("rows", "columns"), [(MAX_ROWS + 1, 4), (1, MAX_COLUMNS + 1), (64, 512)])
def test_beyond_that_the_text_is_left_out_and_the_picture_says_so(lang, rows, columns):
    ax = plot_attention_mask(np.ones((rows, columns)), tokens=[["a"] * columns] * rows, lang=lang)
    assert drawn.texts(ax) == []
    assert {"es": "sin texto", "en": "text is left out"}[lang] in ax.get_xlabel()
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)


def test_with_many_sentences_every_nth_is_named_and_the_truncated_ones_are_listed():
    ax = plot_attention_mask(np.ones((64, 512)))
    named = drawn.labels(ax.yaxis)
    assert named[:2] == ["frase 0", f"frase {round(ax.get_yticks()[1])}"]
    assert len(named) < 64


def test_64_by_512_is_drawn_within_two_seconds():
    mask = (np.arange(512) < np.linspace(3, 512, 64)[:, None]).astype(int)
    plot_attention_mask([[1]]).figure.savefig(BytesIO())
    start = time.process_time()
    plot_attention_mask(mask).figure.savefig(BytesIO())
    assert time.process_time() - start < 2


def test_8_by_48_with_text_is_drawn_within_two_seconds():
    plot_attention_mask([[1]]).figure.savefig(BytesIO())
    start = time.process_time()
    plot_attention_mask(np.ones((8, 48)), tokens=[["token"] * 48] * 8).figure.savefig(BytesIO())
    assert time.process_time() - start < 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_say_what_is_seen(trace, lang):
    ax = plot_attention_mask(trace, lang=lang)
    expected = {
        "es": "frase 1: se atiende a 8 tokens, 8 de relleno",
        "en": "sentence 1: 8 tokens attended to, 8 of padding",
    }
    assert expected[lang] in ph.alt_text(ax)
    assert {"es": "relleno", "en": "padding"}[lang] in ax.get_xlabel()
    assert "[2, 16]" in ax.get_title(loc="left")
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("attention_mask."))


def test_text_has_contrast():
    ax = plot_attention_mask(MASK, tokens=TOKENS)
    for text in ax.texts:
        for background in (style.FAINT, style.WORDS[0]):
            assert drawn.contrast(text.get_color(), background) >= 4.5


def test_hard_tokens_are_drawn_as_they_are():
    with drawn.quiet():
        ax = plot_attention_mask(np.ones((1, len(drawn.hard_tokens))), tokens=drawn.hard_tokens)
        ax.figure.canvas.draw()
    assert "$x$" in drawn.texts(ax, "token")


def test_it_draws_on_an_axes_of_the_callers():
    figure, axes = plt.subplots(1, 2, figsize=(10, 3))
    assert plot_attention_mask(MASK, ax=axes[1]) is axes[1]
    assert len(figure.axes) == 2
    assert axes[1].get_images()
    assert not axes[0].get_images()


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        ([], {}, ValueError, "attention_mask has shape"),
        ([[]], {}, ValueError, "empty"),
        (np.zeros((0, 4)), {}, ValueError, "empty"),
        ([[1, 2]], {}, ValueError, "attention_mask holds 2"),
        ([[1, float("nan")]], {}, ValueError, "attention_mask holds nan"),
        ([[1, -1]], {}, ValueError, "holds -1"),
        ([[1, 1], [1]], {}, ValueError, "rows of different length"),
        ([[[1]]], {}, ValueError, "dimensions"),
        ("mask", {}, TypeError, "attention_mask"),
        (MASK, {"tokens": [["a"]]}, ValueError, "tokens has rows"),
        (MASK, {"lang": "de"}, ValueError, "lang"),
    ],
)
def test_errors_name_the_argument(data, options, error, message):
    with pytest.raises(error, match=message):
        plot_attention_mask(data, **options)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data(), lang=st.sampled_from(list(LANGUAGES)))
def test_any_mask_with_any_tokens_is_drawn(data, lang):
    mask = data.draw(arrays.arrays(int, st.tuples(st.integers(1, 10), st.integers(1, 12)), elements=st.integers(0, 1)))
    row = st.lists(drawn.any_text, min_size=mask.shape[1], max_size=mask.shape[1])
    tokens = data.draw(st.none() | st.lists(row, min_size=len(mask), max_size=len(mask)))
    with drawn.quiet():
        ax = plot_attention_mask(mask, tokens=tokens, lang=lang)
        ax.figure.canvas.draw()
    np.testing.assert_array_equal(ax.get_images()[0].get_array(), mask)
    assert hatched(ax) == {(row, column) for row, column in np.argwhere(mask == 0).tolist()}
    assert not drawn.cut_off(ax, ("token",))
    plt.close("all")
