"""It notes what was said, once, and so that nobody reads it as said of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import Outgoing
from tests.actions.house import Desk

CARLA = {"company": "Acme", "person": "Carla"}


def _fields(reply: Outgoing) -> list[str]:
    return [item["field"] for item in reply.facts["noted"]]


@pytest.mark.parametrize("intent", ["log_contact", "update_deal", "describe_person"])
@pytest.mark.parametrize("authority", ["yes", "no", None])
def test_it_does_not_say_of_the_decider_that_they_have_no_authority(
    tmp_path: Path, intent: str, authority: str | None
) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **CARLA, authority="no")
        boss = {"person": "Viktor", "related": "Viktor", "role": "decision_maker"}
        reply = desk.hears(intent, **boss, authority=authority)
        assert "decision_maker" in _fields(reply)
        assert "authority" not in _fields(reply)
        assert reply.facts["record"]["authority"] == "no"
        assert reply.facts["reach"] == "Viktor"


def test_it_says_of_the_contact_that_they_have_no_authority_where_that_is_new(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("log_contact", **CARLA, authority="no", related="Viktor")
        assert {"authority", "decision_maker"} <= set(_fields(reply))


@pytest.mark.parametrize("fact", ["money", "authority", "need"])
def test_it_repeats_a_fact_that_was_said_again(tmp_path: Path, fact: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **CARLA, **{fact: "yes"})
        assert fact in _fields(desk.hears("log_contact", **CARLA, **{fact: "yes"}))
