"""Money: integer 分 inside, decimal yuan strings outside, never a float.

:class:`Money` is an ``int`` of 分 whose text is the decimal yuan string, so that an amount cannot be printed in the wrong unit.
Sums and differences stay ``Money``; products and quotients are the caller's business (:func:`half_up` rounds an exact
rational once).
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic_core import CoreSchema, core_schema

__all__ = ["Money", "half_up", "parse_yuan"]

_YUAN = re.compile(r"^([+-]?)(\d+)(?:\.(\d{1,2}))?$")


class Money(int):
    """An amount in 分.

    Examples
    --------
    >>> Money(270000)
    Money('2700.00')
    >>> str(Money(5) - Money(10))
    '-0.05'
    >>> sum([Money(1), Money(2)], Money(0)) == 3
    True
    """

    __slots__ = ()

    def __str__(self) -> str:
        sign = "-" if self < 0 else ""
        yuan, fen = divmod(abs(int(self)), 100)
        return f"{sign}{yuan}.{fen:02d}"

    def __repr__(self) -> str:
        return f"Money('{self}')"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __add__(self, other: int) -> Money:
        return Money(int(self) + int(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> Money:
        return Money(int(self) - int(other))

    def __rsub__(self, other: int) -> Money:
        return Money(int(other) - int(self))

    def __neg__(self) -> Money:
        return Money(-int(self))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        return core_schema.is_instance_schema(cls)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Money, (int(self),))


def parse_yuan(value: object) -> Money:
    """Read a decimal yuan amount.

    Parameters
    ----------
    value : str, Decimal, int or Money
        ``"2999.00"``, ``Decimal("2999")``, ``2999`` (whole yuan); a ``Money`` passes through.

    Raises
    ------
    ValueError
        For a float, more than two decimals, or anything that is no amount.

    Examples
    --------
    >>> int(parse_yuan("2999.9"))
    299990
    >>> parse_yuan(0.1)
    Traceback (most recent call last):
    ...
    ValueError: amount 0.1 is a float: write it as a decimal string such as "0.10"
    """
    if isinstance(value, Money):
        return value
    if isinstance(value, bool):
        raise ValueError(f"amount {value!r} is not a number")
    if isinstance(value, float):
        raise ValueError(f'amount {value!r} is a float: write it as a decimal string such as "{value:.2f}"')
    if isinstance(value, int):
        return Money(value * 100)
    if isinstance(value, Decimal):
        if not value.is_finite() or value != value.quantize(Decimal("0.01")):
            raise ValueError(f"amount {value} is not a decimal yuan amount with at most two decimals")
        return Money(int(value * 100))
    text = str(value).strip()
    found = _YUAN.match(text)
    if not found or not text.isascii():
        raise ValueError(f"amount {text!r} is not a decimal yuan amount such as 2999.00")
    sign, yuan, fen = found.groups()
    amount = int(yuan) * 100 + int((fen or "0").ljust(2, "0"))
    return Money(-amount if sign == "-" else amount)


def half_up(value: Fraction) -> int:
    """Round an exact rational to a whole number, halves up (towards +∞) (the buyer's side, promotions.md 4.3).

    Examples
    --------
    >>> half_up(Fraction(5, 2)), half_up(Fraction(-5, 2)), half_up(Fraction(7, 3))
    (3, -2, 2)
    """
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
