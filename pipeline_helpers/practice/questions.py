"""The questions of the quizzes, as they stand in `quizzes/<quiz>.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from pipeline_helpers.practice.exercises import LESSONS

COURSE = {"before": "course", "after": "course"}
"""The same questions before and after the course, under two names."""


@dataclass(frozen=True)
class Option:
    """One answer: its text, and why it is right or what whoever chooses it believes, by language."""

    text: dict[str, str]
    why: dict[str, str]
    right: bool


@dataclass(frozen=True)
class Question:
    """What is asked, by language, and its answers, of which one is right."""

    text: dict[str, str]
    options: tuple[Option, ...]

    @property
    def right(self) -> int:
        """The place of the right answer."""
        return next(place for place, option in enumerate(self.options) if option.right)


FOLDER: Traversable = files(__package__) / "quizzes"


@cache
def quizzes() -> list[str]:
    """The names that `ph.quiz` takes, in the order of the course."""
    there = {file.name.removesuffix(".toml") for file in FOLDER.iterdir() if file.name.endswith(".toml")}
    return [name for name in ("before", *LESSONS, "after") if COURSE.get(name, name) in there]


@cache
def quiz_data(name: str) -> dict[str, Any]:
    """The quiz `name` as written: `{"question": [{"es", "en", "option": [{"es", "en", "why": {…}, "right"}, …]}]}`.

    Args:
        name: what `ph.quiz` takes, or `"course"`.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in [*quizzes(), *COURSE.values()]:
        raise ValueError(f"name is {name!r}; the quizzes are {', '.join(map(repr, quizzes()))}")
    return tomllib.loads((FOLDER / f"{COURSE.get(name, name)}.toml").read_text(encoding="utf-8"))


@cache
def questions_of(name: str) -> tuple[Question, ...]:
    """The questions of the quiz `name`; arguments and errors are those of `quiz_data`."""
    return tuple(_question(one) for one in quiz_data(name)["question"])


def _question(data: dict) -> Question:
    options = (Option(_texts(one), one["why"], one.get("right", False)) for one in data["option"])
    return Question(_texts(data), tuple(options))


def _texts(data: dict) -> dict[str, str]:
    return {name: text for name, text in data.items() if name not in ("option", "why", "right")}
