"""The verb ``price``: a basket named by SKU or by name, priced line by line. Both engines drive the same flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kg_service.answers.render import render
from kg_service.api.mind import Mind, Request
from kg_service.decisions.decision import Decision
from kg_service.decisions.price_quote import PriceQuote, price_quote
from kg_service.errors import DataError
from kg_service.money import parse_yuan
from kg_service.parsing.frame import Frame
from kg_service.parsing.reading import Context
from kg_service.queries.flow import Flow

__all__ = ["price_flow"]

_INTENT = "best_price"


def price_flow(
    mind: Mind,
    lines: Mapping[str, int],
    *,
    user_id: str | None = None,
    coupons: Sequence[str] | None = None,
    channel: str | None = None,
    now: str | datetime | int | None = None,
    freight: str = "0.00",
    best: bool = True,
) -> Flow[PriceQuote]:
    """Price a basket; parameters as of :meth:`kg_service.Engine.price`."""
    try:
        if parse_yuan(freight) < 0:
            raise ValueError("it is negative")
    except ValueError as error:
        raise DataError(f"freight {freight!r} is no amount: {error}", do="give yuan, for example 8.00") from error
    asker = yield from mind.asker(Request("", user_id=user_id, channel=channel, now=now))
    if not asker.known:
        raise DataError(f"there is no customer {user_id!r}", do="name one of the store's, or none")

    def read(name: str) -> Frame:
        frame = mind.parser.parse(name, context=Context(now=asker.now))[0]
        return frame.model_copy(update={"intent": _INTENT})

    found = yield from price_quote(lines, asker, read=read, coupons=coupons, best=best, freight=freight)
    if not isinstance(found, Decision):
        return found
    frame = Frame(intent=_INTENT, confidence=1.0, text="、".join(lines))
    answer = render(found, frame, answer_id="price", wording=mind.wording)
    options = answer.clarification.options if answer.clarification else []
    return PriceQuote(status=answer.status, text=answer.text, options=options, missing=answer.missing)
