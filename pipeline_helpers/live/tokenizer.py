"""`LiveTokenizer`: pieces and ids, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline_helpers.figures.show import figure_html
from pipeline_helpers.figures.tokens import plot_tokens
from pipeline_helpers.language import say
from pipeline_helpers.live.base import DEBOUNCE, LiveView
from pipeline_helpers.live.controls import TextBox
from pipeline_helpers.live.markup import Html, join, shorten, tag
from pipeline_helpers.live.tokens import chip, chips, cut_off, describe, id_of, token_class
from pipeline_helpers.stages import Row, load_tokenizer, read


class LiveTokenizer(LiveView):
    """What the tokenizer makes of a text while it is typed: its words, their pieces, the pieces' ids.

    Pointing at one, or moving to it with Tab and the arrow keys, shows the same token in all three.

        ph.LiveTokenizer("I love this film")

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
        self, text: str = "I love this film", checkpoint: str | None = None, *, debounce: float = DEBOUNCE
    ) -> None:
        self.text = TextBox(value=text)
        super().__init__([self.text], checkpoint, debounce)

    def _compute(self) -> Row:
        (row,) = read([self.text.value], *self.loaded())[1]
        return row

    def _notices(self, result: Row, lang: str) -> list[str]:
        return list(notices(result, lang))

    def _render(self, result: Row, lang: str) -> Html:
        return render(result, len(self.loaded()[0]), lang)

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


def render(result: Row, vocabulary: int, lang: str) -> Html:
    """The tokens as HTML: the counts, the text with its pieces marked, the tokens, the ids.

    Args:
        result: a row that `stages.read` made.
        vocabulary: how many tokens the vocabulary knows.
        lang: one of `LANGUAGES`.
    """
    details = [describe(result, place, lang) for place in range(len(result.tokens))]
    count = say(
        "live.tokenizer.count",
        lang,
        tokens=len(result.tokens),
        words=result.words,
        special=sum(result.special),
        unknown=sum(result.unknown),
        vocabulary=vocabulary,
    )
    options = (
        chip(
            result,
            place,
            class_=token_class(result, place),
            role="option",
            aria_selected="false",
            aria_label=detail,
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
    nothing_pointed_at = say("live.tokenizer.point", lang)
    return join(
        tag("p", count, class_="ph-count"),
        tag("p", *_typed(result), class_="ph-typed", lang=""),
        chips("listbox", options, lang),
        tag("p", "input_ids = [", Html(", ".join(ids)), "]", class_="ph-ids"),
        tag("p", nothing_pointed_at, class_="ph-detail", data_shows_detail=nothing_pointed_at, aria_hidden="true"),
    )


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
