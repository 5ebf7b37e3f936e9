"""The terms of one topic that are about some goods; three-valued, because a fact about the goods may not be known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg_service.dataset.term import Term
from kg_service.rules.after_sale import in_force
from kg_service.rules.catalogue import Goods
from kg_service.rules.scope import covers, unknown_fact

__all__ = ["TopicTerms", "topic_terms"]


@dataclass(frozen=True)
class TopicTerms:
    """Terms of a topic in force at an instant.

    Attributes
    ----------
    matching : those whose scope covers the goods, by term_id
    unsure : the facts about the goods without which a term's scope cannot be decided
    """

    matching: tuple[Term, ...]
    unsure: tuple[str, ...] = ()


def topic_terms(terms: Iterable[Term], topic: str, goods: Goods | Sequence[Goods], at: int) -> TopicTerms:
    """The terms of a topic in force at an instant (epoch ms) that cover goods; of several goods: that cover any of them.

    Examples
    --------
    >>> term = Term.model_validate({"term_id": "T", "topic": "WARRANTY", "text": "保修一年", "basis": "MERCHANT_TERM",
    ...                             "scope": {"include": [{"type": "shop", "id": "S1"}]}, "values": {"months": 12}})
    >>> [one.term_id for one in topic_terms([term], "WARRANTY", Goods("K1", shop_id="S1"), 0).matching]
    ['T']
    >>> topic_terms([term], "WARRANTY", Goods("K1"), 0).unsure
    ('Sku K1.shop_id',)
    """
    many = [goods] if isinstance(goods, Goods) else list(goods)
    matching: list[Term] = []
    unsure: list[str] = []
    for term in in_force(terms, at, topic=topic):
        found = [covers(term.scope, one) for one in many]
        if True in found:
            matching.append(term)
        elif None in found:
            facts = (unknown_fact(term.scope, one) for one, what in zip(many, found, strict=True) if what is None)
            unsure.extend(fact for fact in facts if fact is not None)
    return TopicTerms(tuple(matching), tuple(dict.fromkeys(unsure)))
