"""Reads money from a message, and writes it so that it is read back as the same value.

A bare number is money only after a word that says so; counts of things are in `quantities`."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from nlu.values.folding import fold, plain
from nlu.values.nouns import counts_things
from nlu.values.numerals import ENGLISH, ENGLISH_WORD, read_chinese, tidy

# Signs and words before or after the number, by ISO 4217 code.
PREFIXES = {
    "USD": ("us$", "usd", "$"),
    "HKD": ("hk$", "hkd"),
    "SGD": ("s$", "sgd", "sg$"),
    "AUD": ("a$", "au$", "aud"),
    "CAD": ("c$", "ca$", "cad"),
    "NZD": ("nz$", "nzd"),
    "TWD": ("nt$", "twd", "ntd"),
    "BRL": ("r$", "brl"),
    "EUR": ("€", "eur"),
    "GBP": ("£", "gbp"),
    "CNY": ("¥", "rmb", "cny", "cn¥", "人民币"),
    "JPY": ("jp¥", "jpy"),
    "INR": ("₹", "rs.", "rs", "inr"),
    "CHF": ("chf", "sfr"),
    "AED": ("aed", "dhs", "dh"),
    "KRW": ("₩", "krw"),
    "THB": ("฿", "thb"),
    "MYR": ("myr", "rm"),
    "ZAR": ("zar",),
    "RUB": ("₽", "rub"),
    "TRY": ("₺",),
    "VND": ("₫", "vnd"),
    "IDR": ("idr", "rp"),
    "PHP": ("₱", "php"),
    "MXN": ("mxn", "mx$"),
    "SAR": ("sar",),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "PLN": ("pln",),
    "CZK": ("czk",),
    "QAR": ("qar",),
    "KWD": ("kwd",),
    "ILS": ("₪", "ils"),
    "EGP": ("egp",),
}
SUFFIXES = {
    "USD": (
        "us dollars",
        "us dollar",
        "u.s. dollars",
        "dollars",
        "dollar",
        "bucks",
        "usd",
        "us$",
        "$",
        "美元",
        "美金",
        "美刀",
        "刀",
    ),
    "EUR": ("euros", "euro", "eur", "€", "欧元", "欧"),
    "GBP": ("pounds sterling", "pounds", "pound", "quid", "gbp", "£", "英镑", "镑"),
    "CNY": ("rmb", "cny", "yuan", "renminbi", "kuai", "¥", "块钱", "块", "元人民币", "人民币", "元"),
    "JPY": ("japanese yen", "yen", "jpy", "日元", "日币", "円"),
    "HKD": ("hk dollars", "hong kong dollars", "hkd", "hk$", "港币", "港元", "港纸"),
    "SGD": ("singapore dollars", "sgd", "s$", "新币", "新加坡元", "新元", "坡币"),
    "AUD": ("australian dollars", "aud", "澳元", "澳币"),
    "CAD": ("canadian dollars", "cad", "加元", "加币"),
    "TWD": ("twd", "ntd", "新台币", "台币"),
    "CHF": ("swiss francs", "francs", "chf", "瑞士法郎", "瑞郎"),
    "AED": ("dirhams", "dirham", "aed", "迪拉姆"),
    "THB": ("thai baht", "baht", "thb", "泰铢", "铢"),
    "KRW": ("korean won", "krw", "₩", "韩元", "韩币"),
    "ZAR": ("rands", "rand", "zar", "兰特"),
    "INR": ("indian rupees", "rupees", "rupee", "inr", "rs", "₹", "卢比"),
    "RUB": ("roubles", "rubles", "rub", "₽", "卢布"),
    "MYR": ("ringgits", "ringgit", "myr", "令吉", "马币"),
    "BRL": ("reais", "brl"),
    "VND": ("vietnamese dong", "vnd", "越南盾"),
    "PHP": ("philippine pesos", "php"),
    "MXN": ("mexican pesos", "mxn"),
    "SAR": ("riyals", "saudi riyals", "sar", "里亚尔"),
    "NZD": ("nzd", "纽币"),
    "IDR": ("rupiah", "idr", "印尼盾"),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "PLN": ("zloty", "pln"),
    "CZK": ("czk",),
    "TRY": ("turkish lira", "lira", "try"),
    "QAR": ("qar",),
    "KWD": ("kwd",),
    "ILS": ("shekels", "ils"),
    "EGP": ("egp",),
}
MAGNITUDES = {
    "k": 10**3,
    "thousand": 10**3,
    "grand": 10**3,
    "m": 10**6,
    "mio": 10**6,
    "mln": 10**6,
    "mn": 10**6,
    "mil": 10**6,
    "mill": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "lakh": 10**5,
    "lakhs": 10**5,
    "lac": 10**5,
    "lacs": 10**5,
    "crore": 10**7,
    "crores": 10**7,
    "cr": 10**7,
    "w": 10**4,
    "万": 10**4,
    "亿": 10**8,
    "千": 10**3,
    "百万": 10**6,
    "千万": 10**7,
    "十万": 10**5,
}
WRITTEN_CURRENCIES = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HKD": "港币",
    "SGD": "新加坡元",
    "AUD": "澳元",
    "CAD": "加元",
    "CHF": "瑞士法郎",
    "AED": "迪拉姆",
    "THB": "泰铢",
    "KRW": "韩元",
    "INR": "卢比",
    "ZAR": "兰特",
}

AT_MOST = Decimal(10) ** 13
"""No deal is larger, and sums of such amounts still fit a column of 64 bits in cents."""


@dataclass(frozen=True)
class Amount:
    """Money: `currency` is an ISO code, or None where the message names none."""

    value: Decimal
    currency: str | None
    span: tuple[int, int]


def _by_word(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: code for code, words in table.items() for word in words}


def _either(words: "dict[str, str] | dict[str, int]") -> str:
    """An alternation of the words, longest first; a word of letters ends where its letters end."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(
        re.escape(word) + (r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "") for word in ordered
    )


_BEFORE, _AFTER = _by_word(PREFIXES), _by_word(SUFFIXES)
_SUFFIX = _either(_AFTER).replace(r"\$", r"\$(?! ?\d)").replace("¥", r"¥(?! ?\d)").replace("€", r"€(?! ?\d)")
_UNIT = "十百千万亿"
_FIGURE = "零一二两三四五六七八九"
_NUMBER = (
    r"(?:(?P<indian>\d{1,2}(?:,\d{2}){1,3},\d{3}(?![\d,]\d))"
    r"|(?P<grouped>\d{1,3}(?P<sep>[,.' ])\d{3}(?:(?P=sep)\d{3}){0,4}(?:[.,]\d{1,2})?(?!\d))"
    rf"|(?P<chinese>(?:\d{{1,9}}(?:\.\d{{1,6}})?[百千万亿]|[{_FIGURE}][{_UNIT}]|十)[\d{_FIGURE}{_UNIT}]{{0,14}})"
    r"|(?P<plain>\d{1,15}(?:[.,]\d{1,6})?(?!\d))"
    rf"|(?P<words>\b(?:half an?|(?:an? )?half|(?:a )?quarter(?: of)?(?: an?)?|(?:an?|{ENGLISH_WORD})"
    rf"(?:[ -](?:and )?(?:{ENGLISH_WORD}|hundred|a half)\b){{0,5}})(?= (?:hundred|thousand|grand|million|mil|billion|lakh|crore))))"
)
# The lookbehinds keep out models (X200, HX-9), versions (2.0.1), tails of figures and vague tens (几十万).
_AMOUNT = re.compile(
    rf"(?:(?<![a-z])(?P<before>{'|'.join(sorted(map(re.escape, _BEFORE), key=len, reverse=True))}) ?"
    rf"|(?<![a-z\d.{_FIGURE}{_UNIT}几数第好])(?<![a-z\d][-/])(?<!\d,)(?:(?P<low>\d{{1,6}}(?:\.\d{{1,2}})?) ?(?:-|~|到|至|to) ?)?"
    rf"|(?<=\d-))"
    rf"{_NUMBER}(?P<gap> ?)(?:个(?=[w万亿])|[多余](?=[万亿]))?(?P<size>{_either(MAGNITUDES)}|hundred(?![a-z]))?(?:多|余)?(?: ?(?P<after>{_SUFFIX}|won(?![a-z])))?",
    re.ASCII,
)
_SAYS_MONEY = re.compile(
    r"(?:\b(?:budget|quot(?:e|ed|es|ation|ing)|pric(?:e|ed|es|ing)|deal|worth|valued?|amount|total|offer(?:ed|s)?|costs?|costing|"
    r"payment|deposit|revenue|paid|pays?|size|invoice|estimate|spend)(?: (?:size|value|amount))?(?:[ :=~]{1,2}(?:is|was|of|at|for|about|"
    r"around|approx|approximately|to|now|from|up|only|roughly|them|it|him|her|us|said|went|down|raised|increased)\b){0,4}[ :=~]{0,2}"
    r"|(?:预算|报价|报了?|价格|单价|总价|金额|合同额|总额|货款|货值|费用|成本|成交价?|订金|定金|尾款|首付|出价|出到|给到|开价|卖|只要|售价|"
    r"回款|一共|总共|花了?|谈到|砍到|降到|涨到|加到)(?:是|为|大概|大约|约|在|了|到|有|只有|才|就|降|涨|改|从|[:= ]){0,5})\Z",
    re.ASCII,
)
_MAY_SAY_MONEY = re.compile(r"\b(?:for|at|to|=) ?\Z", re.ASCII)
_BUDGET = re.compile(r" budget\b|预算", re.ASCII)
_BARE_ENDS = re.compile(r" ?(?:[.,;!?)\n]|\Z|[预美]|(?:deal|total|per|and|but|so|with|by|on|in|next)\b)", re.ASCII)
# After a bare number: another figure, a unit, a date or a share.
_NOT_BARE = re.compile(
    r"[:/%+°]|[-.,]\d| ?(?:%|percent|[折成月日号点年倍分岁层楼页位个家人])|[a-z]| of\b| ?-?(?:x\b|am\b|pm\b|\d)",
    re.ASCII,
)
_SHARE = re.compile(r" ?(?:%|percent|[折°])|\.\d", re.ASCII)
_LENGTH = re.compile(r" ?(?:long|wide|tall|high|deep|away|apart|cable|pipe|hose|x\b|/s|²|\^)", re.ASCII)
_PICTURE = re.compile(r" ?(?:屏|高清|显示|分辨率|电视|摄像|画质)", re.ASCII)
_COUNTED_PIECE = re.compile(r"[板屏砖玻太显光]")
_NO_CURRENCY = re.compile(r"[器件旦素宵月年]|洲|盟|姆|式|标|阳")
_TAIL = re.compile(rf"(?<=[百千万亿])零?[\d{_FIGURE}]{{1,4}}\Z", re.ASCII)
_LEADS = re.compile(
    r"(?:[到至为成]|=|->|→|\b(?:to|now|now at|is now|into)) ?(?:about |around |大概|大约|约)?\Z", re.ASCII
)
_EACH = re.compile(r" ?(?:each|apiece|a piece|per |/ ?(?:unit|pc|pcs|set|台|套|件|个)|[一每][台套件个只张])", re.ASCII)
_EACH_BEFORE = re.compile(r"(?:单价|每[台套件个只张吨]|一[台套件]|unit price|each)[ :是约要]{0,3}\Z", re.ASCII)
_DENIED = re.compile(r"(?:\b(?:not|instead of|rather than)|不是|没到|不到) ?\Z", re.ASCII)


def read_amounts(text: str) -> list[Amount]:
    """Returns every amount of money in the message, in its order."""
    folded, raw = fold(text), plain(text)
    found: list[Amount] = []
    for match in _AMOUNT.finditer(folded):
        found += _read(match, folded, raw)
    return found


def read_amount(text: str) -> Amount | None:
    """Returns the amount that counts: the last one that something changes to, else the first total."""
    folded, amounts = fold(text), read_amounts(text)
    led = [amount for amount in amounts if _LEADS.search(folded, max(0, amount.span[0] - 12), amount.span[0])]
    if led:
        return led[-1]
    said = [amount for amount in amounts if not _DENIED.search(folded, max(0, amount.span[0] - 14), amount.span[0])]
    totals = [amount for amount in said if not _is_unit_price(amount, folded)]
    return next(iter(totals or said or amounts), None)


def _is_unit_price(amount: Amount, folded: str) -> bool:
    """Whether the amount is said to be for one piece."""
    start, end = amount.span
    return bool(_EACH.match(folded, end) or _EACH_BEFORE.search(folded, max(0, start - 14), start))


def _read(match: re.Match[str], folded: str, raw: str) -> list[Amount]:
    """Returns what one match says: nothing, an amount, or the two ends of a range."""
    number, end = _number(match, folded)
    if number is None:
        return []
    after = match["after"] if end == match.end() else None
    won = after == "won" and match["size"] not in ("million", "billion")
    if won or (after == "try" and raw[slice(*match.span("after"))] != "TRY"):
        # "Acme, 50k won" tells of a deal that is won, "500 try it" of people.
        after, end = None, match.start("after")
    end = end if after else _without_space(folded, end)
    size = match["size"] if end >= match.end("size") else None
    amount = Amount(tidy(number * _factor(size)), _currency(match["before"], after), (_start(match), end))
    if amount.value > AT_MOST or not _is_money(amount, match, size, after, folded, raw):
        return []
    low = match["low"]
    if low and Decimal(low) < number and (size or after):
        least = replace(amount, value=tidy(Decimal(low) * _factor(size)), span=(match.start("low"), match.end("low")))
        return [least, amount]
    return [amount]


def _start(match: re.Match[str]) -> int:
    """Where the amount begins; the lower end of a range stands before it."""
    if match["before"]:
        return match.start("before")
    return min(match.start(name) for name in ("indian", "grouped", "chinese", "plain", "words") if match[name])


def _without_space(folded: str, end: int) -> int:
    """The end without the space that waited for a currency."""
    return end - 1 if folded[end - 1 : end] == " " else end


def _factor(size: str | None) -> int:
    return 100 if size == "hundred" else MAGNITUDES[size] if size else 1


def _currency(before: str | None, after: str | None) -> str | None:
    """The ISO code of the sign before the number, else of the word after it."""
    if before and before != "$":
        return _BEFORE[before]
    if after:
        return "KRW" if after == "won" else _AFTER[after]
    return "USD" if before else None


def _number(match: re.Match[str], folded: str) -> tuple[Decimal | None, int]:
    """Returns the number without its magnitude, and where the match ends once a foreign tail is cut."""
    if words := match["chinese"]:
        tail = _TAIL.search(words)
        after = folded[match.end("chinese") : match.end("chinese") + 1]
        if tail and after and after in "月号日点周天年个台套件人位家次:%.,+":
            # 5万1月签: the 1 begins a month.
            return read_chinese(words[: tail.start()]), match.start("chinese") + tail.start()
        return read_chinese(words), match.end()
    if match["words"]:
        return _english(match["words"]), match.end()
    try:
        return _figures(match), match.end()
    except InvalidOperation:
        return None, match.end()


def _figures(match: re.Match[str]) -> Decimal:
    """Reads 12,000 and 12.000 as thousands, 12,5 and 12.5 as decimals."""
    if match["indian"]:
        return Decimal(match["indian"].replace(",", ""))
    if not match["grouped"]:
        return Decimal(match["plain"].replace(",", "."))
    digits, separator = match["grouped"], match["sep"]
    if separator == "." and (match["size"] or digits[0] == "0") and digits.count(".") == 1 and "," not in digits:
        return Decimal(digits)
    whole, _, cents = digits.partition("," if separator == "." else ".")
    if separator in " '" and "," in whole:
        whole, _, cents = whole.partition(",")
    return Decimal(whole.replace(separator, "") + (f".{cents}" if cents else ""))


def _english(words: str) -> Decimal:
    """Reads "half a", "two hundred and fifty", "one and a half" before a magnitude."""
    if words.startswith(("half", "a half", "an half")):
        return Decimal("0.5")
    if "quarter" in words:
        return Decimal("0.25")
    total = Decimal(0)
    for word in words.replace("a half", "~").replace("-", " ").split():
        if word == "hundred":
            total *= 100
        elif word == "~":
            total += Decimal("0.5")
        elif word in ("a", "an"):
            total += 1
        else:
            total += ENGLISH.get(word, 0)
    return total


def _is_money(amount: Amount, match: re.Match[str], size: str | None, after: str | None, folded: str, raw: str) -> bool:
    """Whether the number is money: by its currency, its magnitude, or a word before it."""
    end = amount.span[1]
    if _SHARE.match(folded, end):
        return False
    if match["before"]:
        # RS485 and its like are interfaces.
        return not (match["before"] == "rs" and amount.value in (232, 422, 485))
    large = (size is not None and size != "hundred") or (bool(match["chinese"]) and amount.value >= 1000)
    if after:
        return _is_currency(after, amount, large, folded)
    if large:
        return _is_large_sum(amount, match, size, folded, raw)
    if match["words"] or match["low"] or _NOT_BARE.match(folded, end) or counts_things(folded, end):
        return False
    return _is_said_to_be_money(amount, match, folded)


def _is_currency(after: str, amount: Amount, large: bool, folded: str) -> bool:
    """Whether a short word after the number is its currency; 块, 刀 and 元 begin other words too."""
    end = amount.span[1]
    if after in ("元", "欧", "镑") and _NO_CURRENCY.match(folded, end):
        return False
    if after in ("块", "刀"):
        lone = end >= len(folded) or not "\u4e00" <= folded[end] <= "\u9fff"
        return not _COUNTED_PIECE.match(folded, end) and (large or amount.value >= 100 or (lone and amount.value >= 10))
    return True


def _is_large_sum(amount: Amount, match: re.Match[str], size: str | None, folded: str, raw: str) -> bool:
    """Whether 50k, 1.2m or 5万 without a currency is money and not a count, a length or a name."""
    start, end = amount.span
    if counts_things(folded, end) or _PICTURE.match(folded, end):
        return False
    if size == "m":
        return raw[start:end] != "3M" and not match["gap"] and not _LENGTH.match(folded, end)
    if size == "w":
        return raw[end - 1] == "w"
    return not (match["words"] in ("a", "an") and size in ("thousand", "grand"))


def _is_said_to_be_money(amount: Amount, match: re.Match[str], folded: str) -> bool:
    """Whether a word before a bare number says that it is money."""
    start, end = amount.span
    digits = (match["plain"] or "").isdigit()
    if amount.value < 100 or amount.value >= 10**10 or (digits and _is_year_or_date(match["plain"] or "")):
        return False
    if _SAYS_MONEY.search(folded, max(0, start - 40), start):
        return True
    if _BUDGET.match(folded, end):
        return amount.value >= 1000
    perhaps = _MAY_SAY_MONEY.search(folded, max(0, start - 5), start) and _BARE_ENDS.match(folded, end)
    return amount.value >= 1000 and perhaps is not None


def _is_year_or_date(digits: str) -> bool:
    """2026 and 20260315 are no sums."""
    return len(digits) in (4, 8) and digits[:2] == "20" and "10" < digits[2:4] < "60"


def write_amount(value: Decimal, currency: str | None, language: str) -> str:
    """Writes "50,000 USD", or 5万美元 and 50,001美元; without a currency the number alone."""
    number = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    if currency is None:
        return number
    if language == "zh" and currency in WRITTEN_CURRENCIES:
        return f"{_in_myriads(value) or number}{WRITTEN_CURRENCIES[currency]}"
    return f"{number} {currency}"


def _in_myriads(value: Decimal) -> str | None:
    """48万, 1.25亿, as Chinese says a large sum; None where it is small, or would need more than two decimals."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if abs(value) >= size and value * 100 % size == 0:
            return f"{tidy(value / size):f}{unit}"
    return None
