"""What figures take — arrays, tensors, a tokenizer's output, a `Trace` — read into plain numbers and rows of tokens."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline_helpers.stages import Row, Trace


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


def read_rows(data: Any, texts: str | Sequence[str] | None = None) -> list[Row]:
    """The rows of a `Trace`, of a fast tokenizer's output, or of lists of tokens.

    Args:
        data: a `Trace`; what `tokenizer(…)` returns; one `tokenizers.Encoding`; a list of tokens, or several; `Row`s.
        texts: what was tokenized, where `data` does not know it: one text, or one a row.

    Raises:
        TypeError: `data` is none of these.
        ValueError: it is empty, the texts are not as many as the rows, or one is shorter than its tokens say.
    """
    if isinstance(data, Trace):
        rows = data.rows
    elif getattr(data, "encodings", None):
        spread = len(set(data.get("overflow_to_sample_mapping", range(len(data.encodings))))) < len(data.encodings)
        rows = [Row.of(encoding, part=spread) for encoding in data.encodings]
    elif hasattr(data, "word_ids") and hasattr(data, "special_tokens_mask"):
        rows = [Row.of(data)]
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


def _rows_of_lists(data: Any) -> list[Row]:
    if isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
        raise TypeError(
            f"data is of type {type(data).__name__}; expected a Trace, a tokenizer's output or a list of tokens"
        )
    rows = list(data)
    if rows and all(isinstance(row, Row) for row in rows):
        return rows
    if rows and all(isinstance(token, str) for token in rows):
        rows = [rows]
    for place, row in enumerate(rows):
        if isinstance(row, str) or not hasattr(row, "__iter__") or not all(isinstance(token, str) for token in row):
            raise TypeError(f"data[{place}] is of type {type(row).__name__}; each row is a list of tokens (str)")
    return [_row_of_tokens(list(row)) for row in rows]


def _row_of_tokens(tokens: list[str]) -> Row:
    words: list[int | None] = []
    last = -1
    marked = any(token.startswith(("Ġ", "▁")) for token in tokens)  # each beginning of a word is, but the text's own
    for token in tokens:
        if is_special(token):
            words.append(None)
            continue
        goes_on = not token.startswith(("Ġ", "▁")) if marked else token.startswith("##")
        if not (goes_on and words and words[-1] is not None):
            last += 1
        words.append(last)
    attended = [token not in ("[PAD]", "<pad>") for token in tokens]
    return Row(tokens, words, attended, unknown=[token in ("[UNK]", "<unk>") for token in tokens])


def is_special(token: str) -> bool:
    """Whether a token that nobody says more about looks like a special one: `[CLS]`, `<s>`, `<|endoftext|>`."""
    inner = token[1:-1]
    if token.startswith("[") and token.endswith("]"):
        return inner.isalpha() and inner.isupper() and inner != "UNK"
    plain = inner.strip("|/_")
    return token.startswith("<") and token.endswith(">") and plain.isascii() and plain.isidentifier() and plain != "unk"


def _with_texts(rows: list[Row], texts: str | Sequence[str]) -> list[Row]:
    given = [texts] if isinstance(texts, str) else list(texts)
    if len(given) != len(rows):
        raise ValueError(f"text holds {len(given)} texts for {len(rows)} rows of tokens; expected one a row")
    for place, text in enumerate(given):
        if not isinstance(text, str):
            raise TypeError(f"text[{place}] is of type {type(text).__name__}; expected str")
        if (end := max((end for _, end in rows[place].offsets or []), default=0)) > len(text):
            raise ValueError(
                f"text[{place}] has {len(text)} characters and its tokens reach to {end}: it is another text"
            )
    return [replace(row, text=text) for row, text in zip(rows, given, strict=True)]
