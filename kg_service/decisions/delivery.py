"""When goods come, and where they are delivered to (answers.md, "Orders and logistics"): from the record and the terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.order import Order
from kg_service.dataset.term import Term
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no, yes_no
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.own_or_general import area_asked, speaks_of_own
from kg_service.decisions.parcels import Parcel, narrowed_by_status, parcel_facts, parcels_of, without_movement_times
from kg_service.decisions.places import (
    Place,
    clauses_about,
    clauses_for_all,
    delivered_there,
    place_said,
    province_of,
    way_said,
)
from kg_service.decisions.policies import Area, terms_in_force
from kg_service.decisions.return_words import day_words
from kg_service.decisions.shipping_fee import areas_sold
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import named
from kg_service.decisions.term_answers import put, terms_graph
from kg_service.dialogue.references import said_in
from kg_service.graph.order_graph import node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.after_sale import in_force, term_basis
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers, covers_everything
from kg_service.text.numbers import parse_number
from kg_service.times import day_of, format_instant
from kg_service.trace import Basis, Step

__all__ = ["delivery_scope", "delivery_time"]

#: Words that ask how long it takes as such, not about a purchase.
_GENERAL = re.compile(r"一般|通常|正常|平时|平常|大多")
#: A purchase that is not made yet, whenever it is to be.
_PLANNED = re.compile(
    r"(?:买|下单|拍|拍下|付款)的话|(?:现在|明天|马上|这会儿?)(?:去|就)?(?:买|下单|拍|付款)(?![的了])|(?:如果|要是|假如)我?(?:现在|今天|今晚|明天)?(?:买|下单|拍)(?![的了])"
)
#: Orders whose goods are still to come.
_TO_COME = frozenset({"PLACED", "PAID", "SHIPPED"})
_N = r"(\d+|[一二两三四五六七八九十]+)"
#: How long a term gives, from what: "发货后 3 天内送达", "付款后 2 至 5 日到货".
_PROMISE = re.compile(
    rf"(?P<from>付款|支付|下单|发货|揽收|出库|寄出)(?:之?后|起|次日起)?[^,，。;；]{{0,4}}?{_N}(?:\s*[-~—至到]\s*{_N})?\s*(?P<unit>个?工作日|天|日|小时)"
    r"(?:以?内)?[^,，。;；]{0,6}?(?:送达|到货|送到|到达|签收|收到)"
)
#: A promise that does not say from when.
_SPAN = re.compile(
    rf"{_N}(?:\s*[-~—至到]\s*{_N})?\s*(?:个?工作日|天|日|小时)(?:以?内)?[^,，。;；]{{0,6}}?(?:送达|到货|送到|到达|签收|收到)"
)
_SHIPPED = frozenset({"发货", "揽收", "出库", "寄出"})
_FORECAST = re.compile(
    r"预计[^,，。;；]{0,4}?(?:(?P<near>今[天日晚]|明[天日]|后天)|(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})[日号])[^,，。;；]{0,8}?(?:达|到|收|送)"
)
_NEAR = {"今": 0, "明": 1, "后": 2}
_WANTED = re.compile(r"(?P<near>今[天日晚儿]|明[天日儿]|大?后天)")


@dataclass(frozen=True)
class _Expected:
    """A day, or a promise in its own words, and what it rests on."""

    text: str | None
    formula: str
    basis: Basis
    day: date | None = None
    delivered: bool = False


@decider("delivery_time")
def delivery_time(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The day the record or a term gives for an order that is to come; of goods in general what the terms promise."""
    frame = without_movement_times(frame)
    place = place_said(frame.text)
    own = speaks_of_own(frame, asker)
    about_rules = _PLANNED.search(frame.text) is not None
    about_rules = about_rules or (not own and (place is not None or _GENERAL.search(frame.text) is not None))
    if not about_rules and (asker.user_id is not None or own):
        found = yield from narrowed_by_status(frame, asker, read_own_order, ("SHIPPED", "PAID"))
        if isinstance(found, OwnCase):
            if own or said_in(frame).goods or found.order.status in _TO_COME:
                return _of_order(frame, asker, found)
        elif own or (found.status == "CLARIFY" and found.clarification is not None):
            return found
    return (yield from _in_general(frame, asker, place))


def _of_order(frame: Frame, asker: Asker, own: OwnCase) -> Decision:
    order = own.order
    line_ids = [one.line.line_id for one in own.resolution.chosen]
    parcels = parcels_of(order, line_ids, own.resolution.tracking_nos)
    expected = _expected(own, parcels, asker.now)
    cancelled = order.status == "CANCELLED"
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "region": order.region,
        "expected": None if expected is None else expected.text,
        "delivered": None if expected is None else expected.delivered,
        "term_id": None if expected is None or expected.basis.kind == "RECORD" else expected.basis.id,
        "order_status": order.status,
        "shipped_at": order.shipped_at,
        "shipments": parcel_facts(parcels or []),
    }
    record = Basis(kind="RECORD", id=node_id("Order", order.order_id))
    step = Step(
        rule="delivery_time",
        inputs={
            "order_status": order.status,
            "shipped_at": None if order.shipped_at is None else format_instant(order.shipped_at),
        },
        formula="" if expected is None else expected.formula,
        result=facts["expected"],
        basis=record if expected is None else expected.basis,
    )
    unknown = expected is None and not cancelled
    came = order.received_at is not None or order.status == "RECEIVED"
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        verdict=None if unknown else "NO" if cancelled else _in_time(frame, asker, expected),
        missing=[f"Order {order.order_id}.{'received_at' if came else 'expected_delivery'}"] if unknown else [],
        trace=[step],
        words={
            "day": day_words(own.resolution.lines),
            "recent": own.resolution.how == "RECENT",
            "parcels": parcel_facts(parcels or []),
            "exact": expected is not None and expected.day is not None,
            "overdue": expected is not None and expected.day is not None and expected.day < day_of(asker.now),
            "basis": None if expected is None else expected.basis,
        },
        variant="UNKNOWN_OWN" if unknown else "CANCELLED" if cancelled else "OWN",
        graph=own.case.graph,
    )


def _expected(own: OwnCase, parcels: Sequence[Parcel] | None, now: int) -> _Expected | None:
    """The day the last of the parcels comes; None where one of them cannot be told."""
    order = own.order
    if order.status == "CANCELLED":
        return None
    record = Basis(kind="RECORD", id=node_id("Order", order.order_id))
    if parcels and all(one.delivered and one.last is not None for one in parcels):
        at = max(one.last.at for one in parcels if one.last is not None)
        return _Expected(str(day_of(at)), "the latest event DELIVERED", record, day_of(at), delivered=True)
    if order.received_at is not None:
        day = day_of(order.received_at)
        return _Expected(str(day), "received_at", record, day, delivered=True)
    if parcels:
        days = [_forecast(one, now) for one in parcels if not one.delivered]
        if days and None not in days:
            latest = max(day for day in days if day is not None)
            return _Expected(str(latest), "what the latest event announces", record, latest)
    return _promised(own, order)


def _forecast(parcel: Parcel, now: int) -> date | None:
    """The day a parcel's own events give: what they announce, or today when it is out for delivery today."""
    for event in sorted(parcel.shipment.events or [], key=lambda one: one.at, reverse=True):
        announced = _announced(event.text or "", day_of(event.at))
        if announced is not None:
            return announced
    last = parcel.last
    if last is not None and last.status == "OUT_FOR_DELIVERY" and day_of(last.at) == day_of(now):
        return day_of(last.at)
    return None


def _announced(text: str, on: date) -> date | None:
    """The day a carrier's text announces, said on some day.

    Examples
    --------
    >>> _announced("预计明天送达", date(2026, 11, 12)), _announced("预计1月2日送达", date(2026, 12, 30))
    (datetime.date(2026, 11, 13), datetime.date(2027, 1, 2))
    """
    found = _FORECAST.search(text)
    if found is None:
        return None
    if found["near"]:
        return on + timedelta(days=_NEAR[found["near"][0]])
    month = int(found["month"] or on.month)
    years = (on.year, on.year + 1)
    try:
        days = [date(year, month, int(found["day"])) for year in years]
    except ValueError:
        return None
    return next((day for day in days if day >= on), None)


def _promised(own: OwnCase, order: Order) -> _Expected | None:
    """What a term promises for the goods of an order, counted from what it names."""
    ready = build_case(order, own.case.promotions, own.case.terms, own.case.catalogue)
    goods = [ready.goods_of(line) for line in order.lines]
    terms = [
        term
        for term in in_force(own.case.terms, order.placed_at, topic="FREIGHT")
        if all(covers(term.scope, one) is True for one in goods)
    ]
    place = place_said(order.region or "")
    for term, clause in _most_special(terms, place):
        found = _PROMISE.search(clause)
        if found is None:
            continue
        start = order.shipped_at if found["from"] in _SHIPPED else order.paid_at
        if start is None or "工作" in found["unit"]:
            return _Expected(found[0], "as the term says", term_basis(term))
        amount = int(parse_number(found[3] or found[2]) or 0)
        hours = amount if found["unit"] == "小时" else 24 * amount
        day = day_of(start + hours * 3_600_000) if found["unit"] == "小时" else day_of(start) + timedelta(days=amount)
        return _Expected(str(day), f"{day_of(start)} + {amount} {found['unit']}", term_basis(term), day)
    return None


def _most_special(terms: Iterable[Term], place: Place | None) -> list[tuple[Term, str]]:
    """The clauses of terms that name the place first, then those for all places."""
    terms = list(terms)
    there = clauses_about(terms, place.names) if place else []
    return [*there, *((term, clause) for term in terms for clause in clauses_for_all(term))]


def _area(frame: Frame) -> Flow[Area | Decision]:
    """What a question about the rules is about; a kind of goods that one shop alone sells is that shop's."""
    area = yield from area_asked(frame)
    if isinstance(area, Decision) or area.goods is None or area.goods.product_id or area.goods.shop_id:
        return area
    sold = yield from areas_sold(named(frame))
    return replace(sold[0], name=area.name) if len(sold) == 1 else area


def _about(area: Area, terms: Iterable[Term]) -> list[Term]:
    """The terms that are about the goods asked about; about all goods only those that are for all."""
    return [term for term in terms if (area.applies(term.scope) if area.goods is not None else covers_everything(term.scope))]


def _in_time(frame: Frame, asker: Asker, expected: _Expected | None) -> Verdict | None:
    """Whether it comes by the day the question names, or has come."""
    wanted = _WANTED.search(plain(frame.text))
    if expected is None or not (yes_no(frame) or (wanted is not None and may_be_yes_no(frame))):
        return None
    if expected.delivered:
        return put("YES", frame)
    if wanted is None or expected.day is None:
        return None
    ahead = 3 if wanted["near"].startswith("大后") else _NEAR[wanted["near"][0]]
    return put("YES" if expected.day <= day_of(asker.now) + timedelta(days=ahead) else "NO", frame)


def _in_general(frame: Frame, asker: Asker, place: Place | None) -> Flow[Decision]:
    area = yield from _area(frame)
    if isinstance(area, Decision):
        return area
    terms = _about(area, (yield from terms_in_force("FREIGHT", asker.now)))
    expected = None
    for term, clause in _most_special(terms, place):
        found = _PROMISE.search(clause) or _SPAN.search(clause)
        if found is not None:
            expected = _Expected(found[0], "as the term says", term_basis(term))
            break
    where = f" to {place.region}" if place else ""
    what = f" for {area.name}" if area.name else ""
    return Decision(
        "ANSWERED" if expected else "UNKNOWN",
        facts={
            "region": place.region if place else None,
            "expected": expected.text if expected else None,
            "term_id": expected.basis.id if expected else None,
        },
        missing=[] if expected else [f"Term.delivery_time{what}{where}"],
        trace=[Step(rule="delivery_time", formula=expected.formula, result=expected.text, basis=expected.basis)]
        if expected
        else [],
        words={"name": area.name or "", "place": place.said if place else "", "basis": expected.basis if expected else None},
        variant="GENERAL" if expected else "UNKNOWN_GENERAL",
        graph=terms_graph(area, terms) if expected else None,
    )


@decider("delivery_scope")
def delivery_scope(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Whether goods go to a place or come in a way: what a term says, or an order of the customer's own that arrived there."""
    area = yield from _area(frame.model_copy(update={"mentions": _without_words(frame)}))
    if isinstance(area, Decision):
        return area
    way = way_said(frame.text)
    place = place_said(frame.text) or (yield from _home(frame, asker))
    terms = _about(area, (yield from terms_in_force("FREIGHT", asker.now)))
    names = place.names if place else (way,) if way else ()
    said = clauses_about(terms, names)
    answers = [(term, clause, delivered_there(clause, names)) for term, clause in said]
    decided = next((one for one in answers if one[2] is not None), None)
    if decided is not None:
        term, clause, possible = decided
        return _scope(frame, area, place, way, possible, term=term, clause=clause)
    if place is not None and not way and asker.user_id is not None and asker.known and area.goods is None:
        rows = yield Query("logistics/own_delivered", {"user_id": asker.user_id})
        there = next((row["order_id"] for row in rows if place.region == province_of(row["region"])), None)
        if there is not None:
            return _scope(frame, area, place, way, True, order_id=there)
    return _scope(frame, area, place, way, None, clause=said[0][1] if said else "", term=said[0][0] if said else None)


def _without_words(frame: Frame) -> tuple[Any, ...]:
    """Places are no goods: a noun the catalogue does not know says where, not what."""
    return tuple(one for one in frame.mentions if any(ref.kind != "words" for ref in one.refs))


_HOME = re.compile(r"我这|我家|我们这|俺这|咱这|我所在|我的地址|我那边|我们那")


def _home(frame: Frame, asker: Asker) -> Flow[Place | None]:
    """Where the customer lives, when that is what they ask about."""
    if asker.user_id is None or not asker.known or _HOME.search(frame.text) is None:
        return None
    rows = yield Query("customer/user", {"user_id": asker.user_id})
    return place_said(rows[0]["region"] or "") if rows else None


def _scope(
    frame: Frame,
    area: Area,
    place: Place | None,
    way: str | None,
    possible: bool | None,
    *,
    term: Term | None = None,
    clause: str = "",
    order_id: str | None = None,
) -> Decision:
    unknown = possible is None
    basis = term_basis(term) if term is not None else Basis(kind="RECORD", id=node_id("Order", order_id or ""))
    verdict: Verdict | None = None
    if not unknown and may_be_yes_no(frame):
        verdict = put("YES" if possible else "NO", frame)
    where = place.region if place else way or "the address"
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts={
            "possible": possible,
            "term_id": term.term_id if term is not None and not unknown else None,
            "region": place.region if place else None,
            "way": way,
            "order_id": order_id,
        },
        verdict=verdict,
        missing=[f"Term.delivery_scope of {where}"] if unknown else [],
        trace=[]
        if unknown
        else [Step(rule="delivery_scope", inputs={"about": where, "says": clause}, result=possible, basis=basis)],
        words={"place": place.said if place else "", "way": way or "", "clause": clause.strip(), "name": area.name or ""},
        variant="UNKNOWN" if unknown else "OWN" if order_id else "TERM",
        graph=terms_graph(area, [term]) if term is not None else None,
    )
