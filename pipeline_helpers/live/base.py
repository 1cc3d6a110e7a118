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
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from pipeline_helpers import hub
from pipeline_helpers.checkpoints import ENVIRONMENT
from pipeline_helpers.checkpoints import checkpoint as choose_checkpoint
from pipeline_helpers.language import LANGUAGES, current_language, on_change, say
from pipeline_helpers.live.controls import Panel
from pipeline_helpers.live.markup import Html, join, shorten, tag

DEBOUNCE = 0.15
"""Seconds from a change to the answer: what is typed in between is answered together."""


class Mistake(ValueError):
    """Something that whoever types can put right: one sentence of the catalogue, to be said in either language."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values

    def sentence(self, lang: str | None = None) -> str:
        """What is wrong and what to do."""
        return say(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.sentence()


def checkpoint_name(checkpoint: str | None) -> str:
    """What a view calls its checkpoint: never the path of a folder on this machine."""
    name = checkpoint or os.environ.get(ENVIRONMENT, "").strip() or "classroom"
    if name == choose_checkpoint("classroom"):
        return "classroom"
    if not os.path.isdir(name):
        return name
    folder = Path(name).resolve()
    cached = re.search(r"models--(.+)/snapshots/", folder.as_posix())  # the hub's cache: models--owner--name
    return cached.group(1).replace("--", "/") if cached else folder.name


def load(checkpoint: str | None) -> tuple[Any, Any]:
    """The model and the tokenizer of `checkpoint`, as `stages.load` has them.

    Raises:
        Mistake: there is none, or it has no classification head.
    """
    from pipeline_helpers import stages

    return _loaded(checkpoint, lambda: stages.load(choose_checkpoint(checkpoint)))


def load_tokenizer(checkpoint: str | None) -> Any:
    """The tokenizer alone: any checkpoint has one, with or without a classification head.

    Raises:
        Mistake: there is none.
    """
    return _loaded(checkpoint, lambda: hub.load_tokenizer(choose_checkpoint(checkpoint)))


def _loaded(checkpoint: str | None, loading: Callable[[], Any]) -> Any:
    try:
        return loading()
    except Exception as error:
        # Below are the hub, the file system and several formats, each with errors of its own.
        cause = (error.__cause__ if isinstance(error, ValueError) else None) or error
        reason = (str(cause).strip() or type(cause).__name__).split("\n")[0]
        if not isinstance(cause, hub.CheckpointError):  # ours, which ends with what to do
            reason = shorten(reason, 300)
        raise Mistake("live.not_loadable", checkpoint=str(checkpoint), reason=reason) from error


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

    def __init__(
        self, controls: Sequence[ipywidgets.Widget], checkpoint: str | None, debounce: float = DEBOUNCE
    ) -> None:
        if not isinstance(debounce, (int, float)) or not 0 <= debounce < float("inf"):
            raise ValueError(f"debounce is {debounce!r}; it takes seconds, 0 or more")
        self.debounce = debounce
        self.status, self.output = Panel(role="status"), Panel()
        self.result: Any = None
        self._stale = self._computing = False
        self._lock = threading.RLock()  # JupyterLab runs widgets on a thread of their own, cells on another
        self._clock: tuple[asyncio.AbstractEventLoop, float] | None = None
        self._loaded: tuple[str | None, Any] | None = None
        super().__init__([*controls, self.status, self.output], checkpoint=checkpoint)
        self.layout.width = "100%"
        self._relabel(current_language())
        for control in controls:
            if control.has_trait("value"):
                control.observe(self._changed, names="value")
        self.observe(self._changed, names="checkpoint")
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
    def _relabel(self, lang: str) -> None:
        """Name the controls in `lang`."""

    @abstractmethod
    def _picture(self, result: Any) -> str:
        """The result as a static picture in both languages, as HTML."""

    def _notices(self, result: Any, lang: str) -> list[str]:
        """Sentences that a good result comes with, such as what was cut off."""
        return []

    _load: Callable[[str | None], Any] = staticmethod(load)

    # What all of them do.

    def loaded(self) -> Any:
        """What `checkpoint` loads to, loaded once; raises `Mistake`, and does not try again until it is changed."""
        if self._loaded is None or self._loaded[0] != self.checkpoint:
            try:
                self._loaded = (self.checkpoint, self._load(self.checkpoint))
            except Mistake as mistake:
                self._loaded = (self.checkpoint, mistake)
        if isinstance(self._loaded[1], Mistake):
            raise self._loaded[1]
        return self._loaded[1]

    def refresh(self) -> None:
        """Compute and show what the controls say now."""
        with self._lock:
            self._stale, self._computing = False, True
            try:
                self.result = self._compute()
            except Mistake as mistake:
                self.result = mistake
            except Exception as error:
                # Whoever types has no use for a traceback, and the next key may well put it right.
                self.result = Mistake("live.unexpected", error=shorten(f"{type(error).__name__}: {error}", 300))
            finally:
                self._computing = False
            self._show()

    def _show(self) -> None:
        lang = current_language()
        if isinstance(self.result, Mistake):
            sentences, html = [self.result.sentence(lang)], ""
        else:
            sentences, html = self._notices(self.result, lang), self._render(self.result, lang)
        # One message for each, and none where nothing changed.
        self.status.html = join(tag("p", sentence, class_="ph-notice") for sentence in sentences)
        self.output.html = html

    def _changed(self, _: Any = None) -> None:
        self._stale = True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # a plain Python script has none
            loop = None
        if loop is None or not self.debounce:
            self.refresh()
        elif self._clock is None or self._clock[0] is not loop or self._clock[1] < time.monotonic():
            # A clock that should have rung and did not belonged to a loop that is gone; a second ring is harmless.
            self._clock = (loop, time.monotonic() + self.debounce)
            loop.call_later(self.debounce, self._ring)

    def _ring(self) -> None:
        self._clock = None
        if self._stale:
            self.refresh()

    def _follow(self, lang: str) -> None:
        with self._lock:
            self._relabel(lang)
            self._show()

    # How it looks in a stored notebook.

    def __repr__(self) -> str:
        return f"{type(self).__name__}(checkpoint={checkpoint_name(self.checkpoint)!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The widget, and beside it what a reader without a kernel sees."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self), "text/html": self.static_html()}

    def static_html(self) -> str:
        """A picture of what the view shows now, in both languages, with a line on how to make it live."""
        if isinstance(self.result, Mistake):
            picture = in_both(lambda lang: tag("p", self.result.sentence(lang)))
        else:
            picture = Html(self._picture(self.result))
        name = checkpoint_name(self.checkpoint)
        invitation = in_both(
            lambda lang: tag(
                "p",
                tag("small", say("live.static", lang, view=type(self).__name__, checkpoint=name)),
                class_="ph-invitation",
            )
        )
        return tag("div", picture, invitation)


def in_both(render: Callable[[str], str]) -> Html:
    """`render(lang)` for each language, each in a `div` of its own that the language switch shows or hides."""
    return join(tag("div", Html(render(lang)), lang=lang) for lang in LANGUAGES)


def checkpoint_line(checkpoint: str | None, lang: str) -> Html:
    """Which checkpoint made what is shown."""
    return tag("p", say("live.checkpoint", lang), " ", tag("code", checkpoint_name(checkpoint)), class_="ph-quiet")
