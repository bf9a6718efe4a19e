"""It weighs scores as far as they are known, and judges nothing from too little."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.scoring import grade, weakest, weigh

WEIGHTS = {"coverage": 50, "size": 30, "people": 20}
CUT_OFFS = (80, 60, 40, 0)
SCORES = st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.integers(0, 5))


@pytest.mark.parametrize(
    ("scores", "points", "known", "result"),
    [
        ({}, 0, 0, None),
        ({"coverage": None}, 0, 0, None),
        ({"coverage": 5, "size": 5, "people": 5}, 100, 100, 100),
        ({"coverage": 0, "size": 0, "people": 0}, 0, 100, 0),
        ({"coverage": 3, "size": 4, "people": 5}, 74, 100, 74),
        ({"coverage": 3}, 30, 50, 60),
        ({"size": 1, "people": 2}, 14, 50, 28),
        ({"size": 1, "people": None}, 6, 30, 20),
        ({"size": 1, "gone": 5}, 6, 30, 20),
        ({"people": 1, "size": 2}, 16, 50, 32),
    ],
)
def test_it_weighs_what_is_known(scores: dict[str, int | None], points: int, known: int, result: int | None) -> None:
    weighed = weigh(WEIGHTS, scores)
    assert (weighed.points, weighed.known) == (Fraction(points), known)
    assert weighed.result == (None if result is None else Fraction(result))


def test_it_keeps_thirds_exact() -> None:
    assert weigh({"a": 1, "b": 2}, {"a": 5, "b": 0}).result == Fraction(100, 3)


@pytest.mark.parametrize(
    ("scores", "needed", "place"),
    [
        ({"coverage": 4, "size": 4, "people": 4}, 60, 0),
        ({"coverage": 3, "size": 3, "people": 3}, 60, 1),
        ({"coverage": 4, "size": 4, "people": 3}, 60, 1),
        ({"coverage": 2, "size": 2, "people": 2}, 60, 2),
        ({"coverage": 0, "size": 0, "people": 0}, 60, 3),
        ({"coverage": 5}, 60, None),
        ({"coverage": 5}, 50, 0),
        ({"coverage": 5}, 51, None),
        ({}, 0, None),
    ],
)
def test_it_grades_by_the_first_cut_off_that_is_reached(scores: dict[str, int], needed: int, place: int | None) -> None:
    assert grade(weigh(WEIGHTS, scores), CUT_OFFS, needed) == place


def test_it_grades_below_every_cut_off_as_the_one_past_the_last() -> None:
    assert grade(weigh(WEIGHTS, {"coverage": 0}), (80, 60), 0) == 2


@given(scores=SCORES, needed=st.integers(0, 100))
def test_it_never_grades_from_less_than_is_needed(scores: dict[str, int], needed: int) -> None:
    weighed = weigh(WEIGHTS, scores)
    place = grade(weighed, CUT_OFFS, needed)
    assert (place is None) == (weighed.known < needed or not scores)


@given(scores=SCORES, key=st.sampled_from(sorted(WEIGHTS)), raised=st.integers(0, 5))
def test_a_higher_score_never_makes_it_worse(scores: dict[str, int], key: str, raised: int) -> None:
    if key not in scores or raised < scores[key]:
        return
    before, after = weigh(WEIGHTS, scores), weigh(WEIGHTS, {**scores, key: raised})
    assert after.result is not None
    assert before.result is not None
    assert after.result >= before.result
    assert (grade(after, CUT_OFFS, 30) or 0) <= (grade(before, CUT_OFFS, 30) or 0)


@pytest.mark.parametrize(
    ("scores", "key"),
    [
        ({}, None),
        ({"fit": 5}, None),
        ({"fit": 5, "budget": 4}, "budget"),
        ({"fit": 2, "budget": 2, "worth": 5}, "fit"),
        ({"fit": 1, "budget": 0, "worth": 0}, "budget"),
    ],
)
def test_it_finds_the_weakest(scores: dict[str, int], key: str | None) -> None:
    assert weakest(scores) == key
