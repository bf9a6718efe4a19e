"""It keeps what customers object for those who may see them, and counts for a team what it has tried."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest

from storage.models import Objection, Opportunity
from storage.repositories import AnswerCount
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records


def _raised(work: UnitOfWork, on: Opportunity, **more: Any) -> Objection:
    said = house.message(work, work.team.member(on.owner_id))
    fields = {"kind": "price", "words": "too dear", "said_at": NOW, **more}
    row = Objection(opportunity_id=on.id, message_id=said.id, **fields)
    work.session.add(row)
    work.session.flush()
    return row


@pytest.mark.parametrize(("speaker", "sees"), [("Alice", True), ("Bob", False), ("Mona", True), ("Charlie", False)])
def test_it_shows_an_objection_to_those_who_may_see_the_customer(records: Records, speaker: str, sees: bool) -> None:
    with records.work() as work:
        objection = _raised(work, house.opportunity(work, records.alice))
        found = work.objections(records.member(speaker)).get(objection.id)
        assert (found is objection) == sees
        assert work.objections(records.member(speaker)).get(objection.id + 1) is None


def test_it_lists_what_is_not_settled_the_newest_first(records: Records) -> None:
    with records.work() as work:
        deal, other = house.opportunity(work, records.alice), house.opportunity(work, records.alice)
        never, still = _raised(work, deal), _raised(work, deal, outcome="open")
        _raised(work, deal, outcome="settled")
        _raised(work, other)
        objections = work.objections(records.alice)
        assert objections.unsettled(deal.id) == [still, never]
        assert objections.unsettled(deal.id, limit=1) == [still]


def test_asking_is_no_change_that_undo_takes_back(records: Records) -> None:
    later = NOW + timedelta(days=1)
    with records.work() as work:
        first, _ = (_raised(work, house.opportunity(work, records.alice)) for _ in range(2))
        work.commit()
    with records.work() as work:
        house.turn_of(work, records.alice)
        objections = work.objections(records.alice)
        objections.mark_asked(objections.unsettled(first.opportunity_id), later)
        work.commit()
    asked, other = records.rows("objections")
    assert (asked["asked_at"].replace(tzinfo=UTC), other["asked_at"]) == (later, None)
    assert records.rows("changes") == []


@pytest.mark.parametrize("speaker", ["Alice", "Bob", "Mona"])
def test_it_counts_what_the_whole_team_has_tried_and_nobody_elses(records: Records, speaker: str) -> None:
    with records.work() as work:
        alices, bobs, charlies = (
            house.opportunity(work, owner) for owner in (records.alice, records.bob, records.charlie)
        )
        for deal, answer, outcome in (
            (alices, "three_years", "settled"),
            (bobs, "three_years", "open"),
            (bobs, "per_day", "settled"),
            (charlies, "three_years", "settled"),
            (alices, None, "settled"),
        ):
            _raised(work, deal, answer=answer, outcome=outcome)
        _raised(work, alices, kind="trust", answer="trial", outcome="open")
        objections = work.objections(records.member(speaker))
        price = {AnswerCount("price", "three_years", 2, 1), AnswerCount("price", "per_day", 1, 1)}
        assert set(objections.answers_of_team("price")) == price
        assert set(objections.answers_of_team()) == {*price, AnswerCount("trust", "trial", 1, 0)}
        assert objections.answers_of_team("stall") == []


def test_it_reads_what_was_said_of_a_need(records: Records) -> None:
    with records.work() as work:
        deal, other = house.opportunity(work, records.alice), house.opportunity(work, records.alice)
        for about, text, field, value in (
            (deal, "pumps leak", "need", "yes"),
            (deal, "no need", "need", "no"),
            (deal, "has money", "money", "yes"),
            (other, "other", "need", "yes"),
            (deal, "saves power", "need", "yes"),
        ):
            house.fact(work, about, house.message(work, records.alice, text), field=field, value=value)
        customers = work.customers(records.alice)
        assert customers.words_on_need(deal.id) == ["saves power", "pumps leak"]
        assert customers.words_on_need(deal.id, limit=1) == ["saves power"]
