"""plot_pipeline: that the picture's numbers are the run's, in their places, in both languages."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

import pipeline_helpers as ph
from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import FIGURE, TALLEST
from pipeline_helpers.figures.pipeline import MAX_SENTENCES, VALUES, PipelineColumns
from pipeline_helpers.figures.pipeline.numbers import in_lines
from pipeline_helpers.language import LANGUAGES
from tests import models
from tests.drawn import cut_off, overlapping, places, texts


def texts_of(ax):
    return texts(ax)


def all_bars_of(ax, kind):
    return [(patch.get_gid(), patch) for patch in ax.patches if str(patch.get_gid()).startswith(kind)]


def bars_of(ax, kind):
    return dict(all_bars_of(ax, kind))


@pytest.fixture(scope="module")
def lesson():
    return ph.trace(["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"])


def test_the_numbers_are_those_of_the_trace(trace):
    prepared = PipelineColumns.of(trace)
    second = prepared.columns[1]
    assert second.row is trace.rows[1]
    assert (second.read, second.position) == ("[CLS]", 0)
    assert second.logits == trace.logits[1].tolist()
    assert second.probabilities == trace.probabilities[1].tolist()
    assert second.labels == ["NEGATIVE", "POSITIVE"]
    assert second.prediction == "NEGATIVE"
    assert second.vector.tolist() == trace.hidden_states[-1][1, 0].tolist()
    assert prepared.hidden_shape == tuple(trace.hidden_states[-1].shape)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_token_of_the_lesson_is_shown_over_its_id_and_its_mask(lesson, lang):
    ax = ph.plot_pipeline(lesson, lang=lang)
    tokens, ids, masks = (places(ax, gid) for gid in ("token", "id", "mask"))
    assert [token for token, *_ in tokens] == [token for row in lesson.tokens for token in row]
    assert [number for number, *_ in ids] == [str(number) for row in lesson.input_ids.tolist() for number in row]
    assert [mask for mask, *_ in masks] == [str(mask) for row in lesson.attention_mask.tolist() for mask in row]
    for (_, x, y), (_, x_id, y_id), (_, x_mask, y_mask) in zip(tokens, ids, masks, strict=True):
        assert x == x_id == x_mask
        assert y < y_id < y_mask < y + style.SMALL / 72 * 3  # from the top down, and not on the next line
    assert not texts(ax, "gap")
    said = ph.alt_text(ax)
    assert all(" ".join(row.tokens[: sum(row.attended)]) in said for row in lesson.rows)
    assert {"es": "8 de relleno", "en": "8 of padding"}[lang] in said


def test_the_lessons_picture_fits_a_slide_and_is_the_same_in_both_languages(lesson):
    drawn = [ph.plot_pipeline(lesson, lang=lang) for lang in LANGUAGES]
    for ax in drawn:
        assert ax.figure.get_size_inches()[0] == FIGURE
        assert ax.figure.get_size_inches()[1] <= TALLEST
        assert min(text.get_size() for text in ax.texts) >= style.SMALL
        assert cut_off(ax) == []
        assert overlapping(ax) == []
    assert drawn[0].figure.get_size_inches().tolist() == drawn[1].figure.get_size_inches().tolist()
    for gid in ("token", "id", "mask", "text", "score"):
        assert places(drawn[0], gid) == places(drawn[1], gid)


def test_what_is_left_out_of_a_long_text_stands_on_the_line_of_what_is_shown():
    ax = ph.plot_pipeline(ph.trace("word " * 100))
    gaps = [text for text in ax.texts if text.get_gid() == "gap"]
    beside = [next(text for text in ax.texts[::-1] if text.get_gid() == gid) for gid in ("token", "id", "mask")]
    assert len(gaps) == 3
    for gap, other in zip(gaps, beside, strict=True):
        assert gap.get_position()[1] == other.get_position()[1]
        assert gap.get_va() == other.get_va() == "baseline"
    assert texts(ax, "token")[-1] == "[SEP]"
    assert len(texts(ax, "token")) > 40


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_strips_are_the_first_values_of_what_the_head_reads_on_one_scale(lesson, lang):
    ax = ph.plot_pipeline(lesson, lang=lang)
    strips = [image for image in ax.images if image.get_gid() == "hidden state"]
    for row, image in enumerate(strips):
        assert np.array(image.get_array())[0] == pytest.approx(lesson.hidden_states[-1][row, 0, :VALUES].numpy())
    limit = lesson.hidden_states[-1][:, 0, :VALUES].abs().max().item()
    assert [image.get_clim() for image in ax.images] == [(pytest.approx(-limit), pytest.approx(limit))] * 3
    (said,) = texts(ax, "values")
    expected = {
        "es": f"[CLS] (posición 0): primeros {VALUES} de 384",
        "en": f"[CLS] (position 0): first {VALUES} of 384",
    }
    assert said.startswith(expected[lang])
    assert [float(end) for end in texts(ax, "scale")] == pytest.approx([-limit, limit], rel=0.01)


def test_where_each_sentence_is_read_elsewhere_each_strip_says_where():
    model, tokenizer, _ = models.make("gpt2")
    traced = ph.trace(["so good it is", "bad"], model=model, tokenizer=tokenizer)
    for lang in LANGUAGES:
        ax = ph.plot_pipeline(traced, lang=lang)
        assert [said[:3] for said in texts(ax, "read")] == [f"[{at}]" for at in traced.head_positions]
        assert overlapping(ax) == []


def test_a_class_has_its_colour_in_every_column(lesson):
    ax = ph.plot_pipeline(lesson)
    for kind in ("logit", "probability"):
        bars = all_bars_of(ax, kind)
        assert len(bars) == 4
        for name, bar in bars:
            assert to_rgb(bar.get_facecolor()) == to_rgb(
                style.NEGATIVE if name.endswith("NEGATIVE") else style.POSITIVE
            )
    answers = [part for part in ax.collections if part.get_gid() == "answer"]
    assert [to_rgb(part.get_facecolor()[0]) for part in answers] == [
        to_rgb({"NEGATIVE": style.NEGATIVE, "POSITIVE": style.POSITIVE}[answer["label"]])
        for answer in lesson.predictions
    ]
    bands = {to_rgb(part.get_facecolor()[0]) for part in ax.collections if part.get_gid() == "band"}
    assert bands == {to_rgb(style.FAINT)}


def test_the_bars_are_as_long_as_the_probabilities(trace):
    ax = ph.plot_pipeline(ph.trace("I hate this so much!"), lang="en")
    bars = bars_of(ax, "probability")
    negative, positive = bars["probability NEGATIVE"].get_width(), bars["probability POSITIVE"].get_width()
    assert negative / (negative + positive) == pytest.approx(trace.probabilities[1, 0].item(), abs=1e-4)


def test_a_negative_logit_goes_to_the_left(trace):
    bars = bars_of(ph.plot_pipeline(ph.trace("I hate this so much!"), lang="en"), "logit")
    right, left = bars["logit NEGATIVE"], bars["logit POSITIVE"]
    assert left.get_x() + left.get_width() == pytest.approx(right.get_x())


@pytest.mark.parametrize(
    ("lang", "words"),
    [("es", {"texto", "1 · Tokenizador", "probabilidades"}), ("en", {"text", "1 · Tokenizer", "probabilities"})],
)
def test_the_words_are_those_of_the_language(trace, lang, words):
    ax = ph.plot_pipeline(trace, lang=lang)
    assert words <= set(texts_of(ax))
    alt = ph.alt_text(ax)
    assert ("etiqueta" if lang == "es" else "label") in alt
    for sentence, answer in zip(trace.texts, trace.predictions, strict=True):
        assert sentence in alt
        assert f"{answer['label']} {answer['score']:.3f}" in alt


def test_more_sentences_than_there_is_room_for_are_counted():
    ax = ph.plot_pipeline(ph.trace(["one", "two", "three", "four"]), lang="en")
    assert "3 of the 4 sentences are shown here." in texts_of(ax)
    assert len(bars_of(ax, "probability")) == 2  # by name: every column has the same two
    assert texts_of(ax).count("[CLS]") == MAX_SENTENCES


def test_every_text_lies_within_the_figure(trace):
    for traced in (
        trace,
        ph.trace("word " * 400),
        ph.trace(["a", "Supercalifragilisticexpialidocious" * 6, "日本 $x$"]),
    ):
        ax = ph.plot_pipeline(traced, lang="es")
        assert cut_off(ax) == []
        assert overlapping(ax) == []


def test_on_an_axes_of_the_callers_all_of_it_becomes_smaller(trace):
    _, (ax, _) = plt.subplots(1, 2, figsize=(12, 5))
    assert ph.plot_pipeline(trace, ax=ax) is ax
    assert overlapping(ax) == []
    assert cut_off(ax) == []


def test_many_labels_show_the_best():
    from transformers import AutoTokenizer

    from tests.test_stages import tiny_model

    tokenizer = AutoTokenizer.from_pretrained(ph.checkpoint())
    traced = ph.trace("ok", model=tiny_model(5), tokenizer=tokenizer)
    column = PipelineColumns.of(traced).columns[0]
    best = torch.topk(traced.probabilities[0], 3)
    assert column.labels == [traced.id2label[label] for label in best.indices.tolist()]
    assert column.probabilities == pytest.approx(best.values.tolist())


def test_what_is_no_trace_is_refused():
    with pytest.raises(TypeError, match="data is of type list"):
        ph.plot_pipeline(["text"])


@given(st.lists(st.floats(0.2, 2.0), min_size=2, max_size=40), st.integers(1, 40), st.floats(2.0, 6.0))
def test_what_is_shown_fits_or_is_the_ends(cells, attended, width):
    attended = min(attended, len(cells))
    lines = in_lines(cells, attended, 0.2, width, 4)
    assert len(lines) <= 4
    for line in lines:
        assert sum(0.2 if place is None else cells[place] for place in line) <= width + 1e-9
    shown = [place for line in lines for place in line]
    kept = [place for place in shown if place is not None]
    assert kept == sorted(set(kept))
    assert {attended - 1, len(cells) - 1} <= set(kept)
    if None not in shown:
        assert kept == list(range(len(cells)))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=2))
def test_any_text_is_drawn_without_a_warning(texts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = ph.plot_pipeline(ph.trace(texts))
        ax.figure.canvas.draw()
    plt.close(ax.figure)
