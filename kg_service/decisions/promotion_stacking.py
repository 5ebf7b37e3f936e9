"""Whether promotions go together (answers.md): pair by pair, by their own terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

from kg_service.answers.answer import Verdict
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.asked_time import when_asked
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.offers import in_force, names_of, offer_facts, offers_graph
from kg_service.decisions.promotions_asked import called_by_day, narrowed_to_goods, promotion_not_found, with_figures
from kg_service.decisions.purchase import COUPON_KINDS, read_promotions
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import named
from kg_service.parsing.frame import Frame, Mention
from kg_service.parsing.offer_figures import figures_in
from kg_service.queries.flow import Flow, Query
from kg_service.rules.stacking import StackingPair, stacking_pairs
from kg_service.text.times import same_day
from kg_service.trace import Basis, Step

__all__ = ["promotion_stacking"]

#: Kinds that are one thing in the mouth of customers.
_FAMILIES = (
    ("COUPON_FIXED", "COUPON_PERCENT"),
    ("RED_PACKET",),
    ("AMOUNT_THRESHOLD_OFF", "AMOUNT_THRESHOLD_PERCENT"),
    ("BUNDLE_PRICE", "BUNDLE_OFF"),
    ("FREE_SHIPPING", "FREIGHT_OFF"),
)
#: What is said of kinds that the concept words do not name as offers.
_SAID = {
    "券": ("COUPON_FIXED",),
    "红包": ("RED_PACKET",),
    "积分": ("POINTS_DEDUCT",),
    "包邮": ("FREE_SHIPPING", "FREIGHT_OFF"),
    "免邮": ("FREE_SHIPPING", "FREIGHT_OFF"),
}
#: A percentage by itself names what has it: 88折.
_FOLD = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d)?)折")
#: The most promotions that are compared each with each.
_MOST = 40
_A_NOT_A = re.compile(r"(能|可以|可|会|是|享)不(?:能|可以|可|会|是|享)")
_AGAINST = re.compile(r"冲突|互斥|二选一|只能(用|选|享)|(不能|不可以|不可|没法|无法|不让|不给|不允许|不支持)")


@decider("promotion_stacking")
def promotion_stacking(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Compare the promotions a question names, by name, figures or kind; else those on the goods, or in force."""
    since, until = when_asked(frame, asker)
    standing = yield from in_force(since, until)
    groups = yield from _named_groups(frame, standing, since)
    if isinstance(groups, Decision):
        return groups
    pool = yield from narrowed_to_goods(frame, standing, named(frame))
    if isinstance(pool, Decision):
        return pool
    held = (yield from _held(asker)) if _own(frame) else None
    others, target = pool
    if held is not None:
        others = [one for one in others if one.kind not in COUPON_KINDS or one.promotion_id in held]
    named_kinds = {one.kind for group in groups for one in group}
    absent = []
    for family in _families(frame):
        if not named_kinds & set(family):
            group = [one for one in others if one.kind in family]
            groups.append(group)
            absent += [] if group else [family[0]]
    pairs = [] if absent else _pairs(groups, others)
    spoken = {one.promotion_id: one for group in (*groups, others) for one in group}
    told = [spoken[key] for key in sorted({key for pair in pairs for key in (pair.a, pair.b)})]
    names = yield from names_of(told)
    return Decision(
        "ANSWERED",
        facts={
            "pairs": [{"a": one.a, "b": one.b, "stackable": one.stackable, "rule": one.rule} for one in pairs],
            "promotions": [offer_facts(one, names) for one in told],
        },
        verdict=_verdict(frame, pairs),
        trace=[_step(one, spoken) for one in pairs],
        words={
            "names": {key: one.name for key, one in spoken.items()},
            "layers": {key: one.layer_number for key, one in spoken.items()},
            "target": target,
            "absent": absent,
            "count": {word: sum(one.stackable is value for one in pairs) for word, value in _COUNTED},
        },
        variant=None if pairs else "NONE",
        graph=offers_graph(told, names),
    )


_COUNTED = (("yes", True), ("no", False), ("depends", None))


def _named_groups(frame: Frame, standing: Sequence[Promotion], at: int) -> Flow[list[list[Promotion]] | Decision]:
    """What a question names one by one: a group for each name, and for each pair of figures that no name holds."""
    groups: list[list[Promotion]] = []
    covered: list[Mention] = []
    for mention in frame.mentions:
        ids = [ref.id for ref in mention.refs if ref.kind == "promotion"]
        if ids:
            groups.append((yield from read_promotions(ids, at)))
            covered.append(mention)
    for figure in figures_in(frame.text):
        if any(figure.text in plain(mention.text) or plain(mention.text) in figure.text for mention in covered):
            continue
        fitting = with_figures(standing, [figure])
        if not fitting:
            return promotion_not_found(figure.text)
        groups.append(fitting)
    folds = {Decimal(one) * (10 if Decimal(one) < 10 else 1) for one in _FOLD.findall(plain(frame.text))}
    if folds and not any(figure.percent in folds for figure in figures_in(frame.text)):
        called = {one.promotion_id for group in groups for one in group}
        groups.append([one for one in standing if one.promotion_id not in called and folds & _percents(one)])
    if frame.period is not None and (groups or frame.promotion_kinds) and (day := same_day(frame.period.text)):
        # 疾风直降能跟618一起用吗: the day stands for the promotions that are called by it
        groups.append([one for one in called_by_day(standing, day) if not any(one in group for group in groups)])
    return [group for group in groups if group]


def _percents(promotion: Promotion) -> set[Decimal]:
    return {Decimal(str(tier.effect.pay_percent)) for tier in promotion.levels if tier.effect.pay_percent is not None}


def _families(frame: Frame) -> list[tuple[str, ...]]:
    """The kinds a question speaks of, those that are one thing together."""
    text = plain(frame.text)
    kinds = [*frame.promotion_kinds, *(kind for word, said in _SAID.items() if word in text for kind in said)]
    families = [next((one for one in _FAMILIES if kind in one), (kind,)) for kind in kinds]
    return list(dict.fromkeys(families))


def _own(frame: Frame) -> bool:
    return "我的" in frame.text or "我有" in frame.text or "手里" in frame.text or "手上" in frame.text


def _held(asker: Asker) -> Flow[set[str] | None]:
    """The coupon promotions the asker can use a coupon of now; ``None`` when it is not known who asks."""
    if asker.user_id is None or not asker.known:
        return None
    rows = yield Query("basket/held_coupons", {"user_id": asker.user_id})
    return {
        row["promotion_id"]
        for row in rows
        if row["status"] == "UNUSED" and (row["valid_to"] is None or asker.now <= row["valid_to"])
    }


def _pairs(groups: Sequence[Sequence[Promotion]], others: Sequence[Promotion]) -> list[StackingPair]:
    """Each of a group with each of the other groups; of one group alone within it, or of its only one with all others."""
    if not groups:
        return stacking_pairs(others[:_MOST])
    if len(groups) == 1 and len(groups[0]) > 1:
        return stacking_pairs(groups[0][:_MOST])
    if len(groups) == 1:
        only = groups[0][0]
        return _across([only], [one for one in others if one.promotion_id != only.promotion_id])
    found: dict[tuple[str, str], StackingPair] = {}
    for first, second in combinations(groups, 2):
        found |= {(pair.a, pair.b): pair for pair in _across(first[:_MOST], second[:_MOST])}
    return [found[key] for key in sorted(found)]


def _across(first: Iterable[Promotion], second: Iterable[Promotion]) -> list[StackingPair]:
    second = list(second)
    found = [pair for a in first for b in second if a.promotion_id != b.promotion_id for pair in stacking_pairs([a, b])]
    return sorted(found, key=lambda pair: (pair.a, pair.b))


def _verdict(frame: Frame, pairs: Sequence[StackingPair]) -> Verdict | None:
    """YES where all go together, turned round where the question asks whether they do not ("冲突吗")."""
    if not pairs or not may_be_yes_no(frame):
        return None
    values = {pair.stackable for pair in pairs}
    if values == {None}:
        return "DEPENDS"
    if len(values) > 1:
        return "PARTLY"
    against = _AGAINST.search(_A_NOT_A.sub(r"\1", plain(frame.text))) is not None
    return "YES" if values == {not against} else "NO"


def _step(pair: StackingPair, promotions: dict[str, Promotion]) -> Step:
    return Step(
        rule="promotion.stacking",
        inputs={
            "a": pair.a,
            "b": pair.b,
            "layers": [promotions[pair.a].layer_number, promotions[pair.b].layer_number],
            "stacking": [promotions[key].stacking.model_dump(exclude_defaults=True) for key in (pair.a, pair.b)],
        },
        formula=pair.rule,
        result=pair.stackable,
        basis=Basis(kind="PROMOTION", id=pair.a, text=promotions[pair.a].name),
    )
