"""It finds the opportunities that meet all conditions, page by page, and sums the pipeline up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from actions.rules import names
from storage.repositories import Period, StageTotal, Wanted
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records

DEALS: dict[str, dict[str, Any]] = {
    "ideal": {"money": True, "authority": True, "need": True, "stage": "proposal", "source": "Hannover Messe"},
    "no means": {"money": False, "authority": True, "need": True, "source": "100% web_shop"},
    "nobody decides": {"money": True, "authority": False, "need": True, "product": "Sparrow CRM"},
    "unknown": {"product": "100 crm"},
    "won": {"money": True, "authority": True, "need": True, "stage": "won", "closed_at": NOW, "source": "展会"},
    "lost": {"money": False, "stage": "lost", "closed_at": NOW, "source": "Élan O'Neil"},
    "elan": {"source": "ÉLAN O'Neil"},
    "fair": {"source": "广州展会", "stage": "contacted"},
}
FOUND: tuple[tuple[Wanted, set[str]], ...] = (
    (Wanted(), {"ideal", "no means", "nobody decides", "unknown", "elan", "fair"}),
    (Wanted(money=True), {"ideal", "nobody decides"}),
    (Wanted(money=False), {"no means"}),
    (Wanted(authority=False), {"nobody decides"}),
    (Wanted(need=True, authority=True), {"ideal", "no means"}),
    (Wanted(need=False), set()),
    (Wanted(stage="won"), {"won"}),
    (Wanted(stage="lost"), {"lost"}),
    (Wanted(stage="lead"), {"no means", "nobody decides", "unknown", "elan"}),
    (Wanted(stage="lost", money=True), set()),
    (Wanted(stage="nonsense"), set()),
    (Wanted(source="messe"), {"ideal"}),
    (Wanted(source="WEB"), {"no means"}),
    (Wanted(source="展会"), {"fair"}),
    (Wanted(source="展会", stage="won"), {"won"}),
    (Wanted(source="élan"), {"elan"}),
    (Wanted(source="ÉLAN o'neil"), {"elan"}),
    (Wanted(source="o'neil", stage="lost"), {"lost"}),
    (Wanted(source="%"), {"no means"}),
    (Wanted(source="_"), {"no means"}),
    (Wanted(source="' OR 1=1 --"), set()),
    (Wanted(product="crm"), {"nobody decides", "unknown"}),
    (Wanted(product="sparrow crm"), {"nobody decides"}),
    (Wanted(product="0%c"), set()),
)


@pytest.mark.parametrize(("wanted", "found"), FOUND)
def test_it_finds_what_meets_all_conditions(records: Records, wanted: Wanted, found: set[str]) -> None:
    with records.work() as work:
        names = {house.opportunity(work, records.alice, **columns).id: name for name, columns in DEALS.items()}
        rows, total = work.customers(records.alice).search(wanted, 20)
    assert ({names[row.id] for row in rows}, total) == (found, len(found))


def test_it_finds_what_a_colleague_owns(records: Records) -> None:
    with records.work() as work:
        house.opportunity(work, records.alice)
        bobs = house.opportunity(work, records.bob)
        rows, total = work.customers(records.mona).search(Wanted(owner_id=records.bob.id), 20)
        assert (list(rows), total) == ([bobs], 1)


@pytest.mark.parametrize("apart", [timedelta(), timedelta(minutes=1)], ids=["at the same time", "one by one"])
def test_it_shows_each_once_page_by_page_newest_first(records: Records, apart: timedelta) -> None:
    with records.work() as work:
        ids = [house.opportunity(work, records.alice, touched_at=NOW + number * apart).id for number in range(7)]
        customers = work.customers(records.alice)
        pages = [customers.search(Wanted(), 3, offset) for offset in (0, 3, 6, 9)]
    assert [row.id for rows, _ in pages for row in rows] == ids[::-1]
    assert [len(rows) for rows, _ in pages] == [3, 3, 1, 0]
    assert {total for _, total in pages} == {7}


def test_it_gives_names_out_without_another_query(records: Records) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, "Acme")
        contact = house.person(work, records.alice, "Dan", firm)
        house.opportunity(work, records.alice, company_id=firm.id, contact_id=contact.id)
        work.commit()
    with records.work() as work:
        (row,), _ = work.customers(records.alice).search(Wanted(), 1)
    assert row.company is not None
    assert row.contact is not None
    assert (row.company.name, row.contact.name) == ("Acme", "Dan")


def test_it_knows_names_with_their_company_newest_first(records: Records) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, "Acme")
        house.person(work, records.alice, "Dan", firm, also_known_as=["Daniel"])
        house.person(work, records.alice, None)
        house.person(work, records.alice, "Eve")
        known = work.customers(records.alice).persons_known()
    assert [(each.name, each.key, each.aliases, each.company) for each in known] == [
        ("Eve", "eve", (), None),
        ("Dan", "dan", ("Daniel",), "Acme"),
    ]


# --- the pipeline

TODAY = date(2026, 3, 2)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
FEBRUARY = Period(
    date(2026, 2, 1), date(2026, 2, 28), datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
)
ONE_DAY = Period(TODAY, TODAY, datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
MOMENT = timedelta(microseconds=1)


def _totals(
    records: Records, *deals: dict[str, Any], period: Period | None = None
) -> dict[tuple[str, str | None], tuple[int, int]]:
    with records.work() as work:
        for columns in deals:
            house.opportunity(work, records.alice, **columns)
        rows = work.customers(records.alice).pipeline(period, TODAY, None)
    assert all(isinstance(row, StageTotal) and isinstance(row.amount_minor, int) for row in rows)
    return {(row.stage, row.currency): (row.count, row.amount_minor) for row in rows}


def test_it_sums_by_stage_and_never_mixes_currencies(records: Records) -> None:
    assert _totals(
        records,
        {"stage": "lead", "currency": "EUR", "amount_minor": 10_050},
        {"stage": "lead", "currency": "EUR", "amount_minor": 1},
        {"stage": "lead", "currency": "CNY", "amount_minor": 4_000_000_000_000},
        {"stage": "lead", "currency": "CNY", "amount_minor": 4_000_000_000_000},
        {"stage": "lead"},
        {"stage": "won", "currency": "EUR"},
    ) == {
        ("lead", "EUR"): (2, 10_051),
        ("lead", "CNY"): (2, 8_000_000_000_000),
        ("lead", None): (1, 0),
        ("won", "EUR"): (1, 0),
    }


def test_it_has_no_totals_where_there_is_nothing(records: Records) -> None:
    assert _totals(records) == {}


@pytest.mark.parametrize(
    ("period", "closed_at", "counts"),
    [
        (MARCH, MARCH.start, True),
        (MARCH, MARCH.start - MOMENT, False),
        (MARCH, MARCH.end - MOMENT, True),
        (MARCH, MARCH.end, False),
        (FEBRUARY, FEBRUARY.start, True),
        (FEBRUARY, MARCH.start, False),
        (ONE_DAY, NOW, True),
        (None, NOW, True),
    ],
)
@pytest.mark.parametrize("stage", ["won", "lost"])
def test_it_counts_closed_deals_in_the_period_of_their_closing(
    records: Records, stage: str, period: Period | None, closed_at: datetime | None, counts: bool
) -> None:
    assert bool(_totals(records, {"stage": stage, "closed_at": closed_at}, period=period)) is counts


@pytest.mark.parametrize(
    ("period", "expected", "counts"),
    [
        (MARCH, date(2026, 3, 1), True),
        (MARCH, date(2026, 3, 31), True),
        (MARCH, date(2026, 4, 1), False),
        (MARCH, date(2026, 2, 10), True),  # late, and still to come
        (MARCH, None, True),
        (FEBRUARY, date(2026, 2, 10), False),  # February is over
        (FEBRUARY, None, False),
        (ONE_DAY, TODAY, True),
        (ONE_DAY, date(2026, 3, 3), False),
        (None, date(2027, 1, 1), True),
    ],
)
def test_it_counts_open_deals_that_can_still_come_in_the_period(
    records: Records, period: Period | None, expected: date | None, counts: bool
) -> None:
    assert bool(_totals(records, {"stage": "proposal", "expected_close": expected}, period=period)) is counts


def test_it_counts_the_deals_of_one_rep(records: Records) -> None:
    def counted(work: UnitOfWork, owner_id: int | None) -> list[int]:
        return [row.count for row in work.customers(records.mona).pipeline(None, TODAY, owner_id)]

    with records.work() as work:
        house.opportunity(work, records.alice)
        house.opportunity(work, records.alice)
        house.opportunity(work, records.bob)
        house.opportunity(work, records.charlie)
        assert counted(work, None) == [3]
        assert counted(work, records.bob.id) == [1]
        assert counted(work, records.charlie.id) == []


@pytest.mark.parametrize(
    "name",
    [
        "Li Wei",
        "Wei",
        "li  WEI",
        "Webber",
        "Weber",
        "Acme",
        "Schmidt",
        "王总",
        "王建国",
        "王经理",
        "李伟",
        "Zoë",
        "100%",
        "Old Name",
    ],
)
def test_it_reads_every_name_that_can_be_meant(records: Records, name: str) -> None:
    known = (
        "Li Wei",
        "Hans Weber",
        "Webber",
        "Schmitt",
        "Schmidt",
        "王建国",
        "王总",
        "王经理",
        "李伟",
        "李伟明",
        "Zoe",
        "100% Cotton",
    )
    with records.work() as work:
        for each in known:
            house.person(work, records.alice, each, name_key=names.key(each))
        house.person(work, records.alice, "New Name", also_known_as=["Old Name"])
        customers = work.customers(records.alice)
        everybody = customers.persons_known()
        narrowed = customers.persons_known(names.key(name))
        found = names.match(name, everybody)
        assert names.match(name, narrowed) == found
        assert len(everybody) == len(known) + 1


def test_it_reads_few_names_of_many(records: Records) -> None:
    with records.work() as work:
        for number in range(50):
            house.person(work, records.alice, f"{chr(97 + number % 25)}nna {number}")
        customers = work.customers(records.alice)
        assert [each.name for each in customers.persons_known("nobody like that")] == []
        assert len(customers.persons_known("anna")) == 2
        assert [each.name for each in customers.persons_known("anna 0")] == ["anna 0"]
