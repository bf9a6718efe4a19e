"""It reads the times that reps say, in both languages, and none where none is said."""

from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.values.times import DayParts, read_when, write_date, write_when

NOW = datetime(2026, 3, 2, 9, 0)  # a Monday

ENGLISH = {
    "next tuesday at 10am": "2026-03-10T10:00",
    "remind me to call Acme next Tuesday at 10": "2026-03-10T10:00",
    "in 3 days": "2026-03-05",
    "friday 3pm": "2026-03-06T15:00",
    "end of the month": "2026-03-31",
    "by EOM": "2026-03-31",
    "in half an hour": "2026-03-02T09:30",
    "30 min from now": "2026-03-02T09:30",
    "1h": "2026-03-02T10:00",
    "snooze 2 hours": "2026-03-02T11:00",
    "push it back 2 days": "2026-03-04",
    "in an hour and a half": "2026-03-02T10:30",
    "in 2 weeks": "2026-03-16",
    "in a fortnight": "2026-03-16",
    "a week from now": "2026-03-09",
    "a week from tuesday": "2026-03-10",
    "in a couple of days": "2026-03-04",
    "in 3 months": "2026-06-02",
    "in 5 working days": "2026-03-09",
    "the day after tomorrow at noon": "2026-03-04T12:00",
    "5 march 14:30": "2026-03-05T14:30",
    "monday": "2026-03-09",
    "call him on Tue": "2026-03-03",
    "this friday": "2026-03-06",
    "friday next week": "2026-03-13",
    "next week": "2026-03-09",
    "next month": "2026-04-01",
    "end of next month": "2026-04-30",
    "end of the quarter": "2026-03-31",
    "end of the year": "2026-12-31",
    "by year end": "2026-12-31",
    "end of the week": "2026-03-06",
    "mid March": "2026-03-15",
    "mid next month": "2026-04-15",
    "late april": "2026-04-30",
    "by June": "2026-06-30",
    "in June": "2026-06-30",
    "before June": "2026-05-31",
    "before the end of June": "2026-06-30",
    "close expected in Q2": "2026-06-30",
    "should sign by may": "2026-05-31",
    "the 15th": "2026-03-15",
    "meet on the 1st": "2026-04-01",
    "15.3.": "2026-03-15",
    "3/15": "2026-03-15",
    "15/3": "2026-03-15",
    "2026-03-15": "2026-03-15",
    "2026-03-15T16:00": "2026-03-15T16:00",
    "2026-03-15 07:30": "2026-03-15T07:30",
    "March 31": "2026-03-31",
    "31st of March": "2026-03-31",
    "March 31st, 2027": "2027-03-31",
    "call back on 18 March at 13:00": "2026-03-18T13:00",
    "on 20 feb": "2027-02-20",
    "tmrw": "2026-03-03",
    "tmr 4pm": "2026-03-03T16:00",
    "eod": "2026-03-02",
    "by eod friday": "2026-03-06",
    "tonight at 8": "2026-03-02T20:00",
    "8 tonight": "2026-03-02T20:00",
    "half past 9": "2026-03-02T09:30",
    "tomorrow at half past 9": "2026-03-03T09:30",
    "quarter to 5 on friday": "2026-03-06T16:45",
    "10am": "2026-03-02T10:00",
    "8am": "2026-03-03T08:00",
    "3 pm": "2026-03-02T15:00",
    "remind me at 10": "2026-03-02T10:00",
    "remind me at 3": "2026-03-02T15:00",
    "at 10 on Friday": "2026-03-06T10:00",
    "tomorrow I want to see Wang at 10": "2026-03-03T10:00",
    "tomorrow morning at 7": "2026-03-03T07:00",
    "10-11am tomorrow": "2026-03-03T10:00",
    "from 2 to 3pm on wed": "2026-03-04T14:00",
    "1030am thursday": "2026-03-05T10:30",
    "move it from friday to monday at 10": "2026-03-09T10:00",
    "postpone friday's call to 3pm": "2026-03-06T15:00",
    "tuesday doesn't work, thursday instead": "2026-03-05",
    "not friday, monday": "2026-03-09",
    "met Li today, remind me friday": "2026-03-06",
    "met Li on thursday, has budget, follow up in 2 weeks": "2026-03-16",
    "saw him yesterday at 3pm, call him wednesday": "2026-03-04",
    "remind me on saturday": "2026-03-07",
    "see you sunday 10am": "2026-03-08T10:00",
    "Tuesday 10 March": "2026-03-10",
    "the 10am call moved to 11": "2026-03-02T11:00",
    "next week, maybe wednesday at 3": "2026-03-11T15:00",
    "pushed to next month, around the 10th of april": "2026-04-10",
    "close slipped from April to June": "2026-06-30",
    "remind me an hour before the meeting tomorrow at 10": "2026-03-03T09:00",
    "remind me the day before the demo on friday": "2026-03-05",
    "wed the 4th": "2026-03-04",
}
CHINESE = {
    "三天后": "2026-03-05",
    "月底": "2026-03-31",
    "明天下午三点": "2026-03-03T15:00",
    "下周二上午十点": "2026-03-10T10:00",
    "后天": "2026-03-04",
    "大后天": "2026-03-05",
    "周五": "2026-03-06",
    "这周五": "2026-03-06",
    "本周三下午2点半": "2026-03-04T14:30",
    "下个月5号": "2026-04-05",
    "半小时后": "2026-03-02T09:30",
    "一个半小时后": "2026-03-02T10:30",
    "两个小时以后": "2026-03-02T11:00",
    "20分钟后提醒我": "2026-03-02T09:20",
    "下周三跟进报价": "2026-03-11",
    "今晚八点": "2026-03-02T20:00",
    "明早9点": "2026-03-03T09:00",
    "周五晚8点": "2026-03-06T20:00",
    "3月15日上午9点半": "2026-03-15T09:30",
    "3月15号": "2026-03-15",
    "三月十五号": "2026-03-15",
    "三月二十五日": "2026-03-25",
    "一周后": "2026-03-09",
    "两个星期之后": "2026-03-16",
    "三个月后": "2026-06-02",
    "半个月后": "2026-03-17",
    "三天内": "2026-03-05",
    "下下周一": "2026-03-16",
    "下下周三": "2026-03-18",
    "下周": "2026-03-09",
    "下周一起吃饭": "2026-03-09",
    "下个月": "2026-04-01",
    "季度末": "2026-03-31",
    "年底": "2026-12-31",
    "明年年底": "2027-12-31",
    "年底前签": "2026-12-31",
    "下个月底": "2026-04-30",
    "3月中旬": "2026-03-15",
    "六月底前": "2026-06-30",
    "6月前": "2026-05-31",
    "6月交付": "2026-06-30",
    "预计六月成交": "2026-06-30",
    "15号": "2026-03-15",
    "15号下午3点": "2026-03-15T15:00",
    "二季度末": "2026-06-30",
    "Q2成交": "2026-06-30",
    "9点半": "2026-03-02T09:30",
    "九点一刻": "2026-03-02T09:15",
    "明天九点三刻": "2026-03-03T09:45",
    "下午3:30": "2026-03-02T15:30",
    "下午一点": "2026-03-02T13:00",
    "明天一点": "2026-03-03T13:00",
    "明天中午": "2026-03-03T12:00",
    "中午十二点半": "2026-03-02T12:30",
    "周五和王总下午3点": "2026-03-06T15:00",
    "星期三": "2026-03-04",
    "礼拜天上午十点": "2026-03-08T10:00",
    "推到周五": "2026-03-06",
    "从周三改到周五下午4点": "2026-03-06T16:00",
    "把周五的会改到下午3点": "2026-03-06T15:00",
    "明天3点改到5点": "2026-03-03T17:00",
    "推迟两天": "2026-03-04",
    "推迟半小时": "2026-03-02T09:30",
    "不是周二，是周四": "2026-03-05",
    "昨天见了王总，周四再跟进": "2026-03-05",
    "今天见了李总，下周二回访": "2026-03-10",
    "上周五拜访过，下周一再去": "2026-03-09",
    "提醒我一下周五给他打电话": "2026-03-06",
    "過三天提醒我": "2026-03-05",
    "下週二上午十點": "2026-03-10T10:00",
    "兩個小時後": "2026-03-02T11:00",
    "明天下班前": "2026-03-03",
    "remind me 下周二 10am": "2026-03-10T10:00",
    "周五meeting at 3pm": "2026-03-06T15:00",
    "２０２６年３月１０日　１０：００": "2026-03-10T10:00",
    "2026年3月10日": "2026-03-10",
    "月中": "2026-03-15",
    "提前半小时提醒我明天10点的会": "2026-03-03T09:30",
    "提前一天提醒我周五的会": "2026-03-05",
    "下周见，周三下午3点": "2026-03-11T15:00",
    "晚一个小时再叫我": "2026-03-02T10:00",
    "3.20 提醒我收款": "2026-03-20",
    "月初": "2026-04-01",
    "二〇二七年三月五日": "2027-03-05",
    "二零二七年底": "2027-12-31",
    "预算30万下周三": "2026-03-11",
}
NOTHING = (
    "we have 3 days left and 20% off",
    "给我看看3号客户",
    "who may buy the pro plan",
    "",
    "hello",
    "good morning",
    "we march on",
    "he sat down with us",
    "the sun is out",
    "version 2.10.3",
    "10.5k",
    "200x300 mm",
    "M3",
    "the BMW M3",
    "call 3 customers",
    "三点建议",
    "便宜一点",
    "一点",
    "有点贵",
    "一天到晚",
    "wait a second",
    "the last 3 months",
    "最近三个月",
    "yesterday at 3pm",
    "昨天下午三点",
    "last week",
    "上周五",
    "前天",
    "3 days ago",
    "三天前",
    "met Li on Friday",
    "周五见了王总",
    "他们要三台",
    "24/7 support",
    "50/50 chance",
    "24小时服务",
    "2-year warranty",
    "质保三年",
    "3个月账期",
    "30 days payment",
    "早上好",
    "下午好",
    "每周五",
    "过两天再说",
    "让三点",
    "他降了两点五个点",
    "第三次拜访",
    "3号楼",
    "中山路15号",
    "1/3 deposit",
    "price at 12",
    "6个月",
    "at 50k",
    "the 2nd meeting went well",
    "since friday",
    "2025-12-31",
    "in June 2025",
    "同时",
    "二十个点",
    "一点都不急",
    "三点五万",
    "may I ask",
    "since 2019",
    "from 10 to 20 percent",
    "提前三天",
    "今年业绩",
    "Q2 forecast",
    "本月预测多少",
    "this month",
    "this week",
    "第二季度业绩",
    "he is 2nd in command",
    "1st floor",
    "wed like a quote",
    "X200 at 5 bar",
    "一两天后",
    "三五天",
    "半天后",
    "in 2-3 weeks",
    "pays in 75 days",
    "no reply in 30 days",
    "0年1月1日",
    "99999年1月1日",
    "1年3个月后",
    "31 february",
    "2月31日",
    "0000-01-01",
    "99999-01-01",
)
PARTS = {
    "tomorrow morning": ("2026-03-03", datetime(2026, 3, 3, 9)),
    "friday afternoon": ("2026-03-06", datetime(2026, 3, 6, 14)),
    "thursday evening": ("2026-03-05", datetime(2026, 3, 5, 19)),
    "tonight": ("2026-03-02", datetime(2026, 3, 2, 19)),
    "明天上午": ("2026-03-03", datetime(2026, 3, 3, 9)),
    "后天下午": ("2026-03-04", datetime(2026, 3, 4, 14)),
    "今晚": ("2026-03-02", datetime(2026, 3, 2, 19)),
    "明早": ("2026-03-03", datetime(2026, 3, 3, 9)),
    "eod": ("2026-03-02", datetime(2026, 3, 2, 18)),
    "friday": ("2026-03-06", datetime(2026, 3, 6, 9)),
}


@pytest.mark.parametrize(("said", "meant"), (ENGLISH | CHINESE).items())
def test_it_reads_the_time_that_is_said(said: str, meant: str) -> None:
    when = read_when(said, NOW)
    assert when is not None
    assert when.iso == meant


@pytest.mark.parametrize("said", NOTHING)
def test_it_finds_no_time_where_none_is_said(said: str) -> None:
    assert read_when(said, NOW) is None


@pytest.mark.parametrize(("said", "meant"), PARTS.items())
def test_it_keeps_a_day_part_for_the_moment_only(said: str, meant: tuple[str, datetime]) -> None:
    when = read_when(said, NOW)
    assert when is not None
    assert (when.iso, when.moment()) == meant


def test_it_takes_the_configured_day_parts() -> None:
    parts = DayParts(morning=time(8), noon=time(12, 30))
    morning, noon = read_when("tomorrow morning", NOW, parts), read_when("明天中午", NOW, parts)
    assert morning is not None
    assert morning.moment(parts).time() == time(8)
    assert noon is not None
    assert noon.time == time(12, 30)


def test_it_marks_a_time_of_today_that_is_over() -> None:
    for said in ("today at 8", "今天上午8点", "eod", "this morning"):
        when = read_when(said, NOW.replace(hour=19))
        assert when is not None
        assert when.past
        assert when.date == NOW.date()


def test_it_does_not_call_today_over() -> None:
    when = read_when("call him today", NOW.replace(hour=15))
    assert when is not None
    assert not when.past


def test_it_gives_both_readings_of_a_slashed_date() -> None:
    when = read_when("meeting on 4/5", NOW)
    assert when is not None
    assert {when.date, *when.alternatives} == {date(2026, 4, 5), date(2026, 5, 4)}
    chinese = read_when("4/5开会", NOW)
    assert chinese is not None
    assert chinese.iso == "2026-04-05"
    assert not chinese.alternatives


def test_a_weekday_settles_a_slashed_date_and_a_wrong_one_is_asked_about() -> None:
    settled, wrong = read_when("tue 10/3", NOW), read_when("Friday 10 March", NOW)
    assert settled is not None
    assert settled.iso == "2026-03-10"
    assert not settled.alternatives
    assert wrong is not None
    assert wrong.alternatives


def test_it_gives_both_days_of_a_choice() -> None:
    when = read_when("周三或者周四", NOW)
    assert when is not None
    assert (when.date, when.alternatives) == (date(2026, 3, 4), (date(2026, 3, 5),))


def test_it_counts_from_a_time_with_a_zone_too() -> None:
    when = read_when("in half an hour", NOW.replace(tzinfo=timezone(timedelta(hours=8))))
    assert when is not None
    assert when.moment() == datetime(2026, 3, 2, 9, 30)


def test_the_span_covers_the_words() -> None:
    text = "remind me 下周二 at 10am to call"
    when = read_when(text, NOW)
    assert when is not None
    assert text[slice(*when.span)] == "下周二 at 10am"


TODAYS = st.dates(date(2024, 1, 1), date(2109, 12, 31))
CLOCKS = st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0))


@given(
    today=TODAYS,
    days=st.integers(1, 60) | st.integers(1, 30_000),
    at=CLOCKS,
    language=st.sampled_from(["en", "zh"]),
)
def test_what_is_written_is_read_back(today: date, days: int, at: time | None, language: str) -> None:
    day, now = today + timedelta(days=days), datetime.combine(today, time(9))
    when = read_when(write_when(day, at, language, today), now)
    assert when is not None
    assert (when.date, when.time, when.alternatives, when.past) == (day, at, (), False)


@given(today=TODAYS, back=st.integers(1, 31), at=CLOCKS, language=st.sampled_from(["en", "zh"]))
def test_what_is_written_of_the_last_weeks_is_read_back_as_over(
    today: date, back: int, at: time | None, language: str
) -> None:
    day, now = today - timedelta(days=back), datetime.combine(today, time(9))
    when = read_when(write_when(day, at, language, today), now)
    # With the year of before it is plain that the past is meant, and no time ahead is read.
    assert (
        when is None
        if day.year != today.year
        else when and (when.date, when.alternatives, when.past) == (day, (), True)
    )


WRITTEN = {
    ("2026-03-10", None): ("Tue 10 Mar", "3月10日周二"),
    ("2026-03-10", "10:00"): ("Tue 10 Mar, 10:00", "3月10日周二 10:00"),
    ("2026-03-02", None): ("Mon 2 Mar", "3月2日周一"),
    ("2026-03-01", None): ("Sun 1 Mar", "3月1日周日"),
    ("2026-06-30", None): ("30 Jun", "6月30日"),
    ("2026-06-30", "09:00"): ("Tue 30 Jun, 09:00", "6月30日周二 09:00"),
    ("2027-01-01", None): ("1 Jan 2027", "2027年1月1日"),
    ("2026-01-12", None): ("12 Jan 2026", "2026年1月12日"),
    ("2025-12-01", None): ("1 Dec 2025", "2025年12月1日"),
}


@pytest.mark.parametrize(("when", "written"), WRITTEN.items())
def test_it_writes_the_weekday_of_near_days_and_the_year_of_others(
    when: tuple[str, str | None], written: tuple[str, str]
) -> None:
    day, at = date.fromisoformat(when[0]), time.fromisoformat(when[1]) if when[1] else None
    assert tuple(write_when(day, at, language, NOW.date()) for language in ("en", "zh")) == written


@given(today=TODAYS, days=st.integers(1, 30_000), language=st.sampled_from(["en", "zh"]))
def test_a_date_with_its_year_is_read_back(today: date, days: int, language: str) -> None:
    when = read_when(write_date(today + timedelta(days=days), language), datetime.combine(today, time(9)))
    assert when is not None
    assert (when.date, when.alternatives) == (today + timedelta(days=days), ())


def test_a_weekday_tells_the_last_such_day_from_the_next() -> None:
    for said, day, past in (("sun 1 mar", "2026-03-01", True), ("mon 1 mar", "2027-03-01", False)):
        when = read_when(said, NOW)
        assert when is not None
        assert (when.date, when.past, when.alternatives) == (date.fromisoformat(day), past, ())


WORDS = st.sampled_from(
    [
        "at",
        "to",
        "10",
        "3",
        "15",
        "2026",
        "31",
        "30",
        "february",
        "2月",
        "号",
        "点",
        "半",
        "下",
        "周",
        "一",
        "天",
        "后",
        "in",
        "half",
        "an",
        "hour",
        "-",
        "/",
        ":",
        ".",
        "next",
        "tuesday",
        "明天",
        "下午",
        "99",
        "q4",
        "底",
        "前",
    ]
)


@given(
    text=st.text() | st.lists(WORDS, max_size=12).map("".join) | st.lists(WORDS, max_size=12).map(" ".join),
    now=st.datetimes(),
)
def test_it_never_fails(text: str, now: datetime) -> None:
    when = read_when(text, now)
    assert when is None or 0 <= when.span[0] < when.span[1] <= len(text)


@pytest.mark.parametrize("piece", ["1", "一", "tomorrow ", "下周二", "at 10 ", " ", "3/", "一点", "in half an "])
def test_a_hundred_kilobytes_take_no_time(piece: str) -> None:
    started = datetime.now()
    read_when(piece * (100_000 // len(piece)), NOW)
    assert datetime.now() - started < timedelta(seconds=2)
