"""The sales method in the conversation: objections, pitches, advice, prospecting, qualifying."""

from __future__ import annotations

from typing import Any

from actions import resolving
from actions.asking import Ask
from actions.catalogue import products_of
from actions.contacts import question_buttons
from actions.playbook import Playbook
from actions.playbook.products import Benefit, Product
from actions.recording import about, decider_to_reach, man_of, offering, suggested_follow_up
from actions.registry import handles
from actions.resolving import Subject
from actions.rules import names
from actions.turn import Reply, Turn
from storage.models import Objection, Opportunity

STATEMENTS = 2
"""FAB statements in one reply: what can be said aloud in one breath each."""


@handles("report_objection")
def report_objection(turn: Turn) -> Reply:
    """Notes the objection on the opportunity, and says what is behind it and how to answer."""
    subject = _objecting(turn)
    opportunity, kind, language = subject.opportunity, turn.said.objection or "stall", turn.said.language
    entry = turn.playbook.objections[kind]
    product = _product(turn, opportunity)
    role = _role(turn, subject)
    facts: dict[str, Any] = {
        "kind": kind,
        "behind": entry.behind.in_(language),
        "ask_back": entry.question.in_(language),
        "answers": [answer.in_(language) for answer in entry.answers[:2]],
        "avoid": entry.avoid.in_(language),
        "next": entry.next.in_(language),
        "product": product.name,
        "benefit": _statement(_best(product, role, kind)[0], language),
    }
    if opportunity is None:
        return Reply("coaching/objection", facts)
    turn.customers.add(
        Objection(
            opportunity_id=opportunity.id,
            message_id=turn.message.id,
            kind=kind,
            words=turn.said.text,
            said_at=turn.now,
        )
    )
    opportunity.touched_at = turn.now
    facts = about(turn, opportunity, **facts)
    due = suggested_follow_up(turn, opportunity, after="objection")
    return offering(turn, Reply("coaching/objection", facts), opportunity, due)


def _objecting(turn: Turn) -> Subject:
    """Who objects: a new name with an objection is a customer; with no name, the one the conversation is about."""
    if turn.said.person or turn.said.company or turn.chosen:
        return resolving.to_change(turn)
    about_now = resolving.in_focus(turn)
    if about_now is None:
        return Subject(None, None, None)
    return Subject(about_now.contact, about_now.company, about_now)


@handles("ask_pitch")
def ask_pitch(turn: Turn) -> Reply:
    """FAB statements for a product and a listener."""
    subject = resolving.if_named(turn)
    product = _product(turn, subject.opportunity or resolving.in_focus(turn))
    role, language = _role(turn, subject), turn.said.language
    statements = [_statement(benefit, language) for benefit in _best(product, role)[:STATEMENTS]]
    facts: dict[str, Any] = {
        "product": product.name,
        "what": product.what.in_(language),
        "role": turn.playbook.roles[role].name.in_(language) if role else None,
        "cares": turn.playbook.roles[role].cares.in_(language) if role else None,
        "statements": statements,
    }
    if subject.opportunity is not None:
        facts = about(turn, subject.opportunity, **facts)
    return Reply("coaching/pitch", facts)


def _statement(benefit: Benefit, language: str) -> dict[str, str]:
    return {part: getattr(benefit, part).in_(language) for part in ("feature", "advantage", "benefit", "evidence")}


def _product(turn: Turn, opportunity: Opportunity | None) -> Product:
    """The product named, else the one on the opportunity, else the catalogue's first. Raises Ask for an unknown one."""
    catalogue = products_of(turn)
    spoken = turn.said.product
    if named := _mentioned(turn.said.text, catalogue):
        return named
    if spoken is None:
        noted = opportunity.product if opportunity else None
        return _in_catalogue(noted, catalogue) or catalogue[0]
    product = _in_catalogue(spoken, catalogue)
    if product is None and turn.said.intent == "ask_pitch":
        nearest = names.nearest(spoken, [each.name for each in catalogue])
        known = [each.name for each in catalogue]
        raise Ask(Reply("coaching/no_product", {"product": spoken, "nearest": nearest, "known": known}))
    return product or catalogue[0]


def _mentioned(text: str, catalogue: tuple[Product, ...]) -> Product | None:
    """A product of the catalogue whose name stands in the text, the longest name first."""
    named = sorted(
        ((name, product) for product in catalogue for name in (product.name, *product.aliases)),
        key=lambda pair: -len(pair[0]),
    )
    words = f" {names.spaced(text)} "
    return next((product for name, product in named if f" {names.spaced(name)} " in words), None)


def _in_catalogue(spoken: str | None, catalogue: tuple[Product, ...]) -> Product | None:
    if spoken is None:
        return None
    wanted = names.key(spoken)
    for product in catalogue:
        if any(names.key(name) in (wanted, wanted.replace(" ", "")) for name in (product.name, *product.aliases)):
            return product
    contained = [product for product in catalogue if names.key(product.name) in wanted.split()]
    return contained[0] if contained else None


def _role(turn: Turn, subject: Subject) -> str | None:
    return turn.said.role or (subject.person.role if subject.person else None)


def _best(product: Product, role: str | None, objection: str | None = None) -> list[Benefit]:
    """The benefits that fit best first: those that answer the objection, then those for the listener."""
    return sorted(product.benefits, key=lambda each: (objection not in each.answers, role not in each.roles))


@handles("ask_advice")
def ask_advice(turn: Turn) -> Reply:
    """What to do next with a customer, by their MAN class and by what is still unknown."""
    opportunity = resolving.deal_to_read(turn)
    facts = about(turn, opportunity, stage_name=turn.playbook.stages[opportunity.stage].name.in_(turn.said.language))
    if opportunity.stage in ("won", "lost"):
        return Reply("coaching/advice", facts)
    facts |= _advice(turn.playbook, opportunity, turn.said.language)
    question = man_of(opportunity).next_question
    if question is not None:
        return Reply("coaching/advice", {**facts, "question": question}, question_buttons(opportunity, question))
    return offering(turn, Reply("coaching/advice", facts), opportunity, suggested_follow_up(turn, opportunity))


def _advice(playbook: Playbook, opportunity: Opportunity, language: str) -> dict[str, Any]:
    """What can be done now, what to ask aloud, what the answer would make of them, and how to put it; what there is."""
    man, decider = man_of(opportunity), decider_to_reach(opportunity)
    name = decider.name if decider else None
    facts: dict[str, Any] = {}
    if man.class_ is not None:
        entry = playbook.classes[man.class_]
        facts["actions"] = [action.for_(name, language) for action in entry.actions if action.fits(name)]
        if asked := [action.for_(name, language) for action in entry.ask if action.fits(name)]:
            facts["ask"] = asked[0]
    elif (fact := man.next_question) is not None:
        facts["ask"] = playbook.question(fact, man).in_(language)
        if_yes, if_no = man.given(fact, True).class_, man.given(fact, False).class_
        if if_yes and if_no:
            facts["outcomes"] = [
                {"class": class_, "verdict": playbook.classes[class_].verdict.in_(language)}
                for class_ in (if_yes, if_no)
            ]
    listener = next((person for person in (decider, opportunity.contact) if person and person.style), None)
    if listener is not None and listener.style is not None and "ask" in facts:
        facts["manner"] = {"who": listener.name, "words": playbook.styles[listener.style].sell.opening(language)}
    return facts


@handles("ask_prospecting")
def ask_prospecting(turn: Turn) -> Reply:
    """Ways of finding customers: three at a time, so that each can be tried."""
    start = turn.message.id % max(len(turn.playbook.prospecting), 1)
    ways = [*turn.playbook.prospecting, *turn.playbook.prospecting][start : start + 3]
    language = turn.said.language
    shown = [
        {part: getattr(way, part).in_(language) for part in ("name", "method", "strength", "weakness")} for way in ways
    ]
    return Reply("coaching/prospecting", {"ways": shown})


@handles("qualify")
def qualify(turn: Turn) -> Reply:
    """The five questions of the opportunity audit, with the MAN picture beside them."""
    opportunity = resolving.deal_to_read(turn)
    questions = [question.in_(turn.said.language) for question in turn.playbook.audit]
    return Reply("coaching/qualify", about(turn, opportunity, questions=questions))


@handles("rate_credit")
def rate_credit(turn: Turn) -> Reply:
    """What is known of a customer's money; a rating is never guessed from nothing."""
    return Reply("coaching/credit", about(turn, resolving.deal_to_read(turn)))
