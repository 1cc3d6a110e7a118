"""Changes that are not tried two at a time: an exercise with many mistakes has more pairs than fit into a second."""

from collections.abc import Callable

from pipeline_helpers.practice.exercise import Change, Program, alone


def ways(solution: Callable[..., object], first: Change, *others: Change) -> list[Program]:
    """One mistake made in several ways, of which the first alone is tried together with others."""
    return [first, *(alone(solution, *(text for pair in other for text in pair)) for other in others)]
