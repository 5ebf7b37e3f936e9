"""What a data set records about using, installing, checking and judging goods (answers.md, "Products": usage_help,
installation, authenticity, reviews).

What is looked for is data: the ``recorded`` section of the intent (:mod:`kg_service.decisions.matters`). An attribute of the
product comes first, then a term, then a preset answer about these goods or about none in particular; all that is found is told.
Where nothing is recorded, that is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
from rapidfuzz import fuzz

from kg_service.answers.answer import Verdict
from kg_service.dataset.term import Term
from kg_service.decisions.attributes import Recorded, lexicon
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.matters import Matter, matter_of, says_any
from kg_service.decisions.own_or_general import speaks_of_own
from kg_service.decisions.policies import Area, term_of
from kg_service.decisions.products import product_graph
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import ProductFacts, ask_what, named, read_products, resolve_product
from kg_service.dialogue.resolution import resolve_lines
from kg_service.graph.order_graph import Graph, add_edge, add_node, node_id
from kg_service.parsing.faq import FaqIndex
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.after_sale import term_basis
from kg_service.rules.scope import covers_everything
from kg_service.trace import Basis, Step

__all__ = ["find_preset", "find_term", "preset_step", "preset_words", "recorded", "term_step"]

#: From this likeness on a preset question is the question itself.
_SAME = 0.85
_GOODS = frozenset({"product", "sku", "category", "brand", "line", "shop"})


@decider("recorded")
def recorded(frame: Frame, asker: Asker) -> Flow[Decision]:
    """All that is recorded on an intent's matter; UNKNOWN naming what is not."""
    matter = matter_of(frame.intent)
    product, decision = yield from _product(frame, asker)
    targets = _targets(product) if product else [*_named_targets(frame), *(yield from _shared(decision))]
    attributes = (yield from _attributes(frame, matter, product)) if product else []
    term = yield from find_term(frame, matter, asker, product)
    preset = yield from find_preset(frame, matter, targets)
    if attributes or term or preset:
        return _told(frame, product, attributes, term, preset)
    if decision is not None:
        return decision
    if product is None and matter.needs_goods and not says_any(plain(frame.text), matter.without_goods):
        return (yield from ask_what())
    return _unknown(matter, frame, product)


def _product(frame: Frame, asker: Asker) -> Flow[tuple[ProductFacts | None, Decision | None]]:
    """The product a question is about, if it names one; or what has to be asked first."""
    said = named(frame)
    if said.products or said.skus or said.categories or said.brands or said.own or said.unknown:
        subject = yield from resolve_product(frame, asker)
        return subject.product, subject.decision
    if asker.user_id is not None and asker.known and speaks_of_own(frame, asker):
        found = yield from resolve_lines(frame, asker, default_role="ASKED", pool="ANY", one_line=True)
        if found.decision is not None:
            return None, found.decision
        ids = list(dict.fromkeys(one.line.product_id for one in found.chosen if one.line.product_id))
        products = yield from read_products(ids)
        return (products[0], None) if len(products) == 1 else (None, None)
    return None, None


def _targets(product: ProductFacts) -> list[str]:
    """What a preset answer about a product may have as its target, the nearest first."""
    return [
        f"product/{product.product_id}",
        *(f"sku/{sku.sku_id}" for sku in product.skus),
        *(f"category/{one}" for one in product.category_ids),
        *([f"brand/{product.brand_id}"] if product.brand_id else []),
        *([f"shop/{product.shop_id}"] if product.shop_id else []),
    ]


def _shared(decision: Decision | None) -> Flow[list[str]]:
    """What all the products that may be meant have in common: of which of them a question is need then not be asked."""
    if decision is None or decision.clarification is None or decision.clarification.about != "product":
        return []
    products = yield from read_products([option.id for option in decision.clarification.options])
    targets = [_targets(one) for one in products]
    return [one for one in targets[0] if all(one in others for others in targets)] if targets else []


def _named_targets(frame: Frame) -> list[str]:
    """The same for a question that names a kind of goods, a brand or a shop."""
    kinds = ("category", "brand", "shop")
    return [f"{ref.kind}/{ref.id}" for one in frame.mentions for ref in one.refs if ref.kind in kinds]


def _attributes(frame: Frame, matter: Matter, product: ProductFacts) -> Flow[list[Recorded]]:
    """What is recorded of the product under the matter's names; the name the question says comes first."""
    if not matter.attributes:
        return []
    rows = yield Query("catalogue/attributes", {"product_id": product.product_id})
    text = _without_goods(frame)
    asked = matter.groups(text)
    found: dict[str, Recorded] = {}
    for wanted in matter.attributes:
        if wanted.said and not says_any(text, wanted.said):
            continue
        for name in wanted.names:
            for row in rows:
                special = not wanted.said and asked and not asked & matter.groups(plain(row["name"] + row["value"]))
                if plain(name) == plain(row["name"]) and not special:
                    found.setdefault(row["name"], Recorded(row["name"], row["value"], row.get("unit")))
    return sorted(found.values(), key=lambda one: plain(one.name) not in text)


def find_term(frame: Frame, matter: Matter, asker: Asker, product: ProductFacts | None) -> Flow[Term | None]:
    """The term that speaks of the matter and is about the goods; the narrowest where there are several."""
    if not matter.terms:
        return None
    rows = yield Query("policy/terms_saying", {"words": matter.terms, "now": asker.now})
    goods = product.goods(product.skus[0] if product.skus else None) if product else None
    area = Area(goods, product.name if product else None)
    terms = [term for term in map(term_of, (row["term"] for row in rows)) if area.applies(term.scope)]
    if product is None:
        terms = [term for term in terms if covers_everything(term.scope)]
    return min(terms, key=lambda one: (covers_everything(one.scope), one.term_id), default=None)


@dataclass(frozen=True)
class Preset:
    """A preset answer and how close its question is (0 to 1)."""

    faq_id: str
    question: str
    answer: str
    score: float


def find_preset(frame: Frame, matter: Matter, targets: Sequence[str]) -> Flow[Preset | None]:
    """The preset answer about a matter that is closest to the question; one about the goods themselves before a general one."""
    rows = yield Query("faq/of_targets", {"targets": list(targets), "words": matter.presets, "faq_id": frame.faq_id})
    text = _without_goods(frame)
    asked = matter.groups(text)
    of_goods = text != plain(frame.text)
    sure = FaqIndex.band(frame.faq_score) == "SURE"
    fitting = []
    for row in rows:
        wordings = [plain(one) for one in (row["question"], *(row.get("similar_questions") or ()))]
        close = sure and row["faq_id"] == frame.faq_id
        general = row["target_id"] is None
        if not close or frame.faq_score < _SAME:
            said = [word for word in matter.presets if any(word in one for one in wordings)]
            if not said or (general and not _fits_all(matter, said, text)):
                continue
            groups = set().union(*(matter.groups(one) for one in wordings))
            # a general answer about something special is none, unless it is asked how things are done here
            special = general and groups and (of_goods or not says_any(text, matter.without_goods))
            if (asked or special) and not asked & groups:
                continue
        score = frame.faq_score if close else max(fuzz.ratio(text, one) for one in wordings) / 100
        place = len(targets) if general else targets.index(f"{row['target_type']}/{row['target_id']}")
        fitting.append(((not close, place, -score, row["faq_id"]), row, score))
    if not fitting:
        return None
    _, best, score = min(fitting, key=lambda one: one[0])
    return Preset(best["faq_id"], best["question"], best["answer"], round(score, 3))


def _fits_all(matter: Matter, said: Sequence[str], text: str) -> bool:
    """Whether a preset answer about no goods in particular, which says these words, may answer a question."""
    return matter.general == "ANY" or (matter.general == "SAME_WORD" and says_any(text, said))


def _without_goods(frame: Frame) -> str:
    """The question without the names in it: 洗衣机怎么装 does not ask how to wash."""
    text = frame.text
    for mention in sorted(frame.mentions, key=lambda one: -len(one.text)):
        if any(ref.kind in _GOODS for ref in mention.refs):
            text = text.replace(mention.text, "", 1)
    return plain(text)


def preset_step(preset: Preset) -> Step:
    """How a preset answer was found."""
    basis = Basis(kind="RECORD", id=node_id("Faq", preset.faq_id), text=preset.question)
    return Step(
        rule="recorded.preset",
        inputs={"question": preset.question, "score": preset.score},
        formula="the preset question of this matter about these goods, else about none in particular",
        result=preset.faq_id,
        basis=basis,
    )


def term_step(term: Term) -> Step:
    """Which term was found."""
    formula = "in force, about these goods, and speaks of the matter"
    return Step(
        rule="recorded.term", inputs={"term_id": term.term_id}, formula=formula, result=term.text, basis=term_basis(term)
    )


def preset_words(preset: Preset | None) -> str:
    """A preset answer as wordings take it: a line break there is nothing and ¶ is a new line."""
    return preset.answer.replace("\n", "¶") if preset else ""


def _told(
    frame: Frame, product: ProductFacts | None, attributes: list[Recorded], term: Term | None, preset: Preset | None
) -> Decision:
    first = attributes[0] if attributes else None
    steps = [
        Step(
            rule="recorded.attribute",
            inputs={"product_id": product.product_id if product else None},
            formula=f"{frame.intent} → {one.name}",
            result=one.value + (one.unit or ""),
            basis=Basis(kind="RECORD", id=node_id("Attribute", f"{product.product_id if product else ''}/{one.name}")),
        )
        for one in attributes
    ]
    steps += [term_step(term)] if term else []
    steps += [preset_step(preset)] if preset else []
    verdict: Verdict | None = None
    if first is not None and yes_no(frame):
        verdict = _says(first, _without_goods(frame))
    return Decision(
        "ANSWERED",
        facts={
            "product_id": product.product_id if product else None,
            "attribute": first.name if first else None,
            "value": first.value if first else None,
            "unit": first.unit if first else None,
            "attributes": [{"attribute": one.name, "value": one.value, "unit": one.unit} for one in attributes],
            "term_id": term.term_id if term else None,
            "faq_id": preset.faq_id if preset else None,
            "source": None if first or term else "PRESET",
        },
        verdict=verdict,
        trace=steps,
        words={
            "product": product.name if product else "",
            "off_shelf": product is not None and not product.on_sale,
            "term": term.text if term else "",
            "answer": preset_words(preset),
        },
        graph=_graph(product, term, preset),
    )


def _says(one: Recorded, text: str) -> Verdict | None:
    """What a recorded yes or no says to a question that names it; nothing where the value is left to the customer to judge."""
    value, known = plain(one.value), lexicon()
    if plain(one.name)[:2] not in text:
        return None
    if value.startswith(known.no):
        return "NO"
    return "YES" if value in known.yes else None


def _graph(product: ProductFacts | None, term: Term | None, preset: Preset | None) -> Graph:
    graph: Graph = product_graph(product) if product else nx.MultiDiGraph()
    target = node_id("Product", product.product_id) if product else None
    if term is not None:
        values = {"term_id": term.term_id, "topic": term.topic, "text": term.text, "basis": term.basis}
        add_edge(graph, add_node(graph, "Term", values), "APPLIES_TO", target)
    if preset is not None:
        add_node(graph, "Faq", {"faq_id": preset.faq_id, "question": preset.question})
    return graph


def _unknown(matter: Matter, frame: Frame, product: ProductFacts | None) -> Decision:
    missing = f"Faq {frame.intent}" if product is None else f"Attribute {product.product_id}/{matter.attributes[-1].names[0]}"
    basis = Basis(
        kind="RECORD", id=node_id("Product", product.product_id) if product else None, text=f"没有登记{matter.matter}"
    )
    return Decision(
        "UNKNOWN",
        facts={"product_id": product.product_id if product else None},
        missing=[missing],
        trace=[Step(rule="recorded.nothing", inputs={"looked_for": matter.matter}, result=None, basis=basis)],
        words={"product": product.name if product else "", "matter": matter.matter},
        graph=product_graph(product) if product else None,
    )
