"""The documentation of the graph's schema, generated from ``schema/graph.yaml``.

    python -m kg_service.graph.document > docs/graph-schema.md

A test compares the file with what is generated.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from kg_service.graph.schema import FINGERPRINT, GraphSchema, Label, Property

__all__ = ["document", "picture"]

#: The parts of the picture; a label that is in none of them stands under "Other".
_PARTS: Mapping[str, tuple[str, ...]] = {
    "Goods": ("Shop", "Brand", "Category", "Product", "Sku", "Attribute", "SizeChart", "PricePoint"),
    "Rules": ("Promotion", "Term"),
    "Customer": ("User", "Identity", "Coupon", "Event"),
    "Orders": ("Order", "OrderLine", "PromotionApplication", "Payment", "Freight", "Shipment", "Return"),
    "Service": ("Faq", "Agent", "Session", "AnswerLog", "DataSet"),
}

_HEAD = """# The graph

Generated from `schema/graph.yaml` by `python -m kg_service.graph.document > docs/graph-schema.md`; do not edit.

A node's stable id is `Label:key`. Money is integer 分, an instant is epoch milliseconds, JSON is text that holds JSON.
An absent property is a fact that is not known. Labels with a dashed border hold one customer's data: a template for customers
reaches them only through its owner parameter. Labels that are loaded from a file also have `{fingerprint}`, the fingerprint of
the row they were loaded from.
"""


def document(schema: GraphSchema | None = None) -> str:
    """The documentation as Markdown, with the picture as Mermaid."""
    return "\n".join(_lines(schema or GraphSchema.load())) + "\n"


def picture(schema: GraphSchema) -> str:
    """Labels and relationships as a Mermaid flowchart; several relationships between the same two labels share an arrow."""
    return "\n".join(_picture(schema))


def _lines(schema: GraphSchema) -> Iterator[str]:
    yield _HEAD.format(fingerprint=FINGERPRINT)
    yield "```mermaid"
    yield picture(schema)
    yield "```"
    yield "\n## Labels"
    for name, label in schema.labels.items():
        yield from _label(name, label)
    yield "\n## Relationships\n"
    yield "| relationship | from | to | meaning |"
    yield "|---|---|---|---|"
    for name, relationship in schema.relationships.items():
        sources = ", ".join(dict.fromkeys(source for source, _ in relationship.pairs))
        targets = ", ".join(dict.fromkeys(target for _, target in relationship.pairs))
        own = "; ".join(
            f"`{prop}` {_type(spec)}{', always there' if spec.required else ''}: {spec.meaning}"
            for prop, spec in relationship.properties.items()
        )
        yield f"| `{name}` | {sources} | {targets} | {relationship.meaning}{f' ({own})' if own else ''} |"
    yield "\n## Constraints and indexes\n"
    yield "```cypher"
    yield from (f"{statement};" for statement in schema.statements())
    yield "```"


def _label(name: str, label: Label) -> Iterator[str]:
    yield f"\n### {name}\n"
    told = [label.meaning]
    if label.file:
        told.append(f"Loaded from `{label.file}`.")
    if label.personal:
        told.append("One customer's data.")
    yield " ".join(told) + "\n"
    yield "| property | type | | meaning |"
    yield "|---|---|---|---|"
    for prop, spec in label.properties.items():
        marks = ", ".join(
            mark
            for mark, holds in (("key", prop == label.key), ("indexed", prop in label.index), ("always there", spec.required))
            if holds
        )
        yield f"| `{prop}` | {_type(spec)} | {marks} | {_cell(spec.meaning)} |"


def _type(spec: Property) -> str:
    return f"{spec.type} ({spec.unit})" if spec.unit else spec.type


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _picture(schema: GraphSchema) -> Iterator[str]:
    yield "flowchart LR"
    placed = {label for part in _PARTS.values() for label in part}
    parts = {**_PARTS, "Other": tuple(label for label in schema.labels if label not in placed)}
    for part, names in parts.items():
        there = [name for name in names if name in schema.labels]
        if there:
            yield f"  subgraph {part}"
            yield from (f"    {name}" for name in there)
            yield "  end"
    arrows: dict[tuple[str, str], list[str]] = {}
    for name, relationship in schema.relationships.items():
        for pair in relationship.pairs:
            arrows.setdefault(pair, []).append(name)
    for (source, target), kinds in arrows.items():
        yield f'  {source} -->|"{"<br/>".join(kinds)}"| {target}'
    personal = [name for name, label in schema.labels.items() if label.personal]
    if personal:
        yield "  classDef personal stroke-dasharray: 4 3"
        yield f"  class {','.join(personal)} personal"


if __name__ == "__main__":
    sys.stdout.write(document())
