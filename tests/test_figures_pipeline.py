"""plot_pipeline: that the picture's numbers are the run's, in their places, in both languages."""

import warnings

import matplotlib.pyplot as plt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_helpers as ph
from pipeline_helpers.figures.pipeline import MAX_SENTENCES, PipelineColumns, that_fit
from tests.drawn import cut_off, overlapping


def texts_of(ax):
    return [text.get_text() for text in ax.texts]


def bars_of(ax, kind):
    return {patch.get_gid(): patch for patch in ax.patches if str(patch.get_gid()).startswith(kind)}


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


def test_each_id_stands_under_its_token_and_over_its_mask(trace):
    ax = ph.plot_pipeline(trace, lang="en")
    places = {text.get_text(): text.get_position() for text in ax.texts}
    for token, number in (("hate", "5223"), ("been", "2042"), ("[PAD]", "0")):
        assert places[token][0] == pytest.approx(places[number][0], abs=0.01)
        assert places[token][1] < places[number][1]  # from the top down


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
        ax.figure.canvas.draw()
        page = ax.figure.bbox
        for text in ax.texts:
            box = text.get_window_extent()
            assert box.x0 >= page.x0 - 1, text.get_text()
            assert box.x1 <= page.x1 + 1, text.get_text()


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


@given(st.lists(st.floats(0.2, 3.0), min_size=2, max_size=30), st.integers(1, 30), st.floats(1.5, 12.0))
def test_what_is_shown_fits_or_is_the_ends(cells, attended, width):
    attended = min(attended, len(cells))
    shown = that_fit(cells, attended, width)
    places = [place for place in shown if place is not None]
    assert places == sorted(set(places))
    assert attended - 1 in places
    assert len(cells) - 1 in places
    if None not in shown:
        assert places == list(range(len(cells)))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=2))
def test_any_text_is_drawn_without_a_warning(texts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = ph.plot_pipeline(ph.trace(texts))
        ax.figure.canvas.draw()
    plt.close(ax.figure)
