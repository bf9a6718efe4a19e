"""Which customers matter: the pyramid, a customer's tier, who has moved, and who earns the money (domain, section 9)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from actions import resolving
from actions.lifetime import lifetime_of, lifetimes
from actions.matching import match_button
from actions.recording import money
from actions.registry import handles
from actions.resolving import Subject
from actions.rules import pyramid as rules
from actions.sold import (
    Key,
    Sold,
    customer_of,
    frame,
    no_purchases,
    nothing_sold,
    sold_beside,
    sold_in,
    span,
    tier_name,
    would_be,
)
from actions.turn import Button, Reply, Tiers, Turn
from nlu.values.mentions import means_one
from nlu.values.periods import read_period

SHOWN = 5
"""Customers named in a first reply."""
LISTED = {"vip": 10, "major": 10, "regular": 5, "small": 3}
"""Customers of each tier that are named behind [more]."""
MOVED = 4
"""Customers named of each kind of move."""


@handles("show_pyramid")
def show_pyramid(turn: Turn) -> Reply:
    """The pyramid, or one customer's place in it; who moved, who earns the money, and what relationships are worth."""
    turn = resolving.with_colleague(turn)
    # The contract gives a period in questions about the pipeline only.
    said = replace(turn.said, period=turn.said.period or read_period(turn.said.text))
    turn = replace(turn, said=said)
    if said.person or said.company or turn.chosen or (said.mention == "pronoun" and means_one(said.text)):
        subject = resolving.to_read(turn)
        return lifetime_of(turn, subject) if said.topic == "lifetime" else _tier(turn, subject)
    shown = {"movers": _movers, "profit": _profit, "lifetime": lifetimes}.get(said.topic or "", _pyramid)
    return shown(turn)


# --- everybody


def _pyramid(turn: Turn) -> Reply:
    """Tiers with sales, profit where known and shares, the best customers by name, and the 80/20 line."""
    sold = sold_in(turn, *span(turn))
    if not sold.by_key:
        return nothing_sold(turn, sold)
    facts = {
        **frame(turn, sold),
        "rows": [_row(turn, tier, sold) for tier in sold.tiers],
        "top": _top(sold),
        "best": [_named(sold, each, turn) for each in sold.customers[:SHOWN]],
    }
    reply = Reply("pyramid/pyramid", facts, _others(turn, "movers", "profit"), _chart(turn, sold))
    return reply.with_more("pyramid/pyramid_more")


def _movers(turn: Turn) -> Reply:
    """Who went up and down against the period before, who is new, and who no longer buys."""
    first, last = span(turn)
    sold = sold_in(turn, first, last)
    earlier = sold_in(turn, *rules.before(first, last), currency=sold.currency if sold.by_key else None)
    if not sold.by_key and not earlier.by_key:
        return nothing_sold(turn, sold)
    if not sold.by_key:
        sold = replace(sold, currency=earlier.currency)
    moves = rules.moves(earlier.tiers, sold.tiers)
    facts = {
        **frame(turn, sold),
        "before": {"first": earlier.first.isoformat(), "last": earlier.last.isoformat()},
        "compared": bool(earlier.by_key),
        **{
            way: {
                "count": len(found),
                "shown": [_moved(turn, move, sold, earlier) for move in found[:MOVED]],
            }
            for way, found in (("up", moves.up), ("down", moves.down), ("new", moves.new), ("gone", moves.gone))
        },
    }
    return Reply("pyramid/movers", facts, _others(turn, None))


def _moved(turn: Turn, move: rules.Move, sold: Sold, earlier: Sold) -> dict[str, Any]:
    key, before, now = move
    bought = sold.by_key.get(key) or earlier.by_key[key]
    return {
        "who": bought.name,
        "before": tier_name(turn, before) if before else None,
        "now": tier_name(turn, now) if now else None,
        "amount": money(bought.sales_minor, bought.currency),
    }


def _profit(turn: Turn) -> Reply:
    """Profit by tier, what was spent for it, and which customers lose money."""
    sold = sold_in(turn, *span(turn))
    if not sold.by_key:
        return nothing_sold(turn, sold)
    losing = sorted(
        (customer for customer in sold.customers if (customer.profit or 0) < 0), key=lambda each: each.profit or 0
    )
    known = sum(tier.known_profit for tier in sold.tiers)
    facts = {
        **frame(turn, sold),
        "known": known,
        "rows": [_row(turn, tier, sold) for tier in sold.tiers],
        "top": _top(sold),
        "profit": money(sum(tier.profit or 0 for tier in sold.tiers), sold.currency) if known else None,
        "losing": len(losing),
        "worst": [
            {"who": sold.by_key[each.key].name, "amount": money(each.profit or 0, sold.currency)}
            for each in losing[:SHOWN]
        ],
    }
    return Reply("pyramid/profit", facts, _others(turn, None), _chart(turn, sold) if known else None)


# --- one customer


def _tier(turn: Turn, subject: Subject) -> Reply:
    """A customer's tier and rank, what to do with them, what speaks for more, and what they lack to the next tier."""
    key, who = customer_of(subject)
    first, last = span(turn)
    sold = sold_beside(turn, key, first, last)
    place = rules.place(key, sold.tiers)
    if place is None:
        return no_purchases(turn, key, who, sold)
    earlier = sold_in(turn, *rules.before(first, last), currency=sold.currency)
    before = rules.place(key, earlier.tiers)
    moved = before is not None and before.tier != place.tier
    bought, was = sold.by_key[key], earlier.by_key.get(key)
    opened, would = would_be(turn, key, sold)
    raised = would if would is not None and rules.TIERS.index(would) < rules.TIERS.index(place.tier) else None
    growth = turn.playbook.tiers.potential.growth
    grown = was is not None and rules.has_grown(bought.sales_minor, was.sales_minor, growth)
    customer = next(each for each in sold.customers if each.key == key)
    entry, language = turn.playbook.tiers.tiers[place.tier], turn.said.language
    losing = customer.profit is not None and customer.profit < 0
    potential = grown or raised is not None
    advice = turn.playbook.tiers.losing if losing and not potential else entry.with_potential if potential else entry.do
    facts = {
        **frame(turn, sold),
        "who": who,
        "tier": tier_name(turn, place.tier),
        "rank": place.rank,
        "amount": money(bought.sales_minor, bought.currency),
        "profit": None if customer.profit is None else money(customer.profit, bought.currency),
        "next_tier": tier_name(turn, place.next_tier) if place.next_tier else None,
        "lacks": None if place.lacks is None else money(place.lacks, sold.currency),
        "before": tier_name(turn, before.tier) if before and (moved or turn.said.topic == "movers") else None,
        "stayed": not moved,
        "grown": rules.percent(Decimal(bought.sales_minor) / was.sales_minor - 1) if was and grown else None,
        "open": money(opened, sold.currency) if raised else None,
        "would": tier_name(turn, raised) if raised else None,
        "do": advice.in_(language),
    }
    return Reply("pyramid/tier", facts, (_again(turn, "lifetime", key), match_button(key)))


# --- steps


def _row(turn: Turn, tier: rules.Tier, sold: Sold) -> dict[str, Any]:
    """One tier: how many, what they bought and earned, their shares in percent, and the first of them by name."""
    profit = tier.profit
    share = rules.share(tier.sales, sum(each.sales for each in sold.tiers))
    return {
        "name": tier_name(turn, tier.name),
        "count": len(tier.customers),
        "sales": money(tier.sales, sold.currency),
        "share": None if share is None else rules.percent(share),
        "profit": None if profit is None else money(profit, sold.currency),
        "known": tier.known_profit,
        "return": None if tier.return_ is None else rules.percent(tier.return_),
        "do": turn.playbook.tiers.tiers[tier.name].do.in_(turn.said.language),
        "shown": [_named(sold, each, turn) for each in tier.customers[: LISTED[tier.name]]],
    }


def _named(sold: Sold, customer: rules.Customer, turn: Turn) -> dict[str, Any]:
    return {"who": sold.by_key[customer.key].name, "amount": money(customer.sales, sold.currency)}


def _top(sold: Sold) -> dict[str, Any]:
    """The 80/20 line: how many are the top 20 %, and what they make of sales and profit, in percent."""
    count, sales, profit = rules.top(sold.tiers)
    return {
        "count": count,
        "sales": None if sales is None else rules.percent(sales),
        "profit": None if profit is None else rules.percent(profit),
    }


def _chart(turn: Turn, sold: Sold) -> Tiers:
    return Tiers(
        tuple((tier_name(turn, tier.name), len(tier.customers), tier.sales, tier.profit) for tier in sold.tiers),
        sold.currency,
    )


def _others(turn: Turn, *topics: str | None) -> tuple[Button, ...]:
    """Buttons to the same customers, seen otherwise."""
    return tuple(_again(turn, topic) for topic in topics)


def _again(turn: Turn, topic: str | None, key: Key | None = None) -> Button:
    """A button that asks the same with another topic, of this customer if one is given."""
    said = {**turn.said.to_json(), "topic": topic}
    ids = {name: each for name, each in zip(("company_id", "person_id"), key or (None, None), strict=True) if each}
    return Button(topic or "pyramid", "resume", {"said": said, **ids})
