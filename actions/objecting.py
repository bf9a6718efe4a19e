"""Objections: how to meet one, how it went, and which answers have worked for the team (domain, section 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from actions import resolving
from actions.asking import Ask, wait_for
from actions.catalogue import products_of
from actions.pitching import (
    listener_of,
    product_answered,
    product_named,
    product_of,
    statements,
    with_product,
)
from actions.playbook import OTHER_ANSWER
from actions.recording import about, offering, offering_follow_up, put_on_record, suggested_follow_up
from actions.registry import handles, presses
from actions.resolving import Subject
from actions.rules.objections import Tried, best_first
from actions.turn import Button, Reply, Turn
from nlu.understanding import Understanding
from nlu.values.mentions import mention_of
from storage.models import Objection, Opportunity
from storage.repositories import AnswerCount


@handles("report_objection")
def report_objection(turn: Turn) -> Reply:
    """Notes the objection on the opportunity, and says how to answer it; or which answers have worked."""
    if turn.said.topic == "results":
        return _results(turn)
    turn = _with_customer(with_product(turn))
    subject = _objecting(turn)
    opportunity, kind = subject.opportunity, turn.said.objection or "stall"
    if opportunity is not None:
        turn.customers.add_said(
            Objection,
            {
                "opportunity_id": opportunity.id,
                "message_id": turn.message.id,
                "kind": kind,
                "words": turn.said.text,
                "said_at": turn.now,
            },
        )
        opportunity.touched_at = turn.now
    return _meeting(turn, kind, subject)


def _with_customer(turn: Turn) -> Turn:
    """A firm named after the customer ("they have an offer from Grundfos") is the competitor, not who objects."""
    said = turn.said
    if said.objection != "competitor" or said.company is None or said.person is not None:
        return turn
    start = said.text.find(said.company)
    others = mention_of(said.text, [(start, start + len(said.company))]) == "pronoun"
    return replace(turn, said=replace(said, company=None)) if others else turn


def _objecting(turn: Turn) -> Subject:
    """Who objects: a new name with an objection is a customer; with no name, the one the conversation is about."""
    if turn.said.person or turn.said.company or turn.chosen:
        return resolving.to_change(turn)
    about_now = resolving.in_focus(turn)
    if about_now is None:
        return Subject(None, None, None)
    return Subject(about_now.contact, about_now.company, about_now)


def _meeting(turn: Turn, kind: str, subject: Subject) -> Reply:
    """How to meet this kind of objection from this customer: with what has worked, and the product's own benefit."""
    entry, language, opportunity = turn.playbook.objections[kind], turn.said.language, subject.opportunity
    known = product_named(turn) or product_of(turn, opportunity)
    product = known or products_of(turn)[0]
    listener = listener_of(turn, subject.person if turn.said.person else None, opportunity)
    facts: dict[str, Any] = {
        "kind": kind,
        "behind": entry.behind.in_(language),
        "ask_back": entry.question.in_(language),
        "answers": _answers(turn, kind),
        "avoid": entry.avoid.in_(language),
        "next": entry.next.in_(language),
        "product": product.name,
        "assumed": known is None,
        "benefit": statements(turn, product, listener, 1, objection=kind)[0],
        "listener": listener.facts(turn.playbook, language),
    }
    if known is None:
        said = {**turn.said.to_json(), "objection": kind}
        opportunity_id = opportunity.id if opportunity else None
        wait_for(turn, "product", "objection_about", {"said": said, "opportunity_id": opportunity_id})
    if opportunity is None:
        return Reply("coaching/objection", facts).with_more("coaching/objection_more")
    reply = Reply("coaching/objection", about(turn, opportunity, **facts))
    due = suggested_follow_up(turn, opportunity, after="objection")
    return offering_follow_up(turn, reply, opportunity, due).with_more("coaching/objection_more")


@presses("objection_about")
def objection_about(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The product that the objection is about, in words: noted, and the same answer with that product's benefit."""
    product = product_answered(turn)
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    said = Understanding.from_json({**arguments["said"], "product": product.name})
    subject = Subject(None, None, None)
    if opportunity is not None:
        subject = Subject(opportunity.contact, opportunity.company, opportunity)
        told = replace(turn.said, intent="log_contact", product=product.name, person=None, company=None)
        put_on_record(replace(turn, said=told), subject, met=False)
    return _meeting(replace(turn, said=said), str(said.objection), subject)


def _answers(turn: Turn, kind: str, counts: Iterable[AnswerCount] | None = None) -> list[dict[str, Any]]:
    """The playbook's answers to a kind of objection, what has worked for the team first."""
    counts = turn.work.objections(turn.speaker).answers_of_team(kind) if counts is None else counts
    tried = {each.answer: Tried(each.used, each.worked) for each in counts if each.kind == kind}
    answers = {answer.key: answer for answer in turn.playbook.objections[kind].answers}
    language = turn.said.language
    return [
        {
            "key": key,
            "label": answers[key].label.in_(language),
            "words": answers[key].in_(language),
            "aloud": answers[key].aloud,
            "used": tried.get(key, Tried()).used,
            "worked": tried.get(key, Tried()).worked,
        }
        for key in best_first(list(answers), tried)
    ]


# --- how it went


@presses("objection_settled")
def objection_settled(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Whether the objection is settled; asks which answer was used."""
    objection, opportunity = _raised(turn, arguments)
    objection.outcome = "settled" if arguments["settled"] else "open"
    if arguments["settled"]:
        _settle_the_same(turn, objection)
    turn.customers.flush()
    arguments = {"objection_id": objection.id}
    buttons = [
        Button("name", "objection_answered", {**arguments, "answer": each["key"]}, {"name": each["label"]})
        for each in _answers(turn, objection.kind)
    ]
    buttons.append(Button("something_else", "objection_answered", {**arguments, "answer": OTHER_ANSWER}))
    facts = about(turn, opportunity, kind=objection.kind, outcome=objection.outcome)
    return Reply("coaching/objection_which", facts, tuple(buttons))


def _settle_the_same(turn: Turn, objection: Objection) -> None:
    """What was raised several times is settled as one."""
    for each in turn.work.objections(turn.speaker).unsettled(objection.opportunity_id):
        if each.kind == objection.kind:
            each.outcome = "settled"


@presses("objection_answered")
def objection_answered(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Keeps which answer was used; says what else can be tried where the objection is still open."""
    objection, opportunity = _raised(turn, arguments)
    objection.answer = arguments["answer"]
    turn.customers.flush()
    answers = _answers(turn, objection.kind)
    used = next((each for each in answers if each["key"] == objection.answer), None)
    other = next(each for each in answers if each["key"] != objection.answer)
    facts = about(turn, opportunity, kind=objection.kind, outcome=objection.outcome, used=used, other=other)
    due = suggested_follow_up(turn, opportunity, after="objection" if objection.outcome == "open" else None)
    return offering(turn, Reply("coaching/objection_kept", facts), opportunity, due)


def _raised(turn: Turn, arguments: dict[str, Any]) -> tuple[Objection, Opportunity]:
    """The objection that a button is about, with its customer. Raises Ask where it is gone."""
    objection = turn.work.objections(turn.speaker).get(arguments["objection_id"])
    if objection is None:
        raise Ask(Reply("conversation/gone"))
    return objection, resolving.pressed_on(turn, {"opportunity_id": objection.opportunity_id})


# --- what has worked


def _results(turn: Turn) -> Reply:
    """Which answers have worked: of one kind all of them, else the best of each kind, the most frequent kind first."""
    asked = turn.said.objection
    counts = turn.work.objections(turn.speaker).answers_of_team(asked)
    if not counts:
        return Reply("coaching/objection_untried", {"kind": asked})
    if asked is None:
        return Reply("coaching/objection_best", {"kinds": _best_of_each(turn, counts)})
    own = next((each for each in counts if each.answer == OTHER_ANSWER), None)
    facts = {
        "kind": asked,
        "answers": _answers(turn, asked, counts),
        "own": {"used": own.used, "worked": own.worked} if own else None,
    }
    return Reply("coaching/objection_results", facts)


def _best_of_each(turn: Turn, counts: list[AnswerCount]) -> list[dict[str, Any]]:
    """For each kind how often it was answered, and the answer that has worked best; its label is None for one's own."""
    told = []
    for kind in sorted({each.kind for each in counts}, key=lambda kind: -_used(counts, kind)):
        own = [each for each in counts if (each.kind, each.answer) == (kind, OTHER_ANSWER)]
        ranked = [*_answers(turn, kind, counts), *({**each._asdict(), "label": None} for each in own)]
        best = next((each for each in ranked if each["worked"]), None)
        told.append({"kind": kind, "used": _used(counts, kind), "best": best})
    return told


def _used(counts: list[AnswerCount], kind: str) -> int:
    return sum(each.used for each in counts if each.kind == kind)
