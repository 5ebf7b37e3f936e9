"""From words to entities: the catalogue's names, the customer's own goods, misspellings."""

from kg_service.linking.entry import LexiconEntry
from kg_service.linking.lexicon import Lexicon
from kg_service.linking.own import OwnLine, own_lines
from kg_service.linking.own_names import link_own
from kg_service.linking.rows import TEMPLATES, entries_of

__all__ = ["TEMPLATES", "Lexicon", "LexiconEntry", "OwnLine", "entries_of", "link_own", "own_lines"]
