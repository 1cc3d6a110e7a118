"""`mark`: what the hidden tests of an assignment ask, the same `grade` that `ph.check` shows.

Whoever is graded has run code in this kernel before. So a hidden test loads the package anew from its files, and `mark`
lets `grade` say of a wrong answer that it is wrong: where numpy's comparison was replaced, say, everything is right.
"""

from contextlib import redirect_stderr
from io import StringIO
from typing import Any

from pipeline_helpers.language import Mistake
from pipeline_helpers.practice.grading import grade, trial


class NotRight(AssertionError):
    """An answer without points; its message is the sentence that the student reads, and its traceback too."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it: nobody learns anything from the lines of a hidden test."""
        return [str(self)]


def mark(name: str, answer: Any, lang: str) -> None:
    """Raise where `answer` is not right.

    Args:
        name: the exercise's.
        answer: what `grade` takes.
        lang: the language of the sentence.

    Raises:
        NotRight: it is wrong, or `grade` is not itself any more.
        ValueError: there is no exercise of that name.
    """
    with redirect_stderr(StringIO()):  # nbgrader takes anything on stderr for a failure
        given = grade(name, answer)
        replaced = given.right and grade(name, _wrong(name)).right
    if replaced:
        raise NotRight(Mistake("practice.replaced").sentence(lang))
    if not given.right:
        raise NotRight(given.sentence(lang))


def _wrong(name: str) -> Any:
    """An answer with one of the exercise's mistakes."""
    here = trial(name)
    function = here.exercise.made(next(here.exercise.programs())[1], here.given)
    return function() if here.exercise.value else function
