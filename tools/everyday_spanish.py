"""Spanish everyday sentences to train on, put together from the phrases in ``phrases_es``.

Most are phrases as people say them, alone, two of them, or with a reaction; the rest are made of a thing and what is
said of it (``things.toml``, ``frames.toml``), which agrees with it. A sentence that is a near copy of a measured one is
thrown away (``measured.is_near_copy``). Accents are left in: the tokenizer takes all of them off before it reads a
word, so a sentence without them is the same to the model. Opening marks are not, so a part of the sentences lacks them.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tools.everyday_english import PHRASES as ENGLISH
from tools.everyday_english import english_sentence
from tools.measured import is_near_copy
from tools.spanish_agreement import Noun, contract
from tools.training_data import Example

FOLDER = Path(__file__).with_name("phrases_es")
Pick = Callable[[Sequence[Any]], Any]


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


THINGS = _load("things.toml")
FRAMES = _load("frames.toml")
TOPICS = [
    topic
    for file in sorted(FOLDER.glob("*.toml"))
    if file.name not in {"things.toml", "frames.toml"}
    for topic in _load(file.name)["topics"]
]
EXCLAIMED = FRAMES["exclaimed"]
OTHER = {"positive": "negative", "negative": "positive"}


def phrases(kind: str) -> list[str]:
    """All clauses and sayings of ``kind`` (``"positive"`` or ``"negative"``), whatever their topic."""
    return [phrase for topic in TOPICS for phrase in topic[kind] + topic[f"{kind}_sayings"]]


def is_adjective(said: str) -> bool:
    """Whether ``said`` is one adjective that "qué" or "nada" may stand before: no expression, no superlative."""
    return " " not in said and not said.endswith("ísimo") and said not in FRAMES["no_degree"]


def about_a_thing(kind: str, pick: Pick) -> str:
    """A thing or a person and what is said of it."""
    area = pick(THINGS["areas"])
    noun = Noun(pick(area["things"]))
    other = Noun(pick([thing for thing in area["things"] if thing != noun.text]))
    determiner = pick(area.get("determiners", FRAMES["determiners"]))
    verb = pick([verb for verb in ("ser", "estar") for _ in area[kind][verb]])  # as often as it has something to say
    tenses = FRAMES["event" if area.get("event") else "lasting"][verb]
    the, who = noun.after(determiner), "people" if area.get("people") else "things"
    parts = {
        "noun": noun,
        "the": the,
        "object": f"a {the}" if who == "people" else the,
        "other": other.after(determiner),
        "be": format(noun, pick(tenses)),
        "now": format(noun, tenses[0]),
        "me": pick(["o", "a"]),
        "said": noun.agree(pick(area[kind][verb])),
    }
    frames = FRAMES["all"] + pick([FRAMES["all"], FRAMES[kind] + FRAMES[f"{kind}_{who}"]])
    adjectives, unlike = (list(filter(is_adjective, area[name][verb])) for name in (kind, OTHER[kind]))
    if verb == "ser" and adjectives and unlike:
        parts |= {"adjective": noun.agree(pick(adjectives)), "unlike": noun.agree(pick(unlike))}
        frames = frames + FRAMES["of_adjectives"]
    return pick(frames).format(**parts)


def about_an_activity(kind: str, pick: Pick) -> str:
    """Something that one does, or sees again and again, and how one likes it."""
    return pick(THINGS["activities"][kind]).format(pick(THINGS["activities"]["what"]))


def a_phrase(kind: str, pick: Pick) -> str:
    """A clause or a saying, alone, with another behind it, or with a reaction."""
    topic = pick(TOPICS)
    clause, saying = pick(topic[kind]), pick(topic[f"{kind}_sayings"])
    joined = [
        f"{clause}, {pick(EXCLAIMED[kind])}",
        f"{pick(EXCLAIMED[kind])}, {clause}",
        f"{clause}. {saying}",
        f"{saying} {capital(clause)}",
        pick(THINGS["reactions"][kind]),
    ]
    return pick([clause, saying, pick([clause, saying]), pick(joined)])


def in_both_languages(kind: str, pick: Pick) -> str:
    """Spanish and English in one sentence."""
    area = pick(THINGS["areas"])
    noun = Noun(pick(area["things"]))
    english = pick(pick(ENGLISH["areas"])[kind])
    spanish = noun.agree(pick(area[kind]["ser"]))
    topic = pick(TOPICS)
    return pick(
        [
            f"{noun.text} {noun:es/son} {english}",
            f"{noun.text} {noun:fue/fueron} so {english}",
            f"my {noun.after('')} {noun:is/are} {spanish}",
            f"the {pick(pick(ENGLISH['areas'])['things'])} was {pick(area[kind]['ser'])}",
            f"{pick(topic[kind])}, {pick(ENGLISH['reactions'][kind])}",
            f"{english_sentence(kind, pick).rstrip('.!')}, {pick(EXCLAIMED[kind])}",
            f"{pick(ENGLISH['events'][kind])} y {pick(topic[kind])}",
        ]
    )


# How often each is drawn.
WRITERS = [a_phrase] * 13 + [about_a_thing] * 5 + [about_an_activity] + [in_both_languages]


def capital(text: str) -> str:
    """``text`` with its first letter in upper case, behind an opening mark too."""
    return re.sub(r"\w", lambda first: first[0].upper(), text, count=1)


def finish(text: str, rng: random.Random) -> str:
    """Capital letter, contractions and punctuation, the last as careless as people are."""
    text = capital(contract(text))
    if text[-1] not in ".!?…":
        end = rng.choice([".", ".", ".", "!", ""])
        text = f"¡{text}!" if end == "!" and "." not in text else text + end
    return text if rng.random() < 0.6 else re.sub(r"[¡¿]", "", text)


def spanish_examples(count: int, rng: random.Random) -> list[Example]:
    """``count`` sentences, half of them positive, none of them a near copy of a measured one."""
    examples: list[Example] = []
    while len(examples) < count:
        label = len(examples) % 2
        text = finish(rng.choice(WRITERS)("positive" if label else "negative", rng.choice), rng)
        if not is_near_copy(text):
            examples.append(Example(text, label))
    return examples
