"""People at a customer: what part they play, what they are like, who is who; and forgetting somebody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import resolving
from actions.contacts import log_contact, noted_reply
from actions.needs import needs_button
from actions.placing import people_with_places
from actions.recording import about, put_on_record
from actions.registry import handles, presses
from actions.rules import names
from actions.rules.people import Place, missing_parts
from actions.turn import Button, Reply, Turn
from storage.models import Opportunity, Person

PEOPLE_SHOWN = 6
"""People on the map of an account."""


@handles("describe_person")
def describe_person(turn: Turn) -> Reply:
    """Notes role and style, and says what this person cares about and how to deal with them."""
    if named := names_the_buyer(turn):
        return named
    subject = resolving.to_note(turn)
    style_before = subject.person.style if subject.person else None
    noted = put_on_record(turn, subject, met=turn.said.met and not turn.said.about_related)
    reply = noted_reply(turn, subject, noted)
    person, language = subject.person, turn.said.language
    if person is None:
        return reply
    style = turn.playbook.styles[person.style] if person.style else None
    facts = {
        **reply.facts,
        "person": person.name,
        **turn.playbook.ways_with(person.role, person.style, language),
        "known_by": style.known_by.in_(language) if style else None,
        # What was inferred is said with the words it was taken from: the rep can tell whether it is right.
        "taken_from": turn.said.words.get("style", turn.said.text) if turn.said.style and style else None,
        "style_before": style_before if style_before != person.style else None,
    }
    described = Reply("people/described", facts, reply.buttons)
    return described.with_more("people/described_more") if style else described


def names_the_buyer(turn: Turn) -> Reply | None:
    """The reply to "he is Li Wei from Acme", where a buyer without a name was spoken of; None for anything else.

    The model knows no intent for it. What was read as another's name may be the company: "he's Li Wei from Acme".
    """
    said = turn.said
    unnamed = resolving.in_focus(turn) if said.person else None
    if not said.person or unnamed is None or unnamed.contact is None or unnamed.contact.name is not None:
        return None
    company = said.company or said.referrer
    forms = turn.playbook.people.naming.forms(said.person, company)
    # "His name is Li Wei from Acme" may be taken for a referral; one has somebody who made it, or says that it is one.
    named = said.mention == "naming" and said.intent == "log_referral" and not (said.referrer or said.source)
    if not named and names.spaced(said.text) not in {names.spaced(form) for form in forms}:
        return None
    if names.match(said.person, turn.customers.persons_known(names.key(said.person))):
        return None
    meant = replace(said, intent="log_contact", company=company, referrer=None, mention="naming", related=None)
    return log_contact(replace(turn, said=meant))


# --- who is who


def who_is_who(turn: Turn, opportunity: Opportunity) -> Reply:
    """The map of the account: part, function, reached or not; which parts nobody is known to have, and what is next."""
    placed, language = people_with_places(turn, opportunity), turn.said.language
    roles, parts = turn.playbook.roles, turn.playbook.people.parts
    missing = missing_parts(place for person, place in placed if person.name)
    facts = about(
        turn,
        opportunity,
        people=[_on_the_map(turn, person, place) for person, place in placed[:PEOPLE_SHOWN]],
        people_count=len(placed),
        missing=[
            {
                "name": roles[part].name.in_(language),
                "does": parts[part].does.in_(language),
                "find": [way.in_(language) for way in parts[part].find],
            }
            for part in missing
        ],
    )
    buttons = (needs_button(opportunity),) if any(person.name for person, _ in placed) else ()
    return Reply("people/account", facts, buttons).with_more("people/account_more")


def _on_the_map(turn: Turn, person: Person, place: Place) -> dict[str, Any]:
    roles, language = turn.playbook.roles, turn.said.language
    style = turn.playbook.styles[person.style] if person.style else None
    known = [*place.parts, *([place.function] if place.function else [])]
    return {
        "name": person.name,
        "roles": [roles[role].name.in_(language) for role in known],
        # The function is nearer to their work than the part; who decides cares as such, whatever the function.
        "cares": roles[known[0] if "decision_maker" in known else known[-1]].cares.in_(language) if known else None,
        "style": style.name.in_(language) if style else None,
        "manner": style.sell.opening(language) if style else None,
        "reached": person.reached_at is not None,
    }


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
