"""When they will buy, and how much hangs on it: the letters of domain, section 1."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.likelihood import importance, likelihood, months_after

WITHIN = {"A": 1, "B": 3, "C": 6}
TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("close", "letter"),
    [
        ("2026-03-02", "A"),
        ("2026-04-02", "A"),
        ("2026-04-03", "B"),
        ("2026-06-02", "B"),
        ("2026-06-03", "C"),
        ("2026-09-02", "C"),
        ("2026-09-03", "D"),
        ("2030-01-01", "D"),
    ],
)
def test_a_within_one_month_b_three_c_six_d_later(close: str, letter: str) -> None:
    assert likelihood(date.fromisoformat(close), TODAY, WITHIN, "D") == letter


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-01", 12, "2027-12-01"),
        ("2026-03-02", 0, "2026-03-02"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: str, months: int, after: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(after)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 900), st.integers(0, 900))
def test_a_later_close_is_never_likelier(today: date, sooner: int, more: int) -> None:
    first, second = (likelihood(today + timedelta(days=d), today, WITHIN, "D") for d in (sooner, sooner + more))
    assert first <= second


@pytest.mark.parametrize(
    ("amount", "size"), [(0, "small"), (50, "small"), (51, "normal"), (199, "normal"), (200, "large"), (900, "large")]
)
def test_importance_is_by_volume_beside_the_average(amount: int, size: str) -> None:
    assert importance(amount, 100.0, 2.0, 0.5) == size
