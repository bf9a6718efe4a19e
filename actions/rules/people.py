"""Who is who at a customer, and who came through whom (domain, sections 3 and 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

PARTS = ("decision_maker", "recommender", "influencer", "supporter")
"""The parts in a decision, the weightiest first."""


@dataclass(frozen=True)
class Place:
    """The parts that one person has in the decision, and their function."""

    parts: tuple[str, ...] = ()
    function: str | None = None

    @property
    def rank(self) -> int:
        """Where they stand on a map of the customer: who decides first, who has no part last."""
        return PARTS.index(self.parts[0]) if self.parts else len(PARTS)


def place_of(authority: bool | None, roles: Sequence[str]) -> Place:
    """The place of a person of whom these `roles` were said, the latest first.

    Whoever has authority decides, whatever else was said; without it nobody is kept as the one who decides. A
    supporter can be any of the others as well; of recommender and influencer the later one holds, and so does the
    last function said.
    """
    said = dict.fromkeys(roles)
    parts = {"supporter"} & set(said)
    if authority or (authority is None and "decision_maker" in said):
        parts.add("decision_maker")
    parts |= set([role for role in said if role in ("recommender", "influencer")][:1])
    function = next((role for role in said if role not in PARTS), None)
    return Place(tuple(part for part in PARTS if part in parts), function)


def missing_parts(places: Iterable[Place]) -> tuple[str, ...]:
    """The parts of which nobody is known, the weightiest first."""
    taken = {part for place in places for part in place.parts}
    return tuple(part for part in PARTS if part not in taken)


def line_of(person: int, introducer_of: Callable[[int], int | None], at_most: int) -> list[int]:
    """Who came through whom up to `person`, the first introducer in front; no more than `at_most`, and no circle."""
    line = [person]
    while len(line) < at_most:
        before = introducer_of(line[0])
        if before is None or before in line:
            break
        line.insert(0, before)
    return line
