"""plot_heads_gallery: sizes and shapes are those that the models of transformers really have."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba_array

import pipeline_helpers as ph
from pipeline_helpers.figures import plot_heads_gallery, style
from pipeline_helpers.figures.canvas import FIGURE, TALLEST, WIDTH
from pipeline_helpers.figures.gallery import CHOICES, HEADS, heads_gallery
from pipeline_helpers.language import LANGUAGES, catalogue
from tests import drawn

SIZES = {"n_layers": 2, "dim": 8, "vocab_size": 13, "num_labels": 2}


@pytest.fixture(scope="module")
def config():
    from transformers import DistilBertConfig

    return DistilBertConfig(dim=8, n_layers=2, n_heads=2, hidden_dim=16, vocab_size=13, num_labels=2)


def test_the_shapes_are_those_of_the_models(config):
    import transformers

    inputs = {"input_ids": torch.ones(2, 5, dtype=torch.long), "attention_mask": torch.ones(2, 5, dtype=torch.long)}
    tried = 0
    for head in heads_gallery(config, batch=2, sequence=5).heads:
        if head.name is None:
            continue
        fed = inputs if head.kind != "ForMultipleChoice" else {
            name: value[:, None].repeat(1, CHOICES, 1) for name, value in inputs.items()
        }  # fmt: skip
        with torch.no_grad():
            outputs = getattr(transformers, head.name)(config)(**fed)
        assert head.outputs == {name: tuple(outputs[name].shape) for name in head.outputs}
        tried += 1
    assert tried == len(HEADS) - 1


def test_a_decoders_shapes_are_those_of_its_models():
    from transformers import AutoModelForCausalLM, GPT2Config

    config = GPT2Config(n_embd=8, n_layer=1, n_head=2, vocab_size=13, n_positions=16)
    heads = {head.kind: head for head in heads_gallery(config, batch=2, sequence=5).heads}
    with torch.no_grad():
        logits = AutoModelForCausalLM.from_config(config)(input_ids=torch.ones(2, 5, dtype=torch.long)).logits
    assert heads["ForCausalLM"].outputs == {"logits": tuple(logits.shape)}
    assert heads["ForCausalLM"].name == "GPT2LMHeadModel"
    assert heads["ForMaskedLM"].name is None


def test_the_classes_are_those_of_the_notes_list(config):
    names = {head.kind: head.name for head in heads_gallery(config).heads}
    assert list(names) == [
        "Model", "ForCausalLM", "ForMaskedLM", "ForMultipleChoice", "ForQuestionAnswering", "ForSequenceClassification",
        "ForTokenClassification",
    ]  # fmt: skip
    assert names.pop("ForCausalLM") is None
    assert names == {kind: f"DistilBert{kind}" for kind in names}
    own = heads_gallery(SimpleNamespace(**SIZES))
    assert [head.name for head in own.heads] == [f"*{kind}" for kind in HEADS]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_class_stands_beside_its_shape_and_points_it_out(config, lang):
    ax = plot_heads_gallery(config, batch=3, sequence=7, lang=lang)
    names, shapes = drawn.places(ax, "name"), drawn.places(ax, "shape")
    by_name = {name: shape for (name, _, y), (shape, _, at) in zip(names, shapes, strict=True) if abs(at - y) < 0.2}
    assert by_name["DistilBertModel"] == "last_hidden_state\n[3, 7, 8]"
    assert by_name["DistilBertForMaskedLM"] == "logits\n[3, 7, 13]"
    assert by_name["DistilBertForQuestionAnswering"] == "start_logits,\nend_logits\n[3, 7]"
    assert by_name["DistilBertForSequenceClassification"] == "logits\n[3, 2]"
    assert by_name["DistilBertForTokenClassification"] == "logits\n[3, 7, 2]"
    assert by_name[{"es": "*ForCausalLM: no existe", "en": "*ForCausalLM: none"}[lang]] == ""
    boxes = {c.get_gid(): c for c in ax.collections if str(c.get_gid()).startswith("head ")}
    thick = [gid for gid, box in boxes.items() if box.get_linewidth()[0] > 2]
    assert thick == ["head ForSequenceClassification"]
    text = ph.alt_text(ax)
    assert "DistilBertForSequenceClassification: logits [3, 2]" in text
    assert {"es": "2 capas", "en": "2 layers"}[lang] in text
    words = catalogue()
    assert all(set(words[key]) == set(LANGUAGES) for key in words if key.startswith("gallery."))


def test_the_body_shows_the_sizes_of_the_config(config):
    ax = plot_heads_gallery(config, batch=3, sequence=7, highlight=None)
    assert drawn.texts(ax, "input_ids") == ["input_ids [3, 7]"]
    assert "13 × 8" in drawn.texts(ax, "embeddings")[0]
    assert drawn.texts(ax, "states")[0].endswith("[3, 7, 8]")
    (layers,) = (c for c in ax.collections if c.get_gid() == "layers")
    assert len(layers.get_paths()) == len(drawn.texts(ax, "layer")) == 2


def test_of_many_layers_the_first_and_the_last_are_drawn():
    ax = plot_heads_gallery(SimpleNamespace(**{**SIZES, "n_layers": 24}), lang="en")
    assert drawn.texts(ax, "layer") == ["layer 1", "layer 2", "layer 3", "⋮", "layer 23", "layer 24"]
    (layers,) = (c for c in ax.collections if c.get_gid() == "layers")
    assert len(layers.get_paths()) == 5


def test_the_lessons_picture_fits_a_slide_and_is_the_same_in_both_languages(trace):
    ours = [plot_heads_gallery(trace.config, lang=lang) for lang in LANGUAGES]
    for ax in ours:
        width, height = ax.figure.get_size_inches()
        assert width == FIGURE
        assert height <= TALLEST
        assert min(text.get_size() for text in ax.texts) >= style.SMALL
        assert "DistilBertForSequenceClassification" in drawn.texts(ax, "name")
        assert not any("…" in text for text in drawn.texts(ax))
        assert not drawn.cut_off(ax)
        assert not drawn.overlapping(ax)
        (frame,) = (c for c in ax.collections if c.get_gid() == "body")
        assert 0.25 <= frame.get_paths()[0].get_extents().width / WIDTH <= 0.36
    for gid in ("name", "for", "shape", "heading"):
        one, other = ([place[1:] for place in drawn.places(ax, gid)] for ax in ours)
        assert one == other


def test_nothing_has_a_hue(config):
    ax = plot_heads_gallery(config)
    parts = [*ax.collections, *ax.lines, *ax.texts]
    colours = [
        tuple(colour) for part in parts for name in ("facecolor", "edgecolor", "color") if hasattr(part, f"get_{name}")
        for colour in to_rgba_array(getattr(part, f"get_{name}")())
    ]  # fmt: skip
    assert len(colours) > 30
    assert all(max(colour[:3]) - min(colour[:3]) < 0.02 for colour in colours)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "sizes", [SIZES, {**SIZES, "dim": 12288, "vocab_size": 250_000, "num_labels": 10_000, "n_layers": 96}]
)
def test_nothing_overlaps_or_is_cut_off(config, lang, sizes):
    for data in (config, SimpleNamespace(**sizes)):
        ax = plot_heads_gallery(data, batch=64, sequence=512, lang=lang)
        assert not drawn.cut_off(ax)
        assert not drawn.overlapping(ax)


def test_text_has_contrast(config):
    for text in plot_heads_gallery(config).texts:
        for background in (style.PAPER, style.FAINT):
            assert drawn.contrast(text.get_color(), background) >= 4.5


def test_it_draws_on_an_axes_of_the_callers(config):
    figure, axes = plt.subplots(1, 2, figsize=(16, 5))
    assert plot_heads_gallery(config, ax=axes[0]) is axes[0]
    assert figure.axes == list(axes)
    assert not drawn.overlapping(axes[0], ("name", "for", "shape"))


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        (SimpleNamespace(), {}, ValueError, "num_hidden_layers"),
        (None, {}, ValueError, "config .NoneType. has none of"),
        (SimpleNamespace(**{**SIZES, "dim": 0}), {}, ValueError, "config.dim is 0"),
        (SimpleNamespace(**{**SIZES, "vocab_size": "many"}), {}, ValueError, "config.vocab_size is 'many'"),
        (SimpleNamespace(**SIZES), {"batch": 0}, ValueError, "batch is 0"),
        (SimpleNamespace(**SIZES), {"sequence": 1.5}, TypeError, "sequence is of type float"),
        (SimpleNamespace(**SIZES), {"highlight": "ForEverything"}, ValueError, "highlight is 'ForEverything'"),
        (SimpleNamespace(**SIZES), {"lang": "fr"}, ValueError, "lang"),
    ],
)
def test_errors_name_the_argument(data, options, error, message):
    with pytest.raises(error, match=message):
        plot_heads_gallery(data, **options)


size = st.integers(1, 300_000)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(layers=st.integers(1, 200), dim=size, vocabulary=size, labels=size, batch=st.integers(1, 999),
       sequence=st.integers(1, 9999), lang=st.sampled_from(list(LANGUAGES)))  # fmt: skip
def test_any_sizes_are_drawn(layers, dim, vocabulary, labels, batch, sequence, lang):
    own = SimpleNamespace(num_hidden_layers=layers, hidden_size=dim, vocab_size=vocabulary, num_labels=labels)
    with drawn.quiet():
        ax = plot_heads_gallery(own, batch=batch, sequence=sequence, lang=lang)
        ax.figure.canvas.draw()
    assert f"logits\n[{batch}, {labels}]" in drawn.texts(ax, "shape")
    assert not drawn.cut_off(ax)
    assert not drawn.overlapping(ax)
    plt.close("all")
