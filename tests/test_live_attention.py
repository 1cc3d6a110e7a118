"""`LiveAttention`: its weights are the model's, padding is padding, and a head that is switched off is off."""

import numpy as np
import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.language import Mistake, choose_language
from pipeline_helpers.live.heads import PADDING, shown
from pipeline_helpers.stages import load
from tests import models
from tests.live_views import make_checkpoint, notices, read

SENTENCES = ["I hate this so much!", "It was good"]
EXACT = 0.5 / 65535 + 1e-6


def weights(view):
    """The lines' weights as the browser reads them."""
    count = len(view.heads.tokens)
    return np.frombuffer(view.heads.weights, dtype="<u2").reshape(count, count) / 65535


def thumbnails(view):
    return np.frombuffer(view.heads.thumbnails, dtype=np.uint8).reshape(*view.heads.shape, view.heads.shape[2])


def attentions(texts):
    """What transformers itself answers."""
    model, tokenizer = load(ph.checkpoint())
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        outputs = model(**inputs, output_attentions=True)
    return np.stack([block.numpy() for block in outputs.attentions])


def test_the_lines_are_the_weights_of_the_chosen_head():
    view = ph.LiveAttention(SENTENCES[0], layer=3, head=9, debounce=0)
    expected = attentions(SENTENCES[:1])
    assert view.heads.chosen == [3, 9]
    assert [text for text, _ in view.heads.tokens] == ["[CLS]", "i", "hate", "this", "so", "much", "!", "[SEP]"]
    np.testing.assert_allclose(weights(view), expected[3, 0, 9], atol=EXACT)
    view.choose(0, 2)
    assert view.heads.chosen == [0, 2]
    np.testing.assert_allclose(weights(view), expected[0, 0, 2], atol=EXACT)


def test_the_menu_has_every_head_in_the_colours_of_the_figures():
    view = ph.LiveAttention(SENTENCES[0], debounce=0)
    expected = attentions(SENTENCES[:1])[:, 0]
    assert view.heads.shape == [6, 12, 8]
    np.testing.assert_array_equal(thumbnails(view), np.rint(255 * np.sqrt(expected)))
    assert len(view.heads.palette) == 3 * 256
    assert view.heads.palette[:3] == bytes([0, 34, 77])  # cividis begins in dark blue


def test_it_begins_with_the_head_whose_tokens_look_at_one_token_each():
    view = ph.LiveAttention(SENTENCES[0], debounce=0)
    peaks = attentions(SENTENCES[:1])[:, 0].max(axis=-1).mean(axis=-1)
    assert view.chosen == np.unravel_index(peaks.argmax(), peaks.shape)


def test_a_head_stays_chosen_while_somebody_types_and_a_choice_sends_no_picture_again():
    view = ph.LiveAttention(SENTENCES[0], layer=3, head=9, debounce=0)
    sent = []
    view.heads.observe(lambda change: sent.append(change["name"]))
    view.heads.send_state = lambda names=None: None
    view.choose(2, 1)
    assert set(sent) <= {"chosen", "weights"}
    view.text.value = "I love this so much!"
    assert view.chosen == (2, 1)
    assert "thumbnails" in sent


def test_two_sentences_are_one_padded_batch():
    view = ph.LiveAttention(SENTENCES, layer=3, head=9, debounce=0)
    expected = attentions(SENTENCES)
    view.look_at(1)
    tokens = [text for text, _ in view.heads.tokens]
    assert tokens == ["[CLS]", "it", "was", "good", "[SEP]", "[PAD]", "[PAD]", "[PAD]"]
    kinds = [kind for _, kind in view.heads.tokens]
    assert kinds[0] == kinds[4] == "ph-token ph-special"
    assert kinds[5:] == ["ph-token ph-padding"] * 3
    np.testing.assert_allclose(weights(view), expected[3, 1, 9], atol=EXACT)
    assert (weights(view)[:, 5:] == 0).all()
    np.testing.assert_array_equal(thumbnails(view), np.rint(255 * np.sqrt(expected[:, 1, :, :5, :5])))
    pressed = read(view.output).all(aria_pressed="true")
    assert [one["text"] for one in pressed] == ["Frase 1"]
    with pytest.raises(ValueError, match="box is 2"):
        view.look_at(2)


@pytest.mark.parametrize("side", ["right", "left"])
def test_of_much_padding_a_little_is_shown(side):
    run = ph.trace(["film " * 40, "a film"])
    row = run.rows[1]
    places = shown(row)
    assert places == [0, 1, 2, 3, 4, 5, 6, 7]
    assert [row.attended[place] for place in places] == [True] * 4 + [False] * PADDING
    view = ph.LiveAttention(["film " * 40, "a film"], debounce=0)
    view.look_at(1)
    assert (len(view.heads.tokens), view.heads.folded) == (8, 42 - 8)
    if side == "left":
        mirrored = type(row)(row.tokens[::-1], row.word_ids[::-1], row.attended[::-1])
        assert shown(mirrored) == list(range(42 - 8, 42))


def test_while_one_box_is_empty_the_other_ones_sentence_is_shown():
    view = ph.LiveAttention(SENTENCES, debounce=0)
    view.text.value = " "
    assert read(view.output).rows()[1][0] == "Frase 1"
    assert "good" in [text for text, _ in view.heads.tokens]
    view.text.value = SENTENCES[0]  # whoever empties a box to type another sentence comes back to it
    assert "hate" in [text for text, _ in view.heads.tokens]


def test_the_answer_without_a_head_stands_beside_the_answer():
    view = ph.LiveAttention(SENTENCES, debounce=0)
    assert [row[2] for row in read(view.output).rows()[1:]] == ["–", "–"]
    model, tokenizer = load(ph.checkpoint())
    inputs = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    off = [(3, 9), (4, 6), (4, 9)]

    def without(layer, heads):
        def zero(_, mixed):
            mixed = mixed[0].clone()
            for head in heads:
                mixed[..., 32 * head : 32 * (head + 1)] = 0
            return (mixed,)

        return model.distilbert.transformer.layer[layer].attention.out_lin.register_forward_pre_hook(zero)

    hooks = [without(3, [9]), without(4, [6, 9])]
    with torch.no_grad():
        expected = model(**inputs).logits
    for hook in hooks:
        hook.remove()
    for one in off:
        view.switch(*one)
    torch.testing.assert_close(view.result.without.logits, expected, atol=1e-4, rtol=0)
    shares = expected.softmax(-1).max(-1).values.tolist()
    cells = [row[2].split() for row in read(view.output).rows()[1:]]
    assert [float(number) for _, number in cells] == pytest.approx(shares, abs=1e-4)
    assert view.heads.off == [list(one) for one in off]
    buttons = [one["data-action"] for one in read(view.output).all(class_="ph-worded")]
    assert buttons == ["off 3 9", "off 4 6", "off 4 9", "all on"]
    view.output._handle_custom_msg({"action": "off 4 6"}, [])
    assert view.off == {(3, 9), (4, 9)}
    view.output._handle_custom_msg({"action": "all on"}, [])
    assert view.result.without is None
    assert view.heads.off == []


def test_a_head_stays_off_while_somebody_types():
    view = ph.LiveAttention(SENTENCES[0], debounce=0)
    view.switch(3, 9)
    view.text.value = SENTENCES[1]
    assert view.result.without.texts == [SENTENCES[1]]
    assert view._announcement(view.result, "en").startswith("Sentence 0: POSITIVE 0.9")


def test_what_the_browser_asks_for():
    view = ph.LiveAttention(SENTENCES, debounce=0)
    for action in ("head 3 9", "off 3 9", "look 1"):
        view.heads._handle_custom_msg({"action": action}, [])
    assert (view.chosen, view.off, view.box) == ((3, 9), {(3, 9)}, 1)
    for action in ("head 6 0", "head 0 12", "off 99 99", "head 3", "look 2", "head -1 0", "", 3, None):
        view.heads._handle_custom_msg({"action": action}, [])
    assert (view.chosen, view.off, view.box) == ((3, 9), {(3, 9)}, 1)
    view.text.value = view.second.value = ""
    assert view.heads.tokens == []
    view.heads._handle_custom_msg({"action": "head 0 0"}, [])  # a click may come late
    assert view.chosen == (3, 9)


def test_there_is_no_such_head():
    view = ph.LiveAttention(SENTENCES[0], debounce=0)
    for call in (view.choose, view.switch):
        with pytest.raises(ValueError, match="layer is 6, head is 0; there are 6 layers of 12 heads"):
            call(6, 0)
    with pytest.raises(ValueError, match="layer is 3, head is None"):
        ph.LiveAttention("a", layer=3)
    with pytest.raises(ValueError, match="layer is 3, head is 12"):
        ph.LiveAttention("a", layer=3, head=12)
    with pytest.raises(ValueError, match="texts is"):
        ph.LiveAttention(["a", "b", "c"])


def test_another_checkpoint_has_other_heads(tmp_path):
    view = ph.LiveAttention(SENTENCES[0], layer=3, head=9, debounce=0)
    view.switch(3, 9)
    view.checkpoint = make_checkpoint(tmp_path / "three", labels=3)
    assert view.heads.shape == [1, 2, 8]
    assert view.chosen in [(0, 0), (0, 1)]
    assert view.off == frozenset()
    assert "LABEL_" in read(view.output).text
    view.checkpoint = make_checkpoint(tmp_path / "one", labels=1)
    assert "LABEL_0" in read(view.output).text


@pytest.mark.parametrize("name", models.MODELS)
def test_every_kind_of_model(name, tmp_path):
    view = ph.LiveAttention("I love this film", models.save(name, tmp_path), debounce=0)
    if name == "longformer":  # its attention is a band, and no table
        assert "no da en cada capa una tabla de atención" in notices(view)[0]
        assert view.heads.tokens == []
        return
    assert notices(view) == []
    layers, heads, side = view.heads.shape
    assert layers == 2
    assert side == len(view.heads.tokens)
    np.testing.assert_allclose(weights(view).sum(axis=-1), 1, atol=1e-3)
    view.switch(1, heads - 1)
    assert isinstance(view.result.without, ph.Trace | Mistake)
    if isinstance(view.result.without, Mistake):
        assert notices(view)
        assert view.heads.tokens, "the lines are there all the same"


def test_a_long_text_has_pooled_pictures_and_whole_lines():
    view = ph.LiveAttention("very " * 600, debounce=0)
    assert len(view.heads.tokens) == 512
    assert len(view.heads.weights) == 2 * 512 * 512
    assert view.heads.shape == [6, 12, 32]
    assert len(view.heads.thumbnails) == 6 * 12 * 32 * 32


def test_a_long_token_is_shortened_and_half_a_character_is_none():
    view = ph.LiveAttention("x" * 300 + " \x00", debounce=0)
    assert all(len(text) <= 20 for text, _ in view.heads.tokens)


def test_its_words_are_there_in_every_language():
    view = ph.LiveAttention(SENTENCES[0], debounce=0)
    assert view.heads.said["head"] == "capa {number} de {count}, cabeza {head} (attentions[{layer}][:, {head}])"
    assert view.heads.words["en"]["said"].keys() == view.heads.said.keys()
    choose_language("en")
    assert view.heads.said["looks"] == "“{token}” looks at: {links}"
    assert view.heads.label == "Who attends to whom, head by head"


def test_the_picture_is_that_of_the_chosen_head():
    view = ph.LiveAttention(SENTENCES, layer=3, head=9, debounce=0)
    assert "capa 4 de 6 (attentions[3]) · cabeza 9 · frase 0" in view.static_html()
    view.choose(0, 2)
    view.look_at(1)
    assert "layer 1 of 6 (attentions[0]) · head 2 · sentence 1" in view.static_html()
