"""May an order be cancelled, and what became of a cancelled one (answers.md, "Orders and logistics")."""

from __future__ import annotations

import re
from typing import Any

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.order_changes import change_step, changed, changed_verdict
from kg_service.decisions.orders import goods_of
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.own_or_general import names_order
from kg_service.decisions.return_quote import quote_case
from kg_service.decisions.return_words import day_words
from kg_service.dialogue.resolution import ChosenLine
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.quote import ReturnQuote
from kg_service.times import format_instant

__all__ = ["order_cancel"]

_OPEN = frozenset({"PLACED", "PAID", "SHIPPED", "RECEIVED", "CLOSED"})
#: It is asked why it was cancelled, or by whom.
_WHY = re.compile(
    r"被(?:你们|商家|卖家|店家|系统|平台|人|谁|强制|自动|莫名|无故)*(?:给)?取消|取消(?:的)?原因"
    r"|(?:为什么|为啥|怎么|咋|凭什么|谁|无缘无故|莫名其妙|自动|无故|商家|卖家|店家|系统|平台)[^,.?!]{0,8}取消(?:了|的|掉)"
)
#: It is asked whether it has been cancelled.
_DONE = re.compile(
    r"取消(?:订单)?(?:成功|好|掉)?了?(?:没有?|吗|么)[?!. ]*$|取消(?:成功|好|完)|已(?:经)?取消|取消状态|取消进度|取消到哪"
    r"|(?:有没有|是不是|到底)[^,.?!]{0,4}取消(?:了|成功|掉)"
)
#: It is asked for a cancellation, whatever else.
_WANTED = re.compile(r"(?:能|可以|可|想|要|帮我|给我)[^,.?!]{0,6}取消")


@decider("order_cancel")
def order_cancel(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Possible until it is shipped. Asked whether or why it was cancelled, the record is told."""
    text = frame.text
    why = _WHY.search(text) is not None
    done = not why and _DONE.search(text) is not None and _WANTED.search(text) is None
    own = yield from read_own_order(frame, asker, prefer={"CANCELLED"} if why or done else _OPEN)
    if isinstance(own, Decision):
        return own
    facts = changed(own.order)
    cancelled = own.order.status == "CANCELLED"
    facts |= {
        "cancelled_at": format_instant(own.order.closed_at) if cancelled and own.order.closed_at is not None else None,
        "was_paid": _was_paid(own) if cancelled else None,
    }
    part = _quote_of_part(own, frame, asker) if facts["possible"] and not why and not done else None
    if part is not None:
        facts |= {"returned": part.returned, "refund_amount": part.refund_amount, "kept": part.kept}
    decision = Decision(
        "ANSWERED",
        facts=facts,
        verdict=changed_verdict(frame, facts["possible"]),
        trace=[change_step("order.cancel", facts), *(part.trace if part is not None else ())],
        words=words_of(own)
        | {
            "named": [one.line.label for one in _meant(own, frame)] if _part(own) or part else [],
            "why": why,
            "done": done,
            "kept_sum": Money(sum(one.payable for one in part.kept)) if part else None,
        },
        graph=own.case.graph,
    )
    if why or done:
        decision.variant = "CANCELLED" if cancelled else "NOT_CANCELLED"
        decision.verdict = None if frame.question_form not in ("YES_NO", "STATEMENT") or why else "YES" if cancelled else "NO"
    return decision


def _quote_of_part(own: OwnCase, frame: Frame, asker: Asker) -> ReturnQuote | None:
    """What comes back when only the goods named are taken out of a paid order; None where all of it is meant."""
    named = {one.line.line_id: one.quantity for one in _meant(own, frame) if one.line.remaining and one.role != "KEPT"}
    goods = {line.line_id for line in own.resolution.lines if line.role not in ("GIFT", "SERVICE")}
    if frame.whole_order or not named or set(named) >= goods or own.order.status != "PAID":
        return None
    return quote_case(own.case, named, frame, asker)


def _meant(own: OwnCase, frame: Frame) -> list[ChosenLine]:
    """The goods that are spoken of themselves, not only to name their order."""
    return [one for one in own.resolution.chosen if not names_order(frame, one.text)]


def words_of(own: OwnCase) -> dict[str, Any]:
    """What the wording calls the order."""
    return {
        "goods": goods_of(own.resolution),
        "named": _part(own),
        "day": day_words(own.resolution.lines),
        "recent": own.resolution.how == "RECENT",
    }


def _part(own: OwnCase) -> list[str]:
    """The goods that are named, where they are not all of the order."""
    named = {one.line.line_id: one.line.label for one in own.resolution.chosen}
    return list(named.values()) if any(line.line_id not in named for line in own.resolution.lines) else []


def _was_paid(own: OwnCase) -> bool | None:
    """Whether a cancelled order had been paid; None where its payments are not recorded."""
    if own.order.paid_at is not None or own.order.payments:
        return True
    return None if own.order.payments is None else False
