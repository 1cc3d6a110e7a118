"""The heads of all layers as a menu, and one head's lines from token to token: what the browser gets to draw them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import traitlets

from pipeline_helpers.figures.attention import Attention, attention
from pipeline_helpers.figures.style import SEQUENTIAL
from pipeline_helpers.language import LANGUAGES, Mistake, say
from pipeline_helpers.live.controls import Control, script
from pipeline_helpers.live.tokens import token_class
from pipeline_helpers.markup import shorten, visible
from pipeline_helpers.stages import Row, Trace

PADDING = 4
"""How many tokens of padding are shown."""
LONGEST = 20
"""Characters of a token that are shown."""
_WORDS = (
    "head", "layer", "menu", "is_off", "without", "point", "looks", "seen", "padding", "queries", "keys", "hidden",
    "whole",
)  # fmt: skip


class Heads(Control):
    """All heads as a menu of small pictures, and the tokens of a sentence twice, with the lines of the chosen head.

    Pointing at a token shows its lines and its weights and asks nobody. A choice comes to `on_action` as
    `head LAYER HEAD`, and the button beside the chosen head as `off LAYER HEAD`.
    """

    _esm = script("patch.js", "pointing.js", "heads.js")
    said = traitlets.Dict().tag(sync=True)
    """Its words, with `{names}` in braces that the browser fills in."""
    tokens = traitlets.List().tag(sync=True)
    """S of them, each with its CSS classes; none where there is nothing to show."""
    shape = traitlets.List([0, 0, 0]).tag(sync=True)
    """L layers of A heads, and N cells a side of a picture."""
    chosen = traitlets.List([0, 0]).tag(sync=True)
    """Layer and head."""
    off = traitlets.List().tag(sync=True)
    """The heads that are switched off, each as layer and head."""
    thumbnails = traitlets.Bytes().tag(sync=True)
    """`[L, A, N, N]`, a byte a cell: the place of its colour in `palette`, which follows the square root of the weight,
    as in the figures."""
    palette = traitlets.Bytes().tag(sync=True)
    """256 colours of three bytes."""
    weights = traitlets.Bytes().tag(sync=True)
    """Of the chosen head, `[S, S]`, rows are queries; two bytes a weight, of which 65,535 is 1."""
    folded = traitlets.Int().tag(sync=True)
    """How many tokens of padding are not shown."""

    def __init__(self) -> None:
        super().__init__(palette=_palette())
        self._drawn: Attention | None = None

    def __repr__(self) -> str:
        return "Heads()"

    def relabel(self) -> None:
        """Say its words in the language in force, and keep the others at hand."""
        self.show({lang: {"label": say("live.attention.heads", lang), "said": _said(lang)} for lang in LANGUAGES})

    def draw(
        self, run: Trace, sentence: int, all_heads: Attention, chosen: tuple[int, int], off: Iterable[tuple[int, int]]
    ) -> None:
        """Show a sentence of `run` as the head `chosen` (layer, head) has it; one message with what is new.

        Args:
            run: with attentions.
            sentence: which of them, counted from 0.
            all_heads: what `heads_of` made of it.
            chosen, off: the head whose lines are shown, and those that are switched off, as (layer, head).
        """
        row = run.rows[sentence]
        places = shown(row)
        with self.hold_sync():
            self.tokens = [[visible(shorten(row.tokens[place], LONGEST)), _look(row, place)] for place in places]
            self.folded = len(row.tokens) - len(places)
            if self._drawn is not all_heads:
                self.shape = [*all_heads.weights.shape[:3]]
                self.thumbnails = np.rint(255 * np.sqrt(all_heads.weights.clip(0, 1))).astype(np.uint8).tobytes()
                self._drawn = all_heads
            self.chosen, self.off = [*chosen], [[*one] for one in sorted(off)]
            self.weights = matrix(run, sentence, *chosen, places)

    def clear(self) -> None:
        """Show nothing."""
        self.tokens = []


def heads_of(run: Trace, sentence: int) -> Attention:
    """All heads of a sentence, pooled where it is long, without its padding.

    Raises:
        Mistake: the model gives no matrix of tokens × tokens for each of its layers.
    """
    try:
        return attention(run, sentence=sentence)
    except ValueError as error:
        raise Mistake("live.attention.none", model=run.config.model_type) from error


def shown(row: Row) -> list[int]:
    """The places of the tokens that are shown: all but most of the padding."""
    padding = [place for place, attended in enumerate(row.attended) if not attended]
    left = padding and padding[0] == 0
    hidden = set(padding[:-PADDING] if left else padding[PADDING:])
    return [place for place in range(len(row.tokens)) if place not in hidden]


def matrix(run: Trace, sentence: int, layer: int, head: int, places: list[int]) -> bytes:
    """The weights of one head between `places`, two bytes each."""
    assert run.attentions is not None
    weights = run.attentions[layer][sentence, head].detach().float().cpu().numpy()
    if len(places) < len(weights):
        weights = weights[np.ix_(places, places)]
    return np.rint(65535 * weights.clip(0, 1)).astype("<u2").tobytes()


def _look(row: Row, place: int) -> str:
    return token_class(row, place) if row.attended[place] else "ph-token ph-padding"


@cache
def _palette() -> bytes:
    return mpl.colormaps[SEQUENTIAL](np.arange(256), bytes=True)[:, :3].tobytes()


def _said(lang: str) -> dict[str, str]:
    names: dict[str, Any] = {name: f"{{{name}}}" for name in ("number", "count", "layer", "head", "token", "links")}
    return {word: say(f"live.attention.{word}", lang, **names) for word in _WORDS}
