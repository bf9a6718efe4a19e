"""Which customers matter: tiers by what they bought over a period, and who has moved between them (domain, section 9)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

TIERS = ("vip", "major", "regular", "small")
"""From the highest to the lowest."""
TOP = 20
"""The share of customers, in percent, of whom the 80/20 line tells what they make."""


@dataclass(frozen=True)
class Customer:
    """What one customer bought over a period, in minor units of one currency; None: not known."""

    key: Hashable
    sales: int
    profit: int | None = None
    spent: int | None = None


@dataclass(frozen=True)
class Tier:
    """The customers of one tier, the best first, with their sums. `profit` and `spent` count those of whom they are known."""

    name: str
    customers: tuple[Customer, ...]

    @property
    def sales(self) -> int:
        """What they bought, in minor units."""
        return sum(each.sales for each in self.customers)

    @property
    def profit(self) -> int | None:
        """What they earned us, in minor units; None where it is known of nobody."""
        return _sum(each.profit for each in self.customers)

    @property
    def known_profit(self) -> int:
        """Of how many customers the profit is known."""
        return sum(each.profit is not None for each in self.customers)

    @property
    def return_(self) -> Decimal | None:
        """Profit as a share (1 = 100 %) of what was spent, over those of whom both are known; None where nothing is."""
        both = [(each.profit, each.spent) for each in self.customers if each.profit is not None and each.spent]
        spent = sum(spent or 0 for _, spent in both)
        return Decimal(sum(profit or 0 for profit, _ in both)) / spent if spent > 0 else None


def places(count: int, shares: Mapping[str, Decimal]) -> dict[str, int]:
    """How many of `count` customers are in each tier; together always `count`. `shares` are percent, summing to 100.

    Limits are counted from the top and rounded half up: of 2,126 the VIPs end at 21.26, so after 21, the major ones
    at 106.3, so after 106. However few there are, the best one is a VIP.
    """
    result: dict[str, int] = {}
    taken, percents = 0, Decimal(0)
    for number, name in enumerate(TIERS):
        percents += shares[name]
        end = count if number == len(TIERS) - 1 else _rounded(count * percents / 100)
        if number == 0:
            end = max(end, min(count, 1))
        result[name] = max(end - taken, 0)
        taken += result[name]
    return result


def pyramid(customers: Iterable[Customer], shares: Mapping[str, Decimal]) -> tuple[Tier, ...]:
    """All four tiers from the highest, by sales; who bought alike stays in the order given."""
    ranked = sorted(customers, key=lambda each: -each.sales)
    tiers, start = [], 0
    for name, size in places(len(ranked), shares).items():
        tiers.append(Tier(name, tuple(ranked[start : start + size])))
        start += size
    return tuple(tiers)


def top(tiers: Sequence[Tier]) -> tuple[int, Decimal | None, Decimal | None]:
    """How many customers are the top 20 %, and their shares (1 = 100 %) of all sales and of all profit.

    A share is None where the whole is not above zero; that of profit also where the profit is not known of everybody.
    It is above 100 % where the others lose money. Of fewer than five customers 20 % is not one: there is none at the top.
    """
    ranked = [customer for tier in tiers for customer in tier.customers]
    if len(ranked) * TOP < 100:
        return 0, None, None
    count = _rounded(Decimal(len(ranked) * TOP) / 100)
    known = all(each.profit is not None for each in ranked)
    profits = [each.profit or 0 for each in ranked] if known else []
    sales = [each.sales for each in ranked]
    return count, share(sum(sales[:count]), sum(sales)), share(sum(profits[:count]), sum(profits))


def share(part: int, whole: int) -> Decimal | None:
    """`part` as a share (1 = 100 %) of `whole`; None where the whole is not above zero."""
    return Decimal(part) / whole if whole > 0 else None


def percent(share: Decimal) -> int:
    """A share as whole percent, rounded half away from zero."""
    return _rounded(share * 100)


@dataclass(frozen=True)
class Place:
    """Where a customer stands: the tier, the rank from 1, and the next tier up that has customers (None: there is none).

    `lacks` is by how much the last one of that tier has bought more: whoever gets past that takes their place.
    """

    tier: str
    rank: int
    next_tier: str | None
    lacks: int | None


def place(key: Hashable, tiers: Sequence[Tier]) -> Place | None:
    """Where the customer with this key stands; None where they bought nothing."""
    rank = 0
    above: Tier | None = None
    for tier in tiers:
        for customer in tier.customers:
            rank += 1
            if customer.key == key:
                lacks = above.customers[-1].sales - customer.sales if above else None
                return Place(tier.name, rank, above.name if above else None, lacks)
        above = tier if tier.customers else above
    return None


def place_with(key: Hashable, more: int, tiers: Sequence[Tier], shares: Mapping[str, Decimal]) -> Place | None:
    """Where the customer would stand if they had bought for `more` besides; also one who has bought nothing yet."""
    customers = [customer for tier in tiers for customer in tier.customers]
    others = [each for each in customers if each.key != key]
    sales = sum(each.sales for each in customers if each.key == key)
    return place(key, pyramid([*others, Customer(key, sales + more)], shares))


@dataclass(frozen=True)
class Moves:
    """Who changed tier between two periods, as (key, tier before, tier now), those who moved farthest first.

    `new` bought nothing before, `gone` buy nothing now; the tier that they lack is None.
    """

    up: tuple[Move, ...]
    down: tuple[Move, ...]
    new: tuple[Move, ...]
    gone: tuple[Move, ...]


Move = tuple[Hashable, str | None, str | None]


def moves(before: Sequence[Tier], now: Sequence[Tier]) -> Moves:
    """Who went up, who went down, who came and who stayed away."""
    was, is_ = _tier_of(before), _tier_of(now)
    both = [(key, was[key], tier) for key, tier in is_.items() if key in was and was[key] != tier]
    farthest = sorted(both, key=lambda move: -abs(TIERS.index(move[1]) - TIERS.index(move[2])))
    return Moves(
        up=tuple(move for move in farthest if TIERS.index(move[2]) < TIERS.index(move[1])),
        down=tuple(move for move in farthest if TIERS.index(move[2]) > TIERS.index(move[1])),
        new=tuple((key, None, tier) for key, tier in is_.items() if key not in was),
        gone=tuple((key, tier, None) for key, tier in was.items() if key not in is_),
    )


def has_grown(sales: int, before: int, growth: Decimal) -> bool:
    """Whether they buy more than the period before by at least `growth` (0.2: a fifth); from nothing is no growth."""
    return before > 0 and sales >= before * (1 + growth)


# --- periods


def year_to(today: date) -> tuple[date, date]:
    """The twelve months up to today: what the pyramid counts unless a period is named."""
    return _months_on(today, -12) + timedelta(days=1), today


def year_from(first: date) -> date:
    """The last day of the twelve months that begin with this one."""
    return _months_on(first, 12) - timedelta(days=1)


def before(first: date, last: date) -> tuple[date, date]:
    """The period of the same length just before: as many months where it is made of months, else as many days."""
    end = first - timedelta(days=1)
    for months in (1, 3, 12):
        if _months_on(first, months) == last + timedelta(days=1):
            return _months_on(first, -months), end
    return first - (last - first) - timedelta(days=1), end


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# --- sums


def _tier_of(tiers: Sequence[Tier]) -> dict[Hashable, str]:
    return {customer.key: tier.name for tier in tiers for customer in tier.customers}


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _rounded(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))
