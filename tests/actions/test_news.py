"""It says when a customer's class has changed, whatever the message was about, and only then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.actions.house import Desk

TELLING = ["log_contact", "update_deal", "describe_person"]
ACME = {"company": "Acme", "person": "Li Wei"}
YES_YES_YES = {"money": "yes", "authority": "yes", "need": "yes"}


@pytest.mark.parametrize("intent", TELLING)
@pytest.mark.parametrize(
    ("before", "then", "language", "said"),
    [
        ({"money": "yes", "need": "yes"}, {"authority": "yes"}, "en", "M+A+N: Acme is a real prospect now."),
        ({"money": "yes", "need": "yes"}, {"authority": "yes"}, "zh", "M+A+N：Acme现在是有望客户了。"),
        ({"money": "yes", "need": "yes"}, {"authority": "no"}, "en", "M+a+N: Acme is worth approaching now."),
        ({**YES_YES_YES, "money": "no"}, {"money": "yes"}, "en", "m+A+N → M+A+N: Acme is a real prospect now."),
        ({**YES_YES_YES, "money": "no"}, {"money": "yes"}, "zh", "m+A+N → M+A+N：Acme现在是有望客户了。"),
        (
            YES_YES_YES,
            {"need": "no"},
            "en",
            "M+A+N → M+A+n: Acme is no longer a real prospect, but still worth approaching.",
        ),
        (YES_YES_YES, {"need": "no"}, "zh", "M+A+N → M+A+n：Acme不再是有望客户，但仍可以接触。"),
        (YES_YES_YES, {"need": "no", "money": "no"}, "en", "M+A+N → m+A+n: Acme is now just one for the long term."),
        (
            {**YES_YES_YES, "money": "no"},
            {"money": "yes", "need": "no"},
            "en",
            "m+A+N → M+A+n: Acme is still worth approaching.",
        ),
        ({"money": "no", "authority": "no"}, {"need": "no"}, "en", "m+a+n: Acme is not a customer as things stand."),
        ({"money": "no", "authority": "no"}, {"need": "no"}, "zh", "m+a+n：Acme目前属于非客户。"),
    ],
)
def test_it_announces_a_change(
    tmp_path: Path, intent: str, before: dict[str, str], then: dict[str, str], language: str, said: str
) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", **ACME, **before)
        reply = desk.hears(intent, **ACME, **then)
        assert said in reply.text.splitlines()
        assert reply.facts["change"]["who"] == "Acme"
        again = desk.hears(intent, **ACME, **then)
        assert "change" not in again.facts
        assert said not in again.text


@pytest.mark.parametrize("intent", TELLING)
@pytest.mark.parametrize(
    "then", [{"need": "yes"}, {"money": "yes", "need": "yes"}, {"product": "pumps"}, {"money": "no"}, {"style": "blue"}]
)
def test_it_announces_nothing_where_nothing_has_changed(tmp_path: Path, intent: str, then: dict[str, Any]) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        reply = desk.hears(intent, **ACME, **then)
        assert "change" not in reply.facts
        assert " now" not in reply.text


@pytest.mark.parametrize("intent", TELLING)
def test_it_calls_nobody_changed_who_is_new(tmp_path: Path, intent: str) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears(intent, **ACME, **YES_YES_YES, met=True)
        assert reply.facts["class"] == "M+A+N"
        assert "M+A+N: a real prospect." in reply.text
        assert "change" not in reply.facts


def test_it_announces_what_an_answer_to_its_own_question_has_changed(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", mention="new", money="yes", authority="no")
        assert "M+a+N: this contact is worth approaching now." in desk.presses(1).text


def test_it_announces_that_the_decider_was_met(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, money="yes", need="yes", authority="no", related="Zhao Min")
        reply = desk.hears("log_contact", person="Zhao Min", company="Acme", met=True)
        assert "M+a+N → M+A+N: Acme is a real prospect now." in reply.text


def test_it_calls_the_customer_by_the_person_where_no_company_is_known(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Li & <b>Wei", money="yes", need="yes")
        reply = desk.hears("log_contact", person="Li & <b>Wei", authority="yes")
        assert "M+A+N: Li & <b>Wei is a real prospect now." in reply.text
        assert "Li &amp; &lt;b&gt;Wei is a real prospect" in reply.html


def test_it_announces_nothing_of_a_deal_that_is_won(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, money="yes", need="yes")
        reply = desk.hears("update_deal", **ACME, authority="yes", stage="won")
        assert "prospect" not in reply.text
