"""One sentence or two on their way from text to label, side by side: what is computed, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline_helpers.language import say
from pipeline_helpers.live.answers import Answer, answer, bar, by_sentence, class_colour, more_labels, shown_labels
from pipeline_helpers.live.tokens import id_of, token_class
from pipeline_helpers.markup import Html, join, shorten, tag
from pipeline_helpers.stages import Row, encode

BOXES = (0, 1)
AT_ONCE = 24
"""Up to how many tokens in all boxes together the bars come by themselves; it is one row through the model for each."""
FOLDED = 24
"""How many tokens of a sentence are shown until somebody asks for all: about three rows of them."""


@dataclass(frozen=True)
class Column:
    """One sentence on its way: its tokens, the model's answer, and its answer without the hidden tokens."""

    box: int
    """Which text box it stands in: 0 or 1."""
    sentence: Row
    inputs: dict[str, list[int]]
    """What the tokenizer gives the model."""
    hidden: frozenset[int]
    """The places of the tokens that are masked out."""
    whole: Answer
    without: Answer | None
    """None where nothing is hidden, or everything."""
    effects: dict[int, list[float]] = field(default_factory=dict)
    """What hiding a token alone does to the probability of each label, by its place; it fills after the answer."""

    @property
    def key(self) -> tuple[int, ...]:
        """The same for the same tokens."""
        return tuple(self.inputs["input_ids"])

    def shown(self, unfolded: frozenset[int]) -> range:
        """The places of the tokens that are in sight."""
        count = len(self.sentence.tokens)
        return range(count if self.box in unfolded else min(count, FOLDED))

    def missing(self, unfolded: frozenset[int]) -> list[int]:
        """The places in sight for which there is no bar yet."""
        return [place for place in self.shown(unfolded) if place not in self.effects]


@dataclass(frozen=True)
class Answered:
    """One sentence or two through the whole pipeline, in one batch."""

    columns: list[Column]
    length: int
    """S, the tokens of the longest of them."""
    width: int
    """H, the width of the hidden states."""

    @property
    def tokens(self) -> int:
        """The tokens of all of them together."""
        return sum(len(column.sentence.tokens) for column in self.columns)


def prepare(texts: Sequence[str], model: Any, tokenizer: Any) -> tuple[list[dict[str, list[int]]], list[Row]]:
    """The first step: what the tokenizer gives the model for each sentence, without padding, and its tokens.

    Raises:
        Mistake: what `stages.encode` can't take.
    """
    inputs, rows = encode(list(texts), tokenizer, model.config, padding=False)
    return by_sentence(inputs), rows


def answered(
    inputs: Sequence[dict[str, list[int]]], rows: Sequence[Row], hidden: Mapping[int, frozenset[int]], model: Any
) -> Answered:
    """The other steps: each sentence as it is, and once more where tokens of it are hidden.

    Args:
        inputs, rows: what `prepare` made.
        hidden: for each sentence, by its box, the places of tokens to put a 0 in the attention mask for.
        model: a sequence-classification model.
    """
    masked = {
        row: {**inputs[row], "attention_mask": [int(place not in places) for place in range(len(rows[row].tokens))]}
        for row, places in enumerate(hidden.values())
        if 0 < len(places) < len(rows[row].tokens)
    }
    answers = answer(model, [*inputs, *masked.values()])
    without = dict(zip(masked, answers[len(rows) :], strict=True))
    return Answered(
        columns=[
            Column(box, rows[row], inputs[row], hidden[box], answers[row], without.get(row))
            for row, box in enumerate(hidden)
        ],
        length=max(len(row.tokens) for row in rows),
        width=model.config.hidden_size,
    )


def render(result: Answered, lang: str, unfolded: frozenset[int] = frozenset(), *, asked: bool = False) -> Html:
    """The answers first, then the three steps as HTML, one under the other; in each of them a column a box.

    Args:
        result: what `answered` made.
        lang: one of `LANGUAGES`.
        unfolded: the boxes of which all tokens are shown, however many.
        asked: whether somebody has asked for the bars of a text for which they do not come by themselves.
    """
    first = result.columns[0].whole
    batch, labels = len(result.columns), len(first.labels)
    shape = [batch, result.length]
    shapes = f"input_ids {shape} → hidden states {[*shape, result.width]} → logits {[batch, labels]}"

    columns = {column.box: column for column in result.columns}
    names = {box: _name(columns.get(box), box, lang) for box in BOXES}

    def in_columns(render_one: Callable[[Column], Html], class_: str = "ph-columns") -> Html:
        cells = (tag("section", names[box], render_one(columns[box]) if box in columns else "") for box in BOXES)
        return tag("div", cells, class_=class_)

    softmax = "live.pipeline.softmax" if labels > 1 else "live.pipeline.sigmoid"
    return tag(
        "div",
        in_columns(lambda column: _answer(column, lang), "ph-answers"),
        _step(1, "live.pipeline.tokenizer", lang),
        tag("p", say("live.pipeline.hide", lang), class_="ph-quiet"),
        in_columns(lambda column: _tokens(column, unfolded, lang)),
        _legend(first.labels, lang),
        _asking(result, unfolded, asked, lang) if result.tokens > AT_ONCE else "",
        _step(2, "live.pipeline.model", lang),
        tag("p", tag("code", shapes)),
        in_columns(lambda column: _table("logits", column, lang)),
        _step(3, softmax, lang),
        in_columns(lambda column: _table("probabilities", column, lang)),
        more_labels(first, lang),
        class_="ph-steps",
    )


def _step(number: int, key: str, lang: str) -> Html:
    # No heading: which level would be the right one depends on the page that the view stands in.
    return tag("p", f"{number} · ", say(key, lang), class_="ph-stage")


def _name(column: Column | None, box: int, lang: str) -> Html:
    name = tag("strong", say("live.pipeline.sentence", lang, number=box))
    if column is None:
        return tag("p", name, " · ", say("live.pipeline.no_sentence", lang), class_="ph-name ph-quiet")
    text = " ".join((column.sentence.text or "").split())
    return tag("p", name, ": «", tag("span", shorten(text, 32), lang=""), "»", class_="ph-name")


def _answer(column: Column, lang: str) -> Html:
    """The answer, and under it the one without the hidden tokens, whose place is kept."""

    def with_bar(content: Html, answer: Answer, class_: str) -> Html:
        share, colour = answer.probabilities[answer.best], class_colour(answer.labels, answer.best)
        return tag("p", tag("span", content), bar(share, colour), class_=class_)

    whole = with_bar(tag("strong", f"→ {column.whole}"), column.whole, "ph-answer")
    if not column.without:
        return join(whole, tag("p", class_="ph-without"))
    without = join(say("live.pipeline.becomes", lang), tag("strong", str(column.without)))
    return join(whole, with_bar(without, column.without, "ph-without"))


def _tokens(column: Column, unfolded: frozenset[int], lang: str) -> Html:
    shown, count = column.shown(unfolded), len(column.sentence.tokens)
    name = say("live.pipeline.tokens_of", lang, number=column.box)
    chips = tag(
        "p",
        (_token(column, place, lang) for place in shown),
        class_="ph-tokens", role="group", aria_label=name, data_keys="",
    )  # fmt: skip
    if count <= FOLDED:
        return chips
    kind, sign = ("fold", "−") if column.box in unfolded else ("unfold", "+")
    left = f"{sign} {count - FOLDED}"
    said = say(f"live.pipeline.{kind}", lang, n=count - FOLDED, number=column.box)
    fold = tag("button", left, type="button", aria_label=f"{left}: {said}", data_action=f"{kind} {column.box}")
    return join(chips, tag("p", fold, " ", tag("span", said, aria_hidden="true", class_="ph-quiet")))


def _token(column: Column, place: int, lang: str) -> Html:
    """A token as a button that hides it; under it the bar, or its place."""
    row = column.sentence
    token, id_ = shorten(row.tokens[place]), id_of(row, place)
    name = say("live.pipeline.hide_token", lang, token=token, id=id_)
    effect = column.effects.get(place)
    change, signed = effect[column.whole.best] if effect else 0.0, ""
    if effect and change == change:
        signed = f"{change:+z.2f}" if abs(change) >= 0.005 else "0.00"
        label = shorten(column.whole.labels[column.whole.best])
        name = say("live.pipeline.hide_token_changes", lang, name=name, label=label, change=signed)
    button = tag(
        "button",
        tag("b", token, lang=""),
        " ",
        tag("small", str(id_)),
        type="button",
        class_=token_class(row, place),
        aria_pressed="true" if place in column.hidden else "false",
        aria_label=name,
        tabindex=0 if place == 0 else -1,
        data_at=f"{column.box}-{place}",
        data_action=f"hide {column.box} {place}",
    )
    return tag("span", button, _bar_under(column, change, signed), class_="ph-token-and-effect")


def _bar_under(column: Column, change: float, signed: str) -> Html:
    """The bar and its number, or the place that is kept for them: with every key there are none at first."""
    if not signed:
        return tag("span", class_="ph-effect", aria_hidden="true")
    colour = class_colour(column.whole.labels, _pulls(column, change))
    drawn = tag("span", tag("i", style=f"height:{min(abs(change), 1.0) * 26:.0f}px", class_=colour))
    number = tag("small", signed, class_="ph-quiet" if signed == "0.00" else None)
    return tag("span", drawn, number, class_="ph-effect", aria_hidden="true")


def _pulls(column: Column, change: float) -> int:
    """Towards which of the labels a token pulls: the answer's where that loses without it, else the other one."""
    best = column.whole.best
    return 1 - best if change > 0 and len(column.whole.labels) == 2 else best


def _legend(labels: Sequence[str], lang: str) -> Html:
    """What the bars are, and what a short one does not say."""
    colours: list[Html | str] = []
    if len(labels) == 2:
        swatches = (
            join(
                " ", tag("i", class_=f"ph-swatch {class_colour(labels, place)}", aria_hidden="true"), " ", shorten(name)
            )
            for place, name in enumerate(labels)
        )
        colours = [" ", say("live.pipeline.colour", lang), *swatches, "."]
    small = say("live.pipeline.effect_small", lang)
    return tag("p", say("live.pipeline.effect", lang), *colours, " ", small, class_="ph-quiet ph-legend")


def _asking(result: Answered, unfolded: frozenset[int], asked: bool, lang: str) -> Html:
    """For long texts: the button that asks for the bars, or how many there are; the line stays where it is."""
    shown = sum(len(column.shown(unfolded)) for column in result.columns)
    missing = sum(len(column.missing(unfolded)) for column in result.columns)
    content: Html | str = say("live.pipeline.effects_done", lang, n=shown - missing, all=shown)
    if missing and not asked:
        content = tag("button", say("live.pipeline.ask_effects", lang, n=missing), type="button", data_action="effects")
    return tag("p", content, class_="ph-asking ph-quiet")


def _table(numbers: str, column: Column, lang: str) -> Html:
    """The logits or the probabilities, a row a label; a second column without the hidden tokens.

    There is always a head, so that the rows of two sentences stay level when a token of one of them is hidden.
    """
    answers = {"whole": column.whole} | ({"without": column.without} if column.without else {})
    span = 1 if numbers == "logits" else 2
    head = (tag("th", say(f"live.pipeline.{kind}", lang), scope="col", colspan=span) for kind in answers)
    rows = (
        tag(
            "tr",
            tag("th", shorten(column.whole.labels[place]), scope="row"),
            (_cells(answer, numbers, place) for answer in answers.values()),
        )
        for place in shown_labels(column.whole)
    )
    name = say(f"live.pipeline.{numbers}_of", lang, number=column.box)
    return tag("table", tag("thead", tag("tr", tag("td"), head)), tag("tbody", rows), aria_label=name)


def _cells(answer: Answer, numbers: str, place: int) -> Html:
    if numbers == "logits":
        return tag("td", f"{answer.logits[place]:+z.4f}", class_="ph-number")
    share = answer.probabilities[place]
    best = "ph-number ph-best" if place == answer.best else "ph-number"
    drawn = bar(share, class_colour(answer.labels, place))
    return join(tag("td", f"{share:z.4f}", class_=best), tag("td", drawn))
