"""It names what it takes back, in both languages, and keeps a long list short."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from actions.conversation import TOLD_AT_MOST
from nlu.understanding import Money
from tests.actions.house import Desk

ACME: dict[str, Any] = {"company": "Acme"}
SIGNED = {**ACME, "stage": "won", "amount": Money(Decimal(48_000), "USD")}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["stage, amount as before", "purchase 48,000 USD removed", "thanks due removed"]),
        ("zh", ["阶段、金额已改回原样", "已去掉购买记录：4.8万美元", "已去掉待答谢"]),
    ],
)
def test_it_takes_a_sale_back(tmp_path: Path, language: str, said: list[str]) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_referral", referrer="Rosa Lind", person="Li Wei", **ACME)
        desk.hears("update_deal", **SIGNED)
        reply = desk.hears("undo")
        assert [words for words in said if words not in reply.text] == []


@pytest.mark.parametrize(("language", "said"), [("en", "reason as before"), ("zh", "原因已改回原样")])
def test_it_takes_a_reason_back(tmp_path: Path, language: str, said: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("update_deal", **ACME, stage="lost")
        desk.presses(1)
        assert said in desk.hears("undo").text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "in their file: amount as before"), ("zh", "客户档案里的金额已改回原样")]
)
def test_it_takes_a_correction_back(tmp_path: Path, language: str, said: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("update_deal", **SIGNED)
        desk.hears("update_deal", **{**SIGNED, "amount": Money(Decimal(50_000), "USD")})
        assert said in desk.hears("undo").text


@pytest.mark.parametrize(("language", "said"), [("en", "thanks are due again"), ("zh", "答谢又变回待办")])
def test_it_takes_thanks_back(tmp_path: Path, language: str, said: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_referral", referrer="Rosa Lind", person="Li Wei", **ACME)
        desk.hears("update_deal", **SIGNED)
        desk.presses(1)
        desk.presses(1)
        assert said in desk.hears("undo").text


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "deal score removed", "scores and figures as before"),
        ("zh", "已去掉单子打分", "打分和数据已改回原样"),
    ],
)
def test_it_takes_scores_back(tmp_path: Path, language: str, first: str, second: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        desk.hears("qualify", **ACME)
        desk.hears("out_of_scope", text="4")
        desk.hears("out_of_scope", text="3")
        assert second in desk.hears("undo").text
        assert first in desk.hears("undo").text


@pytest.mark.parametrize(("language", "said"), [("en", "file offer.txt removed"), ("zh", "已去掉文件：offer.txt")])
def test_it_takes_a_file_back(tmp_path: Path, language: str, said: str) -> None:
    offer = tmp_path / "offer.txt"
    offer.write_text("200 pumps", encoding="utf-8")
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        desk._console.send(offer, "")
        assert said in desk.hears("undo").text


def test_it_names_the_first_of_many_changes_and_counts_the_rest(tmp_path: Path) -> None:
    rows = "".join(f"Customer {number},2026-01-05,100\n" for number in range(30))
    sales = tmp_path / "sales.csv"
    sales.write_text(f"customer,date,amount\n{rows}", encoding="utf-8")
    with Desk(tmp_path) as desk:
        desk.takes_over("Mia", "manager")
        (sent,) = desk._console.send(sales, "").replies
        while desk.names("companies") == [] and sent.buttons:
            sent = desk.presses(1)
        assert len(desk.names("companies")) == 30
        reply = desk.hears("undo")
        assert desk.names("companies") == []
        assert reply.text.count("\n· ") == TOLD_AT_MOST
        assert f"and {reply.facts['more']} more" in reply.text
        assert reply.facts["more"] >= 30 - TOLD_AT_MOST
