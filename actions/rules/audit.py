"""The opportunity audit: what the scores say, by their total and by the lowest of them (domain, section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.rules.scoring import BEST


@dataclass(frozen=True)
class Limit:
    """What a verdict asks for: `total` in percent of the most there is, and no score below `lowest`."""

    total: int
    lowest: int


def verdict(scores: Sequence[int], limits: Sequence[Limit]) -> int:
    """The place of the first limit (the best one first) that these scores meet in both; the last one takes the rest.

    A single zero can so stop a deal that is fine otherwise. Raises ValueError where there are no scores.
    """
    total, lowest, most = sum(scores), min(scores), BEST * len(scores)
    for place, limit in enumerate(limits):
        if 100 * total >= limit.total * most and lowest >= limit.lowest:
            return place
    return len(limits) - 1
