"""How long understanding takes as the catalogue grows: exact names, misspelt names, and names in pinyin.

    python tests/benchmarks/understanding_rate.py [--sizes 1000,200000] [--titles FILE.csv.gz]

A generated catalogue (each product with two aliases) of each size; the same questions are asked of every size, so that the
ratios between sizes mean something. With ``--titles`` the last size gets a file of real titles (column ``title``) on top.
Printed: p50 and p99 (ms) by kind of question, how often the right product was found, the time to build, and the growth.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from kg_service.linking import Lexicon, LexiconEntry
from kg_service.parsing.parser import Parser
from kg_service.text.pinyin import syllable

_BRANDS = "云山海星月风木石金禾川原青白北南安宁乐佳明远嘉瑞博康泰和祥瑾"
_SERIES = "锐灵悦尚凌畅逸领颂影澜曜峰羽翎岚弦歌沐暖轻简素知拾光汐森野朗"
_KINDS = [
    "手机",
    "蓝牙耳机",
    "羽绒服",
    "保温杯",
    "电饭煲",
    "空气净化器",
    "跑步鞋",
    "婴儿推车",
    "双肩包",
    "机械键盘",
    "显示器",
    "奶瓶",
    "床垫",
    "台灯",
    "运动手表",
    "登山靴",
]
_ASK = ["{}多少钱", "{}还有货吗", "我买的{}退了能退多少钱", "如果退掉{},优惠还在吗", "{}什么时候发货", "{}有什么活动"]
_ASKED = 400


def catalogue(size: int) -> Iterator[tuple[str, str, str]]:
    """Products as (id, name, alias); the first ones are the same at every size."""
    draw = random.Random(7)
    seen: set[str] = set()
    number = 0
    while number < size:
        brand = draw.choice(_BRANDS) + draw.choice(_SERIES)
        model = f"{draw.choice('ABCDEFGHKLMNPRSTXYZ')}{draw.randint(1, 999)}"
        series = draw.choice(_SERIES) + draw.choice(_SERIES)
        name = f"{brand}{series} {model} {draw.choice(_KINDS)}"
        if name not in seen:
            seen.add(name)
            number += 1
            yield f"P{number}", name, f"{series}{model}"


def lexicon_of(size: int, titles: list[str]) -> Lexicon:
    entries = [LexiconEntry(kind, "category", f"C{i}") for i, kind in enumerate(_KINDS)]
    for key, name, alias in catalogue(size):
        entries.append(LexiconEntry(name, "product", key))
        entries.append(LexiconEntry(alias, "product", key, "ALIAS"))
        entries.append(LexiconEntry(name.replace(" ", ""), "product", key, "ALIAS"))
    entries += [LexiconEntry(title, "product", f"T{i}") for i, title in enumerate(titles)]
    return Lexicon.build(entries)


def misspelt(name: str, draw: random.Random) -> str:
    """One Chinese character exchanged for another of the same sound, else one left out."""
    places = [i for i, char in enumerate(name) if "一" <= char <= "鿿"]
    place = draw.choice(places)
    same = [char for char in _HOMOPHONES.get(name[place], "") if char != name[place]]
    return name[:place] + (draw.choice(same) if same else "") + name[place + 1 :]


def homophones() -> dict[str, str]:
    by_sound: dict[str, list[str]] = {}
    used = sorted(set(_BRANDS + _SERIES + "".join(_KINDS)))
    for char in [*used, *(chr(code) for code in range(0x4E00, 0x9FA5, 7))]:
        by_sound.setdefault(syllable(char), []).append(char)
    return {char: "".join(by_sound[syllable(char)]) for char in used}


_HOMOPHONES: dict[str, str] = {}


def questions(kind: str) -> Iterator[tuple[str, str]]:
    """(question, id of the product it names)."""
    draw = random.Random(11)
    for i, (key, name, alias) in enumerate(catalogue(_ASKED)):
        said = name if kind == "exact" else alias if kind == "alias" else misspelt(name, draw)
        yield _ASK[i % len(_ASK)].format(said), key


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="1000,20000,200000")
    options.add_argument("--titles", type=Path)
    given = options.parse_args()
    _HOMOPHONES.update(homophones())
    parser = Parser.open()
    sizes = [int(size) for size in given.sizes.split(",")]
    titles: list[str] = []
    first: dict[str, float] = {}
    for size in sizes:
        if given.titles and size == sizes[-1]:
            with gzip.open(given.titles, "rt", encoding="utf-8-sig") as file:
                titles = [row["title"] for row in csv.DictReader(file)]
        start = time.perf_counter()
        one = parser.with_lexicon(lexicon_of(size, titles))
        built = time.perf_counter() - start
        start = time.perf_counter()
        one.warm()
        print(f"{size:>9,} products + {2 * size:,} aliases + {len(titles):,} titles: built {built:.1f} s, warmed ", end="")
        print(f"{time.perf_counter() - start:.1f} s")
        for kind in ("exact", "alias", "typo"):
            spent, right = [], 0
            asked = list(questions(kind))
            for question, key in asked:
                start = time.perf_counter()
                frame = one.parse(question)[0]
                spent.append((time.perf_counter() - start) * 1000)
                right += any(ref.id == key for mention in frame.mentions for ref in mention.refs)
            cuts = quantiles(spent, n=100)
            first.setdefault(kind, cuts[49])
            print(
                f"{'':10}{kind:6} p50 {cuts[49]:6.2f} ms  p99 {cuts[98]:7.2f} ms  found {right / len(asked):6.1%}"
                f"  {cuts[49] / first[kind]:.2f} x the smallest"
            )


if __name__ == "__main__":
    main()
