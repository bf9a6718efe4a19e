"""What may be written in the files that people send, so that they need no headings of ours."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import model_validator

from actions.playbook.texts import Entry, Words
from actions.sheets import heading_key
from storage.repositories.transactions import KINDS

Said = dict[str, tuple[Words, ...]]
"""Column, or value → what may be written for it."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "products": (
        "product",
        "aliases",
        "what",
        "feature",
        "advantage",
        "benefit",
        "evidence",
        "serves",
        "roles",
        "answers",
        "styles",
        "phases",
    ),
    "languages": ("en", "zh"),
    "transactions": (
        "customer",
        "person",
        "date",
        "amount",
        "currency",
        "profit",
        "spent",
        "product",
        "kind",
        "reference",
    ),
    "kinds": KINDS,
    "credit": ("customer", "quarter", "currency"),
}
"""What each list of words must have, and no more."""


class Imports(Entry):
    """The words of each kind of file."""

    products: Said
    languages: Said
    """Behind the heading of a text: in which language it is."""
    transactions: Said
    kinds: Said
    """What the column `kind` of a purchase list may say."""
    credit: Said
    """Beside the figures and the judged indicators, which go by the names that they have in the chat."""

    @model_validator(mode="after")
    def _told_apart(self) -> Imports:
        mistakes: list[str] = []
        for name, wanted in COLUMNS.items():
            said: Said = getattr(self, name)
            mistakes += [f"{name}: {key} is missing" for key in wanted if key not in said]
            mistakes += [f"{name}: {key} is unknown" for key in said if key not in wanted]
            mistakes += _unclear(name, said)
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self


def _unclear(name: str, said: Said) -> Iterable[str]:
    """Words that stand for two things, and things without a word in one of the languages."""
    owners: dict[str, str] = {}
    for key, words in said.items():
        for word in words:
            if owners.setdefault(heading_key(word), key) != key:
                yield f"{name}: {word} stands for {owners[heading_key(word)]} and {key}"
        if {word.isascii() for word in words} != {True, False}:
            yield f"{name}: {key} needs a word in each language"
