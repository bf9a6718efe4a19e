"""Reads the cells of a spreadsheet: days, amounts and currencies as programs and people write them, one thing a cell.

Other than in a message a bare number is what its column says, so nothing is guessed from words around it.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from nlu.values.amounts import AT_MOST, MAGNITUDES, PREFIXES, SUFFIXES

CURRENCIES = frozenset(
    re.findall(
        r"[A-Z]{3}",
        """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
        CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
        IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
        MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
        RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
        UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""",
    )
)
"""The codes of ISO 4217 that are money of a country."""
DOLLARS = ("USD", "HKD", "SGD", "AUD", "CAD", "NZD", "TWD", "MXN")
_WORDS = {word: code for table in (SUFFIXES, PREFIXES) for code, words in table.items() for word in words}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_TIME = re.compile(r"[t ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]m)?( ?(z|[+-]\d{2}:?\d{2}))?$")
_YEAR_FIRST = re.compile(
    r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})|(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?"
)
_DAY_NAMED = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[-. /]*({'|'.join(_MONTHS)})[a-z]*[-., /]*(\d{{4}}|\d{{2}})")
_NAMED_DAY = re.compile(rf"({'|'.join(_MONTHS)})[a-z]*[-. ]*(\d{{1,2}})(?:st|nd|rd|th)?[, ]+(\d{{4}}|\d{{2}})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")


def _folded(cell: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", cell)).strip().casefold()


def is_month_first(cells: Iterable[str]) -> bool | None:
    """Whether 03/04/2026 is in March in this column; None where no day is above the 12th, or they disagree."""
    found = set()
    for cell in cells:
        if (match := _YEAR_LAST.fullmatch(_TIME.sub("", _folded(cell)))) and match[2] != ".":
            one, other = int(match[1]), int(match[3])
            if (one > 12) != (other > 12):
                found.add(other > 12)
    return found.pop() if len(found) == 1 else None


def is_ambiguous(cell: str, month_first: bool | None) -> bool:
    """Whether a day can be two: 03/04/2026 where nothing tells whether the month or the day is first."""
    match = _YEAR_LAST.fullmatch(_TIME.sub("", _folded(cell)))
    if match is None or match[2] == "." or month_first is not None:
        return False
    return int(match[1]) <= 12 and int(match[3]) <= 12 and match[1].lstrip("0") != match[3].lstrip("0")


def read_day(cell: str, month_first: bool | None) -> date | None:
    """The day in a cell, an hour behind it is passed over; None for what is none, or can be two."""
    text = _TIME.sub("", _folded(cell))
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups() if part and part.isdigit())
    elif match := _DAY_NAMED.fullmatch(text):
        year, month, day = _year(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])
    elif match := _NAMED_DAY.fullmatch(text):
        year, month, day = _year(match[3]), _MONTHS.index(match[1]) + 1, int(match[2])
    elif (match := _YEAR_LAST.fullmatch(text)) and not is_ambiguous(cell, month_first):
        year, day, month = _year(match[4]), int(match[1]), int(match[3])
        # A day above the 12th tells by itself; with dots the day is always first.
        if match[2] != "." and (month > 12 or (month_first and day <= 12)):
            day, month = month, day
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


_QUARTER = re.compile(
    r"(?P<year>\d{4}) ?[-/年]? ?(?:q(?P<q>[1-4])|第?(?P<zh>[1-4一二三四]) ?季度?)|q(?P<first>[1-4])[-/ ]*(?P<then>\d{4})"
)


def read_quarter(cell: str) -> str | None:
    """The quarter in a cell, as `2025-Q4`: 2025-Q4, Q4 2025, 2025年第四季度, 2025年4季度; None for what is none."""
    match = _QUARTER.fullmatch(_folded(cell))
    if match is None:
        return None
    number = match["q"] or match["zh"] or match["first"]
    return f"{match['year'] or match['then']}-Q{'一二三四'.find(number) + 1 or number}"


# --- money

_AMOUNT = re.compile(
    r"(?P<before>[^\d+\-−.,()]*?) ?(?P<minus>[-−+]?) ?(?P<number>\d[\d.,'’ ]*?) ?(?P<after>[^\d.,'’]*)"
)


def read_currency(word: str, default: str) -> str | None:
    """The ISO 4217 code of a code, a sign or a word; a bare $ or ¥ is the `default`, where that is one of these."""
    folded = _folded(word)
    if folded == "$":
        return default if default in DOLLARS else "USD"
    if folded == "¥":
        return default if default in ("CNY", "JPY") else "CNY"
    return folded.upper() if folded.upper() in CURRENCIES else _WORDS.get(folded)


def read_amount(cell: str, default: str) -> tuple[int, str | None] | None:
    """The minor units in a cell, and the currency where it is named; None for what is no amount.

    Reads 48,000, 48.000,50, 48 000.5, ¥4.8万, 48k USD; below zero as -500, 500- or (500). Of three digits behind a single
    comma or dot it is thousands that they stand for.
    """
    text = _folded(cell)
    below = text[:1] == "(" and text[-1:] == ")"
    text = text[1:-1].strip() if below else text
    if text[:1] in ("-", "−"):
        below, text = True, text[1:].strip()
    elif text[-1:] in ("-", "−"):
        below, text = True, text[:-1].strip()
    match = _AMOUNT.fullmatch(text)
    if match is None or (below and match["minus"]):
        return None
    size, after = _size(match["after"].strip(), default)
    words = [word for word in (match["before"].strip(), after) if word]
    codes = {read_currency(word, default) for word in words}
    value = _number(match["number"].strip(), scaled=size > 1)
    if value is None or None in codes or len(codes) > 1:
        return None
    minor = int((value * size * 100).to_integral_value(rounding=ROUND_HALF_UP))
    if minor > AT_MOST * 100:
        return None
    return -minor if below or match["minus"] in ("-", "−") else minor, next(iter(codes), None)


def _size(after: str, default: str) -> tuple[int, str]:
    """The magnitude that a word behind a number begins with, and the rest: 万元 is 10,000 and 元."""
    if read_currency(after, default) is None:
        for word in sorted(MAGNITUDES, key=len, reverse=True):
            rest = after[len(word) :].strip()
            if after.startswith(word) and (not rest or read_currency(rest, default)):
                return MAGNITUDES[word], rest
    return 1, after


def _number(digits: str, scaled: bool) -> Decimal | None:
    """A number with any of the usual marks between its thousands and before its decimals; a `scaled` one is 1.234 万."""
    plain = re.sub(r"(?<=\d)['’ ](?=\d{3}(?!\d))", "", digits)
    if scaled and re.fullmatch(r"\d+\.\d+", plain):
        return Decimal(plain)
    for point, mark in ((".", ","), (",", ".")):
        grouped = (
            rf"\d{{1,3}}({re.escape(mark)}\d{{3}})+|\d{{1,2}}(,\d{{2}})+,\d{{3}}"
            if mark == ","
            else r"\d{1,3}(\.\d{3})+"
        )
        if re.fullmatch(rf"({grouped})({re.escape(point)}\d+)?", plain) and not plain.startswith("0"):
            return Decimal(plain.replace(mark, "").replace(point, "."))
    if re.fullmatch(r"\d+(\.\d+|,\d{1,2})?", plain):
        return Decimal(plain.replace(",", "."))
    return None
