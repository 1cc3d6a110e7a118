"""The exercises, a module a lesson, in the order in which the lessons and their practice ask for them."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from pipeline_helpers.practice.exercise import Exercise

LESSONS = {
    "pipeline": "00_behind_the_pipeline",
    "tokenizer": "01_tokenizer",
    "hidden_states": "02_hidden_states",
    "heads": "03_heads",
    "softmax": "04_softmax",
    "layer": "05_inside_a_layer",
    "weights": "06_where_the_weights_come_from",
    "playground": "07_playground",
}
"""The modules, and the lesson that each belongs to."""


@cache
def exercises() -> dict[str, Exercise]:
    """All of them by name, lesson by lesson."""
    return {exercise.name: exercise for lesson in LESSONS for exercise in of_lesson(lesson)}


def of_lesson(lesson: str) -> Iterator[Exercise]:
    """The exercises of one module of `LESSONS`, in the order in which they stand in its `EXERCISES`."""
    yield from import_module(f"{__name__}.{lesson}").EXERCISES
