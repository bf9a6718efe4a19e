"""It finds out whom a message is about before it puts anybody on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.house import Desk


def _two_of_one_name(desk: Desk) -> None:
    desk.hears("log_contact", person="Li Wei", company="Acme", need="yes")
    desk.hears("log_contact", person="Li Wei", company="Bolt", need="yes")


@pytest.mark.parametrize("intent", ["log_contact", "update_deal", "describe_person"])
def test_it_makes_no_company_while_it_asks_which_person_is_meant(tmp_path: Path, intent: str) -> None:
    with Desk(tmp_path) as desk:
        # Neither belongs to a company yet, so either may work for the new one.
        for name in ("Li Wei", "Li Na"):
            desk.hears("log_contact", person=name, need="yes")
        asked = desk.hears(intent, person="Li", company="Corvid", money="yes")
        assert asked.template == "people/which"
        assert desk.names("companies") == []
        settled = desk.presses(1)
        assert desk.names("companies") == ["Corvid"]
        assert desk.names("persons") == ["Li Wei", "Li Na"]
        assert settled.facts["record"]["company"] == "Corvid"


def test_it_makes_a_third_of_a_name_at_a_third_company(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _two_of_one_name(desk)
        reply = desk.hears("log_contact", person="Li Wei", company="Corvid", need="yes")
        assert reply.facts["new"] is True
        assert desk.names("companies") == ["Acme", "Bolt", "Corvid"]
        assert desk.names("persons") == ["Li Wei"] * 3


def test_it_asks_which_of_two_a_question_is_about_and_leaves_all_as_it_was(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _two_of_one_name(desk)
        desk.hears("log_contact", person="Mei", company="Dyna", need="yes")
        asked = desk.hears("show_customer", person="Li Wei")
        assert asked.template == "people/which"
        bolt = next(number for number, label in enumerate(asked.buttons, 1) if "Bolt" in label)
        assert desk.presses(bolt).facts["record"]["company"] == "Bolt"
        assert desk.names("companies") == ["Acme", "Bolt", "Dyna"]


@pytest.mark.parametrize("field", ["person", "company"])
def test_it_says_that_a_name_is_not_on_record(tmp_path: Path, field: str) -> None:
    with Desk(tmp_path) as desk:
        _two_of_one_name(desk)
        reply = desk.hears("show_customer", **{field: "Zzyzx"})
        assert (reply.template, reply.facts["name"]) == ("people/unknown", "Zzyzx")
        assert len(desk.names("companies")) == 2


@pytest.mark.parametrize("intent", ["show_customer", "ask_advice", "qualify", "reassign"])
def test_it_says_that_it_has_a_name_and_no_deal(tmp_path: Path, intent: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", person="Mei", referrer="Otto")
        reply = desk.hears(intent, person="Otto")
        assert (reply.template, reply.facts["who"]) == ("contacts/card_empty", "Otto")
        assert "Otto" in reply.text


def test_it_rates_the_credit_of_somebody_without_a_deal(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", person="Mei", referrer="Otto")
        reply = desk.hears("rate_credit", person="Otto")
        assert (reply.template, reply.facts["who"]) == ("scoring/question", "Otto")


@pytest.mark.parametrize("intent", ["log_contact", "show_customer", "set_reminder", "ask_advice"])
@pytest.mark.parametrize("name", ["'", "...", "“”", "-"])
def test_a_name_of_which_nothing_is_left_to_compare_is_answered(tmp_path: Path, intent: str, name: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Li Wei", company="Acme", need="yes")
        for named in ({"person": name}, {"company": name}, {"person": name, "company": name}):
            assert desk.hears(intent, **named, when="2026-03-06").template != "conversation/sorry"
