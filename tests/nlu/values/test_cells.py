"""It reads days, amounts and currencies from the cells of a spreadsheet, and guesses none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.values.amounts import WRITTEN_CURRENCIES, write_amount
from nlu.values.cells import CURRENCIES, is_ambiguous, is_month_first, read_amount, read_currency, read_day

FIFTH_OF_MARCH = date(2026, 3, 5)
DAYS = [
    *(
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "2026 03 05",
        "20260305",
        "2026年3月5日",
        "2026 年 03 月 05 号",
        "２０２６-03-05",
    ),
    *("5.3.2026", "05.03.26", "5 Mar 2026", "5th March 2026", "05-Mar-26", "Mar 5, 2026", "March 5th, 2026"),
    *(
        "2026-03-05 10:30:00",
        "2026-03-05T10:30:00Z",
        "2026-03-05T10:30:00.123+08:00",
        "5.3.2026 10:30 PM",
        " 2026-03-05 ",
    ),
]


@pytest.mark.parametrize("cell", DAYS)
def test_it_reads_a_day(cell: str) -> None:
    assert read_day(cell, None) == FIFTH_OF_MARCH


@pytest.mark.parametrize(
    "cell",
    ["", "tomorrow", "46086", "2026-02-30", "2026-13-01", "31/31/2026", "2026-3", "0000-01-01", "5.3", "=TODAY()"],
)
def test_it_reads_no_day_from_anything_else(cell: str) -> None:
    assert (read_day(cell, None), read_day(cell, True), is_ambiguous(cell, None)) == (None, None, False)


IN_A_COLUMN = [
    # a column, whether the month is first, and what 03/05/2026 is in it
    (["03/05/2026"], None, None),
    (["03/05/2026", "13/05/2026"], False, date(2026, 5, 3)),
    (["03/05/2026", "05/13/2026 0:00"], True, FIFTH_OF_MARCH),
    (["03/05/2026", "5/13/26"], True, FIFTH_OF_MARCH),
    (["03/05/2026", "13/05/2026", "05/13/2026"], None, None),
    (["03/05/2026", "13.05.2026", "2026-05-13", "nonsense", ""], None, None),
    (["03/05/2026", "13-05-2026"], False, date(2026, 5, 3)),
]


@pytest.mark.parametrize(("column", "month_first", "day"), IN_A_COLUMN)
def test_it_takes_from_the_other_rows_what_comes_first(
    column: list[str], month_first: bool | None, day: date | None
) -> None:
    assert is_month_first(column) == month_first
    assert read_day("03/05/2026", month_first) == day
    assert is_ambiguous("03/05/2026", month_first) == (day is None)
    # These can be one day only, whatever the others say.
    assert read_day("25/12/2026", month_first) == read_day("12/25/2026", month_first) == date(2026, 12, 25)
    assert read_day("07/07/2026", month_first) == date(2026, 7, 7)
    assert read_day("05.03.2026", month_first) == FIFTH_OF_MARCH


AMOUNTS: dict[str, tuple[Decimal | int, str | None]] = {
    "48000": (48_000, None),
    "48,000": (48_000, None),
    "48.000": (48_000, None),
    "48.000,50": (Decimal("48000.5"), None),
    "48,000.50": (Decimal("48000.5"), None),
    "1'234'567.89": (Decimal("1234567.89"), None),
    "1 234 567,89": (Decimal("1234567.89"), None),
    "1.234.567": (1_234_567, None),
    "1,00,000": (100_000, None),
    "0.5": (Decimal("0.5"), None),
    "0,5": (Decimal("0.5"), None),
    "0.005": (Decimal("0.01"), None),
    "1234.567": (Decimal("1234.57"), None),
    "１２３": (123, None),
    "¥48,000": (48_000, "CNY"),
    "$1,234.50": (Decimal("1234.5"), "USD"),
    "EUR 500": (500, "EUR"),
    "500 €": (500, "EUR"),
    "500元": (500, "CNY"),
    "3万美元": (30_000, "USD"),
    "48万元": (480_000, "CNY"),
    "1.234万": (12_340, None),
    "4.8w": (48_000, None),
    "48k USD": (48_000, "USD"),
    "1.5m": (1_500_000, None),
    "2 MXN": (2, "MXN"),
    "900 BDT": (900, "BDT"),
    "USD 500 USD": (500, "USD"),
    "-500": (-500, None),
    "−500": (-500, None),
    "500-": (-500, None),
    "(500.00)": (-500, None),
    "-$500": (-500, "USD"),
    "$ -500": (-500, "USD"),
    "($1,000)": (-1_000, "USD"),
    "+7": (7, None),
    "0": (0, None),
}


@pytest.mark.parametrize("cell", AMOUNTS)
def test_it_reads_an_amount(cell: str) -> None:
    value, currency = AMOUNTS[cell]
    assert read_amount(cell, "USD") == (int(value * 100), currency)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            "none",
            "=1+2",
            "500 apples",
            "12,34,56",
            "1,2345",
            "1.23.4",
            "USD 500 EUR",
            "5 UDS",
            "500元/年",
            "5%",
            "1e9",
        ),
        *("--5", "5 - 7", "1 2", "九百", "9" * 15, "999999999999 bn", "inf", "nan", "-5-", "+1(2)", "HYPERLINK(1)"),
    ],
)
def test_it_reads_no_amount_from_anything_else(cell: str) -> None:
    assert read_amount(cell, "USD") is None


@pytest.mark.parametrize(
    ("word", "usual", "code"),
    [
        ("eur", "USD", "EUR"),
        (" CNY ", "USD", "CNY"),
        ("人民币", "USD", "CNY"),
        ("€", "USD", "EUR"),
        ("$", "EUR", "USD"),
        ("$", "HKD", "HKD"),
        ("¥", "EUR", "CNY"),
        ("￥", "USD", "CNY"),
        ("¥", "JPY", "JPY"),
        ("BDT", "USD", "BDT"),
        ("UDS", "USD", None),
        ("", "USD", None),
    ],
)
def test_it_reads_a_currency(word: str, usual: str, code: str | None) -> None:
    assert read_currency(word, usual) == code


def test_it_knows_every_currency_that_replies_can_name() -> None:
    assert set(WRITTEN_CURRENCIES) <= CURRENCIES
    assert len(CURRENCIES) > 150


@given(
    minor=st.integers(1, 10**14),
    currency=st.sampled_from(sorted(WRITTEN_CURRENCIES)),
    language=st.sampled_from(["en", "zh"]),
)
def test_it_reads_what_replies_write(minor: int, currency: str, language: str) -> None:
    assert read_amount(write_amount(Decimal(minor) / 100, currency, language), "USD") == (minor, currency)


@given(cell=st.text(max_size=60) | st.text("0123456789.,-/ ()¥$k万年月日", max_size=30))
def test_nothing_in_a_cell_breaks_it(cell: str) -> None:
    amount, day = read_amount(cell, "USD"), read_day(cell, None)
    assert amount is None or abs(amount[0]) <= 10**15
    assert day is None or not is_ambiguous(cell, None)
