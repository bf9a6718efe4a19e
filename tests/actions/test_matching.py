"""It holds what makes a customer attractive against what we can do, from what is on record, and asks for the rest."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import insert, select

from actions import playbook
from actions.playbook import FOLDER, PlaybookError
from nlu.understanding import Money
from storage.models import Company, Transaction
from tests.actions.house import Desk

MATCH = playbook.load().match
TODAY = date(2026, 3, 2)
NUMBERS = ["1", "2", "3", "4", "5", "0"]


def _rows(desk: Desk, rows: Iterable[dict[str, Any]]) -> None:
    """Rows of the books for the first company."""
    with desk._manny.sessions() as session:
        company_id = session.scalar(select(Company.id).order_by(Company.id))
        same = {"team_id": 1, "company_id": company_id, "created_at": datetime(2026, 3, 2, tzinfo=UTC)}
        for row in rows:
            session.execute(insert(Transaction), [{**same, "currency": "USD", **row}])
        session.commit()


def _bought(days_ago: int, amount: int, **more: Any) -> dict[str, Any]:
    return {"kind": "purchase", "happened_on": TODAY - timedelta(days=days_ago), "amount_minor": amount, **more}


def _scored(desk: Desk, fit: int, worth: int) -> Any:
    """The audit's details, after these scores; the three questions between get a 3."""
    desk.hears("qualify", company="Acme")
    for score in (fit, 3, 3, 3, worth):
        reply = desk.presses(NUMBERS.index(str(score)) + 1)
    assert reply.template == "scoring/audit"
    return desk.presses(len(reply.buttons))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("fit", "worth", "verdict"), [(3, 3, "match"), (2, 5, "beyond_us"), (5, 2, "not_worth"), (1, 0, "neither")]
)
def test_it_says_behind_the_audit_how_worth_and_fit_go_together(
    tmp_path: Path, language: str, fit: int, worth: int, verdict: str
) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", company="Acme", money="yes", need="yes")
        details = _scored(desk, fit, worth)
        assert details.template == "scoring/audit_more"
        reply = desk.presses(len(details.buttons))
        assert reply.template == "scoring/match"
        assert (reply.facts["able"], reply.facts["attractive"]) == (fit, worth)
        assert MATCH.verdicts[verdict].in_(language) in reply.text
        assert len(reply.text.replace("\n\n", "\n").splitlines()) <= 8
        assert len(reply.buttons) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_asks_for_each_point_of_which_nothing_is_on_record(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", company="Acme", money="yes")
        _rows(desk, [_bought(40, 100_000)])
        tier = desk.hears("show_pyramid", company="Acme")
        reply = desk.presses(len(tier.buttons))
        asked = [key for key, point in MATCH.attraction.items() if point.ask.in_(language) in reply.text]
        assert asked == ["growth", "intangible", "cost", "risk"]
        # Nobody has scored the deal: that is the next thing to do.
        assert desk.presses(1).template == "scoring/question"


def test_it_tells_what_the_books_the_deals_and_the_people_tell(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Acme", person="Li Wei", money="yes")
        desk.hears("update_deal", company="Acme", stage="proposal", amount=Money(Decimal(7_000), "USD"))
        desk.hears("log_referral", person="Zhang Min", company="Globex", referrer="Li Wei")
        known = {"profit_minor": 20_000, "spent_minor": 5_000}
        _rows(
            desk,
            [
                _bought(10, 60_000, product="X200", **known),
                _bought(40, 60_000, product="X100", **known),
                _bought(400, 100_000, product="X200"),
                {"kind": "debt", "happened_on": TODAY, "amount_minor": 9_900},
            ],
        )
        tier = desk.hears("show_pyramid", company="Acme")
        assert list(tier.buttons) == ["lifetime value", "good match?"]
        text = desk.presses(2).text
        for told in (
            "Volume: bought 1,200 USD in 12 months, open deals of 7,000 USD",
            "20% more than the year before, 2 of our products",
            "introduced 1 to us",
            "100 USD spent on them, profit 400 USD",
            "owes 99 USD",
        ):
            assert told in text


def test_a_customer_without_a_deal_cannot_be_scored(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", company="Acme", stage="won", amount=Money(Decimal(7_000), "USD"))
        tier = desk.hears("show_pyramid", company="Acme")
        reply = desk.presses(len(tier.buttons))
        assert list(reply.buttons) == ["a good customer?"]
        assert "Score the deal" not in reply.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_tells_good_customers_from_bad_ones(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", company="<b>&", money="yes")
        _rows(desk, [_bought(10, 60_000, profit_minor=-52_200)])
        tier = desk.hears("show_pyramid", company="<b>&")
        match = desk.presses(len(tier.buttons))
        reply = desk.presses(len(match.buttons))
        assert reply.template == "scoring/kinds"
        assert "<b>&" in reply.text
        for kind in MATCH.kinds:
            assert all(text.in_(language) in reply.text for text in (kind.good, kind.bad) if text)
        assert MATCH.with_bad.in_(language) in reply.text
        assert "-522" in reply.text


def test_the_good_do_four_things_and_the_bad_five() -> None:
    assert len([kind for kind in MATCH.kinds if kind.good]) == 4
    assert len([kind for kind in MATCH.kinds if kind.bad]) == 5


def test_it_is_gone_with_the_customer(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Acme", money="yes")
        _rows(desk, [_bought(10, 60_000)])
        old = desk.hears("show_pyramid", company="Acme")
        desk.hears("forget", company="Acme")
        desk.presses(1)
        desk._console.last = old
        assert desk.presses(len(old.buttons)).template == "conversation/gone"


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda match: match.update(able="luck"), "match.yml: luck is no question of audit.yml"),
        (lambda match: match["attraction"].pop("risk"), "wanted are volume, growth"),
        (lambda match: match["verdicts"].pop("neither"), "wanted are match, beyond_us"),
        (lambda match: match.update(kinds=[]), "match.yml: kinds"),
    ],
)
def test_it_names_what_is_wrong_in_a_company_s_own(tmp_path: Path, change: Any, mistake: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "playbook", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / "match.yml"
    match = yaml.safe_load(path.read_text("utf-8"))
    change(match)
    path.write_text(yaml.safe_dump(match, allow_unicode=True), "utf-8")
    with pytest.raises(PlaybookError) as caught:
        playbook.load(folder)
    assert mistake in str(caught.value)
