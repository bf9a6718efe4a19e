"""The five pieces of sales information: what of each is known, and what to ask for next (domain, section 2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

PIECES = ("need", "budget", "process", "participants", "competition")
"""Needs and buying environment; budget; decision process and time; who takes part; competition."""


def lacking(pieces: Mapping[str, Mapping[str, Sequence[str]]], known: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For each piece its aspects of which nothing is known, in their order; a piece with none is known.

    `pieces` names the fields that tell an aspect; one of them is enough. `known` are the fields on record.
    """
    return {
        piece: tuple(aspect for aspect, fields in aspects.items() if not set(fields) & set(known))
        for piece, aspects in pieces.items()
    }


def next_aspect(lacks: Mapping[str, Sequence[str]], elsewhere: Collection[str]) -> tuple[str, str] | None:
    """The piece and the aspect to ask for: the first that is lacking; None where nothing is.

    Aspects that are asked for `elsewhere` (money, authority and need have their own questions) are passed over.
    """
    return next(
        ((piece, aspect) for piece, aspects in lacks.items() for aspect in aspects if aspect not in elsewhere), None
    )
