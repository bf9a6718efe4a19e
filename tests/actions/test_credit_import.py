"""Credit indicators from a file: they fill the ratings as typed ones do, all of them or none with every mistake named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from actions import playbook
from actions.importing_credit import CUSTOMERS_AT_MOST, Indicators, Told, looks_like_credit, read_credit
from actions.rules.credit import FIGURES, quarter_after, quarter_before
from actions.sheets import COLUMNS_AT_MOST, SIZE_AT_MOST
from bot.settings import ROOT
from nlu.understanding import Money
from nlu.values.cells import read_quarter
from nlu.values.figures import NAMES
from storage.models import Base
from tests.actions.house import Desk

PLAYBOOK = playbook.load()
TODAY = date(2026, 3, 2)
JUDGED = PLAYBOOK.credit.judged

ENGLISH = """customer,quarter,currency,current assets,Inventory,net profit,payment on time,management
Acme,2025-Q4,EUR,"5,000,000",1m,(20000),4,3/5
Globex,,,300000 USD,,,,
"""
CHINESE = """客户；季度；币种；流动资产；存货；净利润；付款准时；负责人和管理
Acme；2025年第四季度；欧元；500万；100万；-2万；四分；3分
Globex；；；30万美元；；；；
""".replace("；", ";")
TREE = """
- customer: Acme
  quarter: Q4 2025
  currency: EUR
  current assets: 5,000,000
  inventory: 1m
  net profit: -20000
  punctuality: 4
  management: 3
- customer: Globex
  current assets: 300000 USD
"""


def _money(value: int, currency: str = "EUR") -> Money:
    return Money(Decimal(value), currency)


ACME: dict[str, Any] = {
    "current_assets": _money(5_000_000),
    "inventory": _money(1_000_000),
    "net_profit": _money(-20_000),
    "punctuality": 4,
    "management": 3,
}
GLOBEX: dict[str, Any] = {"current_assets": _money(300_000, "USD")}


def _read(text: str, encoding: str = "utf-8") -> Told:
    return read_credit(text.encode(encoding), PLAYBOOK, TODAY, "CNY")


def _problems(told: Told) -> list[tuple[int | None, str | int | None, str]]:
    return [(each.place.row or each.place.line, each.place.column, each.what) for each in told.mistakes]


def _told(entries: tuple[Indicators, ...]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(each.customer, each.quarter, each.answers) for each in entries]


# --- what a file can look like


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "utf-8"),
        (ENGLISH, "utf-8-sig"),
        (ENGLISH, "utf-16"),
        (ENGLISH.replace("\n", "\r\n"), "utf-8"),
        (CHINESE, "utf-8"),
        (CHINESE, "gb18030"),
        (TREE, "utf-8"),
        (TREE.replace("punctuality", "付款准时").replace("current assets", "流动资产"), "gb18030"),
    ],
)
def test_it_reads_what_spreadsheets_and_editors_write(text: str, encoding: str) -> None:
    told = _read(text, encoding)
    assert told.mistakes == ()
    assert _told(told.entries) == [("Acme", "2026-Q1", ACME), ("Globex", "2026-Q1", GLOBEX)]
    assert looks_like_credit(text.encode(encoding), PLAYBOOK)


@pytest.mark.parametrize(
    ("figure", "name"), [(figure, name) for figure in FIGURES for name in (figure, *NAMES[figure])]
)
def test_it_knows_every_figure_by_all_its_names(figure: str, name: str) -> None:
    (entry,) = _read(f"customer;{name}\nAcme;5\n").entries
    assert entry.answers == {figure: _money(5, "CNY")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_knows_everything_that_is_judged_by_its_name(language: str) -> None:
    head = ";".join(each.name.in_(language) for each in JUDGED)
    (entry,) = _read(f"客户;{head}\nAcme;{';'.join('5' for _ in JUDGED)}\n").entries
    assert entry.answers == {each.key: 5 for each in JUDGED}


def test_it_reads_the_entry_of_one_customer_alone() -> None:
    (entry,) = _read("customer: Acme\ncash: 5\n").entries
    assert (entry.customer, entry.answers) == ("Acme", {"cash": _money(5, "CNY")})


@pytest.mark.parametrize(
    "text",
    [
        "customer,date,sales\nAcme,2026-01-05,5",
        "customer,sales\nAcme,5",
        "客户,销售额,毛利\nAcme,5,1",
        "cash,debt\n1,2",
        "- customer: Acme\n  phone: 5",
        "Dear customer: the cash is here",
        "product,feature_en\nX,y",
        "hello",
        "",
        '"unclosed',
        "\0\1",
    ],
)
def test_it_takes_no_other_file_for_credit(text: str) -> None:
    assert not looks_like_credit(text.encode(), PLAYBOOK)


@pytest.mark.parametrize(
    ("cell", "quarter"),
    [
        ("2025-Q4", "2025-Q4"),
        ("2025Q4", "2025-Q4"),
        ("2025 q4", "2025-Q4"),
        ("2025/Q1", "2025-Q1"),
        ("Q3 2025", "2025-Q3"),
        ("q2/2025", "2025-Q2"),
        ("2025年第四季度", "2025-Q4"),
        ("2025年4季度", "2025-Q4"),
        ("2025年二季", "2025-Q2"),
        ("２０２５Ｑ１", "2025-Q1"),
        ("2025-Q5", None),
        ("2025-04", None),
        ("2025", None),
        ("Q4", None),
        ("last quarter", None),
        ("", None),
    ],
)
def test_it_reads_a_quarter(cell: str, quarter: str | None) -> None:
    assert read_quarter(cell) == quarter


@pytest.mark.parametrize("quarter", [f"{year}-Q{number}" for year in (2025, 2026) for number in (1, 2, 3, 4)])
def test_a_quarter_comes_after_the_one_before_it(quarter: str) -> None:
    assert quarter_after(quarter_before(quarter)) == quarter
    assert quarter_after(quarter) > quarter


# --- mistakes


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("customer,cash,profits\nAcme,5,5", [(1, "profits", "unknown_column")]),
        ("customer,cash,现金\nAcme,5,5", [(1, "现金", "twice")]),
        ("customer,cash\n,5", [(2, "customer", "missing")]),
        ("customer,cash\n…,5", [(2, "customer", "no_name")]),
        (f"customer,cash\n{'A' * 201},5", [(2, "customer", "too_long")]),
        ("customer,cash\nAcme,", [(2, None, "nothing_told")]),
        ("customer,cash\nAcme,much", [(2, "cash", "no_amount")]),
        (f"customer,cash\nAcme,{'5' * 300}", [(2, "cash", "no_amount")]),
        ("customer,cash\nAcme,-5", [(2, "cash", "below_zero")]),
        ("customer,net profit,net assets,gross profit\nAcme,-5,-5,-5", []),
        ("customer,cash,debt\nAcme,5 EUR,5 USD", [(2, "debt", "two_currencies")]),
        ("customer,cash,currency\nAcme,5 EUR,USD", [(2, "cash", "two_currencies")]),
        ("customer,cash,currency\nAcme,5,UDS", [(2, "currency", "no_currency")]),
        ("customer,management,cash\nAcme,6,5", [(2, "management", "no_score")]),
        ("customer,management,cash\nAcme,-1,5", [(2, "management", "no_score")]),
        ("customer,management,cash\nAcme,3.5,5", [(2, "management", "no_score")]),
        ("customer,cash,quarter\nAcme,5,soon", [(2, "quarter", "no_quarter")]),
        ("customer,cash,quarter\nAcme,5,2026-Q1", [(2, "quarter", "not_over")]),
        ("customer,cash,quarter\nAcme,5,2025-Q4", []),
        ("customer,cash\nAcme,5\nACME,6", [(3, "customer", "twice")]),
        ("customer,cash,quarter\nAcme,5,2025-Q4\nAcme,6,2025-Q3", []),
        ("customer,cash\nAcme,5,6", [(2, None, "too_many_cells")]),
        ("customer,cash\n", [(None, None, "empty")]),
        ("customer,cash,management\n,x,9\nAcme,y,1", [(2, "customer", "missing"), (2, "cash", "no_amount"),
         (2, "management", "no_score"), (3, "cash", "no_amount")]),
        ("- customer: Acme\n  cash: 5\n  profits: 5", [(3, 12, "unknown_name")]),
        ("- customer: Acme\n  cash: 5\n  现金: 5", [(3, 7, "twice")]),
        ("- customer: Acme\n  cash: [5]\n  debt: 5", [(2, 9, "other_kind")]),
        ("- customer: Acme\n  cash: 5\n- 7", [(3, 3, "other_kind")]),
        ("- cash: 5", [(1, 3, "missing")]),
        ("- customer: Acme\n  cash: &a 5\n  debt: *a", [(3, 9, "reference")]),
        ("- customer: Acme\n  customer: Acme\n  cash: 5", [(2, 3, "twice")]),
        ("- customer: Acme\n cash: 5", [(2, 2, "no_yaml")]),
        ("just words", [(1, 1, "other_kind")]),
    ],
)  # fmt: skip
def test_it_names_every_mistake_with_its_place(text: str, problems: list[tuple[int, str, str]]) -> None:
    told = _read(text)
    assert _problems(told) == problems
    assert bool(told.entries) == (not problems)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"x" * (SIZE_AT_MOST + 1), "too_large"),
        (b"\0\0", "no_text"),
        (b" \n ", "empty"),
        (("customer,cash" + ",x" * COLUMNS_AT_MOST).encode(), "too_many_columns"),
        (("customer,cash\n" + "A{0},5\n" * (CUSTOMERS_AT_MOST + 1)).encode(), "too_many_rows"),
        (("- customer: A\n  cash: 5\n" * (CUSTOMERS_AT_MOST + 1)).encode(), "too_many_rows"),
        (("customer: " + "[" * 200).encode(), "too_deep"),
        (b'customer,cash\n"Acme,5', "no_table"),
    ],
)
def test_a_file_that_is_no_good_as_a_whole_is_one_mistake(content: bytes, what: str) -> None:
    looks_like_credit(content, PLAYBOOK)
    assert [each.what for each in read_credit(content, PLAYBOOK, TODAY, "CNY").mistakes] == [what]


@given(st.binary(max_size=300) | st.text(alphabet="customer:,cash\n -[]{}&*'\"5客户现金", max_size=80).map(str.encode))
def test_whatever_is_in_a_file_it_is_read_or_named_as_wrong(content: bytes) -> None:
    looks_like_credit(content, PLAYBOOK)
    told = read_credit(content, PLAYBOOK, TODAY, "CNY")
    assert bool(told.entries) != bool(told.mistakes)


# --- in the chat


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        for company in ("Acme", "Globex"):
            made.hears("log_contact", company=company, need="yes")
        yield made


def _sheets(desk: Desk) -> list[tuple[Any, ...]]:
    table = Base.metadata.tables["assessments"].c
    with desk._manny.engine.connect() as connection:
        rows = connection.execute(select(table.company_id, table.quarter, table.answers).order_by(table.id))
        return [tuple(row) for row in rows]


PLAIN = {
    "current_assets": {"value": "5000000", "currency": "EUR"},
    "inventory": {"value": "1000000", "currency": "EUR"},
    "net_profit": {"value": "-20000", "currency": "EUR"},
    "punctuality": 4,
    "management": 3,
}


def test_a_rep_sees_what_is_in_the_file_before_it_fills_the_ratings(desk: Desk) -> None:
    offered = desk.gets(ENGLISH.encode(), "credit.csv")
    assert offered.template == "files/credit"
    assert "Acme, Q1 2026: 3 figures of Q4 2025, 2 scores" in offered.text
    assert len(offered.buttons) == 2
    assert _sheets(desk) == []
    done = desk.presses(1)
    assert done.template == "files/credit_imported"
    assert [(each["who"], each["letter"]) for each in done.facts["customers"]] == [("Acme", None), ("Globex", None)]
    usd = {"value": "300000", "currency": "USD"}
    assert _sheets(desk) == [(1, "2026-Q1", PLAIN), (2, "2026-Q1", {"current_assets": usd})]
    desk.hears("undo")
    assert _sheets(desk) == []


def test_one_customer_s_file_is_answered_as_if_its_figures_had_been_typed(desk: Desk) -> None:
    desk.gets(b"customer,current assets,current liabilities\nAcme,3m USD,1m USD\n", "acme.csv")
    filed = desk.hears("affirm", text="yes")
    typed = desk.hears("rate_credit", company="Globex", text="Globex current assets 3m USD, current liabilities 1m USD")
    assert filed.template == typed.template == "scoring/credit"
    assert filed.text == typed.text.replace("Globex", "Acme")


def test_what_a_file_tells_replaces_the_same_and_leaves_the_rest(desk: Desk) -> None:
    desk.hears("rate_credit", company="Acme", text="Acme cash 7m USD, inventory 2m USD")
    desk.gets(b"customer,cash\nAcme,8m USD\n")
    desk.presses(1)
    ((_, _, answers),) = _sheets(desk)
    assert {key: each["value"] for key, each in answers.items()} == {"cash": "8000000", "inventory": "2000000"}


def test_an_earlier_quarter_is_what_this_one_is_compared_with(desk: Desk) -> None:
    head = ",".join(each.key for each in JUDGED)
    desk.gets(f"customer,quarter,{head}\nAcme,2025-Q3,{','.join('5' for _ in JUDGED)}\n".encode())
    assert "AAA" in desk.presses(1).text
    now = desk.hears("rate_credit", company="Acme", text="Acme cash 7m USD")
    assert now.facts["before"]["quarter"] == "2025-Q4"
    assert now.facts["before"]["letter"] == "AAA"


def test_it_fills_nothing_where_anything_is_wrong(desk: Desk) -> None:
    reply = desk.gets(b"customer,cash,quarter\nAcme,5,2025-Q4\nGlobex,x,soon\n", "credit.csv")
    assert reply.template == "files/mistakes"
    assert "row 3, cash: “x” is not an amount" in reply.text
    assert "row 3, quarter: “soon” is not a quarter" in reply.text
    assert _sheets(desk) == []


def test_it_knows_only_customers_whom_the_speaker_may_see(desk: Desk) -> None:
    desk.takes_over("Bob")
    desk.hears("log_contact", company="Initech", need="yes")
    reply = desk.gets(b"customer,cash\nInitech,5\nAcme,5\n<b>&x,6\n")
    assert [(each["row"], each["what"]) for each in reply.facts["mistakes"]] == [(3, "nobody"), (4, "nobody")]
    assert "<b>&x" in reply.text
    assert _sheets(desk) == []


def test_it_does_not_guess_which_of_two_customers_of_one_name_is_meant(desk: Desk) -> None:
    desk.takes_over("Bob")
    desk.hears("log_contact", company="Acme", need="yes")
    desk.takes_over("Mia", "manager")
    reply = desk.gets(b"customer,cash\nAcme,5\n")
    assert [each["what"] for each in reply.facts["mistakes"]] == ["several"]


def test_the_example_of_the_readme_is_read() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = "customer,quarter" + readme.split("```csv\ncustomer,quarter")[1].split("```")[0]
    told = _read(example)
    assert told.mistakes == ()
    assert [len(each.answers) for each in told.entries] == [5, 3]


def test_a_file_that_is_gone_fills_nothing(desk: Desk) -> None:
    desk.gets(b"customer,cash\nAcme,5\n")
    desk._manny.files.remove(desk._manny.files.all())
    assert desk.presses(1).template == "conversation/gone"
    assert _sheets(desk) == []
