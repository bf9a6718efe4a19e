"""The method as data that a company can edit: products, objections, roles, stages, cadence, prospecting (en + zh)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from nlu.understanding import OBJECTIONS, ROLES, STAGES

FOLDER = Path(__file__).parent


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Entry):
    """A text in both languages."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """The text in this language."""
        return self.zh if language == "zh" else self.en


class Benefit(_Entry):
    """Feature → advantage → benefit → evidence, for the listeners whom it concerns (domain, section 5)."""

    feature: Text
    advantage: Text
    benefit: Text
    evidence: Text
    roles: tuple[str, ...]
    answers: tuple[str, ...] = ()
    """Objection kinds that this benefit helps to answer."""


class Product(_Entry):
    """A product of the catalogue with the names under which it is known."""

    name: str
    aliases: tuple[str, ...] = ()
    what: Text
    benefits: tuple[Benefit, ...]


class Objection(_Entry):
    """How to meet one kind of objection (domain, section 6)."""

    behind: Text
    question: Text
    answers: tuple[Text, ...]
    avoid: Text
    next: Text


class Role(_Entry):
    """A part in the decision or a function, and what it cares about (domain, section 3)."""

    name: Text
    cares: Text


class Style(_Entry):
    """A temperament and how to sell to it (domain, section 4)."""

    name: Text
    known_by: Text
    sell: Text


class Stage(_Entry):
    """A stage of the pipeline; `chance` (0 to 1) is what the forecast weighs its amounts with."""

    name: Text
    chance: float


class Class(_Entry):
    """What to do with a MAN class (domain, section 1)."""

    verdict: Text
    do: Text


class Way(_Entry):
    """A way of finding customers (domain, section 12)."""

    name: Text
    method: Text
    strength: Text
    weakness: Text


class Playbook(_Entry):
    """All of it, checked: every stage, role and objection of the contract is there."""

    classes: dict[str, Class]
    stages: dict[str, Stage]
    cadence: dict[str, int | None]
    objections: dict[str, Objection]
    roles: dict[str, Role]
    styles: dict[str, Style]
    prospecting: tuple[Way, ...]
    audit: tuple[Text, ...]
    products: tuple[Product, ...]

    @model_validator(mode="after")
    def _complete(self) -> Playbook:
        for name, wanted in (("stages", STAGES), ("roles", ROLES), ("objections", OBJECTIONS)):
            if missing := set(wanted) - set(getattr(self, name)):
                raise ValueError(f"{name}: {', '.join(sorted(missing))} missing")
        return self


@cache
def load(folder: Path = FOLDER) -> Playbook:
    """The playbook of a folder. Raises pydantic.ValidationError that names each entry that is wrong."""
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))}
    return Playbook.model_validate(files)
