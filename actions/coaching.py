"""The sales method in the conversation: what to do next with a customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import relationship, resolving
from actions.contacts import question_buttons
from actions.deals import advice_on_lost
from actions.playbook import Playbook
from actions.recording import about, decider_to_reach, man_of, offering, put_on_record, suggested_follow_up
from actions.registry import handles
from actions.timing import more_advice
from actions.turn import Reply, Turn
from storage.models import Opportunity


@handles("ask_advice")
def ask_advice(turn: Turn) -> Reply:
    """What to do next with a customer, by their MAN class and by what is still unknown; what the question tells of them
    is noted first."""
    if turn.said.topic == "keep" and relationship.asks_in_general(turn):
        return relationship.why_customers_leave(turn)
    opportunity, noted = _told(turn)
    if opportunity.stage == "won" or (turn.said.topic == "keep" and relationship.is_to_keep(turn, opportunity)):
        return relationship.how_to_keep(turn, opportunity)
    if opportunity.stage == "lost":
        return advice_on_lost(turn, opportunity)
    stage = turn.playbook.stages[opportunity.stage].name.in_(turn.said.language)
    facts = about(turn, opportunity, stage_name=stage, noted=noted)
    facts |= _advice(turn.playbook, opportunity, turn.said.language)
    if man_of(opportunity).holds == 1 and man_of(opportunity).class_ is not None:
        # One for the long term: a letter keeps the bond.
        facts |= relationship.letter(turn, opportunity)
    question = man_of(opportunity).next_question
    if question is not None:
        reply = Reply("coaching/advice", {**facts, "question": question}, question_buttons(opportunity, question))
    else:
        due = suggested_follow_up(turn, opportunity)
        reply = offering(turn, Reply("coaching/advice", facts), opportunity, due)
    return replace(reply, buttons=(*reply.buttons, more_advice(opportunity)))


def _told(turn: Turn) -> tuple[Opportunity, list[dict[str, Any]]]:
    """Whom the question is about, and what it says of them: "Ann has budget but can't sign, what now?"."""
    said = turn.said
    # Of nobody in particular nothing is noted: "what do I do with somebody who has no budget?"
    somebody = said.person or said.company or said.mention == "pronoun"
    # "They have no budget now, how do I keep them?" opens no new deal with somebody who has bought.
    if not (somebody and said.states_man()) or said.topic == "keep":
        return resolving.deal_to_read(turn), []
    subject = resolving.to_note(turn)
    assert subject.opportunity is not None
    return subject.opportunity, put_on_record(turn, subject, met=not said.about_related).items


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
