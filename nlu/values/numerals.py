"""Numbers in words: Chinese numerals (also mixed with digits, 62万8) and the small English ones.

What a number counts (money, days, pumps) is decided by the readers beside this file."""

import re
from decimal import Decimal, InvalidOperation

CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
CHINESE = "零一二两三四五六七八九十百千万亿"

ENGLISH = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
ENGLISH_WORD = "|".join(sorted(ENGLISH, key=len, reverse=True))

_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零一二两俩三四五六七八九十百千万亿]")


def tidy(number: Decimal) -> Decimal:
    """The same number without needless zeros and never in powers of ten (5E+4)."""
    return Decimal(int(number)) if number == number.to_integral_value() else number.normalize()


def read_chinese(words: str) -> Decimal | None:
    """Returns the number that `words` (folded, no spaces) write, or None where they write none."""
    signs = _TOKEN.findall(words)
    if not signs or sum(map(len, signs)) != len(words):
        return None
    if not any(sign in CHINESE_UNITS for sign in signs):
        return _positional(signs)
    total, section, digit, unit = Decimal(0), Decimal(0), None, 1
    for sign in signs:
        if sign in CHINESE_UNITS:
            unit = CHINESE_UNITS[sign]
            if unit < 10_000:
                section, digit = section + (Decimal(1) if digit is None else digit) * unit, None
            else:
                total, section, digit = _close(total, section + (digit or 0), unit), Decimal(0), None
        elif sign == "零":
            unit = 1
        elif digit is not None:
            # 三五百 and 两三千 are vague.
            return None
        else:
            digit = Decimal(CHINESE_DIGITS.get(sign, sign))
    if digit is not None:
        # A last digit without a unit counts tenths of the unit before it: 62万8, 三千五.
        section += digit * unit / 10 if unit > 10 and digit < 10 else digit
    return tidy(total + section)


def _close(total: Decimal, section: Decimal, unit: int) -> Decimal:
    """Ends a group of thousands at 万 or 亿; 亿 multiplies what came before it too (一万亿)."""
    return (total + section) * unit if unit > 10_000 else total + section * unit


def _positional(tokens: list[str]) -> Decimal | None:
    """Reads digits without units, one after the other: 二零二六, 15; 三五 is vague ("three to five")."""
    if 1 < len(tokens) < 4 and "零" not in tokens:
        return None
    try:
        return Decimal("".join(str(CHINESE_DIGITS.get(token, token)) for token in tokens))
    except InvalidOperation:
        return None


def read_small(words: str) -> int | None:
    """Returns a small whole number in digits, Chinese or English words ("twenty-five"), else None."""
    words = words.strip()
    if words in ("a", "an"):
        return 1
    parts = words.replace("-", " ").split()
    if parts and all(part in ENGLISH for part in parts):
        return sum(ENGLISH[part] for part in parts)
    number = read_chinese(words)
    return int(number) if number is not None and number == number.to_integral_value() else None
