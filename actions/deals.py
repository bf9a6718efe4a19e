"""Deals that move: what a stage still needs, won and lost with the reason; and handing a customer to a colleague."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from actions import relationship, resolving
from actions.asking import ANSWERING, SURE, Ask, NoAnswer, wait_for
from actions.catalogue import products_of
from actions.contacts import colleagues, noted_reply, question_buttons
from actions.followups import due_of
from actions.purchases import log_purchase
from actions.recording import (
    Noted,
    about,
    add_reminder,
    local,
    man_of,
    money_of,
    move_stage,
    note,
    offering,
    offering_follow_up,
    people_of,
    put_on_record,
    suggested_follow_up,
)
from actions.registry import handles, presses
from actions.resolving import Subject
from actions.rewarding import due_for, reward_buttons
from actions.rules import names
from actions.rules.stages import CLOSED, LOST, WON, ask_first, direction, missing
from actions.rules.wording import mentioned
from actions.turn import Button, Reply, Turn
from nlu.understanding import MAN, Understanding
from storage.models import Member, Opportunity

NAME_AT_MOST = 6
"""Words of a message that gives a name and no more: "it's Zhao Min, the plant manager"."""
_NAME = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2}")
PRODUCTS_OFFERED = 6
"""Products on buttons; more do not fit on a phone."""
SURELY_OBJECTS = 0.97
"""The confidence (0 to 1) from which on words after a won deal are an objection: praise of the service is near to one."""


@handles("update_deal")
def update_deal(turn: Turn) -> Reply:
    """Moves the stage and notes amount, quantity and expected close; says what the stage still needs.

    "Remind me on Friday" beside it is set as well.
    """
    subject = resolving.to_note(turn)
    opportunity = subject.opportunity
    assert opportunity is not None
    before, worth = opportunity.stage, money_of(opportunity)
    sold = {column: getattr(opportunity, column) for column in SOLD}
    if turn.said.stage is not None:
        _move(turn, opportunity, turn.said.stage)
    noted = put_on_record(turn, subject, met=subject.person is not None and not turn.said.about_related)
    closed_again = before in CLOSED and turn.said.stage == before
    if not noted.items and opportunity.stage == before and not closed_again:
        return noted_reply(turn, subject, noted)
    due = due_of(turn, turn.said) if turn.said.purpose == "reminder" else None
    reminder = add_reminder(turn, turn.said.task, due, opportunity, opportunity.contact) if due else None
    reply = _moved(turn, opportunity, before, noted, worth)
    if reminder is not None:
        reply = reply.with_facts(reminder=local(turn, reminder.due_at).isoformat())
    return _or_another(turn, reply, subject, sold) if closed_again and before == WON and worth else reply


def _move(turn: Turn, opportunity: Opportunity, stage: str) -> None:
    """Puts the deal in a stage. One that is open again was not bought, and is not closed for anything."""
    if opportunity.stage == stage:
        return
    if opportunity.stage == WON:
        turn.work.deals(turn.speaker).take_back_purchase(opportunity)
    opportunity.closed_for = None
    move_stage(turn, opportunity, stage)


def _moved(
    turn: Turn, opportunity: Opportunity, before: str, noted: Noted, worth: dict[str, Any] | None = None
) -> Reply:
    """The reply to what was noted of a deal, in the stage `before`; `worth` is its amount before, where it had one."""
    way = direction(before, opportunity.stage)
    closed_again = way is None and turn.said.stage in CLOSED
    stages, language = turn.playbook.stages, turn.said.language
    facts = about(
        turn,
        opportunity,
        **noted.facts(),
        way=way,
        stage_name=stages[opportunity.stage].name.in_(language),
        stage_before=stages[before].name.in_(language),
        expected_close=opportunity.expected_close.isoformat() if opportunity.expected_close else None,
    )
    if opportunity.stage == LOST and (way or closed_again):
        return _lost(turn, opportunity, facts)
    if opportunity.stage == WON and (way or closed_again or any(item["field"] == "amount" for item in noted.items)):
        return _won(turn, opportunity, {**facts, "was": None if way else worth})
    lacking = missing(opportunity.stage, _needs(turn), _known(opportunity)) if way else []
    facts["missing"] = [list(each) for each in lacking]
    if asks := ask_first(lacking, man_of(opportunity).next_question):
        return _asking(turn, Reply("deals/moved", {**facts, "asks": asks}), opportunity, asks)
    due = suggested_follow_up(turn, opportunity, after="quote" if opportunity.stage == "proposal" else None)
    return offering(turn, Reply("deals/moved", facts), opportunity, due)


# --- what a stage needs


def _needs(turn: Turn) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {name: stage.needs for name, stage in turn.playbook.stages.items()}


def _known(opportunity: Opportunity) -> set[str]:
    """What is known of a deal, among all that a stage can require."""
    people = people_of(opportunity)
    known = {fact for fact in (*MAN, "product", "expected_close") if getattr(opportunity, fact) is not None}
    if opportunity.amount_minor is not None:
        known.add("amount")
    if any(person.name for person in people):
        known.add("contact")
    if opportunity.authority or any(person.authority and person.name for person in people):
        known.add("decider")
    return known


def _asking(turn: Turn, reply: Reply, opportunity: Opportunity, asks: str) -> Reply:
    """The reply with the question after what is missing: by buttons, or by words that the next message may hold."""
    arguments: dict[str, Any] = {"opportunity_id": opportunity.id}
    if asks in MAN:
        return replace(reply.with_facts(question=asks), buttons=question_buttons(opportunity, asks))
    if asks == "product":
        offered = [product.name for product in products_of(turn)[:PRODUCTS_OFFERED]]
        buttons = (Button("name", "deal_product", {**arguments, "product": name}, {"name": name}) for name in offered)
        return replace(reply, buttons=tuple(buttons))
    if asks in ("contact", "decider"):
        wait_for(turn, "anything", "deal_person", {**arguments, "part": asks})
    else:
        wait_for(turn, "anything", "deal_close" if asks == "expected_close" else "deal_amount", arguments)
    return reply


@presses("deal_product")
def deal_product(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The product that a deal is about was chosen."""
    opportunity = resolving.pressed_on(turn, arguments)
    return _noted(turn, opportunity, replace(turn.said, product=arguments["product"]))


@presses("deal_person")
def deal_person(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """A name is the answer: whom the rep deals with at the customer, or who decides there."""
    opportunity, name = _asked_about(turn, arguments), _bare_name(turn.said)
    if name is None:
        raise NoAnswer
    resolving.focus(turn, opportunity)
    said = replace(turn.said, intent="log_contact", person=name, company=None, mention=None)
    if arguments["part"] == "decider":
        return turn.again(replace(said, intent="describe_person", related=name, role="decision_maker"))
    if opportunity.company_id is None:
        return turn.again(replace(said, mention="naming"))
    return turn.again(said, company_id=opportunity.company_id)


@presses("deal_close")
def deal_close(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """A day is the answer: when they will decide."""
    opportunity = _asked_about(turn, arguments)
    if turn.said.when is None or turn.said.past or _about_another(turn, opportunity):
        raise NoAnswer
    return _noted(turn, opportunity, replace(turn.said, purpose="close"))


@presses("deal_amount")
def deal_amount(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """An amount is the answer: what the deal is worth."""
    opportunity = _asked_about(turn, arguments)
    if turn.said.amount is None or _about_another(turn, opportunity):
        raise NoAnswer
    return _noted(turn, opportunity, turn.said)


def _asked_about(turn: Turn, arguments: dict[str, Any]) -> Opportunity:
    """The deal that a question was about. Raises NoAnswer where it is gone, or is another's by now."""
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    if opportunity is None:
        raise NoAnswer
    return opportunity


def _bare_name(said: Understanding) -> str | None:
    """The name that a short message gives; two or three capitals alone are one, whatever the message was taken for."""
    named = said.person or said.company
    if named is None:
        return said.text.strip() if _NAME.fullmatch(said.text.strip()) else None
    return named if not said.states_facts() and len(said.text.split()) <= NAME_AT_MOST else None


def _noted(turn: Turn, opportunity: Opportunity, said: Understanding) -> Reply:
    """Notes an answer on this deal, whoever it seems to name; it moves nothing."""
    resolving.focus(turn, opportunity)
    subject = Subject(opportunity.contact, opportunity.company, opportunity)
    answered = replace(turn, said=replace(said, intent="update_deal", person=None, company=None, stage=None))
    return _moved(answered, opportunity, opportunity.stage, put_on_record(answered, subject, met=False))


def _about_another(turn: Turn, opportunity: Opportunity) -> bool:
    """Whether the message names somebody who has no part in this deal."""
    theirs = [person.name for person in people_of(opportunity)]
    theirs += [opportunity.company.name] if opportunity.company else []
    known = {names.key(name) for name in theirs if name}
    return any(names.key(name) not in known for name in (turn.said.person, turn.said.company) if name)


# --- won and lost


def _won(turn: Turn, opportunity: Opportunity, facts: dict[str, Any]) -> Reply:
    """Congratulation; the purchase goes into their file; then what it is worth, or why it was won."""
    log_purchase(turn, opportunity)
    facts["reward"] = due_for(turn, opportunity)
    if missing(WON, _needs(turn), _known(opportunity)):
        wait_for(turn, "anything", "deal_amount", {"opportunity_id": opportunity.id})
        later = Button("not_sure", "why_closed", {"opportunity_id": opportunity.id}, answer="deny")
        return Reply("deals/won", {**facts, "asks": "amount"}, (later,))
    if opportunity.closed_for is not None:
        return Reply("deals/won", {**facts, "asks": None})
    return _why(turn, Reply("deals/won", {**facts, "asks": "reason"}), opportunity)


SOLD = ("amount_minor", "currency", "product", "quantity")
"""The columns that tell of a deal what was sold."""


def _or_another(turn: Turn, reply: Reply, subject: Subject, sold: dict[str, Any]) -> Reply:
    """The reply to a sale that is told again, with a button that makes it a second one; `sold` is the first as it was."""
    assert subject.opportunity is not None
    whose = {"person_id": subject.person, "company_id": subject.company}
    said = replace(turn.said, person=None, company=None, mention=None, when=None, purpose="meeting")
    arguments = {
        "opportunity_id": subject.opportunity.id,
        "sold": sold,
        "said": said.to_json(),
        "whose": {name: row.id for name, row in whose.items() if row is not None},
    }
    return replace(reply, buttons=(*reply.buttons, Button("another_sale", "another_sale", arguments)))


@presses("another_sale")
def another_sale(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """What was taken for a correction was a second sale: the first is as it was before, and the message wins a new deal."""
    first = resolving.pressed_on(turn, arguments)
    if first.stage != WON:
        return Reply("conversation/gone")
    turn.conversation.question = None
    for column, value in arguments["sold"].items():
        setattr(first, column, value)
    log_purchase(turn, first)
    said = Understanding.from_json(arguments["said"])
    return turn.again(said, after_id=first.id, **arguments["whose"]).with_facts(first=money_of(first))


def _lost(turn: Turn, opportunity: Opportunity, facts: dict[str, Any]) -> Reply:
    """Why it was lost: as the message says, as was said before, else by the answer."""
    reasons = _reasons_named(turn)
    if len(reasons) == 1:
        return _closed(turn, opportunity, reasons[0], turn.said.text)
    if not reasons and opportunity.closed_for is not None:
        return after_losing(turn, opportunity)
    return _why(turn, Reply("deals/lost", {**facts, "unclear": False}), opportunity, reasons)


def _reasons_named(turn: Turn) -> list[str]:
    """The reasons that the message names, the first one in front; a customer called Quality Foods names none."""
    text = turn.said.text
    for name in (turn.said.company, turn.said.person, turn.said.product):
        text = text.replace(name, "…") if name else text
    return mentioned(text, {name: reason.words for name, reason in turn.playbook.leaving.items()})


def _why(turn: Turn, reply: Reply, opportunity: Opportunity, likely: list[str] | None = None) -> Reply:
    """The reply with the reasons as buttons, the likely ones alone where there are some; words will do as well."""
    leaving, arguments = turn.playbook.leaving, {"opportunity_id": opportunity.id}
    offered = [name for name in likely or leaving if opportunity.stage == LOST or leaving[name].won]
    buttons = [
        Button(
            "name", "closed_for", {**arguments, "reason": name}, {"name": leaving[name].name.in_(turn.said.language)}
        )
        for name in offered
    ]
    buttons.append(Button("not_sure", "closed_for", {**arguments, "reason": None}, answer="deny"))
    wait_for(turn, "anything", "closed_in_words", arguments)
    return replace(reply, buttons=tuple(buttons))


@presses("why_closed")
def why_closed(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Asks for the reason, after another question was put off or where the wrong one was noted."""
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    if opportunity is None or opportunity.stage not in CLOSED:
        return Reply("conversation/gone")
    return _why(turn, Reply("deals/why", about(turn, opportunity, unclear=False)), opportunity)


@presses("closed_for")
def closed_for(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The reason was chosen; None where it is not known."""
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    if opportunity is None or opportunity.stage not in CLOSED:
        return Reply("conversation/gone")
    return _closed(turn, opportunity, arguments["reason"], "")


@presses("closed_in_words")
def closed_in_words(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The reason in the rep's own words. Words that fit none, or several, are kept, and the reason is asked for again."""
    opportunity = _asked_about(turn, arguments)
    if opportunity.stage not in CLOSED:
        raise NoAnswer
    said, leaving = turn.said, turn.playbook.leaving
    named = [name for name in _reasons_named(turn) if opportunity.stage == LOST or leaving[name].won]
    # Nobody wins a deal for an objection; "they liked our service" is only taken for one.
    objects = opportunity.stage == WON and said.intent == "report_objection" and said.confidence >= SURELY_OBJECTS
    if objects or (not named and not _may_be_why(turn, opportunity)):
        raise NoAnswer
    resolving.focus(turn, opportunity)
    if len(named) == 1:
        return _closed(turn, opportunity, named[0], said.text)
    note(turn, opportunity, None, "closed_for", "")
    return _why(turn, Reply("deals/why", about(turn, opportunity, unclear=True)), opportunity, named)


def _may_be_why(turn: Turn, opportunity: Opportunity) -> bool:
    """Whether a message without a known reason in it is worth keeping as the words for why a deal was lost."""
    off_topic = turn.said.intent == "out_of_scope" and turn.said.confidence >= SURE
    told = turn.said.intent in ANSWERING and not off_topic
    return opportunity.stage == LOST and told and not _is_news(turn, opportunity)


def _is_news(turn: Turn, opportunity: Opportunity) -> bool:
    """Whether a message without a reason in it says something else: facts, another stage, another customer.

    "They went with Siemens" names somebody too, but no customer on record.
    """
    said = turn.said
    if said.met or said.states_man() or said.amount or said.source or said.quantity:
        return True
    if said.stage not in (None, opportunity.stage):
        return True
    other = resolving.if_named(turn).opportunity if _about_another(turn, opportunity) else None
    return other is not None and other.id != opportunity.id


def _closed(turn: Turn, opportunity: Opportunity, reason: str | None, words: str) -> Reply:
    """Keeps the reason, and says what follows: the relationship begins, or when to come back."""
    turn.conversation.question = None
    resolving.focus(turn, opportunity)
    opportunity.closed_for = reason
    if words and reason:
        note(turn, opportunity, None, "closed_for", reason, words)
    turn.customers.flush()
    return _after_winning(turn, opportunity) if opportunity.stage == WON else after_losing(turn, opportunity)


def _reason_facts(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    """The reason on record, and what to make of it."""
    entry, language = turn.playbook.leaving.get(opportunity.closed_for or ""), turn.said.language
    if entry is None:
        return {"reason": None, "do": None}
    do = entry.won if opportunity.stage == WON else entry.do
    return {"reason": entry.name.in_(language), "do": do.in_(language) if do else None}


def _after_winning(turn: Turn, opportunity: Opportunity) -> Reply:
    """A referral to ask for, the first measures of the relationship that begins, and thanks that are due or a call."""
    facts = about(turn, opportunity, **_reason_facts(turn, opportunity), **relationship.beginning(turn, opportunity))
    if reward := due_for(turn, opportunity):
        return Reply("deals/won_for", {**facts, "reward": reward}, reward_buttons(reward))
    reply = Reply("deals/won_for", {**facts, "reward": None})
    return _offering_in(turn, reply, opportunity, turn.playbook.relationship.call_after_days)


def after_losing(turn: Turn, opportunity: Opportunity) -> Reply:
    """What to do about the reason of a lost deal and when to come back; asks for the reason where it is not known."""
    facts = about(turn, opportunity, **_reason_facts(turn, opportunity))
    entry = turn.playbook.leaving.get(opportunity.closed_for or "")
    other = Button("other_reason", "why_closed", {"opportunity_id": opportunity.id})
    if entry is None:
        return Reply("deals/lost_for", facts, (other,))
    reply = _offering_in(turn, Reply("deals/lost_for", facts), opportunity, entry.come_back_days)
    return replace(reply, buttons=(*reply.buttons, other))


def advice_on_lost(turn: Turn, opportunity: Opportunity) -> Reply:
    """What to do with a customer whose deal was lost: first find out why."""
    if opportunity.closed_for is not None:
        return after_losing(turn, opportunity)
    return _why(turn, Reply("deals/why", about(turn, opportunity, unclear=False)), opportunity)


def _offering_in(turn: Turn, reply: Reply, opportunity: Opportunity, days: int | None) -> Reply:
    """The reply with a follow-up offered in so many days, unless one is set already."""
    if days is None or turn.work.reminders.next_due_for(opportunity.id) is not None:
        return reply
    due = datetime.combine(turn.now.date() + timedelta(days=days), time(turn.day.hour_of(None)))
    return offering_follow_up(turn, reply, opportunity, due)


# --- handing over


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
    opportunity = resolving.pressed_on(turn, arguments)
    to = turn.work.team.member(arguments["member_id"])
    facts = about(turn, opportunity, to=to.name)
    turn.customers.hand_over(opportunity, to)
    return Reply("deals/handed_over", facts)
