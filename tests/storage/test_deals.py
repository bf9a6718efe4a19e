"""It tells of closed deals only what the speaker may see, by period and owner, and always in bounds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from storage.models import Member, Opportunity
from storage.repositories import Period
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def _closed(work: UnitOfWork, owner: Member, stage: str = "lost", **more: Any) -> Opportunity:
    return house.opportunity(
        work, owner, **{"stage": stage, "closed_at": NOW, "amount_minor": 100, "currency": "USD", **more}
    )


@pytest.mark.parametrize(
    ("speaker", "counts"),
    [("Alice", {"price": 2}), ("Bob", {"service": 1}), ("Mona", {"price": 2, "service": 1}), ("Charlie", {"above": 1})],
)
def test_it_sums_the_reasons_of_those_deals_that_the_speaker_may_see(
    records: Records, speaker: str, counts: dict[str, int]
) -> None:
    with records.work() as work:
        _closed(work, records.alice, closed_for="price")
        _closed(work, records.alice, closed_for="price")
        _closed(work, records.bob, closed_for="service")
        _closed(work, records.charlie, closed_for="above")
        _closed(work, records.alice, "won", closed_for="quality")
        rows = work.deals(records.member(speaker)).reasons("lost", None, None)
        assert {row.reason: row.count for row in rows} == counts
        assert {row.reason: row.amount_minor for row in rows} == {name: 100 * count for name, count in counts.items()}


def test_it_sums_the_reasons_of_a_period_and_of_one_colleague(records: Records) -> None:
    with records.work() as work:
        _closed(work, records.alice, closed_for="price")
        _closed(work, records.alice, closed_for="price", closed_at=MARCH.start - timedelta(seconds=1))
        _closed(work, records.alice, closed_for="price", closed_at=MARCH.end)
        _closed(work, records.bob, closed_for="service", amount_minor=None, currency=None)
        mona = work.deals(records.mona)
        assert {(row.reason, row.count, row.amount_minor) for row in mona.reasons("lost", MARCH, None)} == {
            ("price", 1, 100),
            ("service", 1, 0),
        }
        assert [row.reason for row in mona.reasons("lost", MARCH, records.bob.id)] == ["service"]
        assert mona.reasons("won", MARCH, None) == []


@pytest.mark.parametrize(("speaker", "seen"), [("Alice", {"expo"}), ("Mona", {"expo", "website"}), ("Charlie", set())])
def test_it_sums_sources_of_decided_deals_whatever_the_case(records: Records, speaker: str, seen: set[str]) -> None:
    with records.work() as work:
        _closed(work, records.alice, "won", source="Expo")
        _closed(work, records.alice, "won", source="expo")
        _closed(work, records.alice, "lost", source="EXPO")
        _closed(work, records.bob, "won", source="website")
        house.opportunity(work, records.alice, source="cold call")
        rows = work.deals(records.member(speaker)).by_source()
        assert {row.source for row in rows} == seen
        if "expo" in seen:
            assert {row.stage: (row.count, row.amount_minor) for row in rows if row.source == "expo"} == {
                "won": (2, 200),
                "lost": (1, 100),
            }


def test_it_knows_the_deals_of_one_customer_as_far_as_they_may_be_seen(records: Records) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "Acme")
        li = house.person(work, records.alice, "Li Wei")
        one = house.opportunity(work, records.alice, company=acme)
        two = house.opportunity(work, records.alice, company=acme, touched_at=NOW + timedelta(days=1))
        other = house.opportunity(work, records.bob, company=acme)
        alone = house.opportunity(work, records.alice, contact=li)
        nobody = house.opportunity(work, records.alice)
        alice = work.deals(records.alice)
        assert list(alice.of_customer(one)) == [two, one]
        assert set(work.deals(records.mona).of_customer(one)) == {one, two, other}
        assert list(alice.of_customer(alone)) == [alone]
        assert list(alice.of_customer(nobody)) == [nobody]


def test_it_takes_back_the_purchase_of_one_deal_alone(records: Records) -> None:
    with records.work() as work:
        said = house.message(work, records.alice)
        one, two = _closed(work, records.alice, "won"), _closed(work, records.alice, "won")
        for deal in (one, two):
            house.transaction(work, records.alice, said, opportunity_id=deal.id)
        house.transaction(work, records.alice, said, opportunity_id=one.id, kind="debt")
        alice = work.deals(records.alice)
        assert alice.logged([one, two]) == {one.id, two.id}
        alice.take_back_purchase(one)
        assert alice.logged([one, two]) == {two.id}
        work.commit()
    assert sorted((row["opportunity_id"], row["kind"]) for row in records.rows("transactions")) == [
        (one.id, "debt"),
        (two.id, "purchase"),
    ]


def test_it_tells_when_anybody_at_the_customer_was_reached_last(records: Records) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "Acme")
        house.person(work, records.alice, "Li Wei", acme, reached_at=NOW - timedelta(days=9))
        house.person(work, records.alice, "Zhao Min", acme, reached_at=NOW - timedelta(days=3))
        house.person(work, records.alice, "Bo", reached_at=NOW)
        deal, nobody = house.opportunity(work, records.alice, company=acme), house.opportunity(work, records.alice)
        assert work.deals(records.alice).last_reached(deal) == NOW - timedelta(days=3)
        assert work.deals(records.bob).last_reached(deal) is None
        assert work.deals(records.alice).last_reached(nobody) is None
