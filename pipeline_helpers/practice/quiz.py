"""A quiz: one question at a time, an explanation of every option once it is answered, and at the end the result."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from pipeline_helpers.language import LANGUAGES, on_change, say
from pipeline_helpers.live.base import in_each, without_kernel
from pipeline_helpers.live.controls import LOOK, Panel
from pipeline_helpers.markup import Html, coded, join, tag
from pipeline_helpers.practice import progress
from pipeline_helpers.practice.exercises import LESSONS
from pipeline_helpers.practice.questions import Question, questions_of


def quiz(name: str) -> None:
    """Show a quiz: that of a lesson (`"tokenizer"`), or the ten questions `"before"` and `"after"` the course.

    Before the course nothing is explained and nothing marked; afterwards the same questions show what has changed.

    Raises:
        ValueError: there is no quiz of that name.
    """
    from IPython.display import display

    display(Quiz(name))


class Quiz(Panel):
    """The questions one by one, with native radio buttons; what is chosen is checked here, and kept as progress.

    An explanation reaches the page once its question is answered, and not before.

    Attributes:
        place: the question in sight, counted from 0; after the last one there is the result.
        chosen: for each question the option that is chosen.
        checked: for each question whether it is answered for good.
    """

    _css = LOOK + (files(__package__) / "browser" / "quiz.css").read_text(encoding="utf-8")

    def __init__(self, name: str) -> None:
        """Begin with the first question of the quiz `name`; `ValueError` where there is none."""
        self.name, self.questions = name, questions_of(name)
        self._before = progress.known().quizzes.get("before", [])
        self._start()
        super().__init__(gone=tag("div", without_kernel(), role="status"))
        self.add_class("ph-view")
        self.on_action(self.act)
        self._render()
        on_change(self._follow)

    def _start(self) -> None:
        self.place = 0
        self.chosen: list[int | None] = [None] * len(self.questions)
        self.checked = [False] * len(self.questions)
        self._notice = self._explained = False

    def act(self, action: str) -> None:
        """Do what a button says; a click too many does nothing.

        Args:
            action: `choose 2`, `check`, `next`, `back`, `see 0`, `result` or `again`.
        """
        what, _, number = action.partition(" ")
        at = int(number) if number.isdecimal() else -1
        asking = self.place < len(self.questions)
        self._notice = self._explained = False
        if what == "choose" and asking and not self.checked[self.place]:
            if 0 <= at < len(self.questions[self.place].options):
                self.chosen[self.place] = at
        elif what == "check" and asking and not self.checked[self.place]:
            self._check()
        elif what == "next" and asking and self.checked[self.place]:
            self.place += 1
        elif what == "back" and self.place > 0:
            self.place -= 1
        elif what == "result" and all(self.checked):
            self.place = len(self.questions)
        elif what == "see" and 0 <= at < len(self.questions):
            self.place = at
        elif what == "again" and not asking:
            self._start()
        self._render()

    def _check(self) -> None:
        """Answer the question in sight with what is chosen; before the course that leads on to the next one."""
        option = self.chosen[self.place]
        if option is None:
            self._notice = True
            return
        progress.answered(self.name, self.place, option, len(self.questions))
        if self.name == "before":
            self.place += 1  # it stays open: whoever goes back may think again
        else:
            self.checked[self.place] = self._explained = True

    def _follow(self, _: str) -> None:
        self._render()

    def _render(self) -> None:
        self.show({lang: {"label": _title(self.name, lang), "html": self._page(lang)} for lang in LANGUAGES})

    # What it looks like.

    def _page(self, lang: str) -> Html:
        title = tag("p", _title(self.name, lang), class_="ph-quiet", aria_hidden="true")
        return tag("div", title, self._result(lang) if self.place == len(self.questions) else self._question(lang),
                   class_="ph-quiz")  # fmt: skip

    def _question(self, lang: str) -> Html:
        question, checked = self.questions[self.place], self.checked[self.place]
        position = say("practice_quiz.position", lang, number=self.place + 1, total=len(self.questions))
        # Where the focus goes: to a new question's first radio button, which is read with the legend; to an explanation
        # that has just come; to the legend where there is nothing left to choose.
        legend = tag(
            "legend", tag("small", position, ". "), coded(question.text[lang]),
            **_focus(f"question {self.place}" if checked and not self._explained else None),
        )  # fmt: skip
        options = (self._option(question, place, lang) for place in range(len(question.options)))
        notice = tag("p", say("practice_quiz.choose_first", lang), class_="ph-notice", role="alert")
        return tag(
            "form",
            tag("fieldset", legend, options),
            self._explanation(question, lang) if checked else "",
            notice if self._notice else "",
            tag("p", self._buttons(lang)),
            data_key=f"question {self.place}",
        )

    def _option(self, question: Question, place: int, lang: str) -> Html:
        chosen, checked = self.chosen[self.place], self.checked[self.place]
        first = place == (chosen or 0)
        button = tag(
            "input", type="radio", name="option",
            checked="" if place == chosen else None,
            disabled="" if checked else None,
            data_action=None if checked else f"choose {place}",
            data_focus=f"question {self.place}" if first and not checked else None,
        )  # fmt: skip
        mark, key = {
            (True, True): ("✓ ", "practice_quiz.yours_correct"),
            (True, False): ("✓ ", "practice_quiz.correct"),
            (False, True): ("✗ ", "practice_quiz.yours"),
        }.get((place == question.right, place == chosen), ("", ""))
        said = tag("b", mark, say(key, lang)) if checked and key else ""
        return tag("label", button, tag("span", coded(question.options[place].text[lang])), said)

    def _explanation(self, question: Question, lang: str) -> Html:
        chosen = self.chosen[self.place]
        right = chosen == question.right
        others = (
            tag("li", tag("b", coded(option.text[lang])), tag("br"), coded(option.why[lang]))
            for place, option in enumerate(question.options)
            if place != chosen
        )
        why = question.options[chosen or 0].why[lang]
        verdict = ("✓ ", say("practice_quiz.right", lang)) if right else ("✗ ", say("practice_quiz.wrong", lang))
        return join(
            tag("p", tag("b", verdict), tag("br"), coded(why), class_="ph-notice",
                **_focus(f"explanation {self.place}" if self._explained else None)),
            tag("p", say("practice_quiz.others", lang)),
            tag("ul", others),
        )  # fmt: skip

    def _buttons(self, lang: str) -> Iterator[Html]:
        last = self.place == len(self.questions) - 1
        onward = say("practice_quiz.finish", lang) if last else say("practice_quiz.next", lang)
        if self.checked[self.place]:
            yield _button("next", onward, submits=True)
        else:
            open_end = self.name == "before"
            yield _button("check", onward if open_end else say("practice_quiz.check", lang), submits=True)
        if self.place > 0:
            yield _button("back", say("practice_quiz.back", lang))
        if all(self.checked) and not last:
            yield _button("result", say("practice_quiz.finish", lang))

    def _result(self, lang: str) -> Html:
        before, total = self.name == "before", len(self.questions)
        right = progress.right_answers(self.name, self.chosen)
        said = (
            say("practice_quiz.kept", lang) if before else say("practice_quiz.result", lang, right=right, total=total)
        )
        return tag(
            "div",
            tag("p", tag("b", said), **_focus("result")),
            "" if before else join(self._changed(lang) if self.name == "after" else "", self._to_look_at(lang)),
            tag(
                "p",
                _button("again", say("practice_quiz.again", lang)),
                _button("back", say("practice_quiz.back", lang)),
            ),
            data_key="result",
        )

    def _to_look_at(self, lang: str) -> Html:
        wrong = [place for place, one in enumerate(self.questions) if self.chosen[place] != one.right]
        if not wrong:
            return tag("p", "✓ ", say("practice_quiz.all_right", lang))
        links = (
            tag("li", _button(f"see {place}", f"{place + 1}. {_plain(self.questions[place].text[lang])}"))
            for place in wrong
        )
        return join(tag("p", say("practice_quiz.look_again", lang)), tag("ul", links, class_="ph-plain"))

    def _changed(self, lang: str) -> Html:
        """Question by question what was known before the course and what is known now."""
        known = len(self._before) == len(self.questions) and any(one is not None for one in self._before)
        columns = [("column_before", self._before)] if known else []
        columns.append(("column_now", self.chosen))
        head = (
            tag("th", say(f"practice_quiz.{key}", lang), scope="col")
            for key in ("question", *(key for key, _ in columns))
        )
        rows = (
            tag("tr", tag("th", f"{place + 1}. ", coded(question.text[lang]), scope="row"),
                (tag("td", say(f"practice_quiz.{_cell(answers[place], question)}", lang)) for _, answers in columns))
            for place, question in enumerate(self.questions)
        )  # fmt: skip
        counts = {"before": progress.right_answers("before", self._before), "total": len(self.questions),
                  "now": progress.right_answers("after", self.chosen)}  # fmt: skip
        said = say("practice_quiz.counts", lang, **counts) if known else say("practice_quiz.none_before", lang)
        return join(tag("p", said), tag("table", tag("thead", tag("tr", head)), tag("tbody", rows)))

    # How it looks in a stored notebook.

    def __repr__(self) -> str:
        return f"Quiz({self.name!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and beside it what a reader without a kernel sees."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": repr(self), "text/html": static_html(self.name)}, metadata


def static_html(name: str) -> str:
    """All questions of the quiz `name` with their options, in every language, and neither answer nor explanation."""

    def render(lang: str) -> Html:
        questions = (
            tag("li", coded(question.text[lang]),
                tag("ul", (tag("li", coded(option.text[lang])) for option in question.options)))
            for question in questions_of(name)
        )  # fmt: skip
        invitation = tag("p", tag("small", say("practice_quiz.static", lang)), class_="ph-invitation")
        return join(tag("p", tag("b", _title(name, lang))), tag("ol", questions), invitation)

    return tag("div", in_each(render))


def _title(name: str, lang: str) -> str:
    title = say(f"practice_shown.lesson.{name}", lang) if name in LESSONS else say(f"practice_quiz.{name}", lang)
    return say("practice_quiz.title", lang, title=title)


def _cell(chosen: int | None, question: Question) -> str:
    if chosen is None:
        return "cell_none"
    return "cell_right" if chosen == question.right else "cell_wrong"


def _focus(name: str | None) -> dict[str, Any]:
    return {} if name is None else {"tabindex": -1, "data_focus": name}


def _button(action: str, text: str, *, submits: bool = False) -> Html:
    return tag("button", text, type="submit" if submits else "button", data_action=action)


def _plain(text: str) -> str:
    return text.replace("`", "")
