"""What is in a bundle, and what it costs (answers.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg_service.answers.answer import Option
from kg_service.dataset.promotion import Component, Promotion
from kg_service.decisions.asked_time import when_asked
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import names_of, offer_facts, offers_graph, runs_at
from kg_service.decisions.promotions_asked import promotion_not_found, promotions_asked
from kg_service.decisions.subjects import ProductFacts, named, read_products
from kg_service.dialogue.outcome import clarify
from kg_service.money import Money, parse_yuan
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.trace import Basis, Step

__all__ = ["bundle_contents"]

_BUNDLES = ("BUNDLE_PRICE", "BUNDLE_OFF")
_WITH_PARTS = (*_BUNDLES, "CROSS_ITEM_OFF", "ADDON_PRICE")
_MOST = 8


@decider("bundle_contents")
def bundle_contents(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The bundle a question names, or the only one there is; of several it is asked which."""
    asked = yield from promotions_asked(frame, asker, by_kind=False)
    if isinstance(asked, Decision):
        return asked
    at, _ = when_asked(frame, asker)
    found = [one for one in asked.promotions if one.kind in _BUNDLES]
    said = named(frame)
    product_ids = [one for each in said.products for one in each]
    if not found and product_ids and not asked.by_name:
        # goods sold as a set: what else may be bought with them is not what is in it
        missing = [f"Product {one}.components" for one in product_ids]
        return Decision("UNKNOWN", words={"target": asked.target}, missing=missing, variant="UNKNOWN_PARTS")
    found = found or [one for one in asked.promotions if one.kind in _WITH_PARTS and one.components]
    if not found:
        if asked.by_name:
            return promotion_not_found("、".join(one.name for one in asked.promotions))
        return Decision("NOT_FOUND", words={"target": asked.target}, variant="NO_BUNDLE")
    ordered = sorted(found, key=lambda one: one.promotion_id)
    if len(ordered) > 1:
        options = [Option(id=one.promotion_id, label=one.name) for one in ordered[:_MOST]]
        return clarify("promotion", options, more=max(0, len(ordered) - _MOST))
    return (yield from _told(frame, ordered[0], at))


def _told(frame: Frame, bundle: Promotion, at: int) -> Flow[Decision]:
    names = yield from names_of([bundle])
    products = yield from _products(bundle)
    parts = [_part(part, names, products) for part in bundle.components]
    prices = [one["price"] for one in parts]
    total = None if None in prices else sum((parse_yuan(price) for price in prices), Money(0))
    effect = bundle.levels[0].effect
    price = effect.price if bundle.kind == "BUNDLE_PRICE" else None
    if bundle.kind == "BUNDLE_OFF" and total is not None and effect.off is not None:
        price = Money(max(0, total - effect.off))
    saving = None if total is None or price is None else Money(max(0, total - price))
    lowest = any(_varies(part, products) for part in bundle.components)
    missing = [f"Sku {one['id']}.price" for one in parts if one["price"] is None] if price is None else []
    offer = offer_facts(bundle, names)
    facts = {
        **offer,
        "in_force": runs_at(bundle, at),
        "components": parts,
        "price": None if price is None else str(price),
        "list_price": None if total is None else str(total),
        "saving": None if saving is None else str(saving),
        "from_lowest": lowest,
    }
    formula = ""
    if bundle.kind == "BUNDLE_OFF" and total is not None:
        formula = f"{' + '.join(prices)} − {effect.off} = {price}"
    elif saving is not None:
        formula = f"{' + '.join(prices)} − {price} = {saving}"
    step = Step(
        rule="bundle.price",
        inputs={"components": {one["id"]: one["quantity"] for one in parts}},
        formula=formula,
        result=None if price is None else str(price),
        basis=Basis(kind="PROMOTION", id=bundle.promotion_id, text=bundle.name),
    )
    return Decision(
        "ANSWERED",
        facts=facts,
        verdict=("YES" if facts["in_force"] else "NO") if yes_no(frame) else None,
        trace=[step],
        words={"bundle": bundle.kind in _BUNDLES, "missing_price": bool(missing)},
        graph=offers_graph([bundle], names),
    )


def _products(bundle: Promotion) -> Flow[dict[str, ProductFacts]]:
    """The products of a bundle's parts, by product_id and by the sku_id of each SKU."""
    refs = [ref for part in bundle.components for ref in part.scope.include or []]
    skus = [ref.id for ref in refs if ref.type == "sku" and ref.id]
    rows = (yield Query("catalogue/products_of_skus", {"sku_ids": skus})) if skus else []
    wanted = [*(ref.id for ref in refs if ref.type == "product" and ref.id), *(row["product_id"] for row in rows)]
    products = yield from read_products(wanted)
    found = {one.product_id: one for one in products}
    return found | {sku.sku_id: one for one in products for sku in one.skus}


def _part(part: Component, names: Mapping[tuple[str, str], str], products: Mapping[str, ProductFacts]) -> dict[str, Any]:
    refs = part.scope.include or []
    called = [names.get((ref.type, ref.id or "")) or (ref.id or "") for ref in refs]
    first = refs[0] if refs else None
    if first is not None and first.type == "sku" and first.id is not None and first.id in products:
        label = next((sku.label for sku in products[first.id].skus if sku.sku_id == first.id), "")
        called[0] = f"{called[0]}({label})" if label else called[0]
    prices = _prices(part, products)
    return {
        "name": "或".join(called) or "任意商品",
        "type": first.type if first else "all",
        "id": (first.id if first else None) or "",
        "quantity": part.quantity,
        "role": part.role,
        "price": str(Money(min(prices) * part.quantity)) if prices else None,
    }


def _prices(part: Component, products: Mapping[str, ProductFacts]) -> list[int]:
    """The current prices of every SKU that can be the part, 分; empty where one is not known or it is a whole kind of goods."""
    found: list[int | None] = []
    for ref in part.scope.include or []:
        product = products.get(ref.id or "")
        if ref.type not in ("sku", "product") or product is None or not product.skus:
            return []
        found += [sku.price for sku in product.skus if ref.type == "product" or sku.sku_id == ref.id]
    return [] if None in found else [price for price in found if price is not None]


def _varies(part: Component, products: Mapping[str, ProductFacts]) -> bool:
    return len(set(_prices(part, products))) > 1
