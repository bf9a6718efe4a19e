"""Which answers to an objection have worked, and when to ask the rep how one went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SOONEST = timedelta(days=1)
"""How long after an objection the next reply about that customer asks how it went."""
AGAIN = timedelta(days=7)
"""How long after "not yet" it is asked again."""


@dataclass(frozen=True)
class Tried:
    """How often an answer was used, and how often the objection was settled by it."""

    used: int = 0
    worked: int = 0


def best_first(answers: Sequence[str], tried: Mapping[str, Tried]) -> list[str]:
    """The answers that have worked come first, the surest of them at the top; equals keep their order.

    One success in one try says less than nine in ten: each answer is counted as if it had worked once and failed once
    more than it has, so that one never tried lies between those that mostly work and those that never did.
    """

    def rank(answer: str) -> tuple[bool, float]:
        results = tried.get(answer, Tried())
        return results.worked == 0, -(results.worked + 1) / (results.used + 2)

    return sorted(answers, key=rank)


def to_be_asked(
    said_at: datetime,
    outcome: str | None,
    asked_at: datetime | None,
    now: datetime,
    followed_up_since: datetime | None = None,
) -> bool:
    """Whether to ask now how an objection went: once, and again a week after the answer "not yet".

    It is time a day after it was raised, or when a follow-up is done that was set after it (`followed_up_since`).
    """
    if outcome == "settled":
        return False
    if asked_at is not None:
        return outcome == "open" and now - asked_at >= AGAIN
    met_since = followed_up_since is not None and followed_up_since >= said_at
    return met_since or now - said_at >= SOONEST
