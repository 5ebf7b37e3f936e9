"""What answers say, as data: ``seed_data/wording/<intent>.yaml``, one Jinja template per variant.

A file has ``intent`` (or ``intents``), ``variants`` and perhaps ``macros``, callable from every file as ``m.name(…)``;
``_common.yaml`` has the variants every intent shares and ``facts``: what a missing fact is called. A variant is looked for
under these names, each in the intent's file, then in the common one: what the decider named, ``STATUS_VERDICT``, the verdict
(when ANSWERED), the status.

In a template a line break is nothing and ``¶`` is a new line. An undefined name is an error, never an empty place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kg_service.errors import ResourceError
from kg_service.money import Money
from kg_service.resources import read_yaml, resource
from kg_service.times import day_of, parse_instant

__all__ = ["Wording"]

_COMMON = "_common"


class Wording:
    """The wording of an installation.

    Examples
    --------
    >>> wording = Wording({"_common": {"NOT_FOUND": "没有找到{{ what }}。"}})
    >>> wording.say("refund_amount", ["NOT_FOUND"], {"what": "订单"})
    '没有找到订单。'
    """

    def __init__(
        self, variants: Mapping[str, Mapping[str, str]], macros: str = "", facts: Mapping[str, str] | None = None
    ) -> None:
        self._facts = dict(facts or {})
        self._environment = ImmutableSandboxedEnvironment(
            undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        self._environment.filters |= {
            "day": _day,
            "money": _money,
            "join_and": _join_and,
            "instant": _instant,
            "fact": self._fact,
        }
        self._texts = {(intent, variant): text for intent, texts in variants.items() for variant, text in texts.items()}
        self._templates: dict[tuple[str, str], jinja2.Template] = {}
        self._macros = self._environment.from_string(macros).module if macros else None

    @classmethod
    def open(cls, folder: Path | None = None) -> Wording:
        """Read every wording file of a folder.

        Raises
        ------
        ResourceError
            When a file is not valid; the message names file and variant.
        """
        return _open(folder or resource("seed_data", "wording"))

    def has(self, intent: str | None, variant: str) -> bool:
        """Whether the intent's own file has the variant."""
        return (intent or _COMMON, variant) in self._texts

    def check(self) -> None:
        """Compile every variant; a template is otherwise compiled when it is first said.

        Raises
        ------
        ResourceError
            When one is not valid; the message names file, variant and line.
        """
        for key in self._texts:
            self._template(key)

    def say(self, intent: str | None, variants: list[str], values: Mapping[str, Any]) -> str:
        """The text of the first variant there is.

        Raises
        ------
        ResourceError
            When no variant fits or the template needs a value that is not there.
        """
        for variant in variants:
            for owner in (intent or _COMMON, _COMMON):
                if (owner, variant) in self._texts:
                    return self._rendered(self._template((owner, variant)), values, f"{owner}.yaml: {variant}")
        raise ResourceError(
            f"no wording of intent {intent!r} for {' or '.join(variants)}",
            where="seed_data/wording",
            do="add the variant to the intent's file",
        )

    def _fact(self, missing: str) -> str:
        """The name of a missing fact in Chinese: by label and property, else by label, else as it is."""
        label, _, rest = missing.partition(" ")
        name = rest.rpartition(".")[2] if "." in rest else ""
        for key in (f"{label}.{name}", label):
            if key in self._facts:
                return self._facts[key]
        return missing

    def _template(self, key: tuple[str, str]) -> jinja2.Template:
        if key not in self._templates:
            try:
                self._templates[key] = self._environment.from_string(self._texts[key])
            except jinja2.TemplateSyntaxError as error:
                where = f"{key[0]}.yaml: {key[1]}"
                raise ResourceError(f"wording: {error.message} (line {error.lineno})", where=where) from error
        return self._templates[key]

    def _rendered(self, template: jinja2.Template, values: Mapping[str, Any], where: str) -> str:
        try:
            text = template.render(**values, m=self._macros)
        except jinja2.TemplateError as error:
            raise ResourceError(f"wording: {error}", where=where) from error
        joined = "".join(line.strip() for line in text.splitlines())
        return "\n".join(part.strip() for part in joined.split("¶")).strip()


@cache
def _open(folder: Path) -> Wording:
    variants: dict[str, dict[str, str]] = {}
    macros = ""
    facts: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read_yaml(path)
        if not isinstance(document, dict) or "variants" not in document:
            continue
        macros += str(document.get("macros") or "")
        facts |= document.get("facts") or {}
        names = document.get("intents") or [document.get("intent") or path.stem]
        for name in names:
            variants.setdefault(name, {}).update(document["variants"])
    return Wording(variants, macros, facts)


def _day(value: Any) -> str:
    """A date or instant in words: 2026年11月12日."""
    if value is None:
        return ""
    found = day_of(value) if isinstance(value, int) else value
    if isinstance(found, str):
        found = date.fromisoformat(found) if len(found) == 10 else day_of(parse_instant(found))
    return f"{found.year}年{found.month}月{found.day}日"


def _instant(value: Any) -> str:
    """An instant in words: 2026年11月12日 10:00."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else ""
    clock = f" {text[11:16]}" if len(text) > 16 else ""
    return _day(value) + clock


def _money(value: Any) -> str:
    """An amount in words: 2700.00元."""
    return f"{Money(value) if isinstance(value, int) and not isinstance(value, Money) else value}元"


def _join_and(values: Any) -> str:
    """甲、乙和丙."""
    items = [str(value) for value in values]
    return items[0] if len(items) == 1 else "、".join(items[:-1]) + "和" + items[-1] if items else ""
