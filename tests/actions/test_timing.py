"""[more] behind the advice: the step of the sale, and when they will buy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

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
        assert len(more.facts["desire"]) == 5
        assert len(more.facts["power"]) == 2
        noted = desk.presses(2)
        assert noted.template == "coaching/expected"
        assert noted.facts["likelihood"] == "B"
        assert noted.facts["close"] == "2026-06-02"
        assert desk.hears("undo").template == "conversation/undone"
        advice = desk.hears("ask_advice", company="Acme")
        assert desk.presses(len(advice.buttons)).facts["likelihood"] is None


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
