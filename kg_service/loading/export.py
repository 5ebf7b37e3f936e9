"""Writing a graph back as a data set: what was loaded, and what the graph learnt since, in the format of data-formats.md."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kg_service.dataset import FILES, DataFile
from kg_service.dataset.values import GRAPH, Row
from kg_service.errors import DataError
from kg_service.graph.schema import FINGERPRINT, GraphSchema
from kg_service.graph.store import Statement, Store
from kg_service.loading.ingraph import NAME_AT
from kg_service.loading.rows import columns_of
from kg_service.loading.statements import RELATIONS
from kg_service.times import format_instant

__all__ = ["export"]

_PAGE = 2000
_NESTED = frozenset({"terms", "promotions", "orders"})
#: Columns that the graph holds as an edge: file to column to (edge, whether it leaves the node, the other's property).
_EDGES: dict[str, dict[str, tuple[str, bool, str]]] = {
    "categories": {"parent_id": ("CHILD_OF", True, "category_id")},
    "products": {
        "category_id": ("IN_CATEGORY", True, "category_id"),
        "brand_id": ("OF_BRAND", True, "brand_id"),
        "shop_id": ("SOLD_BY", True, "shop_id"),
    },
    "skus": {"product_id": ("SKU_OF", True, "product_id")},
    "attributes": {"product_id": ("HAS_ATTRIBUTE", False, "product_id")},
    "price_history": {"sku_id": ("PRICED", False, "sku_id")},
    "identities": {"user_id": ("KNOWN_AS", False, "user_id")},
    "coupons": {"promotion_id": ("COUPON_OF", True, "promotion_id"), "user_id": ("HOLDS", False, "user_id")},
    "orders": {"user_id": ("PLACED", False, "user_id"), "shop_id": ("AT_SHOP", True, "shop_id")},
    "events": {"user_id": ("DID", False, "user_id")},
}


def export(store: Store, folder: Path | str, *, data_set: str | None = None) -> dict[str, int]:
    """Write the rows of a graph as a data set.

    Parameters
    ----------
    store : where from
    folder : where to; must be new or empty
    data_set : only the rows that this data set (by its manifest's name) brought; all rows when absent

    Returns
    -------
    dict
        File name to number of rows. Loading the folder again changes nothing.

    Raises
    ------
    DataError
        When the folder is not empty, or the graph has no such data set.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError("is not empty", where=str(folder), do="name a new or empty folder")
    manifest = _manifest(store, data_set)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), encoding="utf-8")
    counts = {}
    for file in FILES:
        rows = (_model(file, values) for values in _values(store, file, data_set))
        count = (_write_jsonl if file.name in _NESTED else _write_csv)(folder, file, rows)
        if count:
            counts[file.name] = count
    return counts


def _manifest(store: Store, data_set: str | None) -> dict[str, Any]:
    known = store.read(Statement("MATCH (d:DataSet) RETURN d.name AS name, d.as_of AS as_of ORDER BY d.name"))
    if data_set is not None:
        known = [row for row in known if row["name"] == data_set]
        if not known:
            raise DataError(f"the graph has no data set {data_set!r}", do="kg doctor lists what is loaded")
    name = known[0]["name"] if len(known) == 1 else "export"
    manifest: dict[str, Any] = {"name": name, "format_version": 1}
    if len(known) == 1 and known[0]["as_of"] is not None:
        manifest["as_of"] = format_instant(known[0]["as_of"])
    return manifest


def _model(file: DataFile, values: dict[str, Any]) -> Row:
    return file.model.model_validate(values, context=GRAPH)


def _values(store: Store, file: DataFile, data_set: str | None) -> Iterator[dict[str, Any]]:
    """The rows of a file as the graph has them, in the graph encoding, in the order of their keys."""
    mine = f" AND substring(n.{FINGERPRINT}, {NAME_AT}) = $name" if data_set is not None else ""
    if file.name == "product_relations":
        yield from _relations(store, mine, data_set)
        return
    label = GraphSchema.load().label(file.label)
    fixed = {"name": data_set} if data_set is not None else {}
    text = (
        f"MATCH (n:{file.label}) WHERE n.{label.key} > $after AND n.{FINGERPRINT} IS NOT NULL{mine} "
        f"RETURN n.{label.key} AS key, n {{.*}} AS p ORDER BY key LIMIT {_PAGE}"
    )
    after = ""
    while page := store.read(Statement(text, {"after": after, **fixed}), timeout_ms=0):
        found = {row["key"]: row["p"] for row in page}
        after = page[-1]["key"]
        for column, (kind, leaves, name) in _EDGES.get(file.name, {}).items():
            arrow = f"(n)-[:{kind}]->(x)" if leaves else f"(n)<-[:{kind}]-(x)"
            lookup = (
                f"UNWIND $keys AS k MATCH (n:{file.label} {{{label.key}: k}}) MATCH {arrow} RETURN k AS key, x.{name} AS id"
            )
            for row in store.read(Statement(lookup, {"keys": list(found)}), timeout_ms=0):
                found[row["key"]][column] = row["id"]
        if file.name == "size_charts":
            _targets(store, found)
        if file.name == "orders":
            _orders(store, found)
        for values in found.values():
            yield _clean(file, values)


def _clean(file: DataFile, values: dict[str, Any]) -> dict[str, Any]:
    """Only the columns of the row, JSON texts read, absent keys absent."""
    label = GraphSchema.load().label(file.label)
    # the graph gives every promotion a version, the row may have had none
    recorded = values.get("recorded") if file.name == "promotions" else None
    row = {}
    for column in columns_of(file.model):
        if column not in values or (recorded is not None and column not in recorded):
            continue
        value = values[column]
        kind = label.properties[column].type if column in label.properties else "string"
        row[column] = json.loads(value) if kind == "json" and isinstance(value, str) else value
    return row


def _relations(store: Store, mine: str, data_set: str | None) -> Iterator[dict[str, Any]]:
    for kind in RELATIONS:
        for label, key in (("Product", "product_id"), ("Category", "category_id"), ("Brand", "brand_id")):
            text = (
                f"MATCH (p:Product)-[n:{kind}]->(t:{label}) WHERE n.{FINGERPRINT} IS NOT NULL{mine} "
                f"RETURN p.product_id AS product, t.{key} AS target, n.note AS note ORDER BY product, target"
            )
            fixed = {"name": data_set} if data_set is not None else {}
            for row in store.read(Statement(text, fixed), timeout_ms=0):
                values = {
                    "product_id": row["product"],
                    "relation": kind,
                    "target_type": label.lower(),
                    "target_id": row["target"],
                }
                yield values if row["note"] is None else {**values, "note": row["note"]}


def _targets(store: Store, found: dict[str, dict[str, Any]]) -> None:
    for label, key in (("Product", "product_id"), ("Category", "category_id"), ("Brand", "brand_id")):
        text = (
            "UNWIND $keys AS k MATCH (n:SizeChart {size_key: k}) "
            f"MATCH (x:{label})-[:SIZED_BY]->(n) RETURN k AS key, x.{key} AS id"
        )
        for row in store.read(Statement(text, {"keys": list(found)}), timeout_ms=0):
            found[row["key"]].update(target_type=label.lower(), target_id=row["id"])


_HEAD = "UNWIND $keys AS k MATCH (o:Order {order_id: k}) "


def _orders(store: Store, found: dict[str, dict[str, Any]]) -> None:
    """Put lines, applications, payments, freight, shipments and returns into their orders, in the order they were loaded in."""

    def rows(text: str) -> list[dict[str, Any]]:
        return store.read(Statement(_HEAD + text, {"keys": list(found)}), timeout_ms=0)

    children: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    schema = GraphSchema.load()

    def take(name: str, label: str, found_rows: list[dict[str, Any]]) -> None:
        hidden = {schema.label(label).key, "recorded"}
        for row in found_rows:
            values = {key: value for key, value in row["p"].items() if key not in hidden}
            more = {key: value for key, value in row.items() if key not in ("key", "p") and value is not None}
            children.setdefault((row["key"], name), {})[values[f"{name}_id"]] = {**values, **more}

    take(
        "line",
        "OrderLine",
        rows("MATCH (o)-[:HAS_LINE]->(n:OrderLine)-[:FOR_SKU]->(s) RETURN k AS key, n {.*} AS p, s.sku_id AS sku_id"),
    )
    take(
        "application",
        "PromotionApplication",
        rows(
            "MATCH (o)-[:HAS_APPLICATION]->(n:PromotionApplication)-[:OF]->(p) "
            "RETURN k AS key, n {.*} AS p, p.promotion_id AS promotion_id, p.version AS version"
        ),
    )
    take("payment", "Payment", rows("MATCH (o)-[:PAID_WITH]->(n:Payment) RETURN k AS key, n {.*} AS p"))
    take("shipment", "Shipment", rows("MATCH (o)-[:SHIPPED_IN]->(n:Shipment) RETURN k AS key, n {.*} AS p"))
    take("return", "Return", rows("MATCH (o)-[:HAS_RETURN]->(n:Return) RETURN k AS key, n {.*} AS p"))
    parts: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in rows(
        "MATCH (o)-[:HAS_APPLICATION]->(a:PromotionApplication)<-[e:PARTICIPATED_IN]-(l) "
        "RETURN k AS key, a.application_id AS child, l.line_id AS line_id, e.role AS role, e.share AS share"
    ):
        parts.setdefault((row["key"], row["child"]), {})[row["line_id"]] = {
            name: row[name] for name in ("line_id", "role", "share")
        }
    for row in rows(
        "MATCH (o)-[:HAS_RETURN]->(a:Return)-[e:TAKES_BACK]->(l) "
        "RETURN k AS key, a.return_id AS child, l.line_id AS line_id, e.quantity AS quantity"
    ):
        parts.setdefault((row["key"], row["child"]), {})[row["line_id"]] = {name: row[name] for name in ("line_id", "quantity")}
    for row in rows("MATCH (o)-[:HAS_FREIGHT]->(n:Freight) RETURN k AS key, n {.*} AS p"):
        hidden = {"order_id", "recorded"}
        found[row["key"]]["freight"] = {key: value for key, value in row["p"].items() if key not in hidden}
    for order_id, order in found.items():
        for name in ("line", "application", "payment", "shipment", "return"):
            ids = order.pop(f"{name}_ids", None)
            if ids is None:
                continue
            items = [children[(order_id, name)][child] for child in ids]
            for item in items:
                if name in ("application", "return"):
                    mine = parts.get((order_id, item[f"{name}_id"]), {})
                    lines = [mine[line_id] for line_id in item.pop("line_ids")]
                    item["participants" if name == "application" else "lines"] = lines
                if name == "shipment" and isinstance(item.get("events"), str):
                    item["events"] = json.loads(item["events"])
            order[f"{name}s"] = items


def _write_csv(folder: Path, file: DataFile, rows: Iterator[Row]) -> int:
    columns = columns_of(file.model)
    count = 0
    stream = None
    try:
        for row in rows:
            if stream is None:
                stream = (folder / f"{file.name}.csv").open("w", encoding="utf-8", newline="")
                writer = csv.writer(stream)
                writer.writerow(columns)
            values = row.model_dump(mode="json", by_alias=True, exclude_unset=True)
            writer.writerow([_cell(values.get(column)) for column in columns])
            count += 1
    finally:
        if stream is not None:
            stream.close()
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "|".join(map(str, value))
    if isinstance(value, dict):
        return ";".join(f"{key}={item}" for key, item in value.items())
    return "" if value is None else value


def _write_jsonl(folder: Path, file: DataFile, rows: Iterator[Row]) -> int:
    count = 0
    stream = None
    try:
        for row in rows:
            stream = stream or (folder / f"{file.name}.jsonl").open("w", encoding="utf-8")
            values = row.model_dump(mode="json", by_alias=True, exclude_unset=True)
            stream.write(json.dumps(values, ensure_ascii=False) + "\n")
            count += 1
    finally:
        if stream is not None:
            stream.close()
    return count
