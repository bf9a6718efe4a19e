"""When they will buy, and how much hangs on it (domain, section 1)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date


def likelihood(close: date, today: date, within_months: Mapping[str, int], later: str) -> str:
    """The letter of an expected close: of the shortest span that it lies in; `later` beyond all of them."""
    for letter, months in sorted(within_months.items(), key=lambda pair: pair[1]):
        if close <= months_after(today, months):
            return letter
    return later


def months_after(day: date, months: int) -> date:
    """The same day of a later month; its last one where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def importance(amount: int, average: float, large: float, small: float) -> str:
    """`large`, `normal` or `small`: an amount beside the average open deal, both in the same units."""
    if amount >= large * average:
        return "large"
    return "small" if amount <= small * average else "normal"
