"""A template that is not fit is refused when it is read, with its file, its line, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg_service.errors import TemplateError
from kg_service.graph import GraphSchema
from kg_service.queries.registry import Registry

HEADER = "// purpose: a test\n// mode: {mode}\n// audience: {audience}\n"

ORDER = "MATCH (u:User {user_id: $user_id})-[:PLACED]->(o:Order)\n"
OWNER = "// param user_id: string owner\n"
ORDER_ID = "// returns: order_id string\n"
BY_ID = "RETURN o.order_id AS order_id ORDER BY order_id"


def load(folder: Path, text: str, mode: str = "read", audience: str = "customer") -> Registry:
    (folder / "area").mkdir(exist_ok=True)
    (folder / "area" / "one.cypher").write_text(HEADER.format(mode=mode, audience=audience) + text, encoding="utf-8")
    return Registry.load(folder, schema=GraphSchema.load())


GOOD = {
    "own orders": OWNER + ORDER_ID + ORDER + BY_ID,
    "owner in WHERE": OWNER
    + ORDER_ID
    + "MATCH (u:User)-[:PLACED]->(o:Order) WHERE u.user_id = $user_id AND o.placed_at > 0\n"
    + BY_ID,
    "owner found later": OWNER
    + ORDER_ID
    + "MATCH (o:Order {status: 'PAID'})\nMATCH (u:User {user_id: $user_id})-[:PLACED]->(o)\n"
    + BY_ID,
    "optional below": OWNER
    + "// returns: order_id string, return_id string\n"
    + ORDER
    + "OPTIONAL MATCH (o)-[:HAS_RETURN]->(r:Return)\n"
    + "RETURN o.order_id AS order_id, r.return_id AS return_id ORDER BY order_id, return_id",
    "carried by WITH": OWNER
    + ORDER_ID
    + ORDER
    + "WITH o AS x, u ORDER BY x.order_id LIMIT 3\nMATCH (x)-[:HAS_LINE]->(l:OrderLine)\n"
    "RETURN DISTINCT x.order_id AS order_id ORDER BY order_id",
    "subquery": OWNER
    + ORDER_ID
    + ORDER
    + "CALL (o) {\n  MATCH (o)-[:HAS_LINE]->(l:OrderLine) RETURN l ORDER BY l.line_id LIMIT 1\n}\n"
    "MATCH (l)-[:FOR_SKU]->(s:Sku)\n" + BY_ID,
    "exists below the owner's": OWNER
    + ORDER_ID
    + ORDER
    + "WHERE EXISTS { (o)-[:HAS_RETURN]->(:Return {status: 'REFUNDED'}) }\n"
    + BY_ID,
    "counted": OWNER + "// returns: number integer\n" + ORDER + "RETURN count(o) AS number",
    "public": "// returns: id string\nMATCH (t:Term) WHERE NOT (t)-[:APPLIES_TO]->()\nRETURN t.term_id AS id ORDER BY id",
    "words as names": "// param from: instant\n// returns: order string, set string\n"
    "MATCH (p:Sku)-[:PRICED]->(x:PricePoint {from: $from}) // MATCH (everything)\n"
    "RETURN p.sku_id AS order, 'CREATE (n)' AS set ORDER BY order",
    "comprehension": OWNER
    + "// returns: order_id string, lines strings\n"
    + ORDER
    + "RETURN o.order_id AS order_id, [(o)-[:HAS_LINE]->(l:OrderLine) | l.line_id] AS lines ORDER BY order_id",
    "path": "// returns: depth integer\nMATCH p = (c:Category)-[:CHILD_OF*0..16]->(a:Category)\n"
    "RETURN length(p) AS depth ORDER BY depth",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_good(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text)["area/one"].purpose == "a test"


# The header's own three lines come first, so that the text here begins at line 4.
BAD = {
    "no label": (
        OWNER + ORDER_ID + ORDER + "MATCH (x)-[:AT_SHOP]->(h:Shop)\n" + BY_ID,
        "cypher/area/one.cypher:7: (x) is matched without a label (give it one: both stores would scan all nodes)",
    ),
    "no label any more": (
        OWNER + ORDER_ID + ORDER + "WITH u\nMATCH (o)-[:AT_SHOP]->(h:Shop)\n" + BY_ID,
        "cypher/area/one.cypher:8: (o) is matched without a label (give it one: both stores would scan all nodes)",
    ),
    "no label in EXISTS": (
        OWNER + ORDER_ID + ORDER + "WHERE EXISTS { MATCH (o)-[:HAS_LINE]->(l) }\n" + BY_ID,
        "cypher/area/one.cypher:7: (l) is matched without a label",
    ),
    "not declared": (
        OWNER + ORDER_ID + ORDER + "WHERE o.placed_at >= $since\n" + BY_ID,
        "cypher/area/one.cypher:7: parameter $since is used but not declared (add // param since: TYPE to the header)",
    ),
    "not used": (
        OWNER + "// param since: instant\n" + ORDER_ID + ORDER + BY_ID,
        "cypher/area/one.cypher:5: parameter since is declared but not used (use it or remove the line)",
    ),
    "label": ("// returns: id string\nMATCH (p:Produkt) RETURN p.product_id AS id ORDER BY id", ":5: unknown label Produkt"),
    "relationship": (
        "// returns: id string\nMATCH (p:Product)-[:MADE_BY]->(b:Brand) RETURN p.product_id AS id ORDER BY id",
        ":5: unknown relationship MADE_BY",
    ),
    "no type": (
        "// returns: id string\nMATCH (p:Product)-->(b:Brand) RETURN p.product_id AS id ORDER BY id",
        ":5: a relationship is",
    ),
    "direction": (
        "// returns: id string\nMATCH (p:Product)<-[:OF_BRAND]-(b:Brand) RETURN p.product_id AS id ORDER BY id",
        ":5: OF_BRAND does not connect Product and Brand (check its direction and labels)",
    ),
    "property": (
        "// returns: id string\nMATCH (p:Product) RETURN p.title AS id ORDER BY id",
        ":5: Product has no property title",
    ),
    "property in a pattern": (
        "// returns: id string\nMATCH (p:Product {colour: 'x'}) RETURN p.product_id AS id ORDER BY id",
        ":5: Product has no property colour",
    ),
    "property in a map": (
        "// returns: m map\nMATCH (p:Product)\nRETURN p {.product_id, .colour} AS m ORDER BY p.product_id",
        ":6: Product has no property colour",
    ),
    "property of a relationship": (
        OWNER
        + "// returns: share money\n"
        + ORDER
        + "MATCH (o)-[:HAS_LINE]->(l:OrderLine)-[t:PARTICIPATED_IN]->(a:PromotionApplication)\n"
        "RETURN t.part AS share ORDER BY share",
        ":8: PARTICIPATED_IN has no property part",
    ),
    "property in ORDER BY": (
        "// returns: id string\nMATCH (p:Product) RETURN p.product_id AS id ORDER BY p.rank",
        ":5: Product has no property rank",
    ),
    "into JSON": (
        "// returns: id string\nMATCH (t:Term) WHERE t.values.window_days > 7\nRETURN t.term_id AS id ORDER BY id",
        ":5: values is JSON text, which Cypher cannot look into",
    ),
    "no owner": (
        "// param order_id: string\n// returns: order_id string\nMATCH (o:Order {order_id: $order_id})\n" + BY_ID,
        "cypher/area/one.cypher:6: (o:Order) is personal and not tied to the owner parameter, of which the header has none "
        "(MATCH it from (u:User {user_id: $user_id}), `// param user_id: string owner`, over personal labels only)",
    ),
    "owner that binds nothing": (
        OWNER + ORDER_ID + "MATCH (o:Order) WHERE o.channel = $user_id\n" + BY_ID,
        ":6: (o:Order) is personal and not tied to the owner parameter (MATCH it from",
    ),
    "owner for another node": (
        OWNER + ORDER_ID + "MATCH (u:User {user_id: $user_id})\nMATCH (o:Order {status: 'PAID'})\n" + BY_ID,
        ":7: (o:Order) is personal and not tied to the owner",
    ),
    "over the catalogue": (
        OWNER + ORDER_ID + ORDER + "MATCH (o)-[:AT_SHOP]->(h:Shop)<-[:AT_SHOP]-(x:Order)\n" + BY_ID,
        ":7: (x:Order) is personal and not tied to the owner",
    ),
    "owner under OR": (
        OWNER + ORDER_ID + "MATCH (u:User)-[:PLACED]->(o:Order) WHERE u.user_id = $user_id OR o.status = 'PAID'\n" + BY_ID,
        ":6: (u:User) is personal and not tied to the owner",
    ),
    "owner only when there is one": (
        OWNER + ORDER_ID + "MATCH (o:Order)\nOPTIONAL MATCH (u:User {user_id: $user_id})-[:PLACED]->(o)\n" + BY_ID,
        ":6: (o:Order) is personal and not tied to the owner",
    ),
    "owner only in EXISTS": (
        OWNER + ORDER_ID + "MATCH (o:Order) WHERE NOT EXISTS { MATCH (u:User {user_id: $user_id})-[:PLACED]->(o) }\n" + BY_ID,
        ":6: (o:Order) is personal and not tied to the owner",
    ),
    "owner only in a subquery": (
        OWNER + ORDER_ID + "MATCH (o:Order)\nCALL (o) {\n"
        "  MATCH (u:User {user_id: $user_id})-[:PLACED]->(o) RETURN count(u) AS number\n}\n" + BY_ID,
        ":6: (o:Order) is personal and not tied to the owner",
    ),
    "owner in a CASE": (
        OWNER + ORDER_ID + "MATCH (u:User)-[:PLACED]->(o:Order)\n"
        "WHERE CASE WHEN u.user_id = $user_id THEN true ELSE true END\n" + BY_ID,
        ":6: (u:User) is personal and not tied to the owner",
    ),
    "over the catalogue in several steps": (
        OWNER + ORDER_ID + "MATCH (u:User {user_id: $user_id})-[:PLACED|AT_SHOP*1..3]-(o:Order)\n" + BY_ID,
        ":6: (o:Order) is personal and not tied to the owner",
    ),
    "any label but": (ORDER_ID + "MATCH (o:!Shop)\n" + BY_ID, ":5: MATCH with a pattern not understood at '('"),
    "label of a parameter": (
        "// param label: string\n// returns: id string\nMATCH (s:Shop), (n:$($label))\nRETURN s.shop_id AS id ORDER BY id",
        ":6: MATCH with a pattern not understood at '('",
    ),
    "condition inside a pattern": (
        "// returns: id string\nMATCH (s:Shop WHERE s.name = 'x')\nRETURN s.shop_id AS id ORDER BY id",
        ":5: MATCH with a pattern not understood at '('",
    ),
    "label of a parameter in an expression": (
        "// param label: string\n// returns: ids strings\nMATCH (s:Shop)\n"
        "RETURN [(n:$($label))-[:AT_SHOP]->(s) | n.order_id] AS ids ORDER BY ids",
        ":7: a pattern not understood",
    ),
    "the same name, another node": (
        OWNER
        + "// returns: number integer, order_id string\nMATCH (o:Order)\nWITH count(o) AS number\n"
        + ORDER
        + "RETURN number, o.order_id AS order_id ORDER BY order_id",
        ":6: (o:Order) is personal and not tied to the owner",
    ),
    "one branch of a UNION": (
        OWNER + ORDER_ID + "CALL () {\n  " + ORDER + "  RETURN o\n  UNION ALL\n  MATCH (o:Order) RETURN o\n}\n" + BY_ID,
        ":10: (o:Order) is personal and not tied to the owner",
    ),
    "in a comprehension": (
        OWNER
        + "// returns: lines strings\n"
        + ORDER
        + "RETURN [(x:Order)-[:HAS_LINE]->(l:OrderLine) | l.line_id] AS lines ORDER BY lines",
        ":7: (x:Order) is personal and not tied to the owner",
    ),
    "write in a read": (
        OWNER + ORDER_ID + ORDER + "SET o.status = 'PAID'\n" + BY_ID,
        "cypher/area/one.cypher:7: SET in a template whose mode is read (write // mode: write, or do not write)",
    ),
    "write in a subquery": (
        "// returns: id string\nMATCH (s:Shop)\nCALL (s) {\n  DETACH DELETE s\n}\nRETURN s.shop_id AS id ORDER BY id",
        ":7: DETACH DELETE in a template",
    ),
    "no order": ("// returns: id string\nMATCH (s:Shop) RETURN s.shop_id AS id", ":5: RETURN without ORDER BY"),
    "limit": (
        "// returns: id string\nMATCH (s:Shop) WITH s LIMIT 3\nRETURN s.shop_id AS id ORDER BY id",
        ":5: LIMIT or SKIP without ORDER BY",
    ),
    "collect": (
        "// returns: ids strings\nMATCH (s:Shop) RETURN collect(s.shop_id) AS ids",
        ":5: collect() of rows in no stated order",
    ),
    "node": ("// returns: s map\nMATCH (s:Shop) RETURN s ORDER BY s.shop_id", ":5: a node is returned"),
    "nodes": ("// returns: s maps\nMATCH (s:Shop) WITH s ORDER BY s.shop_id\nRETURN collect(s) AS s", ":6: a node is returned"),
    "path": (
        "// returns: p map\nMATCH p = (c:Category)-[:CHILD_OF]->(a:Category) RETURN p ORDER BY c.category_id",
        ":5: a path is returned",
    ),
    "nameless": ("// returns: id string\nMATCH (s:Shop) RETURN s.shop_id ORDER BY s.shop_id", ":5: a column without a name"),
    "columns": (
        "// returns: id string, name string\nMATCH (s:Shop) RETURN s.shop_id AS id ORDER BY id",
        "cypher/area/one.cypher:4: the header returns id, name, the statement id (make them agree, in the same order)",
    ),
    "star": ("// returns: s map\nMATCH (s:Shop) RETURN *", ":5: RETURN *"),
    "elementId": (
        "// returns: id string\nMATCH (s:Shop) RETURN elementId(s) AS id ORDER BY id",
        ":5: elementId() means different",
    ),
    "datetime": ("// returns: id string\nMATCH (s:Shop) RETURN datetime() AS id ORDER BY id", ":5: datetime() means different"),
    "shortest": (
        "// returns: n integer\nMATCH p = SHORTEST 1 (c:Category)-[:CHILD_OF]->(a:Category) RETURN length(p) AS n ORDER BY n",
        ":5: SHORTEST is not understood by both stores",
    ),
    "procedure": (
        "// returns: id string\nCALL db.index.fulltext.queryNodes('x', 'y') YIELD node\nRETURN node.shop_id AS id ORDER BY id",
        ":5: CALL of a procedure",
    ),
    "no statement": ("// returns: nothing\n", ":1: there is no statement under the header"),
    "header word": ("// audiences: all\nMATCH (s:Shop) RETURN 1 AS id", ":4: header line not understood: // audiences: all"),
    "header twice": ("// mode: write\n// returns: nothing\n", ":4: mode is there twice"),
    "type": ("// param x: date\n// returns: nothing\n", ":4: parameter x has the unknown type date"),
    "parameter twice": ("// param x: string\n// param x: string\n// returns: nothing\n", ":5: parameter x is there twice"),
    "two owners": (
        "// param a: string owner\n// param b: string owner\n// returns: nothing\n",
        ":5: two parameters are marked as owner",
    ),
    "owner of another type": ("// param a: integer owner\n// returns: nothing\n", ":4: the owner parameter is a integer"),
    "no returns": ("MATCH (s:Shop) RETURN s.shop_id AS id ORDER BY id", ":1: the header has no returns"),
    "returned type": (
        "// returns: id text\nMATCH (s:Shop) RETURN s.shop_id AS id ORDER BY id",
        ":4: returned column id has the unknown type",
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD.keys())
def test_bad(tmp_path: Path, text: str, message: str) -> None:
    folder = tmp_path / "cypher"
    folder.mkdir()
    with pytest.raises(TemplateError) as caught:
        load(folder, text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("cypher/area/one.cypher:")
    assert caught.value.do


@pytest.mark.parametrize(
    ("mode", "audience", "message"), [("append", "customer", ":2: mode is"), ("read", "all", ":3: audience is")]
)
def test_bad_words_in_the_header(tmp_path: Path, mode: str, audience: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        load(tmp_path, "// returns: nothing\n", mode, audience)


def test_analyst_and_system_see_all(tmp_path: Path) -> None:
    for audience in ("analyst", "system"):
        load(tmp_path, ORDER_ID + "MATCH (o:Order)\n" + BY_ID, audience=audience)


def test_a_map_given_to_a_property(tmp_path: Path) -> None:
    for statement in ("MERGE (s:Shop {shop_id: {a: 1}})", "MATCH (s:Shop) SET s.name = {a: 1}"):
        with pytest.raises(TemplateError, match="is given a map"):
            load(tmp_path, f"// returns: nothing\n{statement}", mode="write", audience="system")


def test_what_a_merge_connects_was_not_so_before(tmp_path: Path) -> None:
    text = OWNER + "// param order_id: string\n// returns: nothing\nMATCH (u:User {user_id: $user_id})\n"
    text += "MATCH (o:Order {order_id: $order_id})\nMERGE (u)-[:PLACED]->(o)"
    with pytest.raises(TemplateError, match=r":8: \(o:Order\) is personal and not tied"):
        load(tmp_path, text, mode="write")


def test_a_write_with_rows(tmp_path: Path) -> None:
    text = "// param rows: maps\n// returns: number integer\nUNWIND $rows AS row\nMERGE (s:Shop {shop_id: row.id})\n"
    text += "ON CREATE SET s.name = row.name\n"
    assert load(tmp_path, text + "SET s += row.more\nRETURN count(*) AS number", mode="write", audience="system")
