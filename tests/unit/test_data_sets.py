"""The two data sets of the repository: sound, wide enough, and with shares that the rules of allocation give."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from kg_service.answers.answer import Status, Verdict
from kg_service.dataset import FILES, Order, Promotion, Term
from kg_service.dataset.promotion import KINDS
from kg_service.loading import check
from tests.support.cases import DATA as ASKED
from tests.support.cases import cases

ROOT = Path(__file__).resolve().parents[2]
DATA = {"demo": ROOT / "seed_data" / "demo", "second": ROOT / "tests" / "data" / "second"}
CALL = ("after", "user_id", "known_user", "order_id", "now", "role", "channel", "session_id", "known_miss")
ANSWER = ("status", "intent", "verdict", "facts", "missing")
ITEM_KINDS = ("ITEM_FIXED_OFF", "ITEM_PERCENT", "SPECIAL_PRICE", "MEMBER_PRICE")


def rows(data: str, name: str) -> list[dict[str, Any]]:
    """The rows of a file as they stand, read apart from the loader."""
    return list(_rows(DATA[data], name))


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    path = next(path for path in folder.iterdir() if path.name.split(".")[0] == name)
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    if ".jsonl" in path.name:
        yield from (json.loads(line) for line in text.splitlines())
    else:
        yield from ({key: value for key, value in row.items() if value} for row in csv.DictReader(io.StringIO(text)))


def orders(data: str) -> list[Order]:
    return [Order.model_validate(row) for row in rows(data, "orders")]


def promotions(data: str) -> dict[tuple[str, int], Promotion]:
    found = [Promotion.model_validate(row) for row in rows(data, "promotions")]
    return {(one.promotion_id, one.version): one for one in found}


@pytest.mark.parametrize("data", DATA)
def test_the_loader_finds_nothing_to_say(data: str) -> None:
    report = check(DATA[data])
    assert report.ok, [str(problem) for problem in report.problems]
    assert not report.warnings, [str(problem) for problem in report.warnings]
    assert set(report.files) == {file.name for file in FILES}


def test_the_demo_is_wide_enough() -> None:
    assert len(rows("demo", "products")) >= 60
    assert len(rows("demo", "skus")) >= 100
    assert len(rows("demo", "users")) >= 30
    assert len(rows("demo", "orders")) >= 95
    assert {one.kind for one in promotions("demo").values()} == set(KINDS)
    terms = [Term.model_validate(row) for row in rows("demo", "terms")]
    assert {term.topic for term in terms} == set(get_args(Term.model_fields["topic"].annotation))
    assert {term.basis for term in terms} == {"STATUTE", "PLATFORM_TERM", "MERCHANT_TERM"}
    statuses = {order.status for order in orders("demo")}
    assert statuses == set(get_args(Order.model_fields["status"].annotation))


def test_the_demo_has_every_policy_for_partial_returns() -> None:
    promoted = promotions("demo").values()
    terms = [Term.model_validate(row) for row in rows("demo", "terms")]
    stated = [one.after_sale for one in promoted] + [term.values for term in terms]
    assert {"RECORDED_SHARE", "ALL_OR_NOTHING", "FORFEIT_FROM_RETURNED"} <= {one.on_partial_return for one in stated}
    assert {"REFUSE_ALONE", "FLOOR_ZERO"} <= {one.negative_settlement for one in stated}
    assert any(term.values.lifts_exclusions for term in terms)
    assert any(term.topic == "RETURN" and (term.values.window_days or 7) < 7 for term in terms), "one below the statutory floor"


@pytest.mark.parametrize(
    ("data", "order_id", "prices", "paid"),
    [
        ("demo", "O20261108001", ["3000.00", "500.00"], "3200.00"),
        ("demo", "O20261108002", ["3000.00", "500.00"], "3200.00"),
        ("demo", "O20261108003", ["3000.00", "500.00"], "3300.00"),
        ("demo", "O20261109001", ["3000.00", "500.00"], "3399.00"),
        ("demo", "O20261109002", ["3000.00", "0.00"], "3000.00"),
        ("demo", "O20261109003", ["95.00", "5.00"], "50.00"),
        ("demo", "O20261108004", ["3000.00", "500.00"], "3200.00"),
        ("second", "270305101", ["2380.00", "420.00"], "2540.00"),
        ("second", "270305102", ["618.00", "168.00"], "696.00"),
        ("second", "270306103", ["4380.00", "158.00"], "4470.00"),
        ("second", "270306104", ["268.00", "149.00"], "387.00"),
        ("second", "270307105", ["699.00", "0.00"], "699.00"),
        ("second", "270307107", ["24.00", "76.00"], "45.00"),
        ("second", "270308108", ["2380.00", "420.00"], "2540.00"),
    ],
)
def test_the_shapes_have_their_figures(data: str, order_id: str, prices: list[str], paid: str) -> None:
    order = next(order for order in orders(data) if order.order_id == order_id)
    assert [str(line.list_price) for line in order.lines] == prices
    assert order.payments is not None
    assert str(sum((one.amount for one in order.payments[1:]), order.payments[0].amount)) == paid


@pytest.mark.parametrize("data", DATA)
def test_recorded_shares_are_the_largest_remainders(data: str) -> None:
    """Promotions.md section 5, worked out here from the rows alone."""
    known = promotions(data)
    counted = 0
    for order in orders(data):
        running = {line.line_id: int(line.list_price) * line.quantity for line in order.lines}
        units = {line.line_id: line.quantity for line in order.lines}
        for application in order.applications or []:
            promotion = known[application.promotion_id, application.version]
            shares = {part.line_id: int(part.share) for part in application.participants}
            targets = [part.line_id for part in application.participants if part.role in ("TARGET", "BOTH")]
            if promotion.kind not in ITEM_KINDS and targets:
                inside = _inside(order, promotion, targets)
                weights = {line: Fraction(running[line] * inside.get(line, units[line]), units[line]) for line in targets}
                where = f"{order.order_id} {promotion.key}"
                assert {line: shares[line] for line in targets} == _allocate(int(application.grant), weights), where
                counted += 1
            for line, share in shares.items():
                running[line] -= share
    assert counted > 10


def _inside(order: Order, promotion: Promotion, targets: list[str]) -> dict[str, int]:
    """Units that take part, where not all of a line do; lines with one price each, so line_id decides."""
    if promotion.kind in ("NTH_ITEM_PERCENT", "BUY_X_GET_Y", "QTY_FIXED_PRICE"):
        lines = sorted(
            (line for line in order.lines if line.line_id in targets), key=lambda line: (-line.list_price, line.line_id)
        )
        size = promotion.levels[0].value
        left = sum(line.quantity for line in lines) // size * size
        inside = {}
        for line in lines:
            inside[line.line_id] = min(left, line.quantity)
            left -= inside[line.line_id]
        return inside
    if promotion.kind in ("BUNDLE_PRICE", "BUNDLE_OFF"):
        return dict.fromkeys(targets, min(line.quantity for line in order.lines if line.line_id in targets))
    return {}


def _allocate(total: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    exact = {line: total * weight / sum(weights.values()) for line, weight in weights.items()}
    shares = {line: int(value) for line, value in exact.items()}
    order = sorted(weights, key=lambda line: (shares[line] - exact[line], -weights[line], line))
    for line in order[: total - sum(shares.values())]:
        shares[line] += 1
    return shares


def test_the_second_shares_no_name_and_no_id_with_the_demo() -> None:
    for name, columns in (
        ("shops", ("shop_id", "name")),
        ("brands", ("brand_id", "name")),
        ("products", ("product_id", "name")),
        ("skus", ("sku_id",)),
        ("users", ("user_id", "name")),
        ("promotions", ("promotion_id", "name")),
        ("orders", ("order_id",)),
    ):
        for column in columns:
            here, there = ({row[column] for row in rows(data, name)} for data in ("demo", "second"))
            assert not here & there, (name, column)


def test_the_second_is_written_in_other_encodings() -> None:
    folder = DATA["second"]
    assert (folder / "brands.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        (folder / "faqs.csv").read_bytes().decode("utf-8")
    assert (folder / "orders.jsonl.gz").read_bytes().startswith(b"\x1f\x8b")


@pytest.mark.parametrize(("data", "figure"), [("demo", "demo"), ("second", "second")])
def test_the_manifest_names_its_time(data: str, figure: str) -> None:
    manifest = yaml.safe_load((DATA[data] / "manifest.yaml").read_text(encoding="utf-8"))
    assert manifest["name"] == figure
    assert manifest["as_of"]


def test_statutes_that_terms_rest_on_are_among_the_laws() -> None:
    laws = [json.loads(line) for line in (ROOT / "seed_data/laws/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({law["id"] for law in laws}) == len(laws)
    for law in laws:
        assert law["id"] == f"{law['law_name']}#{law['article']}"
        assert law["text"]
        assert law["source"].startswith("http")
        assert len(law["effective_date"]) == 10
    sources = {law["source"] for law in laws}
    for data in DATA:
        for term in (Term.model_validate(row) for row in rows(data, "terms")):
            if term.basis == "STATUTE":
                assert term.source in sources, term.term_id


def test_cases_are_well_formed_and_name_what_the_data_have() -> None:
    seen: set[str] = set()
    ids = {data: {row["user_id"] for row in _rows(folder, "users")} for data, folder in ASKED.items()}
    known = {data: {row["order_id"] for row in _rows(folder, "orders")} for data, folder in ASKED.items()}
    for data, case in cases():
        assert case["id"] not in seen
        seen.add(case["id"])
        expect = case["expect"]
        # a comma in an unquoted question would become a key
        assert set(case) <= {"id", "question", "expect", "data_set", *CALL}, case["id"]
        assert set(expect) <= {*ANSWER, "facts_lack", "options", "text_contains", "text_lacks"}, case["id"]
        assert expect.get("status") in (None, *get_args(Status)), case["id"]
        assert expect.get("verdict") in (None, *get_args(Verdict)), case["id"]
        if expect.get("status") not in ("FORBIDDEN", "NOT_FOUND"):
            assert case.get("known_user") is False or case.get("user_id") in (None, *ids[data]), case["id"]
            assert case.get("order_id") in (None, *known[data]), case["id"]
        if expect.get("facts", {}).get("order_id") is not None:
            assert expect["facts"]["order_id"] in known[data], case["id"]
    assert len(seen) > 200
