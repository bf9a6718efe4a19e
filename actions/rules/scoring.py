"""Scores from 0 to 5: which is the weakest, and what weighted ones come to, as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

BEST = 5
"""The highest score that an answer gets; the lowest is 0."""
WHOLE = 100
"""What weights sum to, and what a weighted result is out of."""


@dataclass(frozen=True)
class Weighed:
    """Scores by their weights: `points` were got out of `known`, the weights of what has a score."""

    points: Fraction
    known: int

    @property
    def result(self) -> Fraction | None:
        """0 to 100 on what is known; None while nothing is. What is missing counts neither for nor against."""
        return WHOLE * self.points / self.known if self.known else None


def weigh(weights: Mapping[str, int], scores: Mapping[str, int | None]) -> Weighed:
    """The scores by their weights. A key without a score is not known; a score without a weight is passed over."""
    told = {key: score for key in weights if (score := scores.get(key)) is not None}
    points = sum((Fraction(weights[key] * score, BEST) for key, score in told.items()), Fraction(0))
    return Weighed(points, sum(weights[key] for key in told))


def grade(weighed: Weighed, cut_offs: Sequence[int], needed: int) -> int | None:
    """The place of the first cut-off (highest first) that the result reaches, one past the last for none.

    None where less than `needed` of 100 is known: nothing is judged from so little.
    """
    result = weighed.result
    if result is None or weighed.known < needed:
        return None
    return next((place for place, least in enumerate(cut_offs) if result >= least), len(cut_offs))


def weakest(scores: Mapping[str, int]) -> str | None:
    """The key with the lowest score, the first of several; None where nothing is below the best."""
    lowest = min(scores, key=lambda key: scores[key], default=None)
    return None if lowest is None or scores[lowest] == BEST else lowest
