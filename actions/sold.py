"""What was sold to whom over a period, ranked in tiers: what every reply about the pyramid is made of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.contacts import owner_of
from actions.recording import money
from actions.resolving import Subject
from actions.rules import pyramid as rules
from actions.rules.periods import days_of
from actions.turn import Reply, Turn
from storage.repositories import Bought

Key = tuple[int | None, int | None]
"""A customer: the id of a company, or of a person without one."""


@dataclass(frozen=True)
class Sold:
    """What was sold over a period, in one currency: the tiers, and each customer's sums."""

    first: date
    last: date
    currency: str
    tiers: tuple[rules.Tier, ...]
    by_key: dict[Hashable, Bought]
    others: tuple[Bought, ...]
    """What was sold in other currencies: sums never mix them."""

    @property
    def customers(self) -> list[rules.Customer]:
        """Everybody, the best first."""
        return [customer for tier in self.tiers for customer in tier.customers]


def span(turn: Turn) -> tuple[date, date]:
    """First and last day of the period that is asked for; the last twelve months where none is."""
    today = turn.now.date()
    return days_of(turn.said.period, today) if turn.said.period else rules.year_to(today)


def sold_in(turn: Turn, first: date, last: date, currency: str | None = None) -> Sold:
    """The tiers of a period, in `currency` or else in the one in which most customers bought."""
    bought = turn.work.transactions(turn.speaker).bought(first, last, owner_id=owner_of(turn, turn.said))
    main = currency or _main_currency(bought, turn.currency)
    return _ranked(turn, bought, first, last, main)


def sold_beside(turn: Turn, key: Key, first: date, last: date) -> Sold:
    """The tiers of a period in the currency in which this customer bought most often."""
    bought = turn.work.transactions(turn.speaker).bought(first, last, owner_id=owner_of(turn, turn.said))
    own = [each for each in bought if _key(each) == key]
    main = max(own, key=lambda each: each.purchases).currency if own else _main_currency(bought, turn.currency)
    return _ranked(turn, bought, first, last, main)


def _ranked(turn: Turn, bought: Iterable[Bought], first: date, last: date, currency: str) -> Sold:
    rows = list(bought)
    by_key: dict[Hashable, Bought] = {_key(each): each for each in rows if each.currency == currency}
    customers = [
        rules.Customer(key, each.sales_minor, known_profit(each), spent_on(each)) for key, each in by_key.items()
    ]
    others = tuple(each for each in rows if each.currency != currency)
    return Sold(first, last, currency, rules.pyramid(customers, turn.playbook.tiers.shares), by_key, others)


def _main_currency(bought: Iterable[Bought], default: str) -> str:
    counts: dict[str, int] = {}
    for each in bought:
        counts[each.currency] = counts.get(each.currency, 0) + 1
    return max(counts, key=lambda name: (counts[name], name == default), default=default)


def _key(bought: Bought) -> Key:
    return bought.company_id, bought.person_id


def known_profit(bought: Bought) -> int | None:
    """The profit, where every purchase tells it."""
    return bought.profit_minor if bought.known_minor == bought.bought_minor else None


def spent_on(bought: Bought) -> int | None:
    """What was spent on them, where every purchase tells it."""
    return bought.spent_minor if bought.costed_minor == bought.bought_minor else None


def customer_of(subject: Subject) -> tuple[Key, str | None]:
    """The company of whoever is meant, or the person where there is none, with the name."""
    if subject.company is not None:
        return (subject.company.id, None), subject.company.name
    return (None, subject.person.id if subject.person else None), subject.person.name if subject.person else None


# --- facts


def frame(turn: Turn, sold: Sold) -> dict[str, Any]:
    """What every reply about the pyramid says first: whose customers, when, how many, and for how much."""
    sums: dict[str, int] = {}
    for each in sold.others:
        sums[each.currency] = sums.get(each.currency, 0) + each.sales_minor
    return {
        "period": turn.said.period,
        "first": sold.first.isoformat(),
        "last": sold.last.isoformat(),
        "rep": turn.speaker.name if turn.said.rep == "me" else turn.said.rep,
        "everybody": turn.speaker.role == "manager" and turn.said.rep is None,
        "customers": len(sold.by_key),
        "sales": money(sum(tier.sales for tier in sold.tiers), sold.currency),
        "others": [money(minor, currency) for currency, minor in sorted(sums.items())],
    }


def tier_name(turn: Turn, tier: str) -> str:
    """What a tier is called."""
    return turn.playbook.tiers.tiers[tier].name.in_(turn.said.language)


# --- where nothing is


def nothing_sold(turn: Turn, sold: Sold) -> Reply:
    """Nobody bought anything in this period; whether anybody ever did."""
    ever = turn.work.transactions(turn.speaker).bought(owner_id=owner_of(turn, turn.said))
    last = max((each.last for each in ever), default=None)
    return Reply("pyramid/nothing", {**frame(turn, sold), "ever": last.isoformat() if last else None})


def no_purchases(turn: Turn, key: Key, who: str | None, sold: Sold) -> Reply:
    """A customer with no purchase in the period: when the last one was, and where their open deals would put them."""
    transactions = turn.work.transactions(turn.speaker)
    latest = transactions.latest(*key, kinds=("purchase",), limit=1)
    opened, would = would_be(turn, key, sold)
    facts = {
        **frame(turn, sold),
        "who": who,
        "bought": {
            "when": latest[0].happened_on.isoformat(),
            "amount": money(latest[0].amount_minor, latest[0].currency),
        }
        if latest
        else None,
        "open": money(opened, sold.currency) if would else None,
        "would": tier_name(turn, would) if would else None,
    }
    return Reply("pyramid/no_purchases", facts)


def would_be(turn: Turn, key: Key, sold: Sold) -> tuple[int, str | None]:
    """What the customer's open deals come to, and the tier in which they would be with them; None without any.

    Where nobody has bought, the first one to buy would be the best: that says nothing.
    """
    opened = turn.work.transactions(turn.speaker).expected_minor(*key, sold.currency)
    if opened <= 0 or not sold.by_key:
        return opened, None
    place = rules.place_with(key, opened, sold.tiers, turn.playbook.tiers.shares)
    return opened, place.tier if place else None
