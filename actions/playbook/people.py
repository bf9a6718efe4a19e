"""The parts that people play in a purchase, and the thanks for introducing somebody (domain, sections 3 and 12)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from actions.playbook.texts import Entry, Text, Words
from actions.rules.people import PARTS


class Part(Entry):
    """What somebody in this part does, and how to find them where nobody is known."""

    does: Text
    find: Annotated[tuple[Text, ...], Field(min_length=1)]


class Thanks(Entry):
    """What happens where thanks are put off: `task` is the reminder's, after `days`."""

    days: Annotated[int, Field(ge=1)]
    task: Text

    @model_validator(mode="after")
    def _named(self) -> Thanks:
        for language in ("en", "zh"):
            if "{name}" not in self.task.in_(language):
                raise ValueError(f"task: {language}: {{name}} is missing")
        return self


class Naming(Entry):
    """How a message says no more than what somebody is called."""

    opens: tuple[Words, ...]
    before_company: tuple[Words, ...]
    after_company: tuple[Words, ...]

    def forms(self, person: str, company: str | None) -> set[str]:
        """Every way of saying it, with these names."""
        if company is None:
            return {f"{opening} {person}" for opening in self.opens}
        return {f"{opening} {person} {word} {company}" for opening in self.opens for word in self.before_company} | {
            f"{opening} {company} {word} {person}" for opening in self.opens for word in self.after_company
        }


class People(Entry):
    """Parts, thanks and names."""

    parts: dict[str, Part]
    thanks: Thanks
    naming: Naming

    @model_validator(mode="after")
    def _complete(self) -> People:
        if set(self.parts) != set(PARTS):
            raise ValueError(f"parts: there are {', '.join(self.parts)}, wanted are {', '.join(PARTS)}")
        return self
