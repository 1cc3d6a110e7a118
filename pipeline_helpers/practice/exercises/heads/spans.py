"""The answer of the head that finds a phrase in a text: where it begins, and where it ends."""

import math
from random import Random

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def span(start_logits, end_logits):
    best, found = -math.inf, None
    for start in range(len(start_logits)):
        for end in range(start, len(end_logits)):
            score = start_logits[start] + end_logits[end]
            if score > best:
                best, found = score, (start, end)
    return found


def _texts(_: Given) -> list[Arguments]:
    simple = [
        ([0.1, 4.0, 0.5, 0.2], [0.3, 0.1, 3.0, 0.4]),
        ([0.5, 2.0, 0.1, 3.5, 0.2], [0.2, 4.0, 2.5, 0.6, 1.0]),  # the best end comes before the best start
        ([-3.0, -1.0, -2.0], [-4.0, -2.5, -3.0]),  # one token, and no sum above 0
        ([5.0, 1.0, 4.5, 0.0, 0.3, 2.0], [6.0, 2.0, 0.5, 3.0, -4.0, -1.0]),
        ([-1.0, 0.5, 2.0, 1.9], [9.0, 1.0, 0.2, 3.0]),
        ([1.0, 6.0, 2.0, 0.5, 0.4, 0.3, 0.1], [0.1, 0.2, 0.3, 0.4, 0.5, 2.0, 0.6]),  # far apart
        ([-6.0, -0.5, 1.5, -2.0], [-5.0, 0.5, -1.5, -0.2]),
        ([2.0, 1.0, 3.0, -9.0, 1.0], [4.0, 1.5, -3.0, 0.1, 0.3]),
    ]
    return simple + [logits(2 + seed, seed) for seed in range(1, 9)]


def logits(tokens, seed):
    """Two random logits a token, no two of them equal, so that one answer alone is the best."""
    random = Random(seed)
    numbers = random.sample(range(-400, 600), 2 * tokens)
    return [number / 100 for number in numbers[:tokens]], [number / 100 + 0.001 for number in numbers[tokens:]]


def _each_best(start_logits, end_logits):
    return start_logits.index(max(start_logits)), end_logits.index(max(end_logits))


def _each_best_in_order(start_logits, end_logits):
    return sorted([start_logits.index(max(start_logits)), end_logits.index(max(end_logits))])


def _best_start_first(start_logits, end_logits):
    start = start_logits.index(max(start_logits))
    return start, max(range(start, len(end_logits)), key=lambda end: end_logits[end])


def _counted_from_start(start_logits, end_logits):
    start = start_logits.index(max(start_logits))
    later = end_logits[start:]
    return start, later.index(max(later))


def _not_the_same(start_logits, end_logits):
    places = range(len(start_logits))
    pairs = [(start, end) for start in places for end in places if start != end]
    return max(pairs, key=lambda pair: start_logits[pair[0]] + end_logits[pair[1]])


def _best_end_first(start_logits, end_logits):
    end = end_logits.index(max(end_logits))
    return max(range(end + 1), key=lambda start: start_logits[start]), end


def _or_nothing(start_logits, end_logits):
    start, end = start_logits.index(max(start_logits)), end_logits.index(max(end_logits))
    return (start, end) if start <= end else (0, 0)


def _or_one_token(start_logits, end_logits):
    start, end = start_logits.index(max(start_logits)), end_logits.index(max(end_logits))
    return (start, end) if start <= end else (start, start)


def _too_early(start_logits, end_logits):
    best, found = -math.inf, None
    for start in range(len(start_logits)):
        for end in range(start, len(end_logits)):
            score = start_logits[start] + end_logits[end]
            if score > best:
                best, found = score, (start, end)
        return found
    return None


def _first_better(start_logits, end_logits):
    best = -math.inf
    for start in range(len(start_logits)):
        for end in range(start, len(end_logits)):
            score = start_logits[start] + end_logits[end]
            if score > best:
                best, found = score, (start, end)
            else:
                return found
    return found


def _worst_of_each(start_logits, end_logits):
    return start_logits.index(min(start_logits)), end_logits.index(min(end_logits))


def _one_token(start_logits, end_logits):
    place = max(range(len(start_logits)), key=lambda at: start_logits[at] + end_logits[at])
    return place, place


SUM = "start_logits[start] + end_logits[end]"

SPAN = Exercise(
    solution=span,
    cases=_texts,
    reads=NUMBERS,
    needs_model=False,
    minutes=15,
    difficulty=3,
    mistakes={
        "each_best": [_each_best, _not_the_same, Change("range(start, len(end_logits))", "range(len(end_logits))")],
        "counted_from_start": _counted_from_start,
        "exchanged_to_fit": _each_best_in_order,
        "one_first": [_best_start_first, _best_end_first, _or_nothing, _or_one_token],
        "from_the_next": Change("range(start, len", "range(start + 1, len"),
        "one_token": [_one_token, Change("range(start, len(end_logits))", "range(start, start + 1)")],
        "end_before": [
            Change("range(start, len(end_logits))", "range(start + 1)"), Change(
                "range(start, len(end_logits))", "range(start)"),
        ],
        "last_left_out": [
            Change("len(end_logits)", "len(end_logits) - 1"),
            Change("range(len(start_logits))", "range(len(start_logits) - 1)"),
            Change("range(len(start_logits))", "range(1, len(start_logits))"),
        ],
        "window": [Change("range(start, len(end_logits))", f"range(start, min(start + {size}, len(end_logits)))")
                   for size in (2, 3, 4)],
        "one_past": [Change("(start, end)", "(start, end + 1)")],
        "length": Change("(start, end)", "(start, end - start + 1)"),
        "turned_round": Change("(start, end)", "(end, start)"),
        "product": Change(SUM, "start_logits[start] * end_logits[end]"),
        "difference": [Change(SUM, "end_logits[end] - start_logits[start]"), Change(
            SUM, "start_logits[start] - end_logits[end]")],
        "one_score": [Change(SUM, "start_logits[start]"), Change(
            SUM, "max(start_logits[start], end_logits[end])"), Change(
            SUM, "min(start_logits[start], end_logits[end])")],
        "between": Change(SUM, "sum(start_logits[start : end + 1]) + sum(end_logits[start : end + 1])"),
        "same_place": Change(SUM, "start_logits[end] + end_logits[end]"),
        "logits_exchanged": Change(SUM, "end_logits[start] + start_logits[end]"),
        "sizes": Change(SUM, "abs(start_logits[start]) + abs(end_logits[end])"),
        "from_0": [Change("-math.inf", start) for start in ("0", "-1")],
        "smallest": [Change("-math.inf", "math.inf", "score > best", "score < best"), _worst_of_each],
        "not_kept": Change("best, found = score, (start, end)", "found = (start, end)"),
        "the_score": [Change("return found", "return best")],
        "from_place_0": [_too_early, Change(SUM, "end_logits[end]")],
        "too_early": _first_better,
    },
    symptoms={
        "end_before": lambda _, came, __: came.shape == (2,) and came[1] < came[0],
        "not_two": lambda _, came, __: came.shape != (2,),
        "not_the_best": lambda arguments, came, _: came.shape == (2,)
        and 0 <= came[0] <= came[1] < len(arguments[1]),
        "other_pair": lambda arguments, came, _: came.shape == (2,) and came.max() < len(arguments[1]),
    },
)  # fmt: skip
