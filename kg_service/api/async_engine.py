"""The engine for asyncio: the same verbs, awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg_service.answers.answer import Answer
from kg_service.answers.wording import Wording
from kg_service.api.engine import REFRESH_S, logged_answer
from kg_service.api.knowledge import read_knowledge
from kg_service.api.mind import Mind, Request, read_data_sets
from kg_service.api.pricing import price_flow
from kg_service.api.runner import Recorder, run_async
from kg_service.api.settings import Settings
from kg_service.api.what_if import WhatIf, what_if
from kg_service.decisions.price_quote import PriceQuote
from kg_service.graph.opening import is_server, open_async_store, open_store
from kg_service.graph.store import AsyncStore, StoreInfo
from kg_service.parsing.parser import Parser
from kg_service.queries.flow import Flow
from kg_service.queries.registry import Registry

if TYPE_CHECKING:
    from kg_service.loading.report import LoadReport, ProgressCallback

__all__ = ["AsyncEngine"]


class AsyncEngine:
    """Answers customers' questions without blocking the event loop; see :class:`kg_service.Engine` for the parameters.

    Examples
    --------
    >>> async def main():                                                            # doctest: +SKIP
    ...     async with await AsyncEngine.open("./.kg") as engine:
    ...         return await engine.ask("订单到哪了", user_id="U1001")
    """

    def __init__(self, store: AsyncStore, settings: Settings, registry: Registry, parser: Parser, mind: Mind | None) -> None:
        self.settings = settings
        self._store = store
        self._registry = registry
        self._parser = parser
        self._wording = Wording.open()
        self._building = asyncio.Lock()
        self._looked = 0.0
        self._known = mind

    @classmethod
    async def open(cls, store: str | Path | None = None, **settings: Any) -> AsyncEngine:
        """Open an engine on a store; parameters and errors as of :meth:`kg_service.Engine.open`."""
        found = Settings.load(store=None if store is None else str(store), **settings)
        opened = await open_async_store(found.store, found.store_options())
        try:
            registry = await asyncio.to_thread(Registry.load)
            await registry.check_async(opened)
            parser = await asyncio.to_thread(Parser.open)
            engine = cls(opened, found, registry, parser, None)
            await engine.refresh()
        except BaseException:
            await opened.close()
            raise
        return engine

    async def load(
        self,
        path: str | Path,
        *,
        replace: bool = False,
        dry_run: bool = False,
        strict: bool = False,
        progress: ProgressCallback | None = None,
        rejects: str | Path | None = None,
    ) -> LoadReport:
        """Load a data set; questions go on being answered meanwhile."""
        report = await asyncio.to_thread(
            self._load, path, replace=replace, dry_run=dry_run, strict=strict, progress=progress, rejects=rejects
        )
        if not dry_run:
            await self.refresh()
        return report

    def _load(self, path: str | Path, **how: Any) -> LoadReport:
        from kg_service.loading import load

        # the loader is synchronous: an embedded store is the one that is open, a server takes another connection
        inner = getattr(self._store, "store", None)
        if inner is not None and not is_server(self.settings.store):
            return load(inner, path, **how)
        with_server = open_store(self.settings.store, self.settings.store_options())
        try:
            return load(with_server, path, **how)
        finally:
            with_server.close()

    async def ask(
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
        """Answer a question; parameters and errors as of :meth:`kg_service.Engine.ask`."""
        await self._look()
        request = Request(question, user_id, channel, external_id, session_id, order_id, now, role)
        recorder = Recorder()
        return await run_async(self._mind.answer(request, recorder), self._registry, self._store, recorder)

    async def price(
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
        """Price a basket; parameters and errors as of :meth:`kg_service.Engine.price`."""
        await self._look()
        flow = price_flow(
            self._mind, lines, user_id=user_id, coupons=coupons, channel=channel, now=now, freight=freight, best=best
        )
        return await self._run(flow)  # type: ignore[no-any-return]

    async def what_if(
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
        """What a return would come to; parameters and errors as of :meth:`kg_service.Engine.what_if`."""
        await self._look()
        flow = what_if(
            self._mind, order_id, user_id=user_id, now=now, returned=returned, reason=reason, cheapest=cheapest, keep=keep
        )
        return await self._run(flow)  # type: ignore[no-any-return]

    async def answer(self, answer_id: str) -> Answer | None:
        """An answer that was given, by any process on the store."""
        return await self._run(logged_answer(answer_id))  # type: ignore[no-any-return]

    async def info(self) -> StoreInfo:
        """Kind, version and location of the store."""
        return await self._store.info()

    async def refresh(self) -> None:
        """Build the lexicon anew from what is loaded now, and swap it in."""
        async with self._building:
            data_sets = await self._run(read_data_sets())
            known = await self._run(read_knowledge())
            self._known = await asyncio.to_thread(Mind.built, self._parser, self._wording, known, data_sets)
            self._known.parser.warm(wait=False)

    async def close(self) -> None:
        """Release the store. Closing twice is harmless."""
        await self._store.close()

    async def __aenter__(self) -> AsyncEngine:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def _mind(self) -> Mind:
        assert self._known is not None
        return self._known

    async def _run(self, flow: Flow[Any]) -> Any:
        return await run_async(flow, self._registry, self._store)

    async def _look(self) -> None:
        if time.monotonic() - self._looked < REFRESH_S:
            return
        self._looked = time.monotonic()
        data_sets = await self._run(read_data_sets())
        if data_sets.version != self._mind.data_sets.version:
            await self.refresh()
