"""What figures take — arrays, tensors, a tokenizer's output, a `Trace` — read into plain numbers and rows of tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline_helpers.stages import Trace, count_cut_off


def as_array(value: Any, name: str, *, dims: tuple[int, ...], finite: bool = True) -> np.ndarray:
    """`value` (array-like or tensor, on any device) as an array of floats with one of `dims` dimensions.

    Raises:
        TypeError: it does not hold real numbers, or some are masked.
        ValueError: other dimensions, nothing in it, or NaN or an infinity where `finite`. Messages begin with `name`.
    """
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu()
            value = value.double() if value.is_floating_point() else value  # numpy knows no bfloat16
            value = value.numpy()
        if any(map(np.ma.is_masked, value if isinstance(value, (list, tuple)) else [value])):
            raise TypeError("some of them are masked; expected all of them, or NaN where there is none")
        array = np.asarray(value)
        if array.dtype.kind not in "biufO":
            raise TypeError(f"{array.dtype} are not real numbers")
        array = array.astype(float)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:  # RuntimeError: torch's, of a meta tensor
        raise TypeError(
            f"{name} is no array of numbers (of type {type(value).__name__}): {str(error).splitlines()[0]}"
        ) from error
    if array.ndim not in dims:
        expected = " or ".join(map(str, dims))
        raise ValueError(f"{name} has shape {list(array.shape)}; expected {expected} dimensions")
    if not array.size:
        raise ValueError(f"{name} has shape {list(array.shape)}: it is empty, there is nothing to draw")
    if finite and not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} holds {array[place]} at {list(place)}; expected finite numbers")
    return array


def as_index(value: Any, name: str, length: int) -> int:
    """`value` as a place among `length`, negative ones counted from the end.

    Raises:
        TypeError: it is no integer.
        ValueError: there is no such place.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} is of type {type(value).__name__}; expected an integer")
    place = value.__index__()
    if not -length <= place < length:
        raise ValueError(f"{name} is {place}; there are {length}, counted from 0")
    return place % length


@dataclass(frozen=True)
class Row:
    """One sentence as the tokenizer left it, S tokens long."""

    tokens: list[str]
    word_ids: list[int | None]
    """Which word each token is a piece of; None for special tokens and padding."""
    attended: list[bool]
    """False where a token is padding."""
    ids: list[int] | None = None
    offsets: list[tuple[int, int]] | None = None
    """Where each token stands in its text, in characters; None where nobody knows."""
    text: str | None = None
    cut_off: int = 0
    """How many tokens were left out because the maximum was reached."""


def read_rows(data: Any, texts: str | Sequence[str] | None = None) -> list[Row]:
    """The rows of a `Trace`, of a fast tokenizer's output, or of lists of tokens.

    Args:
        data: a `Trace`; what `tokenizer(…)` returns; one `tokenizers.Encoding`; a list of tokens, or several.
        texts: what was tokenized, where `data` does not know it: one text, or one a row.

    Raises:
        TypeError: `data` is none of these.
        ValueError: it is empty, or the texts are not as many as the rows.
    """
    if isinstance(data, Trace):
        rows = list(_rows_of_trace(data))
    elif getattr(data, "encodings", None):
        # A text that was cut into several rows has lost nothing: the rest stands in the next row.
        whole = "overflow_to_sample_mapping" in data
        rows = [_row_of_encoding(encoding, 0 if whole else count_cut_off(encoding)) for encoding in data.encodings]
    elif hasattr(data, "word_ids") and hasattr(data, "special_tokens_mask"):
        rows = [_row_of_encoding(data, count_cut_off(data))]
    elif hasattr(data, "keys"):
        raise TypeError(
            "data has ids without their tokens; expected the output of a fast tokenizer (tokenizer.is_fast), a Trace "
            "or a list of tokens"
        )
    else:
        rows = _rows_of_lists(data)
    if not rows or not any(row.tokens for row in rows):
        raise ValueError("data is empty: it holds no token")
    return rows if texts is None else _with_texts(rows, texts)


def _rows_of_trace(trace: Trace) -> Iterator[Row]:
    for place, tokens in enumerate(trace.tokens):
        yield Row(
            tokens=tokens,
            word_ids=trace.word_ids[place],
            attended=[bool(value) for value in trace.attention_mask[place].tolist()],
            ids=trace.input_ids[place].tolist(),
            offsets=trace.offsets[place],
            text=trace.texts[place],
            cut_off=trace.cut_off[place],
        )


def _row_of_encoding(encoding: Any, cut_off: int) -> Row:
    special = encoding.special_tokens_mask
    return Row(
        tokens=encoding.tokens,
        word_ids=[None if is_special else word for is_special, word in zip(special, encoding.word_ids, strict=True)],
        attended=[bool(value) for value in encoding.attention_mask],
        ids=encoding.ids,
        # The offsets of a pair's second text are counted from its own beginning: one text does not have them both.
        offsets=encoding.offsets if set(encoding.sequence_ids) <= {None, 0} else None,
        cut_off=cut_off,
    )


def _rows_of_lists(data: Any) -> list[Row]:
    if isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
        raise TypeError(
            f"data is of type {type(data).__name__}; expected a Trace, a tokenizer's output or a list of tokens"
        )
    rows = list(data)
    if rows and all(isinstance(token, str) for token in rows):
        rows = [rows]
    for place, row in enumerate(rows):
        if isinstance(row, str) or not hasattr(row, "__iter__") or not all(isinstance(token, str) for token in row):
            raise TypeError(f"data[{place}] is of type {type(row).__name__}; each row is a list of tokens (str)")
    return [_row_of_tokens(list(row)) for row in rows]


def _row_of_tokens(tokens: list[str]) -> Row:
    words: list[int | None] = []
    last = -1
    for token in tokens:
        if is_special(token):
            words.append(None)
            continue
        if not (token.startswith("##") and words and words[-1] is not None):
            last += 1
        words.append(last)
    return Row(tokens=tokens, word_ids=words, attended=[token not in ("[PAD]", "<pad>") for token in tokens])


def is_special(token: str) -> bool:
    """Whether a token that nobody says more about looks like a special one: `[CLS]`, `<s>`, `<|endoftext|>`."""
    inner = token[1:-1]
    if token.startswith("[") and token.endswith("]"):
        return inner.isalpha() and inner.isupper() and inner != "UNK"
    return token.startswith("<") and token.endswith(">") and bool(inner.strip("|/_")) and inner.isascii()


def _with_texts(rows: list[Row], texts: str | Sequence[str]) -> list[Row]:
    from dataclasses import replace

    given = [texts] if isinstance(texts, str) else list(texts)
    if len(given) != len(rows):
        raise ValueError(f"text holds {len(given)} texts for {len(rows)} rows of tokens; expected one a row")
    for place, text in enumerate(given):
        if not isinstance(text, str):
            raise TypeError(f"text[{place}] is of type {type(text).__name__}; expected str")
    return [replace(row, text=text) for row, text in zip(rows, given, strict=True)]
