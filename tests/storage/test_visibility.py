"""It shows a rep what is theirs, a manager what is the team's, and nobody another team's."""

from __future__ import annotations

import pytest

from storage.models import Member
from storage.repositories import Wanted
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records

OWNERS = ("Alice", "Bob", "Mona", "Charlie")
SEES = {
    "Alice": {"Alice"},
    "Bob": {"Bob"},
    "Mona": {"Alice", "Bob", "Mona"},
    "Charlie": {"Charlie"},
}
PAIRS = [(speaker, owner, owner in seen) for speaker, seen in SEES.items() for owner in OWNERS]


def _customers_of_all(records: Records, work: UnitOfWork) -> dict[str, tuple[int, int, int]]:
    """For each owner, the ids of a person, a company and an opportunity."""
    ids = {}
    for name in OWNERS:
        owner = records.member(name)
        firm = house.company(work, owner, f"{name}'s Acme")
        contact = house.person(work, owner, f"{name}'s Dan", firm)
        deal = house.opportunity(work, owner, contact_id=contact.id, company_id=firm.id, currency="EUR", amount_minor=1)
        ids[name] = contact.id, firm.id, deal.id
    return ids


@pytest.mark.parametrize(("speaker", "owner", "sees"), PAIRS)
def test_it_shows_a_customer_only_to_those_who_may_see_it(
    records: Records, speaker: str, owner: str, sees: bool
) -> None:
    with records.work() as work:
        person_id, company_id, opportunity_id = _customers_of_all(records, work)[owner]
        customers = work.customers(records.member(speaker))
        shown = {
            "person": customers.person(person_id) is not None,
            "company": customers.company(company_id) is not None,
            "opportunity": customers.opportunity(opportunity_id) is not None,
            "persons_at": len(customers.persons_at(company_id)) == 1,
            "of person": customers.opportunity_of(person_id=person_id) is not None,
            "of company": customers.opportunity_of(company_id=company_id) is not None,
            "persons_known": person_id in {each.id for each in customers.persons_known()},
            "companies_known": company_id in {each.id for each in customers.companies_known()},
            "search": opportunity_id in {each.id for each in customers.search(Wanted(), 10)[0]},
            "search by owner": bool(customers.search(Wanted(owner_id=records.member(owner).id), 10)[1]),
            "pipeline": bool(customers.pipeline(None, NOW.date(), records.member(owner).id)),
        }
    assert set(shown.values()) == {sees}, shown


@pytest.mark.parametrize("speaker", OWNERS)
def test_it_counts_in_the_pipeline_what_the_speaker_may_see(records: Records, speaker: str) -> None:
    with records.work() as work:
        _customers_of_all(records, work)
        (row,) = work.customers(records.member(speaker)).pipeline(None, NOW.date(), None)
    assert (row.count, row.amount_minor) == (len(SEES[speaker]), len(SEES[speaker]))


def test_it_does_not_show_an_opportunity_that_nobody_named(records: Records) -> None:
    with records.work() as work:
        assert work.customers(records.alice).opportunity(None) is None


def test_it_shows_what_was_touched_last_among_what_is_visible(records: Records) -> None:
    with records.work() as work:
        ids = _customers_of_all(records, work)
        seen = {name: work.customers(records.member(name)).last_touched() for name in OWNERS}
        assert {name: deal.id if deal else None for name, deal in seen.items()} == {
            "Alice": ids["Alice"][2],
            "Bob": ids["Bob"][2],
            "Mona": ids["Mona"][2],
            "Charlie": ids["Charlie"][2],
        }


def test_it_hands_a_customer_over_with_company_and_people(records: Records) -> None:
    with records.work() as work:
        person_id, company_id, opportunity_id = _customers_of_all(records, work)["Alice"]
        other = house.person(work, records.alice, "Zhao Min")
        mona = work.customers(records.mona)
        deal = mona.opportunity(opportunity_id)
        assert deal is not None
        mona.take_part(deal, other)
        mona.hand_over(deal, records.bob)
        work.commit()
    with records.work() as work:
        alice, bob = work.customers(records.alice), work.customers(records.bob)
        assert [alice.person(person_id), alice.person(other.id), alice.company(company_id)] == [None] * 3
        assert alice.opportunity(opportunity_id) is None
        assert None not in (bob.person(person_id), bob.person(other.id), bob.company(company_id))
        assert bob.opportunity(opportunity_id) is not None


def test_it_lets_a_person_take_part_once(records: Records) -> None:
    with records.work() as work:
        customers = work.customers(records.alice)
        deal, dan = house.opportunity(work, records.alice), house.person(work, records.alice, "Dan")
        customers.take_part(deal, dan)
        customers.take_part(deal, dan)
        assert deal.people == [dan]


def test_it_prefers_an_open_opportunity_to_a_closed_one(records: Records) -> None:
    with records.work() as work:
        dan = house.person(work, records.alice, "Dan")
        still_open = house.opportunity(work, records.alice, contact_id=dan.id)
        later = NOW.replace(hour=12)
        won = house.opportunity(work, records.alice, contact_id=dan.id, stage="won", touched_at=later, closed_at=later)
        customers = work.customers(records.alice)
        assert customers.opportunity_of(person_id=dan.id, open_only=False) is still_open
        still_open.stage, still_open.closed_at = "lost", NOW
        assert customers.opportunity_of(person_id=dan.id) is None
        assert customers.opportunity_of(person_id=dan.id, open_only=False) is won


@pytest.mark.parametrize(("asked", "found"), [("alice", "Alice"), ("BOB", "Bob"), ("Charlie", None), ("Al", None)])
def test_it_finds_a_colleague_of_the_team_by_name(records: Records, asked: str, found: str | None) -> None:
    with records.work() as work:
        member: Member | None = work.team.by_name(asked, records.alice.team_id)
        assert (member.name if member else None) == found


def test_it_finds_a_colleague_whose_name_is_not_ascii(records: Records) -> None:
    with records.work() as work:
        work.team.add("Élodie", "rep", "en", "UTC", NOW)
        found = work.team.by_name("ÉLODIE")
        assert found is not None


def test_it_lists_the_members_of_one_team(records: Records) -> None:
    with records.work() as work:
        assert [member.name for member in work.team.members(records.alice.team_id)] == ["Alice", "Bob", "Mona"]
        assert [member.name for member in work.team.members()] == ["Alice", "Bob", "Charlie", "Mona"]
