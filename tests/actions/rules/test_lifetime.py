"""It says what a customer is worth over the relationship, and what cannot be told (domain, section 8)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.lifetime import PARTS, Assumptions, Year, factor, present_values, total, yearly_parts

USUAL = Assumptions(years=5, retention=Decimal("0.8"), discount=Decimal("0.1"))

FACTORS = [
    # years, retention, discount, what 1 a year is worth
    (1, "1", "0", "1"),
    (3, "1", "0", "3"),
    (3, "0", "0", "1"),
    (1, "0.8", "0.25", "0.8"),
    (2, "0.5", "0", "1.5"),
    (2, "0.5", "0.25", "1.12"),
    (5, "0.8", "0.1", "2.6551"),
    (0, "0.8", "0.1", "0"),
]


@pytest.mark.parametrize(("years", "retention", "discount", "worth"), FACTORS)
def test_it_values_one_a_year(years: int, retention: str, discount: str, worth: str) -> None:
    found = factor(Assumptions(years, Decimal(retention), Decimal(discount)))
    assert round(found, 4) == Decimal(worth)


PARTED = [
    # the last year, the first one, and the parts: base, cross-selling, savings, referrals
    (Year(1_000, None), None, (None, None, None, None)),
    (Year(1_000, 300), None, (300, None, None, None)),
    (Year(1_000, 300, other_profit=0), None, (300, 0, None, None)),
    (Year(1_000, 300, other_profit=100), None, (200, 100, None, None)),
    (Year(1_000, 300, referred_profit=70), None, (300, None, None, 70)),
    (Year(1_000, None, referred_profit=70), None, (None, None, None, 70)),
    # In the first year 20 of 100 were spent on them, now 12 of 100: 80 of 1,000 are saved.
    (Year(1_000, 300, spent=120), Year(500, 50, spent=100), (220, None, 80, None)),
    (Year(1_000, 300, 100, 120, 70), Year(500, 50, spent=100), (120, 100, 80, 70)),
    # What was saved is more than what they earned: the profit is owed to nothing else.
    (Year(1_000, 90, 50, spent=20), Year(500, 50, spent=100), (0, 50, 40, None)),
    (Year(1_000, -90, spent=20), Year(500, 50, spent=100), (-90, None, 0, None)),
    # They cost more than at first: nothing is saved.
    (Year(1_000, 300, spent=250), Year(500, 50, spent=100), (300, None, 0, None)),
    (Year(1_000, 300, spent=None), Year(500, 50, spent=100), (300, None, None, None)),
    (Year(1_000, 300, spent=120), Year(0, None, spent=100), (300, None, None, None)),
    (Year(1_000, -300, other_profit=-50), None, (-250, -50, None, None)),
]


@pytest.mark.parametrize(("last", "first", "parts"), PARTED)
def test_it_parts_the_profit_of_a_year(last: Year, first: Year | None, parts: tuple[int | None, ...]) -> None:
    assert yearly_parts(last, first) == dict(zip(PARTS, parts, strict=True))


def test_it_values_each_part_and_adds_up_what_is_known() -> None:
    values = present_values({"base": 100_000, "cross_selling": 50_000, "savings": None, "referrals": 0}, USUAL)
    assert values == {"base": 265_500, "cross_selling": 132_800, "savings": None, "referrals": 0}
    assert total(values) == 398_300
    assert total(dict.fromkeys(PARTS)) is None


PROFIT = st.integers(0, 10**12)
SHARE = st.decimals(0, 1, places=3)
LIKELY = st.builds(Assumptions, st.integers(0, 30), SHARE, SHARE)


def _worth(last: Year, first: Year | None, assumptions: Assumptions) -> int:
    return total(present_values(yearly_parts(last, first), assumptions)) or 0


@given(profit=PROFIT, other=st.none() | PROFIT, more=PROFIT, assumptions=LIKELY)
def test_more_profit_is_never_worth_less(profit: int, other: int | None, more: int, assumptions: Assumptions) -> None:
    year, better = Year(10**6, profit, other), Year(10**6, profit + more, other)
    assert _worth(better, None, assumptions) >= _worth(year, None, assumptions)


@given(profit=PROFIT, referred=PROFIT, assumptions=LIKELY, longer=st.integers(0, 10))
def test_a_longer_relationship_is_never_worth_less(
    profit: int, referred: int, assumptions: Assumptions, longer: int
) -> None:
    year = Year(10**6, profit, referred_profit=referred)
    later = Assumptions(assumptions.years + longer, assumptions.retention, assumptions.discount)
    assert _worth(year, None, later) >= _worth(year, None, assumptions)


@given(profit=PROFIT, assumptions=LIKELY, better=SHARE, dearer=SHARE)
def test_who_stays_more_likely_is_never_worth_less_and_dearer_money_never_makes_it_more(
    profit: int, assumptions: Assumptions, better: Decimal, dearer: Decimal
) -> None:
    year, years = Year(10**6, profit), assumptions.years
    stays = Assumptions(years, max(assumptions.retention, better), assumptions.discount)
    costs = Assumptions(years, assumptions.retention, max(assumptions.discount, dearer))
    assert _worth(year, None, costs) <= _worth(year, None, assumptions) <= _worth(year, None, stays)


@given(profit=st.integers(-(10**9), 10**9), other=PROFIT, spent=PROFIT, spent_first=PROFIT, assumptions=LIKELY)
def test_what_is_known_of_the_parts_changes_none_of_the_whole(
    profit: int, other: int, spent: int, spent_first: int, assumptions: Assumptions
) -> None:
    known = _worth(Year(10**6, profit, other, spent), Year(10**6, 1, spent=spent_first), assumptions)
    # Each part is rounded for itself.
    assert abs(known - _worth(Year(10**6, profit), None, assumptions)) <= 200
