"""Scoring an opportunity by the audit, and a customer who resells by the distributor's criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import floor
from typing import Any

from actions import resolving
from actions.asking import Ask
from actions.matching import match_button
from actions.playbook.scoring import Criterion
from actions.recording import about, offering, suggested_follow_up
from actions.registry import handles, presses
from actions.relationship import customer_of
from actions.rules.audit import verdict
from actions.rules.scoring import BEST, grade, weakest, weigh
from actions.rules.stages import CLOSED
from actions.scoring import (
    AUDIT,
    DISTRIBUTOR,
    assessed_by,
    days_since,
    ids_of,
    keep,
    name_of,
    next_of,
    question,
    score_in,
)
from actions.turn import Button, Reply, Turn
from storage.models import Assessment, Opportunity
from storage.repositories import Assessed

MORE = {AUDIT: "scoring/audit_more", DISTRIBUTOR: "scoring/distributor_more"}
"""What shows every score."""


@handles("qualify")
def qualify(turn: Turn) -> Reply:
    """Asks the questions of the audit, or the criteria of a distributor, one at a time, from where they were left."""
    if turn.said.topic == "distributor":
        return _take_up(turn, DISTRIBUTOR, _reseller(turn))
    opportunity = resolving.deal_to_read(turn)
    if opportunity.stage in CLOSED:
        return Reply("scoring/closed", {"who": name_of(opportunity), "won": opportunity.stage == "won"})
    return _take_up(turn, AUDIT, opportunity)


def _reseller(turn: Turn) -> Assessed:
    """Whom the score is of: the company; a person who trades without one."""
    subject = resolving.to_read(turn)
    reseller = subject.company or subject.person
    if reseller is None:
        raise Ask(Reply("people/whom", {"intent": "qualify"}))
    return reseller


def _take_up(turn: Turn, kind: str, assessed: Assessed) -> Reply:
    """The next open question of what was begun, else the first one of a new round."""
    sheet = turn.work.assessments(turn.speaker).latest(kind, assessed)
    if sheet is not None and sheet.finished_at is not None:
        sheet = None
    scores = _scores(turn, kind, sheet)
    asked = next_of(_criteria(turn, kind), scores, None)
    if asked is None:
        assert sheet is not None, "without a sheet every question is open"
        return _done(turn, kind, assessed, sheet)
    reply = _ask(turn, kind, assessed, sheet, asked)
    arguments = {"kind": kind, **ids_of(assessed)}
    if scores and sheet is not None:
        again = Button("start_again", "score_again", arguments)
        reply = replace(reply.with_facts(begun=days_since(turn, sheet)), buttons=(*reply.buttons, again))
    elif before := _before(turn, kind, assessed, sheet):
        last = Button("last_result", "last_scores", arguments)
        reply = replace(reply.with_facts(before=before), buttons=(*reply.buttons, last))
    return reply


def _criteria(turn: Turn, kind: str) -> Sequence[Criterion]:
    return turn.playbook.audit.questions if kind == AUDIT else turn.playbook.distributor.criteria


def _scores(turn: Turn, kind: str, sheet: Assessment | None) -> dict[str, int]:
    """The scores so far, in the order of the questions; answers to questions that are no more are passed over."""
    answers = sheet.answers if sheet else {}
    return {each.key: answers[each.key] for each in _criteria(turn, kind) if each.key in answers}


def _ask(turn: Turn, kind: str, assessed: Assessed, sheet: Assessment | None, asked: Criterion) -> Reply:
    arguments = {"kind": kind, **ids_of(assessed), "sheet": sheet.id if sheet else None}
    reply = question(turn, asked, _criteria(turn, kind), "score", arguments)
    return reply.with_facts(who=name_of(assessed), kind=kind)


@presses("score")
def score(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """An answer: it is kept, and the next question follows, or the result. "Don't know" leaves the question open."""
    turn.conversation.question = None
    kind, key = arguments["kind"], arguments["key"]
    assessed = assessed_by(turn, arguments)
    criteria = _criteria(turn, kind)
    if assessed is None or all(each.key != key for each in criteria):
        return Reply("conversation/gone")
    sheet = turn.work.assessments(turn.speaker).latest(kind, assessed)
    if arguments["sheet"] is None:
        # The first question of a round: what was finished before is not touched.
        sheet = sheet if sheet is not None and sheet.finished_at is None else None
    elif sheet is None or sheet.id != arguments["sheet"]:
        return Reply("conversation/gone")
    given = score_in(arguments)
    if given is not None:
        sheet = keep(turn, kind, assessed, sheet, {key: given})
    asked = next_of(criteria, _scores(turn, kind, sheet), key)
    if asked is not None:
        return _ask(turn, kind, assessed, sheet, asked)
    return _done(turn, kind, assessed, sheet)


@presses("score_again")
def score_again(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """A new round from the first question; the scores of the one that was left stay on record, unfinished."""
    assessed = assessed_by(turn, arguments)
    if assessed is None:
        return Reply("conversation/gone")
    kind = arguments["kind"]
    sheet = keep(turn, kind, assessed, None, {})
    return _ask(turn, kind, assessed, sheet, _criteria(turn, kind)[0])


@presses("score_on")
def score_on(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Goes on with what is still open."""
    assessed = assessed_by(turn, arguments)
    return Reply("conversation/gone") if assessed is None else _take_up(turn, arguments["kind"], assessed)


@presses("last_scores")
def last_scores(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The result of the last round that was finished."""
    turn.conversation.question = None
    assessed, kind = assessed_by(turn, arguments), arguments["kind"]
    last = turn.work.assessments(turn.speaker).finished_before(kind, assessed, None) if assessed else None
    if assessed is None or last is None:
        return Reply("conversation/gone")
    return _result(turn, kind, assessed, last)


def _done(turn: Turn, kind: str, assessed: Assessed, sheet: Assessment | None) -> Reply:
    """The result; a round is finished once every question has its score."""
    if (
        sheet is not None
        and sheet.finished_at is None
        and len(_scores(turn, kind, sheet)) == len(_criteria(turn, kind))
    ):
        sheet.finished_at = turn.now
        turn.customers.flush()
    return _result(turn, kind, assessed, sheet)


def _result(turn: Turn, kind: str, assessed: Assessed, sheet: Assessment | None) -> Reply:
    if isinstance(assessed, Opportunity):
        return _audited(turn, assessed, sheet)
    return _distributor(turn, assessed, sheet)


def _audited(turn: Turn, opportunity: Opportunity, sheet: Assessment | None) -> Reply:
    """The verdict by the total and by the lowest score, the weakest point with what to do, and how it was before.

    While a question is open there is no verdict, but what to do to answer it.
    """
    scores, audit, language = _scores(turn, AUDIT, sheet), turn.playbook.audit, turn.said.language
    details = _details(turn, AUDIT, opportunity, sheet)
    facts = about(turn, opportunity, total=sum(scores.values()), most=BEST * len(scores), **details)
    missing = next_of(audit.questions, scores, None)
    if missing is not None:
        facts |= {"says": None, "find_out": missing.do.in_(language)}
        return _with_go_on(Reply("scoring/audit", facts), AUDIT, opportunity, bool(scores))
    said = audit.verdicts[verdict(list(scores.values()), audit.limits)]
    reply = Reply("scoring/audit", {**facts, "says": said.say.in_(language)})
    if opportunity.stage not in CLOSED:
        reply = offering(turn, reply, opportunity, suggested_follow_up(turn, opportunity))
    return reply.with_more(MORE[AUDIT], match_button(customer_of(opportunity)))


def _distributor(turn: Turn, reseller: Assessed, sheet: Assessment | None) -> Reply:
    """The weighted result on what is known, how much that is, and what to find out next."""
    scores, distributor = _scores(turn, DISTRIBUTOR, sheet), turn.playbook.distributor
    weighed = weigh(distributor.weights, scores)
    place = grade(weighed, [each.at_least for each in distributor.verdicts], distributor.needed)
    language = turn.said.language
    facts = {
        "who": name_of(reseller),
        "known": weighed.known,
        "needed": distributor.needed,
        "result": floor(weighed.result) if weighed.result is not None else None,
        "says": None if place is None else distributor.verdicts[place].say.in_(language),
        **_details(turn, DISTRIBUTOR, reseller, sheet),
    }
    if facts["open"]:
        return _with_go_on(Reply("scoring/distributor", facts), DISTRIBUTOR, reseller, bool(scores))
    return Reply("scoring/distributor", facts).with_more(MORE[DISTRIBUTOR])


def _with_go_on(reply: Reply, kind: str, assessed: Assessed, has_more: bool) -> Reply:
    """The reply with [go on], which asks what is open, and [more] where there are scores to show."""
    go_on = Button("go_on", "score_on", {"kind": kind, **ids_of(assessed)}, answer="affirm")
    reply = replace(reply, buttons=(go_on,))
    return reply.with_more(MORE[kind]) if has_more else reply


def _details(turn: Turn, kind: str, assessed: Assessed, sheet: Assessment | None) -> dict[str, Any]:
    """Every score with its question, the questions still open, the weakest of the scores, and the round before."""
    scores, language = _scores(turn, kind, sheet), turn.said.language
    named = {each.key: each for each in _criteria(turn, kind)}
    lowest = weakest(scores)
    return {
        "scores": [{"name": named[key].name.in_(language), "score": value} for key, value in scores.items()],
        "open": [each.name.in_(language) for key, each in named.items() if key not in scores],
        "weakest": {
            "name": named[lowest].name.in_(language),
            "score": scores[lowest],
            "do": named[lowest].do.in_(language),
        }
        if lowest
        else None,
        "before": _before(turn, kind, assessed, sheet),
    }


def _before(turn: Turn, kind: str, assessed: Assessed, sheet: Assessment | None) -> dict[str, Any] | None:
    """What the round before this one came to, and how many days ago."""
    last = turn.work.assessments(turn.speaker).finished_before(kind, assessed, sheet)
    scores = _scores(turn, kind, last)
    if last is None or not scores:
        return None
    days = days_since(turn, last)
    if kind == AUDIT:
        return {"total": sum(scores.values()), "most": BEST * len(scores), "days": days}
    result = weigh(turn.playbook.distributor.weights, scores).result
    return {"total": floor(result or 0), "most": 100, "days": days}
