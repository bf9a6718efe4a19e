"""The table of Chinese day phrases, over folded (simplified, half-width) text. Clock times are in `clocks`."""

import re
from datetime import date, datetime, timedelta

from nlu.values.english_dates import explicit, offset, part_of, past, period_start
from nlu.values.numerals import read_chinese, read_small
from nlu.values.pieces import (
    Found,
    Part,
    coming,
    in_week,
    month_end,
    next_day,
    next_day_of_month,
    quarter_start,
    rule,
    year_of,
)

Match = re.Match[str]

# A numeral must not be the tail of a longer one or of a time, which also keeps the search linear, nor follow a year
# that is none.
START = r"(?<![\d.零一二两三四五六七八九十百千万几第/a-z-])(?<!\d:)(?<!\d年)"
SMALL = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
WEEK = r"(?:周|星期|礼拜)"
# 周一起, 周一定: the 一 belongs to the next word; 下周三个客户 counts customers.
DAY_OF_WEEK = (
    r"(?P<wd>一(?![起定直般样共些下个家])|[二三四五六](?![个家位台次套天千万百]|福)|日(?![程期常本])|天(?![气天])|"
    r"[1-7](?![\d个家位台次点:号日/.-]))"
)
MONTH = r"(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?"
YEAR = r"(?:(?P<y>今年|明年|后年|本年|(?:[12]\d{3}|\d\d|二零[零一二三四五六七八九]{2})年) ?)?"
DAY = r"(?P<d>[0-3]?\d|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九]|初[一二三四五六七八九十])"
# 3号 followed by one of these names a thing, a place or a customer.
NOT_A_DAY = (
    r"(?!客户|客人|楼|线|机|馆|店|门|厅|桌|展|仓|库|车|产|位|院|公|厂|路|方案|样|型|员|文|选|房|街|码|单|柜|泵|项|合同|"
    r"设备|人|商|地|工|仓|井|炉|电|会议室|会场|摊|包|标|区|塔|船|床|班|技|组)"
)
CLOSES = r"(?:签|成|交|下单|上线|采购|启动|到货|拜访|开标|招标|投标|付款|回款|收款|安装|验收|见|开工|再|可以|能|跟进|联系|提醒|左右|之?内|要货|要用|拿货|提货|供货)(?![了过])"
EXPECTS = (
    "(?:"
    + "|".join(
        f"(?<={word})"
        for word in (
            "预计",
            "计划",
            "打算",
            "争取",
            "预期",
            "推到",
            "延到",
            "改到",
            "迟到",
            "期到",
            "等到",
            "大概",
            "估计",
            "可能",
            "要到",
            "拖到",
            "时间",
            "间是",
            "定在",
            "期是",
        )
    )
    + ")"
)
PLACES = {"初": "beginning", "头": "beginning", "中": "mid", "中旬": "mid", "底": "end", "末": "end", "尾": "end"}
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6} | {str(n + 1): n for n in range(7)}
_DAYS = {"今": 0, "明": 1, "后": 2, "大后": 3}
_PARTS: dict[str, Part] = {"早": "morning", "晨": "morning", "晚": "evening"}
_UNITS = {
    "分": "min",
    "小": "h",
    "钟": "h",
    "天": "d",
    "日": "d",
    "周": "w",
    "星": "w",
    "礼": "w",
    "月": "month",
    "季": "quarter",
    "年": "year",
    "工": "work",
}


def _named_day(match: Match, now: datetime) -> Found:
    days = _DAYS[match["n"]]
    return Found((now.date() + timedelta(days=days),), weak=not days, faint=not days)


def _day_and_part(match: Match, now: datetime) -> Found:
    """今晚, 明早."""
    days = _DAYS[match["n"]]
    return Found((now.date() + timedelta(days=days),), part=_PARTS[match["part"]], weak=not days, faint=not days)


def _weekday(match: Match, now: datetime) -> Found:
    """周二 is the coming one, 这周二 this week's, 下周二 next week's."""
    which, weekday = match["which"] or "", _WEEKDAYS[match["wd"]]
    if which[:1] == "下":
        return Found((in_week(now.date(), weekday, which.count("下")),), weekday=True)
    if which:
        day = in_week(now.date(), weekday, 0)
        return Found((day,), gone=day < now.date(), weak=True, weekday=True)
    return Found((coming(now.date(), weekday),), weak=True, weekday=True)


def _next_week(match: Match, now: datetime) -> Found:
    steps = match["which"].count("下")
    place = match["place"]
    if match["before"]:
        return Found((period_start(now, "week", steps) - timedelta(days=3),))
    if place == "末":
        return Found((in_week(now.date(), 5, steps),))
    if place:
        return Found((part_of(now, "week", steps, PLACES[place]),))
    return Found((period_start(now, "week", steps),), vague=7)


def _this_week(match: Match, now: datetime) -> Found:
    """本周内, 周末前: by Friday; 周末: Saturday."""
    if match["sat"] and not match["limit"]:
        return Found((max(in_week(now.date(), 5, 0), now.date()),), weak=True)
    return Found((part_of(now, "week", 0, "end"),))


def _number(words: str) -> int:
    number = read_small(words.removeprefix("初"))
    if number is None:
        raise ValueError(words)
    return number


def _year(words: str | None, now: datetime) -> int | None:
    """The year named, or None where none is."""
    if not words:
        return None
    if words[0] == "二":
        return _number(words.rstrip("年 "))
    if words[0].isdigit():
        digits = words.rstrip("年 ")
        return int(digits) + (2000 if len(digits) == 2 else 0)
    return now.year + {"今": 0, "本": 0, "明": 1, "后": 2}[words[0]]


def _month_day(match: Match, now: datetime) -> Found:
    month, day, year = _number(match["m"]), _number(match["d"]), _year(match["y"], now)
    if year is None:
        return Found((next_day(now.date(), month, day),), weak=True)
    return explicit(date(year, month, day), now)


def _month_place(match: Match, now: datetime) -> Found:
    """六月底, 3月中旬, 4月上旬."""
    month, named = _number(match["m"]), _year(match["y"], now)
    year = named or year_of(now.date(), month)
    day = _place_in_month(month_end(year, month), match["place"])
    if day < now.date() and not named:
        day = _place_in_month(month_end(year + 1, month), match["place"])
    return explicit(day, now)


def _place_in_month(last: date, place: str) -> date:
    """A day for the ten-day thirds, the beginning, middle and end of the month that ends on `last`."""
    if place.startswith("上旬"):
        return last.replace(day=10)
    where = PLACES.get(place, "end")
    return {"beginning": last.replace(day=1), "mid": last.replace(day=15)}.get(where, last)


def _month_alone(match: Match, now: datetime) -> Found:
    """六月前 is the day before June; 预计6月 and 6月交付 are its last day."""
    month, named = _number(match["m"]), _year(match["y"], now)
    year = named or year_of(now.date(), month)
    if match["before"]:
        day = date(year, month, 1) - timedelta(days=1)
        if day < now.date() and not named:
            day = date(year + 1, month, 1) - timedelta(days=1)
        return explicit(day, now)
    return explicit(month_end(year, month), now)


def _relative_month_place(match: Match, now: datetime) -> Found:
    """月底, 下月初, 这个月中旬; a place that is over is next month's."""
    which = match["which"] or ""
    steps = which.count("下")
    day = _place_in_month(_last_of_month(now, steps), match["place"])
    if day < now.date() and not which:
        day = _place_in_month(_last_of_month(now, 1), match["place"])
    return explicit(day, now)


def _last_of_month(now: datetime, steps: int) -> date:
    return period_start(now, "month", steps + 1) - timedelta(days=1)


def _relative_month_day(match: Match, now: datetime) -> Found:
    """下个月5号, 本月20号."""
    day = period_start(now, "month", match["which"].count("下")).replace(day=_number(match["d"]))
    return explicit(day, now)


def _next_month(match: Match, now: datetime) -> Found:
    start = period_start(now, "month", match["which"].count("下"))
    return Found((start - timedelta(days=1) if match["before"] else start,), vague=0 if match["before"] else 31)


def _year_place(match: Match, now: datetime) -> Found:
    """年底, 明年初, 年中."""
    year = _year(match["y"], now) or now.year
    days = {"初": date(year, 1, 1), "中": date(year, 6, 30)}
    day = days.get(match["place"], date(year, 12, 31))
    if day < now.date() and not match["y"] and match["place"] != "初":
        day = day.replace(year=year + 1)
    return explicit(day, now)


def _half_year(match: Match, now: datetime) -> Found:
    year = _year(match["y"], now) or now.year
    return explicit(date(year, 6, 30) if match["half"] == "上" else date(year, 12, 31), now)


def _this_period(match: Match, now: datetime) -> Found:
    """本月内 and 年内 end with the month and the year."""
    return Found((part_of(now, "month" if match["p"] == "月" else "year", 0, "end"),))


def _next_year(match: Match, now: datetime) -> Found:
    return Found((date(now.year + (2 if match[0] == "后年" else 1), 1, 1),))


def _quarter(match: Match, now: datetime) -> Found | None:
    """季度末, 下季度, 二季度末; a numbered quarter means its last day."""
    which, place, year = match["which"] or "", match["place"] or "", _year(match["y"], now)
    if which and which[-1] in "一二三四1234":
        month = 3 * _number(which[-1])
        return explicit(month_end(year or year_of(now.date(), month), month), now)
    steps = which.count("下")
    start, after = quarter_start(now.date(), steps), quarter_start(now.date(), steps + 1)
    if place in ("底", "末", "内"):
        return Found((after - timedelta(days=1),))
    if place == "前" and steps:
        return Found((start - timedelta(days=1),))
    return Found((start,)) if steps and place in ("", "初") else None


def _day_of_month(match: Match, now: datetime) -> Found:
    return Found((next_day_of_month(now.date(), _number(match["d"])),), weak=True)


def _ahead(match: Match, now: datetime) -> Found | None:
    """三天后, 一个半小时后, 半个月后."""
    words = match["n"]
    number = read_chinese(words) if words != "半" else None
    count = 0.5 if words == "半" else float(number) if number is not None else None
    if count is None:
        return None
    return offset(now, count + (0.5 if match["half"] else 0), _UNITS[match["u"][0]])


def _quarters_of_an_hour(match: Match, now: datetime) -> Found:
    return offset(now, 15 * _number(match["n"]), "min") or Found()


_COUNT = r"(?P<n>半|\d{1,3}(?:\.\d)?|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]) ?(?P<half>个半)?(?:个)?"
_UNIT = r"(?P<u>工作日|分钟?|小时|钟头?|天|日|周|星期|礼拜|月|季度|年)(?:钟)?"
_NEXT = r"(?<![一上])(?P<which>下{1,2}) ?(?:个)?"

CHINESE_RULES = (
    rule(r"(?<![今以之然最此])(?P<n>大后|后)天(?!天)", _named_day),
    rule(r"(?P<n>今|明)(?:天|日|儿)(?!天)", _named_day),
    rule(r"(?P<n>今|明|大后|后)(?P<part>早|晨|晚)", _day_and_part),
    # Weeks
    rule(rf"(?<![每上\d一两三几])(?P<which>下{{1,2}}(?:个)?|这(?:个)?|本)? ?{WEEK} ?{DAY_OF_WEEK}", _weekday),
    rule(
        rf"{_NEXT}{WEEK}(?![一二三四五六日天期1-7]|一[^起定])(?P<place>初|末|底|中(?!午))?(?P<before>之前|以前|前)?",
        _next_week,
    ),
    rule(rf"{_NEXT}{WEEK}(?=一[起定])(?P<place>)(?P<before>)", _next_week),
    rule(
        r"(?<![每上下])(?P<which>这(?:个)?|本)?周(?P<sat>末)(?P<limit>之?前|以前)?|(?:这(?:个)?|本)(?:周|星期|礼拜)(?P<limit2>之?内|以内|底)",
        _this_week,
    ),
    # Months
    rule(rf"{START}{YEAR}{MONTH} ?{DAY} ?[号日](?!元)", _month_day),
    rule(
        rf"{START}{YEAR}{MONTH} ?{DAY}(?![\d号日.%:点时零一二三四五六七八九十百千万亿个台套家位天件箱人次k月年吨])",
        _month_day,
    ),
    rule(rf"{START}{YEAR}{MONTH}(?P<place>底|末|中旬|中|初|上旬|下旬|头|尾)", _month_place),
    rule(rf"{START}{YEAR}{MONTH}(?P<before>之前|以前|前)", _month_alone),
    rule(rf"{START}{YEAR}{MONTH}(?P<before>)(?={CLOSES})", _month_alone),
    rule(rf"{EXPECTS}{YEAR}{MONTH}(?P<before>)(?!\d)", _month_alone),
    rule(
        rf"{START}(?P<y>今年|明年|后年|[12]\d{{3}}年) ?{MONTH}(?P<before>)(?!\d|的?(?:业绩|预测|报表|数据))",
        _month_alone,
    ),
    rule(
        r"(?<![\d一二三四五六七八九十每个上])(?P<which>下{1,2}(?:个)?|这(?:个)?|本|当)?月(?P<place>底|末|中旬|中|初|上旬|下旬)",
        _relative_month_place,
    ),
    rule(rf"(?P<which>下{{1,2}}(?:个)?|这(?:个)?|本|当)月(?:的)? ?{DAY} ?[号日]{NOT_A_DAY}", _relative_month_day),
    rule(rf"{_NEXT}月(?!度)(?P<before>之前|以前|前)?", _next_month),
    # Quarters and years
    rule(
        rf"{YEAR}(?P<which>下{{1,2}}(?:个)?|本|这(?:个)?|第?[一二三四1-4])?(?<!上)(?<!上个)季度?(?!度)(?P<place>底|末|初|前|之?内)?"
        r"(?!业绩|预测|目标|报表|总结|销售|的?(?:业绩|预测))",
        _quarter,
    ),
    rule(
        r"(?:(?<!去年)(?<!每年))(?P<y>今年|明年|后年|[12]\d{3}年)?(?P<half>[上下])半年(?!的?(?:业绩|预测|目标|报表|总结|销售))",
        _half_year,
    ),
    rule(r"(?:本|这个?|今)(?P<p>月|年)(?:之内|以内|内)|(?<![\d一两三四五六七八九十半几])年内", _this_period),
    rule(
        r"(?<![每去\d一两三几多全半])(?:(?P<y>(?:[今明后本]|[12]\d{3}|二零[零一二三四五六七八九]{2})(?=年))年?)?年(?P<place>[中初底末])",
        _year_place,
    ),
    rule(
        r"(?<![\d今以])(?:明|后)年(?! ?(?:\d|[一二三四五六七八九十]{1,2}月|第|[一二三四]季|q|上半|下半|[底末初中春夏秋冬]))",
        _next_year,
    ),
    # Days
    rule(rf"(?<![a-z\d.第#路街巷弄月零一二三四五六七八九十楼栋座/-]){DAY} ?号{NOT_A_DAY}", _day_of_month),
    rule(r"(?<![a-z\d.第月零一二三四五六七八九十/-])(?P<d>[12]?\d|3[01])日(?!内|后|元|本|之|以|均)", _day_of_month),
    # 3.20 is a date only where nothing else can follow it.
    rule(
        r"(?<![\w.,$€£¥/-])(?P<m>1[0-2]|0?[1-9])\.(?P<d>[0-2]?\d|3[01])(?P<y>)(?= ?(?:提醒|之?前|以前|开会|见面|交货|交付|拜访|到期|约))",
        _month_day,
    ),
    # So many units ahead
    # 付款30天内 are terms, no date.
    rule(
        rf"(?<!付款)(?<!账期)(?<!交期)(?<!交货)(?<!质保)(?<!后){START}{_COUNT}{_UNIT}(?:之后|以后|过后|后面?|之内|以内|内)(?!天)",
        _ahead,
    ),
    # 过两天 is "one of these days", so it is no date.
    rule(rf"(?:(?<![超经通不])过|再过|再等|等) ?(?!两天){_COUNT}{_UNIT}(?!前)", _ahead),
    rule(rf"[推延挪缓](?:迟|后|期|长|个|它|一下)? ?{_COUNT}{_UNIT}(?!前|内)", _ahead),
    rule(rf"晚 ?{_COUNT}{_UNIT}(?=再|后|提醒|叫|打|联系|发)", _ahead),
    rule(rf"\A ?{_COUNT}(?![月季年]){_UNIT}(?:吧|后)?[ 。.!]?\Z", _ahead),
    rule(rf"{START}(?P<n>[一两三123])刻钟(?:之后|以后|后)", _quarters_of_an_hour),
    # The past
    rule(
        rf"(?:昨天|昨日|昨晚|昨儿|(?<![以提])大?前天|前几天|前两天|前些天|去年|上次|上回|(?<![早晚以马线])上{{1,2}}个?(?:(?:周|星期|礼拜) ?{DAY_OF_WEEK}?|月|季)|"
        r"刚才|每(?:个)?(?:周|星期|礼拜|月|天|日|年)(?:[一二三四五六日天]|\d{1,2}号)?)",
        past,
    ),
    rule(rf"{START}{_COUNT}(?:多)?{_UNIT}(?:之前|以前|前)", past),
)
