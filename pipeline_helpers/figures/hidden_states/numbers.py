"""The numbers of `plot_hidden_states`, and how one layer of hidden states is taken out of what comes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline_helpers.figures.inputs import Row, as_array, as_index, read_rows
from pipeline_helpers.language import say
from pipeline_helpers.stages import Trace

MAX_SENTENCES = 2
"""So many sentences stand side by side; a note says how many there are."""


@dataclass(frozen=True, eq=False)
class HiddenVectors:
    """The numbers of `plot_hidden_states`: one layer, and the sentences of it that are drawn."""

    values: np.ndarray
    """`[B, S, H]`."""
    sentences: list[int]
    """Which of them are drawn, from left to right."""
    rows: list[Row]
    """The tokens of each sentence drawn, S of them; their numbers where nobody named them."""
    layer: int | None
    """0 = the embeddings, n = the output of layer n; None for an array of nobody knows which layer."""
    layers: int | None

    shared: dict[int, bool]
    """At which places the sentences drawn have the same token; whether it has the same numbers there, to 1e-4."""


def hidden_vectors(data: Any, *, sentence: int | None = None, layer: int = -1, tokens: Any = None) -> HiddenVectors:
    """Take one layer out of what `plot_hidden_states` takes; the errors are the same."""
    values, number, layers = one_layer(data, layer)
    batch = len(values)
    places = list(range(batch))[:MAX_SENTENCES] if sentence is None else [as_index(sentence, "sentence", batch)]
    rows = [rows_of(data, tokens, values)[place] for place in places]
    shared = {}
    if len(places) > 1 and (tokens is not None or isinstance(data, Trace)):
        one, other = rows
        for place, token in enumerate(one.tokens):
            if token == other.tokens[place] and one.attended[place] and other.attended[place]:
                shared[place] = np.allclose(values[places[0], place], values[places[1], place], atol=1e-4)
    return HiddenVectors(values, places, rows, number, layers, shared)


def one_layer(data: Any, layer: int) -> tuple[np.ndarray, int | None, int | None]:
    """The hidden states `[B, S, H]` of one layer, its number and the number of layers, where they are known.

    Args:
        data: a `Trace`; a model's output with `hidden_states` or `last_hidden_state`; all layers, embeddings first;
            or the array of one layer, `[B, S, H]` or `[S, H]`.
        layer: 0 = the embeddings, n = the output of layer n, -1 = the last.

    Raises:
        TypeError: `data` holds no numbers.
        ValueError: other dimensions, nothing in it, NaN or infinities, or no such layer.
    """
    states = getattr(data, "hidden_states", None)
    if states is None:
        states = getattr(data, "last_hidden_state", data)
    if isinstance(states, (list, tuple)) and states and dimensions(states[0]) == 3:
        place = as_index(layer, "layer", len(states))
        return as_array(states[place], f"hidden_states[{place}]", dims=(3,)), place, len(states) - 1
    as_index(layer, "layer", 1)
    values = as_array(states, "hidden_states", dims=(2, 3))
    return (values if values.ndim == 3 else values[None]), None, None


def rows_of(data: Any, tokens: Any, values: np.ndarray) -> list[Row]:
    """The tokens of the hidden states `values`, `[B, S, H]`, which a `Trace` brings along; numbers where nobody knows.

    Raises:
        TypeError, ValueError: these are no tokens, or not those of `values`.
    """
    batch, length = values.shape[:2]
    source = data if isinstance(data, Trace) else tokens
    if source is None:
        return [Row([str(place) for place in range(length)], [None] * length, [True] * length)] * batch
    rows = read_rows(source)
    lengths = [len(row.tokens) for row in rows]
    if lengths != [length] * batch:
        raise ValueError(f"tokens has rows of {lengths}; expected those of the hidden states: {[batch, length]}")
    return rows


def dimensions(value: Any) -> int:
    """How many dimensions an array-like or a tensor has; 0 where its rows are not equally long."""
    try:
        return len(value.shape if hasattr(value, "shape") else np.shape(value))
    except ValueError:
        return 0


def layer_name(layer: int, layers: int | None, lang: str) -> str:
    """Which layer this is, counted as `hidden_states` counts them: 0 = the embeddings."""
    key = "token_similarity.layer" if layer else "token_similarity.embeddings"
    return say(key, lang, layer=layer, layers=layers)
