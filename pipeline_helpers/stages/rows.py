"""Texts → rows of tokens: what a tokenizer made of each, read in one way, and cut off at what goes into the model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

from pipeline_helpers.language import Mistake


@dataclass(frozen=True)
class Row:
    """One sentence as the tokenizer left it: S tokens, special tokens and padding included."""

    tokens: list[str]
    word_ids: list[int | None]
    """Which word of its text each token is a piece of; None where no text stands behind it: special tokens, padding."""
    attended: list[bool]
    """False where a token is padding."""
    ids: list[int] | None = None
    """The tokens' numbers in the vocabulary; None where nobody knows."""
    offsets: list[tuple[int, int]] | None = None
    """Where each token stands in its text: `(start, end)` in characters; None where nobody knows."""
    special: list[bool] = field(default_factory=list)
    """True for special tokens, whether the tokenizer added them ([CLS], [SEP]) or they were typed; not for padding."""
    unknown: list[bool] = field(default_factory=list)
    """True where the vocabulary had nothing and a stand-in took the place: [UNK]."""
    text: str | None = None
    """What was tokenized; None where nobody knows."""
    cut_off: int = 0
    """How many tokens were left out because the maximum was reached."""
    begins: bool = True
    """False where what stands before the first token in the text was cut off, or is another row's."""
    ends: bool = True
    """The same of what stands after the last token."""

    @classmethod
    def of(cls, encoding: Any, text: str | None = None, tokenizer: Any = None, *, part: bool = False) -> Row:
        """A row of a fast tokenizer's output.

        Args:
            encoding: a `tokenizers.Encoding`, as they stand in `BatchEncoding.encodings`.
            text: what was tokenized, where it is one text and known.
            tokenizer: the tokenizer, which knows which of the tokens that were typed are special or unknown.
            part: whether the text was spread over several rows, of which this is one.
        """
        added = encoding.special_tokens_mask
        word_ids = [None if special else word for special, word in zip(added, encoding.word_ids, strict=True)]
        spans = encoding.offsets
        # Offsets are of no use for a text and its pair (each counts from its own beginning), nor where the words came
        # one by one, already split: there they begin anew at each word.
        firsts = [spans[word_ids.index(word)][0] for word in dict.fromkeys(word_ids) if word is not None]
        known = set(encoding.sequence_ids) <= {None, 0} and (text is not None or len(firsts) < 2 or any(firsts))
        unk, specials = (tokenizer.unk_token, set(tokenizer.all_special_tokens)) if tokenizer else ("[UNK]", set())
        unknown = [token == unk and word is not None for token, word in zip(encoding.tokens, word_ids, strict=True)]
        attended = [mask == 1 for mask in encoding.attention_mask]
        special = [
            here and not is_unknown and (word is None or token in specials)
            for token, word, here, is_unknown in zip(encoding.tokens, word_ids, attended, unknown, strict=True)
        ]
        left_out = _left_out(encoding)
        before = bool(left_out) and left_out[0][0] < max(spans, default=(0, 0))[0]
        return cls(
            tokens=encoding.tokens,
            word_ids=_by_marked_beginnings(encoding.tokens, word_ids),
            attended=attended,
            ids=encoding.ids,
            offsets=spans if known else None,
            special=special,
            unknown=unknown,
            text=text,
            cut_off=0 if part else len(left_out),
            begins=not (part or before),
            ends=not (part or (left_out and not before)),
        )

    @property
    def words(self) -> int:
        """How many words the tokens are pieces of."""
        return len({word for word in self.word_ids if word is not None})

    def piece(self, place: int) -> str:
        """The letters of the text that the token at `place` stands for; empty where none do or nobody knows."""
        start, end = self.offsets[place] if self.offsets else (0, 0)
        return (self.text or "")[start:end] if self.word_ids[place] is not None else ""

    def word(self, place: int) -> str:
        """The whole word that the token at `place` is a piece of; empty where there is none or nobody knows."""
        number = self.word_ids[place]
        if number is None or not self.offsets:
            return ""
        spans = [
            one for one, word in zip(self.offsets, self.word_ids, strict=True) if word == number and one[0] < one[1]
        ]
        return (self.text or "")[min(spans)[0] : max(end for _, end in spans)].strip() if spans else ""

    def without_padding(self) -> Row:
        """The same row as it is when its sentence comes alone."""
        lists = ("tokens", "word_ids", "ids", "offsets", "special", "unknown", "attended")
        known = {name: values for name in lists if (values := getattr(self, name))}
        kept: dict[str, Any] = {name: list(compress(values, self.attended)) for name, values in known.items()}
        return replace(self, **kept)


def _left_out(encoding: Any) -> list[tuple[int, int]]:
    """The offsets of the tokens that an `Encoding` lost to truncation, special tokens not counted."""
    return [
        span
        for part in encoding.overflowing
        for span, special, attended in zip(part.offsets, part.special_tokens_mask, part.attention_mask, strict=True)
        if attended and not special
    ]


def _by_marked_beginnings(tokens: list[str], word_ids: list[int | None]) -> list[int | None]:
    """Word by word where a tokenizer takes the whole text for one word (Llama's) and marks each beginning with ▁."""
    if len(set(word_ids) - {None}) != 1 or sum(token.startswith("▁") for token in tokens) < 2:
        return word_ids
    number, found = -1, []
    for token, word in zip(tokens, word_ids, strict=True):
        number += word is not None and (number < 0 or token.startswith("▁"))
        found.append(None if word is None else number)
    return found


def longest_input(tokenizer: Any, config: Any) -> int | None:
    """How many tokens go into a model: what its tokenizer and its table of positions allow; None where neither limits.

    Whatever stands for "no limit" in the one or the other (None, −1, 10³⁰) is none here.

    Args:
        tokenizer: its `model_max_length`.
        config: the model's configuration; None where there is only the tokenizer.
    """
    positions = getattr(config, "max_position_embeddings", None) or 0
    if getattr(config, "model_type", None) in _COUNT_FROM_PADDING:
        positions -= (config.pad_token_id or 0) + 1
    limits = [limit for limit in (tokenizer.model_max_length, positions) if 0 < (limit or 0) < 10**9]
    return min(limits, default=None)


_COUNT_FROM_PADDING = (
    "camembert", "data2vec-text", "esm", "ibert", "layoutlmv3", "lilt", "longformer", "luke", "markuplm", "mpnet",
    "roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod",
)  # fmt: skip
"""The models whose first position is `pad_token_id + 1`, and whose table is so much larger than what goes in:
RoBERTa and what was built from it (`create_position_ids_from_input_ids` in transformers)."""


def read(texts: list[str], tokenizer: Any, config: Any, *, padding: bool = False) -> tuple[Any, list[Row]]:
    """`texts` through the tokenizer, cut off at what goes into the model: a `BatchEncoding` of lists, and a `Row` each.

    Args:
        texts: B of them.
        tokenizer: a fast one.
        config: the model's configuration; None where there is only the tokenizer.
        padding: whether all rows are filled up to the longest.
    """
    longest = longest_input(tokenizer, config)
    limit = {"truncation": longest is not None, "max_length": longest}
    inputs = tokenizer(texts, padding=padding, return_attention_mask=True, **limit)
    return inputs, [Row.of(row, text, tokenizer) for row, text in zip(inputs.encodings, texts, strict=True)]


def encode(texts: list[str], tokenizer: Any, config: Any, *, padding: bool) -> tuple[Any, list[Row]]:
    """What `read` makes of them, for a model to run on.

    Raises:
        Mistake: there are several texts and the tokenizer has no padding token; a text has no token at all; a token
            has no place in the model's embedding.
    """
    if len(texts) > 1 and tokenizer.pad_token is None:
        raise Mistake("stages.no_padding_token")
    inputs, rows = read(texts, tokenizer, config, padding=padding)
    for place, row in enumerate(rows):
        if not any(row.attended):
            raise Mistake("stages.no_token", place=place)
    largest, size = max(map(max, inputs["input_ids"])), getattr(config, "vocab_size", None)
    if size and largest >= size:
        raise Mistake("stages.not_in_embedding", id=largest, size=size)
    return inputs, rows
