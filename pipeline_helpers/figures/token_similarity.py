"""How near the tokens of two sentences are to each other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.hidden_states import dimensions, one_layer, rows_of
from pipeline_helpers.figures.inputs import as_array, as_index, read_rows
from pipeline_helpers.language import resolve, say

MAX_NAMED = 48
"""Up to so many tokens of a sentence each is named; beyond that every n-th."""
MAX_NUMBERS = 18
"""Up to so many columns each cell has its number."""
LABEL, NUMBER = 11, 10
"""Points."""
_LONGEST = 1.3
"""Inches that the name of a token takes at most."""


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
        """For each row the column with the greatest similarity; None where a row has none."""
        return [None if np.isnan(row).all() else int(np.nanargmax(row)) for row in self.cosine]


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


@style.styled
def plot_token_similarity(
    data: Any,
    *,
    sentences: tuple[int, int] = (0, 1),
    layer: int = -1,
    tokens: Any = None,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw how near the tokens of two sentences are to each other: the cosine similarity of their hidden states.

    A row is a token of the first sentence, a column one of the second; padding is left out. The nearest token of each
    row is framed. Up to 18 columns each cell has its number.

        plot_token_similarity(trace(["The bank of the river.", "The bank lends money."]))
        plot_token_similarity((vectors, others), tokens=(["a", "b"], ["c"]))

    Args:
        data: what `plot_hidden_states` takes, or two matrices of vectors, `[S, H]` and `[T, H]`.
        sentences: which two rows of the batch; the same one twice compares a sentence with itself.
        layer: 0 = the embeddings, n = the output of layer n, -1 = the last.
        tokens: the names of the rows and of the columns, for data that does not know them.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` holds no numbers.
        ValueError: other dimensions, nothing in it, NaN or infinities, no such layer or sentence, or tokens of
            another number.
    """
    lang = resolve(lang)
    prepared = token_similarity(data, sentences=sentences, layer=layer, tokens=tokens)
    count, across = prepared.cosine.shape
    rows = [canvas.shortened(token, _LONGEST, LABEL) for token in prepared.rows]
    columns = [canvas.shortened(token, _LONGEST, LABEL) for token in prepared.columns]
    left = max(style.text_width(name, LABEL) for name in rows) + 0.5
    below = max(style.text_width(name, LABEL) for name in columns)
    width, height = _size(count, across)
    if ax is not None:
        width, height = canvas.size_in_inches(ax)
    around = max(width, 5.5) + left
    title = canvas.wrapped(_title(prepared, lang), around if ax is None else width, canvas.TITLE_SIZE, "bold")
    notes = canvas.packed(_notes(prepared, lang), around - 0.1 if ax is None else width)
    place: dict[str, Any] = {}
    if ax is None:
        place = {"x": (0.1 - left) / width, "ha": "left"}  # the title begins at the paper's edge, not at the matrix's
        right = around - left - width + 1.0
        bottom = below + 0.55 + 0.22 * len(notes)
        ax = canvas.placed_axes(height, left=left, right=right, top=canvas.title_height(title) + 0.2, bottom=bottom)
    colours = style.DIVERGING.with_extremes(bad=style.FAINT)
    image = ax.imshow(
        np.ma.masked_invalid(prepared.cosine), cmap=colours, vmin=-1, vmax=1, aspect="auto", gid="cosine",
        interpolation=canvas.interpolation(ax, across),
    )  # fmt: skip
    if across <= MAX_NUMBERS and width / across >= 0.4 and height / count >= 0.2:
        canvas.write_numbers(ax, image, NUMBER)
    _frame(ax, prepared.nearest, 1.8 if height / count > 0.2 else 1.0)
    every_row, every_column = canvas.every_nth(count, MAX_NAMED), canvas.every_nth(across, MAX_NAMED)
    ax.set_yticks(range(0, count, every_row), rows[::every_row], size=LABEL)
    ax.set_xticks(range(0, across, every_column), columns[::every_column], size=LABEL, rotation=90)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title("\n".join(title), **place)
    ax.set_ylabel(_axis_name(prepared, 0, lang))
    ax.set_xlabel("\n".join([_axis_name(prepared, 1, lang), *notes]), size=LABEL, linespacing=1.35)
    canvas.colour_scale(ax, image, (1 + 0.15 / width, 0, 0.16 / width, 1), (-1, 0, 1))
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


def _size(rows: int, columns: int) -> tuple[float, float]:
    """Inches of the matrix in a new figure."""
    wide = max(8.4 / columns, 0.18 if columns <= MAX_NAMED else 0.0)
    if columns <= MAX_NUMBERS:
        wide = max(0.5, min(1.1, 4.0 / columns))
    high = max(0.32, min(0.7, 2.4 / rows)) if rows <= 16 else 0.2 if rows <= MAX_NAMED else 9.0 / rows
    return max(3.0, columns * wide), max(1.6, rows * high)  # room for the names of the axes


def _frame(ax: Axes, nearest: list[int | None], linewidth: float) -> None:
    """Frame the nearest token of each row, in ink on paper, so that it shows on dark cells and on light ones."""
    cells = [Rectangle((column - 0.5, row - 0.5), 1, 1) for row, column in enumerate(nearest) if column is not None]
    for colour, width in ((style.PAPER, linewidth + 2), (style.INK, linewidth)):
        gid = "nearest" if colour == style.INK else None
        look: dict[str, Any] = {"edgecolors": colour, "linewidths": width, "clip_on": False, "gid": gid}
        ax.add_collection(PatchCollection(cells, facecolors="none", **look), autolim=False)


def _title(prepared: TokenSimilarity, lang: str) -> str:
    title = say("token_similarity.title", lang)
    if prepared.layer is None:
        return title
    key = "token_similarity.embeddings" if prepared.layer == 0 else "token_similarity.layer"
    return f"{title} · {say(key, lang, layer=prepared.layer, layers=prepared.layers)}"


def _axis_name(prepared: TokenSimilarity, axis: int, lang: str) -> str:
    if prepared.sentences is None:
        return say(("token_similarity.first", "token_similarity.second")[axis], lang)
    return say("token_similarity.sentence", lang, n=prepared.sentences[axis])


def _notes(prepared: TokenSimilarity, lang: str) -> list[str]:
    notes = [say("token_similarity.framed", lang)]
    if np.isnan(prepared.cosine).any():
        notes.append(say("token_similarity.nowhere", lang))
    every = max(canvas.every_nth(size, MAX_NAMED) for size in prepared.cosine.shape)
    if every > 1:
        notes.append(say("token_similarity.every", lang, n=every))
    return notes


def _describe(prepared: TokenSimilarity, lang: str) -> str:
    title = _title(prepared, lang) + "."
    if np.isnan(prepared.cosine).all():
        return title
    pairs = [
        f"{prepared.rows[row]} → {prepared.columns[column]} ({prepared.cosine[row, column]:z.2f})"
        for row, column in enumerate(prepared.nearest) if column is not None
    ]  # fmt: skip
    listed = "; ".join(pairs[:12]) + ("; …" if pairs[12:] else "")
    least, most = f"{np.nanmin(prepared.cosine):z.2f}", f"{np.nanmax(prepared.cosine):z.2f}"
    return f"{title} {say('token_similarity.alt', lang, pairs=listed, least=least, most=most)}"
