"""From the lines a question may mean to one order and its lines, or to the question that settles it. Pure: no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg_service.answers.answer import Option
from kg_service.decisions.decision import Asker, Decision
from kg_service.dialogue.outcome import ChosenLine, How, Pool, Resolution, clarify, not_found
from kg_service.dialogue.references import Reference, Said, specified
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame
from kg_service.times import day_of

__all__ = ["RECENT_MS", "Ways", "choose", "in_pool", "order_label", "which_order"]

#: An order is recent for 90 days.
RECENT_MS = 90 * 24 * 60 * 60 * 1000
_TAKE_ALL = frozenset({"KEPT", "GIFT", "COMPARED", "BOUGHT"})
_IN_PASSING = frozenset({None, "ASKED", "BOUGHT"})
_NOT_RETURNED_ALONE = frozenset({"GIFT", "SERVICE"})


@dataclass(frozen=True)
class Ways:
    default_role: str
    pool: Pool
    one_line: bool
    need_line: bool
    by_line: bool
    prefer: frozenset[str] = frozenset()

    def role(self, reference: Reference) -> str:
        return reference.role or self.default_role


def in_pool(lines: Sequence[OwnLine], pool: Pool) -> list[OwnLine]:
    if pool == "ANY":
        return list(lines)
    return [line for line in lines if line.remaining > 0 and line.order_status != "CANCELLED"]


def choose(
    frame: Frame,
    asker: Asker,
    ways: Ways,
    said: Said,
    own: Sequence[OwnLine],
    candidates: list[OwnLine],
    base: Resolution,
    how: How | None,
) -> Resolution:
    """Narrow the candidates to one order and its lines."""
    named = how is not None
    fits: list[tuple[Reference, tuple[OwnLine, ...]]] = []
    elsewhere: list[OwnLine] = []
    goods = specified(said.goods, candidates)
    known = any(not reference.is_words and reference.fitting(candidates) for reference in goods)
    for reference in goods:
        passing = reference.role in _IN_PASSING or any(reference.begins_where(other) for other in goods)
        if known and reference.is_words and passing and not reference.fitting(own):
            # beside goods that are known, a word that may be a noun and has no part in the question is none
            continue
        found = _preferred(reference.fitting(candidates), ways.role(reference))
        if not found:
            missed = _missed(reference, ways, own, candidates, named)
            if missed.elsewhere:
                elsewhere.extend(missed.elsewhere)
                continue
            return replace(missed, owner=base.owner)
        fits.append((reference, found))
    if not candidates:
        return Resolution(decision=not_found("订单"))
    orders = _together(fits, candidates, ways)
    if orders is None:
        # nothing holds all of them: what is returned decides, what is kept stands in another order
        kept = [one for one in fits if ways.role(one[0]) in _TAKE_ALL]
        rest = [one for one in fits if ways.role(one[0]) not in _TAKE_ALL]
        orders = _together(rest, candidates, ways)
        if not rest or orders is None:
            return Resolution(decision=which_order([line for _, found in fits for line in found], ()))
        elsewhere.extend(line for _, found in kept for line in found)
        fits = rest
    lines = _in_place(frame, asker, [line for line in candidates if line.order_id in orders], candidates, how is not None)
    narrowed = _narrowed(frame, asker, lines)
    if narrowed is None:
        return Resolution(decision=which_order(lines, fits if ways.by_line else (), unsure=frame.period))
    chosen_order, recent = _one_order(narrowed, asker.now)
    if chosen_order is None:
        return Resolution(decision=which_order(narrowed, fits if ways.by_line else ()))
    base = replace(
        base,
        order_id=chosen_order,
        how=how or ("RECENT" if recent else "ONLY"),
        lines=tuple(line for line in own if line.order_id == chosen_order),
        elsewhere=tuple(line for line in elsewhere if line.order_id != chosen_order),
    )
    return _choose_lines(frame, ways, fits, base)


def _preferred(found: tuple[OwnLine, ...], role: str) -> tuple[OwnLine, ...]:
    """What is returned or asked about is goods before it is a gift or a service."""
    if role in _TAKE_ALL:
        return found
    return tuple(line for line in found if line.role not in _NOT_RETURNED_ALONE) or found


def _missed(reference: Reference, ways: Ways, own: Sequence[OwnLine], candidates: Sequence[OwnLine], named: bool) -> Resolution:
    """A name that no candidate fits: on its way back, in another order, nearly right, or nowhere."""
    near = reference.nearly(candidates)
    if near:
        return Resolution(decision=_which_line(near, what=reference.text))
    everywhere = reference.fitting(own)
    if named and ways.role(reference) in _TAKE_ALL:
        standing = tuple(line for line in everywhere if line.remaining and line.order_status != "CANCELLED")
        if standing:
            return Resolution(elsewhere=standing)
    back = tuple(line for line in everywhere if line.returned_quantity and not line.remaining)
    if back and not named:
        return Resolution(order_id=back[0].order_id, on_its_way=back, how="ONLY")
    return Resolution(decision=not_found(reference.text))


def _together(
    fits: Sequence[tuple[Reference, tuple[OwnLine, ...]]], candidates: Sequence[OwnLine], ways: Ways
) -> set[str] | None:
    """The orders that hold everything named; None when none does."""
    orders = {line.order_id for line in candidates}
    for _, found in fits:
        orders &= {line.order_id for line in found}
    return orders or None


def _narrowed(frame: Frame, asker: Asker, lines: Sequence[OwnLine]) -> list[OwnLine] | None:
    """Narrow by the time the question says; None when it says one that fits nothing."""
    period = frame.period
    if period is None or period.start > asker.now or not lines:
        return list(lines)
    within = [
        line
        for line in lines
        if any(at is not None and period.start <= at <= period.end for at in (line.placed_at, line.received_at))
    ]
    return within or None


#: How far an order named by its place stands from the newest one, and from the one just spoken of.
_STEPS = {"NEWEST": (0, None), "BEFORE": (0, 1), "BEFORE_AGAIN": (1, 1), "BEFORE_TWICE": (1, 2), "AFTER": (None, -1)}


def _in_place(frame: Frame, asker: Asker, lines: list[OwnLine], candidates: Sequence[OwnLine], named: bool) -> list[OwnLine]:
    """The lines of the order that the question names by its place (上一单, 再上一单, 另一单); else all.

    Counted among the orders that hold what is named; where the place falls outside of these, among all.
    """
    if frame.order_step is None or named:
        return lines
    for pool in (lines, candidates):
        orders = list(dict.fromkeys(line.order_id for line in sorted(pool, key=_newest_first)))
        order_id = _at_place(frame.order_step, orders, candidates, asker.spoken_order)
        if order_id is not None:
            return [line for line in pool if line.order_id == order_id]
    if frame.order_step == "OTHER":
        return [line for line in lines if line.order_id != asker.spoken_order] or lines
    return lines


def _at_place(step: str, orders: Sequence[str], everything: Sequence[OwnLine], spoken: str | None) -> str | None:
    if step == "OLDEST":
        return orders[-1] if orders else None
    absolute, relative = _STEPS.get(step, (None, None))
    at = next((line for line in everything if line.order_id == spoken), None)
    if spoken is None or relative is None or at is None:
        return orders[absolute] if absolute is not None and absolute < len(orders) else None
    # the spoken order need not be one of these: count from where it stands
    standing = sorted({*orders, at.order_id}, key=[line.order_id for line in sorted(everything, key=_newest_first)].index)
    place = standing.index(at.order_id) + relative
    return standing[place] if 0 <= place < len(standing) and standing[place] in orders else None


def _one_order(lines: Sequence[OwnLine], now: int) -> tuple[str | None, bool]:
    orders = {line.order_id: line.placed_at for line in lines}
    if len(orders) == 1:
        return next(iter(orders)), False
    recent = [order_id for order_id, placed_at in orders.items() if now - RECENT_MS <= placed_at <= now]
    return (recent[0], True) if len(recent) == 1 else (None, False)


def _choose_lines(
    frame: Frame, ways: Ways, fits: Sequence[tuple[Reference, tuple[OwnLine, ...]]], base: Resolution
) -> Resolution:
    own = [line for line in base.lines if line.remaining > 0]
    inside = [(one, tuple(line for line in found if line.order_id == base.order_id)) for one, found in fits]
    inside = _apart(inside, ways)
    if frame.rest:
        return _rest(ways, inside, own, base)
    if frame.whole_order:
        return replace(base, chosen=tuple(_chosen(line, ways.default_role, None, "") for line in own))
    chosen: list[ChosenLine] = []
    for reference, found in inside:
        role = ways.role(reference)
        if len(found) > 1 and ways.one_line and role not in _TAKE_ALL:
            return Resolution(decision=_which_line(found, what=reference.text))
        quantity = reference.quantity
        if quantity is None and role == ways.default_role and len(inside) == 1:
            quantity = frame.quantity
        chosen.extend(_chosen(line, role, quantity, reference.text) for line in found)
    chosen = _settled(chosen)
    if any(one.role == ways.default_role for one in chosen) or not ways.need_line:
        returning = [one.line for one in chosen if not one.line.remaining and one.line.returned_quantity]
        if ways.by_line and ways.pool == "OPEN" and chosen and len(returning) == len(chosen):
            return replace(base, on_its_way=tuple(returning))
        return replace(base, chosen=tuple(chosen))
    spoken = {one.line.line_id for one in chosen}
    left = [line for line in own if line.line_id not in spoken and line.role not in _NOT_RETURNED_ALONE]
    if not left and own and not spoken:
        left = own
    if not left:
        back = tuple(line for line in base.lines if line.returned_quantity and line.line_id not in spoken)
        return replace(base, on_its_way=back) if back else Resolution(decision=not_found("可以退的商品"))
    if len(left) > 1:
        return Resolution(decision=_which_line(left, what=""))
    return replace(base, chosen=(_chosen(left[0], ways.default_role, frame.quantity, ""), *chosen))


def _rest(
    ways: Ways, inside: Sequence[tuple[Reference, tuple[OwnLine, ...]]], own: Sequence[OwnLine], base: Resolution
) -> Resolution:
    """Everything goes back but what is named: 除了耳机都退. Gifts go by the rule of what earned them."""
    kept = [
        _chosen(line, "KEPT", reference.quantity, reference.text)
        for reference, found in inside
        if ways.role(reference) in _TAKE_ALL
        for line in found
    ]
    named = {one.line.line_id for one in kept}
    goods = [line for line in own if line.role not in _NOT_RETURNED_ALONE]
    left = [line for line in goods if line.line_id not in named]
    if not inside and len(goods) > 1:
        return Resolution(decision=_which_line(goods, what=""))
    if not left:
        return Resolution(decision=not_found("可以退的商品"))
    return replace(base, chosen=(*(_chosen(line, ways.default_role, None, "") for line in left), *kept))


def _settled(chosen: Sequence[ChosenLine]) -> list[ChosenLine]:
    """One role for each line: what was merely bought says nothing more; said to go back and to stay, the last word counts."""
    found: dict[str, ChosenLine] = {}
    for one in chosen:
        before = found.get(one.line.line_id)
        returned = [line_id for line_id, other in found.items() if other.role == "RETURNED"]
        if before is None or before.role == "BOUGHT":
            found[one.line.line_id] = one
        elif before.role == "RETURNED" and one.role in _TAKE_ALL and one.role != "BOUGHT":
            later = any(other.role == "RETURNED" and other.line.line_id != one.line.line_id for other in chosen)
            if later or len(returned) > 1:
                found[one.line.line_id] = one
        elif one.role == "RETURNED" and before.role in _TAKE_ALL:
            found[one.line.line_id] = one
    return list(found.values())


def _apart(fits: Sequence[tuple[Reference, tuple[OwnLine, ...]]], ways: Ways) -> list[tuple[Reference, tuple[OwnLine, ...]]]:
    """A line that one name alone means is not also meant by another: "退云雀耳机, 另一个耳机…"."""
    found = [(reference, set(lines)) for reference, lines in fits]
    for _ in found:
        for index, (_, mine) in enumerate(found):
            if len(mine) == 1:
                for other, (_, theirs) in enumerate(found):
                    if other != index and len(theirs) > 1:
                        theirs -= mine
    return [
        (reference, tuple(line for line in lines if line in mine))
        for (reference, mine), (_, lines) in zip(found, fits, strict=True)
    ]


def _chosen(line: OwnLine, role: str, quantity: int | None, text: str) -> ChosenLine:
    units = line.remaining or line.quantity
    asked = units if quantity is None else max(1, min(quantity, units))
    return ChosenLine(line, role, asked, whole_line=quantity is None and units > 1, text=text)


def order_label(lines: Sequence[OwnLine]) -> str:
    """An order in an option: its day and its goods."""
    goods = [line for line in lines if line.role not in _NOT_RETURNED_ALONE] or list(lines)
    day = day_of(goods[0].placed_at)
    names = "、".join(line.label for line in goods[:3]) + ("等" if len(goods) > 3 else "")
    return f"{day.year}年{day.month}月{day.day}日下单：{names}"


def which_order(
    lines: Sequence[OwnLine],
    fits: Sequence[tuple[Reference, tuple[OwnLine, ...]]],
    unsure: object | None = None,
) -> Decision:
    """Ask for the order; where one name is all that is asked about, for its line at once."""
    orders: dict[str, list[OwnLine]] = {}
    for line in sorted(lines, key=_newest_first):
        orders.setdefault(line.order_id, []).append(line)
    if len(fits) == 1:
        asked = [line for line in fits[0][1] if line.order_id in orders]
        return _which_line(asked, what=fits[0][0].text, unsure=unsure is not None)
    options = [Option(id=order_id, label=f"{order_label(found)}（订单{order_id}）") for order_id, found in orders.items()]
    return clarify("order", options, what="", unsure=unsure is not None)


def _which_line(lines: Sequence[OwnLine], what: str, unsure: bool = False) -> Decision:
    options = []
    for line in sorted(lines, key=_newest_first):
        day = day_of(line.placed_at)
        units = f"×{line.quantity}" if line.quantity > 1 else ""
        gift = "，赠品" if line.role == "GIFT" else ""
        label = f"{line.label}{units}（{day.year}年{day.month}月{day.day}日下单，订单{line.order_id}{gift}）"
        options.append(Option(id=line.key, label=label))
    return clarify("line", options, what=what, unsure=unsure)


def _newest_first(line: OwnLine) -> tuple[int, str, str]:
    return (-line.placed_at, line.order_id, line.line_id)
