"""When a customer will buy: the step of the sale, the checks that tell, and the rep's own judgement."""

from __future__ import annotations

from typing import Any

from actions import resolving
from actions.recording import about, note, offering, suggested_follow_up
from actions.registry import presses
from actions.rules.likelihood import importance, likelihood, months_after
from actions.turn import Button, Reply, Turn
from storage.models import Opportunity

FAR = 12
"""Months until a purchase of which no more is said than that it comes later."""


def more_advice(opportunity: Opportunity) -> Button:
    """The button that leads here."""
    return Button("more", "more_advice", {"opportunity_id": opportunity.id})


@presses("more_advice")
def tell_more(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The step of the sale with its aim, how likely and how large the deal is, and the question when they will buy.

    The sales chain, and what tells when they will buy, are behind [more].
    """
    opportunity = resolving.pressed_on(turn, arguments)
    selling, language = turn.playbook.selling, turn.said.language
    step, links = selling.steps.get(opportunity.stage), selling.chain.items()
    facts = about(
        turn,
        opportunity,
        step=step.name.in_(language) if step else None,
        aim=step.aim.in_(language) if step else None,
        do=[each.in_(language) for each in step.do] if step else [],
        chain=[{"name": link.name.in_(language), "now": step is not None and step.chain == key} for key, link in links],
        takes=[each.in_(language) for each in selling.chain[step.chain].takes] if step and step.chain else [],
        desire=[each.in_(language) for each in selling.desire],
        power=[each.in_(language) for each in selling.power],
        close=opportunity.expected_close.isoformat() if opportunity.expected_close else None,
        overdue=bool(opportunity.expected_close and opportunity.expected_close < turn.now.date()),
        likelihood=_likelihood(turn, opportunity),
        importance=_importance(turn, opportunity),
    )
    asks = step is not None and (opportunity.expected_close is None or facts["overdue"])
    reply = Reply("coaching/timing", facts, _spans(turn, opportunity) if asks else ())
    return reply.with_more("coaching/timing_more") if step else reply


def _likelihood(turn: Turn, opportunity: Opportunity) -> str | None:
    close, selling = opportunity.expected_close, turn.playbook.selling
    if close is None or close < turn.now.date():
        return None
    return likelihood(close, turn.now.date(), selling.within_months, selling.later)


def _importance(turn: Turn, opportunity: Opportunity) -> str | None:
    if opportunity.amount_minor is None or opportunity.currency is None:
        return None
    average = turn.customers.average_open(opportunity.currency)
    selling = turn.playbook.selling
    return importance(opportunity.amount_minor, average, selling.large, selling.small) if average else None


def _spans(turn: Turn, opportunity: Opportunity) -> tuple[Button, ...]:
    """[by 2 April] [by 2 June] … [later]: the ends of the spans of likelihood."""
    buttons = []
    for months in sorted(turn.playbook.selling.within_months.values()):
        end = months_after(turn.now.date(), months).isoformat()
        buttons.append(Button("by_then", "expect_close", _in_months(opportunity, months), {"when": end}))
    return (*buttons, Button("much_later", "expect_close", _in_months(opportunity, FAR)))


def _in_months(opportunity: Opportunity, months: int) -> dict[str, Any]:
    return {"opportunity_id": opportunity.id, "months": months}


@presses("expect_close")
def expect_close(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The rep's judgement of when they will buy, kept as the expected close."""
    opportunity = resolving.pressed_on(turn, arguments)
    opportunity.expected_close = months_after(turn.now.date(), arguments["months"])
    day = opportunity.expected_close.isoformat()
    note(turn, opportunity, None, "expected_close", day)
    facts = about(turn, opportunity, close=day, likelihood=_likelihood(turn, opportunity))
    return offering(turn, Reply("coaching/expected", facts), opportunity, suggested_follow_up(turn, opportunity))
