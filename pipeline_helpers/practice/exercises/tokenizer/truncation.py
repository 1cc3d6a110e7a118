"""A row of ids that is too long, cut so that its two special tokens stay."""

from random import Random

import numpy as np

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def truncate(ids, longest):
    if len(ids) <= longest:
        return ids
    return ids[: longest - 1] + ids[-1:]


def _special_not_counted(ids, longest):
    if len(ids) - 2 <= longest:
        return ids
    return ids[: longest + 1] + ids[-1:]


def _special_added_to_the_limit(ids, longest):
    return ids if len(ids) <= longest else ids[: longest + 1] + ids[-1:]


def _closing_not_counted(ids, longest):
    return ids[:-1][:longest] + ids[-1:]


def _keeps_its_end(ids, longest):
    return ids[-longest:]


def _keeps_its_end_of_what_is_long(ids, longest):
    return ids[len(ids) - longest :] if len(ids) > longest else ids


def _keeps_first_and_end(ids, longest):
    return ids if len(ids) <= longest else ids[:1] + ids[len(ids) - longest + 1 :]


def _both_fixed(ids, longest):
    if len(ids) <= longest:
        return ids
    return [101, *ids[1 : longest - 1], 102]


def _always_with_102(ids, longest):
    return [*ids[:-1][: longest - 1], 102]


def _first_fixed(ids, longest):
    return ids if len(ids) <= longest else [101, *ids[1 : longest - 1], ids[-1]]


def _number_always_added(ids, longest):
    return ids[: longest - 1] + ids[-1]


def _number_always_in_front(ids, longest):
    return ids[0] + ids[1 : longest - 1] + ids[-1:]


def _opened_twice(ids, longest):
    return ids if len(ids) <= longest else ids[:1] + ids[: longest - 2] + ids[-1:]


def _one_out(ids, longest):
    return ids if len(ids) <= longest else ids[:-2] + ids[-1:]


def _padded(ids, longest):
    if len(ids) <= longest:
        return ids + [0] * (longest - len(ids))
    return ids[: longest - 1] + ids[-1:]


def _the_middle_out(ids, longest):
    if len(ids) <= longest:
        return ids
    first = (longest + 1) // 2
    return ids[:first] + ids[len(ids) - (longest - first) :]


def _both_lost(ids, longest):
    return ids if len(ids) <= longest else ids[1:-1][:longest]


def _words_alone(ids, longest):
    return ids if len(ids) <= longest else ids[1:-1][: longest - 2]


def _nothing_closed_when_short(ids, longest):
    return ids[:-1][:longest]


def _last_word_kept(ids, longest):
    return ids if len(ids) <= longest else ids[: longest - 2] + ids[-2:]


def _zeros_instead(ids, longest):
    return ids if len(ids) <= longest else ids[: longest - 1] + ids[-1:] + [0] * (len(ids) - longest)


def _too_much_cut_off(ids, longest):
    return ids if len(ids) <= longest else ids[: len(ids) - longest] + ids[-1:]


def _always_so_many_cut_off(ids, longest):
    return ids[:-longest] + ids[-1:]


def _so_many_cut_off(ids, longest):
    return ids if len(ids) <= longest else ids[:-longest]


def _before_the_last(ids, longest):
    return ids if len(ids) <= longest else ids[: longest - 2] + ids[-1:] + ids[longest - 2 : longest - 1]


def _at_the_beginning(ids, longest):
    return ids if len(ids) <= longest else ids[-1:] + ids[: longest - 1]


def _cut(ids, longest):
    return len(ids) > longest


def _same_start(came, ids, count):
    return len(came) >= count and list(came[:count]) == ids[:count]


def _rows(_: Given) -> list[Arguments]:
    random, made = Random(1), []
    for _row in range(16):
        words = [random.randint(1000, 30000) for _ in range(random.randint(0, 9))]
        first, last = random.choice([(101, 102), (101, 102), (2, 3), (7, 8)])
        made.append(([first, *words, last], random.randint(2, 12)))
    return [
        ([101, 1045, 5223, 2023, 102], 4),
        ([101, 1045, 5223, 2023, 102], 5),
        ([101, 2204, 102], 8),
        ([101, 2204, 102], 4),
        ([101, 1045, 5223, 2023, 2061, 2172, 999, 102], 3),
        ([101, 1045, 5223, 2023, 2061, 2172, 999, 102], 2),
        ([2, 48, 1045, 1045, 25, 21, 3], 4),  # another vocabulary: [CLS] and [SEP] have other ids
        ([101, 1045, 102, 2003, 2204, 2003, 102], 5),  # two sentences: the first has a [SEP] too
        ([101, 1045, 102, 2003, 2204, 102], 3),
        ([2, 48, 3], 6),
        ([101, 102], 2),
        ([101, *range(2000, 2600), 102], 512),
        *made,
    ]


TRUNCATE = Exercise(
    solution=truncate,
    cases=_rows,
    reads=NUMBERS,
    needs_model=False,
    minutes=8,
    difficulty=1,
    mistakes={
        "sep_lost": [
            Change("ids[: longest - 1] + ids[-1:]", "ids[:longest]"),
            Change("ids[: longest - 1] + ids[-1:]", "ids[: longest - 1]"),
            Change("ids[: longest - 1] + ids[-1:]", "ids[: longest - 2]"),
        ],
        "sep_lost_when_it_fits": _nothing_closed_when_short,
        "too_few": [Change("longest - 1]", "longest - 2]"), Change("longest - 1]", "max(longest - 3, 0)]")],
        "too_many": [Change("longest - 1]", "longest]"), _closing_not_counted],
        "special_not_counted": [_special_not_counted, _special_added_to_the_limit],
        "cls_lost": [
            Change("ids[: longest - 1]", "ids[1:longest]"), Change("ids[: longest - 1]", "ids[1 : longest - 1]"),
        ],
        "both_lost": [_both_lost, _words_alone],
        "front": [_keeps_its_end, _keeps_its_end_of_what_is_long],
        "front_after_cls": _keeps_first_and_end,
        "middle": _the_middle_out,
        "sep_twice": Change("if len(ids) <= longest:\n        return ids\n    ", ""),
        "turned_round": Change("<=", ">"),
        "last_fixed": [Change("ids[-1:]", "[102]"), _always_with_102],
        "first_fixed": _first_fixed,
        "both_fixed": _both_fixed,
        "no_brackets": [Change("ids[-1:]", "ids[-1]"), _number_always_added, _number_always_in_front],
        "cls_twice": _opened_twice,
        "one_out": _one_out,
        "sep_misplaced": [_before_the_last, _at_the_beginning],
        "cut_off_so_many": [_too_much_cut_off, _always_so_many_cut_off, _so_many_cut_off],
        "not_cut": [Change("ids[: longest - 1] + ids[-1:]", "ids"), Change("<= longest", "<= 512")],
        "padded": _padded,
        "zeros": _zeros_instead,
        "last_word": _last_word_kept,
        "cut_off": Change("ids[: longest - 1] + ids[-1:]", "ids[longest:]"),
    },
    symptoms={
        "number": lambda _, came, __: came.ndim != 1,
        "not_cut": lambda arguments, came, _: _cut(*arguments) and list(came) == arguments[0],
        "only_when_it_fits": lambda arguments, _, __: not _cut(*arguments),
        "fixed_ids": lambda arguments, came, _: (
            (came[-1] == 102 and arguments[0][-1] != 102) or (came[0] == 101 and arguments[0][0] != 101)
        ),
        "sep_misplaced": lambda arguments, came, _: came[-1] != arguments[0][-1] and arguments[0][-1] in came,
        "sep_lost": lambda arguments, came, _: came.size == 0 or came[-1] != arguments[0][-1],
        "cls_lost": lambda arguments, came, _: came.size == 0 or came[0] != arguments[0][0],
        "too_many": lambda arguments, came, _: len(came) > arguments[1],
        "too_few": lambda arguments, came, expected: (
            len(came) < len(expected) and _same_start(came, arguments[0], len(came) - 1)
        ),
        "not_the_first": lambda arguments, came, expected: (
            len(came) == len(expected) and not _same_start(came, arguments[0], len(came) - 1)
        ),
        "length": lambda _, came, expected: len(came) != len(expected),
        "foreign": lambda arguments, came, _: not np.isin(came, arguments[0]).all(),
    },
)  # fmt: skip
