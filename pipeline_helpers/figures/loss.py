"""A loss while it falls: a number for each step of a training."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.inputs import as_array
from pipeline_helpers.language import resolve, say

_HEIGHT, _LEFT, _RIGHT, _BELOW = 2.6, 0.78, 0.3, 0.62
"""Inches of the picture, and of what stands around it."""


@style.styled
def plot_loss(losses: Any, *, steps: int | None = None, ax: Axes | None = None, lang: str | None = None) -> Axes:
    """Draw the loss at each step of a training, from step 0.

        plot_loss([0.69, 0.52, 0.4, 0.33])

    Args:
        losses: `[N]`, one a step.
        steps: how many there will be, for a picture that grows while a training runs: the line has so much room from
            the beginning, and the alternative text is the same at each step, as the picture's place on the page is.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: `losses` are no numbers, or `steps` is no integer.
        ValueError: there is none, or NaN or an infinity among them; `steps` is less than there are.
    """
    lang = resolve(lang)
    loss = as_array(losses, "losses", dims=(1,))
    if steps is not None:
        if isinstance(steps, bool) or not hasattr(steps, "__index__"):
            raise TypeError(f"steps is of type {type(steps).__name__}; expected an integer")
        if steps < len(loss):
            raise ValueError(f"steps is {steps}; there are {len(loss)} losses already")
    across = (0, max(steps or len(loss), 2) - 1)
    up = (min(0.0, 1.1 * float(loss.min())), max(1.1 * float(loss.max()), 0.1))
    ticks = {"x": _round_numbers(*across, 6, integer=True), "y": _round_numbers(*up, 5)}
    names = {axis: [f"{tick:zg}" for tick in found] for axis, found in ticks.items()}
    if ax is None:
        left = max(_LEFT, 0.45 + max(style.text_width(name, style.SMALL) for name in names["y"]))
        above = 3 * canvas.MARGIN + canvas.title_height([""])
        ax = canvas.placed_axes(_HEIGHT, left=left, right=_RIGHT, top=above, bottom=_BELOW + canvas.MARGIN)
    ax.plot(np.arange(len(loss)), loss, color=style.INK, linewidth=2, gid="loss")
    ax.plot(len(loss) - 1, loss[-1], "o", color=style.INK, markersize=7, clip_on=False, gid="last")
    ax.set(xlim=across, ylim=up)
    ax.set_xticks(ticks["x"], names["x"], size=style.SMALL)
    ax.set_yticks(ticks["y"], names["y"], size=style.SMALL)
    ax.set_xlabel(say("loss.step", lang), size=style.SMALL)
    ax.set_ylabel(say("loss.loss", lang), size=style.SMALL)
    with mpl.rc_context({"axes.titlepad": 6 + 72 * canvas.MARGIN}):  # over the number at the top
        canvas.set_title(ax, say("loss.title", lang))
    first, last, least = (style.number(value) for value in (loss[0], loss[-1], loss.min()))
    said = {"count": len(loss), "first": first, "last": last, "least": least}
    growing = say("loss.alt.growing", lang, steps=steps)
    style.set_alt_text(ax, say("loss.alt.all", lang, **said) if steps is None else growing)
    return ax


def _round_numbers(low: float, high: float, most: int, *, integer: bool = False) -> list[float]:
    """At most so many round numbers from `low` to `high`."""
    found = np.round(MaxNLocator(most, integer=integer).tick_values(low, high), 10)
    return [tick for tick in found.tolist() if low <= tick <= high]
