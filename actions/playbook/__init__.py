"""The method as data that a company can edit: products, objections, roles, stages, cadence, prospecting (en + zh)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from actions.playbook.imports import Imports
from actions.playbook.information import Information
from actions.playbook.leaving import REASONS, Reason
from actions.playbook.match import Match
from actions.playbook.needs import Needs
from actions.playbook.occasions import Occasions
from actions.playbook.people import People
from actions.playbook.products import NEGATIVE, PHASES, POSITIVE, Phase, Product, Side, namesakes
from actions.playbook.prospecting import Prospecting
from actions.playbook.relationship import Relationship
from actions.playbook.scoring import Audit, Credit, Distributor
from actions.playbook.selling import Selling
from actions.playbook.stages import Stage
from actions.playbook.texts import Entry, Text
from actions.playbook.tiers import Tiers
from actions.rules.man import VERDICTS, Man
from nlu.understanding import MAN, OBJECTIONS, ROLES, STAGES, STYLES

FOLDER = Path(__file__).parent


OTHER_ANSWER = "other"
"""Stands on record for an answer of the rep's own."""


class PlaybookError(ValueError):
    """The playbook cannot be used: a line for each mistake, with its file, its entry and what is wrong."""


class Answer(Text):
    """An answer to an objection: words for the customer, or a thing to do where it is not `aloud`."""

    key: str = Field(min_length=1, max_length=64)
    """Stable: it is kept with the objections on which the answer was used."""
    label: Text
    """What it is called on a button."""
    aloud: bool = True


class Objection(Entry):
    """How to meet one kind of objection (domain, section 6)."""

    name: Text
    behind: Text
    question: Text
    answers: Annotated[tuple[Answer, ...], Field(min_length=2, max_length=3)]
    avoid: Text
    next: Text

    @model_validator(mode="after")
    def _told_apart(self) -> Objection:
        keys = [answer.key for answer in self.answers]
        if twice := {key for key in keys if keys.count(key) > 1} | {OTHER_ANSWER} & set(keys):
            raise ValueError(f"answers: the key {', '.join(sorted(twice))} is taken")
        return self


class Role(Entry):
    """A part in the decision or a function, and what it cares about (domain, section 3)."""

    name: Text
    cares: Text


class Style(Entry):
    """A temperament and how to sell to it (domain, section 4)."""

    name: Text
    known_by: Text
    sell: Text


class Action(Text):
    """Something to do or to ask. One with `{decider}` in it is for when that person is known and not reached yet."""

    decider: Literal["known", "unknown"] | None = None
    """Fits only while a person who decides is known and not reached, only while there is none; None: always."""

    @model_validator(mode="after")
    def _named(self) -> Action:
        for language in ("en", "zh"):
            placeholders = set(re.findall(r"{.*?}", self.in_(language)))
            if placeholders - {"{decider}"}:
                raise ValueError(
                    f"{language}: {', '.join(sorted(placeholders))} is unknown, only {{decider}} is filled in"
                )
            if placeholders and self.decider != "known":
                raise ValueError(f"{language}: {{decider}} needs `decider: known`, else nobody is known to name")
        return self

    def fits(self, decider: str | None) -> bool:
        """Whether it is for a customer of whom this person who decides is to be reached, or nobody."""
        return self.decider is None or (self.decider == "known") == (decider is not None)

    def for_(self, decider: str | None, language: str) -> str:
        """The text with the name of the person who decides."""
        return self.in_(language).replace("{decider}", decider or "")


class Class(Entry):
    """What to do with a MAN class (domain, section 1)."""

    verdict: Text
    do: Text
    """In one line, for the end of a reply about something else."""
    actions: tuple[Action, ...]
    """Two or three steps that can be taken now."""
    ask: tuple[Action, ...] = ()
    """What to ask the customer next, aloud; the first that fits. Empty: there is nothing to ask any more."""
    up: Text | None = None
    """What is said after the customer's name when they come up to this class, or get it as their first."""
    level: Text | None = None
    """The same when they come from a class of the same rank."""
    down: Text | None = None
    """The same when they come down to it."""

    def news(self, way: str) -> Text:
        """What is said of a customer who came to this class `up`, `down` or `level`."""
        words = {"up": self.up, "level": self.level, "down": self.down}[way]
        assert words is not None, "the loader has checked every way that there is"
        return words

    @model_validator(mode="after")
    def _brief(self) -> Class:
        for decider in ("Zhao Min", None):
            count = len([action for action in self.actions if action.fits(decider)])
            if not 2 <= count <= 3:
                raise ValueError(
                    f"actions: {count} fit where the decider is {'' if decider else 'not '}known, not 2 or 3"
                )
        return self


class Question(Text):
    """A wording of the question after a MAN fact, to be said aloud."""

    knowing: str = ""
    """Letters that the picture must have: `M` they have money, `n` they have no need."""

    @model_validator(mode="after")
    def _letters(self) -> Question:
        if unknown := set(self.knowing) - set("MmAaNn"):
            raise ValueError(f"knowing: {', '.join(sorted(unknown))} is no letter of a MAN picture")
        return self


class Playbook(Entry):
    """All of it, checked: every class, stage, role, style and objection of the contract is there."""

    classes: dict[str, Class]
    questions: dict[str, tuple[Question, ...]]
    stages: dict[str, Stage]
    cadence: dict[str, int | None]
    objections: dict[str, Objection]
    roles: dict[str, Role]
    styles: dict[str, Style]
    leaving: dict[str, Reason]
    relationship: Relationship
    occasions: Occasions
    prospecting: Prospecting
    audit: Audit
    distributor: Distributor
    credit: Credit
    selling: Selling
    sides: dict[str, Side]
    phases: dict[str, Phase]
    people: People
    needs: Needs
    information: Information
    imports: Imports
    tiers: Tiers
    match: Match
    products: Annotated[tuple[Product, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _complete(self) -> Playbook:
        wanted = {
            "classes": VERDICTS,
            "questions": MAN,
            "cadence": (*VERDICTS, "unknown", "quote", "objection"),
            "stages": STAGES,
            "leaving": REASONS,
            "roles": ROLES,
            "styles": STYLES,
            "objections": OBJECTIONS,
            "sides": (*POSITIVE, *NEGATIVE),
            "phases": PHASES,
        }
        mistakes = [mistake for name, keys in wanted.items() for mistake in _unlike(name, getattr(self, name), keys)]
        mistakes += [
            f"classes.yml: {name}: {way} is missing"
            for name, entry in self.classes.items()
            for way in WAYS.get(name, ())
            if getattr(entry, way) is None
        ]
        mistakes += [
            f"questions.yml: {fact}: the last wording must fit always, without `knowing`"
            for fact, wordings in self.questions.items()
            if not wordings or wordings[-1].knowing
        ]
        mistakes += [
            f"phases.yml: {stage} is in {count} phases, not in one"
            for stage in STAGES
            if (count := sum(stage in phase.stages for phase in self.phases.values())) != 1
        ]
        mistakes += [
            f"match.yml: {key} is no question of audit.yml"
            for key in (self.match.attractive, self.match.able)
            if all(question.key != key for question in self.audit.questions)
        ]
        mistakes += [f"products.yml: {name} is the name of two products" for name in namesakes(self.products)]
        if mistakes:
            raise ValueError("\n".join(mistakes))
        return self

    def ways_with(self, role: str | None, style: str | None, language: str) -> dict[str, str | None]:
        """What somebody of this role cares about, and how to sell to this style; None where it is not known."""
        part, manner = self.roles.get(role or ""), self.styles.get(style or "")
        return {
            "role": part.name.in_(language) if part else None,
            "cares": part.cares.in_(language) if part else None,
            "style": manner.name.in_(language) if manner else None,
            "manner": manner.sell.opening(language) if manner else None,
            "sell": manner.sell.in_(language) if manner else None,
        }

    def phase_of(self, stage: str) -> str:
        """What the customer weighs in this stage of the pipeline."""
        return next(name for name, phase in self.phases.items() if stage in phase.stages)

    def question(self, fact: str, man: Man) -> Question:
        """How to ask for a MAN fact: the first wording that fits what is known."""
        return next(each for each in self.questions[fact] if man.shows(each.knowing))


def _ways(class_: str) -> tuple[str, ...]:
    holds = sum(letter.isupper() for letter in class_.split("+"))
    return ("up",) * (holds > 0) + ("level",) * (0 < holds < 3) + ("down",) * (holds < 3)


WAYS = {class_: _ways(class_) for class_ in VERDICTS}
"""The ways in which a customer can come to a class: each needs its words."""


def _unlike(name: str, entries: dict[str, Any], keys: Iterable[str]) -> list[str]:
    """What is missing in a file, and what stands there under a key that is none."""
    wanted = set(keys)
    missing = [f"{name}.yml: {key} is missing" for key in sorted(wanted - set(entries))]
    return missing + [f"{name}.yml: {key} is unknown" for key in sorted(set(entries) - wanted)]


@cache
def load(folder: Path = FOLDER) -> Playbook:
    """The playbook of a folder. Raises PlaybookError that names each file and entry that is wrong."""
    files: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            files[path.stem] = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else "?"
            raise PlaybookError(f"{path.name}: line {line}: {error.problem}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise PlaybookError(f"{path.name}: {error}") from error
    try:
        return Playbook.model_validate(files)
    except ValidationError as error:
        raise PlaybookError("\n".join(_mistakes(error))) from error


def _mistakes(error: ValidationError) -> list[str]:
    """A line for each: file, entry, what is wrong. What the whole playbook lacks names its files itself."""
    lines: list[str] = []
    for each in error.errors():
        what = each["msg"].removeprefix("Value error, ")
        file, *entry = map(str, each["loc"] or ("",))
        lines.append(": ".join([f"{file}.yml", *entry, what]) if file else what)
    return lines
