"""What an answer is made of, in whichever form it comes: lists, arrays and tensors are the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline_helpers.language import Mistake

CLOSE = 1e-4
"""Floats that are as near as this, or as one part in 100,000, are equal: the order of a sum changes the last digits."""


def same(one: Any, other: Any) -> bool:
    """Whether two answers, as they were read, are equal; nan is nan."""
    one, other = (np.asarray(part) if isinstance(part, np.generic) else part for part in (one, other))  # 0-d arrays
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return (
            isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and one.shape == other.shape
            and bool(np.allclose(one, other, rtol=CLOSE / 10, atol=CLOSE, equal_nan=True))
        )  # fmt: skip
    if isinstance(one, Mapping):
        return isinstance(other, Mapping) and one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, (list, tuple)):
        return isinstance(other, type(one)) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


@dataclass(frozen=True)
class Reader:
    """A kind of answer. `read` gives numbers as arrays, texts as `str`, several things as a list or a dict of them."""

    kind: str
    """The catalogue's word for it: `practice.kind.<kind>`."""
    parts: tuple[str, ...] = ()
    """The names of what is handed back together, one after the other or in a dict."""

    def read(self, answer: Any) -> Any:
        """`answer` in the one form that is compared.

        Raises:
            Mistake: it is something else; the sentence says what came, and what was to come.
        """
        try:
            return _READ[self.kind](self, answer)
        except Mistake:
            raise
        except (TypeError, ValueError, KeyError) as error:
            raise Mistake(f"practice.not.{self.kind}", came=described(answer), parts=", ".join(self.parts)) from error


def _numbers(_: Reader, answer: Any) -> np.ndarray:
    array = _array(answer)
    if array.dtype.kind not in "biuf":
        raise TypeError
    return array.astype(np.float64)


def _array(answer: Any) -> np.ndarray:
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu()
        return (answer if answer.dtype.is_complex else answer.double()).numpy()
    if isinstance(answer, (list, tuple)) and any(hasattr(part, "detach") for part in answer):
        return np.array([_array(part) for part in answer])
    if isinstance(answer, (list, tuple, np.ndarray, np.generic, int, float)):
        return np.asarray(answer)
    raise TypeError


def _number(_: Reader, answer: Any) -> np.ndarray:
    array = _numbers(_, answer)
    if array.shape:
        raise ValueError
    return array


def _text(_: Reader, answer: Any) -> str:
    if not isinstance(answer, str):
        raise TypeError
    return str.__str__(answer)


def _texts(_: Reader, answer: Any) -> list[str]:
    if not isinstance(answer, (list, tuple, np.ndarray)):
        raise TypeError
    return [_text(_, part) for part in answer]


def _parts(reader: Reader, answer: Any) -> dict[str, np.ndarray]:
    values = [answer[name] for name in reader.parts] if isinstance(answer, Mapping) else list(answer)
    if any(isinstance(value, str) for value in values) and not isinstance(answer, (str, Mapping)):
        raise Mistake("practice.not.parts_in_quotes", came=described(answer))
    if len(values) != len(reader.parts):
        raise Mistake(
            "practice.not.so_many_parts", number=len(reader.parts), parts=", ".join(reader.parts), came=len(values)
        )
    return {name: _numbers(reader, value) for name, value in zip(reader.parts, values, strict=True)}


def _answers(_: Reader, answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, (list, tuple)):
        raise TypeError
    return [{"label": _text(_, one["label"]), "score": _number(_, one["score"])} for one in answer]


def _flags(_: Reader, answer: Any) -> list[bool]:
    array = _array(answer)
    if array.ndim == 0 and array in (0, 1):
        raise Mistake("practice.not.one_flag", came=described(bool(array)))
    if array.ndim != 1 or not np.isin(array, (0, 1)).all():
        raise TypeError
    return [bool(flag) for flag in array]


_READ = {
    "numbers": _numbers, "number": _number, "text": _text, "texts": _texts, "parts": _parts, "answers": _answers,
    "flags": _flags,
}  # fmt: skip


NUMBERS, NUMBER, TEXT, TEXTS, ANSWERS, FLAGS = map(Reader, ("numbers", "number", "text", "texts", "answers", "flags"))
"""Numbers of any shape; one; a text; a list of texts; a list of {"label": …, "score": …}; a list of True and False."""


def parts(*names: str) -> Reader:
    """Several arrays of numbers, handed back together: `parts("input_ids", "attention_mask")`."""
    return Reader("parts", names)


_FEW = 24
"""Numbers that are shown one by one."""


def described(value: Any, longest: int = 60) -> str:
    """`value` in a few characters: a small one as it is, of a large array its shape and its beginning."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        if value.size > _FEW:
            return f"{list(value.shape)}: [{', '.join(_short(number) for number in value.ravel()[:4])}, …]"
        return _listed(value.tolist())
    if isinstance(value, (int, float, np.generic)) and not isinstance(value, bool):
        return _short(value)
    if isinstance(value, (list, tuple, dict)):
        return _cut(_listed(value), longest)
    if value is None or isinstance(value, (str, bool)):
        return _cut(repr(value), longest)
    return type(value).__name__


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_listed(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_listed, value)) + "]"
    return described(value)


def _short(number: Any) -> str:
    plain = number.item() if hasattr(number, "item") else number
    return f"{plain:.4g}" if isinstance(plain, float) and not plain.is_integer() else f"{plain:.10g}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def differences(came: Any, expected: Any, where: str = "") -> Iterator[tuple[str, str, str]]:
    """Where two answers of one kind differ: the place (`attention_mask[0, 3]`), what came there, what was expected."""
    if isinstance(expected, np.ndarray) and isinstance(came, np.ndarray):
        yield from _numbers_differ(came, expected, where)
    elif isinstance(expected, dict) and isinstance(came, dict) and came.keys() == expected.keys():
        for name in expected:
            yield from differences(came[name], expected[name], f"{where}.{name}" if where else name)
    elif _long(expected) and isinstance(came, list) and len(came) == len(expected):
        for place, (one, other) in enumerate(zip(came, expected, strict=True)):
            yield from differences(one, other, f"{where}[{place}]")
    elif not same(came, expected):
        yield where, described(came), described(expected)


def _numbers_differ(came: np.ndarray, expected: np.ndarray, where: str) -> Iterator[tuple[str, str, str]]:
    if same(came, expected):
        return
    if max(came.size, expected.size) <= _FEW:
        yield where, described(came), described(expected)
    elif came.shape != expected.shape:
        yield f"{where}.shape".lstrip("."), str(list(came.shape)), str(list(expected.shape))
    else:
        for place in np.argwhere(~np.isclose(came, expected, rtol=CLOSE / 10, atol=CLOSE, equal_nan=True)):
            at = tuple(map(int, place))
            yield f"{where}{list(at)}", described(came[at]), described(expected[at])


def _long(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(_listed(list(value))) > 60
