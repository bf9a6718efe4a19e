"""Whom a message is about: names, pronouns and what the conversation is about become rows. Asks where unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from actions.asking import Ask, wait_for
from actions.rules import names
from actions.rules.stages import CLOSED, goes_on
from actions.turn import Button, Reply, Turn
from nlu.understanding import Understanding
from storage.models import Company, Opportunity, Person
from storage.repositories import Customers, Known


@dataclass(frozen=True)
class Subject:
    """Whom the message is about. `person` is whom it names, who need not be the opportunity's contact."""

    person: Person | None
    company: Company | None
    opportunity: Opportunity | None
    new: bool = False
    """Whether the opportunity was made by this message."""
    named: bool = False
    """Whether this message gave an unnamed contact their name."""


@dataclass(frozen=True)
class NamesOnRecord:
    """The names in a message that the speaker's own customers have; `spelt` is how each key stands in the message."""

    spelt: dict[str, str]
    companies: list[Known]
    persons: list[Known]


def names_on_record(customers: Customers, text: str) -> NamesOnRecord:
    """The names of the speaker's own customers in a message, found without the model."""
    spelt = names.candidates(text)
    return NamesOnRecord(spelt, *customers.known_as(list(spelt)))


def with_known_names(turn: Turn, on_record: NamesOnRecord) -> Turn:
    """The names of this speaker's own customers are read where they stand in the message, whatever the model saw.

    A single Latin word counts only when it is written as on record ("Will", not "will"), or is marked as a name.
    """
    said, spelt = turn.said, on_record.spelt
    marked = {said.person, said.company, said.referrer}

    def best(known: list[Known]) -> str | None:
        sure = [each for each in known if _is_sure(spelt[each.key], each.name) or spelt[each.key] in marked]
        longest = max(sure, key=lambda each: (len(each.key), spelt[each.key] in marked), default=None)
        return spelt[longest.key] if longest else None

    company, person = best(on_record.companies), best(on_record.persons)
    if company is not None and (said.company is None or _overlap(company, said.company)):
        said = replace(
            said, company=company, person=None if said.person and _overlap(company, said.person) else said.person
        )
    if person is not None and person != said.referrer and (said.person is None or _overlap(person, said.person)):
        said = replace(
            said, person=person, company=None if said.company and _overlap(person, said.company) else said.company
        )
    return replace(turn, said=said)


def _is_sure(spelt: str, name: str) -> bool:
    return spelt == name or " " in spelt or not spelt.isascii()


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one


def to_change(turn: Turn) -> Subject:
    """Whom a statement is about; put on record when the message names somebody new. Raises Ask where that is not
    clear."""
    subject = to_note(turn)
    assert subject.opportunity is not None
    focus(turn, subject.opportunity)
    return subject


def to_note(turn: Turn) -> Subject:
    """The same where `put_on_record` follows: it writes who is new together with what is said of them."""
    turn, firms, namesakes = _looked_up(turn)
    company = _known_company(turn, firms)
    person, named = _known_person(turn, namesakes, company.name if company else turn.said.company), False
    on_record = person is not None or company is not None
    # Both names are settled before anything is made: a question leaves no half of a customer on record.
    if company is None and turn.said.company and "company_id" not in turn.chosen:
        company = _new_company(turn, turn.said.company)
    if person is None and turn.said.person and "person_id" not in turn.chosen:
        person = _named(turn, turn.said.person, company)
        named = person is not None
        person = person or _new_person(turn, turn.said.person, company)
    if person is None and company is None:
        return _unnamed(turn, create=True)
    company = company or (person.company if person else None)
    if person is not None and company is not None and person.company_id is None:
        person.company_id = company.id
        person.company = company
    opportunity, new = _opportunity(turn, person, company, on_record or named)
    if not new:
        focus(turn, opportunity)
    return Subject(person, company, opportunity, new=new, named=named)


def to_read(turn: Turn) -> Subject:
    """Whom a question is about; raises Ask when nobody on record is meant, or several."""
    found = _read(turn)
    if isinstance(found, Subject):
        return found
    turn, name = found
    raise Ask(_unknown(turn, name))


def _read(turn: Turn) -> Subject | tuple[Turn, str]:
    """Whom a question is about; the name, as it was read, where nobody on record has it."""
    turn, firms, namesakes = _looked_up(turn)
    said = turn.said
    company = _known_company(turn, firms)
    if company is None and said.company and not said.person and "company_id" not in turn.chosen:
        return turn, said.company
    person = _known_person(turn, namesakes, company.name if company else None)
    if person is None and said.person and "person_id" not in turn.chosen:
        return turn, said.person
    if person is None and company is None:
        return _unnamed(turn, create=False)
    opportunity = turn.customers.opportunity_of(
        person_id=person.id if person else None,
        company_id=company.id if company and not person else None,
        open_only=False,
    )
    if opportunity is not None:
        focus(turn, opportunity)
    return Subject(person, company or (person.company if person else None), opportunity)


def deal_to_read(turn: Turn) -> Opportunity:
    """The customer that a question is about; raises Ask also where no more than a name is on record."""
    subject = to_read(turn)
    if subject.opportunity is None:
        raise Ask(Reply("contacts/card_empty", {"who": display_name(subject.person, subject.company)}))
    return subject.opportunity


def if_named(turn: Turn) -> Subject:
    """Like `to_read`, but nobody at all where the message names nobody on record and means nobody by a pronoun."""
    if not (turn.said.person or turn.said.company or turn.said.mention == "pronoun" or turn.chosen):
        return Subject(None, None, None)
    try:
        found = _read(turn)
        return found if isinstance(found, Subject) else Subject(None, None, None)
    except Ask as question:
        if question.reply.template == "people/which":
            raise
        return Subject(None, None, None)


def focus(turn: Turn, opportunity: Opportunity) -> None:
    """From here on "he" and "they" mean this customer, who is written if they are new."""
    if opportunity.id is None:
        turn.customers.flush()
    turn.conversation.focus_id = opportunity.id


def pressed_on(turn: Turn, arguments: dict[str, Any]) -> Opportunity:
    """The customer whom a button is about, who is spoken of from here on; raises Ask where they are gone."""
    opportunity = turn.customers.opportunity(arguments["opportunity_id"])
    if opportunity is None:
        raise Ask(Reply("conversation/gone"))
    focus(turn, opportunity)
    return opportunity


def in_focus(turn: Turn) -> Opportunity | None:
    """The customer that the conversation is about."""
    return turn.customers.opportunity(turn.conversation.focus_id)


def display_name(person: Person | None, company: Company | None) -> str | None:
    """`Li Wei (Acme)`, or as much of it as is known; None for an unnamed buyer of an unnamed company."""
    if person is not None and person.name:
        return f"{person.name} ({company.name})" if company else person.name
    return company.name if company else None


def with_colleague(turn: Turn) -> Turn:
    """A name that is a colleague's is read as that, where a colleague is asked for: "move Acme to Ann"."""
    said = turn.said
    if said.rep is not None:
        return turn
    team = turn.speaker.team_id
    if said.person and turn.work.team.by_name(said.person, team):
        return replace(turn, said=replace(said, rep=said.person, person=None))
    if said.company and turn.work.team.by_name(said.company, team):
        return replace(turn, said=replace(said, rep=said.company, company=None))
    return turn


# --- one step each


def _looked_up(turn: Turn) -> tuple[Turn, list[Known], list[Known]]:
    """The companies and the people on record that the message's names can mean.

    A name that stands on record as the other kind is taken as that: "show Acme" with Acme read as a person.
    """
    said = turn.said
    firm, person = said.company or said.person, said.person or said.company
    if firm and person and not turn.chosen:
        turn.customers.look_up(names.key(firm), names.key(person))
    firms = _firms(turn, said.company) if said.company else []
    namesakes = _namesakes(turn, said.person) if said.person else []
    if not (firms or namesakes or turn.chosen):
        if said.person and not said.company and (firms := _firms(turn, said.person)):
            turn = replace(turn, said=replace(said, person=None, company=said.person))
        elif said.company and not said.person and (namesakes := _namesakes(turn, said.company)):
            turn = replace(turn, said=replace(said, person=said.company, company=None))
    return turn, firms, namesakes


def _firms(turn: Turn, name: str) -> list[Known]:
    return names.match(name, turn.customers.companies_known(names.key(name)))


def _namesakes(turn: Turn, name: str) -> list[Known]:
    return names.match(name, turn.customers.persons_known(names.key(name)))


def _known_company(turn: Turn, found: Sequence[Known]) -> Company | None:
    """The company chosen, or the one of this name on record. Raises Ask where several have it."""
    name = turn.said.company
    if "company_id" in turn.chosen:
        return turn.customers.company(turn.chosen["company_id"])
    if name is None:
        return None
    if len(found) > 1:
        raise Ask(_which(turn, name, [(each.name, {"company_id": each.id}) for each in found]))
    return turn.customers.company(found[0].id) if found else None


def _new_company(turn: Turn, name: str) -> Company:
    """The company; like all that a message makes, it is written with the opportunity, and has no id before."""
    company = Company(owner_id=turn.speaker.id, name=name, name_key=names.key(name), created_at=turn.now)
    turn.customers.add(company, flush=False)
    return company


def _known_person(turn: Turn, namesakes: Sequence[Known], firm: str | None) -> Person | None:
    """The person chosen, or the one of this name on record, at `firm` where one is named. Raises Ask where several are."""
    name = turn.said.person
    if "person_id" in turn.chosen:
        return turn.customers.person(turn.chosen["person_id"])
    if name is None:
        return None
    found = _fitting(turn, namesakes, firm)
    if len(found) > 1:
        options = [
            (f"{each.name} – {each.company}" if each.company else each.name, {"person_id": each.id}) for each in found
        ]
        raise Ask(_which(turn, name, options))
    return turn.customers.person(found[0].id) if found else None


def _fitting(turn: Turn, namesakes: Sequence[Known], firm: str | None) -> Sequence[Known]:
    """Of people of one name those of the firm that is named, or of none yet; else those in focus, if they are among them."""
    if firm is not None:
        return [each for each in namesakes if each.company in (None, firm)]
    about = in_focus(turn) if len(namesakes) > 1 else None
    here = {person.id for person in _people(about)} if about else set()
    return [each for each in namesakes if each.id in here] or namesakes


def _people(opportunity: Opportunity) -> list[Person]:
    contact = [opportunity.contact] if opportunity.contact else []
    return contact + [person for person in opportunity.people if person.id != opportunity.contact_id]


def _named(turn: Turn, name: str, company: Company | None) -> Person | None:
    """The contact in focus, when the message gives their name: "his name is Li Wei from Acme"."""
    if turn.said.mention not in ("naming", "pronoun"):
        return None
    about = in_focus(turn)
    contact = about.contact if about else None
    if about is None or contact is None or (about.company and company and about.company_id != company.id):
        return None
    gives_name = turn.said.mention == "naming" or (
        turn.said.mention == "pronoun" and contact.name is None and not turn.said.about_related
    )
    if not gives_name:
        return None
    if contact.name:
        contact.also_known_as = [*contact.also_known_as, contact.name]
    contact.name, contact.name_key = name, names.key(name)
    if company is not None:
        contact.company_id, contact.company = company.id, company
        about.company_id, about.company = company.id, company
    turn.customers.flush()
    return contact


def _new_person(turn: Turn, name: str | None, company: Company | None) -> Person:
    about = in_focus(turn) if turn.said.about_related else None
    if company is None and about is not None:
        company = about.company
    person = Person(
        owner_id=turn.speaker.id,
        company=company,
        name=name,
        name_key=names.key(name) if name else None,
        also_known_as=[],
        created_at=turn.now,
    )
    turn.customers.add(person, flush=False)
    return person


def _opportunity(
    turn: Turn, person: Person | None, company: Company | None, on_record: bool
) -> tuple[Opportunity, bool]:
    """The open opportunity of these, a closed one that goes on, or a new one (and whether it is new).

    A person introduced through another joins that one's. Of people and companies that were not `on_record` before
    this message there is none.
    """
    customers = turn.customers
    if not on_record and not turn.said.about_related:
        return _new_opportunity(turn, person, company), True
    customers.flush()
    about = in_focus(turn)
    found = customers.opportunity_of(person_id=person.id) if person else None
    if (
        found is None
        and turn.said.about_related
        and about is not None
        and (company is None or company.id == about.company_id)
    ):
        found = about
    if found is None and company is not None:
        found = customers.opportunity_of(company_id=company.id)
    if found is None:
        found = _closed_that_goes_on(turn, person, company)
    if found is None:
        return _opportunity_of_all(turn, person, company), True
    if person is not None and found.contact_id is None:
        found.contact_id, found.contact = person.id, person
    elif person is not None and person.id != found.contact_id:
        customers.take_part(found, person)
    if found.company_id is None and company is not None:
        found.company_id, found.company = company.id, company
    return found, False


def _closed_that_goes_on(turn: Turn, person: Person | None, company: Company | None) -> Opportunity | None:
    """The last deal with a customer who has none open, where the message means it: "they are back", "signed" once more.

    None where a button has told that it is another sale (`after_id` is the one before).
    """
    if "after_id" in turn.chosen:
        return None
    last = turn.customers.opportunity_of(
        person_id=person.id if person and not company else None,
        company_id=company.id if company else None,
        open_only=False,
    )
    if last is None or last.closed_at is None:
        return None
    closed_days = (turn.now - last.closed_at) / timedelta(days=1)
    return last if goes_on(last.stage, closed_days, turn.said.stage) else None


def _new_opportunity(turn: Turn, contact: Person | None, company: Company | None) -> Opportunity:
    opportunity = Opportunity(
        owner_id=turn.speaker.id,
        company=company,
        contact=contact,
        stage="lead",
        stage_since=turn.now,
        created_at=turn.now,
        touched_at=turn.now,
        people=[],
    )
    turn.customers.add(opportunity, flush=False)
    return opportunity


def _opportunity_of_all(turn: Turn, contact: Person | None, company: Company | None) -> Opportunity:
    """A new opportunity, in which all who are known at the company take part."""
    opportunity = _new_opportunity(turn, contact, company)
    for colleague in turn.customers.persons_at(company.id) if company else ():
        if contact is None or colleague.id != contact.id:
            turn.customers.take_part(opportunity, colleague)
    return opportunity


def _unnamed(turn: Turn, create: bool) -> Subject:
    """Nobody is named: a new buyer, or the customer that the conversation is about."""
    about = in_focus(turn)
    starts_anew = turn.said.mention == "new" or about is None
    if create and starts_anew and turn.said.intent in ("log_contact", "update_deal") and turn.said.states_facts():
        person = _new_person(turn, None, None)
        return Subject(person, None, _new_opportunity(turn, person, None), new=True)
    if about is None:
        wait_for(turn, "name", "resume", {"said": turn.said.to_json()})
        raise Ask(Reply("people/whom", {"intent": turn.said.intent}))
    if create and about.stage in CLOSED and turn.said.stage == about.stage:
        # "Signed, 20k" is said of the deal just won, or of the customer's next one.
        about, new = _opportunity(turn, about.contact, about.company, on_record=True)
        if not new:
            focus(turn, about)
        return Subject(about.contact, about.company, about, new=new)
    return Subject(about.contact, about.company, about)


def bring_in(turn: Turn, name: str, subject: Subject) -> Person | None:
    """Somebody named beside the subject ("Li has no say, his boss Zhao Min decides"): joins the same purchase."""
    if subject.opportunity is None or (subject.person and names.key(name) == subject.person.name_key):
        return None
    focus(turn, subject.opportunity)
    found = _fitting(turn, _namesakes(turn, name), subject.company.name if subject.company else None)
    person = turn.customers.person(found[0].id) if found else _new_person(turn, name, subject.company)
    turn.customers.flush()
    if person is not None and person.id != subject.opportunity.contact_id:
        turn.customers.take_part(subject.opportunity, person)
    return person


def _which(turn: Turn, name: str, options: Sequence[tuple[str, dict[str, int]]]) -> Reply:
    said = turn.said.to_json()
    buttons = tuple(
        Button("name", "resume", {"said": said, **turn.chosen, **ids}, {"name": label}) for label, ids in options[:6]
    )
    return Reply("people/which", {"name": name, "count": len(options)}, buttons)


def _unknown(turn: Turn, name: str) -> Reply:
    nearest = names.nearest(name, turn.customers.names_near(names.key(name)))
    buttons = tuple(Button("name", "resume", {"said": _renamed(turn.said, near)}, {"name": near}) for near in nearest)
    return Reply("people/unknown", {"name": name, "nearest": nearest}, buttons)


def _renamed(said: Understanding, name: str) -> dict[str, object]:
    renamed = replace(said, person=name, company=None) if said.person else replace(said, person=None, company=name)
    return renamed.to_json()
