"""Where the sale stands: what this step of it is for, and what tells when they will buy."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from actions.playbook.texts import Entry, Text

CHAIN = ("understand", "satisfied", "believe", "content")
"""The four steps of influence (domain, section 7)."""


class Step(Entry):
    """A step of the sale, for the deals of one stage (domain, section 7)."""

    name: Text
    aim: Text
    """Where the customer is to be afterwards: the steps of influence."""
    do: tuple[Text, ...]
    chain: Literal["understand", "satisfied", "believe", "content"] | None = None
    """The link of the sales chain that this step makes; None while information is gathered."""


class Link(Entry):
    """A link of the sales chain, and what it takes."""

    name: Text
    takes: tuple[Text, ...] = Field(min_length=1)


class Selling(Entry):
    """The steps by stage, the sales chain; the checks of desire and of purchasing power (domain, section 1); what a likelihood means."""

    steps: dict[str, Step]
    chain: dict[str, Link]
    desire: tuple[Text, ...]
    power: tuple[Text, ...]
    within_months: dict[str, int] = Field(min_length=1)
    """Each letter's most months until they buy; who buys later has the letter `later`."""
    later: str
    large: float = Field(gt=1)
    """How many times the average open deal a large one has at least."""
    small: float = Field(gt=0, lt=1)
    """How much of the average open deal a small one has at most."""

    @model_validator(mode="after")
    def _whole_chain(self) -> Selling:
        if tuple(self.chain) != CHAIN:
            raise ValueError(f"chain: there are {', '.join(self.chain)}, wanted are {', '.join(CHAIN)}, in this order")
        return self
