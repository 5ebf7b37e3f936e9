"""Which product a question of the public catalogue is about.

A decider of such a question starts here::

    subject = yield from resolve_product(frame, asker)
    if subject.decision is not None:        # CLARIFY or NOT_FOUND: nothing more to decide
        return subject.decision
    ...                                     # subject.product, subject.skus

Candidates are what the names in the question may mean (aliases may be shared: all of them), narrowed by all else it says:
category, brand, shop, specification. One left → that one; more, or a name that is only close → CLARIFY; none → NOT_FOUND.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from kg_service.answers.answer import Option
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.specs import fitting, matches, plain, spec_words
from kg_service.dialogue.outcome import clarify
from kg_service.dialogue.resolution import Resolution, read_own_lines, resolve_lines
from kg_service.graph.store import Row
from kg_service.linking.heads import merely_qualifies
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame, Mention
from kg_service.queries.flow import Flow, Query
from kg_service.rules.catalogue import Goods
from kg_service.text.normalise import normalise

__all__ = [
    "ProductFacts",
    "SkuFacts",
    "Subject",
    "ask_what",
    "ask_which",
    "goods_not_found",
    "named",
    "read_products",
    "resolve_product",
]

#: Matches that are only close to a recorded name: what they mean is asked, never assumed.
_INEXACT = frozenset({"TYPO", "PINYIN"})
#: Candidates that are read, and choices that are offered.
_READ, _OFFERED = 200, 10
_GOODS = frozenset({"product", "sku", "category", "brand", "line"})


@dataclass(frozen=True)
class SkuFacts:
    """One specification of a product; ``price`` in 分, ``None`` where it is not known."""

    sku_id: str
    product_id: str
    spec: Mapping[str, str]
    price: int | None
    stock: int | None

    @property
    def label(self) -> str:
        """The specification in words: ``黑 256GB``; nothing when the SKU has none."""
        return " ".join(self.spec.values())


@dataclass(frozen=True)
class ProductFacts:
    """A product with its place in the catalogue; ``categories`` nearest first."""

    product_id: str
    name: str
    aliases: tuple[str, ...] = ()
    status: str | None = None
    return_class: str | None = None
    warranty_months: int | None = None
    description: str | None = None
    brand_id: str | None = None
    brand_name: str | None = None
    shop_id: str | None = None
    shop_name: str | None = None
    categories: tuple[Mapping[str, Any], ...] = ()
    skus: tuple[SkuFacts, ...] = ()

    @property
    def on_sale(self) -> bool:
        """Not known to be off the shelf."""
        return self.status != "OFF_SHELF"

    @property
    def category_ids(self) -> tuple[str, ...]:
        """Its category and all ancestors, nearest first."""
        return tuple(str(one["category_id"]) for one in self.categories)

    @property
    def effective_return_class(self) -> str:
        """Its own class, else its nearest category ancestor's, else NORMAL."""
        inherited = (one.get("return_class") for one in self.categories)
        return self.return_class or next((one for one in inherited if one), None) or "NORMAL"

    def goods(self, sku: SkuFacts | None = None) -> Goods:
        """Its place in the catalogue, as the rules need it."""
        return Goods(
            sku_id=sku.sku_id if sku else "",
            product_id=self.product_id,
            category_ids=self.category_ids,
            brand_id=self.brand_id or "",
            shop_id=self.shop_id or "",
            return_class=self.effective_return_class,
            warranty_months=self.warranty_months,
            price=sku.price if sku else None,
            name=self.name,
        )


@dataclass(frozen=True)
class Subject:
    """The product a question is about, or a ready decision.

    Attributes
    ----------
    skus : its specifications, narrowed to those the question names
    unmatched : specifications the question names that none of its SKUs has
    """

    decision: Decision | None = None
    product: ProductFacts | None = None
    skus: tuple[SkuFacts, ...] = ()
    unmatched: tuple[str, ...] = ()

    @property
    def sure(self) -> ProductFacts:
        """The product of a subject that is no decision."""
        if self.product is None:
            raise ValueError("the subject is a decision, not a product")
        return self.product


@dataclass
class Named:
    """What a question names, by kind; ids in the order of the message."""

    products: list[tuple[str, ...]] = field(default_factory=list)
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()
    promotions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    inexact: bool = False
    own: bool = False


def named(frame: Frame) -> Named:
    """Sort the mentions of a question by what they may mean.

    A mention that may be a product is one; a noun the catalogue does not have, said in one breath with a category or brand,
    names goods that nobody sells ("诺基亚手机" where only 手机 is known).
    """
    found = Named()
    goods_named = any({"product", "sku", "category"} & set(_by_kind(mention)) for mention in frame.mentions)
    for mention in frame.mentions:
        ids = _by_kind(mention)
        if "product" in ids or "sku" in ids:
            if "product" in ids:
                found.products.append(ids["product"])
            found.skus += ids.get("sku", ())
            found.inexact = found.inexact or mention.match in _INEXACT
        elif "category" in ids or "brand" in ids:
            # one word may be a brand and a category: the category says more about the goods
            found.categories += ids.get("category", ())
            found.kinds += (mention.text,) if "category" in ids else ()
            # a kind of goods with a word before it that the catalogue does not know ("长辈手机")
            found.loose += (mention.text,) if "category" in ids and mention.score < 1 else ()
            found.brands += () if "category" in ids else ids["brand"]
        if "product" not in ids:
            found.shops += ids.get("shop", ())
        found.promotions += ids.get("promotion", ())
        # which of their orders holds it does not matter where the name says which product it is, nor what they
        theirs = "line" in ids and len(ids.get("product", ())) != 1 and not ("spec" in ids and goods_named)
        found.own = found.own or theirs or (mention.role == "BOUGHT" and bool(_GOODS & set(ids)))
    if not found.products and not found.skus:
        found.unknown = tuple(_unknown_goods(frame.mentions))
    return found


def _by_kind(mention: Mention) -> dict[str, tuple[str, ...]]:
    ids: dict[str, tuple[str, ...]] = {}
    for ref in mention.refs:
        ids[ref.kind] = (*ids.get(ref.kind, ()), ref.id)
    return ids


def _is_words(mention: Mention) -> bool:
    return all(ref.kind == "words" for ref in mention.refs)


def _unknown_goods(mentions: tuple[Mention, ...]) -> list[str]:
    known = [one for one in mentions if any(ref.kind in _GOODS for ref in one.refs)]
    words = [one for one in mentions if _is_words(one)]
    if not known:
        return [one.text for one in words]
    touching = []
    for one in words:
        for other in known:
            if one.end == other.start:
                touching.append(one.text + other.text)
            elif other.end == one.start:
                touching.append(other.text + one.text)
    return touching


def goods_not_found(what: str) -> Decision:
    """NOT_FOUND for goods nobody here sells."""
    return Decision("NOT_FOUND", words={"what": what}, variant="NOT_FOUND_GOODS")


def ask_which(products: Iterable[ProductFacts], *, close: str | None = None) -> Decision:
    """CLARIFY among products: what is on sale first."""
    ordered = sorted(products, key=lambda one: (not one.on_sale, one.product_id))
    options = [Option(id=one.product_id, label=one.name if one.on_sale else f"{one.name}(已下架)") for one in ordered]
    return clarify("product", options[:_OFFERED], what=close, more=max(0, len(options) - _OFFERED))


def read_products(product_ids: Iterable[str]) -> Flow[list[ProductFacts]]:
    """Read products with their SKUs, by id; those that do not exist are left out."""
    wanted = list(dict.fromkeys(product_ids))[:_READ]
    if not wanted:
        return []
    rows = yield Query("catalogue/products", {"product_ids": wanted})
    skus: dict[str, list[SkuFacts]] = {}
    for row in (yield Query("catalogue/skus", {"product_ids": wanted})):
        skus.setdefault(row["product_id"], []).append(_sku(row))
    return [_product(row, tuple(skus.get(row["product_id"], ()))) for row in rows]


def _sku(row: Row) -> SkuFacts:
    spec = row.get("spec")
    loaded = json.loads(spec) if isinstance(spec, str) and spec else spec or {}
    values = {str(key): str(value) for key, value in loaded.items()}
    return SkuFacts(row["sku_id"], row["product_id"], values, row.get("price"), row.get("stock"))


def _product(row: Row, skus: tuple[SkuFacts, ...]) -> ProductFacts:
    categories = sorted(
        (one for one in row.get("categories") or [] if one.get("category_id")),
        key=lambda one: (one.get("depth") or 0, one["category_id"]),
    )
    return ProductFacts(
        product_id=row["product_id"],
        name=row["name"],
        aliases=tuple(row.get("aliases") or ()),
        status=row.get("status"),
        return_class=row.get("return_class"),
        warranty_months=row.get("warranty_months"),
        description=row.get("description"),
        brand_id=row.get("brand_id"),
        brand_name=row.get("brand_name"),
        shop_id=row.get("shop_id"),
        shop_name=row.get("shop_name"),
        categories=tuple(categories),
        skus=skus,
    )


def resolve_product(frame: Frame, asker: Asker) -> Flow[Subject]:
    """The one product a question is about.

    Returns
    -------
    Subject
        With ``decision`` CLARIFY (several fit, the name is only close, or nothing is named) or NOT_FOUND (nobody sells it).
    """
    said = named(frame)
    if said.own and asker.user_id is not None and asker.role != "analyst":
        # "沙色的帐篷有货吗" is about the product, whatever colour they have; "我买的帐篷" about the one they bought
        theirs = any(mention.role == "BOUGHT" for mention in frame.mentions)
        about = frame if theirs else _without_specs(frame)
        resolution = yield from resolve_lines(about, asker, default_role="ASKED", pool="ANY", one_line=True)
        meant = yield from _meant(resolution, asker)
        if meant and len({line.product_id for line in meant}) == 1:
            owned = yield from read_products([meant[0].product_id] if meant[0].product_id else [])
            subject = _narrowed(owned[0], frame, (meant[0].sku_id,) if theirs and len(meant) == 1 else ()) if owned else None
            if subject is not None and (theirs or not subject.unmatched or not said.categories):
                return subject
        elif resolution.decision is not None and resolution.decision.status == "CLARIFY":
            return Subject(resolution.decision)
    if said.unknown:
        return Subject((yield from _unknown(said)))
    candidates = yield from _candidates(said)
    if candidates is None:
        return Subject((yield from ask_what()))
    products = yield from read_products(candidates)
    products = _narrow(products, said, frame)
    if not products:
        return Subject(goods_not_found(_called(frame)))
    fitting_loosely = [one for one in products if all(_described(word, one) for word in said.loose)]
    close = said.inexact or bool(said.loose and not fitting_loosely)
    products = fitting_loosely or products
    if len(products) > 1 or close:
        return Subject(ask_which(products, close=_called(frame) if close else None))
    return _narrowed(products[0], frame, said.skus)


def _meant(resolution: Resolution, asker: Asker) -> Flow[list[OwnLine]]:
    """The own lines a question may mean: the one found, or those it would have to be asked about."""
    if resolution.decision is None:
        return [one.line for one in resolution.chosen[:1]]
    waiting = resolution.decision.clarification
    if resolution.decision.status != "CLARIFY" or waiting is None or waiting.about != "line" or asker.user_id is None:
        return []
    keys = {option.id for option in waiting.options}
    return [line for line in (yield from read_own_lines(asker.user_id)) if line.key in keys]


def _without_specs(frame: Frame) -> Frame:
    kept = tuple(one for one in frame.mentions if any(ref.kind != "spec" for ref in one.refs))
    return frame.model_copy(update={"mentions": kept})


def _unknown(said: Named) -> Flow[Decision]:
    """A name the catalogue does not have: what it has of that brand or kind under nearly that name is offered."""
    what = "、".join(dict.fromkeys(said.unknown))
    if said.categories or said.brands:
        candidates = yield from _candidates(said)
        products = yield from read_products(candidates or ())
        near = [one for one in products if any(_nearly(word, one) for word in said.unknown)]
        if near:
            return ask_which(near, close=what)
    return goods_not_found(what)


#: From this likeness (0 to 100) on a name is close.
_CLOSE = 75


def _nearly(said: str, product: ProductFacts) -> bool:
    names = [product.name, *product.aliases]
    return any(fuzz.ratio(plain(said), plain(name)) >= _CLOSE for name in names)


def _described(said: str, product: ProductFacts) -> bool:
    """Whether a kind of goods with an unknown word before it describes a product: 长辈手机 is in the name 云帆 C3 长辈手机."""
    word = plain(said)
    for category in product.categories:
        head = plain(str(category["name"]))
        if head and word.endswith(head):
            word = word.removesuffix(head)
            break
    texts = (product.name, product.description or "", *(value for sku in product.skus for value in sku.spec.values()))
    return bool(word) and any(word in plain(text) for text in texts)


def _candidates(said: Named) -> Flow[list[str] | None]:
    """The ids of the products the question may mean; ``None`` when it names no goods at all."""
    if said.products or said.skus:
        sets = [set(ids) for ids in said.products]
        common = set.intersection(*sets) if sets else set()
        found = list(dict.fromkeys(one for ids in said.products for one in ids if not common or one in common))
        if said.skus:
            rows = yield Query("catalogue/products_of_skus", {"sku_ids": list(said.skus)})
            of_skus = [row["product_id"] for row in rows]
            found = [one for one in found if one in of_skus] or of_skus or found
        return found
    shops = list(said.shops) or None
    if said.categories:
        rows = yield Query(
            "catalogue/in_category",
            {
                "category_ids": list(dict.fromkeys(said.categories)),
                "brand_ids": list(said.brands) or None,
                "shop_ids": shops,
                "limit": _READ,
            },
        )
    elif said.brands:
        rows = yield Query("catalogue/of_brand", {"brand_ids": list(said.brands), "shop_ids": shops, "limit": _READ})
    else:
        return None
    selling = [row["product_id"] for row in rows if row.get("status") != "OFF_SHELF"]
    return selling or [row["product_id"] for row in rows]


def _narrow(products: list[ProductFacts], said: Named, frame: Frame) -> list[ProductFacts]:
    """Keep what fits everything the question says; what would leave nothing is not believed to narrow."""
    if said.categories:
        products = [one for one in products if set(one.category_ids) & set(said.categories)] or products
    if said.brands:
        products = [one for one in products if one.brand_id in said.brands] or products
    if said.shops:
        products = [one for one in products if one.shop_id in said.shops] or products
    for kind in said.kinds:
        products = [one for one in products if not merely_qualifies(kind, normalise(one.name).text)] or products
    for spec in spec_words(frame):
        products = [one for one in products if any(matches(spec, sku.spec) for sku in one.skus)] or products
    return products


def _narrowed(product: ProductFacts, frame: Frame, sku_ids: tuple[str, ...]) -> Subject:
    skus = [sku for sku in product.skus if sku.sku_id in sku_ids] or list(product.skus)
    unmatched = []
    for spec in spec_words(frame):
        left = fitting(spec, [(sku, sku.spec) for sku in skus])
        if left:
            skus = left
        elif not any(matches(spec, sku.spec) for sku in product.skus):
            unmatched.append(spec[0].removesuffix("的"))
    return Subject(product=product, skus=tuple(skus), unmatched=tuple(unmatched))


def _called(frame: Frame) -> str:
    return "".join(one.text for one in frame.mentions if any(ref.kind in _GOODS for ref in one.refs)) or "该商品"


def ask_what() -> Flow[Decision]:
    """Nothing is named: ask which kind of goods is meant."""
    rows = yield Query("catalogue/top_categories", {"limit": _OFFERED})
    options = [Option(id=row["category_id"], label=row["name"]) for row in rows]
    return clarify("category", options, more=0)
