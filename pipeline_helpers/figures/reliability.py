"""What a score is worth: how often answers are right, band by band of their score (a reliability diagram)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline_helpers.figures import canvas, style
from pipeline_helpers.figures.inputs import as_array
from pipeline_helpers.language import LANGUAGES, resolve, say

FEW = 20
"""A band with fewer answers than these is shown as such."""
_Z = 1.959964
"""How many standard errors to each side 95 % of a normal distribution lie within."""
_HEIGHT, _LEFT, _RIGHT, _BELOW = 3.5, 0.78, 0.3, 0.62
"""Inches of the picture, and of what stands around it."""
_TOP = 1.12
"""Where the picture ends: the counts stand above 1."""
_GREY = "#b4b4b4"


@dataclass(frozen=True, eq=False)
class Reliability:
    """How often N answers are right, in K bands of their score.

    The diagram is DeGroot and Fienberg's ("The Comparison and Evaluation of Forecasters", The Statistician 32, 1983);
    Guo, Pleiss, Sun and Weinberger use it, and the expected calibration error, for neural networks ("On Calibration of
    Modern Neural Networks", ICML 2017). The intervals are Wilson's (Journal of the American Statistical Association 22,
    1927): unlike p ± 2 standard errors they stay within 0 and 1, and say something where all answers are right.
    """

    edges: np.ndarray
    """Where the bands begin, and where the last one ends, `[K + 1]`; a band has its lower edge, the last one both."""
    counts: np.ndarray
    """How many answers are in each, `[K]`; they sum to N."""
    scores: np.ndarray
    """The mean score of each, `[K]`; NaN where there is no answer."""
    accuracies: np.ndarray
    """The part of each that is right, `[K]`; NaN where there is no answer."""
    low: np.ndarray
    """Where Wilson's interval of 95 % for that part begins, `[K]`."""
    high: np.ndarray
    """Where it ends, `[K]`."""

    @property
    def calibration_error(self) -> float:
        """The expected calibration error: Σ count / N · |accuracy − mean score|, 0 where scores keep their word."""
        there = self.counts > 0
        gaps = np.abs(self.accuracies - self.scores)[there]
        return float(gaps @ self.counts[there] / self.counts.sum())


def reliability_bands(scores: Any, right: Any, *, edges: Any = None) -> Reliability:
    """Count how often answers are right, band by band of their score.

    Of four answers with a score of about 0.8 three should be right, or one more, or one less:

        >>> found = reliability_bands([0.78, 0.81, 0.8, 0.83, 0.97], [1, 0, 1, 1, 1], edges=[0.5, 0.9, 1])
        >>> found.counts.tolist(), found.accuracies.tolist(), round(found.calibration_error, 3)
        ([4, 1], [0.75, 1.0], 0.05)

    Args:
        scores: the probability that each answer was given, `[N]`, from 0 to 1.
        right: whether each is right, `[N]`: True and False, or 1 and 0.
        edges: where bands begin and end, rising, from the first edge to the last; None: tenths, from 0.5 where no score
            is lower and from 0 otherwise.

    Raises:
        TypeError: something is no array of numbers.
        ValueError: they are not as many; a score, edge or answer that is none; a score beyond the edges.
    """
    score = as_array(scores, "scores", dims=(1,))
    if right is None:
        raise TypeError("right is missing; expected whether each answer is right, as many as there are scores")
    correct = as_array(right, "right", dims=(1,))
    if len(correct) != len(score):
        raise ValueError(f"right holds {len(correct)} answers; there are {len(score)} scores")
    if not np.isin(correct, (0, 1)).all():
        raise ValueError(f"right holds {correct[~np.isin(correct, (0, 1))][0]:g}; expected True or False, or 1 and 0")
    if ((score < 0) | (score > 1)).any():
        raise ValueError(f"scores holds {score[(score < 0) | (score > 1)][0]:g}; expected probabilities, from 0 to 1")
    if edges is None:
        edges = np.arange(5 if score.min() >= 0.5 else 0, 11) / 10
    edge = as_array(edges, "edges", dims=(1,))
    if len(edge) < 2 or (np.diff(edge) <= 0).any() or edge[0] < 0 or edge[-1] > 1:
        raise ValueError(f"edges is {edge.tolist()}; expected two or more rising numbers from 0 to 1")
    if score.min() < edge[0] or score.max() > edge[-1]:
        raise ValueError(
            f"edges go from {edge[0]:g} to {edge[-1]:g}; scores go from {score.min():g} to {score.max():g}"
        )
    band = np.minimum(np.searchsorted(edge, score, side="right") - 1, len(edge) - 2)
    counts = np.bincount(band, minlength=len(edge) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # no answer in a band: 0 / 0, no mean
        means = np.bincount(band, score, len(counts)) / counts
        parts = np.bincount(band, correct, len(counts)) / counts
        z = _Z**2 / counts
        middle = (parts + z / 2) / (1 + z)
        half = _Z * np.sqrt(parts * (1 - parts) / counts + z / counts / 4) / (1 + z)
    return Reliability(edge, counts, means, parts, np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1))


@style.styled
def plot_reliability(
    scores: Any, right: Any = None, *, edges: Any = None, ax: Axes | None = None, lang: str | None = None
) -> Axes:
    """Draw how often answers are right against the score that they were given: a reliability diagram.

    A bar is a band of scores, as high as the part of its answers that is right; its point stands at the mean score of
    the band, with the interval (Wilson, 95 %) that its few or many answers leave, and its count above. On the broken
    line a score is what it promises: of the answers with 0.8, 80 % are right. A point below it stands for answers that
    are right less often than their score says. A band with fewer than 20 answers is hatched; an empty one has no bar.

        plot_reliability([0.78, 0.81, 0.8, 0.83, 0.97], [True, False, True, True, True])

    Args:
        scores: the probability that each answer was given, `[N]`, or a `Reliability`.
        right: whether each is right, `[N]`: True and False, or 1 and 0.
        edges: where the bands begin and end, rising; None: tenths, from 0.5 where no score is lower.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: something is no array of numbers, or scores came without `right`.
        ValueError: what `reliability_bands` refuses.
    """
    lang = resolve(lang)
    if isinstance(scores, Reliability):
        if right is not None or edges is not None:
            raise TypeError("right and edges belong to scores; a Reliability has been counted already")
        found = scores
    else:
        found = reliability_bands(scores, right, edges=edges)
    notes = {said: canvas.packed(_notes(found, said), canvas.WIDTH) for said in LANGUAGES}
    if ax is None:
        below = _BELOW + canvas.NOTE_LINE * max(map(len, notes.values())) + canvas.MARGIN
        above = 2 * canvas.MARGIN + canvas.title_height([""])
        ax = canvas.placed_axes(_HEIGHT, left=_LEFT, right=_RIGHT, top=above, bottom=below)
    width, height = canvas.size_in_inches(ax)
    _draw(ax, found, width / (found.edges[-1] - found.edges[0]), lang)
    canvas.set_title(ax, say("reliability.title", lang, count=found.counts.sum()))
    look: dict[str, Any] = {"size": style.SMALL, "color": style.MUTED, "va": "center", "transform": ax.transAxes}
    for line, note in enumerate(notes[lang]):
        y = -(_BELOW + canvas.NOTE_LINE * (line + 0.5)) / height
        ax.text((canvas.MARGIN - _LEFT) / width, y, note, gid="note", **look)
    style.set_alt_text(ax, _describe(found, lang))
    return ax


def _draw(ax: Axes, found: Reliability, inch: float, lang: str) -> None:
    """The bars, the line of promises, the points; `inch` is how many inches a score of 1 takes."""
    first, last = found.edges[0], found.edges[-1]
    ax.set(xlim=(first, last), ylim=(0, _TOP))
    look: dict[str, Any] = {"size": style.SMALL, "ha": "center", "va": "center"}
    for place, count in enumerate(found.counts):
        left, right = found.edges[place : place + 2]
        if count:
            hatch: dict[str, Any] = {"hatch": "///", "hatch_linewidth": 0.8} if count < FEW else {}
            ax.add_patch(Rectangle((left, 0), right - left, found.accuracies[place], facecolor=style.FAINT,
                                   edgecolor=_GREY, linewidth=0, gid="band", **hatch))  # fmt: skip
            ax.add_patch(Rectangle((left, 0), right - left, found.accuracies[place], facecolor="none",
                                   edgecolor=style.MUTED, gid="frame"))  # fmt: skip
        if (right - left) * inch > style.text_width(str(count), style.SMALL) + 0.06:
            ax.text((left + right) / 2, (1 + _TOP) / 2, str(count), gid="count", **look)
    ax.plot((first, last), (first, last), linestyle=(0, (4, 3)), color=style.MUTED, linewidth=1.5, gid="promise")
    there = found.counts > 0
    errors = np.stack([found.accuracies - found.low, found.high - found.accuracies])[:, there].clip(0)
    ax.errorbar(found.scores[there], found.accuracies[there], errors, fmt="o", color=style.INK, markersize=7,
                elinewidth=1.8, capsize=4, clip_on=False, gid="part")  # fmt: skip
    shown = _ticks(found.edges, inch)
    ax.set_xticks(shown, [f"{edge:.3g}" for edge in shown], size=style.SMALL)
    ax.set_yticks(np.arange(0, 1.01, 0.2), [f"{y:.1f}" for y in np.arange(0, 1.01, 0.2)], size=style.SMALL)
    ax.set_xlabel(say("reliability.score", lang), size=style.SMALL)
    ax.set_ylabel(say("reliability.accuracy", lang), size=style.SMALL)
    ax.spines["left"].set_bounds(0, 1)


def _ticks(edges: np.ndarray, inch: float) -> list[float]:
    """The edges that have room for their number; the last one always does, since scores end there."""
    kept: list[float] = [float(edges[-1])]
    for edge in edges[-2::-1].tolist():
        needed = (style.text_width(f"{edge:.3g}", style.SMALL) + style.text_width(f"{kept[-1]:.3g}", style.SMALL)) / 2
        if (kept[-1] - edge) * inch > needed + 0.08:
            kept.append(edge)
    return kept[::-1]


def _notes(found: Reliability, lang: str) -> list[str]:
    notes = [say(f"reliability.note.{name}", lang) for name in ("promise", "counts", "interval")]
    if ((found.counts > 0) & (found.counts < FEW)).any():
        notes.append(say("reliability.note.few", lang, few=FEW))
    notes.append(say("reliability.note.error", lang, error=f"{found.calibration_error:z.3f}"))
    return notes


def _describe(found: Reliability, lang: str) -> str:
    rows = [
        say(f"reliability.alt.{'row' if count else 'empty'}", lang, low=f"{found.edges[place]:.3g}",
            high=f"{found.edges[place + 1]:.3g}", count=count, accuracy=style.number(found.accuracies[place]),
            score=style.number(found.scores[place]))
        for place, count in enumerate(found.counts.tolist())
    ]  # fmt: skip
    error = say("reliability.note.error", lang, error=f"{found.calibration_error:z.3f}")
    return f"{say('reliability.title', lang, count=found.counts.sum())}. {'; '.join(rows)}. {error}."
