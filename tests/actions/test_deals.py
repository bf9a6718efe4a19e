"""It moves deals and says what is missing, celebrates, asks why a deal was won or lost, and sums the reasons."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions import playbook
from actions.rules.stages import OPEN
from bot.messages import Outgoing
from nlu.understanding import Money
from storage.models import Base
from tests.actions.house import Desk

ACME = {"company": "Acme"}
HOSTILE = '<b>&"'


def _usd(value: int) -> Money:
    return Money(Decimal(value), "USD")


def _rows(desk: Desk, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of a table, in the order in which the rows came."""
    wanted = Base.metadata.tables[table].c
    with desk._manny.engine.connect() as connection:
        rows = connection.execute(select(*(wanted[name] for name in columns)).order_by(wanted["id"]))
        return [tuple(row) for row in rows]


def _reasons(stage: str, language: str = "en") -> list[str]:
    leaving = playbook.load().leaving.values()
    return [reason.name.in_(language) for reason in leaving if stage == "lost" or reason.won]


def _known(desk: Desk, **more: Any) -> None:
    """Acme with Li Wei, who decides, and all three facts."""
    desk.hears("log_contact", person="Li Wei", **ACME, money="yes", authority="yes", need="yes", met=True, **more)


# --- moving


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("stage", [*OPEN[1:], "won", "lost"])
def test_it_moves_a_deal_whatever_is_missing(tmp_path: Path, stage: str, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        reply = desk.hears("update_deal", **ACME, stage=stage)
        assert reply.facts["record"]["stage"] == stage
        assert "Acme" in reply.text
        assert _rows(desk, "opportunities", "stage") == [(stage,)]


def test_it_asks_for_the_fact_that_separates_the_classes_best_and_says_what_else_is_missing(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("update_deal", **ACME, stage="proposal", need="yes")
        assert reply.facts["missing"] == [["contact"], ["money"], ["authority"], ["amount", "product"]]
        assert "Still missing for this stage: contact, money, authority, amount or product" in reply.text
        assert reply.facts["asks"] in ("money", "authority")
        assert reply.buttons == ("yes", "no", "not sure")


def test_it_misses_nothing_where_all_is_known_and_offers_the_follow_up_after_a_quote(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _known(desk)
        reply = desk.hears("update_deal", **ACME, stage="proposal", amount=_usd(50_000))
        assert reply.facts["missing"] == []
        assert "missing" not in reply.text
        assert "50,000 USD" in reply.text
        assert reply.buttons == ("remind me", "another time", "no")


def test_it_repeats_the_amount_and_the_expected_close_when_a_deal_moves(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _known(desk)
        desk.hears("update_deal", **ACME, amount=_usd(50_000), when="2026-04-15")
        reply = desk.hears("update_deal", **ACME, stage="negotiation")
        assert "amount: 50,000 USD" in reply.text
        assert "15 Apr" in reply.text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "back from Proposal to Contacted"), ("zh", "从报价退回到已接触")]
)
def test_it_says_that_a_deal_went_back(tmp_path: Path, language: str, said: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("update_deal", **ACME, stage="proposal")
        assert said in desk.hears("update_deal", **ACME, stage="contacted").text


def test_it_asks_for_the_amount_and_takes_the_answer(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _known(desk)
        asked = desk.hears("update_deal", **ACME, stage="proposal")
        assert asked.facts["asks"] == "amount"
        assert "How much is it worth?" in asked.text
        reply = desk.hears("out_of_scope", text="about 50k", amount=_usd(50_000))
        assert reply.template == "deals/moved"
        assert reply.facts["record"]["amount"] == {"value": 50_000, "currency": "USD"}
        assert reply.buttons == ("remind me", "another time", "no")


def test_it_goes_on_with_another_customer_where_the_amount_was_asked_for(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _known(desk)
        desk.hears("update_deal", **ACME, stage="proposal")
        reply = desk.hears("log_contact", company="Globex", amount=_usd(9))
        assert reply.facts["who"] == "Globex"
        assert _rows(desk, "opportunities", "amount_minor") == [(None,), (900,)]


def test_it_asks_who_decides_and_when_before_a_negotiation(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Li Wei", **ACME, money="yes", authority="no", need="yes")
        asked = desk.hears("update_deal", **ACME, stage="negotiation", amount=_usd(50_000))
        assert asked.facts["missing"] == [["decider"], ["expected_close"]]
        assert "Who decides there?" in asked.text
        desk.hears("out_of_scope", person="Zhao Min")
        assert _rows(desk, "persons", "name", "authority") == [("Li Wei", False), ("Zhao Min", True)]
        assert len(_rows(desk, "opportunities", "id")) == 1
        desk.hears("update_deal", **ACME, stage="proposal")
        asked = desk.hears("update_deal", **ACME, stage="negotiation")
        assert asked.facts["missing"] == [["expected_close"]]
        reply = desk.hears("set_reminder", text="they decide on 15 April", when="2026-04-15", task="decide")
        assert reply.template == "followups/set"


def test_it_takes_a_day_for_the_expected_close(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _known(desk, amount=_usd(5))
        assert desk.hears("update_deal", **ACME, stage="negotiation").facts["asks"] == "expected_close"
        reply = desk.hears("out_of_scope", text="mid april", when="2026-04-15")
        assert [str(day) for (day,) in _rows(desk, "opportunities", "expected_close")] == ["2026-04-15"]
        assert "15 Apr" in reply.text
        assert "When will they decide?" not in reply.text


def test_it_asks_whom_the_rep_deals_with_and_takes_the_name(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, money="yes", authority="yes", need="yes")
        asked = desk.hears("update_deal", **ACME, stage="proposal", amount=_usd(5))
        assert asked.facts["asks"] == "contact"
        desk.hears("out_of_scope", person="Li Wei")
        assert desk.names("persons") == ["Li Wei"]
        assert desk.names("companies") == ["Acme"]
        assert len(_rows(desk, "opportunities", "contact_id")) == 1


# --- won


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_celebrates_logs_the_purchase_and_asks_why(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        _known(desk)
        reply = desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        assert reply.template == "deals/won"
        assert "🎉" in reply.text
        assert {"en": "48,000 USD", "zh": "4.8万美元"}[language] in reply.text
        assert list(reply.buttons[:-1]) == _reasons("won", language)
        assert _rows(desk, "transactions", "kind", "amount_minor", "currency") == [("purchase", 4_800_000, "USD")]
        then = desk.presses(1)
        assert then.template == "deals/won_for"
        assert _rows(desk, "opportunities", "closed_for") == [("quality",)]
        assert playbook.load().relationship.refer.in_(language) in then.text
        assert playbook.load().relationship.stages["early"].name.in_(language) in then.text
        desk.presses(1)
        assert [str(due)[:10] for (due,) in _rows(desk, "reminders", "due_at")] == ["2026-03-09"]


def test_it_asks_what_a_won_deal_is_worth_before_it_asks_why(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        asked = desk.hears("update_deal", **ACME, stage="won")
        assert "How much is it worth?" in asked.text
        assert _rows(desk, "transactions", "id") == []
        reply = desk.hears("update_deal", amount=_usd(48_000), text="48k")
        assert list(reply.buttons[:-1]) == _reasons("won")
        assert _rows(desk, "transactions", "amount_minor") == [(4_800_000,)]
        assert len(_rows(desk, "opportunities", "id")) == 1


def test_it_asks_why_where_nobody_knows_yet_what_it_is_worth(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won")
        assert list(desk.presses(1).buttons[:-1]) == _reasons("won")


def test_it_leaves_the_reason_open_where_it_is_not_known(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        won = desk.hears("update_deal", **ACME, stage="won", amount=_usd(5))
        reply = desk.presses(len(won.buttons))
        assert "leave the reason open" in reply.text
        assert _rows(desk, "opportunities", "closed_for") == [(None,)]


def test_it_corrects_the_purchase_with_the_amount(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        desk.hears("update_deal", amount=_usd(50_000), text="it was 50k in the end")
        assert _rows(desk, "transactions", "amount_minor") == [(5_000_000,)]


def test_it_takes_purchase_and_reason_back_where_a_won_deal_is_open_again(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        desk.presses(1)
        reply = desk.hears("update_deal", stage="negotiation", text="sorry, we are still negotiating")
        assert "open again, Won → Negotiation" in reply.text
        assert _rows(desk, "transactions", "id") == []
        assert _rows(desk, "opportunities", "stage", "closed_for") == [("negotiation", None)]
        desk.hears("undo")
        assert _rows(desk, "opportunities", "stage", "closed_for") == [("won", "quality")]
        assert _rows(desk, "transactions", "amount_minor") == [(4_800_000,)]


def test_it_owes_thanks_to_who_introduced_the_customer(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_referral", referrer="Rosa Lind", person="Li Wei", **ACME)
        reply = desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        assert "Thank Rosa Lind" in reply.text
        then = desk.presses(1)
        assert then.buttons == ("thanked", "later")
        assert "Thank Rosa Lind" in then.text


def test_it_takes_no_objection_for_why_a_deal_was_won(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(5))
        reply = desk.hears("report_objection", objection="price", text="now they say it is too expensive")
        assert reply.template == "coaching/objection"
        assert _rows(desk, "opportunities", "closed_for") == [(None,)]


@pytest.mark.parametrize("sure", [0.3, 0.93])
def test_it_takes_praise_for_why_a_deal_was_won_whatever_it_was_taken_for(tmp_path: Path, sure: float) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(5))
        desk.hears("report_objection", objection="service", text="they liked our service", confidence=sure)
        assert _rows(desk, "opportunities", "closed_for") == [("service",)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_corrects_a_deal_that_is_said_to_be_signed_again(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        desk.hears("log_contact", company="Globex", need="yes")
        desk.waits(days=7)
        reply = desk.hears("update_deal", **ACME, stage="won", amount=_usd(50_000))
        assert ("corrected" if language == "en" else "更正") in reply.text
        assert "🎉" not in reply.text
        assert {"en": "48,000 USD", "zh": "4.8万美元"}[language] in reply.text
        assert _rows(desk, "opportunities", "stage", "amount_minor")[0] == ("won", 5_000_000)
        assert len(_rows(desk, "opportunities", "id")) == 2
        assert _rows(desk, "transactions", "amount_minor") == [(5_000_000,)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "named",
    [
        {"company": "Acme"},
        {"company": "Acme", "person": "Li Wei"},
        {"person": "Li Wei"},
        {"person": "Acme"},
        {"mention": "pronoun"},
    ],
)
def test_it_makes_a_second_sale_of_what_it_took_for_a_correction(
    tmp_path: Path, named: dict[str, str], language: str
) -> None:
    with Desk(tmp_path, language) as desk:
        _known(desk)
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000), product="X200", quantity=4)
        again = {"when": "2026-03-06", "purpose": "reminder", "task": "call them"}
        told = desk.hears("update_deal", **named, stage="won", amount=_usd(12_000), product="Z1", text="12k", **again)
        assert told.buttons[-1] == ("another sale" if language == "en" else "另一单")
        reply = desk.presses(len(told.buttons))
        assert "🎉" in reply.text
        assert reply.facts["record"]["amount"]["value"] == 12_000
        assert reply.facts["first"]["value"] == 48_000
        wanted = [("won", 4_800_000, "X200", 4.0), ("won", 1_200_000, "Z1", None)]
        assert _rows(desk, "opportunities", "stage", "amount_minor", "product", "quantity") == wanted
        assert _rows(desk, "transactions", "amount_minor", "product") == [(4_800_000, "X200"), (1_200_000, "Z1")]
        assert len(_rows(desk, "reminders", "id")) == 1
        assert desk.names("companies") == ["Acme"]
        assert desk.names("persons") == ["Li Wei"]

        desk.hears("undo", text="undo")
        assert _rows(desk, "opportunities", "amount_minor", "product") == [(1_200_000, "Z1")]
        assert _rows(desk, "transactions", "amount_minor") == [(1_200_000,)]


def test_it_makes_a_second_sale_of_the_same_amount(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        for _ in range(2):
            told = desk.hears("update_deal", **ACME, stage="won", amount=_usd(12_000))
        assert "on record already" in told.text
        desk.presses(len(told.buttons))
        assert _rows(desk, "transactions", "amount_minor") == [(1_200_000,), (1_200_000,)]


def test_it_offers_no_second_sale_where_the_first_had_no_amount(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won")
        told = desk.hears("update_deal", **ACME, stage="won", amount=_usd(12_000))
        assert "another sale" not in told.buttons


def test_it_makes_no_second_sale_where_the_first_is_undone(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, need="yes")
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        told = desk.hears("update_deal", **ACME, stage="won", amount=_usd(12_000))
        for _ in range(2):
            desk.hears("undo", text="undo")
        desk._console.last = told
        assert desk.presses(len(told.buttons)).template == "conversation/gone"
        assert _rows(desk, "opportunities", "stage") == [("lead",)]
        assert _rows(desk, "transactions", "id") == []


@pytest.mark.parametrize("amount", [None, 48_000])
def test_it_says_that_a_sale_is_on_record_already(tmp_path: Path, amount: int | None) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        reply = desk.hears("update_deal", **ACME, stage="won", amount=_usd(amount) if amount else None)
        assert "on record already" in reply.text
        assert _rows(desk, "opportunities", "stage") == [("won",)]
        assert _rows(desk, "transactions", "amount_minor") == [(4_800_000,)]


@pytest.mark.parametrize("named", [ACME, {}])
def test_it_takes_a_later_signature_for_a_new_sale(tmp_path: Path, named: dict[str, str]) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        desk.waits(days=8)
        reply = desk.hears("update_deal", **named, stage="won", amount=_usd(20_000), text="signed, 20k")
        assert "🎉" in reply.text
        assert reply.facts["who"] == "Acme"
        assert _rows(desk, "transactions", "amount_minor") == [(4_800_000,), (2_000_000,)]
        assert _rows(desk, "opportunities", "stage") == [("won",), ("won",)]


def test_it_wins_the_open_deal_whatever_was_won_before(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        desk.hears("update_deal", **ACME, stage="proposal", amount=_usd(9_000))
        reply = desk.hears("update_deal", stage="won", text="signed")
        assert "🎉" in reply.text
        assert _rows(desk, "transactions", "amount_minor") == [(4_800_000,), (900_000,)]


@pytest.mark.parametrize("stage", ["won", "lost"])
def test_it_closes_a_deal_alike_where_the_message_tells_of_a_meeting(tmp_path: Path, stage: str) -> None:
    with Desk(tmp_path) as desk:
        _known(desk)
        reply = desk.hears("log_contact", **ACME, met=True, stage=stage, amount=_usd(48_000), text="met them, closed")
        assert reply.template == f"deals/{stage}"
        assert list(reply.buttons[:-1]) == _reasons(stage)
        assert len(_rows(desk, "transactions", "id")) == (1 if stage == "won" else 0)


@pytest.mark.parametrize("stage", ["won", "lost"])
@pytest.mark.parametrize("intent", ["log_contact", "update_deal"])
def test_it_sets_the_reminder_that_is_named_beside_a_closed_deal(tmp_path: Path, stage: str, intent: str) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears(intent, **ACME, stage=stage, when="2026-03-06", purpose="reminder", task="call them")
        assert "I'll remind you on Fri 6 Mar" in reply.text
        assert _rows(desk, "reminders", "text") == [("call them",)]
        assert _rows(desk, "opportunities", "expected_close") == [(None,)]


def test_a_word_with_a_customer_undoes_no_sale(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(48_000))
        desk.hears("log_contact", mention="pronoun", met=True, stage="contacted", text="called them to say thanks")
        assert _rows(desk, "opportunities", "stage") == [("won",)]
        assert len(_rows(desk, "transactions", "id")) == 1


# --- lost


@pytest.mark.parametrize("named", [{**ACME}, {"person": "Li Wei"}, {"mention": "pronoun"}])
@pytest.mark.parametrize("intent", ["log_contact", "update_deal"])
def test_it_wins_a_lost_deal_that_is_signed_after_all(tmp_path: Path, intent: str, named: dict[str, str]) -> None:
    with Desk(tmp_path) as desk:
        _known(desk)
        desk.hears("update_deal", **ACME, stage="lost", amount=_usd(20_000), text="lost Acme on price")
        desk.waits(days=90)
        reply = desk.hears(intent, **named, stage="won", text="Acme signed after all")
        assert "🎉" in reply.text
        assert _rows(desk, "opportunities", "stage", "closed_for") == [("won", None)]
        assert _rows(desk, "transactions", "amount_minor") == [(2_000_000,)]
        desk.hears("undo", text="undo")
        assert _rows(desk, "opportunities", "stage", "closed_for") == [("lost", "price")]
        assert _rows(desk, "transactions", "amount_minor") == []


@pytest.mark.parametrize("named", [{**ACME}, {"person": "Li Wei"}, {"mention": "pronoun"}])
@pytest.mark.parametrize("intent", ["log_contact", "update_deal"])
def test_it_takes_up_a_lost_deal_that_is_open_again(tmp_path: Path, intent: str, named: dict[str, str]) -> None:
    with Desk(tmp_path) as desk:
        _known(desk)
        desk.hears("update_deal", **ACME, stage="lost", text="lost Acme on price")
        desk.waits(days=90)
        reply = desk.hears(intent, **named, stage="negotiation", text="Acme is back, we are negotiating again")
        assert "open again, Lost → Negotiation" in reply.text
        assert _rows(desk, "opportunities", "stage", "closed_for") == [("negotiation", None)]


def test_it_makes_a_new_deal_with_a_customer_who_has_bought(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        desk.hears("update_deal", **ACME, stage="won", amount=_usd(5))
        desk.hears("update_deal", **ACME, stage="negotiation")
        assert _rows(desk, "opportunities", "stage") == [("won",), ("negotiation",)]


def test_it_loses_a_deal_once(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        desk.hears("update_deal", **ACME, stage="lost", text="we lost Acme on price")
        reply = desk.hears("update_deal", **ACME, stage="lost", text="Acme is lost")
        assert reply.template == "deals/lost_for"
        assert _rows(desk, "opportunities", "stage", "closed_for") == [("lost", "price")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_offers_the_seven_reasons_for_a_lost_deal(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        reply = desk.hears("update_deal", **ACME, stage="lost")
        assert list(reply.buttons[:-1]) == _reasons("lost", language)
        assert len(reply.buttons) == 8


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("number", range(7))
def test_it_says_what_to_do_about_the_reason_and_when_to_come_back(tmp_path: Path, number: int, language: str) -> None:
    name, reason = list(playbook.load().leaving.items())[number]
    with Desk(tmp_path, language) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        reply = desk.presses(number + 1)
        assert _rows(desk, "opportunities", "closed_for") == [(name,)]
        assert reason.name.in_(language) in reply.text
        assert reason.do.in_(language) in reply.text
        assert reply.facts.get("days") == reason.come_back_days
        assert len(reply.buttons) == (4 if reason.come_back_days else 1)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("they found us too expensive", "price"),
        ("嫌我们太贵了", "price"),
        ("it was an order from above", "above"),
        ("总部指定了供应商", "above"),
        ("our lead times", "delivery"),
        ("交期太长", "delivery"),
        ("the project was cancelled", "natural"),
        ("项目黄了", "natural"),
        ("slow to answer, bad support", "service"),
        ("售后没跟上", "service"),
        ("they stayed with their old supplier", "relationship"),
        ("关系没到位", "relationship"),
        ("quality issues on the sample", "quality"),
        ("样机没通过测试", "quality"),
    ],
)
def test_it_takes_the_reason_in_words(tmp_path: Path, words: str, reason: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        reply = desk.hears("out_of_scope", text=words)
        assert reply.template == "deals/lost_for"
        assert _rows(desk, "opportunities", "closed_for") == [(reason,)]
        assert _rows(desk, "facts", "field", "value", "words")[-1] == ("closed_for", reason, words)


def test_it_takes_the_reason_from_the_message_itself_and_lets_it_be_changed(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("update_deal", **ACME, stage="lost", text="we lost Acme on price")
        assert reply.template == "deals/lost_for"
        assert reply.buttons[-1] == "another reason"
        assert list(desk.presses(len(reply.buttons)).buttons[:-1]) == _reasons("lost")
        desk.presses(4)
        assert _rows(desk, "opportunities", "closed_for") == [("service",)]


def test_it_takes_no_reason_from_a_name(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("update_deal", company="Quality Foods", stage="lost", text="we lost Quality Foods")
        assert list(reply.buttons[:-1]) == _reasons("lost")


def test_it_asks_which_where_two_reasons_are_named(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("update_deal", **ACME, stage="lost", text="lost Acme, price and service")
        assert reply.buttons == ("price", "service", "not sure")


def test_it_keeps_words_that_name_no_reason_and_asks_again(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        reply = desk.hears("log_contact", text="they went with Siemens", company="Siemens")
        assert "kept your words" in reply.text
        assert desk.names("companies") == ["Acme"]
        assert _rows(desk, "facts", "words")[-1] == ("they went with Siemens",)
        desk.presses(1)
        assert _rows(desk, "opportunities", "closed_for") == [("quality",)]


@pytest.mark.parametrize("stage", ["won", "lost"])
def test_it_keeps_no_chatter_as_the_reason(tmp_path: Path, stage: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage=stage, amount=_usd(5))
        reply = desk.hears("out_of_scope", text="what's the weather")
        assert reply.template == "conversation/out_of_scope"
        assert "closed_for" not in [field for (field,) in _rows(desk, "facts", "field")]


def test_it_takes_news_of_somebody_else_for_what_it_is(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        reply = desk.hears("log_contact", person="Ann Lee", company="Globex", met=True, money="yes")
        assert reply.template == "contacts/noted"
        assert desk.names("companies") == ["Acme", "Globex"]


def test_it_takes_another_loss_for_what_it_is(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Globex", need="yes")
        desk.hears("update_deal", **ACME, stage="lost")
        reply = desk.hears("update_deal", company="Globex", stage="lost")
        assert reply.facts["who"] == "Globex"
        assert _rows(desk, "opportunities", "stage") == [("lost",), ("lost",)]


def test_it_takes_a_lost_deal_up_again(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost", text="lost Acme on price")
        reply = desk.hears("update_deal", stage="negotiation", text="they are back")
        assert "open again" in reply.text
        assert _rows(desk, "opportunities", "closed_for", "closed_at") == [(None, None)]


def test_it_undoes_the_reason_alone(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        desk.presses(2)
        desk.hears("undo")
        assert _rows(desk, "opportunities", "stage", "closed_for") == [("lost", None)]


def test_it_says_that_a_deal_is_gone_whose_reason_is_chosen_late(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        lost = desk._console.last
        desk.hears("update_deal", stage="negotiation", text="they are back")
        desk._console.last = lost
        assert desk.presses(1).template == "conversation/gone"
        assert _rows(desk, "opportunities", "closed_for") == [(None,)]


@pytest.mark.parametrize("stage", ["won", "lost", "proposal", "negotiation"])
def test_it_escapes_names(tmp_path: Path, stage: str) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("update_deal", company=f"Acme {HOSTILE}", stage=stage, amount=_usd(5))
        assert "&lt;b&gt;&amp;" in reply.html
        assert f"Acme {HOSTILE}" in reply.text


# --- why deals are lost


def _lost(desk: Desk, company: str, reason: int, amount: Money | None = None) -> None:
    desk.hears("update_deal", company=company, stage="lost", amount=amount)
    desk.presses(reason)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_sums_lost_deals_by_reason(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        _lost(desk, "Acme", 2, _usd(30_000))
        _lost(desk, "Globex", 2, _usd(20_000))
        _lost(desk, "Initech", 4, _usd(90_000))
        _lost(desk, "Umbrella", 8)
        desk.hears("update_deal", company="Hooli", stage="won", amount=_usd(10))
        reply = desk.hears("query_pipeline", topic="reasons", period="this_quarter")
        assert reply.template == "deals/reasons"
        price, service = (playbook.load().leaving[name] for name in ("price", "service"))
        assert [(row["name"], row["count"], row["amount"]) for row in reply.facts["rows"]] == [
            (price.name.in_(language), 2, 50_000),
            (service.name.in_(language), 1, 90_000),
            (None, 1, 0),
        ]
        assert price.do.in_(language) in reply.text
        assert reply.facts["period"] == "this_quarter"


def test_it_sums_only_the_period_and_the_stage_asked_for(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _lost(desk, "Acme", 2, _usd(30_000))
        assert desk.hears("query_pipeline", topic="reasons", period="last_quarter").facts["rows"] == []
        assert desk.hears("query_pipeline", topic="reasons", stage="won").facts["rows"] == []
        desk.hears("update_deal", company="Hooli", stage="won", amount=_usd(10))
        desk.presses(1)
        won = desk.hears("query_pipeline", topic="reasons", stage="won")
        assert [row["name"] for row in won.facts["rows"]] == ["product quality"]


def test_it_never_adds_two_currencies(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _lost(desk, "Acme", 2, _usd(30_000))
        _lost(desk, "Globex", 2, _usd(10_000))
        _lost(desk, "Initech", 2, Money(Decimal(900), "EUR"))
        facts = desk.hears("query_pipeline", topic="reasons").facts
        assert [(row["count"], row["amount"]) for row in facts["rows"]] == [(2, 40_000)]
        assert facts["others"] == [{"currency": "EUR", "value": 900, "count": 1}]


def test_it_says_that_nothing_is_lost_yet(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert "Nothing yet" in desk.hears("query_pipeline", topic="reasons").text


# --- advice on a lost deal


def test_it_asks_for_the_reason_when_advice_on_a_lost_deal_is_wanted(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        asked: Outgoing = desk.hears("ask_advice", **ACME)
        assert list(asked.buttons[:-1]) == _reasons("lost")
        desk.presses(2)
        reply = desk.hears("ask_advice", **ACME)
        assert reply.template == "deals/lost_for"
        assert playbook.load().leaving["price"].do.en in reply.text
