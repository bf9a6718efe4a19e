"""It knows the next festival and anniversary, and names none whose date it does not know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import playbook
from actions.rules.occasions import anniversary, next_of, soonest

FESTIVALS = playbook.load().occasions.festivals
LUNAR = ("spring_festival", "dragon_boat", "mid_autumn")
NEW_MOON = date(2000, 1, 6)
"""A day of new moon; a lunation takes 29.530588 days."""
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("today", "name", "wanted"),
    [
        ("2026-03-02", "new_year", "2027-01-01"),
        ("2026-01-01", "new_year", "2026-01-01"),
        ("2026-12-26", "christmas", "2027-12-25"),
        ("2026-02-17", "spring_festival", "2026-02-17"),
        ("2026-02-18", "spring_festival", "2027-02-06"),
        ("2035-02-09", "spring_festival", None),
        ("2026-03-02", "mid_autumn", "2026-09-25"),
        ("2026-03-02", "national_day", "2026-10-01"),
    ],
)
def test_it_knows_the_next_day_of_a_festival(today: str, name: str, wanted: str | None) -> None:
    entry = FESTIVALS[name]
    found = next_of(date.fromisoformat(today), entry.dates, entry.month, entry.day)
    assert found == (date.fromisoformat(wanted) if wanted else None)


@pytest.mark.parametrize(
    ("name", "months", "moon_day"),
    [("spring_festival", (1, 2), 0), ("dragon_boat", (5, 6), 4), ("mid_autumn", (9, 10), 14)],
)
def test_its_dates_by_the_moon_fit_the_moon(name: str, months: tuple[int, ...], moon_day: int) -> None:
    dates = FESTIVALS[name].dates
    assert [day.year for day in dates] == list(range(2026, 2036))
    for day in dates:
        assert day.month in months
        age = ((day - NEW_MOON).days - moon_day) % 29.530588
        assert min(age, 29.530588 - age) <= 1.5, day


@pytest.mark.parametrize(
    ("since", "today", "wanted"),
    [
        ("2025-03-02", "2026-03-02", ("2026-03-02", 1)),
        ("2025-03-01", "2026-03-02", ("2027-03-01", 2)),
        ("2026-03-02", "2026-03-02", ("2027-03-02", 1)),
        ("2025-12-31", "2026-03-02", ("2026-12-31", 1)),
        ("2024-02-29", "2026-02-27", ("2026-02-28", 2)),
        ("2024-02-29", "2027-03-01", ("2028-02-29", 4)),
    ],
)
def test_it_knows_the_next_anniversary(since: str, today: str, wanted: tuple[str, int]) -> None:
    day, years = anniversary(date.fromisoformat(since), date.fromisoformat(today))
    assert (day.isoformat(), years) == wanted


@given(DAYS, DAYS)
def test_its_anniversary_is_at_most_a_year_ahead(since: date, today: date) -> None:
    if since > today:
        return
    day, years = anniversary(since, today)
    assert timedelta(0) <= day - today <= timedelta(days=366)
    assert years == day.year - since.year
    assert years >= 1


def test_it_names_the_soonest_that_is_near() -> None:
    today = date(2026, 3, 2)
    days = {"far": date(2026, 5, 1), "near": date(2026, 4, 1), "gone": date(2026, 3, 1), "never": None}
    assert soonest(days, today, 30) == ("near", date(2026, 4, 1))
    assert soonest(days, today, 29) is None
    assert soonest({}, today, 30) is None
