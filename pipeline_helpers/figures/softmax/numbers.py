"""The steps of softmax as numbers, and as texts."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pipeline_helpers.figures.inputs import as_array, as_index

READABLE = (-5.0, 9.0)
"""While the largest logit is in here, the exponentials themselves are shown (0.0067 to 8103); else those of
logit − largest."""


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


def summed_up(steps: SoftmaxSteps, order: np.ndarray, top: int) -> SoftmaxSteps:
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


def share(value: float, *, alone: bool) -> str:
    """A probability above 0; one that only rounding made 1 says so."""
    if value == 1:
        return "1" if alone else "≈ 1"
    return "> 0.9999" if value > 0.99995 else number(value)


def number(value: float) -> str:
    """A number as torch prints it, about: four decimals, an exponent where they would say nothing."""
    size = abs(value)
    if np.isinf(value):
        return "−∞"
    if value == 0:
        return "0"
    form = ".4e" if size < 1e-3 or size >= 1e5 else ".2f" if size >= 1e3 else ".4f"
    return f"{value:{form}}".replace("-", "−")
