"""It shows three ways of finding customers at a time, those first that have won or suit the product, and says why."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from actions import playbook
from bot.messages import Outgoing
from nlu.understanding import Money
from tests.actions.house import Desk

WAYS = playbook.load().prospecting.ways


def _names(reply: Outgoing) -> list[str]:
    return [way["name"] for way in reply.facts["ways"]]


def _closed(desk: Desk, company: str, source: str, stage: str, amount: int | None = None) -> None:
    money = Money(Decimal(amount), "USD") if amount else None
    desk.hears("update_deal", company=company, source=source, stage=stage, amount=money)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_shows_all_fifteen_three_at_a_time(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        reply = desk.hears("ask_prospecting")
        once = {"en": "5 new calls a day are 1,500 contacts a year", "zh": "一年就是1,500个联系人"}[language]
        assert once in reply.text
        shown = _names(reply)
        while len(reply.buttons) > 1:
            reply = desk.presses(1)
            assert len(reply.facts["ways"]) == 3
            assert once not in reply.text
            shown += _names(reply)
        assert sorted(shown) == sorted(way.name.in_(language) for way in WAYS.values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_gives_method_strength_and_weakness_of_each(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        reply = desk.hears("ask_prospecting")
        for page in range(5):
            details = desk.presses(len(reply.buttons))
            assert details.template == "prospecting/details"
            for way in WAYS.values():
                if way.name.in_(language) in _names(reply):
                    assert way.method.in_(language) in reply.text
                    for text in (way.strength, way.weakness):
                        assert text.in_(language) not in reply.text
                        assert text.in_(language) in details.text
            assert len(reply.text.replace("\n\n", "\n").splitlines()) <= 8
            assert len(details.buttons) == (page < 4)
            reply = desk.presses(1) if details.buttons else reply


def test_it_begins_with_ways_that_suit_what_is_sold_and_says_so(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("ask_prospecting")
        assert all("suits" in way for way in reply.facts["ways"])
        assert "✓ suits the" in reply.text
        assert all(way["suits"]["why"] in desk.presses(2).text for way in reply.facts["ways"][:1])


@pytest.mark.parametrize(
    ("product", "way"), [("X200", "shows"), ("ServicePlus", "dormant"), ("PumpCloud", "online"), ("X200泵", "shows")]
)
def test_it_chooses_for_the_product_named(tmp_path: Path, product: str, way: str) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("ask_prospecting", text=f"where do I find buyers for the {product}?", product=product)
        names = _names(reply)
        while len(reply.buttons) > 1:
            reply = desk.presses(1)
            assert reply.facts["product"] == product.removesuffix("泵")
            names += _names(reply)
        suiting = [entry.name.en for entry in WAYS.values() if entry.suits]
        assert WAYS[way].name.en in names[: len(suiting)]
        assert names.index(WAYS[way].name.en) < names.index(WAYS["mail"].name.en)


@pytest.mark.parametrize(("language", "source"), [("en", "Canton Fair"), ("zh", "广交会")])
def test_it_puts_first_what_has_won_deals(tmp_path: Path, language: str, source: str) -> None:
    with Desk(tmp_path, language) as desk:
        _closed(desk, "Acme", source, "won", 30_000)
        _closed(desk, "Globex", "expo", "won", 18_000)
        _closed(desk, "Initech", "展会", "lost")
        _closed(desk, "Umbrella", "a friend", "lost")
        reply = desk.hears("ask_prospecting")
        first = reply.facts["ways"][0]
        assert first["name"] == WAYS["shows"].name.in_(language)
        assert first["result"] == {"won": 2, "closed": 3, "amount": {"value": 48_000, "currency": "USD"}}
        assert {"en": "2 of 3 deals won, 48,000 USD", "zh": "3单赢了2单，4.8万美元"}[language] in reply.text
        while len(reply.buttons) > 1:
            reply = desk.presses(1)
        assert _names(reply)[-1] == WAYS["acquaintances"].name.in_(language)
        assert {"en": "1 deal lost, none won", "zh": "1单都丢了"}[language] in reply.text


def test_it_counts_open_deals_and_unknown_sources_for_nothing(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _closed(desk, "Acme", "Mars", "won", 30_000)
        desk.hears("log_contact", company="Globex", source="expo", need="yes")
        reply = desk.hears("ask_prospecting")
        assert not any("result" in way for way in reply.facts["ways"])
        assert not reply.facts["tried"]


def test_it_sums_amounts_of_one_currency(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _closed(desk, "Acme", "expo", "won", 30_000)
        _closed(desk, "Globex", "expo", "won", 10_000)
        desk.hears("update_deal", company="Hooli", source="expo", stage="won", amount=Money(Decimal(9), "EUR"))
        first = desk.hears("ask_prospecting").facts["ways"][0]
        assert first["result"] == {"won": 3, "closed": 3, "amount": {"value": 40_000, "currency": "USD"}}
