"""From logits to probabilities, with the arithmetic of softmax to be read: exponentials, their sum, the division."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from pipeline_helpers.figures import style
from pipeline_helpers.figures.canvas import NOTE, canvas, shortened, wrapped
from pipeline_helpers.figures.inputs import as_array, as_index
from pipeline_helpers.language import resolve, say
from pipeline_helpers.stages import Trace

READABLE = (-5.0, 9.0)
"""While the largest logit is in here, the exponentials themselves are shown (0.0067 to 8103); else those of
logit − largest."""
_LABEL_WIDTH = 2.4
_ROW = 0.42
_SIZE = 12.0
_BARS = {"logit": 1.25, "probability": 1.6}
"""Inches of the columns that have bars beside their numbers."""
_GAP = 0.3
"""Inches between two columns."""


@dataclass(frozen=True, eq=False)
class SoftmaxSteps:
    """Softmax of one row of C logits, a step at a time.

    softmax(z)ᵢ = exp(zᵢ / T) / Σⱼ exp(zⱼ / T), with temperature T (Goodfellow, Bengio and Courville, "Deep
    Learning", 2016, equation 4.1; the subtraction is theirs too). Whatever number is taken from all of the logits, the
    quotient stays the same.
    """

    logits: np.ndarray
    """What the head answered, `[C]`; −inf is a class that can't be."""
    temperature: float
    """T: above 1 the probabilities come nearer to each other, below 1 they move apart."""
    scaled: np.ndarray
    """logits / temperature, `[C]`."""
    shift: float
    """What is taken from each: 0 where the exponentials can be read as they are, else the largest of `scaled`."""
    shifted: np.ndarray
    """scaled − shift, `[C]`."""
    exponentials: np.ndarray
    """exp(shifted), `[C]`."""
    total: float
    """Their sum."""
    probabilities: np.ndarray
    """exponentials / total, `[C]`; they sum to 1."""

    @property
    def order(self) -> np.ndarray:
        """The classes, the most probable first, `[C]`."""
        return np.argsort(-self.scaled, kind="stable")


def softmax_steps(logits: Any, *, temperature: float = 1.0, sentence: int = 0) -> SoftmaxSteps:
    """The steps of softmax for one row of `logits`, in double precision.

    The two sentences of the notes (printed there: 4.0195e-02, 9.5980e-01 and 9.9946e-01, 5.4418e-04; the last digits
    differ because the logits were rounded when they were printed):

        >>> published = [[-1.5607, 1.6123], [4.1692, -3.3464]]
        >>> softmax_steps(published).probabilities.round(4).tolist()
        [0.0402, 0.9598]
        >>> softmax_steps(published, sentence=1).probabilities.round(4).tolist()
        [0.9995, 0.0005]

    Args:
        logits: `[C]` or `[B, C]`.
        temperature: greater than 0.
        sentence: which row of a batch, counted from 0.

    Raises:
        TypeError: these are no numbers.
        ValueError: NaN or +inf among the logits, nothing but −inf, no class; a temperature that is not above 0 or so
            small that a logit divided by it is no number any more; no such sentence.
    """
    rows = np.atleast_2d(as_array(logits, "logits", dims=(1, 2), finite=False))
    row = rows[as_index(sentence, "sentence", len(rows))]
    if np.isnan(row).any() or np.isposinf(row).any():
        bad = row[np.isnan(row) | np.isposinf(row)][0]
        raise ValueError(f"logits holds {bad} in sentence {sentence}; expected numbers (−inf for a class ruled out)")
    if np.isneginf(row).all():
        raise ValueError(f"logits holds nothing but -inf in sentence {sentence}; one class at least has to be possible")
    temperature = float(as_array(temperature, "temperature", dims=(0,)))
    if temperature <= 0:
        raise ValueError(f"temperature is {temperature:g}; expected a number greater than 0")
    with np.errstate(over="ignore", under="ignore"):
        scaled = row / temperature
        largest = float(scaled.max())
        if not np.isfinite(scaled[np.isfinite(row)]).all():
            raise ValueError(f"temperature is {temperature:g}: too small for a logit of {np.abs(row).max():g}")
        shift = 0.0 if READABLE[0] <= largest <= READABLE[1] else largest
        shifted = scaled - shift
        exponentials = np.exp(shifted)
        total = float(exponentials.sum())
        return SoftmaxSteps(row, temperature, scaled, shift, shifted, exponentials, total, exponentials / total)


@style.styled
def plot_logits_to_probs(
    data: Any,
    *,
    sentence: int = 0,
    labels: Sequence[Any] | Mapping[int, Any] | None = None,
    temperature: float = 1.0,
    top: int = 10,
    ax: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the logits of a sentence and the probabilities they become, with each step of softmax between them.

    The published numbers of the notes:

        plot_logits_to_probs([[-1.5607, 1.6123], [4.1692, -3.3464]], labels=["NEGATIVE", "POSITIVE"])

    shows −1.5607 → exp 0.2100 → 0.2100 ÷ 5.2243 = 0.0402 and 1.6123 → exp 5.0143 → 5.0143 ÷ 5.2243 = 0.9598. Where
    exponentials would overflow or can't be read, the largest logit is taken from all of them first, and the picture
    says so.

    Args:
        data: logits, `[C]` or `[B, C]`, or a `Trace`.
        sentence: which row of a batch, counted from 0.
        labels: the names of the C classes: a list, or a dictionary such as `model.config.id2label`. A `Trace` brings
            its own.
        temperature: what the logits are divided by first, greater than 0.
        top: how many classes are shown, the most probable first, where there are more than that; the rest is summed up.
        ax: where to draw; None makes a new figure.
        lang: one of `LANGUAGES`; None is the language in force.

    Raises:
        TypeError: the logits, temperature, sentence or top are no numbers.
        ValueError: what `softmax_steps` refuses; labels that are not as many as the classes; `top` below 1.
    """
    lang = resolve(lang)
    logits = data.logits if isinstance(data, Trace) else data
    if labels is None and isinstance(data, Trace):
        labels = data.id2label
    steps = softmax_steps(logits, temperature=temperature, sentence=sentence)
    count = len(steps.logits)
    names = _names(labels, count) or [say("softmax.class", lang, number=place) for place in range(count)]
    if isinstance(top, bool) or not hasattr(top, "__index__"):
        raise TypeError(f"top is of type {type(top).__name__}; expected an integer")
    if top < 1:
        raise ValueError(f"top is {top}; expected 1 or more")
    at_one = softmax_steps(logits, sentence=sentence)
    shown, shown_at_one = steps, at_one
    if count > top:
        shown, shown_at_one = (_summed_up(of, steps.order, top) for of in (steps, at_one))
        names = [*(names[place] for place in steps.order[:top]), say("softmax.others", lang, count=count - top)]
    cells = _cells(shown, alone=np.isfinite(steps.logits).sum() == 1)
    best = int(shown.probabilities[:top].argmax())
    notes = _notes(steps, top, data, lang)
    title = say("softmax.title", lang)
    if np.ndim(logits) == 2 and len(logits) > 1:
        title += " · " + say("softmax.sentence", lang, sentence=range(len(logits))[sentence])
    ax = _draw(ax, title, names, cells, best, shown, shown_at_one.probabilities, notes, lang)
    style.set_alt_text(ax, _describe(steps, names, cells, best, title, notes, lang))
    return ax


def _summed_up(steps: SoftmaxSteps, order: np.ndarray, top: int) -> SoftmaxSteps:
    """`steps` of the first `top` classes in `order`, and as a last one the sums of the others; its logit is NaN."""
    shown, rest = order[:top], order[top:]
    return replace(
        steps,
        logits=np.append(steps.logits[shown], np.nan),
        scaled=np.append(steps.scaled[shown], np.nan),
        shifted=np.append(steps.shifted[shown], np.nan),
        exponentials=np.append(steps.exponentials[shown], steps.exponentials[rest].sum()),
        probabilities=np.append(steps.probabilities[shown], steps.probabilities[rest].sum()),
    )


def _names(labels: Sequence[Any] | Mapping[int, Any] | None, count: int) -> list[str] | None:
    if labels is None:
        return None
    if isinstance(labels, (str, bytes)) or not hasattr(labels, "__len__"):
        raise TypeError(f"labels is of type {type(labels).__name__}; expected a list of names or a dictionary")
    if isinstance(labels, Mapping):
        if set(labels) != set(range(count)):
            raise ValueError(f"labels has the keys {list(labels)[:5]}; expected one for each of 0 to {count - 1}")
        return [str(labels[place]) for place in range(count)]
    if len(labels) != count:
        raise ValueError(f"labels holds {len(labels)} names; there are {count} logits")
    return [str(label) for label in labels]


def _notes(steps: SoftmaxSteps, top: int, data: Any, lang: str) -> list[str]:
    notes = [say("softmax.note.steps", lang)]
    if steps.shift:
        notes.append(say("softmax.note.shift", lang, largest=_number(steps.shift)))
    if steps.temperature != 1:
        notes.append(say("softmax.note.temperature", lang))
    if len(steps.logits) > top:
        notes.append(say("softmax.note.top", lang, shown=top, total=len(steps.logits)))
    problem = getattr(data.config, "problem_type", None) if isinstance(data, Trace) else None
    if problem in ("regression", "multi_label_classification"):
        notes.append(say("softmax.note.other_function", lang, problem=problem))
    elif len(steps.logits) == 1:
        sigmoid = np.exp(-np.logaddexp(0.0, -steps.logits[0]))
        notes.append(say("softmax.note.single", lang, sigmoid=_number(float(sigmoid))))
    return notes


def _draw(
    ax: Axes | None, title: str, names: list[str], cells: dict[str, list[str]], best: int, shown: SoftmaxSteps,
    at_one: np.ndarray, notes: list[str], lang: str,
) -> Axes:  # fmt: skip
    faces = ["bold" if place == best else "normal" for place in range(len(names) + 1)]
    names = [shortened(name, _LABEL_WIDTH, _SIZE, face) for name, face in zip(names, faces, strict=False)]
    names.append(say("softmax.sum", lang))
    totals = {"exponential": _number(shown.total), "probability": "1"}
    columns = {
        kind: [say(f"softmax.head.{kind}", lang), _formula(kind, shown), *texts, totals.get(kind, "")]
        for kind, texts in cells.items()
    }
    widths = {
        kind: max(style.text_width(text, _SIZE, "bold") for text in texts if text) + _GAP
        for kind, texts in columns.items()
    }
    left = max(style.text_width(name, _SIZE, "bold") for name in names)
    width = left + sum(widths[kind] + _BARS.get(kind, 0.0) for kind in columns)
    lines = [line for note in notes for line in wrapped(note, width, NOTE)]
    middles = [0.95 + _ROW * place for place in range(len(names))]
    rule = middles[-1] - _ROW / 2
    ax, scale = canvas(ax, middles[-1] + _ROW / 2 + 0.15, title, lines)

    look: dict[str, Any] = {"fontsize": _SIZE * scale, "va": "center"}
    for name, middle, face in zip(names, middles, faces, strict=True):
        ax.text(0, middle, name, weight=face, **look)
    ax.plot([0, width], [rule, rule], color=style.MUTED, linewidth=1)

    right = left
    for kind, (heading, formula, *texts) in columns.items():
        right += widths[kind]
        ax.text(right, 0.2, heading, ha="right", weight="bold", **look)
        ax.text(right, 0.48, formula, ha="right", color=style.MUTED, **look)
        for place, (text, middle) in enumerate(zip(texts, middles, strict=True)):
            bold = middle == middles[-1] or (place == best and kind == "probability")
            ax.text(right, middle, text, ha="right", weight="bold" if bold else "normal", **look)
        bars = (right + 0.15, _BARS.get(kind, 0.0) - 0.2)
        if kind == "logit":
            _draw_logits(ax, shown.logits, middles[:-1], *bars)
        elif kind == "probability":
            marked = None if shown.temperature == 1 else at_one
            _draw_probabilities(ax, shown.probabilities, marked, np.array(middles[:-1]), *bars)
        right += _BARS.get(kind, 0.0)
    return ax


def _draw_logits(ax: Axes, logits: np.ndarray, middles: list[float], left: float, width: float) -> None:
    """Bars from zero to each logit: to the right and blue, to the left and orange."""
    logits = np.where(np.isfinite(logits), logits, 0.0)
    least, most = min(0.0, float(logits.min())), max(0.0, float(logits.max()))
    unit = max(most / 2 - least / 2, 1e-300)  # halves, since most - least may be more than the largest float
    zero = left + width * (-least / 2) / unit if least < 0 else left
    lengths = width * (logits / 2) / unit
    colours = [style.PLUS if logit >= 0 else style.MINUS for logit in logits]
    ax.barh(middles, lengths, left=zero, height=0.6 * _ROW, color=colours)
    ax.plot([zero, zero], [middles[0] - _ROW / 2, middles[-1] + _ROW / 2], color=style.MUTED, linewidth=1)


def _draw_probabilities(
    ax: Axes, probabilities: np.ndarray, at_one: np.ndarray | None, middles: np.ndarray, left: float, width: float
) -> None:
    """Bars of a frame each, filled as far as the probability goes; a frame's width is 1. `at_one`: marks on them."""
    ax.barh(middles, width, left=left, height=0.6 * _ROW, color=style.FAINT, edgecolor=style.MUTED, linewidth=0.8)
    ax.barh(middles, width * probabilities, left=left, height=0.6 * _ROW, color=style.CLASS)
    if at_one is not None:
        reach = 0.45 * _ROW
        ax.vlines(left + width * at_one, middles - reach, middles + reach, color=style.INK, linewidth=2)


def _formula(kind: str, steps: SoftmaxSteps) -> str:
    scaled = "z" if steps.temperature == 1 else f"z ÷ {steps.temperature:g}"
    minus = f" {'−' if steps.shift > 0 else '+'} {_number(abs(steps.shift))}" if steps.shift else ""
    return {
        "logit": "z",
        "scaled": scaled,
        "shifted": scaled + minus,
        "exponential": f"exp({scaled}{minus})",
        "division": f"÷ {_number(steps.total)}",
        "probability": "",
    }[kind]


def _cells(shown: SoftmaxSteps, *, alone: bool) -> dict[str, list[str]]:
    """What stands in each column, a text a line; `alone`: no other class is possible."""
    drawn = {"logit": shown.logits}
    if shown.temperature != 1:
        drawn["scaled"] = shown.scaled
    if shown.shift:
        drawn["shifted"] = shown.shifted
    cells = {kind: ["" if np.isnan(value) else _number(value) for value in drawn[kind]] for kind in drawn}
    zeros = ["0" if np.isneginf(logit) else "≈ 0" for logit in shown.logits]
    both = zip(shown.exponentials, zeros, strict=True)
    cells["exponential"] = [_number(value) if value else zero for value, zero in both]
    cells["division"] = [f"{text} ÷ {_number(shown.total)}" for text in cells["exponential"]]
    both = zip(shown.probabilities, zeros, strict=True)
    cells["probability"] = [_share(value, alone) if value else zero for value, zero in both]
    return cells


def _share(value: float, alone: bool) -> str:
    """A probability above 0; one that only rounding made 1 says so."""
    if value == 1:
        return "1" if alone else "≈ 1"
    return "> 0.9999" if value > 0.99995 else _number(value)


def _number(value: float) -> str:
    """A number as torch prints it, about: four decimals, an exponent where they would say nothing."""
    size = abs(value)
    if np.isinf(value):
        return "−∞"
    if value == 0:
        return "0"
    form = ".4e" if size < 1e-3 or size >= 1e5 else ".2f" if size >= 1e3 else ".4f"
    return f"{value:{form}}".replace("-", "−")


def _describe(
    steps: SoftmaxSteps,
    names: list[str],
    cells: dict[str, list[str]],
    best: int,
    title: str,
    notes: list[str],
    lang: str,
) -> str:
    said = []
    for place, name in enumerate(names):
        values = {kind: texts[place] for kind, texts in cells.items()}
        which = "row" if values["logit"] else "others"
        said.append(say(f"softmax.alt.{which}", lang, label=name, **values))
    text = say(
        "softmax.alt.all", lang, count=len(steps.logits), temperature=f"{steps.temperature:g}", rows="; ".join(said),
        total=_number(steps.total), best=names[best], probability=cells["probability"][best],
    )  # fmt: skip
    return " ".join([title + ".", text, *notes[1:]])
