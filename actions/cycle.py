"""The cycle to keep with one customer: know them, differentiate, map a strategy, respond (domain, section 8)."""

from __future__ import annotations

from typing import Any

from actions import resolving
from actions.informing import known_of
from actions.recording import about, local, man_of
from actions.registry import presses
from actions.relationship import customer_of, history_of
from actions.rules import pyramid
from actions.rules import relationship as rules
from actions.sold import sold_beside, tier_name
from actions.turn import Reply, Turn
from storage.models import Opportunity


@presses("show_cycle")
def show_cycle(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Each step of the cycle with how far it has come with this customer, and the one that is due."""
    opportunity = resolving.pressed_on(turn, arguments)
    method, language = turn.playbook.relationship, turn.said.language
    history, lacking = history_of(turn, opportunity), _lacking(turn, opportunity)
    tier = _tier(turn, opportunity)
    overdue = _overdue(turn, opportunity)
    class_ = man_of(opportunity).class_
    due = rules.turning(bool(history.objections) or overdue is not None, bool(lacking), bool(tier or class_))
    stage = method.stages[rules.stage(history.purchases, turn.now.date(), method.limits)]
    strategy = turn.playbook.tiers.tiers[tier].do if tier else stage.measures[0]
    facts = about(
        turn,
        opportunity,
        steps=[
            {"key": key, "name": step.name.in_(language), "do": step.do.in_(language), "due": key == due}
            for key, step in method.cycle.items()
        ],
        known=len(turn.playbook.information.pieces) - len(lacking),
        pieces=len(turn.playbook.information.pieces),
        lacking=lacking[:1],
        tier=tier_name(turn, tier) if tier else None,
        relation=stage.name.in_(language),
        strategy=strategy.in_(language),
        objections=list(dict.fromkeys(history.objections)),
        overdue=overdue,
    )
    return Reply("relationship/cycle", facts)


def _lacking(turn: Turn, opportunity: Opportunity) -> list[str]:
    """The pieces of information that are not known yet, by name."""
    lacks, pieces = known_of(turn, opportunity).lacks, turn.playbook.information.pieces
    return [piece.name.in_(turn.said.language) for key, piece in pieces.items() if lacks[key]]


def _tier(turn: Turn, opportunity: Opportunity) -> str | None:
    """The tier by what they bought in the last twelve months; None for who bought nothing."""
    key = customer_of(opportunity)
    place = pyramid.place(key, sold_beside(turn, key, *pyramid.year_to(turn.now.date())).tiers)
    return place.tier if place else None


def _overdue(turn: Turn, opportunity: Opportunity) -> str | None:
    """Since when a follow-up has been due."""
    due = turn.work.reminders.next_due_for(opportunity.id)
    if due is None or due > turn.now:
        return None
    return local(turn, due).isoformat(timespec="minutes")
