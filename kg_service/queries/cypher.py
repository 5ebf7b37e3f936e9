"""Reading Cypher as far as its checks need: tokens with their lines, clauses, and the patterns in them.

Not a parser of the language: the store is (each template is EXPLAINed). What is read here is what a store would not complain
about: a node without a label, a property nobody defined, another customer's data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = [
    "Clause",
    "Node",
    "Pattern",
    "Relation",
    "Token",
    "clauses",
    "entries",
    "is_word",
    "match_of",
    "patterns",
    "split",
    "tokenise",
]

_TOKENS = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<parameter>\$(?:[A-Za-z_][A-Za-z_0-9]*|`[^`]+`))
      | (?P<number>\d+(?:\.(?!\.)\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*|`(?:[^`]|``)+`)
      | (?P<sign><=|>=|<>|=~|\+=|\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)

# Longest first: what begins a clause. WHERE, ORDER, SKIP and LIMIT belong to the clause before them.
_CLAUSES: tuple[tuple[str, ...], ...] = (
    ("OPTIONAL", "MATCH"),
    ("DETACH", "DELETE"),
    ("LOAD", "CSV"),
    ("ON", "CREATE", "SET"),
    ("ON", "MATCH", "SET"),
    ("UNION", "ALL"),
    ("MATCH",),
    ("MERGE",),
    ("CREATE",),
    ("DELETE",),
    ("SET",),
    ("REMOVE",),
    ("FOREACH",),
    ("DROP",),
    ("WITH",),
    ("RETURN",),
    ("UNWIND",),
    ("CALL",),
    ("YIELD",),
    ("UNION",),
    ("USE",),
    ("FINISH",),
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Token:
    """A word, sign, number, string or parameter, and the line it stands in (from 1)."""

    kind: str
    text: str
    line: int

    @property
    def upper(self) -> str:
        """The text in capitals, for keywords."""
        return self.text.upper() if self.kind == "name" else self.text

    @property
    def plain(self) -> str:
        """A name without backticks, a parameter without its ``$``."""
        return self.text.lstrip("$").strip("`")


@dataclass(frozen=True)
class Clause:
    """A clause: its keyword in capitals and the tokens after it."""

    keyword: str
    tokens: tuple[Token, ...]
    line: int

    def part(self, word: str) -> tuple[Token, ...]:
        """The tokens after a word such as WHERE at the clause's own level, up to the next such word; empty without it."""
        starts = list(_top_words(self.tokens, ("WHERE", "ORDER", "SKIP", "LIMIT")))
        for index, start in enumerate(starts):
            if self.tokens[start].upper == word:
                end = starts[index + 1] if index + 1 < len(starts) else len(self.tokens)
                return self.tokens[start + 1 : end]
        return ()

    @property
    def body(self) -> tuple[Token, ...]:
        """The tokens before WHERE, ORDER BY, SKIP and LIMIT."""
        for start in _top_words(self.tokens, ("WHERE", "ORDER", "SKIP", "LIMIT")):
            return self.tokens[:start]
        return self.tokens


@dataclass(frozen=True)
class Node:
    """A node pattern: ``(variable:Label {property: value})``."""

    variable: str | None
    labels: tuple[str, ...]
    properties: tuple[tuple[str, tuple[Token, ...]], ...]
    line: int


@dataclass(frozen=True)
class Relation:
    """A relationship pattern; ``forward`` is None where it has no direction."""

    variable: str | None
    types: tuple[str, ...]
    properties: tuple[tuple[str, tuple[Token, ...]], ...]
    forward: bool | None
    several: bool
    line: int


@dataclass(frozen=True)
class Pattern:
    """Nodes in a row, with the relationships between them; ``name`` is a path's variable."""

    nodes: tuple[Node, ...]
    relations: tuple[Relation, ...]
    name: str | None = None
    span: tuple[int, int] = field(default=(0, 0), compare=False)


_Inside: TypeAlias = tuple[str | None, tuple[str, ...], tuple[tuple[str, tuple[Token, ...]], ...], bool]


def tokenise(text: str, first_line: int = 1) -> list[Token]:
    """The tokens of a statement, without comments.

    Examples
    --------
    >>> [token.text for token in tokenise("MATCH (u:User {user_id: $id}) // who")]
    ['MATCH', '(', 'u', ':', 'User', '{', 'user_id', ':', '$id', '}', ')']
    """
    line = first_line
    tokens: list[Token] = []
    for match in _TOKENS.finditer(text):
        kind, said = match.lastgroup or "sign", match.group()
        if kind not in ("space", "comment"):
            tokens.append(Token(kind, said, line))
        line += said.count("\n")
    return tokens


def match_of(tokens: Sequence[Token], start: int) -> int:
    """The index of the bracket that closes the one at ``start``; the last token where none does."""
    depth = 0
    for index in range(start, len(tokens)):
        text = tokens[index].text
        if tokens[index].kind != "sign":
            continue
        if text in _CLOSING:
            depth += 1
        elif text in _CLOSING.values():
            depth -= 1
            if depth == 0:
                return index
    return len(tokens) - 1


def is_word(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name stands where a keyword may: not a property, label, alias or map key."""
    if tokens[index].kind != "name" or tokens[index].text.startswith("`"):
        return False
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if before is not None and (before.text in (".", ":", "|", "&", "!") or before.upper == "AS"):
        return False
    return after is None or after.text not in (":", ".")


def _top_words(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[int]:
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind == "sign" and token.text in _CLOSING:
            index = match_of(tokens, index) + 1
            continue
        if token.upper in words and is_word(tokens, index) and (token.upper != "ORDER" or _next_is(tokens, index, "BY")):
            yield index
        index += 1


def _next_is(tokens: Sequence[Token], index: int, word: str) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].upper == word


def clauses(tokens: Sequence[Token]) -> list[Clause]:
    """The clauses at the level of these tokens; those in braces stay inside their clause's tokens."""
    starts: list[tuple[int, int, str]] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind == "sign" and token.text in _CLOSING:
            index = match_of(tokens, index) + 1
            continue
        keyword = _keyword(tokens, index)
        if keyword:
            starts.append((index, index + len(keyword), " ".join(keyword)))
            index += len(keyword)
        else:
            index += 1
    found: list[Clause] = []
    for number, (begin, body, word) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(tokens)
        found.append(Clause(word, tuple(tokens[body:end]), tokens[begin].line))
    return found


def _keyword(tokens: Sequence[Token], index: int) -> tuple[str, ...] | None:
    if not is_word(tokens, index):
        return None
    if tokens[index].upper == "WITH" and index and tokens[index - 1].upper in ("STARTS", "ENDS"):
        return None
    for words in _CLAUSES:
        if all(index + step < len(tokens) and tokens[index + step].upper == word for step, word in enumerate(words)):
            return words
    return None


def patterns(tokens: Sequence[Token], *, anywhere: bool) -> list[Pattern]:
    """The patterns among tokens.

    Parameters
    ----------
    tokens : sequence of Token
    anywhere : bool
        False: the tokens are a pattern list (after MATCH, MERGE or CREATE), and every parenthesis at its level is a node.
        True: an expression, where only parentheses joined by a relationship are nodes.
    """
    found: list[Pattern] = []
    index = 0
    while index < len(tokens):
        if tokens[index].text != "(" or tokens[index].kind != "sign":
            index += 1
            continue
        pattern, end = _pattern(tokens, index)
        if pattern is not None and (pattern.relations or (not anywhere and not _is_call(tokens, index))):
            name = tokens[index - 2].plain if not anywhere and index > 1 and tokens[index - 1].text == "=" else None
            found.append(Pattern(pattern.nodes, pattern.relations, name, (index, end)))
            index = end
        else:
            index += 1
    return found


def _is_call(tokens: Sequence[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].kind == "name"


def _pattern(tokens: Sequence[Token], index: int) -> tuple[Pattern | None, int]:
    nodes: list[Node] = []
    relations: list[Relation] = []
    while True:
        node, end = _node(tokens, index)
        if node is None:
            return None, index + 1
        nodes.append(node)
        relation, after = _relation(tokens, end)
        if relation is None or after >= len(tokens) or tokens[after].text != "(":
            return Pattern(tuple(nodes), tuple(relations)), end
        following, _ = _node(tokens, after)
        if following is None:
            return Pattern(tuple(nodes), tuple(relations)), end
        relations.append(relation)
        index = after


def _node(tokens: Sequence[Token], start: int) -> tuple[Node | None, int]:
    end = match_of(tokens, start)
    read = _inside(tokens[start + 1 : end])
    if read is None:
        return None, end + 1
    variable, labels, properties, _ = read
    return Node(variable, labels, properties, tokens[start].line), end + 1


def _relation(tokens: Sequence[Token], start: int) -> tuple[Relation | None, int]:
    index = start
    left = index < len(tokens) and tokens[index].text == "<"
    index += left
    if index >= len(tokens) or tokens[index].text != "-":
        return None, start
    line = tokens[index].line
    index += 1
    read: _Inside = (None, (), (), False)
    if index < len(tokens) and tokens[index].text == "[":
        end = match_of(tokens, index)
        inside = _inside(tokens[index + 1 : end])
        if inside is None:
            return None, start
        read = inside
        index = end + 1
    if index >= len(tokens) or tokens[index].text != "-":
        return None, start
    index += 1
    right = index < len(tokens) and tokens[index].text == ">"
    index += right
    variable, types, properties, several = read
    return Relation(variable, types, properties, None if left == right else right, several, line), index


def _inside(tokens: Sequence[Token]) -> _Inside | None:
    """What is between a node's parentheses or a relationship's brackets; None where it is neither."""
    index = 0
    variable = None
    if index < len(tokens) and tokens[index].kind == "name":
        variable = tokens[index].plain
        index += 1
    labels: list[str] = []
    if index < len(tokens) and tokens[index].text == ":":
        index += 1
        while index < len(tokens) and (tokens[index].kind == "name" or tokens[index].text in ("|", "&", ":")):
            if tokens[index].kind == "name":
                labels.append(tokens[index].plain)
            index += 1
    several = index < len(tokens) and tokens[index].text == "*"
    if several:
        index += 1
        while index < len(tokens) and (tokens[index].kind == "number" or tokens[index].text == ".."):
            index += 1
    properties: list[tuple[str, tuple[Token, ...]]] = []
    if index < len(tokens) and tokens[index].text == "{":
        end = match_of(tokens, index)
        properties = entries(tokens[index + 1 : end])
        index = end + 1
    return (variable, tuple(labels), tuple(properties), several) if index == len(tokens) else None


def entries(tokens: Sequence[Token]) -> list[tuple[str, tuple[Token, ...]]]:
    """The keys and value tokens of a map's inside."""
    found: list[tuple[str, tuple[Token, ...]]] = []
    for piece in split(tokens, ","):
        if len(piece) >= 2 and piece[0].kind in ("name", "string") and piece[1].text == ":":
            found.append((piece[0].plain, tuple(piece[2:])))
    return found


def split(tokens: Sequence[Token], sign: str) -> list[list[Token]]:
    """Tokens cut at a sign of their own level."""
    pieces: list[list[Token]] = [[]]
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind == "sign" and token.text in _CLOSING:
            end = match_of(tokens, index) + 1
            pieces[-1].extend(tokens[index:end])
            index = end
            continue
        if token.kind == "sign" and token.text == sign:
            pieces.append([])
        else:
            pieces[-1].append(token)
        index += 1
    return [piece for piece in pieces if piece]
