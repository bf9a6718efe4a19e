"""It imports purchases from a CSV: the whole file, or nothing and every mistake with its row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.importing_transactions import (
    MISTAKES_AT_MOST,
    NAME_AT_MOST,
    Books,
    Entry,
    looks_like_transactions,
    plan,
    put_on_record,
    read_transactions,
)
from actions.playbook import load
from actions.sheets import ROWS_AT_MOST, SIZE_AT_MOST
from bot import settings as settings_module
from bot.cli import main
from storage.history import undo_last
from storage.models import Member, Opportunity, Transaction
from storage.unit_of_work import UnitOfWork
from tests.actions.house import empty_database
from tests.storage import house
from tests.storage.house import Database, Records

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

ENGLISH = """customer,person,date,amount,currency,profit,spent,product,kind,reference
Acme Ltd,Li Wei,2026-01-05,"48,000.00",EUR,12000,3000,X200,sale,A-1
,Zhang Min,5 Feb 2026,500 €,,(20),,,,A-2
Globex,,2026-02-06,90,USD,,,X300,credit note,A-3
"""
CHINESE = """客户名称；联系人；日期；金额；币种；利润；费用；产品；类型；单号
星海科技有限公司；李伟；2026年1月5日；48万；人民币；12万；3万；X200；采购；A-1
；张敏；2026/2/5；500元；；-20；；；；A-2
环球贸易；；20260206；90；CNY；；；X300；退货；A-3
""".replace("；", ";")


def _entries(*names: str, currencies: tuple[str, str, str], amounts: tuple[int, int, int, int]) -> tuple[Entry, ...]:
    first, contact, second, third = names
    days = date(2026, 1, 5), date(2026, 2, 5), date(2026, 2, 6)
    sold, profit, spent, small = amounts
    return (
        Entry(2, first, contact, days[0], "purchase", sold, currencies[0], profit, spent, "X200", "A-1"),
        Entry(3, None, second, days[1], "purchase", small, currencies[1], -2_000, None, None, "A-2"),
        Entry(4, third, None, days[2], "return", 9_000, currencies[2], None, None, "X300", "A-3"),
    )


IN_ENGLISH = _entries(
    "Acme Ltd",
    "Li Wei",
    "Zhang Min",
    "Globex",
    currencies=("EUR", "EUR", "USD"),
    amounts=(4_800_000, 1_200_000, 300_000, 50_000),
)
IN_CHINESE = _entries(
    "星海科技有限公司",
    "李伟",
    "张敏",
    "环球贸易",
    currencies=("CNY", "CNY", "CNY"),
    amounts=(48_000_000, 12_000_000, 3_000_000, 50_000),
)


def _read(text: str, encoding: str = "utf-8") -> Books:
    return read_transactions(text.encode(encoding), load(), TODAY, "CNY")


def _problems(books: Books) -> list[tuple[int | None, str | int | None, str]]:
    return [(each.place.row, each.place.column, each.what) for each in books.mistakes]


# --- what a file can look like


@pytest.mark.parametrize(
    ("text", "encoding", "entries"),
    [
        (ENGLISH, "utf-8", IN_ENGLISH),
        (ENGLISH, "utf-8-sig", IN_ENGLISH),
        (ENGLISH, "utf-16", IN_ENGLISH),
        (ENGLISH, "cp1252", IN_ENGLISH),
        (ENGLISH.replace("\n", "\r\n"), "utf-8", IN_ENGLISH),
        (ENGLISH.replace('"48,000.00"', "48000").replace(",", "\t"), "utf-8", IN_ENGLISH),
        (CHINESE, "utf-8", IN_CHINESE),
        (CHINESE, "utf-8-sig", IN_CHINESE),
        (CHINESE, "gb18030", IN_CHINESE),
        (CHINESE.replace(";", ","), "gb18030", IN_CHINESE),
        (CHINESE.replace(";", "\t"), "gb18030", IN_CHINESE),
    ],
)
def test_it_reads_what_spreadsheets_write(text: str, encoding: str, entries: tuple[Entry, ...]) -> None:
    books = _read(text, encoding)
    assert (books.mistakes, books.entries) == ((), entries)
    assert looks_like_transactions(text.encode(encoding), load())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_knows_a_heading_of_each_column_in_both_languages(language: str) -> None:
    wanted = {
        column: next(word for word in said if word.isascii() == (language == "en"))
        for column, said in load().imports.transactions.items()
    }
    cells = {"customer": "Acme", "person": "Li", "date": "2026-01-05", "amount": "5", "currency": "EUR", "profit": "1"}
    cells |= {"spent": "2", "product": "X200", "kind": "debt", "reference": "7"}
    books = _read(",".join(wanted.values()) + "\n" + ",".join(cells[column] for column in wanted))
    assert books.entries == (Entry(2, "Acme", "Li", date(2026, 1, 5), "debt", 500, "EUR", 100, 200, "X200", "7"),)


@pytest.mark.parametrize(
    ("word", "kind"), [(word, kind) for kind, said in load().imports.kinds.items() for word in said]
)
def test_it_knows_what_a_row_is(word: str, kind: str) -> None:
    (entry,) = _read(f"customer,date,amount,type\nAcme,2026-01-05,5,{word.upper()}").entries
    assert entry.kind == kind


def test_it_passes_over_columns_that_say_nothing_of_a_purchase() -> None:
    (entry,) = _read("warehouse,customer,tax,date,amount,notes\n3,Acme,19%,2026-01-05,5,paid\n,,,,,\n").entries
    assert (entry.who, entry.amount, entry.kind, entry.reference) == ("Acme", 500, "purchase", None)


def test_it_takes_formulas_for_texts() -> None:
    (entry,) = _read('customer,date,amount,product\n"=HYPERLINK(""http://x"")",2026-01-05,5,\'+49 kg').entries
    assert (entry.customer, entry.product) == ('=HYPERLINK("http://x")', "+49 kg")


@pytest.mark.parametrize(
    "text", ["product,feature_en,amount\n", "name,phone\n", "hello\n", "", "customer,date\n", '"unclosed', "\0\1\2"]
)
def test_it_takes_no_other_file_for_purchases(text: str) -> None:
    assert not looks_like_transactions(text.encode(), load())


# --- mistakes


HEAD = "customer,person,date,amount,currency,profit,spent,product,kind,reference\n"
MISTAKES = [
    # a row, and what is wrong with it
    (",,2026-01-05,5,,,,,,", [("customer", "missing_name")]),
    ("...,,2026-01-05,5,,,,,,", [("customer", "no_name")]),
    (f"{'A' * (NAME_AT_MOST + 1)},,2026-01-05,5,,,,,,", [("customer", "too_long")]),
    ("Acme,,,5,,,,,,", [("date", "empty_cell")]),
    ("Acme,,soon,5,,,,,,", [("date", "no_day")]),
    ("Acme,,2026-02-30,5,,,,,,", [("date", "no_day")]),
    ("Acme,,1899-12-31,5,,,,,,", [("date", "no_day")]),
    ("Acme,,03/04/2025,5,,,,,,", [("date", "two_days")]),
    ("Acme,,2026-03-03,5,,,,,,", [("date", "ahead")]),
    ("Acme,,2026-03-03,5,,,,,debt,", []),
    ("Acme,,2026-03-03,5,,,,,agreement,", []),
    ("Acme,,2026-01-05,,,,,,,", [("amount", "empty_cell")]),
    ("Acme,,2026-01-05,=1+2,,,,,,", [("amount", "no_amount")]),
    ("Acme,,2026-01-05,-5,,,,,,", [("amount", "not_above_zero")]),
    ("Acme,,2026-01-05,0,,,,,,", [("amount", "not_above_zero")]),
    ("Acme,,2026-01-05,5,UDS,,,,,", [("currency", "no_currency")]),
    ("Acme,,2026-01-05,5 €,USD,,,,,", [("amount", "two_currencies")]),
    ("Acme,,2026-01-05,$5,HKD,,,,,", []),
    ("Acme,,2026-01-05,5 €,,7 USD,,,,", [("profit", "two_currencies")]),
    ("Acme,,2026-01-05,5,,much,,,,", [("profit", "no_amount")]),
    ("Acme,,2026-01-05,5,,-7,,,,", []),
    ("Acme,,2026-01-05,5,,,-7,,,", [("spent", "below_zero")]),
    ("Acme,,2026-01-05,5,,,,,gift,", [("kind", "unknown_value")]),
    ("Acme,,2026-01-05,5,,,,,,A-1,more", [(None, "too_many_cells")]),
    (
        "Acme,,never,none,UDS,,,,gift,",
        [("kind", "unknown_value"), ("date", "no_day"), ("currency", "no_currency"), ("amount", "no_amount")],
    ),
]


@pytest.mark.parametrize(("row", "problems"), MISTAKES)
def test_it_names_what_is_wrong_in_a_row(row: str, problems: list[tuple[str | None, str]]) -> None:
    books = _read(HEAD + "Globex,,2026-01-05,5,,,,,,\n" + row)
    assert _problems(books) == [(3, column, what) for column, what in problems]
    assert bool(books.entries) == (not problems)


def test_it_names_all_mistakes_at_once_by_their_rows_and_headings() -> None:
    books = _read(
        '\n客户,日期,金额,单号\nAcme,2026-01-05,5,1\n"Two\nlines",soon,5,2\n\nAcme,2026-01-06,x,3\nAcme,2026-01-07,5,1\n'
    )
    assert _problems(books) == [(4, "日期", "no_day"), (6, "金额", "no_amount"), (7, "单号", "same_reference")]
    assert books.mistakes[2].facts == {"value": "1", "other": 3}


@pytest.mark.parametrize(
    ("head", "problems"),
    [
        ("customer,amount", [(1, None, "missing_column")]),
        ("date,amount", [(1, None, "missing_column")]),
        ("hello", [(1, None, "missing_column")] * 3),
        ("customer,client,date,amount", [(1, "client", "twice")]),
    ],
)
def test_it_names_what_is_wrong_with_the_headings(head: str, problems: list[tuple[int, str | None, str]]) -> None:
    assert _problems(_read(head + "\nAcme,2026-01-05,5,6")) == problems


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"customer,date,amount\n", "empty"),
        (b"\xff\xfe\x00", "no_text"),
        (b"PK\x03\x04\x00\x00", "no_text"),
        (b'customer,date,amount\nAcme,2026-01-05,"5', "no_table"),
        (b"customer,date,amount\n" + b"A" * SIZE_AT_MOST, "too_large"),
        (b"customer,date,amount\n" + b"A,2026-01-05,5\n" * (ROWS_AT_MOST + 1), "too_many_rows"),
    ],
)
def test_it_refuses_what_is_no_table_or_too_large(content: bytes, what: str) -> None:
    books = read_transactions(content, load(), TODAY, "USD")
    assert [each.what for each in books.mistakes] == [what]
    assert books.entries == ()


def test_it_stops_at_many_mistakes() -> None:
    books = _read(HEAD + "Acme,,soon,x,,,,,,\n" * 1_000)
    assert len(books.mistakes) == MISTAKES_AT_MOST


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=300).map(str.encode)
    | st.lists(st.lists(st.text(max_size=12), max_size=11).map(",".join), max_size=6).map(
        lambda rows: (HEAD + "\n".join(rows)).encode("utf-8", "replace")
    )
)
def test_no_file_breaks_it(content: bytes) -> None:
    books = read_transactions(content, load(), TODAY, "USD")
    assert not (books.entries and books.mistakes)
    assert books.entries or books.mistakes
    looks_like_transactions(content, load())


# --- what is put on record


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """A database with the cast."""
    (tmp_path / "manny.db").write_bytes(empty_database())
    database = Database(f"sqlite:///{tmp_path / 'manny.db'}")
    yield Records(database)
    database.engine.dispose()


def _import(records: Records, text: str, speaker: Member | None = None) -> dict[str, Any]:
    """What is told of an import, or the mistakes that stop it."""
    with records.work() as work:
        planned = plan(work, speaker or records.alice, _read(text))
        if planned.mistakes:
            return {"mistakes": [(each.place.row, each.what) for each in planned.mistakes]}
        told = put_on_record(work, speaker or records.alice, planned, NOW)
        work.commit()
    return told


def _names(records: Records, table: str) -> list[str]:
    return [row["name"] for row in records.rows(table)]


def test_it_makes_unknown_customers_who_are_the_importers(records: Records) -> None:
    told = _import(records, ENGLISH)
    assert told == {
        "rows": 3,
        "completed": 0,
        "known": 0,
        "customers": 3,
        "new": 3,
        "named": ["Acme Ltd", "Globex", "Zhang Min"],
        "sums": [{"value": 48_500, "currency": "EUR"}],
        "first": "2026-01-05",
        "last": "2026-02-06",
    }
    assert _names(records, "companies") == ["Acme Ltd", "Globex"]
    people = {row["name"]: row["company_id"] for row in records.rows("persons")}
    assert people == {"Zhang Min": None, "Li Wei": records.rows("companies")[0]["id"]}
    assert {row["owner_id"] for table in ("companies", "persons") for row in records.rows(table)} == {records.alice.id}
    first, second, third = records.rows("transactions")
    assert (first["amount_minor"], first["profit_minor"], first["spent_minor"]) == (4_800_000, 1_200_000, 300_000)
    assert (first["person_id"], second["company_id"], third["kind"]) == (None, None, "return")


def test_it_imports_nothing_twice(records: Records) -> None:
    without = "customer,date,amount\nAcme,2026-01-05,5\nAcme,2026-01-05,5\nAcme,2026-01-06,5\n"
    for text, count in ((ENGLISH, 3), (CHINESE, 3), (without, 3)):
        told = _import(records, text)
        known = 3 if text == CHINESE else 0
        assert (told["rows"], told["known"]) == (count - known, known)
        again = _import(records, text)
        assert (again["rows"], again["known"], again["new"]) == (0, 3, 0)
    more = _import(records, without + "Acme,2026-01-06,5\n")
    assert (more["rows"], more["known"]) == (1, 3)
    assert len(records.rows("transactions")) == 7


@pytest.mark.parametrize(
    ("written", "on_record"),
    [("ACME", "Acme Ltd"), ("acme gmbh", "Acme"), ("星海科技", "星海科技有限公司"), ("Café", "CAFE")],
)
def test_it_finds_a_customer_by_the_key_of_the_name(records: Records, written: str, on_record: str) -> None:
    _import(records, f"customer,date,amount,reference\n{on_record},2026-01-05,5,1\n")
    told = _import(records, f"customer,date,amount,reference\n{written},2026-01-05,5,2\n")
    assert (told["customers"], told["new"]) == (1, 0)
    assert _names(records, "companies") == [on_record]


def test_a_name_like_another_one_is_another_customer(records: Records) -> None:
    _import(records, "customer,date,amount\nAcme 1,2026-01-05,5\nAcme 2,2026-01-05,5\nAcme,2026-01-05,5\n")
    assert _names(records, "companies") == ["Acme 1", "Acme 2", "Acme"]


def test_whoever_belongs_to_a_company_stands_for_it(records: Records) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "Acme")
        house.person(work, records.alice, "li wei", acme)
        house.person(work, records.alice, "dan")
        work.commit()
    told = _import(
        records, "customer,person,date,amount\n,Li Wei,2026-01-05,5\nDan,,2026-01-05,5\nAcme,Li Wei,2026-01-06,5"
    )
    assert (told["customers"], told["new"]) == (2, 0)
    assert [row["company_id"] for row in records.rows("transactions")] == [acme.id, None, acme.id]
    assert len(records.rows("persons")) == 2


def test_it_takes_the_importers_own_customer_before_a_colleagues_and_asks_where_it_cannot_tell(
    records: Records,
) -> None:
    with records.work() as work:
        house.company(work, records.alice, "acme")
        house.company(work, records.bob, "acme")
        mine = house.company(work, records.mona, "globex")
        house.company(work, records.bob, "globex")
        house.company(work, records.charlie, "initech")
        work.commit()
    text = "customer,date,amount\nGlobex,2026-01-05,5\nAcme,2026-01-05,5\n"
    assert _import(records, text, records.mona) == {"mistakes": [(3, "several")]}
    assert records.rows("transactions") == []
    _import(records, text.replace("Acme", "Initech"), records.mona)
    rows = records.rows("transactions")
    assert [row["company_id"] == mine.id for row in rows] == [True, False]
    assert _names(records, "companies").count("Initech") == 1


DEAL = {"amount_minor": 4_800_000, "currency": "EUR", "stage": "won"}
BOOKED = [
    # a row of the books, and whether it is the purchase of the won deal
    ("Acme,2026-01-20,48000,EUR,12000,A-1", True),
    ("Acme,2026-02-20,48000,EUR,,", True),
    ("Acme,2026-02-21,48000,EUR,,A-1", False),
    ("Acme,2026-01-20,48001,EUR,,A-1", False),
    ("Acme,2026-01-20,48000,USD,,A-1", False),
    ("Globex,2026-01-20,48000,EUR,,A-1", False),
]


@pytest.mark.parametrize(("row", "same"), BOOKED)
def test_it_completes_the_purchase_of_a_won_deal(records: Records, row: str, same: bool) -> None:
    with records.work() as work:
        acme = house.company(work, records.alice, "acme")
        deal = house.opportunity(work, records.alice, company_id=acme.id, **DEAL)
        _buy(work, records.alice, deal)
        work.commit()
    told = _import(records, f"customer,date,amount,currency,profit,reference\n{row}\n")
    assert (told["completed"], told["rows"]) == ((1, 0) if same else (0, 1))
    rows = records.rows("transactions")
    assert len(rows) == (1 if same else 2)
    if row.endswith("A-1") and same:
        assert (rows[0]["reference"], rows[0]["profit_minor"], rows[0]["happened_on"]) == (
            "A-1",
            1_200_000,
            date(2026, 1, 20),
        )
        assert rows[0]["opportunity_id"] == deal.id


def _buy(work: UnitOfWork, owner: Member, deal: Opportunity) -> None:
    work.transactions(owner).add(
        Transaction(
            team_id=owner.team_id,
            company_id=deal.company_id,
            opportunity_id=deal.id,
            kind="purchase",
            happened_on=date(2026, 1, 20),
            amount_minor=deal.amount_minor,
            currency=deal.currency,
            created_at=NOW,
        )
    )


def test_undo_takes_an_import_back(records: Records) -> None:
    with records.work() as work:
        said = house.turn_of(work, records.alice, "purchases.csv")
        put_on_record(work, records.alice, plan(work, records.alice, _read(ENGLISH)), NOW, said.id)
        work.commit()
    with records.work() as work:
        assert undo_last(work.session, records.alice.id, NOW) is not None
        work.commit()
    assert [records.rows(table) for table in ("transactions", "companies", "persons")] == [[], [], []]


def test_as_many_rows_as_are_allowed_take_seconds(records: Records) -> None:
    rows = [
        f"Customer {number % 2_000},Person {number % 2_000},2026-01-05,{number + 1},R-{number}"
        for number in range(ROWS_AT_MOST)
    ]
    text = "customer,person,date,amount,reference\n" + "\n".join(rows)
    begun = time.process_time()
    assert _import(records, text)["rows"] == ROWS_AT_MOST
    assert _import(records, text)["known"] == ROWS_AT_MOST
    assert time.process_time() - begun < 20


# --- the command


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    """Runs `manny` on a database with Ann in it."""
    database = ["--database", f"sqlite:///{tmp_path}/manny.db"]
    (tmp_path / "manny.db").write_bytes(empty_database())

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, *database])

    command("user", "add", "Ann", "--language", "en")
    command("user", "add", "小陈", "--language", "zh")
    return command


def _file(folder: Path, content: bytes) -> str:
    path = folder / "books.csv"
    path.write_bytes(content)
    return str(path)


def test_the_command_imports_a_file(tmp_path: Path, run: Callable[..., Result]) -> None:
    file = _file(tmp_path, ENGLISH.encode())
    result = run("transactions", "import", file, "--as", "ann")
    assert result.exit_code == 0, result.output
    assert "3 rows of 3 customers, 3 of them new (Acme Ltd, Globex, Zhang Min)" in result.output
    assert "48,500 EUR" in result.output
    again = run("transactions", "import", file, "--as", "Ann")
    assert again.exit_code == 0
    assert "All 3 rows" in again.output


def test_the_command_names_every_mistake_and_ends_with_1(tmp_path: Path, run: Callable[..., Result]) -> None:
    file = _file(tmp_path, (HEAD + "Acme,,soon,5,,,,,,\n" * 30 + ",,2026-01-05,5,,,,,,\n").encode())
    result = run("transactions", "import", file, "--as", "小陈")
    assert result.exit_code == 1
    assert result.output.count("不是日期") == 30
    assert "第32行“customer”：客户和联系人都没写" in result.output
    assert "没有采购" not in result.output
    right = run("transactions", "import", _file(tmp_path, CHINESE.encode("gb18030")), "--as", "小陈")
    assert "已导入：3家客户的3条记录" in right.output


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"customer,date,amount\nAcme,2026-01-05,5\n", "Nobody", "no member 'Nobody'"),
        (b"\0\0", "Ann", "neither a CSV nor a YAML"),
        (b"A" * (SIZE_AT_MOST + 5), "Ann", "larger than 2 MB"),
    ],
)
def test_the_command_says_why_it_cannot(
    tmp_path: Path, run: Callable[..., Result], content: bytes, name: str, told: str
) -> None:
    result = run("transactions", "import", _file(tmp_path, content), "--as", name)
    assert result.exit_code == 1
    assert told in result.output
    assert "Traceback" not in result.output


def test_the_command_wants_a_file_that_is_there(tmp_path: Path, run: Callable[..., Result]) -> None:
    assert run("transactions", "import", str(tmp_path / "none.csv"), "--as", "Ann").exit_code == 2
    assert run("transactions", "import", str(tmp_path), "--as", "Ann").exit_code == 2


def test_the_command_imports_the_example_of_the_readme(tmp_path: Path, run: Callable[..., Result]) -> None:
    readme = (settings_module.ROOT / "README.md").read_text(encoding="utf-8")
    example = readme.split("```csv\ncustomer,")[1].split("```")[0]
    result = run("transactions", "import", _file(tmp_path, b"customer," + example.encode()), "--as", "Ann")
    assert "2 rows of 2 customers" in result.output
