"""Recorded shares against the rules of allocation: which of them gives what the record has (promotions.md section 5).

A recorded share always wins; where it is none of the rules' results that is said, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Application, OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import Fen
from kg_service.money import Money
from kg_service.rules.case import Case
from kg_service.rules.kinds import Evaluation, Position
from kg_service.rules.lots import GIVEN
from kg_service.rules.participation import evaluate_recorded, share_out

__all__ = ["RULES", "ShareCheck", "check_shares"]

#: The rules of allocation, the default first.
RULES = ("LARGEST_REMAINDER", "FLOOR_LAST_TAKES_REST", "FLOOR_ROUND_ROBIN", "HALF_DOWN_FIRST_FIX")


class ShareCheck(BaseModel):
    """An application's recorded shares, 分 by line, and the rule that gives them.

    Attributes
    ----------
    recomputed : what the promotion grants on its recorded participants; ``None`` where a fact is missing
    rule : the promotion's own rule where it explains the shares, else the first that does; PER_LINE where the kind itself
        decides each line's part
    explained : whether any rule does; ``None`` where a fact is missing
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    application_id: str
    promotion_id: str
    grant: Fen
    recorded: dict[str, Fen]
    recomputed: Fen | None = None
    rule: str | None = None
    explained: bool | None = None


def check_shares(case: Case) -> Iterator[ShareCheck]:
    """Check every application that took money off, in the order they were applied."""
    running = {line_id: _position(line) for line_id, line in case.lines.items()}
    for application in case.applications:
        promotion = case.promotion_of(application)
        if promotion is None or promotion.kind not in GIVEN:
            yield _checked(case, application, promotion, running)
        for participant in application.participants:
            before, share = running[participant.line_id], int(participant.share)
            item = share if application.application_id in case.item_level else 0
            running[participant.line_id] = replace(before, after_item=before.after_item - item, running=before.running - share)


def _position(line: OrderLine) -> Position:
    worth = int(line.list_price) * line.quantity
    return Position(line.line_id, line.sku_id, line.quantity, worth, worth, worth)


def _checked(case: Case, application: Application, promotion: Promotion | None, running: Mapping[str, Position]) -> ShareCheck:
    recorded = {one.line_id: Money(one.share) for one in application.participants if one.role not in ("GIFT",)}
    found = ShareCheck(
        application_id=application.application_id,
        promotion_id=application.promotion_id,
        grant=application.grant,
        recorded=recorded,
    )
    if promotion is None:
        return found
    positions = {one.line_id: running[one.line_id] for one in application.participants}
    evaluation = evaluate_recorded(case, promotion, application, positions)
    if isinstance(evaluation, str):
        return found
    rule = _rule(promotion, application, evaluation, positions)
    # points take off what the customer chose to pay with them: only the record knows
    recomputed = application.grant if promotion.kind == "POINTS_DEDUCT" else Money(evaluation.grant)
    return found.model_copy(update={"recomputed": recomputed, "rule": rule, "explained": rule is not None})


def _rule(
    promotion: Promotion, application: Application, evaluation: Evaluation, positions: Mapping[str, Position]
) -> str | None:
    recorded = {one.line_id: int(one.share) for one in application.participants if one.share}
    if evaluation.fixed is not None and {key: part for key, part in evaluation.fixed.items() if part} == recorded:
        return "PER_LINE"
    own = promotion.allocation.rule
    for rule in (own, *(one for one in RULES if one != own)):
        ruled = promotion.model_copy(update={"allocation": promotion.allocation.model_copy(update={"rule": rule})})
        parts = share_out(ruled, application, int(application.grant), evaluation, positions)
        if {key: part for key, part in parts.items() if part} == recorded:
            return rule
    return None
