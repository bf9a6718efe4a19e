"""It knows which of the five pieces of information are known, and which question comes next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.playbook import load
from actions.rules.information import PIECES, lacking, next_aspect
from nlu.understanding import MAN

FIELDS = load().information.fields()
ALL = sorted({field for aspects in FIELDS.values() for fields in aspects.values() for field in fields})


@pytest.mark.parametrize(
    ("known", "pieces", "asked"),
    [
        ([], [], ("need", "wants")),
        (["need"], [], ("need", "wants")),
        (["need", "quantity"], [], ("need", "environment")),
        (["need", "product", "environment"], ["need"], ("budget", "sum")),
        (["need", "wants", "environment", "money", "amount"], ["need", "budget"], ("process", "process")),
        (["need", "wants", "environment", "money", "budget"], ["need", "budget"], ("process", "process")),
        (["authority", "process", "expected_close"], ["process"], ("need", "wants")),
        (["authority", "process", "deadline"], ["process"], ("need", "wants")),
        (["decider", "others"], ["participants"], ("need", "wants")),
        (["decider", "participants"], ["participants"], ("need", "wants")),
        (["participants"], [], ("need", "wants")),
        (["competition"], ["competition"], ("need", "wants")),
        (ALL, list(PIECES), None),
        ([field for field in ALL if field != "competition"], list(PIECES[:-1]), ("competition", "competition")),
        # Money, authority and need are asked for elsewhere.
        ([field for field in ALL if field not in MAN], ["participants", "competition"], None),
    ],
)
def test_it_counts_the_pieces_and_asks_for_the_first_aspect_that_lacks(
    known: list[str], pieces: list[str], asked: tuple[str, str] | None
) -> None:
    lacks = lacking(FIELDS, known)
    assert list(lacks) == list(PIECES)
    assert [piece for piece, aspects in lacks.items() if not aspects] == pieces
    assert next_aspect(lacks, MAN) == asked


@given(st.sets(st.sampled_from(ALL)), st.sampled_from(ALL))
def test_it_never_knows_less_by_knowing_more(known: set[str], one: str) -> None:
    before, after = lacking(FIELDS, known), lacking(FIELDS, known | {one})
    assert all(set(after[piece]) <= set(before[piece]) for piece in PIECES)


@given(st.sets(st.sampled_from(ALL)))
def test_it_asks_only_for_what_lacks_until_all_is_known(known: set[str]) -> None:
    asked = []
    while (wanted := next_aspect(lacking(FIELDS, known), ())) is not None:
        piece, aspect = wanted
        assert not set(FIELDS[piece][aspect]) & known
        asked.append(aspect)
        known = known | {FIELDS[piece][aspect][0]}
    assert len(asked) == len(set(asked))
    assert not any(lacking(FIELDS, known).values())
