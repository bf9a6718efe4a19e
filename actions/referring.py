"""Introductions: who introduced whom, as a chain and as a picture, and the thanks that are owed (domain, section 12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions import resolving
from actions.asking import Ask
from actions.contacts import noted_reply
from actions.people import names_the_buyer
from actions.recording import move_stage, put_on_record
from actions.registry import handles, presses
from actions.resolving import Subject, display_name
from actions.rewarding import reward_buttons, reward_facts
from actions.rules import names
from actions.rules.people import line_of
from actions.turn import Button, Chain, Reply, Turn
from nlu.understanding import Understanding
from storage.models import Person

ABOVE, BELOW, BESIDE = 4, 3, 5
"""How far a chain is followed back and on, and how many introduced by one person are shown."""
AT_MOST = 20
"""People in a chain: what fits a picture and a few screens."""
LOOKED_BACK = 50
"""How many steps back a circle is looked for."""
FETCHED = 100
"""How many who were introduced are read for one step."""
LISTED = 5
"""Introducers and thanks in one reply."""


@handles("log_referral")
def log_referral(turn: Turn) -> Reply:
    """Puts the person introduced on record, with who made the introduction."""
    if named := names_the_buyer(turn):
        return named
    said = turn.said
    # Asked before anything is made: a question leaves no half of an introduction on record.
    known = _known(turn, said.referrer) if said.referrer else None
    introduced = replace(
        turn, said=replace(said, mention=None if said.person else "new", source=said.source or "referral")
    )
    subject = resolving.to_change(replace(introduced, said=replace(introduced.said, intent="log_contact")))
    if subject.person is not None and said.referrer:
        referrer = known or _known(turn, said.referrer) or _new(turn, said.referrer)
        if circle := _circle(turn, subject.person, referrer):
            return circle
        # Two spellings of one name: nobody introduced themselves.
        subject.person.referrer = referrer if referrer is not subject.person else None
    noted = put_on_record(introduced, subject, met=False)
    if subject.new and subject.opportunity is not None:
        move_stage(turn, subject.opportunity, "lead")
    reply = noted_reply(introduced, subject, noted)
    by = subject.person.referrer if subject.person else None
    return Reply("people/referred", {**reply.facts, "referrer": by.name if by else said.referrer}, reply.buttons)


def _known(turn: Turn, name: str) -> Person | None:
    """The person on record who made the introduction. Raises Ask where several have the name."""
    if "referrer_id" in turn.chosen and (chosen := turn.customers.person(turn.chosen["referrer_id"])):
        return chosen
    found = names.match(name, turn.customers.persons_known(names.key(name)))
    if len(found) > 1:
        said = turn.said.to_json()
        buttons = tuple(
            Button(
                "name",
                "referrer_is",
                {"said": said, "chosen": {**turn.chosen, "referrer_id": each.id}},
                {"name": f"{each.name} – {each.company}" if each.company else each.name},
            )
            for each in found[:6]
        )
        raise Ask(Reply("people/which", {"name": name, "count": len(found)}, buttons))
    return turn.customers.person(found[0].id) if found else None


def _new(turn: Turn, name: str) -> Person:
    person = Person(
        owner_id=turn.speaker.id, name=name, name_key=names.key(name), also_known_as=[], created_at=turn.now
    )
    turn.customers.add(person)
    return person


@presses("referrer_is")
def referrer_is(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Which of several made the introduction."""
    return turn.again(Understanding.from_json(arguments["said"]), **arguments["chosen"])


def _circle(turn: Turn, person: Person, referrer: Person) -> Reply | None:
    """The refusal where `referrer` came through `person` in the first place; None where they did not."""
    line = _line(turn, referrer, LOOKED_BACK)
    if person not in line[:-1]:
        return None
    through = line[line.index(person) :]
    facts = {"person": person.name, "referrer": referrer.name, "through": [each.name for each in through]}
    if len(through) > 2:
        return Reply("people/circle", facts)
    arguments = {"said": turn.said.to_json(), "person_id": referrer.id}
    button = Button("other_way_round", "introduced_the_other_way", arguments)
    return Reply("people/circle", facts, (button, Button("leave", "leave_it", answer="deny")))


@presses("introduced_the_other_way")
def introduced_the_other_way(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """What was on record was the wrong way round: it goes, and what was said now holds."""
    person = turn.customers.person(arguments["person_id"])
    if person is None:
        return Reply("conversation/gone")
    person.referrer = None
    turn.customers.flush()
    return turn.again(Understanding.from_json(arguments["said"]))


# --- the chain


@dataclass(frozen=True)
class Step:
    """One person of a chain; `before` is the place of the introducer in the list, `more` how many are left out."""

    person: Person
    level: int
    before: int | None
    more: int = 0


def who_introduced_whom(turn: Turn) -> Reply:
    """The chain of one person, or those who introduced most where nobody is meant."""
    said = turn.said
    if not (said.person or said.company) and said.referrer:
        turn = replace(turn, said=replace(said, person=said.referrer))
    elif not (said.person or said.company or said.mention == "pronoun" or turn.chosen):
        return _introducers(turn)
    person = _asked_for(resolving.to_read(turn))
    if person is None:
        return _introducers(turn)
    steps = _steps(turn, person)
    referrals = turn.work.referrals(turn.speaker)
    introducer = referrals.introducer_of(person)
    bought = referrals.who_bought([step.person.id for step in steps])
    first = [step for step in steps if step.before is not None and steps[step.before].person is person]
    due = [due for due in _due(turn) if due["referrer_id"] in {step.person.id for step in steps}]
    facts = {
        "who": display_name(person, person.company),
        "introducer": introducer.name if introducer else None,
        "introduced": len(first) + sum(step.more for step in steps if step.person is person),
        "bought": sum(step.person.id in bought for step in first),
        "tree": [
            {
                "who": display_name(step.person, step.person.company),
                "level": step.level,
                "asked": step.person is person,
                "bought": step.person.id in bought,
                "more": step.more,
            }
            for step in steps
        ],
        "due": due,
    }
    reply = Reply("people/chain", facts, reward_buttons(due[0]) if due else ())
    return reply if len(steps) < 2 else replace(reply, chart=_picture(steps, person, bought))


def _asked_for(subject: Subject) -> Person | None:
    return subject.person or (subject.opportunity.contact if subject.opportunity else None)


def _steps(turn: Turn, person: Person) -> list[Step]:
    """The line that led to `person`, then those whom they introduced, each behind their introducer."""
    line = _line(turn, person, ABOVE + 1)
    shown, left_out = _below(turn, person, {each.id for each in line})
    steps = [Step(each, level, level - 1 if level else None) for level, each in enumerate(line)]

    def hang(place: int) -> None:
        here = steps[place]
        steps[place] = replace(here, more=left_out[here.person.id])
        for each in shown.get(here.person.id, ()):
            steps.append(Step(each, here.level + 1, place))
            hang(len(steps) - 1)

    hang(len(steps) - 1)
    return steps


def _line(turn: Turn, person: Person, at_most: int) -> list[Person]:
    """The line that led to `person`, as far as the speaker may see it."""
    people = {person.id: person}
    referrals = turn.work.referrals(turn.speaker)

    def introducer_of(id_: int) -> int | None:
        before = referrals.introducer_of(people[id_])
        if before is None:
            return None
        people[before.id] = before
        return before.id

    return [people[id_] for id_ in line_of(person.id, introducer_of, at_most)]


def _below(turn: Turn, person: Person, line: set[int]) -> tuple[dict[int, list[Person]], Counter[int]]:
    """By introducer, whom they introduced, down to BELOW steps, and how many of each one's are left out."""
    shown: dict[int, list[Person]] = {}
    left_out: Counter[int] = Counter()
    seen, level = set(line), [person.id]
    for _ in range(BELOW):
        introduced = turn.work.referrals(turn.speaker).introduced_by(level, FETCHED) if level else ()
        level = []
        for each in introduced:
            if each.id in seen or each.referrer_id is None:
                continue
            siblings = shown.setdefault(each.referrer_id, [])
            if len(siblings) < BESIDE and len(seen) < AT_MOST:
                siblings.append(each)
                level.append(each.id)
                seen.add(each.id)
            else:
                left_out[each.referrer_id] += 1
    return shown, left_out


def _picture(steps: Sequence[Step], person: Person, bought: set[int]) -> Chain:
    return Chain(
        tuple(
            (
                step.person.name,
                step.person.company.name if step.person.company else None,
                step.before,
                "asked" if step.person is person else "bought" if step.person.id in bought else "known",
            )
            for step in steps
        )
    )


def _introducers(turn: Turn) -> Reply:
    """Those who introduced most, and the thanks that are owed."""
    found, due = turn.work.referrals(turn.speaker).introducers(LISTED), _due(turn)
    facts = {
        "introducers": [
            {"who": display_name(person, person.company), "introduced": number} for person, number in found
        ],
        "due": due,
    }
    return Reply("people/introducers", facts, reward_buttons(due[0]) if due else ())


def _due(turn: Turn) -> list[dict[str, Any]]:
    return [
        {**reward_facts(reward, person, won), "referrer_id": person.id}
        for reward, person, won in turn.work.referrals(turn.speaker).rewards_due(LISTED)
    ]
