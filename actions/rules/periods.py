"""Periods of the contract (`this_month` …) as first and last day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def days_of(period: str, today: date) -> tuple[date, date]:
    """First and last day of `period`, seen from `today`. Weeks begin on Monday. Raises KeyError for an unknown one."""
    monday = today - timedelta(days=today.weekday())
    quarter = (today.month - 1) // 3
    last_month = today.replace(day=1) - timedelta(days=1)
    last_quarter = (today.year, quarter - 1) if quarter else (today.year - 1, 3)
    return {
        "today": (today, today),
        "this_week": (monday, monday + timedelta(days=6)),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this_month": _months(today.year, today.month, 1),
        "last_month": _months(last_month.year, last_month.month, 1),
        "this_quarter": _months(today.year, quarter * 3 + 1, 3),
        "last_quarter": _months(last_quarter[0], last_quarter[1] * 3 + 1, 3),
        "this_year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }[period]


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    last = month + count - 1
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])
