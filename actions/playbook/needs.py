"""What organisations and people need besides a product, and how to put an offer to them (domain, section 3)."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from actions.playbook.products import RoleKey, SideKey, StyleKey
from actions.playbook.texts import Entry, Text, Words
from actions.rules.needs import OF_ORGANISATION, OF_PERSON, Signs


class OrganisationNeed(Entry):
    """A need of the organisation, the benefits that meet it, and words by which it is heard besides theirs."""

    name: Text
    means: Text
    serves: tuple[SideKey, ...]
    words: tuple[Words, ...]


class PersonNeed(Entry):
    """A need of a person, in whom it is likely, and how to put an offer to them."""

    name: Text
    means: Text
    styles: tuple[StyleKey, ...] = ()
    roles: tuple[RoleKey, ...] = ()
    frame: Text

    @property
    def signs(self) -> Signs:
        """The same for the rule."""
        return Signs(frozenset(self.styles), frozenset(self.roles))


class OfOrganisation(Entry):
    """The organisation's needs, and how to ask for them, aloud."""

    needs: dict[str, OrganisationNeed]
    ask: Text

    @model_validator(mode="after")
    def _complete(self) -> OfOrganisation:
        _same(self.needs, OF_ORGANISATION)
        return self


class OfPerson(Entry):
    """A person's needs, and how to ask for them, aloud."""

    needs: dict[str, PersonNeed]
    ask: Text

    @model_validator(mode="after")
    def _complete(self) -> OfPerson:
        _same(self.needs, OF_PERSON)
        return self

    @property
    def signs(self) -> dict[str, Signs]:
        """Of each need, in whom it is likely."""
        return {key: need.signs for key, need in self.needs.items()}


class Needs(Entry):
    """All of needs.yml."""

    organisation: OfOrganisation
    person: OfPerson


def _same(needs: dict[str, Any], wanted: tuple[str, ...]) -> None:
    if set(needs) != set(wanted):
        raise ValueError(f"needs: there are {', '.join(needs)}, wanted are {', '.join(wanted)}")
