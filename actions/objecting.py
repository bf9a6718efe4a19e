"""Objections: how to meet one, how it went, and which answers have worked for the team (domain, section 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from actions import resolving
from actions.catalogue import products_of
from actions.pitching import listener_of, product_meant, statements
from actions.playbook import OTHER_ANSWER
from actions.recording import about, offering, offering_follow_up, suggested_follow_up
from actions.registry import handles, presses
from actions.resolving import Subject
from actions.rules.objections import Tried, best_first
from actions.turn import Button, Reply, Turn
from storage.models import Objection, Opportunity
from storage.repositories import AnswerCount


@handles("report_objection")
def report_objection(turn: Turn) -> Reply:
    """Notes the objection on the opportunity, and says how to answer it; or which answers have worked."""
    if turn.said.topic == "results":
        return _results(turn)
    subject = _objecting(turn)
    opportunity, kind = subject.opportunity, turn.said.objection or "stall"
    facts = _meeting(turn, kind, subject)
    if opportunity is None:
        return Reply("coaching/objection", facts).with_more("coaching/objection_more")
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
    reply = Reply("coaching/objection", about(turn, opportunity, **facts))
    due = suggested_follow_up(turn, opportunity, after="objection")
    return offering_follow_up(turn, reply, opportunity, due).with_more("coaching/objection_more")


def _objecting(turn: Turn) -> Subject:
    """Who objects: a new name with an objection is a customer; with no name, the one the conversation is about."""
    if turn.said.person or turn.said.company or turn.chosen:
        return resolving.to_change(turn)
    about_now = resolving.in_focus(turn)
    if about_now is None:
        return Subject(None, None, None)
    return Subject(about_now.contact, about_now.company, about_now)


def _meeting(turn: Turn, kind: str, subject: Subject) -> dict[str, Any]:
    """How to meet this kind of objection from this customer: with what has worked, and the product's own benefit."""
    entry, language, opportunity = turn.playbook.objections[kind], turn.said.language, subject.opportunity
    meant = product_meant(turn, opportunity)
    product = meant or products_of(turn)[0]
    person = subject.person if turn.said.person else None
    listener = listener_of(turn, person, opportunity)
    return {
        "kind": kind,
        "behind": entry.behind.in_(language),
        "ask_back": entry.question.in_(language),
        "answers": _answers(turn, kind),
        "avoid": entry.avoid.in_(language),
        "next": entry.next.in_(language),
        "product": product.name,
        "assumed": meant is None,
        "benefit": statements(turn, product, listener, 1, objection=kind)[0],
        "listener": listener.facts(turn.playbook, language),
    }


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
    found = _raised(turn, arguments)
    if found is None:
        return Reply("conversation/gone")
    objection, opportunity = found
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
    found = _raised(turn, arguments)
    if found is None:
        return Reply("conversation/gone")
    objection, opportunity = found
    objection.answer = arguments["answer"]
    turn.customers.flush()
    answers = _answers(turn, objection.kind)
    used = next((each for each in answers if each["key"] == objection.answer), None)
    other = next(each for each in answers if each["key"] != objection.answer)
    facts = about(turn, opportunity, kind=objection.kind, outcome=objection.outcome, used=used, other=other)
    due = suggested_follow_up(turn, opportunity, after="objection" if objection.outcome == "open" else None)
    return offering(turn, Reply("coaching/objection_kept", facts), opportunity, due)


def _raised(turn: Turn, arguments: dict[str, Any]) -> tuple[Objection, Opportunity] | None:
    objection = turn.work.objections(turn.speaker).get(arguments["objection_id"])
    opportunity = turn.customers.opportunity(objection.opportunity_id) if objection else None
    if objection is None or opportunity is None:
        return None
    resolving.focus(turn, opportunity)
    return objection, opportunity


# --- what has worked


def _results(turn: Turn) -> Reply:
    """Which answers have worked: of one kind all of them, else the best of each kind, the most frequent kind first."""
    asked = turn.said.objection
    counts = turn.work.objections(turn.speaker).answers_of_team(asked)
    used = Counter[str]()
    for each in counts:
        used[each.kind] += each.used
    kinds = [asked] if asked else [kind for kind, _ in used.most_common()]
    own = {each.kind: {"used": each.used, "worked": each.worked} for each in counts if each.answer == OTHER_ANSWER}
    told = [
        {"kind": kind, "answers": _answers(turn, kind, counts)[: None if asked else 1], "own": own.get(kind)}
        for kind in kinds
    ]
    return Reply("coaching/objection_results", {"kind": asked, "any": bool(counts), "kinds": told})
