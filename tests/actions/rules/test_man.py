"""It judges a prospect by the three facts, and knows what to ask next."""

from __future__ import annotations

from itertools import product

import pytest

from actions import playbook
from actions.rules.cadence import days_until_follow_up
from actions.rules.man import VERDICTS, Man, authority_of, change

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


DAYS = {
    "M+A+N": 1,
    "M+A+n": 3,
    "M+a+N": 2,
    "m+A+N": 7,
    "m+a+N": 30,
    "m+A+n": 30,
    "M+a+n": 30,
    "m+a+n": None,
}
"""Days until the next follow-up by class; 2 where a fact is unknown (domain, section 13)."""


@pytest.mark.parametrize("facts", list(product((True, False, None), repeat=3)))
def test_it_comes_back_to_every_picture_in_time(facts: tuple[Fact, Fact, Fact]) -> None:
    man = Man(*facts)
    assert days_until_follow_up(man.class_, playbook.load().cadence) == DAYS.get(man.picture, 2)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("M+?+N", "M+A+N", "up"),  # a first class
        ("?+?+?", "m+a+N", "up"),
        ("m+a+?", "m+a+n", "down"),
        ("M+a+N", "M+A+N", "up"),
        ("m+a+N", "m+A+N", "up"),
        ("m+a+n", "M+a+n", "up"),
        ("m+a+N", "M+A+N", "up"),
        ("M+A+N", "M+A+n", "down"),
        ("M+A+N", "m+A+n", "down"),
        ("m+A+N", "m+a+N", "down"),
        ("m+a+N", "m+a+n", "down"),
        ("M+A+N", "m+a+n", "down"),
        ("M+A+n", "M+a+N", "level"),
        ("m+A+N", "M+A+n", "level"),
        ("m+a+N", "m+A+n", "level"),
        ("M+A+N", "M+A+N", None),
        ("m+a+n", "m+a+n", None),
        ("?+?+?", "M+?+N", None),  # no class yet
        ("M+A+?", "M+a+?", None),
        ("M+A+N", "M+A+?", None),  # a fact was taken back
    ],
)
def test_it_tells_a_change_of_class(before: str, after: str, way: str | None) -> None:
    assert change(_man(before), _man(after)) == way


def test_it_tells_no_change_within_any_picture() -> None:
    for facts in product((True, False, None), repeat=3):
        assert change(Man(*facts), Man(*facts)) is None


def test_it_changes_class_up_and_down_alike() -> None:
    opposite = {"up": "down", "down": "up", "level": "level", None: None}
    for one, other in product(VERDICTS, repeat=2):
        assert change(_man(one), _man(other)) == opposite[change(_man(other), _man(one))]


@pytest.mark.parametrize(
    ("picture", "letters", "shown"),
    [
        ("M+?+N", "", True),
        ("M+?+N", "M", True),
        ("M+?+N", "NM", True),
        ("M+?+N", "A", False),
        ("M+?+N", "a", False),
        ("M+a+N", "Aa", False),
    ],
)
def test_it_looks_up_letters_of_a_picture(picture: str, letters: str, shown: bool) -> None:
    assert _man(picture).shows(letters) is shown


def test_it_knows_what_an_answer_would_make_of_a_picture() -> None:
    assert (_man("M+?+N").given("authority", True).class_, _man("M+?+N").given("authority", False).class_) == (
        "M+A+N",
        "M+a+N",
    )
    assert _man("M+?+?").given("need", False).class_ is None


def _man(picture: str) -> Man:
    return Man(*({"?": None}.get(letter, letter.isupper()) for letter in picture.split("+")))
