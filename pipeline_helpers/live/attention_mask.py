"""`LiveAttentionMask`: several sentences as one batch, with padding, truncation and the mask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from pipeline_helpers.figures.attention_mask import plot_attention_mask
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.language import Mistake, say
from pipeline_helpers.live.answers import Answer, answer, by_sentence
from pipeline_helpers.live.base import DEBOUNCE, LiveView
from pipeline_helpers.live.controls import Choice, Slider, TextBox
from pipeline_helpers.live.markup import Html, join, shorten, tag
from pipeline_helpers.live.tokens import chip
from pipeline_helpers.stages import Row, longest_input, quiet_transformers

PADDING: dict[str, bool | str] = {"False": False, "True": True, '"max_length"': "max_length"}
TRUNCATION = {"False": False, "True": True}
MOST_SENTENCES = 8
MOST_COLUMNS = 64
"""How many tokens of each row are shown; the model gets them all."""


@dataclass(frozen=True)
class Batch:
    """B sentences as they reach the model, or as they would if they were of one length."""

    call: str
    """The call that made it, as one would write it."""
    rows: list[Row]
    """One a sentence; they differ in length where there is an error."""
    error: str
    """What transformers raised instead of making tensors of it; empty where it did not."""
    reason: str
    """Why, as a key of the catalogue; empty where nothing keeps the model from answering."""
    with_mask: list[Answer]
    """The model's answers; empty where there is a reason."""
    without_mask: list[Answer]
    """Its answers when it gets the ids alone and attends to the padding too."""
    longest: int | None
    """How many tokens the model takes; None where there is no limit."""

    @property
    def input_ids(self) -> list[list[int]]:
        """The ids, a row a sentence."""
        return [row.ids or [] for row in self.rows]

    @property
    def attention_mask(self) -> list[list[int]]:
        """1 for a token, 0 for padding, a row a sentence."""
        return [[int(attended) for attended in row.attended] for row in self.rows]

    @property
    def padded(self) -> bool:
        """Whether any token is padding."""
        return not all(all(row.attended) for row in self.rows)


def batch(
    sentences: Sequence[str], model: Any, tokenizer: Any, *, padding: bool | str, truncation: bool, max_length: int
) -> Batch:
    """What `tokenizer(sentences, padding=…, truncation=…)` makes of them, and what the model answers to that."""
    options: dict[str, Any] = {"padding": padding, "truncation": truncation}
    if truncation or padding == "max_length":
        options["max_length"] = max_length  # for nothing else does transformers look at it
    if "attention_mask" not in tokenizer.model_input_names:
        options["return_attention_mask"] = True
    call = f"tokenizer(sentences, {', '.join(f'{name}={value!r}' for name, value in options.items())}, "
    error = ""
    with quiet_transformers():
        inputs = alone = tokenizer(list(sentences), **options | {"padding": False})
        try:
            inputs = tokenizer(list(sentences), return_tensors="pt", **options)
        except ValueError as raised:
            error = str(raised)
    rows = [Row.of(row, text, tokenizer) for row, text in zip(inputs.encodings, sentences, strict=True)]
    longest, length = longest_input(tokenizer, model.config), max(len(row.tokens) for row in rows)
    if error:
        reason = "live.mask.no_padding_token" if padding and tokenizer.pad_token is None else "live.mask.lengths_differ"
    else:
        reason = "live.mask.too_long" if longest and length > longest else ""
    with_mask: list[Answer] = []
    without: dict[int, Answer] = {}
    if not reason:
        whole = by_sentence({name: values.tolist() for name, values in inputs.items()})
        padded = [place for place, row in enumerate(rows) if not all(row.attended)]
        attended = [{**whole[place], "attention_mask": [1] * length} for place in padded]
        answers = answer(model, by_sentence(alone) + attended)
        with_mask = answers[: len(rows)]
        without = dict(zip(padded, answers[len(rows) :], strict=True))
    without_mask = [without.get(place, one) for place, one in enumerate(with_mask)]
    return Batch(call + 'return_tensors="pt")', rows, error, reason, with_mask, without_mask, longest)


class LiveAttentionMask(LiveView):
    """Several sentences as one batch: padding, truncation, `max_length`, and the mask that goes with them.

    With padding off and sentences of different length it shows the very error of transformers, and says why. Below the
    batch stands what the model answers with the mask, and what it would answer without.

        ph.LiveAttentionMask(["I love this film", "So bad!"])

    Args:
        texts: the sentences to begin with.
        checkpoint: the model and its tokenizer, as `pipeline_helpers.checkpoint` takes them.
        debounce: seconds from a change to the answer; 0 answers at once.

    Attributes:
        text: the text box, one sentence a line.
        padding, truncation: choices among what the tokenizer takes, as they are written: `"False"`, `"True"`, ….
        max_length: a slider.
        status, output: what there is to say; the batch and the answers.
        result: the `Batch` shown, or the `Mistake` said instead.
    """

    names = (("text", "live.mask.texts"), ("output", "live.mask.output"))

    def __init__(
        self,
        texts: Sequence[str] = (
            "I've been waiting for a HuggingFace course my whole life.",
            "I hate this so much!",
        ),
        checkpoint: str | None = None,
        *,
        debounce: float = DEBOUNCE,
    ) -> None:
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise TypeError("texts is not a list of sentences; it takes texts=['…', '…'], each of them a str")
        self.text = TextBox(value="\n".join(" ".join(text.splitlines()) for text in texts))
        self.padding = Choice(options=list(PADDING), value="True", label="padding")
        self.truncation = Choice(options=list(TRUNCATION), value="True", label="truncation")
        self.max_length = Slider(min=3, max=64, step=1, digits=0, value=16, label="max_length")
        super().__init__([self.text, self.padding, self.truncation, self.max_length], checkpoint, debounce)
        row = ipywidgets.HBox([self.padding, self.truncation, self.max_length])
        row.layout.flex_flow = "row wrap"
        self.children = [self.text, row, self.status, self.output]

    @property
    def sentences(self) -> list[str]:
        """The sentences in the text box: its lines, those with nothing in them left out."""
        return [line.strip() for line in self.text.value.split("\n") if line.strip()]

    def _compute(self) -> Batch:
        model, tokenizer = self.loaded()
        sentences = self.sentences
        if not sentences:
            raise Mistake("live.mask.empty")
        if len(sentences) > MOST_SENTENCES:
            raise Mistake("live.mask.many", n=len(sentences), most=MOST_SENTENCES)
        return batch(
            sentences,
            model,
            tokenizer,
            padding=PADDING[self.padding.value],
            truncation=TRUNCATION[self.truncation.value],
            max_length=round(self.max_length.value),
        )

    def _notices(self, result: Batch, lang: str) -> list[str]:
        said = [say("live.mask.one", lang)] if len(result.rows) == 1 else []
        if result.reason:
            said.append(say(result.reason, lang, longest=result.longest))
        return said

    def _render(self, result: Batch, lang: str) -> Html:
        return render(result, lang)

    def _picture(self, result: Batch) -> str:
        _, tokenizer = self.loaded()
        if result.error:  # what it would have been with padding
            return figure_html(plot_attention_mask, tokenizer(self.sentences, padding=True, truncation=True))
        return figure_html(plot_attention_mask, result.attention_mask, tokens=result.rows)

    def _said(self) -> list[str]:
        return [shorten(text) for text in self.sentences]


def render(result: Batch, lang: str) -> Html:
    """The call, the batch or the error, and the answers with and without the mask."""
    parts = [tag("pre", tag("code", result.call))]
    if result.error:
        parts.append(tag("pre", tag("code", f"ValueError: {result.error}"), class_="ph-notice"))
    else:
        parts.append(tag("p", tag("code", f"input_ids.shape = [{len(result.rows)}, {len(result.rows[0].tokens)}]")))
    parts.append(tag("table", tag("tbody", _rows(result)), class_="ph-grid"))
    beyond = max(len(row.tokens) for row in result.rows) - MOST_COLUMNS
    if beyond > 0:
        parts.append(tag("p", say("live.mask.beyond", lang, n=beyond), class_="ph-quiet"))
    if result.with_mask:
        parts += _answers(result, lang)
    return join(*parts)


def _rows(result: Batch) -> Iterator[Html]:
    for number, row in enumerate(result.rows):
        places = range(min(len(row.tokens), MOST_COLUMNS))
        yield tag("tr", _name(f"input_ids[{number}]"), (
            tag("td", chip(row, place, data_at=f"{number}-{place}",
                           class_="ph-token" if row.attended[place] else "ph-token ph-padding"))
            for place in places
        ))  # fmt: skip
        yield tag("tr", _name(f"attention_mask[{number}]"), (
            tag("td", tag("span", str(mask), class_=f"ph-mask{mask}", data_at=f"{number}-{place}"))
            for place, mask in enumerate(result.attention_mask[number][:MOST_COLUMNS])
        ))  # fmt: skip


def _name(name: str) -> Html:
    return tag("th", tag("code", name), scope="row")


def _answers(result: Batch, lang: str) -> Iterator[Html]:
    head = tag(
        "tr",
        tag("td"),
        (tag("th", say(f"live.mask.{kind}", lang), scope="col") for kind in ("with_mask", "without_mask", "change")),
    )
    rows = []
    for number, (kept, left_out) in enumerate(zip(result.with_mask, result.without_mask, strict=True), start=1):
        change = left_out.probabilities[kept.best] - kept.probabilities[kept.best]
        rows.append(
            tag(
                "tr",
                tag("th", say("live.mask.sentence", lang, number=number), scope="row"),
                tag("td", str(kept)),
                tag("td", str(left_out), class_="ph-best" if kept.best != left_out.best else None),
                tag("td", f"{change:+z.4f}", class_="ph-number"),
            )
        )
    yield tag("table", tag("thead", head), tag("tbody", rows))
    yield tag("p", say("live.mask.why" if result.padded else "live.mask.no_padding", lang), class_="ph-quiet")
