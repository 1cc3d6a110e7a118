"""One look for all figures, and what they share: fonts, settings, numbers, alternative texts.

Text reads on what is under it with at least 4.5:1 (WCAG 2.1, 1.4.3).
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, ParamSpec
from weakref import WeakKeyDictionary

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text

from pipeline_helpers.figures.colours import (  # noqa: F401
    CLASS,
    FAINT,
    INK,
    MINUS,
    MUTED,
    NEGATIVE,
    PAPER,
    PLUS,
    POSITIVE,
    SPECIAL,
    WORDS,
    class_colours,
)

SMALL = 12
"""Points of the smallest letter: 16.7 px where a figure has its whole width, 11.5 px in half a screen."""
FAMILY = "DejaVu Sans"
"""The font of all texts: it comes with matplotlib."""
SEQUENTIAL = "cividis"
"""Colour map for what starts at zero (attention weights); it stands beside its scale, since its colours are many."""
DIVERGING = LinearSegmentedColormap.from_list("minus to plus", [MINUS, PAPER, PLUS])
"""Colour map for what has a sign (hidden states, cosines), between the two colours of a sign."""

_THE_USERS = ("backend", "figure.max_open_warning", "figure.raise_window", "interactive", "keymap.", "tk.", "toolbar")
"""What the settings that stay as the user has them begin with: how windows open and behave, not what is drawn."""
STYLE: dict[str, Any] = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "font.family": [FAMILY],
    "font.size": 12,
    "axes.titlesize": 14,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 12,
    "axes.prop_cycle": cycler(color=[CLASS]),  # what says no more than it is, a bar or a line, has no hue
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.parse_math": False,  # a token is data: "$x$" stays "$x$"
    "figure.dpi": 100,
    "svg.fonttype": "path",
    "svg.hashsalt": "pipeline_helpers",
}

P = ParamSpec("P")
_alt_texts: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()


@contextmanager
def style() -> Iterator[None]:
    """The look of all figures, inside the block and nowhere else: matplotlib's defaults and ours, not the user's."""
    # Only what differs is set: each setting is checked by matplotlib, and there are more than 300.
    with mpl.rc_context({key: value for key, value in _settings().items() if mpl.rcParams[key] != value}):
        yield


@cache
def _settings() -> dict[str, Any]:
    return {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(_THE_USERS)} | STYLE


class Paper(Figure):
    """A figure of ours: drawn in the style of all figures, whenever that is, since artists ask for settings then."""

    def draw(self, renderer: Any) -> None:
        """Draw the figure on `renderer`."""
        with style():
            super().draw(renderer)


def styled(plot: Callable[P, Axes]) -> Callable[P, Axes]:
    """Decorator: `plot` draws in the style of all figures and leaves the global settings as they are."""

    @wraps(plot)
    def inner(*args: P.args, **kwargs: P.kwargs) -> Axes:
        with style():
            ax = plot(*args, **kwargs)
            if kwargs.get("ax") is not None:
                _plain(ax)
            return ax

    return inner


def _plain(ax: Axes) -> None:
    """What stands around somebody's `Axes` their settings have made; we have written data there: text stays text."""
    title = [text for text in ax.get_children() if isinstance(text, Text) and text.get_text() == ax.get_title("left")]
    for text in (*title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()):
        text.set(parse_math=False, usetex=False, family=FAMILY)


def luminance(colour: Any) -> float:
    """How light a colour of matplotlib's is, 0 to 1 (WCAG 2.1, relative luminance)."""
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def text_on(background: Any) -> str:
    """Black or white, whichever reads better on `background` (any colour of matplotlib's); 4.5:1 or more on each."""
    return "#000000" if luminance(background) > 0.179 else "#ffffff"


def number(value: float) -> str:
    """`value` with two decimals, or three digits of a large one; never "-0.00"."""
    return f"{value:.3g}" if abs(value) >= 1000 else f"{value:z.2f}"


def set_alt_text(ax: Axes, text: str) -> None:
    """Keep with `ax` what it shows, in words, for those who do not see it."""
    _alt_texts[ax] = text


def alt_text(ax: Axes) -> str:
    """What the figure on `ax` shows, in words, with its numbers; empty for an `Axes` of somebody else's."""
    return _alt_texts.get(ax, "")


def drawable(text: str, face: str = "normal") -> str:
    """`text` with a visible stand-in for each character that `face` ("normal", "bold", "italic") has no glyph for.

    Line breaks and tabs become ↵ and ⇥, so that none is invisible; any other control character and a character
    without a glyph becomes □. Without this matplotlib warns on stderr and draws an empty box or nothing.
    """
    return "".join(_drawable_character(character, face) for character in text)


@cache
def _drawable_character(character: str, face: str) -> str:
    if character in "\n\r\t":
        return "⇥" if character == "\t" else "↵"
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    return "□" if hidden or ord(character) not in _glyphs(face) else character


@cache
def _glyphs(face: str) -> frozenset[int]:
    return frozenset(_font(face).get_charmap())


@cache
def text_width(text: str, size: float, face: str = "normal") -> float:
    """How wide `text`, made `drawable` in `face`, is drawn at `size` points, in inches; without a figure."""
    if not text.strip():
        return 0.32 * size / 72 * len(text)
    font = _font(face)
    font.set_size(_FONT_SIZE, 72)  # matplotlib keeps one font object a file, and drawing sets its size
    font.set_text(drawable(text, face), 0.0)
    return float(font.get_width_height()[0]) / 64 / 72 * size / _FONT_SIZE


_FONT_SIZE = 100
"""Points; large, so that hinting to whole pixels does not round the widths."""


@cache
def _font(face: str) -> Any:
    look = f"{FAMILY}:{face}" if face != "normal" else FAMILY  # a pattern of fontconfig's
    with style():
        return get_font(findfont(look))
