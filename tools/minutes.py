"""How long a lesson takes, section by section, from what there is in it; put into lessons, README and teachers' guide.

    python -m tools.minutes          prints each section, puts the numbers into notebooks/*.ipynb, README.md and
                                     docs/teaching.md

A section is a level-2 heading and what follows; a smaller one that can be skipped (tag `can-skip` on the cell of its
heading) has a line of its own, up to the next heading. `make lessons` does the same for each lesson that it runs.

With these speeds lessons 1 and 3 of the first edition take 56 and 48 minutes; somebody who teaches, and had read them
as a student would, said 60 and 45 where the lessons promised 35 and 25.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pipeline_helpers.language import LANGUAGES
from pipeline_helpers.language.prose import Prose, ProseError, read_prose
from pipeline_helpers.practice.exercises import exercises
from pipeline_helpers.practice.questions import quiz_data
from tools.pages import is_live

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS, README, GUIDE = ROOT / "notebooks", ROOT / "README.md", ROOT / "docs" / "teaching.md"
PRACTICE = NOTEBOOKS / "practice"

WORDS = 140
"""Words a minute. Adults read 238 of plain non-fiction (Brysbaert, 2019); a text with a new term in each paragraph is
read with looks back, at some three fifths of that."""
LINE = 10
"""Seconds a line of code: 360 an hour, about the most that reviewers read without missing much (Cohen, 2006)."""
OUTPUT = 20
"""Seconds for what a cell prints: to run it, and to find the number that the prose speaks of."""
FIGURE = 60
"""Seconds for a figure: what its rows and columns are comes before what it shows."""
PREDICTION = 60
"""Seconds for a question whose answer is folded: think, say a number, unfold, compare."""
LIVE = 240
"""Seconds for a live view: three or four sentences of one's own."""
QUESTION = 45
"""Seconds for a question of a quiz: to read its options, to choose, and to read why."""
CHECK, QUIZ = re.compile(r'\bph\.check\("(\w+)"'), re.compile(r'\bph\.quiz\("(\w+)"')

SKIP = "can-skip"
DEEP = (5, 6)
"""The lessons that only the deep track has."""
SENTENCE = {"es": "Dura unos {minutes} minutos", "en": "It takes about {minutes} minutes"}
SUMMARY = {"es": "Minutos por sección", "en": "Minutes by section"}
HEAD = {"es": ("sección", "minutos"), "en": ("section", "minutes")}
BEGINNING = {"es": "Para empezar", "en": "To begin"}
CAN_BE_SKIPPED = {"es": "se puede saltar", "en": "can be skipped"}
README_HEAD = {"es": ("minutos", "recorrido"), "en": ("minutes", "track")}
SHORT_OR_DEEP = {"es": ("corto", "a fondo"), "en": ("short", "deep")}
WHEN = {"es": ("antes", "clase", "después"), "en": ("before", "class", "after")}
"""What the guide writes beside a section, on each track: when it is read or done."""
GUIDE_LESSON = re.compile(r"#### \[[^]]*\]\(\.\./notebooks/(\w+)\.ipynb\)")
GUIDE_SECTION = re.compile(r"\| ([^|]+) \| \d+ \| ([^|\d]+) \| ([^|\d]+) \|")
GUIDE_PLAN = re.compile(r"(\| \d+ \| ([^|]+) \| [^|]*\.ipynb\)[^|]* \|) \d+ \| \d+ \| \d+ \|")
TABLE = re.compile(rf"\n\n<details><summary>(?:{'|'.join(SUMMARY.values())})</summary>.*?</details>", re.DOTALL)
"""The table in a lesson, with the empty line before it."""


@dataclass
class Section:
    """What there is in a section, to read, to think about and to look at."""

    names: dict[str, str]
    """By language."""
    skip: bool = False
    words: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LANGUAGES, 0))
    lines: int = 0
    outputs: int = 0
    figures: int = 0
    predictions: int = 0
    live: int = 0
    exercises: int = 0
    """The minutes that its exercises say they take."""
    questions: int = 0

    @property
    def minutes(self) -> float:
        """At the speeds above; the language with more words counts."""
        seconds = (
            LINE * self.lines + OUTPUT * self.outputs + FIGURE * self.figures
            + PREDICTION * self.predictions + LIVE * self.live + QUESTION * self.questions
        )  # fmt: skip
        return max(self.words.values()) / WORDS + seconds / 60 + self.exercises

    def add(self, cell: NotebookNode) -> None:
        """Count what is in `cell`; the table of minutes is not, nor the cell that every lesson begins with."""
        if cell.cell_type == "markdown":
            said = {lang: without_table(str(prose)) for lang, prose in _prose(cell.source).items()}
            for lang, text in said.items():
                self.words[lang] += len(re.findall(r"\S*\w\S*", re.sub(r"<[^>]*>|\]\([^)]*\)", " ", text)))
            self.predictions += max(text.count("<details>") for text in said.values())
        elif cell.cell_type == "code" and ".language_switch()" not in cell.source:
            if names := CHECK.findall(cell.source):
                self.exercises += sum(exercises()[name].minutes for name in names)
                return
            if quizzes := QUIZ.findall(cell.source):
                self.questions += sum(len(quiz_data(name)["question"]) for name in quizzes)
                return
            self.lines += sum(bool(line.strip()) for line in cell.source.splitlines())
            if is_live(cell):
                self.live += 1
                return
            pictures = [
                data for output in cell.outputs if (data := output.get("data", {}))
                and ("image/png" in data or "<img" in data.get("text/html", ""))
            ]  # fmt: skip
            self.figures += len(pictures)
            self.outputs += len(cell.outputs) > len(pictures)


def sections(lesson: NotebookNode) -> list[Section]:
    """The sections of `lesson` in their order, one that can be skipped behind the one that it stands in."""
    found = [Section(dict(BEGINNING))]
    around = here = found[0]
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            headings = {lang: prose.heading for lang, prose in _prose(cell.source).items()}
            level, names = _level(headings), {lang: text.lstrip("# ") for lang, text in headings.items()}
            skip = SKIP in cell.metadata.get("tags", [])
            if level == 2:
                around = here = Section(names, skip)
                found.append(here)
            elif level > 2 and skip and not around.skip:
                here = Section(names, skip)
                found.append(here)
            elif level > 2:
                here = around
        here.add(cell)
    return found


def _prose(source: str) -> dict[str, Prose]:
    """What a cell says by language; a draft that has not the form yet counts as it is, in each of them."""
    try:
        return read_prose(source)
    except ProseError:
        return dict.fromkeys(LANGUAGES, Prose("", source))


def _level(headings: dict[str, str]) -> int:
    heading = headings[next(iter(LANGUAGES))]
    return len(heading) - len(heading.lstrip("#"))


def total(lesson: NotebookNode) -> int:
    """The minutes of `lesson`, to the nearest five: more would promise more than anybody knows."""
    return max(5, 5 * round(sum(section.minutes for section in sections(lesson)) / 5))


def without_table(text: str) -> str:
    """`text` without the table of minutes: slides have no room for it, and it is no prediction."""
    return TABLE.sub("", text)


def refresh(lesson: NotebookNode) -> NotebookNode:
    """`lesson` with its minutes where it says how long it takes, and the table of its sections at the end of that text.

    A lesson that does not say it stays as it is.
    """
    for cell in lesson.cells:
        if cell.cell_type == "markdown" and all(_sentence(lang).search(cell.source) for lang in LANGUAGES):
            parts = re.split(r"(?=<div lang=)", without_table(cell.source))
            for place, part in enumerate(parts):
                for lang in LANGUAGES:
                    if part.startswith(f'<div lang="{lang}">'):
                        parts[place] = _refreshed(part, lang, lesson)
            cell.source = "".join(parts)
            break
    return lesson


def _sentence(lang: str) -> re.Pattern[str]:
    return re.compile(SENTENCE[lang].format(minutes=r"\d+"))


def _refreshed(div: str, lang: str, lesson: NotebookNode) -> str:
    div = _sentence(lang).sub(SENTENCE[lang].format(minutes=total(lesson)), div)
    rows = (_row(section, lang) for section in sections(lesson))
    table = _table([HEAD[lang], *rows])
    folded = f"\n\n<details><summary>{SUMMARY[lang]}</summary>\n\n{table}\n\n</details>"
    prose, end, rest = div.rpartition("\n\n</div>")
    return f"{prose}{folded}{end}{rest}"


def _row(section: Section, lang: str) -> tuple[str, str]:
    note = f" ({CAN_BE_SKIPPED[lang]})" if section.skip else ""
    return section.names[lang].replace("|", r"\|") + note, str(max(1, round(section.minutes)))


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def refresh_readme(text: str, lessons: dict[str, NotebookNode]) -> str:
    """The README `text` with minutes and track behind each lesson of its tables, whose first three columns stay.

    Args:
        text: the README; in it each language has a level-2 heading that is its name.
        lessons: the lessons by their file's stem.
    """
    lang, lines = next(iter(LANGUAGES)), text.split("\n")
    for place, line in enumerate(lines):
        if line.startswith("## "):
            lang = next((code for code, name in LANGUAGES.items() if line == f"## {name}"), lang)
        found = re.match(r"\|[^|]*\|[^|]*\(notebooks/(\w+)\.ipynb\)[^|]*\|[^|]*\|", line)
        if not found or found[1] not in lessons:
            continue
        deep = int(found[1][:2]) in DEEP
        lines[place] = f"{found[0]} {total(lessons[found[1]])} | {SHORT_OR_DEEP[lang][deep]} |"
        if lines[place - 1].startswith("| ---"):
            first = re.match(r"\|[^|]*\|[^|]*\|[^|]*\|", lines[place - 2])
            lines[place - 2] = f"{first[0] if first else '| | | |'} {' | '.join(README_HEAD[lang])} |"
            lines[place - 1] = "|" + " --- |" * 5
    return "\n".join(lines)


def refresh_guide(text: str, lessons: dict[str, NotebookNode]) -> str:
    """The teachers' guide `text` with the minutes of each section, and what they come to in each session of its plans.

    Args:
        text: the guide; each lesson has a level-4 heading that links it, and under it a table: section, minutes, when
            on the short track, when on the deep one. A row of a plan is session, track, links, three numbers.
        lessons: the lessons by their file's stem.
    """
    lang, stem, lines = next(iter(LANGUAGES)), "", text.split("\n")
    known = {
        (code, name, one.names[code]): one
        for name, lesson in lessons.items() for one in sections(lesson) for code in LANGUAGES
    }  # fmt: skip
    spent: dict[tuple[str, str, str], list[float]] = {}
    for place, line in enumerate(lines):
        if line.startswith("## "):
            lang = next((code for code, name in LANGUAGES.items() if line == f"## {name}"), lang)
        if heading := GUIDE_LESSON.match(line):
            stem = heading[1]
        if (found := GUIDE_SECTION.fullmatch(line)) and (here := known.get((lang, stem, found[1]))):
            lines[place] = f"| {found[1]} | {max(1, round(here.minutes))} | {found[2]} | {found[3]} |"
            for track, when in zip(SHORT_OR_DEEP[lang], found.groups()[1:], strict=True):
                _spend(spent.setdefault((lang, track, stem), [0.0] * 3), here, WHEN[lang], when)
    for place, line in enumerate(lines):
        if line.startswith("## "):
            lang = next((code for code, name in LANGUAGES.items() if line == f"## {name}"), lang)
        if plan := GUIDE_PLAN.fullmatch(line):
            each = [spent[lang, plan[2], linked] for linked in re.findall(r"/(\w+)\.ipynb", line)]
            lines[place] = f"{plan[1]} {' | '.join(str(round(sum(part))) for part in zip(*each, strict=True))} |"
    return "\n".join(lines)


def _spend(minutes: list[float], section: Section, names: Sequence[str], when: str) -> None:
    """Add `section` to the minutes before, in and after class; its exercises are done after class, wherever it is."""
    if when in names:
        minutes[names.index(when)] += section.minutes - section.exercises
        minutes[-1] += section.exercises


def store_readme() -> None:
    """Put the minutes of the lessons that are stored into the README and the teachers' guide."""
    lessons = read_lessons()
    for path, refreshed in ((README, refresh_readme), (GUIDE, refresh_guide)):
        before = path.read_text(encoding="utf-8")
        after = refreshed(before, lessons)
        if after != before:
            path.write_text(after, encoding="utf-8")


def read_lessons(folder: Path = NOTEBOOKS) -> dict[str, NotebookNode]:
    """The lessons of `folder` by their file's stem, in their order."""
    return {path.stem: nbformat.read(path, as_version=4) for path in sorted(folder.glob("[0-9]*.ipynb"))}


def report(lessons: dict[str, NotebookNode], lang: str = "en") -> Iterator[str]:
    """A line a lesson and a line a section: minutes, and what they are made of; then each track."""
    for stem, lesson in lessons.items():
        yield f"{total(lesson):4d}  {stem}"
        for one in sections(lesson):
            yield (
                f"{one.minutes:8.1f}  {one.names[lang]}{' *' * one.skip}: {max(one.words.values())} words, "
                f"{one.exercises} minutes of exercises, {one.questions} questions, "
                f"{one.lines} lines, {one.outputs} outputs, {one.figures} figures, {one.predictions} predictions, "
                f"{one.live} live"
            )
    short = sum(total(lesson) for stem, lesson in lessons.items() if int(stem[:2]) not in DEEP)
    yield f"{short:4d}  short track"
    yield f"{sum(map(total, lessons.values())):4d}  all"


def main() -> None:
    lessons = read_lessons()
    print("\n".join(report(lessons)))
    for folder in (NOTEBOOKS, PRACTICE):
        for stem, lesson in read_lessons(folder).items():
            path = folder / f"{stem}.ipynb"
            written = nbformat.writes(refresh(lesson)) + "\n"
            if written != path.read_text(encoding="utf-8"):
                path.write_text(written, encoding="utf-8")
    store_readme()


if __name__ == "__main__":
    main()
