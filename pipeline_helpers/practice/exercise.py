"""An exercise: what it is tried on, its solution, and the mistakes that are told by name, each a program too."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

from pipeline_helpers.language import catalogue
from pipeline_helpers.practice.answers import Reader

Arguments = tuple[Any, ...]
Symptom = Callable[[Arguments, Any, Any], bool]


class Change(tuple[tuple[str, str], ...]):
    """A mistake as what it changes in the solution: pairs of a part of its source, there once, and what stands instead.

    Change("[1] * len(row)", "[0] * len(row)")
    """

    def __new__(cls, *texts: str) -> Change:
        """`texts`: an old part, what stands instead, the next old part, …"""
        return super().__new__(cls, zip(texts[::2], texts[1::2], strict=True))


Program = Change | Callable[..., Any]


def alone(solution: Callable[..., Any], *texts: str) -> Change:
    """As `Change`, and never taken together with another mistake: each pair costs a student time."""
    source = source_of(solution)
    return Change(source, changed(source, Change(*texts)))


def source_of(function: Callable[..., Any]) -> str:
    """A function as it is written."""
    return textwrap.dedent(inspect.getsource(function)).strip()


def changed(source: str, change: Change) -> str:
    """`source` with `change`: from its end to its beginning, so that what is put in is not looked through.

    Raises:
        ValueError: a part that is to be changed does not stand in it, or more than once.
    """
    made = source
    for old, new in sorted(change, key=lambda pair: source.find(pair[0]), reverse=True):
        if source.count(old) != 1:
            raise ValueError(f"{old!r} stands {source.count(old)} times in {source.partition('(')[0]}")
        place = source.index(old)
        made = made[:place] + new + made[place + len(old) :]
    return made


def rewritten(solution: Callable[..., Any], *bodies: str) -> list[Change]:
    """The solution with another body; one for each of `bodies`, whose lines are not indented."""
    source = source_of(solution)
    head = source.partition("\n")[0]
    return [Change(source, f"{head}\n{textwrap.indent(body, '    ')}") for body in bodies]


@dataclass(frozen=True)
class Given:
    """What an exercise may use: the course's model, in eval mode, and its tokenizer."""

    tokenizer: Any
    model: Any


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One thing to write. Its name is the solution's; its texts stand in `words/practice_<lesson>.toml` under it.

    There: `title`, `hint1` and following, `right` where there is something to say, and a sentence for each mistake,
    symptom and trait.
    """

    solution: Callable[..., Any]
    """Its source is what `ph.solution` shows. `model` and `tokenizer` it may find among its globals."""
    cases: Callable[[Given], Sequence[Arguments]]
    """The arguments that an answer is tried on, simple ones first; each mistake shows in one of them."""
    reads: Reader
    """What kind of answer it is, and how one is read."""
    mistakes: Mapping[str, Program | Sequence[Program]]
    """By their name. One that is made in several ways has several programs and one sentence."""
    minutes: int
    difficulty: int
    """From 1 (a line) to 4 (an evening's pride)."""
    needs_model: bool = True
    """Whether the solution or the inputs need the model or the tokenizer; without them an answer comes at once."""
    value: bool = False
    """The answer is a value, no function; the solution takes no arguments and returns it."""
    symptoms: Mapping[str, Symptom] = field(default_factory=dict)
    """What can be seen of a wrong answer that no mistake gives: (arguments, came, expected) → whether it is so."""
    traits: Mapping[str, Callable[..., bool]] = field(default_factory=dict)
    """Of a case, from its arguments: an answer that is wrong only where one holds is told so."""
    otherwise: Mapping[str, Symptom] = field(default_factory=dict)
    """Symptoms that say less: asked where neither a mistake, nor a symptom, a relation or a trait names it."""
    compared: Callable[[Arguments, Any], Any] | None = None
    """The part of what came that counts, where not all of it does: (arguments, answer as it was read) → that part."""

    @property
    def name(self) -> str:
        """What `check` and `grade` know it by."""
        return self.solution.__name__

    @property
    def lesson(self) -> str:
        """The lesson it belongs to, as the module or the folder in `exercises` is called that it is written in."""
        return self.solution.__module__.partition(".exercises.")[2].partition(".")[0]

    @property
    def form(self) -> str:
        """How it is called: `pad(rows)`; of a value, its name."""
        return self.name if self.value else f"{self.name}({', '.join(inspect.signature(self.solution).parameters)})"

    def key(self, text: str) -> str:
        """The catalogue's key of one of its texts; what several exercises share is the practice's own."""
        return self.own(text) or f"practice.shared.{text}"

    def own(self, text: str) -> str | None:
        """The key of a text that the exercise has for itself; None where it has none."""
        key = f"practice_{self.lesson}.{self.name}.{text}"
        return key if key in catalogue() else None

    @property
    def hints(self) -> list[str]:
        """The keys of its hints, in their order."""
        return [key for number in range(1, 10) if (key := self.own(f"hint{number}"))]

    @cached_property
    def source(self) -> str:
        """The solution as it is written."""
        return source_of(self.solution)

    def programs(self) -> Iterator[tuple[str, Program]]:
        """Each mistake's name with each way in which it is made."""
        for name, made in self.mistakes.items():
            for program in [made] if isinstance(made, Change) or callable(made) else made:
                yield name, program

    def pairs(self) -> Iterator[tuple[tuple[str, str], Change]]:
        """Two mistakes at once, wherever they change different parts of the solution."""
        changes = [
            (name, program, self._spans(program)) for name, program in self.programs() if isinstance(program, Change)
        ]
        for (one, first, there), (other, second, here) in combinations(changes, 2):
            if one != other and not any(a < d and c < b for a, b in there for c, d in here):
                yield (one, other), Change(*(text for pair in (*first, *second) for text in pair))

    def _spans(self, change: Change) -> list[tuple[int, int]]:
        return [(self.source.index(old), self.source.index(old) + len(old)) for old, _ in change]

    def made(self, program: Program, given: Given) -> Callable[..., Any]:
        """A function that does what `program` says, with `given`'s model and tokenizer among its globals.

        Raises:
            ValueError: a part that is to be changed does not stand in the solution, or more than once.
        """
        source = changed(self.source, program) if isinstance(program, Change) else source_of(program)
        module = sys.modules[self.solution.__module__]
        namespace = {**vars(module), "model": given.model, "tokenizer": given.tokenizer}
        exec(compile(source, f"<{self.name}>", "exec"), namespace)
        return namespace[self.name if isinstance(program, Change) else program.__name__]
