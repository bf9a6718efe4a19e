"""The table of clock times and day parts in both languages. Days are in the two tables of dates."""

import re
from datetime import datetime

from nlu.values.numerals import ENGLISH_WORD, read_small
from nlu.values.pieces import Clock, Found, Part, rule

Match = re.Match[str]

CHINESE_PARTS: dict[str, Part] = {
    "凌晨": "morning",
    "清晨": "morning",
    "清早": "morning",
    "一大早": "morning",
    "一早": "morning",
    "早上": "morning",
    "早晨": "morning",
    "上午": "morning",
    "午前": "morning",
    "早间": "morning",
    "中午": "noon",
    "正午": "noon",
    "午间": "noon",
    "下午": "afternoon",
    "午后": "afternoon",
    "午饭后": "afternoon",
    "傍晚": "evening",
    "晚上": "evening",
    "晚间": "evening",
    "夜里": "evening",
    "夜晚": "evening",
    "半夜": "evening",
    "深夜": "evening",
}
ENGLISH_PARTS: dict[str, Part] = {
    "morning": "morning",
    "lunchtime": "noon",
    "noon": "noon",
    "midday": "noon",
    "afternoon": "afternoon",
    "evening": "evening",
    "night": "evening",
}
_HOURS = r"(?P<h>2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九])"
_MINUTES = (
    r"(?P<min>[0-5]\d(?!\d)|\d(?=分)|[二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九]|[一二三四五六七八九](?=分))"
    r"(?![万千百%个.])分?"
)
# A number after "at" or before a part is an hour only where no thing follows that it counts.
_HOUR_ENDS = (
    r"(?= ?(?:[,;!?)\n]|\.(?!\d)|\Z|-(?!\d)|[^\x00-\x7f百千万亿个台套%])| (?:on|tomorrow|tmrw?|tmr|tmw|today|tonight|with|to|for|about|and|"
    r"in the|in|this|next|the day|please|pls|sharp|then|instead|but|so|if|or|when|latest|mon|tue|wed|thu|fri|sat|sun|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|@|by|via|at|from|re|regarding|i|we|he|she|works|is)\b)"
)
_THINGS = r"(?!建议|意见|要求|理由|原因|好处|优势|问题|想法|要点|说明|希望|内容|不|疑|顾虑|需求|注意|共识|方向|档|[一二三四五六七八九\d]?[万千百]|[一二三四五六七八九]个|多?钱|点)"


def _clock(hour: str, minute: str | None = None, half: str | None = None, exact: bool = False) -> Clock | None:
    """The hour in figures or words, or None where no clock shows it."""
    number, minutes = read_small(hour), read_small(minute) if minute else 0
    if number is None or minutes is None or number > 24 or minutes > 59:
        return None
    return Clock(number, 30 if half else minutes, exact)


def _found(clock: Clock | None, part: Part | None = None) -> Found | None:
    return Found(clock=clock, part=part) if clock else None


def _half_day(match: Match, _: datetime) -> Found | None:
    """10am, 3:30 p.m., 1030am."""
    hour = int(match["h"])
    if not 1 <= hour <= 12:
        # "14:30pm" is said too: the twenty-four-hour clock wins.
        return _found(_clock(match["h"], match["min"], exact=True)) if hour < 24 else None
    return _found(_clock(str(hour % 12 + (12 if match["ap"] == "p" else 0)), match["min"], exact=True))


def _colon(match: Match, _: datetime) -> Found | None:
    """14:30 and 09:30 are exact, 2:30 is as vague as "2"."""
    return _found(_clock(match["h"], match["min"], exact=match["h"][0] == "0" or int(match["h"]) > 12))


def _spoken(match: Match, _: datetime) -> Found | None:
    return _found(_clock(match["h"]))


def _range(match: Match, _: datetime) -> Found | None:
    """Of a range (10-11am, 2 to 3pm) the beginning, in the half of the day that the end names."""
    begin, end = int(match["h"]) % 12, int(match["h2"]) % 12
    afternoon = (match["ap"] == "p") == (begin <= end)
    return _found(_clock(str(begin + (12 if afternoon else 0)), match["min"], exact=True))


def _after_at(match: Match, _: datetime) -> Found | None:
    return _found(_clock(match["h"] or match["h2"]))


def _half_past(match: Match, _: datetime) -> Found | None:
    """ "half past nine", "ten past 3"."""
    hour, minutes = read_small(match["h"]), {"half": 30, "quarter": 15}.get(match["min"]) or read_small(match["min"])
    return (
        None
        if hour is None or minutes is None or minutes > 59
        else _found(Clock(hour, minutes) if hour <= 12 else None)
    )


def _quarter_to(match: Match, _: datetime) -> Found | None:
    """ "quarter to 5", "ten to nine"."""
    hour, minutes = read_small(match["h"]), 15 if match["min"] == "quarter" else read_small(match["min"])
    if hour is None or minutes is None or not 1 <= hour <= 12 or not 1 <= minutes <= 30:
        return None
    return _found(Clock((hour - 2) % 12 + 1, 60 - minutes))


def _military(match: Match, _: datetime) -> Found | None:
    return _found(_clock(match["h"], match["min"], exact=True))


def _chinese(match: Match, _: datetime) -> Found | None:
    """三点, 9点半, 十点一刻, 8点05分, with the day part before it."""
    minute = {"一刻": "15", "三刻": "45"}.get(match["quarter"] or "") or match["min"]
    part = CHINESE_PARTS.get(match["part"] or "")
    return _found(_clock(match["h"], minute, match["half"]), part)


def _chinese_short(match: Match, _: datetime) -> Found | None:
    """晚8点 after a day: 周五晚8点."""
    minute = {"一刻": "15", "三刻": "45"}.get(match["quarter"] or "") or match["min"]
    return _found(_clock(match["h"], minute, match["half"]), "morning" if match["part"] == "早" else "evening")


def _chinese_part(match: Match, _: datetime) -> Found:
    return Found(part=CHINESE_PARTS[match["part"]], weak=True, faint=True)


def _english_part(match: Match, now: datetime) -> Found:
    part = ENGLISH_PARTS[match["part"]]
    return Found((now.date(),) if match["this"] else (), part=part, weak=True, faint=True)


def _part_of_meal(match: Match, _: datetime) -> Found:
    return Found(part="afternoon" if match["side"] == "after" else "morning")


def _first_thing(_: Match, __: datetime) -> Found:
    return Found(part="morning")


def _day_end(_: Match, __: datetime) -> Found:
    return Found(part="day_end")


_AP = r"(?P<ap>[ap])\.?m\b\.?"
_NUMBER = rf"(?P<h>\d{{1,2}}|{ENGLISH_WORD})"
_NOT_PRICED = (
    r"(?<!quoted )(?<!priced )(?<!valued )(?<!price )(?<!stands )(?<!discount )(?<!margin )(?<!rate )(?<!stay )"
)
_CHINESE_PART = "(?<![一半])(?P<part>" + "|".join(sorted(CHINESE_PARTS, key=len, reverse=True)) + ")"

_FREE = r"(?<![\w.,:$€£¥/-])"
_PART_OF_MONTH_DAY = "".join(
    f"|(?<={end} )"
    for end in (
        "tues",
        "thurs",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "tomorrow",
        "tmrw",
        "tmr",
        "tmw",
        r"\dth",
        r"\dst",
        r"\dnd",
        r"\drd",
    )
)
_CHINESE_MINUTES = rf"(?:钟|整)?(?:(?P<half>半)(?!个)|(?P<quarter>[一三]刻)|{_MINUTES})?"

CLOCK_RULES = (
    rule(rf"{_FREE}(?P<h>\d{{1,2}})(?:[:.h]?(?P<min>[0-5]\d))? ?{_AP}", _half_day),
    rule(
        rf"{_FREE}(?P<h>\d{{1,2}})(?::(?P<min>[0-5]\d))? ?(?:-|to|till|until) ?(?P<h2>\d{{1,2}})(?::[0-5]\d)? ?{_AP}",
        _range,
    ),
    rule(r"(?:(?<![\w.,:$€£¥/-])|(?<=\dt))(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)(?::[0-5]\d)?(?![\d:%])", _colon),
    rule(rf"{_FREE}(?P<h>[01]\d|2[0-4]):?(?P<min>[0-5]\d) ?(?:hrs|hours|h)\b", _military),
    rule(rf"{_FREE}(?P<h>1\d|2[0-3])h(?P<min>[0-5]\d)\b", _military),
    rule(rf"{_FREE}{_NUMBER} ?o'? ?clock\b", _spoken),
    rule(
        rf"{_FREE}(?P<min>half|quarter|\d{{1,2}}|{ENGLISH_WORD}|twenty[ -]five) ?(?:minutes? |mins? )?past {_NUMBER}\b(?![\d:%.,-])",
        _half_past,
    ),
    rule(
        rf"{_FREE}(?P<min>quarter|five|ten|twenty|twenty[ -]five|\d{{1,2}} ?(?:min|minutes)) (?:to|before) {_NUMBER}\b(?![\d:%.,-]|k\b)",
        _quarter_to,
    ),
    rule(rf"{_NOT_PRICED}\b(?:at|until|till) ?(?:around |about )?{_NUMBER}{_HOUR_ENDS}", _spoken),
    rule(
        r"\bby (?P<h>\d{1,2})(?= (?:today|tomorrow|tonight|tmrw?|on (?:mon|tue|wed|thu|fri|sat|sun)|mon|tue|wed|thu|fri)\b|\w{3,6}day\b)",
        _spoken,
    ),
    rule(
        rf"\b(?:call|meeting|demo|visit|appointment|lunch|am|pm|\d[ap]m|:\d\d)\b[^.!?\n]{{0,30}}\b(?:mov|push|chang|shift|resched|postpon)"
        rf"\w{{0,8}} (?:it )?to (?P<said>{_NUMBER}){_HOUR_ENDS}",
        _spoken,
    ),
    rule(rf"(?<=@){_NUMBER}{_HOUR_ENDS}|(?<=@ )(?P<h2>\d{{1,2}}){_HOUR_ENDS}", _after_at),
    rule(
        rf"{_FREE}(?P<h>\d{{1,2}})(?= (?:in the (?:morning|afternoon|evening)|tonight|at night|this (?:morning|afternoon|evening))\b)",
        _spoken,
    ),
    rule(r"(?:(?<=tomorrow )|(?<=tmrw )|(?<=tmr )|(?<=tonight ))(?P<h>\d{1,2})(?= ?(?:\Z|[,.;!?](?!\d)))", _spoken),
    rule(r"\b(?:(?P<this>this )|in the |at )(?P<part>morning|afternoon|evening|night)\b", _english_part),
    rule(
        rf"(?:(?<=day ){_PART_OF_MONTH_DAY})(?P<this>)(?P<part>morning|afternoon|evening|night|noon)\b", _english_part
    ),
    rule(r"(?P<this>)\b(?P<part>noon|midday|lunchtime)\b", _english_part),
    rule(r"\b(?P<side>after|before) (?:lunch|noon)\b", _part_of_meal),
    rule(r"\bfirst thing\b", _first_thing),
    rule(
        r"\b(?:eod|cob|eob|close of (?:business|play)|end of (?:the |business )?day|end of play)\b|下班(?:之?前|以前)",
        _day_end,
    ),
    # 一点 is "a little" unless something shows that it is an hour.
    rule(
        rf"(?<![\d.:零一二三四五六七八九十百第让降涨惠加减返差扣])(?:{_CHINESE_PART} ?)?(?!一点(?!钟|半|整|[一三]刻|\d\d))"
        rf"{_HOURS} ?(?:点|时(?![间候代差常刻段])){_CHINESE_MINUTES}{_THINGS}",
        _chinese,
    ),
    rule(rf"{_CHINESE_PART} ?(?P<h>一) ?点(?![点都也儿]){_CHINESE_MINUTES}", _chinese),
    rule(
        rf"(?<=[天日二三四五六])(?P<part>)(?P<h>一)点{_CHINESE_MINUTES}(?= ?(?:\Z|[,.;!?。、\n]|[开见提打约去和跟在给]))",
        _chinese,
    ),
    rule(rf"(?<=[天日号一二三四五六\d])(?P<part>早|晚) ?{_HOURS} ?点{_CHINESE_MINUTES}", _chinese_short),
    rule(rf"{_CHINESE_PART}(?![好茶餐饭])", _chinese_part),
)
