"""After-sales terms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from kg_service.dataset.promotion import AfterSaleValues, Scope
from kg_service.dataset.values import Id, Instant, InstantEnd, Row, Yuan

__all__ = ["ReturnPayer", "Term", "TermValues"]

Days = Annotated[int, Field(ge=0)]
Payer = Literal["BUYER", "SELLER"]


class ReturnPayer(Row):
    """Who pays the freight of the return leg, by the kind of reason."""

    NO_REASON: Payer | None = None
    QUALITY: Payer | None = None


class TermValues(AfterSaleValues):
    """The values of a term; which of them mean something depends on its topic.

    A promotion that names a term (``after_sale.term_id``) takes from it the after-sale values it does not state itself.
    """

    window_days: Days | None = None
    quality_window_days: Days | None = None
    no_reason: bool | None = None
    lifts_exclusions: bool | None = None
    conditions: str | list[str] | None = None
    months: Days | None = None
    covers: str | list[str] | None = None
    from_: Annotated[Literal["RECEIVED", "PAID"] | None, Field(alias="from")] = None
    excludes: list[str] | None = None
    charge: Annotated[Yuan, Field(ge=0)] | None = None
    outbound_free_over: Annotated[Yuan, Field(ge=0)] | None = None
    return_payer: ReturnPayer | None = None
    days_after_receipt: Days | None = None
    kinds: list[str] | None = None
    deposit_refundable: bool | None = None


class Term(Row):
    term_id: Id
    topic: Literal[
        "RETURN",
        "EXCHANGE",
        "WARRANTY",
        "PRICE_PROTECTION",
        "FREIGHT",
        "GIFT",
        "INVOICE",
        "REFUND",
        "COUPON",
        "PRESALE",
    ]
    scope: Scope = Scope()
    values: TermValues = TermValues()
    text: Annotated[str, Field(min_length=1)]
    basis: Literal["STATUTE", "PLATFORM_TERM", "MERCHANT_TERM"]
    source: str | None = None
    effective_from: Instant | None = None
    effective_to: InstantEnd | None = None

    @model_validator(mode="after")
    def _period_in_order(self) -> Term:
        if self.effective_from is not None and self.effective_to is not None and self.effective_from > self.effective_to:
            raise ValueError("effective_from is after effective_to")
        return self
