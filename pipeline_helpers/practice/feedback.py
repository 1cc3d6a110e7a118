"""`check`, `hint` and `solution`: what there is to say of an answer, in every language, where the switch finds it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipeline_helpers.language import say
from pipeline_helpers.markup import Html, join, tag
from pipeline_helpers.practice import progress
from pipeline_helpers.practice.exercise import Exercise
from pipeline_helpers.practice.grading import Grade, find, grade
from pipeline_helpers.practice.shown import display_in_each, words

PATIENCE = 3
"""Wrong tries after which a solution is offered, as after the last hint."""

_hints_given: Counter[str] = Counter()
_wrong_tries: Counter[str] = Counter()


def check(name: str, answer: Any) -> None:
    """Show whether `answer` is right or, where it is not, which mistake it is and what to look at.

        ph.check("pad", pad)

    Nothing fails here: a function that raises, never ends or asks for input is told so.

    Args:
        name: the exercise's.
        answer: the function that was written, without parentheses, or the value.

    Raises:
        ValueError: there is no exercise of that name.
    """
    given = grade(name, answer)
    answered = given.mistake != "unanswered"
    if answered:
        _wrong_tries[name] += not given.right
        progress.tried(name, given.right)
    display_in_each(
        lambda lang: _verdict(name, given, answered, lang),
        lambda lang: f"{_mark(given, answered, lang)} {name} · {given.sentence(lang).replace('`', '')}",
        styled=answered,
        role="status",
    )


def _mark(given: Grade, answered: bool, lang: str) -> str:
    if given.right or not answered:
        return "✓" if given.right else "…"
    return say("practice_shown.wrong", lang)


def _verdict(name: str, given: Grade, answered: bool, lang: str) -> Html:
    sentences = (words(part.key, lang, **part.values) for part in given.said)
    said = (part for sentence in sentences for part in (" ", sentence))
    verdict = tag("p", tag("b", _mark(given, answered, lang)), " ", tag("code", name), " ·", said, class_="ph-verdict")
    return join(verdict, tag("p", _where_next(find(name), given.right, lang), class_="ph-quiet") if answered else "")


def _where_next(exercise: Exercise, right: bool, lang: str) -> Html:
    """Where there is help, or another way to compare with."""
    name, total, seen = exercise.name, len(exercise.hints), _hints_given[exercise.name]
    solution = f'ph.solution("{name}")'
    if right:
        return words("practice_shown.another_way", lang, code=solution)
    hints = words("practice_shown.hints", lang, code=f'ph.hint("{name}")', seen=seen, total=total)
    late = seen >= total or _wrong_tries[name] >= PATIENCE
    return join(hints, " ", words("practice_shown.a_solution", lang, code=solution)) if late else hints


def hint(name: str) -> None:
    """Show the next hint of the exercise `name`, with those before it; after the last one, all of them again.

    Raises:
        ValueError: there is no exercise of that name.
    """
    hints = find(name).hints
    seen = _hints_given[name] = min(_hints_given[name] + 1, len(hints))
    numbers = {"name": name, "seen": seen, "total": len(hints)}

    def render(lang: str) -> Html:
        more = (
            words("practice_shown.more", lang, code=f'ph.hint("{name}")')
            if seen < len(hints)
            else words("practice_shown.a_solution", lang, code=f'ph.solution("{name}")')
        )
        return join(
            tag("p", tag("b", words("practice_shown.hint_title", lang, **numbers))),
            tag("ol", (tag("li", words(key, lang)) for key in hints[:seen])),
            tag("p", more, class_="ph-quiet"),
        )

    def plain(lang: str) -> str:
        return "\n".join(f"{number}. {say(key, lang)}" for number, key in enumerate(hints[:seen], 1))

    display_in_each(render, plain, role="status")


def solution(name: str) -> None:
    """Show one way to write the exercise `name`.

    Raises:
        ValueError: there is no exercise of that name.
    """
    source = find(name).source

    def render(lang: str) -> Html:
        label = say("practice_shown.solution_label", lang, name=name)
        block = tag("pre", tag("code", source), tabindex=0, role="region", aria_label=label)
        return join(tag("p", words("practice_shown.solution_title", lang, name=name)), block)

    display_in_each(render, lambda lang: say("practice_shown.solution_title", lang, name=name).replace("`", ""))
