"""It reads the periods of pipeline questions, and no period from appointments."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.client import Answer, interpret
from nlu.reading import read_values
from nlu.understanding import INTENTS, Understanding
from nlu.values.periods import PERIODS, read_period

SAID = {
    "today": ("what did we close today", "today's wins", "今天成交了几单", "今日业绩", "當日業績"),
    "this_week": (
        "this week",
        "wins for the current week",
        "week to date",
        "wtd",
        "这周新增",
        "本周",
        "這個禮拜",
        "本星期",
    ),
    "last_week": ("last week", "last wk", "previous week", "上周业绩", "上个星期", "上一周", "上禮拜"),
    "this_month": (
        "pipeline by rep this month",
        "this mth",
        "mtd",
        "month to date",
        "current month",
        "本月预测多少",
        "这个月",
        "當月",
    ),
    "last_month": ("last month", "prior month", "last mth", "上个月", "上月业绩", "上個月", "上一个月"),
    "this_quarter": ("this quarter", "qtd", "this qtr", "quarter to date", "本季度", "这个季度", "本季", "這季度"),
    "last_quarter": ("last quarter", "previous qtr", "上季度", "上个季度", "上一季度", "上季"),
    "this_year": ("this year", "ytd", "YTD", "year to date", "今年", "本年度", "全年", "年初至今"),
    "last_year": ("last year", "previous year", "last yr", "去年", "上年度", "去年业绩"),
}
NOTHING = (
    "", "last 3 months", "next month", "next week", "this friday", "last monday", "yesterday", "最近三个月", "下个月", "下周", "上周五",
    "这周五", "下季度", "明年", "by end of the month", "early this", "早上周总来了", "晚上月亮", "月底", "本月底", "年底", "三个月",
    "on time", "pipeline", "漏斗", "mt", "weekly", "monthly report", "本周三", "季度末", "星期三", "in 2 weeks", "半年", "pastry week",
)  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), [(said, name) for name, phrases in SAID.items() for said in phrases])
def test_it_reads_the_period(said: str, meant: str) -> None:
    assert read_period(said) == meant


@pytest.mark.parametrize("said", NOTHING)
def test_it_finds_no_period_where_none_is_said(said: str) -> None:
    assert read_period(said) is None


def test_the_first_period_counts() -> None:
    assert read_period("this month against last month") == "this_month"


def test_every_period_has_phrases_here() -> None:
    assert {name for name, _ in PERIODS} == set(SAID)


@given(text=st.text())
def test_it_never_fails(text: str) -> None:
    read_period(text)


def understood(text: str, intent: str) -> Understanding:
    answer = Answer.model_validate({"intent": {"name": intent, "confidence": 0.9}})
    return interpret(text, text, read_values(text, datetime(2026, 3, 4, 9, 0), None), answer)


@pytest.mark.parametrize("intent", INTENTS)
def test_a_period_is_one_only_in_a_question_about_the_pipeline(intent: str) -> None:
    period = understood("met Li this month, 这个月", intent).period
    assert period == ("this_month" if intent == "query_pipeline" else None)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("any follow-ups this week", "2026-03-08"),
        ("这个月还剩哪些拜访", "2026-03-31"),
        ("what's due today", "2026-03-04"),
        ("this week, what's on friday", "2026-03-06"),
        ("which ones did I miss last week", None),
        ("my reminders", None),
    ],
)
def test_a_list_of_follow_ups_goes_until_the_last_day_of_its_period(text: str, until: str | None) -> None:
    assert understood(text, "list_reminders").when == until


def test_the_last_day_of_a_period_is_no_time_of_a_reminder() -> None:
    assert understood("remind me this week", "set_reminder").when is None
