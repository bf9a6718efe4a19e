"""People at a customer: what part they play, what they are like, who introduced whom; and forgetting somebody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import resolving
from actions.contacts import noted_reply
from actions.recording import about, move_stage, put_on_record
from actions.registry import handles, presses
from actions.rules import names
from actions.turn import Button, Reply, Turn
from storage.models import Person


@handles("describe_person")
def describe_person(turn: Turn) -> Reply:
    """Notes role and style, and says what this person cares about and how to deal with them."""
    subject = resolving.to_change(turn)
    noted = put_on_record(turn, subject, met=turn.said.met and not turn.said.about_related)
    reply = noted_reply(turn, subject, noted)
    person, language = subject.person, turn.said.language
    if person is None:
        return reply
    role = turn.playbook.roles[person.role] if person.role else None
    style = turn.playbook.styles[person.style] if person.style else None
    return Reply(
        "people/described",
        {
            **reply.facts,
            "person": person.name,
            "role": role.name.in_(language) if role else None,
            "cares": role.cares.in_(language) if role else None,
            "style": style.name.in_(language) if style else None,
            "sell": style.sell.in_(language) if style else None,
        },
        reply.buttons,
    )


@handles("log_referral")
def log_referral(turn: Turn) -> Reply:
    """Puts the person introduced on record, with who made the introduction."""
    said = turn.said
    introduced = replace(
        turn, said=replace(said, mention=None if said.person else "new", source=said.source or "referral")
    )
    subject = resolving.to_change(replace(introduced, said=replace(introduced.said, intent="log_contact")))
    if subject.person is not None and said.referrer:
        named = _referrer(turn, said.referrer)
        # Two spellings of one name: nobody introduced themselves.
        subject.person.referrer = named if named is not subject.person else None
    noted = put_on_record(introduced, subject, met=False)
    if subject.new and subject.opportunity is not None:
        move_stage(turn, subject.opportunity, "lead")
    reply = noted_reply(introduced, subject, noted)
    referrer = subject.person.referrer if subject.person else None
    name = referrer.name if referrer else said.referrer
    return Reply("people/referred", {**reply.facts, "referrer": name}, reply.buttons)


def _referrer(turn: Turn, name: str) -> Person:
    """Who made the introduction: a person on record, or a new one."""
    found = names.match(name, turn.customers.persons_known(names.key(name)))
    known = turn.customers.person(found[0].id) if found else None
    if known is not None:
        return known
    person = Person(
        owner_id=turn.speaker.id, name=name, name_key=names.key(name), also_known_as=[], created_at=turn.now
    )
    turn.customers.add(person)
    return person


@handles("forget")
def forget(turn: Turn) -> Reply:
    """Asks before anything is deleted: it cannot be undone."""
    if not (turn.said.person or turn.said.company or turn.chosen):
        about_now = resolving.in_focus(turn)
        if about_now is None or turn.said.mention != "pronoun":
            return Reply("people/forget_whom")
    subject = resolving.to_read(turn)
    if subject.person is not None and (turn.said.person or not turn.said.company):
        arguments = {"person_id": subject.person.id}
        name = subject.person.name or resolving.display_name(subject.person, subject.company)
    elif subject.company is not None:
        arguments = {"company_id": subject.company.id}
        name = subject.company.name
    else:
        return Reply("people/forget_whom")
    buttons = (
        Button("delete", "forget_for_good", arguments, answer="affirm"),
        Button("keep", "leave_it", answer="deny"),
    )
    facts: dict[str, Any] = {"name": name, "whole_company": "company_id" in arguments}
    if subject.opportunity is not None:
        facts = about(turn, subject.opportunity, **facts)
    return Reply("people/forget", facts, buttons)


@presses("forget_for_good")
def forget_for_good(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Deletes the person or company from records, facts and stored messages."""
    turn.conversation.focus_id = None
    turn.conversation.question = None
    if "person_id" in arguments:
        person = turn.customers.person(arguments["person_id"])
        if person is None:
            return Reply("conversation/gone")
        turn.work.forgetting(turn.speaker).person(person)
        return Reply("people/forgotten", {"whole_company": False})
    company = turn.customers.company(arguments["company_id"])
    if company is None:
        return Reply("conversation/gone")
    turn.work.forgetting(turn.speaker).company(company)
    return Reply("people/forgotten", {"whole_company": True})
