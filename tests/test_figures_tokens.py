"""plot_tokens: each piece under its word, what is lost marked, nothing overlapping at any length."""

from functools import cache

import matplotlib.pyplot as plt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgba_array

import pipeline_helpers as ph
from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import FIGURE, TALLEST
from pipeline_helpers.figures.inputs import Row, read_rows
from pipeline_helpers.figures.token_blocks import token_blocks
from pipeline_helpers.figures.tokens import plot_tokens
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn

SPANISH = "Me  encanta el español."


@cache
def loaded_tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(ph.checkpoint("classroom"))


@pytest.fixture
def tokenizer():
    return loaded_tokenizer()


def blocks_of(tokenizer, text, **options):
    return token_blocks(read_rows(tokenizer(text, **options), text)[0])


def lost_in(block):
    return "".join(character for character, lost in zip(block.written, block.lost, strict=True) if lost)


def test_words_pieces_and_ids_are_the_tokenizers(tokenizer):
    prepared = blocks_of(tokenizer, SPANISH)
    words = [(block.written, block.tokens) for block in prepared.blocks if block.kind == "word"]
    assert words == [
        ("Me", ["me"]), ("encanta", ["en", "##can", "##ta"]), ("el", ["el"]), ("español", ["es", "##pan", "##ol"]),
        (".", ["."]),
    ]  # fmt: skip
    ids = [number for block in prepared.blocks for number in block.ids]
    assert ids == tokenizer(SPANISH)["input_ids"]
    assert prepared.tokens == tokenizer.convert_ids_to_tokens(ids)
    assert [block.kind for block in prepared.blocks] == ["special", *["word"] * 5, "special"]


def test_lost_accents_capitals_and_spaces_are_found(tokenizer):
    me, encanta, el, spanish, stop = blocks_of(tokenizer, SPANISH).blocks[1:-1]
    assert [lost_in(block) for block in (me, encanta, el, spanish, stop)] == ["M", "", "", "ñ", ""]
    assert [block.gap for block in (me, encanta, el, spanish, stop)] == ["", "  ", " ", " ", ""]


def test_an_unknown_word_is_lost_whole_and_a_trailing_space_is_not_forgotten(tokenizer):
    blocks = blocks_of(tokenizer, "so 😀 \n").blocks
    assert blocks[2].tokens == ["[UNK]"]
    assert lost_in(blocks[2]) == "😀"
    assert blocks[3].kind == "special"
    assert blocks[3].gap == " \n"


def test_a_space_at_the_end_is_drawn_though_no_token_follows(tokenizer):
    encoded = tokenizer("so  ", add_special_tokens=False)
    assert drawn.texts(plot_tokens(encoded, text="so  "), "gap") == ["␣␣"]


def test_a_combining_accent_is_lost_with_its_letter_kept(tokenizer):
    (block,) = (b for b in blocks_of(tokenizer, "cafe\u0301s").blocks if b.kind == "word")
    assert lost_in(block) == "\u0301"


def test_an_unknown_word_keeps_nothing_by_chance():
    (block,) = token_blocks(Row(["[UNK]"], [0], [True], offsets=[(0, 3)], unknown=[True], text="UNK")).blocks
    assert lost_in(block) == "UNK"


def test_a_byte_level_tokenizer_loses_nothing():
    row = Row(["ĠespaÃ±", "ol"], [0, 0], [True, True], offsets=[(2, 8), (8, 10)], text="el español")
    (block,) = token_blocks(row).blocks
    assert block.written == "español"
    assert not any(block.lost)


def test_each_piece_stands_under_its_word_and_over_its_id(tokenizer):
    ax = plot_tokens(tokenizer(SPANISH), text=SPANISH)
    tokens, ids = drawn.places(ax, "token"), drawn.places(ax, "id")
    assert [text for text, *_ in tokens] == [
        "[CLS]",
        "me",
        "en",
        "##can",
        "##ta",
        "el",
        "es",
        "##pan",
        "##ol",
        ".",
        "[SEP]",
    ]
    assert [text for text, *_ in ids] == [str(number) for number in tokenizer(SPANISH)["input_ids"]]
    assert [(x, y) for _, x, y in tokens] == [(x, pytest.approx(y, abs=0.35)) for _, x, y in ids]
    assert all(token[2] < number[2] for token, number in zip(tokens, ids, strict=True))  # y grows downwards
    words = {text: x for text, x, _ in drawn.places(ax, "word")}
    spread = [x for text, x, _ in tokens if text in ("es", "##pan", "##ol")]
    assert min(spread) < words["español"] < max(spread)
    assert drawn.texts(ax, "gap") == ["␣␣", "␣", "␣"]


def test_the_line_lies_under_the_letter_that_is_lost(tokenizer):
    ax = plot_tokens(tokenizer(SPANISH), text=SPANISH)
    (strokes,) = (c for c in ax.collections if c.get_gid() == "lost")
    assert len(strokes.get_segments()) == 2
    (left, _), (right, _) = strokes.get_segments()[1]
    word = {text: x for text, x, _ in drawn.places(ax, "word")}["español"]
    start = word - style.text_width("español", 13) / 2
    assert left == pytest.approx(start + style.text_width("espa", 13), abs=0.03)
    assert right == pytest.approx(start + style.text_width("españ", 13), abs=0.03)


@pytest.mark.parametrize(("words", "lang"), [(1, "es"), (14, "en"), (62, "es"), (160, "en")])
def test_it_wraps_and_nothing_overlaps_or_is_cut_off(tokenizer, lang, words):
    text = " ".join(["so", "unforgettably", "good"][place % 3] for place in range(words))
    ax = plot_tokens(tokenizer(text), text=text, lang=lang)
    assert len(drawn.texts(ax, "token")) == len(tokenizer(text)["input_ids"])
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)
    assert len({y for *_, y in drawn.places(ax, "token")}) > 1 or words < 15


def test_special_tokens_and_padding_are_told_apart_by_their_frames(trace):
    ax = plot_tokens(trace, sentence=1)
    frames = {c.get_gid(): c for c in ax.collections if str(c.get_gid()).endswith("tokens")}
    counts = {gid: len(c.get_paths()) for gid, c in frames.items()}
    assert counts == {"word tokens": 6, "special tokens": 2, "padding tokens": 8}
    assert len({str(c.get_linestyle()) for c in frames.values()}) == 3
    assert len(drawn.texts(plot_tokens(trace, sentence=1, padding=False), "token")) == 8


def test_what_was_cut_off_is_said(tokenizer):
    text = "one two three four five"
    encoded = tokenizer(text, truncation=True, max_length=5)
    for lang, sign in (("es", "cortados al final: 2"), ("en", "cut off at the end: 2")):
        ax = plot_tokens(encoded, text=text, lang=lang)
        assert any(sign in note for note in drawn.texts(ax, "note"))
        assert sign in ph.alt_text(ax)


def test_plain_tokens_are_grouped_by_their_prefix():
    ax = plot_tokens(["[CLS]", "es", "##pan", "##ol", "[UNK]", "[SEP]"])
    prepared = token_blocks(read_rows(["[CLS]", "es", "##pan", "##ol", "[UNK]", "[SEP]"])[0])
    assert [block.kind for block in prepared.blocks] == ["special", "word", "word", "special"]
    assert drawn.texts(ax, "id") == []
    assert drawn.texts(ax, "word") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_say_what_is_seen(trace, lang):
    ax = plot_tokens(trace, lang=lang)
    text = ph.alt_text(ax)
    assert "HuggingFace → hugging ##face" in text
    assert "16" in text
    other = plot_tokens(trace, lang="en" if lang == "es" else "es")
    assert ax.get_title(loc="left") != other.get_title(loc="left")
    assert drawn.texts(ax, "note") != drawn.texts(other, "note")
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("tokens."))


def test_the_lessons_pictures_fit_a_slide_and_are_the_same_in_both_languages(trace, tokenizer):
    for draw in (
        lambda lang: plot_tokens(trace, lang=lang),
        lambda lang: plot_tokens(trace, sentence=1, lang=lang),
        lambda lang: plot_tokens(tokenizer("Me encanta el español"), text="Me encanta el español", lang=lang),
    ):
        ours = [draw(lang) for lang in LANGUAGES]
        for ax in ours:
            assert ax.figure.get_size_inches()[0] == FIGURE
            assert ax.figure.get_size_inches()[1] <= TALLEST
            assert min(text.get_size() for text in ax.texts) >= style.SMALL
            assert not drawn.cut_off(ax)
            assert not drawn.overlapping(ax)
        assert len({tuple(ax.figure.get_size_inches()) for ax in ours}) == 1
        for gid in ("token", "id", "word", "gap"):
            assert drawn.places(ours[0], gid) == drawn.places(ours[1], gid)
        assert len({tuple(at[1:] for at in drawn.places(ax, "note")) for ax in ours}) == 1


def test_words_alone_have_a_hue(trace):
    ax = plot_tokens(trace, sentence=1)
    parts = [*ax.collections, *ax.texts, *ax.patches, *ax.artists]
    colours = {
        to_hex(colour) for part in parts for name in ("facecolor", "edgecolor", "color") if hasattr(part, f"get_{name}")
        for colour in to_rgba_array(getattr(part, f"get_{name}")()) if colour[3]
    }  # fmt: skip
    grey = {colour for colour in colours if len({colour[1:3], colour[3:5], colour[5:]}) == 1}
    assert colours - grey == set(style.WORDS)
    (strokes,) = (c for c in ax.collections if c.get_gid() == "lost")
    assert {to_hex(colour) for colour in strokes.get_colors()} == {style.INK}


def test_text_has_contrast(trace):
    ax = plot_tokens(trace, sentence=1)
    for background in (style.PAPER, style.SPECIAL, style.FAINT, *style.WORDS):
        assert drawn.contrast(style.INK, background) >= 4.5
    (lost,) = {tuple(colour) for part in ax.collections if part.get_gid() == "lost" for colour in part.get_colors()}
    colours = {text.get_color() for text in ax.texts} | {lost}
    assert all(drawn.contrast(colour, style.PAPER) >= 4.5 for colour in colours)


def test_hard_tokens_are_drawn_as_they_are():
    with drawn.quiet():
        ax = plot_tokens(drawn.hard_tokens)
        ax.figure.canvas.draw()
    shown = drawn.texts(ax, "token")
    assert "$x$" in shown
    assert "two↵lines" in shown
    assert "□□" in shown  # 汉字: no glyph, a visible stand-in


def test_it_draws_on_an_axes_of_the_callers_and_leaves_its_own_open(trace):
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    assert plot_tokens(trace, ax=left) is left
    assert figure.axes == [left, right]
    assert not drawn.overlapping(left, ("token",))
    before = plt.get_fignums()
    plot_tokens(trace)
    assert len(plt.get_fignums()) == len(before) + 1


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        ([], {}, ValueError, "data is empty"),
        ([[]], {}, ValueError, "data is empty"),
        (3, {}, TypeError, "data is of type int"),
        ("hola", {}, TypeError, "data is of type str"),
        ([[1, 2]], {}, TypeError, r"data\[0\]"),
        ({"input_ids": [1]}, {}, TypeError, "fast tokenizer"),
        (["a"], {"sentence": 1}, ValueError, "sentence is 1"),
        (["a"], {"sentence": "a"}, TypeError, "sentence is of type str"),
        (["a"], {"text": ["a", "b"]}, ValueError, "text holds 2"),
        (["a"], {"lang": "fr"}, ValueError, "lang is 'fr'"),
        (["[PAD]"], {"padding": False}, ValueError, "only padding"),
    ],
)
def test_errors_name_the_argument(data, options, error, message):
    with pytest.raises(error, match=message):
        plot_tokens(data, **options)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(text=st.text(st.characters(codec="utf-8"), max_size=60), lang=st.sampled_from(list(LANGUAGES)))
def test_any_text_is_drawn(text, lang):
    encoded = loaded_tokenizer()(text)
    with drawn.quiet():
        ax = plot_tokens(encoded, text=text, lang=lang)
        ax.figure.canvas.draw()
    assert len(drawn.texts(ax, "token")) == len(encoded["input_ids"])
    assert not drawn.cut_off(ax, ("token", "id", "word"))
    assert not drawn.overlapping(ax, ("token", "id"))
    prepared = token_blocks(read_rows(encoded, text)[0])
    rebuilt = "".join(block.gap + (block.written or "") for block in prepared.blocks) + prepared.tail
    assert rebuilt == text
    plt.close("all")


@settings(max_examples=12, deadline=None, derandomize=True)
@given(tokens=st.lists(drawn.any_text, min_size=1, max_size=20))
def test_any_tokens_are_drawn(tokens):
    with drawn.quiet():
        ax = plot_tokens(tokens)
        ax.figure.canvas.draw()
    assert len(drawn.texts(ax, "token")) == len(tokens)
    plt.close("all")
