"""When to follow up next (domain, section 13)."""

from __future__ import annotations

from collections.abc import Mapping


def days_until_follow_up(class_: str | None, days: Mapping[str, int | None], after: str | None = None) -> int | None:
    """Days until the next follow-up; None where contact is to stop.

    `days` has an entry for each class, `unknown`, and the events `quote` and `objection`. An event shortens
    the time, it never lengthens it, and it does not revive a class with which contact stops.
    """
    usual = days["unknown"] if class_ is None else days[class_]
    if usual is None or after is None:
        return usual
    event = days[after]
    return usual if event is None else min(usual, event)
