"""Times relative to now."""

import pytest

from kg_service.text import find_times
from kg_service.text.times import coming
from kg_service.times import day_of, parse_instant

NOW = parse_instant("2026-03-04T10:00:00")  # a Wednesday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("双十一那单", "2025-11-01", "2025-11-11"),
        ("618买的", "2025-06-01", "2025-06-18"),
        ("春节买的", "2026-02-03", "2026-02-24"),
        ("昨天", "2026-03-03", "2026-03-03"),
        ("上周三下的单", "2026-02-25", "2026-02-25"),
        ("周五买的", "2026-02-27", "2026-02-27"),
        ("两天前", "2026-03-02", "2026-03-02"),
        ("上个月", "2026-02-01", "2026-02-28"),
        ("去年12月", "2025-12-01", "2025-12-31"),
        ("5月3号", "2025-05-03", "2025-05-03"),
        ("2025-12-30的订单", "2025-12-30", "2025-12-30"),
        ("国庆那会儿", "2025-10-01", "2025-10-08"),
    ],
)
def test_times_are_relative_to_now(text, first, last):
    span = find_times(text, NOW)[0]
    assert (str(day_of(span.since)), str(day_of(span.until))) == (first, last)


@pytest.mark.parametrize("text", ["七天无理由", "13月40号", "520元", "型号x3号", "一个", "1618"])
def test_what_is_no_time(text):
    assert find_times(text, NOW) == []


@pytest.mark.parametrize(
    ("text", "asked", "first", "last"),
    [
        ("七夕", "2026-06-16", "2026-08-19", "2026-08-19"),
        ("七夕", "2027-08-08", "2027-08-08", "2027-08-08"),
        ("除夕", "2026-03-01", "2027-02-05", "2027-02-05"),
        ("腊八", "2026-06-16", "2027-01-15", "2027-01-15"),
        ("重阳节", "2040-01-01", "2040-10-14", "2040-10-14"),
        ("三八节", "2026-06-16", "2027-03-01", "2027-03-08"),
        ("双十二", "2026-06-16", "2026-12-01", "2026-12-12"),
    ],
)
def test_the_coming_day_of_any_year(text, asked, first, last):
    assert tuple(str(day_of(at)) for at in coming(text, parse_instant(asked))) == (first, last)


def test_only_days_that_are_named_come_again():
    assert coming("上周", NOW) is None
