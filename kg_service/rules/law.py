"""The articles of law the rules rest on, as data (``seed_data/laws``): dated and sourced."""

from __future__ import annotations

import json
from functools import cache

from kg_service.errors import ResourceError
from kg_service.resources import resource
from kg_service.trace import Basis

__all__ = ["CONSUMER_LAW", "ENGINE_DEFAULT", "SEVEN_DAYS", "article", "engine_default"]

#: 网络购买商品七日无理由退货暂行办法
SEVEN_DAYS = "网络购买商品七日无理由退货暂行办法"
#: 中华人民共和国消费者权益保护法
CONSUMER_LAW = "中华人民共和国消费者权益保护法"
ENGINE_DEFAULT = "ENGINE_DEFAULT"


@cache
def _articles() -> dict[str, dict[str, str]]:
    path = resource("seed_data", "laws", "articles.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {row["id"]: row for row in rows}


@cache
def article(law: str, number: str) -> Basis:
    """The basis of a statute's article.

    Raises
    ------
    ResourceError
        When the installation's laws do not have it.

    Examples
    --------
    >>> article(SEVEN_DAYS, "第十七条").id
    '网络购买商品七日无理由退货暂行办法#第十七条'
    """
    key = f"{law}#{number}"
    row = _articles().get(key)
    if row is None:
        raise ResourceError(f"the laws lack {key}", where="seed_data/laws/articles.jsonl", do="reinstall the package")
    return Basis(kind="STATUTE", id=key, text=row["text"], source=row.get("source"))


def engine_default(text: str) -> Basis:
    """The basis of a rule that no law or term decides."""
    return Basis(kind=ENGINE_DEFAULT, id=ENGINE_DEFAULT, text=text)
