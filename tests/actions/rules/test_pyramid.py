"""It divides customers into tiers by what they bought, and says who makes the money (domain, section 9)."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.pyramid import (
    TIERS,
    Customer,
    Moves,
    Place,
    before,
    has_grown,
    moves,
    percent,
    place,
    place_with,
    places,
    pyramid,
    share,
    top,
    year_to,
)

SHARES = {"vip": Decimal(1), "major": Decimal(4), "regular": Decimal(15), "small": Decimal(80)}

CHECK_FIGURES = [
    # customers, sales, profit and spending each, return in percent
    (21, 114_000, 45_600, 40_000, 114),
    (85, 31_600, 9_480, 6_820, 139),
    (319, 9_100, 1_820, 2_459, 74),
    (1_701, 1_160, -522, 985, -53),
]
SOURCE = [
    Customer((number, each), sales * 100, profit * 100, spent * 100)
    for number, (count, sales, profit, spent, _) in enumerate(CHECK_FIGURES)
    for each in range(count)
]


def test_it_gives_the_check_figures_of_the_domain() -> None:
    tiers = pyramid(reversed(SOURCE), SHARES)
    assert [tier.name for tier in tiers] == list(TIERS)
    for tier, (count, sales, profit, _, return_) in zip(tiers, CHECK_FIGURES, strict=True):
        assert len(tier.customers) == count
        assert tier.sales == count * sales * 100
        assert tier.profit == count * profit * 100
        assert tier.known_profit == count
        assert tier.return_ is not None
        assert percent(tier.return_) == return_
    count, of_sales, of_profit = top(tiers)
    assert of_sales is not None
    assert of_profit is not None
    assert (count, percent(of_sales), percent(of_profit)) == (425, 80, 161)
    everybody = [customer for tier in tiers for customer in tier.customers]
    assert len(everybody) == 2_126
    assert round(sum(each.sales for each in everybody) / len(everybody) / 100) == 4_683
    assert round(sum(each.profit or 0 for each in everybody) / len(everybody) / 100) == 685


PLACES = [
    # customers, VIP, major, regular, small
    (0, 0, 0, 0, 0),
    (1, 1, 0, 0, 0),
    (2, 1, 0, 0, 1),
    (3, 1, 0, 0, 2),
    (5, 1, 0, 0, 4),
    (7, 1, 0, 0, 6),
    (8, 1, 0, 1, 6),
    (10, 1, 0, 1, 8),
    (20, 1, 0, 3, 16),
    (30, 1, 1, 4, 24),
    (49, 1, 1, 8, 39),
    (50, 1, 2, 7, 40),
    (100, 1, 4, 15, 80),
    (149, 1, 6, 23, 119),
    (150, 2, 6, 22, 120),
    (1_000, 10, 40, 150, 800),
    (2_126, 21, 85, 319, 1_701),
]


@pytest.mark.parametrize(("count", "vip", "major", "regular", "small"), PLACES)
def test_it_has_as_many_places_in_each_tier(count: int, vip: int, major: int, regular: int, small: int) -> None:
    assert list(places(count, SHARES).values()) == [vip, major, regular, small]


@given(count=st.integers(0, 5_000), parts=st.lists(st.integers(0, 100), min_size=3, max_size=3))
def test_it_loses_nobody_and_has_a_best_one_whatever_the_shares(count: int, parts: list[int]) -> None:
    first, second, third = sorted(parts)
    shares = dict(zip(TIERS, map(Decimal, (first, second - first, third - second, 100 - third)), strict=True))
    sizes = places(count, shares)
    assert sum(sizes.values()) == count
    assert min(sizes.values()) >= 0
    assert (sizes["vip"] >= 1) == (count >= 1)


SALES = st.lists(st.integers(-(10**6), 10**9), max_size=60)


@given(sales=SALES)
def test_nobody_stands_above_one_who_bought_more(sales: list[int]) -> None:
    tiers = pyramid((Customer(number, value) for number, value in enumerate(sales)), SHARES)
    ranked = [customer for tier in tiers for customer in tier.customers]
    assert sorted(each.key for each in ranked) == list(range(len(sales)))  # type: ignore[type-var]
    assert [each.sales for each in ranked] == sorted(sales, reverse=True)


def _named(*sales: int) -> list[Customer]:
    return [Customer(name, value) for name, value in zip("abcdefghij", sales, strict=False)]


TEN = pyramid(_named(100, 90, 80, 70, 60, 50, 40, 30, 20, 10), SHARES)
"""a is a VIP, b regular, the others small."""

STANDS = [
    ("a", Place("vip", 1, None, None)),
    ("b", Place("regular", 2, "vip", 10)),
    ("c", Place("small", 3, "regular", 10)),
    ("j", Place("small", 10, "regular", 80)),
    ("nobody", None),
]


@pytest.mark.parametrize(("key", "stands"), STANDS)
def test_it_says_where_a_customer_stands_and_what_they_lack(key: Hashable, stands: Place | None) -> None:
    assert place(key, TEN) == stands


@given(sales=st.lists(st.integers(1, 1_000), min_size=2, max_size=80), number=st.integers(0, 79))
def test_who_gets_past_what_they_lack_is_at_least_in_the_next_tier(sales: list[int], number: int) -> None:
    key = number % len(sales)
    tiers = pyramid((Customer(each, value) for each, value in enumerate(sales)), SHARES)
    stands = place(key, tiers)
    assert stands is not None
    if stands.lacks is None or stands.next_tier is None:
        assert stands.tier == "vip"
        return
    reached = place_with(key, stands.lacks + 1, tiers, SHARES)
    assert reached is not None
    # Where the last one of that tier bought as much as the next above, even farther.
    assert TIERS.index(reached.tier) <= TIERS.index(stands.next_tier)


@pytest.mark.parametrize(
    ("key", "more", "tier"), [("j", 91, "vip"), ("j", 90, "regular"), ("j", 5, "small"), ("new", 95, "regular")]
)
def test_it_says_where_a_deal_would_put_a_customer(key: str, more: int, tier: str) -> None:
    stands = place_with(key, more, TEN, SHARES)
    assert stands is not None
    assert stands.tier == tier


def test_it_says_where_the_first_deal_of_all_would_put_a_customer() -> None:
    stands = place_with("first", 1, pyramid([], SHARES), SHARES)
    assert stands == Place("vip", 1, None, None)


def test_it_says_who_moved_between_two_periods() -> None:
    now = pyramid(
        [
            Customer(key, value)
            for key, value in zip("jbcdefghik", (100, 90, 80, 70, 60, 50, 40, 30, 20, 10), strict=True)
        ],
        SHARES,
    )
    assert moves(TEN, now) == Moves(
        up=(("j", "small", "vip"),), down=(), new=(("k", None, "small"),), gone=(("a", "vip", None),)
    )
    swapped = pyramid(_named(10, 90, 80, 70, 60, 50, 40, 30, 20, 100), SHARES)
    there = moves(TEN, swapped)
    assert (there.up, there.down) == ((("j", "small", "vip"),), (("a", "vip", "small"),))
    assert moves(TEN, TEN) == Moves((), (), (), ())


@given(one=SALES, other=SALES)
def test_a_move_up_is_a_move_down_the_other_way_round(one: list[int], other: list[int]) -> None:
    first, second = (pyramid((Customer(key, value) for key, value in enumerate(each)), SHARES) for each in (one, other))
    there, back = moves(first, second), moves(second, first)
    assert {(key, now, was) for key, was, now in there.up} == set(back.down)
    assert {(key, now, was) for key, was, now in there.new} == set(back.gone)
    moved = {key for key, _, _ in (*there.up, *there.down, *there.new)}
    stayed = {key for key in range(len(other)) if key not in moved}
    assert all(_tier(key, first) == _tier(key, second) for key in stayed)


def _tier(key: Hashable, tiers: object) -> str | None:
    found = place(key, tiers)  # type: ignore[arg-type]
    return found.tier if found else None


PROFITS = [
    # what is known of three customers, profit of the tier, of how many, return in percent
    ([(None, None), (None, None), (None, None)], None, 0, None),
    ([(10, None), (None, 5), (None, None)], 10, 1, None),
    ([(10, 20), (-4, 8), (None, None)], 6, 2, 21),
    ([(10, 0), (5, 10), (7, None)], 22, 3, 50),
]


@pytest.mark.parametrize(("known", "profit", "count", "return_"), PROFITS)
def test_it_counts_profit_and_spending_as_far_as_known(
    known: list[tuple[int | None, int | None]], profit: int | None, count: int, return_: int | None
) -> None:
    (tier,) = [
        tier
        for tier in pyramid(
            [Customer(number, 1, *each) for number, each in enumerate(known)],
            {"vip": Decimal(100), "major": Decimal(0), "regular": Decimal(0), "small": Decimal(0)},
        )
        if tier.customers
    ]
    assert (tier.profit, tier.known_profit) == (profit, count)
    assert (None if tier.return_ is None else percent(tier.return_)) == return_


def test_it_says_what_the_top_make_only_where_it_is_known() -> None:
    assert top(pyramid([], SHARES)) == (0, None, None)
    assert top(TEN) == (2, Decimal(190) / 550, None)
    assert top(pyramid(_named(50, 40, 30, 20), SHARES)) == (0, None, None)
    five = [Customer(number, 20, 5) for number in range(4)]
    assert top(pyramid([*five, Customer(5, 20, None)], SHARES)) == (1, Decimal("0.2"), None)
    assert top(pyramid([*five, Customer(5, 20, 5)], SHARES)) == (1, Decimal("0.2"), Decimal("0.2"))
    assert top(pyramid([*five, Customer(5, 20, -20)], SHARES)) == (1, Decimal("0.2"), None)
    assert top(pyramid([*five, Customer(5, 1_900, 980)], SHARES)) == (1, Decimal(1_900) / 1_980, Decimal("0.98"))


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(1, 3, 33), (2, 3, 67), (1, 200, 1), (-1, 200, -1), (5, 0, None), (5, -2, None)]
)
def test_it_gives_shares_in_whole_percent(part: int, whole: int, shown: int | None) -> None:
    found = share(part, whole)
    assert (None if found is None else percent(found)) == shown


@pytest.mark.parametrize(
    ("sales", "earlier", "grown"), [(120, 100, True), (119, 100, False), (50, 0, False), (0, 0, False)]
)
def test_it_sees_growth(sales: int, earlier: int, grown: bool) -> None:
    assert has_grown(sales, earlier, Decimal("0.2")) == grown


BEFORE = [
    # a period, and the one before
    ("2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
    ("2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31"),
    ("2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"),
    ("2025-03-03", "2026-03-02", "2024-03-03", "2025-03-02"),
    ("2026-03-02", "2026-03-08", "2026-02-23", "2026-03-01"),
    ("2026-03-02", "2026-03-02", "2026-03-01", "2026-03-01"),
]


@pytest.mark.parametrize(("first", "last", "first_before", "last_before"), BEFORE)
def test_it_knows_the_period_before(first: str, last: str, first_before: str, last_before: str) -> None:
    found = before(date.fromisoformat(first), date.fromisoformat(last))
    assert found == (date.fromisoformat(first_before), date.fromisoformat(last_before))


@given(today=st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_year_and_the_year_before_leave_no_day_out(today: date) -> None:
    first, last = year_to(today)
    earlier, end = before(first, last)
    assert last == today
    assert 364 <= (last - first).days <= 365
    assert end == first - timedelta(days=1)
    assert 364 <= (end - earlier).days <= 366
