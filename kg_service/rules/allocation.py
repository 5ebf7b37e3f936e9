"""Sharing an amount over lines in whole 分 (promotions.md section 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

__all__ = ["Claim", "allocate", "largest_remainder"]


@dataclass(frozen=True)
class Claim:
    """One line's claim on an amount.

    Attributes
    ----------
    key : the line's id; ties are broken by it, never by the order claims come in
    weight : its weight, ≥ 0; exact
    cap : the most it can take, 分; ``None`` for no limit
    """

    key: str
    weight: Fraction | int
    cap: int | None = None


def allocate(total: int, claims: Sequence[Claim], rule: str = "LARGEST_REMAINDER") -> dict[str, int]:
    """Share ``total`` 分 over claims by weight.

    A claim that reaches its cap freezes there and the rest is shared again; what no claim can take stays undistributed, so the
    parts sum to ``min(total, sum of caps)``. If all weights are 0 each counts 1.

    Parameters
    ----------
    total : int
        Amount in 分, ≥ 0.
    claims : sequence of Claim
    rule : {"LARGEST_REMAINDER", "FLOOR_LAST_TAKES_REST", "FLOOR_ROUND_ROBIN", "HALF_DOWN_FIRST_FIX"}

    Returns
    -------
    dict
        Key to part in 分.

    Examples
    --------
    >>> allocate(30000, [Claim("1", Fraction(300000)), Claim("2", Fraction(50000))])
    {'1': 25714, '2': 4286}
    >>> allocate(10, [Claim("a", Fraction(1)), Claim("b", Fraction(1)), Claim("c", Fraction(1), cap=1)])
    {'a': 5, 'b': 4, 'c': 1}
    """
    split = _SPLITS[rule]
    parts = {claim.key: 0 for claim in claims}
    free = sorted(claims, key=lambda claim: claim.key)
    left = total
    while free and left > 0:
        trial = split(left, free)
        full = [claim for claim in free if claim.cap is not None and trial[claim.key] >= claim.cap]
        over = [claim for claim in full if claim.cap is not None and trial[claim.key] > claim.cap]
        if not over:
            parts.update(trial)
            break
        for claim in full:
            assert claim.cap is not None
            parts[claim.key] = claim.cap
            left -= claim.cap
        frozen = {claim.key for claim in full}
        free = [claim for claim in free if claim.key not in frozen]
    return parts


def largest_remainder(total: int, claims: Sequence[Claim]) -> dict[str, int]:
    """Floors first; the units left go one each to the largest fractions; ties to the larger weight, then the smaller key."""
    weights, whole = _weights(claims)
    parts = {key: total * weight // whole for key, weight in weights.items()}
    left = total - sum(parts.values())
    if left:
        order = sorted(parts, key=lambda key: (-(total * weights[key] % whole), -weights[key], key))
        for key in order[:left]:
            parts[key] += 1
    return parts


def _weights(claims: Sequence[Claim]) -> tuple[dict[str, int], int]:
    """The claims' weights as whole numbers in the same proportions, and their sum; 1 each when all are 0."""
    if not any(claim.weight for claim in claims):
        return {claim.key: 1 for claim in claims}, len(claims)
    scale = lcm(*(claim.weight.denominator for claim in claims))
    weights = {claim.key: claim.weight.numerator * (scale // claim.weight.denominator) for claim in claims}
    return weights, sum(weights.values())


def _floors(total: int, claims: Sequence[Claim]) -> dict[str, int]:
    weights, whole = _weights(claims)
    return {key: total * weight // whole for key, weight in weights.items()}


def _floor_last_takes_rest(total: int, claims: Sequence[Claim]) -> dict[str, int]:
    parts = _floors(total, claims)
    parts[claims[-1].key] += total - sum(parts.values())
    return parts


def _floor_round_robin(total: int, claims: Sequence[Claim]) -> dict[str, int]:
    parts = _floors(total, claims)
    for claim in claims[: total - sum(parts.values())]:
        parts[claim.key] += 1
    return parts


def _half_down_first_fix(total: int, claims: Sequence[Claim]) -> dict[str, int]:
    weights, whole = _weights(claims)
    # halves down: the ceiling of quota - 1/2
    parts = {key: -((whole - 2 * total * weight) // (2 * whole)) for key, weight in weights.items()}
    difference = total - sum(parts.values())
    for claim in claims:
        part = max(0, parts[claim.key] + difference)
        difference -= part - parts[claim.key]
        parts[claim.key] = part
    return parts


_SPLITS: dict[str, Callable[[int, Sequence[Claim]], dict[str, int]]] = {
    "LARGEST_REMAINDER": largest_remainder,
    "FLOOR_LAST_TAKES_REST": _floor_last_takes_rest,
    "FLOOR_ROUND_ROBIN": _floor_round_robin,
    "HALF_DOWN_FIRST_FIX": _half_down_first_fix,
}
