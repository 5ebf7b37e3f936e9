"""Questions about data that is not the asker's: another person's purchases, the shop's own figures (answers.md, FORBIDDEN).

Whose something is, is a matter of words: 我闺蜜的订单, 张三买了什么. Bought *for* somebody (给老婆买的) is the asker's own.
Nothing is looked up, so that the answer says nothing of whether such a person is known.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import cache

from kg_service.resources import read_yaml, resource
from kg_service.text.words import may_be_person

__all__ = ["other_person", "shop_figures"]

_BOUGHT = r"(?:买|拍|订购?|购买|下单|入手|囤|下)(?:的|了|过|到|得)"
_WHAT = r"(?:些|点|的|是|都|到底)*(?:什么|啥|哪|几|多少|没有?(?![一-鿿])|吗|么|嘛)"
_ORDERED = r"(?:下的?单|订的?单|买的(?:东西|货|商品)?|拍的(?:东西|货)?)"
_WHERE = r"(?:到哪|到了|发货|发了|寄出|送到|签收|在哪|物流|快递|状态|啥时候|什么时候)"
#: A time or a place between the person and what they did.
_MEANWHILE = r"[^,。?!;我您你]{0,10}?(?:在?(?:你们?家?|这里|这儿|这边|店里)[^,。?!;我]{0,6}?)?"


@cache
def _data() -> dict[str, list[str]]:
    return {key: list(words) for key, words in read_yaml(resource("seed_data", "lexicon", "people.yaml")).items()}


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = _data()
    before = "".join(f"(?<!{word})" for word in data["for_them"])
    name = f"(?:(?:[{''.join(data['surnames'])}]|{_any(data['surnames_of_two'])})[一-鿿]{{1,2}}?)"
    told = r"(?:(?:用户|客户|会员|买家|顾客)[a-z0-9_-]{2,}|1\d{10})"
    related = rf"(?:(?:我们?|咱|俺)(?:的|家)?{_any(data['relations'])}{name}?|(?<![其吉]){_any(data['others'])})"
    person = rf"{before}(?P<who>{related}|{told})"
    named = rf"(?:^|[,。?!;:\s]|帮我|给我|查|查下|查一下|看|看看|看下|看一下|知道|告诉我)(?P<who>{name})"
    owns = rf"(?:的|那[个笔张]?|名下的?){_any(data['things'])}"
    did = rf"{_MEANWHILE}(?:{_BOUGHT}{_WHAT}|{_ORDERED}[^,。?!;]{{0,4}}?{_WHERE})"
    sold = rf"{_any(data['sold'])}[^,。?!;]{{0,4}}?(?:多少|几)|{_any(data['sales'])}[^,。?!;]{{0,4}}?(?:多少|几|是|有|怎么样|$)"
    return (
        re.compile(rf"{person}(?:{owns}|{did})"),
        re.compile(rf"{named}(?:{owns}|(?={_any(data['once'])}|{_BOUGHT}|{_ORDERED}){did})"),
        re.compile(sold),
    )


def other_person(text: str, own_name: str | None = None, known: Container[str] = ()) -> str | None:
    """The other person whose data a text asks for, in its words; ``None`` where it asks for nobody else's.

    Parameters
    ----------
    own_name : the asker's own name: who speaks of themselves by name asks for their own data
    known : words that are no names of people: brands, goods, what questions are made of

    Examples
    --------
    >>> other_person("我闺蜜上次买的啥面霜"), other_person("张三的订单到哪了"), other_person("给我老婆买的面霜到哪了")
    ('我闺蜜', '张三', None)
    >>> other_person("张三的订单到哪了", "张三"), other_person("马上的订单备注"), other_person("我妈买什么码")
    (None, None, None)
    """
    if any(word in text for word in _data()["own_account"]):
        return None
    related, named, _ = _patterns()
    match = related.search(text)
    if match:
        return None if own_name and own_name in match["who"] else match["who"]
    match = named.search(text)
    if match and match["who"] != own_name and _is_name(match["who"], known):
        return match["who"]
    return None


def _is_name(word: str, known: Container[str]) -> bool:
    """Whether a word that begins like a name is one, and nothing the language or the shop has another use for."""
    pieces = {word[i:j] for i in range(len(word)) for j in range(i + 2, len(word) + 1)}
    return may_be_person(word) and not any(piece in known or piece in _data()["no_people"] for piece in pieces)


def shop_figures(text: str) -> bool:
    """Whether a text asks for the shop's own figures.

    Examples
    --------
    >>> shop_figures("上个月卖了多少瓶精华"), shop_figures("这个月销售额多少"), shop_figures("这款卖多少钱")
    (True, True, False)
    """
    return _patterns()[2].search(text) is not None
