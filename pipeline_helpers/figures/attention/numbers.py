"""The numbers of `plot_attention`: one sentence's attention weights, chosen, stripped of padding and pooled."""

from dataclasses import dataclass
from math import ceil, isqrt
from typing import Any

import numpy as np

from pipeline_helpers.figures.inputs import as_array, as_index, read_rows
from pipeline_helpers.stages import Trace

MAX_CELLS = 128
"""Cells a side of one head drawn alone; a longer sentence is pooled."""
MAX_CELLS_ACROSS = 384
"""Cells in a row of tiles, 32 for each of 12 heads: two pixels each of a shown figure, so that all are equally wide."""


@dataclass(frozen=True, eq=False)
class Attention:
    """The numbers of `plot_attention`: L layers × A heads, S tokens a side, N cells a side."""

    weights: np.ndarray
    """What is drawn, `[L, A, N, N]`; rows are queries, columns keys. Where N < S, each cell gathers `pooled` ×
    `pooled` tokens: summed over keys and averaged over queries, so that a row still sums to 1."""
    peaks: np.ndarray
    """The largest weight of each attended query, averaged over them, `[L, A]`: near 1 where a head looks at one
    token at a time."""
    strongest: list[tuple[int, int, float]]
    """The largest weights as (query, key, weight), the largest first; of a single head, else empty."""
    layers: list[int | None]
    """Which layers; None where one came that does not say which."""
    heads: list[int | None]
    """Which heads; None where one came that does not say which."""
    tokens: list[str] | None
    """The names of the S tokens drawn; None where nobody named them."""
    attended: np.ndarray
    """False where a token drawn is padding, `[S]`."""
    hidden: int
    """How many tokens of padding are left out."""
    pooled: int
    """Tokens a cell, in each direction."""
    sentence: int
    batch: int
    depth: int
    """How many layers there are, those included that are not drawn."""

    @property
    def alone(self) -> bool:
        """Whether this is one single matrix."""
        return self.weights.shape[:2] == (1, 1)

    @property
    def length(self) -> int:
        """S: how many tokens are drawn."""
        return len(self.attended)

    def name(self, place: int) -> str:
        """The token at `place`; its number where it has no name."""
        return str(place) if self.tokens is None else self.tokens[place]


def attention(
    data: Any,
    *,
    layer: int | None = None,
    head: int | None = None,
    sentence: int = 0,
    tokens: Any = None,
    attention_mask: Any = None,
    padding: bool = False,
) -> Attention:
    """The numbers that `plot_attention` draws; it says what the arguments are and what it raises."""
    if isinstance(data, Trace):
        if data.attentions is None:
            raise ValueError("data is a Trace without attentions; make it with ph.trace(…, attentions=True)")
        tokens = data if tokens is None else tokens
        data = data.attentions
    blocks, numbered_layers, numbered_heads = _as_layers(data)
    batch, heads, length = blocks[0].shape[:3]
    sentence = as_index(sentence, "sentence", batch)
    layers = list(range(len(blocks))) if layer is None else [as_index(layer, "layer", len(blocks))]
    chosen = list(range(heads)) if head is None else [as_index(head, "head", heads)]
    names, attended = _tokens(tokens, attention_mask, sentence, batch, length)
    keep = np.ones(length, dtype=bool) if padding else attended
    if not keep.any():
        raise ValueError(f"attention_mask hides all of sentence {sentence}; padding=True shows it")

    count = int(keep.sum())
    alone = len(layers) * len(chosen) == 1
    columns = columns_of(len(layers), len(chosen))
    cells = MAX_CELLS if alone else max(8, min(48, MAX_CELLS_ACROSS // columns))
    pooled = ceil(count / cells)
    drawn, peaks, strongest = [], [], []
    for place in layers:
        weights = _weights(blocks[place][sentence, slice(None) if head is None else slice(chosen[0], chosen[0] + 1)])
        if count < length:
            weights = weights[:, keep][:, :, keep]
        looking = weights[:, attended[keep]]
        peaks.append(looking.max(axis=-1).mean(axis=-1) if looking.size else np.zeros(len(weights)))
        if alone:
            strongest = _strongest(weights[0], attended[keep])
        drawn.append(_pool(weights, pooled))
    return Attention(
        weights=np.stack(drawn),
        peaks=np.stack(peaks),
        strongest=strongest,
        layers=[*layers] if numbered_layers else [None],
        heads=[*chosen] if numbered_heads else [None],
        tokens=None if names is None else [name for name, kept in zip(names, keep, strict=True) if kept],
        attended=attended[keep],
        hidden=length - count,
        pooled=pooled,
        sentence=sentence,
        batch=batch,
        depth=len(blocks),
    )


def _as_layers(data: Any) -> tuple[list[Any], bool, bool]:
    """`data` as L blocks `[B, A, S, S]`, not yet converted; and whether its layers and its heads are numbered."""
    if isinstance(data, (list, tuple)) and data and all(getattr(block, "ndim", 0) in (3, 4) for block in data):
        blocks = list(data)
        several = True
    else:
        block = data if hasattr(data, "ndim") else as_array(data, "data", dims=(2, 3, 4, 5))
        several = block.ndim == 5
        blocks = list(block) if several else [block]
    if not blocks or blocks[0].ndim not in (2, 3, 4):
        came = list(getattr(data, "shape", [len(blocks)]))
        raise ValueError(
            f"data has shape {came}; expected attentions as the model returns them (one [batch, heads, tokens, "
            "tokens] a layer), those of one layer, or one matrix [tokens, tokens]"
        )
    dims = blocks[0].ndim
    blocks = [block[(None,) * (4 - dims)] for block in blocks]
    shape = tuple(blocks[0].shape)
    if shape[2] != shape[3] or 0 in shape or any(tuple(block.shape) != shape for block in blocks):
        shapes = sorted({tuple(map(int, block.shape)) for block in blocks})
        raise ValueError(
            f"data has layers of shape {', '.join(str(list(one)) for one in shapes)}; expected one shape for all, not "
            "empty, with as many rows (queries) as columns (keys)"
        )
    return blocks, several, dims > 2


def _tokens(
    tokens: Any, attention_mask: Any, sentence: int, batch: int, length: int
) -> tuple[list[str] | None, np.ndarray]:
    """The names of the tokens of `sentence` and which of them are attended to."""
    names, attended = None, np.ones(length, dtype=bool)
    if tokens is not None:
        rows = read_rows(tokens)
        if len(rows) not in (1, batch):
            raise ValueError(f"tokens holds {len(rows)} sentences; data holds {batch}")
        row = rows[sentence if len(rows) == batch else 0]
        if len(row.tokens) != length:
            raise ValueError(f"tokens holds {len(row.tokens)} tokens for sentence {sentence}; data has {length}")
        names, attended = row.tokens, np.array(row.attended)
    if attention_mask is not None:
        mask = np.atleast_2d(as_array(attention_mask, "attention_mask", dims=(1, 2)))
        if len(mask) not in (1, batch) or mask.shape[1] != length:
            raise ValueError(f"attention_mask has shape {list(mask.shape)}; expected [{batch}, {length}]")
        if not np.isin(mask, (0, 1)).all():
            raise ValueError("attention_mask holds something else than 1 (attended) and 0 (padding)")
        attended = mask[sentence if len(mask) == batch else 0] == 1
    return names, attended


def _weights(block: Any) -> np.ndarray:
    weights = as_array(block, "data", dims=(3,))
    if weights.min() < 0:
        raise ValueError(
            f"data holds {weights.min():.4g}; attention weights are never negative (are these scores before softmax?)"
        )
    return weights


def _strongest(weights: np.ndarray, attended: np.ndarray, count: int = 3) -> list[tuple[int, int, float]]:
    looking = np.where(attended[:, None], weights, -1.0)
    order = np.argsort(-looking, axis=None, kind="stable")[:count]
    found = [(int(place) // len(weights), int(place) % len(weights)) for place in order]
    return [(query, key, float(weights[query, key])) for query, key in found if attended[query]]


def _pool(weights: np.ndarray, size: int) -> np.ndarray:
    """`[A, S, S]` → `[A, N, N]`, `size` tokens a cell: the sum over its keys, the mean over its queries."""
    if size == 1:
        return weights
    starts = np.arange(0, weights.shape[-1], size)
    queries = np.diff(np.append(starts, weights.shape[-1]))
    summed = np.add.reduceat(np.add.reduceat(weights, starts, axis=2), starts, axis=1)
    return summed / queries[:, None]


def columns_of(layers: int, heads: int) -> int:
    """In how many columns to lay the tiles: layers × heads as a table, those of one kind as nearly square as can be."""
    if layers > 1 and heads > 1:
        return heads
    tiles = layers * heads
    least = isqrt(tiles - 1) + 1
    return next((columns for columns in range(least, min(tiles, 2 * least) + 1) if tiles % columns == 0), least)
