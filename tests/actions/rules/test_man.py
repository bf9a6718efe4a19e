"""It judges a prospect by the three facts, and knows what to ask next."""

from __future__ import annotations

from itertools import product

import pytest

from actions.rules.man import VERDICTS, Man, authority_of

Fact = bool | None

CLASSES = (
    (True, True, True, "M+A+N", "prospect"),
    (True, True, False, "M+A+n", "approach"),
    (True, False, True, "M+a+N", "approach"),
    (False, True, True, "m+A+N", "approach"),
    (False, False, True, "m+a+N", "approach"),
    (False, True, False, "m+A+n", "approach"),
    (True, False, False, "M+a+n", "approach"),
    (False, False, False, "m+a+n", "no_customer"),
)
"""The facts, the class and its verdict."""

INCOMPLETE = (
    (None, None, None, "?+?+?", ("need", "money", "authority")),
    (True, None, None, "M+?+?", ("need", "authority")),
    (False, None, None, "m+?+?", ("need", "authority")),
    (None, True, None, "?+A+?", ("need", "money")),
    (None, False, None, "?+a+?", ("need", "money")),
    (None, None, True, "?+?+N", ("money", "authority")),
    (None, None, False, "?+?+n", ("money", "authority")),
    (True, True, None, "M+A+?", ("need",)),
    (True, False, None, "M+a+?", ("need",)),
    (False, True, None, "m+A+?", ("need",)),
    (False, False, None, "m+a+?", ("need",)),
    (True, None, True, "M+?+N", ("authority",)),
    (True, None, False, "M+?+n", ("authority",)),
    (False, None, True, "m+?+N", ("authority",)),
    (False, None, False, "m+?+n", ("authority",)),
    (None, True, True, "?+A+N", ("money",)),
    (None, True, False, "?+A+n", ("money",)),
    (None, False, True, "?+a+N", ("money",)),
    (None, False, False, "?+a+n", ("money",)),
)
"""The facts, the picture and what is unknown, the next question first."""


def test_it_is_tested_in_all_states() -> None:
    states = {row[:3] for row in (*CLASSES, *INCOMPLETE)}
    assert states == set(product((True, False, None), repeat=3))
    assert len(states) == 27


@pytest.mark.parametrize(("money", "authority", "need", "class_", "verdict"), CLASSES)
def test_it_gives_a_complete_picture_its_class(
    money: Fact, authority: Fact, need: Fact, class_: str, verdict: str
) -> None:
    man = Man(money, authority, need)
    assert (man.picture, man.class_, man.verdict) == (class_, class_, verdict)
    assert (man.unknown, man.next_question) == ((), None)


def test_it_knows_eight_classes() -> None:
    assert {row[3]: row[4] for row in CLASSES} == VERDICTS


@pytest.mark.parametrize(("money", "authority", "need", "picture", "unknown"), INCOMPLETE)
def test_it_gives_an_incomplete_picture_no_class_and_asks(
    money: Fact, authority: Fact, need: Fact, picture: str, unknown: tuple[str, ...]
) -> None:
    man = Man(money, authority, need)
    assert (man.picture, man.class_, man.verdict) == (picture, None, None)
    assert (man.unknown, man.next_question) == (unknown, unknown[0])


@pytest.mark.parametrize(
    ("people", "authority"),
    [
        ([], None),
        ([(None, False)], None),
        ([(None, True), (None, True)], None),
        ([(True, True)], True),
        ([(True, False)], False),  # known, not reached yet
        ([(False, True)], False),
        ([(False, False)], False),
        ([(None, True), (False, True)], False),
        ([(False, True), (True, False)], False),  # the boss decides, and nobody has met her
        ([(False, True), (True, True)], True),
        ([(True, False), (True, True)], True),
        ([(None, False), (True, True)], True),
    ],
)
def test_it_has_authority_when_somebody_with_it_was_reached(people: list[tuple[Fact, bool]], authority: Fact) -> None:
    assert authority_of(people) is authority
    assert authority_of(reversed(people)) is authority
