"""What a store would not complain about, checked before a template is used.

A label on every node, names that the schema has, rows in a stated order, and that a customer's template reads no other's data.

Whose data it is: a personal node belongs to the owner when it is the one that the owner parameter names (``User.user_id``, or
the ``owner`` of a label that has one), or when a MATCH connects it to such a node by relationships between personal labels —
these never lead from one customer to another, while a way over the catalogue would. A condition in WHERE, EXISTS or an
OPTIONAL MATCH, or inside a subquery, does not make an earlier node the owner's: it need not hold for all rows. What MERGE and
CREATE connect was not so before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from kg_service.errors import TemplateError
from kg_service.graph.schema import GraphSchema
from kg_service.queries.cypher import (
    Clause,
    Node,
    Pattern,
    Token,
    clauses,
    is_word,
    match_of,
    patterns,
    split,
    tokenise,
)
from kg_service.queries.names import Names, ends
from kg_service.queries.ownership import Ownership, Variable
from kg_service.queries.portability import check_portable
from kg_service.queries.template import Template

__all__ = ["check"]

_WRITING = frozenset(
    (
        "CREATE",
        "MERGE",
        "SET",
        "DELETE",
        "DETACH DELETE",
        "REMOVE",
        "FOREACH",
        "DROP",
        "LOAD CSV",
        "ON CREATE SET",
        "ON MATCH SET",
    )
)
_PLAIN_PATTERNS = "write (n:Label {property: value})-[r:TYPE]->(m:Label), conditions in WHERE"
_AGGREGATES = frozenset(("count", "sum", "min", "max", "avg", "collect"))

Scope = dict[str, Variable]


def check(template: Template, schema: GraphSchema) -> None:
    """Check a template's Cypher against the rules and the schema.

    Raises
    ------
    TemplateError
        At the first thing that is wrong, with its file and line and what to do.
    """
    _Check(template, schema).run()


@dataclass
class _Result:
    """What a query returns: its columns, and which of them are nodes."""

    columns: list[str] = field(default_factory=list)
    scope: Scope = field(default_factory=dict)


class _Check:
    def __init__(self, template: Template, schema: GraphSchema) -> None:
        self.template = template
        self.schema = schema
        self.ownership = Ownership(schema, template.owner)
        self.names = Names(schema, self.refuse)
        self.outside: frozenset[int] = frozenset()

    def refuse(self, line: int, what: str, do: str) -> NoReturn:
        raise TemplateError(what, where=f"{self.template.path}:{line}", do=do)

    def run(self) -> None:
        tokens = tokenise(self.template.text)
        if not tokens:
            self.refuse(1, "there is no statement under the header", "write one")
        self.parameters(tokens)
        check_portable(tokens, self.refuse)
        result = self.query(tokens, {}, outermost=True)
        if result.columns != list(self.template.returns):
            self.refuse(
                self.template.returns_line,
                f"the header returns {', '.join(self.template.returns) or 'nothing'}, "
                f"the statement {', '.join(result.columns) or 'nothing'}",
                "make them agree, in the same order",
            )
        if self.template.audience == "customer":
            stranger = self.ownership.first_of_others()
            if stranger is not None:
                self.refuse(
                    stranger.line,
                    f"{stranger.shown} is personal and not tied to the owner parameter"
                    + ("" if self.template.owner else ", of which the header has none"),
                    "MATCH it from (u:User {user_id: $user_id}), `// param user_id: string owner`, over personal labels only",
                )

    def parameters(self, tokens: Sequence[Token]) -> None:
        used: dict[str, int] = {}
        for token in tokens:
            if token.kind == "parameter":
                used.setdefault(token.plain, token.line)
        for name, line in used.items():
            if name not in self.template.parameters:
                self.refuse(line, f"parameter ${name} is used but not declared", f"add // param {name}: TYPE to the header")
        for name, parameter in self.template.parameters.items():
            if name not in used:
                self.refuse(parameter.line, f"parameter {name} is declared but not used", "use it or remove the line")

    # ------------------------------------------------------------------------------------------------------ queries

    def query(self, tokens: Sequence[Token], outer: Scope, *, outermost: bool = False) -> _Result:
        """Walk a query or subquery; what it returns."""
        before = self.outside
        self.outside |= {id(variable) for variable in outer.values()}
        result = self.walk(tokens, outer, outermost=outermost)
        self.outside = before
        return result

    def walk(self, tokens: Sequence[Token], outer: Scope, *, outermost: bool) -> _Result:
        """The clauses of a query, one by one."""
        scope = dict(outer)
        result = _Result()
        ordered = False
        found = clauses(tokens)
        for number, clause in enumerate(found):
            self.mode(clause)
            match clause.keyword:
                case "UNION" | "UNION ALL":
                    scope, ordered = dict(outer), False
                case "MATCH" | "OPTIONAL MATCH" | "MERGE" | "CREATE":
                    self.matching(clause, scope)
                case "WITH" | "RETURN":
                    returned = self.projection(clause, scope, ordered, final=outermost and clause.keyword == "RETURN")
                    ordered = bool(clause.part("ORDER"))
                    if clause.keyword == "WITH":
                        scope = dict(returned.scope)
                        self.expression(clause.part("WHERE"), scope)
                    else:
                        self.merge(result, returned)
                case "UNWIND":
                    self.expression(clause.tokens, scope)
                    scope[clause.tokens[-1].plain] = Variable("value")
                case "CALL":
                    self.calling(clause, scope)
                case "FOREACH":
                    self.foreach(clause, scope)
                case _:
                    self.setting(clause, scope)
            if outermost and number == len(found) - 1 and clause.keyword != "RETURN" and self.template.mode == "read":
                self.refuse(clause.line, "a template that reads must end with RETURN", "return maps and scalars")
        return result

    def mode(self, clause: Clause) -> None:
        if clause.keyword in _WRITING and self.template.mode == "read":
            self.refuse(
                clause.line, f"{clause.keyword} in a template whose mode is read", "write // mode: write, or do not write"
            )
        if clause.keyword in ("LOAD CSV", "DROP", "USE"):
            self.refuse(clause.line, f"{clause.keyword} has no place in a template", "use the loader or the schema")

    def merge(self, result: _Result, returned: _Result) -> None:
        """Add a branch of a UNION: a column is what it is in each."""
        if not result.columns:
            result.columns, result.scope = returned.columns, returned.scope
            return
        for name, variable in returned.scope.items():
            first = result.scope.get(name)
            if first is not None and first is not variable:
                result.scope[name] = Variable(
                    first.kind, first.labels | variable.labels, parts=(first, variable), line=first.line
                )

    def calling(self, clause: Clause, scope: Scope) -> None:
        tokens = clause.tokens
        imported = scope
        index = 0
        if tokens and tokens[0].text == "(":
            end = match_of(tokens, 0)
            names = [token.plain for token in tokens[1:end] if token.kind == "name"]
            imported = {name: scope[name] for name in names if name in scope}
            index = end + 1
        if index >= len(tokens) or tokens[index].text != "{":
            self.refuse(clause.line, "CALL of a procedure, which only one of the stores has", "write it in Cypher")
        end = match_of(tokens, index)
        if end + 1 < len(tokens):
            self.refuse(tokens[end + 1].line, "CALL { } IN TRANSACTIONS", "send batches as parameters instead")
        scope.update(self.query(tokens[index + 1 : end], imported).scope)

    def foreach(self, clause: Clause, scope: Scope) -> None:
        inside = clause.tokens[1 : match_of(clause.tokens, 0)]
        parts = split(inside, "|")
        inner = dict(scope)
        if parts and parts[0]:
            inner[parts[0][0].plain] = Variable("value")
        for part in parts[1:]:
            self.query(part, inner)

    # ----------------------------------------------------------------------------------------------------- patterns

    def matching(self, clause: Clause, scope: Scope) -> None:
        body = clause.body
        found = patterns(body, anywhere=False)
        self.understood(clause, found)
        self.bind(found, scope, clause.part("WHERE"), holds=clause.keyword == "MATCH")
        self.expression(clause.part("WHERE"), scope)
        for pattern in found:
            maps = [*(node.properties for node in pattern.nodes), *(relation.properties for relation in pattern.relations)]
            for _, value in (entry for properties in maps for entry in properties):
                self.expression(value, scope)

    def understood(self, clause: Clause, found: Sequence[Pattern]) -> None:
        """Refuse what is between the patterns that were read: nothing may be matched unseen."""
        body = clause.body
        read = {index for pattern in found for index in range(*pattern.span)}
        for index, token in enumerate(body):
            wrapping = token.text in "()" and any(word.text.lower() == "shortestpath" for word in body[:index])
            if index not in read and token.text not in (",", "=") and token.kind != "name" and not wrapping:
                self.refuse(token.line, f"{clause.keyword} with a pattern not understood at {token.text!r}", _PLAIN_PATTERNS)
        if not found:
            self.refuse(clause.line, f"{clause.keyword} without a pattern", _PLAIN_PATTERNS)

    def bind(self, found: Sequence[Pattern], scope: Scope, where: Sequence[Token], *, holds: bool) -> None:
        """Check patterns and add their variables to the scope; ``holds``: rows that do not fit are gone after it."""
        before = self.outside if holds else self.outside | {id(variable) for variable in scope.values()}
        edges: list[tuple[Variable, Variable]] = []
        nodes: list[tuple[Node, Variable]] = []
        for pattern in found:
            variables: list[Variable] = []
            for node in pattern.nodes:
                known = scope.get(node.variable) if node.variable else None
                variable = self.node(node, known)
                if node.variable:
                    scope[node.variable] = variable
                variables.append(variable)
                nodes.append((node, variable))
            for index, relation in enumerate(pattern.relations):
                self.names.relation(relation, variables[index], variables[index + 1])
                if relation.variable:
                    scope[relation.variable] = Variable("relation", frozenset(relation.types), line=relation.line)
                if not relation.several or self.ownership.stays(relation.types):
                    edges.append((variables[index], variables[index + 1]))
            if pattern.name:
                scope[pattern.name] = Variable("path", line=pattern.nodes[0].line)
        anchors = self.ownership.anchors(nodes, scope, where)
        self.ownership.connect(edges, anchors, before)

    def node(self, node: Node, known: Variable | None) -> Variable:
        labels = frozenset(node.labels) or (known.labels if known is not None else frozenset())
        if known is None and not node.labels:
            shown = f"({node.variable or ''})"
            self.refuse(node.line, f"{shown} is matched without a label", "give it one: both stores would scan all nodes")
        self.names.node(node, labels)
        if known is not None:
            return known
        shown = f"({node.variable or ''}:{'|'.join(node.labels)})"
        return self.ownership.add(Variable("node", labels, line=node.line, shown=shown))

    # -------------------------------------------------------------------------------------------------- expressions

    def expression(self, tokens: Sequence[Token], scope: Scope) -> None:
        """Check an expression: subqueries, patterns in it, and the properties it reads."""
        inner = dict(scope)
        plain: list[Token] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            opened = index + 1 < len(tokens) and tokens[index + 1].text == "{"
            if token.upper in ("EXISTS", "COUNT", "COLLECT") and opened and is_word(tokens, index):
                end = match_of(tokens, index + 1)
                self.subquery(tokens[index + 2 : end], inner)
                index = end + 1
                continue
            plain.append(token)
            index += 1
        found = patterns(plain, anywhere=True)
        if found:
            self.predicates(found, inner)
        read = {index for pattern in found for index in range(*pattern.span)}
        for index, token in enumerate(plain):
            after = [follower.text for follower in plain[index + 1 : index + 3]]
            if index not in read and token.text == ")" and (after in (["-", "["], ["-", "-"], ["<", "-"])):
                self.refuse(token.line, "a pattern not understood", _PLAIN_PATTERNS)
        self.names.accesses(plain, inner)

    def subquery(self, tokens: Sequence[Token], scope: Scope) -> None:
        inner = dict(scope)
        if tokens and tokens[0].text == "(":
            tokens = (Token("name", "MATCH", tokens[0].line), *tokens)
        self.query(tokens, inner)

    def predicates(self, found: Sequence[Pattern], scope: Scope) -> None:
        """Patterns in an expression; an anonymous end is what its relationship says it is."""
        told: list[Pattern] = []
        for pattern in found:
            nodes = list(pattern.nodes)
            for index, node in enumerate(nodes):
                if node.variable is None and not node.labels and len(pattern.relations) > 0:
                    beside = pattern.relations[index - 1 if index else 0]
                    labels = {
                        label
                        for kind in beside.types
                        if kind in self.schema.relationships
                        for pair in self.schema.relationships[kind].pairs
                        for label in ends(pair, beside.forward, first=not index)
                    }
                    nodes[index] = Node(None, tuple(sorted(labels)), node.properties, node.line)
            told.append(Pattern(tuple(nodes), pattern.relations, pattern.name))
        self.bind(told, scope, (), holds=False)

    def setting(self, clause: Clause, scope: Scope) -> None:
        """SET, REMOVE, DELETE and the like."""
        self.expression(clause.tokens, scope)
        if not clause.keyword.endswith("SET"):
            return
        for item in split(clause.tokens, ","):
            texts = [token.text for token in item]
            if "=" in texts and "." in texts[: texts.index("=")] and texts[texts.index("=") + 1 :][:1] == ["{"]:
                self.refuse(
                    item[0].line, f"property {texts[2]} is given a map", "a property holds a scalar or a list; store JSON text"
                )

    # -------------------------------------------------------------------------------------------------- projections

    def projection(self, clause: Clause, scope: Scope, ordered: bool, *, final: bool) -> _Result:
        """WITH and RETURN: the columns, and what may be said about their order."""
        body = list(clause.body)
        if body and body[0].upper == "DISTINCT":
            body = body[1:]
        order, limited = clause.part("ORDER"), clause.part("LIMIT") or clause.part("SKIP")
        if limited and not order:
            self.refuse(
                clause.line, "LIMIT or SKIP without ORDER BY", "say which rows come first: order differs between stores"
            )
        result = _Result()
        items = split(body, ",")
        for item in items:
            if item[0].text == "*" and len(item) == 1:
                if final:
                    self.refuse(item[0].line, "RETURN *", "name the columns")
                result.scope.update(scope)
                result.columns.extend(scope)
                continue
            self.item(item, scope, result, ordered, final=final)
        if final and self.template.mode == "read" and not order and not all(_is_aggregate(item) for item in items):
            self.refuse(clause.line, "RETURN without ORDER BY", "order the rows by a key: the stores' own order differs")
        both = {**scope, **result.scope}
        self.expression(order, both)
        return result

    def item(self, item: Sequence[Token], scope: Scope, result: _Result, ordered: bool, *, final: bool) -> None:
        line = item[0].line
        value, name = list(item), None
        if len(item) > 2 and item[-2].upper == "AS":
            value, name = list(item[:-2]), item[-1].plain
        elif len(item) == 1 and item[0].kind == "name":
            name = item[0].plain
        if name is None:
            self.refuse(line, "a column without a name", "name it with AS: the stores name it differently")
        self.expression(value, scope)
        variable = scope.get(value[0].plain) if len(value) == 1 and value[0].kind == "name" else None
        if final:
            self.returnable(value, variable, scope)
        words = [token.text.lower() for token in value]
        for index, word in enumerate(words[:-1]):
            if word == "collect" and words[index + 1] == "(" and not ordered and self.template.mode == "read":
                self.refuse(value[index].line, "collect() of rows in no stated order", "put WITH … ORDER BY before it")
        result.columns.append(name)
        result.scope[name] = variable or Variable("value", line=line)

    def returnable(self, value: Sequence[Token], variable: Variable | None, scope: Scope) -> None:
        inner = [token for token in value[2:-1] if token.upper != "DISTINCT"]
        if len(value) > 3 and value[0].text.lower() in ("collect", "head", "last") and len(inner) == 1:
            variable = scope.get(inner[0].plain)
        if variable is not None and variable.kind in ("node", "relation", "path"):
            self.refuse(
                value[0].line,
                f"a {variable.kind} is returned, which each store returns in its own form",
                "return maps and scalars: n {.id, .name} AS n",
            )


def _is_aggregate(item: Sequence[Token]) -> bool:
    return len(item) > 1 and item[0].text.lower() in _AGGREGATES and item[1].text in ("(", "{")
