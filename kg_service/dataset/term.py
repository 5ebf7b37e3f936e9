"""After-sales terms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from kg_service.dataset.promotion import AfterSaleValues, Kind, Scope, only_keys
from kg_service.dataset.values import LOADING, Contradictions, Id, Instant, InstantEnd, Row, Yuan

__all__ = ["ReturnPayer", "Term", "TermValues"]

Days = Annotated[int, Field(ge=0)]
Payer = Literal["BUYER", "SELLER"]


class ReturnPayer(Row):
    """Who pays the freight of the return leg, by the kind of reason."""

    NO_REASON: Payer | None = None
    QUALITY: Payer | None = None

    @model_validator(mode="before")
    @classmethod
    def _known_reasons(cls, data: Any) -> Any:
        return only_keys(data, cls, "reason")


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
    excludes: list[Kind] | None = None
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
    def _sound(self, info: ValidationInfo) -> Term:
        # the checks read the model, so they can only be imported once it is there
        from kg_service.dataset.term_checks import term_contradictions

        problems: list[str] = []
        if self.effective_from is not None and self.effective_to is not None and self.effective_from > self.effective_to:
            problems.append("effective_from is after effective_to")
        if info.context == LOADING:
            problems += term_contradictions(self)
        if problems:
            raise Contradictions(problems)
        return self
