"""Which payment a refund goes back to (promotions.md section 6, 暂行办法 第十四条)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kg_service.dataset.order import Payment
from kg_service.money import Money
from kg_service.rules.allocation import Claim, allocate
from kg_service.rules.quote import InstrumentAmount

__all__ = ["Purse"]


class Purse:
    """What each payment of an order paid and has not got back.

    A refund is split by largest remainder over the remainders, ties by payment_id; no payment gets back more than it paid.

    Examples
    --------
    >>> purse = Purse([Payment.model_validate({"payment_id": "1", "kind": "CASH", "amount": "70.00"}),
    ...                Payment.model_validate({"payment_id": "2", "kind": "POINTS", "amount": "30.00"})])
    >>> [(part.kind, str(part.amount)) for part in purse.refund(5000)]
    [('CASH', '35.00'), ('POINTS', '15.00')]
    """

    def __init__(self, payments: Sequence[Payment]) -> None:
        self._kinds = {payment.payment_id: payment.kind for payment in sorted(payments, key=lambda item: item.payment_id)}
        self._left = {payment.payment_id: int(payment.amount) for payment in payments}

    def pay_in(self, key: str, amount: int) -> None:
        """Money the buyer paid in later, 分; it counts as a payment in cash."""
        if amount > 0:
            self._kinds[key] = "CASH"
            self._left[key] = self._left.get(key, 0) + amount

    def refund(self, amount: int, *, without: frozenset[str] = frozenset()) -> list[InstrumentAmount]:
        """Split a refund of goods (分) over the payments and remember it; kinds in ``without`` get nothing back."""
        claims = [
            Claim(key, Fraction(left), left) for key, left in self._left.items() if left > 0 and self._kinds[key] not in without
        ]
        parts = allocate(amount, claims) if claims else {}
        by_kind: dict[str, int] = {}
        for key in self._kinds:
            if parts.get(key):
                self._left[key] -= parts[key]
                by_kind[self._kinds[key]] = by_kind.get(self._kinds[key], 0) + parts[key]
        return [InstrumentAmount(kind=kind, amount=Money(part)) for kind, part in by_kind.items()]
