"""Right for every model: what is shown of a sentence is what the model makes of it when it comes alone."""

import pytest
import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoModelForTokenClassification

import pipeline_helpers as ph
from pipeline_helpers.stages import longest_input
from tests import models
from tests.live_views import read

TEXTS = ["I love this film, it's great!", "I hate it"]
LONG = "I love this " * 100


@pytest.fixture(scope="module", params=models.MODELS)
def made(request):
    return models.make(request.param)


@pytest.fixture(scope="module", params=models.MODELS)
def saved(request, tmp_path_factory):
    return models.save(request.param, tmp_path_factory.mktemp("checkpoint"))


def alone(model, tokenizer, text):
    """The plain way: one sentence, no padding, nothing of ours."""
    inputs = tokenizer([text], truncation=True, max_length=models.LIMIT, return_tensors="pt")
    with torch.no_grad():
        return model(**inputs, output_hidden_states=True)


# A sentence alone and in a batch.


def test_a_trace_gives_each_sentence_what_it_has_alone(made):
    model, tokenizer, _ = made
    traced = ph.trace(TEXTS, model=model, tokenizer=tokenizer)
    for row, text in enumerate(TEXTS):
        expected, here = alone(model, tokenizer, text), traced.attention_mask[row].bool()
        torch.testing.assert_close(traced.logits[row], expected.logits[0], rtol=1e-4, atol=1e-4)
        for ours, theirs in zip(traced.hidden_states, expected.hidden_states, strict=True):
            torch.testing.assert_close(ours[row, here], theirs[0], rtol=1e-3, atol=1e-3)


def test_the_attentions_of_a_sentence_do_not_leave_it():
    """Where sentences run one by one, padding attends to nothing and nothing to it."""
    model, tokenizer, _ = models.make("distilbert, padded left")
    traced = ph.trace(TEXTS, model=model, tokenizer=tokenizer, attentions=True)
    here = traced.attention_mask[1].bool()
    for weights in traced.attentions:
        torch.testing.assert_close(weights[1][:, here].sum(-1), torch.ones(2, int(here.sum())))
        assert not weights[1][:, :, ~here].any()
        assert not weights[1][:, ~here].any()


def test_views_give_each_sentence_what_it_has_alone(saved):
    model, tokenizer = ph.LivePipeline(TEXTS[0], saved).loaded()
    pipeline = ph.LivePipeline(TEXTS, saved, debounce=0)
    mask = ph.LiveAttentionMask(TEXTS, saved, debounce=0)
    mask.max_length.value = models.LIMIT
    assert read(pipeline.output).text
    for row, text in enumerate(TEXTS):
        expected = alone(model, tokenizer, text).logits[0].tolist()
        assert pipeline.result.columns[row].whole.logits == pytest.approx(expected, abs=1e-4)
        assert mask.result.with_mask[row].logits == pytest.approx(expected, abs=1e-4)
        softmax = ph.LiveSoftmax(text, saved, debounce=0)
        assert softmax.result.logits == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", ["LiveTokenizer", "LiveSoftmax", "LiveAttentionMask", "LivePipeline"])
def test_every_view_of_every_model_can_be_stored_with_its_picture(saved, name):
    texts = [TEXTS[0]] if name == "LiveAttentionMask" else TEXTS[0]
    assert "<img" in getattr(ph, name)(texts, saved, debounce=0).static_html()


def test_the_head_reads_where_it_was_measured_to_read(made):
    model, tokenizer, read_at = made
    traced = ph.trace(TEXTS, model=model, tokenizer=tokenizer)
    for row, position in enumerate(traced.head_positions):
        places = traced.attention_mask[row].nonzero()[:, 0].tolist()
        assert position == (None if read_at is None else places[read_at])


@pytest.mark.parametrize("name", ["gpt2", "roberta", "distilbert, padded left", "modernbert, mean"])
def test_plot_pipeline_names_the_token_that_the_head_reads(name):
    model, tokenizer, read_at = models.make(name)
    traced = ph.trace(TEXTS, model=model, tokenizer=tokenizer)
    texts = [text.get_text() for text in ph.plot_pipeline(traced, lang="en").texts]
    assert any("hidden state" in text for text in texts)
    assert any("[CLS]" in text and "hidden" in text for text in texts) is False or "distil" in name
    if name == "gpt2":
        assert {"[8] !", "[2] Ġit"} <= set(texts)
    elif read_at is None:
        assert any("mean" in text for text in texts)
    elif name == "roberta":
        assert any(text.startswith("I (position 0): ") for text in texts)
    else:
        assert {"[0] [CLS]", "[7] [CLS]"} <= set(texts)


# How much goes in.


def test_what_does_not_go_in_is_cut_off_and_counted(made):
    model, tokenizer, _ = made
    limit = None if "XLNet" in type(model).__name__ else models.LIMIT
    assert longest_input(tokenizer, model.config) == limit
    traced = ph.trace(LONG, model=model, tokenizer=tokenizer)
    whole = len(tokenizer(LONG)["input_ids"])
    assert traced.input_ids.shape[1] == (whole if limit is None else limit)
    assert traced.rows[0].cut_off == whole - traced.input_ids.shape[1]


def test_views_say_the_limit_by_which_they_cut(saved):
    softmax = ph.LiveSoftmax(LONG, saved)
    model, tokenizer = softmax.loaded()
    limit = longest_input(tokenizer, model.config)
    sentence = f"admite {limit} tokens y aquí hay {len(tokenizer(LONG)['input_ids'])}"
    for view in (softmax, ph.LiveTokenizer(LONG, saved), ph.LivePipeline(LONG, saved)):
        assert (sentence in read(view.status).text) is (limit is not None)
    mask = ph.LiveAttentionMask([LONG, "I"], saved, debounce=0)
    mask.truncation.value = "False"
    assert (f"admite {limit} tokens" in read(mask.status).text) is (limit is not None)


class _Limits:
    """A tokenizer and a configuration that only say their limits."""

    def __init__(self, **values):
        self.__dict__.update(values)


@pytest.mark.parametrize(
    ("tokenizer", "config", "expected"),
    [
        (512, {"max_position_embeddings": 512}, 512),
        (10**30, {"max_position_embeddings": 64}, 64),
        (128, {"max_position_embeddings": 512}, 128),
        (10**30, {"max_position_embeddings": -1}, None),
        (64, {"max_position_embeddings": -1}, 64),
        (10**30, {}, None),
        (None, {"max_position_embeddings": None}, None),
        (10**30, {"max_position_embeddings": 514, "model_type": "roberta", "pad_token_id": 1}, 512),
        (10**30, {"max_position_embeddings": 514, "model_type": "mpnet", "pad_token_id": 1}, 512),
        (-1, {"max_position_embeddings": 514, "model_type": "xlm-roberta", "pad_token_id": 0}, 513),
    ],
)
def test_the_smaller_limit_counts_and_what_stands_for_none_is_none(tokenizer, config, expected):
    assert longest_input(_Limits(model_max_length=tokenizer), _Limits(**config)) == expected


def test_every_model_of_transformers_that_counts_from_its_padding_is_known():
    """Their code has a function of that name for it."""
    from pathlib import Path

    found = set()
    for code in Path(transformers.__file__).parent.glob("models/*/modeling_*.py"):
        if "create_position_ids_from_input_ids(" in code.read_text(encoding="utf-8"):
            found |= {config.model_type for config in _configurations(code.parent.name)}
    for model_type in sorted(found):
        config = _Limits(max_position_embeddings=66, model_type=model_type, pad_token_id=1)
        assert longest_input(_Limits(model_max_length=10**30), config) == 64, model_type


def _configurations(folder):
    """The configurations in a model's folder that have a model for sentences."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING, model_type_to_module_name
    from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES as NAMES

    return [CONFIG_MAPPING[name] for name in NAMES if model_type_to_module_name(name) == folder]


# How it comes and goes.


def test_a_model_in_training_mode_answers_as_in_eval_mode_and_is_left_as_it_came():
    model, tokenizer, _ = models.make("distilbert")
    expected = ph.trace(TEXTS, model=model, tokenizer=tokenizer).logits
    model.train()
    model.distilbert.embeddings.eval()  # as whoever trains only a part of it leaves it
    before = [module.training for module in model.modules()]
    torch.testing.assert_close(ph.trace(TEXTS, model=model, tokenizer=tokenizer).logits, expected)
    assert [module.training for module in model.modules()] == before


def test_a_model_that_returns_tuples_is_traced_all_the_same():
    model, tokenizer, _ = models.make("distilbert")
    model.config.return_dict = False
    assert ph.trace(TEXTS, model=model, tokenizer=tokenizer).logits.shape == (2, 2)


@pytest.mark.parametrize(
    ("id2label", "keys"),
    [({1: "NEG", 2: "POS"}, r"\[1, 2\]"), ({0: "a", 1: "b", 2: "c"}, r"\[0, 1, 2\]"), ({0: "a"}, r"\[0\]")],
)
def test_labels_that_are_not_the_columns_are_one_clear_error(id2label, keys):
    model, tokenizer, _ = models.make("distilbert")
    model.config.id2label = id2label
    with pytest.raises(ValueError, match=rf"id2label .*{keys}.* 2 logits"):
        ph.trace("a", model=model, tokenizer=tokenizer)


def test_labels_that_are_no_text_are_shown_as_text(tmp_path):
    folder = models.save("distilbert", tmp_path)
    config = AutoConfig.from_pretrained(folder)
    config.id2label = {0: 0, 1: 1}
    config.save_pretrained(folder)
    view = ph.LivePipeline("I love it", folder, debounce=0)
    assert [row[0] for row in read(view.output).rows() if row and row[0]] == ["0", "1"] * 2
    assert ph.trace("I love it", folder).predictions[0]["label"] in ("0", "1")


def test_a_view_says_which_labels_are_wrong(tmp_path):
    folder = models.save("distilbert", tmp_path)
    config = AutoConfig.from_pretrained(folder)
    config.id2label = {1: "NEG", 2: "POS"}
    config.save_pretrained(folder)
    for view in (ph.LivePipeline("a", folder), ph.LiveSoftmax("a", folder), ph.LiveAttentionMask(["a"], folder)):
        assert "config.id2label tiene las claves [1, 2]" in read(view.status).text
        assert "Error" not in read(view.status).text


# What can't be supported is one sentence.


def sequence_to_sequence(folder):
    sizes = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "max_position_embeddings": models.LIMIT}
    tokenizer = models.byte_level()
    config = transformers.BartConfig(vocab_size=len(tokenizer), pad_token_id=1, eos_token_id=2, **sizes, **heads)
    model = AutoModelForSequenceClassification.from_config(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return model, tokenizer


def test_an_encoder_with_a_decoder_is_refused_in_a_trace_and_in_a_view(tmp_path):
    model, tokenizer = sequence_to_sequence(tmp_path)
    with pytest.raises(ValueError, match="codificador con decodificador"):
        ph.trace("a b", model=model, tokenizer=tokenizer)
    with pytest.raises(ValueError, match="codificador con decodificador"):
        ph.trace("a b", str(tmp_path))
    for view in (ph.LivePipeline("a", str(tmp_path)), ph.LiveAttentionMask(["a"], str(tmp_path))):
        assert "codificador con decodificador" in read(view.status).text
        assert "codificador con decodificador" in view.static_html()
    assert ph.LiveTokenizer("a b", str(tmp_path)).result.tokens  # what a tokenizer does can be seen without the model


@pytest.mark.parametrize("kind", [AutoModel, AutoModelForTokenClassification, transformers.AutoModelForMaskedLM])
def test_a_model_without_a_head_for_sentences_is_refused(kind, tmp_path):
    _, tokenizer, _ = models.make("distilbert")
    model = kind.from_config(transformers.DistilBertConfig(vocab_size=len(tokenizer), **models.DISTILBERT))
    with pytest.raises(ValueError, match=f"model es un {type(model).__name__}"):
        ph.trace("a b", model=model, tokenizer=tokenizer)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="no tiene una cabeza de clasificación"):
        ph.trace("a b", str(tmp_path))
    assert "no tiene una cabeza de clasificación" in read(ph.LivePipeline("a", str(tmp_path)).status).text


def test_a_pipeline_or_a_name_is_no_model():
    tokenizer = models.wordpiece()
    classifier = transformers.pipeline("sentiment-analysis", model=ph.checkpoint())
    for model in (classifier, "classroom", object()):
        with pytest.raises(TypeError, match=f"model is of type {type(model).__name__}; it takes"):
            ph.trace("a", model=model, tokenizer=tokenizer)
    for checkpoint in (classifier, classifier.model, 3):
        with pytest.raises(TypeError, match="checkpoint is of type"):
            ph.trace("a", checkpoint)
        with pytest.raises(TypeError, match="checkpoint is of type"):
            ph.LivePipeline("a", checkpoint)
    with pytest.raises(TypeError, match="tokenizer is a str"):
        ph.trace("a", model=classifier.model, tokenizer="classroom")
    for plot in (ph.plot_pipeline, ph.plot_tokens, ph.plot_attention_mask, ph.plot_hidden_states, ph.plot_attention):
        with pytest.raises((TypeError, ValueError)):
            plot(classifier)


def test_a_text_without_a_token_is_named():
    model, tokenizer, _ = models.make("gpt2")
    with pytest.raises(ValueError, match=r"texts\[1\] no da ningún token"):
        ph.trace(["a", ""], model=model, tokenizer=tokenizer)


def test_a_token_that_the_model_has_no_row_for_is_named():
    model, tokenizer, _ = models.make("distilbert")
    tokenizer.add_tokens(["newword"])
    with pytest.raises(ValueError, match=f"id {len(tokenizer) - 1} .* {len(tokenizer) - 1} filas"):
        ph.trace("a newword", model=model, tokenizer=tokenizer)


def test_a_trace_is_equal_to_itself_alone():
    one, other = ph.trace("a"), ph.trace("a")
    assert one == one
    assert one != other
    assert one not in [other]


# A view is always displayed.


@pytest.mark.parametrize("name", ["gpt2 that names no padding", "gpt2 that names another padding"])
def test_a_view_with_sentences_of_different_length_has_its_picture(name, tmp_path):
    folder = models.save(name, tmp_path)
    for view in (ph.LiveAttentionMask(["a b", "a"], folder), ph.LivePipeline(["a b", "a"], folder)):
        assert "<img" in view.static_html()


def test_a_view_whose_picture_fails_is_displayed_all_the_same(monkeypatch):
    view = ph.LivePipeline("I love it", debounce=0)

    def fail(result):
        raise RuntimeError("no <b>picture</b>")

    monkeypatch.setattr(view, "_picture", fail)
    bundle = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in (bundle[0] if isinstance(bundle, tuple) else bundle)
    assert "no &lt;b&gt;picture" in view.static_html()
    assert "Ejecuta esta celda" in view.static_html()


def test_a_view_that_can_not_be_rendered_says_so_and_goes_on(monkeypatch):
    view = ph.LivePipeline("I love it", debounce=0)
    monkeypatch.setattr(view, "_render", lambda result, lang: result.nothing)
    view.text.value = "I hate it"
    assert "AttributeError" in read(view.status).text
    monkeypatch.undo()
    view.text.value = "I love it"
    assert view.output.html == ph.LivePipeline("I love it", debounce=0).output.html


def test_a_tokenizer_without_padding_shows_what_it_can(tmp_path):
    tokenizer = models.byte_level(pad_token=None)
    model, _, _ = models.make("gpt2 that names no padding")
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    view = ph.LiveAttentionMask(["a b", "a"], str(tmp_path), debounce=0)
    assert "no tiene token de relleno" in read(view.status).text
    assert "Ejecuta esta celda" in view.static_html()
    with pytest.raises(ValueError, match="pad_token"):
        ph.trace(["a b", "a"], str(tmp_path))
