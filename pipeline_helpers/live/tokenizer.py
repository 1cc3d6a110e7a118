"""`LiveTokenizer`: pieces and ids, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.figures.tokens import plot_tokens
from pipeline_helpers.language import say
from pipeline_helpers.live.base import DEBOUNCE, LiveView
from pipeline_helpers.live.controls import TextBox
from pipeline_helpers.live.tokens import chip, chips, cut_off, describe, id_of, token_class
from pipeline_helpers.live.wordpiece import Step, words_of
from pipeline_helpers.markup import Html, join, shorten, tag
from pipeline_helpers.stages import Row, load_tokenizer, read

MOST_TRIED = 4
"""How many beginnings that are not in the vocabulary are shown: the first ones and, where there are more, the last."""


class LiveTokenizer(LiveView):
    """What the tokenizer makes of a text while it is typed: its words, their pieces, the pieces' ids.

    Pointing at one, or moving to it with Tab and the arrow keys, shows the same token in all three and, where the
    tokenizer is a WordPiece, why its word was split there.

        ph.LiveTokenizer("Untranslatable huggable Guadalajaran")

    Args:
        text: the text to begin with.
        checkpoint: whose tokenizer, as `pipeline_helpers.checkpoint` takes it.
        debounce: seconds from a change to the answer; 0 answers at once.

    Attributes:
        text: the text box; set `view.text.value` to change what stands in it.
        status, output: what there is to say, and the tokens.
        result: the `Row` shown, or the `Mistake` said instead.
    """

    names = (("text", "live.text"), ("output", "live.tokenizer.output"))
    _load = staticmethod(load_tokenizer)

    def __init__(
        self,
        text: str = "Untranslatable huggable Guadalajaran",
        checkpoint: str | None = None,
        *,
        debounce: float = DEBOUNCE,
    ) -> None:
        self.text = TextBox(value=text)
        super().__init__([self.text], checkpoint, debounce)

    def _compute(self) -> Row:
        (row,) = read([self.text.value], *self.loaded())[1]
        return row

    def _notices(self, result: Row, lang: str) -> list[str]:
        return list(notices(result, lang))

    def _render(self, result: Row, lang: str) -> Html:
        return render(result, self.loaded()[0], lang)

    def _announcement(self, result: Row, lang: str) -> str:
        """How many tokens there are, for whoever does not see them."""
        return say("live.tokenizer.spoken", lang, n=len(result.tokens))

    def _picture(self, result: Row) -> str:
        return figure_html(plot_tokens, [result])


def notices(result: Row, lang: str) -> Iterator[str]:
    """What is worth saying about the tokens, a sentence each: no text, cut off, unknown to the vocabulary."""
    if not (result.text or "").strip():
        yield say("live.empty", lang)
    yield from cut_off(result, lang)
    unknown = [result.piece(place) for place, is_unknown in enumerate(result.unknown) if is_unknown]
    if unknown:
        named = ", ".join(f"«{shorten(piece, 20)}»" for piece in dict.fromkeys(unknown[:8]))
        yield say("live.unknown", lang, pieces=named)


def render(result: Row, tokenizer: Any, lang: str) -> Html:
    """The tokens as HTML: the counts, the text with its pieces marked, the tokens, their ids, and why they are these.

    Args:
        result: a row that `stages.read` made.
        tokenizer: the one it was made with.
        lang: one of `LANGUAGES`.
    """
    details = [describe(result, place, lang) for place in range(len(result.tokens))]
    words = words_of(result, tokenizer)
    reasons = {
        place: " · " + say("live.tokenizer.because", lang, rest=step.rest)
        for places, steps in words
        if len(places) > 1
        for place, step in zip(places, steps, strict=True)
    }
    count = say(
        "live.tokenizer.count",
        lang,
        tokens=len(result.tokens),
        words=result.words,
        special=sum(result.special),
        unknown=sum(result.unknown),
        vocabulary=len(tokenizer),
    )
    options = (
        chip(
            result,
            place,
            class_=token_class(result, place),
            role="option",
            aria_selected="false",
            aria_label=detail + reasons.get(place, ""),
            tabindex=0 if place == 0 else -1,
            data_at=place,
            data_detail=detail,
        )
        for place, detail in enumerate(details)
    )
    ids = (
        tag("span", str(id_of(result, place)), data_at=place, data_detail=detail)
        for place, detail in enumerate(details)
    )
    nothing_pointed_at = say("live.tokenizer.why" if words else "live.tokenizer.point", lang)
    return join(
        tag("p", count, class_="ph-count"),
        tag("p", *_typed(result), class_="ph-typed", lang=""),
        chips("listbox", options, lang),
        tag("p", _legend(result, bool(reasons), lang), class_="ph-quiet ph-keys"),
        tag("p", "input_ids = [", Html(", ".join(ids)), "]", class_="ph-ids"),
        tag("p", nothing_pointed_at, class_="ph-detail", data_shows_detail=nothing_pointed_at, aria_hidden="true"),
        tag("div", (_why(places, steps, lang) for places, steps in words), class_="ph-stack", aria_hidden="true"),
    )


def _legend(result: Row, pieces: bool, lang: str) -> Iterator[Html | str]:
    yield tag("span", class_="ph-key ph-word0")
    yield tag("span", class_="ph-key ph-word1")
    yield say("live.tokenizer.words", lang)
    if any(result.special):
        yield tag("span", class_="ph-key ph-special")
        yield say("live.tokenizer.special", lang)
    if any(result.unknown):
        yield tag("span", class_="ph-key ph-unknown")
        yield say("live.tokenizer.unknown", lang)
    if pieces:
        yield tag("code", "##")
        yield say("live.tokenizer.goes_on", lang)


def _why(places: list[int], steps: list[Step], lang: str) -> Html:
    """Why a word was split there; it is to be seen while one of its tokens is pointed at."""
    word = steps[0].rest
    if steps[-1].piece is None:
        said = say("live.tokenizer.none", lang, word=shorten(word), rest=shorten(steps[-1].tried[-1]))
        return tag("div", said, data_at=places[0])
    if len(steps) == 1:
        return tag("div", say("live.tokenizer.whole", lang, word=shorten(word)), data_at=places[0])
    found = list(zip(places, steps, strict=True))
    short = (
        tag("span", tag("code", shorten(step.rest), " → ", tag("b", step.piece or "")), data_at=place)
        for place, step in found
    )
    in_full = (tag("p", _tried(step, lang), data_at=place) for place, step in found)
    return tag(
        "div",
        tag("p", say("live.tokenizer.rule", lang, word=shorten(word))),
        tag("p", short, class_="ph-search"),
        tag("div", in_full, class_="ph-stack"),
    )


def _tried(step: Step, lang: str) -> Iterator[Html | str]:
    tried = step.tried
    more = len(tried) - MOST_TRIED
    for number, beginning in enumerate(tried):
        if more <= 1 or number < MOST_TRIED - 1 or number == len(tried) - 1:
            yield tag("span", tag("code", shorten(beginning)), " ✗ ")
        elif number == MOST_TRIED - 1:
            yield say("live.tokenizer.more_tried", lang, n=more)
    yield tag("span", tag("code", tag("b", step.piece or "")), " ✓")


def _typed(result: Row) -> Iterator[Html | str]:
    """The text as it was typed, each token's letters marked; a long rest that no token stands for is cut."""
    text, reached = result.text or "", 0
    for place, (start, end) in enumerate(result.offsets or []):
        if result.word_ids[place] is None:
            continue
        if start < reached:  # several tokens for the same letters (bytes of one emoji): the first one has them
            continue
        yield text[reached:start]
        word = token_class(result, place).removeprefix("ph-token ")
        yield tag("span", shorten(text[start:end], 200), class_=word, data_at=place)
        reached = end
    yield shorten(text[reached:], 200)
