"""Each store, the same behaviour."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from kg_service.errors import QueryError, StoreTimeout, StoreUnavailable
from kg_service.graph import GraphSchema, Statement, Store

MAKE = "UNWIND $rows AS row MERGE (s:Shop {shop_id: row.id}) SET s += row.properties RETURN count(*) AS number"
READ = "MATCH (s:Shop {shop_id: $id}) RETURN s {.*} AS shop"


def make(store: Store, number: int = 3) -> None:
    rows = [{"id": f"H{n}", "properties": {"name": f"店{n}", "aliases": [f"甲{n}", f"乙{n}"]}} for n in range(number)]
    assert store.write([Statement(MAKE, {"rows": rows})]) == [[{"number": number}]]


def test_what_is_written_is_read_as_plain_values(store: Store) -> None:
    make(store)
    text = (
        "MATCH (s:Shop {shop_id: $id}) RETURN s {.*} AS shop, [x IN s.aliases | {alias: x}] AS maps, null AS none, true AS yes"
    )
    assert store.read(Statement(text, {"id": "H1"})) == [
        {
            "shop": {"shop_id": "H1", "name": "店1", "aliases": ["甲1", "乙1"]},
            "maps": [{"alias": "甲1"}, {"alias": "乙1"}],
            "none": None,
            "yes": True,
        }
    ]


@pytest.mark.parametrize(
    "value", ["", "a'b\"c\\", "👂", "換行\n", 0, -1, 2**62, True, None, [], ["x", "y"], {"a": [1, {"b": None}]}]
)
def test_parameters_arrive_unchanged(store: Store, value: object) -> None:
    assert store.read(Statement("RETURN $value AS value", {"value": value})) == [{"value": value}]


@pytest.mark.parametrize("value", [2**70, "\ud800", object()])
def test_a_parameter_no_store_can_hold_is_a_query_error(store: Store, value: object) -> None:
    with pytest.raises(QueryError):
        store.read(Statement("RETURN $value AS value", {"value": value}))


@pytest.mark.parametrize(
    "text", ["MATCH (s:Shop) RETURN s", "MATCH (s:Shop) RETURN {deep: [s]} AS x", "MATCH p = (s:Shop) RETURN p"]
)
def test_store_objects_never_leave(store: Store, text: str) -> None:
    make(store)
    with pytest.raises(QueryError, match="return maps and scalars"):
        store.read(Statement(text, name="bad/leak"))


def test_a_read_never_writes(store: Store) -> None:
    with pytest.raises(QueryError, match="bad/write"):
        store.read(Statement("CREATE (s:Shop {shop_id: 'X'}) RETURN s.shop_id AS id", name="bad/write"))
    assert store.read(Statement("MATCH (s:Shop) RETURN count(s) AS number")) == [{"number": 0}]


@pytest.mark.parametrize(
    "text", ["MATCH (s:Shop RETURN 1 AS x", "MATCH (s:Shop) RETURN nothing(s) AS x", "RETURN $missing AS x"]
)
def test_a_refused_statement_is_named(store: Store, text: str) -> None:
    with pytest.raises(QueryError, match="bad/text"):
        store.read(Statement(text, name="bad/text"))


def test_a_query_that_takes_too_long_is_a_timeout(store: Store) -> None:
    make(store, 2000)
    slow = "MATCH (a:Shop), (b:Shop), (c:Shop) WHERE a.name + b.name = c.name + 'x' RETURN count(*) AS number"
    with pytest.raises(StoreTimeout, match="slow/one"):
        store.read(Statement(slow, name="slow/one"), timeout_ms=300)
    assert store.read(Statement(READ, {"id": "H1"}))  # and the next one has its own limit


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    make(store)
    good = Statement("CREATE (s:Shop {shop_id: 'NEW', name: 'n'})")
    for bad in (Statement("CREATE (s:Shop {shop_id: 'H1', name: 'twice'})"), Statement("RETURN broken(", name="bad/second")):
        with pytest.raises(QueryError):
            store.write([good, bad])
    assert store.read(Statement(READ, {"id": "NEW"})) == []


def test_concurrent_increments_are_all_counted(store: Store) -> None:
    make(store)
    add = Statement("MATCH (s:Shop {shop_id: 'H1'}) SET s.visits = coalesce(s.visits, 0) + 1")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.write([add]), range(80)))
    assert store.read(Statement("MATCH (s:Shop {shop_id: 'H1'}) RETURN s.visits AS visits")) == [{"visits": 80}]


def test_concurrent_reads(store: Store) -> None:
    make(store, 50)
    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(lambda n: store.read(Statement(READ, {"id": f"H{n % 50}"})), range(300)))
    assert [row[0]["shop"]["shop_id"] for row in rows] == [f"H{n % 50}" for n in range(300)]


def test_the_schema_is_applied_again_without_harm_and_its_indexes_serve(store: Store, schema: GraphSchema) -> None:
    make(store)
    store.apply_schema(schema.statements())
    for label, spec in schema.labels.items():
        for name in (spec.key, *spec.index):
            plan = store.explain(Statement(f"MATCH (n:{label} {{{name}: $value}}) RETURN n.{name} AS value", {"value": "x"}))
            assert "IndexSeek" in plan, f"{label}.{name} has no index:\n{plan}"
    with pytest.raises(QueryError):
        store.write([Statement("CREATE (s:Shop {shop_id: 'H1', name: 'a second one'})")])


def test_explain_does_not_run(store: Store) -> None:
    assert store.explain(Statement("CREATE (s:Shop {shop_id: 'H9', name: 'n'})"))
    assert store.read(Statement(READ, {"id": "H9"})) == []
    with pytest.raises(QueryError):
        store.explain(Statement("MATCH (s:Shop) RETURN nothing(s) AS x"))


def test_info(store: Store) -> None:
    info = store.info()
    assert info.kind in ("arcadedb", "neo4j")
    assert info.version[0].isdigit()
    assert info.location


def test_closed(neo4j_server: object, request: pytest.FixtureRequest, tmp_path: object) -> None:
    from kg_service.graph import open_store

    options = request.getfixturevalue("neo4j_options")
    for opened in (open_store(f"{tmp_path}/store"), open_store(request.getfixturevalue("neo4j_server").uri, options)):
        opened.close()
        opened.close()
        with pytest.raises(StoreUnavailable, match="closed"):
            opened.read(Statement("RETURN 1 AS x"))
