"""All templates of an installation, read and checked when an engine starts.

Examples
--------
>>> registry = Registry.load()
>>> registry["customer/user"].owner
'user_id'
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from kg_service.errors import QueryError, TemplateError
from kg_service.graph.schema import GraphSchema
from kg_service.graph.store import AsyncStore, Statement, Store, StoreInfo
from kg_service.queries.checks import check
from kg_service.queries.flow import Query
from kg_service.queries.template import Parameter, Template, parse_template
from kg_service.resources import resource

__all__ = ["Registry"]

#: A value of each type, to have a store plan a template with; no template is run with them.
_SAMPLES = {
    "string": "x",
    "integer": 1,
    "money": 100,
    "instant": 0,
    "boolean": True,
    "strings": ["x"],
    "maps": [{"id": "x"}],
}


class Registry(Mapping[str, Template]):
    """Templates by name (the path under ``cypher/`` without the suffix)."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._templates = dict(templates)

    @classmethod
    def load(cls, *folders: Path, schema: GraphSchema | None = None) -> Registry:
        """Read and check every ``*.cypher`` file of some folders.

        Parameters
        ----------
        *folders : path
            The installation's ``cypher`` when none is given; a name in two of them is an error.
        schema : GraphSchema, optional
            The installation's when absent.

        Raises
        ------
        TemplateError
            At the first template that is not fit, with its file and line.
        """
        schema = schema or GraphSchema.load()
        found: dict[str, Template] = {}
        for folder in folders or (resource("cypher"),):
            for path in sorted(folder.rglob("*.cypher")):
                name = path.relative_to(folder).with_suffix("").as_posix()
                shown = Path(folder.name) / path.relative_to(folder)
                if name in found:
                    raise TemplateError("two templates have this name", where=str(shown), do="rename one of them")
                try:
                    text = path.read_text(encoding="utf-8")
                except UnicodeDecodeError as error:
                    raise TemplateError("the file is not UTF-8", where=f"{shown}:1", do="save it as UTF-8") from error
                template = parse_template(name, shown, text)
                check(template, schema)
                found[name] = template
        if not found:
            raise TemplateError("there are no templates", where=", ".join(map(str, folders)), do="check the installation")
        return cls(found)

    def __getitem__(self, name: str) -> Template:
        try:
            return self._templates[name]
        except KeyError:
            raise TemplateError(f"there is no template {name!r}", where="cypher", do="check the name") from None

    def __contains__(self, name: object) -> bool:
        return name in self._templates  # Mapping's own would have the error above

    def __iter__(self) -> Iterator[str]:
        return iter(self._templates)

    def __len__(self) -> int:
        return len(self._templates)

    def statement(self, query: Query) -> Statement:
        """The statement of a flow's query; errors as of :meth:`Template.statement`."""
        return self[query.template].statement(query.parameters)

    def sample(self, name: str) -> Statement:
        """The statement of a template with values of the right types that mean nothing."""
        return _sample(self[name])

    def check(self, store: Store, *, again: bool = False) -> None:
        """Have a store plan every template.

        That the same templates passed on the same version of a store is remembered in the user's cache folder: a command that
        answers one question need not wait for it again. ``again`` plans them in any case.

        Raises
        ------
        TemplateError
            At the first one the store cannot run.
        """
        passed = self._passed(store.info())
        if passed.exists() and not again:
            return
        for template in self._templates.values():
            try:
                store.explain(_sample(template))
            except QueryError as error:
                raise _not_planned(template, error) from error
        _remember(passed)

    async def check_async(self, store: AsyncStore, *, again: bool = False) -> None:
        """The same for asyncio."""
        passed = self._passed(await store.info())
        if passed.exists() and not again:
            return
        for template in self._templates.values():
            try:
                await store.explain(_sample(template))
            except QueryError as error:
                raise _not_planned(template, error) from error
        _remember(passed)

    def _passed(self, info: StoreInfo) -> Path:
        """The file whose being there says that these templates passed on such a store."""
        seen = hashlib.sha256(f"{info.kind} {info.version}".encode())
        for name, template in sorted(self._templates.items()):
            seen.update(f"\0{name}\0{template.text}".encode())
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return Path(base) / "kg-service" / "planned" / seen.hexdigest()


def _remember(passed: Path) -> None:
    # Without a cache folder that can be written, they are planned at each start.
    with suppress(OSError):
        passed.parent.mkdir(parents=True, exist_ok=True)
        passed.touch()


def _sample(template: Template) -> Statement:
    return template.statement({name: _value(parameter) for name, parameter in template.parameters.items()})


def _value(parameter: Parameter) -> object:
    return _SAMPLES[parameter.type]


def _not_planned(template: Template, error: QueryError) -> TemplateError:
    return TemplateError(
        f"a store cannot plan it: {error.what}", where=f"{template.path}:1", do="keep to what both stores understand"
    )
