"""Whether a customer and the company match, and what a good customer is like (domain, section 9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from actions import resolving
from actions.asking import Ask
from actions.cards import owed
from actions.crediting import KIND as CREDIT
from actions.crediting import rate
from actions.recording import money
from actions.registry import presses
from actions.rules import match as rules
from actions.rules import pyramid
from actions.scoring import AUDIT, assessed_by, name_of
from actions.sold import Key, known_profit, sold_beside, sold_in, spent_on
from actions.turn import Button, Reply, Turn
from storage.models import Company, Opportunity, Person


def match_button(key: Key) -> Button:
    """The button that leads here; `key` is the customer, as the pyramid knows them."""
    whose = {"company_id": key[0], "person_id": key[1]}
    return Button("match", "show_match", {name: id_ for name, id_ in whose.items() if id_ is not None})


@presses("show_match")
def show_match(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """What on record makes the customer attractive, how able we are to serve them, and how the two go together."""
    key, customer = _pressed_on(turn, arguments)
    opportunity = turn.customers.opportunity_of(company_id=key[0], person_id=key[1], open_only=False)
    if opportunity is not None:
        resolving.focus(turn, opportunity)
    method, audit, language = turn.playbook.match, turn.playbook.audit, turn.said.language
    scores = _scores(turn, opportunity)
    attractive, able = scores.get(method.attractive), scores.get(method.able)
    fit = rules.fit(attractive, able, audit.verdicts[0].lowest)
    on_record = _on_record(turn, key, customer)
    facts = {
        "who": name_of(customer),
        "points": [
            {"key": name, "name": point.name.in_(language), "ask": point.ask.in_(language), **on_record[name]}
            for name, point in method.attraction.items()
        ],
        "abilities": method.abilities.in_(language),
        "attractive": attractive,
        "able": able,
        "says": method.verdicts[fit].in_(language) if fit else None,
        "can_score": False,
    }
    kinds = Button("kinds", "show_kinds", arguments)
    if fit is not None or opportunity is None or opportunity.closed_at is not None:
        return Reply("scoring/match", facts, (kinds,))
    score_it = Button("score_it", "score_on", {"kind": AUDIT, "opportunity_id": opportunity.id})
    return Reply("scoring/match", {**facts, "can_score": True}, (score_it, kinds))


@presses("show_kinds")
def show_kinds(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """What good customers do and bad ones do instead, and what to do with a bad one."""
    key, customer = _pressed_on(turn, arguments)
    method, language = turn.playbook.match, turn.said.language
    sold = sold_beside(turn, key, *pyramid.year_to(turn.now.date()))
    earned = known_profit(sold.by_key[key]) if key in sold.by_key else None
    facts = {
        "who": name_of(customer),
        "kinds": [
            {
                "good": kind.good.in_(language) if kind.good else None,
                "bad": kind.bad.in_(language) if kind.bad else None,
            }
            for kind in method.kinds
        ],
        "losing": money(earned, sold.currency) if earned is not None and earned < 0 else None,
        "with_bad": method.with_bad.in_(language),
    }
    return Reply("scoring/kinds", facts)


def _pressed_on(turn: Turn, arguments: dict[str, Any]) -> tuple[Key, Company | Person]:
    """The customer whom the button is about. Raises Ask where they are gone."""
    customer = assessed_by(turn, arguments)
    if not isinstance(customer, Company | Person):
        raise Ask(Reply("conversation/gone"))
    return (arguments.get("company_id"), arguments.get("person_id")), customer


def _scores(turn: Turn, opportunity: Opportunity | None) -> dict[str, int]:
    """The scores of the deal's last audit, as far as it went."""
    sheet = turn.work.assessments(turn.speaker).latest(AUDIT, opportunity) if opportunity else None
    return dict(sheet.answers) if sheet else {}


# --- what is on record


def _on_record(turn: Turn, key: Key, customer: Company | Person) -> dict[str, dict[str, Any]]:
    """Of each point what the books, the deals and the people tell; None, or nothing, where they tell nothing."""
    transactions, today = turn.work.transactions(turn.speaker), turn.now.date()
    sold = sold_beside(turn, key, *pyramid.year_to(today))
    year = sold.by_key.get(key)
    before = sold_in(turn, *pyramid.before(sold.first, sold.last), currency=sold.currency).by_key.get(key)
    expected = transactions.expected_minor(*key, sold.currency)
    profit, spent = (known_profit(year), spent_on(year)) if year else (None, None)
    products = {each.product for each in transactions.products_bought(*key, None, today) if each.product}
    change = None
    if year and before and before.sales_minor > 0:
        change = pyramid.percent(Decimal(year.sales_minor) / before.sales_minor - 1)
    return {
        "volume": {
            "bought": money(year.sales_minor, sold.currency) if year else None,
            "open": money(expected, sold.currency) if expected > 0 else None,
        },
        "growth": {"change": change, "products": len(products)},
        "intangible": {"introduced": transactions.introduced(*key)},
        "cost": {
            "spent": None if spent is None else money(spent, sold.currency),
            "profit": None if profit is None else money(profit, sold.currency),
        },
        "risk": {"letter": _credit(turn, customer), "owed": owed(turn.work.customer_file(turn.speaker).sums(*key))},
    }


def _credit(turn: Turn, customer: Company | Person) -> str | None:
    """The letter of the last credit rating, where it came to one."""
    sheet = turn.work.assessments(turn.speaker).latest(CREDIT, customer)
    return rate(turn.playbook.credit, sheet.answers).letter if sheet else None
