"""A tokenizer's row, read in one way: words, spaces, what was cut off, what is special, whatever the tokenizer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_helpers as ph
from pipeline_helpers.figures.inputs import read_rows
from pipeline_helpers.figures.token_blocks import token_blocks
from pipeline_helpers.stages import Row, read
from tests import models

KINDS = {"byte level": models.byte_level, "metaspace": models.metaspace, "whole text": models.whole_text}


@pytest.fixture(scope="module", params=KINDS)
def tokenizer(request):
    return KINDS[request.param]()


def row_of(tokenizer, text, **options):
    return Row.of(tokenizer(text, **options).encodings[0], text, tokenizer)


def drawn(row):
    """For each word: as it stands in the text, and what stands before it in no token; then what comes after all."""
    prepared = token_blocks(row)
    return [(block.written, block.gap) for block in prepared.blocks if block.kind == "word"], prepared.tail


def test_the_space_is_in_the_token_whose_mark_it_is(tokenizer):
    """F11: the picture said that the space between these two ended up in no token."""
    words, tail = drawn(row_of(tokenizer, "I love this"))
    assert words == [("I", ""), ("love", ""), ("this", "")]
    assert tail == ""


@settings(max_examples=60, deadline=None, derandomize=True)
@given(text=st.text("abI \n\té🤗", max_size=12))
def test_these_tokenizers_lose_no_space(text):
    for kind in ("byte level", "whole text"):
        words, tail = drawn(row_of(_made(kind), text))
        assert not any(gap for _, gap in words), (kind, text)
        assert tail == ""


def _made(kind, cache={}):  # noqa: B006
    if kind not in cache:
        cache[kind] = KINDS[kind]()
    return cache[kind]


def test_wordpiece_does_lose_it():
    words, tail = drawn(row_of(models.wordpiece(), "so  bad "))
    assert words == [("so", ""), ("bad", "  ")]
    (last,) = token_blocks(row_of(models.wordpiece(), "so  bad ")).blocks[-1:]
    assert (last.kind, last.gap, tail) == ("special", " ", "")


def test_nothing_is_lost_where_bytes_spell_it(tokenizer):
    for text in ("el español", "so bad 🤗"):
        for block in token_blocks(row_of(tokenizer, text)).blocks:
            known = (
                "🤗" not in (block.written or "") or "Unigram" not in type(tokenizer.backend_tokenizer.model).__name__
            )
            assert not any(block.lost) or not known, block


def test_a_text_for_one_word_is_told_apart_by_its_marks():
    """Llama's tokenizer calls the whole text one word."""
    encoding = _made("whole text")("I love it").encodings[0]
    assert set(encoding.word_ids) == {0}
    row = Row.of(encoding, "I love it")
    assert row.words == 3
    assert [row.word(place) for place in range(len(row.tokens))][-1] == "it"


@pytest.mark.parametrize(("side", "words", "note"), [
    ("left", ["film", "so"], "tokens cut off at the beginning: 3"),
    ("right", ["I", "love"], "tokens cut off at the end: 3"),
])  # fmt: skip
def test_what_is_cut_off_is_no_gap_on_either_side(side, words, note):
    text = "I love this film so"
    tokenizer = models.wordpiece(truncation_side=side)
    row = row_of(tokenizer, text, truncation=True, max_length=4)
    assert drawn(row) == ([(words[0], ""), (words[1], " ")], "")
    assert row.cut_off == 3
    assert (row.begins, row.ends) == (side == "right", side == "left")
    texts = [one.get_text() for one in ph.plot_tokens([row], lang="en").texts]
    assert any(note in one for one in texts)


def test_a_view_says_at_which_side_it_was_cut(tmp_path):
    folder = models.save("distilbert", tmp_path)
    models.wordpiece(truncation_side="left", model_max_length=8).save_pretrained(folder)
    for view in (ph.LiveTokenizer("very " * 20, folder), ph.LivePipeline("very " * 20, folder)):
        assert "admite 8 tokens y aquí hay 22: el principio se ha cortado" in view.status.html


def test_rows_that_a_text_was_spread_over_have_lost_nothing():
    tokenizer = models.wordpiece()
    inputs = tokenizer("I love this film so", truncation=True, max_length=4, return_overflowing_tokens=True)
    rows = read_rows(inputs, ["I love this film so"] * 3)
    assert [row.cut_off for row in rows] == [0, 0, 0]
    assert [drawn(row) for row in rows] == [
        ([("I", ""), ("love", " ")], ""), ([("this", ""), ("film", " ")], ""), ([("so", "")], ""),
    ]  # fmt: skip


def test_offsets_that_begin_anew_for_each_word_are_not_taken_for_places_in_the_text():
    inputs = models.wordpiece()(["I", "love", "tokenization"], is_split_into_words=True)
    (row,) = read_rows(inputs, "I love tokenization")
    assert row.offsets is None
    assert [block.tokens for block in token_blocks(row).blocks if block.kind == "word"] == [
        ["i"], ["love"], ["token", "##ization"]
    ]  # fmt: skip
    assert row.word(1) == row.piece(1) == ""


def test_special_tokens_are_special_wherever_they_come_from_and_words_have_their_letters():
    row = row_of(models.wordpiece(), "a [MASK] 🤗")
    assert row.tokens == ["[CLS]", "a", "[MASK]", "[UNK]", "[SEP]"]
    assert row.special == [True, False, True, False, True]
    assert row.unknown == [False, False, False, True, False]
    assert [row.word(place) for place in range(5)] == ["", "a", "[MASK]", "🤗", ""]
    assert "palabra 1: «[MASK]»" in ph.LiveTokenizer("a [MASK]", debounce=0).output.html


def test_a_row_without_its_padding_is_the_row_alone():
    tokenizer = models.wordpiece()
    for side in ("left", "right"):
        tokenizer.padding_side = side
        _, rows = read(["I", "I love this film"], tokenizer, None, padding=True)
        _, (alone,) = read(["I"], tokenizer, None)
        assert rows[0].without_padding() == alone
        assert rows[0].special.count(True) == 2


@pytest.mark.parametrize(("tokens", "words"), [
    (["[CLS]", "i", "en", "##can", "##ta", "[SEP]"], [None, 0, 1, 1, 1, None]),
    (["I", "Ġlove", "ing", "Ġit"], [0, 1, 1, 2]),
    (["▁I", "▁lo", "ve", "<0x0A>", "</s>"], [0, 1, 1, 1, None]),
    (["a", "<b>", "<unk>"], [0, None, 1]),
])  # fmt: skip
def test_lists_of_tokens_are_read_by_their_marks(tokens, words):
    assert read_rows(tokens)[0].word_ids == words


def test_a_text_that_is_not_the_one_that_was_tokenized_is_named():
    inputs = models.wordpiece()(["so", "Me encanta"], padding=True)
    with pytest.raises(ValueError, match=r"text\[1\] has 1 characters and its tokens reach to 10"):
        ph.plot_tokens(inputs, text=["so", "x"])
