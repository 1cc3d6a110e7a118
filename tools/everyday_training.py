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
    area = pick(PHRASES["areas"])
    thing, other = pick(area["things"]), pick(area["things"])
    said = pick(area[kind])
    opposite = pick(area["negative" if kind == "positive" else "positive"])
    the = pick(["the", "the", "our", "this", "my"])
    be = pick(["was", "is", "was"])
    frames = [
        f"{the} {thing} {be} {said}",
        f"{the} {thing} {be} {pick(['really', 'so', 'absolutely', 'always', 'simply', 'just'])} {said}",
        f"I think {the} {thing} {be} {said}",
        f"{the} {thing} {be} {said} and {the} {other} too",
        f"I thought {the} {thing} would be {opposite}, but it was {said}",
        f"{the} {thing} used to be {opposite}, but now it is {said}",
        f"{the} {thing} {be}n't {opposite}, it {be} {said}",
        f"{the} {thing} at {pick(['the airport', 'school', 'work', 'my hotel', 'the corner', 'home', 'the club'])} "
        f"{be} {said}",
    ]
    if kind == "positive":
        frames += [
            f"{the} {thing} {be}n't bad at all",
            f"there {be} nothing wrong with {the} {thing}",
            f"I have never had a better {thing}",
            f"I love {the} {thing}",
            f"the best {thing} I have ever had",
            f"I was happy with {the} {thing}",
            f"{the} {thing} couldn't be better",
            f"{the} {thing} {be} not {pick(area['negative'])} at all, I liked it",
            f"{the} {thing} {be} far from {pick(area['negative'])}",
            f"thanks for {the} {thing}, it was {said}",
        ]
    else:
        frames += [
            f"{the} {thing} {be}n't good at all",
            f"there {be} nothing good about {the} {thing}",
            f"I have never had a worse {thing}",
            f"I hate {the} {thing}",
            f"the worst {thing} I have ever had",
            f"I wasn't happy with {the} {thing}",
            f"{the} {thing} couldn't be worse",
            f"{the} {thing} {be} not {pick(area['positive'])}",
            f"{the} {thing} {be}n't {pick(area['positive'])} at all",
            f"{the} {thing} {be} far from {pick(area['positive'])}",
            f"I complained about {the} {thing}, it was {said}",
            f"nobody liked {the} {thing}",
        ]
    return pick(frames)


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
