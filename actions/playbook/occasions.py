"""Festivals to write for, by the calendar (domain, section 13)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from actions.playbook.texts import Entry, Text


class Festival(Entry):
    """A festival: a day of every year, or the dates of the years that are listed; after the last it is not named."""

    name: Text
    languages: tuple[Literal["en", "zh"], ...] = Field(min_length=1)
    """With customers of which language it is kept."""
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    dates: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _dated(self) -> Festival:
        if (self.month is None) != (self.day is None) or (self.month is None) == (not self.dates):
            raise ValueError("needs either month and day, or dates")
        if self.month is not None and self.day is not None:
            # Of a year without a leap day: the festival must come every year.
            date(2027, self.month, self.day)
        return self


class Occasions(Entry):
    """All of occasions.yml."""

    ahead_days: int
    """How long before the day the letter is mentioned."""
    festivals: dict[str, Festival]
