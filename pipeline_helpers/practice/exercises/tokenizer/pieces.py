"""The rule that splits a word into pieces of the vocabulary."""

from pipeline_helpers.language import Mistake
from pipeline_helpers.practice.answers import TEXTS
from pipeline_helpers.practice.exercise import Change, Exercise
from pipeline_helpers.practice.exercises.tokenizer.words import words


def wordpiece(word, vocab):
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def _whole_or_shortest(word, vocab):
    if word in vocab:
        return [word]
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        ends = (end for end in range(start + 1, len(word) + 1) if prefix + word[start:end] in vocab)
        end = next(ends, None)
        if end is None:
            return ["[UNK]"]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def _unknown_letter(word, vocab):
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in vocab:
                pieces.append(prefix + word[start:end])
                break
        else:
            pieces.append("[UNK]")
            end = start + 1
        start = end
    return pieces


def _unknown_once(word, vocab):
    pieces = _unknown_letter(word, vocab)
    return [piece for place, piece in enumerate(pieces) if piece != "[UNK]" or piece not in pieces[:place]]


def _from_the_right(word, vocab):
    pieces, end = [], len(word)
    while end:
        for start in range(end):
            piece = "##" * bool(start) + word[start:end]
            if piece in vocab:
                pieces.insert(0, piece)
                break
        else:
            return ["[UNK]"]
        end = start
    return pieces


def _the_word_itself(word, _):
    return [word]


def _nothing(*_):
    return []


def _bare_letters(word, _):
    return list(word)


def _letter_by_letter(word, _):
    return [word[0], *("##" + letter for letter in word[1:])]


def _known_letter_by_letter(word, vocab):
    pieces = _letter_by_letter(word, vocab)
    return pieces if all(piece in vocab for piece in pieces) else ["[UNK]"]


def _whole_or_letters(word, vocab):
    return [word] if word in vocab else _letter_by_letter(word, vocab)


def _whole_or_known_letters(word, vocab):
    return [word] if word in vocab else _known_letter_by_letter(word, vocab)


def _whole_or_unknown(word, vocab):
    return [word] if word in vocab else ["[UNK]"]


def _first_piece(word, vocab):
    for end in range(len(word), 0, -1):
        if word[:end] in vocab:
            return [word[:end]]
    return ["[UNK]"]


def _two_pieces(word, vocab):
    for end in range(len(word), 0, -1):
        if word[:end] in vocab:
            return [word[:end], "##" + word[end:]] if word[end:] else [word]
    return ["[UNK]"]


def _two_known_pieces(word, vocab):
    if word in vocab:
        return [word]
    for end in range(len(word) - 1, 0, -1):
        if word[:end] in vocab and "##" + word[end:] in vocab:
            return [word[:end], "##" + word[end:]]
    return ["[UNK]"]


def _never_whole(word, vocab):
    pieces, rest, prefix = [], word, ""
    while rest:
        for end in range(max(len(rest) - 1, 1) if rest == word else len(rest), 0, -1):
            if prefix + rest[:end] in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(prefix + rest[:end])
        rest, prefix = rest[end:], "##"
    return pieces


def _as_few_as_can_be(word, vocab):
    best = {0: []}
    for end in range(1, len(word) + 1):
        for start in range(end):
            piece = "##" * bool(start) + word[start:end]
            if start in best and piece in vocab and (end not in best or len(best[start]) + 1 < len(best[end])):
                best[end] = [*best[start], piece]
    return best.get(len(word), ["[UNK]"])


def _goes_back(word, vocab):
    def split(start):
        if start == len(word):
            return []
        for end in range(len(word), start, -1):
            piece = "##" * bool(start) + word[start:end]
            if piece in vocab and (rest := split(end)) is not None:
                return [piece, *rest]
        return None

    return split(0) or ["[UNK]"]


def _bare_if_need_be(word, vocab):
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end]
            if start and "##" + piece in vocab:
                pieces.append("##" + piece)
                break
            if piece in vocab:
                pieces.append(piece)
                break
        else:
            return ["[UNK]"]
        start = end
    return pieces


def _hashes_if_need_be(word, vocab):
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end]
            if piece in vocab:
                pieces.append(piece)
                break
            if start and "##" + piece in vocab:
                pieces.append("##" + piece)
                break
        else:
            return ["[UNK]"]
        start = end
    return pieces


def _at_most(word, vocab):
    return ["[UNK]"] if len(word) > 100 else wordpiece(word, vocab)


def _hashes_behind(word, vocab):
    bare = [piece.removeprefix("##") for piece in wordpiece(word, vocab)]
    return [piece + "##" for piece in bare[:-1]] + bare[-1:]


def _hashes_behind_and_in_front(word, vocab):
    pieces = wordpiece(word, vocab)
    return [piece + "##" for piece in pieces[:-1]] + pieces[-1:]


def _hashes_but_on_the_last(word, vocab):
    bare = [piece.removeprefix("##") for piece in wordpiece(word, vocab)]
    return ["##" + piece for piece in bare[:-1]] + bare[-1:]


def _hashes_on_the_second_alone(word, vocab):
    pieces = wordpiece(word, vocab)
    return pieces[:2] + [piece.removeprefix("##") for piece in pieces[2:]]


def _all_of_it_replaced(word, vocab):
    pieces, prefix = [], ""
    while word:
        for end in range(len(word), 0, -1):
            if prefix + word[:end] in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(prefix + word[:end])
        word, prefix = word.replace(word[:end], ""), "##"
    return pieces


def _letters_stripped(word, vocab):
    pieces, prefix = [], ""
    while word:
        for end in range(len(word), 0, -1):
            if prefix + word[:end] in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(prefix + word[:end])
        word, prefix = word.lstrip(word[:end]), "##"
    return pieces


def _anywhere(word, vocab):
    def split(start, end):
        for size in range(end - start, 0, -1):
            for left in range(start, end - size + 1):
                piece = "##" * bool(left) + word[left : left + size]
                if piece in vocab:
                    return [*split(start, left), piece, *split(left + size, end)]
        return ["[UNK]"] * (end > start)

    pieces = split(0, len(word))
    return ["[UNK]"] if "[UNK]" in pieces else pieces


def _each_once(word, vocab):
    return list(dict.fromkeys(wordpiece(word, vocab)))


def _every_piece(word, vocab):
    return [
        piece for start in range(len(word)) for end in range(len(word), start, -1)
        if (piece := "##" * bool(start) + word[start:end]) in vocab
    ]  # fmt: skip


def _every_bare_piece(word, vocab):
    return [
        piece for start in range(len(word)) for end in range(start + 1, len(word) + 1)
        if (piece := "##" * bool(start) + word[start:end]) in vocab
    ]  # fmt: skip


def _looked_for_at_each_letter(word, vocab):
    pieces = []
    for start in range(len(word)):
        for end in range(len(word), start, -1):
            if "##" * bool(start) + word[start:end] in vocab:
                pieces.append("##" * bool(start) + word[start:end])
                break
    return pieces


def _glued(word, vocab):
    pieces = []
    while word:
        end = next((end for end in range(len(word), 0, -1) if word[:end] in vocab), 0)
        if not end:
            return ["[UNK]"]
        pieces.append(word[:end])
        word = word[end:] and "##" + word[end:]
    return pieces


def _glued_to_nothing_too(word, vocab):
    while True:
        end = next((end for end in range(len(word), 0, -1) if word[:end] in vocab), 0)
        if not end:
            return ["[UNK]"]
        word = "##" + word[end:]
        if word == "##" and "#" in vocab:
            raise Mistake("practice.stopped", call="")  # there is a "#" in it for ever


def _bare(pieces):
    return [piece.removeprefix("##") for piece in pieces]


def _one_is_unknown(came, expected):
    return "[UNK]" in (came[0] if len(came) == 1 else None, expected[0])


def _shorter(came, expected):
    return next(
        (len(one) < len(other) for one, other in zip(_bare(came), _bare(expected), strict=False) if one != other), False
    )


UNKNOWN = 'return ["[UNK]"]'
NEXT_LETTER = "            start += 1\n            continue"

WORDPIECE = Exercise(
    solution=wordpiece,
    cases=words,
    reads=TEXTS,
    needs_model=False,
    minutes=20,
    difficulty=3,
    mistakes={
        "no_hashes": [Change('"##" if start else ""', '""'), Change("append(prefix + ", "append(")],
        "not_looked_up": Change("if prefix + word", "if word"),
        "bare_too": [_bare_if_need_be, _hashes_if_need_be],
        "hashes_pile_up": Change('"##" if start else ""', '"##" * len(pieces)'),
        "one_hash": Change('"##" if start', '"#" if start'),
        "hashes_first": Change('"##" if start else ""', '"##"'),
        "hashes_behind": [_hashes_behind, _hashes_behind_and_in_front],
        "hashes_not_last": _hashes_but_on_the_last,
        "hashes_second": _hashes_on_the_second_alone,
        "shortest": [Change("range(len(word), start, -1)", "range(start + 1, len(word) + 1)"), _whole_or_shortest],
        "unk_for_a_piece": [
            Change(UNKNOWN, f'pieces.append("[UNK]")\n{NEXT_LETTER}'),
            Change(UNKNOWN, f'pieces.append("##[UNK]" if start else "[UNK]")\n{NEXT_LETTER}'),
            Change(UNKNOWN, 'return pieces + ["[UNK]"]'), Change(UNKNOWN, 'return pieces + ["##[UNK]"]'),
            _unknown_once,
        ],
        "rest_lost": [Change(UNKNOWN, "return pieces"), Change(UNKNOWN, NEXT_LETTER.strip())],
        "nothing_for_unknown": Change(UNKNOWN, "return []"),
        "word_for_unknown": Change(UNKNOWN, "return [word]"),
        "unk_not_in_a_list": Change(UNKNOWN, 'return "[UNK]"'),
        "unk_misspelled": [Change('["[UNK]"]', f'["{text}"]') for text in ("UNK", "[unk]", "<unk>")],
        "rest_as_it_is": [Change(UNKNOWN, "end = len(word)"), Change(UNKNOWN, "end = start + 1")],
        "from_the_right": _from_the_right,
        "letters": [
            _bare_letters, _letter_by_letter, _known_letter_by_letter, _whole_or_letters, _whole_or_known_letters,
        ],
        "whole_alone": _whole_or_unknown,
        "first_piece": _first_piece,
        "last_piece": Change("pieces.append(prefix + word[start:end])", "pieces = [prefix + word[start:end]]"),
        "extended": Change("append", "extend"),
        "two_pieces": [_two_pieces, _two_known_pieces],
        "never_whole": _never_whole,
        "always_unknown": Change("range(len(word), start", "range(len(word) - 1, start"),
        "whole_word": _the_word_itself,
        "empty": _nothing,
        "no_single_letters": Change("start, -1)", "start + 1, -1)"),
        "as_few_as_can_be": _as_few_as_can_be,
        "goes_back": _goes_back,
        "lower_case": Change("pieces, start = [], 0", "word, pieces, start = word.lower(), [], 0"),
        "limit": _at_most,
        "replaced": [_all_of_it_replaced, _letters_stripped],
        "anywhere": _anywhere,
        "each_once": _each_once,
        "glued": [_glued, _glued_to_nothing_too],
        "letter_lost": Change("start = end", "start = end + 1"),
        "one_letter_on": [Change("start = end", "start += 1"), _looked_for_at_each_letter],
        "every_piece": [_every_piece, _every_bare_piece],
    },
    symptoms={
        "unk_for_a_piece": lambda _, came, __: len(came) > 1 and any("[UNK]" in piece for piece in came),
        "unk_missing": lambda _, __, expected: expected == ["[UNK]"],
        "unk_too_soon": lambda _, came, __: came == ["[UNK]"],
        "unk_misplaced": lambda _, came, expected: _one_is_unknown(came, expected),
        "hashes_first": lambda _, came, __: bool(came) and (came[0].startswith("##") or came[0] == "[UNK]"),
        "no_hashes": lambda arguments, came, expected: (
            expected != ["[UNK]"] and any(not piece.startswith("##") for piece in came[1:])
            and len("".join(_bare(came))) <= len(arguments[0])
        ),
        "hashes": lambda _, came, expected: _bare(came) == _bare(expected) or _one_is_unknown(came, expected),
        "letters_lost": lambda arguments, came, _: len("".join(_bare(came))) < len(arguments[0]),
        "not_longest": lambda _, came, expected: _shorter(came, expected) or _one_is_unknown(came, expected),
        "no_hashes_at_all": lambda _, came, __: not any(piece.startswith("##") for piece in came[1:]),
        "not_in_vocab": lambda arguments, came, expected: (
            any(piece not in arguments[1] for piece in came) or not came or _one_is_unknown(came, expected)
        ),
        "neither": lambda _, came, expected: _shorter(came, expected) or "[UNK]" in [*came, *expected] or not came,
    },
)  # fmt: skip
