"""A priced basket as the order it would become, so that what returning would cost can be told before buying."""

from __future__ import annotations

from typing import Any

from kg_service.dataset.order import Order
from kg_service.money import Money
from kg_service.rules.basket import AppliedPromotion, PricedBasket
from kg_service.times import format_instant

__all__ = ["as_order"]


def as_order(
    priced: PricedBasket, *, at: int, order_id: str = "BASKET", user_id: str = "-", shop_id: str | None = None
) -> Order:
    """The order: paid in one sum, nothing returned yet.

    Parameters
    ----------
    at : int
        When it is placed and paid, epoch ms.

    Examples
    --------
    >>> from kg_service.rules import price_basket, quote_return
    >>> promotion = {"promotion_id": "P", "name": "满3000减300", "kind": "AMOUNT_THRESHOLD_OFF",
    ...              "tiers": [{"value": "3000.00", "effect": {"off": "300.00"}}]}
    >>> priced = price_basket([{"line_id": "1", "sku_id": "a", "quantity": 1, "list_price": "2980.00"},
    ...                        {"line_id": "2", "sku_id": "b", "quantity": 1, "list_price": "30.00"}], [promotion])
    >>> quote = quote_return(as_order(priced, at=0), [promotion], returned={"2": 1})
    >>> str(quote.refund_amount), str(quote.buyer_owes)
    ('0.00', '270.00')
    """
    rows: dict[str, Any] = {
        "order_id": order_id,
        "user_id": user_id,
        "shop_id": shop_id,
        "status": "PAID",
        "placed_at": format_instant(at),
        "paid_at": format_instant(at),
        "lines": [
            {
                "line_id": line.line_id,
                "sku_id": line.sku_id,
                "quantity": line.quantity,
                "list_price": str(Money(int(line.list) // line.quantity)),
            }
            for line in priced.lines
        ],
        "applications": [_application(number, one) for number, one in enumerate(priced.applications, 1)],
        "payments": [{"payment_id": "1", "kind": "CASH", "amount": str(priced.payable)}],
        "freight": {
            "charged": str(priced.freight - priced.freight_waived),
            "waived": str(priced.freight_waived),
            "waived_by": priced.freight_waived_by,
        },
        "returns": [],
    }
    return Order.model_validate({key: value for key, value in rows.items() if value is not None})


def _application(number: int, one: AppliedPromotion) -> dict[str, Any]:
    found = {
        "application_id": f"A{number:02d}",
        "promotion_id": one.promotion_id,
        "version": one.version,
        "coupon_id": one.coupon_id,
        "grant": str(one.grant),
        "tier_index": one.tier_index,
        "instances": one.instances,
        "participants": [part.model_dump(mode="json") for part in one.participants],
    }
    return {key: value for key, value in found.items() if value is not None}
