"""Pairs of sentences that are made to find one thing out."""

from pipeline_helpers.practice.answers import FLAGS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def minimal_pairs(pairs):
    flags = []
    for one, other in pairs:
        first, second = one.split(), other.split()
        different = sum(a != b for a, b in zip(first, second, strict=False))
        flags.append(len(first) == len(second) and different == 1)
    return flags


def _pairs(_: Given) -> list[Arguments]:
    return [
        ([("He is a nurse.", "She is a nurse."), ("He is a nurse.", "She is a doctor.")],),
        ([("Vivo con mi padre.", "Vivo con mi madre."), ("Vivo con mi padre.", "Vivo con mi padre.")],),
        ([("I met John today.", "I met John Smith today."), ("I met John.", "I met John today.")],),
        ([("the dog bit the man", "the man bit the dog")],),
        ([("a good good film", "a good film film"), ("not not bad", "not bad bad")],),
        ([("It is good", "It is good today"), ("It is good", "It was good today")],),
        ([("She lives here.", "she lives here."), ("Nice film", "Nice film!")],),
        ([("one two three", "one two"), ("one two", "one two three"), ("tan bonito", "tan feo")],),
        ([("This film is long.", "This book is short."), ("ab cd", "dc ba"), ("on", "no")],),
        ([("He left", "He did not leave"), ("not bad", "bad"), ("bad", "not bad")],),
        ([("not a good film", "a not bad film"), ("a good film", "a bad film")],),  # one other word, other places
    ]


def _by_words_left_over(pairs):
    flags = []
    for one, other in pairs:
        first, rest = one.split(), other.split()
        same_length = len(first) == len(rest)
        for word in first:
            if word in rest:
                rest.remove(word)
        flags.append(same_length and len(rest) == 1)
    return flags


def _without_the_last_word(pairs):
    flags = []
    for one, other in pairs:
        first, second = one.split(), other.split()
        different = sum(a != b for a, b in zip(first[:-1], second[:-1], strict=False))
        flags.append(len(first) == len(second) and different == 1)
    return flags


def _by_sets(pairs):
    return [len(set(one.split()) - set(other.split())) == 1 for one, other in pairs]


def _by_two_sets(pairs):
    return [len(set(one.split()) ^ set(other.split())) == 2 for one, other in pairs]


def _by_both_sets(pairs):
    return [
        len(set(one.split()) - set(other.split())) == 1 and len(set(other.split()) - set(one.split())) == 1
        for one, other in pairs
    ]


def _not_in_the_other(pairs):
    return [sum(word not in other.split() for word in one.split()) == 1 for one, other in pairs]


def _not_in_the_other_of_the_same_length(pairs):
    return [
        len(one.split()) == len(other.split()) and sum(word not in other.split() for word in one.split()) == 1
        for one, other in pairs
    ]


def _sets_of_the_same_length(pairs):
    return [
        len(one.split()) == len(other.split()) and len(set(one.split()) ^ set(other.split())) == 2
        for one, other in pairs
    ]


MINIMAL_PAIRS = Exercise(
    solution=minimal_pairs,
    cases=_pairs,
    reads=FLAGS,
    needs_model=False,
    minutes=6,
    difficulty=2,
    mistakes={
        "length": Change("len(first) == len(second) and ", ""),
        "equal_too": Change("different == 1", "different <= 1"),
        "more_too": [Change("different == 1", "different >= 1"), Change("different == 1", "different")],
        "sets": [
            _by_sets, _by_two_sets, _by_both_sets, _not_in_the_other, _not_in_the_other_of_the_same_length,
            _sets_of_the_same_length, _by_words_left_over,
        ],
        "last_word": _without_the_last_word,
        "letters": [
            Change("one.split(), other.split()", "one, other"),
            Change("one.split(), other.split()", "list(one), list(other)"),
        ],
        "counts_equal": Change("a != b", "a == b"),
        "only_length": Change("and different == 1", "and True"),
        "only_different": [
            Change("flags.append(len(first) == len(second) and different == 1)", "flags.append(one != other)"),
            Change("flags.append(len(first) == len(second) and different == 1)", "flags.append(one == other)"),
        ],
        "two": Change("different == 1", "different == 2"),
        "length_differs": Change("len(first) == len(second)", "len(first) != len(second)"),
        "one_longer": [
            Change("len(first) == len(second) and different == 1",
                   "different + abs(len(first) - len(second)) <= 1"),
            Change("len(first) == len(second) and different == 1",
                   "different + abs(len(first) - len(second)) == 1"),
        ],
        "turned_round": [
            Change("flags.append(len(first) == len(second) and different == 1)",
                   "flags.append(not (len(first) == len(second) and different == 1))"),
            Change("different == 1", "different != 1"),
        ],
        "small_letters": Change("one.split(), other.split()", "one.lower().split(), other.lower().split()"),
        "sorted_first": Change("one.split(), other.split()", "sorted(one.split()), sorted(other.split())"),
    },
    symptoms={
        "how_many": lambda arguments, came, _: len(came) != len(arguments[0]),
        "too_many": lambda _, came, expected: all(a or not b for a, b in zip(came, expected, strict=True)),
        "too_few": lambda _, came, expected: all(b or not a for a, b in zip(came, expected, strict=True)),
    },
    traits={"unequal": lambda pairs: any(len(one.split()) != len(other.split()) for one, other in pairs)},
)  # fmt: skip


def same_tokens(pairs):
    flags = []
    for one, other in pairs:
        first, second = tokenizer.tokenize(one), tokenizer.tokenize(other)
        flags.append(sorted(first) == sorted(second))
    return flags


def _orders(_: Given) -> list[Arguments]:
    return [
        ([("The food was good, not bad.", "The food was bad, not good."), ("good film", "bad film")],),
        ([("No fue aburrido, fue divertido.", "No fue divertido, fue aburrido.")],),
        ([("good good bad", "good bad bad"), ("not bad", "not not bad")],),
        ([("I love it", "I love it"), ("on", "no"), ("good", "very good")],),
        ([("Qué bonito", "bonito que"), ("Good film", "film good"), ("film", "films")],),
        ([("very good film", "film very good"), ("It was fun", "It was not")],),
        ([("a film!", "a film"), ("very good film", "good film")],),
        ([("teacher", "cheater"), ("not good, bad", "bad, not good"), ("bad, not good", "bad not, good")],),
        ([("good clean", "bad nice"), ("clean good", "good clean")],),  # the same sum of ids
        ([("¡Qué bien!", "que bien"), ("me gusta", "Gusta me"), ("good film", "good film film")],),
    ]


def _in_both_ways(pairs):
    flags = []
    for one, other in pairs:
        first, second = tokenizer.tokenize(one), tokenizer.tokenize(other)
        flags.append(all(token in second for token in first) and all(token in first for token in second))
    return flags


def _same_length_and_in(pairs):
    flags = []
    for one, other in pairs:
        first, second = tokenizer.tokenize(one), tokenizer.tokenize(other)
        flags.append(len(first) == len(second) and all(token in second for token in first))
    return flags


_TOKENS = "tokenizer.tokenize(one), tokenizer.tokenize(other)"

SAME_TOKENS = Exercise(
    solution=same_tokens,
    cases=_orders,
    reads=FLAGS,
    minutes=6,
    difficulty=1,
    mistakes={
        "sets": [Change("sorted(first) == sorted(second)", "set(first) == set(second)"), _in_both_ways],
        "words": [
            Change(_TOKENS, "one.split(), other.split()"),
            Change(_TOKENS, "one.lower().split(), other.lower().split()"),
        ],
        "letters": [Change(_TOKENS, "one, other"), Change(_TOKENS, "one.lower(), other.lower()")],
        "order": [
            Change("sorted(first) == sorted(second)", "first == second"),
            Change("sorted(first) == sorted(second)", "one == other"),
        ],
        "only_length": Change("sorted(first) == sorted(second)", "len(first) == len(second)"),
        "one_way": [
            Change("sorted(first) == sorted(second)", "all(token in second for token in first)"),
            Change("sorted(first) == sorted(second)", "all(token in first for token in second)"),
            Change("sorted(first) == sorted(second)", "set(first) <= set(second)"),
            Change("sorted(first) == sorted(second)", "any(token in second for token in first)"),
        ],
        "length_and_one_way": [
            _same_length_and_in,
            Change("sorted(first) == sorted(second)", "len(first) == len(second) and set(first) == set(second)"),
        ],
        "not_equal": Change("sorted(first) == sorted(second)", "sorted(first) == sorted(second) and first != second"),
        "turned_round": Change("sorted(first) == sorted(second)", "sorted(first) != sorted(second)"),
        "half_sorted": [Change("sorted(first)", "first"), Change("sorted(second)", "second")],
    },
    symptoms={
        "how_many": lambda arguments, came, _: len(came) != len(arguments[0]),
        "too_many": lambda _, came, expected: all(a or not b for a, b in zip(came, expected, strict=True)),
        "too_few": lambda _, came, expected: all(b or not a for a, b in zip(came, expected, strict=True)),
    },
    traits={"capitals": lambda pairs: any(text != text.lower() for pair in pairs for text in pair)},
)  # fmt: skip
