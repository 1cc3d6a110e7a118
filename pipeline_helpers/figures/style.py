"""One look for all figures, and what they share: colours, fonts, a new `Axes`, alternative texts.

The colours are those of Okabe and Ito (2008, "Color Universal Design"), which hold for colour-blind readers; each is
paired with a text colour of at least 4.5:1 (WCAG 2.1, 1.4.3). Nothing is said by colour alone.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont, get_font

INK = "#1b1b1b"
"""Text and lines."""
MUTED = "#595959"
"""Text that comes second; 7:1 on the background."""
PAPER = "#ffffff"
"""The background: opaque, so that a figure reads the same in JupyterLab's dark theme."""
FAINT = "#ececec"
"""Padding, grid, what is there but takes no part."""
BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#e69f00", "#009e73", "#cc79a7"
WORDS = ("#cfe5f5", "#fde3a7")
"""Two light backgrounds that alternate from word to word; ink on them has more than 11:1."""
SPECIAL = "#dcdcdc"
"""The background of special tokens."""
SEQUENTIAL = "cividis"
"""Colour map for what starts at zero (attention weights, probabilities)."""
DIVERGING = "PuOr"
"""Colour map for what has a sign (hidden states, logits)."""

STYLE: dict[str, Any] = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "font.family": ["DejaVu Sans"],
    "font.size": 12,
    "axes.titlesize": 14,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 12,
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
R = TypeVar("R")
_alt_texts: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()


@contextmanager
def style() -> Iterator[None]:
    """The look of all figures, inside the block and nowhere else."""
    with mpl.rc_context(STYLE):
        yield


def styled(plot: Callable[P, R]) -> Callable[P, R]:
    """Decorator: `plot` draws in the style of all figures and leaves the global settings as they are."""

    @wraps(plot)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with style():
            return plot(*args, **kwargs)

    return inner


def text_on(background: Any) -> str:
    """Black or white, whichever reads better on `background` (any colour of matplotlib's); 4.5:1 or more on each."""
    channels = np.array(to_rgb(background))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))  # WCAG 2.1, relative luminance
    return "#000000" if luminance > 0.179 else "#ffffff"


def set_alt_text(ax: Axes, text: str) -> None:
    """Keep with `ax` what it shows, in words, for those who do not see it."""
    _alt_texts[ax] = text


def alt_text(ax: Axes) -> str:
    """What the figure on `ax` shows, in words, with its numbers; empty for an `Axes` of somebody else's."""
    return _alt_texts.get(ax, "")


def drawable(text: str) -> str:
    """`text` with a visible stand-in for each character that the figures' font has no glyph for.

    Line breaks and tabs become ↵ and ⇥, so that none is invisible; any other control character and a character
    without a glyph becomes □. Without this matplotlib warns on stderr and draws an empty box or nothing.
    """
    return "".join(map(_drawable_character, text))


@cache
def _drawable_character(character: str) -> str:
    code = ord(character)
    if character in "\n\r\t":
        return "⇥" if character == "\t" else "↵"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or code not in _glyphs():
        return "□"
    return character


@cache
def _glyphs() -> frozenset[int]:
    with style():
        return frozenset(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """How wide `text`, made `drawable`, is drawn at `size` points, in inches; without a figure."""
    if not text.strip():
        return 0.32 * size / 72 * len(text)
    font = _font(weight)
    font.set_size(_FONT_SIZE, 72)  # matplotlib keeps one font object a file, and drawing sets its size
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64 / 72 * size / _FONT_SIZE


_FONT_SIZE = 100
"""Points; large, so that hinting to whole pixels does not round the widths."""


@cache
def _font(weight: str) -> Any:
    with style():
        return get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
