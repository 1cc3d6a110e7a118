"""After which layer the answer is there to stay."""

from itertools import pairwise

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def decided(reads):
    signs = [read > 0 for read in reads]
    layer = len(signs) - 1
    while layer > 0 and signs[layer - 1] == signs[-1]:
        layer -= 1
    return layer


def _lenses(_: Given) -> list[Arguments]:
    return [
        ([-0.1, -0.2, -0.1, 0.3, 1.5, 3.0, 4.7],),
        ([0.2, -0.1, 0.1, 0.2, -0.4, -3.1, -4.2],),
        ([0.3, 0.4, -0.2, -0.1, 0.9, 2.5, 2.1],),
        ([-0.5, 0.6, -0.7, 0.8, -0.9, 1.0, -1.1],),  # never sure before the end
        ([0.1, 0.2, 0.1, 0.4, 0.3, 0.6, 5.0],),  # from the beginning
        ([-0.2, -0.1, -2.0, -1.5, -0.5],),
        ([-3.0, 5.0, 0.1, -0.2, 0.3, 0.4],),
        ([0.7, -0.3, -0.2, 0.9, -0.1, -0.6, 2.0, 1.0, 0.2],),
    ]


def _first_of_that_sign(reads):
    for layer, read in enumerate(reads):
        if (read > 0) == (reads[-1] > 0):
            return layer
    return len(reads) - 1


def _first_positive(reads):
    for layer, read in enumerate(reads):
        if read > 0:
            return layer
    return len(reads) - 1


def _positive_from_there_on(reads):
    layer = len(reads) - 1
    while layer > 0 and reads[layer - 1] > 0:
        layer -= 1
    return layer


def _first_change(reads):
    for layer in range(1, len(reads)):
        if (reads[layer] > 0) != (reads[0] > 0):
            return layer
    return 0


def _first_change_between_neighbours(reads):
    for layer in range(1, len(reads)):
        if (reads[layer] > 0) != (reads[layer - 1] > 0):
            return layer - 1
    return 0


def _largest_step(reads):
    steps = [abs(after - before) for before, after in pairwise(reads)]
    return steps.index(max(steps)) + 1


def _largest_step_from_0(reads):
    steps = [abs(after - before) for before, after in pairwise(reads)]
    return steps.index(max(steps))


def _half_of_the_end(reads):
    layer = len(reads) - 1
    while layer > 0 and reads[layer - 1] / reads[-1] > 0.5:
        layer -= 1
    return layer


def _more_than_1(reads):
    return next((layer for layer, read in enumerate(reads) if abs(read) > 1), len(reads) - 1)


def _half_of_the_largest(reads):
    return next(layer for layer, read in enumerate(reads) if abs(read) > max(map(abs, reads)) / 2)


def _how_many_changes(reads):
    return sum((one > 0) != (other > 0) for one, other in pairwise(reads))


def _how_many_of_that_sign(reads):
    return sum((read > 0) == (reads[-1] > 0) for read in reads)


def _how_many_at_the_end(reads):
    layer = len(reads) - 1
    while layer > 0 and (reads[layer - 1] > 0) == (reads[-1] > 0):
        layer -= 1
    return len(reads) - layer


def _all_of_them(reads):
    return [layer for layer, read in enumerate(reads) if (read > 0) == (reads[-1] > 0)]


DECIDED = Exercise(
    solution=decided,
    cases=_lenses,
    reads=NUMBERS,
    needs_model=False,
    minutes=10,
    difficulty=2,
    mistakes={
        "not_to_stay": [
            _first_of_that_sign,
            Change("len(signs) - 1\n    while layer > 0 and signs[layer - 1] == signs[-1]:\n        layer -= 1",
                   "0\n    while signs[layer] != signs[-1]:\n        layer += 1"),
        ],
        "positive_alone": [_first_positive, _positive_from_there_on],
        "from_1": Change("return layer", "return layer + 1"),
        "last_of_the_others": Change("return layer", "return layer - 1"),
        "first_change": [_first_change, _first_change_between_neighbours],
        "largest_step": [_largest_step, _largest_step_from_0],
        "size": [
            _half_of_the_end, Change("return layer", "return max(range(len(reads)), key=lambda at: abs(reads[at]))"),
            Change("return layer", "return reads.index(max(reads))"), _more_than_1, _half_of_the_largest,
        ],
        "how_many": [_how_many_changes, _how_many_of_that_sign, _how_many_at_the_end],
        "a_list": _all_of_them,
        "the_read": Change("return layer", "return reads[layer]"),
        "compared_with_first": Change("== signs[-1]", "== signs[0]"),
        "turned_round": Change("== signs[-1]", "!= signs[-1]"),
        "the_last": Change("return layer", "return len(reads) - 1"),
        "neighbours_equal": Change("signs[layer - 1] == signs[-1]", "signs[layer - 1] != signs[layer]"),
        "name": Change("return layer", "return signs[layer]"),
    },
    symptoms={
        "too_early": lambda arguments, came, expected: came < expected
        and (arguments[0][int(came)] > 0) == (arguments[0][-1] > 0),
        "too_late": lambda _, came, expected: came.shape == () and came > expected,
        "other_sign": lambda arguments, came, _: (arguments[0][int(came)] > 0) != (arguments[0][-1] > 0),
        "other_layer": lambda arguments, came, _: came.shape == () and 0 <= came <= len(arguments[0]),
    },
)  # fmt: skip
