"""A promotion on a basket: which lines it looks at, in which role they take part, and how its grant is shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from fractions import Fraction
from typing import Literal, TypeAlias

from kg_service.dataset.promotion import Promotion, Scope
from kg_service.rules.allocation import Claim, allocate
from kg_service.rules.basket import BasketLine
from kg_service.rules.catalogue import Goods
from kg_service.rules.kinds import Evaluation, Lot, Position
from kg_service.rules.scope import covers, unknown_fact

__all__ = ["GIVEN", "Coverage", "Role", "RunningBasket", "claim_of", "role_on_record", "roles_of", "shares_of", "units_inside"]

Role: TypeAlias = Literal["QUALIFIER", "TARGET", "BOTH", "GIFT"]
#: Kinds that give something instead of taking money off.
GIVEN = frozenset({"GIFT", "GIVE_POINTS", "GIVE_COUPON"})
#: Kinds of groups, sets or pairs: units outside them do not take part.
_GROUPED = frozenset({"NTH_ITEM_PERCENT", "QTY_FIXED_PRICE", "BUY_X_GET_Y", "BUNDLE_PRICE", "BUNDLE_OFF", "CROSS_ITEM_OFF"})


class Coverage:
    """Which lines of a basket a scope covers, looked at once. Gifts do not count."""

    def __init__(self, lines: Sequence[BasketLine], goods: Mapping[str, Goods]) -> None:
        self._lines = [line.line_id for line in lines if line.role != "GIFT"]
        self._goods = goods
        # scopes are told apart by identity: they are held, so that no other takes the place of one
        self._known: dict[tuple[int, frozenset[str]], tuple[Scope, list[str], list[str]]] = {}

    def of(self, scope: Scope, discounted: Set[str]) -> tuple[list[str], list[str]]:
        """The ids of the lines a scope covers, and the facts that are not known.

        Parameters
        ----------
        discounted : set of str
            The lines that carry a discount of layer 10.
        """
        key = id(scope), frozenset(discounted) if scope.exclude_discounted else frozenset()
        if key not in self._known:
            covered, facts = [], []
            for line_id in self._lines:
                goods = self._goods[line_id]
                found = covers(scope, goods, discounted=line_id in discounted)
                if found:
                    covered.append(line_id)
                elif found is None:
                    facts.append(unknown_fact(scope, goods) or f"Sku {goods.sku_id}")
            self._known[key] = scope, covered, facts
        _, covered, facts = self._known[key]
        return covered, facts


class RunningBasket:
    """Basket lines and the shares taken off them so far.

    Attributes
    ----------
    shares : ``(layer, promotion_id, share in 分)`` by line_id, in the order taken
    taken : how many promotions were taken off so far
    """

    def __init__(self, lines: Sequence[BasketLine], coverage: Coverage) -> None:
        self.shares: dict[str, list[tuple[int, str, int]]] = {}
        self._coverage = coverage
        self._positions = {line.line_id: _whole(line) for line in lines}
        self._discounted: set[str] = set()
        self.taken = 0

    def take_off(self, promotion: Promotion, shares: Mapping[str, int]) -> None:
        """Note a promotion's shares."""
        self.taken += 1
        item_level = promotion.layer_number == 10
        for line_id, share in shares.items():
            if not share:
                continue
            self.shares.setdefault(line_id, []).append((promotion.layer_number, promotion.promotion_id, share))
            at = self._positions[line_id]
            after_item = at.after_item - share if item_level else at.after_item
            self._positions[line_id] = Position(line_id, at.sku_id, at.units, at.list_total, after_item, at.running - share)
            if item_level:
                self._discounted.add(line_id)

    def lot(self, promotion: Promotion) -> tuple[Lot, list[str]]:
        """What a promotion is evaluated on, and the facts about goods that are not known."""
        facts: list[str] = []

        def inside(scope: Scope) -> tuple[Position, ...]:
            covered, unknown = self._coverage.of(scope, self._discounted)
            facts.extend(unknown)
            return tuple(self._positions[line_id] for line_id in covered)

        scoped = inside(promotion.scope)
        qualifier_scope = promotion.condition.qualifier_scope
        base = scoped if qualifier_scope is None else inside(qualifier_scope)
        if not promotion.components:
            return Lot(base, scoped), facts
        within = {position.line_id for position in scoped}
        parts = tuple(
            tuple(position for position in inside(component.scope) if position.line_id in within)
            for component in promotion.components
        )
        serving = zip(promotion.components, parts, strict=True)
        targets = _union(part for component, part in serving if component.role != "QUALIFIER")
        add_on = {position.line_id for position in targets} if promotion.kind == "ADDON_PRICE" else set()
        return Lot(tuple(position for position in base if position.line_id not in add_on), targets, parts), facts


def _whole(line: BasketLine) -> Position:
    worth = int(line.list_price) * line.quantity
    return Position(line.line_id, line.sku_id, line.quantity, worth, worth, worth)


def roles_of(promotion: Promotion, lot: Lot, evaluation: Evaluation) -> dict[str, Role]:
    """Which lines take part, and how; units outside every group, set or pair do not (promotions.md section 3)."""
    qualifying = {position.line_id for position in lot.qualifying}
    targets = {position.line_id for position in lot.targets}
    taking = {line_id for line_id in targets if evaluation.inside.get(line_id)}
    if promotion.kind in GIVEN:
        return dict.fromkeys(sorted(qualifying), "QUALIFIER")
    if promotion.kind in ("BUNDLE_PRICE", "BUNDLE_OFF"):
        return dict.fromkeys(sorted(taking), "BOTH")
    if promotion.kind == "CROSS_ITEM_OFF":
        serving = zip(promotion.components, lot.parts, strict=True)
        qualifying = {p.line_id for component, part in serving if component.role != "TARGET" for p in part}
    roles: dict[str, Role] = {}
    for line_id in sorted(qualifying | taking):
        if line_id in taking:
            roles[line_id] = "BOTH" if line_id in qualifying else "TARGET"
        elif line_id not in targets:
            roles[line_id] = "QUALIFIER"
    return roles


def shares_of(promotion: Promotion, lot: Lot, evaluation: Evaluation, roles: Mapping[str, Role]) -> dict[str, int]:
    """The grant shared over the lines that take part, 分 by line_id (promotions.md section 5)."""
    if evaluation.fixed is not None:
        return dict(evaluation.fixed)
    everyone = promotion.allocation.to == "ALL_PARTICIPANTS"
    positions = {position.line_id: position for position in (*lot.qualifying, *lot.targets)}
    claims = []
    for line_id, role in roles.items():
        if role == "QUALIFIER" and not everyone:
            continue
        position = positions[line_id]
        claims.append(claim_of(promotion, position, units_inside(promotion, evaluation, role, position)))
    return allocate(evaluation.grant, claims, promotion.allocation.rule) if claims else {}


def role_on_record(promotion: Promotion, role: Role) -> Role:
    """The role a line is recorded in: where all participants share, no line is a mere QUALIFIER (promotions.md section 3)."""
    return "BOTH" if promotion.allocation.to == "ALL_PARTICIPANTS" and promotion.kind not in GIVEN else role


def units_inside(promotion: Promotion, evaluation: Evaluation, role: str, position: Position) -> int:
    """The units of a position that weigh: those inside a group, set or pair; of one that only qualifies, all."""
    everyone = promotion.allocation.to == "ALL_PARTICIPANTS" and promotion.kind not in _GROUPED
    qualifies_alone = everyone or (role == "QUALIFIER" and promotion.kind != "CROSS_ITEM_OFF")
    return evaluation.inside.get(position.line_id, position.units if qualifies_alone else 0)


def claim_of(promotion: Promotion, position: Position, inside: int) -> Claim:
    """A position's claim on a promotion's grant: its weight for the units inside, capped by what is left above the floor."""
    by_weight = {"LIST": position.list_total, "QUANTITY": position.units}
    base = by_weight.get(promotion.allocation.weight, position.running)
    floor = int(promotion.floor_price) * position.units if promotion.floor_price is not None else 0
    weight = base if inside == position.units else Fraction(base * inside, position.units)
    return Claim(position.line_id, weight, max(0, position.running - floor))


def _union(parts: Iterable[Sequence[Position]]) -> tuple[Position, ...]:
    found = {position.line_id: position for part in parts for position in part}
    return tuple(found[line_id] for line_id in sorted(found))
