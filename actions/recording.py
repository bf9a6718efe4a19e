"""Puts what a message says on record: the columns, and a fact with its words for each. Says what the picture is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from actions.resolving import Subject, bring_in, display_name, focus
from actions.rules.cadence import days_until_follow_up
from actions.rules.man import Man, authority_of, change
from actions.rules.stages import CLOSED
from actions.settling import asking
from actions.turn import Button, Reply, Turn
from nlu.understanding import MAN
from storage.models import Fact, Opportunity, Person, Reminder

YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True)
class Noted:
    """What a message has put on record: (field, value) facts, and how the class has changed by them, if it has."""

    items: list[dict[str, Any]]
    change: dict[str, Any] | None = None

    def facts(self) -> dict[str, Any]:
        """What a reply tells of it; a class is news only where it has changed."""
        return {"noted": self.items} if self.change is None else {"noted": self.items, "change": self.change}


def minor(value: Decimal) -> int:
    """Major units as hundredths. Currencies without hundredths (JPY) are kept the same way, so sums stay simple."""
    return int((value * 100).to_integral_value())


def major(minor: int) -> int | float:
    """Minor units as major ones: a whole number where it is one."""
    return minor // 100 if minor % 100 == 0 else minor / 100


def money(minor: int, currency: str | None) -> dict[str, Any]:
    """Minor units as an amount for a reply."""
    return {"value": major(minor), "currency": currency}


def man_of(opportunity: Opportunity) -> Man:
    """The three facts of an opportunity."""
    return Man(opportunity.money, opportunity.authority, opportunity.need)


def record_of(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    """The state of a customer as plain values: what every reply about a customer carries."""
    return _record(turn, opportunity, turn.work.reminders.next_due_for(opportunity.id))


def records_of(turn: Turn, opportunities: Sequence[Opportunity]) -> list[dict[str, Any]]:
    """The same of several customers."""
    due = turn.work.reminders.next_due_for_each([each.id for each in opportunities])
    return [_record(turn, each, due.get(each.id)) for each in opportunities]


def _record(turn: Turn, opportunity: Opportunity, due: datetime | None) -> dict[str, Any]:
    man = man_of(opportunity)
    return {
        "person": opportunity.contact.name if opportunity.contact else None,
        "company": opportunity.company.name if opportunity.company else None,
        **{fact: YES_NO.get(getattr(opportunity, fact)) for fact in MAN},
        "class": man.class_,
        "stage": opportunity.stage,
        "amount": money_of(opportunity),
        "next_follow_up": local(turn, due).isoformat(timespec="minutes")[:16] if due else None,
    }


def money_of(opportunity: Opportunity) -> dict[str, Any] | None:
    """The amount in major units with its currency."""
    return None if opportunity.amount_minor is None else money(opportunity.amount_minor, opportunity.currency)


def about(turn: Turn, opportunity: Opportunity, **facts: Any) -> dict[str, Any]:
    """The facts of a reply about a customer: the record, the name, the MAN picture with its verdict and advice."""
    man = man_of(opportunity)
    entry = turn.playbook.classes.get(man.class_ or "")
    language = turn.said.language
    decider = decider_to_reach(opportunity)
    return {
        "record": record_of(turn, opportunity),
        "who": display_name(opportunity.contact, opportunity.company),
        "picture": man.picture,
        "class": man.class_,
        "verdict": entry.verdict.in_(language) if entry else None,
        "advice": entry.do.in_(language) if entry else None,
        "unknown": list(man.unknown),
        "reach": decider.name if decider else None,
        **facts,
    }


def decider_to_reach(opportunity: Opportunity) -> Person | None:
    """The known person who decides and has not been met, called or written to yet."""
    people = people_of(opportunity)
    if any(person.authority and person.reached_at for person in people):
        return None
    return next((person for person in people if person.authority and person.name), None)


def people_of(opportunity: Opportunity) -> list[Person]:
    """The contact, then the others who take part."""
    contact = [opportunity.contact] if opportunity.contact else []
    return contact + [person for person in opportunity.people if person.id != opportunity.contact_id]


def put_on_record(turn: Turn, subject: Subject, met: bool) -> Noted:
    """Writes everything that the message says of `subject`; returns what was noted.

    `met` tells that the person was met, called or written to: that is what makes an authority count.
    """
    opportunity = subject.opportunity
    assert opportunity is not None
    before = man_of(opportunity)
    noted = _deal_facts(turn, opportunity) + _person_facts(turn, subject, opportunity, met)
    _recompute_authority(opportunity)
    man = man_of(opportunity)
    told = [fact for fact in MAN if getattr(turn.said, fact)]
    if any(item["field"] == "decision_maker" for item in noted):
        # Who decides has been said by name: "authority: no" beside it would read as theirs.
        told = [fact for fact in told if fact != "authority"]
    noted = [
        {"field": fact, "value": YES_NO.get(getattr(man, fact))}
        for fact in MAN
        if getattr(man, fact) is not None and (fact in told or getattr(man, fact) != getattr(before, fact))
    ] + noted
    if subject.named:
        noted.insert(0, {"field": "name", "value": display_name(subject.person, subject.company)})
    opportunity.touched_at = turn.now
    turn.customers.flush()
    if subject.new:
        focus(turn, opportunity)
    said = [(each["field"], str(each["value"]), turn.said.words.get(each["field"]) or None) for each in noted]
    turn.customers.add_said(Fact, *(_fact(turn, opportunity, subject.person, *each) for each in said))
    # What somebody new is, is said with their first facts; it has not changed.
    return Noted(noted, None if subject.new else _change(turn, opportunity, before))


def _change(turn: Turn, opportunity: Opportunity, before: Man) -> dict[str, Any] | None:
    """The class before (None: no class yet), whose it is, and what is said of them now."""
    man = man_of(opportunity)
    way = change(before, man)
    if way is None or man.class_ is None:
        return None
    return {
        "before": before.class_,
        "who": opportunity.company.name if opportunity.company else display_name(opportunity.contact, None),
        "words": turn.playbook.classes[man.class_].news(way).in_(turn.said.language),
    }


def note(
    turn: Turn, opportunity: Opportunity, person: Person | None, field: str, value: str, words: str | None = None
) -> None:
    """Keeps a fact with who said it, when, and in which words: those of the message where none are given."""
    turn.customers.add_said(Fact, _fact(turn, opportunity, person, field, value, words))


def _fact(
    turn: Turn, opportunity: Opportunity, person: Person | None, field: str, value: str, words: str | None
) -> dict[str, Any]:
    return {
        "opportunity_id": opportunity.id,
        "person_id": person.id if person else None,
        "message_id": turn.message.id,
        "member_id": turn.speaker.id,
        "field": field,
        "value": value,
        "words": turn.said.text if words is None else words,
        "said_at": turn.now,
    }


def _deal_facts(turn: Turn, opportunity: Opportunity) -> list[dict[str, Any]]:
    said = turn.said
    noted: list[dict[str, Any]] = []
    for fact in ("money", "need"):
        if value := getattr(said, fact):
            setattr(opportunity, fact, value == "yes")
    for field in ("source", "product", "quantity"):
        if (spoken := getattr(said, field)) is not None:
            setattr(opportunity, field, spoken)
            noted.append({"field": field, "value": spoken})
    if said.amount is not None:
        opportunity.amount_minor = minor(said.amount.value)
        opportunity.currency = said.amount.currency or opportunity.currency or turn.currency
        noted.append({"field": "amount", "value": money_of(opportunity)})
    closes = said.purpose == "close" or (said.intent == "update_deal" and said.purpose != "reminder")
    if said.when and not said.past and closes:
        opportunity.expected_close = date.fromisoformat(said.when[:10])
        noted.append({"field": "expected_close", "value": said.when[:10]})
    return noted


def _person_facts(turn: Turn, subject: Subject, opportunity: Opportunity, met: bool) -> list[dict[str, Any]]:
    said, person = turn.said, subject.person
    noted: list[dict[str, Any]] = []
    decides = said.authority is not None or said.role == "decision_maker"
    if person is not None and said.about_related and person.id != opportunity.contact_id:
        if decides:
            noted += _decider(opportunity, person)
    elif person is not None:
        if said.authority is not None:
            person.authority = said.authority == "yes"
        elif said.role == "decision_maker":
            person.authority = True
        if met:
            person.reached_at = turn.now
        if said.related and decides and (other := bring_in(turn, said.related, subject)):
            noted += _decider(opportunity, other)
    elif said.authority is not None:
        opportunity.authority = said.authority == "yes"
    if person is None:
        return noted
    for field in ("role", "style"):
        value = getattr(said, field)
        if value and getattr(person, field) != value:
            setattr(person, field, value)
            noted.append({"field": field, "value": value})
    for field in ("phone", "email", "wechat"):
        if value := getattr(said.contact, field):
            setattr(person, field, value)
            noted.append({"field": field, "value": value})
    return noted


def _decider(opportunity: Opportunity, person: Person) -> list[dict[str, Any]]:
    """Authority is a fact about a person: `person` decides, so the contact does not."""
    person.authority, person.role = True, "decision_maker"
    if opportunity.contact is not None and opportunity.contact is not person:
        opportunity.contact.authority = False
    return [{"field": "decision_maker", "value": person.name}]


def _recompute_authority(opportunity: Opportunity) -> None:
    known = authority_of((person.authority, person.reached_at is not None) for person in people_of(opportunity))
    if known is not None:
        opportunity.authority = known


def move_stage(turn: Turn, opportunity: Opportunity, stage: str) -> None:
    """Puts an opportunity in a stage, with the time since when; won and lost close it."""
    if opportunity.stage == stage:
        return
    opportunity.stage, opportunity.stage_since = stage, turn.now
    opportunity.closed_at = turn.now if stage in CLOSED else None


# --- follow-ups


def local(turn: Turn, moment: datetime) -> datetime:
    """A moment on the speaker's clock, without the zone."""
    return moment.astimezone(turn.zone).replace(tzinfo=None)


def suggested_follow_up(turn: Turn, opportunity: Opportunity, after: str | None = None) -> datetime | None:
    """When to follow up by the cadence, on the speaker's clock; None where contact stops or one is set already."""
    if turn.work.reminders.next_due_for(opportunity.id) is not None or opportunity.closed_at is not None:
        return None
    days = days_until_follow_up(man_of(opportunity).class_, turn.playbook.cadence, after)
    if days is None:
        return None
    return datetime.combine(turn.now.date() + timedelta(days=days), time(turn.day.hour_of(None)))


def offering(turn: Turn, reply: Reply, opportunity: Opportunity, due: datetime | None) -> Reply:
    """The reply with what comes next: how an objection went, where that is to be asked, else a follow-up at `due`."""
    return asking(turn, reply, opportunity) or offering_follow_up(turn, reply, opportunity, due)


def offering_follow_up(turn: Turn, reply: Reply, opportunity: Opportunity, due: datetime | None) -> Reply:
    """The reply with a follow-up at `due` offered: [remind me] [another time] [no]. Unchanged where `due` is None."""
    if due is None:
        return reply
    when = due.isoformat(timespec="minutes")
    buttons = (
        Button("set", "set_follow_up", {"opportunity_id": opportunity.id, "due": when}, answer="affirm"),
        Button("other_time", "other_follow_up", {"opportunity_id": opportunity.id}),
        Button("leave", "leave_it", answer="deny"),
    )
    return replace(reply.with_facts(follow_up=when, days=(due.date() - turn.now.date()).days), buttons=buttons)


def add_reminder(
    turn: Turn, text: str, due: datetime, opportunity: Opportunity | None, person: Person | None
) -> Reminder:
    """A reminder for the speaker in this conversation; `due` is on the speaker's clock."""
    reminder = Reminder(
        member_id=turn.speaker.id,
        conversation_id=turn.conversation.id,
        opportunity_id=opportunity.id if opportunity else None,
        person_id=person.id if person else None,
        message_id=turn.message.id,
        text=text,
        due_at=due.replace(tzinfo=turn.zone),
        status="waiting",
        language=turn.said.language,
        created_at=turn.now,
    )
    turn.customers.add(reminder)
    return reminder
