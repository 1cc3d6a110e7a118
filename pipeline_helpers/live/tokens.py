"""Text → what the tokenizer makes of it, without a model, and its tokens as HTML; shared by the views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline_helpers.language import say
from pipeline_helpers.live.markup import Html, shorten, tag
from pipeline_helpers.stages import count_cut_off


@dataclass(frozen=True)
class Tokenized:
    """One text in tokens; lists of length S, special tokens included."""

    text: str
    tokens: list[str]
    ids: list[int]
    word_ids: list[int | None]
    """Which word of the text each token is a piece of; None for special tokens."""
    offsets: list[tuple[int, int]]
    """Where each token stands in the text, in characters; `(0, 0)` for special tokens."""
    special: list[bool]
    """True for the tokens that the tokenizer added or that stand for no text: [CLS], [SEP], [MASK]."""
    unknown: list[bool]
    """True where the vocabulary had nothing: [UNK]."""
    cut_off: int
    """How many tokens were left out because the model's maximum was reached."""
    longest: int
    """That maximum."""
    vocabulary: int
    """How many tokens the vocabulary knows."""

    @property
    def words(self) -> int:
        """How many words the tokens are pieces of."""
        return len({word for word in self.word_ids if word is not None})

    def piece(self, place: int) -> str:
        """The letters of the text that the token at `place` stands for; empty for special tokens."""
        start, end = self.offsets[place]
        return self.text[start:end]

    def word(self, place: int) -> str:
        """The whole word that the token at `place` is a piece of; empty for special tokens."""
        number = self.word_ids[place]
        if number is None:
            return ""
        spans = [span for span, word in zip(self.offsets, self.word_ids, strict=True) if word == number]
        return self.text[spans[0][0] : spans[-1][1]]


def tokenize(text: str, tokenizer: Any) -> Tokenized:
    """What `tokenizer(text, truncation=True)` makes of `text`."""
    inputs = tokenizer([text], truncation=True, max_length=min(tokenizer.model_max_length, 10**9))
    return tokenized(text, inputs.encodings[0], tokenizer)


def tokenized(text: str, row: Any, tokenizer: Any) -> Tokenized:
    """One row of a tokenizer's output (`tokenizers.Encoding`), without its padding, as a `Tokenized`."""
    kept = [place for place, attended in enumerate(row.attention_mask) if attended]
    ids, tokens, word_ids, offsets = row.ids, row.tokens, row.word_ids, row.offsets
    unknown, special = tokenizer.unk_token_id, set(tokenizer.all_special_ids)
    return Tokenized(
        text=text,
        tokens=[tokens[place] for place in kept],
        ids=[ids[place] for place in kept],
        word_ids=[word_ids[place] for place in kept],
        offsets=[offsets[place] for place in kept],
        special=[ids[place] in special and ids[place] != unknown for place in kept],
        unknown=[ids[place] == unknown for place in kept],
        cut_off=count_cut_off(row),
        longest=tokenizer.model_max_length,
        vocabulary=len(tokenizer),
    )


def token_class(result: Tokenized, place: int) -> str:
    """The CSS classes of a token: its word's colour, alternating; special; unknown."""
    if result.special[place]:
        return "ph-token ph-special"
    parity = (result.word_ids[place] or 0) % 2
    return f"ph-token ph-word{parity}" + (" ph-unknown" if result.unknown[place] else "")


def describe(result: Tokenized, place: int, lang: str) -> str:
    """One token in words: its place, its id, its word."""
    key = "special" if result.special[place] else "unknown" if result.unknown[place] else "of_word"
    return say(
        f"live.token.{key}",
        lang,
        place=place,
        token=shorten(result.tokens[place]),
        id=result.ids[place],
        word=shorten(result.word(place)),
        number=0 if result.word_ids[place] is None else result.word_ids[place],
        start=result.offsets[place][0],
        end=result.offsets[place][1],
    )


def chip(token: str, id_: int, **attributes: object) -> Html:
    """A token's text with its id under it."""
    return tag("span", tag("b", shorten(token), lang="en"), tag("small", str(id_)), **attributes)
