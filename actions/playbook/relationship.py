"""The relationship after the sale: its stages with their measures, its phases in time, and where they begin (section 8)."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from actions.playbook.texts import Entry, Text
from actions.rules.relationship import CYCLE, PHASES, STAGES, Limits


class RelationshipStage(Entry):
    """A stage of the relationship: what it is called, and all that is to be done in it, the most important first."""

    name: Text
    measures: tuple[Text, ...]


class RelationshipPhase(Entry):
    """Where the relationship stands in time, and what to give weight to."""

    name: Text
    stress: Text


class Turning(Entry):
    """A step of the cycle to keep: what it is called, and what it is."""

    name: Text
    do: Text


class Relationship(Entry):
    """All of relationship.yml."""

    limits: Limits
    call_after_days: int
    """After a deal is won: when to ask how it is going."""
    recover_after_days: int
    """After signs of decline: when to get in touch."""
    refer: Text
    """How to ask a customer for a referral, aloud."""
    cycle: dict[str, Turning]
    stages: dict[str, RelationshipStage]
    phases: dict[str, RelationshipPhase]

    @model_validator(mode="after")
    def _complete(self) -> Relationship:
        wanted: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
            ("cycle", self.cycle, CYCLE),
            ("stages", self.stages, STAGES),
            ("phases", self.phases, PHASES),
        )
        mistakes = [
            f"{name}: {key} is {'missing' if key in keys else 'unknown'}"
            for name, entries, keys in wanted
            for key in sorted(set(keys) ^ set(entries))
        ]
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self
