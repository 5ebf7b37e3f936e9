"""Times: epoch milliseconds inside, ISO 8601 outside, calendar days in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["SHANGHAI", "day_of", "end_of_day", "format_instant", "now_ms", "parse_instant", "start_of_day"]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def parse_instant(value: Any, *, end: bool = False) -> int:
    """Read an instant as epoch milliseconds.

    Parameters
    ----------
    value : str, datetime, date or int
        ISO 8601 (Asia/Shanghai when it has no offset), a datetime, or epoch ms.
    end : bool
        A bare date means the end of that day instead of its start.

    Raises
    ------
    ValueError
        When it is no ISO 8601 time.

    Examples
    --------
    >>> parse_instant("2026-11-12T10:00:00+08:00") == parse_instant("2026-11-12 10:00:00")
    True
    >>> parse_instant("2026-11-12", end=True) - parse_instant("2026-11-12")
    86399999
    """
    if isinstance(value, bool):
        raise ValueError(f"{value!r} is not a time")
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
        return _to_ms(moment)
    if isinstance(value, date):
        return end_of_day(value) if end else start_of_day(value)
    text = str(value).strip()
    try:
        if len(text) == 10:
            return parse_instant(date.fromisoformat(text), end=end)
        return parse_instant(datetime.fromisoformat(text))
    except ValueError:
        raise ValueError(f"time {text!r} is not ISO 8601 such as 2026-11-12T10:00:00+08:00") from None


def _to_ms(moment: datetime) -> int:
    delta = moment - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    return delta // timedelta(milliseconds=1)


def format_instant(ms: int) -> str:
    """Epoch ms as ISO 8601 in Asia/Shanghai.

    Examples
    --------
    >>> format_instant(0)
    '1970-01-01T08:00:00+08:00'
    """
    moment = datetime.fromtimestamp(ms // 1000, SHANGHAI)
    if ms % 1000:
        return moment.replace(microsecond=ms % 1000 * 1000).isoformat(timespec="milliseconds")
    return moment.isoformat()


def day_of(ms: int) -> date:
    """The calendar day (Asia/Shanghai) of an instant in epoch ms."""
    return datetime.fromtimestamp(ms // 1000, SHANGHAI).date()


def start_of_day(day: date) -> int:
    """The first millisecond of a calendar day (Asia/Shanghai), epoch ms."""
    return _to_ms(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI))


def end_of_day(day: date) -> int:
    """The last millisecond of a calendar day (Asia/Shanghai), epoch ms."""
    return start_of_day(day + timedelta(days=1)) - 1


def now_ms() -> int:
    """The clock's now, epoch ms. Rules never call it: they are told the time."""
    return _to_ms(datetime.now(SHANGHAI))
