"""It reads the figures that a message names, in both languages, and what it says of payments."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.credit import FIGURES, MAY_BE_NEGATIVE
from actions.turn import Reply
from bot.replies import LANGUAGES, render
from nlu.values.amounts import AT_MOST, WRITTEN_CURRENCIES
from nlu.values.figures import NAMES, read_figures, read_payment

M, K = 10**6, 10**3
Told = dict[str, int | str]

MESSAGES: dict[str, Told] = {
    "credit rating for Acme: current assets 5m, inventory 1m, current liabilities 2m, pays on time": {
        "current_assets": 5 * M,
        "inventory": M,
        "current_liabilities": 2 * M,
    },
    "Acme流动资产500万,存货100万,流动负债200万": {
        "current_assets": 5 * M,
        "inventory": M,
        "current_liabilities": 2 * M,
    },
    "Acme流动资产500万，存货100万、流动负债200万。": {
        "current_assets": 5 * M,
        "inventory": M,
        "current_liabilities": 2 * M,
    },
    "流動資產500萬 存貨100萬 流動負債200萬": {"current_assets": 5 * M, "inventory": M, "current_liabilities": 2 * M},
    "流动资产五百万,现金八十万": {"current_assets": 5 * M, "cash": 800 * K},
    "5m current assets, 1m inventory and 2m in current liabilities": {
        "current_assets": 5 * M,
        "inventory": M,
        "current_liabilities": 2 * M,
    },
    "5m current assets 1m inventory 2m current liabilities": {
        "current_assets": 5 * M,
        "inventory": M,
        "current_liabilities": 2 * M,
    },
    "current assets 5m inventory 1m current liabilities 2m": {
        "current_assets": 5 * M,
        "inventory": M,
        "current_liabilities": 2 * M,
    },
    "current assets 5000000, inventory: 1,000,000; current liabilities = 2000000": {
        "current_assets": 5 * M,
        "inventory": M,
        "current_liabilities": 2 * M,
    },
    "current assets 5000000 inventory 1000000": {"current_assets": 5 * M, "inventory": M},
    "Current Assets: $5m, of which cash is about $1.25m": {"current_assets": 5 * M, "cash": 1250 * K},
    "total assets 9m, total liabilities 4m, net worth 5m": {
        "total_assets": 9 * M,
        "total_liabilities": 4 * M,
        "net_assets": 5 * M,
    },
    "总资产900万 负债400万 净资产500万": {"total_assets": 9 * M, "total_liabilities": 4 * M, "net_assets": 5 * M},
    "资产净值是500万": {"net_assets": 5 * M},
    "equity 1.2m, debts 800k, 15 years old": {"net_assets": 1200 * K, "total_liabilities": 800 * K},
    "sales 40m, net profit 2m, bank loans 11m": {"revenue": 40 * M, "net_profit": 2 * M},
    "营业额3000万,去年同期营业额2500万,毛利900万,净利润150万": {
        "revenue": 30 * M,
        "previous_revenue": 25 * M,
        "gross_profit": 9 * M,
        "net_profit": 1500 * K,
    },
    "revenue 1.2m, revenue a year before 1m": {"revenue": 1200 * K, "previous_revenue": M},
    "net loss of 200k, equity -1.5m": {"net_profit": -200 * K, "net_assets": -1500 * K},
    "net profit: -200,000 USD": {"net_profit": -200 * K},
    "净利润-20万": {"net_profit": -200 * K},
    "净利润负20万": {"net_profit": -200 * K},
    "亏损20万": {"net_profit": -200 * K},
    "net profit - 200k": {"net_profit": 200 * K},
    "current assets -5m": {"current_assets": 5 * M},
    "cash is 0": {"cash": 0},
    "现金0": {"cash": 0},
    "inventory 1m, no sorry, inventory 1.1m": {"inventory": 1100 * K},
}
NOTHING = [
    "",
    "credit rating for Acme",
    "cash 60 days",
    "stock 40 units",
    "cash on delivery",
    "debt ratio 70%",
    "资产负债率78%",
    "流动比率1.8 速动1.1",
    "净利润率6%",
    "净利润6%",
    "current ratio 1.8, profit 6 percent",
    "inventory turnover 5",
    "sales 5-6m",
    "流动资产500到600万",
    "流动资产(万元): 500",
    "sales rep 3",
    "what are their current assets?",
    "Stockholm 5m",
    "cashmere 200k",
    "budget 5m",
]


@pytest.mark.parametrize(("text", "told"), MESSAGES.items())
def test_it_reads_figures(text: str, told: Told) -> None:
    assert {key: amount.value for key, amount in read_figures(text).items()} == told


@pytest.mark.parametrize("text", NOTHING)
def test_it_reads_no_figures_from_shares_counts_ranges_and_other_words(text: str) -> None:
    assert read_figures(text) == {}


@pytest.mark.parametrize(
    ("text", "currency"),
    [("cash $5m", "USD"), ("cash RMB 5m", "CNY"), ("现金500万美元", "USD"), ("cash 500", None), ("现金500万", None)],
)
def test_it_keeps_the_currency(text: str, currency: str | None) -> None:
    assert read_figures(text)["cash"].currency == currency


def test_it_tells_where_the_amount_stands() -> None:
    text = "cash 500, revenue 2m"
    assert {key: text[slice(*amount.span)] for key, amount in read_figures(text).items()} == {
        "cash": "500",
        "revenue": "2m",
    }


def test_it_has_names_for_every_figure() -> None:
    assert set(NAMES) == set(FIGURES)


@given(st.text(alphabet="cash flow 流动资产负债现金净利润-−0123456789.,km万亿$¥%()=:", max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    for amount in read_figures(text).values():
        start, end = amount.span
        assert 0 <= start < end <= len(text)
    assert read_payment(text) in ("on_time", "sometimes_late", "late", None)


TODAY = date(2026, 3, 2)
CENTS = st.integers(0, int(AT_MOST) * 100).map(lambda cents: Decimal(cents) / 100)
WHOLE = st.integers(0, int(AT_MOST)).map(Decimal)


@st.composite
def _sheets(draw: st.DrawFn) -> dict[str, Decimal]:
    """Any figures, those below zero that can be."""
    keys = draw(st.sets(st.sampled_from(FIGURES), min_size=1))
    values = {key: draw(CENTS | WHOLE) for key in FIGURES if key in keys}
    return {
        key: -value if value and key in MAY_BE_NEGATIVE and draw(st.booleans()) else value
        for key, value in values.items()
    }


@given(sheet=_sheets(), currency=st.sampled_from([*WRITTEN_CURRENCIES, None]), language=st.sampled_from(LANGUAGES))
def test_any_figures_written_by_manny_are_read_back(
    sheet: dict[str, Decimal], currency: str | None, language: str
) -> None:
    amounts = {key: {"value": str(value), "currency": currency} for key, value in sheet.items()}
    facts = {
        "who": None,
        "quarter": "2026-Q1",
        "figures_of": "2025-Q4",
        "groups": [],
        "ratios": [],
        "figures": [{"field": key, "amount": amount} for key, amount in amounts.items()],
        "judged": [],
        "missing": [],
    }
    read = read_figures(render(Reply("scoring/credit_more", facts), language, TODAY).text)
    assert {key: amount.value for key, amount in read.items()} == sheet
    assert {amount.currency for amount in read.values()} == {currency}


@given(sheet=_sheets(), currency=st.sampled_from([*WRITTEN_CURRENCIES]), language=st.sampled_from(LANGUAGES))
def test_what_was_noted_is_read_back_too(sheet: dict[str, Decimal], currency: str, language: str) -> None:
    sheet = dict(list(sheet.items())[:4])
    noted = [{"field": key, "amount": {"value": str(value), "currency": currency}} for key, value in sheet.items()]
    facts = {
        "who": None,
        "quarter": "2026-Q1",
        "letter": None,
        "known": 7,
        "needed": 60,
        "noted": noted,
        "ratios": [],
        "other_currency": [],
        "cs": [],
        "before": None,
        "next": None,
        "missing": [],
    }
    read = read_figures(render(Reply("scoring/credit", facts), language, TODAY).text)
    assert {key: amount.value for key, amount in read.items()} == sheet


PAYMENTS = {
    "pays on time": "on_time",
    "always pays on time": "on_time",
    "paid last 10 invoices in time": "on_time",
    "paid early every time": "on_time",
    "prompt payer": "on_time",
    "never late": "on_time",
    "never overdue": "on_time",
    "从不拖欠": "on_time",
    "从来没拖过款": "on_time",
    "一直按时付款": "on_time",
    "回款一直很及时": "on_time",
    "付款准时": "on_time",
    "sometimes pays late": "sometimes_late",
    "pays a bit late": "sometimes_late",
    "偶尔会拖": "sometimes_late",
    "pays late": "late",
    "always pays 10 days late": "late",
    "paid 30 days late again": "late",
    "never pays on time": "late",
    "doesn't pay on time": "late",
    "老拖款": "late",
    "经常逾期": "late",
    "付款不准时": "late",
    "不按时付款": "late",
    "付款慢": "late",
    "又拖了30天才付款": "late",
    "平均晚10天": "late",
    "延迟付款两次": "late",
    "do they pay on time?": None,
    "would they pay on time": None,
    "how do they pay": None,
    "付款准时吗": None,
    "会不会拖款": None,
    "can we trust Vertex to pay": None,
    "credit rating for Acme": None,
    "Paytime late shift": None,
    "meeting was late": None,
}


@pytest.mark.parametrize(("text", "said"), PAYMENTS.items())
def test_it_reads_how_somebody_pays(text: str, said: str | None) -> None:
    assert read_payment(text) == said
