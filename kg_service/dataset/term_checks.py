"""What makes a term unfit to be loaded, and what in it looks wrong: values that contradict each other or mean nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kg_service.dataset.odd import Odd, covers_nothing, empty_scopes
from kg_service.dataset.promotion import AfterSaleValues
from kg_service.dataset.term import Term, TermValues

#: 消费者权益保护法 第二十四条, 第二十五条.
STATUTORY_DAYS = 7

__all__ = ["term_contradictions", "term_oddities"]

#: The values that mean something under a topic, beside those about promotions, which any term may have.
_OF_TOPIC: dict[str, frozenset[str]] = {
    "RETURN": frozenset({"window_days", "quality_window_days", "no_reason", "lifts_exclusions", "conditions"}),
    "EXCHANGE": frozenset({"window_days"}),
    "WARRANTY": frozenset({"months", "covers"}),
    "PRICE_PROTECTION": frozenset({"window_days", "from_", "excludes"}),
    "FREIGHT": frozenset({"charge", "outbound_free_over", "return_payer"}),
    "REFUND": frozenset({"days_after_receipt"}),
    "INVOICE": frozenset({"kinds", "window_days"}),
    "PRESALE": frozenset({"deposit_refundable"}),
    "GIFT": frozenset(),
    "COUPON": frozenset(),
}


def term_contradictions(term: Term) -> list[str]:
    """What contradicts itself in a term, so that no answer could rest on it."""
    found: list[str] = []
    values = term.values
    if values.no_reason is False and values.lifts_exclusions:
        found.append("values.lifts_exclusions opens returns without a reason to more goods, values.no_reason allows none")
    if nothing := covers_nothing(term.scope):
        found.append(f"scope {nothing}: the term could never hold")
    return found


def term_oddities(term: Term) -> Iterator[Odd]:
    """What loads and looks wrong."""
    values = term.values
    stated = values.model_fields_set
    for name in TermValues.model_fields:
        if name in AfterSaleValues.model_fields or name not in stated or getattr(values, name) is None:
            continue
        if name not in _OF_TOPIC[term.topic]:
            column = f"values.{TermValues.model_fields[name].alias or name}"
            yield Odd(column, None, f"means nothing under topic {term.topic}", "move it to a term of its topic")
    window, quality = values.window_days, values.quality_window_days
    if window is not None and quality is not None and quality < window:
        reason = (
            f"the window for quality ({quality} days) is shorter than the one without a reason ({window}), which then holds"
        )
        yield Odd("values.quality_window_days", str(quality), reason, "exchange them, or drop the shorter one")
    yield from _below_floor(term)
    if values.coupon_return == "NEVER" and values.expired_coupon not in (None, "LOST"):
        reason = "extends an expired coupon that never comes back"
        yield Odd("values.expired_coupon", None, reason, "change coupon_return, or drop expired_coupon")
    yield from empty_scopes("scope", term.scope)


def _below_floor(term: Term) -> Iterator[Odd]:
    """A window for faulty goods that is shorter than the law's: it is loaded, and the law's holds."""
    days = term.values.quality_window_days
    if term.topic == "RETURN" and term.basis != "STATUTE" and days is not None and days < STATUTORY_DAYS:
        reason = f"is below the statutory {STATUTORY_DAYS} days, which are applied in its place"
        yield Odd("values.quality_window_days", str(days), reason, f"promise {STATUTORY_DAYS} days or more")
