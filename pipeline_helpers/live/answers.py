"""Rows of ids and masks → the model's answers, in as few forward passes as can be; and answers as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline_helpers.language import say
from pipeline_helpers.markup import Html, shorten, tag
from pipeline_helpers.stages import labels_of, ready, to_probabilities

MOST_LABELS = 10
"""How many labels are shown; the best ones where there are more."""


@dataclass(frozen=True)
class Answer:
    """What the model answers to one row: C logits, their probabilities, the names of the labels."""

    logits: list[float]
    probabilities: list[float]
    labels: list[str]

    @property
    def best(self) -> int:
        """The place of the label with the highest probability."""
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    def __str__(self) -> str:
        return f"{shorten(self.labels[self.best])} {self.probabilities[self.best]:z.4f}"


def answer(model: Any, rows: Sequence[Mapping[str, Sequence[int]]]) -> list[Answer]:
    """The model's answer to each row, as it is when the row comes alone: rows of one length share a forward pass.

    Args:
        model: a sequence-classification model.
        rows: for each of them what the tokenizer gave (`input_ids`, `attention_mask`, …), without padding.
    """
    import torch

    # Models that look for the last token that is no padding (GPT-2's family) refuse a batch without knowing it.
    known = model.config.pad_token_id is not None
    groups: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(len(row["input_ids"]) if known else -place, []).append(place)
    answers: dict[int, Answer] = {}
    with ready(model):
        for places in groups.values():
            inputs = {name: torch.tensor([rows[place][name] for place in places]) for name in rows[places[0]]}
            logits = model(**inputs).logits
            labels = labels_of(model.config, logits.shape[-1])
            numbers = zip(logits.tolist(), to_probabilities(logits, model.config).tolist(), strict=True)
            answers |= {place: Answer(*pair, labels) for place, pair in zip(places, numbers, strict=True)}
    return [answers[place] for place in range(len(rows))]


def by_sentence(inputs: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """What a tokenizer gave (name → a row a sentence) as the rows that `answer` takes: a dict a sentence."""
    return [dict(zip(inputs, row, strict=True)) for row in zip(*inputs.values(), strict=True)]


def shown_labels(answer: Answer) -> list[int]:
    """The places of the labels that are shown: all of them in their order, or the best ones where there are many."""
    places = range(len(answer.labels))
    if len(places) <= MOST_LABELS:
        return list(places)
    return sorted(places, key=answer.probabilities.__getitem__, reverse=True)[:MOST_LABELS]


def bar(share: float, colour: str = "ph-class") -> Html:
    """A bar of `share` (0 to 1) of its full length; the number stands beside it, so it is only for the eye.

    Args:
        share: NaN is an empty bar.
        colour: the class that gives it its colour, from `class_colour`.
    """
    width = 100 * min(max(share, 0.0), 1.0) if share == share else 0.0
    return tag("span", tag("i", style=f"width:{width:.1f}%", class_=colour), class_="ph-bar", aria_hidden="true")


def class_colour(labels: Sequence[str], place: int) -> str:
    """The CSS class of the label at `place`, by the rule of `figures.colours.class_colours`."""
    return ("ph-negative", "ph-positive")[place] if len(labels) == 2 else "ph-class"


def more_labels(answer: Answer, lang: str) -> Html:
    """How many labels are not shown."""
    hidden = len(answer.labels) - len(shown_labels(answer))
    return tag("p", say("live.more_labels", lang, n=hidden), class_="ph-quiet") if hidden else Html("")
