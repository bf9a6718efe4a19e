"""It reads what cards, files and chains show: the latest words, sums of the books, questions asked, introductions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.models import Person, Reward
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records


def test_it_gives_the_latest_words_for_each_field(records: Records) -> None:
    with records.work() as work:
        deal, said = house.opportunity(work, records.alice), house.message(work, records.alice)
        for words in ("no money", "budget approved"):
            house.fact(work, deal, said, field="money", words=words)
        house.fact(work, deal, said, field="competition", words="Grundfos")
        kept = work.customer_file(records.alice)
        found = kept.latest_facts(deal.id, ("money", "competition", "process"))
        assert {field: fact.words for field, fact in found.items()} == {
            "money": "budget approved",
            "competition": "Grundfos",
        }
        assert kept.latest_facts(deal.id, ()) == {}


def test_it_gives_every_role_that_was_said_of_somebody_the_latest_first(records: Records) -> None:
    with records.work() as work:
        deal, said = house.opportunity(work, records.alice), house.message(work, records.alice)
        dan, eva = house.person(work, records.alice, "Dan"), house.person(work, records.alice, "Eva")
        for person, role in ((dan, "technical"), (eva, "user"), (dan, "recommender")):
            house.fact(work, deal, said, field="role", value=role, person_id=person.id)
        house.fact(work, deal, said, field="style", value="blue", person_id=dan.id)
        kept = work.customer_file(records.alice)
        assert kept.said_of([dan.id, eva.id], "role") == {dan.id: ["recommender", "technical"], eva.id: ["user"]}
        assert kept.said_of([], "role") == {}


def test_it_sums_the_books_by_kind_and_currency(records: Records) -> None:
    with records.work() as work:
        acme, bolt = house.company(work, records.alice, "Acme"), house.company(work, records.alice, "Bolt")
        said = house.message(work, records.alice)
        for amount, currency in ((100, "USD"), (50, "USD"), (7, "EUR")):
            row = {"amount_minor": amount, "currency": currency}
            house.transaction(work, records.alice, said, company_id=acme.id, **row)
        house.transaction(work, records.alice, said, company_id=bolt.id, amount_minor=1)
        kept = work.customer_file(records.alice)
        found = kept.sums(acme.id, None)
        assert [(each.kind, each.currency, each.count, each.amount_minor) for each in found] == [
            ("purchase", "USD", 2, 150),
            ("purchase", "EUR", 1, 7),
        ]
        assert len(kept.rows(acme.id, None, 2)) == 2
        assert kept.sums(None, None) == []
        assert kept.rows(None, None, 5) == []
        # Another team's books are not read, whatever the id.
        assert work.customer_file(records.charlie).sums(acme.id, None) == []


@pytest.mark.parametrize(
    ("facts", "hours_ago", "asked"),
    [
        ({"piece": {"opportunity_id": 7, "aspect": "wants"}}, 1, True),
        ({"piece": {"opportunity_id": 7, "aspect": "wants"}}, 49, False),
        ({"piece": {"opportunity_id": 8, "aspect": "wants"}}, 1, False),
        ({"piece": None}, 1, False),
        ({"piece": "words"}, 1, False),
        ({}, 1, False),
    ],
)
def test_it_knows_whether_it_has_asked_of_late(
    records: Records, facts: dict[str, Any], hours_ago: int, asked: bool
) -> None:
    with records.work() as work:
        here = work.team.conversation("console", "1", records.alice)
        there = work.team.conversation("console", "2", records.alice)
        work.outbox.put(here.id, {"facts": facts}, NOW - timedelta(hours=hours_ago))
        work.outbox.put(here.id, {}, NOW)
        kept = work.customer_file(records.alice)
        assert kept.asked_since(here.id, 7, NOW - timedelta(days=2)) == asked
        assert not kept.asked_since(there.id, 7, NOW - timedelta(days=2))


def _introduced(work: UnitOfWork, records: Records) -> dict[str, Person]:
    """Dan of Alice's introduced her Eva and Bob's Fay."""
    dan = house.person(work, records.alice, "Dan")
    eva = house.person(work, records.alice, "Eva", referrer_id=dan.id)
    fay = house.person(work, records.bob, "Fay", referrer_id=dan.id)
    return {"Dan": dan, "Eva": eva, "Fay": fay}


@pytest.mark.parametrize(
    ("speaker", "introducer_of_fay", "introduced", "introducers"),
    [
        ("Alice", "Dan", ["Eva"], [("Dan", 1)]),
        ("Bob", None, ["Fay"], []),
        ("Mona", "Dan", ["Eva", "Fay"], [("Dan", 2)]),
        ("Charlie", None, [], []),
    ],
)
def test_it_shows_introductions_among_those_whom_the_speaker_may_see(
    records: Records,
    speaker: str,
    introducer_of_fay: str | None,
    introduced: list[str],
    introducers: list[tuple[str, int]],
) -> None:
    with records.work() as work:
        people = _introduced(work, records)
        referrals = work.referrals(records.member(speaker))
        before = referrals.introducer_of(people["Fay"])
        assert (before.name if before else None) == introducer_of_fay
        assert [each.name for each in referrals.introduced_by([people["Dan"].id], 9)] == introduced
        assert [(person.name, number) for person, number in referrals.introducers(9)] == introducers
        assert referrals.introducer_of(people["Dan"]) is None


def test_it_lists_the_thanks_owed_for_deals_that_are_won(records: Records) -> None:
    with records.work() as work:
        people = _introduced(work, records)
        won = house.opportunity(work, records.alice, contact_id=people["Eva"].id, stage="won")
        lost = house.opportunity(work, records.alice, contact_id=people["Eva"].id, stage="lost")
        for deal in (won, lost):
            work.session.add(Reward(referrer_id=people["Dan"].id, opportunity_id=deal.id, due_since=NOW))
        work.session.flush()
        referrals = work.referrals(records.alice)
        ((reward, to, opportunity),) = referrals.rewards_due(9)
        assert (to.name, opportunity.id) == ("Dan", won.id)
        assert referrals.reward_for(won.id) is reward
        assert referrals.reward(reward.id) is reward
        assert referrals.who_bought([each.id for each in people.values()]) == {people["Eva"].id}
        for other in (records.bob, records.charlie):
            assert work.referrals(other).rewards_due(9) == []
            assert work.referrals(other).reward(reward.id) is None
            assert work.referrals(other).who_bought([people["Eva"].id]) == set()
        reward.given_at = NOW
        assert referrals.rewards_due(9) == []
