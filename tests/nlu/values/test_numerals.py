"""It reads Chinese numerals, also mixed with digits, and folds text without moving a character."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.values.folding import LIMIT, fold, plain
from nlu.values.numerals import read_chinese, read_small

NUMBERS = {
    "三": "3", "两": "2", "十": "10", "十五": "15", "二十": "20", "二十五": "25", "一百": "100", "一百零五": "105", "一百五": "150",
    "三百八十": "380", "两千": "2000", "三千五": "3500", "一千零五十": "1050", "一万": "10000", "两万五": "25000", "十万": "100000",
    "一百五十万": "1500000", "三千万": "30000000", "一亿": "100000000", "一亿两千万": "120000000", "1.2亿": "120000000",
    "62万8": "628000", "62万8千": "628000", "3千5": "3500", "5百": "500", "3.5千万": "35000000", "二零二六": "2026", "48": "48",
    "一万零三百": "10300",
}  # fmt: skip


@pytest.mark.parametrize(("words", "number"), NUMBERS.items())
def test_it_reads_chinese_numerals(words: str, number: str) -> None:
    assert read_chinese(words) == Decimal(number)


@pytest.mark.parametrize("words", ["", "万科", "abc", "三台", "三五", "两三千", "-", "1 000"])
def test_what_is_no_numeral_is_none(words: str) -> None:
    assert read_chinese(words) is None


@pytest.mark.parametrize(
    ("words", "number"), [("a", 1), ("an", 1), ("twenty-five", 25), ("three", 3), ("十二", 12), ("7", 7), ("x", None)]
)
def test_it_reads_small_numbers(words: str, number: int | None) -> None:
    assert read_small(words) == number


@given(text=st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(plain(text)) == len(text)


def test_folding_cuts_what_is_no_message() -> None:
    assert len(fold("x" * (LIMIT + 5))) == LIMIT


def test_folding_makes_one_form_of_many() -> None:
    assert fold("５萬，下週二　İX") == "5万,下周二 İx"


@given(text=st.text("零一二两三四五六七八九十百千万亿.0123456789"))
def test_it_never_fails(text: str) -> None:
    read_chinese(text)
    read_small(text)
