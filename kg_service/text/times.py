"""Times as customers say them, relative to now: 上周, 前天, 双十一, 国庆, 5月3号, 三天前."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from kg_service.resources import read_yaml, resource
from kg_service.text.numbers import parse_number
from kg_service.times import day_of, end_of_day, start_of_day

__all__ = ["TimeSpan", "find_times"]

_N = r"(\d+|[一二两三四五六七八九十]+)"
_WEEKDAYS = {char: i for i, char in enumerate("一二三四五六日")} | {"天": 6, "末": 5} | {str(i + 1): i for i in range(7)}


@dataclass(frozen=True)
class TimeSpan:
    """A stretch of time named in a text: positions in the text, and epoch ms, both ends inclusive."""

    start: int
    end: int
    text: str
    since: int
    until: int


def _int(text: str) -> int:
    return int(parse_number(text) or 0)


def _month(first: date, back: int) -> tuple[date, date]:
    index = first.year * 12 + first.month - 1 - back
    start = date(index // 12, index % 12 + 1, 1)
    after = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return start, after - timedelta(days=1)


def _day(today: date, back: int) -> tuple[date, date]:
    day = today - timedelta(days=back)
    return day, day


def _week(today: date, back: int, weekday: str | None) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    if weekday is None:
        return monday, monday + timedelta(days=6)
    day = monday + timedelta(days=_WEEKDAYS[weekday])
    return (day, day + timedelta(days=1)) if weekday == "末" else (day, day)


def _month_day(today: date, month: int, day: int | None) -> tuple[date, date]:
    year = today.year if (month, day or 1) <= (today.month, today.day) else today.year - 1
    if day is None:
        return _month(date(year, month, 1), 0)
    return date(year, month, day), date(year, month, day)


def _this_month_day(today: date, day: int) -> tuple[date, date]:
    first = today.replace(day=1) if day <= today.day else _month(today, 1)[0]
    return first.replace(day=day), first.replace(day=day)


Range = tuple[date, date]
_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Range]]] = [
    (re.compile(r"大前天"), lambda m, t: _day(t, 3)),
    (re.compile(r"前天|前日"), lambda m, t: _day(t, 2)),
    (re.compile(r"昨[天日晚]|昨儿个?"), lambda m, t: _day(t, 1)),
    (re.compile(r"今[天日晚早]|今儿个?|当天"), lambda m, t: _day(t, 0)),
    (re.compile(rf"{_N}[天日](?:以|之)?前"), lambda m, t: _day(t, _int(m[1]))),
    (re.compile(rf"{_N}个?(?:周|星期|礼拜)(?:以|之)?前"), lambda m, t: _around(t, 7 * _int(m[1]), 6)),
    (re.compile(rf"{_N}个?月(?:以|之)?前"), lambda m, t: _around(t, 30 * _int(m[1]), 20)),
    (re.compile(r"半个?月(?:以|之)?前"), lambda m, t: _around(t, 15, 7)),
    (re.compile(rf"(?:最近|近|这|过去){_N}天"), lambda m, t: (t - timedelta(days=_int(m[1])), t)),
    (re.compile(rf"(?:最近|近|过去){_N}个月"), lambda m, t: (t - timedelta(days=30 * _int(m[1])), t)),
    (re.compile(r"上上个?(?:周|星期|礼拜)([一二三四五六日天末])?"), lambda m, t: _week(t, 2, m[1])),
    (re.compile(r"上个?(?:周|星期|礼拜)([一二三四五六日天末])?"), lambda m, t: _week(t, 1, m[1])),
    (re.compile(r"[这本]个?(?:周|星期|礼拜)([一二三四五六日天末])?"), lambda m, t: _week(t, 0, m[1])),
    (re.compile(r"(?:周|星期|礼拜)([一二三四五六日天末])"), lambda m, t: _last_weekday(t, m[1])),
    (re.compile(r"上上个?月"), lambda m, t: _month(t, 2)),
    (re.compile(r"上个?月"), lambda m, t: _month(t, 1)),
    (re.compile(r"(?:这个|本|当)月|月初"), lambda m, t: _month(t, 0)),
    (
        re.compile(r"去年(?:的)?(\d{1,2}|[一二三四五六七八九十]{1,2})月"),
        lambda m, t: _month(date(t.year - 1, _int(m[1]), 1), 0),
    ),
    (re.compile(r"去年"), lambda m, t: (date(t.year - 1, 1, 1), date(t.year - 1, 12, 31))),
    (re.compile(r"前年"), lambda m, t: (date(t.year - 2, 1, 1), date(t.year - 2, 12, 31))),
    (re.compile(r"今年"), lambda m, t: (date(t.year, 1, 1), t)),
    (
        re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?"),
        lambda m, t: _day(date(int(m[1]), int(m[2]), int(m[3])), 0),
    ),
    (
        re.compile(
            r"(\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:(\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?(?!内|份?后)"
        ),
        lambda m, t: _month_day(t, _int(m[1]), _int(m[2]) if m[2] else None),
    ),
    (
        re.compile(
            r"(?<![\da-z一二三四五六七八九十型单大小])(\d{1,2}|[一二三四五六七八九十]{1,3})号(?=[那买下的拍付签收到订晚早]|$)"
        ),
        lambda m, t: _this_month_day(t, _int(m[1])),
    ),
]


def _around(today: date, back: int, width: int) -> Range:
    middle = today - timedelta(days=back)
    return middle - timedelta(days=width), min(today, middle + timedelta(days=width))


def _last_weekday(today: date, weekday: str) -> Range:
    day, last = _week(today, 0, weekday)
    return (day, last) if day <= today else (day - timedelta(days=7), last - timedelta(days=7))


@cache
def _named() -> list[tuple[str, dict[str, Any]]]:
    data = read_yaml(resource("seed_data", "lexicon", "times.yaml"))
    named = [(str(name), entry) for entry in data["festivals"] + data["spans"] for name in entry["names"]]
    return sorted(named, key=lambda pair: -len(pair[0]))


def _range_of(entry: dict[str, Any], today: date) -> Range | None:
    if "back" in entry:
        return today - timedelta(days=entry["back"]), today
    if "months" in entry:
        first, last = entry["months"]
        year = today.year if first <= today.month else today.year - 1
        return date(year, first, 1), _month(date(year, last, 1), 0)[1]
    if "days" in entry:
        widened = [
            (day - timedelta(days=entry["before"]), day + timedelta(days=entry["after"])) for day in map(_date, entry["days"])
        ]
        begun = [span for span in widened if span[0] <= today]
        return begun[-1] if begun else None
    month, day = (int(part) for part in str(entry["from"]).split("-"))
    last_month, last_day = (int(part) for part in str(entry["to"]).split("-"))
    year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    return date(year, month, day), date(year, last_month, last_day)


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _bordered(text: str, start: int, end: int) -> bool:
    """Digits beside the name make it another number (1618 is not 618, 520元 is an amount)."""
    name = text[start:end]
    if not name[0].isdigit():
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (before.isalnum() and before.isascii())
        or (after[:1] in "元块年份个件克斤%gk" and after)
        or (after.isascii() and after.isalnum())
    )


def find_times(text: str, now: int) -> list[TimeSpan]:
    """Every stretch of time named in a text, left to right, the longest at each place.

    Parameters
    ----------
    text : str
        Normalised text.
    now : int
        Epoch ms; days are those of Asia/Shanghai.

    Examples
    --------
    >>> from kg_service.times import parse_instant, format_instant
    >>> now = parse_instant("2026-11-20")
    >>> [(s.text, format_instant(s.since)[:10], format_instant(s.until)[:10]) for s in find_times("双11那单前天到的", now)]
    [('双11', '2026-11-01', '2026-11-11'), ('前天', '2026-11-18', '2026-11-18')]
    """
    today = day_of(now)
    found: list[tuple[int, int, Range]] = []
    for name, entry in _named():
        at = text.find(name)
        while at >= 0:
            if _bordered(text, at, at + len(name)):
                span = _range_of(entry, today)
                if span:
                    found.append((at, at + len(name), span))
            at = text.find(name, at + 1)
    for pattern, rule in _RULES:
        for match in pattern.finditer(text):
            try:
                found.append((match.start(), match.end(), rule(match, today)))
            except (ValueError, OverflowError):  # 2月30号, 13月: not a date
                continue
    found.sort(key=lambda item: (item[0], item[0] - item[1]))
    spans: list[TimeSpan] = []
    for start, end, (first, last) in found:
        if not spans or start >= spans[-1].end:
            spans.append(TimeSpan(start, end, text[start:end], start_of_day(first), end_of_day(last)))
    return spans
