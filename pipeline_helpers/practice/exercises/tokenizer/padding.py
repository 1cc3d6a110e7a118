"""Rows of ids that become one table, and the mask that says which of its places are real."""

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np

from pipeline_helpers.language import Mistake
from pipeline_helpers.practice.answers import NUMBERS, Reader
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def pad(rows):
    longest = max(len(row) for row in rows)
    input_ids = [row + [0] * (longest - len(row)) for row in rows]
    attention_mask = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
    return input_ids, attention_mask


class Tables(Reader):
    """Two tables of numbers. What is no table (rows of several lengths, or texts in it) is read too, as a list."""

    def read(self, answer: Any) -> Any:
        """Name → the array, or the list of rows."""
        try:
            return super().read(answer)
        except Mistake:
            values = [answer.get(name) for name in self.parts] if isinstance(answer, Mapping) else answer
            if not isinstance(values, (list, tuple)) or len(values) != len(self.parts):
                raise
            found = [rows for value in values if (rows := _rows_of(value)) is not None]
            if len(found) != len(self.parts):
                raise
            return {name: _table(rows) for name, rows in zip(self.parts, found, strict=True)}


def _rows_of(value: Any) -> list[list[Any]] | None:
    if not hasattr(value, "__iter__") or isinstance(value, (str, Mapping)):
        return None
    rows = [row.tolist() if hasattr(row, "tolist") else row for row in value]
    numbers = all(isinstance(row, (list, tuple)) and all(isinstance(x, (int, float, str)) for x in row) for row in rows)
    return [list(row) for row in rows] if numbers else None


def _table(rows: list[list[Any]]) -> Any:
    try:
        return NUMBERS.read(rows)
    except Mistake:
        return rows


def _ragged(table, rows):
    return isinstance(table, list) and len(table) == len(rows) and len({len(row) for row in table}) > 1


def _texts_in(rows):
    return isinstance(rows, list) and any(isinstance(token, str) for row in rows for token in row)


def _to(width, rows):
    return (
        [(row + [0] * width)[:width] for row in rows],
        [([1] * len(row) + [0] * width)[:width] for row in rows],
    )  # fmt: skip


def _to_the_shortest(rows):
    return _to(min(len(row) for row in rows), rows)


def _to_the_first(rows):
    return _to(len(rows[0]), rows)


def _to_the_last(rows):
    return _to(len(rows[-1]), rows)


def _one_short(rows):
    return _to(max(len(row) for row in rows) - 1, rows)


def _cut_before_the_end(rows):
    width = max(len(row) for row in rows)
    ids = [row[:-1] + [0] * (width - len(row)) + row[-1:] for row in rows]
    return ids, [[1] * (len(row) - 1) + [0] * (width - len(row)) + [1] for row in rows]


def _from_the_ids(rows):
    input_ids, _ = pad(rows)
    return input_ids, [[int(token != 0) for token in row] for row in input_ids]


def _zeros_of_the_ids(rows):
    input_ids, _ = pad(rows)
    return input_ids, [[int(token == 0) for token in row] for row in input_ids]


def _no_special_in_the_mask(rows):
    input_ids, _ = pad(rows)
    return input_ids, [[int(token not in (0, 101, 102)) for token in row] for row in input_ids]


def _ends_not_in_the_mask(rows):
    width = max(len(row) for row in rows)
    return pad(rows)[0], [[0] + [1] * (len(row) - 2) + [0] * (width - len(row) + 1) for row in rows]


def _mask_one_row_for_all(rows):
    input_ids, attention_mask = pad(rows)
    return input_ids, attention_mask[0]


def _mask_of_the_first_for_all(rows):
    input_ids, attention_mask = pad(rows)
    return input_ids, [attention_mask[0]] * len(rows)


def _in_one_row(rows):
    input_ids, attention_mask = pad(rows)
    return [token for row in input_ids for token in row], [flag for row in attention_mask for flag in row]


def _sorted_up(rows):
    return pad(sorted(rows, key=len))


def _sorted_down(rows):
    return pad(sorted(rows, key=len, reverse=True))


def _by_rows(rows):
    return list(zip(*pad(rows), strict=True))


def _the_last_row(rows):
    input_ids, attention_mask = pad(rows)
    return input_ids[-1], attention_mask[-1]


def _the_last_alone(rows):
    input_ids, attention_mask = pad(rows)
    return input_ids[-1:], attention_mask[-1:]


def _reversed_rows(rows):
    width = max(len(row) for row in rows)
    return [row[::-1] + [0] * (width - len(row)) for row in rows], pad(rows)[1]


def _words_for_ids(rows):
    width = max(len(row) for row in rows)
    return [row + ["[PAD]"] * (width - len(row)) for row in rows], pad(rows)[1]


def _mask_for_both(rows):
    mask = pad(rows)[1]
    return mask, mask


def _one_list_of_both(rows):
    both = [row for pair in zip(*pad(rows), strict=True) for row in pair]
    return both, both


def _ids_then_mask_in_one_list(rows):
    both = [*pad(rows)[0], *pad(rows)[1]]
    return both, both


def _running(rows):
    longest, input_ids, attention_mask = 0, [], []
    for row in rows:
        longest = max(longest, len(row))
        input_ids.append(row + [0] * (longest - len(row)))
        attention_mask.append([1] * len(row) + [0] * (longest - len(row)))
    return input_ids, attention_mask


def _ids_running(rows):
    return _running(rows)[0], pad(rows)[1]


def _up_to_sep(rows):
    input_ids, _ = pad(rows)
    ends = [row.index(102) + 1 for row in input_ids]
    return input_ids, [[1] * end + [0] * (len(row) - end) for end, row in zip(ends, input_ids, strict=True)]


def _up_to_the_last_102(rows):
    input_ids, _ = pad(rows)
    after = [row[::-1].index(102) for row in input_ids]
    return input_ids, [[1] * (len(row) - more) + [0] * more for more, row in zip(after, input_ids, strict=True)]


def _up_to_the_last_place_of_102(rows):
    input_ids, _ = pad(rows)
    ends = [[place for place, token in enumerate(row) if token == 102][-1] + 1 for row in input_ids]
    return input_ids, [[1] * end + [0] * (len(row) - end) for end, row in zip(ends, input_ids, strict=True)]


def _up_to_a_zero(rows):
    input_ids, _ = pad(rows)
    ends = [[*row, 0].index(0) for row in input_ids]
    return input_ids, [[1] * end + [0] * (len(row) - end) for end, row in zip(ends, input_ids, strict=True)]


def _ids_of_places_that_are_real(came, expected):
    real = expected["attention_mask"] == 1
    return came["input_ids"].shape == real.shape and np.array_equal(
        came["input_ids"][real], expected["input_ids"][real]
    )


def _width(values):
    return values["input_ids"].shape[-1]


def _equal(came, expected, name):
    return np.array_equal(came[name], expected[name])


def _kept(arguments, came):
    return all(np.isin(row, ids).all() for row, ids in zip(arguments[0], came["input_ids"], strict=True))


def _rows(_: Given) -> list[Arguments]:
    random, made = Random(2), []
    for _batch in range(6):
        words = [
            [random.randint(1000, 30000) for _ in range(random.randint(0, 6))] for _ in range(random.randint(1, 5))
        ]
        made.append(([[101, *row, 102] for row in words],))
    return [
        ([[101, 7592, 102], [101, 102]],),
        ([[101, 2023, 2003, 102], [101, 102], [101, 7592, 102]],),
        ([[101, 102]],),
        ([[101, 2204, 102], [101, 1045, 5223, 2023, 102]],),  # the longest row is not the first
        ([[101, 2204, 102], [101, 1045, 1045, 1045, 102], [101, 2023, 2003, 102]],),  # nor the last, nor the greatest
        ([[101, 0, 7, 102], [101, 5, 102]],),  # an id 0 inside: the mask comes from the lengths
        ([[101, 5, 102], [101, 7, 102]],),  # nothing to pad
        ([[101, 7, 102, 8, 102], [101, 5, 102]],),  # two sentences in a row: the first has a [SEP] too
        ([[101, *range(2000, 2009), 102], [101, 102], [101, 999, 102], [101, 0, 102]],),
        *made,
        ([[2, 48, 25, 3], [2, 3]],),  # another vocabulary
    ]


LONGEST, IDS = "max(len(row) for row in rows)", "row + [0] * (longest - len(row))"
MASK = "[1] * len(row) + [0] * (longest - len(row))"

PAD = Exercise(
    solution=pad,
    cases=_rows,
    reads=Tables("parts", ("input_ids", "attention_mask")),
    needs_model=False,
    minutes=15,
    difficulty=2,
    mistakes={
        "turned_round": [Change(MASK, "[0] * len(row) + [1] * (longest - len(row))"), _zeros_of_the_ids],
        "left": Change(
            f"[{IDS} for", "[[0] * (longest - len(row)) + row for",
            f"[{MASK} for", "[[0] * (longest - len(row)) + [1] * len(row) for",
        ),
        "ids_left": Change(f"[{IDS} for", "[[0] * (longest - len(row)) + row for"),
        "mask_left": Change(f"[{MASK} for", "[[0] * (longest - len(row)) + [1] * len(row) for"),
        "fixed_length": [Change(LONGEST, number) for number in ("8", "10", "16", "512")],
        "other_id": [Change("[row + [0]", f"[row + [{number}]") for number in ("1", "100", "102", "-1", "row[-1]")],
        "all_zeros": Change(MASK, "[0] * longest"),
        "all_ones": Change(MASK, "[1] * longest"),
        "from_the_ids": [_from_the_ids, _up_to_a_zero],
        "up_to_sep": [_up_to_sep, _up_to_the_last_102, _up_to_the_last_place_of_102],
        "no_special": [_no_special_in_the_mask, _ends_not_in_the_mask],
        "lengths": Change(f"[{MASK} for row in rows]", "[len(row) for row in rows]"),
        "ids_twice": Change(f"[{MASK} for row in rows]", "input_ids"),
        "one_list": [_mask_for_both, _one_list_of_both, _ids_then_mask_in_one_list],
        "mask_short": Change(MASK, "[1] * (len(row) - 1) + [0] * (longest - len(row) + 1)"),
        "ids_not_padded": Change(f"[{IDS} for", "[row for"),
        "mask_not_padded": Change(MASK, "[1] * len(row)"),
        "pad_as_text": _words_for_ids,
        "as_many_zeros": [
            Change(f"[{IDS} for", "[row + [0] * longest for"),
            Change(MASK, "[1] * len(row) + [0] * longest"),
        ],
        "one_zero": Change(f"[{IDS} for", "[row + [0] for"),
        "too_long": [Change(LONGEST, f"{LONGEST} + {more}") for more in (1, 2)],
        "cut": _one_short,
        "shortest": _to_the_shortest,
        "first_row": [_to_the_first, Change(LONGEST, "len(rows[0])")],
        "running": [_running, _ids_running],
        "last_row": [_to_the_last, Change(LONGEST, "len(rows[-1])")],
        "greatest_row": Change(LONGEST, "len(max(rows))"),
        "before_sep": _cut_before_the_end,
        "order": Change("return input_ids, attention_mask", "return attention_mask, input_ids"),
        "ids_alone": Change("return input_ids, attention_mask", "return input_ids"),
        "mask_alone": Change("return input_ids, attention_mask", "return attention_mask"),
        "by_rows": _by_rows,
        "one_row": _in_one_row,
        "one_mask": [_mask_one_row_for_all, _mask_of_the_first_for_all],
        "sorted": [_sorted_up, _sorted_down],
        "last_alone": [_the_last_alone, _the_last_row],
        "reversed": _reversed_rows,
    },
    symptoms={
        "pad_as_text": lambda _, came, __: _texts_in(came["input_ids"]) or _texts_in(came["attention_mask"]),
        "both_ragged": lambda arguments, came, _: (
            _ragged(came["input_ids"], *arguments) and _ragged(came["attention_mask"], *arguments)
        ),
        "ids_ragged": lambda arguments, came, _: _ragged(came["input_ids"], *arguments),
        "mask_ragged": lambda arguments, came, _: _ragged(came["attention_mask"], *arguments),
        "sometimes_ragged": lambda arguments, came, _: (
            _ragged(came["input_ids"], *arguments) or _ragged(came["attention_mask"], *arguments)
        ),
        "one_list": lambda _, came, __: np.array_equal(came["input_ids"], came["attention_mask"]),
        "order": lambda _, came, expected: (
            np.array_equal(came["input_ids"], expected["attention_mask"])
            and not np.array_equal(came["attention_mask"], expected["attention_mask"])
        ),
        "left": lambda arguments, came, expected: (
            _width(came) == _width(expected)
            and came["input_ids"].tolist() == [[0] * (_width(came) - len(row)) + row for row in arguments[0]]
        ),
        "too_long": lambda _, came, expected: _width(came) > _width(expected),
        "cut": lambda _, came, expected: _width(came) < _width(expected),
        "other_id": lambda _, came, expected: (
            _equal(came, expected, "attention_mask") and _ids_of_places_that_are_real(came, expected)
        ),
        "width": lambda _, came, expected: _width(came) != _width(expected),
        "not_a_mask": lambda _, came, __: not np.isin(came["attention_mask"], (0, 1)).all(),
        "mask_alone_wrong": lambda _, came, expected: _equal(came, expected, "input_ids"),
        "both_wrong": lambda _, came, expected: (
            _ids_of_places_that_are_real(came, expected) and not _equal(came, expected, "attention_mask")
        ),
        "misplaced": lambda _, came, expected: np.array_equal(
            np.sort(came["input_ids"], axis=-1), np.sort(expected["input_ids"], axis=-1)
        ),
        "lost": lambda arguments, came, _: not _kept(arguments, came),
        "ids_alone_wrong": lambda _, came, expected: _equal(came, expected, "attention_mask"),
    },
)  # fmt: skip
