"""What an engine knows apart from the store: understanding, deciders, wording. Both engines drive the same flows.

A :class:`Mind` never changes; when the catalogue does, a new one is built beside it and swapped in.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
import time
from collections import ChainMap
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import uuid4

from kg_service.answers.answer import Answer, Handoff
from kg_service.answers.facts import models
from kg_service.answers.render import join_parts, render
from kg_service.answers.wording import Wording
from kg_service.api.knowledge import Knowledge
from kg_service.api.runner import Recorder
from kg_service.decisions.decision import DECIDERS, Asker, Decision
from kg_service.decisions.not_ones_own import other_person, shop_figures
from kg_service.dialogue.doubt import doubtful, likely_intents, matters_of_goods, which_intent
from kg_service.dialogue.focus import better, in_focus
from kg_service.dialogue.follow_up import completed
from kg_service.dialogue.presets import INTENT, Topics, rescued, with_preset
from kg_service.dialogue.resolution import read_own_lines
from kg_service.dialogue.session import SessionState, next_state, read_session, save_session
from kg_service.errors import DataError, ResourceError, StoreError, TemplateError
from kg_service.linking.lexicon import Lexicon
from kg_service.parsing.faq import FaqIndex
from kg_service.parsing.frame import Frame
from kg_service.parsing.intents import IntentSet
from kg_service.parsing.parser import Parser
from kg_service.parsing.reading import Context
from kg_service.queries.flow import Flow, Query
from kg_service.text.normalise import normalise
from kg_service.text.script import Script
from kg_service.times import now_ms, parse_instant

__all__ = ["DataSets", "Mind", "Request", "load_deciders", "read_data_sets"]

_LOGGER = logging.getLogger(__name__)

Role = Literal["customer", "agent", "analyst"]
#: The decision where a decider or its wording failed: nothing is claimed.
_FAILED = Decision("HANDOFF", handoff=Handoff(reason="INTERNAL_ERROR"), variant="HANDOFF_FAILED")
#: Messages in a row that are not understood before a person takes over.
_PATIENCE = 2


@dataclass(frozen=True)
class Request:
    """A question and who asks it; times as ISO 8601, datetime or epoch ms."""

    question: str
    user_id: str | None = None
    channel: str | None = None
    external_id: str | None = None
    session_id: str | None = None
    order_id: str | None = None
    now: str | datetime | int | None = None
    role: str = "customer"


@dataclass(frozen=True)
class DataSets:
    """What is loaded.

    ``version`` changes with every load; ``as_of`` is the newest data set's "now" (epoch ms), if it has one.
    """

    version: tuple[tuple[str, int | None], ...] = ()
    as_of: int | None = None


def read_data_sets() -> Flow[DataSets]:
    """What is loaded."""
    rows = yield Query("system/data_sets", {})
    version = tuple((str(row["name"]), row["loaded_at"]) for row in rows)
    return DataSets(version, rows[-1]["as_of"] if rows else None)


def load_deciders() -> Mapping[str, object]:
    """Every decider of the installation; importing their modules registers them."""
    import kg_service.decisions as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return DECIDERS


class Mind:
    """Answers questions as flows.

    Parameters
    ----------
    parser : Parser
        With the lexicon of the catalogue as it is now.
    presets : FaqIndex
        The preset questions as they are now.
    data_sets : DataSets
        What both were built from.
    """

    def __init__(self, parser: Parser, presets: FaqIndex, intents: IntentSet, wording: Wording, data_sets: DataSets) -> None:
        self.parser = parser
        self.presets = presets
        self.intents = intents
        self.wording = wording
        self.data_sets = data_sets
        self.over_presets = frozenset(intent.intent for intent in intents if intent.over_presets)
        self._topics = Topics(presets, self._understood)
        known = load_deciders()
        for intent in intents:
            if intent.rule not in known:
                raise ResourceError(
                    f"intent {intent.intent!r} names the decider {intent.rule!r}, which does not exist",
                    where=f"seed_data/intents/{intent.intent}.yaml",
                    do="name one of " + ", ".join(sorted(known)),
                )

    @classmethod
    def built(cls, parser: Parser, wording: Wording, known: Knowledge, data_sets: DataSets) -> Mind:
        """A mind over what is loaded; the parser's intents and concept words are shared."""
        lexicon = Lexicon.build(known.entries)
        presets = FaqIndex.build(known.presets, parser.concepts)
        return cls(parser.with_lexicon(lexicon), presets, parser.intents, wording, data_sets)

    def answer(self, request: Request, recorder: Recorder) -> Flow[Answer]:
        """Understand, decide and word one message; remember and log it."""
        clock = _Clock(recorder)
        asker = yield from self.asker(request)
        owner = asker.user_id if asker.known else None
        state = yield from read_session(request.session_id, owner, now_ms())
        own = (yield from read_own_lines(asker.user_id)) if asker.user_id and asker.known else ()
        shared = len(recorder.queries)
        clock.lap("other")
        context = Context(
            now=asker.now,
            last_frame=state.frame if state else None,
            goods=state.goods if state else (),
            options=tuple(option.label for option in state.open.options) if state and state.open else (),
        )
        form = normalise(request.question)
        frames = self.parser.parse(form, own_lines=own, context=context)
        clock.lap("understand")
        answer_id = f"A{uuid4().hex[:20]}"
        answers: list[Answer] = []
        understood: list[Frame] = []
        for index, frame in enumerate(frames, 1):
            start = len(recorder.queries)
            told, decision = frame, _FAILED
            try:
                so_far = next_state(SessionState(), understood, answers) if answers else None
                told, decision = yield from self._decide(frame, asker, state, so_far)
                clock.lap("decide")
                answer = self._worded(decision, told, form.script)
            except (StoreError, TemplateError):
                raise
            except Exception:
                # one question that fails costs neither the others nor the customer: a person takes it over
                _LOGGER.exception("answer %s: intent %s failed", answer_id, told.intent)
                answer = self._worded(_FAILED, told, form.script)
            queries = list({id(one): one for one in (*recorder.queries[:shared], *recorder.queries[start:])}.values())
            answers.append(
                answer.model_copy(
                    update={
                        "answer_id": answer_id if len(frames) == 1 else f"{answer_id}-{index}",
                        "evidence": answer.evidence.model_copy(update={"queries": queries}),
                    }
                )
            )
            understood.append(told)
            clock.lap("render")
        answer = join_parts(answers).model_copy(update={"answer_id": answer_id})
        answer = answer.model_copy(update={"timings_ms": clock.timings()})
        if request.session_id is not None and state is not None:
            yield from save_session(request.session_id, next_state(state, understood, answers), owner, now_ms())
        yield from _log(answer, form.original, owner)
        return answer

    def _worded(self, decision: Decision, frame: Frame, script: Script) -> Answer:
        name = self.intents[frame.intent].wording if frame.intent in self.intents else None
        return render(decision, frame, answer_id="", wording=self.wording, wording_name=name, script=script)

    def asker(self, request: Request) -> Flow[Asker]:
        """Who asks: by user_id, else by the channel's own id."""
        if request.role not in get_args(Role):
            raise DataError(f"role {request.role!r} is none of {', '.join(get_args(Role))}", do="use one of them")
        user_id = request.user_id or None
        if user_id is None and request.external_id and request.channel:
            rows = yield Query("customer/identity", {"identity_key": f"{request.channel}/{request.external_id}"})
            user_id = rows[0]["user_id"] if rows else None
        known = bool((yield Query("customer/user", {"user_id": user_id}))) if user_id is not None else True
        return Asker(
            user_id=user_id,
            role=request.role,  # type: ignore[arg-type]
            now=_instant(request.now, self.data_sets.as_of),
            channel=request.channel,
            order_id=request.order_id or None,
            session_id=request.session_id,
            known=known,
        )

    def _decide(
        self, frame: Frame, asker: Asker, state: SessionState | None, so_far: SessionState | None = None
    ) -> Flow[tuple[Frame, Decision]]:
        """The decision on one question, in the context of the conversation where it is a follow-up.

        ``so_far`` is what the earlier questions of the same message were about.
        """
        if (refused := (yield from self._not_their_own(frame, asker))) is not None:
            return frame, refused
        told, there, in_context = completed(frame, asker, state)
        told = with_preset(told, self.presets, self.over_presets)
        if told.intent in self.intents and self.intents[told.intent].by_preset:
            told = self._topics.closest(told)
        if told.channel is not None:
            there = replace(there, channel=told.channel)
        told, decision = yield from self._answered_or_asked_back(told, there)
        if in_context and decision.status == "NOT_FOUND":
            decision = yield from self._decided(told, replace(there, order_id=asker.order_id))
        if so_far is not None and so_far.order_id is not None:
            told, decision = yield from self._in_focus(told, there, so_far, decision, same_message=True)
        elif state is not None:
            told, decision = yield from self._in_focus(told, there, state, decision)
        told, decision = yield from self._or_preset(told, there, decision)
        misses = (state.misses if state else 0) + 1
        if decision.status == "OUT_OF_SCOPE" and misses >= _PATIENCE:
            decision = Decision("HANDOFF", handoff=Handoff(reason="NOT_UNDERSTOOD_TWICE"), variant="HANDOFF_NOT_UNDERSTOOD")
        return told, decision

    def _answered_or_asked_back(self, frame: Frame, asker: Asker) -> Flow[tuple[Frame, Decision]]:
        """The decision on a question as it stands; of one that is not sure, what is meant by it."""
        if matters := matters_of_goods(frame):
            return frame.model_copy(update={"intent": matters[0]}), which_intent(
                matters, self.intents, of=frame.text.strip(" .,!?")
            )
        if doubtful(frame):
            if frame.faq_id is None or FaqIndex.band(frame.faq_score) != "SURE":
                return frame, which_intent(likely_intents(frame, self.intents), self.intents)
            frame = frame.model_copy(update={"intent": INTENT})
        return frame, (yield from self._decided(frame, asker))

    def _in_focus(
        self, frame: Frame, asker: Asker, state: SessionState, decision: Decision, *, same_message: bool = False
    ) -> Flow[tuple[Frame, Decision]]:
        """A decision, or a better one about what the conversation is about."""
        for said, about in in_focus(frame, asker, state, decision, self.intents, same_message=same_message):
            found = yield from self._decided(said, about)
            if better(found):
                return said, found
        return frame, decision

    def _or_preset(self, frame: Frame, asker: Asker, decision: Decision) -> Flow[tuple[Frame, Decision]]:
        """A decision, or the preset answer where the graph has none."""
        local = self._topics.naming_place(frame) if decision.status == "UNKNOWN" else None
        if local is None and decision.variant == "UNKNOWN_GENERAL":
            # no term says it: what the shop answers to that question as such
            about = self._topics.closest(frame)
            local = about if about.faq_id is not None else None
        if local is not None or rescued(frame, decision):
            frame = (local or frame).model_copy(update={"intent": INTENT})
            return frame, (yield from self._decided(frame, asker))
        if (
            decision.status == "ANSWERED"
            and frame.faq_id
            and frame.intent != INTENT
            and FaqIndex.band(frame.faq_score) == "SURE"
        ):
            _add_preset(frame, decision)
        return frame, decision

    def _not_their_own(self, frame: Frame, asker: Asker) -> Flow[Decision | None]:
        """FORBIDDEN for a customer who asks for another person's data or for the shop's figures."""
        if asker.role != "customer":
            return None
        if other_person(frame.text, None, self._no_people(frame)) is not None:
            name = None
            if asker.user_id is not None and asker.known:
                rows = yield Query("customer/user", {"user_id": asker.user_id})
                name = rows[0]["name"] if rows else None
            if other_person(frame.text, name, self._no_people(frame)) is not None:
                return Decision("FORBIDDEN", variant="FORBIDDEN_OTHERS")
        return Decision("FORBIDDEN", variant="FORBIDDEN") if shop_figures(frame.text) else None

    def _no_people(self, frame: Frame) -> Container[str]:
        """Words of a question that name no person."""
        named = {one.text: None for one in frame.mentions if any(ref.kind != "words" for ref in one.refs)}
        return ChainMap[str, Any](named, self.parser.concepts.words)

    def _understood(self, text: str) -> tuple[str, float]:
        frame = self.parser.parse(text)[0]
        return frame.intent, frame.confidence

    def _decided(self, frame: Frame, asker: Asker) -> Flow[Decision]:
        intent = self.intents[frame.intent]
        return (yield from DECIDERS[intent.rule](frame, asker))


def _add_preset(frame: Frame, decision: Decision) -> None:
    """Name the preset answer about the same thing, where the intent's facts have a place for it."""
    model = models().get(frame.intent)
    if model is not None and "faq_id" in model.model_fields and decision.facts.get("faq_id") is None:
        decision.facts["faq_id"] = frame.faq_id


def _instant(now: str | datetime | int | None, as_of: int | None) -> int:
    if now is None:
        return as_of if as_of is not None else now_ms()
    try:
        return parse_instant(now)
    except ValueError as error:
        raise DataError(str(error), where="now", do="pass ISO 8601, a datetime or epoch ms") from error


def _log(answer: Answer, question: str, owner: str | None) -> Flow[None]:
    """Keep the answer, so that any process can explain it."""
    yield Query(
        "answer/log",
        {
            "answer_id": answer.answer_id,
            "owner": owner,
            "question": question,
            "intent": answer.intent,
            "status": answer.status,
            "asked_at": now_ms(),
            "answer": answer.model_dump_json(),
        },
    )


class _Clock:
    """Where the time went. The store's own time is taken out of every phase and stands under ``query``."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._started = self._at = time.perf_counter()
        self._store = recorder.store_ms
        self._spent = dict.fromkeys(("understand", "decide", "render"), 0.0)

    def lap(self, phase: str) -> None:
        at, store = time.perf_counter(), self._recorder.store_ms
        if phase in self._spent:
            self._spent[phase] += (at - self._at) * 1000 - (store - self._store)
        self._at, self._store = at, store

    def timings(self) -> dict[str, float]:
        total = (time.perf_counter() - self._started) * 1000
        found = {**self._spent, "query": self._recorder.store_ms, "total": total}
        return {name: round(max(0.0, value), 3) for name, value in found.items()}
