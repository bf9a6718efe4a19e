"""Reads the period of a question about the pipeline; days of appointments are in `times`."""

import re
from datetime import date, datetime, timedelta

from nlu.values.english_dates import period_start
from nlu.values.folding import fold

_THIS = r"(?:this|the current|current)"
_LAST = r"(?:last|the previous|previous|prior|the past)"
_MONTH = r"(?:month|mth|mnth|mo)"
_QUARTER = r"(?:quarter|qtr)"
_WEEK = r"(?:周|星期|礼拜)"

# In the order of trial: what stands first in the message wins, then what stands first here.
PERIODS = (
    ("last_week", rf"\b{_LAST} (?:week|wk)\b|(?<![晚早以线马])上(?:一)?(?:个)?{_WEEK}(?![一二三四五六日天末])"),
    ("last_month", rf"\b{_LAST} {_MONTH}\b|(?<![晚早以线马])上(?:一)?(?:个)?月"),
    ("last_quarter", rf"\b{_LAST} {_QUARTER}\b|上(?:一)?(?:个)?季度?"),
    ("last_year", rf"\b{_LAST} (?:year|yr)\b|去年|上一?年度?|上年(?:度|末)"),
    ("today", r"\b(?:today|2day|tdy|todays)\b|今天|今日|当天|当日"),
    (
        "this_week",
        rf"\b{_THIS} (?:week|wk)\b|\bw(?:eek )?t(?:o )?d(?:ate)?\b|(?:这(?:一)?(?:个)?|本|当){_WEEK}(?![一二三四五六日天末])",
    ),
    (
        "this_month",
        rf"\b{_THIS} {_MONTH}\b|\bm(?:onth )?t(?:o )?d(?:ate)?\b|(?:这(?:一)?(?:个)?|本|当)月(?![底末初中])",
    ),
    (
        "this_quarter",
        rf"\b{_THIS} {_QUARTER}\b|\bq(?:uarter )?t(?:o )?d(?:ate)?\b|(?:这(?:一)?(?:个)?|本|当)季(?!度?[末底])",
    ),
    (
        "this_year",
        rf"\b{_THIS} (?:year|yr)\b|\by(?:ear )?t(?:o )?d(?:ate)?\b|今年(?![底末中])|本年度?(?![底末])|年初(?:至今|到现在|以来)|全年",
    ),
)
_PATTERNS = tuple((name, re.compile(pattern, re.ASCII)) for name, pattern in PERIODS)


def read_period(text: str) -> str | None:
    """Returns the name of the first period in the message, or None."""
    folded = fold(text)
    found = [
        (match.start(), order, name)
        for order, (name, pattern) in enumerate(_PATTERNS)
        if (match := pattern.search(folded))
    ]
    return min(found)[2] if found else None


def last_day(period: str, now: datetime) -> date | None:
    """The last day of a week, month, quarter or year that runs, the Sunday of a week; None for the other periods."""
    if not period.startswith("this_"):
        return None
    return period_start(now, period.removeprefix("this_"), 1) - timedelta(days=1)
