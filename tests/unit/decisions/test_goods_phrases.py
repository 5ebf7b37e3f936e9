"""Which goods a question names, and how many of each."""

from __future__ import annotations

import pytest

from kg_service.decisions.goods_phrases import goods_phrases
from kg_service.parsing.frame import EntityRef, Frame, Mention


def frame(text: str, **names: str) -> Frame:
    mentions = []
    for name, kind in names.items():
        start = text.index(name)
        ref = EntityRef(kind=kind, id=name)  # type: ignore[arg-type]
        mentions.append(Mention(text=name, start=start, end=start + len(name), refs=(ref,)))
    return Frame(intent="best_price", confidence=1.0, text=text, mentions=tuple(mentions))


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("买两件大衣", {"大衣": "product"}, [("大衣", 2)]),
        ("手机2台加耳机3个", {"手机": "category", "耳机": "category"}, [("手机", 2), ("耳机", 3)]),
        ("大衣和毛衣各两件", {"大衣": "product", "毛衣": "product"}, [("大衣", 2), ("毛衣", 2)]),
        ("大衣x3", {"大衣": "product"}, [("大衣", 3)]),
        ("黑色的大衣加手机", {"黑色": "spec", "大衣": "product", "手机": "category"}, [("黑色大衣", None), ("手机", None)]),
        ("大衣要黑色的", {"大衣": "product", "黑色": "spec"}, [("大衣黑色", None)]),
        ("大衣满3件打折吗", {"大衣": "product"}, [("大衣", None)]),
    ],
)
def test_goods_and_units(text: str, names: dict[str, str], expected: list[tuple[str, int | None]]) -> None:
    assert [(one.text, one.quantity) for one in goods_phrases(frame(text, **names))] == expected
