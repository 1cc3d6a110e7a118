"""What the live views share: when they compute, what they say, the language, the stored picture.

A view joins a plain function that computes (text → result) with one that renders (result, language → HTML).
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import ipywidgets
import traitlets

from pipeline_helpers.checkpoints import ENVIRONMENT, REPOSITORY
from pipeline_helpers.checkpoints import checkpoint as choose_checkpoint
from pipeline_helpers.hub import CheckpointError
from pipeline_helpers.language import (
    LANGUAGES,
    Mistake,
    current_language,
    on_change,
    say,
    say_in_each,
    shown_languages,
)
from pipeline_helpers.live.controls import Panel, TextBox
from pipeline_helpers.markup import Html, join, shorten, tag
from pipeline_helpers.stages import check_name, load

DEBOUNCE = 0.15
"""Seconds from a change to the answer: what is typed in between is answered together."""
CALM = 1.0
"""Seconds without a change until a result is put into the other languages too, for a page that has no kernel."""

READS = {"classroom": "classroom", "sst2": "sst2", REPOSITORY: "sst2"}
"""The checkpoints whose languages are known: under which key the catalogue says them."""


def checkpoint_name(checkpoint: str | None) -> str:
    """What a view calls its checkpoint: never the path of a folder on this machine."""
    name = checkpoint or os.environ.get(ENVIRONMENT, "").strip() or "classroom"
    if not os.path.isdir(name):
        return name
    folder = Path(name).resolve()
    cached = re.search(r"models--(.+)/snapshots/", folder.as_posix())  # the hub's cache: models--owner--name
    return cached.group(1).replace("--", "/") if cached else folder.name


class LiveView(ipywidgets.VBox):
    """A view that follows its controls: `status` says what there is to say, `output` shows the result.

    Nothing is computed twice at the same time, and no more than one computation is ever waiting: the first change
    starts the clock, and what stands in the controls when it rings is what counts.

    Attributes:
        checkpoint: the checkpoint in use, as `pipeline_helpers.checkpoint` takes it; set it to change it.
        debounce: seconds from a change to the computation; 0 computes at once.
        result: what the last computation made, or the `Mistake` that kept it from it.
    """

    checkpoint = traitlets.Unicode(None, allow_none=True)
    names: ClassVar[tuple[tuple[str, str], ...]]
    """The parts whose names are words of the catalogue: attribute and key."""

    def __init__(
        self,
        controls: Sequence[ipywidgets.Widget],
        checkpoint: str | None,
        debounce: float = DEBOUNCE,
        *,
        at_once: Sequence[ipywidgets.Widget] = (),
    ) -> None:
        """Show `controls` and follow their values; those that are `at_once` too, without waiting for more."""
        check_name(checkpoint)
        if not isinstance(debounce, (int, float)) or not 0 <= debounce < float("inf"):
            raise ValueError(f"debounce is {debounce!r}; it takes seconds, 0 or more")
        self.debounce = debounce
        self.status, self.output = Panel(role="status", gone=without_kernel()), Panel()
        self.result: Any = None
        self._stale = self._computing = False
        self._lock = threading.RLock()  # JupyterLab runs widgets on a thread of their own, cells on another
        self._clock: tuple[asyncio.AbstractEventLoop, float] | None = None
        self._loaded: tuple[str | None, Any] | None = None
        self._times_shown = 0
        self._spoken: dict[str, str] = {}
        super().__init__([*controls, self.status, self.output], checkpoint=checkpoint)
        self.layout.width = "100%"
        self.add_class("ph-view")
        self._relabel()
        for control in controls:
            if control.has_trait("value"):
                control.observe(self._moved if control in at_once else self._changed, names="value")
        self.observe(self._changed, names="checkpoint")
        self.observe(lambda _: self._relabel(), names="checkpoint")
        self.refresh()
        on_change(self._follow)

    # What a view brings.

    @abstractmethod
    def _compute(self) -> Any:
        """The result for what the controls say now; raises `Mistake`."""

    @abstractmethod
    def _render(self, result: Any, lang: str) -> Html:
        """The result as HTML."""

    @abstractmethod
    def _picture(self, result: Any) -> str:
        """The result as a static picture in both languages, as HTML."""

    def _notices(self, result: Any, lang: str) -> list[str]:
        """Sentences that a good result comes with, such as what was cut off."""
        return []

    def _announcement(self, result: Any, lang: str) -> str:
        """A good result in a few words, for whoever hears the page: said once nobody types any more."""
        return ""

    def _said(self) -> Any:
        """What the view was given, for its `repr`."""
        return shorten(self.text.value)

    _load: Callable[[str], Any] = staticmethod(load)

    # What all of them do.

    def _relabel(self) -> None:
        known = READS.get(checkpoint_name(self.checkpoint))
        reads = say_in_each(f"live.reads.{known}") if known else dict.fromkeys(LANGUAGES, "")
        for name, key in self.names:
            part = getattr(self, name)
            texts = {lang: {"label": say(key, lang, reads=reads[lang])} for lang in LANGUAGES}
            if isinstance(part, TextBox):
                for lang in LANGUAGES:
                    texts[lang]["hint"] = say("live.hint", lang)
            part.show(texts)

    def loaded(self) -> Any:
        """What `checkpoint` loads to, loaded once; raises `Mistake`, and does not try again until it is changed."""
        if self._loaded is None or self._loaded[0] != self.checkpoint:
            self._loaded = (self.checkpoint, guarded(self._load_chosen))
        if isinstance(self._loaded[1], Mistake):
            raise self._loaded[1]
        return self._loaded[1]

    def _load_chosen(self) -> Any:
        try:
            return self._load(choose_checkpoint(self.checkpoint))
        except CheckpointError as error:
            raise Mistake("stages.not_loadable", checkpoint=self.checkpoint, reason=str(error)) from error

    def refresh(self) -> None:
        """Compute and show what the controls say now."""
        with self._lock:
            self._stale, self._computing = False, True
            try:
                self.result = guarded(self._compute)
            finally:
                self._computing = False
            self._show()

    def _show(self) -> None:
        self._times_shown += 1
        if self._times_shown == 1:
            self._speak()  # a view that comes is read where it stands; what changes later is a piece of news
        self._show_in(current_language())
        if loop := self._loop():
            loop.call_later(CALM, self._translate, self._times_shown)
        else:
            self._translate(self._times_shown)

    def _translate(self, shown: int) -> None:
        with self._lock:
            if shown == self._times_shown:  # else somebody is still typing
                self._speak()
                self._show_in(*LANGUAGES)

    def _speak(self) -> None:
        """Announce the result; a mistake is a sentence of the status already."""
        announced: dict[str, Any] = {}
        if not isinstance(self.result, Mistake):
            announced = {lang: guarded(partial(self._announcement, self.result, lang)) for lang in LANGUAGES}
        self._spoken = {lang: said for lang, said in announced.items() if isinstance(said, str)}

    def _show_in(self, *languages: str) -> None:
        made = {lang: self._shown(lang) for lang in languages}
        # One message for each, and none where nothing changed.
        self.status.show({lang: {"html": notices} for lang, (notices, _) in made.items()})
        self.output.show({lang: {"html": result} for lang, (_, result) in made.items()})

    def _shown(self, lang: str) -> tuple[str, str]:
        """What there is to say, and the result, in `lang`."""

        def shown() -> tuple[list[str], str]:
            line = tag("p", say("live.checkpoint", lang), " ", tag("code", checkpoint_name(self.checkpoint)),
                       class_="ph-quiet")  # fmt: skip
            return self._notices(self.result, lang), join(self._render(self.result, lang), line)

        made = self.result if isinstance(self.result, Mistake) else guarded(shown)
        if isinstance(made, Mistake):
            self.result, made = made, ([made.sentence(lang)], "")
        notices = join(tag("p", sentence, class_="ph-notice") for sentence in made[0])
        spoken = self._spoken.get(lang)
        return join(notices, tag("span", spoken, class_="ph-spoken") if spoken else ""), made[1]

    def _moved(self, _: Any) -> None:
        # While the controls are being set by a computation, that computation reads them when all are.
        with self._lock:
            if not self._computing:
                self.refresh()

    def _changed(self, _: Any = None) -> None:
        self._stale = True
        if (loop := self._loop()) is None:
            self.refresh()
        elif self._clock is None or self._clock[0] is not loop or self._clock[1] < time.monotonic():
            # A clock that should have rung and did not belonged to a loop that is gone; a second ring is harmless.
            self._clock = (loop, time.monotonic() + self.debounce)
            loop.call_later(self.debounce, self._ring)

    def _loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop in which something may wait; None in a plain Python script, and where nothing is to wait."""
        try:
            return asyncio.get_running_loop() if self.debounce else None
        except RuntimeError:
            return None

    def _ring(self) -> None:
        self._clock = None
        if self._stale:
            self.refresh()

    def _follow(self, _: str) -> None:
        with self._lock:
            self._relabel()
            self._show()

    # How it looks in a stored notebook.

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._said()!r}, checkpoint={checkpoint_name(self.checkpoint)!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget, and beside it what a reader without a kernel sees."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self), "text/html": self.static_html()}

    def static_html(self) -> str:
        """A picture of what the view shows now, in both languages, with a line on how to make it live."""
        # No picture keeps the view itself from the page: where it can't be drawn, there is a sentence.
        drawn = self.result if isinstance(self.result, Mistake) else guarded(lambda: self._picture(self.result))
        sentence = drawn.sentence if isinstance(drawn, Mistake) else None
        picture = in_each(lambda lang: tag("p", sentence(lang))) if sentence else Html(drawn)
        name = checkpoint_name(self.checkpoint)
        invitation = in_each(
            lambda lang: tag(
                "p",
                tag("small", say("live.static", lang, view=type(self).__name__, checkpoint=name)),
                class_="ph-invitation",
            )
        )
        return tag("div", picture, invitation)


def without_kernel() -> Html:
    """What a view says when no kernel answers: to run its cell again or, where there are no cells, to reload."""
    return join(
        tag("div", say("live.gone", lang), " ",
            tag("span", say("live.run_again", lang), class_="ph-run-again"),
            tag("span", say("live.reload", lang), class_="ph-reload"), class_="ph-notice ph-gone", lang=lang)
        for lang in shown_languages()
    )  # fmt: skip


def in_each(render: Callable[[str], str]) -> Html:
    """`render(lang)` for each language shown, each in a `div` of its own that the language switch shows or hides."""
    return join(tag("div", Html(render(lang)), lang=lang) for lang in shown_languages())


def guarded(step: Callable[[], Any]) -> Any:
    """What `step` returns, or the `Mistake` that kept it from it.

    Whoever types has no use for a traceback, and the next key may well put it right.
    """
    try:
        return step()
    except Mistake as mistake:
        return mistake
    except Exception as error:
        return Mistake("live.unexpected", error=shorten(f"{type(error).__name__}: {error}", 300))
