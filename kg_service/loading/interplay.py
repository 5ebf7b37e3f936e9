"""Checks between promotions, and between terms: what each row says alone is sound and together has no defined outcome."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import networkx as nx

from kg_service.dataset import Promotion, Term
from kg_service.dataset.term import TermValues
from kg_service.loading.crosschecks import Finding
from kg_service.loading.known import Known, RowId

__all__ = ["interplay"]

_COUPONS = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})


def interplay(known: Known) -> Iterator[tuple[RowId, Finding]]:
    """What is wrong or odd about promotions and terms of the files, seen together; an error rejects its row."""
    promotions = known.promotions
    for key, finding in (
        *_groups(known),
        *_circles(promotions),
        *_never_first(promotions),
        *_given_coupons(promotions),
    ):
        yield ("promotions", key), finding
    for key, finding in _terms(known):
        yield ("terms", key), finding
    kinds = {promotion.promotion_id: promotion.kind for promotion in promotions.values()}
    for key, (promotion_id, *_) in known.coupons.items():
        kind = kinds.get(promotion_id)
        if kind is not None and kind not in _COUPONS:
            reason = f"promotion {promotion_id} is {kind}, no coupon"
            yield ("coupons", key), Finding("COUPON", "promotion_id", promotion_id, reason, "name the coupon's own promotion")


def _groups(known: Known) -> Iterator[tuple[str, Finding]]:
    """A stacking group in which two promotions that can meet name two rules: which one holds is not defined."""
    groups: dict[tuple[str, int], list[Promotion]] = {}
    for promotion in known.promotions.values():
        if promotion.stacking.group is not None:
            groups.setdefault((promotion.stacking.group, promotion.layer_number), []).append(promotion)
    column = "stacking.within_group"
    for (name, _), members in groups.items():
        first = next((one for one in members if one.stacking.within_group is not None), None)
        for one in members:
            rule = one.stacking.within_group
            if first is None or one is first or not _meet(one, first):
                continue
            place = known.place_of("promotions", first.key)
            where = f"{first.key} ({place.label}:{place.line})" if place else first.key
            if rule is None:
                reason = f"group {name} names no rule here and {first.stacking.within_group} in {where}"
                yield one.key, Finding("ODD", column, None, reason, "write the group's rule in each of its promotions")
            elif rule != first.stacking.within_group:
                reason = f"group {name} goes by {rule} here and by {first.stacking.within_group} in {where}"
                yield one.key, Finding("CONTRADICTION", column, rule, reason, "write one rule in all of them", error=True)


def _circles(promotions: dict[str, Promotion]) -> Iterator[tuple[str, Finding]]:
    """Exclusive promotions of several layers that remove one another in a circle.

    In one layer the priority decides, and of two the one of the lower layer is applied first and removes the other. In a longer
    circle a later one undoes the one that removed its own remover: nobody can say which stands (promotions.md 4.1).
    """
    column, do = "stacking.conflicts_with", "take one of them out of the circle"
    exclusive = [one for one in promotions.values() if one.stacking.exclusive and one.stacking.conflicts_with]
    removes = _one_sided(exclusive, across_layers=True)
    for circle in _found_circles(removes):
        for key in circle[:-1]:
            reason = f"exclusive promotions remove one another in a circle: {' → '.join(_from(circle, key))}"
            yield key, Finding("CYCLE", column, None, reason, do, error=True)
    plain = [one for one in promotions.values() if not one.stacking.exclusive and one.stacking.conflicts_with]
    for circle in _found_circles(_one_sided(plain, across_layers=False)):
        reason = f"conflicts go in a circle: {' → '.join(circle)}; only the first by layer and priority applies"
        yield circle[0], Finding("ODD", column, None, reason, "name all the others in each, if that is what is meant")


def _one_sided(members: list[Promotion], *, across_layers: bool) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for one, other in combinations(members, 2):
        if one.promotion_id == other.promotion_id or not _meet(one, other):
            continue
        if across_layers and one.layer_number == other.layer_number:
            continue
        there, back = _names(one, other), _names(other, one)
        if there != back:
            graph.add_edge(*((one.key, other.key) if there else (other.key, one.key)))
    return graph


def _found_circles(graph: nx.DiGraph[str]) -> Iterator[list[str]]:
    for members in sorted(map(sorted, nx.strongly_connected_components(graph))):
        if len(members) > 1:
            edges = nx.find_cycle(graph.subgraph(members), members[0])
            yield [edges[0][0], *(edge[1] for edge in edges)]


def _from(circle: list[str], key: str) -> list[str]:
    at = circle.index(key)
    return [*circle[at:-1], *circle[: at + 1]]


def _never_first(promotions: dict[str, Promotion]) -> Iterator[tuple[str, Finding]]:
    """Two exclusive promotions that remove each other: the lower layer is applied first, whatever their priorities say."""
    exclusive = [one for one in promotions.values() if one.stacking.exclusive and one.stacking.conflicts_with]
    for one, other in combinations(exclusive, 2):
        early, late = sorted((one, other), key=lambda item: item.layer_number)
        wanted = late.stacking.priority > early.stacking.priority
        if early.layer_number == late.layer_number or not wanted or not (_names(early, late) and _names(late, early)):
            continue
        if _meet(early, late):
            reason = (
                f"is above that of {early.key}, which it excludes and which is applied first, in layer {early.layer_number}: "
                "it can never decide"
            )
            value = str(late.stacking.priority)
            yield late.key, Finding("ODD", "stacking.priority", value, reason, "give both one layer, or take one exclusion out")


def _given_coupons(promotions: dict[str, Promotion]) -> Iterator[tuple[str, Finding]]:
    kinds = {promotion.promotion_id: promotion.kind for promotion in promotions.values()}
    for promotion in promotions.values():
        for index, tier in enumerate(promotion.levels):
            given = tier.effect.coupon_promotion_id
            if given is not None and kinds.get(given, "COUPON_FIXED") not in _COUPONS:
                path = f"tiers[{index}].effect" if promotion.tiers else "effect"
                reason = f"gives a coupon of promotion {given}, which is {kinds[given]}"
                do = f"name a promotion of kind {' or '.join(sorted(_COUPONS))}"
                yield promotion.key, Finding("CONTRADICTION", f"{path}.coupon_promotion_id", given, reason, do, error=True)


def _terms(known: Known) -> Iterator[tuple[str, Finding]]:
    """Two terms of one source for the same goods and the very same time that say different things.

    Terms whose periods only overlap are no contradiction: the value that is best for the buyer holds (promotions.md section 7).
    """
    same: dict[tuple[object, ...], list[Term]] = {}
    for term in known.terms.values():
        about = (term.topic, term.basis, term.scope.model_dump_json(), term.effective_from, term.effective_to)
        same.setdefault(about, []).append(term)
    for terms in same.values():
        for index, term in enumerate(terms):
            for name, field in TermValues.model_fields.items():
                value = getattr(term.values, name)
                first = next((one for one in terms[:index] if getattr(one.values, name) is not None), None)
                if value is None or first is None or getattr(first.values, name) == value:
                    continue
                place = known.place_of("terms", first.term_id)
                where = f"{first.term_id} ({place.label}:{place.line})" if place else first.term_id
                stated = _said(getattr(first.values, name))
                reason = f"is {_said(value)} here and {stated} in {where}, for the same goods and time"
                column = f"values.{field.alias or name}"
                do = "correct one, or give them different scopes or times"
                yield term.term_id, Finding("CONTRADICTION", column, _said(value), reason, do, error=True)


def _said(value: object) -> str:
    dump = getattr(value, "model_dump_json", None)
    return str(dump(exclude_none=True)) if dump is not None else str(value)


def _names(one: Promotion, other: Promotion) -> bool:
    """Whether ``conflicts_with`` of one names the other: by kind, id or layer."""
    named = {str(item) for item in one.stacking.conflicts_with}
    return bool(named & {other.kind, other.promotion_id, str(other.layer_number)})


def _meet(one: Promotion, other: Promotion) -> bool:
    """Whether there is an instant at which both are valid."""
    start = max((valid.from_ for valid in (one.valid, other.valid) if valid.from_ is not None), default=None)
    end = min((valid.to for valid in (one.valid, other.valid) if valid.to is not None), default=None)
    return start is None or end is None or start <= end
