"""Is it under warranty, until when, and what is covered (promotions.md section 7)."""

from __future__ import annotations

import re
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.own_or_general import area_asked, own_or_general
from kg_service.decisions.policies import Area, terms_in_force
from kg_service.decisions.subjects import ProductFacts, named, resolve_product
from kg_service.decisions.term_answers import asked_lines, in_general, own_words, put, term_facts, terms_graph, wants_verdict
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.warranty import Warranty, warranty, warranty_of_goods

__all__ = ["repair_warranty"]

#: Damage that the user did: whether a warranty covers it is for whoever looks at the goods.
_BY_HAND = re.compile(r"摔|磕|碰坏|进水|泡水|泡了|掉水|掉地|掉进|压坏|踩|砸|撞|人为|自己弄|不小心|烧坏|剪坏|咬")

#: Asks whether the warranty is over: the opposite of whether there is one.
_OVER_ASKED = re.compile(r"过保|出保|脱保|过了?(质保|保修|保固|三包)|(质保|保修|保固|三包)期?(过|到期|结束|失效)")
#: Asks how it stands with goods somebody has.
_STANDS = re.compile(r"在保|还保|还有保|还在")
#: Asks whether something is among what is covered.
_COVERS_ASKED = re.compile(r"包括|包含|范围|覆盖|涵盖|算不算|在内")


@decider("repair_warranty")
def repair_warranty(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The line the asker has; else the product of the catalogue; else the terms as such."""
    own = yield from own_or_general(frame, asker, progress=False, default_role="ASKED", need_line=False)
    if isinstance(own, OwnCase):
        return _own(frame, asker, own)
    if own is not None:
        return own
    said = named(frame)
    if said.products or said.skus or (said.unknown and not said.categories and not said.brands):
        subject = yield from resolve_product(frame, asker)
        if subject.decision is not None:
            return subject.decision
        return (yield from _product(frame, asker, subject.sure))
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    terms = [term for term in (yield from terms_in_force("WARRANTY", asker.now)) if area.applies(term.scope)]
    terms.sort(key=lambda term: (-(term.values.months or 0), term.term_id))
    only = terms[0].values if len(terms) == 1 else None
    covers = only.covers if only is not None else None
    listed = [covers] if isinstance(covers, str) else list(covers or ())
    return in_general("WARRANTY", area, terms, {"months": only.months if only else None, "covers": listed}, None)


def _own(frame: Frame, asker: Asker, own: OwnCase) -> Decision:
    line_ids = asked_lines(own)
    found = [warranty(own.order, line_id, own.case.terms, asker.now, catalogue=own.case.catalogue) for line_id in line_ids]
    only = found[0] if len(found) == 1 else None
    facts: dict[str, Any] = {
        "order_id": own.order.order_id,
        "placed_at": own.order.placed_at,
        "lines": [one.model_dump(include={"line_id", "in_warranty", "until", "months"}) for one in found],
    }
    if only is not None:
        facts |= _of(only)
        facts["line_id"] = only.line_id
    else:
        answers = {one.in_warranty for one in found}
        facts["in_warranty"] = next(iter(answers)) if len(answers) == 1 else None
        for name in ("until", "months", "reason"):
            same = {getattr(one, name) for one in found}
            facts[name] = next(iter(same)) if len(same) == 1 else None
        facts["covers"] = list(dict.fromkeys(part for one in found for part in one.covers))
    missing = list(dict.fromkeys(fact for one in found for fact in one.missing))
    unknown = all(one.missing for one in found)
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        verdict=None if unknown or not wants_verdict(frame) else _verdict(frame, found),
        trace=[step for one in found for step in one.trace],
        missing=missing if unknown else [],
        words={**own_words(own, line_ids), "by_hand": _by_hand(frame)},
        variant="UNKNOWN" if unknown else "ONE" if only is not None else "SEVERAL",
        graph=own.case.graph,
    )


def _by_hand(frame: Frame) -> bool:
    return _BY_HAND.search(frame.text) is not None


def _covered(frame: Frame, found: list[Warranty]) -> bool:
    """Whether what the question names is recorded as covered; true where it does not ask for that."""
    if _COVERS_ASKED.search(frame.text) is None:
        return True
    return all(any(part in frame.text or part[-2:] in frame.text for part in one.covers) for one in found)


def _verdict(frame: Frame, found: list[Warranty]) -> Verdict:
    answers = {one.in_warranty for one in found}
    if _OVER_ASKED.search(frame.text) is not None:
        return "YES" if answers == {False} else "DEPENDS" if None in answers else "NO" if answers == {True} else "PARTLY"
    if answers == {False}:
        return put("NO", frame)
    if None in answers or _by_hand(frame) or not _covered(frame, found):
        return "DEPENDS"
    return put("YES", frame) if answers == {True} else "PARTLY"


def _of(found: Warranty) -> dict[str, Any]:
    facts = found.model_dump(include={"in_warranty", "reason", "until", "covers", "months"})
    return {**facts, "promises": [one.model_dump() for one in found.promises]}


def _product(frame: Frame, asker: Asker, product: ProductFacts) -> Flow[Decision]:
    """What a product comes with when it is bought now."""
    goods = product.goods(product.skus[0] if product.skus else None)
    terms = yield from terms_in_force("WARRANTY", asker.now)
    found = warranty_of_goods(goods, terms, asker.now)
    used = [term for term in terms if term.term_id in {one.term_id for one in found.promises}]
    verdict: Verdict | None = None
    standing = _OVER_ASKED.search(frame.text) or _STANDS.search(frame.text)
    if wants_verdict(frame) and found.months is not None and not standing:
        verdict = "DEPENDS" if _by_hand(frame) else put("YES" if found.months else "NO", frame)
    return Decision(
        "UNKNOWN" if found.missing else "ANSWERED",
        facts={"product_id": product.product_id, "terms": term_facts(used), **_of(found)},
        verdict=verdict,
        trace=found.trace,
        missing=found.missing,
        words={"goods": [product.name], "name": product.name, "by_hand": _by_hand(frame)},
        variant="UNKNOWN" if found.missing else "PRODUCT",
        graph=terms_graph(Area(goods, product.name), used),
    )
