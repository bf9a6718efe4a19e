"""[more] behind the advice: the step of the sale, and when they will buy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from actions import playbook
from nlu.understanding import Money
from tests.actions.house import Desk


@pytest.mark.parametrize(("language", "words"), [("en", "Open and talk"), ("zh", "开场与面谈")])
def test_it_tells_the_step_and_asks_when_they_will_buy(tmp_path: Path, language: str, words: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", company="Acme", money="yes")
        advice = desk.hears("ask_advice", company="Acme")
        assert advice.buttons[-1] in ("more", "详情", "更多")
        more = desk.presses(len(advice.buttons))
        assert more.template == "coaching/timing"
        assert words in more.text
        assert more.facts["likelihood"] is None
        assert len(more.text.replace("\n\n", "\n").splitlines()) <= 8
        noted = desk.presses(2)
        assert noted.template == "coaching/expected"
        assert noted.facts["likelihood"] == "B"
        assert noted.facts["close"] == "2026-06-02"
        assert desk.hears("undo").template == "conversation/undone"
        advice = desk.hears("ask_advice", company="Acme")
        assert desk.presses(len(advice.buttons)).facts["likelihood"] is None


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("stage", "link"),
    [
        ("lead", None),
        ("contacted", "understand"),
        ("qualified", "satisfied"),
        ("proposal", "believe"),
        ("negotiation", "content"),
    ],
)
def test_it_shows_the_sales_chain_and_what_tells_when_they_will_buy(
    tmp_path: Path, stage: str, link: str | None, language: str
) -> None:
    selling = playbook.load().selling
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", company="Acme", money="yes")
        desk.hears("update_deal", company="Acme", stage=stage)
        timing = desk.presses(len(desk.hears("ask_advice", company="Acme").buttons))
        more = desk.presses(len(timing.buttons))
        assert more.template == "coaching/timing_more"
        assert " → ".join(each.name.in_(language) for each in selling.chain.values()) in more.text
        assert [each["name"] for each in more.facts["chain"] if each["now"]] == (
            [selling.chain[link].name.in_(language)] if link else []
        )
        for key, each in selling.chain.items():
            assert all((text.in_(language) in more.text) == (key == link) for text in each.takes)
        for text in (*selling.desire, *selling.power):
            assert text.in_(language) in more.text
        assert more.buttons == timing.buttons[:-1]


def test_a_deal_is_large_or_small_beside_the_average_of_its_currency(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        for name, value in (("Acme", 100), ("Globex", 10), ("Initech", 10)):
            desk.hears("update_deal", company=name, stage="proposal", amount=Money(Decimal(value), "EUR"))
        desk.hears("update_deal", company="Umbrella", stage="proposal", amount=Money(Decimal(1), "USD"))
        sizes = {}
        for name in ("Acme", "Globex", "Umbrella"):
            advice = desk.hears("ask_advice", company=name)
            sizes[name] = desk.presses(len(advice.buttons)).facts["importance"]
        assert sizes == {"Acme": "large", "Globex": "small", "Umbrella": "normal"}
