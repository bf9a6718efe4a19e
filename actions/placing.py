"""The people at a customer with their parts in the decision and their functions."""

from __future__ import annotations

from actions.recording import people_of
from actions.rules.people import Place, place_of
from actions.turn import Turn
from storage.models import Opportunity, Person


def people_with_places(turn: Turn, opportunity: Opportunity) -> list[tuple[Person, Place]]:
    """Who takes part in the purchase or works there, as far as the speaker may see them: who decides first.

    A person's row keeps the last role said; the facts keep every one, so that somebody can be recommender and
    technical manager at once.
    """
    people = {person.id: person for person in people_of(opportunity)}
    for colleague in turn.customers.persons_at(opportunity.company_id) if opportunity.company_id else ():
        people.setdefault(colleague.id, colleague)
    said = turn.work.customer_file(turn.speaker).said_of(list(people), "role")
    placed = [
        (person, place_of(person.authority, [*([person.role] if person.role else []), *said.get(person.id, ())]))
        for person in people.values()
    ]
    return sorted(placed, key=lambda each: (each[1].rank, each[0].id))
