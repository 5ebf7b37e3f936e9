"""What the lexicon is built from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg_service.parsing.frame import EntityKind

__all__ = ["LexiconEntry", "Source"]

Source = Literal["NAME", "ALIAS", "SPEC", "SHORT"]


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One name of one entity.

    Attributes
    ----------
    text : the name as recorded
    kind : product, category, brand, shop, promotion, spec (id ``键=值``) or attribute (id: its name)
    id : the entity's id
    source : whether it is the entity's name, an alias, a specification value, or a short form made from its name
    popularity : larger comes first where several entities share a name
    group : for specifications, the key (颜色, 尺码 …): decides which short forms are made
    """

    text: str
    kind: EntityKind
    id: str
    source: Source = "NAME"
    popularity: float = 0.0
    group: str = ""
