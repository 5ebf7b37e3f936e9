"""What an order's return would come to, and better ways to return: the verb behind ``kg what-if``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kg_service.api.mind import Mind, Request
from kg_service.errors import DataError
from kg_service.graph.case import read_case
from kg_service.queries.flow import Flow
from kg_service.rules.quote import ReturnQuote
from kg_service.rules.returns import open_returns
from kg_service.rules.waterfall import Waterfall, waterfall_of_order
from kg_service.rules.what_if import Ways, cheapest_returns, last_safe_returns

__all__ = ["WhatIf", "what_if"]


class WhatIf(BaseModel):
    """The outcome of a return that is only thought of. Amounts are decimal yuan when dumped.

    Attributes
    ----------
    status : ANSWERED, UNKNOWN (``missing`` names the facts) or NOT_FOUND
    quote : of the units asked about
    cheapest, last_safe : where they were asked for
    names : what to call lines and promotions, by id
    """

    model_config = ConfigDict(extra="forbid")

    order_id: str
    status: Literal["ANSWERED", "UNKNOWN", "NOT_FOUND"]
    quote: ReturnQuote | None = None
    cheapest: Ways | None = None
    last_safe: Ways | None = None
    waterfall: Waterfall | None = None
    missing: list[str] = []
    names: dict[str, str] = {}


def what_if(
    mind: Mind,
    order_id: str,
    *,
    user_id: str,
    now: str | datetime | int | None,
    returned: Mapping[str, int | None] | None,
    reason: str,
    cheapest: Mapping[str, int | None] | None,
    keep: str | None,
) -> Flow[WhatIf]:
    """Read an order of the customer and ask the rules; parameters as of :meth:`kg_service.Engine.what_if`."""
    asker = yield from mind.asker(Request("", user_id, None, None, None, order_id, now, "customer"))
    case = (yield from read_case(user_id, order_id)) if asker.known else None
    if case is None:
        return WhatIf(order_id=order_id, status="NOT_FOUND")
    if case.order is None or case.missing:
        return WhatIf(order_id=order_id, status="UNKNOWN", missing=case.missing)
    returns = open_returns(case.order, case.promotions, case.terms, asker.now, catalogue=case.catalogue, coupons=case.coupons)
    quote = returns.quote(returned, reason) if returned is not None or (cheapest is None and keep is None) else None
    ways = safe = None
    if cheapest is not None:
        wanted = {key: returns.left.get(key, 0) if units is None else units for key, units in cheapest.items()}
        ways = cheapest_returns(returns, wanted, reason)
    if keep is not None:
        if not any(one.promotion_id == keep for one in case.order.applications or ()):
            had = "、".join(dict.fromkeys(one.promotion_id for one in case.order.applications or ())) or "none"
            raise DataError(f"order {order_id} had no promotion {keep!r}", do=f"name one of those it had: {had}")
        safe = last_safe_returns(returns, keep, reason=reason)
    missing = [*returns.past.missing, *(quote.missing if quote else []), *(ways.missing if ways else [])]
    undecided = (quote is not None and quote.refund_amount is None) or (quote is None and bool(missing))
    names = {**case.names, **{one.promotion_id: one.name for one in case.promotions}}
    return WhatIf(
        order_id=order_id,
        status="UNKNOWN" if undecided else "ANSWERED",
        quote=quote,
        cheapest=ways,
        last_safe=safe,
        waterfall=waterfall_of_order(returns.case, quote) if case.order.applications is not None else None,
        missing=list(dict.fromkeys(missing)),
        names=names,
    )
