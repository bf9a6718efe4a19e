"""What a customer is worth over the relationship: the present value of four kinds of profit (domain, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

Key = TypeVar("Key")

PARTS = ("base", "cross_selling", "savings", "referrals")
"""Base profit, what they buy besides, what they cost less to serve, and what those whom they introduced earn us."""


@dataclass(frozen=True)
class Assumptions:
    """What nobody can know yet: how many `years` count, the share (0 to 1) that stays from year to year (`retention`),
    and by what share a year later is worth less (`discount`, 0.1: a tenth)."""

    years: int
    retention: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Year:
    """What a customer did in a year, in minor units of one currency; None: not known.

    `profit` is after what was spent on them. `other_profit` is that part of it which other products than their first
    one have earned. `referred_profit` is what those whom they introduced have earned us.
    """

    sales: int
    profit: int | None
    other_profit: int | None = None
    spent: int | None = None
    referred_profit: int | None = None


def yearly_parts(last: Year, first: Year | None) -> dict[str, int | None]:
    """The last year's profit by its four parts; None for a part that cannot be told.

    Savings are what serving them as dearly as in their `first` year would have cost more, as far as that is in the
    profit; it is None until a first year lies behind the last one. Cross-selling and savings are parts of the profit:
    what is left is base, so that what cannot be told stays in it, and nothing counts twice.
    """
    if last.profit is None:
        return {"base": None, "cross_selling": None, "savings": None, "referrals": last.referred_profit}
    left = last.profit - (last.other_profit or 0)
    saved = _saved(last, first)
    saved = None if saved is None else min(saved, max(left, 0))
    base = left - (saved or 0)
    return {"base": base, "cross_selling": last.other_profit, "savings": saved, "referrals": last.referred_profit}


def _saved(last: Year, first: Year | None) -> int | None:
    if first is None or first.spent is None or last.spent is None or first.sales <= 0:
        return None
    return max(_rounded(Decimal(first.spent) * last.sales / first.sales) - last.spent, 0)


def factor(assumptions: Assumptions) -> Decimal:
    """What 1 a year is worth today: each year's 1 at its end, times the chance that they are still there.

    The first year counts in full, the second one with `retention`, the third one with its square.
    """
    worth, chance, later = Decimal(0), Decimal(1), Decimal(1)
    for _ in range(assumptions.years):
        later /= 1 + assumptions.discount
        worth += chance * later
        chance *= assumptions.retention
    return worth


def present_values(yearly: Mapping[Key, int | None], assumptions: Assumptions) -> dict[Key, int | None]:
    """Each yearly profit over the relationship, in minor units of today; None stays None.

    They are whole major units: cents would feign that the years to come are known so well.
    """
    each = factor(assumptions)
    return {key: None if value is None else _rounded(value * each / 100) * 100 for key, value in yearly.items()}


def total(values: Mapping[str, int | None]) -> int | None:
    """The sum of the parts that are known; None where none is."""
    known = [value for value in values.values() if value is not None]
    return sum(known) if known else None


def _rounded(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))
