"""Questions scored from 0 to 5, one at a time: asked, answered by a button or in words, kept, taken up again."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, TypeVar

from actions.asking import wait_for
from actions.playbook.scoring import EXPLAINED, Criterion, Indicator
from actions.recording import local
from actions.resolving import display_name
from actions.turn import Button, Reply, Turn
from nlu.values.scores import read_score
from storage.models import Assessment, Company, Opportunity, Person
from storage.repositories import Assessed

Asked = TypeVar("Asked", Criterion, Indicator)

AUDIT, DISTRIBUTOR = "audit", "distributor"
"""The kinds of assessments that are asked through, beside the credit rating."""

ON_BUTTONS = (1, 2, 3, 4, 5, 0)
"""As on a telephone: at the terminal, where buttons are pressed by their place, a typed 4 is a 4."""


def ids_of(assessed: Assessed) -> dict[str, int]:
    """What a button needs to find it again."""
    names = {Opportunity: "opportunity_id", Company: "company_id", Person: "person_id"}
    return {names[type(assessed)]: assessed.id}


def assessed_by(turn: Turn, arguments: Mapping[str, Any]) -> Assessed | None:
    """What a button is about; None where it is gone, or the speaker may not see it any more."""
    if "opportunity_id" in arguments:
        return turn.customers.opportunity(arguments["opportunity_id"])
    if "company_id" in arguments:
        return turn.customers.company(arguments["company_id"])
    return turn.customers.person(arguments["person_id"])


def name_of(assessed: Assessed) -> str | None:
    """What it is called in a reply."""
    if isinstance(assessed, Company):
        return assessed.name
    if isinstance(assessed, Person):
        return display_name(assessed, assessed.company)
    return display_name(assessed.contact, assessed.company)


def keep(
    turn: Turn, kind: str, assessed: Assessed, sheet: Assessment | None, answers: Mapping[str, Any], **more: str
) -> Assessment:
    """Puts answers on record, on `sheet` or on a new one."""
    if sheet is None:
        sheet = Assessment(
            **ids_of(assessed),
            member_id=turn.speaker.id,
            message_id=turn.message.id,
            kind=kind,
            answers=dict(answers),
            begun_at=turn.now,
            **more,
        )
        turn.customers.add(sheet)
    else:
        sheet.answers = {**sheet.answers, **answers}
        turn.customers.flush()
    return sheet


def score_in(arguments: Mapping[str, Any]) -> int | None:
    """The score of the button pressed, or of the answer in words; None for "don't know"."""
    return read_score(arguments["answer"]["text"]) if "answer" in arguments else arguments["score"]


def next_of(criteria: Sequence[Asked], scored: Container[str], after: str | None) -> Asked | None:
    """The next question without a score, from behind the one that was asked last; None at the end."""
    keys = [each.key for each in criteria]
    start = keys.index(after) + 1 if after in keys else 0
    return next((each for each in criteria[start:] if each.key not in scored), None)


def question(turn: Turn, asked: Asked, criteria: Sequence[Asked], press: str, arguments: dict[str, Any]) -> Reply:
    """One question with what 0, 3 and 5 mean; the next message may answer it."""
    assert asked.ask is not None, "only what is judged is asked"
    assert asked.means is not None, "and explained"
    language, place = turn.said.language, [each.key for each in criteria].index(asked.key)
    arguments = {**arguments, "key": asked.key}
    wait_for(turn, "score", press, arguments)
    facts = {
        "number": place + 1,
        "of": len(criteria),
        "ask": asked.ask.in_(language),
        "means": [{"score": score, "words": asked.means[score].in_(language)} for score in EXPLAINED],
    }
    numbers: list[Button] = [
        Button("score", press, {**arguments, "score": score}, {"score": score}) for score in ON_BUTTONS
    ]
    unsure = Button("dont_know", press, {**arguments, "score": None}, answer="deny")
    return Reply("scoring/question", facts, (*numbers, unsure))


def days_since(turn: Turn, assessment: Assessment) -> int:
    """How many days ago it was finished, or begun where it is not, on the speaker's calendar."""
    then = assessment.finished_at or assessment.begun_at
    return (turn.now.date() - local(turn, then).date()).days
