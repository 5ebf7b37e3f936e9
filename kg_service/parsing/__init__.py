"""From a message to frames.

Names are loaded when first asked for: a module that only needs :class:`Frame` does not pay for spaCy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg_service.parsing.concepts import ConceptLexicon
    from kg_service.parsing.faq import FaqIndex
    from kg_service.parsing.frame import EntityRef, Frame, Mention, Period
    from kg_service.parsing.intents import ACCEPT, REFUSE, Intent, IntentSet
    from kg_service.parsing.parser import Parser
    from kg_service.parsing.reading import Context

__all__ = [
    "ACCEPT",
    "REFUSE",
    "ConceptLexicon",
    "Context",
    "EntityRef",
    "FaqIndex",
    "Frame",
    "Intent",
    "IntentSet",
    "Mention",
    "Parser",
    "Period",
]

_HOMES = {
    "ACCEPT": "intents",
    "REFUSE": "intents",
    "ConceptLexicon": "concepts",
    "Context": "reading",
    "EntityRef": "frame",
    "FaqIndex": "faq",
    "Frame": "frame",
    "Intent": "intents",
    "IntentSet": "intents",
    "Mention": "frame",
    "Parser": "parser",
    "Period": "frame",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
