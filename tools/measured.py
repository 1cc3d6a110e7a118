"""The sentences that checkpoints are measured on, and the rule that none of them is trained on.

- ``everyday.tsv``: English, written by hand;
- ``everyday_es.tsv``: Spanish, written by hand, each with the same in English beside it. ``form`` says which half it
  is of: ``plain`` (a thing and what is said of it, something that happened) or ``free`` (idioms, wishes, comparisons,
  what is told without a word of feeling);
- ``others.tsv``: the sets that nothing is chosen by, told apart by ``set``.

All were written before the phrases that are trained on, and the Spanish ones not by who wrote those.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from tools.training_data import Example, read_examples

TOOLS = Path(__file__).resolve().parent
EVERYDAY = TOOLS / "everyday.tsv"
EVERYDAY_ES = TOOLS / "everyday_es.tsv"
OTHERS = TOOLS / "others.tsv"

RUN = 5  # so many words in a row, shared with a measured sentence, are a part of it


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a tab-separated file with a header."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def other_sets() -> dict[str, list[Example]]:
    """The sets of ``others.tsv``, by name."""
    sets: dict[str, list[Example]] = defaultdict(list)
    for row in read_table(OTHERS):
        sets[row["set"]].append(Example(row["sentence"], int(row["label"])))
    return dict(sets)


def measured_sets() -> dict[str, list[Example]]:
    """Every set by name: English, Spanish and its halves, the same in English, and those of ``others.tsv``."""
    rows = read_table(EVERYDAY_ES)
    spanish = read_examples(EVERYDAY_ES)
    return {
        "everyday": read_examples(EVERYDAY),
        "everyday_es": spanish,
        **{
            f"everyday_es_{form}": [e for e, row in zip(spanish, rows, strict=True) if row["form"] == form]
            for form in ("plain", "free")
        },
        "everyday_es_in_english": [Example(row["english"], int(row["label"])) for row in rows],
        **other_sets(),
    }


def without_accents(text: str) -> str:
    """``text`` without its accents and tildes: what the tokenizer makes of it before anything else.

    >>> without_accents("¿Mañana? ¡Qué alegría!")
    '¿Manana? ¡Que alegria!'
    """
    return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, without accents and punctuation."""
    return re.findall(r"[\w']+", without_accents(text.replace("’", "'")).casefold())


def runs(text: str) -> set[tuple[str, ...]]:
    """All of the five words in a row that ``text`` has."""
    said = words(text)
    return {tuple(said[start : start + RUN]) for start in range(len(said) - RUN + 1)}


@cache
def measured_texts() -> list[str]:
    """Every sentence that something is measured on, in any language."""
    return [example.text for examples in measured_sets().values() for example in examples]


@cache
def _index() -> tuple[list[int], dict[str, list[int]], set[tuple[str, ...]]]:
    """For :func:`is_near_copy`: how many words each measured sentence has, where each word is, and all runs."""
    sizes, places, taken = [], defaultdict(list), set()
    for number, text in enumerate(measured_texts()):
        different = set(words(text))
        sizes.append(len(different))
        for word in different:
            places[word].append(number)
        taken |= runs(text)
    return sizes, places, taken


def is_near_copy(text: str) -> bool:
    """Whether ``text`` and a measured sentence share five words in a row, or 70 % of the words that are in either.

    Case, accents and punctuation do not matter, nor, for the second, order and repetition.
    """
    sizes, places, taken = _index()
    mine = set(words(text))
    shared = Counter(number for word in mine for number in places.get(word, ()))
    if any(10 * both >= 7 * (len(mine) + sizes[number] - both) for number, both in shared.items()):
        return True
    return not taken.isdisjoint(runs(text))
