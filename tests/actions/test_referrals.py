"""It keeps who introduced whom, shows the chain, and tells whom to thank when the one introduced buys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from actions import rewarding
from actions.playbook import load
from actions.turn import Turn
from bot.console import CHANNEL
from bot.settings import load as load_settings
from nlu.understanding import Understanding
from storage.database import make_engine, session_factory
from storage.models import Member, Message, Opportunity, Person, Reward
from storage.unit_of_work import UnitOfWork
from tests.actions.house import Desk

ZHANG = {"person": "Zhang Min", "company": "Globex"}


@contextmanager
def _turn(folder: Path, name: str = "Ann") -> Iterator[Turn]:
    """A turn of a member on the desk's records; what it does is kept."""
    settings = load_settings(timezone="Asia/Shanghai")
    engine = make_engine(f"sqlite:///{folder / 'manny.db'}")
    with UnitOfWork(session_factory(engine)) as work:
        speaker = work.session.scalar(select(Member).where(Member.name == name))
        assert speaker is not None
        yield Turn(
            said=Understanding(text="", language="en", intent="help", confidence=1.0),
            speaker=speaker,
            conversation=work.team.conversation(CHANNEL, str(speaker.id), speaker),
            message=Message(id=1),
            work=work,
            customers=work.customers(speaker),
            playbook=load(),
            now=datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")),
            currency="USD",
            day=settings.day,
        )
        work.commit()
    engine.dispose()


def _due(folder: Path, company: str = "Globex") -> list[dict[str, Any] | None]:
    """What every deal of the company makes due."""
    with _turn(folder) as turn:
        deals = turn.work.session.scalars(select(Opportunity).order_by(Opportunity.id)).all()
        return [rewarding.due_for(turn, deal) for deal in deals if deal.company and deal.company.name == company]


def test_it_owes_thanks_once_the_customer_introduced_has_bought(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", **ZHANG, referrer="Li Wei")
        assert _due(tmp_path) == [None]
        desk.hears("update_deal", **ZHANG, stage="won")
        first, second = _due(tmp_path), _due(tmp_path)
    assert first == second
    assert first[0] is not None
    assert (first[0]["referrer"], first[0]["for"]) == ("Li Wei", "Zhang Min (Globex)")


def test_it_owes_nobody_thanks_for_a_customer_whom_nobody_introduced(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ZHANG, need="yes")
        desk.hears("update_deal", **ZHANG, stage="won")
        assert _due(tmp_path) == [None]


def test_it_owes_no_thanks_for_a_colleague_whom_a_buyer_brought_in(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Li Wei", company="Globex", need="yes")
        desk.hears("log_referral", **ZHANG, referrer="Li Wei")
        desk.hears("update_deal", **ZHANG, stage="won")
        assert _due(tmp_path) == [None]


@pytest.mark.parametrize("lost", ["lost", "negotiation"])
def test_it_owes_no_thanks_for_a_deal_that_is_not_won(tmp_path: Path, lost: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", **ZHANG, referrer="Li Wei")
        desk.hears("update_deal", **ZHANG, stage=lost)
        assert _due(tmp_path) == [None]


def test_it_owes_no_thanks_that_were_given(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", **ZHANG, referrer="Li Wei")
        desk.hears("update_deal", **ZHANG, stage="won")
        (due,) = _due(tmp_path)
        assert due is not None
        given, later = rewarding.reward_buttons(due)
        with _turn(tmp_path) as turn:
            reply = rewarding.reward_later(turn, later.arguments)
            assert (reply.template, reply.facts["when"]) == ("people/reward_later", "2026-03-03T09:00")
            assert rewarding.reward_given(turn, given.arguments).facts == {"referrer": "Li Wei"}
        assert _due(tmp_path) == [None]
        with _turn(tmp_path) as turn:
            assert [reward.given_at is not None for reward in turn.work.session.scalars(select(Reward))] == [True]


def test_it_names_nobody_to_thank_whom_the_speaker_may_not_see(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", **ZHANG, referrer="Li Wei")
        desk.hears("update_deal", **ZHANG, stage="won")
        with _turn(tmp_path) as turn:
            bob = turn.work.team.add("Bob", "rep", "en", "UTC", turn.now)
            li_wei = turn.work.session.scalar(select(Person).where(Person.name == "Li Wei"))
            assert li_wei is not None
            li_wei.owner_id = bob.id
        assert _due(tmp_path) == [None]
        with _turn(tmp_path) as turn:
            # It is owed all the same.
            assert turn.work.session.scalars(select(Reward.referrer_id)).all() == [li_wei.id]
