"""The time a question about offers means: 七夕 asked in June is the coming one, 双十一 asked in November the one just over."""

from __future__ import annotations

import re
from datetime import date

from kg_service.decisions.decision import Asker
from kg_service.parsing.frame import Frame
from kg_service.text.times import coming
from kg_service.times import day_of, end_of_day, start_of_day

__all__ = ["when", "when_asked"]

_PAST = re.compile(
    r"\d{4}年?|去年|前年|往年|上次|上周|上个?月|上星期|昨天|前天|之前|以前|过去|刚过|[买拍][的了]|下单|当时|那天"
)
#: A day that is over by less than this is the one that was: 11月8号, asked on the twelfth.
_JUST_OVER = 31 * 24 * 60 * 60 * 1000


def when_asked(frame: Frame, asker: Asker) -> tuple[int, int]:
    """Now, or the time the question names. A day long over means the coming one of its name, unless the past is spoken of."""
    if frame.period is None:
        return asker.now, asker.now
    start, end = frame.period.start, frame.period.end
    if end < asker.now - _JUST_OVER and not _PAST.search(frame.text):
        ahead = coming(frame.period.text, asker.now)
        if ahead is not None:
            return ahead
        first, last = (_year_later(day_of(instant)) for instant in (start, end))
        if last > day_of(asker.now):
            return start_of_day(first), end_of_day(last)
    return start, end


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def when(frame: Frame, asker: Asker) -> int:
    """The instant a purchase is thought of: now, or the beginning of the time the question names (epoch ms)."""
    start, end = when_asked(frame, asker)
    return asker.now if start <= asker.now <= end else start
