"""Why a word was split where it was: the steps of WordPiece, found again and held against what the tokenizer did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline_helpers.stages import Row


@dataclass(frozen=True)
class Step:
    """One step: of what is left of the word, the longest beginning that stands in the vocabulary."""

    tried: list[str]
    """What was looked up in vain, the longest first."""
    piece: str | None
    """What was found; None where not even one character was, and so the whole word is unknown."""

    @property
    def rest(self) -> str:
        """What was left of the word, marked as its pieces are: `##translatable`."""
        return self.tried[0] if self.tried else self.piece or ""


def wordpiece(word: str, model: Any) -> list[Step]:
    """How WordPiece splits `word`.

    Args:
        word: as the tokenizer's normalizer leaves it.
        model: a `tokenizers.models.WordPiece`.
    """
    steps: list[Step] = []
    start = 0
    while start < len(word) and (not steps or steps[-1].piece):
        mark = model.continuing_subword_prefix if start else ""
        beginnings = [mark + word[start:end] for end in range(len(word), start, -1)]
        hit = next((place for place, one in enumerate(beginnings) if model.token_to_id(one) is not None), None)
        steps.append(Step(beginnings[:hit], None if hit is None else beginnings[hit]))
        start = len(word) - (hit or 0)
    return steps


def words_of(row: Row, tokenizer: Any) -> list[tuple[list[int], list[Step]]]:
    """For each word the places of its tokens, and the steps in which the tokenizer came to them.

    A word is missing where that is not known: its end was cut off, it is longer than WordPiece looks at, or the steps
    would lead to other tokens than there are. So are all of them where the tokenizer is no WordPiece (BPE, unigram).
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if type(getattr(backend, "model", None)).__name__ != "WordPiece":
        return []
    places = [place for place, word in enumerate(row.word_ids) if word is not None and not row.special[place]]
    words = [list(word) for _, word in groupby(places, key=row.word_ids.__getitem__)]
    words = words[0 if row.begins else 1 : len(words) - (not row.ends)]
    found = [(word, _steps(row, word, backend)) for word in words]
    return [(word, steps) for word, steps in found if steps]


def _steps(row: Row, places: Sequence[int], backend: Any) -> list[Step]:
    model, tokens = backend.model, [row.tokens[place] for place in places]
    unknown = row.unknown[places[0]]
    if unknown:
        word = row.word(places[0])
        word = backend.normalizer.normalize_str(word) if backend.normalizer else word
    else:
        word = tokens[0] + "".join(token.removeprefix(model.continuing_subword_prefix) for token in tokens[1:])
    if len(word) > model.max_input_chars_per_word:
        return []
    steps = wordpiece(word, model)
    found = [step.piece for step in steps]
    return steps if (None in found if unknown else found == tokens) else []
