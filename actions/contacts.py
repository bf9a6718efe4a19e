"""Facts about customers: noting what was said, asking for what is missing, and finding them again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import resolving
from actions.asking import Ask
from actions.followups import due_of
from actions.informing import asking_now_and_then
from actions.recording import (
    Noted,
    about,
    add_reminder,
    local,
    man_of,
    move_stage,
    offering,
    put_on_record,
    record_of,
    records_of,
    suggested_follow_up,
)
from actions.registry import handles, presses
from actions.resolving import Subject, display_name
from actions.rules.stages import CLOSED, LOST, WON
from actions.turn import Button, Reply, Turn
from nlu.understanding import Understanding
from storage.models import Opportunity
from storage.repositories import Wanted

SHOWN = 10
"""Customers in one reply; a phone shows no more without scrolling."""


@handles("log_contact")
def log_contact(turn: Turn) -> Reply:
    """Notes what the message says, and asks the question that separates the classes still possible.

    What closes a deal, or opens a lost one again, is answered as a deal that moves.
    """
    if turn.said.stage in CLOSED:
        return turn.again(replace(turn.said, intent="update_deal"))
    subject = resolving.to_note(turn)
    opportunity = _opportunity(subject)
    if opportunity.stage == LOST and turn.said.stage is not None:
        return turn.again(replace(turn.said, intent="update_deal"))
    moves = turn.said.stage or (subject.new and opportunity.stage == "lead")
    # A word with a customer who has bought undoes no sale.
    if moves and opportunity.stage != WON:
        move_stage(turn, opportunity, turn.said.stage or "contacted")
    noted = put_on_record(turn, subject, met=not turn.said.about_related)
    return asking_now_and_then(turn, noted_reply(turn, subject, noted), opportunity)


def noted_reply(turn: Turn, subject: Subject, noted: Noted) -> Reply:
    """What was noted, the picture so far, and one thing that comes next: a question or a follow-up."""
    opportunity = _opportunity(subject)
    facts = about(
        turn,
        opportunity,
        **noted.facts(),
        new=subject.new,
        said_of=display_name(subject.person, subject.company) or display_name(opportunity.contact, opportunity.company),
    )
    if turn.said.when and turn.said.purpose != "close":
        return _with_time_named(turn, opportunity, facts)
    question = man_of(opportunity).next_question
    if question is not None and opportunity.stage not in CLOSED:
        return Reply("contacts/noted", {**facts, "question": question}, question_buttons(opportunity, question))
    return offering(turn, Reply("contacts/noted", facts), opportunity, suggested_follow_up(turn, opportunity))


def _with_time_named(turn: Turn, opportunity: Opportunity, facts: dict[str, Any]) -> Reply:
    """The message names a time that is no deadline: "remind me Friday" is set, a meeting is offered."""
    due = due_of(turn, turn.said)
    if due is None:
        return Reply("contacts/noted", facts)
    if turn.said.purpose == "reminder":
        reminder = add_reminder(turn, turn.said.task, due, opportunity, opportunity.contact)
        facts = {**facts, "record": record_of(turn, opportunity)}
        return Reply("contacts/noted", {**facts, "reminder": local(turn, reminder.due_at).isoformat()})
    return offering(turn, Reply("contacts/noted", facts), opportunity, due)


def question_buttons(opportunity: Opportunity, fact: str) -> tuple[Button, ...]:
    """[yes] [no] [not sure] for a MAN fact."""
    arguments = {"opportunity_id": opportunity.id, "fact": fact}
    return (
        Button("yes", "answer_fact", {**arguments, "value": "yes"}, answer="affirm"),
        Button("no", "answer_fact", {**arguments, "value": "no"}, answer="deny"),
        Button("not_sure", "answer_fact", {**arguments, "value": None}),
    )


@presses("answer_fact")
def answer_fact(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """An answer to Manny's question about a MAN fact; "not sure" leaves it open."""
    opportunity = resolving.pressed_on(turn, arguments)
    fact, value = arguments["fact"], arguments["value"]
    subject = Subject(opportunity.contact, opportunity.company, opportunity)
    if value is None:
        reply = Reply("contacts/find_out", about(turn, opportunity, fact=fact))
        return offering(turn, reply, opportunity, suggested_follow_up(turn, opportunity))
    said = replace(turn.said, intent="log_contact", words={}, **{fact: value})
    answered = replace(turn, said=said)
    noted = put_on_record(answered, subject, met=True)
    return noted_reply(answered, subject, noted)


@presses("leave_it")
def leave_it(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The offer is declined; nothing changes."""
    return Reply("conversation/left")


@handles("find_customers")
def find_customers(turn: Turn) -> Reply:
    """The customers that meet the conditions; a rep finds only their own."""
    return _found(turn, turn.said, 0)


@presses("more_customers")
def more_customers(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The next page of a search."""
    return _found(turn, Understanding.from_json(arguments["said"]), arguments["offset"])


def _found(turn: Turn, said: Understanding, offset: int) -> Reply:
    owner = owner_of(turn, said)
    wanted = Wanted(
        money=_flag(said.money),
        authority=_flag(said.authority),
        need=_flag(said.need),
        stage=said.stage,
        source=said.source,
        product=said.product,
        owner_id=owner,
    )
    rows, total = turn.customers.search(wanted, SHOWN, offset)
    found = [
        {
            "who": display_name(row.contact, row.company),
            "picture": man_of(row).picture,
            "stage": turn.playbook.stages[row.stage].name.in_(turn.said.language),
            "record": record,
        }
        for row, record in zip(rows, records_of(turn, rows), strict=True)
    ]
    conditions = {
        name: value
        for name in ("money", "authority", "need", "stage", "source", "product", "rep")
        if (value := getattr(said, name)) is not None
    }
    if said.rep == "me":
        conditions["rep"] = turn.speaker.name
    if said.stage:
        conditions["stage"] = turn.playbook.stages[said.stage].name.in_(turn.said.language)
    facts = {"found": found, "total": total, "first": offset + 1, "conditions": conditions}
    if total <= offset + SHOWN:
        return Reply("contacts/found", facts)
    arguments = {"said": said.to_json(), "offset": offset + SHOWN}
    return Reply("contacts/found", facts, (Button("more", "more_customers", arguments),))


def owner_of(turn: Turn, said: Understanding) -> int | None:
    """Whose customers: the speaker's for "my", a colleague's by name; None for all that may be seen."""
    if said.rep is None:
        return None
    if said.rep == "me":
        return turn.speaker.id
    member = turn.work.team.by_name(said.rep, turn.speaker.team_id)
    if member is None:
        raise Ask(Reply("people/no_colleague", {"name": said.rep, "colleagues": colleagues(turn)}))
    return member.id


def colleagues(turn: Turn) -> list[str]:
    """The names of the team's members."""
    return [member.name for member in turn.work.team.members(turn.speaker.team_id)]


def _flag(spoken: str | None) -> bool | None:
    return None if spoken is None else spoken == "yes"


def _opportunity(subject: Subject) -> Opportunity:
    assert subject.opportunity is not None
    return subject.opportunity
