"""Everyday sentences to train on, put together from the phrases in ``everyday_phrases.toml``.

SST-2 knows films only. These sentences teach what people say about food, work, the family, the weather. They are not
the sentences that the checkpoint is measured on: ``everyday.tsv`` was written first and is never trained on, and a
sentence drawn here that is a near copy of one of them is thrown away (:func:`is_near_copy`).
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tools.training_data import EVERYDAY, Example, read_examples

PHRASES = tomllib.loads(Path(__file__).with_name("everyday_phrases.toml").read_text(encoding="utf-8"))

Pick = Callable[[Sequence[Any]], Any]


def _about_a_thing(kind: str, pick: Pick) -> str:
    area, frames = pick(PHRASES["areas"]), PHRASES["frames"]
    unlike = area["negative" if kind == "positive" else "positive"]
    words = {
        "thing": pick(area["things"]),
        "other": pick(area["things"]),
        "said": pick(area[kind]),
        "opposite": pick(unlike),
        **{name: pick(frames[name]) for name in ("the", "be", "adverb", "place")},
    }
    sentences = []
    for frame in frames["both"] + frames[kind]:
        another = pick(unlike) if "{another}" in frame else ""  # drawn anew for each frame
        sentences.append(frame.format(**words, another=another))
    return pick(sentences)


def _about_a_person(kind: str, pick: Pick) -> str:
    people = PHRASES["people"]
    character = next(area for area in PHRASES["areas"] if area["name"] == "people")
    frames = [
        f"my {pick(people['who'])} {pick(people[kind])}",
        f"my {pick(people['who'])} is {pick(character[kind])}",
    ]
    if kind == "negative":
        frames.append(f"my {pick(people['who'])} isn't {pick(character['positive'])} to me")
    return pick(frames)


def _about_an_activity(kind: str, pick: Pick) -> str:
    return pick(PHRASES["activities"][kind]).format(pick(PHRASES["activities"]["what"]))


def _about_an_event(kind: str, pick: Pick) -> str:
    event, reaction = pick(PHRASES["events"][kind]), pick(PHRASES["reactions"][kind])
    other = pick(PHRASES["events"][kind])
    return pick([event, event, f"{event}, {reaction}", f"{reaction}, {event}", f"{event} and {other}"])


def _saying(kind: str, pick: Pick) -> str:
    return pick(PHRASES["sayings"][kind])


# How often each is drawn.
WRITERS = [_about_a_thing] * 5 + [_about_an_event] * 3 + [_about_a_person, _about_an_activity, _saying]


def everyday_examples(count: int, rng: random.Random) -> list[Example]:
    """``count`` sentences, half of them positive, none of them a near copy of one in ``everyday.tsv``."""
    examples: list[Example] = []
    while len(examples) < count:
        label = len(examples) % 2
        text = rng.choice(WRITERS)("positive" if label else "negative", rng.choice)
        text = text[:1].upper() + text[1:]
        if text[-1] not in ".!?":
            text += rng.choice([".", ".", ".", "!", ""])
        if not is_near_copy(text):
            examples.append(Example(text, label))
    return examples


def words(text: str) -> frozenset[str]:
    """The words of ``text`` in lower case, without punctuation; order and repetition do not matter."""
    return frozenset(re.findall(r"[\w']+", text.lower()))


@cache
def measured_sentences() -> list[frozenset[str]]:
    """The words of each sentence of ``everyday.tsv``."""
    return [words(example.text) for example in read_examples(EVERYDAY)]


def is_near_copy(text: str) -> bool:
    """Whether ``text`` and a sentence of ``everyday.tsv`` share at least 70 % of the words that are in either."""
    mine = words(text)
    return any(10 * len(mine & theirs) >= 7 * len(mine | theirs) for theirs in measured_sentences())
