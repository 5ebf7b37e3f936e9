"""What a member level brings (answers.md): the asker's own level, unless the question names one."""

from __future__ import annotations

from functools import cache

from kg_service.dataset.promotion import Promotion
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import names_of, offer_facts, offers_graph
from kg_service.decisions.promotions_asked import promotions_asked
from kg_service.decisions.specs import plain
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.resources import read_yaml, resource
from kg_service.trace import Basis, Step

__all__ = ["level_named", "member_benefit"]


@decider("member_benefit")
def member_benefit(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The promotions in force for a member level, narrowed to the goods the question names."""
    asked = yield from promotions_asked(frame, asker, by_kind=False)
    if isinstance(asked, Decision):
        return asked
    level, basis = level_named(frame.text), Basis(kind="RECORD", id=None, text="您问的等级")
    if level is None and asker.user_id is not None and asker.known:
        rows = yield Query("customer/user", {"user_id": asker.user_id})
        level = rows[0]["member_level"] if rows else None
        basis = Basis(kind="RECORD", id=f"User {asker.user_id}", text="账户的会员等级")
        if level is None and "我" in frame.text:
            fact = f"User {asker.user_id}.member_level"
            step = Step(rule="missing_fact", inputs={"fact": fact}, basis=basis)
            return Decision("UNKNOWN", facts={"level": None}, missing=[fact], trace=[step])
    # a level of its own is what makes a promotion a benefit of members
    meant = [one for one in asked.promotions if _for_members(one) and (level is None or _for_level(one, level))]
    ordered = sorted(meant, key=lambda one: (one.layer_number, one.promotion_id))
    names = yield from names_of(ordered)
    offers = [offer_facts(one, names) for one in ordered]
    steps = [
        Step(
            rule="member.level",
            inputs={"member_levels": list(one.condition.member_levels or ())},
            formula="" if level is None else f"{level} ∈ member_levels",
            result=offer["rule"],
            basis=Basis(kind="PROMOTION", id=one.promotion_id, text=one.name),
        )
        for one, offer in zip(ordered, offers, strict=True)
    ]
    if level is not None:
        steps.insert(0, Step(rule="member.level_of", result=level, basis=basis))
    return Decision(
        "ANSWERED",
        facts={"level": level, "promotions": [one.promotion_id for one in ordered], "offers": offers},
        verdict=("YES" if ordered else "NO") if yes_no(frame) else None,
        trace=steps,
        words={"target": asked.target, "own": basis.id is not None},
        variant=None if ordered else "NONE",
        graph=offers_graph(ordered, names),
    )


@cache
def _words() -> list[tuple[str, str]]:
    data = read_yaml(resource("seed_data", "lexicon", "member_levels.yaml"))
    found = [(plain(word), level) for level, words in data.items() for word in words]
    return sorted(found, key=lambda item: -len(item[0]))


def level_named(text: str) -> str | None:
    """The member level a text names.

    Examples
    --------
    >>> level_named("PLUS會員有什麼好處"), level_named("金卡打几折"), level_named("会员有折扣吗")
    ('PLUS', 'GOLD', None)
    """
    said = plain(text)
    return next((level for word, level in _words() if word in said), None)


def _for_members(promotion: Promotion) -> bool:
    return promotion.kind == "MEMBER_PRICE" or bool(promotion.condition.member_levels)


def _for_level(promotion: Promotion, level: str) -> bool:
    return promotion.condition.member_levels is None or level in promotion.condition.member_levels
