"""The components of the spaCy pipeline, one file each; :data:`ORDER` is the order they run in."""

from kg_service.parsing.pipes import exceptions, form, intent, nouns, quantities, reasons, roles, times

__all__ = ["ORDER"]

#: nouns → roles need tags; intent needs everything before it.
ORDER = (nouns.NAME, times.NAME, quantities.NAME, roles.NAME, reasons.NAME, exceptions.NAME, form.NAME, intent.NAME)
