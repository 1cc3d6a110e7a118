"""The paper around matrices of attention: names along their edges, a title over them, notes under them."""

from collections.abc import Sequence
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.attention import words
from pipeline_helpers.figures.attention.numbers import Attention
from pipeline_helpers.language import LANGUAGES

LINE = style.SMALL * 1.2 / 72
"""Inches from one line of text to the next."""
SIDE = 1.0
"""Inches at the right of a new figure, for the colours and what they mean."""
LONGEST, DEEPEST = 1.2, 0.85
"""Inches of a token's name beside a picture, and turned under it; a longer one lacks its middle."""
_AIR, _ABOVE_NOTES = 0.1, 0.1


def width_of(ax: Axes | None, left: float) -> float:
    """Inches for a picture, on `ax` or in a new figure with `left` inches of names beside it."""
    return canvas.FIGURE - left - SIDE if ax is None else canvas.size_in_inches(ax)[0]


def lines_under(names: Sequence[str], places: np.ndarray) -> int:
    """In how many lines `names` fit upright under a picture, centred at `places` (inches): 1, 2, or 0 for neither."""
    widths = [style.text_width(name, style.SMALL) + _AIR for name in names]
    for lines in (1, 2):
        ends = [
            [(place - width / 2, place + width / 2) for place, width in zip(places, widths, strict=True)][line::lines]
            for line in range(lines)
        ]
        if all(before[1] <= after[0] for line in ends for before, after in pairwise(line)):
            return lines
    return 0


def depth_of(names: Sequence[str], lines: int) -> float:
    """Inches that `names` take under a picture: in so many lines, or turned."""
    return lines * LINE if lines else min(DEEPEST, max(style.text_width(name, style.SMALL) for name in names)) + 0.05


def name_columns(ax: Axes, places: Sequence[float], names: Sequence[str], lines: int) -> None:
    """Names under `ax`, in turn on so many lines; with none they are turned, but for those of one letter."""
    if not lines:
        names = [canvas.shortened(name, DEEPEST, style.SMALL) for name in names]
    ax.set_xticks(places, names, fontsize=style.SMALL)
    for place, (tick, name) in enumerate(zip(ax.xaxis.get_major_ticks(), names, strict=True)):
        if not lines and len(name) > 1:
            tick.label1.set_rotation(90)
        elif lines and place % lines:
            tick.set_pad(mpl.rcParams["xtick.major.pad"] + 72 * LINE)
            tick.tick1line.set(markersize=72 * LINE, markeredgewidth=0.5)  # from the cell to its name


class Paper:
    """How much room there is around a picture, in inches; in all languages the same."""

    def __init__(
        self, prepared: Attention, step: int, lang: str, *, left: float, above: float = 0.0, below: float = 0.0,
        numbered: bool = False,
    ) -> None:  # fmt: skip
        """Names take `left`, `above` and `below` around the picture; `step` and `numbered` are for `words.notes`."""
        self.left, self.below = left, below
        titles = {lang: words.title(prepared, lang) for lang in LANGUAGES}
        notes = {lang: " ".join(words.notes(prepared, step, lang, numbered)) for lang in LANGUAGES}
        self.title, self.notes = titles[lang], notes[lang]
        wrapped = [canvas.wrapped(title, canvas.WIDTH, canvas.TITLE_SIZE, "bold") for title in titles.values()]
        self.top = canvas.MARGIN + 0.12 + canvas.title_height(max(wrapped, key=len)) + above
        lines = max(len(canvas.wrapped(note, canvas.WIDTH, canvas.NOTE)) for note in notes.values())
        self.bottom = below + _ABOVE_NOTES + LINE * lines + canvas.MARGIN

    @property
    def height(self) -> float:
        """Inches of a picture in a new figure that is as high as one should be."""
        return max(2.4, canvas.TALLEST - self.top - self.bottom)

    def axes(self, ax: Axes | None, height: float) -> Axes:
        """`ax`, or a new one `height` inches high, with the title over it and the notes under it."""
        margin, width = self.left - canvas.MARGIN, canvas.WIDTH
        if ax is None:
            ax = canvas.placed_axes(height, left=self.left, right=SIDE, top=self.top, bottom=self.bottom)
        else:
            margin, width = 0.0, canvas.size_in_inches(ax)[0]
        canvas.set_title(ax, self.title)
        lines = canvas.wrapped(self.notes, width, canvas.NOTE)
        ax.annotate(
            "\n".join(lines), (0, 0), (-72 * margin, -72 * (self.below + _ABOVE_NOTES)), xycoords="axes fraction",
            textcoords="offset points", va="top", color=style.MUTED, fontsize=canvas.NOTE, gid="note",
        )  # fmt: skip
        return ax
