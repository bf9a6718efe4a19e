"""It reads money in both languages, and no money from counts, models, years and shares."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.client import Answer, interpret
from nlu.reading import read_values
from nlu.understanding import INTENTS
from nlu.values.amounts import WRITTEN_CURRENCIES, read_amount, read_amounts, write_amount

ENGLISH = {
    "sent Acme the quote, 50k": (50_000, None),
    "$12.5k": (12_500, "USD"),
    "worth 1.2m": (1_200_000, None),
    "2 mio": (2_000_000, None),
    "1.2 million": (1_200_000, None),
    "RMB 300,000": (300_000, "CNY"),
    "rmb300000": (300_000, "CNY"),
    "¥5000": (5000, "CNY"),
    "€40 000": (40_000, "EUR"),
    "63.000 €": (63_000, "EUR"),
    "40.000,50 EUR": (Decimal("40000.50"), "EUR"),
    "1,234.50 USD": (Decimal("1234.50"), "USD"),
    "12,5k EUR": (12_500, "EUR"),
    "half a million": (500_000, None),
    "a quarter million": (250_000, None),
    "quarter of a million dollars": (250_000, "USD"),
    "a million bucks": (1_000_000, "USD"),
    "one and a half million": (1_500_000, None),
    "two hundred and fifty thousand euros": (250_000, "EUR"),
    "twenty grand": (20_000, None),
    "five hundred dollars": (500, "USD"),
    "38 million yen": (38_000_000, "JPY"),
    "2 million rand": (2_000_000, "ZAR"),
    "Rs 5 lakh": (500_000, "INR"),
    "2 crore": (20_000_000, None),
    "5,00,000 INR": (500_000, "INR"),
    "HK$50,000": (50_000, "HKD"),
    "S$20k": (20_000, "SGD"),
    "A$30,000": (30_000, "AUD"),
    "£9,500": (9500, "GBP"),
    "9.5k quid": (9500, "GBP"),
    "CHF 20'000": (20_000, "CHF"),
    "AED 50k": (50_000, "AED"),
    "40000 dirhams": (40_000, "AED"),
    "200k baht": (200_000, "THB"),
    "3 million won": (3_000_000, "KRW"),
    "Acme 50k won": (50_000, None),
    "500$": (500, "USD"),
    "budget 30000": (30_000, None),
    "budget is around 30000": (30_000, None),
    "30000 budget": (30_000, None),
    "quote of 12,000": (12_000, None),
    "quoted them 4200": (4200, None),
    "closed it for 48000": (48_000, None),
    "price 500": (500, None),
    "up from 30k to 45k": (45_000, None),
    "deal is now 45k": (45_000, None),
    "size 20k = 25k": (25_000, None),
    "40-50k": (40_000, None),
    "not 50k, 60k": (60_000, None),
    "$500 each, $12k in total": (12_000, "USD"),
    "200 pumps for $30k": (30_000, "USD"),
    "won Globex 30k, delivery 15 march": (30_000, None),
    "2 $500 vouchers": (500, "USD"),
    "5,000 TRY": (5000, "TRY"),
    "budget 50k try again": (50_000, None),
    "10000000000000 USD": (10**13, "USD"),
}
CHINESE = {
    "5万": (50_000, None),
    "三十万": (300_000, None),
    "星海的单子签了,48万": (480_000, None),
    "62万8": (628_000, None),
    "62万8千": (628_000, None),
    "3千5": (3500, None),
    "两万五": (25_000, None),
    "1.2亿": (120_000_000, None),
    "两千块": (2000, "CNY"),
    "300块钱": (300, "CNY"),
    "一百五十万": (1_500_000, None),
    "十五万元": (150_000, "CNY"),
    "30k刀": (30_000, "USD"),
    "8千美金": (8000, "USD"),
    "5万欧": (50_000, "EUR"),
    "五万欧元": (50_000, "EUR"),
    "20万美元": (200_000, "USD"),
    "3000英镑": (3000, "GBP"),
    "500万日元": (5_000_000, "JPY"),
    "80万港币": (800_000, "HKD"),
    "三百八十萬台幣": (3_800_000, "TWD"),
    "200萬": (2_000_000, None),
    "人民币30万": (300_000, "CNY"),
    "30万人民币": (300_000, "CNY"),
    "￥５０００": (5000, "CNY"),
    "预算30000": (30_000, None),
    "预算大概是30000": (30_000, None),
    "报价12000": (12_000, None),
    "金额：3500": (3500, None),
    "从5万到8万": (80_000, None),
    "from 5万 to 8万": (80_000, None),
    "不是5万是8万": (80_000, None),
    "预算50万,采购3台,5月要货": (500_000, None),
    "预算50万批下来了": (500_000, None),
    "预算三十万已批，50万批准了": (300_000, None),
    "5万1月签": (50_000, None),
    "48万 3台": (480_000, None),
    "单价5000元,一共20万": (200_000, None),
    "每台2万,总价40万": (400_000, None),
    "30w": (300_000, None),
    "50个w": (500_000, None),
    "3百万": (3_000_000, None),
    "两千五百万": (25_000_000, None),
    "一千零五十元": (1050, "CNY"),
    "20多万": (200_000, None),
    "报价改成45万": (450_000, None),
    "2 million 泰铢": (2_000_000, "THB"),
    "5万多块": (50_000, "CNY"),
    "预算30万下周三": (300_000, None),
}
NOTHING = (
    "", "200 pumps", "15 licences", "2026", "budget for 2026", "close in 2026", "3台", "X200", "HX-9", "5G", "20k km", "20%",
    "20k units", "50k pumps", "5万台", "10万件", "3万人", "2万公里", "call 13812345678", "+86 138 1234 5678", "version 2.0.1",
    "10 percent", "met 3M at expo", "4k display", "RS485", "at 10", "for 3 days", "30 days", "打八折", "万一不行呢", "千万别忘",
    "几十万", "一点", "第三万", "三块屏", "500个", "元旦", "price 20% lower", "for 2000 pumps", "order of 500 pumps",
    "5m long", "48W", "2-3 weeks", "room 1204", "10:30", "2026-03-05", "3/15", "a thousand thanks", "won the deal", "100家客户",
    "两千多家", "报价单3份", "预算5%", "20260305", "12 people at 3 sites", "iso 9001", "top 500", "1:1", "B2B", "€", "$", "百万",
    "500 try it", "10000000000001 USD", "九千九百九十九万亿亿", "budget 9e999",
)  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), (ENGLISH | CHINESE).items())
def test_it_reads_the_amount_that_counts(said: str, meant: tuple[Decimal, str | None]) -> None:
    amount = read_amount(said)
    assert amount is not None
    assert (amount.value, amount.currency) == meant


@pytest.mark.parametrize("said", NOTHING)
def test_it_finds_no_money_where_none_is_said(said: str) -> None:
    assert read_amounts(said) == []


def test_it_returns_every_amount_with_its_span() -> None:
    text = "from $30k to 45万元"
    assert [text[slice(*amount.span)] for amount in read_amounts(text)] == ["$30k", "45万元"]


def test_a_range_has_two_amounts_in_one_currency() -> None:
    said = [(str(amount.value), amount.currency) for amount in read_amounts("40-50k eur")]
    assert said == [("40000", "EUR"), ("50000", "EUR")]


def test_a_value_is_never_written_in_powers_of_ten() -> None:
    assert [str(amount.value) for amount in read_amounts("5万 or 1.20m or 2 crore")] == ["50000", "1200000", "20000000"]


@given(
    value=st.decimals(Decimal("0.01"), Decimal(10) ** 12, places=2) | st.integers(1, 10**12).map(Decimal),
    currency=st.sampled_from([*sorted(WRITTEN_CURRENCIES), "SEK", "TWD", "BRL"]),
    language=st.sampled_from(["en", "zh"]),
)
def test_what_is_written_is_read_back(value: Decimal, currency: str, language: str) -> None:
    amount = read_amount(write_amount(value, currency, language))
    assert amount is not None
    assert (amount.value, amount.currency) == (value, currency)


def test_it_writes_amounts_in_both_languages() -> None:
    assert write_amount(Decimal(50_000), "USD", "en") == "50,000 USD"
    assert write_amount(Decimal(50_000), "USD", "zh") == "5万美元"
    assert write_amount(Decimal("1234.5"), None, "en") == "1,234.50"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("480000", "48万元"),
        ("48500", "4.85万元"),
        ("10000", "1万元"),
        ("9999", "9,999元"),
        ("12345", "12,345元"),
        ("48000.50", "48,000.50元"),
        ("-887900", "-88.79万元"),
        ("12345600", "1234.56万元"),
        ("300000000", "3亿元"),
        ("125000000", "1.25亿元"),
        ("123450000", "12345万元"),
        ("0", "0元"),
    ],
)
def test_it_writes_large_sums_as_chinese_says_them(value: str, written: str) -> None:
    assert write_amount(Decimal(value), "CNY", "zh") == written


WORDS = st.sampled_from(
    ["5", "1,000", "万", "8", "k", "$", "元", "half a", "million", " ", ".", "-", "to", "千", "一", "亿", "eur", "won"]
)


@given(text=st.text() | st.lists(WORDS, max_size=15).map("".join) | st.lists(WORDS, max_size=15).map(" ".join))
def test_it_never_fails(text: str) -> None:
    for amount in read_amounts(text):
        start, end = amount.span
        assert 0 <= start < end <= len(text)
        assert amount.value.is_finite()
    read_amount(text)


@pytest.mark.parametrize("piece", ["1", "1,000", "一", "5万", "$5k ", "two ", "a half ", " "])
def test_a_hundred_kilobytes_take_no_time(piece: str) -> None:
    started = datetime.now()
    read_amount(piece * (100_000 // len(piece)))
    assert datetime.now() - started < timedelta(seconds=2)


@pytest.mark.parametrize("intent", INTENTS)
def test_a_figure_of_a_balance_sheet_is_no_amount_of_a_deal(intent: str) -> None:
    text = "Acme 注册资本 500万元"
    answer = Answer.model_validate({"intent": {"name": intent, "confidence": 0.9}})
    amount = interpret(text, text, read_values(text, datetime(2026, 3, 4, 9, 0), None), answer).amount
    assert (amount is None) == (intent == "rate_credit")
