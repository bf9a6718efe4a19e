"""It knows the first and the last day of a period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.periods import days_of
from nlu.understanding import PERIODS

DAYS = (
    # today, period, first day, last day
    ("2026-03-02", "today", "2026-03-02", "2026-03-02"),
    ("2026-03-02", "this_week", "2026-03-02", "2026-03-08"),  # a Monday
    ("2026-03-08", "this_week", "2026-03-02", "2026-03-08"),  # a Sunday
    ("2026-03-09", "last_week", "2026-03-02", "2026-03-08"),
    ("2025-12-31", "this_week", "2025-12-29", "2026-01-04"),
    ("2026-01-01", "this_week", "2025-12-29", "2026-01-04"),
    ("2026-01-01", "last_week", "2025-12-22", "2025-12-28"),
    ("2026-01-05", "last_week", "2025-12-29", "2026-01-04"),
    ("2024-03-03", "this_week", "2024-02-26", "2024-03-03"),  # with a leap day
    ("2026-02-14", "this_month", "2026-02-01", "2026-02-28"),
    ("2024-02-14", "this_month", "2024-02-01", "2024-02-29"),
    ("2000-02-14", "this_month", "2000-02-01", "2000-02-29"),
    ("2100-02-14", "this_month", "2100-02-01", "2100-02-28"),
    ("2026-12-31", "this_month", "2026-12-01", "2026-12-31"),
    ("2026-01-31", "last_month", "2025-12-01", "2025-12-31"),
    ("2024-03-31", "last_month", "2024-02-01", "2024-02-29"),
    ("2026-03-01", "last_month", "2026-02-01", "2026-02-28"),
    ("2026-07-31", "last_month", "2026-06-01", "2026-06-30"),
    ("2026-01-01", "this_quarter", "2026-01-01", "2026-03-31"),
    ("2026-06-30", "this_quarter", "2026-04-01", "2026-06-30"),
    ("2026-09-15", "this_quarter", "2026-07-01", "2026-09-30"),
    ("2026-12-31", "this_quarter", "2026-10-01", "2026-12-31"),
    ("2026-02-28", "last_quarter", "2025-10-01", "2025-12-31"),
    ("2026-04-01", "last_quarter", "2026-01-01", "2026-03-31"),
    ("2026-12-31", "last_quarter", "2026-07-01", "2026-09-30"),
    ("2024-02-29", "this_year", "2024-01-01", "2024-12-31"),
    ("2024-02-29", "last_year", "2023-01-01", "2023-12-31"),
    ("2026-01-01", "last_year", "2025-01-01", "2025-12-31"),
)
DATES = st.dates(date(1970, 1, 1), date(9998, 12, 31))


@pytest.mark.parametrize(("today", "period", "first", "last"), DAYS)
def test_it_knows_the_days(today: str, period: str, first: str, last: str) -> None:
    assert days_of(period, date.fromisoformat(today)) == (date.fromisoformat(first), date.fromisoformat(last))


def test_it_knows_every_period_of_the_contract() -> None:
    assert {period for _, period, _, _ in DAYS} == set(PERIODS)


def test_it_refuses_a_period_that_is_none() -> None:
    with pytest.raises(KeyError, match="next_century"):
        days_of("next_century", date(2026, 3, 2))


@given(DATES)
def test_it_puts_today_into_every_present_period(today: date) -> None:
    for period in ("today", "this_week", "this_month", "this_quarter", "this_year"):
        first, last = days_of(period, today)
        assert first <= today <= last


@given(DATES, st.sampled_from(["week", "month", "quarter", "year"]))
def test_it_ends_the_last_period_where_the_present_one_begins(today: date, unit: str) -> None:
    begins, _ = days_of(f"this_{unit}", today)
    first, last = days_of(f"last_{unit}", today)
    assert last + timedelta(days=1) == begins
    assert (first, last) == days_of(f"this_{unit}", last)
