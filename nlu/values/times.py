"""Reads when something shall happen from a message, and writes a date so that it is read back the same.

It never guesses: two readings are both returned, the past is marked, and no phrase means no value."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from nlu.values.chinese_dates import CHINESE_RULES
from nlu.values.clocks import CLOCK_RULES
from nlu.values.english_dates import ENGLISH_RULES
from nlu.values.folding import fold
from nlu.values.numerals import read_small
from nlu.values.pieces import Part, Piece, at_clock, find_pieces

RULES = ENGLISH_RULES + CHINESE_RULES + CLOCK_RULES

WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh": ("一", "二", "三", "四", "五", "六", "日")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR = 31
"""Days before and after today in which people say the weekday, and leave the year out."""


@dataclass(frozen=True)
class DayParts:
    """The clock times that words without an hour stand for."""

    morning: time = time(9)
    noon: time = time(12)
    afternoon: time = time(14)
    evening: time = time(19)
    day: time = time(9)
    day_end: time = time(18)

    def of(self, part: Part | None) -> time:
        """The time of a day part, or of a day of which no part was said."""
        return {
            None: self.day,
            "morning": self.morning,
            "noon": self.noon,
            "afternoon": self.afternoon,
            "evening": self.evening,
            "day_end": self.day_end,
        }[part]


@dataclass(frozen=True)
class When:
    """A day, with a time only where the message gives an hour, and where in the text it stands.

    `past` marks a time that is over; `alternatives` are other days that the same words can mean."""

    date: dt.date
    time: dt.time | None = None
    span: tuple[int, int] = (0, 0)
    part: Part | None = None
    past: bool = False
    alternatives: tuple[dt.date, ...] = ()

    @property
    def iso(self) -> str:
        """The date, with the time where there is one: 2026-03-05 or 2026-03-05T10:00."""
        return f"{self.date.isoformat()}T{self.time:%H:%M}" if self.time else self.date.isoformat()

    def moment(self, day_parts: DayParts = DayParts()) -> datetime:
        """The local time meant, filled in from the day parts where no hour was said."""
        return datetime.combine(self.date, self.time or day_parts.of(self.part))


@dataclass(frozen=True)
class _Phrase:
    """Pieces that belong together."""

    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end

    @property
    def gone(self) -> bool:
        return any(piece.gone for piece in self.pieces)

    @property
    def dated(self) -> Piece | None:
        """The piece that gives the day: a full date before a weekday."""
        dated = [piece for piece in self.pieces if piece.days]
        return min(dated, key=lambda piece: piece.weekday) if dated else None

    @property
    def clocked(self) -> Piece | None:
        return next((piece for piece in self.pieces if piece.clock), None)

    @property
    def part(self) -> Part | None:
        return next((piece.part for piece in self.pieces if piece.part), None)

    @property
    def weak(self) -> bool:
        """Whether nothing in it points to the future."""
        return all(piece.weak or not piece.days for piece in self.pieces)


# What may stand between two pieces of one phrase.
_LINK = re.compile(
    r"[ ,(]{0,3}(?:\b(?:at|on|in|the|by|from|of|around|about|before|for|t|@|and)\b|@|的|在|大概|大约|约|t)?"
    r"[ ,(@]{0,3}(?:the |around |about )?",
    re.ASCII,
)
_CLAUSE = re.compile(r"[.!?;,\n。！？；、]|\b(?:and|then|but)\b|然后|再|并|但", re.ASCII)
# A change word right before a phrase makes it the one that counts.
_CHANGED = re.compile(
    r"(?:\b(?:to|till|until)|->|=>|→|[改推延挪换移拖调提][后前迟期早]?[到至成为在]|[到至]|改|而?是)"
    r" ?(?:\b(?:the|on|at|around|about)\b ?)?\Z",
    re.ASCII,
)
_RANGE = re.compile(r" ?(?:to|till|until|-|~|到|至) ?", re.ASCII)
_MOVES = re.compile(
    r"\b(?:mov|push|postpon|shift|reschedul|delay|chang|put|bring|brought|snooz|bump|slip|switch|pull)"
    r"|[改推延挪换移拖调提]",
    re.ASCII,
)
_INSTEAD = re.compile(r" {0,2}(?:\w{1,12} ){0,2}instead\b(?! of)", re.ASCII)
_DENIED = re.compile(
    r"(?:\b(?:not|n't|instead of|rather than|isn't|except)(?: (?:on|by|at|until|till))?|不是|不要|别|而不是)"
    r" ?(?:the )?\Z",
    re.ASCII,
)
_CUE = re.compile(
    r"\b(?:remind|follow[- ]?up|call back|next (?:meeting|call|step|visit)|close[sd]? (?:in|by|on)|ping me|"
    r"expected|meeting is|see (?:him|her|them))|提醒|跟进|回访|预计|约在|约了|下次",
    re.ASCII,
)
_TOLD = re.compile(
    r"\b(?:met|visited|saw|spoke|talked|chatted|called|phoned|emailed|sent|quoted|signed|won|lost|(?<!have i )(?<!i have )(?<!'ve )got|came|went|"
    r"received|bought|paid|gave|showed|introduced|was|were|did|installed|replaced|hired|switched|qualified|started|launched|"
    r"had (?:an? |the |another )?(?:\w{1,10} )?(?:meeting|call|demo|visit|lunch|dinner|coffee|chat|talk)?)\b",
    re.ASCII,
)
_COMES = re.compile(
    r"\b(?:remind|follow|meeting|appointment|demo|visit|call|deadline|due|will|next|to|wants?|deliver\w*|"
    r"delivery|decision|asks?|asked|until|till|by|before|says?|said)\b",
    re.ASCII,
)
_TOLD_AFTER = re.compile(
    r"[^,.;!?，。；！？]{0,12}?(?:[见聊谈签发打去来碰开报寄送通丢赢拿]|拜访|联系|沟通)(?:完|到|好)?(?:[了过]|的(?!话))|[^,.;!?，。；！？]{1,9}了(?=[一个下趟顿次面两三几他她它客])"
    r"|[^,.;!?，。；！？]{0,6}?刚|  ?(?:i |we |he |she |they )?(?:just )?"
    r"(?:met|visited|saw|spoke|talked|called|sent|signed|got|had|was|were)\b",
    re.ASCII,
)

_OR = re.compile(r" ?(?:or|or on|或者?|还是|/) ?", re.ASCII)
_REMINDS = re.compile(r"\b(?:remind|ping|alert|nudge|reminder)\b|提醒|叫我|通知", re.ASCII)
_LEAD = re.compile(
    r"\b(?P<n>half an|an?|the|one|two|three|\d{1,3}) ?(?P<u>minutes?|mins?|hours?|hrs?|h|days?|weeks?) (?:before|ahead|prior|earlier|in advance)\b"
    r"|提前 ?(?P<n2>半|\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])个?(?P<u2>分钟|小时|天|周|星期)",
    re.ASCII,
)


def read_when(text: str, now: datetime, day_parts: DayParts = DayParts()) -> When | None:
    """Returns the time that a reminder, a meeting or a close is meant to have, or None if none is said."""
    here = now.replace(tzinfo=None, second=0, microsecond=0)
    folded = fold(text)
    phrases = _join(find_pieces(folded, here, RULES), folded)
    open_phrases = [phrase for phrase in phrases if _counts(phrase, folded)]
    chosen = _choose(open_phrases, folded)
    if chosen is None:
        return None
    try:
        when = _resolve(_with_day(chosen, open_phrases), here, day_parts)
        return _led(_with_choice(when, open_phrases, folded), folded, here, day_parts)
    except (ValueError, OverflowError):
        return None


def _with_choice(when: When, phrases: list[_Phrase], folded: str) -> When:
    """Adds the other day of "Wednesday or Thursday" to the alternatives."""
    for other in phrases:
        if other.start > when.span[1] and _OR.fullmatch(folded, when.span[1], other.start) and other.dated:
            days = tuple(day for day in other.dated.days if day != when.date and day not in when.alternatives)
            return replace(when, alternatives=when.alternatives + days)
    return when


def _led(when: When, folded: str, now: datetime, day_parts: DayParts) -> When:
    """Counts back from the time where the message wants to be reminded so long before it."""
    lead = _LEAD.search(folded) if _REMINDS.search(folded) else None
    if lead is None:
        return when
    words = lead["n"] or lead["n2"]
    number = 0.5 if words.startswith(("half", "半")) else 1 if words == "the" else read_small(words)
    unit = (lead["u"] or lead["u2"])[0]
    if not number or (unit in "mh分小" and when.time is None):
        return when
    minutes = number * {"m": 1, "分": 1, "h": 60, "小": 60, "w": 10_080, "周": 10_080, "星": 10_080}.get(unit, 1440)
    earlier = datetime.combine(when.date, when.time or time()) - timedelta(minutes=minutes)
    led = replace(when, date=earlier.date(), time=when.time and earlier.time(), alternatives=())
    return replace(led, past=led.moment(day_parts) < now if led.time else led.date < now.date())


def _join(pieces: list[Piece], folded: str) -> list[_Phrase]:
    """Groups pieces: first neighbours, then a day and an hour that share a clause."""
    return _merge(_merge([_Phrase((piece,)) for piece in pieces], folded, near=True), folded, near=False)


def _merge(phrases: list[_Phrase], folded: str, near: bool) -> list[_Phrase]:
    """One pass of grouping from left to right."""
    merged: list[_Phrase] = []
    for phrase in phrases:
        if merged and _fit(merged[-1], phrase) and _linked(folded[merged[-1].end : phrase.start], near):
            merged[-1] = _Phrase(merged[-1].pieces + phrase.pieces)
        else:
            merged.append(phrase)
    return merged


def _linked(gap: str, near: bool) -> bool:
    """Whether the words between two phrases let them be one."""
    if near:
        return len(gap) < 30 and _LINK.fullmatch(gap) is not None
    return len(gap) < 60 and not _CLAUSE.search(gap)


def _fit(left: _Phrase, right: _Phrase) -> bool:
    """Whether two phrases complete each other: no two hours, and two days only as weekday and date."""
    if left.clocked and right.clocked:
        return False
    if left.part and right.part and left.part != right.part:
        return False
    if left.dated and right.dated:
        if left.dated.weekday == right.dated.weekday:
            return False
        # "Sun 31 Dec 2023": a weekday of its own would be the coming one.
        its_own = right.start - left.end <= 1 and left.dated.days[0].weekday() == right.dated.days[0].weekday()
        return its_own or not (left.gone or right.gone)
    return True


def _counts(phrase: _Phrase, folded: str) -> bool:
    """Whether a phrase points ahead: not to the past, not denied, not part of a report."""
    if phrase.gone or _DENIED.search(folded, max(0, phrase.start - 24), phrase.start):
        return False
    return not (phrase.weak and _reported(phrase, folded))


def _reported(phrase: _Phrase, folded: str) -> bool:
    """Whether the clause tells what has happened: "met Wang on Friday", 周五见了王总."""
    before = re.split(r"[.!?;,\n。！？；]", folded[max(0, phrase.start - 60) : phrase.start])[-1]
    told = list(_TOLD.finditer(before))
    if told and not _COMES.search(before, told[-1].end()):
        return True
    return _TOLD_AFTER.match(folded, phrase.end, phrase.end + 20) is not None


def _choose(phrases: list[_Phrase], folded: str) -> _Phrase | None:
    """Picks the phrase that counts: the last changed one, else one with a cue, else the first firm one."""
    changed = [phrase for index, phrase in enumerate(phrases) if _is_change(phrases, index, folded)]
    if changed:
        return _sharpened(changed[-1], phrases)
    firm = [phrase for phrase in phrases if not _faint(phrase)] or phrases
    cued = [phrase for phrase in firm if _cued(phrase, folded)]
    chosen = next(iter(cued or firm), None)
    return _sharpened(chosen, firm) if chosen else None


def _sharpened(phrase: _Phrase, firm: list[_Phrase]) -> _Phrase:
    """For "next month" alone, the exact day in it that follows ("..., around the 10th of April")."""
    dated = phrase.dated
    if phrase.clocked or dated is None or not dated.vague:
        return phrase
    start, end = dated.days[0], date.fromordinal(dated.days[0].toordinal() + dated.vague)
    for other in firm:
        exact = other.dated
        if exact is None or exact.vague or other.start < phrase.end:
            continue
        if start <= exact.days[0] < end:
            return other
        if dated.vague == 7 and exact.weekday and other.start - phrase.end <= 12:
            # "next week, maybe Wednesday": the weekday is that week's.
            day = date.fromordinal(start.toordinal() + exact.days[0].weekday())
            return _Phrase(tuple(replace(piece, days=(day,)) if piece is exact else piece for piece in other.pieces))
    return phrase


def _is_change(phrases: list[_Phrase], index: int, folded: str) -> bool:
    """Whether a change word leads to the phrase; the end of a range (2 to 3pm) is none."""
    phrase = phrases[index]
    if _INSTEAD.match(folded, phrase.end):
        return True
    if not _CHANGED.search(folded, max(0, phrase.start - 16), phrase.start):
        return False
    last = phrases[index - 1] if index else None
    is_range = last is not None and _RANGE.fullmatch(folded, last.end, phrase.start)
    return not is_range or _MOVES.search(folded, max(0, phrase.start - 80), phrase.start) is not None


def _faint(phrase: _Phrase) -> bool:
    """Whether only "today" or a day part is said, which often is no appointment."""
    return phrase.clocked is None and all(piece.faint for piece in phrase.pieces)


def _cued(phrase: _Phrase, folded: str) -> bool:
    """Whether the clause asks for a reminder or names a next step."""
    before = re.split(r"[.!?;\n。！？；]", folded[max(0, phrase.start - 60) : phrase.start])[-1]
    return _CUE.search(before.split(",")[-1]) is not None


def _with_day(phrase: _Phrase, phrases: list[_Phrase]) -> _Phrase:
    """Lends an hour that stands alone the day that was said before it."""
    if phrase.dated:
        return phrase
    for other in reversed(phrases[: phrases.index(phrase)]):
        if other.dated:
            return _Phrase((replace(other.dated, part=None if phrase.part else other.part, clock=None), *phrase.pieces))
    return phrase


def _resolve(phrase: _Phrase, now: datetime, day_parts: DayParts) -> When:
    """Turns a phrase into a day and an hour."""
    clocked, dated, part = phrase.clocked, phrase.dated, phrase.part
    days = _days(phrase, now.date()) or (now.date(),)
    whole = When(days[0], None, (phrase.start, phrase.end), part, alternatives=days[1:])
    if clocked and clocked.clock:
        at = at_clock(days[0], clocked.clock, part)
        if not dated and at <= now:
            at = at_clock(date.fromordinal(now.toordinal() + 1), clocked.clock, part)
        whole = replace(whole, date=at.date(), time=at.time())
    elif part == "noon":
        whole = replace(whole, time=day_parts.noon)
    over = whole.moment(day_parts) < now if whole.time or part else whole.date < now.date()
    if over and not dated and part in ("morning", "noon"):
        whole, over = replace(whole, date=date.fromordinal(now.toordinal() + 1)), False
    return replace(whole, past=over)


def _days(phrase: _Phrase, today: date) -> tuple[date, ...]:
    """The days that a phrase can mean; a weekday beside a date settles which, or disagrees with it."""
    dated = phrase.dated
    if dated is None:
        return ()
    named = next((piece.days[0] for piece in phrase.pieces if piece.weekday), None)
    if named is None or dated.weekday:
        return dated.days
    fitting = tuple(day for day in dated.days if day.weekday() == named.weekday())
    return fitting or _just_past(dated, named, today) or (*dated.days, named)


def _just_past(dated: Piece, named: date, today: date) -> tuple[date, ...]:
    """The day of this year, where no year is said and the weekday is that of the day that is over: "Sun 1 Mar"."""
    if not dated.weak:
        return ()
    days = [today - timedelta(days=back) for back in range(1, NEAR + 1)]
    meant = {(day.month, day.day) for day in dated.days}
    return tuple(day for day in days if (day.month, day.day) in meant and day.weekday() == named.weekday())


def write_date(day: date, language: str) -> str:
    """Writes a day with its year, as books and spans do: "10 Mar 2026", or 2026年3月10日."""
    if language == "zh":
        return f"{day.year:04d}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year:04d}"


def write_when(day: date, at: time | None, language: str, today: date) -> str:
    """Writes "Tue 10 Mar, 10:00" or 3月10日周二 10:00; far from today "10 Aug", and "10 Jan 2027" in another year.

    The year stands with what is long over, too: without it, it would be read as the next such day."""
    near = abs((day - today).days) <= NEAR
    weekday = WEEKDAYS["zh" if language == "zh" else "en"][day.weekday()] if near or at else ""
    year = "" if day.year == today.year and (near or day > today) else f"{day.year:04d}"
    clock = f"{at:%H:%M}" if at else ""
    if language == "zh":
        words = [year and f"{year}年", f"{day.month}月{day.day}日", weekday and f"周{weekday}"]
        return f"{''.join(words)} {clock}".rstrip()
    words = [weekday, str(day.day), MONTHS[day.month - 1], year]
    return " ".join(filter(None, words)) + (f", {clock}" if clock else "")
