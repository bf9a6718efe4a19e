"""The table of English day phrases, and dates in figures. Clock times are in `clocks`."""

import re
from datetime import date, datetime, timedelta

from nlu.values.numerals import ENGLISH_WORD, read_small
from nlu.values.pieces import (
    Clock,
    Found,
    add_months,
    add_working_days,
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

WEEKDAY = (
    r"(?:mon(?:day)?|tues?(?:day)?|tuesdy|we(?:ds?|dnesday|dnsday|nsday)|thu(?:rs?)?(?:day)?|thursady|"
    r"fri(?:day)?|firday|sat(?:urday)?|sun(?:day)?)"
)
# "sat" and "sun" are words of their own, so without a preposition they must be written out.
CLEAR_WEEKDAY = WEEKDAY.replace("sat(?:urday)?|sun(?:day)?", "saturday|sunday")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary|r)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAYS = {name: n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))} | {"wen": 2, "fir": 4}
_MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}

YEAR = r"(?:,? ?(?:of )?(?P<y>[12]\d{3})(?![\d:]))?"
NOT_IN_NUMBER = r"(?<![\w.,/$€£¥+-])"
# A number that counts things is no day: "may 3 customers", "march 5%".
NO_COUNT = (
    r"(?![\d:%])(?![.,/-]\d)(?! ?(?:%|percent|k\b|m\b|usd|eur|rmb|people|persons|customers?|clients?|units?|pcs|"
    r"pieces|pumps?|sets?|deals?|leads?|days?|weeks?|months?|hours?|hrs?|min|meetings?|calls?|times|of us|am\b|pm\b))"
)
DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
UNIT = (
    r"(?P<u>min(?:ute)?s?|hours?|hrs?|h|(?:business|working|work) days?|days?|d|weeks?|wks?|w|fortnights?|"
    r"months?|mths?|quarters?|years?|yrs?)\b"
)
COUNT = (
    rf"(?P<n>\d{{1,3}}(?:\.\d)?|half an?|a half|half|an?|a couple of|a couple|couple of|"
    rf"(?:{ENGLISH_WORD})(?:[ -](?:{ENGLISH_WORD}))?)(?P<half> and a half)?"
)
PERIOD = r"(?P<p>week|wk|month|mth|quarter|qtr|year|yr)"
# About how many days a period has, by its first letter.
_LENGTHS = {"w": 7, "m": 31, "q": 92, "y": 366}
BEGINNING = ("early", "beginning", "start")
TYPOS_OF_TOMORROW = r"tomm?orr?ows?|tmr+w?|tmw|tomo|2mor+o?w?|2moro"


def month_number(name: str) -> int:
    """The number of a month in words."""
    return _MONTHS[name[:3]]


def offset(now: datetime, count: float, unit: str) -> Found | None:
    """The day, or the minute, that lies some units ahead."""
    if unit.startswith(("h", "min")):
        at = now + timedelta(hours=count) if unit[0] == "h" else now + timedelta(minutes=count)
        return Found((at.date(),), Clock(at.hour, at.minute, exact=True))
    today, whole = now.date(), int(count)
    if unit.startswith(("business", "work")):
        return Found((add_working_days(today, whole),))
    if unit[0] in "mqy":
        months = count * {"m": 1, "q": 3, "y": 12}[unit[0]]
        return Found((add_months(today, int(months)) + timedelta(days=round(30 * (months % 1))),))
    days = count * {"d": 1, "w": 7, "f": 14}[unit[0]]
    # Half a day is neither a day nor an hour.
    return Found((today + timedelta(days=round(days)),)) if days >= 1 else None


def read_count(match: Match) -> float | None:
    """The number of units in a match of COUNT."""
    words = match["n"]
    if words.startswith("half") or words == "a half":
        return 0.5
    if "couple" in words:
        return 2
    number = float(words) if words[0].isdigit() else read_small(words)
    return None if number is None else number + (0.5 if match["half"] else 0)


def _ahead(match: Match, now: datetime) -> Found | None:
    count = read_count(match)
    return None if count is None else offset(now, count, match["u"])


def _and_a_half(match: Match, now: datetime) -> Found | None:
    return offset(now, 1.5, match["u"])


def _ahead_of(match: Match, now: datetime) -> Found | None:
    """ "a week from Tuesday", "two weeks from tomorrow"."""
    count = read_count(match)
    start = now + timedelta(days=1) if not match["wd"] else datetime.combine(_coming(match["wd"], now), now.time())
    return None if count is None else offset(start, count, match["u"])


def _coming(name: str, now: datetime) -> date:
    return coming(now.date(), _WEEKDAYS[name[:3]])


def _weekday(match: Match, now: datetime) -> Found:
    return Found((_coming(match["wd"], now),), weak=True, weekday=True)


def _firm_weekday(match: Match, now: datetime) -> Found:
    return Found((_coming(match["wd"], now),), weekday=True)


def _this_weekday(match: Match, now: datetime) -> Found:
    number = _WEEKDAYS[match["wd"][:3]]
    same = number == now.weekday()
    return Found((now.date() if same else coming(now.date(), number),), weekday=True)


def _next_weekday(match: Match, now: datetime) -> Found:
    weeks = 2 if "after" in match[0] else 1
    return Found((in_week(now.date(), _WEEKDAYS[match["wd"][:3]], weeks),), weekday=True)


def _weekday_and_week(match: Match, now: datetime) -> Found:
    """ "a week on Tuesday" and "Tuesday week"."""
    return Found((_coming(match["wd"] or match["wd2"], now) + timedelta(weeks=1),))


def _weekend(match: Match, now: datetime) -> Found:
    """The Saturday, or the Friday before it where the weekend is a limit."""
    saturday = in_week(now.date(), 5, 1 if match["next"] else 0)
    if match["limit"]:
        return Found((max(saturday - timedelta(days=1), now.date()),))
    return Found((max(saturday, now.date()),))


def period_start(now: datetime, name: str, steps: int) -> date:
    """The first day of this week, month, quarter or year, or of one some steps on."""
    today = now.date()
    if name[0] == "w":
        return in_week(today, 0, steps)
    if name[0] == "m":
        return add_months(today.replace(day=1), steps)
    return quarter_start(today, steps) if name[0] == "q" else date(today.year + steps, 1, 1)


def part_of(now: datetime, name: str, steps: int, where: str) -> date:
    """The end, middle or beginning of a period; a week ends on its Friday."""
    start, after = period_start(now, name, steps), period_start(now, name, steps + 1)
    if where.startswith(BEGINNING):
        return start
    if where.startswith("mid"):
        return start + ({"w": timedelta(2), "m": timedelta(14)}.get(name[0]) or (after - start) / 2)
    if name[0] == "w":
        friday = start + timedelta(days=4)
        return friday if friday >= now.date() else start + timedelta(days=6)
    return after - timedelta(days=1)


def _part_of_period(match: Match, now: datetime) -> Found:
    """ "end of next month"; a beginning or middle that is over is the one after."""
    which = match["which"] or ""
    steps = 1 if which.startswith("next") else 0
    day = part_of(now, match["p"], steps, match["where"])
    if day < now.date() and not which.startswith("this"):
        day = part_of(now, match["p"], steps + 1, match["where"])
    return Found((day,))


def _short_end(match: Match, now: datetime) -> Found:
    return Found((part_of(now, match["p"], 0, "end"),))


def _next_period(match: Match, now: datetime) -> Found:
    start = period_start(now, match["p"], 2 if match["after"] else 1)
    return Found(
        (start - timedelta(days=1) if match["before"] else start,),
        vague=0 if match["before"] else _LENGTHS[match["p"][0]],
    )


def _day_of_next_month(match: Match, now: datetime) -> Found:
    return Found((period_start(now, "month", 0 if "this" in match[0] else 1).replace(day=int(match["d"])),))


def month_day(match: Match, now: datetime) -> Found:
    """A day of a named month, in the year said or the next one that has it."""
    month, day = month_number(match["m"]), int(match["d"])
    if not match["y"]:
        return Found((next_day(now.date(), month, day),), weak=True)
    return explicit(date(int(match["y"]), month, day), now)


def explicit(day: date, now: datetime, *others: date) -> Found:
    """A date with its year; what is over speaks of the past."""
    return Found((day, *others), gone=day < now.date())


def _month(match: Match, now: datetime) -> Found:
    """ "by June" is its last day, "before June" the day before it, "mid June" the 15th."""
    month = month_number(match["m"])
    how = match["how"] or ""
    year = int(match["y"]) if match["y"] else year_of(now.date(), month)
    day = month_end(year, month)
    if how == "before":
        day = date(year, month, 1) - timedelta(days=1)
    elif how.startswith("mid"):
        day = day.replace(day=15)
    elif how.startswith(BEGINNING):
        day = day.replace(day=1)
    if day < now.date() and not match["y"]:
        day = add_months(day, 12)
    return Found((day,), gone=day < now.date(), weak=how.startswith(("in", "during")))


def _quarter(match: Match, now: datetime) -> Found:
    """The last day of a numbered quarter, or the day before it begins."""
    number = int(match["q"])
    year = int(match["y"]) if match["y"] else year_of(now.date(), 3 * number)
    day = month_end(year, 3 * number)
    if match["how"] == "before" or match["zh"]:
        day = date(year, 3 * number - 2, 1) - timedelta(days=1)
    return explicit(day, now)


def _half_year(match: Match, now: datetime) -> Found:
    """The last day of the first or second half of a year."""
    year = int(match["y"]) if match["y"] else now.year
    return explicit(date(year, 6, 30) if (match["n"] or match["n2"]) in ("1", "first") else date(year, 12, 31), now)


def _year_end(match: Match, now: datetime) -> Found:
    return explicit(date(int(match["y"]), 12, 31), now)


def _day_of_month(match: Match, now: datetime) -> Found:
    return Found((next_day_of_month(now.date(), int(match["d"])),), weak=True)


def _iso(match: Match, now: datetime) -> Found:
    return explicit(date(int(match["y"]), int(match["m"]), int(match["d"])), now)


def _dotted(match: Match, now: datetime) -> Found:
    """15.3. and 15.3.2026: the day comes first."""
    month, day = int(match["m"]), int(match["d"])
    if not match["y"]:
        return Found((next_day(now.date(), month, day),), weak=True)
    return explicit(date(_full_year(match["y"]), month, day), now)


def _full_year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _slashed(match: Match, now: datetime) -> Found | None:
    """3/15 or 15/3; where both orders make a date, both are readings. Chinese writes the month first."""
    first, second = int(match["a"]), int(match["b"])
    orders = [(first, second), (second, first)]
    if re.search(r"[\u4e00-\u9fff]", match.string):
        orders = orders[:1]
    days: list[date] = []
    for month, day in orders:
        try:
            found = date(_full_year(match["y"]), month, day) if match["y"] else next_day(now.date(), month, day)
        except ValueError:
            continue
        if found not in days:
            days.append(found)
    ahead = [day for day in days if day >= now.date()]
    if not days:
        return None
    return Found(tuple(ahead or days), gone=not ahead, weak=not match["y"])


def _today(_: Match, now: datetime) -> Found:
    return Found((now.date(),), weak=True, faint=True)


def _tonight(_: Match, now: datetime) -> Found:
    return Found((now.date(),), part="evening", weak=True, faint=True)


def _tomorrow(_: Match, now: datetime) -> Found:
    return Found((now.date() + timedelta(days=1),))


def _after_tomorrow(_: Match, now: datetime) -> Found:
    return Found((now.date() + timedelta(days=2),))


def past(_: Match, __: datetime) -> Found:
    """A phrase about the past: it keeps the hour beside it from being read."""
    return Found(gone=True)


_AFTER_ORDINAL = (
    r"(?= ?(?:[.,;!?)\n]|\Z|-|@|at\b|on\b|in\b|around|about|of (?:this|the|next) month|for\b|to\b|with\b|please|pls|"
    r"instead|or\b|and\b|morning|afternoon|evening|noon|then|if\b|when|works|is\b|latest|\d|half|[^\x00-\x7f]))"
)

ENGLISH_RULES = (
    rule(r"\b(?:today|2day|tdy|later today|end of today)\b(?!')", _today),
    rule(r"\b(?:tonight|tonite|2nite|this evening)\b", _tonight),
    rule(rf"\b(?:{TYPOS_OF_TOMORROW})\b", _tomorrow),
    rule(rf"\b(?:the )?day after (?:{TYPOS_OF_TOMORROW})\b", _after_tomorrow),
    # Weekdays
    rule(
        rf"\b(?:by|before|until|till|coming|upcoming|moved? to|make it|due) (?:this )?(?P<said>(?P<wd>{WEEKDAY}))\b",
        _firm_weekday,
    ),
    rule(rf"\b(?:on|from|of|to) (?P<said>(?P<wd>{WEEKDAY}))\b(?! (?:down|on|in)\b)", _weekday),
    rule(
        rf"(?<!every )(?<!each )\b(?P<wd>{CLEAR_WEEKDAY})\b(?!-)(?!(?<=wed) (?:like|love|need|want|prefer|be|have)\b)",
        _weekday,
    ),
    rule(
        rf"\b(?P<wd>{WEEKDAY})(?= (?:at |@ ?)?\d{{1,2}}(?::\d\d)? ?(?:[ap]\.?m|o'?clock|:)|,? \d{{1,2}} {MONTH}\b| (?:morning|"
        r"afternoon|evening|night|noon)\b)",
        _weekday,
    ),
    rule(rf"\bthis (?:coming )?(?P<wd>{WEEKDAY})\b", _this_weekday),
    rule(rf"\bne?xt (?P<wd>{WEEKDAY})\b", _next_weekday),
    rule(rf"\b(?P<wd>{WEEKDAY}),? (?:of )?(?:next week|the week after(?: next)?)\b", _next_weekday),
    rule(rf"\bne?xt (?:week|wk),? (?:on )?(?P<wd>{WEEKDAY})\b", _next_weekday),
    rule(rf"\b(?P<wd>{WEEKDAY}) after next\b", _next_weekday),
    rule(rf"\b(?:a )?week on (?P<wd>{WEEKDAY})\b|\b(?P<wd2>{WEEKDAY}) week\b", _weekday_and_week),
    rule(r"\b(?:(?P<limit>by|before) )?(?:(?P<next>next )|this |the )?weekend\b", _weekend),
    # So many units ahead
    rule(
        rf"(?<!pays )(?<!pay )(?<!paid )(?<!paying )(?<!payment )(?<!payable )\b(?:in|within|after) {COUNT} ?{UNIT}(?:'s?)?(?: time\b)?(?! (?:ago|left|of\b|old))",
        _ahead,
    ),
    rule(rf"\b(?:in )?(?:an?|one) {UNIT} and a half(?: (?:from now|later)\b)?", _and_a_half),
    rule(rf"(?<![\d.]){COUNT} ?{UNIT} (?:from (?:now|today)|later|hence)\b", _ahead),
    rule(rf"(?<![\d.]){COUNT} ?{UNIT} (?:from|after) (?:{TYPOS_OF_TOMORROW}|(?P<wd>{WEEKDAY}))\b", _ahead_of),
    rule(
        rf"\b(?:snooze|postpone|delay|push|put off|later|wait|bump|remind me|ping me|again)(?: (?:it|this|that|me|him|her|them|"
        rf"back|out|off|for|by|another)){{0,3}} {COUNT} ?{UNIT}(?! (?:ago|before|earlier))",
        _ahead,
    ),
    rule(rf"\A[ .]{{0,3}}(?!one day){COUNT} ?(?!mth|mon|q|y){UNIT}[ .!]{{0,3}}\Z", _ahead),
    # Periods and their ends
    rule(
        rf"\b(?P<where>end|mid(?:dle)?|early|late|beginning|start)(?:[ -]of)?[ -](?P<which>the |this |next |the next )?{PERIOD}\b",
        _part_of_period,
    ),
    rule(
        rf"\blast (?:business |working )?day (?:of|in) (?P<which>the |this |next )?(?P<where>){PERIOD}\b",
        _part_of_period,
    ),
    rule(rf"(?<!last )(?P<which>this |next |the )?\b{PERIOD}(?:[ -]|'s )(?P<where>end)\b", _part_of_period),
    rule(r"\beo(?P<p>[wmqy])\b", _short_end),
    rule(rf"(?<!the )\b(?P<before>before )?ne?xt {PERIOD}(?P<after>)\b(?!['-])", _next_period),
    rule(rf"(?P<before>\bbefore )?\bthe {PERIOD} (?P<after>after next)\b", _next_period),
    rule(rf"\b(?:next|this) month,? (?:on )?(?:the )?{DAY}\b{NO_COUNT}", _day_of_next_month),
    rule(rf"{NOT_IN_NUMBER}(?:the )?{DAY} (?:of )?(?:next|this) month\b", _day_of_next_month),
    # Named months and quarters
    rule(rf"\b(?P<m>{MONTH})\b\.?,? (?:the )?{DAY}\b{NO_COUNT}{YEAR}", month_day),
    rule(
        rf"{NOT_IN_NUMBER}{DAY}(?: of)?[ -]?(?P<m>{MONTH})\b(?![-/]\w)\.?{YEAR}(?! (?:buy|be|have|need|want|sign|order|come|also|"
        r"not|take|go|get|become|i\b|we\b|he\b))",
        month_day,
    ),
    rule(
        rf"\b(?P<how>by|in|during|around|before|next|come|sometime in|early in|end of|end|mid|middle of|"
        rf"beginning of|start of|early|late|by the end of|by end of|before the end of)[ -](?P<m>{MONTH})\b{YEAR}(?! \d)",
        _month,
    ),
    rule(
        rf"(?:\b(?:until|till)|\b(?:push|mov|postpon|delay|shift|slip|chang|extend|resched)\w{{0,8}}(?: [\w']{{1,12}}){{0,4}} to) (?P<said>(?P<how>)(?P<m>{MONTH})\b{YEAR})(?! (?:\d|on\b|ahead|forward|into\b))",
        _month,
    ),
    rule(rf"(?P<how>)\b(?P<m>{MONTH})\b\.?,? (?P<y>[12]\d{{3}})\b", _month),
    rule(rf"\b(?P<m>{MONTH})[ -](?P<how>end)\b{YEAR}", _month),
    rule(
        r"\b(?:(?P<how>by|in|before|until|end of|end|for)(?: the end of| end of)? )?q(?P<q>[1-4])\b(?:[ -/]?(?P<y>20\d\d))?(?!-)"
        r"(?! (?:forecast|target|revenue|pipeline|results?|numbers?|report|sales|plan|budget|model|pumps?|series)s?\b)"
        r"(?! ?(?:业绩|预测|目标|报表|总结|销售|计划))(?P<zh>之前|以前|前)?",
        _quarter,
    ),
    rule(
        r"\b(?:in|by|before end of|end of|during) (?:h(?P<n>[12])|the (?P<n2>first|second) half)(?: of)?(?: (?P<y>20\d\d))?\b",
        _half_year,
    ),
    rule(rf"\bwithin (?:the |this ){PERIOD}\b", _short_end),
    rule(r"\b(?:end of|by end of|late) (?P<y>20\d\d)\b", _year_end),
    # Days of a month and dates in figures
    rule(
        rf"\b(?:the|on|by|before|until|till|from)(?: the)? (?P<d>\d{{1,2}})(?:st|nd|rd|th)\b{_AFTER_ORDINAL}",
        _day_of_month,
    ),
    rule(
        r"(?<![\w.,/$-])(?P<d>(?:1[0-9]|2[0-9]|3[01]|[4-9])(?=th)|(?:2?1)(?=st)|31(?=st)|2?2(?=nd)|2?3(?=rd))(?:st|nd|rd|th)"
        r" (?=at \d|\d{1,2}(?::\d\d|[ap]m))",
        _day_of_month,
    ),
    rule(r"(?<![\w.,/$-])(?P<y>[12]\d{3})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d%/-])", _iso),
    rule(r"(?<![\w.,/$€£¥-])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>20\d\d|\d\d(?!\d))?(?![\d.%])", _dotted),
    rule(
        r"(?<![\w.,/$€£¥-])(?<!page )(?<!step )(?<!stage )(?<!score )(?<!part )(?<!rated )(?!24/7|9/11|50/50)(?P<a>\d{1,2})/"
        r"(?P<b>\d{1,2})(?:/(?P<y>20\d\d|\d\d))?(?![\w/%\"-]|[.,]\d| (?:of|price|inch|deposit|down|upfront|prepa)| ?%|[折成])",
        _slashed,
    ),
    rule(r"(?<![\w.,/$€£¥-])(?P<a>\d{1,2})-(?P<b>\d{1,2})-(?P<y>20\d\d)(?![\d-])", _slashed),
    # What recurs has no one date; like the past it keeps the hour beside it from being read.
    rule(
        rf"\b(?:every|each) (?:other )?(?:day|morning|afternoon|evening|week|month|quarter|year|{WEEKDAY})s?\b|\b(?:daily|weekly|monthly)\b",
        past,
    ),
    # The past
    rule(
        r"\b(?:yesterday|yday|ystd|the other day|earlier today|last (?:night|time|week(?! of)|month|quarter|year|weekend|summer|"
        rf"autumn|winter|spring|{MONTH})|(?:last|past|since|previous) {WEEKDAY}|since (?:early |late |mid |the end of |last |the )?"
        rf"(?:{MONTH}|this morning|today)|(?:a )?week ago (?:on )?{WEEKDAY}|day before yesterday)\b(?: {WEEKDAY}\b)?",
        past,
    ),
    rule(
        rf"\b(?:haven'?t|hasn'?t|didn'?t|never|nothing|no (?:answer|reply|news|response|word|contact))\b[^.,;!?]{{0,30}} in {COUNT} ?{UNIT}",
        past,
    ),
    rule(rf"(?<![\d.])(?:{COUNT}|few|several|some|many)(?: more)? ?{UNIT} (?:ago|earlier|back)\b", past),
)
