"""It tells how the relationship with a customer stands by what they bought and when, and what to do to keep them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from actions import playbook
from actions.rules.relationship import STAGES
from nlu.understanding import Money
from storage.models import Base, Company, Objection, Opportunity, Person, Transaction
from tests.actions.house import Desk
from tests.conftest import TestClock

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
METHOD = playbook.load().relationship
LEAVING = playbook.load().leaving
ACME = {"company": "Acme"}
HOSTILE = '<b>&"'


def _bought(desk: Desk, *days_ago: int, kind: str = "purchase", amount: int = 100_000, **more: Any) -> None:
    """Acme's purchases of so many days ago, in minor units of US dollars."""
    with desk._manny.sessions() as session:
        company_id = session.scalar(select(Company.id).order_by(Company.id))
        assert company_id is not None
        rows = [
            {
                "team_id": 1,
                "company_id": company_id,
                "kind": kind,
                "happened_on": TODAY - timedelta(days=days),
                "amount_minor": amount,
                "currency": "USD",
                "created_at": NOW,
                **more,
            }
            for days in days_ago
        ]
        session.execute(insert(Transaction), rows)
        session.commit()


def _quiet(desk: Desk, days: int) -> None:
    """Nothing was heard of anybody for so long."""
    then = NOW - timedelta(days=days)
    with desk._manny.sessions() as session:
        session.execute(update(Opportunity).values(touched_at=then, stage_since=then))
        session.execute(update(Person).values(reached_at=then))
        session.commit()


def _count(desk: Desk, table: str) -> int:
    with desk._manny.engine.connect() as connection:
        return len(connection.execute(select(Base.metadata.tables[table].c.id)).all())


def _won(desk: Desk) -> None:
    desk.hears("update_deal", person="Li Wei", **ACME, stage="won", amount=Money(Decimal(1_000), "USD"))


# --- the stage


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("days_ago", "stage"),
    [
        ((), "incubation"),
        ((5,), "early"),
        ((200, 100, 20), "middle"),
        (tuple(range(10, 910, 100)), "partner"),
        ((500,), "interrupted"),
    ],
)
def test_it_says_the_stage_with_all_its_measures(
    tmp_path: Path, days_ago: tuple[int, ...], stage: str, language: str
) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", person="Li Wei", **ACME)
        if days_ago:
            _bought(desk, *days_ago)
        else:
            _quiet(desk, 20)
        reply = desk.hears("ask_advice", **ACME, topic="keep")
        entry = METHOD.stages[stage]
        assert reply.template == "relationship/advice"
        assert entry.name.in_(language) in reply.text.splitlines()[0]
        assert len(reply.text.splitlines()) <= 12
        more = desk.presses(len(reply.buttons))
        assert more.template == "relationship/details"
        for measure in entry.measures:
            assert measure.in_(language) in more.text
        assert len(more.text.replace("\n\n", "\n").splitlines()) <= 3 + len(entry.measures)
        assert more.buttons[:-2] == reply.buttons[:-1]
        leaving = desk.presses(len(more.buttons))
        for reason in LEAVING.values():
            assert reason.do.in_(language) in leaving.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_shows_the_cycle_with_what_is_due(tmp_path: Path, language: str) -> None:
    def _cycle() -> Any:
        more = desk.presses(len(desk.hears("ask_advice", **ACME, topic="keep").buttons))
        reply = desk.presses(len(more.buttons) - 1)
        assert reply.template == "relationship/cycle"
        assert len(reply.text.replace("\n\n", "\n").splitlines()) <= 8
        (due,) = [each["key"] for each in reply.facts["steps"] if each["due"]]
        assert METHOD.cycle[due].do.in_(language) in reply.text
        return reply, due

    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", person="Li Wei", **ACME, money="yes", authority="yes", need="yes")
        _bought(desk, 40)
        reply, due = _cycle()
        tiers = playbook.load().tiers.tiers
        assert due == "interact"
        assert (reply.facts["known"], reply.facts["pieces"]) == (0, 5)
        assert reply.facts["tier"] == tiers["vip"].name.in_(language)
        assert tiers["vip"].do.in_(language) in reply.text
        assert METHOD.stages["early"].name.in_(language) in reply.text
        desk.hears("report_objection", **ACME, objection="price")
        reply, due = _cycle()
        assert due == "respond"
        assert {"en": "still open: price", "zh": "还没解决的异议：价格"}[language] in reply.text


def test_a_follow_up_that_is_overdue_is_answered_first(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Li Wei", **ACME, money="yes", authority="yes", need="yes")
        desk.presses(1)
        _bought(desk, 40)
        desk.waits(days=3)
        more = desk.presses(len(desk.hears("ask_advice", **ACME, topic="keep").buttons))
        assert "a follow-up was due Tue 3 Mar" in desk.presses(len(more.buttons) - 1).text


def test_it_has_tried_every_stage() -> None:
    assert set(STAGES) == {"incubation", "early", "middle", "partner", "interrupted"}


def test_it_takes_a_won_deal_for_a_purchase_even_without_an_amount(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won")
        reply = desk.hears("ask_advice", **ACME)
        assert reply.facts["relation"] == "early"
        assert "Bought 1 time, last on" in reply.text


def test_it_counts_a_won_deal_with_an_amount_once(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _won(desk)
        reply = desk.hears("ask_advice", **ACME)
        assert reply.facts["bought"] == {
            "count": 1,
            "amounts": [{"value": 1_000, "currency": "USD"}],
            "last": "2026-03-02",
        }


def test_it_advises_on_a_person_without_a_company(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", person="Li Wei", stage="won", amount=Money(Decimal(1_000), "USD"))
        assert desk.hears("ask_advice", person="Li Wei").facts["bought"]["count"] == 1


def test_it_leaves_the_next_step_of_an_open_deal_to_the_class(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _won(desk)
        desk.hears("log_contact", **ACME, need="yes")
        assert desk.hears("ask_advice", **ACME).template == "coaching/advice"
        assert desk.hears("ask_advice", **ACME, topic="keep").facts["bought"]["count"] == 1


# --- signs of a decline


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Order overdue: usually every 30 days, the last one 60 days ago", "Win them back"]),
        ("zh", ["该下单没下：平时每30天一单，上一单是60天前", "值得挽回"]),
    ],
)
def test_it_shows_the_signs_with_their_figures(tmp_path: Path, language: str, said: list[str]) -> None:
    with Desk(tmp_path, language) as desk:
        _won(desk)
        with desk._manny.sessions() as session:
            session.execute(update(Transaction).values(happened_on=TODAY - timedelta(days=60)))
            session.commit()
        _bought(desk, 90, 120, 150)
        reply = desk.hears("ask_advice", **ACME, topic="keep")
        for words in said:
            assert words in reply.text
        assert METHOD.phases["second_thoughts"].name.in_(language) in reply.text
        desk.presses(1)
        assert _count(desk, "reminders") == 1


def test_it_shows_silence_returns_and_objections_and_where_to_look_first(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _won(desk)
        desk.presses(1)
        desk.hears("log_contact", **ACME)
        desk.hears("report_objection", **ACME, objection="price")
        _bought(desk, 20, kind="return", amount=10)
        with desk._manny.sessions() as session:
            session.execute(
                update(Transaction).where(Transaction.kind == "purchase").values(happened_on=date(2025, 12, 1))
            )
            session.execute(update(Objection).values(said_at=NOW - timedelta(days=70)))
            session.commit()
        _quiet(desk, 70)
        reply = desk.hears("ask_advice", **ACME, topic="keep")
        assert "Sent goods back: 1 time in 180 days" in reply.text
        assert "Objection not settled: price" in reply.text
        assert "Nothing heard of them for 70 days" in reply.text
        assert [sign["kind"] for sign in reply.facts["signs"]] == ["returns", "objections", "silent", "stuck"]
        assert reply.facts["cause"]["name"] in (LEAVING["quality"].name.en, LEAVING["price"].name.en)


def test_it_counts_no_objection_that_is_settled(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        desk.hears("report_objection", **ACME, objection="price")
        with desk._manny.sessions() as session:
            session.execute(update(Objection).values(outcome="settled"))
            session.commit()
        _bought(desk, 5)
        assert desk.hears("ask_advice", **ACME, topic="keep").facts["signs"] == []


@pytest.mark.parametrize(("language", "said"), [("en", "No sign that they are leaving"), ("zh", "没有要流失的迹象")])
def test_it_says_that_there_is_no_sign(tmp_path: Path, language: str, said: str) -> None:
    with Desk(tmp_path, language) as desk:
        _won(desk)
        reply = desk.hears("ask_advice", **ACME, topic="keep")
        assert said in reply.text
        assert reply.facts["days"] == METHOD.call_after_days


def test_it_goes_on_by_the_class_with_who_has_bought_nothing_and_is_not_quiet(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        assert desk.hears("ask_advice", **ACME, topic="keep").template == "coaching/advice"


@pytest.mark.parametrize(("language", "said"), [("en", "has not moved for 20 days"), ("zh", "20天没有进展")])
def test_it_takes_up_an_open_deal_that_has_gone_quiet(tmp_path: Path, language: str, said: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        _quiet(desk, 20)
        reply = desk.hears("ask_advice", **ACME, topic="keep")
        assert said in reply.text
        assert (reply.facts["way"], reply.facts["why"]) == ("recover", "still_open")


# --- recover or let go


def test_it_lets_go_of_who_costs_more_than_they_bring_in(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME)
        _bought(desk, 400, 430, profit_minor=1_000, spent_minor=5_000)
        reply = desk.hears("ask_advice", **ACME, topic="keep")
        assert "Let go: they have cost more than they brought in" in reply.text
        assert reply.buttons == ("more",)


def test_it_lets_go_of_nobody_whose_profit_is_known_in_part(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME)
        _bought(desk, 430, profit_minor=1_000, spent_minor=5_000)
        _bought(desk, 400)
        assert desk.hears("ask_advice", **ACME, topic="keep").facts["way"] == "recover"


def test_it_lets_go_of_who_is_no_customer(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Li Wei", **ACME, money="no", authority="no", need="no")
        _bought(desk, 40)
        reply = desk.hears("ask_advice", **ACME, topic="keep")
        assert (reply.facts["way"], reply.facts["why"]) == ("let_go", "no_customer")


# --- whoever is meant


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_names_the_seven_reasons_where_nobody_is_meant(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        reply = desk.hears("ask_advice", topic="keep", text="how do I keep my customers?")
        assert reply.template == "relationship/leaving"
        for reason in LEAVING.values():
            assert reason.name.in_(language) in reply.text
            assert reason.do.in_(language) in reply.text


def test_it_speaks_of_the_customer_that_the_conversation_is_about(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _won(desk)
        assert desk.hears("ask_advice", topic="keep", mention="pronoun", text="they went quiet").facts["who"]


def test_it_knows_no_customer_of_this_name(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert desk.hears("ask_advice", company="Nobody", topic="keep").template == "people/unknown"


def test_it_escapes_names(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", person=f"Li {HOSTILE}", company=f"Acme {HOSTILE}", stage="won")
        reply = desk.hears("ask_advice", company=f"Acme {HOSTILE}")
        assert "&lt;b&gt;&amp;" in reply.html
        assert f"Acme {HOSTILE}" in reply.text


def test_it_offers_no_second_follow_up(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _won(desk)
        desk.hears("ask_advice", **ACME)
        desk.presses(1)
        assert desk.hears("ask_advice", **ACME).buttons == ("more",)


# --- letters by the calendar


@pytest.mark.parametrize(
    ("language", "at", "said"),
    [
        ("en", "2026-12-01T09:00", "Write to them for Christmas (Fri 25 Dec)"),
        ("en", "2026-03-02T09:00", None),
        ("zh", "2026-09-01T09:00", "9月25日周五是中秋节"),
        ("zh", "2026-12-20T09:00", "2027年1月1日周五是元旦"),
        ("zh", "2026-03-02T09:00", None),
    ],
)
def test_it_mentions_the_next_festival_to_who_is_one_for_the_long_term(
    tmp_path: Path, language: str, at: str, said: str | None
) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", **ACME, money="yes", authority="no", need="no")
        desk.hears("log_contact", company="Globex", money="yes", authority="yes", need="no")
        clock = desk._manny.clock
        assert isinstance(clock, TestClock)
        clock.set(datetime.fromisoformat(at))
        reply = desk.hears("ask_advice", **ACME)
        assert (said in reply.text) if said else ("✉️" not in reply.text)
        assert "✉️" not in desk.hears("ask_advice", company="Globex").text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "a year since their first order (Tue 10 Mar)"), ("zh", "是首次下单1周年")]
)
def test_it_mentions_the_anniversary_of_the_first_order(tmp_path: Path, language: str, said: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", **ACME)
        _bought(desk, 357, 30)
        assert said in desk.hears("ask_advice", **ACME, topic="keep").text
