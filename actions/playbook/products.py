"""A product of the catalogue, with what it gives whom; and what a benefit can serve, and when in a sale it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from actions.playbook.texts import Entry, Text, Words
from actions.rules import names
from nlu.understanding import OBJECTIONS, ROLES, STAGES, STYLES

PHASES = ("need", "solution", "risk")
"""What the customer weighs: first need and cost, then the solution, then risk and price (domain, section 6)."""
POSITIVE = (
    "reliable",
    "fast_response",
    "saves_cost",
    "low_price",
    "convenient",
    "simple",
    "first_class_service",
    "easy_to_manage",
    "brand",
    "upgradable",
    "proven",
)
"""What a benefit can give (domain, section 5)."""
NEGATIVE = ("hidden_cost", "maintenance", "failures", "lost_data", "overload")
"""What a benefit can take away."""


def _one_of(*keys: str) -> Callable[[str], str]:
    def check(key: str) -> str:
        if key not in keys:
            raise ValueError(f"{key} is none of {', '.join(keys)}")
        return key

    return check


RoleKey = Annotated[str, AfterValidator(_one_of(*ROLES))]
StyleKey = Annotated[str, AfterValidator(_one_of(*STYLES))]
ObjectionKey = Annotated[str, AfterValidator(_one_of(*OBJECTIONS))]
PhaseKey = Annotated[str, AfterValidator(_one_of(*PHASES))]
StageKey = Annotated[str, AfterValidator(_one_of(*STAGES))]
SideKey = Annotated[str, AfterValidator(_one_of(*POSITIVE, *NEGATIVE))]


class Said(Entry):
    """A text of the company's own: in both languages, or in the one that it has."""

    en: Words | None = None
    zh: Words | None = None

    @model_validator(mode="after")
    def _something(self) -> Said:
        if self.en is None and self.zh is None:
            raise ValueError("is missing in both languages")
        return self

    def in_(self, language: str) -> str:
        """The text in this language, else in the other one."""
        mine, other = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return mine or other or ""


class Benefit(Entry):
    """Feature → advantage → benefit, with evidence, and whom and what it serves (domain, section 5).

    They are said aloud one after the other: the first three as one sentence, without a full stop of their own.
    """

    feature: Said
    advantage: Said
    benefit: Said
    evidence: Said
    serves: tuple[SideKey, ...] = Field(min_length=1)
    """What the customer gains or is rid of, the main one first: a key of sides.yml each."""
    roles: tuple[RoleKey, ...] = ()
    """Whom it concerns most; empty: everybody alike."""
    answers: tuple[ObjectionKey, ...] = ()
    """Kinds of objection that it helps to answer."""
    styles: tuple[StyleKey, ...] = ()
    """Whom it appeals to; empty: those to whom what it serves appeals (sides.yml)."""
    phases: tuple[PhaseKey, ...] = ()
    """When in a sale it counts most; empty: when what it serves does (sides.yml)."""


class Product(Entry):
    """A product of the catalogue with the names under which it is known."""

    name: Words
    aliases: tuple[Words, ...] = ()
    what: Said
    benefits: tuple[Benefit, ...] = Field(min_length=1)


class Side(Entry):
    """Something that a customer wants to have, or to be rid of."""

    name: Text
    """What a benefit does about it: "saves cost", "takes the failures away"."""
    phase: PhaseKey
    styles: tuple[StyleKey, ...] = ()
    words: tuple[Words, ...] = ()
    """By which it is known that a customer needs this, in both languages: "breaks down", 老坏."""


class Phase(Entry):
    """A phase of the sale: what the customer weighs then, and in which stages of the pipeline that is."""

    name: Text
    weighs: Text
    stages: tuple[StageKey, ...]


def namesakes(products: tuple[Product, ...]) -> list[str]:
    """The names that two products share, which nobody could tell apart."""
    owner: dict[str, int] = {}
    shared = []
    for number, product in enumerate(products):
        for name in (product.name, *product.aliases):
            if owner.setdefault(names.key(name), number) != number:
                shared.append(name)
    return shared
