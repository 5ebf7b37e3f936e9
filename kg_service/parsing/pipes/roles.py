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
        _defaults(reading, goods, roles)
        for at in goods:
            for index in reading.tokens[at].mentions:
                reading.mentions[index] = reading.mentions[index].model_copy(update={"role": roles[at]})
        return doc


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
            roles[at] = "BOUGHT" if _bought(reading, at) else "KEPT"
        else:
            roles[at] = "ASKED"


def _bought(reading: Reading, at: int) -> bool:
    """Named as what was bought, and nothing more is asked of it."""
    before = next((t.tag for t in reversed(reading.tokens[:at]) if t.tag not in {"FUNCTION", "QUANTITY", "PRONOUN", "DE"}), "")
    return before == "BUY"
