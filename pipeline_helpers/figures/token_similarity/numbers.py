"""The numbers of `plot_token_similarity`: cosines of the vectors of two sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline_helpers.figures.hidden_states import dimensions, one_layer, rows_of
from pipeline_helpers.figures.inputs import as_array, as_index, read_rows

STANDS_OUT = 0.05
"""The nearest token of a row is marked where it is ahead of the second by so much."""


@dataclass(frozen=True, eq=False)
class TokenSimilarity:
    """The numbers of `plot_token_similarity`."""

    cosine: np.ndarray
    """Row: token of the first sentence; column: token of the second; -1 to 1, NaN for a vector of zeros."""
    rows: list[str]
    columns: list[str]
    sentences: tuple[int, int] | None
    layer: int | None
    layers: int | None

    @property
    def nearest(self) -> list[int | None]:
        """For each row the column with the greatest similarity, where it stands out from the second; else None."""
        found: list[int | None] = []
        for row in self.cosine:
            order = [column for column in np.argsort(-row).tolist() if not np.isnan(row[column])]
            stands_out = len(order) > 1 and row[order[0]] - row[order[1]] >= STANDS_OUT
            found.append(order[0] if stands_out else None)
        return found


def cosine_similarity(first: Any, second: Any) -> np.ndarray:
    """The cosine of the angle between each vector of `first` and each of `second`: x·y / (|x| |y|).

    >>> cosine_similarity([[1, 0], [1, 1]], [[0, 2], [3, 0]]).round(3).tolist()
    [[0.0, 1.0], [0.707, 0.707]]

    Args:
        first, second: array-likes or tensors `[S, H]` and `[T, H]`.

    Returns:
        `[S, T]`, from -1 to 1; NaN where a vector is all zeros, which points nowhere.

    Raises:
        TypeError, ValueError: one of them is no matrix of finite numbers, or they differ in H.
    """
    left, right = as_array(first, "first", dims=(2,)), as_array(second, "second", dims=(2,))
    if left.shape[1] != right.shape[1]:
        raise ValueError(f"first has vectors of {left.shape[1]} numbers and second of {right.shape[1]}; expected equal")
    return np.clip(_directions(left) @ _directions(right).T, -1, 1)


def _directions(vectors: np.ndarray) -> np.ndarray:
    # Scaled by their largest value first, so that squares neither overflow nor vanish.
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = np.divide(vectors, largest, out=np.full_like(vectors, np.nan), where=largest > 0)
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def token_similarity(
    data: Any, *, sentences: tuple[int, int] = (0, 1), layer: int = -1, tokens: Any = None
) -> TokenSimilarity:
    """Compare the tokens of two sentences, padding left out; what it takes and raises: see `plot_token_similarity`."""
    if isinstance(data, (tuple, list)) and len(data) == 2 and dimensions(data[0]) == dimensions(data[1]) == 2:
        cosine = cosine_similarity(data[0], data[1])
        names = [[str(place) for place in range(size)] for size in cosine.shape]
        if tokens is not None:
            names = [row.tokens for row in read_rows(tokens)]
            lengths = [len(row) for row in names]
            if lengths != list(cosine.shape):
                raise ValueError(f"tokens has rows of {lengths}; expected one name a vector: {list(cosine.shape)}")
        return TokenSimilarity(cosine, names[0], names[1], None, None, None)
    values, number, layers = one_layer(data, layer)
    if not hasattr(sentences, "__len__") or len(sentences) != 2:
        raise ValueError(f"sentences is {sentences!r}; expected two rows of the batch, as (0, 1)")
    pair = tuple(as_index(place, f"sentences[{i}]", len(values)) for i, place in enumerate(sentences))
    rows = rows_of(data, tokens, values)
    vectors, names = [], []
    for place in pair:
        kept = np.flatnonzero(rows[place].attended)
        if not kept.size:
            raise ValueError(f"sentences names row {place}, which holds only padding")
        vectors.append(values[place, kept])
        names.append([rows[place].tokens[i] for i in kept])
    return TokenSimilarity(cosine_similarity(*vectors), names[0], names[1], (pair[0], pair[1]), number, layers)


def token_similarities(
    data: Any, *, sentences: tuple[int, int] = (0, 1), layer: int | Sequence[int] = -1, tokens: Any = None
) -> list[TokenSimilarity]:
    """`token_similarity` of one layer or of several; what it takes and raises: see `plot_token_similarity`."""
    several = isinstance(layer, Sequence) and not isinstance(layer, str)
    layers: list[Any] = list(layer) if isinstance(layer, Sequence) and several else [layer]
    if not layers:
        raise ValueError(f"layer is {layer!r}; expected at least one")
    panels = [token_similarity(data, sentences=sentences, layer=each, tokens=tokens) for each in layers]
    if several and panels[0].layer is None:
        raise ValueError(f"layer is {layer!r}; data holds one layer alone")
    return panels
