"""It says what to tell whom about a product: from the catalogue, for their role, need, style and phase of the sale."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from actions import playbook
from bot.messages import Outgoing
from nlu.understanding import ROLES, STAGES
from tests.actions.house import Desk

ACME = {"person": "Li Wei", "company": "Acme"}
FIRM = {"en": "Li Wei", "zh": "李伟"}
CATALOGUE = playbook.load().products
HOSTILE = '<b>&"'


def _pitch(desk: Desk, text: str = "how do I pitch it", **meant: Any) -> Outgoing:
    reply = desk.hears("ask_pitch", text=text, **meant)
    assert reply.template == "coaching/pitch", reply.text
    return reply


def _features(reply: Outgoing) -> list[str]:
    return [statement["feature"] for statement in reply.facts["statements"]]


@pytest.mark.parametrize(
    ("language", "text", "says"),
    [
        ("en", "how do I pitch the X200 to their CFO?", ["X200 for the finance manager", "24 monthly instalments"]),
        (
            "zh",
            "X200怎么跟他们财务总监讲",
            ["X200，跟财务负责人这样讲", "分24期付款", "对方关心结算方便、合法合规。"],
        ),
    ],
)
def test_it_pitches_a_product_to_a_role(tmp_path: Path, language: str, text: str, says: list[str]) -> None:
    with Desk(tmp_path, language) as desk:
        reply = _pitch(desk, text, product="X200", role="finance")
        for words in says:
            assert words in reply.text
        assert 1 <= len(_features(reply)) <= 3
        assert len(reply.text) < 900
        details = desk.presses(1)
        assert details.template == "coaching/pitch_more"
        assert all(words in details.text for words in _features(reply))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_says_something_else_to_each_role_than_to_all_others(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        for product in CATALOGUE:
            told = {}
            for role in ROLES:
                reply = _pitch(desk, product.name, product=product.name, role=role)
                fits = [b.feature.in_(language) for b in product.benefits if role in b.roles]
                assert _features(reply)[0] in fits, (product.name, role)
                assert reply.facts["listener"]["cares"] in reply.text
                told[role] = tuple(_features(reply))
            assert len(set(told.values())) >= 4, told


def test_it_knows_role_and_style_of_the_person_in_focus(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", **ACME, role="technical", style="blue")
        reply = _pitch(desk, product="X200")
        assert reply.text.startswith("X200 for Li Wei, technical manager\n")
        assert "Li Wei is blue (analytical and precise): Hear out what they need." in reply.text
        assert reply.facts["listener"]["style"]
        named = _pitch(desk, **ACME, product="X200")
        assert named.text == reply.text
        told = _pitch(desk, product="X200", style="yellow")
        assert "Li Wei is yellow" in told.text


def test_it_finds_the_person_who_has_the_role_asked_for(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", **ACME, role="technical", style="blue")
        desk.hears("describe_person", person="Zhang Min", company="Acme", role="finance", style="green")
        desk.hears("log_contact", **ACME, need="yes")
        reply = _pitch(desk, product="X200", role="finance")
        assert "for Zhang Min, finance manager" in reply.text
        assert "green" in reply.text
        # Of a role that nobody there has, nothing is known but the role: least of all the contact's style.
        nobody = _pitch(desk, product="X200", role="purchasing")
        assert nobody.facts["listener"]["who"] is None
        assert nobody.facts["listener"]["style"] is None
        assert "X200 for the purchasing manager\n" in nobody.text


def test_it_takes_nobody_in_focus_for_a_stranger_who_is_named(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", **ACME, role="technical", style="blue")
        stranger = _pitch(desk, person="Ottokar", product="X200")
        assert stranger.facts["listener"] == {**stranger.facts["listener"], "who": None, "role": None, "style": None}
        assert "Tell me who you are talking to" in stranger.text


def test_it_serves_what_they_said_they_need(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes", text="their pumps break down all the time", words={})
        reply = _pitch(desk, product="X200", role="finance")
        assert "fewer failures" in reply.text
        assert any("failures" in b.serves for b in CATALOGUE[0].benefits if b.feature.en in _features(reply))
        assert _features(reply)[0] != _features(_pitch(desk, person="Ottokar", product="X200", role="user"))[0]
        # The name of a product is no need.
        assert (
            _pitch(desk, "pitch ServicePlus", person="Ottokar", product="ServicePlus").facts["listener"]["needs"] == []
        )


def test_it_serves_no_need_that_is_gone(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        for need, heard in (("yes", ["fewer failures"]), ("no", [])):
            desk.hears("log_contact", **ACME, need=need, text="pumps break down", words={"need": "pumps"})
            assert _pitch(desk, product="X200", role="finance").facts["listener"]["needs"] == heard


def test_it_says_a_feature_that_is_asked_for(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = _pitch(desk, "how do I explain the cartridge of the X200 to their CFO", product="X200", role="finance")
        assert "cartridge" in _features(reply)[0]


def test_it_follows_the_phase_of_the_sale(tmp_path: Path) -> None:
    phases = playbook.load().phases
    assert [phase for phase in phases if "lead" in phases[phase].stages] == ["need"]
    assert [phase for phase in phases if "negotiation" in phases[phase].stages] == ["risk"]
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes", text="n")
        said = {}
        for stage in STAGES[:5]:
            desk.hears("update_deal", **ACME, stage=stage, text="moved")
            reply = _pitch(desk, product="X200", role="technical")
            assert f"now it is about {phases[playbook.load().phase_of(stage)].name.en}." in reply.text
            said[stage] = _features(reply)[0]
        assert said["lead"] == said["contacted"] != said["negotiation"]
        assert "test bench" in said["negotiation"]


@pytest.mark.parametrize(
    ("spoken", "nearest"),
    [("X201", ["X200", "X100"]), ("x-20", ["X200", "X100"]), ("Pumpclout", ["PumpCloud"]), ("冰箱", []), (HOSTILE, [])],
)
def test_it_says_that_it_does_not_know_a_product_and_offers_the_nearest(
    tmp_path: Path, spoken: str, nearest: list[str]
) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("ask_pitch", product=spoken, role="finance", text=f"pitch the {spoken}")
        assert reply.template == "coaching/no_product"
        assert f"I don't know a product “{spoken}”." in reply.text
        assert list(reply.buttons)[: len(nearest)] == nearest
        assert all(product.name in reply.text for product in CATALOGUE)
        chosen = desk.presses(1)
        assert chosen.template == "coaching/pitch"
        assert chosen.facts["product"] == reply.buttons[0]
        assert chosen.facts["listener"]["role"] == "finance manager"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_asks_which_product_where_that_is_open(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        reply = desk.hears("ask_pitch", role="finance", text="?")
        assert reply.template == "coaching/no_product"
        assert list(reply.buttons) == [product.name for product in CATALOGUE]
        answered = desk.hears("log_contact", text="the pump cloud one", product="pump cloud")
        assert answered.facts["product"] == "PumpCloud"
        assert answered.facts["listener"]["role"]
        # The model takes a bare name for anything.
        desk.hears("ask_pitch", role="finance", text="?")
        bare = desk.hears("show_customer", text="the AquaPure", company="AquaPure")
        assert bare.facts["product"] == "AquaPure 500"
        # Another matter is no answer.
        desk.hears("ask_pitch", role="finance", text="?")
        other = desk.hears("log_contact", person=FIRM[language], need="yes", text="met somebody")
        assert other.template == "contacts/noted"


def test_it_takes_no_product_for_a_customer(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", **ACME, role="technical", style="blue")
        reply = _pitch(desk, "what do I tell him about PumpCloud", company="PumpCloud")
        assert reply.facts["product"] == "PumpCloud"
        assert reply.facts["listener"]["who"] == "Li Wei"
        desk.hears("report_objection", text="they say PumpCloud is too dear", company="PumpCloud", objection="price")
        assert desk.names("companies") == ["Acme"]


@pytest.mark.parametrize("intent", ["show_customer", "ask_advice"])
def test_a_question_about_a_product_is_none_about_a_customer(tmp_path: Path, intent: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes", text="n")
        asked = desk.hears(intent, text="so what about PumpCloud?", company="PumpCloud", also=("ask_pitch", "greet"))
        assert (asked.template, asked.facts["product"]) == ("coaching/pitch", "PumpCloud")
        # Not where the model sees no pitch in it, and not where a customer is meant.
        assert desk.hears(intent, text="PumpCloud?", company="PumpCloud", also=("greet",)).template == "people/unknown"
        named = desk.hears("show_customer", text="Acme and PumpCloud?", company="Acme", also=("ask_pitch",))
        assert named.template == "contacts/card"


def test_it_pitches_what_the_deal_is_about(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes", product="AquaPure", text="n")
        assert _pitch(desk).facts["product"] == "AquaPure 500"
        assert _pitch(desk, "and the X100 pump?").facts["product"] == "X100"
        assert _pitch(desk, product="X200").facts["product"] == "X200"


def test_it_names_only_a_part_of_a_large_catalogue(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        entry = CATALOGUE[1].model_dump(mode="json")
        desk.sells([{**entry, "name": f"Model {number}", "aliases": []} for number in range(200)])
        reply = desk.hears("ask_pitch", text="?")
        assert "and 188 more" in reply.text
        assert len(reply.buttons) == 6


def test_it_pitches_the_only_product_without_asking(tmp_path: Path) -> None:
    with Desk(tmp_path, "zh") as desk:
        only = {
            "name": "<Drill> & Co",
            "what": {"en": "a drill"},
            "benefits": [
                {
                    "feature": {"en": "It drills."},
                    "advantage": {"en": "so there is a hole;"},
                    "benefit": {"en": "and you can hang the picture"},
                    "evidence": {"en": "Ask anyone."},
                    "serves": ["simple"],
                }
            ],
        }
        desk.sells([only])
        reply = _pitch(desk)
        assert "<Drill> & Co" in reply.text
        # What is there in one language only is said in that; stops inside the sentence are left out.
        assert "“It drills，so there is a hole，and you can hang the picture。Ask anyone.”" in reply.text
        assert desk.hears("ask_pitch", product="Saw", text="Saw?").template == "coaching/no_product"


def test_its_statements_can_be_said_in_one_breath() -> None:
    for product in CATALOGUE:
        for benefit in product.benefits:
            for language, most in (("en", 60), ("zh", 110)):
                parts = [
                    getattr(benefit, part).in_(language) for part in ("feature", "advantage", "benefit", "evidence")
                ]
                length = len(re.findall(r"\w+", " ".join(parts)) if language == "en" else "".join(parts))
                assert length <= most, parts
