"""Whether a customer and the company match: how attractive they are against how able we are (domain, section 9)."""

from __future__ import annotations

ATTRACTION = ("volume", "growth", "intangible", "cost", "risk")
"""What makes a customer attractive, or not."""
FITS = ("match", "beyond_us", "not_worth", "neither")
"""Both; attractive, but too much for us; easy for us, but not attractive; neither."""


def fit(attractive: int | None, able: int | None, enough: int) -> str | None:
    """How the two go together, as scores from 0 to 5 that are high from `enough` on; None until both are known."""
    if attractive is None or able is None:
        return None
    if attractive >= enough:
        return "match" if able >= enough else "beyond_us"
    return "not_worth" if able >= enough else "neither"
