"""Which of the customer's orders and lines a question is about (answers.md, "Which status").

Every decider of a personal question starts here::

    resolution = yield from resolve_lines(frame, asker)
    if resolution.decision is not None:          # CLARIFY, NOT_FOUND, FORBIDDEN: nothing more to decide
        return resolution.decision
    ...                                          # resolution.order_id, .returned, .chosen, .on_its_way

What is believed, in this order: an id in the text, the order the caller names, then names narrowed by everything else the
question says (goods bought together, time, promotion). What is left over: one order, or one within the last 90 days → that
one; more → CLARIFY, newest order first, then line_id.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from kg_service.decisions.decision import Asker
from kg_service.dialogue.choice import RECENT_MS, Ways, choose, in_pool, order_label, which_order
from kg_service.dialogue.order_words import statuses_meant
from kg_service.dialogue.outcome import ChosenLine, How, Pool, Resolution, clarify, gate, not_found
from kg_service.dialogue.references import Said, id_tokens, said_in
from kg_service.linking.own import OwnLine, own_lines
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query

__all__ = [
    "RECENT_MS",
    "ChosenLine",
    "Pool",
    "Resolution",
    "clarify",
    "gate",
    "not_found",
    "order_label",
    "read_own_lines",
    "resolve_lines",
    "resolve_order",
]


#: A question why an order has no promotion is not about the orders that have it.
_WITHOUT = re.compile(r"(?:没|没有|未|不)(?:用上?|给我?|减|打|享受?|参加|算|有|能用|抵)|(?:凭啥|凭什么|为啥|为什么|怎么)没")


def read_own_lines(user_id: str) -> Flow[tuple[OwnLine, ...]]:
    """Every line of the customer's orders, newest order first."""
    owner = {"user_id": user_id}
    rows = yield Query("order/own_lines", owner)
    if not rows:
        return ()
    categories = yield Query("order/own_categories", owner)
    returns = yield Query("order/own_returns", owner)
    return own_lines(rows, categories, returns)


def resolve_lines(
    frame: Frame,
    asker: Asker,
    *,
    default_role: str = "RETURNED",
    pool: Pool = "OPEN",
    one_line: bool = False,
    need_line: bool = True,
) -> Flow[Resolution]:
    """Resolve the goods a question names to lines of one of the customer's orders.

    Parameters
    ----------
    default_role : the role of mentions that have none, and of the only line when nothing is named
    pool : which lines may be meant when no id is given
    one_line : several lines for one name in the role ``default_role`` are a clarification, not a set
    need_line : when nothing is named and the order has several lines, ask which (otherwise ``chosen`` stays empty)
    """
    ways = Ways(default_role=default_role, pool=pool, one_line=one_line, need_line=need_line, by_line=True)
    return (yield from _resolve(frame, asker, ways))


def resolve_order(frame: Frame, asker: Asker, *, pool: Pool = "ANY", prefer: Collection[str] = ()) -> Flow[Resolution]:
    """Resolve which order a question is about; goods it names narrow the choice and are in ``chosen``.

    ``order_id`` is given by id, by the caller, or found as in :func:`resolve_lines`. Cancelled orders count with pool ANY.

    Parameters
    ----------
    prefer : statuses; where the customer has orders in one of them, one of these is meant
    """
    ways = Ways(default_role="ASKED", pool=pool, one_line=False, need_line=False, by_line=False, prefer=frozenset(prefer))
    return (yield from _resolve(frame, asker, ways))


def _resolve(frame: Frame, asker: Asker, ways: Ways) -> Flow[Resolution]:
    said = said_in(frame)
    asker = yield from _served(asker, said)
    refused = gate(asker)
    if refused is not None or asker.user_id is None:
        return Resolution(decision=refused)
    own = yield from read_own_lines(asker.user_id)
    base = Resolution(owner=asker.user_id)
    pinned: str | None = None
    how: How | None = None
    loose = id_tokens(frame.text)
    if said.ids or loose:
        ids = list(dict.fromkeys((*said.ids, *loose)))
        rows = yield Query("order/own_ids", {"user_id": asker.user_id, "ids": ids})
        if said.ids and not rows:
            return Resolution(decision=not_found("、".join(said.id_texts)))
        base = replace(
            base,
            return_ids=tuple(row["id"] for row in rows if row["kind"] == "return"),
            tracking_nos=tuple(row["id"] for row in rows if row["kind"] == "tracking"),
            coupon_ids=tuple(row["id"] for row in rows if row["kind"] == "coupon"),
        )
        named = sorted({row["order_id"] for row in rows if row["order_id"] is not None and row["kind"] != "coupon"})
        named = named or sorted({row["order_id"] for row in rows if row["order_id"] is not None})
        if len(named) > 1:
            orders = [line for line in own if line.order_id in named]
            return Resolution(decision=which_order(orders, ()))
        if named:
            pinned, how = named[0], "ID"
    if pinned is None and asker.order_id is not None:
        if all(line.order_id != asker.order_id for line in own):
            return Resolution(decision=not_found(asker.order_id))
        pinned, how = asker.order_id, "CALLER"
    pool = [line for line in own if pinned in (None, line.order_id)]
    candidates = pool if pinned else in_pool(pool, ways.pool)
    if said.promotion_ids and pinned is None and not _WITHOUT.search(frame.text):
        rows = yield Query("order/own_promotions", {"user_id": asker.user_id})
        using = {row["order_id"] for row in rows if row["promotion_id"] in said.promotion_ids}
        candidates = [line for line in candidates if line.order_id in using] or candidates
    if pinned is None:
        for statuses in (statuses_meant(frame.text), ways.prefer):
            candidates = [line for line in candidates if line.order_status in statuses] or candidates
    return choose(frame, asker, ways, said, own, candidates, base, how)


def _served(asker: Asker, said: Said) -> Flow[Asker]:
    """An analyst may ask about any order: its owner is then the one served."""
    if asker.role != "analyst" or asker.user_id is not None:
        return asker
    ids = [*said.ids, *([asker.order_id] if asker.order_id else [])]
    rows = (yield Query("order/owners", {"order_ids": ids})) if ids else []
    return replace(asker, user_id=rows[0]["user_id"]) if rows else asker
