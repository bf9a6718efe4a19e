"""It shows a customer on one screen, a person otherwise than a company, and the file in its five classes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.database import make_engine, session_factory
from storage.models import Attachment, Company, Member, Message, Opportunity, Person, Transaction
from storage.unit_of_work import UnitOfWork
from tests.actions.house import Desk
from tests.storage.house import NOW

ACME = {"company": "Acme", "person": "Li Wei"}
SCREEN = 14
"""Lines that a phone shows at once."""


@contextmanager
def _records(folder: Path) -> Iterator[UnitOfWork]:
    """The desk's records; what is written is kept."""
    engine = make_engine(f"sqlite:///{folder / 'manny.db'}")
    with UnitOfWork(session_factory(engine)) as work:
        yield work
        work.commit()
    engine.dispose()


def _books(folder: Path, *rows: tuple[str, int, str], of_person: bool = False) -> None:
    """Puts rows of (kind, amount in major units, currency) into the books of the only company, or person."""
    with _records(folder) as work:
        owner = work.session.scalars(select(Member)).first()
        customer_id = work.session.scalars(select(Person.id if of_person else Company.id)).one()
        assert owner is not None
        for day, (kind, amount, currency) in enumerate(rows, 1):
            whose = {"person_id" if of_person else "company_id": customer_id}
            row = Transaction(
                team_id=owner.team_id,
                kind=kind,
                happened_on=date(2026, 1, day),
                amount_minor=amount * 100,
                currency=currency,
                created_at=NOW,
                **whose,
            )
            work.session.add(row)


def _file(desk: Desk, **whose: str) -> Any:
    return desk.hears("show_customer", topic="file", **(whose or {"company": "Acme"}))


# --- the card


def test_it_shows_a_company_s_card_on_one_screen_with_the_words_for_each_fact(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", text="has budget", **ACME, money="yes", need="yes", met=True, quantity=20)
        desk.hears("log_contact", text="no say, Zhao Min decides", **ACME, authority="no", related="Zhao Min")
        card = desk.hears("show_customer", company="Acme")
        lines = card.text.splitlines()
        assert lines[0].startswith("Acme · Contacted since Mon 2 Mar")
        assert "People: Zhao Min (decision maker, not met yet), Li Wei" in lines
        assert "Money: yes, “has budget”" in lines
        assert len(lines) <= SCREEN
        assert "by whom" not in card.text
        more = desk.presses(len(card.buttons))
        assert more.template == "contacts/card_more"
        assert "· Mon 2 Mar, Ann, money (yes): “has budget”" in more.text


def test_it_shows_a_person_s_card_where_a_person_is_asked_for(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", **ACME, role="technical", style="blue", met=True)
        desk.hears("log_referral", person="Otto", company="Bolt", referrer="Li Wei")
        desk.hears("log_referral", person="Li Wei", company="Acme", referrer="Wang Fang")
        card = desk.hears("show_customer", person="Li Wei")
        lines = card.text.splitlines()
        assert lines[:4] == [
            "Li Wei · Acme",
            "technical manager, blue (analytical and precise)",
            "Cares about: nothing new to learn, simple maintenance, and everything covered",
            "How to deal with them: Hear out what they need.",
        ]
        assert "Not known whether they decide · met Mon 2 Mar" in lines
        assert "Introduced by Wang Fang · introduced 1" in lines
        assert len(lines) <= SCREEN
        assert "Bring a complete plan" in desk.presses(len(card.buttons)).text


def test_it_shows_a_person_of_no_company_and_a_buyer_without_a_name(tmp_path: Path) -> None:
    with Desk(tmp_path, "zh") as desk:
        desk.hears("log_contact", person="王总", authority="yes", met=True)
        assert "能拍板 · 3月2日周一见过" in desk.hears("show_customer", person="王总").text
        desk.hears("log_contact", mention="new", money="yes")
        assert desk.hears("show_customer", mention="pronoun").text.startswith("一位客户（姓名未知）")


def test_it_shows_what_was_bought_and_is_owed_on_the_card(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        assert "Bought" not in desk.hears("show_customer", company="Acme").text
        _books(tmp_path, ("purchase", 100, "USD"), ("purchase", 20, "EUR"), ("debt", 50, "USD"), ("purchase", 7, "USD"))
        text = desk.hears("show_customer", company="Acme").text
        assert "Bought: 107 USD, 20 EUR, last 4 Jan 2026; owes 50 USD" in text


def test_it_shows_hostile_names_as_they_are(tmp_path: Path) -> None:
    name = '<b>Li & "Wei" {{ 7*7 }}'
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person=name, company="A<i>cme", need="yes")
        for topic in (None, "people", "information", "file", "referrals"):
            reply = desk.hears("show_customer", person=name, topic=topic)
            assert "A<i>cme" in reply.text or name in reply.text, reply.text
            assert "<i>cme" not in reply.html
            assert "49" not in reply.text


# --- the file


def test_it_shows_the_file_in_its_five_classes_with_sums(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        rows = [("agreement", 300), ("purchase", 100), ("purchase", 50), ("debt", 80), ("repayment", 30)]
        _books(tmp_path, *((kind, amount, "USD") for kind, amount in [*rows, ("return", 5), ("discount", 2)]))
        reply = _file(desk)
        assert reply.text.splitlines()[1:] == [
            "1. Basic data: Contacted, on record since Mon 2 Mar, 1 person; Li Wei",
            "2. Agreements and orders: agreed 300 USD",
            "3. Debts and repayments: owed 80 USD, paid back 30 USD; still owed 50 USD",
            "4. Transactions: bought 150 USD (2 times), last 3 Jan 2026",
            "5. Returns and discounts: returned 5 USD, discounts 2 USD",
        ]
        more = desk.presses(len(reply.buttons)).text
        assert more.splitlines()[3] == "· 7 Jan 2026, discount: 2 USD"


def test_it_never_adds_up_two_currencies(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        _books(tmp_path, ("debt", 80, "USD"), ("repayment", 80, "EUR"), ("purchase", 1, "USD"), ("purchase", 2, "EUR"))
        text = _file(desk).text
        assert "still owed 80 USD\n" in text
        assert "bought 2 EUR, bought 1 USD" in text


def test_it_shows_the_file_of_a_person_without_a_company(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Otto", need="yes")
        assert _file(desk, person="Otto").buttons == ()
        _books(tmp_path, ("purchase", 9, "USD"), of_person=True)
        assert "4. Transactions: bought 9 USD, last 1 Jan 2026" in _file(desk, person="Otto").text


def test_it_shows_the_latest_files_and_deals_won(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        with _records(tmp_path) as work:
            deal, sent = work.session.scalars(select(Opportunity)).one(), work.session.scalars(select(Message)).first()
            assert sent is not None
            for number in range(12):
                file = Attachment(
                    opportunity_id=deal.id,
                    message_id=sent.id,
                    member_id=deal.owner_id,
                    name=f"offer {number} <b>.pdf",
                    path=f"{number}",
                    media_type="application/pdf",
                    size=1,
                    words="the offer",
                    sent_at=NOW,
                )
                work.session.add(file)
            deal.stage, deal.closed_at, deal.amount_minor, deal.currency = "won", NOW, 4800000, "USD"
        reply = _file(desk)
        assert "1 deal won" in reply.text
        assert "Files: 12, the latest offer 11 <b>.pdf" in reply.text
        assert "offer 11 &lt;b&gt;.pdf" in reply.html
        more = desk.presses(len(reply.buttons)).text
        assert "· Mon 2 Mar, 48,000 USD" in more
        assert more.count("offer") == 2 * 10
        card = desk.hears("show_customer", company="Acme")
        assert "offer 9 <b>.pdf and 9 more" in desk.presses(len(card.buttons)).text


def test_it_shows_nobody_another_rep_s_file(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        _books(tmp_path, ("purchase", 100, "USD"))
        desk.takes_over("Bob")
        assert _file(desk).template == "people/unknown"
        desk.takes_over("Mona", "manager")
        assert "bought 100 USD" in _file(desk).text


@pytest.mark.parametrize("topic", [None, "people", "information", "file"])
def test_it_asks_whom_where_nobody_is_meant_and_has_no_more_than_a_name_where_there_is_no_deal(
    tmp_path: Path, topic: str | None
) -> None:
    with Desk(tmp_path) as desk:
        assert desk.hears("show_customer", topic=topic).template == "people/whom"
        desk.hears("help")  # It waits for a name no longer.
        desk.hears("log_referral", person="Mei", referrer="Otto")
        assert desk.hears("show_customer", person="Otto", topic=topic).template == "contacts/card_empty"
        assert desk.hears("show_customer", person="Zorro", topic=topic).template == "people/unknown"
