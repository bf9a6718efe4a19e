"""A product of the catalogue, with what it gives whom."""

from __future__ import annotations

from actions.playbook.texts import Entry, Text


class Benefit(Entry):
    """Feature → advantage → benefit → evidence, for the listeners whom it concerns (domain, section 5)."""

    feature: Text
    advantage: Text
    benefit: Text
    evidence: Text
    roles: tuple[str, ...]
    answers: tuple[str, ...] = ()
    """Objection kinds that this benefit helps to answer."""


class Product(Entry):
    """A product of the catalogue with the names under which it is known."""

    name: str
    aliases: tuple[str, ...] = ()
    what: Text
    benefits: tuple[Benefit, ...]
