"""What is known of one customer: the card, the file in its five classes, who is who, what is still to be found out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions import informing, referring
from actions.asking import Ask
from actions.contacts import question_buttons
from actions.needs import needs_button, personal_need, told
from actions.people import names_the_buyer, who_is_who
from actions.placing import people_with_places
from actions.recording import YES_NO, about, local, man_of, money
from actions.registry import handles
from actions.resolving import Subject, display_name, to_read
from actions.rules.people import Place
from actions.rules.stages import CLOSED
from actions.turn import Reply, Turn
from nlu.understanding import MAN
from storage.models import Fact, Opportunity, Person
from storage.repositories.customer_file import CustomerFile, KindSum

SHOWN = 10
"""Things said, rows of the books and the like behind [more]."""
PEOPLE_SHOWN = 4
"""People on a company's card, which fits one screen of a phone."""
FILES_NAMED = 3
"""Files that are named behind the card's [more]."""
CLASSES = {
    "orders": ("agreement",),
    "debts": ("debt", "repayment"),
    "transactions": ("purchase",),
    "returns": ("return", "discount"),
}
"""The classes of a customer's file besides the basic data, and the kinds of rows in each (domain, section 2)."""


@handles("show_customer")
def show_customer(turn: Turn) -> Reply:
    """The customer card, or the side of the customer that is asked for."""
    if named := names_the_buyer(turn):
        return named
    if turn.said.topic == "referrals":
        return referring.who_introduced_whom(turn)
    subject = to_read(turn)
    opportunity = subject.opportunity
    if opportunity is None:
        raise Ask(Reply("contacts/card_empty", {"who": display_name(subject.person, subject.company)}))
    if turn.said.topic == "people":
        return who_is_who(turn, opportunity)
    if turn.said.topic == "information":
        return _information(turn, opportunity)
    if turn.said.topic == "file":
        return _file(turn, opportunity)
    return _card(turn, subject, opportunity)


def _information(turn: Turn, opportunity: Opportunity) -> Reply:
    """The five pieces with what is known of each, and the next question."""
    reply = Reply("people/information", informing.shown(turn, opportunity))
    if opportunity.stage in CLOSED:
        return reply
    man = man_of(opportunity)
    if (fact := man.next_question) is not None:
        aloud = turn.playbook.question(fact, man).in_(turn.said.language)
        asked = reply.with_facts(question=fact, aloud=aloud)
        return Reply(asked.template, asked.facts, question_buttons(opportunity, fact))
    piece = informing.question_in(turn, opportunity)
    if piece is None:
        return reply
    return Reply(reply.template, {**reply.facts, "piece": piece}, informing.not_known(piece))


# --- the card


def _card(turn: Turn, subject: Subject, opportunity: Opportunity) -> Reply:
    """A person's card where a person is asked for or no company is known, else the company's."""
    placed = people_with_places(turn, opportunity)
    person = subject.person if turn.said.person or "person_id" in turn.chosen or not subject.company else None
    facts = about(
        turn,
        opportunity,
        **_deal(turn, opportunity),
        **_said(turn, opportunity),
        people=[_person(turn, each, place) for each, place in placed[:SHOWN]],
        people_shown=PEOPLE_SHOWN,
        people_count=len(placed),
        objections=[objection.kind for objection in turn.customers.objections(opportunity.id)],
        **_books(turn, opportunity),
        one=_one(turn, person, placed) if person is not None else None,
    )
    question = man_of(opportunity).next_question
    theirs = (needs_button(opportunity, person),) if person is not None and person.name else ()
    if question is None or opportunity.stage in CLOSED:
        return Reply("contacts/card", facts, theirs).with_more("contacts/card_more")
    buttons = (*question_buttons(opportunity, question), *theirs)
    return Reply("contacts/card", {**facts, "question": question}, buttons).with_more("contacts/card_more")


def _deal(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    return {
        "stage_name": turn.playbook.stages[opportunity.stage].name.in_(turn.said.language),
        "since": _day(turn, opportunity.stage_since),
        "product": opportunity.product,
        "quantity": opportunity.quantity,
        "source": opportunity.source,
        "expected_close": opportunity.expected_close.isoformat() if opportunity.expected_close else None,
    }


def _said(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    """In `said` the words for each MAN fact, in `history` what was said last, by whom and when."""
    kept = _kept(turn)
    evidence = kept.latest_facts(opportunity.id, MAN)
    history = turn.customers.facts(opportunity.id, limit=SHOWN)
    names = kept.names_of_members(list({fact.member_id for fact in history}))
    return {
        "said": [_words(turn, evidence[fact]) for fact in MAN if fact in evidence],
        "history": [{**_words(turn, fact), "by": names.get(fact.member_id)} for fact in history],
    }


def _words(turn: Turn, fact: Fact) -> dict[str, Any]:
    return {"field": fact.field, "value": fact.value, "words": fact.words, "when": _day(turn, fact.said_at)}


def _person(turn: Turn, person: Person, place: Place) -> dict[str, Any]:
    roles, language = turn.playbook.roles, turn.said.language
    referrer = turn.work.referrals(turn.speaker).introducer_of(person)
    return {
        "name": person.name,
        "roles": [roles[role].name.in_(language) for role in _roles(place)],
        "style": turn.playbook.styles[person.style].name.in_(language) if person.style else None,
        "authority": YES_NO.get(person.authority) if person.authority is not None else None,
        "decides": "decision_maker" in place.parts,
        "reached": person.reached_at is not None,
        "phone": person.phone,
        "email": person.email,
        "wechat": person.wechat,
        "referrer": referrer.name if referrer else None,
    }


def _roles(place: Place) -> tuple[str, ...]:
    return (*place.parts, *([place.function] if place.function else []))


def _one(turn: Turn, person: Person, placed: Sequence[tuple[Person, Place]]) -> dict[str, Any]:
    """What only a person's card has: what they care about, how to deal with them, whom they introduced."""
    place = next((place for each, place in placed if each.id == person.id), Place())
    roles = _roles(place)
    style = turn.playbook.styles[person.style] if person.style else None
    language = turn.said.language
    return {
        **_person(turn, person, place),
        "company": person.company.name if person.company else None,
        "cares": turn.playbook.roles[roles[-1]].cares.in_(language) if roles else None,
        "manner": style.sell.opening(language) if style else None,
        "sell": style.sell.in_(language) if style else None,
        "need": told(turn, personal_need(turn, person, person.style, roles)),
        "reached_on": _day(turn, person.reached_at) if person.reached_at else None,
        "introduced": len(turn.work.referrals(turn.speaker).introduced_by([person.id], SHOWN)),
    }


def _books(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    """What was bought and is owed, by currency, and the latest files."""
    kept = _kept(turn)
    sums = kept.sums(opportunity.company_id, opportunity.contact_id)
    bought = [each for each in sums if each.kind == "purchase"]
    files, count = kept.attachments(opportunity.id, FILES_NAMED)
    return {
        "bought": [money(each.amount_minor, each.currency) for each in bought],
        "bought_last": max((each.last for each in bought), default=opportunity.created_at.date()).isoformat(),
        "owed": owed(sums),
        "files": [file.name for file in files],
        "files_count": count,
    }


# --- the file


def _file(turn: Turn, opportunity: Opportunity) -> Reply:
    """The five classes with their sums; the latest rows behind [more]."""
    kept = _kept(turn)
    company_id, person_id = opportunity.company_id, opportunity.contact_id
    sums = kept.sums(company_id, person_id)
    files, count = kept.attachments(opportunity.id, SHOWN)
    people = people_with_places(turn, opportunity)
    won = kept.won(company_id, person_id, SHOWN)
    facts = about(
        turn,
        opportunity,
        **_deal(turn, opportunity),
        created=_day(turn, opportunity.created_at),
        people_count=len(people),
        contact=_person(turn, *people[0]) if people else None,
        sums={name: [_sum(each) for each in sums if each.kind in kinds] for name, kinds in CLASSES.items()},
        owed=owed(sums),
        won=[
            {
                "amount": money(deal.amount_minor, deal.currency or turn.currency) if deal.amount_minor else None,
                "product": deal.product,
                "when": _day(turn, deal.closed_at or deal.stage_since),
            }
            for deal in won
        ],
        rows=[
            {
                "kind": row.kind,
                "when": row.happened_on.isoformat(),
                "amount": money(row.amount_minor, row.currency),
                "product": row.product,
                "reference": row.reference,
            }
            for row in kept.rows(company_id, person_id, SHOWN)
        ],
        files=[{"name": each.name, "when": _day(turn, each.sent_at), "words": each.words} for each in files],
        files_count=count,
    )
    reply = Reply("contacts/file", facts)
    return reply.with_more("contacts/file_more") if facts["rows"] or facts["files"] or facts["won"] else reply


def _sum(each: KindSum) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "count": each.count,
        "amount": money(each.amount_minor, each.currency),
        "last": each.last.isoformat(),
    }


def owed(sums: Sequence[KindSum]) -> list[dict[str, Any]]:
    """Debts less repayments, where something is left, by currency."""
    left: dict[str, int] = {}
    for each in sums:
        if each.kind in CLASSES["debts"]:
            sign = 1 if each.kind == "debt" else -1
            left[each.currency] = left.get(each.currency, 0) + sign * each.amount_minor
    return [money(amount, currency) for currency, amount in left.items() if amount > 0]


def _kept(turn: Turn) -> CustomerFile:
    return turn.work.customer_file(turn.speaker)


def _day(turn: Turn, moment: Any) -> str:
    return local(turn, moment).date().isoformat()
