"""Where to find new customers: ways chosen for what the rep sells and for what has worked, three at a time."""

from __future__ import annotations

from typing import Any

from actions.catalogue import products_of
from actions.playbook.products import Product
from actions.recording import money
from actions.registry import handles, presses
from actions.rules.sources import Result, contacts_a_year, ranked, together
from actions.rules.wording import mentioned
from actions.turn import Button, Reply, Turn

AT_ONCE = 3
"""Ways in one reply: as many as can be tried in a week."""


@handles("ask_prospecting")
def ask_prospecting(turn: Turn) -> Reply:
    """The three ways that promise most; what speaks for and against each behind [more]."""
    return _ways(turn, 0, _named_product(turn))


@presses("more_ways")
def more_ways(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The next three."""
    catalogue = products_of(turn)
    named = next((product for product in catalogue if product.name == arguments["product"]), None)
    return _ways(turn, arguments["first"], named)


def _named_product(turn: Turn) -> Product | None:
    """The product that the question is about, if it names one of the catalogue."""
    catalogue = {product.name: product for product in products_of(turn)}
    found = mentioned(turn.said.text, {name: (name, *product.aliases) for name, product in catalogue.items()})
    return catalogue[found[0]] if found else None


def _ways(turn: Turn, first: int, named: Product | None) -> Reply:
    method, language = turn.playbook.prospecting, turn.said.language
    products = _by_kind(turn, (named,) if named else products_of(turn))
    results, currency = _results(turn)
    suiting = {way: kind for way, entry in method.ways.items() if (kind := _first(products, entry.suits))}
    order = ranked(method.ways, results, suiting)
    shown = []
    for way in order[first : first + AT_ONCE]:
        entry = method.ways[way]
        told: dict[str, Any] = {
            part: getattr(entry, part).in_(language) for part in ("name", "method", "strength", "weakness")
        }
        if kind := suiting.get(way):
            told["suits"] = {"product": products[kind].name, "why": entry.suits[kind].in_(language)}
        if result := results.get(way):
            amount = money(result.amount_minor, currency) if result.amount_minor else None
            told["result"] = {"won": result.won, "closed": result.closed, "amount": amount}
        shown.append(told)
    facts: dict[str, Any] = {
        "ways": shown,
        "first": first + 1,
        "total": len(order),
        "product": named.name if named else None,
        "tried": any(result.won for result in results.values()),
        "team": turn.speaker.role == "manager",
        "calls": method.target.calls_a_day,
        "contacts": contacts_a_year(method.target.calls_a_day, method.target.working_days),
    }
    arguments = {"first": first + AT_ONCE, "product": named.name if named else None}
    others = (Button("more_ways", "more_ways", arguments),) if first + AT_ONCE < len(order) else ()
    return Reply("prospecting/ways", facts, others).with_more("prospecting/details")


def _by_kind(turn: Turn, products: tuple[Product, ...]) -> dict[str, Product]:
    """A product of each kind that there is, the catalogue's first ones in front."""
    kinds = turn.playbook.prospecting.kinds
    found: dict[str, Product] = {}
    for product in products:
        text = " ".join([product.what.in_("en"), product.what.in_("zh"), product.name])
        named = mentioned(text, kinds)
        if kind := next((kind for kind in kinds if kind in named), None):
            found.setdefault(kind, product)
    return found


def _first(products: dict[str, Product], suits: dict[str, Any]) -> str | None:
    """The kind of product, the first in the catalogue, for which a way is good."""
    return next((kind for kind in products if kind in suits), None)


def _results(turn: Turn) -> tuple[dict[str, Result], str]:
    """What has come of each way, by the sources of decided deals; amounts in the currency that won most deals."""
    rows = turn.work.deals(turn.speaker).by_source()
    wins: dict[str, int] = {}
    for row in rows:
        if row.stage == "won" and row.currency:
            wins[row.currency] = wins.get(row.currency, 0) + row.count
    currency = max(wins, key=lambda name: wins[name], default=turn.currency)
    words = {way: entry.sources for way, entry in turn.playbook.prospecting.ways.items()}
    sources = {row.source: next(iter(mentioned(row.source, words)), None) for row in rows}
    results = (
        (
            sources[row.source],
            Result(row.count, 0, row.amount_minor if row.currency == currency else 0)
            if row.stage == "won"
            else Result(0, row.count),
        )
        for row in rows
    )
    return together(results), currency
