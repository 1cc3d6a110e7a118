"""`LivePipeline`: everything from text to label, for one sentence or two, with tokens to hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from pipeline_helpers.figures.pipeline import plot_pipeline
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.language import Mistake, say
from pipeline_helpers.live.answers import Answer, answer, bar, by_sentence, more_labels, shown_labels
from pipeline_helpers.live.base import DEBOUNCE, LiveView
from pipeline_helpers.live.controls import TextBox
from pipeline_helpers.live.markup import Html, join, shorten, tag
from pipeline_helpers.live.tokens import chip, chips, cut_off, id_of, token_class
from pipeline_helpers.stages import Row, encode, trace


@dataclass(frozen=True)
class Column:
    """One sentence on its way: its tokens, the model's answer, and its answer without the hidden tokens."""

    sentence: Row
    hidden: frozenset[int]
    """The places of the tokens that are masked out."""
    whole: Answer
    without: Answer | None
    """None where nothing is hidden, or everything."""


@dataclass(frozen=True)
class Answered:
    """One sentence or two through the whole pipeline, in one batch."""

    columns: list[Column]
    length: int
    """S, the tokens of the longest of them."""
    width: int
    """H, the width of the hidden states."""


def prepare(texts: Sequence[str], model: Any, tokenizer: Any) -> tuple[list[dict[str, list[int]]], list[Row]]:
    """The first step: what the tokenizer gives the model for each sentence, without padding, and its tokens.

    Raises:
        Mistake: what `stages.encode` can't take.
    """
    inputs, rows = encode(list(texts), tokenizer, model.config, padding=False)
    return by_sentence(inputs), rows


def answered(
    inputs: Sequence[dict[str, list[int]]], rows: Sequence[Row], hidden: Sequence[frozenset[int]], model: Any
) -> Answered:
    """The other steps: each sentence as it is, and once more where tokens of it are hidden.

    Args:
        inputs, rows: what `prepare` made.
        hidden: for each sentence the places of tokens to put a 0 in the attention mask for.
        model: a sequence-classification model.
    """
    masked = {
        row: {**inputs[row], "attention_mask": [int(place not in places) for place in range(len(rows[row].tokens))]}
        for row, places in enumerate(hidden)
        if 0 < len(places) < len(rows[row].tokens)
    }
    answers = answer(model, [*inputs, *masked.values()])
    without = dict(zip(masked, answers[len(rows) :], strict=True))
    return Answered(
        columns=[Column(row, hidden[place], answers[place], without.get(place)) for place, row in enumerate(rows)],
        length=max(len(row.tokens) for row in rows),
        width=model.config.hidden_size,
    )


class LivePipeline(LiveView):
    """Text to label in one view: tokenizer, model and softmax on top of each other, for two sentences side by side.

    A click on a token hides it: its place in the attention mask becomes 0, and the answer without it stands next to
    the answer to the whole sentence.

        ph.LivePipeline(["Me encanta esta película", "I love this film"])

    Args:
        texts: the sentence to begin with, or two of them.
        checkpoint: the model and its tokenizer, as `pipeline_helpers.checkpoint` takes them.
        debounce: seconds from a changed text to the answer; 0 answers at once.

    Attributes:
        text, second: the two text boxes; the second may stay empty.
        hidden: for each box the places of the tokens that are hidden; `hide` changes it.
        status, output: what there is to say; the three steps.
        result: the `Answered` shown, or the `Mistake` said instead.
    """

    names = (("text", "live.text"), ("second", "live.pipeline.second"), ("output", "live.pipeline.output"))

    def __init__(
        self,
        texts: str | Sequence[str] = ("Me encanta esta película", "I love this film"),
        checkpoint: str | None = None,
        *,
        debounce: float = DEBOUNCE,
    ) -> None:
        given = [texts] if isinstance(texts, str) else list(texts)
        if not 1 <= len(given) <= 2 or not all(isinstance(text, str) for text in given):
            raise ValueError(f"texts is {shorten(repr(texts))}; it takes one sentence or a list of two")
        self.text, self.second = (TextBox(value=text) for text in [*given, ""][:2])
        self.hidden: dict[int, frozenset[int]] = {0: frozenset(), 1: frozenset()}
        self._tokens: dict[int, list[str]] = {0: [], 1: []}
        self._boxes: list[int] = []
        super().__init__([self.text, self.second], checkpoint, debounce)
        row = ipywidgets.HBox([self.text, self.second])
        row.layout.flex_flow = "row wrap"
        for box in (self.text, self.second):
            box.layout.flex = "1 1 22em"
        self.children = [row, self.status, self.output]
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

    def _clicked(self, action: str) -> None:
        asked = re.fullmatch(r"hide ([01]) (\d{1,6})", action)
        # A click may come after the token that it meant is gone.
        if asked and int(asked[2]) < len(self._tokens[int(asked[1])]):
            self.hide(int(asked[2]), int(asked[1]))

    def _compute(self) -> Answered:
        model, tokenizer = self.loaded()
        texts = {box: part.value for box, part in enumerate((self.text, self.second)) if part.value.strip()}
        if not texts:
            raise Mistake("live.empty")
        inputs, rows = prepare(list(texts.values()), model, tokenizer)
        for box, row in zip(texts, rows, strict=True):
            self._keep_hidden(box, row.tokens)
        self._boxes = list(texts)
        return answered(inputs, rows, [self.hidden[box] for box in texts], model)

    def _keep_hidden(self, box: int, tokens: list[str]) -> None:
        """A token stays hidden while everything up to it stays as it was; where it would be another one, it shows."""
        before, self._tokens[box] = self._tokens[box], tokens
        self.hidden[box] = frozenset(place for place in self.hidden[box] if tokens[: place + 1] == before[: place + 1])

    def _notices(self, result: Answered, lang: str) -> list[str]:
        said = []
        for column in result.columns:
            said += cut_off(column.sentence, lang)
            if len(column.hidden) == len(column.sentence.tokens):
                said.append(say("live.pipeline.all_hidden", lang))
        return said

    def _render(self, result: Answered, lang: str) -> Html:
        return render(result, lang, self._boxes)

    def _picture(self, result: Answered) -> str:
        model, tokenizer = self.loaded()
        texts = [column.sentence.text or "" for column in result.columns]
        return figure_html(plot_pipeline, trace(texts, model=model, tokenizer=tokenizer))

    def _said(self) -> list[str]:
        return [shorten(box.value) for box in (self.text, self.second) if box.value.strip()]


def render(result: Answered, lang: str, boxes: Sequence[int] = (0, 1)) -> Html:
    """The three steps as HTML, one under the other; in each of them a column a sentence.

    Args:
        result: what `answered` made.
        lang: one of `LANGUAGES`.
        boxes: for each column the number that its tokens call their text box by.
    """
    columns = result.columns
    labels = len(columns[0].whole.labels)
    shape = [len(columns), result.length]
    shapes = f"input_ids {shape} → hidden states {[*shape, result.width]} → logits {[len(columns), labels]}"
    return join(
        tag("h4", "1 · ", say("live.pipeline.tokenizer", lang)),
        tag("p", say("live.pipeline.hide", lang), class_="ph-quiet"),
        _side_by_side(_tokens(column, box, lang) for box, column in zip(boxes, columns, strict=False)),
        tag("h4", "2 · ", say("live.pipeline.model", lang)),
        tag("p", tag("code", shapes)),
        _side_by_side(_table("logits", column, lang) for column in columns),
        tag("h4", "3 · ", say("live.pipeline.softmax" if labels > 1 else "live.pipeline.sigmoid", lang)),
        _side_by_side(_table("probabilities", column, lang) for column in columns),
        _side_by_side(tag("p", _in_words(column, lang), class_="ph-answer") for column in columns),
        more_labels(columns[0].whole, lang),
    )


def _side_by_side(cells: Iterator[Html]) -> Html:
    return tag("div", (tag("section", cell) for cell in cells), class_="ph-columns")


def _tokens(column: Column, box: int, lang: str) -> Html:
    row = column.sentence
    buttons = (
        chip(
            row,
            place,
            "button",
            type="button",
            class_=token_class(row, place),
            aria_pressed="true" if place in column.hidden else "false",
            aria_label=say("live.pipeline.hide_token", lang, token=shorten(token), id=id_of(row, place)),
            tabindex=0 if place == 0 else -1,
            data_at=f"{box}-{place}",
            data_action=f"hide {box} {place}",
        )
        for place, token in enumerate(row.tokens)
    )
    return chips("group", buttons, lang)


def _table(numbers: str, column: Column, lang: str) -> Html:
    """The logits or the probabilities, a row a label; a second column without the hidden tokens."""
    answers = [column.whole] + ([column.without] if column.without else [])
    head = tag(
        "tr",
        tag("td"),
        (
            tag("th", say(f"live.pipeline.{kind}", lang), scope="col", colspan=1 if numbers == "logits" else 2)
            for kind in ("whole", "without")
        ),
    )
    rows = [
        tag(
            "tr",
            tag("th", shorten(column.whole.labels[place]), scope="row"),
            (_cells(answer, numbers, place) for answer in answers),
        )
        for place in shown_labels(column.whole)
    ]
    return tag("table", tag("thead", head) if column.without else "", tag("tbody", rows))


def _cells(answer: Answer, numbers: str, place: int) -> Html:
    if numbers == "logits":
        return tag("td", f"{answer.logits[place]:+z.4f}", class_="ph-number")
    share = answer.probabilities[place]
    best = "ph-number ph-best" if place == answer.best else "ph-number"
    return join(tag("td", f"{share:z.4f}", class_=best), tag("td", bar(share)))


def _in_words(column: Column, lang: str) -> Iterator[Html | str]:
    yield tag("strong", f"→ {column.whole}")
    if column.without:
        yield say("live.pipeline.becomes", lang)
        yield tag("strong", str(column.without))
