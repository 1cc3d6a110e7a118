"""What an answer that nobody foresaw has to do with the right one, where it has: turned round, scaled, shifted, …

Each relation looks at all inputs on which the answer differs, and gives a sentence or None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pipeline_helpers.language import Mistake
from pipeline_helpers.practice.answers import same

Wrong = Sequence[tuple[tuple[Any, ...], Any, Any]]
"""(arguments, what came, what was expected), input by input."""


def _arrays(wrong: Wrong) -> list[tuple[np.ndarray, np.ndarray]]:
    """What came and what was expected, as pairs of arrays; the parts of an answer one by one, where they differ."""
    pairs = []
    for _, came, expected in wrong:
        if isinstance(expected, dict) and isinstance(came, dict):
            pairs += [(came[name], expected[name]) for name in expected if not same(came[name], expected[name])]
        else:
            pairs.append((came, expected))
    return pairs if all(isinstance(part, np.ndarray) for pair in pairs for part in pair) else []


def _everywhere(wrong: Wrong, holds: Callable[[np.ndarray, np.ndarray], bool]) -> bool:
    pairs = _arrays(wrong)
    return bool(pairs) and all(holds(came, expected) for came, expected in pairs)


def not_finite(wrong: Wrong) -> Mistake | None:
    """nan or infinity, where there should be a number."""
    pairs = _arrays(wrong)
    if any(np.isfinite(expected).all() and not np.isfinite(came).all() for came, expected in pairs):
        return Mistake("practice.relation.not_finite")
    return None


def unchanged(wrong: Wrong) -> Mistake | None:
    """One of the arguments, handed back as it came."""
    for place in range(min((len(arguments) for arguments, _, _ in wrong), default=0)):
        if all(same(came, _plain(arguments[place])) for arguments, came, _ in wrong):
            return Mistake("practice.relation.unchanged")
    return None


def _plain(value: Any) -> Any:
    if hasattr(value, "detach"):
        return value.detach().double().numpy()
    if isinstance(value, list) and value and not isinstance(value[0], (str, dict, list, tuple)):
        return np.asarray(value, dtype=float)
    return value


def always_the_same(wrong: Wrong) -> Mistake | None:
    """The same answer whatever came in, where several were expected."""
    if len(wrong) > 2 and all(same(came, wrong[0][1]) for _, came, _ in wrong):
        return Mistake("practice.relation.always_the_same")
    return None


def transposed(wrong: Wrong) -> Mistake | None:
    """Two dimensions exchanged."""

    def holds(came: np.ndarray, expected: np.ndarray) -> bool:
        return expected.ndim >= 2 and any(
            same(came, np.swapaxes(expected, one, other))
            for one in range(expected.ndim) for other in range(one + 1, expected.ndim)
        )  # fmt: skip

    return Mistake("practice.relation.transposed") if _everywhere(wrong, holds) else None


def sign(wrong: Wrong) -> Mistake | None:
    """Each number with the other sign."""
    return (
        Mistake("practice.relation.sign") if _everywhere(wrong, lambda came, expected: same(came, -expected)) else None
    )


def complement(wrong: Wrong) -> Mistake | None:
    """One minus what was expected."""
    holds = _everywhere(wrong, lambda came, expected: same(came, 1 - expected))
    return Mistake("practice.relation.complement") if holds else None


def turned_round(wrong: Wrong) -> Mistake | None:
    """The right things in the opposite order, along some dimension."""

    def holds(came: np.ndarray, expected: np.ndarray) -> bool:
        return any(same(came, np.flip(expected, axis)) for axis in range(expected.ndim))

    if wrong and all(isinstance(expected, list) and came == expected[::-1] for _, came, expected in wrong):
        return Mistake("practice.relation.turned_round")
    return Mistake("practice.relation.turned_round") if _everywhere(wrong, holds) else None


def scaled(wrong: Wrong) -> Mistake | None:
    """All numbers multiplied by one and the same, or in each input by one of its own."""
    pairs, factors = _arrays(wrong), []
    for came, expected in pairs:
        if came.shape != expected.shape or not np.isfinite(came).all() or np.abs(expected).max(initial=0.0) < 1e-3:
            return None
        largest = np.unravel_index(np.abs(expected).argmax(), expected.shape)
        factors.append(float(came[largest] / expected[largest]))
        if abs(factors[-1]) < 1e-6 or not same(came, expected * factors[-1]):
            return None
    if not factors:
        return None
    several = [expected.size > 1 for _, expected in pairs]
    if max(factors) - min(factors) < 1e-3 * abs(factors[0]) and (len(factors) > 1 or any(several)):
        return Mistake("practice.relation.scaled", factor=f"{factors[0]:.4g}")
    return Mistake("practice.relation.scaled_each") if all(several) else None


def shifted(wrong: Wrong) -> Mistake | None:
    """The same number added everywhere."""
    by = [came - expected for came, expected in _arrays(wrong) if came.shape == expected.shape and came.size]
    if len(by) < len(wrong) or not by or not all(np.isfinite(one).all() for one in by):
        return None
    first = float(by[0].flat[0])
    enough = sum(one.size for one in by) > 1
    if enough and all(np.allclose(one, first, atol=1e-4) for one in by):
        return Mistake("practice.relation.shifted", by=f"{first:+.4g}".replace("-", "−"))
    return None


def rounded(wrong: Wrong) -> Mistake | None:
    """What was expected, with fewer decimals."""
    for digits in range(4):
        if _everywhere(wrong, lambda came, expected: same(came, np.round(expected, digits))):  # noqa: B023
            return Mistake("practice.relation.rounded", digits=digits)
    return None


def first_only(wrong: Wrong) -> Mistake | None:
    """The result for the first sentence alone, or that one for every sentence."""

    def alone(came: np.ndarray, expected: np.ndarray) -> bool:
        return expected.ndim >= 1 and len(expected) > 1 and (same(came, expected[0]) or same(came, expected[:1]))

    def repeated(came: np.ndarray, expected: np.ndarray) -> bool:
        return expected.ndim >= 2 and len(expected) > 1 and same(came, np.broadcast_to(expected[:1], expected.shape))

    if _everywhere(wrong, alone):
        return Mistake("practice.relation.first_alone")
    return Mistake("practice.relation.first_for_all") if _everywhere(wrong, repeated) else None


def dimension(wrong: Wrong) -> Mistake | None:
    """A dimension of 1 too many, or one that is missing."""

    def holds(came: np.ndarray, expected: np.ndarray) -> bool:
        return came.shape != expected.shape and same(came.squeeze(), expected.squeeze())

    return Mistake("practice.relation.dimension") if _everywhere(wrong, holds) else None


def shape(wrong: Wrong) -> Mistake | None:
    """Another shape; named last, since much else shows in it too."""
    for came, expected in _arrays(wrong):
        if came.shape != expected.shape:
            sizes = {"came": str(list(came.shape)), "expected": str(list(expected.shape))}
            return Mistake("practice.relation.shape", **sizes)
    return None


RELATIONS: tuple[Callable[[Wrong], Mistake | None], ...] = (
    not_finite, unchanged, always_the_same, transposed, sign, complement, turned_round, rounded, scaled, shifted,
    first_only, dimension, shape,
)  # fmt: skip
"""In the order in which they are asked."""
