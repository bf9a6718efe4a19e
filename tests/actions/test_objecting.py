"""It helps against each kind of objection, asks later how it went, and learns which answers work."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from actions import playbook
from actions.playbook.texts import Text
from bot.messages import Outgoing
from bot.replies import TEMPLATES
from nlu.understanding import OBJECTIONS, STYLES
from tests.actions.house import Desk

ROOT = TEMPLATES.parent
ACME = {"person": "Li Wei", "company": "Acme"}
GLOBEX = {"person": "Zhang Min", "company": "Globex"}
HOSTILE = '<b>&"'
PLAYBOOK = playbook.load()


def _object(desk: Desk, kind: str = "price", text: str = "they object", **meant: Any) -> Outgoing:
    reply = desk.hears("report_objection", objection=kind, text=text, **meant)
    assert reply.template == "coaching/objection", reply.text
    return reply


def _keys(reply: Outgoing) -> list[str]:
    return [answer["key"] for answer in reply.facts["answers"]]


# --- answering one


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", OBJECTIONS)
def test_it_answers_every_kind_briefly_and_in_full_behind_more(tmp_path: Path, kind: str, language: str) -> None:
    entry = PLAYBOOK.objections[kind]
    with Desk(tmp_path, language) as desk:
        desk.hears("describe_person", **ACME, role="finance", style="blue", product="X200", text="n")
        short = _object(desk, kind, **ACME)
        assert entry.question.in_(language) in short.text
        assert entry.answers[0].in_(language) in short.text
        assert short.facts["benefit"]["feature"] in short.text
        assert entry.behind.in_(language) not in short.text
        assert len(short.text) < 1_000
        assert len(short.buttons) == 4
        details = desk.presses(4)
        assert details.template == "coaching/objection_more"
        for text in (entry.behind, *entry.answers, entry.avoid, entry.next):
            assert text.in_(language) in details.text
        assert details.buttons[:3] == short.buttons[:3]


@pytest.mark.parametrize("kind", OBJECTIONS)
def test_it_backs_the_answer_with_what_the_product_gives_this_listener(tmp_path: Path, kind: str) -> None:
    with Desk(tmp_path) as desk:
        for product in PLAYBOOK.products:
            for role in ("finance", "technical"):
                reply = _object(desk, kind, product.name, product=product.name, role=role)
                (benefit,) = [b for b in product.benefits if b.feature.en == reply.facts["benefit"]["feature"]]
                able = [b for b in product.benefits if kind in b.answers]
                assert benefit in able
                assert role in benefit.roles or not any(role in b.roles for b in able)


def test_it_says_how_to_deal_with_the_style_of_who_objects(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        for style in STYLES:
            reply = _object(desk, style=style)
            assert PLAYBOOK.styles[style].sell.opening("en") in reply.text
        assert "is blue" not in _object(desk).text
        desk.hears("describe_person", **ACME, style="blue", text="n")
        assert "Li Wei is blue" in _object(desk).text


def test_it_says_openly_which_product_it_has_assumed(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert "Another product?" in _object(desk).text
        desk.hears("log_contact", **ACME, need="yes", product="PumpCloud", text="n")
        noted = _object(desk, **ACME)
        assert "With PumpCloud:" in noted.text
        assert "Another product?" not in noted.text
        assert "With X100:" in _object(desk, text="they say the X100 is too dear").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_takes_another_product_that_is_named_next(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        first = _object(desk, **ACME, role="finance")
        assert first.facts["product"] == "X200"
        # The model takes a bare name for anything.
        reply = desk.hears("show_customer", text={"en": "it's the X100", "zh": "是X100"}[language], company="X100")
        assert (reply.template, reply.facts["product"], reply.facts["kind"]) == ("coaching/objection", "X100", "price")
        assert reply.facts["listener"]["role"] == first.facts["listener"]["role"]
        assert reply.buttons == first.buttons
        assert desk.hears("show_customer", **ACME, text="show Acme").facts["product"] == "X100"
        assert desk.hears("report_objection", topic="results", objection="price", text="?").facts["kind"] == "price"
        # It was raised once.
        assert desk.hears("show_customer", **ACME, text="show Acme").facts["objections"] == ["price"]


@pytest.mark.parametrize(
    ("intent", "meant", "template"),
    [
        ("ask_pitch", {"text": "how do I pitch the X100?", "product": "X100"}, "coaching/pitch"),
        ("log_contact", {"text": "Li wants the X100", "product": "X100", "person": "Li Wei"}, "contacts/noted"),
        ("log_contact", {"text": "they want 200 of the X100 by next June", "product": "X100"}, "contacts/noted"),
        ("ask_advice", {"text": "what now"}, "coaching/advice"),
    ],
)
def test_another_matter_does_not_answer_which_product(
    tmp_path: Path, intent: str, meant: dict[str, Any], template: str
) -> None:
    with Desk(tmp_path) as desk:
        _object(desk, **ACME)
        assert desk.hears(intent, **meant).template == template


@pytest.mark.parametrize(
    ("text", "company", "customer"),
    [
        ("they already have an offer from Grundfos", "Grundfos", "Acme"),
        ("客户说格兰富更便宜", "格兰富", "Acme"),
        ("Globex says they have a better offer", "Globex", "Globex"),
        ("Globex has a better offer", "Globex", "Globex"),
    ],
)
def test_it_takes_no_competitor_for_a_customer(tmp_path: Path, text: str, company: str, customer: str) -> None:
    with Desk(tmp_path) as desk:
        nobody = _object(desk, "competitor", text, company=company)
        assert desk.names("companies") == [company] * (customer == company)
        assert ("record" in nobody.facts) == (customer == company)
        desk.hears("log_contact", **ACME, need="yes", text="n")
        assert _object(desk, "competitor", text, company=company).facts["record"]["company"] == customer


def test_it_notes_an_objection_of_somebody_new(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = _object(desk, person=HOSTILE, company="Ben & Jerry")
        assert f"noted for {HOSTILE} (Ben & Jerry)" in reply.text
        assert desk.names("persons") == [HOSTILE]
        assert "objection" in desk.hears("undo", text="undo").text
        assert desk.names("persons") == []


# --- how it went


def _labels(kind: str) -> list[Text]:
    return [answer.label for answer in PLAYBOOK.objections[kind].answers]


def _settle(desk: Desk, worked: bool, answer: int, kind: str = "price") -> Outgoing:
    """The answers to both questions; `answer` is the number in the playbook, one more for an answer of one's own."""
    which = desk.presses(1 if worked else 2)
    assert which.template == "coaching/objection_which", which.text
    labels = {label.en: number for number, label in enumerate(_labels(kind), 1)} | {
        label.zh: number for number, label in enumerate(_labels(kind), 1)
    }
    kept = desk.presses(1 + [labels.get(label, 4) for label in which.buttons].index(answer))
    assert kept.template == "coaching/objection_kept"
    return kept


ASKED = {"en": "They objected on Mon 2 Mar (price).", "zh": "客户3月2日周一提过异议（价格）"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_asks_how_it_went_when_the_follow_up_is_done(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        _object(desk, **ACME)
        assert desk.presses(1).template == "followups/set"
        desk.waits(hours=3)
        done = desk.hears("finish_reminder", action="done", text="done")
        assert done.template == "followups/finished"
        assert ASKED[language] in done.text
        assert len(done.buttons) == 2
        which = desk.presses(1)
        labels = [label.in_(language) for label in _labels("price")]
        assert list(which.buttons)[:3] == labels
        kept = desk.presses(2)
        assert labels[1] in kept.text
        # Nobody is asked twice.
        again = desk.hears("log_contact", **ACME, need="yes", text="n")
        desk.waits(days=30)
        again = desk.hears("log_contact", **ACME, money="yes", authority="yes", text="n")
        assert ASKED[language] not in again.text


def test_a_follow_up_set_before_the_objection_does_not_ask(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("set_reminder", **ACME, money="yes", when="2026-03-03", task="call", text="n")
        desk.waits(minutes=5)
        _object(desk, **ACME)
        done = desk.hears("finish_reminder", **ACME, action="done", text="done")
        assert done.template == "followups/finished"
        assert done.buttons == ()
        assert "What came of it?" in done.text


@pytest.mark.parametrize(
    ("intent", "meant"),
    [
        ("log_contact", {"product": "X100"}),
        ("update_deal", {"stage": "proposal"}),
        ("describe_person", {"style": "blue"}),
        ("ask_advice", {}),
    ],
)
def test_it_asks_with_the_next_reply_a_day_later(tmp_path: Path, intent: str, meant: dict[str, str]) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, money="yes", authority="yes", need="yes", product="X200", text="n")
        _object(desk, **ACME)
        assert ASKED["en"] not in desk.hears("ask_advice", **ACME, text="what now").text
        desk.waits(days=1)
        reply = desk.hears(intent, **ACME, **meant, text="n")
        assert ASKED["en"] in reply.text, reply.text
        assert reply.buttons[:2] == ("worked", "not yet")
        assert "Follow up" not in reply.text


def test_every_reply_that_can_offer_a_follow_up_can_ask(tmp_path: Path) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py")]
    offered = {name for text in sources for name in re.findall(r"offering\(turn, Reply\(\"([a-z_/]+)\"", text)}
    assert len(offered) >= 4
    for name, language in itertools.product(offered, ("en", "zh")):
        template = (TEMPLATES / language / f"{name}.j2").read_text(encoding="utf-8")
        assert '{% include "_next.j2" %}' in template, name


def test_it_does_not_ask_about_a_lost_deal(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _object(desk, **ACME)
        desk.presses(1)
        desk.waits(days=1)
        assert ASKED["en"] not in desk.hears("update_deal", **ACME, stage="lost", text="n").text
        assert ASKED["en"] not in desk.hears("finish_reminder", **ACME, action="done", text="n").text


@pytest.mark.parametrize("stage", ["negotiation", "won"])
def test_a_later_stage_settles_nothing_by_itself(tmp_path: Path, stage: str) -> None:
    with Desk(tmp_path) as desk:
        _object(desk, **ACME)
        desk.presses(1)
        desk.hears("update_deal", **ACME, stage=stage, text="n")
        assert ASKED["en"] in desk.hears("finish_reminder", **ACME, action="done", text="n").text


def test_yes_and_no_in_words_answer_it(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        for word, customer in (("affirm", ACME), ("deny", GLOBEX)):
            _object(desk, **customer)
            desk.presses(1)
            desk.hears("finish_reminder", **customer, action="done", text="done")
            which = desk.hears(word, text=word)
            assert which.template == "coaching/objection_which"
            assert which.facts["outcome"] == {"affirm": "settled", "deny": "open"}[word]


def test_it_says_what_else_to_try_and_asks_again_a_week_later(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _object(desk, **ACME)
        desk.presses(1)
        desk.hears("finish_reminder", action="done", text="done")
        kept = _settle(desk, False, 1)
        answers = PLAYBOOK.objections["price"].answers
        assert "has not settled it yet" in kept.text
        assert answers[1].en in kept.text
        assert "Follow up tomorrow" in kept.text
        desk.hears("log_contact", **ACME, money="yes", authority="yes", need="yes", text="n")
        desk.waits(days=6)
        assert ASKED["en"] not in desk.hears("ask_advice", **ACME, text="n").text
        desk.waits(days=1)
        assert ASKED["en"] in desk.hears("ask_advice", **ACME, text="n").text


def test_what_was_raised_twice_is_settled_as_one(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, money="yes", authority="yes", need="yes", text="n")
        _object(desk, **ACME)
        _object(desk, "trust", **ACME)
        _object(desk, **ACME)
        desk.waits(days=1)
        assert desk.hears("ask_advice", **ACME, text="n").facts["settled"]["kind"] == "price"
        # Then the next question comes with the answer to this one, and the first objection on the price is settled, too.
        assert _settle(desk, True, 1).facts["settled"]["kind"] == "trust"
        desk.waits(days=30)
        assert "settled" not in desk.hears("ask_advice", **ACME, text="n").facts


def test_undo_takes_an_outcome_back_and_the_question_is_no_change_of_its_own(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _object(desk, **ACME)
        desk.presses(1)
        desk.hears("finish_reminder", action="done", text="done with it")
        _settle(desk, True, 1)
        assert _tried(desk) == {"three_years": (1, 1)}
        assert "answer as before" in desk.hears("undo", text="undo").text
        assert _tried(desk) == {}
        assert "outcome as before" in desk.hears("undo", text="undo").text
        undone = desk.hears("undo", text="undo")
        assert "done with it" in undone.text


# --- what works


def _tried(desk: Desk, kind: str = "price") -> dict[str, tuple[int, int]]:
    """Used and worked, of the answers to this kind that were tried."""
    reply = desk.hears("report_objection", topic="results", objection=kind, text="which answers work?")
    if reply.template == "coaching/objection_untried":
        return {}
    assert reply.template == "coaching/objection_results"
    return {each["key"]: (each["used"], each["worked"]) for each in reply.facts["answers"] if each["used"]}


def _goes(desk: Desk, firm: str, answer: int, worked: bool, kind: str = "price") -> None:
    """An objection of a new customer, answered with this one, and how it went."""
    _object(desk, kind, person=f"Mr {firm}", company=firm)
    desk.presses(1)
    desk.hears("finish_reminder", company=firm, action="done", text="done")
    _settle(desk, worked, answer, kind)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_tells_which_answers_have_worked(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        for kind in ("price", None):
            empty = desk.hears("report_objection", topic="results", objection=kind, text="?")
            assert {"en": "No results on record yet", "zh": "还没有记录过结果"}[language] in empty.text
        _goes(desk, "Initech", 2, worked=True)
        _goes(desk, "Hooli", 1, worked=False)
        one = desk.hears("report_objection", topic="results", objection="price", text="?")
        failed, worked, untried = (label.in_(language) for label in _labels("price"))
        told = [line for line in one.text.splitlines() if re.match(r"\d\. ", line)]
        assert [re.split("[:：]", line[3:])[0] for line in told] == [worked, untried, failed]
        assert {"en": "worked 1 of 1", "zh": "用过1次，1次管用"}[language] in told[0]
        assert {"en": "not tried yet", "zh": "还没人用过"}[language] in told[1]
        assert {"en": "worked 0 of 1", "zh": "用过1次，没管用"}[language] in told[2]
        every = desk.hears("report_objection", topic="results", text="?")
        assert worked in every.text
        _goes(desk, "Tyrell", 1, worked=False, kind="trust")
        every = desk.hears("report_objection", topic="results", text="?")
        assert [each["kind"] for each in every.facts["kinds"]] == ["price", "trust"]
        assert {"en": "trust: nothing yet, tried 1", "zh": "信任：试过1次，还没有管用的"}[language] in every.text
        assert desk.names("companies") == ["Initech", "Hooli", "Tyrell"]


def test_what_has_worked_for_the_team_comes_first_in_the_next_reply(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        order = [answer.key for answer in PLAYBOOK.objections["price"].answers]
        assert _keys(_object(desk, **GLOBEX)) == order
        _goes(desk, "Initech", 2, worked=True)
        _goes(desk, "Hooli", 1, worked=False)
        # Bob of the same team gains by what Ann has tried.
        desk.takes_over("Bob")
        reply = _object(desk, company="Umbrella")
        assert _keys(reply) == [order[1], order[2], order[0]]
        assert f"{PLAYBOOK.objections['price'].answers[1].en}” (worked 1 of 1)" in reply.text
        assert _keys(_object(desk, "trust")) == [answer.key for answer in PLAYBOOK.objections["trust"].answers]


def test_an_answer_of_the_reps_own_is_counted_beside_the_playbooks(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _goes(desk, "Initech", 4, worked=True)
        reply = desk.hears("report_objection", topic="results", objection="price", text="?")
        assert "Answers of their own: worked 1 of 1" in reply.text
        every = desk.hears("report_objection", topic="results", text="?")
        assert "price: answers of their own, worked 1 of 1" in every.text


def test_it_keeps_nothing_of_a_customer_who_is_somebody_elses_by_now(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.takes_over("Bob")
        desk.takes_over("Ann")
        _object(desk, **ACME)
        desk.presses(1)
        assert ASKED["en"] in desk.hears("finish_reminder", action="done", text="done").text
        desk.takes_over("Mo", "manager")
        desk.hears("reassign", **ACME, rep="Bob", text="give Acme to Bob")
        assert desk.presses(1).template == "deals/handed_over"
        desk.takes_over("Ann")
        assert desk.presses(1).template == "conversation/gone"
        assert _tried(desk) == {}
