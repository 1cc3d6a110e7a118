"""What nbval compares, with its numbers compared as what they are: rounded ones.

    python -m pytest -p tests.nbval_rounding --nbval …

Two processors add up in another order, and a logit comes out 0.00001 apart. Where that lies at the edge between two
rounded numbers, one machine prints 1.861 and another 1.862. So the last of a number's decimals may differ by one;
whole numbers, and everything that is no number, may not differ at all.
"""

import re
from decimal import Decimal

from nbval.plugin import IPyNbCell  # type: ignore[import-untyped]

NUMBER = re.compile(r"[-−]?(?<![\d.])\d+\.\d+(?![\d.]*\.\d)")
"""A number with decimals; what has two points is a version."""


class Rounded(str):
    """A text that is equal to another one of the same numbers, each rounded down or up."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return NotImplemented
        numbers, others = NUMBER.findall(self), NUMBER.findall(other)
        return NUMBER.split(self) == NUMBER.split(other) and all(map(_near, numbers, others))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # equal texts would need equal hashes


def _near(number: str, other: str) -> bool:
    one, two = (Decimal(text.replace("−", "-")) for text in (number, other))
    unit = one.as_tuple().exponent
    return unit == two.as_tuple().exponent and abs(one - two) <= Decimal(1).scaleb(int(unit))


def pytest_configure() -> None:
    """Let nbval compare texts so; it compares what `sanitize` returns."""
    sanitize = IPyNbCell.sanitize

    def rounded(self: IPyNbCell, text: object) -> object:
        made = sanitize(self, text)
        return Rounded(made) if isinstance(made, str) else made

    IPyNbCell.sanitize = rounded
