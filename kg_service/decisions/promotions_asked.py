"""Which promotions a question is about: by name, by figures, by kind, by the goods or shop it names; else all in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg_service.dataset.promotion import Promotion, Scope
from kg_service.decisions.asked_time import when_asked
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.offers import covering, in_force, scopes_of
from kg_service.decisions.promotion_names import promotions_meant
from kg_service.decisions.purchase import read_promotions
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import Named, ProductFacts, ask_which, goods_not_found, named, read_products
from kg_service.parsing.frame import Frame
from kg_service.parsing.offer_figures import Figures, figures_in, parts_in
from kg_service.queries.flow import Flow, Query
from kg_service.rules.catalogue import Goods
from kg_service.rules.scope import covers
from kg_service.text.times import same_day

__all__ = [
    "Asked",
    "Figures",
    "at_another_time",
    "called_by_day",
    "figures_in",
    "narrowed_to_goods",
    "paid_with",
    "promotion_not_found",
    "promotions_asked",
    "ways_to_pay",
    "with_figures",
    "with_parts",
]


_GIVEN = re.compile(r"送|赠")
#: How far back and ahead a promotion is looked for that does not run at the time asked about.
_YEAR = 366 * 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Asked:
    """What a question about promotions is about.

    Attributes
    ----------
    promotions : what it means, in force at the time it names; one that it names itself also when it is not in force
    by_name : it names them (by name, alias, figures or a piece of the name), not only a kind or goods
    target : the goods or area it narrows them to, in words
    """

    promotions: tuple[Promotion, ...] = ()
    by_name: bool = False
    target: str | None = None


def promotions_asked(frame: Frame, asker: Asker, *, by_kind: bool = True) -> Flow[Asked | Decision]:
    """Find the promotions a question is about; a decision where a name is nobody's or goods are not clear.

    Parameters
    ----------
    by_kind : keep only those of the kinds it speaks of (满减, 券 …), where it names none
    """
    since, until = when_asked(frame, asker)
    standing = yield from in_force(since, until)
    said = named(frame)
    figures = figures_in(frame.text)
    known = yield from read_promotions(said.promotions, since)
    if figures:
        # the figures of a threshold are part of its name: another promotion under a name that is only close is not meant
        fitting = with_figures(known, figures) or with_figures(standing, figures)
        fitting = fitting or (yield from at_another_time(frame, asker))
        if not fitting:
            return promotion_not_found("、".join(one.text for one in figures))
        return Asked(tuple(fitting), by_name=True)
    if known:
        meant = [one for one in known if one.promotion_id in {each.promotion_id for each in standing}] or known
        if frame.promotion_kinds and by_kind:
            meant = [one for one in meant if one.kind in frame.promotion_kinds] or meant
        return Asked(tuple(meant), by_name=True)
    if _GIVEN.search(frame.text) and (giving := (yield from _giving(frame, standing))):
        return Asked(tuple(giving), by_name=True)
    narrowed = yield from narrowed_to_goods(frame, standing, said)
    if isinstance(narrowed, Decision):
        return narrowed
    found, target = narrowed
    if target is None:
        meant = promotions_meant(frame, found)
        named_ones = [one for one in meant if not frame.promotion_kinds or one.kind in frame.promotion_kinds]
        if meant and len(meant) < len(found) and len(meant) < len(_of_kinds(found, frame) or found):
            return Asked(tuple(named_ones or meant), by_name=True)
        if not meant and (other := (yield from at_another_time(frame, asker))):
            return Asked(tuple(other), by_name=True)
    if frame.promotion_kinds and by_kind:
        found = _of_kinds(found, frame)
    return Asked(tuple(found), target=target)


def _giving(frame: Frame, standing: Sequence[Promotion]) -> Flow[list[Promotion]]:
    """The promotions that give the goods a question names: "送旅行装要买多少" asks for their condition."""
    gifts = {tier.effect.gift_sku_id for one in standing for tier in one.levels} - {None}
    if not gifts:
        return []
    refs = {ref.id for mention in frame.mentions for ref in mention.refs if ref.kind in ("product", "sku")}
    rows = yield Query("catalogue/products_of_skus", {"sku_ids": sorted(str(one) for one in gifts)})
    meant = {row["sku_id"] for row in rows if refs & {row["product_id"], row["sku_id"]}}
    return [one for one in standing if any(tier.effect.gift_sku_id in meant for tier in one.levels)]


def _of_kinds(promotions: Iterable[Promotion], frame: Frame) -> list[Promotion]:
    return [one for one in promotions if one.kind in frame.promotion_kinds]


def at_another_time(frame: Frame, asker: Asker) -> Flow[list[Promotion]]:
    """The promotions of a year back or ahead that a question names: by name, by figures, by the day their name has (女神节).

    Of several the nearest in time: the one of last year is not meant where this year's is.
    """
    said, figures = named(frame).promotions, figures_in(frame.text)
    day = same_day(frame.period.text) if frame.period else ()
    if not (said or figures or day):
        return []
    around = yield from in_force(asker.now - _YEAR, asker.now + _YEAR)
    of_day = called_by_day(around, day) if day else []
    found = [one for one in around if one.promotion_id in said]
    if not found:
        found = (with_figures(of_day, figures) or with_figures(around, figures)) if figures else of_day
    far = [_apart(one, asker.now) for one in found]
    return [one for one, apart in zip(found, far, strict=True) if apart == min(far)]


def called_by_day(promotions: Sequence[Promotion], day: Sequence[str]) -> list[Promotion]:
    """Those whose name or alias has one of the names of a day; all of them where there is none."""
    words = [plain(word) for word in day]
    return [one for one in promotions if not words or any(word in plain(name) for word in words for name in _names(one))]


def _names(promotion: Promotion) -> tuple[str, ...]:
    return (promotion.name, *promotion.aliases)


def _apart(promotion: Promotion, at: int) -> int:
    """How far an instant is from a promotion's time, in ms; 0 within it."""
    start, end = promotion.valid.from_, promotion.valid.to
    return max(0, start - at if start is not None else 0, at - end if end is not None else 0)


def promotion_not_found(what: str) -> Decision:
    """NOT_FOUND for a promotion nobody here has."""
    return Decision("NOT_FOUND", words={"what": what}, variant="NOT_FOUND_PROMOTION")


def _fits(figure: Figures, promotion: Promotion) -> bool:
    """Whether a tier of the promotion has these figures."""
    amount = promotion.measure == "AMOUNT"
    for tier in promotion.levels:
        value = Decimal(tier.value) / 100 if amount else Decimal(tier.value)
        effect = tier.effect
        if figure.free is not None:
            fits = effect.free_quantity == figure.free and value == figure.value + figure.free
        else:
            fits = value == figure.value and (
                (figure.off is not None and effect.off is not None and Decimal(effect.off) / 100 == figure.off)
                or (figure.percent is not None and effect.pay_percent == figure.percent)
            )
        if fits:
            return True
    return False


def with_figures(promotions: Iterable[Promotion], figures: Sequence[Figures]) -> list[Promotion]:
    """The promotions that have the figures of a question: a tier of theirs, or their name word for word."""
    return [
        one
        for one in promotions
        if any(_fits(figure, one) or any(figure.text in plain(name) for name in (one.name, *one.aliases)) for figure in figures)
    ]


_WAYS_TO_PAY = re.compile(r"云闪付|花呗|白条|微信支付|支付宝|数字人民币|信用卡|银行卡|储蓄卡|分期")


def paid_with(promotions: Sequence[Promotion], text: str) -> list[Promotion]:
    """Those for a way to pay that a text names; all of them where it names none."""
    said = plain(text)
    whole = [one for one in promotions if any(plain(way) in said for way in one.condition.payment_methods or ())]
    if whole:
        return whole
    said_ways = ways_to_pay(text)
    if not said_ways:
        return list(promotions)
    return [one for one in promotions if any(word in way for word in said_ways for way in one.condition.payment_methods or ())]


def ways_to_pay(text: str) -> list[str]:
    """The ways to pay that a text names."""
    return _WAYS_TO_PAY.findall(plain(text))


def with_parts(promotions: Iterable[Promotion], text: str) -> list[Promotion]:
    """Those with a tier that has all of the thresholds and the money off a text names; none where it names neither."""
    reached, taken = parts_in(text)
    if not (reached or taken):
        return []
    return [one for one in promotions if reached <= _thresholds(one) and taken <= _taken(one)]


def _thresholds(promotion: Promotion) -> set[Decimal]:
    return {Decimal(tier.value) / 100 for tier in promotion.levels} if promotion.measure == "AMOUNT" else set()


def _taken(promotion: Promotion) -> set[Decimal]:
    return {Decimal(tier.effect.off) / 100 for tier in promotion.levels if tier.effect.off is not None}


# goods


def narrowed_to_goods(
    frame: Frame, found: Sequence[Promotion], said: Named
) -> Flow[tuple[list[Promotion], str | None] | Decision]:
    """The promotions that are about the goods, kind of goods or shop a question names; all where it names none."""
    if said.unknown:
        called = [one for one in found if any(plain(word) in plain(one.name) for word in said.unknown)]
        if not called:
            return goods_not_found("、".join(dict.fromkeys(said.unknown)))
        return called, None
    if said.products or said.skus:
        products = yield from read_products(list(dict.fromkeys(one for each in said.products for one in each)))
        if not products:
            return goods_not_found("、".join(one.text for one in frame.mentions))
        if said.inexact or len({tuple(one.promotion_id for one in _of_product(found, each)) for each in products}) > 1:
            return ask_which(products)
        return _of_product(found, products[0]), products[0].name if len(products) == 1 else None
    if said.categories or said.brands or said.shops:
        return (yield from _of_area(list(found), said))
    return list(found), None


def _of_product(promotions: Iterable[Promotion], product: ProductFacts) -> list[Promotion]:
    """Those that cover any of its SKUs."""
    promotions = list(promotions)
    hits = {
        one.promotion_id
        for goods in ([product.goods(sku) for sku in product.skus] or [product.goods()])
        for one in covering(promotions, goods)
    }
    return [one for one in promotions if one.promotion_id in hits]


def _of_area(promotions: list[Promotion], said: Named) -> Flow[tuple[list[Promotion], str | None]]:
    """Those that cover at least some goods of the categories, brands or shops named."""
    lines = yield Query("catalogue/category_lines", {"category_ids": list(said.categories)})
    below = yield Query("catalogue/category_below", {"category_ids": list(said.categories)})
    above = tuple(row["ancestor_id"] for row in lines)
    within = {row["below_id"] for row in below} | set(said.categories)
    partly = yield from _partly(_named_goods(promotions), said, sorted(within))
    area = Goods(
        sku_id="",
        product_id="",
        category_ids=above,
        brand_id=said.brands[0] if said.brands else "",
        shop_id=said.shops[0] if said.shops else "",
    )

    def excluded(scope: Scope) -> bool:
        return covers(Scope(include=scope.exclude or []), area) is True

    def touches(scope: Scope) -> bool:
        if excluded(scope):
            return False
        if covers(Scope(include=scope.include), area) is True:
            return True
        return any(
            (ref.type == "category" and ref.id in within) or (ref.type, ref.id or "") in partly for ref in scope.include or []
        )

    found = [one for one in promotions if not excluded(one.scope) and any(touches(scope) for scope in scopes_of(one))]
    names = "、".join(dict.fromkeys(row["name"] for row in lines))
    if names and said.brands:
        kinds = ("sku", "product", "category", "shop", "promotion")
        rows = yield Query("catalogue/names", {**{f"{kind}_ids": [] for kind in kinds}, "brand_ids": list(said.brands)})
        names = "、".join(row["name"] for row in rows) + names
    return found, names or None


def _partly(refs: dict[str, set[str]], said: Named, within: list[str]) -> Flow[set[tuple[str, str]]]:
    """What promotions name (type, id) of which some goods lie in the categories, brands or shops of the question."""
    found: set[tuple[str, str]] = set()
    if refs.get("product") or refs.get("sku"):
        wanted = {
            "product_ids": sorted(refs.get("product", ())),
            "sku_ids": sorted(refs.get("sku", ())),
            "within_categories": within or None,
            "within_brands": list(said.brands) or None,
            "within_shops": list(said.shops) or None,
        }
        found |= {(row["kind"], row["id"]) for row in (yield Query("catalogue/goods_within", wanted))}
    if not (refs.get("category") or refs.get("brand") or refs.get("shop")):
        return found
    if within:
        rows = yield Query("catalogue/kinds_in_categories", {"category_ids": within})
    else:
        rows = yield Query("catalogue/kinds_of_sellers", {"brand_ids": list(said.brands), "shop_ids": list(said.shops)})
    for row in rows:
        if (not said.brands or row["brand_id"] in said.brands) and (not said.shops or row["shop_id"] in said.shops):
            found |= {(kind, row[f"{kind}_id"]) for kind in ("category", "brand", "shop") if row.get(f"{kind}_id")}
    return found


def _named_goods(promotions: Iterable[Promotion]) -> dict[str, set[str]]:
    refs: dict[str, set[str]] = {}
    for promotion in promotions:
        for scope in scopes_of(promotion):
            for ref in scope.include or []:
                if ref.id is not None:
                    refs.setdefault(ref.type, set()).add(ref.id)
    return refs
