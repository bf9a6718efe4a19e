"""It keeps who introduced whom, shows the chain, and tells whom to thank when the one introduced buys."""

from __future__ import annotations

import itertools
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
from bot.messages import Outgoing
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


# --- the chain


def _chain(desk: Desk, **whose: str) -> Outgoing:
    return desk.hears("show_customer", topic="referrals", **whose)


def _introduce(desk: Desk, *pairs: tuple[str, str]) -> None:
    for referrer, person in pairs:
        desk.hears("log_referral", person=person, referrer=referrer)


def test_it_shows_who_introduced_somebody_and_whom_they_introduced(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _introduce(desk, ("Wang Fang", "Li Wei"), ("Li Wei", "Otto"), ("Li Wei", "Mei"), ("Mei", "Ravi"))
        desk.hears("update_deal", person="Mei", stage="won")
        reply = _chain(desk, person="Li Wei")
        assert reply.text.splitlines() == [
            "Li Wei was introduced by Wang Fang.",
            "Introduced 2 so far; 1 of them has bought.",
            "",
            "Wang Fang",
            "→ Li Wei",
            "→ → Otto",
            "→ → Mei ✓ bought",
            "→ → → Ravi",
            "",
            "🤝 Reward due: Li Wei for Mei.",
        ]
        (picture,) = reply.files
        assert picture.suffix == ".png"
        assert picture.stat().st_size > 5_000
        assert reply.buttons == ("thanked", "later")
        assert desk.presses(1).template == "people/reward_given"
        assert "Reward due" not in _chain(desk, person="Li Wei").text


def test_it_shows_the_chain_in_chinese_and_of_the_customer_spoken_of(tmp_path: Path) -> None:
    with Desk(tmp_path, "zh") as desk:
        desk.hears("log_referral", person="张敏", company="环宇", referrer="李伟")
        reply = _chain(desk, mention="pronoun")
        assert "张敏（环宇）是李伟介绍的。" in reply.text
        assert [path.suffix for path in reply.files] == [".png"]
        # "李伟的介绍链": the name may be read as the one who introduces.
        assert "李伟：没听说是谁介绍来的。" in _chain(desk, referrer="李伟").text


def test_it_draws_nothing_where_there_is_no_chain(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Otto", need="yes")
        reply = _chain(desk, person="Otto")
        assert "No introduction on record for Otto" in reply.text
        assert reply.files == ()
        assert "No introductions on record yet." in _chain(desk).text


def test_it_shows_who_introduced_most_where_nobody_is_meant(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _introduce(desk, ("Wang Fang", "Li Wei"), ("Li Wei", "Otto"), ("Li Wei", "Mei"))
        desk.hears("update_deal", person="Otto", stage="won")
        reply = _chain(desk)
        assert "1. Li Wei: 2\n2. Wang Fang: 1" in reply.text
        assert "Reward due: Li Wei for Otto." in reply.text


def test_it_bounds_a_chain_in_depth_and_breadth(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        line = ["Ada", "Ben", "Cleo", "Dirk", "Enzo", "Fay", "Gus", "Hugo"]
        _introduce(desk, *itertools.pairwise(line))
        crowd = ["Ivo", "Jan", "Kim", "Lou", "Max", "Nia", "Ole", "Pia", "Quin", "Rosa"]
        _introduce(desk, *(("Gus", name) for name in crowd))
        facts = _chain(desk, person="Gus").facts
        assert [step["who"] for step in facts["tree"]] == ["Cleo", "Dirk", "Enzo", "Fay", "Gus", "Hugo", *crowd[:4]]
        assert next(step["more"] for step in facts["tree"] if step["asked"]) == 6
        assert facts["introduced"] == 11
        assert [step["level"] for step in _chain(desk, person="Ada").facts["tree"]] == [0, 1, 2, 3]
        _introduce(desk, *((name, f"{name} {other}") for name in ["Hugo", *crowd[:4]] for other in crowd))
        assert len(_chain(desk, person="Gus").facts["tree"]) == 20


def test_it_shows_of_a_chain_what_the_speaker_may_see(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _introduce(desk, ("Wang Fang", "Li Wei"), ("Li Wei", "Otto"))
        with _turn(tmp_path) as turn:
            bob = turn.work.team.add("Bob", "rep", "en", "UTC", turn.now)
            for person in turn.work.session.scalars(select(Person).where(Person.name != "Li Wei")):
                person.owner_id = bob.id
        reply = _chain(desk, person="Li Wei")
        assert "Wang Fang" not in reply.text
        assert "Otto" not in reply.text
        assert "Wang Fang" not in desk.hears("show_customer", person="Li Wei").text
        desk.takes_over("Mona", "manager")
        assert "Li Wei was introduced by Wang Fang." in _chain(desk, person="Li Wei").text


# --- no circle


def test_it_refuses_a_circle_kindly_and_turns_it_round_on_a_yes(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _introduce(desk, ("Li Wei", "Otto"))
        refused = desk.hears("log_referral", person="Li Wei", referrer="Otto")
        assert refused.text == (
            "That would go round in a circle. On record: Li Wei introduced Otto. So I left it as it is."
            " Was it the other way round?"
        )
        assert "Otto" in _chain(desk, person="Li Wei").text
        desk.hears("log_referral", person="Li Wei", referrer="Otto")
        assert desk.presses(1).template == "people/referred"
        assert "Li Wei was introduced by Otto." in _chain(desk, person="Li Wei").text
        assert "Introduced 1 so far" in _chain(desk, person="Otto").text


def test_it_refuses_a_long_circle(tmp_path: Path) -> None:
    with Desk(tmp_path, "zh") as desk:
        _introduce(desk, ("李伟", "王芳"), ("王芳", "赵敏"))
        refused = desk.hears("log_referral", person="李伟", referrer="赵敏")
        assert "记录里是李伟介绍了王芳，王芳介绍了赵敏，所以没有改。" in refused.text
        assert refused.buttons == ()
        assert "赵敏" not in _chain(desk, person="李伟").text.split("\n")[0]


def test_it_says_that_nobody_introduced_themselves(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", person="Li Wei", referrer="li wei")
        assert "No introduction on record for Li Wei" in _chain(desk, person="Li Wei").text


def test_it_asks_which_of_two_made_the_introduction(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        for company in ("Acme", "Bolt"):
            desk.hears("log_contact", person="Li Wei", company=company, need="yes")
        asked = desk.hears("log_referral", person="Otto", referrer="Li Wei")
        assert asked.template == "people/which"
        bolt = next(number for number, label in enumerate(asked.buttons, 1) if "Bolt" in label)
        assert desk.presses(bolt).template == "people/referred"
        assert "Introduced 1 so far" in _chain(desk, person="Li Wei", company="Bolt").text
        assert "No introduction on record" in _chain(desk, person="Li Wei", company="Acme").text


def test_it_announces_a_change_of_class_in_the_reply_to_a_referral(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ZHANG, money="yes", need="yes")
        reply = desk.hears("log_referral", **ZHANG, referrer="Li Wei", authority="yes")
        assert "Globex" in reply.facts["change"]["who"]
        assert reply.facts["change"]["words"] in reply.text


def test_it_thanks_in_the_reply_to_the_deal_that_is_won(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", **ZHANG, referrer="Li Wei")
        assert "Thank Li Wei: reward due" in desk.hears("update_deal", **ZHANG, stage="won").text
