"""The exercises: every right answer is right, every mistake is told by its name, and nothing wrong is called right."""

from functools import cache

import pytest

from pipeline_helpers.language import LANGUAGES, catalogue
from pipeline_helpers.practice import grade, limits
from pipeline_helpers.practice.exercise import Change
from pipeline_helpers.practice.exercises import LESSONS, exercises
from pipeline_helpers.practice.grading import trial
from pipeline_helpers.practice.trying import Trial, Tried
from tests.mutants import mutants
from tests.practised import NAMES, more_inputs, right_answers, wrong_answers

every_exercise = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def _nothing_warns(recwarn):
    yield
    assert [str(warning.message) for warning in recwarn] == [], "a student would read it over what the practice says"


@cache
def given_and_made(name, source=None):
    """The exercise's solution, or another text of it, as a function that a student could have written."""
    here = trial(name)
    exercise = here.exercise
    change = Change() if source is None else Change(exercise.source, source)
    function = exercise.made(change, here.given)
    return function() if exercise.value else function


@every_exercise
def test_the_solution_and_three_other_ways_are_right(name):
    ways = [given_and_made(name), *right_answers()[name]]
    assert len(ways) >= 4
    for way in ways:
        given = grade(name, way)
        assert given.right, f"{getattr(way, '__name__', way)}: {given.sentence('en')}"


@every_exercise
def test_each_mistake_is_told_by_its_name(name, record_property):
    exercise = exercises()[name]
    told = []
    for mistake, program in exercise.programs():
        function = exercise.made(program, trial(name).given)
        given = grade(name, function() if exercise.value else function)
        told.append(given.mistake == mistake)
        assert told[-1], f"{mistake} is called {given.mistake}: {given.sentence('en')}"
    record_property("practice", f"{name}: {len(exercise.mistakes)} mistakes by name ({sum(told)} programs)")


@every_exercise
def test_mistakes_differ_from_the_solution_and_from_each_other(name):
    here = trial(name)
    outcomes = [("solution", here.expected), *here.mistakes]
    for place, (one, first) in enumerate(outcomes):
        for other, second in outcomes[place + 1 :]:
            same = Tried(first).like(second)
            assert one == other or not same, f"{one} and {other} give the same on every input"


@every_exercise
def test_two_mistakes_at_once_are_never_right(name):
    here = trial(name)
    for names, outcomes in here.pairs:
        same = all(one.like(other) for one, other in zip(outcomes, here.expected, strict=True))
        assert not same, f"{' and '.join(names)} undo each other"


@every_exercise
def test_nothing_that_is_changed_is_called_right(name, record_property, monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    exercise, here = exercises()[name], trial(name)
    wider = Trial(exercise)
    wider.cases = [*here.cases, *more_inputs().get(name, lambda _: [])(here.given)]
    changed = named = 0
    for text in mutants(exercise.source):
        outcomes = []

        def run(text=text, outcomes=outcomes):
            outcomes += wider.ours(Change(exercise.source, text))

        with limits.silent():
            ended = limits.limited(run, 1.0)
        if ended and all(one.like(other) for one, other in zip(outcomes, wider.expected, strict=True)):
            continue
        changed += 1
        given = grade(name, given_and_made(name, text))
        named += given.mistake is not None
        assert not given.right, text
    record_property("practice", f"{name}: {changed} with one thing changed, none right, {named} by name")


@pytest.mark.parametrize("name", sorted(wrong_answers()))
def test_typical_wrong_answers_are_told_by_name(name, record_property):
    answers = wrong_answers()[name]
    told, untold = 0, []
    for what, answer in answers.items():
        given = grade(name, answer)
        assert not given.right, f"{what} is called right"
        told += given.mistake is not None
        untold += [what] if given.mistake is None else []
    record_property("practice", f"{name}: {told} of {len(answers)} typical wrong answers by name")
    assert told >= 0.9 * len(answers), f"not told by name: {', '.join(untold)}"


@every_exercise
def test_every_text_is_there_in_every_language(name):
    exercise = exercises()[name]
    texts = ["title", "hint1", *exercise.mistakes, *exercise.symptoms, *exercise.traits, *exercise.otherwise]
    for text in texts:
        assert catalogue().get(exercise.key(text), {}).keys() == LANGUAGES.keys(), f"{exercise.key(text)} is missing"


def test_every_text_of_the_practice_belongs_to_an_exercise():
    known = {"title", "right", "changed", *(f"hint{number}" for number in range(1, 10))}
    for key in catalogue():
        area, _, rest = key.partition(".")
        lesson = area.removeprefix("practice_")
        if area.startswith("practice_") and lesson in LESSONS:
            name, _, text = rest.partition(".")
            exercise = exercises().get(name)
            assert exercise is not None, f"{key}: no such exercise"
            assert exercise.lesson == lesson, f"{key}: it is one of {exercise.lesson}"
            said = {*exercise.mistakes, *exercise.symptoms, *exercise.traits, *exercise.otherwise}
            assert text in known | said, f"nobody says {key}"
