"""The basket a question speaks of: goods it names, what lies in the customer's cart, with SKUs, units and current prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx

from kg_service.answers.answer import Option
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.goods_phrases import GoodsPhrase, goods_phrases
from kg_service.decisions.subjects import ProductFacts, SkuFacts, read_products, resolve_product
from kg_service.dialogue.outcome import clarify, gate
from kg_service.graph.order_graph import Graph, add_edge, add_node
from kg_service.money import Money
from kg_service.parsing.frame import EntityRef, Frame, Mention
from kg_service.queries.flow import Flow, Query
from kg_service.rules.basket import BasketLine
from kg_service.rules.catalogue import Goods

__all__ = [
    "Basket",
    "BasketItem",
    "basket_graph",
    "basket_of",
    "items_of_skus",
    "names_cart",
    "read_alternatives",
    "read_basket",
]

_CART = ("购物车", "购物袋", "购物篮", "加购", "車里", "车里")


@dataclass(frozen=True)
class BasketItem:
    """Units of one SKU at its current price."""

    line_id: str
    product: ProductFacts
    sku: SkuFacts
    quantity: int

    @property
    def name(self) -> str:
        """The product and, where it has several SKUs, the specification."""
        label = f"（{self.sku.label}）" if self.sku.label and len(self.product.skus) > 1 else ""
        return f"{self.product.name}{label}"

    @property
    def goods(self) -> Goods:
        """Its place in the catalogue; a product always has a category, so one without has lost it."""
        found = self.product.goods(self.sku)
        return found if found.category_ids else replace(found, category_ids=None)

    @property
    def line(self) -> BasketLine:
        if self.sku.price is None:
            raise ValueError(f"sku {self.sku.sku_id} has no price")
        return BasketLine(
            line_id=self.line_id, sku_id=self.sku.sku_id, quantity=self.quantity, list_price=Money(self.sku.price)
        )


@dataclass(frozen=True)
class Basket:
    """What is to be bought; ``from_cart`` when the cart was meant."""

    items: tuple[BasketItem, ...] = ()
    from_cart: bool = False

    @property
    def lines(self) -> list[BasketLine]:
        return [item.line for item in self.items]

    @property
    def catalogue(self) -> dict[str, Goods]:
        """Goods by sku_id."""
        return {item.sku.sku_id: item.goods for item in self.items}

    @property
    def labels(self) -> dict[str, str]:
        """What to call each SKU."""
        return {item.sku.sku_id: item.name for item in self.items}

    @property
    def total(self) -> Money:
        """The list price of everything."""
        return Money(sum(int(line.list_price) * line.quantity for line in self.lines))

    def sold_out(self) -> list[BasketItem]:
        """Items of which there are known to be too few."""
        return [one for one in self.items if one.sku.stock is not None and one.sku.stock < one.quantity]


def names_cart(frame: Frame) -> bool:
    """Whether a question speaks of the cart."""
    return any(word in frame.text for word in _CART)


def read_basket(frame: Frame, asker: Asker, *, cart: bool = False) -> Flow[Basket | Decision]:
    """The basket of a question; empty when it names no goods and no cart.

    Parameters
    ----------
    cart : the cart is meant although the question does not name it

    Returns
    -------
    Basket or Decision
        CLARIFY (which product, which SKU), NOT_FOUND, UNKNOWN (a price is not recorded), FORBIDDEN (the cart of a visitor).
    """
    wanted: list[tuple[ProductFacts, SkuFacts, int]] = []
    from_cart = cart or names_cart(frame)
    if from_cart:
        refused = gate(asker)
        if refused is not None or asker.user_id is None:
            return refused or Decision("FORBIDDEN", variant="FORBIDDEN_SIGN_IN")
        for phrase in (yield from _cart(asker.user_id, asker.now)):
            chosen = yield from _chosen(phrase, frame, asker)
            if isinstance(chosen, Decision):
                return chosen
            wanted.append(chosen)
    for phrase in goods_phrases(frame):
        chosen = yield from _chosen(phrase, frame, asker)
        if isinstance(chosen, Decision):
            return chosen
        wanted.append(chosen)
    return basket_of(wanted, from_cart=from_cart)


def read_alternatives(frame: Frame, asker: Asker) -> Flow[list[Basket] | Decision]:
    """The baskets a question may mean: where one name leaves several products or SKUs open, one basket for each.

    A question whose answer is the same for all of them need not be asked back.
    """
    found = yield from read_basket(frame, asker)
    if isinstance(found, Basket):
        return [found]
    phrases = goods_phrases(frame)
    asked = found.clarification
    if asked is None or asked.about not in ("product", "sku") or len(phrases) != 1 or found.words.get("more"):
        return found
    if found.words.get("what") or found.words.get("said"):
        return found  # the name is only close, or the specification there is not
    kind = "product_id" if asked.about == "product" else "sku_id"
    ids = [option.id for option in asked.options]
    if kind == "product_id":
        products = yield from read_products(ids)
    else:
        rows = yield Query("basket/skus", {"sku_ids": ids})
        products = yield from read_products(row["product_id"] for row in rows)
    units = phrases[0].quantity or 1
    baskets = [
        basket_of([(product, sku, units)])
        for product in products
        for sku in product.skus
        if kind == "product_id" or sku.sku_id in ids
    ]
    known = [one for one in baskets if isinstance(one, Basket)]
    return known if known and len(known) == len(baskets) else found


def basket_of(wanted: Iterable[tuple[ProductFacts, SkuFacts, int]], *, from_cart: bool = False) -> Basket | Decision:
    """A basket of SKUs; units of one SKU are one line. UNKNOWN where a price is not recorded."""
    units: dict[str, tuple[ProductFacts, SkuFacts, int]] = {}
    for product, sku, count in wanted:
        before = units[sku.sku_id][2] if sku.sku_id in units else 0
        units[sku.sku_id] = (product, sku, before + count)
    missing = [f"Sku {sku.sku_id}.price" for _, sku, _ in units.values() if sku.price is None]
    if missing:
        return Decision("UNKNOWN", missing=missing, words={"what": ""}, variant="UNKNOWN")
    width = len(str(len(units)))
    items = [
        BasketItem(f"{number:0{width}d}", product, sku, count) for number, (product, sku, count) in enumerate(units.values(), 1)
    ]
    return Basket(tuple(items), from_cart)


def _cart(user_id: str, until: int) -> Flow[list[GoodsPhrase]]:
    """What lies in the cart, as phrases that name it by id; what was ordered since is no longer in it."""
    events = yield Query("basket/cart", {"user_id": user_id, "until": until})
    bought = yield Query("order/own_lines", {"user_id": user_id})
    phrases = []
    for row in events:
        kind = row["target_type"]
        if kind not in ("sku", "product"):
            continue
        key = "sku_id" if kind == "sku" else "product_id"
        if any(line[key] == row["target_id"] and (line["placed_at"] or 0) >= row["at"] for line in bought):
            continue
        ref = EntityRef(kind=kind, id=row["target_id"])
        phrases.append(GoodsPhrase((Mention(text="", start=0, end=0, refs=(ref,), match="CONTEXT"),), 1))
    return phrases


def _chosen(phrase: GoodsPhrase, frame: Frame, asker: Asker) -> Flow[tuple[ProductFacts, SkuFacts, int] | Decision]:
    """The SKU a phrase means."""
    about = frame.model_copy(update={"mentions": tuple(_catalogued(one) for one in phrase.mentions), "ordinal": None})
    subject = yield from resolve_product(about, asker)
    if subject.decision is not None:
        return subject.decision
    product = subject.sure
    quantity = phrase.quantity or 1
    if not product.on_sale:
        return Decision("ANSWERED", words={"product": product.name}, variant="OFF_SHELF")
    if not product.skus:
        return Decision("UNKNOWN", missing=[f"Product {product.product_id}.skus"], words={"what": product.name})
    if subject.unmatched:
        return _which_sku(product, product.skus, said="、".join(subject.unmatched))
    sku = one_price(subject.skus, quantity)
    if sku is None:
        return _which_sku(product, subject.skus)
    return product, sku, quantity


def _catalogued(mention: Mention) -> Mention:
    """What may be bought is meant before what was bought, unless the question says so."""
    other = tuple(ref for ref in mention.refs if ref.kind != "line")
    if mention.role == "BOUGHT" or not other:
        return mention
    return mention.model_copy(update={"refs": other})


def one_price(skus: Sequence[SkuFacts], quantity: int) -> SkuFacts | None:
    """The SKU to price where any will do: of SKUs of one price the first that is in stock; ``None`` where prices differ."""
    if len({sku.price for sku in skus}) > 1:
        in_stock = [sku for sku in skus if sku.stock is None or sku.stock >= quantity]
        if not in_stock or len({sku.price for sku in in_stock}) > 1:
            return None
        skus = in_stock
    ordered = sorted(skus, key=lambda sku: (sku.stock is None or sku.stock < quantity, sku.sku_id))
    return ordered[0]


def _which_sku(product: ProductFacts, skus: Iterable[SkuFacts], *, said: str = "") -> Decision:
    """CLARIFY: the SKUs have different prices, or none is what was named."""
    options = []
    for sku in sorted(skus, key=lambda one: (one.price is None, one.price or 0, one.sku_id)):
        price = "" if sku.price is None else f" {Money(sku.price)}元"
        options.append(Option(id=sku.sku_id, label=f"{product.name} {sku.label}{price}".strip()))
    return clarify("sku", options[:10], product=product.name, said=said, more=max(0, len(options) - 10))


def items_of_skus(wanted: Mapping[str, int]) -> Flow[Basket | Decision]:
    """A basket named by sku_id.

    Returns
    -------
    Basket or Decision
        NOT_FOUND for a SKU there is not, UNKNOWN where a price is not recorded.
    """
    rows = yield Query("basket/skus", {"sku_ids": list(wanted)})
    products = {one.product_id: one for one in (yield from read_products(row["product_id"] for row in rows))}
    found: dict[str, tuple[ProductFacts, SkuFacts, int]] = {}
    for row in rows:
        product = products.get(row["product_id"])
        sku = next((one for one in product.skus if one.sku_id == row["sku_id"]), None) if product else None
        if product is not None and sku is not None:
            found[sku.sku_id] = (product, sku, wanted[sku.sku_id])
    unknown = [sku_id for sku_id in wanted if sku_id not in found]
    if unknown:
        return Decision("NOT_FOUND", words={"what": "、".join(unknown)}, variant="NOT_FOUND_GOODS")
    return basket_of(found[sku_id] for sku_id in wanted)


def basket_graph(basket: Basket) -> Graph:
    """What is to be bought, for the evidence."""
    graph: Graph = nx.MultiDiGraph()
    for item in basket.items:
        product = add_node(graph, "Product", {"product_id": item.product.product_id, "name": item.product.name})
        values = {"sku_id": item.sku.sku_id, "price": item.sku.price, "stock": item.sku.stock, "spec": item.sku.label or None}
        add_edge(graph, add_node(graph, "Sku", values), "SKU_OF", product)
        if item.product.shop_id:
            shop = {"shop_id": item.product.shop_id, "name": item.product.shop_name}
            add_edge(graph, product, "SOLD_BY", add_node(graph, "Shop", shop))
    return graph
