"""The value types of the data-set format and the base of its models.

One model serves two encodings. The *file* encoding (the default) has decimal yuan strings, ISO 8601 times, lists joined with
``|`` and pairs as ``键=值;键=值``. The *graph* encoding, chosen with the validation/serialisation context :data:`GRAPH`, has
integers: 分 for money and epoch ms for times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
)

from kg_service.money import Money, parse_yuan
from kg_service.times import format_instant, parse_instant

__all__ = [
    "GRAPH",
    "LOADING",
    "Contradictions",
    "Fen",
    "Id",
    "Instant",
    "InstantEnd",
    "Names",
    "Pairs",
    "Percent",
    "Row",
    "Yuan",
    "coerce",
]

GRAPH: dict[str, str] = {"encoding": "graph"}
#: The validation context of a load: besides what no rule could evaluate, refuse what contradicts itself or could never apply.
LOADING: dict[str, str] = {"encoding": "file", "purpose": "loading"}


class Contradictions(ValueError):
    """Everything in which the parts of one row do not agree; raised by a model's own checks, told one by one by a load.

    Examples
    --------
    >>> str(Contradictions(["from is after to", "off is missing"]))
    'from is after to; off is missing'
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(self.problems))


def _in_graph(info: ValidationInfo | SerializationInfo) -> bool:
    return info.context == GRAPH


def _read_money(value: Any, info: ValidationInfo) -> Any:
    if value is None:
        return None
    if _in_graph(info) and isinstance(value, int) and not isinstance(value, bool):
        return Money(value)
    return parse_yuan(value)


def _read_fen(value: Any) -> Any:
    return Money(value) if isinstance(value, int) and not isinstance(value, bool) else parse_yuan(value)


def _write_money(value: int, info: SerializationInfo) -> int | str:
    return int(value) if _in_graph(info) else str(Money(value))


def _read_instant(value: Any, info: ValidationInfo) -> Any:
    return None if value is None else parse_instant(value)


def _read_instant_end(value: Any, info: ValidationInfo) -> Any:
    return None if value is None else parse_instant(value, end=True)


def _write_instant(value: int, info: SerializationInfo) -> int | str:
    return int(value) if _in_graph(info) else format_instant(value)


def _read_id(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        value = value.strip()
        if not value:
            raise ValueError("an id must not be empty")
    return value


def _read_names(value: Any) -> Any:
    if isinstance(value, str):
        value = [part.strip() for part in value.split("|")]
    if isinstance(value, list | tuple):
        return [part for part in value if part != ""]
    return value


def _read_pairs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs: dict[str, str] = {}
    for part in value.replace("；", ";").split(";"):
        if not part.strip():
            continue
        key, sign, text = part.replace("＝", "=").partition("=")
        if not sign or not key.strip():
            raise ValueError(f"{part!r} is not 键=值")
        pairs[key.strip()] = text.strip()
    return pairs


def _read_percent(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    return value


_YUAN_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": r"^[+-]?\d+(\.\d{1,2})?$", "description": "decimal yuan, e.g. 2999.00"}
)
_INSTANT_SCHEMA = WithJsonSchema({"type": "string", "description": "ISO 8601; Asia/Shanghai when no offset is given"})

#: Money: decimal yuan outside, :class:`~kg_service.money.Money` (分) inside.
Yuan = Annotated[Money, BeforeValidator(_read_money), PlainSerializer(_write_money), _YUAN_SCHEMA]
#: An amount the engine computed: 分 inside (a plain ``int`` is 分, unlike in :data:`Yuan`), decimal yuan when dumped.
Fen = Annotated[Money, BeforeValidator(_read_fen), PlainSerializer(_write_money), _YUAN_SCHEMA]
#: An instant: ISO 8601 outside, epoch ms inside; a bare date is the start of its day.
Instant = Annotated[int, BeforeValidator(_read_instant), PlainSerializer(_write_instant), _INSTANT_SCHEMA]
#: An instant that ends something: a bare date is the end of its day.
InstantEnd = Annotated[int, BeforeValidator(_read_instant_end), PlainSerializer(_write_instant), _INSTANT_SCHEMA]
#: An identifier. Always a string; numbers in a file become their digits.
Id = Annotated[str, BeforeValidator(_read_id)]
#: A list of words; in a CSV cell joined with ``|``.
Names = Annotated[list[str], BeforeValidator(_read_names)]
#: Key-value pairs; in a CSV cell ``键=值;键=值``.
Pairs = Annotated[dict[str, str], BeforeValidator(_read_pairs)]
#: What the buyer still pays, in percent: 80 is 8折.
Percent = Annotated[
    Decimal,
    BeforeValidator(_read_percent),
    PlainSerializer(lambda value: format(value.normalize(), "f"), return_type=str),
    WithJsonSchema({"type": ["number", "string"], "description": "percent the buyer pays; 80 is 8折"}),
]


class Row(BaseModel):
    """Base of every model of the data-set format: unknown keys are an error, ids and names are kept as written."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, validate_default=False, populate_by_name=True)

    def to_graph(self) -> dict[str, Any]:
        """The recorded keys in the graph encoding (分, epoch ms); keys that were absent stay absent."""
        return self.model_dump(mode="json", context=GRAPH, exclude_unset=True, by_alias=True)


M = TypeVar("M", bound=Row)


def coerce(model: type[M], value: M | Mapping[str, Any]) -> M:
    """Accept a model or a mapping in the file encoding.

    Raises
    ------
    pydantic.ValidationError
        When the mapping does not fit the model.
    """
    return value if isinstance(value, model) else model.model_validate(value)
