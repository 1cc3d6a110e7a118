"""The words that WordPiece is tried on, each with a vocabulary; small ones, since every try has a copy of its own."""

from collections.abc import Iterable
from random import Random

from pipeline_helpers.practice.exercise import Arguments, Given

HUGS = "[UNK] hug hugs hugging face token a b h u un Hug ##ga ##ble ##g ##s ##b ##gi ##face ##izer ##ize ##sy #face"
LETTERS = "[UNK] ab abc abcd a cd ##a ##b ##ab ##c ##cd ##cde ##e ##babc"
AGAIN = "[UNK] ha e ban na A ##ha ##e ##na ##n ##ana ##A"
HASHES = "[UNK] # a ##a ###b"


def _numbered(pieces: Iterable[str]) -> dict[str, int]:
    return {piece: number for number, piece in enumerate(pieces)}


def words(_: Given) -> list[Arguments]:
    """Words that each show a mistake, and some at random."""
    hugs, letters, again, hashes = (_numbered(pieces.split()) for pieces in (HUGS, LETTERS, AGAIN, HASHES))
    random, small = Random(3), []
    for _vocab in range(3):
        pieces = {"".join(random.choices("abc", k=random.randint(1, 3))) for _ in range(6)}
        pieces |= {"##" + "".join(random.choices("abc", k=random.randint(1, 3))) for _ in range(9)}
        some = _numbered(sorted(pieces))
        small += [("".join(random.choices("abc", k=random.randint(2, 7))), some) for _ in range(4)]
    return [
        ("hug", hugs), ("huggable", hugs), ("hugs", hugs), ("hugging", hugs), ("hugface", hugs), ("tokenizer", hugs),
        ("faceface", hugs), ("hugggb", hugs), ("h", hugs), ("ub", hugs), ("huggy", hugs), ("a😀b", hugs), ("😀", hugs),
        ("hugtoken", hugs), ("hugsy", hugs), ("Hug", hugs), ("HUG", hugs), ("able", hugs), ("unhug", hugs),
        ("abcd", letters), ("ababcd", letters), ("abcde", letters), ("abab", letters), ("aab", letters),
        ("abcdz", letters), ("cdab", letters),
        ("hahaha", again), ("eee", again), ("banana", again), ("AA", again), ("nae", again), ("hahahana😀", again),
        ("o" * 104, {"[UNK]": 0, "o" * 104: 1}), *small,
        ("ab", hashes),  # the last one: some never end here, where a "##" glued to the word is found in it again
    ]  # fmt: skip
