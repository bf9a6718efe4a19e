"""It says which customers matter: tiers, one customer's place, movers, profit, and what relationships are worth."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from actions import playbook
from actions.importing_transactions import plan, put_on_record, read_transactions
from nlu.understanding import Money
from storage.database import make_engine, session_factory
from storage.models import Person, Transaction
from storage.unit_of_work import UnitOfWork
from tests.actions.house import Desk

TODAY = date(2026, 3, 2)
LANGUAGES = ("en", "zh")
HEAD = "customer,person,date,amount,currency,profit,spent,product,kind"
CHECK_FIGURES = [
    # the sources' tiers: customers, then sales, profit, spending each, and the return in percent
    (21, 114_000, 45_600, 40_000, 114),
    (85, 31_600, 9_480, 6_820, 139),
    (319, 9_100, 1_820, 2_459, 74),
    (1_701, 1_160, -522, 985, -53),
]
TEN = [f"Customer {letter},,2026-01-05,{1_000 - 100 * number},USD" for number, letter in enumerate("ABCDEFGHIJ")]
"""A is a VIP, B regular, the others small."""


def _put(folder: Path, rows: Iterable[str], name: str = "Ann") -> None:
    """Puts purchases on record as this member."""
    engine = make_engine(f"sqlite:///{folder / 'manny.db'}")
    with UnitOfWork(session_factory(engine)) as work:
        member = work.team.by_name(name)
        assert member is not None
        planned = plan(
            work, member, read_transactions("\n".join([HEAD, *rows]).encode(), playbook.load(), TODAY, "USD")
        )
        put_on_record(work, member, planned, datetime(2026, 3, 2, tzinfo=UTC))
        work.commit()
    engine.dispose()


def _introduced(folder: Path, introducer: str, *introduced: str) -> None:
    engine = make_engine(f"sqlite:///{folder / 'manny.db'}")
    with UnitOfWork(session_factory(engine)) as work:
        people = {person.name: person for person in work.session.scalars(select(Person))}
        for name in introduced:
            people[name].referrer_id = people[introducer].id
        work.commit()
    engine.dispose()


def _transactions(folder: Path) -> list[tuple[int, str, int | None, int | None]]:
    engine = make_engine(f"sqlite:///{folder / 'manny.db'}")
    with UnitOfWork(session_factory(engine)) as work:
        rows = work.session.scalars(select(Transaction).order_by(Transaction.id)).all()
        found = [(row.amount_minor, row.currency, row.company_id, row.person_id) for row in rows]
    engine.dispose()
    return found


def _usd(value: float) -> dict[str, Any]:
    return {"value": value, "currency": "USD"}


# --- everybody


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_shows_the_check_figures_of_the_domain(tmp_path: Path, language: str) -> None:
    rows = [
        f"Customer {number}-{each},,2026-01-05,{sales},USD,{profit},{spent}"
        for number, (count, sales, profit, spent, _) in enumerate(CHECK_FIGURES)
        for each in range(count)
    ]
    with Desk(tmp_path, language) as desk:
        _put(tmp_path, reversed(rows))
        reply, by_profit = desk.hears("show_pyramid"), desk.hears("show_pyramid", topic="profit")
    for shown, (count, sales, profit, _, return_) in zip(reply.facts["rows"], CHECK_FIGURES, strict=True):
        assert (shown["count"], shown["sales"], shown["profit"]) == (count, _usd(count * sales), _usd(count * profit))
        assert shown["return"] == return_
    assert reply.facts["top"] == {"count": 425, "sales": 80, "profit": 161}
    assert reply.facts["customers"] == 2_126
    assert round(reply.facts["sales"]["value"] / 2_126) == 4_683
    assert round(by_profit.facts["profit"]["value"] / 2_126) == 685
    assert by_profit.facts["losing"] == 1_701
    for told in (reply, by_profit):
        assert "161%" in told.text
        assert len(told.text) < 700
        (picture,) = told.files
        assert picture.stat().st_size > 10_000
    assert all(f"{return_}%" in by_profit.text for *_, return_ in CHECK_FIGURES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_how_to_go_on_where_nothing_is_on_record(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        for topic in (None, "movers", "profit", "lifetime"):
            reply = desk.hears("show_pyramid", topic=topic)
            assert (reply.template, reply.files) == ("pyramid/nothing", ())
            assert "CSV" in reply.text


def test_it_says_when_the_last_purchase_of_all_was(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(tmp_path, ["Acme,,2024-05-06,5,USD"])
        reply = desk.hears("show_pyramid")
    assert (reply.template, reply.facts["ever"]) == ("pyramid/nothing", "2024-05-06")


def test_it_counts_the_last_twelve_months_or_the_period_that_is_named(tmp_path: Path) -> None:
    rows = [f"{name},,{day},5,USD" for name, day in (("A", "2025-03-02"), ("B", "2025-03-03"), ("C", "2026-02-28"))]
    with Desk(tmp_path) as desk:
        _put(tmp_path, [*rows, "D,,2026-03-01,5,USD"])
        counted = {
            period: desk.hears("show_pyramid", period=period).facts["customers"]
            for period in (None, "this_month", "last_month", "this_year", "last_year", "last_week")
        }
        in_words = desk.hears("show_pyramid", text="who were our best customers last year?")
    assert (in_words.facts["period"], in_words.facts["customers"]) == ("last_year", 2)
    assert counted == {None: 3, "this_month": 1, "last_month": 1, "this_year": 2, "last_year": 2, "last_week": 2}


def test_it_never_mixes_currencies(tmp_path: Path) -> None:
    rows = ["A,,2026-01-05,5,EUR", "B,,2026-01-05,6,EUR", "A,,2026-01-05,9000,USD", "C,,2026-01-05,7,CHF"]
    with Desk(tmp_path) as desk:
        _put(tmp_path, rows)
        reply = desk.hears("show_pyramid")
        more = desk.presses(3)
        own = desk.hears("show_pyramid", company="C")
    assert reply.facts["sales"] == {"value": 11, "currency": "EUR"}
    assert reply.facts["others"] == [{"value": 7, "currency": "CHF"}, _usd(9_000)]
    assert "7 CHF, 9,000 USD" in more.text
    assert (own.facts["amount"], own.facts["rank"]) == ({"value": 7, "currency": "CHF"}, 1)


def test_it_counts_what_was_bought_less_what_came_back(tmp_path: Path) -> None:
    rows = ["A,,2026-01-05,900,USD,90", "A,,2026-01-06,850,USD,-80,,,return", "B,,2026-01-05,100,USD,10"]
    with Desk(tmp_path) as desk:
        _put(tmp_path, [*rows, "B,,2026-01-07,20,USD,,,,discount", "B,,2026-01-07,5000,USD,,,,debt"])
        reply = desk.hears("show_pyramid")
    assert [(each["who"], each["amount"]["value"]) for each in reply.facts["best"]] == [("B", 80), ("A", 50)]
    assert [row["profit"] for row in reply.facts["rows"] if row["count"]] == [_usd(10), _usd(10)]


def test_it_counts_whom_the_speaker_may_see(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.takes_over("Bob")
        _put(tmp_path, ["Acme,,2026-01-05,5,USD", "Initech,,2026-01-05,4,USD"])
        _put(tmp_path, ["Globex,,2026-01-05,7,USD"], "Bob")
        seen = {"Bob": desk.hears("show_pyramid")}
        foreign = desk.hears("show_pyramid", company="Acme")
        desk.takes_over("Mona", "manager")
        seen |= {
            "Mona": desk.hears("show_pyramid"),
            "Mona of Bob": desk.hears("show_pyramid", rep="Bob"),
            "Mona of herself": desk.hears("show_pyramid", rep="me"),
            "Mona of nobody": desk.hears("show_pyramid", rep="Zoe"),
        }
    assert foreign.template == "people/unknown"
    assert {name: reply.facts.get("customers") for name, reply in seen.items()} == {
        "Bob": 1,
        "Mona": 3,
        "Mona of Bob": 1,
        "Mona of herself": 0,
        "Mona of nobody": None,
    }
    assert "of the team" in seen["Mona"].text
    assert "of Bob" in seen["Mona of Bob"].text
    assert seen["Mona of nobody"].template == "people/no_colleague"


def test_it_shows_profit_as_far_as_it_is_known(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(tmp_path, ["A,,2026-01-05,900,USD", "B,,2026-01-05,500,USD"])
        unknown = desk.hears("show_pyramid", topic="profit")
        # Of A one purchase tells its profit and another one does not.
        _put(tmp_path, ["A,,2026-01-06,900,USD,90", "C,,2026-01-05,1,USD,7,14"])
        known = desk.hears("show_pyramid", topic="profit")
    assert (unknown.facts["known"], unknown.files) == (0, ())
    assert "what it earned" in unknown.text
    assert known.facts["known"] == 1
    assert [(row["profit"], row["known"], row["return"]) for row in known.facts["rows"]] == [
        (None, 0, None),
        (None, 0, None),
        (None, 0, None),
        (_usd(7), 1, 50),
    ]
    assert known.facts["top"]["profit"] is None
    assert "known of 1 of 3 customers" in known.text


def test_it_shows_who_moved_against_the_period_before(tmp_path: Path) -> None:
    before = [row.replace("2026-01-05", "2025-01-05") for row in TEN]
    now = [row for row in TEN if not row.startswith(("Customer A", "Customer J"))]
    with Desk(tmp_path) as desk:
        _put(tmp_path, [*before, *now, "Customer J,,2026-01-05,5000,USD", "Customer K,,2026-01-05,1,USD"])
        reply = desk.hears("show_pyramid", topic="movers")
    shown = {
        way: [(each["who"], each["before"], each["now"]) for each in reply.facts[way]["shown"]]
        for way in ("up", "down", "new", "gone")
    }
    assert shown == {
        "up": [("Customer J", "Small", "VIP")],
        "down": [],
        "new": [("Customer K", None, "Small")],
        "gone": [("Customer A", "VIP", None)],
    }
    assert reply.facts["before"] == {"first": "2024-03-03", "last": "2025-03-02"}
    assert "⬆ Up (1): Customer J Small → VIP" in reply.text


def test_it_has_nothing_to_compare_a_first_period_with(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(tmp_path, TEN)
        assert "nothing to compare with" in desk.hears("show_pyramid", topic="movers").text
        gone = desk.hears("show_pyramid", topic="movers", period="last_month")
    assert (gone.facts["gone"]["count"], gone.facts["new"]["count"], gone.facts["customers"]) == (10, 0, 0)


def test_its_buttons_lead_to_the_other_sides(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(tmp_path, TEN)
        assert desk.hears("show_pyramid").buttons == ("who moved", "profit by tier", "more")
        assert desk.presses(1).template == "pyramid/movers"
        assert desk.presses(1).template == "pyramid/pyramid"
        assert desk.presses(2).template == "pyramid/profit"
        assert desk.presses(1).template == "pyramid/pyramid"
        assert desk.presses(3).template == "pyramid/pyramid_more"


# --- one customer


def test_it_says_where_a_customer_stands_and_what_to_do(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(tmp_path, TEN)
        best, second, last = (desk.hears("show_pyramid", company=f"Customer {letter}") for letter in "ABJ")
    told = [
        (each.facts["tier"], each.facts["rank"], each.facts["next_tier"], each.facts["lacks"])
        for each in (best, second, last)
    ]
    assert told == [("VIP", 1, None, None), ("Regular", 2, "VIP", _usd(100)), ("Small", 10, "Regular", _usd(800))]
    assert "best people" in best.text
    assert "Serve them cheaply" in last.text
    assert "800 USD behind the last one in Regular" in last.text


def test_it_means_the_company_of_a_person_and_whom_the_conversation_is_about(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        they_a_vip = {"mention": "pronoun", "text": "are they a VIP?"}
        assert desk.hears("show_pyramid", **they_a_vip).template == "people/whom"
        desk.hears("log_contact", person="Li Wei", company="Customer A", need="yes")
        _put(tmp_path, [*TEN, ",Zhang Min,2026-01-05,1,USD"])
        person = desk.hears("show_pyramid", person="Li Wei")
        they = desk.hears("show_pyramid", **they_a_vip)
        # 客户 counts as a pronoun where one customer is spoken of.
        everybody = desk.hears("show_pyramid", mention="pronoun", text="我们的VIP客户有哪些")
        alone = desk.hears("show_pyramid", person="Zhang Min")
    assert (person.facts["who"], person.facts["rank"]) == (they.facts["who"], they.facts["rank"]) == ("Customer A", 1)
    assert everybody.template == "pyramid/pyramid"
    assert (alone.facts["who"], alone.facts["rank"]) == ("Zhang Min", 11)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_back_for_somebody_unknown(tmp_path: Path, language: str) -> None:
    with Desk(tmp_path, language) as desk:
        assert desk.hears("show_pyramid", company="Nirvana").template == "people/unknown"
        _put(tmp_path, ["Nirvanna Trading,,2026-01-05,5,USD"])
        assert desk.hears("show_pyramid", company="Nirvana Shipping").template == "people/unknown"
        assert desk.presses(1).template == "pyramid/tier"


POTENTIAL = [
    # what J bought the year before, their open deal, profit now, and what speaks in the advice
    (None, None, None, "cheaply"),
    (84, None, None, "cheaply"),
    (83, None, None, "great tomorrow"),
    (None, 1, None, "cheaply"),
    (None, 801, None, "great tomorrow"),
    (None, None, -5, "let them go"),
    (83, None, -5, "great tomorrow"),
]


@pytest.mark.parametrize(("before", "deal", "profit", "advice"), POTENTIAL)
def test_potential_counts_besides_what_they_buy_today(
    tmp_path: Path, before: int | None, deal: int | None, profit: int | None, advice: str
) -> None:
    with Desk(tmp_path) as desk:
        _put(tmp_path, [*TEN[:-1], f"Customer J,,2026-01-05,100,USD,{'' if profit is None else profit}"])
        if before:
            _put(tmp_path, [f"Customer J,,2025-01-05,{before},USD"])
        if deal:
            desk.hears("log_contact", company="Customer J", need="yes", amount=Money(Decimal(deal), "USD"))
        reply = desk.hears("show_pyramid", company="Customer J")
    assert advice in reply.facts["do"]
    assert reply.facts["grown"] == (20 if before == 83 else None)
    assert reply.facts["would"] == ("Regular" if deal == 801 else None)


def test_it_says_from_which_tier_they_came(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        before = [row.replace("2026-01-05", "2025-01-05") for row in TEN]
        _put(tmp_path, [*before, *TEN[1:], "Customer A,,2026-01-05,1,USD"])
        reply = desk.hears("show_pyramid", company="Customer A")
        same = desk.hears("show_pyramid", company="Customer J", topic="movers")
    assert (reply.facts["before"], reply.facts["tier"]) == ("VIP", "Small")
    assert "the period before: also Small" in same.text


def test_it_says_of_one_who_bought_nothing_what_open_deals_would_make_of_them(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Acme", need="yes", amount=Money(Decimal(5_000), "USD"))
        first = desk.hears("show_pyramid", company="Acme")
        _put(tmp_path, [*TEN, "Acme,,2024-01-05,77,EUR"])
        second = desk.hears("show_pyramid", company="Acme")
    assert (first.template, first.facts["would"], first.facts["bought"]) == ("pyramid/no_purchases", None, None)
    assert (second.facts["would"], second.facts["open"]) == ("VIP", _usd(5_000))
    assert second.facts["bought"] == {"when": "2024-01-05", "amount": {"value": 77, "currency": "EUR"}}


# --- deals that are won


def test_a_deal_that_is_won_counts_at_once(tmp_path: Path) -> None:
    won = {"company": "Acme", "stage": "won"}
    with Desk(tmp_path) as desk:
        _put(tmp_path, TEN)
        desk.hears("update_deal", **won, amount=Money(Decimal(48_000), "USD"))
        assert desk.hears("show_pyramid", company="Acme").facts["tier"] == "VIP"
        desk.waits(days=32)
        desk.hears("update_deal", **won, amount=Money(Decimal(950), "USD"))
        assert desk.hears("show_pyramid", company="Acme").facts["amount"] == _usd(48_950)
        desk.hears("undo")
        assert desk.hears("show_pyramid", company="Acme").facts["amount"] == _usd(48_000)
    assert len(_transactions(tmp_path)) == 11


def test_a_deal_with_a_person_alone_is_theirs_and_one_without_an_amount_counts_nothing(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("update_deal", company="Acme", stage="won")
        assert _transactions(tmp_path) == []
        desk.hears("update_deal", person="Zhang Min", stage="won", amount=Money(Decimal(48), None))
        reply = desk.hears("show_pyramid", person="Zhang Min")
    ((amount, currency, company, person),) = _transactions(tmp_path)
    assert (amount, currency, company) == (4_800, "USD", None)
    assert person is not None
    assert reply.facts["tier"] == "VIP"


# --- lifetime


THREE_YEARS = [
    # In the first year 20 of 100 were spent on Acme, now 12 of 100: 80 of 1,000 are saved.
    "Acme,,2023-01-10,500,USD,50,100,X200",
    "Acme,,2024-06-01,700,USD,90,90,X200",
    "Acme,,2025-06-01,600,USD,200,70,X200",
    "Acme,,2026-01-05,400,USD,100,50,X300",
]


def _parts(facts: dict[str, Any]) -> dict[str, float]:
    return {each["part"]: each["yearly"]["value"] for each in facts["parts_known"]}


def test_it_values_a_relationship_by_its_four_parts(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(
            tmp_path,
            [
                *THREE_YEARS,
                "Acme,Li Wei,2025-06-02,1,EUR",
                "Globex,Gil,2026-01-05,900,USD,70",
                ",Dan,2026-01-05,5,USD,1",
            ],
        )
        _introduced(tmp_path, "Li Wei", "Gil", "Dan")
        reply = desk.hears("show_pyramid", topic="lifetime", company="Acme")
    # 220 - 100 - 80 would be 120 of base; each yearly 100 is worth 265.51 with the assumptions that ship.
    assert _parts(reply.facts) == {"base": 120, "cross_selling": 100, "savings": 80, "referrals": 71}
    assert [each["value"]["value"] for each in reply.facts["parts_known"]] == [319, 266, 212, 189]
    assert reply.facts["total"] == _usd(986)
    assert reply.facts["unknown"] == []
    assert reply.facts["assumed"] == {"years": 5, "retention": 80, "discount": 10}
    assert "986 USD" in reply.text


MISSING = [
    # rows, and why a part is not known
    (
        [*THREE_YEARS[:3], "Acme,,2026-01-05,400,USD,,,X300"],
        {"base": "profit", "cross_selling": "profit", "savings": "profit"},
    ),
    ([*THREE_YEARS[:3], "Acme,,2026-01-05,400,USD,100,50"], {"cross_selling": "products"}),
    ([*THREE_YEARS[:3], "Acme,,2026-01-05,400,USD,100,,X300"], {"savings": "spent"}),
    (["Acme,,2023-01-10,500,USD,50,,X200", *THREE_YEARS[1:]], {"savings": "spent"}),
    (THREE_YEARS[2:], {"savings": "young"}),
    ([*THREE_YEARS, "Globex,Gil,2026-01-05,900,USD"], {"referrals": "their_profit"}),
]


@pytest.mark.parametrize(("rows", "unknown"), MISSING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_is_missing_instead_of_guessing(
    tmp_path: Path, rows: list[str], unknown: dict[str, str], language: str
) -> None:
    with Desk(tmp_path, language) as desk:
        _put(tmp_path, [*rows, "Acme,Li Wei,2024-06-02,1,USD,0,0,X200"])
        if any("Gil" in row for row in rows):
            _introduced(tmp_path, "Li Wei", "Gil")
        reply = desk.hears("show_pyramid", topic="lifetime", company="Acme")
    assert {each["part"]: each["why"] for each in reply.facts["unknown"]} == unknown
    assert (reply.facts["total"] is None) == ("base" in unknown)
    assert "base" in unknown or sum(_parts(reply.facts).values()) == 300


def test_nothing_lately_is_worth_nothing(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(tmp_path, THREE_YEARS[:2])
        reply = desk.hears("show_pyramid", topic="lifetime", company="Acme")
        unknown = desk.hears("show_pyramid", topic="lifetime", company="Globex")
        desk.hears("log_contact", company="Globex", need="yes")
        nothing = desk.hears("show_pyramid", topic="lifetime", company="Globex")
    assert (reply.facts["total"], reply.facts["sales"]) == (_usd(0), _usd(0))
    assert (unknown.template, nothing.template) == ("people/unknown", "pyramid/no_purchases")


def test_it_ranks_relationships_by_their_worth(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _put(
            tmp_path,
            [
                *(f"C{number},,2026-01-05,{900 - number},USD,{number * 10}" for number in range(8)),
                "D,,2026-01-05,5,USD",
            ],
        )
        reply = desk.hears("show_pyramid", topic="lifetime")
    assert [each["who"] for each in reply.facts["best"]] == ["C7", "C6", "C5", "C4", "C3"]
    assert reply.facts["best"][0]["value"] == _usd(186)
    assert (reply.facts["known"], reply.facts["customers"]) == (8, 9)


# --- a company's own tiers

MISTAKES = [
    (("tiers", "vip", "share"), 2, "tiers.yml: tiers: the shares sum to 101, not to 100"),
    (("tiers", "gold"), {}, "tiers.yml: tiers: gold: name: Field required"),
    (("tiers", "small", "do", "zh"), " ", "tiers.yml: tiers: small: do: zh: String should have at least 1 character"),
    (("lifetime", "years"), 0, "tiers.yml: lifetime: years: Input should be greater than or equal to 1"),
    (("lifetime", "retention"), 1.2, "tiers.yml: lifetime: retention: Input should be less than or equal to 1"),
    (("potential", "growth"), 0, "tiers.yml: potential: growth: Input should be greater than 0"),
]


@pytest.mark.parametrize(("path", "value", "told"), MISTAKES)
def test_a_mistake_in_a_companys_own_tiers_is_named(
    tmp_path: Path, path: tuple[str, ...], value: Any, told: str
) -> None:
    folder = shutil.copytree(playbook.FOLDER, tmp_path / "playbook", ignore=shutil.ignore_patterns("*.py"))
    entries = yaml.safe_load((folder / "tiers.yml").read_text(encoding="utf-8"))
    *above, last = path
    place = entries
    for key in above:
        place = place[key]
    place[last] = value
    (folder / "tiers.yml").write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(playbook.PlaybookError) as refused:
        playbook.load(folder)
    assert told in str(refused.value)


# --- other people's text, and many


@pytest.mark.parametrize("name", ["<b>&\"'", "{{ 7*7 }}", "=1+1", "𝒜cme 😀", "\u202eemca", "W" * 200, "100 % $x$ _y_"])
def test_names_are_shown_as_they_are(tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with Desk(tmp_path) as desk:
        _put(tmp_path, [f"{quoted},,2026-01-05,5,USD,1,1,{quoted}", f"{quoted},,2025-01-05,5,USD"])
        for topic in (None, "movers", "profit", "lifetime"):
            reply = desk.hears("show_pyramid", topic=topic)
            assert reply.template != "conversation/sorry"
            assert "<b>&" not in reply.html
        reply = desk.hears("show_pyramid", company=name)
    assert reply.template == "pyramid/tier"
    assert name.strip("\u202e") in reply.text
