"""`LivePipeline`: everything from text to label, for one sentence or two, with tokens to hide."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets

from pipeline_helpers.figures.pipeline import plot_pipeline
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.interpretability import hiding_in_batches
from pipeline_helpers.language import LANGUAGES, Mistake, current_language, say
from pipeline_helpers.live.base import DEBOUNCE, LiveView, guarded
from pipeline_helpers.live.columns import AT_ONCE, Answered, answered, prepare, render
from pipeline_helpers.live.controls import TextBox
from pipeline_helpers.live.tokens import cut_off
from pipeline_helpers.markup import Html, shorten
from pipeline_helpers.stages import to_probabilities, trace

PAUSE = 0.35
"""Seconds from an answer to the bars; with the debounce, half a second without a key."""
GAP = 0.01
"""Seconds between two batches, for whatever else there is to do: a key takes the kernel's loop several turns."""
SHOWN_EVERY = 0.4
"""Seconds from one look at the bars that are there to the next."""
TEXTS = ("No me gustó nada", "The film is not bad at all")


class LivePipeline(LiveView):
    """Text to label in one view: tokenizer, model and softmax on top of each other, for two sentences side by side.

    The answer stands on top. A click on a token hides it: its place in the attention mask becomes 0, and the answer
    without it stands under the answer to the whole sentence. A bar under each token says what hiding it alone would do
    to the answer: `pipeline_helpers.token_effects`, computed once nobody types any more, or on
    demand where the sentences have more than 24 tokens together.

        ph.LivePipeline(["No me gustó nada", "The film is not bad at all"])

    Args:
        texts: the sentence to begin with, or two of them.
        checkpoint: the model and its tokenizer, as `pipeline_helpers.checkpoint` takes them.
        debounce: seconds from a changed text to the answer; 0 answers at once.

    Attributes:
        text, second: the two text boxes; one of them may be empty.
        hidden: for each box the places of the tokens that are hidden; `hide` changes it.
        unfolded: the boxes of which all tokens are shown, however many; `unfold` changes it.
        status, output: what there is to say; the answers and the three steps.
        result: the `Answered` shown, or the `Mistake` said instead.
    """

    names = (("text", "live.pipeline.first"), ("second", "live.pipeline.second"), ("output", "live.pipeline.output"))

    def __init__(
        self,
        texts: str | Sequence[str] = TEXTS,
        checkpoint: str | None = None,
        *,
        debounce: float = DEBOUNCE,
    ) -> None:
        given = [texts] if isinstance(texts, str) else list(texts)
        if not 1 <= len(given) <= 2 or not all(isinstance(text, str) for text in given):
            raise ValueError(f"texts is {shorten(repr(texts))}; it takes one sentence or a list of two")
        self.text, self.second = (TextBox(value=text) for text in [*given, ""][:2])
        self.hidden: dict[int, frozenset[int]] = {0: frozenset(), 1: frozenset()}
        self.unfolded: frozenset[int] = frozenset()
        self._tokens: dict[int, list[str]] = {0: [], 1: []}
        self._asked: list[list[str]] | None = None  # the tokens for which somebody asked for bars
        self._bars: dict[tuple[int, ...], dict[int, list[float]]] = {}
        self._bars_of: Any = None
        self._no_bars: Mistake | None = None
        self._round, self._seen = 0, 0.0
        super().__init__([self.text, self.second], checkpoint, debounce)
        boxes = ipywidgets.HBox([self.text, self.second])
        boxes.add_class("ph-boxes")  # the same columns as those of the answers
        self.children = [boxes, self.status, self.output]
        self.output.on_action(self._clicked)

    def hide(self, place: int, box: int = 0) -> None:
        """Hide the token at `place` of the first (0) or second (1) sentence; once more shows it again.

        Raises:
            ValueError: there is no such token.
        """
        tokens = self._tokens.get(box, [])
        if not 0 <= place < len(tokens):
            raise ValueError(f"place is {place}, box is {box}; that sentence has {len(tokens)} tokens, from 0")
        self.hidden[box] ^= {place}
        self.refresh()

    def unfold(self, box: int = 0) -> None:
        """Show all tokens of the first (0) or second (1) sentence, or once more only the first of many."""
        with self._lock:
            self.unfolded ^= {box}
            self._show()
            self._begin_bars(0)

    def compute_bars(self) -> None:
        """Compute the bars of these sentences, however long they are."""
        with self._lock:
            self._asked = list(self._tokens.values())
            self._show()
            self._begin_bars(0)

    def _clicked(self, action: str) -> None:
        asked = re.fullmatch(r"hide ([01]) (\d{1,6})", action)
        # A click may come after the token that it meant is gone.
        if asked and int(asked[2]) < len(self._tokens[int(asked[1])]):
            self.hide(int(asked[2]), int(asked[1]))
        elif action in ("unfold 0", "unfold 1", "fold 0", "fold 1"):
            if action.startswith("un") != (int(action[-1]) in self.unfolded):
                self.unfold(int(action[-1]))
        elif action == "effects":
            self.compute_bars()

    def _compute(self) -> Answered:
        model, tokenizer = self.loaded()
        texts = {box: part.value for box, part in enumerate((self.text, self.second)) if part.value.strip()}
        if not texts:
            raise Mistake("live.empty")
        inputs, rows = prepare(list(texts.values()), model, tokenizer)
        for box, row in zip(texts, rows, strict=True):
            self._keep_hidden(box, row.tokens)
        for box in self._tokens.keys() - texts.keys():
            self._keep_hidden(box, [])
        result = answered(inputs, rows, {box: self.hidden[box] for box in texts}, model)
        # Bars belong to a sentence and a model: they stay while both are the same, and never stand under another text.
        known = self._bars if self._bars_of is model else {}
        columns = [replace(column, effects=known.get(column.key, {})) for column in result.columns]
        self._bars, self._bars_of = {column.key: column.effects for column in columns}, model
        return replace(result, columns=columns)

    def _keep_hidden(self, box: int, tokens: list[str]) -> None:
        """A token stays hidden while everything up to it stays as it was; where it would be another one, it shows."""
        before, self._tokens[box] = self._tokens[box], tokens
        self.hidden[box] = frozenset(place for place in self.hidden[box] if tokens[: place + 1] == before[: place + 1])

    # The bars, which come after the answer and give way to the next one.

    def refresh(self) -> None:
        """Compute and show what the controls say now: the answers at once, the bars when there is time."""
        with self._lock:
            self._no_bars = None
            super().refresh()
            self._begin_bars(PAUSE)

    def _is_asked(self) -> bool:
        return self._asked == list(self._tokens.values())

    def _begin_bars(self, pause: float) -> None:
        """Compute what bars there are to compute, after `pause` seconds; what was begun before ends."""
        self._round, self._seen = self._round + 1, time.monotonic() + pause
        if isinstance(self.result, Mistake) or not (self.result.tokens <= AT_ONCE or self._is_asked()):
            return
        if not any(column.missing(self.unfolded) for column in self.result.columns):
            return
        batches = self._batches(self.result)
        if loop := self._loop():
            loop.call_later(pause, self._turn, self._round, batches, loop)
        else:
            while not self._advance(batches):
                pass

    def _turn(self, number: int, batches: Iterator[None], loop: asyncio.AbstractEventLoop) -> None:
        """One batch, unless a key came; then whatever else there is to do."""
        with self._lock:
            if number == self._round and not self._stale and not self._advance(batches):
                loop.call_later(GAP, self._turn, number, batches, loop)

    def _advance(self, batches: Iterator[None]) -> bool:
        """Compute a batch and show the bars from time to time; whether that was the last one."""
        before = time.monotonic()
        more = guarded(lambda: next(batches, False))
        if isinstance(more, Mistake):
            self._no_bars = more
        if more is None and before - self._seen < SHOWN_EVERY:
            return False
        self._seen = before
        self._show_in(*((current_language(),) if more is None else LANGUAGES))
        return more is not None

    def _batches(self, result: Answered) -> Iterator[None]:
        model, _ = self.loaded()
        for column in result.columns:
            missing = [(place,) for place in column.missing(self.unfolded)]
            for places, logits in hiding_in_batches(model, column.inputs, missing):
                for (place,), without in zip(places, to_probabilities(logits, model.config).tolist(), strict=True):
                    column.effects[place] = [a - b for a, b in zip(without, column.whole.probabilities, strict=True)]
                yield

    # What it says.

    def _notices(self, result: Answered, lang: str) -> list[str]:
        said = [self._no_bars.sentence(lang)] if self._no_bars else []
        for column in result.columns:
            said += cut_off(column.sentence, lang)
            if len(column.hidden) == len(column.sentence.tokens):
                said.append(say("live.pipeline.all_hidden", lang))
        return said

    def _announcement(self, result: Answered, lang: str) -> str:
        answers = [(column.box, column.without or column.whole) for column in result.columns]
        return " · ".join(
            say("live.pipeline.announced", lang, number=box, label=shorten(answer.labels[answer.best]),
                score=f"{answer.probabilities[answer.best]:z.2f}")
            for box, answer in answers
        )  # fmt: skip

    def _render(self, result: Answered, lang: str) -> Html:
        return render(result, lang, self.unfolded, asked=self._is_asked())

    def _picture(self, result: Answered) -> str:
        model, tokenizer = self.loaded()
        texts = [column.sentence.text or "" for column in result.columns]
        return figure_html(plot_pipeline, trace(texts, model=model, tokenizer=tokenizer))

    def _said(self) -> list[str]:
        return [shorten(box.value) for box in (self.text, self.second) if box.value.strip()]
