"""Which recorded attribute a question asks for, and what the value says to a yes/no question.

Whatever a catalogue records is understood by its own name; ``seed_data/lexicon/attributes.yaml`` adds other words for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kg_service.decisions.specs import plain
from kg_service.decisions.value_kinds import kind_says, kinds_in
from kg_service.parsing.frame import Frame
from kg_service.resources import read_yaml, resource

__all__ = ["Recorded", "asked_attributes", "find", "named", "quantities", "says", "wants_overview"]


@dataclass(frozen=True)
class Recorded:
    """One thing that is recorded about a product.

    ``source`` is ATTRIBUTE (a row of attributes), SPEC (a key of its SKUs, ``value`` all values there are) or FIELD (of the
    product itself); ``field`` names the latter.
    """

    name: str
    value: str
    unit: str | None = None
    source: Literal["ATTRIBUTE", "SPEC", "FIELD"] = "ATTRIBUTE"
    field: str | None = None


@dataclass(frozen=True)
class _Lexicon:
    groups: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    fields: dict[str, tuple[str, ...]]
    units: dict[str, str]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    whether: tuple[str, ...]
    overview: tuple[str, ...]
    filler: tuple[str, ...]
    unit_words: dict[str, str]
    measures: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]

    def groups_of(self, word: str) -> list[int]:
        """The groups of which a word is a name (or holds one of at least two characters)."""
        exact = [index for index, (names, asked) in enumerate(self.groups) if word in names or word in asked]
        return exact or [
            index
            for index, (names, asked) in enumerate(self.groups)
            if any(len(name) > 1 and name in word for name in names + asked)
        ]


@cache
def lexicon() -> _Lexicon:
    """The words of ``seed_data/lexicon/attributes.yaml``, in the form things are compared in."""
    path = resource("seed_data", "lexicon", "attributes.yaml")
    data: dict[str, Any] = read_yaml(path)

    def words(values: Iterable[Any]) -> tuple[str, ...]:
        return tuple(word for value in values if (word := plain(str(value))))

    return _Lexicon(
        groups=tuple((words(group["names"]), words(group["asked"])) for group in data["groups"]),
        fields={name: words(values) for name, values in data["fields"].items()},
        units=data["units"],
        yes=words(data["yes"]),
        no=words(data["no"]),
        whether=words(data["whether"]),
        overview=words(data["overview"]),
        filler=tuple(sorted(words(data["filler"]), key=len, reverse=True)),
        unit_words={plain(word): unit for word, unit in data["unit_words"].items()},
        measures=tuple((words(one["asked"]), _figure_in(one["units"])) for one in data["measures"]),
    )


def _figure_in(units: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\d(?:{'|'.join(map(re.escape, sorted(units, key=len, reverse=True)))})(?![a-z])")


def _question(frame: Frame) -> str:
    """The question without the names of goods: what is left asks for something."""
    text = frame.text
    for mention in sorted(frame.mentions, key=lambda one: -len(one.text)):
        if any(ref.kind in {"product", "sku", "category", "brand", "shop", "line"} for ref in mention.refs):
            text = text.replace(mention.text, "", 1)
    return plain(text)


def asked_attributes(frame: Frame) -> list[str]:
    """The attributes a question may ask for, in its own words, the likeliest first; none when it names none.

    What the parser found is believed; then words of the lexicon, the longest first; else what is left of the question without
    the names of goods and without words that only ask.
    """
    found = [frame.attribute] if frame.attribute else []
    found += [mention.text for mention in frame.mentions if any(ref.kind == "attribute" for ref in mention.refs)]
    question = _question(frame)
    known = lexicon()
    hits = {
        word
        for names, asked in (*known.groups, *((names, ()) for names in known.fields.values()))
        for word in (*names, *asked)
        if word in question
    }
    found += sorted(hits, key=lambda word: (-len(word), question.index(word)))
    if not found and frame.follow_up and frame.before:
        # 那入门款的呢: what was asked of the goods before
        earlier = plain(frame.before)
        words = {word for names, asked in known.groups for word in (*names, *asked) if len(word) > 1 and word in earlier}
        found += sorted(words, key=lambda word: (-earlier.rindex(word) - len(word), -len(word)))
    if not found:
        rest = re.sub(r"[^\w]", "", question)
        for word in (*known.overview, *known.filler):
            rest = rest.replace(word, "")
        found = [rest] if rest else []
    return list(dict.fromkeys(found))


def named(asked: str) -> str:
    """The name of an attribute that a question asks for in other words (怕水: 防水).

    Examples
    --------
    >>> named("能沾水"), named("碳板")
    ('防水', '碳板')
    """
    wanted = plain(asked)
    return next((names[0] for names, others in lexicon().groups if wanted in others and wanted not in names), asked)


def wants_overview(frame: Frame) -> bool:
    """Whether a question asks for everything there is to know ("参数", "怎么样")."""
    question = _question(frame)
    return any(word in question for word in lexicon().overview)


def find(asked: str, recorded: Sequence[Recorded], frame: Frame) -> Recorded | None:
    """The recorded fact that a question asks for.

    The name itself first, then a name that holds it or is held by it, then other words for the same thing (attributes before
    specifications before the product's own fields), then a fact whose value the question names ("是纯棉的吗"), then the only
    one in the measure that is asked for ("能撑多久").
    """
    wanted = plain(asked)
    known = lexicon()
    exact = [one for one in recorded if plain(one.name) == wanted]
    if exact:
        return exact[0]
    question = _question(frame)
    in_question = [one for one in recorded if len(one.name) > 1 and plain(one.name) in question]
    if in_question:
        return max(in_question, key=lambda one: len(one.name))
    groups = known.groups_of(wanted)
    ranked: list[tuple[float, int, int, Recorded]] = []
    kinds = kinds_in(question)
    for order, one in enumerate(recorded):
        name = plain(one.name)
        for kind in kinds:
            told = kind_says(kind, one.name, one.value)
            if told in {"YES", "NO"} or (told is None and any(word in name for word in kind.words)):
                ranked.append((0.5, 0, order, one))
            elif told == "DEPENDS" or any(word in plain(one.value) for word in kind.words):
                ranked.append((3, 0, order, one))
        for group in groups:
            names, _ = known.groups[group]
            if name in names:
                ranked.append((0, names.index(name), order, one))
            elif any(len(word) > 1 and word in name for word in names):
                ranked.append((2, 0, order, one))
        if len(name) > 1 and len(wanted) > 1 and (wanted in name or name in wanted):
            ranked.append((1, 0, order, one))
        if len(wanted) > 1 and one.source == "ATTRIBUTE" and wanted in plain(one.value):
            # 有蓝牙吗: 连接方式 有线/2.4G/蓝牙
            ranked.append((2.5, 0, order, one))
        if one.field and wanted in known.fields.get(one.field, ()):
            ranked.append((0, 0, order, one))
    if ranked:
        return min(ranked, key=lambda item: item[:3])[3]
    valued = [one for one in recorded if len(plain(one.value)) > 1 and plain(one.value) in question]
    return max(valued, key=lambda one: len(one.value)) if valued else _measured(question, recorded)


def _measured(question: str, recorded: Sequence[Recorded]) -> Recorded | None:
    """The only attribute recorded in the measure that a question asks for."""
    for asked, figure in lexicon().measures:
        if any(word in question for word in asked):
            attributes = (one for one in recorded if one.source == "ATTRIBUTE")
            found = [one for one in attributes if figure.search(plain(one.value + (one.unit or "")))]
            return found[0] if len(found) == 1 else None
    return None


_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+|[\u4e00-\u9fff]{1,3})?")


def says(one: Recorded, frame: Frame, word: str = "") -> Literal["YES", "NO", "DEPENDS"]:
    """What a recorded value says to a yes/no question; DEPENDS where it leaves the judgement to the customer ("电池大吗").

    ``word`` is the word of the question that led to the record.

    Examples
    --------
    >>> ask = Frame(intent="product_attribute", confidence=1, text="支持无线充电吗")
    >>> says(Recorded("无线充电", "不支持"), ask), says(Recorded("无线充电", "15W"), ask)
    ('NO', 'YES')
    >>> says(Recorded("连接方式", "有线/2.4G/蓝牙"), Frame(intent="product_attribute", confidence=1, text="有蓝牙没"), "蓝牙")
    'YES'
    >>> says(Recorded("电池容量", "5000", "mAh"), Frame(intent="product_attribute", confidence=1, text="电池有6000毫安吗"))
    'NO'
    """
    known = lexicon()
    value = plain(one.value)
    question = _question(frame)
    # a quantity that is named is compared, where it has the unit that is recorded
    asked = quantities(question)
    have = quantities(value + plain(one.unit or ""))
    comparable = {unit for _, unit in asked} & {unit for _, unit in have if unit}
    if comparable:
        return "YES" if {item for item in asked if item[1] in comparable} <= set(have) else "NO"
    for kind in kinds_in(question):
        if (told := kind_says(kind, one.name, one.value)) is not None:
            return told
    wanted = plain(word)
    if len(wanted) > 1 and wanted not in plain(one.name) and wanted in value:
        return "NO" if value[: value.index(wanted)].endswith(known.no) else "YES"
    if value.startswith(known.no):
        return "NO"
    if len(value) > 1 and value in question:
        return "YES"
    if value in known.yes or (len(value) > 1 and value.startswith(tuple(word for word in known.yes if len(word) > 1))):
        return "YES"
    named = [word for word in (plain(one.name), plain(frame.attribute or ""), *_synonyms(plain(one.name))) if word]
    for word in sorted(named, key=len, reverse=True):
        if re.search(rf"{re.escape(word)}(功能|性能)?(吗|么|嘛|不|没|的吗|$)", question):
            return "YES"
        if word in question and any(asking in question[: question.index(word)] for asking in known.whether):
            return "YES"
    return "DEPENDS"


def _synonyms(name: str) -> list[str]:
    known = lexicon()
    return [word for group in known.groups_of(name) for word in known.groups[group][0]]


def quantities(text: str) -> list[tuple[float, str]]:
    """The figures of a text, each with its unit in its short form (nothing where it has none).

    Examples
    --------
    >>> quantities("5000毫安时"), quantities("6.5英寸")
    ([(5000.0, 'mah')], [(6.5, '寸')])
    """
    known = lexicon()
    found = []
    for number, unit in _NUMBER.findall(text):
        name = known.unit_words.get(unit, "")
        if not name:
            name = next(
                (short for word, short in known.unit_words.items() if unit.startswith(word)), unit if unit.isascii() else ""
            )
        found.append((float(number), name))
    return found
