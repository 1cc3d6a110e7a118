"""The language in force, who is told when it changes, and where the choice is remembered.

In this order: what was chosen in this kernel; `PIPELINE_HELPERS_LANG`; what was chosen last in any lesson; the first
of `LANGUAGES`.
"""

import contextlib
import os
import weakref
from collections.abc import Callable
from pathlib import Path

from pipeline_helpers.files import replace_text

LANGUAGES = {"es": "Español", "en": "English"}
"""The languages of the course by their code in ISO 639-1: what each calls itself, in the order they stand on a page."""
ENVIRONMENT = "PIPELINE_HELPERS_LANG"

_chosen: tuple[str, bool] | None = None
"""The language chosen in this kernel, and whether its outputs are in that one alone."""
_listeners: list[Callable[[], Callable[[str], None] | None]] = []


def current_language() -> str:
    """The code of the language in force, one of `LANGUAGES`.

    Raises:
        ValueError: `PIPELINE_HELPERS_LANG` is set to something else.
    """
    if _chosen is not None:
        return _chosen[0]
    if from_environment := os.environ.get(ENVIRONMENT, "").strip():
        return resolve(from_environment, ENVIRONMENT)
    return _remembered() or next(iter(LANGUAGES))


def resolve(lang: str | None, argument: str = "lang") -> str:
    """`lang` itself when it is one of `LANGUAGES`, the language in force when it is None.

    Raises:
        ValueError: it is anything else; the message names `argument`.
    """
    return current_language() if lang is None else known(lang, argument)


def known(lang: str, argument: str = "lang") -> str:
    """`lang` itself; unlike `resolve`, None is an error too.

    Raises:
        ValueError: it is none of `LANGUAGES`; the message names `argument`.
    """
    if not isinstance(lang, str) or lang not in LANGUAGES:
        takes = " or ".join(f"{code!r} ({name})" for code, name in LANGUAGES.items())
        raise ValueError(f"{argument} is {lang!r}; it takes {takes}")
    return lang


def choose_language(lang: str, *, only: bool = False) -> None:
    """Put `lang` in force in this kernel and tell everything that follows it; the next lesson opens in it too.

    Args:
        lang: one of `LANGUAGES`.
        only: for a notebook that is given out in one language. What it shows from now on is in `lang` alone, and no
            other lesson opens in it for that.

    Raises:
        ValueError: `lang` is none of them.
    """
    global _chosen
    before, _chosen = current_language(), (known(lang), only)
    if not only:
        _remember(lang)
    if lang != before:
        for listener in [reference() for reference in _listeners]:
            if listener is not None:
                listener(lang)


def shown_languages() -> list[str]:
    """The languages that an output holds: each of `LANGUAGES`, for the switch to choose from, or the only one."""
    return [_chosen[0]] if _chosen is not None and _chosen[1] else list(LANGUAGES)


def on_change(callback: Callable[[str], None]) -> None:
    """Call `callback(lang)` whenever the language in force changes.

    A bound method is held weakly: a view that nobody holds any more is not kept alive by its wish to be told.
    """
    _listeners[:] = [reference for reference in _listeners if reference() is not None]
    if hasattr(callback, "__func__"):
        _listeners.append(weakref.WeakMethod(callback))
    else:
        _listeners.append(lambda: callback)


def _memory() -> Path:
    from platformdirs import user_config_path

    return user_config_path("pipeline_helpers") / "language"


def _remembered() -> str | None:
    try:
        lang = _memory().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, RuntimeError):
        return None
    return lang if lang in LANGUAGES else None


def _remember(lang: str) -> None:
    # A home that can't be written to (a shared server, a read-only disk), or none at all (RuntimeError), costs the
    # memory, not the lesson.
    with contextlib.suppress(OSError, RuntimeError):
        replace_text(_memory(), lang + "\n")
