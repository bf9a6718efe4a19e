"""Deals that move: stage, size, expected close, won and lost; and handing a customer to a colleague."""

from __future__ import annotations

from typing import Any

from actions import resolving
from actions.asking import Ask
from actions.contacts import colleagues, noted_reply
from actions.recording import Noted, about, move_stage, offering, put_on_record, suggested_follow_up
from actions.registry import handles, presses
from actions.turn import Button, Reply, Turn
from storage.models import Member, Opportunity


@handles("update_deal")
def update_deal(turn: Turn) -> Reply:
    """Moves the stage and notes amount, quantity and expected close."""
    subject = resolving.to_change(turn)
    opportunity = subject.opportunity
    assert opportunity is not None
    before = opportunity.stage
    noted = put_on_record(turn, subject, met=subject.person is not None and not turn.said.about_related)
    if turn.said.stage is not None:
        move_stage(turn, opportunity, turn.said.stage)
    if not noted.items and opportunity.stage == before:
        return noted_reply(turn, subject, noted)
    return _moved(turn, opportunity, before, noted)


def _moved(turn: Turn, opportunity: Opportunity, before: str, noted: Noted) -> Reply:
    stages, language = turn.playbook.stages, turn.said.language
    facts = about(
        turn,
        opportunity,
        **noted.facts(),
        moved=opportunity.stage != before,
        stage=opportunity.stage,
        stage_name=stages[opportunity.stage].name.in_(language),
        stage_before=stages[before].name.in_(language),
    )
    due = suggested_follow_up(turn, opportunity, after="quote" if opportunity.stage == "proposal" else None)
    return offering(turn, Reply("deals/moved", facts), opportunity, due)


@handles("reassign")
def reassign(turn: Turn) -> Reply:
    """Hands a customer to a colleague, after a yes: from then on a rep no longer sees it."""
    turn = resolving.with_colleague(turn)
    opportunity = resolving.deal_to_read(turn)
    facts = about(turn, opportunity)
    to = _colleague(turn)
    if to is None:
        return Reply("people/to_whom", {**facts, "colleagues": colleagues(turn)})
    arguments = {"opportunity_id": opportunity.id, "member_id": to.id}
    buttons = (Button("hand_over", "hand_over", arguments, answer="affirm"), Button("leave", "leave_it", answer="deny"))
    return Reply("deals/hand_over", {**facts, "to": to.name}, buttons)


def _colleague(turn: Turn) -> Member | None:
    if turn.said.rep is None:
        return None
    if turn.said.rep == "me":
        return turn.speaker
    member = turn.work.team.by_name(turn.said.rep, turn.speaker.team_id)
    if member is None:
        raise Ask(Reply("people/no_colleague", {"name": turn.said.rep, "colleagues": colleagues(turn)}))
    return member


@presses("hand_over")
def hand_over(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The hand-over is confirmed."""
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    if opportunity is None:
        return Reply("conversation/gone")
    to = turn.work.team.member(arguments["member_id"])
    facts = about(turn, opportunity, to=to.name)
    turn.customers.hand_over(opportunity, to)
    return Reply("deals/handed_over", facts)
