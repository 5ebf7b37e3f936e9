"""A promotion on its recorded participants: what it would grant on some of their units, and how that is shared."""

from __future__ import annotations

from collections.abc import Mapping

from kg_service.dataset.order import Application
from kg_service.dataset.promotion import Promotion
from kg_service.rules.allocation import Claim, allocate
from kg_service.rules.case import Case
from kg_service.rules.kinds import EVALUATORS, Evaluation, Lot, Position
from kg_service.rules.lots import claim_of, units_inside
from kg_service.rules.scope import covers, unknown_fact

__all__ = ["evaluate_recorded", "share_out"]


def evaluate_recorded(
    case: Case, promotion: Promotion, application: Application, positions: Mapping[str, Position]
) -> Evaluation | str:
    """Evaluate a promotion on so many units of its recorded participants; a string names the fact that is missing.

    Parameters
    ----------
    positions : by line_id, of the participants that have units
    """
    gifts = {participant.line_id for participant in application.participants if participant.role == "GIFT"}
    lot = _lot(case, promotion, application, {key: one for key, one in positions.items() if key not in gifts})
    if isinstance(lot, str):
        return lot
    return EVALUATORS[promotion.kind](promotion, lot)


def _lot(case: Case, promotion: Promotion, application: Application, positions: Mapping[str, Position]) -> Lot | str:
    """The lot of the recorded participants: their recorded roles say what counts and what gets money off."""
    roles = {participant.line_id: participant.role for participant in application.participants}
    targets = tuple(p for line_id, p in positions.items() if roles[line_id] in ("TARGET", "BOTH"))
    qualifying = tuple(p for line_id, p in positions.items() if roles[line_id] in ("QUALIFIER", "BOTH"))
    add_on = promotion.kind in ("ADDON_PRICE", "CROSS_ITEM_OFF")
    everyone = promotion.allocation.to == "ALL_PARTICIPANTS"
    if promotion.condition.qualifier_scope is None and not add_on:
        # without a scope of its own the condition counts all the goods that took part
        qualifying = tuple(positions.values())
    elif not any(role in ("QUALIFIER", "BOTH") for role in roles.values()):
        qualifying = targets
    elif everyone and promotion.condition.qualifier_scope is not None:
        # all are recorded as BOTH: the scope says which of them the condition counts
        scope = promotion.condition.qualifier_scope
        counted = {line_id: covers(scope, case.goods_of(case.lines[line_id])) for line_id in positions}
        unsure = next((line_id for line_id, inside in counted.items() if inside is None), None)
        if unsure is not None:
            return unknown_fact(scope, case.goods_of(case.lines[unsure])) or f"Sku {case.lines[unsure].sku_id}"
        qualifying = tuple(position for line_id, position in positions.items() if counted[line_id])
    if promotion.kind in ("GIFT", "GIVE_POINTS", "GIVE_COUPON"):
        qualifying = tuple(positions.values())
    if not promotion.components:
        return Lot(qualifying, targets)
    served = case.served.get(application.application_id)
    if served is None:
        served = case.served[application.application_id] = _components_of(case, promotion, application)
    if isinstance(served, str):
        return served
    parts = tuple(
        tuple(position for line_id, position in positions.items() if index in served[line_id])
        for index in range(len(promotion.components))
    )
    if everyone and promotion.kind == "ADDON_PRICE":
        roles_of_parts = zip(promotion.components, parts, strict=True)
        sold = {p.line_id for component, part in roles_of_parts if component.role != "QUALIFIER" for p in part}
        targets = tuple(position for position in targets if position.line_id in sold)
        qualifying = tuple(position for position in qualifying if position.line_id not in sold)
    return Lot(qualifying, targets, parts)


def _components_of(case: Case, promotion: Promotion, application: Application) -> dict[str, set[int]] | str:
    """Which components each participant can serve; a string names the fact that is missing.

    The catalogue says it by the components' scopes. Where it does not, the record does: a participant serves some component of
    its role, and with as many lines as components of one quantity any assignment comes to the same.
    """
    lines = case.lines
    members = [participant for participant in application.participants if participant.role != "GIFT"]
    served: dict[str, set[int]] = {participant.line_id: set() for participant in members}
    unsure: str | None = None
    for participant in members:
        goods = case.goods_of(lines[participant.line_id])
        for index, component in enumerate(promotion.components):
            if "BOTH" not in (component.role, participant.role) and component.role != participant.role:
                continue
            found = covers(component.scope, goods)
            if found is None:
                unsure = unsure or unknown_fact(component.scope, goods) or f"Sku {goods.sku_id}"
            if found is not False:
                served[participant.line_id].add(index)
    if unsure is None or all(len(indexes) == 1 for indexes in served.values()):
        return served
    if len(members) == len(promotion.components) and len({component.quantity for component in promotion.components}) == 1:
        order = sorted(served)
        return {line_id: {index} for index, line_id in enumerate(order)}
    return unsure


def share_out(
    promotion: Promotion, application: Application, grant: int, evaluation: Evaluation, positions: Mapping[str, Position]
) -> dict[str, int]:
    """Allocate a new grant over the standing units of its targets."""
    claims: list[Claim] = []
    everyone = promotion.allocation.to == "ALL_PARTICIPANTS"
    for participant in application.participants:
        position = positions.get(participant.line_id)
        if position is None or participant.role == "GIFT" or (participant.role == "QUALIFIER" and not everyone):
            continue
        claims.append(claim_of(promotion, position, units_inside(promotion, evaluation, participant.role, position)))
    return allocate(grant, claims, promotion.allocation.rule) if claims else {}
