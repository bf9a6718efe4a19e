"""What the organisation and its people need besides the product: heard, said by the rep, or likely (domain, section 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from actions import resolving
from actions.catalogue import products_of, without_products
from actions.placing import people_with_places
from actions.recording import about, note, offering, suggested_follow_up
from actions.registry import presses
from actions.rules import needs as rules
from actions.rules.fab import needs_in
from actions.rules.people import Place
from actions.turn import Button, Reply, Turn
from storage.models import Opportunity, Person

FIELD = "personal_need"
"""The field under which it is kept what the rep has said of a person's need."""
SHOWN = 4
"""People in the reply, which fits one screen of a phone."""


@dataclass(frozen=True)
class PersonalNeed:
    """What somebody needs as a person: `said` by the rep, or likely by their style, part or function."""

    key: str
    said: bool


def heard_of(turn: Turn, opportunity: Opportunity | None, *texts: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The benefits that were asked for in these texts and in what is on record, and the organisation's needs they show."""
    told = turn.customers.words_on_need(opportunity.id) if opportunity and opportunity.need is not False else ()
    catalogue = products_of(turn)
    spoken = [without_products(catalogue, text) for text in (*texts, *told)]
    sides = needs_in(spoken, {key: side.words for key, side in turn.playbook.sides.items()})
    needs = turn.playbook.needs.organisation.needs
    named = needs_in(spoken, {key: need.words for key, need in needs.items()})
    met = rules.of_organisation({key: need.serves for key, need in needs.items()}, sides)
    return sides, tuple(key for key in needs if key in named or key in met)


def personal_need(turn: Turn, person: Person | None, style: str | None, roles: Iterable[str]) -> PersonalNeed | None:
    """What the rep has said of this person; else what is likely for the style and the roles; None where nothing is."""
    needs = turn.playbook.needs.person
    said = turn.work.customer_file(turn.speaker).said_of([person.id], FIELD) if person else {}
    known = [key for keys in said.values() for key in keys if key in needs.needs]
    if known:
        return PersonalNeed(known[0], said=True)
    likely = rules.likely(needs.signs, style, roles)
    return PersonalNeed(likely[0], said=False) if likely else None


def told(turn: Turn, need: PersonalNeed | None) -> dict[str, Any] | None:
    """A personal need as plain values."""
    if need is None:
        return None
    entry, language = turn.playbook.needs.person.needs[need.key], turn.said.language
    texts = {part: getattr(entry, part).in_(language) for part in ("name", "means", "frame")}
    return {**texts, "said": need.said}


# --- the needs of a customer


def needs_button(opportunity: Opportunity, person: Person | None = None) -> Button:
    """The button that leads to the needs of a customer and its people, or of one person."""
    return Button("needs", "show_needs", {"opportunity_id": opportunity.id, "person_id": person.id if person else None})


@presses("show_needs")
def show_needs(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """What the organisation and each person need, and one question: what counts for the first of whom it is not said."""
    opportunity = resolving.pressed_on(turn, arguments)
    method, language = turn.playbook.needs, turn.said.language
    one = arguments["person_id"]
    people = [
        (person, place)
        for person, place in people_with_places(turn, opportunity)
        if person.name and one in (None, person.id)
    ][:SHOWN]
    found = [(person, personal_need(turn, person, person.style, _roles(place))) for person, place in people]
    _, organisation = heard_of(turn, opportunity)
    asked = _to_ask(found)
    facts = about(
        turn,
        opportunity,
        organisation=[
            {part: getattr(method.organisation.needs[key], part).in_(language) for part in ("name", "means")}
            for key in organisation
        ],
        ask_organisation=method.organisation.ask.in_(language),
        people=[{"name": person.name, "need": told(turn, need)} for person, need in found],
        ask={"name": asked.name, "aloud": method.person.ask.in_(language)} if asked else None,
    )
    return Reply("people/needs", facts, _answers(turn, opportunity, asked) if asked else ())


def _roles(place: Place) -> tuple[str, ...]:
    return (*place.parts, *([place.function] if place.function else []))


def _to_ask(found: Iterable[tuple[Person, PersonalNeed | None]]) -> Person | None:
    """Of whom to ask: the first of whom nothing is known, else the first of whom a need is only likely."""
    open_ = [(need is not None, person) for person, need in found if need is None or not need.said]
    return min(open_, key=lambda each: each[0])[1] if open_ else None


def _answers(turn: Turn, opportunity: Opportunity, person: Person) -> tuple[Button, ...]:
    """A button for each need, and [not sure]."""
    whose = {"opportunity_id": opportunity.id, "person_id": person.id}
    language = turn.said.language
    return (
        *(
            Button("name", "note_need", {**whose, "need": key}, {"name": need.name.in_(language)})
            for key, need in turn.playbook.needs.person.needs.items()
        ),
        Button("not_sure", "ask_need", whose, answer="deny"),
    )


@presses("note_need")
def note_need(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Keeps what the rep says of a person's need, and tells how to put an offer to them."""
    opportunity, person = resolving.pressed_on(turn, arguments), turn.customers.person(arguments["person_id"])
    entry = turn.playbook.needs.person.needs.get(arguments["need"])
    if person is None or entry is None:
        return Reply("conversation/gone")
    note(turn, opportunity, person, FIELD, arguments["need"], entry.name.in_(turn.said.language))
    need = told(turn, PersonalNeed(arguments["need"], said=True))
    reply = Reply("people/need_noted", about(turn, opportunity, person=person.name, need=need))
    return offering(turn, reply, opportunity, suggested_follow_up(turn, opportunity))


@presses("ask_need")
def ask_need(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The rep does not know either: how to find it out."""
    opportunity, person = resolving.pressed_on(turn, arguments), turn.customers.person(arguments["person_id"])
    if person is None:
        return Reply("conversation/gone")
    aloud = turn.playbook.needs.person.ask.in_(turn.said.language)
    reply = Reply("people/find_out", about(turn, opportunity, who=person.name, aloud=aloud))
    return offering(turn, reply, opportunity, suggested_follow_up(turn, opportunity))
