"""The two small cells of the lesson: words counted from their tokens, and the shape of a batch."""

from pipeline_helpers.practice.answers import NUMBER, NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def count_words(tokens):
    return sum(not token.startswith("##") for token in tokens)


def _unknown_left_out(tokens):
    return sum(not token.startswith("##") and token != "[UNK]" for token in tokens)


def _without_marks(tokens):
    return sum(token.isalpha() for token in tokens)


def _letters_and_digits(tokens):
    return sum(token.isalnum() for token in tokens)


def _each_once(tokens):
    return len({token for token in tokens if not token.startswith("##")})


def _each_token_once(tokens):
    return len(set(tokens))


def _in_one_piece(tokens):
    following = [*tokens, ""][1:]
    return sum(
        not one.startswith("##") and not two.startswith("##") for one, two in zip(tokens, following, strict=True)
    )


def _broken_words(tokens):
    following = [*tokens, ""][1:]
    return sum(not one.startswith("##") and two.startswith("##") for one, two in zip(tokens, following, strict=True))


def _words_less_pieces(tokens):
    pieces = sum(token.startswith("##") for token in tokens)
    return len(tokens) - 2 * pieces


def _letters(tokens):
    return sum(len(token) for token in tokens)


def _letters_of_words(tokens):
    return len("".join(tokens).replace("##", ""))


def _one_more(tokens):
    return sum(not token.startswith("##") for token in tokens) + 1


def _one_less(tokens):
    return sum(not token.startswith("##") for token in tokens) - 1


def _two_less(tokens):
    return len(tokens) - 2


def _two_less_than_words(tokens):
    return sum(not token.startswith("##") for token in tokens) - 2


def _ends_in_the_loop(tokens):
    for token in tokens:
        return int(not token.startswith("##"))
    return 0


def _begins_anew(tokens):
    count = 0
    for token in tokens:
        count = int(not token.startswith("##"))
    return count


def _pieces_and_one(tokens):
    return sum(token.startswith("##") for token in tokens) + 1


def _first_is_not_one(tokens):
    return sum(not token.startswith("##") for token in tokens[1:])


def _last_is_not_one(tokens):
    return sum(not token.startswith("##") for token in tokens[:-1])


def _tokens(_: Given) -> list[Arguments]:
    return [
        (["hug", "##ga", "##ble"],),
        (["i", "hate", "this", "so", "much", "!"],),
        (["i", "'", "ve", "been", "waiting", "for", "a", "hugging", "##face", "course"],),
        (["me", "en", "##can", "##ta", "el", "es", "##pan", "##ol"],),
        (["#", "hugging", "##face", "is", "#", "1"],),
        (["good", "[UNK]", "good", "token", "##izer", "##s", "."],),
        (["[UNK]"],),
        (["so", "so", "so", "##so"],),
        ([],),
    ]


COUNT_WORDS = Exercise(
    solution=count_words,
    cases=_tokens,
    reads=NUMBER,
    needs_model=False,
    minutes=4,
    difficulty=1,
    mistakes={
        "tokens": Change('not token.startswith("##")', "True"),
        "pieces": [Change("not token", "token"), _pieces_and_one],
        "one_hash": [Change('startswith("##")', 'startswith("#")'), Change('token.startswith("##")', '"#" in token')],
        "unknown": _unknown_left_out,
        "marks": [_without_marks, _letters_and_digits],
        "once": [_each_once, _each_token_once],
        "in_one_piece": _in_one_piece,
        "broken": _broken_words,
        "twice": _words_less_pieces,
        "letters": [_letters, _letters_of_words],
        "off_by_one": [_one_more, _one_less],
        "no_special": [_two_less, _two_less_than_words],
        "loop": [_ends_in_the_loop, _begins_anew],
        "ends_left_out": [_first_is_not_one, _last_is_not_one],
    },
    symptoms={
        "too_many": lambda arguments, came, _: came > len(arguments[0]),
        "more": lambda _, came, expected: came > expected,
        "fewer": lambda _, came, expected: came < expected,
        "mixed": lambda _, came, expected: came != expected,
    },
    traits={"has_pieces": lambda tokens: any(token.startswith("##") for token in tokens)},
)  # fmt: skip


def batch_shape():
    return (3, 8)


def _exchanged():
    return (8, 3)


def _no_special():
    return (3, 6)


def _one_special():
    return (3, 7)


def _words_alone():
    return (3, 3)


def _words_and_special():
    return (3, 5)


def _longest_allowed():
    return (3, 512)


def _shortest():
    return (3, 4)


def _all_tokens():
    return (3, 17)


def _with_numbers():
    return (3, 8, 384)


def _one_sentence():
    return (1, 8)


def _two_names():
    return (2, 3, 8)


def _length_alone():
    return 8


def _row_alone():
    return (8,)


def _lengths():
    return (3, 8, 6)


def _all_places():
    return 24


BATCH_SHAPE = Exercise(
    solution=batch_shape,
    cases=lambda _: [()],
    reads=NUMBERS,
    value=True,
    needs_model=False,
    minutes=3,
    difficulty=1,
    mistakes={
        "exchanged": _exchanged,
        "no_special": _no_special,
        "one_special": _one_special,
        "words": [_words_alone, _words_and_special],
        "allowed": _longest_allowed,
        "shortest": _shortest,
        "all_tokens": _all_tokens,
        "vectors": _with_numbers,
        "one_sentence": _one_sentence,
        "two_names": _two_names,
        "length_alone": [_length_alone, _row_alone],
        "each_length": _lengths,
        "all_places": _all_places,
    },
    symptoms={
        "not_two": lambda _, came, __: came.shape != (2,),
        "sentences": lambda _, came, __: came[0] != 3 and came[1] == 8,
        "longest": lambda _, came, __: came[0] == 3,
        "both": lambda _, came, __: came[0] != 3 and came[1] != 8,
    },
)  # fmt: skip
