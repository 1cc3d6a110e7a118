"""`grade`: an answer → right, or which mistake it is, and what to look at."""

from __future__ import annotations

import difflib
import dis
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline_helpers.language import Mistake
from pipeline_helpers.practice.answers import differences
from pipeline_helpers.practice.exercise import Exercise
from pipeline_helpers.practice.exercises import exercises
from pipeline_helpers.practice.limits import silent
from pipeline_helpers.practice.relations import RELATIONS, not_finite
from pipeline_helpers.practice.trying import Outcome, Trial, Tried, given, innermost


@dataclass(frozen=True)
class Grade:
    """What there is to say of an answer.

    Attributes:
        right: whether it is right on every input.
        mistake: the name of what is wrong, where it has one: one of the exercise's mistakes (two of them joined by
            `+`), or what befell the function (`"stopped"`, `"raised"`, …).
        said: the sentences, which `sentence` puts into a language.
    """

    right: bool
    mistake: str | None
    said: tuple[Mistake, ...]

    def sentence(self, lang: str | None = None) -> str:
        """What is right or wrong and what to look at, in `lang` (None: the language in force)."""
        return " ".join(part.sentence(lang) for part in self.said)


def find(name: str) -> Exercise:
    """The exercise of that name.

    Raises:
        ValueError: there is none; the message names those that are spelled nearly so.
    """
    known = exercises()
    if isinstance(name, str) and name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=3) or list(known)
    raise ValueError(f"name is {name!r}, which is no exercise; perhaps it is {' or '.join(map(repr, near))}")


@cache
def trial(name: str) -> Trial:
    """The exercise of that name with its inputs, prepared once."""
    return Trial(find(name))


def grade(name: str, answer: Any) -> Grade:
    """Try `answer` on the inputs of the exercise `name`.

    Args:
        name: the exercise's, such as `"pad"`.
        answer: the function that was written, or the value; numbers may be lists, numpy's or tensors.

    Raises:
        ValueError: there is no such exercise.
    """
    exercise = find(name)
    if unanswered(answer):
        return Grade(False, "unanswered", (Mistake("practice.unanswered", form=exercise.form),))
    if exercise.value == callable(answer):
        key = "practice.not_a_value" if exercise.value else "practice.not_a_function"
        return Grade(False, key.partition(".")[2], (Mistake(key, name=name, form=exercise.form),))
    tried_on = trial(name)
    before = _fingerprint(tried_on.given.model)
    tried = tried_on.theirs((lambda: answer) if exercise.value else answer)
    if _fingerprint(tried_on.given.model) != before:
        _forget()
        return Grade(False, "model_changed", (Mistake("practice.model_changed"),))
    with silent():  # a symptom or a relation may well divide by what is 0 or nan
        return _judged(tried_on, tried)


def unanswered(answer: Any) -> bool:
    """Whether nothing was written yet: a `...`, None, or a function that has nothing else in it."""
    if answer is None or answer is ...:
        return True
    if isinstance(answer, (list, tuple)):
        return bool(answer) and all(part is None or part is ... for part in answer)
    code = getattr(innermost(answer), "__code__", None) if callable(answer) else None
    if code is None or not _NOTHING.issuperset(step.opname for step in dis.get_instructions(code)):
        return False
    return all(const is None or const is ... or const == getattr(answer, "__doc__", None) for const in code.co_consts)


_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "POP_TOP", "RETURN_VALUE", "RETURN_CONST"}
"""What is left of a function that has nothing in it: in each version of Python some of these."""


def _judged(trial: Trial, tried: Tried) -> Grade:
    exercise, expected = trial.exercise, trial.expected
    if tried.remembers:
        return Grade(False, "remembers", (Mistake("practice.remembers"),))
    if tried.like(expected):
        if changed := next((one.changed for one in tried.outcomes if one.changed), None):
            return Grade(False, "changed", (Mistake(exercise.key("changed"), argument=changed),))
        own = exercise.own("right")
        return Grade(True, None, (Mistake("practice.right"), *([Mistake(own)] if own else [])))
    for name, outcomes in trial.mistakes:
        if tried.like(outcomes):
            return Grade(False, name, (Mistake(exercise.key(name)),))
    for place, outcome in enumerate(tried.outcomes):
        if outcome.problem is not None:
            return _unusable(trial, tried, place, outcome.problem)
    return next(_named(trial, tried), None) or _first_difference(trial, tried)


def _unusable(trial: Trial, tried: Tried, place: int, problem: Mistake) -> Grade:
    """Nothing to compare: it raised, was stopped, handed back nothing or something else."""
    name = problem.key.partition(".")[2]
    if name == "nothing" and tried.printed:
        return Grade(False, "printed", (Mistake("practice.printed", form=trial.exercise.form),))
    call = Mistake("practice.at_call", call=trial.call(place))
    return Grade(False, name, (problem,) if name == "stopped" or trial.exercise.value else (problem, call))


def _named(trial: Trial, tried: Tried) -> Iterator[Grade]:
    """What is wrong by name, the most telling first."""
    exercise = trial.exercise
    for (one, other), outcomes in trial.pairs:
        if tried.like(outcomes):
            sentences = (Mistake(exercise.key(one)), Mistake(exercise.key(other)))
            yield Grade(False, f"{one}+{other}", (Mistake("practice.two"), *sentences))
    wrong = _wrong(trial, tried)
    for name, shows in exercise.symptoms.items():
        if wrong and all(_holds(shows, *one) for one in wrong):
            yield Grade(False, name, (Mistake(exercise.key(name)),))
    for relation in RELATIONS:
        if relation is not_finite and trial.infinite:
            continue
        if found := relation(wrong):
            name = found.key.rpartition(".")[2]
            yield Grade(False, name, (found, _place(trial, tried, _SHOWN.get(name, ("",)))))
    yield from _last_resorts(trial, tried, wrong)


def _last_resorts(trial: Trial, tried: Tried, wrong: list[tuple[tuple[Any, ...], Any, Any]]) -> Iterator[Grade]:
    """On which kind of input alone it is wrong; and what else can be seen of it."""
    exercise = trial.exercise
    for name, holds in exercise.traits.items():
        having = [_holds(holds, *arguments) for arguments in trial.cases]
        right = [one.like(other) for one, other in zip(tried.outcomes, trial.expected, strict=True)]
        without = [is_right for is_right, has in zip(right, having, strict=True) if not has]
        if without and all(without):
            yield Grade(False, name, (Mistake(exercise.key(name)), _place(trial, tried)))
    for name, shows in exercise.otherwise.items():
        if wrong and all(_holds(shows, *one) for one in wrong):
            yield Grade(False, name, (Mistake(exercise.key(name)), _place(trial, tried)))


def _wrong(trial: Trial, tried: Tried) -> list[tuple[tuple[Any, ...], Any, Any]]:
    """The inputs on which it differs: arguments, what came, what was expected."""
    return [
        (arguments, came.value, expected.value)
        for arguments, came, expected in zip(trial.cases, tried.outcomes, trial.expected, strict=True)
        if not Outcome(came.value).like(expected)
    ]


def _holds(predicate: Callable[..., bool], *values: Any) -> bool:
    """Whether it does; what can't be asked of such values does not."""
    try:
        return bool(predicate(*values))
    except Exception:
        return False


def _first_difference(trial: Trial, tried: Tried) -> Grade:
    return Grade(False, None, (_place(trial, tried),))


_SHOWN = {"not_finite": ("nan", "inf")}
"""What has to stand in the place that is shown for a relation."""


def _place(trial: Trial, tried: Tried, shown: tuple[str, ...] = ("",)) -> Mistake:
    """The first input on which it differs, what came and what was expected; if there is one, with a text of `shown`."""
    for texts in (shown, ("",)):
        for place, (came, expected) in enumerate(zip(tried.outcomes, trial.expected, strict=True)):
            for where, was, is_to_be in differences(came.value, expected.value):
                if any(text in was for text in texts):
                    key = "practice.differs_at" if where else "practice.differs"
                    return Mistake(key, call=trial.call(place), where=where, came=was, expected=is_to_be)
    raise AssertionError("it does not differ")


def _fingerprint(model: Any) -> tuple[Any, ...]:
    """What shows that somebody changed the model; a sum of each weight, since its `.data` leaves no other trace."""
    if model is None:
        return ()
    return (
        model.training,
        str(model.config.id2label),
        *(float(weight.detach().sum()) for weight in model.parameters()),
    )


def _forget() -> None:
    from pipeline_helpers.stages import load

    for known in (load, given, trial):
        known.cache_clear()
