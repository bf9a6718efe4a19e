"""Credit: six ratios, what a figure scores, and the quarter that a rating is for (domain, section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

RATIOS: dict[str, tuple[tuple[str, str | None], str]] = {
    "current": (("current_assets", None), "current_liabilities"),
    "quick": (("current_assets", "inventory"), "current_liabilities"),
    "cash_ratio": (("cash", None), "current_assets"),
    "realisation": (("cash", None), "current_liabilities"),
    "debt_flow": (("current_assets", None), "total_liabilities"),
    "debt_to_net_worth": (("total_liabilities", None), "net_assets"),
}
"""The table of section 10: a figure, less another one where one is named, over a third."""

OTHERS: dict[str, tuple[tuple[str, str | None], str]] = {
    "growth": (("revenue", "previous_revenue"), "previous_revenue"),
    "gross_margin": (("gross_profit", None), "revenue"),
    "net_margin": (("net_profit", None), "revenue"),
}
"""What operating ability and profitability are measured by, in the same form *(convention)*."""

MEASURES = RATIOS | OTHERS

FIGURES = (
    "current_assets",
    "inventory",
    "cash",
    "current_liabilities",
    "total_liabilities",
    "total_assets",
    "net_assets",
    "revenue",
    "previous_revenue",
    "gross_profit",
    "net_profit",
)
"""The figures that these are made of, all of one quarter; `previous_revenue` is that of the same quarter a year before.

Total assets only tell net assets, where these are not given.
"""

MAY_BE_NEGATIVE = ("net_assets", "gross_profit", "net_profit")
"""Figures that can be below zero: over-indebted, or at a loss."""


@dataclass(frozen=True)
class Ratio:
    """A ratio: `value` is None where it cannot be computed, because figures are `missing` or the divisor is zero."""

    value: Decimal | None
    missing: tuple[str, ...] = ()


def ratio(name: str, figures: Mapping[str, Decimal]) -> Ratio:
    """One of `MEASURES` from figures in one currency. Raises KeyError for an unknown name."""
    (figure, less), divisor = MEASURES[name]
    needed = dict.fromkeys(key for key in (figure, less, divisor) if key)
    if missing := tuple(key for key in needed if key not in figures):
        return Ratio(None, missing)
    if figures[divisor] == 0:
        return Ratio(None)
    return Ratio((figures[figure] - (figures[less] if less else 0)) / figures[divisor])


def with_derived(figures: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The figures, with net assets where total assets and total liabilities tell them."""
    full = dict(figures)
    if "net_assets" not in full and {"total_assets", "total_liabilities"} <= set(full):
        full["net_assets"] = full["total_assets"] - full["total_liabilities"]
    return full


@dataclass(frozen=True)
class Bands:
    """What a ratio scores: 5 for the first limit that it reaches, then 4 …; 0 where it reaches none.

    With `lower_is_better` a limit is the most it may be, and a ratio below zero scores 0: debts over net assets are
    negative only where the debts are larger than all there is.
    """

    limits: tuple[Decimal, ...]
    lower_is_better: bool = False

    def score(self, value: Decimal) -> int:
        """0 to 5."""
        if self.lower_is_better and value < 0:
            return 0
        for place, limit in enumerate(self.limits):
            if value <= limit if self.lower_is_better else value >= limit:
                return len(self.limits) - place
        return 0


def quarter_of(day: date) -> str:
    """`2026-Q1`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_after(quarter: str) -> str:
    """The quarter after `2025-Q4`: `2026-Q1`."""
    year, number = int(quarter[:4]), int(quarter[6:])
    return f"{year}-Q{number + 1}" if number < 4 else f"{year + 1}-Q1"


def quarter_before(quarter: str) -> str:
    """The quarter before `2026-Q1`: `2025-Q4`. A rating for the one is made from the other."""
    year, number = int(quarter[:4]), int(quarter[6:])
    return f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"
