"""When to write to somebody next: festivals and anniversaries (domain, section 13). Pure, today is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date


def next_of(today: date, dates: Iterable[date], month: int | None = None, day: int | None = None) -> date | None:
    """The next of `dates`, or of this day of every year; today counts. None where no date is left."""
    coming = [each for each in dates if each >= today]
    if month is not None and day is not None:
        coming += [each for year in (today.year, today.year + 1) if (each := date(year, month, day)) >= today]
    return min(coming, default=None)


def anniversary(since: date, today: date) -> tuple[date, int]:
    """The next anniversary of a day, and of how many years; today counts. Of a leap day it is 28 February."""
    years = today.year - since.year
    this_year = _in(since, today.year)
    if years < 1 or this_year < today:
        return _in(since, today.year + 1), years + 1
    return this_year, years


def soonest(days: Mapping[str, date | None], today: date, ahead_days: int) -> tuple[str, date] | None:
    """The first of these days, by its name, if it is at most so many days ahead."""
    coming = {name: day for name, day in days.items() if day is not None and 0 <= (day - today).days <= ahead_days}
    return min(coming.items(), key=lambda item: item[1], default=None)


def _in(day: date, year: int) -> date:
    """The same day of another year."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
