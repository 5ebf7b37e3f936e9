"""Which size fits, by the size charts and what the customer says of themselves (answers.md, size_advice)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kg_service.dataset.catalogue import SizeChartRow
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.measures import measures_said
from kg_service.decisions.products import product_graph
from kg_service.decisions.subjects import ProductFacts, read_products, resolve_product
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.size import SizeFit, fit_size
from kg_service.trace import Basis, Step

__all__ = ["read_size_fit", "size_advice"]

#: The key of a SKU's size (docs/data-format.md); a brand's chart says nothing of goods that have none.
_SIZE = "尺码"


def read_size_fit(
    product_id: str | None, category_ids: Sequence[str], brand_id: str | None, said: dict[str, Decimal]
) -> Flow[SizeFit | None]:
    """The size of goods that fits measures; ``None`` where no chart is about them. ``category_ids`` nearest first."""
    query = {
        "product_ids": [product_id] if product_id else [],
        "category_ids": list(category_ids),
        "brand_ids": [brand_id] if brand_id else [],
    }
    rows = yield Query("catalogue/size_charts", query)
    near = {key: place for place, key in enumerate(category_ids)}
    charts = [SizeChartRow.model_validate(dict(row)) for row in rows]
    return fit_size(sorted(charts, key=lambda row: near.get(row.target_id, 0)), said) if charts else None


@decider("size_advice")
def size_advice(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The size by the nearest chart; a measure that is needed and not said is named."""
    said = (measures_said(frame.before) if frame.before else {}) | measures_said(frame.text)
    subject = yield from resolve_product(frame, asker)
    if subject.decision is not None:
        return (yield from _for_all(subject.decision, said)) or subject.decision
    product = subject.sure
    found = yield from _fit(product, said)
    if found is None or (product.skus and all(_SIZE not in sku.spec for sku in product.skus)):
        missing = [f"SizeChart {product.product_id}"]
        facts = {"product_id": product.product_id, "measures": _strings(said)}
        return Decision("UNKNOWN", facts=facts, missing=missing, words={"product": product.name}, variant="NO_CHART")
    return _decision(product.name, product, found, said)


def _fit(product: ProductFacts, said: dict[str, Decimal]) -> Flow[SizeFit | None]:
    return (yield from read_size_fit(product.product_id, product.category_ids, product.brand_id, said))


def _for_all(decision: Decision, said: dict[str, Decimal]) -> Flow[Decision | None]:
    """Several products may be meant: where their charts say the same, it need not be asked which."""
    asked = decision.clarification
    if decision.status != "CLARIFY" or asked is None or asked.about != "product" or decision.words.get("what"):
        return None
    products = yield from read_products([option.id for option in asked.options])
    fits = []
    for product in products:
        fits.append((yield from _fit(product, said)))
    first = fits[0] if fits else None
    if first is None or any(one != first for one in fits):
        return None
    names = list(dict.fromkeys(one.categories[0]["name"] for one in products if one.categories))
    return _decision(names[0] if len(names) == 1 else "这几款", None, first, said)


def _decision(name: str, product: ProductFacts | None, found: SizeFit, said: dict[str, Decimal]) -> Decision:
    facts: dict[str, Any] = {
        "product_id": product.product_id if product else None,
        "size": found.size,
        "basis": found.basis,
        "outside": list(found.outside),
        "measures": _strings(said),
    }
    words = {"product": name, "outside": list(found.outside), "off_shelf": product is not None and not product.on_sale}
    graph = product_graph(product, product.skus) if product else None
    if found.chart_id is None:
        missing = [f"Measure customer.{name}" for name in found.asked]
        return Decision("UNKNOWN", facts=facts, missing=missing, words=words, graph=graph)
    step = Step(
        rule="size_chart",
        inputs=_strings(said),
        formula=found.basis or "",
        result=found.size,
        basis=Basis(kind="RECORD", id=f"SizeChart:{found.chart_id}"),
    )
    if found.size is None:
        return Decision("ANSWERED", facts=facts, trace=[step], words=words, variant="NO_SIZE", graph=graph)
    skus = [sku for sku in product.skus if found.size in sku.spec.values()] if product else []
    known = [sku.stock for sku in skus if sku.stock is not None]
    facts |= {"agree": found.agree, "stock": sum(known) if known else None}
    words |= {"has_size": bool(skus) or product is None, "in_stock": [sku.label for sku in skus if sku.stock]}
    return Decision("ANSWERED", facts=facts, trace=[step], words=words, graph=graph)


def _strings(said: dict[str, Decimal]) -> dict[str, str]:
    return {name: f"{value.normalize():f}" for name, value in said.items()}
