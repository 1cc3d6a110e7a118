"""A student's copy of the lessons: updates come, the student's work is never written to, a kill halves nothing."""

import json
import os
import subprocess
import sys

import pytest

from hub import copy_lessons
from hub.copy_lessons import RECORD


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    (folder / "practice").mkdir(parents=True)
    (folder / "00.ipynb").write_text("zero, first edition")
    (folder / "practice" / "01.ipynb").write_text("one, first edition")
    return folder


@pytest.fixture
def student(tmp_path):
    return tmp_path / "student"


def lessons(student):
    return {path.relative_to(student).as_posix(): path.read_text() for path in student.rglob("*.ipynb")}


def test_a_first_copy_has_all_lessons_in_their_folders(course, student):
    copy_lessons.copy_lessons(course, student)

    assert lessons(student) == {"00.ipynb": "zero, first edition", "practice/01.ipynb": "one, first edition"}


def test_what_the_student_has_not_touched_follows_the_course(course, student):
    copy_lessons.copy_lessons(course, student)
    (course / "00.ipynb").write_text("zero, second edition")
    (course / "02.ipynb").write_text("two")

    copy_lessons.copy_lessons(course, student)

    assert lessons(student) == {
        "00.ipynb": "zero, second edition", "02.ipynb": "two", "practice/01.ipynb": "one, first edition"
    }  # fmt: skip


def test_what_the_student_has_changed_stays_and_the_new_edition_comes_beside_it_once(course, student):
    copy_lessons.copy_lessons(course, student)
    (student / "practice" / "01.ipynb").write_text("my answers")
    copy_lessons.copy_lessons(course, student)
    assert sorted(lessons(student)) == ["00.ipynb", "practice/01.ipynb"], "nothing new came, so nothing comes beside"

    (course / "practice" / "01.ipynb").write_text("one, second edition")
    copy_lessons.copy_lessons(course, student)
    assert lessons(student)["practice/01.ipynb"] == "my answers"
    assert lessons(student)["practice/01.new.ipynb"] == "one, second edition"

    (student / "practice" / "01.new.ipynb").unlink()
    copy_lessons.copy_lessons(course, student)
    assert "practice/01.new.ipynb" not in lessons(student), "it was offered, and the student did not want it"


def test_the_edition_beside_follows_the_course_until_the_student_works_in_it(course, student):
    copy_lessons.copy_lessons(course, student)
    (student / "00.ipynb").write_text("my answers")
    (course / "00.ipynb").write_text("second")
    copy_lessons.copy_lessons(course, student)
    (course / "00.ipynb").write_text("third")
    copy_lessons.copy_lessons(course, student)
    assert lessons(student)["00.new.ipynb"] == "third"

    (student / "00.new.ipynb").write_text("my answers to the third")
    (course / "00.ipynb").write_text("fourth")
    copy_lessons.copy_lessons(course, student)

    kept = lessons(student)
    assert (kept["00.ipynb"], kept["00.new.ipynb"]) == ("my answers", "my answers to the third")
    assert kept["00.new2.ipynb"] == "fourth"


def test_a_lesson_that_the_student_deletes_comes_back_fresh(course, student):
    copy_lessons.copy_lessons(course, student)
    (student / "00.ipynb").unlink()

    copy_lessons.copy_lessons(course, student)

    assert lessons(student)["00.ipynb"] == "zero, first edition"


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b'{"put": 3}', b'{"put": {"00.ipynb": "x"}}', b"\xff"])
def test_without_a_record_nothing_of_the_students_is_lost(course, student, record):
    copy_lessons.copy_lessons(course, student)
    (student / "00.ipynb").write_text("my answers")
    (student / RECORD).write_bytes(record)

    copy_lessons.copy_lessons(course, student)

    assert lessons(student)["00.ipynb"] == "my answers"
    assert lessons(student)["practice/01.ipynb"] == "one, first edition"


def test_a_link_a_pipe_or_a_folder_in_the_place_of_a_lesson_is_left_alone(course, student, tmp_path):
    student.mkdir()
    (tmp_path / "elsewhere").write_text("of somebody")
    (student / "00.ipynb").symlink_to(tmp_path / "elsewhere")
    (student / "practice").mkdir()
    os.mkfifo(student / "practice" / "01.ipynb")
    (course / "02.ipynb").write_text("two")
    (student / "02.ipynb").mkdir()

    copy_lessons.copy_lessons(course, student)

    assert (tmp_path / "elsewhere").read_text() == "of somebody"
    assert (student / "00.ipynb").is_symlink()
    assert (student / "practice" / "01.ipynb").is_fifo()
    assert (student / "02.ipynb").is_dir()
    assert (student / "00.new.ipynb").read_text() == "zero, first edition"


KILLED = """
import os, signal, sys
from pathlib import Path
from hub import copy_lessons

steps = int(sys.argv[3])

def counted(function):
    def step(*args, **kwargs):
        global steps
        steps -= 1
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return step

os.replace, os.fsync = counted(os.replace), counted(os.fsync)
copy_lessons.copy_lessons(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_copy_that_is_killed_at_any_step_loses_and_halves_nothing_and_is_taken_up_again(course, student):
    copy_lessons.copy_lessons(course, student)
    (student / "practice" / "01.ipynb").write_text("my answers")
    (course / "00.ipynb").write_text("zero, second edition")
    (course / "practice" / "01.ipynb").write_text("one, second edition")

    for step in range(1, 100):
        ended = subprocess.run([sys.executable, "-c", KILLED, course, student, str(step)], check=False)
        kept = lessons(student)
        assert kept["00.ipynb"] in ("zero, first edition", "zero, second edition")
        assert kept["practice/01.ipynb"] == "my answers"
        assert kept.get("practice/01.new.ipynb") in (None, "one, second edition")
        json.loads((student / RECORD).read_text())
        if ended.returncode == 0:
            break
    else:
        pytest.fail("it never came to its end")

    assert step > 3, "it was killed at no step"
    copy_lessons.copy_lessons(course, student)
    assert sorted(path.name for path in student.rglob("*") if path.is_file()) == [
        RECORD, "00.ipynb", "01.ipynb", "01.new.ipynb"
    ]  # fmt: skip
