"""The form of tiers.yml: the tiers of the customer pyramid, and what the value of a relationship is counted with."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from actions.playbook.texts import Entry, Text
from actions.rules.lifetime import Assumptions
from actions.rules.pyramid import TIERS

Share = Annotated[Decimal, Field(ge=0, le=1)]


class Tier(Entry):
    """One tier: its share of the customers, in percent, and what to do with those in it."""

    name: Text
    share: Annotated[Decimal, Field(ge=0, le=100)]
    do: Text
    with_potential: Text
    """The same for those who buy more than before, or have open deals that would raise them."""


class Potential(Entry):
    """What counts as potential besides open deals: buying more than the period before by this share (0.2: a fifth)."""

    growth: Annotated[Decimal, Field(gt=0)]


class Lifetime(Entry):
    """What nobody can know yet of a relationship: years that count, share that stays each year, and interest a year."""

    years: Annotated[int, Field(ge=1, le=30)]
    retention: Share
    discount: Share

    def assumptions(self) -> Assumptions:
        """The same for the rule."""
        return Assumptions(self.years, self.retention, self.discount)


class Tiers(Entry):
    """All of tiers.yml (domain, sections 8 and 9)."""

    tiers: dict[str, Tier]
    losing: Text
    """What to do with one who costs more than they bring."""
    potential: Potential
    lifetime: Lifetime

    @property
    def shares(self) -> dict[str, Decimal]:
        """The share of each tier, in percent."""
        return {name: tier.share for name, tier in self.tiers.items()}

    @model_validator(mode="after")
    def _whole(self) -> Tiers:
        if set(self.tiers) != set(TIERS):
            raise ValueError(f"tiers: {', '.join(self.tiers)} instead of {', '.join(TIERS)}")
        if (total := sum(self.shares.values())) != 100:
            raise ValueError(f"tiers: the shares sum to {total}, not to 100")
        return self
