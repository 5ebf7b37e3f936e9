"""A synthetic data set of any size: every file of the format, figures that agree, nothing of a real shop."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

START = 1_767_196_800  # 2026-01-01 in Shanghai, epoch seconds


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def at(seconds: int) -> str:
    from kg_service.times import format_instant

    return format_instant((START + seconds) * 1000)


def write_csv(path: Path, header: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def write_jsonl(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_data_set(folder: Path, orders: int, *, seed: int = 1, name: str = "synthetic") -> Path:
    """Write a data set with ``orders`` orders and, in proportion, the rest."""
    rng = random.Random(seed)
    users, products = max(orders // 2, 5), max(orders // 5, 20)
    categories, brands, shops = max(products // 40, 4), max(products // 50, 3), max(products // 100, 2)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.yaml").write_text(
        f"name: {name}\nformat_version: 1\nas_of: 2026-06-01T00:00:00+08:00\n", encoding="utf-8"
    )
    write_csv(folder / "shops.csv", "shop_id,name,kind", ((f"H{i}", f"店{i}", "THIRD_PARTY") for i in range(shops)))
    write_csv(folder / "brands.csv", "brand_id,name,aliases", ((f"B{i}", f"牌{i}", f"别{i}|又{i}") for i in range(brands)))
    write_csv(
        folder / "categories.csv",
        "category_id,name,parent_id",
        # Children stand before their parents: a loader has to cope.
        ((f"C{i}", f"类{i}", f"C{i // 3}" if i else "") for i in reversed(range(categories))),
    )
    prices = [rng.randrange(500, 500_000) for _ in range(products * 2)]
    write_csv(
        folder / "products.csv",
        "product_id,name,aliases,category_id,brand_id,shop_id,status",
        (
            (f"P{i}", f"品{i}", f"物{i}", f"C{rng.randrange(categories)}", f"B{i % brands}", f"H{i % shops}", "ON_SALE")
            for i in range(products)
        ),
    )
    write_csv(
        folder / "skus.csv",
        "sku_id,product_id,spec,price,stock",
        ((f"S{i}", f"P{i // 2}", f"颜色=色{i % 7};容量={i % 5}", yuan(price), i % 90) for i, price in enumerate(prices)),
    )
    write_csv(
        folder / "attributes.csv", "product_id,name,value,unit", ((f"P{i}", "重量", str(i), "g") for i in range(products))
    )
    write_csv(
        folder / "product_relations.csv",
        "product_id,relation,target_type,target_id,note",
        ((f"P{i}", "COMPATIBLE_WITH", "product", f"P{i + 1}", "") for i in range(0, products - 1, 10)),
    )
    write_csv(
        folder / "price_history.csv",
        "sku_id,price,from",
        ((f"S{i}", yuan(p), at(-86400)) for i, p in enumerate(prices) if i % 4 == 0),
    )
    write_csv(
        folder / "users.csv",
        "user_id,name,member_level,registered_at",
        ((f"U{i}", f"客{i}", rng.choice(["NORMAL", "GOLD"]), at(i)) for i in range(users)),
    )
    write_csv(folder / "identities.csv", "user_id,channel,external_id", ((f"U{i}", "wechat", f"wx{i}") for i in range(users)))
    term = {"term_id": "T1", "topic": "RETURN", "text": "七天内可退。", "basis": "STATUTE", "values": {"window_days": 7}}
    write_jsonl(folder / "terms.jsonl", [term])
    write_jsonl(folder / "promotions.jsonl", _promotions())
    write_csv(
        folder / "coupons.csv",
        "coupon_id,promotion_id,user_id,status,used_order_id",
        (
            (
                f"K{i}",
                "M2",
                f"U{i % users}",
                "USED" if i < orders and i % 5 == 0 else "UNUSED",
                f"O{i}" if i < orders and i % 5 == 0 else "",
            )
            for i in range(users)
        ),
    )
    write_jsonl(folder / "orders.jsonl", _orders(rng, orders, users, prices))
    write_csv(
        folder / "faqs.csv",
        "faq_id,question,answer,target_type,target_id",
        [("F1", "怎么退?", "在订单里点退货。", "promotion", "M1")],
    )
    write_csv(
        folder / "events.csv",
        "user_id,kind,target_type,target_id,at",
        ((f"U{i}", "VIEW", "product", f"P{i % products}", at(i)) for i in range(users)),
    )
    write_csv(folder / "agents.csv", "agent_id,name,skills", [("G1", "小周", "AFTER_SALES|ORDER")])
    return folder


def _promotions() -> Iterator[dict[str, Any]]:
    for version in (1, 2):
        yield {
            "promotion_id": "M1",
            "version": version,
            "name": "满减",
            "kind": "AMOUNT_THRESHOLD_OFF",
            "scope": {"include": [{"type": "category", "id": "C0"}]},
            "tiers": [{"value": "10.00", "effect": {"off": "1.00"}}],
            "after_sale": {"term_id": "T1"},
        }
    yield {
        "promotion_id": "M2",
        "name": "券",
        "kind": "COUPON_FIXED",
        "condition": {"value": "10.00"},
        "effect": {"off": "2.00"},
    }


def _orders(rng: random.Random, orders: int, users: int, prices: list[int]) -> Iterator[dict[str, Any]]:
    for i in range(orders):
        placed = i * 10
        chosen = rng.sample(range(len(prices)), rng.choice([1, 2, 2, 3]))
        lines = [
            {"line_id": f"L{n}", "sku_id": f"S{sku}", "quantity": 1, "list_price": yuan(prices[sku])}
            for n, sku in enumerate(chosen)
        ]
        goods = sum(prices[sku] for sku in chosen)
        applications: list[dict[str, Any]] = []
        if goods >= 1000:
            shares = [100 // len(chosen)] * len(chosen)
            shares[0] += 100 - sum(shares)
            parts = [{"line_id": f"L{n}", "role": "BOTH", "share": yuan(share)} for n, share in enumerate(shares)]
            applications.append(
                {
                    "application_id": "A1",
                    "promotion_id": "M1",
                    "version": 2,
                    "grant": "1.00",
                    "tier_index": 0,
                    "participants": parts,
                }
            )
        grants = 100 * len(applications)
        order: dict[str, Any] = {
            "order_id": f"O{i}",
            "user_id": f"U{i % users}",
            "status": "RECEIVED",
            "placed_at": at(placed),
            "paid_at": at(placed + 60),
            "shipped_at": at(placed + 3600),
            "received_at": at(placed + 90_000),
            "lines": lines,
            "applications": applications,
            "payments": [{"payment_id": "Y1", "kind": "CASH", "amount": yuan(goods - grants)}],
            "freight": {"charged": "0.00", "waived": "6.00", "waived_by": "M1"} if i % 2 else 0,
            "shipments": [
                {"shipment_id": "X1", "carrier": "快", "tracking_no": f"T{i}", "line_ids": [line["line_id"] for line in lines]}
            ],
            "returns": [],
        }
        if i % 10 == 0:
            order["returns"] = [
                {
                    "return_id": "R1",
                    "lines": [{"line_id": "L0", "quantity": 1}],
                    "status": "REQUESTED",
                    "requested_at": at(placed + 100_000),
                }
            ]
        yield order
