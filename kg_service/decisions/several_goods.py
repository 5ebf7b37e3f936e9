"""The things a question sets beside each other, each resolved on its own: X30 和 S9, 充电头 and 我的手机."""

from __future__ import annotations

from dataclasses import dataclass

from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.subjects import ProductFacts, resolve_product
from kg_service.dialogue.references import Reference, kinds_of, said_in
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query

__all__ = ["Thing", "read_things"]


@dataclass(frozen=True)
class Thing:
    """One of the things named.

    Attributes
    ----------
    text : what the customer called it
    product : the product it is; ``None`` for a kind of goods, or where ``decision`` says why it is none
    category_ids, category_name : the kind of goods it names, with its ancestors, nearest first
    decision : CLARIFY or NOT_FOUND, where it is not one product
    """

    text: str
    product: ProductFacts | None = None
    category_ids: tuple[str, ...] = ()
    category_name: str = ""
    decision: Decision | None = None


def read_things(frame: Frame, asker: Asker, *, kinds: bool = False) -> Flow[list[Thing]]:
    """Every thing a question names, in its order; specifications alone are no things.

    Parameters
    ----------
    kinds : a word for a kind of goods stands for the kind (still for the customer's own goods where they have one)
    """
    things: list[Thing] = []
    end = -1
    for reference in said_in(frame).goods:
        # K86键盘: the kind right behind a product's name belongs to it
        kind_of_last = reference.mentions[0].start == end and kinds_of(reference.mentions[0]) == {"category"}
        end = reference.mentions[-1].end if "product" in kinds_of(reference.mentions[-1]) else -1
        if kind_of_last or all(kinds_of(mention) == {"spec"} for mention in reference.mentions):
            continue
        thing = yield from _thing(reference, frame, asker, kinds)
        if thing.product is None or all(thing.product.product_id != (one.product and one.product.product_id) for one in things):
            things.append(thing)
    return things


def _thing(reference: Reference, frame: Frame, asker: Asker, kinds: bool) -> Flow[Thing]:
    alone = frame.model_copy(update={"mentions": reference.mentions})
    own = any(ref.kind == "line" for mention in reference.mentions for ref in mention.refs)
    categories = [ref.id for mention in reference.mentions for ref in mention.refs if ref.kind == "category"]
    if kinds and categories and not own and len(reference.mentions) == 1:
        rows = yield Query("catalogue/category_lines", {"category_ids": categories})
        ids = tuple(dict.fromkeys(str(row["ancestor_id"]) for row in rows))
        name = next((str(row["name"]) for row in rows), reference.text)
        subject = yield from resolve_product(alone, asker)
        return Thing(reference.text, subject.product, ids, name, subject.decision)
    subject = yield from resolve_product(alone, asker)
    return Thing(reference.text, subject.product, decision=subject.decision)
