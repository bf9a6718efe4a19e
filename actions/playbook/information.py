"""What a rep must know of a customer, how to ask for it, and how often (domain, section 2)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from actions.playbook.texts import Entry, Text, Words
from actions.rules.information import PIECES
from nlu.understanding import MAN

RECORDED = (*MAN, "product", "quantity", "amount", "expected_close", "decider", "others")
"""What the record tells by itself; other fields are told by answers that were noted under them."""


class Aspect(Entry):
    """A part of a piece of information, and the question after it."""

    name: Text
    known_by: Annotated[tuple[str, ...], Field(min_length=1)]
    noted_as: Annotated[str, Field(max_length=32)] | None = None
    tells: tuple[str, ...] = ()
    names_companies: bool = False
    """Whether the answer may name a company that is no customer."""
    ask: Text | None = None
    aloud: Text | None = None


class Piece(Entry):
    """One of the five pieces of information."""

    name: Text
    aspects: Annotated[dict[str, Aspect], Field(min_length=1)]


class Information(Entry):
    """All five, and when Manny asks."""

    pieces: dict[str, Piece]
    wait_days: Annotated[int, Field(ge=1)]
    nothing_said: tuple[Words, ...]

    @model_validator(mode="after")
    def _complete(self) -> Information:
        mistakes = []
        if set(self.pieces) != set(PIECES):
            mistakes.append(f"pieces: there are {', '.join(self.pieces)}, wanted are {', '.join(PIECES)}")
        aspects = [(key, aspect) for piece in self.pieces.values() for key, aspect in piece.aspects.items()]
        told = {*RECORDED, *(aspect.noted_as for _, aspect in aspects if aspect.noted_as)}
        for key, aspect in aspects:
            if (key in MAN) != (aspect.ask is None):
                mistakes.append(f"{key}: {'questions.yml asks for it, not' if key in MAN else 'lacks'} `ask`")
            if aspect.ask and not (aspect.aloud and aspect.noted_as):
                mistakes.append(f"{key}: `ask` goes with `aloud` and `noted_as`")
            if unknown := set(aspect.known_by) - told:
                mistakes.append(f"{key}: known_by: nothing tells {', '.join(sorted(unknown))}")
            if unknown := set(aspect.tells) - set(MAN):
                mistakes.append(f"{key}: tells: {', '.join(sorted(unknown))} is none of {', '.join(MAN)}")
        if len({key for key, _ in aspects}) < len(aspects):
            mistakes.append("pieces: two aspects have the same key")
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    def aspect(self, key: str) -> Aspect | None:
        """The aspect of this key, whatever its piece; None for one that is no more."""
        return next((piece.aspects[key] for piece in self.pieces.values() if key in piece.aspects), None)

    def fields(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """For each piece and aspect, the fields that tell it."""
        return {
            name: {key: aspect.known_by for key, aspect in piece.aspects.items()} for name, piece in self.pieces.items()
        }

    def noted_fields(self) -> tuple[str, ...]:
        """The fields under which answers are kept."""
        aspects = (aspect for piece in self.pieces.values() for aspect in piece.aspects.values())
        return tuple(dict.fromkeys(aspect.noted_as for aspect in aspects if aspect.noted_as))
