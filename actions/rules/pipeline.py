"""Sums over the pipeline: totals by stage, and the forecast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal


def forecast_minor(stages: Iterable[tuple[str, int]], chances: Mapping[str, float]) -> int:
    """What will come in, in minor units: each amount times the chance of its stage (0 to 1); won counts in full."""
    total = sum((Decimal(amount) * Decimal(str(chances[stage])) for stage, amount in stages), Decimal(0))
    return int(total.to_integral_value(rounding=ROUND_HALF_UP))


def win_rate(won: int, lost: int) -> float | None:
    """Won deals as a share (0 to 1) of closed ones; None while nothing is closed."""
    closed = won + lost
    return won / closed if closed else None
