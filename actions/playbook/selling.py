"""Where the sale stands: what this step of it is for, and what tells when they will buy."""

from __future__ import annotations

from pydantic import Field

from actions.playbook.texts import Entry, Text


class Step(Entry):
    """A step of the sale, for the deals of one stage (domain, section 7)."""

    name: Text
    aim: Text
    """Where the customer is to be afterwards: the steps of influence."""
    do: tuple[Text, ...]


class Selling(Entry):
    """The steps by stage; the checks of desire and of purchasing power (domain, section 1); what a likelihood means."""

    steps: dict[str, Step]
    desire: tuple[Text, ...]
    power: tuple[Text, ...]
    within_months: dict[str, int] = Field(min_length=1)
    """Each letter's most months until they buy; who buys later has the letter `later`."""
    later: str
    large: float = Field(gt=1)
    """How many times the average open deal a large one has at least."""
    small: float = Field(gt=0, lt=1)
    """How much of the average open deal a small one has at most."""
