"""What is done of the practice, kept for this user in one small file on this computer, and sent to nobody."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline_helpers.files import replace_text
from pipeline_helpers.language import say
from pipeline_helpers.markup import Html, join, tag
from pipeline_helpers.practice.exercise import Exercise
from pipeline_helpers.practice.exercises import LESSONS, of_lesson
from pipeline_helpers.practice.questions import questions_of, quizzes
from pipeline_helpers.practice.shown import display_in_each, words

PATIENCE = 5.0
"""Seconds for another kernel that is writing; what is done then is not kept."""


@dataclass
class Kept:
    """What is known of what was done."""

    exercises: dict[str, bool] = field(default_factory=dict)
    """Those that were tried, by name: whether the answer was right once."""
    quizzes: dict[str, list[int | None]] = field(default_factory=dict)
    """By the name that `ph.quiz` takes: for each question the option that was chosen last, None where none was."""


def known() -> Kept:
    """What is kept; nothing where the file is not there, can't be read, or is something else's."""
    try:
        found = json.loads(_memory().read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError, RecursionError):
        return Kept()
    kept = Kept()
    for name, right in _part(found, "exercises"):
        if isinstance(right, bool):
            kept.exercises[name] = right
    for name, chosen in _part(found, "quizzes"):
        if isinstance(chosen, list) and all(one is None or type(one) is int for one in chosen):
            kept.quizzes[name] = chosen
    return kept


def _part(found: Any, name: str) -> Iterator[tuple[str, Any]]:
    part = found.get(name) if isinstance(found, dict) else None
    yield from part.items() if isinstance(part, dict) else ()


def tried(name: str, right: bool) -> None:
    """Keep that the exercise `name` was answered; once it was right it stays so."""

    def change(kept: Kept) -> None:
        kept.exercises[name] = right or kept.exercises.get(name, False)

    _keep(change)


def answered(quiz: str, place: int, option: int, total: int) -> None:
    """Keep the answer to the question at `place` of the `total` that `quiz` has."""

    def change(kept: Kept) -> None:
        chosen = kept.quizzes.get(quiz, [])
        kept.quizzes[quiz] = (chosen + [None] * total)[:total]
        kept.quizzes[quiz][place] = option

    _keep(change)


def _memory() -> Path:
    from platformdirs import user_config_path

    return user_config_path("pipeline_helpers") / "progress.json"


@contextlib.contextmanager
def _alone() -> Iterator[Path]:
    """The file, while no other kernel writes it: what two of them do at the same time is kept, both."""
    from filelock import FileLock

    file = _memory()
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock"), timeout=PATIENCE):
        yield file


def _keep(change: Callable[[Kept], None]) -> None:
    # As with the language: a home that can't be written to costs the memory, not the lesson.
    with contextlib.suppress(OSError, RuntimeError, NotImplementedError), _alone() as file:
        before, kept = known(), known()
        change(kept)
        if kept != before:
            replace_text(file, json.dumps(vars(kept), ensure_ascii=False, indent=1) + "\n")


def progress(*, forget: bool = False) -> None:
    """Show what is done of the practice, lesson by lesson.

    It is kept in one small file of this user's, beside the language chosen last, and never sent anywhere.

    Args:
        forget: delete the file instead.

    Raises:
        OSError: it can't be deleted.
    """
    if forget:
        with _alone() as file:
            file.unlink(missing_ok=True)
        display_in_each(
            lambda lang: tag("p", words("practice_shown.forgotten", lang)),
            lambda lang: say("practice_shown.forgotten", lang),
        )
    else:
        kept = known()
        display_in_each(lambda lang: _shown(kept, lang), lambda lang: _title(kept, lang))


def _title(kept: Kept, lang: str) -> str:
    exercises = [one.name for lesson in LESSONS for one in of_lesson(lesson)]
    finished = [_finished(kept, name) for name in quizzes() if name in LESSONS]
    done = sum(kept.exercises.get(name, False) for name in exercises)
    counts = {"done": done, "total": len(exercises), "quizzes": sum(finished), "all_quizzes": len(finished)}
    return say("practice_shown.progress_title", lang, **counts)


def _shown(kept: Kept, lang: str) -> Html:
    parts = [tag("p", tag("b", _title(kept, lang)))]
    for number, lesson in enumerate(LESSONS):
        exercises = list(of_lesson(lesson))
        done = sum(kept.exercises.get(one.name, False) for one in exercises)
        line = [say("practice_shown.exercises", lang, done=done, total=len(exercises))]
        line += [_quiz(kept, lesson, lang)] if lesson in quizzes() else []
        title = tag("b", f"{number} · {say(f'practice_shown.lesson.{lesson}', lang)}")
        parts.append(tag("p", join(title, *(f" · {part}" for part in line))))
        states = (_state(one, kept.exercises.get(one.name), lang) for one in exercises)
        parts.append(tag("ul", states, class_="ph-states"))
    parts += [_course(kept, name, lang) for name in ("before", "after") if name in quizzes()]
    return join(parts, tag("p", words("practice_shown.kept", lang), class_="ph-quiet"))


def _state(exercise: Exercise, right: bool | None, lang: str) -> Html:
    title = words(exercise.key("title"), lang)
    mark, key = {True: ("✓", "done"), False: ("…", "tried"), None: ("○", "open")}[right]
    return tag("li", mark, " ", title, " (", tag("code", exercise.name), ") · ", say(f"practice_shown.{key}", lang))


def _quiz(kept: Kept, name: str, lang: str) -> str:
    answers, total = kept.quizzes.get(name, []), len(questions_of(name))
    if _finished(kept, name):
        return say("practice_shown.quiz_done", lang, right=right_answers(name, answers), total=total)
    count = total - answers.count(None) if answers else 0
    return (
        say("practice_shown.quiz_tried", lang, answered=count, total=total)
        if count
        else say("practice_shown.quiz_open", lang)
    )


def _course(kept: Kept, name: str, lang: str) -> Html:
    answers, total = kept.quizzes.get(name, []), len(questions_of(name))
    if not _finished(kept, name):
        said = say("practice_shown.open", lang)
        if answers:
            said = say("practice_shown.answered", lang, answered=total - answers.count(None), total=total)
    elif name == "before":
        said = say("practice_shown.answered", lang, answered=total, total=total)
    else:
        said = say("practice_shown.result", lang, right=right_answers(name, answers), total=total)
    return tag("p", tag("b", say(f"practice_shown.{name}", lang)), " · ", said)


def _finished(kept: Kept, name: str) -> bool:
    answers = kept.quizzes.get(name, [])
    return len(answers) == len(questions_of(name)) and None not in answers


def right_answers(name: str, answers: list[int | None]) -> int:
    """How many of `answers`, question by question, are right in the quiz `name`."""
    return sum(chosen == question.right for question, chosen in zip(questions_of(name), answers, strict=False))
