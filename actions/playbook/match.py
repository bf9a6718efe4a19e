"""The form of match.yml: what makes a customer attractive, and what good and bad customers do (domain, section 9)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from actions.playbook.scoring import Key
from actions.playbook.texts import Entry, Text
from actions.rules.match import ATTRACTION, FITS


class Attraction(Entry):
    """One of the things that make a customer attractive, and what to find out where nothing is on record."""

    name: Text
    ask: Text


class Kind(Entry):
    """What a good customer does, and what a bad one does instead."""

    good: Text | None = None
    bad: Text | None = None


class Match(Entry):
    """All of match.yml."""

    attractive: Key
    able: Key
    """Keys of the audit's questions."""
    attraction: dict[str, Attraction]
    abilities: Text
    verdicts: dict[str, Text]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    with_bad: Text

    @model_validator(mode="after")
    def _complete(self) -> Match:
        wanted: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
            ("attraction", self.attraction, ATTRACTION),
            ("verdicts", self.verdicts, FITS),
        )
        for name, entries, keys in wanted:
            if set(entries) != set(keys):
                raise ValueError(f"{name}: there are {', '.join(entries)}, wanted are {', '.join(keys)}")
        return self
