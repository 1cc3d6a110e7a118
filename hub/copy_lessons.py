"""Give a student the lessons: `python copy_lessons.py COURSE STUDENT`, two folders, run as the student at each start.

New lessons are copied. One that the student has not touched is brought up to date. One that the student has changed is
never written to: what is new in the course goes beside it, as `name.new.ipynb`, once. One that the student has deleted
comes back, which is how a fresh one is had. It can be killed at any moment: a file is there whole or not at all, and
what was done is written down last, so that the next start takes it up again.

It never runs as root, since the folder is the student's to fill with symbolic links. It needs nothing installed.
"""

import hashlib
import json
import os
import stat
import sys
from pathlib import Path

RECORD = ".lessons.json"
"""In the student's folder: the sum of each file that was put there, and of each version that was offered beside one."""
HALF = ".saving"
"""What the name of a file ends in that is not finished; hub/contents.py writes such files too."""


def copy_lessons(course: Path, student: Path) -> None:
    """Bring `student` up to date with `course`, without a loss.

    Raises:
        OSError: the folder can't be written to (full, or of another user).
    """
    student.mkdir(exist_ok=True)
    _sweep(student)
    record = _read(student / RECORD)
    for source in sorted(course.rglob("*.ipynb")):
        name = source.relative_to(course).as_posix()
        if not any(part.startswith(".") for part in Path(name).parts):
            _bring(source.read_bytes(), name, student, record)
    _write(student / RECORD, json.dumps(record, indent=1).encode())


def _bring(new: bytes, name: str, student: Path, record: dict[str, dict[str, str]]) -> None:
    put, offered = record["put"], record["offered"]
    if _free(name, new, student, put):
        _put(new, name, student, put)
        offered[name] = put[name]
    elif offered.get(name) != _sum(new):
        beside = _beside(name, new, student, put)
        _put(new, beside, student, put)
        offered[name] = put[beside]


def _free(name: str, new: bytes, student: Path, put: dict[str, str]) -> bool:
    """Whether nothing of the student's is lost when `new` is written to `name`."""
    path = student / name
    if not os.path.lexists(path):
        return True
    here = _content(path)
    return here is not None and _sum(here) in (put.get(name), _sum(new))


def _beside(name: str, new: bytes, student: Path, put: dict[str, str]) -> str:
    stem, end = name.removesuffix(".ipynb"), ".ipynb"
    number = 1
    while not _free(beside := f"{stem}.new{number if number > 1 else ''}{end}", new, student, put):
        number += 1
    return beside


def _put(new: bytes, name: str, student: Path, put: dict[str, str]) -> None:
    path = student / name
    if _content(path) != new:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, new)
    put[name] = _sum(new)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}{HALF}")
    draft.unlink(missing_ok=True)
    with open(draft, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _content(path: Path) -> bytes | None:
    """The bytes of an ordinary file; None for all else: a pipe would be waited for, a link may lead anywhere."""
    try:
        return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else None
    except OSError:
        return None


def _read(path: Path) -> dict[str, dict[str, str]]:
    """What was done before. A record that is lost costs nothing but updates: what differs is the student's."""
    try:
        record = json.loads(_content(path) or b"")
        return {part: {str(name): str(sum_) for name, sum_ in record[part].items()} for part in ("put", "offered")}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"put": {}, "offered": {}}


def _sweep(student: Path) -> None:
    """Remove what a killed save left."""
    for folder, _, files in os.walk(student):
        for name in files:
            if name.startswith(".") and name.endswith(HALF):
                Path(folder, name).unlink(missing_ok=True)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    copy_lessons(Path(sys.argv[1]), Path(sys.argv[2]))
