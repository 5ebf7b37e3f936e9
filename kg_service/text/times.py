"""Times as customers say them, relative to now: 上周, 前天, 双十一, 国庆, 5月3号, 三天前."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from borax.calendars.lunardate import LunarDate

from kg_service.resources import read_yaml, resource
from kg_service.text.numbers import parse_number
from kg_service.times import day_of, end_of_day, start_of_day

__all__ = ["TimeSpan", "coming", "find_times", "same_day"]

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
    spans = [span for span in map(partial(_in_year, entry), range(today.year - 2, today.year + 2)) if span]
    begun = [span for span in spans if span[0] <= today]
    return begun[-1] if begun else None


def _in_year(entry: dict[str, Any], year: int) -> Range | None:
    """A day's occurrence in a year (of the lunar calendar where it goes by that); ``None`` beyond what is computed."""
    if "lunar" in entry:
        try:
            day = LunarDate(year, *_month_and_day(entry["lunar"])).to_solar_date()
        except ValueError:
            return None
        return day - timedelta(days=entry["before"]), day + timedelta(days=entry["after"])
    return date(year, *_month_and_day(entry["from"])), date(year, *_month_and_day(entry["to"]))


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def coming(name: str, now: int) -> tuple[int, int] | None:
    """The next occurrence of a day that is named instead of dated, from now on; ``None`` for any other words.

    Returns
    -------
    tuple of int, or None
        Its first and last instant, epoch ms.

    Examples
    --------
    >>> from kg_service.times import parse_instant, format_instant
    >>> [format_instant(at)[:10] for at in coming("七夕", parse_instant("2026-06-16"))]
    ['2026-08-19', '2026-08-19']
    """
    entry = _day_entry(name)
    if entry is None:
        return None
    today = day_of(now)
    spans = [span for span in map(partial(_in_year, entry), range(today.year - 1, today.year + 2)) if span]
    ahead = next((span for span in spans if span[1] >= today), None)
    return (start_of_day(ahead[0]), end_of_day(ahead[1])) if ahead else None


def same_day(name: str) -> tuple[str, ...]:
    """The names of a day that is named instead of dated (女神节 is 三八节 too); none for any other words.

    Examples
    --------
    >>> same_day("元宵"), same_day("上周")
    (('元宵节', '元宵', '正月十五'), ())
    """
    entry = _day_entry(name)
    return tuple(str(one) for one in entry["names"]) if entry else ()


def _day_entry(name: str) -> dict[str, Any] | None:
    entry = dict(_named()).get(name)
    return entry if entry is not None and {"from", "lunar"} & entry.keys() else None


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
