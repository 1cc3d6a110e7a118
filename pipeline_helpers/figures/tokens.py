"""The words of a sentence, the pieces that they become, and the ids of the pieces."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import NOTE, WIDTH, Box, boxes, canvas, hatched, said_width, shortened, wrapped
from pipeline_helpers.figures.inputs import as_index, read_rows
from pipeline_helpers.figures.token_blocks import Block, TokenBlocks, token_blocks
from pipeline_helpers.language import resolve, say

TEXT, IDS = 13, style.SMALL
"""Points."""
_DOT = "   ·   "
"""Between two notes on a line."""
_PAD, _GAP, _WORD, _PIECE, _ID, _BETWEEN = 0.09, 0.1, 0.34, 0.34, 0.27, 0.2
_FRAMES = {
    "word": (style.PAPER, "-"),
    "special": (style.SPECIAL, (0, (3, 2))),
    "padding": (style.FAINT, (0, (1, 1.5))),
}
"""Of a token's box: its colour, and the dashes of its edge."""
_BAND = 0.1
"""Inches of a word's band over its pieces, where nobody knows how the word was written."""


@style.styled
def plot_tokens(
    data: Any,
    *,
    sentence: int = 0,
    text: str | list[str] | None = None,
    padding: bool = True,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the words of a sentence, the pieces that each becomes, and their ids; long sentences wrap.

    Above, the word as it was written; in the boxes its pieces; below their ids. Words alternate in colour; special
    tokens have a dashed frame and no word above. What no token keeps is marked: a grey `␣` for a space, a line under
    an accent or a capital letter that is gone.

        plot_tokens(trace("Me encanta el español."))
        plot_tokens(tokenizer("Me encanta el español."), text="Me encanta el español.")

    Args:
        data: a `Trace`; what a fast tokenizer returns; or a list of tokens (or one a sentence), where pieces that
            begin with `##` belong to the word before.
        sentence: which row of the batch.
        text: what was tokenized, where `data` does not know it: one text, or one a row of the batch.
        padding: whether padding tokens are drawn.
        ax: where to draw, scaled to fit; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `data` holds no tokens.
        ValueError: it is empty, or has no such sentence.
    """
    lang = resolve(lang)
    rows = read_rows(data, text)
    prepared = token_blocks(rows[as_index(sentence, "sentence", len(rows))], padding=padding)
    if not prepared.blocks:
        raise ValueError(f"data holds only padding in row {sentence}; with padding=False there is nothing to draw")
    lines = _lines(prepared, WIDTH)
    ax, scale = canvas(ax, _line_height(lines) * len(lines), _title(prepared, lang), _notes(prepared, lang))
    _draw(ax, lines, scale, prepared.blocks[0].ids is not None)
    style.set_alt_text(ax, _describe(prepared, lang))
    return ax


@dataclass(frozen=True)
class _Placed:
    """A block, or a part of one that is wider than a line, at its place."""

    block: Block
    left: float
    widths: list[float]
    tint: str
    """The colour behind a word."""


def _lines(prepared: TokenBlocks, width: float) -> list[list[_Placed]]:
    """Break the blocks into lines of at most `width` inches."""
    lines: list[list[_Placed]] = [[]]
    right, words = 0.0, 0
    end = [Block("end", [], [], None, [], prepared.tail)] if prepared.tail else []
    for block in [*prepared.blocks, *end]:
        for part in _parts(block, width - 0.6):
            gap = _marked(part.gap)
            room = style.text_width(gap, TEXT) + 0.1 if gap else _GAP if lines[-1] else 0.0
            widths = _widths(part, width - 0.6)
            if lines[-1] and right + room + sum(widths) > width:
                lines.append([])
                right = 0.0
                room = room if gap else 0.0
            lines[-1].append(_Placed(part, right + room, widths, style.WORDS[words % 2]))
            right += room + sum(widths)
        words += block.kind == "word"
    return lines


def _parts(block: Block, width: float) -> list[Block]:
    """`block`, cut between pieces where it is wider than `width`; only the first part then carries the word."""
    widths = _pieces(block, width)
    if sum(widths) <= width:
        return [block]
    parts: list[Block] = []
    start, total = 0, 0.0
    for place, one in enumerate([*widths, width + 1]):
        if total + one > width and place > start:
            ids = None if block.ids is None else block.ids[start:place]
            first = not parts
            parts.append(
                Block(
                    block.kind, block.tokens[start:place], ids, block.written if first else None,
                    block.lost if first else [], block.gap if first else "",
                )
            )  # fmt: skip
            start, total = place, 0.0
        total += one
    return parts


def _pieces(block: Block, most: float) -> list[float]:
    names = [shortened(token, most, TEXT) for token in block.tokens]
    ids = block.ids or [0] * len(names)
    return [
        min(most, max(style.text_width(name, TEXT), style.text_width(str(i), IDS)) + 2 * _PAD)
        for name, i in zip(names, ids, strict=True)
    ]


def _widths(block: Block, most: float) -> list[float]:
    """How wide each piece is drawn: as wide as its text, its id and its share of the word above it."""
    widths = _pieces(block, most)
    word = style.text_width(shortened(block.written or "", most - 2 * _PAD, TEXT), TEXT) + 2 * _PAD
    stretch = max(1.0, word / sum(widths)) if widths else 1.0
    return [one * stretch for one in widths]


def _marked(gap: str) -> str:
    """`gap` with each space made visible; a long run of one character as its number."""
    if len(gap) > 3 and len(set(gap)) == 1:
        return f"{_mark(gap[0])}×{len(gap)}"
    if len(gap) > 6:
        return "".join(map(_mark, gap[:5])) + "…"
    return "".join(map(_mark, gap))


def _mark(character: str) -> str:
    if unicodedata.combining(character):
        return style.drawable("◌" + character)
    return "␣" if unicodedata.category(character) == "Zs" else style.drawable(character)


def _band(lines: list[list[_Placed]]) -> float:
    """The height of the words over their pieces."""
    return _WORD if any(placed.block.written for line in lines for placed in line) else _BAND


def _line_height(lines: list[list[_Placed]]) -> float:
    return _band(lines) + _PIECE + _ID + _BETWEEN


def _draw(ax: Axes, lines: list[list[_Placed]], scale: float, with_ids: bool) -> None:
    band, line_height = _band(lines), _line_height(lines)
    words: list[Box] = []
    frames: dict[str, list[Box]] = {kind: [] for kind in _FRAMES}
    strokes: list[list[tuple[float, float]]] = []
    tints: list[str] = []
    for number, line in enumerate(lines):
        top = number * line_height
        for placed in line:
            block, here, total = placed.block, placed.left, sum(placed.widths)
            if block.gap:
                look: dict[str, Any] = {"size": TEXT * scale, "color": style.MUTED, "ha": "right", "va": "center"}
                ax.text(here - 0.05, top + band / 2, _marked(block.gap), gid="gap", **look)
            if block.kind == "word":
                words.append((here, top, total, band + _PIECE))
                tints.append(placed.tint)
                strokes += _draw_word(ax, block, here, top, total, scale)
            ids = block.ids or [0] * len(block.tokens)
            for token, number_of_token, width in zip(block.tokens, ids, placed.widths, strict=True):
                frames[block.kind].append((here + 0.02, top + band, width - 0.04, _PIECE - 0.02))
                middle = here + width / 2
                name = shortened(token, width - _PAD, TEXT)
                at: dict[str, Any] = {"ha": "center", "va": "center"}
                ax.text(middle, top + band + _PIECE / 2, name, size=TEXT * scale, gid="token", **at)
                if with_ids:
                    at |= {"size": IDS * scale, "color": style.MUTED}
                    ax.text(middle, top + band + _PIECE + _ID / 2, str(number_of_token), gid="id", **at)
                here += width
    boxes(ax, words, tints, edgecolors="none")
    for kind, (face, dashes) in _FRAMES.items():
        edges: dict[str, Any] = {"edgecolors": style.MUTED, "linewidths": 1.1 * scale, "linestyles": dashes}
        boxes(ax, frames[kind], [face] * len(frames[kind]), gid=f"{kind} tokens", **edges)
    hatched(ax, frames["padding"], style.SPECIAL)
    ax.add_collection(LineCollection(strokes, colors=style.INK, linewidths=2.2 * scale, gid="lost"), autolim=False)


def _draw_word(
    ax: Axes, block: Block, left: float, top: float, width: float, scale: float
) -> list[list[tuple[float, float]]]:
    """Write the word over its pieces; the lines under what is lost come back."""
    if block.written is None:
        return []
    text = shortened(block.written, width - _PAD, TEXT)
    ax.text(left + width / 2, top + _WORD / 2, text, size=TEXT * scale, ha="center", va="center", gid="word")
    if not any(block.lost):
        return []
    whole = style.text_width(text, TEXT)
    start, under = left + (width - whole) / 2, top + _WORD - 0.05
    right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    if len(text) != len(block.written) or right_to_left or all(block.lost):
        return [[(start, under), (start + whole, under)]]
    edges = [start + style.text_width(text[:place], TEXT) for place in range(len(text) + 1)]
    return [[(edges[place] + 0.01, under), (edges[place + 1], under)] for place, lost in enumerate(block.lost) if lost]


def _title(prepared: TokenBlocks, lang: str) -> str:
    words = sum(block.kind == "word" for block in prepared.blocks)
    return say("tokens.title", lang, words=words, tokens=len(prepared.tokens))


def _notes(prepared: TokenBlocks, lang: str) -> list[str]:
    """What the marks in the picture mean: only those that it has, in the same lines in each language."""
    kinds = {block.kind for block in prepared.blocks}
    written, ids = any(block.written for block in prepared.blocks), prepared.blocks[0].ids is not None
    notes = {
        "words": written and not ids,
        "words_and_ids": written and ids,
        "pieces": not written and not ids,
        "pieces_and_ids": not written and ids,
        "special": "special" in kinds,
        "padding": "padding" in kinds,
        "gap": any(block.gap for block in prepared.blocks) or bool(prepared.tail),
        "lost": any(any(block.lost) for block in prepared.blocks),
        _cut_off(prepared): prepared.row.cut_off > 0,
    }
    many = prepared.row.cut_off
    lines: list[list[str]] = []
    for note, there in notes.items():
        beside = [*lines[-1], note] if lines else [note]
        wide = sum(said_width(f"tokens.{one}", n=many) for one in beside) + style.text_width(_DOT, NOTE) * len(beside)
        if there and lines and wide <= WIDTH:
            lines[-1].append(note)
        elif there:
            lines.append([note])
    said = [_DOT.join(say(f"tokens.{one}", lang, n=many) for one in line) for line in lines]
    return [part for line in said for part in wrapped(line, WIDTH, NOTE)]


def _describe(prepared: TokenBlocks, lang: str) -> str:
    parts = [
        _title(prepared, lang) + ":",
        " ".join(prepared.tokens[:40]) + (" …" if prepared.tokens[40:] else "") + ".",
    ]
    words = [block for block in prepared.blocks if block.kind == "word"]
    broken = [f"{block.written or ''} → {' '.join(block.tokens)}".strip() for block in words if len(block.tokens) > 1]
    if broken:
        parts.append(say("tokens.alt_broken", lang, words="; ".join(broken[:6]) + ("; …" if broken[6:] else "")))
    lost = [block.written for block in words if any(block.lost) and block.written]
    if lost:
        parts.append(say("tokens.alt_lost", lang, words=", ".join(lost[:6]) + (", …" if lost[6:] else "")))
    special = [token for block in prepared.blocks if block.kind == "special" for token in block.tokens]
    if special:
        parts.append(say("tokens.alt_special", lang, tokens=", ".join(dict.fromkeys(special))))
    padding = sum(block.kind == "padding" for block in prepared.blocks)
    if padding:
        parts.append(say("tokens.alt_padding", lang, n=padding))
    if prepared.row.cut_off:
        parts.append(say(f"tokens.{_cut_off(prepared)}", lang, n=prepared.row.cut_off) + ".")
    return " ".join(parts)


def _cut_off(prepared: TokenBlocks) -> str:
    """The key of what is said of tokens that were cut off."""
    return "cut_off" if prepared.row.begins else "cut_off_before"
