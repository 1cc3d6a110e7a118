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
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from matplotlib.text import Text

import pipeline_helpers as ph
from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.attention_mask import mask_rows, plot_attention_mask
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn

MASK = [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]]
TOKENS = [
    ["[CLS]", "a", "b", "c", "[SEP]"],
    ["[CLS]", "[SEP]", *["[PAD]"] * 3],
    ["[CLS]", "d", "[SEP]", *["[PAD]"] * 2],
]


def blocks(ax):
    """`(left, top, width of a cell, height of a row, mask)` of each block of cells, from the first."""
    found = []
    for image in ax.get_images():
        left, right, bottom, top = image.get_extent()
        mask = np.asarray(image.get_array())
        found.append((left, top, (right - left) / mask.shape[1], (bottom - top) / len(mask), mask))
    return found


def cell_at(ax, x, y):
    """The `(row, column)` of the cell that holds a point."""
    first = 0
    for left, top, cell, row, mask in blocks(ax):
        at, column = int((y - top) // row), int((x - left) // cell)
        if 0 <= at < mask.shape[0] and 0 <= column < mask.shape[1]:
            return at, first + column
        first += mask.shape[1]
    raise AssertionError((x, y))


def shown(ax):
    """The mask as it stands in all blocks."""
    return np.concatenate([mask for *_, mask in blocks(ax)], axis=1)


def digits(ax, value):
    """The cells `(row, column)` that have the digit `value`."""
    lines = [line for line in ax.lines if line.get_gid() == f"mask {value}"]
    return {cell_at(ax, x, y) for line in lines for x, y in line.get_xydata()}


def hatched(ax):
    """The cells `(row, column)` whose middle is under a hatch."""
    patches = [p for p in ax.artists + ax.patches if isinstance(p, PathPatch) and p.get_gid() != "legend"]
    assert all(patch.get_hatch() for patch in patches)
    boxes = [box for patch in patches for box in patch.get_path().vertices.reshape(-1, 5, 2)]
    return {cell for cell, middle in middles(ax) if any(is_in(box, middle) for box in boxes)}


def framed(ax):
    """The cells `(row, column)` that have a frame of ink, each its own."""
    left = blocks(ax)[0][0]  # the legend's stands before it
    boxes = [
        path.vertices for found in ax.collections if isinstance(found, PolyCollection)
        for path in found.get_paths() if path.vertices[0][0] >= left - 1e-9
    ]  # fmt: skip
    return {cell for cell, middle in middles(ax) if any(is_in(box, middle) for box in boxes)}


def is_in(box, point):
    return (box.min(axis=0) <= point).all() and (point <= box.max(axis=0)).all()


def middles(ax):
    first = 0
    for left, top, cell, row, mask in blocks(ax):
        for at, column in np.ndindex(mask.shape):
            yield (at, first + column), (left + (column + 0.5) * cell, top + (at + 0.5) * row)
        first += mask.shape[1]


def where(mask, value):
    return {(row, column) for row, column in np.argwhere(np.array(mask) == value).tolist()}


@pytest.mark.parametrize("make", [list, np.array, torch.tensor, lambda mask: torch.tensor(mask).bool()])
def test_a_mask_alone_rows_are_sentences_and_columns_tokens(make):
    ax = plot_attention_mask(make(MASK))
    np.testing.assert_array_equal(shown(ax), MASK)
    assert digits(ax, 0) == hatched(ax) == where(MASK, 0)
    assert digits(ax, 1) == framed(ax) == where(MASK, 1)
    rows = [(text, y) for text, _, y in drawn.places(ax, "sentence")]
    assert [text for text, _ in rows] == ["frase 0", "frase 1", "frase 2"]
    assert [y for _, y in rows] == sorted(y for _, y in rows)


def test_what_is_attended_to_is_neutral_and_padding_is_grey_and_the_legend_says_so():
    for lang, said in (
        ("es", ["se atiende", "relleno: no se atiende"]),
        ("en", ["attended to", "padding: not attended to"]),
    ):
        ax = plot_attention_mask(MASK, lang=lang)
        image = ax.get_images()[0]
        assert to_hex(image.cmap(image.norm(0))) == style.FAINT
        assert to_hex(image.cmap(image.norm(1))) == style.PAPER
        assert drawn.texts(ax, "legend") == said
        assert [line.get_gid() for line in ax.lines].count("legend") == 2
    assert drawn.texts(plot_attention_mask([[1, 1]]), "legend") == ["se atiende"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_token_stands_upright_in_its_cell_and_each_position_under_it(trace, lang):
    ax = plot_attention_mask(trace, lang=lang)
    cells = {cell_at(ax, x, y): text for text, x, y in drawn.places(ax, "token")}
    assert cells == {(row, column): token for row, line in enumerate(trace.tokens) for column, token in enumerate(line)}
    np.testing.assert_array_equal(shown(ax), trace.attention_mask)
    assert not any(text.get_rotation() for text in ax.texts)
    under = [(text, x) for text, x, _ in drawn.places(ax, "position")]
    assert [text for text, _ in under] == [str(place) for place in range(16)]
    middle = {column: x for (row, column), (x, _) in middles(ax)}
    assert [x for _, x in under] == pytest.approx([middle[place] for place in range(16)])
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)


@pytest.mark.parametrize("data", [None, MASK, np.ones((1, 48)), np.ones((64, 512))])
def test_the_layout_is_the_same_in_all_languages_and_fits_a_slide(trace, data):
    layouts = []
    for lang in LANGUAGES:
        ax = plot_attention_mask(trace if data is None else data, lang=lang)
        width, height = ax.figure.get_size_inches()
        assert width == pytest.approx(canvas.FIGURE)
        assert height <= canvas.TALLEST
        assert min(text.get_size() for text in ax.figure.findobj(Text) if text.get_text().strip()) >= style.SMALL
        layouts.append((height, [image.get_extent() for image in ax.get_images()]))
    assert all(layout == layouts[0] for layout in layouts)


def test_a_tokenizers_output_and_its_cut_off_tokens(trace):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(ph.checkpoint("classroom"))
    encoded = tokenizer(["one two three four five", "so"], padding=True, truncation=True, max_length=5)
    prepared = mask_rows(encoded)
    assert prepared.cut_off == [2, 0]
    assert prepared.tokens[1] == ["[CLS]", "so", "[SEP]", "[PAD]", "[PAD]"]
    for lang, sign in (("es", "cortados: 2"), ("en", "cut off: 2")):
        ax = plot_attention_mask(encoded, lang=lang)
        named = drawn.texts(ax, "sentence")
        assert sign in named[0]
        assert sign not in named[1]
        assert "0 (−2)" in ph.alt_text(ax)
    with pytest.raises(ValueError, match="padding=True"):
        plot_attention_mask(tokenizer(["one two", "so"]))
    assert mask_rows(tokenizer(["so", "so"], return_tensors="pt")).tokens[0] == ["[CLS]", "so", "[SEP]"]


@pytest.mark.parametrize(("rows", "columns", "lang"), [(1, 1, "es"), (2, 3, "en"), (4, 16, "es"), (8, 8, "en")])
def test_cells_that_fit_a_screen_have_text_that_does_not_overlap(lang, rows, columns):
    tokens = [["unforgettable", "##y", "so"][place % 3] for place in range(columns)]
    ax = plot_attention_mask(np.ones((rows, columns)), tokens=[tokens] * rows, lang=lang)
    assert len(drawn.texts(ax, "token")) == rows * columns
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("rows", "columns", "numbered"), [(9, 20, True), (8, 48, True), (1, 600, False), (64, 512, False)]
)
def test_beyond_that_the_tokens_are_left_out_then_the_digits_and_the_picture_says_so(lang, rows, columns, numbered):
    ax = plot_attention_mask(np.ones((rows, columns)), tokens=[["a token"] * columns] * rows, lang=lang)
    assert drawn.texts(ax, "token") == []
    assert len(digits(ax, 1)) == rows * columns * numbered
    assert {"es": "los tokens no caben", "en": "no room for the tokens"}[lang] in drawn.texts(ax, "note")[0]
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)
    assert drawn.texts(plot_attention_mask(np.ones((rows, columns)), lang=lang), "note") == []


def test_with_many_sentences_every_nth_is_named_and_the_truncated_ones_are_listed():
    ax = plot_attention_mask(np.ones((64, 512)))
    named = drawn.texts(ax, "sentence")
    assert named[:2] == ["frase 0", "frase 5"]
    assert len(named) == 13


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
    assert any({"es": "relleno", "en": "padding"}[lang] in text for text in drawn.texts(ax, "legend"))
    assert "[2, 16]" in ax.get_title(loc="left")
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("attention_mask."))


def test_text_has_contrast():
    ax = plot_attention_mask(MASK, tokens=TOKENS)
    for text in ax.texts:
        for background in (style.FAINT, style.PAPER):
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
    np.testing.assert_array_equal(shown(ax), mask)
    assert hatched(ax) == where(mask, 0)
    assert framed(ax) == where(mask, 1)
    assert not drawn.cut_off(ax, ("token",))
    plt.close("all")
