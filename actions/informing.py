"""The five pieces of sales information: what is known of a customer, and one question at a time after the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from actions.asking import ANSWERING, NoAnswer, wait_for
from actions.placing import people_with_places
from actions.playbook.information import Aspect, Information
from actions.recording import (
    about,
    man_of,
    money_of,
    note,
    offering,
    people_of,
    put_on_record,
    suggested_follow_up,
)
from actions.registry import presses
from actions.resolving import Subject, bring_in, focus
from actions.rules import names
from actions.rules.information import lacking, next_aspect
from actions.rules.man import NO_CUSTOMER
from actions.rules.people import Place
from actions.rules.stages import CLOSED
from actions.turn import Button, Reply, Turn
from nlu.understanding import MAN, Understanding
from storage.models import Opportunity, Person

PEOPLE_SHOWN = 4
SURE = 0.5
"""The confidence from which on a message is taken for the command that it looks like, and no answer."""


@dataclass(frozen=True)
class Known:
    """What is on record of a customer: by field the value to show."""

    fields: Mapping[str, Any]
    lacks: Mapping[str, tuple[str, ...]]
    """For each piece the aspects of which nothing is known."""

    @property
    def pieces(self) -> int:
        """How many of the five are known."""
        return sum(not aspects for aspects in self.lacks.values())


def known_of(turn: Turn, opportunity: Opportunity) -> Known:
    """What is known of the five pieces, from the record and from what was answered."""
    information = turn.playbook.information
    fields: dict[str, Any] = {
        fact: "yes" if value else "no" for fact in MAN if (value := getattr(opportunity, fact)) is not None
    }
    for field in ("product", "quantity"):
        if (value := getattr(opportunity, field)) is not None:
            fields[field] = value
    if (amount := money_of(opportunity)) is not None:
        fields["amount"] = amount
    if opportunity.expected_close is not None:
        fields["expected_close"] = opportunity.expected_close.isoformat()
    fields |= _people(people_with_places(turn, opportunity))
    said = turn.work.customer_file(turn.speaker).latest_facts(opportunity.id, information.noted_fields())
    fields = {field: fact.words or fact.value for field, fact in said.items()} | fields
    return Known(fields, lacking(information.fields(), fields.keys()))


def _people(placed: Sequence[tuple[Person, Place]]) -> dict[str, Any]:
    """Who decides, and who else has a part or a function, by name."""
    named = [(person.name, place) for person, place in placed if person.name]
    deciders = [name for name, place in named if "decision_maker" in place.parts]
    others = [name for name, place in named if name not in deciders and (place.parts or place.function)]
    found = {"decider": deciders[:PEOPLE_SHOWN], "others": others[:PEOPLE_SHOWN]}
    return {field: people for field, people in found.items() if people}


def shown(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    """The facts of a reply about the five pieces: what of each is known and what is not."""
    known, language = known_of(turn, opportunity), turn.said.language
    pieces = []
    for key, piece in turn.playbook.information.pieces.items():
        fields = dict.fromkeys(field for aspect in piece.aspects.values() for field in aspect.known_by)
        pieces.append(
            {
                "name": piece.name.in_(language),
                "known": not known.lacks[key],
                "have": [{"field": field, "value": known.fields[field]} for field in fields if field in known.fields],
                "lacks": [piece.aspects[aspect].name.in_(language) for aspect in known.lacks[key]],
            }
        )
    return about(turn, opportunity, pieces=pieces, count=known.pieces)


def question_in(turn: Turn, opportunity: Opportunity) -> dict[str, Any] | None:
    """The next question about a piece, with how to ask the customer; from here on an answer in words is waited for.

    None where all is known that is asked for in words.
    """
    wanted = next_aspect(known_of(turn, opportunity).lacks, MAN)
    aspect = turn.playbook.information.aspect(wanted[1]) if wanted else None
    if wanted is None or aspect is None or aspect.ask is None or aspect.aloud is None:
        return None
    language = turn.said.language
    arguments = {"opportunity_id": opportunity.id, "aspect": wanted[1]}
    wait_for(turn, "anything", "answer_information", arguments)
    return {**arguments, "ask": aspect.ask.in_(language), "aloud": aspect.aloud.in_(language)}


def asking_now_and_then(turn: Turn, reply: Reply, opportunity: Opportunity) -> Reply:
    """The reply with the next question, where MAN is complete, nothing else is asked and none was asked of late."""
    man = man_of(opportunity)
    if man.unknown or man.verdict == NO_CUSTOMER or opportunity.stage in CLOSED or reply.buttons:
        return reply
    since = turn.now - timedelta(days=turn.playbook.information.wait_days)
    if turn.work.customer_file(turn.speaker).asked_since(turn.conversation.id, opportunity.id, since):
        return reply
    piece = question_in(turn, opportunity)
    return reply if piece is None else replace(reply.with_facts(piece=piece), buttons=not_known(piece))


def not_known(piece: dict[str, Any]) -> tuple[Button, ...]:
    """[not sure] for a question about a piece."""
    arguments = {"opportunity_id": piece["opportunity_id"], "aspect": piece["aspect"]}
    return (Button("not_sure", "leave_information", arguments, answer="deny"),)


@presses("leave_information")
def leave_information(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The rep does not know either: how to find it out."""
    turn.conversation.question = None
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    aspect = turn.playbook.information.aspect(arguments["aspect"])
    if opportunity is None or aspect is None or aspect.aloud is None:
        return Reply("conversation/gone")
    focus(turn, opportunity)
    facts = about(turn, opportunity, aloud=aspect.aloud.in_(turn.said.language))
    return offering(turn, Reply("people/find_out", facts), opportunity, suggested_follow_up(turn, opportunity))


@presses("answer_information")
def answer_information(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Keeps the answer with its words. Raises NoAnswer for a message that is about something else."""
    information = turn.playbook.information
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    aspect = information.aspect(arguments["aspect"])
    if opportunity is None or aspect is None or aspect.noted_as is None:
        raise NoAnswer
    if _says_nothing(turn.said.text, information):
        return leave_information(turn, arguments)
    subject = _answered_of(turn, opportunity, aspect)
    if subject is None:
        raise NoAnswer
    said = _as_answer(turn.said, aspect.known_by)
    if arguments["aspect"] == "decider" and subject.person is not None:
        said = replace(said, authority="yes", role="decision_maker")
    focus(turn, opportunity)
    noted = put_on_record(replace(turn, said=said), subject, met=False)
    if not any(item["field"] in aspect.known_by for item in noted.items):
        note(turn, opportunity, None, aspect.noted_as, turn.said.text)
    facts = about(turn, opportunity, **noted.facts(), aspect=aspect.name.in_(turn.said.language), words=turn.said.text)
    facts["count"] = known_of(turn, opportunity).pieces
    reply = Reply("people/information_noted", facts)
    return offering(turn, reply, opportunity, suggested_follow_up(turn, opportunity))


def _as_answer(said: Understanding, asked: Sequence[str]) -> Understanding:
    """The message with no more than was asked for: "two old Grundfos pumps" are used today, not wanted."""
    return replace(
        said,
        intent="log_contact",
        company=None,
        source=None,
        product=said.product if "product" in asked else None,
        quantity=said.quantity if "quantity" in asked else None,
        amount=said.amount if "amount" in asked else None,
        when=said.when if "expected_close" in asked else None,
        purpose="close",
        words={},
    )


def _says_nothing(text: str, information: Information) -> bool:
    said = names.spaced(text)
    return not said or said in {names.spaced(phrase) for phrase in information.nothing_said}


def _answered_of(turn: Turn, opportunity: Opportunity, aspect: Aspect) -> Subject | None:
    """Whom the answer tells of: the person it names, the contact by a pronoun, else nobody; None where it is no answer.

    An answer names no customer, nobody from elsewhere and nobody new, and a company only where the question asks for
    one; it tells of no stage, and of money, authority and need only where the question asks for them.
    """
    said, company = turn.said, opportunity.company
    if said.confidence >= SURE and (said.intent not in ANSWERING or said.stage):
        return None
    off_topic = any(getattr(said, fact) is not None for fact in MAN if fact not in aspect.tells)
    if (
        (said.company and not _is_answer(turn, said.company, aspect))
        or off_topic
        or said.mention == "new"
        or said.stage
    ):
        return None
    if not said.person:
        return Subject(opportunity.contact if said.mention == "pronoun" else None, company, opportunity)
    meant = names.match(said.person, turn.customers.persons_known(names.key(said.person)))
    here = {person.id: person for person in people_of(opportunity)}
    if taking_part := [here[each.id] for each in meant if each.id in here]:
        return Subject(taking_part[0], company, opportunity)
    if meant:
        return None
    return Subject(bring_in(turn, said.person, Subject(None, company, opportunity)), company, opportunity)


def _is_answer(turn: Turn, company: str, aspect: Aspect) -> bool:
    """Whether a company named is a competitor or a supplier, not a customer."""
    return aspect.names_companies and not names.match(company, turn.customers.companies_known(names.key(company)))
