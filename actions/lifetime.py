"""What a relationship is worth: one customer's four kinds of profit, and whose is worth most (domain, section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from actions.recording import money
from actions.resolving import Subject
from actions.rules import lifetime as rules
from actions.rules.pyramid import percent, year_from, year_to
from actions.sold import Key, customer_of, frame, known_profit, no_purchases, nothing_sold, sold_in, spent_on
from actions.turn import Reply, Turn
from storage.repositories import Bought

SHOWN = 5
"""Customers named in a reply."""


def lifetime_of(turn: Turn, subject: Subject) -> Reply:
    """What the relationship is worth: four parts, what they are counted with, and what is not known."""
    key, who = customer_of(subject)
    first, last = year_to(turn.now.date())
    ever = turn.work.transactions(turn.speaker).bought(None, last, *key)
    if not ever:
        return no_purchases(turn, key, who, sold_in(turn, first, last))
    main = max(ever, key=lambda each: each.purchases)
    year, begun = _last_year(turn, key, main.currency), _first_year(turn, key, main)
    yearly = rules.yearly_parts(year, begun)
    values = rules.present_values(yearly, turn.playbook.tiers.lifetime.assumptions())
    total = rules.total(values)
    facts = {
        "who": who,
        "since": main.first.isoformat(),
        "sales": money(year.sales, main.currency),
        "total": None if total is None or year.profit is None else money(total, main.currency),
        "parts_known": [
            {"part": part, "yearly": money(each, main.currency), "value": money(values[part] or 0, main.currency)}
            for part, each in yearly.items()
            if each is not None
        ],
        "unknown": [{"part": part, "why": _why(part, year, begun)} for part, each in yearly.items() if each is None],
        "assumed": _assumed(turn),
    }
    return Reply("pyramid/lifetime", facts)


def lifetimes(turn: Turn) -> Reply:
    """The customers whose relationship is worth most, by their own profit of the last twelve months."""
    turn = replace(turn, said=replace(turn.said, period=None))
    sold = sold_in(turn, *year_to(turn.now.date()))
    if not sold.by_key:
        return nothing_sold(turn, sold)
    known = {customer.key: customer.profit for customer in sold.customers if customer.profit is not None}
    worth = rules.present_values(known, turn.playbook.tiers.lifetime.assumptions())
    best = sorted(known, key=lambda key: -known[key])[:SHOWN]
    facts = {
        **frame(turn, sold),
        "known": len(known),
        "best": [{"who": sold.by_key[key].name, "value": money(worth[key] or 0, sold.currency)} for key in best],
        "assumed": _assumed(turn),
    }
    return Reply("pyramid/lifetimes", facts)


# --- what the years have brought


def _last_year(turn: Turn, key: Key, currency: str) -> rules.Year:
    """The last twelve months, with what those earned whom this customer introduced."""
    transactions = turn.work.transactions(turn.speaker)
    first, last = year_to(turn.now.date())
    introduced = _in(currency, transactions.bought_by_introduced(*key, first, last))
    referred = [known_profit(each) for each in introduced]
    bought = _in(currency, transactions.bought(first, last, *key))
    if not bought:
        return rules.Year(0, 0, 0, 0, _sum(referred))
    other = _other_profit(
        _in(currency, transactions.products_bought(*key, None, last)),
        _in(currency, transactions.products_bought(*key, first, last)),
    )
    return rules.Year(bought[0].sales_minor, known_profit(bought[0]), other, spent_on(bought[0]), _sum(referred))


def _first_year(turn: Turn, key: Key, ever: Bought) -> rules.Year | None:
    """The twelve months from the first purchase on, once they lie before the last twelve; else None."""
    last = year_from(ever.first)
    if last >= year_to(turn.now.date())[0]:
        return None
    (bought,) = _in(ever.currency, turn.work.transactions(turn.speaker).bought(ever.first, last, *key))
    return rules.Year(bought.sales_minor, known_profit(bought), spent=spent_on(bought))


def _other_profit(ever: Sequence[Bought], recent: Sequence[Bought]) -> int | None:
    """What other products than their first one have earned lately; None where products or profits are not known."""
    first = min(ever, key=lambda each: each.first)
    others = [each for each in recent if each.product != first.product]
    if first.product is None or any(each.product is None for each in recent):
        return None
    if any(each.known_minor != each.bought_minor for each in others):
        return None
    return sum(each.profit_minor or 0 for each in others)


def _why(part: str, year: rules.Year, begun: rules.Year | None) -> str:
    """Why a part cannot be told: a case of the template."""
    if part == "referrals":
        return "their_profit"
    if year.profit is None:
        return "profit"
    if part == "cross_selling":
        return "products"
    return "young" if begun is None else "spent"


def _in(currency: str, bought: Iterable[Bought]) -> list[Bought]:
    return [each for each in bought if each.currency == currency]


def _sum(values: Sequence[int | None]) -> int | None:
    """The sum, where every one is known; of nothing it is 0."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _assumed(turn: Turn) -> dict[str, Any]:
    """What a lifetime is counted with: years, and percent a year."""
    assumed = turn.playbook.tiers.lifetime
    return {
        "years": assumed.years,
        "retention": percent(assumed.retention),
        "discount": percent(assumed.discount),
    }
