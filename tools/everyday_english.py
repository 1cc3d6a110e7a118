"""Everyday sentences to train on, put together from the phrases in ``everyday_phrases.toml``.

SST-2 knows films only. These sentences teach what people say about food, work, the family, the weather. They are not
the sentences that the checkpoint is measured on: those were written first and are never trained on, and a sentence
drawn here that is a near copy of one of them is thrown away (``measured.is_near_copy``).
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tools.measured import is_near_copy
from tools.training_data import Example

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


def english_sentence(kind: str, pick: Pick) -> str:
    """One sentence of ``kind`` (``"positive"`` or ``"negative"``), as the phrases have it: in lower case."""
    return pick(WRITERS)(kind, pick)


def english_examples(count: int, rng: random.Random) -> list[Example]:
    """``count`` sentences, half of them positive, none of them a near copy of a measured one."""
    examples: list[Example] = []
    while len(examples) < count:
        label = len(examples) % 2
        text = english_sentence("positive" if label else "negative", rng.choice)
        text = text[:1].upper() + text[1:]
        if text[-1] not in ".!?":
            text += rng.choice([".", ".", ".", "!", ""])
        if not is_near_copy(text):
            examples.append(Example(text, label))
    return examples
