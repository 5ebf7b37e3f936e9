"""May an invoice still be had, of which kinds, until when (terms of topic INVOICE)."""

from __future__ import annotations

import re
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.own_or_general import area_asked, own_or_general
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.term_answers import asked_lines, in_general, own_words, put, term_facts, terms_graph, wants_verdict
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.invoice import OF_RETURNED, invoice, invoice_terms
from kg_service.trace import Step

__all__ = ["decide_invoice"]

#: Words for a kind of invoice, and what the name of such a kind holds.
_KINDS = (
    (re.compile(r"专票|专用|增票|专用发票"), "专"),
    (re.compile(r"普票|普通"), "普"),
    (re.compile(r"纸质|纸票|纸的|纸制"), "纸"),
    (re.compile(r"电子|电票"), "电"),
)


#: The goods went back; which ones is not said.
_RETURNED = re.compile(r"退(了|掉|完|货[了后完]|货以后|款[了后]|回去)")


@decider("invoice")
def decide_invoice(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The asker's order, or what they name of it; else the terms as such."""
    own = yield from own_or_general(frame, asker, progress=False, default_role="ASKED", need_line=False)
    if isinstance(own, OwnCase):
        return _own(frame, asker, own)
    if own is not None:
        return own
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    terms = [term for term in (yield from terms_in_force("INVOICE", asker.now)) if area.applies(term.scope)]
    kinds, days = invoice_terms(terms)
    if _RETURNED.search(frame.text):
        step = Step(rule="invoice.returned", result=False, basis=OF_RETURNED)
        facts: dict[str, Any] = {
            "possible": False,
            "reason": "RETURNED",
            "kinds": kinds or [],
            "window_days": days,
            "terms": term_facts(terms),
        }
        return Decision("ANSWERED", facts=facts, verdict=put("NO", frame) if wants_verdict(frame) else None, trace=[step],
                        words={"name": area.name}, variant="RETURNED", graph=terms_graph(area, terms))  # fmt: skip
    asked = _asked(frame, kinds or [])
    possible = None if kinds is None else bool(kinds)
    facts = {"possible": possible, "kinds": kinds or [], "window_days": days, "asked_kinds": asked}
    return in_general("INVOICE", area, terms, facts, _verdict(frame, possible, kinds or []) if wants_verdict(frame) else None)


def _own(frame: Frame, asker: Asker, own: OwnCase) -> Decision:
    resolution = own.resolution
    named = bool(resolution.chosen or resolution.on_its_way)
    lines = asked_lines(own) if named else None
    found = invoice(own.order, own.case.terms, asker.now, line_ids=lines, catalogue=own.case.catalogue)
    facts: dict[str, Any] = {
        "order_id": own.order.order_id,
        "placed_at": own.order.placed_at,
        "line_id": lines[0] if lines and len(lines) == 1 else None,
        "asked_kinds": _asked(frame, found.kinds),
        **found.model_dump(include={"possible", "reason", "kinds", "window_days", "window_ends", "lines"}),
    }
    back = [one.line_id for one in found.lines if one.returned]
    pending = [one.line_id for one in found.lines if one.pending]
    return Decision(
        "UNKNOWN" if found.missing else "ANSWERED",
        facts=facts,
        verdict=_verdict(frame, found.possible, found.kinds) if wants_verdict(frame) and not found.missing else None,
        trace=found.trace,
        missing=found.missing,
        words={
            **own_words(own, lines or [line.line_id for line in own.order.lines if line.role != "GIFT"]),
            "named": named,
            "back": [own.case.names.get(line_id, line_id) for line_id in back],
            "pending": [own.case.names.get(line_id, line_id) for line_id in pending],
        },
        variant="UNKNOWN" if found.missing else "OWN",
        graph=own.case.graph,
    )


def _wanted(frame: Frame) -> list[str]:
    return [inside for words, inside in _KINDS if words.search(frame.text)]


def _asked(frame: Frame, kinds: list[str]) -> list[str] | None:
    """The kinds the question asks for; None where it asks for none in particular.

    Examples
    --------
    >>> ask = lambda text: _asked(Frame(intent="invoice", confidence=1, text=text), ["电子普通发票", "增值税专用发票"])
    >>> ask("能开专票吗"), ask("电子普票有吗"), ask("能开电子专票吗"), ask("能开发票吗")
    (['增值税专用发票'], ['电子普通发票'], [], None)
    """
    wanted = _wanted(frame)
    return [kind for kind in kinds if all(inside in kind for inside in wanted)] if wanted else None


def _verdict(frame: Frame, possible: bool | None, kinds: list[str]) -> Verdict | None:
    if possible is None:
        return None
    asked = _asked(frame, kinds)
    if possible and asked == []:
        # a kind whose name does not say paper or electronic may be either
        silent = [kind for kind in kinds if all(inside in kind or inside in "纸电" for inside in _wanted(frame))]
        return "DEPENDS" if any("纸" not in kind and "电" not in kind for kind in silent) else put("NO", frame)
    return put("YES" if possible else "NO", frame)
