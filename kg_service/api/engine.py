"""The engine: questions in, proven answers out."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg_service.api.settings import Settings
from kg_service.graph.opening import open_store
from kg_service.graph.store import Store, StoreInfo
from kg_service.queries.flow import Flow, Query

if TYPE_CHECKING:
    from kg_service.answers.answer import Answer
    from kg_service.answers.wording import Wording
    from kg_service.api.mind import DataSets, Mind
    from kg_service.api.what_if import WhatIf
    from kg_service.decisions.price_quote import PriceQuote
    from kg_service.loading.report import LoadReport, ProgressCallback
    from kg_service.parsing.parser import Parser
    from kg_service.queries.registry import Registry

__all__ = ["REFRESH_S", "Engine", "logged_answer"]

#: How often an engine looks whether another process has loaded data, seconds.
REFRESH_S = 1.0


@dataclass(frozen=True)
class Equipment:
    """What an engine needs besides its store: it comes from the installation's files alone."""

    registry: Registry
    parser: Parser
    wording: Wording

    @classmethod
    @cache
    def open(cls) -> Equipment:
        """Read it, once in a process: it imports the language pipeline, and the files do not change under a running program."""
        from kg_service.parsing.spacy_import import import_spacy

        import_spacy()
        from kg_service.answers.wording import Wording
        from kg_service.api.mind import load_deciders
        from kg_service.parsing.parser import Parser
        from kg_service.queries.registry import Registry

        load_deciders()
        return cls(Registry.load(), Parser.open(), Wording.open())


def logged_answer(answer_id: str) -> Flow[Answer | None]:
    """An answer that was given, by any process on this store."""
    from kg_service.answers.answer import Answer

    rows = yield Query("answer/read", {"answer_id": answer_id})
    return Answer.model_validate_json(rows[0]["answer"]) if rows else None


class Engine:
    """Answers customers' questions from the graph of a store. Safe to use from several threads.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Engine.open(folder) as engine:    # doctest: +SKIP
    ...     engine.load("seed_data/demo")
    ...     engine.ask("如果我退了手机,耳机的优惠还在吗", user_id="U1001").verdict
    'NO'
    """

    def __init__(
        self, store: Store, settings: Settings, equipment: Equipment | None = None, *, quick_start: bool = False
    ) -> None:
        self.settings = settings
        #: What opening the store took (ms): its JVM, or the connection to its server. Other things were done beside it.
        self.store_start_ms = 0.0
        self._store = store
        equipment = equipment or Equipment.open()
        self._registry = equipment.registry
        self._registry.check(store)
        self._parser = equipment.parser
        self._wording = equipment.wording
        self._quick_start = quick_start
        self._building = threading.Lock()
        self._looked = 0.0
        self._mind = self._built(self._run(_data_sets()))

    @classmethod
    def open(cls, store: str | Path | None = None, *, quick_start: bool = False, **settings: Any) -> Engine:
        """Open an engine on a store.

        Parameters
        ----------
        store : str or path, optional
            A folder (embedded store) or ``neo4j://…``; ``KG_STORE`` when absent.
        quick_start : bool
            For programs that answer once: prefer a fast start to peak speed.
        **settings
            Any field of :class:`kg_service.api.settings.Settings`; they win over the environment.

        Raises
        ------
        ConfigurationError, StoreUnavailable, StoreLocked
        TemplateError
            When a Cypher template is not fit; the message names its file and line.
        """
        found = Settings.load(store=None if store is None else str(store), **settings)
        with ThreadPoolExecutor(1) as beside:
            # the store starts its JVM or its connections while the language pipeline is imported
            equipment = beside.submit(Equipment.open)
            started = time.perf_counter()
            opened = open_store(found.store, found.store_options(quick_start=quick_start))
            store_start = (time.perf_counter() - started) * 1000
        try:
            engine = cls(opened, found, equipment.result(), quick_start=quick_start)
            engine.store_start_ms = round(store_start, 3)
            return engine
        except BaseException:
            opened.close()
            raise

    def load(
        self,
        path: str | Path,
        *,
        replace: bool = False,
        dry_run: bool = False,
        strict: bool = False,
        progress: ProgressCallback | None = None,
        rejects: str | Path | None = None,
    ) -> LoadReport:
        """Load a data set (data-formats.md). What is new can be asked about when this returns.

        Parameters
        ----------
        replace : also remove what this data set brought earlier and has no longer
        dry_run : only say what would change
        strict : refuse the whole data set when any row is wrong

        Raises
        ------
        LoadRefused, StoreError
        """
        from kg_service.loading import load

        report = load(self._store, path, replace=replace, dry_run=dry_run, strict=strict, progress=progress, rejects=rejects)
        if not dry_run:
            self.refresh()
        return report

    def ask(
        self,
        question: str,
        *,
        user_id: str | None = None,
        channel: str | None = None,
        external_id: str | None = None,
        session_id: str | None = None,
        order_id: str | None = None,
        now: str | datetime | int | None = None,
        role: str = "customer",
    ) -> Answer:
        """Answer a question.

        Parameters
        ----------
        user_id : the customer who asks; for an agent the customer they serve
        channel, external_id : where the question came from, and the customer's id there (instead of ``user_id``)
        session_id : keeps the context of a conversation, until a day after its last message; without it nothing is remembered
        order_id : the order the question is about, where the caller knows
        now : ISO 8601, datetime or epoch ms; the loaded data's own ``as_of`` when absent, else the clock
        role : customer, agent or analyst

        Returns
        -------
        Answer
            Never raises for what a customer types; statuses tell what could not be answered.

        Raises
        ------
        StoreError, DataError
        """
        self._look()
        from kg_service.api.mind import Request
        from kg_service.api.runner import Recorder, run

        request = Request(question, user_id, channel, external_id, session_id, order_id, now, role)
        recorder = Recorder()
        return run(self._mind.answer(request, recorder), self._registry, self._store, recorder)

    def price(
        self,
        lines: Mapping[str, int],
        *,
        user_id: str | None = None,
        coupons: Sequence[str] | None = None,
        channel: str | None = None,
        now: str | datetime | int | None = None,
        freight: str = "0.00",
        best: bool = True,
    ) -> PriceQuote:
        """Price a basket: list, each promotion, payable, and what returning each line would lose.

        Parameters
        ----------
        lines : units by sku_id or by name
        user_id : who buys; without one the price is a visitor's
        coupons : coupon_ids to use, or with ``best`` to choose among; without any, ``best`` chooses among all that can be used
        freight : before waivers, decimal yuan
        best : choose the coupons and add-on offers that pay least

        Raises
        ------
        DataError
            When a quantity is not positive or a coupon cannot be used.
        StoreError
        """
        self._look()
        from kg_service.api.pricing import price_flow

        flow = price_flow(
            self._mind, lines, user_id=user_id, coupons=coupons, channel=channel, now=now, freight=freight, best=best
        )
        quote: PriceQuote = self._run(flow)
        return quote

    def what_if(
        self,
        order_id: str,
        *,
        user_id: str,
        returned: Mapping[str, int | None] | None = None,
        reason: str = "NO_REASON",
        cheapest: Mapping[str, int | None] | None = None,
        keep: str | None = None,
        now: str | datetime | int | None = None,
    ) -> WhatIf:
        """What a return of an order would come to; nothing is changed.

        Parameters
        ----------
        returned : line_id to units (``None``: all of the line); absent, and nothing else asked: everything left
        reason : NO_REASON, QUALITY, SELLER_FAULT, SIZE or OTHER
        cheapest : the cheapest ways to return these units
        keep : a promotion_id: the largest sets that can go back while it stays
        now : as of :meth:`ask`

        Raises
        ------
        RuleError
            When the order has no such line, or not so many units left.
        StoreError
        """
        self._look()
        from kg_service.api.what_if import what_if

        flow = what_if(
            self._mind, order_id, user_id=user_id, now=now, returned=returned, reason=reason, cheapest=cheapest, keep=keep
        )
        found: WhatIf = self._run(flow)
        return found

    def answer(self, answer_id: str) -> Answer | None:
        """An answer that was given, by this or any other process on the store; ``None`` when there is none of that id."""
        found: Answer | None = self._run(logged_answer(answer_id))
        return found

    def info(self) -> StoreInfo:
        """Kind, version and location of the store."""
        return self._store.info()

    def refresh(self) -> None:
        """Build the lexicon anew from what is loaded now, and swap it in."""
        with self._building:
            self._mind = self._built(self._run(_data_sets()))

    def close(self) -> None:
        """Release the store. Closing twice is harmless."""
        self._store.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _run(self, flow: Flow[Any]) -> Any:
        from kg_service.api.runner import run

        return run(flow, self._registry, self._store)

    def _built(self, data_sets: DataSets) -> Mind:
        from kg_service.api.knowledge import read_knowledge
        from kg_service.api.mind import Mind

        mind = Mind.built(self._parser, self._wording, self._run(read_knowledge()), data_sets)
        if not self._quick_start:
            mind.parser.warm(wait=False)
        return mind

    def _look(self) -> None:
        """Follow what another process has loaded."""
        if time.monotonic() - self._looked < REFRESH_S:
            return
        self._looked = time.monotonic()
        if self._run(_data_sets()).version != self._mind.data_sets.version:
            self.refresh()


def _data_sets() -> Flow[DataSets]:
    from kg_service.api.mind import read_data_sets

    return read_data_sets()
