"""How long `ph.check` takes to answer: each exercise, on one thread, in a process that has answered before.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/practice.py [name …]

For each exercise the median of a few calls of `grade`: with the solution, with the slowest of its mistakes, and with a
wrong answer that is none of them, so that every mistake and every pair of mistakes is compared; and the first call,
which computes what all of them give. The largest stand at the end.
"""

import argparse
import statistics
import time
from typing import Any

import torch

from pipeline_helpers.practice import grade
from pipeline_helpers.practice.exercise import Change, Exercise
from pipeline_helpers.practice.exercises import exercises
from pipeline_helpers.practice.grading import trial

CALLS = 3


def unforeseen(exercise: Exercise) -> Any:
    """A wrong answer of the right kind that is none of the mistakes: the solution's, with one number moved."""
    solution = exercise.made(Change(), trial(exercise.name).given)

    def moved(value: Any) -> Any:
        if isinstance(value, str):
            return f"{value}?"
        if isinstance(value, dict):
            return {key: moved(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)([*map(moved, value[:1]), *value[1:]])
        if isinstance(value, bool):
            return not value
        if hasattr(value, "shape") and len(value.shape):
            value = value.clone()
            value.view(-1)[:1] += 1
            return value
        return value + 1

    return moved(solution()) if exercise.value else lambda *arguments: moved(solution(*arguments))


def seconds(name: str, answer: Any, calls: int = CALLS) -> float:
    """The median of the time that `grade` takes."""
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        grade(name, answer)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help="exercises (default: all)")
    names = parser.parse_args().names or list(exercises())
    torch.set_num_threads(1)
    columns = ("first", "solution", "slowest mistake", "unforeseen")
    print("seconds".ljust(28), *(column.rjust(16) for column in columns), sep="")
    largest = dict.fromkeys(columns, (0.0, ""))
    for name in names:
        exercise = exercises()[name]
        given = trial(name).given  # the model, which a lesson has loaded before
        answers = [exercise.made(program, given) for _, program in exercise.programs()]
        wrong = [answer() if exercise.value else answer for answer in answers]
        odd = unforeseen(exercise)
        solution = exercise.made(Change(), given)
        taken = (
            seconds(name, odd, 1),
            seconds(name, solution() if exercise.value else solution),
            max(seconds(name, answer) for answer in wrong),
            seconds(name, odd),
        )
        print(name.ljust(28), *(f"{one:16.3f}" for one in taken), sep="")
        for column, one in zip(columns, taken, strict=True):
            largest[column] = max(largest[column], (one, name))
    print("largest".ljust(28), *(f"{one:16.3f}" for one, _ in largest.values()), sep="")
    print("of".ljust(28), *(name.rjust(16) for _, name in largest.values()), sep="")


if __name__ == "__main__":
    main()
