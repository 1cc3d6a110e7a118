"""`LiveAttentionMask`: several sentences as one batch, with padding, truncation and the mask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import ipywidgets
import traitlets

from pipeline_helpers.figures.attention_mask import plot_attention_mask
from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.language import Mistake, say
from pipeline_helpers.live.answers import Answer
from pipeline_helpers.live.base import DEBOUNCE, LiveView
from pipeline_helpers.live.batch import Batch, batch
from pipeline_helpers.live.controls import Choice, Slider, TextBox
from pipeline_helpers.live.tokens import chip, token_class
from pipeline_helpers.markup import Html, join, shorten, tag
from pipeline_helpers.stages import Row, longest_input

PADDING: dict[str, bool | str] = {"False": False, "True": True, '"max_length"': "max_length"}
TRUNCATION = {"False": False, "True": True}
MOST_SENTENCES = 8
MOST_COLUMNS = 24
"""How many tokens of each row have a column of their own; the model gets them all."""
LONGEST = 256
"""Where the slider ends: beyond, an answer takes too long on a small computer."""
ALIKE = 1
"""More columns than these in which every row has padding are folded into one cell."""


class LiveAttentionMask(LiveView):
    """Several sentences as one batch: padding, truncation, `max_length`, and the mask that goes with them.

    A button puts the mask on and off, and the answers turn. With padding off and sentences of different length it
    shows the very error of transformers, and says why.

        ph.LiveAttentionMask(["I love this film", "So bad!"])

    Args:
        texts: the sentences to begin with; of more than eight, the first eight are shown.
        checkpoint: the model and its tokenizer, as `pipeline_helpers.checkpoint` takes them.
        debounce: seconds from a change to the answer; 0 answers at once.

    Attributes:
        text: the text box, one sentence a line.
        padding, truncation: choices among what the tokenizer takes, as they are written: `"False"`, `"True"`, ….
        max_length: a slider; it ends at 256, or where the model does.
        mask: whether the model gets the mask; the button changes it, and so can you.
        status, output: what there is to say; the batch and the answers.
        result: the `Batch` shown, or the `Mistake` said instead.
    """

    names = (("text", "live.mask.texts"), ("output", "live.mask.output"))
    mask = traitlets.Bool(True)

    def __init__(
        self,
        texts: Sequence[str] = (
            "I've been waiting for a HuggingFace course my whole life.",
            "The train was late again.",
        ),
        checkpoint: str | None = None,
        *,
        debounce: float = DEBOUNCE,
    ) -> None:
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise TypeError("texts is not a list of sentences; it takes texts=['…', '…'], each of them a str")
        self.text = TextBox(value="\n".join(" ".join(text.splitlines()) for text in texts))
        self.padding = Choice(options=list(PADDING), value='"max_length"', label="padding")
        self.truncation = Choice(options=list(TRUNCATION), value="True", label="truncation")
        self.max_length = Slider(min=3, max=LONGEST, step=1, digits=0, value=LONGEST, label="max_length")
        super().__init__([self.text, self.padding, self.truncation, self.max_length], checkpoint, debounce)
        row = ipywidgets.HBox([self.padding, self.truncation, self.max_length])
        row.layout.flex_flow = "row wrap"
        self.children = [self.text, row, self.status, self.output]
        self.output.on_action(self._clicked)
        self.observe(lambda _: self._put(), names="mask")

    @property
    def sentences(self) -> list[str]:
        """The sentences in the text box: its lines, those with nothing in them left out."""
        return [line.strip() for line in self.text.value.split("\n") if line.strip()]

    def _clicked(self, action: str) -> None:
        if action == "mask":
            self.mask = not self.mask

    def _put(self) -> None:
        with self._lock:
            self._show()

    def _compute(self) -> Batch:
        model, tokenizer = self.loaded()
        sentences = self.sentences
        if not sentences:
            raise Mistake("live.mask.empty")
        self._end_slider_at(min(LONGEST, longest_input(tokenizer, model.config) or LONGEST))
        made = batch(
            sentences[:MOST_SENTENCES],
            model,
            tokenizer,
            padding=PADDING[self.padding.value],
            truncation=TRUNCATION[self.truncation.value],
            max_length=round(self.max_length.value),
        )
        return replace(made, left_out=len(sentences) - len(made.rows))

    def _end_slider_at(self, most: int) -> None:
        slider = self.max_length
        if slider.max != most:  # the computation that sets it reads it too, and needs no other after it
            slider.unobserve(self._changed, names="value")
            slider.max, slider.value = most, min(slider.value, most)
            slider.observe(self._changed, names="value")

    def _notices(self, result: Batch, lang: str) -> list[str]:
        said = [say("live.mask.one", lang)] if len(result.rows) == 1 else []
        if result.left_out:
            shown = len(result.rows)
            said.append(say("live.mask.many", lang, n=shown + result.left_out, most=shown, left_out=result.left_out))
        reasons = dict.fromkeys((result.reason, "live.mask.too_long" if result.too_long else ""))
        return said + [say(reason, lang, longest=result.longest) for reason in reasons if reason]

    def _render(self, result: Batch, lang: str) -> Html:
        return render(result, lang, self.mask)

    def _announcement(self, result: Batch, lang: str) -> str:
        """The answers in words, for whoever does not see them turn."""
        answers = result.with_mask if self.mask else result.without_mask
        if not answers:
            return ""
        said = [f"{say('live.mask.sentence', lang, number=place)}: {_words(one)}" for place, one in enumerate(answers)]
        return f"{say('live.mask.with_mask' if self.mask else 'live.mask.without_mask', lang)}: {'; '.join(said)}"

    def _picture(self, result: Batch) -> str:
        _, tokenizer = self.loaded()
        if result.error:  # what it would have been with padding
            sentences = self.sentences[:MOST_SENTENCES]
            return figure_html(plot_attention_mask, tokenizer(sentences, padding=True, truncation=True))
        # A still picture shows no padding that every row has.
        rows = _cut(result.rows, [place for place, empty in enumerate(_padding(result.rows)) if not empty])
        return figure_html(plot_attention_mask, [row.attended for row in rows], tokens=rows)

    def _said(self) -> list[str]:
        return [shorten(text) for text in self.sentences]


def _padding(rows: Sequence[Row]) -> list[bool]:
    """For each column whether every row that reaches it has padding there."""
    length = max(len(row.tokens) for row in rows)
    return [not any(row.attended[place : place + 1] == [True] for row in rows) for place in range(length)]


def _cut(rows: Sequence[Row], places: Sequence[int]) -> list[Row]:
    def cut(row: Row) -> Row:
        lists = ("tokens", "word_ids", "attended", "ids", "offsets", "special", "unknown")
        known = {name: values for name in lists if (values := getattr(row, name))}
        kept: dict[str, Any] = {name: [values[place] for place in places] for name, values in known.items()}
        return replace(row, **kept)

    return [cut(row) for row in rows]


def columns(rows: Sequence[Row]) -> list[range]:
    """The columns of the batch as they are shown: a range of one is a token, a longer one is folded into one cell.

    At most `MOST_COLUMNS` are tokens; columns that hold nothing but padding are no news.
    """
    found: list[range] = []
    room = MOST_COLUMNS
    for empty, run in groupby(enumerate(_padding(rows)), key=lambda column: column[1]):
        places = [place for place, _ in run]
        shown = min(room, 0 if empty and len(places) > ALIKE else len(places))
        room -= shown
        found += [range(place, place + 1) for place in places[:shown]]
        if places[shown:]:
            found.append(range(places[shown], places[-1] + 1))
    return found


def render(result: Batch, lang: str, mask: bool = True) -> Html:
    """The call; the answers with the mask and without, and the button; the batch or the error.

    Args:
        result: what `batch` made.
        lang: one of `LANGUAGES`.
        mask: whether the model gets the mask: whose answers are to be seen first, and what the batch is to it.
    """
    parts = [tag("pre", tag("code", result.call))]
    if result.error:
        parts.append(tag("pre", tag("code", f"ValueError: {result.error}"), class_="ph-notice"))
    if result.with_mask:
        parts += [_button(mask, lang), _answers(result, lang, mask)]
        key = ("with" if mask else "without") if result.padded else "no_padding"
        parts.append(tag("p", say(f"live.mask.why.{key}", lang), class_="ph-quiet"))
    if not result.error:
        parts.append(tag("p", tag("code", f"input_ids.shape = [{len(result.rows)}, {len(result.rows[0].tokens)}]")))
    shown = columns(result.rows)
    grid = tag(
        "table", tag("tbody", _rows(result, shown, mask)), class_="ph-grid", aria_label=say("live.mask.grid", lang)
    )
    parts.append(tag("div", grid, class_="ph-scrolls", data_scrolls="", aria_label=say("live.mask.grid", lang)))
    if any(len(places) > 1 for places in shown):
        parts.append(tag("p", say("live.mask.folded", lang), class_="ph-quiet"))
    return join(*parts)


def _rows(result: Batch, shown: Sequence[range], mask: bool) -> Iterator[Html]:
    for number, row in enumerate(result.rows):
        places = [one for one in shown if one.start < len(row.tokens)]
        yield tag("tr", _name("input_ids", number), (tag("td", _ids(row, one, number, mask)) for one in places))
        yield tag("tr", _name("attention_mask", number), (tag("td", _bits(row, one, number, mask)) for one in places))


def _name(name: str, number: int) -> Html:
    """`attention_mask[0]`, in two lines."""
    before, _, after = name.partition("_")
    return tag("th", tag("code", tag("span", f"{before}_"), tag("span", f"{after}[{number}]")), scope="row")


def _ids(row: Row, places: range, number: int, mask: bool) -> Html:
    first = places.start
    if len(places) > 1:
        folded = list(zip(row.tokens[first : places.stop], row.attended[first : places.stop], strict=True))
        padding = [token for token, attended in folded if not attended]
        counts = {"tokens": len(folded) - len(padding), shorten((padding or [""])[0], 12): len(padding)}
        numbers = " + ".join(str(count) for count in counts.values() if count)
        names = " + ".join(name for name, count in counts.items() if count)
        return tag("span", tag("b", f"… {numbers}"), tag("small", names), class_="ph-fold")
    # Without the mask padding is a word like any other.
    padded = "ph-token ph-padding" if mask else f"ph-token ph-word{first % 2}"
    look = token_class(row, first) if row.attended[first] else padded
    return chip(row, first, data_at=f"{number}-{first}", class_=look)


def _bits(row: Row, places: range, number: int, mask: bool) -> Html:
    bits = [int(attended or not mask) for attended in row.attended[places.start : places.stop]]
    if len(places) > 1:
        return tag("span", "… ", " ".join(str(bit) for bit in dict.fromkeys(bits)), class_="ph-bits")
    return tag("span", str(bits[0]), class_=f"ph-mask{bits[0]}", data_at=f"{number}-{places.start}")


def _button(mask: bool, lang: str) -> Html:
    return tag(
        "p",
        tag("button", "attention_mask", type="button", class_="ph-toggle", data_action="mask",
            aria_pressed="true" if mask else "false"),
        " ",
        tag("strong", say(f"live.mask.{'on' if mask else 'off'}", lang)),
        " ",
        tag("code", "model(**inputs)" if mask else 'model(inputs["input_ids"])'),
    )  # fmt: skip


def _answers(result: Batch, lang: str, mask: bool) -> Html:
    """A row a sentence: the answer as it is now, the two answers side by side, what the one differs by."""
    labels = result.with_mask[0].labels
    of = len(labels) - 1 if len(labels) <= 2 else None  # the one label whose change is told; else each row's own
    key = "live.mask.change" if of is None else "live.mask.change_of"
    heads = [
        say("live.mask.now", lang),
        say("live.mask.with_mask", lang),
        say("live.mask.without_mask", lang),
        say(key, lang, label=shorten(labels[of or 0])),
    ]
    rows = []
    for number, pair in enumerate(zip(result.with_mask, result.without_mask, strict=True)):
        now, place = pair[not mask], pair[0].best if of is None else of
        # Of the numbers as they stand there, so that who reckons finds the same.
        change = round(pair[1].probabilities[place], 2) - round(pair[0].probabilities[place], 2)
        of_what = f"{shorten(labels[place])}: " if of is None else ""
        rows.append(
            tag(
                "tr",
                tag("th", say("live.mask.sentence", lang, number=number), scope="row"),
                tag("td", tag("strong", shorten(labels[now.best])), _bar(now), class_="ph-now"),
                (
                    tag("td", _swatch(one), _words(one), class_="ph-best" if (side == 0) == mask else None)
                    for side, one in enumerate(pair)
                ),
                tag("td", of_what, f"{change:+z.2f}".replace("-", "−"), class_="ph-number"),
            )
        )
    head = tag("tr", tag("td"), (tag("th", name, scope="col") for name in heads))
    table = tag("table", tag("thead", head), tag("tbody", rows), aria_label=say("live.mask.answers", lang))
    return tag(
        "div", table, class_="ph-scrolls ph-comparison", data_scrolls="", aria_label=say("live.mask.answers", lang)
    )


def _words(one: Answer) -> str:
    return f"{shorten(one.labels[one.best])} {one.probabilities[one.best]:z.2f}"


def _kind(one: Answer, place: int) -> str:
    return ("ph-negative", "ph-positive")[place] if len(one.labels) == 2 else "ph-class"


def _swatch(one: Answer) -> Html:
    return tag("span", class_=f"ph-swatch {_kind(one, one.best)}", aria_hidden="true")


def _bar(one: Answer) -> Html:
    """All of the bar is 1: two labels share it, of others the best one takes its part."""
    places = (0, 1) if len(one.labels) == 2 else (one.best,)
    parts = (
        tag("i", class_=_kind(one, place), style=f"width:{100 * one.probabilities[place]:.1f}%") for place in places
    )
    return tag("span", parts, class_="ph-shares", aria_hidden="true")
