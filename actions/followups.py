"""Reminders: setting, listing, finishing; and the follow-ups that Manny offers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from actions import resolving
from actions.asking import wait_for
from actions.recording import about, add_reminder, local, put_on_record
from actions.registry import handles, presses
from actions.resolving import Subject, display_name
from actions.rules.periods import days_of
from actions.settling import asking
from actions.turn import Button, Reply, Turn
from nlu.understanding import Understanding
from storage.models import Opportunity, Reminder

SNOOZES = (("in_an_hour", timedelta(hours=1)), ("tomorrow", timedelta(days=1)), ("in_a_week", timedelta(days=7)))
"""What [snooze] offers."""


def due_of(turn: Turn, said: Understanding) -> datetime | None:
    """The time that a message names, on the speaker's clock: the day's usual hour where no hour is given."""
    if said.when is None or said.past:
        return None
    if "T" in said.when:
        due = datetime.fromisoformat(said.when)
    else:
        hour = turn.day.hour_of(said.part)
        due = datetime.combine(date.fromisoformat(said.when), time(hour))
    return due if due.replace(tzinfo=turn.zone) > turn.now else None


def past_reply(said: Understanding) -> Reply:
    """The time named is over: say so and ask for another."""
    return Reply("followups/past", {"when": said.when})


@handles("set_reminder")
def set_reminder(turn: Turn) -> Reply:
    """Sets a reminder; asks when, or which of two dates, where the message leaves it open."""
    said = turn.said
    if said.past:
        return past_reply(said)
    subject = _whom(turn)
    if said.alternatives:
        return _which_day(said)
    due = due_of(turn, said)
    if said.when is None:
        wait_for(turn, "when", "remind_then", {"said": said.to_json()})
        return Reply("followups/when", {"task": said.task})
    if due is None:
        return past_reply(said)
    return _set(turn, said.task, due, subject)


def _whom(turn: Turn) -> Subject:
    """Whom the reminder is about. What the message says of them besides ("she has the budget") goes on record."""
    if not (turn.said.states_man() and (turn.said.person or turn.said.company)):
        return resolving.if_named(turn)
    subject = resolving.to_note(turn)
    put_on_record(turn, subject, met=turn.said.met)
    return subject


def _which_day(said: Understanding) -> Reply:
    days = (said.when or "", *said.alternatives)
    buttons = tuple(
        Button("day", "remind_on", {"said": {**said.to_json(), "when": day, "alternatives": []}}, {"when": day})
        for day in dict.fromkeys(days)
    )
    return Reply("followups/which_day", {"task": said.task}, buttons)


@presses("remind_on")
def remind_on(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Sets the reminder on the day chosen."""
    return turn.again(Understanding.from_json(arguments["said"]))


@presses("remind_then")
def remind_then(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Sets the reminder at the time that was asked for."""
    time_fields = ("when", "part", "past", "alternatives")
    answer = {name: arguments["answer"][name] for name in time_fields}
    return turn.again(Understanding.from_json({**arguments["said"], **answer}))


def _set(turn: Turn, task: str, due: datetime, subject: Subject) -> Reply:
    if not task and subject.opportunity is None:
        # "Remind me on Friday", of nothing in particular: to follow up with whom the conversation is about.
        spoken_of = resolving.in_focus(turn)
        if spoken_of is not None:
            subject = Subject(spoken_of.contact, spoken_of.company, spoken_of)
        else:
            task = turn.said.text
    reminder = add_reminder(turn, task, due, subject.opportunity, subject.person)
    facts: dict[str, Any] = {"task": task or None, **_when(turn, reminder)}
    if subject.opportunity is None:
        return Reply("followups/set", {"who": None, **facts})
    return Reply("followups/set", about(turn, subject.opportunity, **facts))


def _when(turn: Turn, reminder: Reminder) -> dict[str, Any]:
    return {"when": local(turn, reminder.due_at).isoformat(timespec="minutes"), "zone": turn.speaker.timezone}


@presses("set_follow_up")
def set_follow_up(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Sets the follow-up that Manny offered."""
    opportunity = resolving.pressed_on(turn, arguments)
    return _follow_up(turn, opportunity, datetime.fromisoformat(arguments["due"]))


def _follow_up(turn: Turn, opportunity: Opportunity, due: datetime) -> Reply:
    subject = Subject(opportunity.contact, opportunity.company, opportunity)
    reminder = add_reminder(turn, "", due, opportunity, opportunity.contact)
    who = display_name(subject.person, subject.company)
    return Reply("followups/set", about(turn, opportunity, task=None, who=who, **_when(turn, reminder)))


@presses("other_follow_up")
def other_follow_up(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Asks for another time for the follow-up."""
    wait_for(turn, "when", "follow_up_then", arguments)
    return Reply("followups/when", {"task": None})


@presses("follow_up_then")
def follow_up_then(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Sets the follow-up at the time given."""
    said = Understanding.from_json(arguments["answer"])
    opportunity = resolving.pressed_on(turn, arguments)
    due = due_of(turn, said)
    return past_reply(said) if due is None else _follow_up(turn, opportunity, due)


# --- when one falls due


def due_reply(turn: Turn, reminder: Reminder) -> Reply:
    """The reminder itself, with [done] [snooze]."""
    facts: dict[str, Any] = {"task": reminder.text or None, **_when(turn, reminder)}
    opportunity = turn.customers.opportunity(reminder.opportunity_id)
    if opportunity is not None:
        facts = about(turn, opportunity, **facts)
        resolving.focus(turn, opportunity)
    return Reply("followups/due", facts, finish_buttons(reminder))


def finish_buttons(reminder: Reminder) -> tuple[Button, ...]:
    """[done] [snooze] for a reminder."""
    arguments = {"reminder_id": reminder.id}
    return (
        Button("done", "reminder_done", arguments, answer="affirm"),
        Button("snooze", "reminder_snooze", arguments, answer="deny"),
    )


@handles("list_reminders")
def list_reminders(turn: Turn) -> Reply:
    """What is due: today's and what is overdue, or until the time named; the next ones where that is nothing."""
    subject = resolving.if_named(turn)
    until = _until(turn)
    only = [subject.opportunity.id] if subject.opportunity else None
    end = datetime.combine(until + timedelta(days=1), time(), turn.zone)
    rows = turn.work.reminders.of_member(turn.speaker.id, None if only else end, only)
    later = [] if rows else turn.work.reminders.of_member(turn.speaker.id, None, only, limit=3)
    return Reply(
        "followups/list",
        {
            "items": [_item(turn, row) for row in rows],
            "later": [_item(turn, row) for row in later],
            "until": until.isoformat(),
            "today": until == turn.now.date(),
            "zone": turn.speaker.timezone,
            "who": display_name(subject.person, subject.company),
        },
    )


def _until(turn: Turn) -> date:
    if turn.said.when and not turn.said.past:
        return date.fromisoformat(turn.said.when[:10])
    return days_of(turn.said.period, turn.now.date())[1] if turn.said.period else turn.now.date()


def _item(turn: Turn, reminder: Reminder) -> dict[str, Any]:
    opportunity = turn.customers.opportunity(reminder.opportunity_id)
    who = display_name(opportunity.contact, opportunity.company) if opportunity else None
    when = local(turn, reminder.due_at)
    late = when < turn.now.replace(tzinfo=None)
    return {"task": reminder.text or None, "who": who, "when": when.isoformat(timespec="minutes"), "late": late}


@handles("finish_reminder")
def finish_reminder(turn: Turn) -> Reply:
    """A follow-up is done, put off or dropped: the one named, else the one that came last, else the next one, of the
    customer spoken of if there is any."""
    subject = resolving.if_named(turn)
    only = [subject.opportunity.id] if subject.opportunity else None
    rows = turn.work.reminders.of_member(turn.speaker.id, None, only)
    if not rows:
        return Reply("followups/none", {"who": display_name(subject.person, subject.company)})
    fired = [row for row in rows if row.status == "fired"]
    spoken_of = None if fired or only else resolving.in_focus(turn)
    if spoken_of is not None:
        rows = turn.work.reminders.of_member(turn.speaker.id, None, [spoken_of.id]) or rows
    reminder = max(fired, key=lambda row: row.fired_at or row.due_at) if fired else rows[0]
    action = turn.said.action or ("snooze" if turn.said.when else "done")
    if action == "snooze":
        due = due_of(turn, turn.said)
        if turn.said.when and due is None:
            return past_reply(turn.said)
        return _snoozed(turn, reminder, due) if due else _until_when(turn, reminder)
    return _finished(turn, reminder, "done" if action == "done" else "cancelled")


def _finished(turn: Turn, reminder: Reminder, status: str) -> Reply:
    reminder.status = status
    turn.customers.flush()
    facts: dict[str, Any] = {"task": reminder.text or None, "status": status, **_when(turn, reminder)}
    opportunity = turn.customers.opportunity(reminder.opportunity_id)
    if opportunity is None:
        return Reply("followups/finished", facts)
    reply = Reply("followups/finished", about(turn, opportunity, **facts))
    asked = asking(turn, reply, opportunity, followed_up_since=reminder.created_at) if status == "done" else None
    return asked or reply


def _snoozed(turn: Turn, reminder: Reminder, due: datetime) -> Reply:
    reminder.due_at, reminder.status, reminder.fired_at = due.replace(tzinfo=turn.zone), "waiting", None
    turn.customers.flush()
    facts: dict[str, Any] = {"task": reminder.text or None, **_when(turn, reminder)}
    opportunity = turn.customers.opportunity(reminder.opportunity_id)
    if opportunity is not None:
        facts = about(turn, opportunity, **facts)
    return Reply("followups/snoozed", facts)


def _until_when(turn: Turn, reminder: Reminder) -> Reply:
    wait_for(turn, "when", "snooze_until", {"reminder_id": reminder.id})
    buttons = tuple(
        Button(label, "snooze_for", {"reminder_id": reminder.id, "minutes": int(span.total_seconds() // 60)})
        for label, span in SNOOZES
    )
    return Reply("followups/until_when", {"task": reminder.text or None}, buttons)


@presses("reminder_done")
def reminder_done(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """[done] on a reminder."""
    reminder = _own(turn, arguments)
    return Reply("conversation/gone") if reminder is None else _finished(turn, reminder, "done")


@presses("reminder_snooze")
def reminder_snooze(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """[snooze] on a reminder: asks until when."""
    reminder = _own(turn, arguments)
    return Reply("conversation/gone") if reminder is None else _until_when(turn, reminder)


@presses("snooze_for")
def snooze_for(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Puts a reminder off for a while."""
    reminder = _own(turn, arguments)
    if reminder is None:
        return Reply("conversation/gone")
    due = turn.now + timedelta(minutes=arguments["minutes"])
    return _snoozed(turn, reminder, due.replace(tzinfo=None, second=0, microsecond=0))


@presses("snooze_until")
def snooze_until(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Puts a reminder off until the time given in words."""
    reminder = _own(turn, arguments)
    if reminder is None:
        return Reply("conversation/gone")
    said = Understanding.from_json(arguments["answer"])
    due = due_of(turn, said)
    return past_reply(said) if due is None else _snoozed(turn, reminder, due)


def _own(turn: Turn, arguments: dict[str, Any]) -> Reminder | None:
    reminder = turn.work.reminders.get(arguments["reminder_id"])
    return reminder if reminder is not None and reminder.member_id == turn.speaker.id else None
