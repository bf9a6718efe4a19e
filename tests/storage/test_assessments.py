"""It keeps scores apart by what they are of, and shows them to those who may see the customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.models import Assessment, Company, Member, Opportunity, Person
from storage.repositories import Assessed
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records


def _scored(work: UnitOfWork, member: Member, assessed: Assessed, kind: str, **more: Any) -> Assessment:
    columns = {Opportunity: "opportunity_id", Company: "company_id", Person: "person_id"}
    row = Assessment(
        **{columns[type(assessed)]: assessed.id},
        member_id=member.id,
        kind=kind,
        answers={"fit": 3},
        begun_at=NOW,
        **more,
    )
    work.session.add(row)
    work.session.flush()
    return row


@pytest.mark.parametrize(("speaker", "sees"), [("Alice", True), ("Bob", False), ("Mona", True), ("Charlie", False)])
def test_it_shows_scores_to_those_who_may_see_the_customer(records: Records, speaker: str, sees: bool) -> None:
    with records.work() as work:
        firm, person = house.company(work, records.alice, "Acme"), house.person(work, records.alice, "Alan")
        deal = house.opportunity(work, records.alice, company=firm)
        assessments = work.assessments(records.member(speaker))
        for assessed in (firm, person, deal):
            row = _scored(work, records.alice, assessed, "credit", quarter="2025-Q4", finished_at=NOW)
            assert (assessments.latest("credit", assessed) is row) == sees
            assert (assessments.finished_before("credit", assessed, None) is row) == sees
            assert (assessments.before_quarter("credit", assessed, "2026-Q1") is row) == sees


def test_it_keeps_kinds_and_customers_apart(records: Records) -> None:
    with records.work() as work:
        acme, globex = (house.company(work, records.alice, name) for name in ("Acme", "Globex"))
        assessments = work.assessments(records.alice)
        credit = _scored(work, records.alice, acme, "credit")
        reseller = _scored(work, records.alice, acme, "distributor")
        assert assessments.latest("credit", acme) is credit
        assert assessments.latest("distributor", acme) is reseller
        assert assessments.latest("credit", globex) is None


def test_it_finds_the_round_begun_last_and_the_one_finished_before_it(records: Records) -> None:
    with records.work() as work:
        deal = house.opportunity(work, records.alice)
        assessments = work.assessments(records.alice)
        first = _scored(work, records.alice, deal, "audit", finished_at=NOW)
        left = _scored(work, records.alice, deal, "audit")
        second = _scored(work, records.alice, deal, "audit", finished_at=NOW + timedelta(days=1))
        assert assessments.latest("audit", deal) is second
        assert assessments.finished_before("audit", deal, None) is second
        assert assessments.finished_before("audit", deal, second) is first
        assert assessments.finished_before("audit", deal, left) is first
        assert assessments.finished_before("audit", deal, first) is None


def test_it_finds_a_quarter_and_the_last_one_before_it(records: Records) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "Acme")
        assessments = work.assessments(records.alice)
        rows = {
            quarter: _scored(work, records.alice, acme, "credit", quarter=quarter)
            for quarter in ("2026-Q1", "2025-Q2", "2025-Q4")
        }
        assert assessments.latest("credit", acme, "2025-Q4") is rows["2025-Q4"]
        assert assessments.latest("credit", acme, "2025-Q3") is None
        assert assessments.before_quarter("credit", acme, "2026-Q1") is rows["2025-Q4"]
        assert assessments.before_quarter("credit", acme, "2025-Q4") is rows["2025-Q2"]
        assert assessments.before_quarter("credit", acme, "2025-Q2") is None
