"""How an objection went is asked once it can be known, at the end of a reply about that customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.rules.objections import to_be_asked
from actions.turn import Button, Reply, Turn
from storage.models import Opportunity


def asking(
    turn: Turn, reply: Reply, opportunity: Opportunity, followed_up_since: datetime | None = None
) -> Reply | None:
    """The reply with the question whether the last objection is settled; None where there is none to ask about now.

    `followed_up_since` is when the follow-up was set that is done now.
    """
    if opportunity.stage == "lost":
        return None
    raised = turn.work.objections(turn.speaker).unsettled(opportunity.id)
    asked = next(
        (
            each
            for each in raised
            if to_be_asked(each.said_at, each.outcome, each.asked_at, turn.now, followed_up_since)
        ),
        None,
    )
    if asked is None:
        return None
    turn.work.objections(turn.speaker).mark_asked([each for each in raised if each.kind == asked.kind], turn.now)
    said_on = asked.said_at.astimezone(turn.zone).date().isoformat()
    arguments = {"objection_id": asked.id}
    buttons = (
        Button("worked", "objection_settled", {**arguments, "settled": True}, answer="affirm"),
        Button("not_yet", "objection_settled", {**arguments, "settled": False}, answer="deny"),
    )
    return replace(reply.with_facts(settled={"kind": asked.kind, "said_on": said_on}), buttons=buttons)
