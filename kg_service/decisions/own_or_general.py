"""Questions that may be about one's own purchase or about the rules as such: "怎么退货", "运费谁出", "坏了怎么办"."""

from __future__ import annotations

import re
from typing import Any

from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.own_case import OwnCase, read_own_case
from kg_service.decisions.policies import Area, areas_named
from kg_service.decisions.subjects import goods_not_found, named
from kg_service.dialogue.references import said_in
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow

__all__ = ["area_asked", "names_order", "own_or_general", "speaks_of_own"]

#: Words that make it the asker's own purchase, whatever is named.
_OWN = re.compile(
    r"我[^,。?!;]{0,6}?(?:买|订|拍|下单|下)(?:的|了)|我[的这那]|咱[的这那]|[这那](?:一)?单|上(?:一)?单|订单|售后单|退货单"
)
#: Said right after goods, it makes them the name of their order.
_ITS_ORDER = r"(?:的|了的)?(?:(?:那|这)(?:一)?(?:个|笔|张)?(?:订单|单子|单)|的(?:订单|单子|单))"
_CATALOGUE = frozenset({"product", "category", "brand", "sku"})


def speaks_of_own(frame: Frame, asker: Asker) -> bool:
    """Whether a question is about a purchase of the asker's own.

    Examples
    --------
    >>> ask = lambda text: speaks_of_own(Frame(intent="return_freight", confidence=1, text=text), Asker(None, "customer", 0))
    >>> ask("我买的锅退货运费谁出"), ask("退货运费谁出"), ask("我退货的话运费谁出")
    (True, False, False)
    """
    named_by_id = any(ref.kind in ("order", "return", "tracking") for one in frame.mentions for ref in one.refs)
    return named_by_id or asker.order_id is not None or frame.period is not None or _OWN.search(frame.text) is not None


def names_order(frame: Frame, goods: str) -> bool:
    """Whether goods are only named to say which order is meant.

    Examples
    --------
    >>> ask = lambda text, goods: names_order(Frame(intent="order_detail", confidence=1, text=text), goods)
    >>> ask("手机那单帮我把耳机取消", "手机"), ask("手机那单帮我把耳机取消", "耳机"), ask("买手机的那个订单", "手机")
    (True, False, True)
    """
    return bool(goods) and re.search(rf"{re.escape(goods)}{_ITS_ORDER}", frame.text) is not None


def own_or_general(frame: Frame, asker: Asker, *, must_choose: bool = False, **how: Any) -> Flow[OwnCase | Decision | None]:
    """The order and lines a question is about; a decision; or None, where the rules as such are to be told.

    Who is not signed in and says nothing of a purchase of theirs is told the rules. So is a customer with several orders who
    names none, and one who names goods of the catalogue that they never bought.

    Parameters
    ----------
    must_choose : a customer with several orders who names none is asked which
    how : as for :func:`~kg_service.dialogue.resolution.resolve_lines`
    """
    own = speaks_of_own(frame, asker)
    if asker.user_id is None and asker.role == "customer" and not own:
        return None
    found = yield from read_own_case(frame, asker, **how)
    if isinstance(found, OwnCase) or own:
        return found
    goods = said_in(frame).goods
    if found.status == "CLARIFY" and not goods and asker.user_id is not None and not must_choose:
        return None
    sold = any(ref.kind in _CATALOGUE for one in frame.mentions for ref in one.refs)
    if found.status == "NOT_FOUND" and (sold or not goods):
        return None
    return found


def area_asked(frame: Frame) -> Flow[Area | Decision]:
    """The goods a question about the rules names; all goods where it names none."""
    said = named(frame)
    areas = yield from areas_named(said)
    if not areas or (said.unknown and not (said.products or said.categories or said.brands)):
        return goods_not_found("、".join(one.text for one in frame.mentions) or "该商品")
    return areas[0]
