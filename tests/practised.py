"""Answers to the exercises, right and wrong, as students write them.

`right_answers/<lesson>.py` has `RIGHT`: exercise → at least three ways to write it, and `MORE`: exercise → inputs that
the exercise itself is not tried on. `wrong_answers/<exercise>.py` has typical wrong answers, each a function (or, where
a value is asked for, an entry of `WRONG`), by hands that did not know which mistakes are told by name.
"""

import importlib
import inspect
from pathlib import Path

from pipeline_helpers.practice.exercises import LESSONS, exercises

HERE = Path(__file__).parent


def _modules(folder):
    return {path.stem: importlib.import_module(f"tests.{folder}.{path.stem}")
            for path in sorted((HERE / folder).glob("[a-z]*.py"))}  # fmt: skip


def right_answers():
    """Exercise → its right answers."""
    return {name: answers for module in _modules("right_answers").values() for name, answers in module.RIGHT.items()}


def more_inputs():
    """Exercise → a function of what is given that makes inputs of the test's own."""
    return {name: made for module in _modules("right_answers").values() for name, made in module.MORE.items()}


def wrong_answers():
    """Exercise → its typical wrong answers, by their names."""
    found = {}
    for name, module in _modules("wrong_answers").items():
        functions = {
            key: value for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_")
        }  # fmt: skip
        found[name] = functions | {str(value): value for value in getattr(module, "WRONG", [])}
    return found


NAMES = list(exercises())
BY_LESSON = {lesson: [name for name, one in exercises().items() if one.lesson == lesson] for lesson in LESSONS}
