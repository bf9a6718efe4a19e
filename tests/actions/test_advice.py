"""It says what to do next with a customer, in every state of MAN and whatever else is known, briefly."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actions import coaching, playbook
from actions.rules.man import Man
from actions.turn import Reply, Turn
from bot import settings
from bot.replies import Rendered, render
from nlu.understanding import Understanding
from storage.database import make_engine, session_factory
from storage.models import Conversation, Message, Opportunity
from storage.unit_of_work import UnitOfWork
from tests.actions.house import Desk, empty_database
from tests.storage import house

NOW = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
PICTURES = [Man(*facts) for facts in itertools.product((True, False, None), repeat=3)]
LONGEST = 700
"""Characters that a phone shows without much scrolling."""
HOSTILE = '<b>&"'


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnitOfWork]:
    """A unit of work with Ann in it, for tests that change no more than they add."""
    path = tmp_path_factory.mktemp("advice") / "manny.db"
    path.write_bytes(empty_database())
    engine = make_engine(f"sqlite:///{path}")
    with UnitOfWork(session_factory(engine)) as open_work:
        open_work.team.add("Ann", "rep", "en", "Asia/Shanghai", NOW)
        yield open_work
    engine.dispose()


def _asks(work: UnitOfWork, language: str, about: Opportunity) -> Reply:
    """The advice on the customer that the conversation is about."""
    ann = work.team.by_name("Ann")
    assert ann is not None
    conversation = work.session.get(Conversation, 1) or work.team.conversation("terminal", "1", ann)
    conversation.focus_id = about.id
    turn = Turn(
        said=Understanding(text="what now?", language=language, intent="ask_advice", confidence=1.0),
        speaker=ann,
        conversation=conversation,
        message=Message(text="what now?", channel="terminal"),
        work=work,
        customers=work.customers(ann),
        playbook=playbook.load(),
        now=NOW,
        currency="USD",
        day=settings.load().day,
    )
    return coaching.ask_advice(turn)


def _customer(work: UnitOfWork, man: Man, company: str | None, person: str | None, **more: Any) -> Opportunity:
    """A customer in this state; `decider` names somebody who decides and was not reached, `style` is the contact's."""
    ann = work.team.by_name("Ann")
    assert ann is not None
    firm = house.company(work, ann, company) if company else None
    contact = house.person(work, ann, person, firm, style=more.get("style"))
    customer = house.opportunity(
        work,
        ann,
        stage="contacted",
        money=man.money,
        authority=man.authority,
        need=man.need,
        company=firm,
        contact=contact,
    )
    if more.get("decider"):
        decider = house.person(work, ann, more["decider"], firm, authority=True, style=more.get("decider_style"))
        work.customers(ann).take_part(customer, decider)
        work.session.flush()
        work.session.refresh(customer)
    return customer


def _every_state() -> Iterator[tuple[Man, str | None, str | None, str | None, str | None]]:
    """All 27 pictures with and without company, person, style and somebody to reach, who is only where A is no."""
    for man in PICTURES:
        deciders = (None, "Zhao Min") if man.authority is False else (None,)
        yield from itertools.product((man,), ("Acme", None), ("Li Wei", None), ("red", None), deciders)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_advises_in_every_state(work: UnitOfWork, language: str) -> None:
    seen = 0
    for man, company, person, style, decider in _every_state():
        customer = _customer(work, man, company, person, style=style, decider=decider)
        reply = _asks(work, language, customer)
        rendered = render(reply, language, NOW.date())
        where = f"{man.picture} {company} {person} {style} {decider}\n{rendered.text}"
        _check(rendered, where)
        lines = rendered.text.splitlines()
        assert lines[1].startswith(man.picture), where
        if man.class_:
            steps = [line for line in lines if re.match(r"\d\. ", line)]
            assert 2 <= len(steps) <= 3, where
            assert playbook.load().classes[man.class_].verdict.in_(language) in lines[1], where
        assert ("“" in rendered.text) == (man.picture != "m+a+n"), where
        assert (decider is not None and decider in rendered.text) == (decider is not None and man.picture != "m+a+n"), (
            where
        )
        labels = ["yes", "no", "not_sure"] if man.unknown else ["set", "other_time", "leave"]
        assert [button.label for button in reply.buttons] == [*(labels if man.picture != "m+a+n" else []), "more"], (
            where
        )
        seen += 1
    assert seen == 9 * 8 * 2 + 18 * 8


def _check(rendered: Rendered, where: str) -> None:
    assert len(rendered.text) <= LONGEST, where
    assert "\n\n\n" not in rendered.text, where
    assert not re.search(r"None|Undefined|[{}]|\b(?:need|money|authority)_|[a-z]+_[a-z]+|  ", rendered.text), where
    assert not re.search(r"[.。:：]{2}|。”。|\.”\.", rendered.text), where


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_escapes_names_in_advice(work: UnitOfWork, language: str) -> None:
    for man in PICTURES:
        decider = f"Zhao {HOSTILE}" if man.authority is False else None
        customer = _customer(work, man, f"Acme {HOSTILE}", f"Li {HOSTILE}", style="blue", decider=decider)
        rendered = render(_asks(work, language, customer), language, NOW.date())
        # Only what the template itself puts in bold.
        assert rendered.html.count("<b>") == rendered.html.count("</b>") <= 3, rendered.html
        assert f"Li {HOSTILE}" in rendered.text
        assert "&lt;b&gt;&amp;" in rendered.html
        _check(rendered, rendered.text)


@pytest.mark.parametrize(
    ("picture", "language", "steps"),
    [
        ("M+A+N", "en", ["proposal"]),
        ("M+A+N", "zh", ["报价"]),
        ("M+A+n", "en", ["FAB", "demo", "doing nothing costs"]),
        ("M+A+n", "zh", ["FAB", "演示", "代价"]),
        ("M+a+N", "en", ["Reach Zhao Min", "introduction"]),
        ("M+a+N", "zh", ["赵敏", "引荐"]),
        ("m+A+N", "en", ["business and credit", "financing or terms"]),
        ("m+A+N", "zh", ["经营和信用", "融资或付款条件"]),
        ("m+a+N", "en", ["once a month", "Watch for money", "Get to know Zhao Min"]),
        ("m+A+n", "zh", ["每个月发一条", "留意需求和资金"]),
        ("M+a+n", "en", ["Watch for a need"]),
        ("m+a+n", "en", ["Stop contact"]),
        ("m+a+n", "zh", ["停止接触"]),
    ],
)
def test_it_advises_by_the_class(work: UnitOfWork, picture: str, language: str, steps: list[str]) -> None:
    man = next(each for each in PICTURES if each.picture == picture)
    decider = {"en": "Zhao Min", "zh": "赵敏"}[language] if man.authority is False else None
    text = render(_asks(work, language, _customer(work, man, "Acme", None, decider=decider)), language, NOW.date()).text
    for step in steps:
        assert step in text


@pytest.mark.parametrize("picture", [man.picture for man in PICTURES if len(man.unknown) == 1])
def test_it_says_what_the_missing_fact_would_make_of_them(work: UnitOfWork, picture: str) -> None:
    man = next(each for each in PICTURES if each.picture == picture)
    reply = _asks(work, "en", _customer(work, man, "Acme", None))
    (fact,) = man.unknown
    classes = [man.given(fact, value).class_ for value in (True, False)]
    assert reply.facts["question"] == fact
    assert [outcome["class"] for outcome in reply.facts["outcomes"]] == classes
    assert f"Yes: {classes[0]}," in render(reply, "en", NOW.date()).text


@pytest.mark.parametrize("picture", [man.picture for man in PICTURES if len(man.unknown) > 1])
def test_it_foretells_no_class_while_two_facts_are_missing(work: UnitOfWork, picture: str) -> None:
    man = next(each for each in PICTURES if each.picture == picture)
    assert "outcomes" not in _asks(work, "en", _customer(work, man, "Acme", None)).facts


@pytest.mark.parametrize(
    ("contact", "decider", "who"),
    [(None, None, None), ("red", None, "Li Wei"), ("red", "blue", "Zhao Min"), (None, "blue", "Zhao Min")],
)
def test_it_says_how_to_put_it_to_whom_to_speak_to(
    work: UnitOfWork, contact: str | None, decider: str | None, who: str | None
) -> None:
    man = Man(True, False, True)
    customer = _customer(work, man, "Acme", "Li Wei", style=contact, decider="Zhao Min", decider_style=decider)
    reply = _asks(work, "en", customer)
    assert reply.facts.get("manner", {}).get("who") == who
    style = playbook.load().styles[decider or contact or "red"]
    assert (style.sell.opening("en") in render(reply, "en", NOW.date()).text) == (who is not None)


@pytest.mark.parametrize("stage", ["won", "lost"])
def test_it_advises_nothing_by_class_once_a_deal_is_closed(tmp_path: Path, stage: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Acme", money="yes", need="yes")
        desk.hears("update_deal", company="Acme", stage=stage)
        reply = desk.hears("ask_advice", company="Acme")
        assert not {"actions", "ask", "question"} & set(reply.facts)
        assert "yes" not in reply.buttons
        assert "M+" not in reply.text


def test_it_notes_what_the_question_tells_of_a_customer(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("ask_advice", person="Li Wei", company="Acme", money="yes", authority="no")
        assert reply.template == "coaching/advice"
        assert reply.facts["picture"] == "M+a+?"
        assert "· money: yes\n· authority: no" in reply.text


def test_it_notes_nothing_of_nobody_in_particular(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Li Wei", need="yes")
        assert (
            desk.hears("ask_advice", text="and with somebody who has no budget?", money="no").facts["picture"]
            == "?+?+N"
        )


def test_a_question_how_to_keep_a_customer_opens_no_new_deal(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", person="Li Wei", company="Acme", stage="won")
        reply = desk.hears("ask_advice", company="Acme", money="no", topic="keep")
        assert reply.template.startswith("relationship/")
        assert reply.facts["record"]["stage"] == "won"
