"""Why deals are lost and customers leave, and what to do about each (domain, section 8)."""

from __future__ import annotations

from actions.playbook.texts import Entry, Text, Words

REASONS = ("quality", "price", "relationship", "service", "delivery", "above", "natural")
"""The seven reasons: product quality, price, relationship, service, ability to deliver, an order from above, natural causes."""


class Reason(Entry):
    """One of the seven reasons."""

    name: Text
    do: Text
    """What to do when a deal or a customer is lost for it, or may be."""
    come_back_days: int | None
    """When to ask again after a deal was lost for it; null: not by yourself."""
    won: Text | None = None
    """What to make of it where a deal was won for the same; null: nothing is won for it."""
    words: tuple[Words, ...] = ()
    """By which it is known in what a rep says, in both languages."""
    shown_by: tuple[Words, ...] = ()
    """Kinds of objections and signs of decline (rules/relationship.py) that point to it."""
