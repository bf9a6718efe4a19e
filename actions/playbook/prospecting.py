"""Ways of finding customers, the products that they suit, and the words by which a source is one of them (section 12)."""

from __future__ import annotations

from pydantic import model_validator

from actions.playbook.texts import Entry, Text, Words


class Target(Entry):
    """New calls a day, and the days on which they are made."""

    calls_a_day: int
    working_days: int


class Way(Entry):
    """A way of finding customers."""

    name: Text
    method: Text
    strength: Text
    weakness: Text
    suits: dict[str, Text] = {}
    """For which kinds of product it is a good way, and why."""
    sources: tuple[Words, ...] = ()
    """What reps call a source that is this way, in both languages."""


class Prospecting(Entry):
    """All of prospecting.yml."""

    target: Target
    kinds: dict[str, tuple[Words, ...]]
    """Kinds of product by words that stand in what a product is, the first kind that fits in front."""
    ways: dict[str, Way]

    @model_validator(mode="after")
    def _known_kinds(self) -> Prospecting:
        unknown = [
            f"ways: {name}: suits: {kind} is none of the kinds"
            for name, way in self.ways.items()
            for kind in way.suits
            if kind not in self.kinds
        ]
        if unknown:
            raise ValueError("; ".join(unknown))
        return self
