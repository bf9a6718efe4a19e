"""What the organisation and its people need: likely, asked for, kept, and used in a pitch."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import playbook
from actions.playbook import FOLDER, PlaybookError
from actions.rules.needs import OF_PERSON
from tests.actions.house import Desk

NEEDS = playbook.load().needs


def _names(language: str) -> list[str]:
    return [NEEDS.person.needs[key].name.in_(language) for key in NEEDS.person.needs]


def _account(desk: Desk) -> Any:
    """Who is who at Acme, then what they need."""
    reply = desk.hears("show_customer", company="Acme", topic="people")
    assert len(reply.buttons) == 2
    return desk.presses(1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_says_what_is_likely_and_asks_of_whom_nothing_is_known(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("describe_person", person="Li Wei", company="Acme", style="blue")
        desk.hears("describe_person", person="Wang Fang", company="Acme", role="user")
        reply = _account(desk)
        assert reply.template == "people/needs"
        order = NEEDS.person.needs["order"]
        assert order.means.in_(language) in reply.text
        assert {each["name"]: each["need"] and each["need"]["said"] for each in reply.facts["people"]} == {
            "Li Wei": False,
            "Wang Fang": None,
        }
        # Nothing leads from a user to a need: that is asked, not supposed.
        assert reply.facts["ask"]["name"] == "Wang Fang"
        assert NEEDS.person.ask.in_(language) in reply.text
        assert NEEDS.organisation.ask.in_(language) in reply.text
        assert list(reply.buttons[:-1]) == _names(language)
        assert len(reply.text.splitlines()) <= 8


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_keeps_what_the_rep_says_and_takes_it_back(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("describe_person", person="Li Wei", company="Acme", style="blue")
        assert _account(desk).facts["ask"]["name"] == "Li Wei"
        noted = desk.presses(OF_PERSON.index("recognition") + 1)
        assert noted.template == "people/need_noted"
        assert NEEDS.person.needs["recognition"].frame.in_(language) in noted.text
        again = _account(desk)
        assert again.facts["people"][0]["need"]["said"]
        assert again.facts["ask"] is None
        assert again.buttons == ()
        assert desk.hears("undo").template == "conversation/undone"
        assert not _account(desk).facts["people"][0]["need"]["said"]


def test_it_tells_how_to_find_out_what_the_rep_does_not_know(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", person="Li Wei", company="Acme", role="user")
        reply = _account(desk)
        found_out = desk.presses(len(reply.buttons))
        assert found_out.template == "people/find_out"
        assert f"ask Li Wei: “{NEEDS.person.ask.en}”" in found_out.text


def test_it_hears_what_the_organisation_needs(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears(
            "log_contact", person="Li Wei", company="Acme", need="yes", text="they need it, power bills kill them"
        )
        assert [each["name"] for each in _account(desk).facts["organisation"]] == ["financial"]
        desk.hears("log_contact", company="Acme", need="yes", text="they need it before the deadline")
        assert [each["name"] for each in _account(desk).facts["organisation"]] == ["financial", "performance"]


def test_a_pitch_serves_what_the_organisation_needs_and_is_put_for_the_person(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", person="Li Wei", company="Acme", style="blue")
        desk.hears("ask_pitch", product="X200", text="what of the X200 for Li Wei", person="Li Wei")
        more = desk.presses(1)
        assert NEEDS.person.needs["order"].frame.en in more.text
        plain = desk.hears("ask_pitch", product="X200", text="what of the X200")
        image = desk.hears("ask_pitch", product="X200", text="what of the X200, they care for prestige")
        assert "what counts for the company: image" in image.text
        assert "what counts for the company" not in plain.text
        heard = desk.hears("ask_pitch", product="X200", text="what of the X200, they must raise output")
        served = {name for each in heard.facts["statements"][:1] for name in each["serves"]}
        sides = playbook.load().sides
        assert served & {sides[key].name.en for key in NEEDS.organisation.needs["performance"].serves}


def test_a_persons_card_leads_to_their_needs(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", person="Li Wei", company="Acme", style="red")
        desk.hears("describe_person", person="Wang Fang", company="Acme", role="user")
        card = desk.hears("show_customer", person="Li Wei")
        assert list(card.buttons[-2:]) == ["what they need", "more"]
        more = desk.presses(len(card.buttons))
        assert NEEDS.person.needs["recognition"].frame.en in more.text
        theirs = desk.presses(len(more.buttons))
        assert [each["name"] for each in theirs.facts["people"]] == ["Li Wei"]


def test_it_knows_nobody_without_a_name(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Acme", money="yes")
        assert list(desk.hears("show_customer", company="Acme", topic="people").buttons) == ["more"]


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda needs: needs["person"]["needs"].pop("power"), "wanted are power, achievement"),
        (lambda needs: needs["person"]["needs"]["power"].update(styles=["pink"]), "pink is none of yellow"),
        (lambda needs: needs["organisation"]["needs"]["image"].update(serves=["gold"]), "gold is none of"),
        (lambda needs: needs["organisation"].pop("ask"), "organisation: ask: Field required"),
    ],
)
def test_it_names_what_is_wrong_in_a_company_s_own(tmp_path: Path, change: Any, mistake: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "playbook", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / "needs.yml"
    needs = yaml.safe_load(path.read_text("utf-8"))
    change(needs)
    path.write_text(yaml.safe_dump(needs, allow_unicode=True), "utf-8")
    with pytest.raises(PlaybookError, match=r"needs\.yml") as caught:
        playbook.load(folder)
    assert mistake in str(caught.value)
