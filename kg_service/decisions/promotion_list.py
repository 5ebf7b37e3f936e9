"""Which promotions there are (answers.md, "Promotions and money")."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import in_force, names_of, offer_facts, offers_graph
from kg_service.decisions.promotions_asked import narrowed_to_goods, when_asked
from kg_service.decisions.subjects import named
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.times import format_instant
from kg_service.trace import Basis, Step

__all__ = ["promotion_list"]


@decider("promotion_list")
def promotion_list(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The promotions in force now (or at the time the question names), narrowed to the goods or shop it names."""
    since, until = when_asked(frame, asker)
    found = yield from in_force(since, until)
    said = named(frame)
    if said.promotions:
        found = [one for one in found if one.promotion_id in said.promotions]
    narrowed = yield from narrowed_to_goods(frame, found, said)
    if isinstance(narrowed, Decision):
        return narrowed
    found, target = narrowed
    if frame.promotion_kinds:
        found = [one for one in found if one.kind in frame.promotion_kinds]
    names = yield from names_of(found)
    return _answer(frame, asker, found, names, target)


def _answer(
    frame: Frame, asker: Asker, found: list[Promotion], names: dict[tuple[str, str], str], target: str | None
) -> Decision:
    ordered = sorted(found, key=lambda one: (one.layer_number, one.promotion_id))
    listed = [offer_facts(one, names) for one in ordered]
    return Decision(
        "ANSWERED",
        facts={"promotions": listed},
        verdict=("YES" if listed else "NO") if yes_no(frame) else None,
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
        words={"target": target, "period": frame.period.text if frame.period else None},
        variant=None if listed else "NONE",
        graph=offers_graph(ordered, names),
    )
