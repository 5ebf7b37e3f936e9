"""What a member level brings (answers.md): the asker's own level, unless the question names one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg_service.answers.answer import Verdict
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import names_of, offer_facts, offers_graph
from kg_service.decisions.promotions_asked import promotions_asked
from kg_service.decisions.specs import plain
from kg_service.dialogue.outcome import gate
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.resources import read_yaml, resource
from kg_service.trace import Basis, Step

__all__ = ["LevelSaid", "level_named", "level_said", "member_benefit"]


@decider("member_benefit")
def member_benefit(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The promotions in force for a member level, narrowed to the goods the question names."""
    asked = yield from promotions_asked(frame, asker, by_kind=False)
    if isinstance(asked, Decision):
        return asked
    said = level_said(frame.text)
    level, basis = (said.level if said.meant else None), Basis(kind="RECORD", id=None, text="您问的等级")
    if said.asked and (refused := gate(asker)) is not None:
        return refused
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
    if level is None and said.denied:
        meant = [one for one in meant if set(one.condition.member_levels or ()) != {said.level}]
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
        verdict=_verdict(frame, said, level, bool(ordered)),
        trace=steps,
        words={"target": asked.target, "own": basis.id is not None, "asked": said.asked, "asked_level": said.level},
        variant=None if ordered else "NONE",
        graph=offers_graph(ordered, names),
    )


@dataclass(frozen=True)
class LevelSaid:
    """The member level a question names.

    Attributes
    ----------
    level : the level named, or None
    denied : it is said that the asker does not have it ("plus都没开")
    asked : it is asked whether, or which level, the asker has
    """

    level: str | None = None
    denied: bool = False
    asked: bool = False

    @property
    def meant(self) -> bool:
        """Whether the question is about this level, not about the asker's own."""
        return self.level is not None and not self.denied and not self.asked


_OWN = r"(?:我|本人|我的?账[号户]|这个号)(?:现在|目前|如今|的?会员)?"
_ASKED = re.compile(
    rf"{_OWN}(?:等级|级别)?(?:到底|究竟)?(?:是不是|算不算|有没有(?:开通?)?|是|算|属于|不是|开了?|有)(?:@|@的)(?:会员)?(?:等级|级别|用户|的)?"
    r"(?:了|吗|么|嘛|没有?|不|吧|呀|啊|[?.!~])*$"
    r"|我的?(?:会员)?(?:现在|目前)?(?:是|算|属于|处于)?(?:什么|啥|哪[个种级]|几)(?:样的)?(?:会员|等级|级别|级)"
    r"|我的?(?:会员)?(?:等级|级别)(?:现在|目前)?(?:是|算|到)?(?:什么|啥|哪|多少|几|$)"
)
_DENIED = re.compile(
    r"(?<!是)(?<!有)(?:不是|没有?|并非|未|还没|没能)(?:开通?|办理?|买|充|入|加入|成为|升到?|有)?(?:过|什么|啥|了)?@"
    r"|@(?:会员|卡)?(?:的)?(?:我)?(?:都|也|还|又|根本|压根|从来|从)*(?:没有?|不是|未)(?:开|办|买|充|入|有|弄|续|升)?"
)


def level_said(text: str) -> LevelSaid:
    """How a text speaks of a member level.

    Examples
    --------
    >>> level_said("我plus都没开,有折扣吗")
    LevelSaid(level='PLUS', denied=True, asked=False)
    >>> level_said("我是不是金卡"), level_said("plus有没有折扣").meant
    (LevelSaid(level='GOLD', denied=False, asked=True), True)
    """
    level = level_named(text)
    masked = plain(text)
    for word, _ in _words():
        masked = masked.replace(word, "@")
    if _ASKED.search(masked):
        return LevelSaid(level, asked=True)
    asking = re.sub(r"有没有|是不是", "", masked)
    return LevelSaid(level, denied=level is not None and _DENIED.search(asking) is not None)


def _verdict(frame: Frame, said: LevelSaid, level: str | None, any_offers: bool) -> Verdict | None:
    if said.asked and said.level is not None:
        return "YES" if level == said.level else "NO"
    return ("YES" if any_offers else "NO") if yes_no(frame) else None


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
