"""It sums what customers have bought over a period, for those who may see them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage.models import Company, Member, Person, Transaction
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records


def _bought(
    work: UnitOfWork, owner: Member, whom: Company | Person, amount: int, day: str = "2026-02-01", **more: Any
) -> Transaction:
    row = Transaction(
        **{
            "team_id": owner.team_id,
            "company_id": whom.id if isinstance(whom, Company) else None,
            "person_id": whom.id if isinstance(whom, Person) else None,
            "kind": "purchase",
            "happened_on": date.fromisoformat(day),
            "amount_minor": amount,
            "currency": "EUR",
            "created_at": NOW,
            **more,
        }
    )
    work.transactions(owner).add(row)
    return row


@pytest.mark.parametrize(
    ("speaker", "seen"),
    [
        ("Alice", ["Acme", "Alan"]),
        ("Bob", ["Globex"]),
        ("Mona", ["Acme", "Globex", "Alan"]),
        ("Charlie", ["Hidden"]),
    ],
)
def test_it_shows_purchases_of_those_customers_whom_the_speaker_may_see(
    records: Records, speaker: str, seen: list[str]
) -> None:
    with records.work() as work:
        acme, globex = house.company(work, records.alice, "Acme"), house.company(work, records.bob, "Globex")
        hidden, alan = house.company(work, records.charlie, "Hidden"), house.person(work, records.alice, "Alan")
        _bought(work, records.alice, acme, 300)
        _bought(work, records.bob, globex, 200)
        _bought(work, records.charlie, hidden, 900)
        _bought(work, records.alice, alan, 100)
        transactions = work.transactions(records.member(speaker))
        assert [each.name for each in transactions.bought()] == seen
        assert len(transactions.latest()) == len(seen)
        assert bool(transactions.latest(company_id=acme.id)) == ("Acme" in seen)
        assert bool(transactions.bought(person_id=alan.id)) == ("Alan" in seen)


def test_it_sums_each_customer_over_a_period_in_each_currency(records: Records) -> None:
    with records.work() as work:
        acme, globex = house.company(work, records.alice, "Acme"), house.company(work, records.alice, "Globex")
        for day, amount, more in (
            ("2025-12-31", 1_000, {}),
            ("2026-01-01", 500, {"profit_minor": 50, "spent_minor": 5}),
            ("2026-03-31", 700, {"profit_minor": -20}),
            ("2026-02-10", 300, {}),
            ("2026-02-11", 90, {"kind": "return", "profit_minor": -9}),
            ("2026-02-12", 10, {"kind": "discount"}),
            ("2026-02-13", 5_000, {"kind": "debt"}),
            ("2026-02-14", 40, {"currency": "USD"}),
            ("2026-04-01", 9_000, {}),
        ):
            _bought(work, records.alice, acme, amount, day, **more)
        _bought(work, records.alice, globex, 80, kind="return")
        euro, dollar = work.transactions(records.alice).bought(date(2026, 1, 1), date(2026, 3, 31))
    assert (euro.name, euro.currency, euro.purchases, euro.company_id) == ("Acme", "EUR", 3, acme.id)
    assert (euro.sales_minor, euro.bought_minor, euro.known_minor, euro.costed_minor) == (1_400, 1_500, 1_200, 500)
    assert (euro.profit_minor, euro.spent_minor) == (21, 5)
    assert (euro.first, euro.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (dollar.currency, dollar.sales_minor, dollar.profit_minor, dollar.spent_minor) == ("USD", 40, None, None)


def test_it_sums_what_was_bought_of_each_product(records: Records) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "Acme")
        for amount, product in ((10, "X200"), (20, "x200"), (5, "X300"), (1, None), (2, None)):
            _bought(work, records.alice, acme, amount, product=product, profit_minor=amount)
        rows = work.transactions(records.mona).products_bought(acme.id, None)
    assert [(row.product, row.sales_minor, row.profit_minor) for row in rows] == [
        ("x200", 30, 30),
        ("x300", 5, 5),
        (None, 3, 3),
    ]


def test_it_sums_the_customers_of_one_colleague(records: Records) -> None:
    with records.work() as work:
        _bought(work, records.alice, house.company(work, records.alice, "Acme"), 1)
        _bought(work, records.bob, house.person(work, records.bob, "Dan"), 2)
        everybody = work.transactions(records.mona)
        assert [row.name for row in everybody.bought(owner_id=records.alice.id)] == ["Acme"]
        assert [row.name for row in everybody.bought(owner_id=records.bob.id)] == ["Dan"]
        assert [row.name for row in everybody.bought(owner_id=records.charlie.id)] == []


def test_it_sums_what_those_have_bought_whom_a_customer_introduced(records: Records) -> None:
    with records.work() as work:
        acme, globex = house.company(work, records.alice, "Acme"), house.company(work, records.alice, "Globex")
        li, ann = house.person(work, records.alice, "Li", acme), house.person(work, records.alice, "Ann", acme)
        house.person(work, records.alice, "Gil", globex, referrer_id=li.id)
        dan = house.person(work, records.alice, "Dan", referrer_id=ann.id)
        house.person(work, records.alice, "Eve", acme, referrer_id=li.id)
        ben = house.person(work, records.bob, "Ben", referrer_id=li.id)
        end = house.person(work, records.alice, "End", referrer_id=dan.id)
        customers: list[Company | Person] = [acme, globex, dan, ben, end]
        for whom in customers:
            _bought(work, records.alice, whom, 1)
        alice, mona = work.transactions(records.alice), work.transactions(records.mona)
        assert {row.name for row in alice.bought_by_introduced(acme.id, None)} == {"Globex", "Dan"}
        assert {row.name for row in mona.bought_by_introduced(acme.id, None)} == {"Globex", "Dan", "Ben"}
        assert {row.name for row in alice.bought_by_introduced(None, dan.id)} == {"End"}
        assert (alice.introduced(acme.id, None), mona.introduced(acme.id, None)) == (3, 4)
        assert alice.introduced(None, end.id) == 0


def test_it_sums_the_open_deals_of_a_customer_in_one_currency(records: Records) -> None:
    with records.work() as work:
        acme, dan = house.company(work, records.alice, "Acme"), house.person(work, records.alice, "Dan")
        for stage, amount, currency in (
            ("lead", 1, "EUR"),
            ("proposal", 2, "EUR"),
            ("won", 4, "EUR"),
            ("lead", 8, "USD"),
        ):
            closed_at = NOW if stage == "won" else None
            money = {"stage": stage, "closed_at": closed_at, "amount_minor": amount, "currency": currency}
            house.opportunity(work, records.alice, company_id=acme.id, contact_id=dan.id, **money)
            house.opportunity(work, records.alice, contact_id=dan.id, **money)
        assert work.transactions(records.alice).expected_minor(acme.id, None, "EUR") == 3
        assert work.transactions(records.mona).expected_minor(None, dan.id, "USD") == 8
        assert work.transactions(records.bob).expected_minor(acme.id, None, "EUR") == 0


def test_it_gives_the_rows_that_the_books_have_not_numbered(records: Records) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "Acme")
        _bought(work, records.alice, acme, 1, "2026-01-01")
        _bought(work, records.alice, acme, 2, "2026-01-02", reference="A-1")
        _bought(work, records.alice, acme, 3, "2026-01-02", kind="debt")
        _bought(work, records.alice, acme, 4, "2026-01-03")
        rows = work.transactions(records.alice).unreferenced(date(2026, 1, 1), date(2026, 1, 2))
        assert [row.amount_minor for row in rows] == [1, 3]
        assert not work.transactions(records.bob).unreferenced(date(2026, 1, 1), date(2026, 1, 2))


def test_it_gives_a_customers_latest_rows_of_some_kinds(records: Records) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "Acme")
        for day in range(1, 13):
            _bought(work, records.alice, acme, day, f"2026-01-{day:02}", kind="debt" if day % 3 == 0 else "purchase")
        transactions = work.transactions(records.alice)
        assert [row.amount_minor for row in transactions.latest(acme.id)] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]
        assert [row.amount_minor for row in transactions.latest(acme.id, kinds=("debt",), limit=2)] == [12, 9]


def test_it_knows_which_references_are_on_record_in_the_team(records: Records) -> None:
    with records.work() as work:
        acme, hidden = house.company(work, records.alice, "Acme"), house.company(work, records.charlie, "Hidden")
        for number in range(3):
            _bought(work, records.alice, acme, 1, reference=f"A-{number}")
        _bought(work, records.charlie, hidden, 1, reference="C-1")
        asked = [f"A-{number}" for number in range(1, 1_200)] + ["C-1"]
        assert work.transactions(records.bob).references(asked) == {"A-1", "A-2"}
        assert work.transactions(records.bob).references([]) == set()
