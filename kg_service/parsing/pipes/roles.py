"""What each named thing is in the question: returned, kept, bought, compared, a gift, asked about."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.patterns import Patterns, read_roles
from kg_service.parsing.reading import Reading

__all__ = ["NAME"]

NAME = "kg_roles"


@Language.factory(NAME)
class Roles:
    """Gives roles by the patterns of ``roles.yaml``; what no pattern reaches goes by what the question is about."""

    def __init__(self, nlp: Language, name: str) -> None:
        data = read_roles()
        self.patterns = Patterns(nlp.vocab, data["roles"], data["skip"], data["break"])
        self.later = Patterns(nlp.vocab, data["later"], data["skip"], data["break"])

    def __call__(self, doc: Doc) -> Doc:
        reading: Reading = doc._.reading
        goods = [i for i, token in enumerate(reading.tokens) if token.tag == "GOODS"]
        if not goods:
            return doc
        roles: dict[int, str] = {}
        if "RETURN" in reading.earlier:
            roles.update(self.later.match(doc))
        for token, role in self.patterns.match(doc):
            roles.setdefault(token, role)
        for at in goods:
            if _specified(reading, goods, at) >= 0 and _object_of_return(reading, at):
                roles[at] = "RETURNED"
        _gifts(reading, goods, roles)
        _defaults(reading, goods, roles)
        for at in goods:
            for index in reading.tokens[at].mentions:
                reading.mentions[index] = reading.mentions[index].model_copy(update={"role": roles[at]})
        return doc


def _gifts(reading: Reading, goods: list[int], roles: dict[int, str]) -> None:
    """A gift called by its own name: what the customer has only as the gift of something else.

    It is spoken of as a gift beside other goods that go back, or where it is to stay.
    """
    given = {line.key for line in reading.own_lines if line.role == "GIFT"}
    if not given:
        return
    gifts = [at for at in goods if _own(reading, at) and _own(reading, at) <= given]
    tags = {name for token in reading.tokens for name in (token.tag, *token.concepts)}
    others = [at for at in goods if at not in gifts]
    back = any(roles.get(at, "RETURNED") == "RETURNED" for at in others) and tags & {"RETURN", "REFUND", "CANCEL", "REJECT"}
    if back or tags & {"GIFT_KEPT", "KEEP"} or ("RETURN" in reading.earlier and not others):
        roles.update(dict.fromkeys(gifts, "GIFT"))
        if back and len(others) == 1:
            roles[others[0]] = "RETURNED"


def _own(reading: Reading, at: int) -> set[str]:
    return {ref.id for index in reading.tokens[at].mentions for ref in reading.mentions[index].refs if ref.kind == "line"}


def _defaults(reading: Reading, goods: list[int], roles: dict[int, str]) -> None:
    tags = {token.tag for token in reading.tokens} | {name for token in reading.tokens for name in token.concepts}
    returning = bool(tags & {"RETURN", "REFUND", "CANCEL", "REJECT", "REFUSE"}) or "RETURN" in reading.earlier
    free = [at for at in goods if at not in roles]
    if not free:
        return
    returned = "RETURNED" in roles.values() or "RETURN" in reading.earlier
    for at in free:
        if "COMPARE" in tags and len(goods) > 1 and not returning:
            roles[at] = "COMPARED"
        elif returning and not returned and "RETURN" in tags and len(free) == 1 and "EXCHANGE" not in tags:
            roles[at] = "RETURNED"
        elif returning and returned:
            roles[at] = roles.get(_specified(reading, goods, at), "BOUGHT" if _bought(reading, at) else "KEPT")
        else:
            roles[at] = "ASKED"


def _specified(reading: Reading, goods: list[int], at: int) -> int:
    """The nearest goods that a colour or a size by itself speaks of: 袜子退一双白的. Nothing (-1) where it is no such thing."""
    kinds = {ref.kind for index in reading.tokens[at].mentions for ref in reading.mentions[index].refs}
    own = _own(reading, at)
    if kinds - {"line"} != {"spec"}:
        return -1
    near = [other for other in goods if other != at and own & _own(reading, other)]
    return min(near, key=lambda other: abs(other - at), default=-1)


def _object_of_return(reading: Reading, at: int) -> bool:
    """``退一双白的``: right behind the verb, but for how many."""
    before = next((t.tag for t in reversed(reading.tokens[:at]) if t.tag not in {"FUNCTION", "QUANTITY", "DE"}), "")
    return before == "RETURN"


def _bought(reading: Reading, at: int) -> bool:
    """Named as what was bought, and nothing more is asked of it."""
    before = next((t.tag for t in reversed(reading.tokens[:at]) if t.tag not in {"FUNCTION", "QUANTITY", "PRONOUN", "DE"}), "")
    return before == "BUY"
