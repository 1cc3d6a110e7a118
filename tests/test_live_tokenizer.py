"""`LiveTokenizer`: its tokens are the tokenizer's, and the three places that a token is shown in are linked."""

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

import pipeline_helpers as ph
from pipeline_helpers.live.wordpiece import wordpiece, words_of
from pipeline_helpers.stages import read as read_rows
from tests.live_views import make_checkpoint, notices, read


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
    letters, piece, id_, *_ = read(view.output).all(data_at="4")
    assert letters["text"] == "ization"
    assert piece["role"] == "option"
    assert piece["text"].startswith("##ization")
    assert id_["text"] == str(tokenizer.convert_tokens_to_ids("##ization"))
    assert piece["data-detail"] == id_["data-detail"]
    assert piece["data-detail"] == "Token 4: ##ization · id 3989 · palabra 2: «tokenization» · caracteres 12–19"
    reason = " · el comienzo más largo de «##ization» que está en el vocabulario"
    assert piece["aria-label"] == piece["data-detail"] + reason


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
    assert len([one for one in read(view.output).all(role="option") if one["class"].endswith("ph-unknown")]) == 2
    view.text.value = "I like this"
    assert notices(view) == []


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


def steps(text, tokenizer):
    (row,) = read_rows([text], tokenizer, None)[1]
    return row, words_of(row, tokenizer)


def test_it_opens_with_words_that_fall_to_pieces():
    view = ph.LiveTokenizer(debounce=0)
    assert sum(token.startswith("##") for token in view.result.tokens) >= 4
    assert "sigue a la pieza anterior" in read(view.output).text
    view.text.value = "I love this film"
    assert "sigue a la pieza anterior" not in read(view.output).text


@pytest.mark.parametrize(
    "text",
    [
        "Untranslatable huggable Guadalajaran",
        "¡Qué película tan inolvidable! Electroencefalografista, desafortunadamente.",
        "Ünbelïevably HÜGGABLE don't 3.14159 日本 co-operation",
        "unputdownable 🤗 x🤗 [MASK]",
    ],
)
def test_the_steps_lead_to_the_pieces_that_the_tokenizer_made(tokenizer, text):
    row, words = steps(text, tokenizer)
    vocabulary = tokenizer.get_vocab()
    explained = {place for places, _ in words for place in places}
    assert explained == {
        place for place, word in enumerate(row.word_ids) if word is not None and not row.special[place]
    }
    for places, found in words:
        if row.unknown[places[0]]:
            assert found[-1].piece is None
        else:
            assert [step.piece for step in found] == [row.tokens[place] for place in places]
        for step in found:
            assert not set(step.tried) & set(vocabulary), "a longer beginning stands in the vocabulary"
            lengths = [len(one) for one in [*step.tried, *([step.piece] if step.piece else [])]]
            assert lengths == sorted(lengths, reverse=True)
            assert lengths == list(range(lengths[0], lengths[-1] - 1, -1)), "a length was left out"


def test_a_word_that_was_cut_off_or_is_too_long_is_not_explained(tokenizer):
    row, words = steps("very " * 509 + "untranslatable", tokenizer)
    assert row.cut_off
    assert len(words) == 509
    assert words[-1][0] == [509]
    assert steps("x" * 101, tokenizer)[1] == []
    assert steps("x" * 100, tokenizer)[1] != []


def test_of_a_tokenizer_that_is_no_wordpiece_nothing_is_claimed(tmp_path):
    made = Tokenizer(models.BPE(vocab={"a": 0, "b": 1, "ab": 2, "[UNK]": 3}, merges=[("a", "b")], unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=made, unk_token="[UNK]").save_pretrained(tmp_path)
    view = ph.LiveTokenizer("ab aba", str(tmp_path), debounce=0)
    assert view.result.tokens == ["ab", "ab", "a"]
    page = read(view.output)
    assert "vocabulario:" in page.text  # its size
    assert "comienzo más largo" not in view.output.html
    assert "Por qué" not in page.text


def test_why_it_splits_there_stands_beside_the_token_that_is_pointed_at(tokenizer):
    view = ph.LiveTokenizer("huggable film 🤗", debounce=0)
    page = read(view.output)
    said = [one["text"] for one in page.all(data_at="2") if one["tag"] in ("span", "p")]
    assert said[-2:] == ["##gable → ##ga", "##gable ✗ ##gabl ✗ ##gab ✗ ##ga ✓"]
    assert page.all(data_at="4")[-1]["text"] == "«film» está entera en el vocabulario: no hay que partirla."
    assert "toda la palabra pasa a ser [UNK]" in page.all(data_at="5")[-1]["text"]
    view.text.value = "untranslatable"
    assert read(view.output).all(data_at="1")[-1]["text"].startswith("untranslatable ✗ untranslatabl ✗ ")
    assert "… 8 más ✗ … unt ✗ un ✓" in read(view.output).text


def test_what_it_says_aloud():
    view = ph.LiveTokenizer("huggable", debounce=0)
    assert view._announcement(view.result, "es") == "5 tokens en total"
    assert view._announcement(view.result, "en") == "5 tokens in all"


def test_a_step_of_nothing(tokenizer):
    assert wordpiece("", tokenizer.backend_tokenizer.model) == []
