"""Which promotions there are (answers.md, "Promotions and money")."""

from __future__ import annotations

import re
from dataclasses import replace

from kg_service.answers.answer import Verdict
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.asked_time import when_asked
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import asks_whether_over, yes_no
from kg_service.decisions.offers import in_force, names_of, offer_facts, offers_graph, runs_at
from kg_service.decisions.promotions_asked import (
    at_another_time,
    called_by_day,
    narrowed_to_goods,
    paid_with,
    ways_to_pay,
    with_figures,
)
from kg_service.decisions.subjects import named
from kg_service.parsing.frame import Frame
from kg_service.parsing.offer_figures import figures_in
from kg_service.queries.flow import Flow
from kg_service.text.times import same_day
from kg_service.times import format_instant
from kg_service.trace import Basis, Step

__all__ = ["promotion_list"]


#: "双十一的满减现在还能用吗": the day is part of the promotion's name, the time meant is now.
_NOW = re.compile(r"还(?:能|可以|有|在|剩)|如今|(?<!到)现在(?!.*(?:到|以后|之后))")


@decider("promotion_list")
def promotion_list(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The promotions in force now (or at the time the question names), narrowed to the goods or shop it names."""
    since, until = when_asked(frame, asker)
    by_day: tuple[str, ...] = ()
    if _NOW.search(frame.text) or asks_whether_over(frame):
        by_day = same_day(frame.period.text) if frame.period and not since <= asker.now <= until else ()
        since, until = asker.now, asker.now
    found = called_by_day((yield from in_force(since, until)), by_day)
    said, figures = named(frame), figures_in(frame.text)
    if said.promotions:
        found = [one for one in found if one.promotion_id in said.promotions]
    if figures:
        found = with_figures(found, figures)
    found = paid_with(found, frame.text)
    narrowed = yield from narrowed_to_goods(frame, found, said)
    if isinstance(narrowed, Decision):
        return narrowed
    found, target = narrowed
    if frame.promotion_kinds and not figures:
        found = [one for one in found if one.kind in frame.promotion_kinds]
    if not found and (others := (yield from at_another_time(frame, asker))):
        return _not_then(frame, asker, others, (yield from names_of(others)))
    names = yield from names_of(found)
    return _answer(frame, asker, found, names, target)


def _not_then(frame: Frame, asker: Asker, others: list[Promotion], names: dict[tuple[str, str], str]) -> Decision:
    """What a question names runs at another time than it asks about: over, not begun, or only now."""
    decision = _answer(frame, asker, others, names, None)
    states = {one.promotion_id: _state(one, asker.now) for one in others}
    over = asks_whether_over(frame) and set(states.values()) == {"OVER"}
    verdict: Verdict = "YES" if over else "NO"
    return replace(decision, verdict=verdict if yes_no(frame) else None, words={"state": states}, variant="OTHER_TIME")


def _called(text: str) -> list[str]:
    """What a question calls an offer by besides its name: figures, a way to pay."""
    return [*(one.text for one in figures_in(text)), *(f"{way}支付" for way in ways_to_pay(text))]


def _state(promotion: Promotion, at: int) -> str:
    if runs_at(promotion, at):
        return "NOW"
    return "COMING" if (promotion.valid.from_ or 0) > at else "OVER"


def _answer(
    frame: Frame, asker: Asker, found: list[Promotion], names: dict[tuple[str, str], str], target: str | None
) -> Decision:
    ordered = sorted(found, key=lambda one: (one.layer_number, one.promotion_id))
    over = asks_whether_over(frame)
    listed = [offer_facts(one, names) for one in ordered]
    return Decision(
        "ANSWERED",
        facts={"promotions": listed},
        verdict=("YES" if bool(listed) != over else "NO") if yes_no(frame) else None,
        trace=[
            Step(
                rule="promotion.in_force",
                inputs={"from": item["from"], "to": item["to"], "now": format_instant(asker.now)},
                formula="from ≤ now ≤ to" if frame.period is None else "overlaps the period asked about",
                result=item["rule"],
                basis=Basis(kind="PROMOTION", id=item["promotion_id"], text=item["name"]),
            )
            for item in listed
        ],
        words={
            "target": target,
            "period": frame.period.text if frame.period else None,
            "over": over,
            "what": "、".join(_called(frame.text)),
            "coming": [one.promotion_id for one in ordered if (one.valid.from_ or 0) > asker.now],
        },
        variant=None if listed else "NONE",
        graph=offers_graph(ordered, names),
    )
