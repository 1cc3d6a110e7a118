"""Sentences → a batch, with padding, truncation and mask, and what the model answers with the mask and without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline_helpers.live.answers import Answer, answer, by_sentence
from pipeline_helpers.stages import Row, longest_input, quiet_transformers


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
    left_out: int = 0
    """How many sentences there were besides these."""

    @property
    def input_ids(self) -> list[list[int]]:
        """The ids, a row a sentence."""
        return [row.ids or [] for row in self.rows]

    @property
    def attention_mask(self) -> list[list[int]]:
        """1 for a token, 0 for padding, a row a sentence."""
        return [[int(attended) for attended in row.attended] for row in self.rows]

    @property
    def too_long(self) -> bool:
        """Whether a row has more tokens than the model takes."""
        return self.longest is not None and max(len(row.tokens) for row in self.rows) > self.longest

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
        try:
            inputs = tokenizer(list(sentences), **options)
        except ValueError as raised:  # there is no padding token
            error, inputs = str(raised), tokenizer(list(sentences), **options | {"padding": False})
        values = {name: list(rows) for name, rows in inputs.items()}
        try:
            inputs.convert_to_tensors("pt")
        except ValueError as raised:
            error = error or str(raised)
    rows = [Row.of(row, text, tokenizer) for row, text in zip(inputs.encodings, sentences, strict=True)]
    longest, length = longest_input(tokenizer, model.config), max(len(row.tokens) for row in rows)
    if error:
        reason = "live.mask.no_padding_token" if padding and tokenizer.pad_token is None else "live.mask.lengths_differ"
    else:
        reason = "live.mask.too_long" if longest and length > longest else ""
    with_mask: list[Answer] = []
    without: dict[int, Answer] = {}
    if not reason:
        whole = by_sentence(values)
        alone = [
            {name: [number for number, kept in zip(numbers, row.attended, strict=True) if kept]
             for name, numbers in given.items()}
            for given, row in zip(whole, rows, strict=True)
        ]  # fmt: skip
        padded = [place for place, row in enumerate(rows) if not all(row.attended)]
        attended = [{**whole[place], "attention_mask": [1] * length} for place in padded]
        answers = answer(model, alone + attended)
        with_mask = answers[: len(rows)]
        without = dict(zip(padded, answers[len(rows) :], strict=True))
    without_mask = [without.get(place, one) for place, one in enumerate(with_mask)]
    return Batch(call + 'return_tensors="pt")', rows, error, reason, with_mask, without_mask, longest)
