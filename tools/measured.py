"""The rule that no sentence that checkpoints are measured on (``pipeline_helpers/measured``) is trained on.

All of them were written before the phrases that are trained on, and the Spanish ones not by who wrote those.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache

from pipeline_helpers.measured import FOLDER, names, sentences
from tools.training_data import Example

EVERYDAY = FOLDER / "everyday.tsv"
EVERYDAY_ES = FOLDER / "everyday_es.tsv"

RUN = 5  # so many words in a row, shared with a measured sentence, are a part of it


def measured_sets() -> dict[str, list[Example]]:
    """Every set by name: English, Spanish and its halves, the same in English, and those that nothing is chosen by."""
    return {name: [Example(text, label) for label, text in sentences(name)] for name in names()}


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
