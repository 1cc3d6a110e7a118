"""`LiveTokenizer`: its tokens are the tokenizer's, and the three places that a token is shown in are linked."""

import pytest
from transformers import AutoTokenizer

import pipeline_helpers as ph
from tests.live_views import make_checkpoint, read


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(ph.checkpoint("classroom"))


def test_tokens_and_ids_are_those_of_the_tokenizer(tokenizer):
    text = "I love tokenization!"
    view = ph.LiveTokenizer(text, debounce=0)
    ids = tokenizer(text)["input_ids"]
    assert view.result.ids == ids
    assert view.result.tokens == tokenizer.convert_ids_to_tokens(ids)
    options = read(view.output).all(role="option")
    assert [option["text"] for option in options] == [
        f"{token}{id_}" for token, id_ in zip(view.result.tokens, ids, strict=True)
    ]
    assert f"input_ids = {ids}" in read(view.output).text


def test_a_token_is_linked_with_its_letters_and_its_id(tokenizer):
    view = ph.LiveTokenizer("I love tokenization", debounce=0)
    letters, piece, id_ = read(view.output).all(data_at="4")
    assert letters["text"] == "ization"
    assert piece["role"] == "option"
    assert piece["text"].startswith("##ization")
    assert id_["text"] == str(tokenizer.convert_tokens_to_ids("##ization"))
    assert piece["data-detail"] == id_["data-detail"] == piece["aria-label"]
    assert piece["aria-label"] == "Token 4: ##ization · id 3989 · palabra 2: «tokenization» · caracteres 12–19"


def test_pieces_of_one_word_share_a_colour_and_neighbours_differ():
    view = ph.LiveTokenizer("I love tokenization", debounce=0)
    colours = [option["class"] for option in read(view.output).all(role="option")]
    assert colours == [f"ph-token ph-{kind}" for kind in ("special", "word0", "word1", "word0", "word0", "special")]


def test_the_counts(tokenizer):
    view = ph.LiveTokenizer("I love tokenization 🤗", debounce=0)
    (count,) = read(view.output).all(class_="ph-count")
    assert count["text"] == (
        "Tokens: 7 · palabras y signos: 4 · tokens especiales: 2 · desconocidos: 1 · "
        f"tamaño del vocabulario: {len(tokenizer)}"
    )


def test_what_the_vocabulary_does_not_know_is_named():
    view = ph.LiveTokenizer("I 🤗 <i>this</i> 🤗", debounce=0)
    assert "El vocabulario no conoce «🤗»" in read(view.status).text
    assert read(view.output).text.count("[UNK]") == 2
    view.text.value = "I like this"
    assert view.status.html == ""


def test_a_typed_special_token_is_special_and_has_its_letters():
    view = ph.LiveTokenizer("a [MASK] b", debounce=0)
    assert view.result.special == [True, False, True, False, True]
    assert read(view.output).all(data_at="2")[0]["text"] == "[MASK]"


def test_the_text_stands_there_as_it_was_typed():
    text = "  Ünï  <b>cødé</b>\n &amp; \t\"quotes'  "
    view = ph.LiveTokenizer(text, debounce=0)
    (typed,) = read(view.output).all(class_="ph-typed")
    assert typed["text"] == text


def test_one_tab_stop_and_arrows_inside():
    options = read(ph.LiveTokenizer("I love this", debounce=0).output).all(role="option")
    assert [option["tabindex"] for option in options] == ["0", "-1", "-1", "-1", "-1"]


def test_truncation():
    view = ph.LiveTokenizer("very " * 600, debounce=0)
    assert len(view.result.tokens) == 512
    assert view.result.cut_off == 90
    assert "512 tokens y aquí hay 602" in read(view.status).text


def test_another_checkpoint(tmp_path):
    view = ph.LiveTokenizer("film", make_checkpoint(tmp_path / "none", padding=False), debounce=0)
    assert view.result.tokens == ["[CLS]", "film", "[SEP]"]
