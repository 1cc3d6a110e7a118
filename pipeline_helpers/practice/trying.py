"""An answer tried on the inputs of its exercise: what it gave for each, or what kept it from giving anything."""

from __future__ import annotations

import copy
import inspect
import linecache
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from pipeline_helpers.checkpoints import checkpoint
from pipeline_helpers.language import Mistake
from pipeline_helpers.practice import limits
from pipeline_helpers.practice.answers import described, same
from pipeline_helpers.practice.exercise import Arguments, Exercise, Given, Program
from pipeline_helpers.practice.limits import Asked, limited, silent
from pipeline_helpers.stages import load


@dataclass(frozen=True)
class Outcome:
    """What came of one input: `value` as it was read, or the `problem` that there was, as a sentence of the catalogue.

    `error` is the type and the message of the exception, where there was one; `changed` the name of an argument that
    is not what it was.
    """

    value: Any = None
    problem: Mistake | None = None
    error: tuple[str, str] | None = None
    changed: str | None = None

    def like(self, other: Outcome) -> bool:
        """Whether both gave the same, or failed in the same way."""
        if self.problem is None or other.problem is None:
            return self.problem is other.problem and same(self.value, other.value)
        return self.problem.key == other.problem.key and (self.error or "")[:1] == (other.error or "")[:1]


@dataclass(frozen=True)
class Tried:
    """What an answer gave for one input after the other, up to the one where it was stopped.

    `again` is what it gave for the first one when it was asked once more.
    """

    outcomes: list[Outcome]
    printed: str = ""
    again: Outcome | None = None

    @property
    def remembers(self) -> bool:
        """Whether the same input got two answers: a list outside the function kept the first, or chance is in it."""
        return self.again is not None and not self.again.like(self.outcomes[0])

    def like(self, others: Sequence[Outcome]) -> bool:
        """Whether it did as `others` on every input; where nothing came at all, in the very same words."""
        if len(self.outcomes) != len(others) or not all(map(Outcome.like, self.outcomes, others)):
            return False
        return any(one.problem is None for one in others) or [one.error for one in self.outcomes] == [
            one.error for one in others
        ]


class Remembering:
    """A model for the programs of ours, or one of its parts: each answers once for each input.

    Most mistakes are made in one place: what comes before it is multiplied with the same matrices as in the others.
    """

    def __init__(self, model: Any, small: bool = False) -> None:
        self._model, self._small = model, small
        self._answers: dict[Any, Any] = {}
        self._parts: dict[Any, Remembering] = {}

    def __getattr__(self, name: str) -> Any:
        return self._part(name, getattr(self._model, name))

    def __getitem__(self, place: Any) -> Any:
        return self._part(place, self._model[place]) if isinstance(place, int) else self._model[place]

    def __len__(self) -> int:
        return len(self._model)

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def _part(self, name: Any, found: Any) -> Any:
        if not hasattr(found, "named_children"):
            return found
        if name not in self._parts:
            self._parts[name] = Remembering(found, small=True)
        return self._parts[name]

    def __call__(self, *values: Any, **named: Any) -> Any:
        """What the model, or the part, answers."""
        asked = (*values, *named.values())
        plain = all(value is None or (hasattr(value, "numpy") and not value.requires_grad) for value in asked)
        if not plain or (self._small and self._costs(asked)):
            return self._model(*values, **named)
        key = (
            tuple(named), tuple(x if x is None else (x.shape, x.dtype, x.numpy().tobytes()) for x in asked)
        )  # fmt: skip
        if key not in self._answers:
            self._answers[key] = self._model(*values, **named)
        answer = self._answers[key]
        return answer.clone() if self._small else answer

    def _costs(self, asked: Sequence[Any]) -> bool:
        """Whether a part is not worth remembering: one that is no matrix, many numbers, or many inputs already."""
        is_matrix = hasattr(self._model, "out_features") and len(asked) == 1
        return (
            not is_matrix or asked[0] is None or asked[0].numel() > _MOST_NUMBERS or len(self._answers) > _MOST_INPUTS
        )


_MOST_NUMBERS, _MOST_INPUTS = 6000, 200


@lru_cache(maxsize=1)
def given() -> Given:
    """The course's model and tokenizer, loaded once."""
    model, tokenizer = load(checkpoint("classroom"))
    return Given(tokenizer, model)


class Trial:
    """An exercise with its inputs, and what the solution and each mistake give for them; computed when first asked."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.given = given() if exercise.needs_model else Given(None, None)
        self._ours = Given(self.given.tokenizer, Remembering(self.given.model))

    @cached_property
    def cases(self) -> list[Arguments]:
        """The inputs."""
        return list(self.exercise.cases(self.given))

    @cached_property
    def expected(self) -> list[Outcome]:
        """What the solution gives."""
        return self.ours(self.exercise.solution)

    @cached_property
    def infinite(self) -> bool:
        """Whether infinity is a right answer to one of the inputs: then it says something, and is no accident."""
        values = [outcome.value for outcome in self.expected]
        return any(np.isinf(value).any() for value in values if isinstance(value, np.ndarray))

    @cached_property
    def mistakes(self) -> list[tuple[str, Sequence[Outcome]]]:
        """What each mistake gives, by its name, one for each way in which it is made."""
        return [(name, Unhurried(self, program)) for name, program in self.exercise.programs()]

    @cached_property
    def pairs(self) -> list[tuple[tuple[str, str], Sequence[Outcome]]]:
        """What two mistakes at once give."""
        return [(names, Unhurried(self, program)) for names, program in self.exercise.pairs()]

    def ours(self, program: Program) -> list[Outcome]:
        """What `program`, the solution or a mistake, gives for each of the inputs."""
        return list(Unhurried(self, program))

    def made(self, program: Program) -> Callable[..., Any]:
        """`program` as a function that finds our model among its globals."""
        return self.exercise.made(program, self._ours)

    def ours_at(self, place: int, function: Callable[..., Any]) -> Outcome:
        """What `function`, one of ours, gives for the input at `place`."""
        with silent(), _no_gradients() if self.exercise.needs_model else nullcontext():
            return self.outcome(function, self._with(self.cases[place], self._ours.model))

    def theirs(self, function: Callable[..., Any]) -> Tried:
        """What a student's function gives; where it is stopped, the input that it was at has that as its outcome."""
        outcomes: list[Outcome] = []

        def work() -> None:
            outcomes.extend(self.outcome(function, arguments) for arguments in (*self.cases, self.cases[0]))

        with silent() as printed, lent(function, self.given):
            in_time = limited(work, limits.SECONDS)
        if not in_time:
            outcomes[len(self.cases) - 1 :] = []  # it may have gone on behind
            outcomes.append(Outcome(problem=Mistake("practice.stopped", call=self.call(len(outcomes)))))
            return Tried(outcomes, printed.getvalue())
        return Tried(outcomes[:-1], printed.getvalue(), outcomes[-1])

    def outcome(self, function: Callable[..., Any], arguments: Arguments) -> Outcome:
        """What `function` gives for `arguments`, which it is handed copies of."""
        models = (self._ours.model, self.given.model)
        handed = tuple(one if any(one is model for model in models) else copy.deepcopy(one) for one in arguments)
        try:
            answer = function(*handed)
            unread = _unread(answer)
            value = None if unread else self.exercise.reads.read(answer)
            if not unread and self.exercise.compared is not None:
                value = self.exercise.compared(arguments, value)
        except Mistake as mistake:
            return Outcome(problem=mistake)
        except Asked:
            return Outcome(problem=Mistake("practice.asked"))
        except SystemExit:
            return Outcome(problem=Mistake("practice.left"))
        except Exception as error:
            return Outcome(problem=_raised(error, function), error=(type(error).__name__, str(error)))
        if unread:
            return Outcome(problem=Mistake(unread))
        changed = (
            name for name, before, after in zip(self._names, arguments, handed, strict=False)
            if before is not after and not _equal(before, after)
        )  # fmt: skip
        return Outcome(value, changed=next(changed, None))

    @cached_property
    def _names(self) -> list[str]:
        return list(inspect.signature(self.exercise.solution).parameters)

    def _with(self, arguments: Arguments, model: Any) -> Arguments:
        return tuple(model if one is self.given.model and one is not None else one for one in arguments)

    def call(self, place: int) -> str:
        """How the answer is called with the input at `place`, in a few characters."""
        if self.exercise.value:
            return self.exercise.name
        shown = (described(one) if not hasattr(one, "config") else "model" for one in self.cases[place])
        return f"{self.exercise.name}({', '.join(shown)})"


class Unhurried(Sequence[Outcome]):
    """What a program of ours gives for one input after the other, each computed when it is first asked for.

    Most mistakes differ from an answer on the first input already, and the others are then never computed.
    """

    def __init__(self, trial: Trial, program: Program) -> None:
        self._trial, self._program = trial, program
        self._known: list[Outcome] = []

    def __len__(self) -> int:
        return len(self._trial.cases)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice) or place >= len(self):
            return list(self)[place]
        while len(self._known) <= place:
            self._known.append(self._trial.ours_at(len(self._known), self._function))
        return self._known[place]

    def __iter__(self) -> Iterator[Outcome]:
        return (self[place] for place in range(len(self)))

    @cached_property
    def _function(self) -> Callable[..., Any]:
        return self._trial.made(self._program)


def _no_gradients() -> AbstractContextManager[Any]:
    import torch

    return torch.no_grad()


def _unread(answer: Any) -> str | None:
    """Why `answer` is none: there is nothing, or still a `...` in it."""
    if answer is None:
        return "practice.nothing"
    if answer is ... or (isinstance(answer, (list, tuple)) and any(part is ... for part in answer)):
        return "practice.unfinished"
    return None


def _equal(one: Any, other: Any) -> bool:
    if hasattr(one, "detach"):
        return hasattr(other, "detach") and one.shape == other.shape and bool((one == other).all())
    if isinstance(one, (list, tuple)):
        return isinstance(other, type(one)) and len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _raised(error: Exception, function: Callable[..., Any]) -> Mistake:
    """The error as a sentence, with the last line of the student's own code on its way."""
    code = getattr(innermost(function), "__code__", None)
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if code and frame.filename == code.co_filename
    ]
    text = re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")[:200]
    if not frames:
        return Mistake("practice.raised", error=text)
    line = linecache.getline(frames[-1].filename, frames[-1].lineno or 0).strip() or frames[-1].name
    return Mistake("practice.raised_at", error=text, line=line)


def innermost(function: Any) -> Any:
    """The plain function in what may be called: a decorated one, a partial, a method, an object with `__call__`."""
    for _ in range(20):
        inner = (
            getattr(function, "__wrapped__", None) or getattr(function, "func", None)
            or getattr(function, "__func__", None)
        )  # fmt: skip
        if inner is None and not hasattr(function, "__code__") and not isinstance(function, type):
            inner = vars(type(function)).get("__call__")
        if inner is None or not callable(inner):
            return function
        function = inner
    return function


@contextmanager
def lent(function: Callable[..., Any], given: Given) -> Iterator[None]:
    """While it runs, a function finds our `model` and `tokenizer` among its globals, and no way out of the kernel."""
    found = getattr(innermost(function), "__globals__", {})
    ours = {"model": given.model, "tokenizer": given.tokenizer} if given.model is not None else {}
    ours |= {name: _leave for name in ("exit", "quit") if name in found}
    before = {name: found[name] for name in ours if name in found}
    found.update(ours)
    try:
        yield
    finally:
        for name in ours:
            if found.get(name) is ours[name]:
                found.pop(name)
        found.update({name: value for name, value in before.items() if name not in found})


def _leave(*_: Any, **__: Any) -> None:
    raise SystemExit
