"""The pieces of a spoken time (a day, a clock time, a day part) and the calendar arithmetic they need.

The tables of phrases are in `english_dates`, `chinese_dates` and `clocks`; putting pieces together is the work of `times`."""

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

Part = Literal["morning", "noon", "afternoon", "evening", "day_end"]


@dataclass(frozen=True)
class Clock:
    """An hour as it was said; `exact` needs no guess at morning or afternoon."""

    hour: int
    minute: int = 0
    exact: bool = False


@dataclass(frozen=True)
class Piece:
    """One recognised stretch of text. `days` holds the reading first, then the other possible ones.

    `gone` speaks of the past; `weak` may do so too ("met him on Friday"); `faint` is today or a day part,
    which often dates the message and no appointment; `weekday` names a weekday alone; `vague` is the
    first day of a longer period ("next month") and holds about how many days that has."""

    start: int
    end: int
    days: tuple[date, ...] = ()
    clock: Clock | None = None
    part: Part | None = None
    gone: bool = False
    weak: bool = False
    faint: bool = False
    weekday: bool = False
    vague: int = 0


class Found(NamedTuple):
    """What a rule makes of a match, before it is known where in the text it stands."""

    days: tuple[date, ...] = ()
    clock: Clock | None = None
    part: Part | None = None
    gone: bool = False
    weak: bool = False
    faint: bool = False
    weekday: bool = False
    vague: int = 0


Build = Callable[[re.Match[str], datetime], Found | None]


class Rule(NamedTuple):
    """A pattern over the folded text and the function that reads its matches."""

    pattern: re.Pattern[str]
    build: Build


def rule(pattern: str, build: Build) -> Rule:
    """Compiles a rule; ASCII, so that a word boundary stands between English and Chinese."""
    return Rule(re.compile(pattern, re.ASCII), build)


def find_pieces(folded: str, now: datetime, rules: Iterable[Rule]) -> list[Piece]:
    """Returns the pieces in the text's order; where two overlap, the longer one stays."""
    pieces = [piece for each in rules for piece in _matches(each, folded, now)]
    pieces.sort(key=lambda piece: (piece.start, -piece.end))
    kept: list[Piece] = []
    for piece in pieces:
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
        elif piece.end - piece.start > kept[-1].end - kept[-1].start:
            kept[-1] = piece
    return kept


def _matches(each: Rule, folded: str, now: datetime) -> Iterable[Piece]:
    """Yields the pieces of one rule; a match that is no date in any calendar yields nothing."""
    for match in each.pattern.finditer(folded):
        try:
            found = each.build(match, now)
        except (ValueError, OverflowError):
            continue
        if found is not None:
            # A group "said" leaves out the preposition before it, which tells a change from a range.
            start = match.start("said" if "said" in each.pattern.groupindex else 0)
            yield Piece(start, match.end(), **found._asdict())


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    last = month_end(day.year + years, month + 1)
    return last.replace(day=min(day.day, last.day))


def quarter_start(day: date, quarters: int = 0) -> date:
    """The first day of the quarter that `day` lies in, or of one some quarters on."""
    return add_months(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), 3 * quarters)


def year_of(today: date, month: int) -> int:
    """The year of the next such month; the present month is one."""
    return today.year + (month < today.month)


def next_day(today: date, month: int, day: int) -> date:
    """The next such day of the year, today included; ValueError where the calendar has none."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"no day {day} in month {month}")


def next_day_of_month(today: date, day: int) -> date:
    """The next 15th, say, today included; months too short for it are passed over."""
    for months in range(4):
        first = add_months(today.replace(day=1), months)
        if day <= month_end(first.year, first.month).day and first.replace(day=day) >= today:
            return first.replace(day=day)
    raise ValueError(f"no day {day} in a month")


def coming(today: date, weekday: int) -> date:
    """The next such weekday; a week on where it is today's own."""
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def in_week(today: date, weekday: int, weeks: int) -> date:
    """The weekday of this week or of one some weeks on; weeks begin on Monday."""
    return today + timedelta(days=weekday - today.weekday(), weeks=weeks)


def add_working_days(day: date, count: int) -> date:
    """The day some working days on; holidays are not known here."""
    weeks, rest = divmod(count, 5)
    day += timedelta(weeks=weeks)
    while rest or day.weekday() > 4:
        day += timedelta(days=1)
        rest -= bool(rest) and day.weekday() < 5
    return day


def at_clock(day: date, clock: Clock, part: Part | None) -> datetime:
    """Puts an hour on a day: "3" alone is in the afternoon, 12 at night begins the next day."""
    hour, shift = clock.hour, 0
    if not clock.exact and hour < 13:
        hour, shift = _hour_of_day(hour, part)
    if hour == 24:
        hour, shift = 0, 1
    return datetime.combine(day, time(hour, clock.minute)) + timedelta(days=shift)


def _hour_of_day(hour: int, part: Part | None) -> tuple[int, int]:
    """Returns the hour of the day and the days to add, for an hour said on a twelve-hour clock."""
    if part == "morning":
        return hour, 0
    if part == "evening":
        # After midnight people still say "tonight at one".
        return (hour + 12, 0) if 5 <= hour < 12 else (hour % 12, 1)
    if part == "noon":
        return (hour + 12 if hour < 10 else hour), 0
    if part == "afternoon":
        return hour % 12 + 12, 0
    return (hour + 12 if 1 <= hour <= 7 else hour), 0
