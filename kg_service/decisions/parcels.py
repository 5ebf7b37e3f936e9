"""What questions about parcels have in common: the order they are about, its parcels, and what is said to be wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, TypeVar

from kg_service.dataset.order import Order, Shipment, ShipmentEvent
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.specs import plain
from kg_service.dialogue.resolution import Resolution, read_own_lines
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.resources import read_yaml, resource
from kg_service.rules.receipt import delivered_at
from kg_service.times import day_of, format_instant

__all__ = [
    "E_COMMERCE_LAW",
    "Parcel",
    "narrowed_by_status",
    "parcel_facts",
    "parcels_of",
    "trouble_said",
    "without_movement_times",
]

#: 中华人民共和国电子商务法: who bears what happens on the way (第二十条), delivery and handing over to others (第五十二条).
E_COMMERCE_LAW = "中华人民共和国电子商务法"

Found = TypeVar("Found", OwnCase | Decision, Resolution)


@dataclass(frozen=True)
class Parcel:
    """A parcel with its latest event; of events at one instant the one recorded last.

    Attributes
    ----------
    known : whether its events were recorded at all
    """

    shipment: Shipment
    last: ShipmentEvent | None
    known: bool

    @property
    def status(self) -> str | None:
        return None if self.last is None else self.last.status

    @property
    def delivered(self) -> bool:
        return delivered_at(self.shipment) is not None

    def idle_days(self, now: int) -> int | None:
        """Calendar days (Asia/Shanghai) from the latest event to an instant (epoch ms)."""
        return None if self.last is None else (day_of(now) - day_of(self.last.at)).days


def parcels_of(order: Order, line_ids: Collection[str] = (), tracking_nos: Collection[str] = ()) -> list[Parcel] | None:
    """The parcels of an order: the one whose number was given, else those that hold the lines named, else all.

    Returns
    -------
    list of Parcel or None
        None: not recorded.
    """
    if order.shipments is None:
        return None
    chosen = list(order.shipments)
    if tracking_nos:
        chosen = [one for one in chosen if one.tracking_no in tracking_nos]
    elif line_ids and all(one.line_ids is not None for one in chosen):
        chosen = [one for one in chosen if set(line_ids) & set(one.line_ids or ())]
    return [_parcel(one) for one in chosen]


def _parcel(shipment: Shipment) -> Parcel:
    events = shipment.events or []
    last = max(enumerate(events), key=lambda item: (item[1].at, item[0]))[1] if events else None
    return Parcel(shipment, last, shipment.events is not None)


def parcel_facts(parcels: Sequence[Parcel]) -> list[dict[str, Any]]:
    """Parcels as :class:`~kg_service.answers.facts_service.ShipmentFacts`."""
    return [
        {
            "carrier": one.shipment.carrier,
            "tracking_no": one.shipment.tracking_no,
            "status": one.status,
            "at": None if one.last is None else format_instant(one.last.at),
            "text": None if one.last is None else one.last.text,
        }
        for one in parcels
    ]


@cache
def _troubles() -> dict[str, dict[str, list[re.Pattern[str]]]]:
    loaded: dict[str, dict[str, list[str]]] = read_yaml(resource("seed_data", "lexicon", "parcel_troubles.yaml"))
    return {of: {code: [re.compile(one) for one in words] for code, words in codes.items()} for of, codes in loaded.items()}


def trouble_said(frame: Frame, of: Literal["journey", "contents"]) -> str | None:
    """What the question says went wrong, as a code of ``seed_data/lexicon/parcel_troubles.yaml``.

    Examples
    --------
    >>> said = lambda text, of: trouble_said(Frame(intent="logistics_problem", confidence=1, text=text), of)
    >>> said("显示签收了我没收到", "journey"), said("快递三天没动了", "journey"), said("少发了一件", "contents")
    ('SIGNED_NOT_RECEIVED', 'STALLED', 'MISSING_GOODS')
    """
    text = plain(frame.text)
    return next((code for code, words in _troubles()[of].items() if any(one.search(text) for one in words)), None)


_BOUGHT = re.compile(r"^[^,。;]{0,4}(买|下单|下的|拍|订|购|付款|那单|那笔)")


def without_movement_times(frame: Frame) -> Frame:
    """The frame without a time that says when a parcel moved or should come ("昨天就派送了"); a time of buying stays."""
    if frame.period is None:
        return frame
    rest = frame.text[frame.text.find(frame.period.text) + len(frame.period.text) :]
    return frame if _BOUGHT.match(rest) else frame.model_copy(update={"period": None})


def narrowed_by_status(
    frame: Frame, asker: Asker, read: Callable[[Frame, Asker], Flow[Found]], statuses: Collection[str]
) -> Flow[Found]:
    """Read the order a question is about; where several may be meant, the only one whose status makes the question apply.

    Parameters
    ----------
    read : as :func:`~kg_service.decisions.own_case.read_own_order` or
        :func:`~kg_service.dialogue.resolution.resolve_order`
    statuses : orders a question of this kind can be about ("快递不动了": SHIPPED)
    """
    found = yield from read(frame, asker)
    decision = found if isinstance(found, Decision) else found.decision if isinstance(found, Resolution) else None
    if decision is None or decision.clarification is None or asker.user_id is None:
        return found
    offered = {option.id.partition("/")[0] for option in decision.clarification.options}
    lines = yield from read_own_lines(asker.user_id)
    fitting = {line.order_id for line in lines if line.order_id in offered and line.order_status in statuses}
    if len(fitting) != 1:
        return found
    return (yield from read(frame, replace(asker, order_id=fitting.pop())))
