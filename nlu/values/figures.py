"""Reads the figures of a balance sheet that a message names, and what it says of how somebody pays.

How an amount is written is the matter of `amounts`; behind a figure's name a bare number is money, too."""

import re
from dataclasses import replace

from nlu.values.amounts import Amount, read_amounts
from nlu.values.folding import fold

NAMES: dict[str, tuple[str, ...]] = {
    "current_assets": ("total current assets", "current assets", "流动资产总额", "流动资产合计", "流动资产"),
    "inventory": ("inventories", "inventory", "stocks", "stock", "存货", "库存"),
    "cash": (
        "cash-like current assets",
        "cash and cash equivalents",
        "cash and equivalents",
        "cash",
        "现金类流动资产",
        "现金及现金等价物",
        "现金类资产",
        "货币资金",
        "现金",
    ),
    "current_liabilities": (
        "total current liabilities",
        "current liabilities",
        "流动负债总额",
        "流动负债合计",
        "流动负债",
    ),
    "total_liabilities": (
        "total liabilities",
        "liabilities",
        "total debts",
        "total debt",
        "debts",
        "debt",
        "负债总额",
        "负债合计",
        "总负债",
        "负债",
    ),
    "total_assets": ("total assets", "资产总额", "资产总计", "资产合计", "总资产"),
    "net_assets": (
        "net assets",
        "net worth",
        "shareholders' equity",
        "equity",
        "资产净值",
        "净资产",
        "所有者权益",
        "股东权益",
    ),
    "revenue": (
        "revenues",
        "revenue",
        "turnover",
        "net sales",
        "sales",
        "营业收入",
        "营业额",
        "销售收入",
        "销售额",
        "营收",
    ),
    "previous_revenue": (
        "revenue a year before",
        "revenue a year earlier",
        "revenue a year ago",
        "previous revenue",
        "上年同期营业收入",
        "上年同期营业额",
        "上年同期销售额",
        "上年同期营收",
        "去年同期营业收入",
        "去年同期营业额",
        "去年同期销售额",
        "去年同期营收",
    ),
    "gross_profit": ("gross profit", "毛利润", "毛利"),
    "net_profit": ("net profit", "net income", "net earnings", "净利润", "净利"),
}
"""The names of each figure, in folded text."""

_LOSSES = ("net loss", "净亏损", "亏损")
"""Names of a net profit below zero."""
_NO_FIGURES = ("inventory turnover", "stock turnover", "receivables turnover", "asset turnover")
"""Ratios that have the name of a figure in them."""
_SIGNED = ("net_assets", "gross_profit", "net_profit")
"""Figures that can be below zero; before another one a dash is just a dash."""

_TRADITIONAL = str.maketrans("動負資債營淨潤權銷東虧損", "动负资债营净润权销东亏损")
"""What stands in these names and is not folded elsewhere."""

_BY_NAME = {name: key for key, names in NAMES.items() for name in names} | dict.fromkeys(_LOSSES, "net_profit")
_NAME = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)
        for name in sorted((*_BY_NAME, *_NO_FIGURES), key=len, reverse=True)
    )
)
_BEHIND_NAME = re.compile(
    r"(?: ?(?:[:=~]|- |\b(?:is|was|are|were|of|at|about|around|approx|roughly|only)\b|[是为有共约]|大约|大概|只有))*"
    r" ?(?P<minus>(?<![a-z\d])-|负|minus )?",
    re.ASCII,
)
_BEFORE_NAME = re.compile(r"(?: (?:in|of|worth of) ?| |的)?", re.ASCII)
_BARE = re.compile(r"\d(?:[\d.,']*\d)?", re.ASCII)
_BARE_ENDS = re.compile(r" ?(?:[,.;、。)\n]|\Z| (?:and|but)\b)", re.ASCII)
_RANGE = re.compile(r" ?(?:[-~到至]|to) ?\d", re.ASCII)


def read_figures(text: str) -> dict[str, Amount]:
    """Returns the figures that the message names, by the keys of `NAMES`; of one named twice the last counts.

    "Current assets 5m, inventory 1m" and "5m current assets, 1m inventory" are both read; a range is no figure.
    """
    folded = fold(text).translate(_TRADITIONAL)
    names = list(_NAME.finditer(folded))
    if not names:
        return {}
    starts, ends = {}, {}
    for amount in read_amounts(text):
        start, end = amount.span
        if not _RANGE.match(folded, end) and not re.search(
            r"\d ?(?:[-~到至]|to) ?\Z", folded[max(0, start - 5) : start]
        ):
            starts[start], ends[end] = amount, amount
    behind = [(name, _behind(name, folded, starts)) for name in names]
    before = [(name, _before(name, folded, ends)) for name in names]
    told = max(behind, before, key=lambda found: sum(amount is not None for _, amount in found))
    return {_BY_NAME[name[0]]: amount for name, amount in told if amount is not None and name[0] in _BY_NAME}


def _behind(name: re.Match[str], folded: str, starts: dict[int, Amount]) -> Amount | None:
    """The amount that stands behind a name, below zero where it says so."""
    gap = _BEHIND_NAME.match(folded, name.end())
    assert gap is not None, "the pattern matches nothing, too"
    amount = starts.get(gap.end()) or _bare(folded, gap.end())
    if amount is None:
        return None
    loss = name[0] in _LOSSES
    below = loss or (gap["minus"] is not None and _BY_NAME.get(name[0]) in _SIGNED)
    return replace(amount, value=-amount.value) if below else amount


def _before(name: re.Match[str], folded: str, ends: dict[int, Amount]) -> Amount | None:
    """The amount that stands right before a name: "5m in current assets"."""
    for gap in range(min(12, name.start()) + 1):
        amount = ends.get(name.start() - gap)
        if amount is not None and _BEFORE_NAME.fullmatch(folded, name.start() - gap, name.start()):
            return replace(amount, value=-amount.value) if name[0] in _LOSSES else amount
    return None


def _bare(folded: str, start: int) -> Amount | None:
    """A number without a magnitude or a currency, unless it counts days or pieces."""
    number = _BARE.match(folded, start)
    if number is None:
        return None
    ends = _BARE_ENDS.match(folded, number.end()) or _NAME.match(folded, number.end() + 1)
    # A sign before it makes the reader of amounts take it for money; it names no currency.
    read = read_amounts(f"¥{number[0]}") if ends else []
    if len(read) != 1 or read[0].span[1] != len(number[0]) + 1:
        return None
    return replace(read[0], currency=None, span=number.span())


_PAY = r"\b(?:pays?|paid|paying|payments?|payer)\b"
_LATE_ENGLISH = r"\b(?:late|behind)\b"
_PAYS = (
    # In the order of trial: what denies and what asks, before what says so.
    (None, r"\b(?:do|does|did|can|will|would|if|whether|how)\b[^,.;:!]{0,30}" + _PAY),
    (None, r"付款[^,.;:!]{0,8}(?:吗|么|怎么样|如何)|(?:会不会|能不能|是否)[^,.;:!]{0,8}(?:付款|拖|逾期)"),
    ("late", r"(?:\bnever|\bnot|n't|\brarely)\b(?: always)? ?" + _PAY + r"[^,.;:!]{0,12}\bon time"),
    ("sometimes_late", r"\b(?:sometimes|occasionally|now and then|once or twice)\b[^,.;:!]{0,20}" + _LATE_ENGLISH),
    ("sometimes_late", _PAY + r"[^,.;:!]{0,20}\b(?:sometimes|occasionally|a (?:little|bit)) " + _LATE_ENGLISH),
    ("on_time", r"\bnever\b[^,.;:!]{0,12}(?:" + _LATE_ENGLISH + r"|\boverdue\b)"),
    ("late", _PAY + r"[^,.;:!]{0,20}" + _LATE_ENGLISH),
    ("on_time", _PAY + r"[^,.;:!]{0,20}\b(?:on time|in time|punctual(?:ly)?|promptly|early)\b|\bprompt payer\b"),
    ("on_time", r"(?:从来?不|从来?没有?|没有?|不)(?:拖欠|拖过?款|拖过?账|逾期)"),
    (
        "late",
        r"(?:不|没有?)(?:按时|准时|按期|及时)(?:付|回|结|还)?款?|付款(?:不准时|不及时|慢|老?拖|晚)|拖了[^,.;:!]{0,6}[天周月]|晚了?\d+(?:天|周|个月)|(?:迟|延迟)付|老(?:是)?拖|(?:经常|总是?)(?:拖|逾期|晚付)",
    ),
    ("sometimes_late", r"(?:偶尔|有时候?)(?:会)?(?:拖|晚|逾期|迟)"),
    (
        "on_time",
        r"(?:按时|准时|按期|及时)(?:付|回|结|还)款?|(?:付款|回款|打款)(?:很|都|一直|非常|挺|比较){0,2}(?:准时|及时|按时)",
    ),
)
_PAYMENT = tuple((said, re.compile(pattern, re.ASCII)) for said, pattern in _PAYS)


def read_payment(text: str) -> str | None:
    """Returns what the message says of how somebody pays: `on_time`, `sometimes_late`, `late`; None where it only asks."""
    folded = fold(text)
    return next((said for said, pattern in _PAYMENT if pattern.search(folded)), None)
