"""It knows who has which part in a decision, which parts are missing, and who came through whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.people import PARTS, Place, line_of, missing_parts, place_of
from nlu.understanding import ROLES


@pytest.mark.parametrize(
    ("authority", "roles", "parts", "function"),
    [
        (None, [], (), None),
        (True, [], ("decision_maker",), None),
        (False, [], (), None),
        (None, ["decision_maker"], ("decision_maker",), None),
        # "Li has no say after all": who has no authority does not decide, whatever was said before.
        (False, ["decision_maker"], (), None),
        (True, ["technical"], ("decision_maker",), "technical"),
        (None, ["technical", "recommender"], ("recommender",), "technical"),
        (None, ["recommender", "technical"], ("recommender",), "technical"),
        (None, ["finance", "purchasing"], (), "finance"),
        (None, ["influencer", "recommender"], ("influencer",), None),
        (True, ["supporter", "finance"], ("decision_maker", "supporter"), "finance"),
        (None, ["supporter", "influencer"], ("influencer", "supporter"), None),
        (False, ["user", "supporter", "decision_maker"], ("supporter",), "user"),
    ],
)
def test_it_gives_a_person_parts_and_a_function_at_once(
    authority: bool | None, roles: list[str], parts: tuple[str, ...], function: str | None
) -> None:
    assert place_of(authority, roles) == Place(parts, function)


@given(st.none() | st.booleans(), st.lists(st.sampled_from(ROLES)))
def test_it_names_who_decides_first_and_no_part_twice(authority: bool | None, roles: list[str]) -> None:
    place = place_of(authority, roles)
    assert list(place.parts) == [part for part in PARTS if part in place.parts]
    assert ("decision_maker" in place.parts) == bool(authority or (authority is None and "decision_maker" in roles))
    assert not {"recommender", "influencer"} <= set(place.parts)
    assert place.function is None or (place.function in roles and place.function not in PARTS)


def test_it_puts_who_decides_before_the_others_on_the_map() -> None:
    places = [Place(), Place(("supporter",)), Place(("decision_maker", "supporter")), Place(("influencer",), "user")]
    assert [place.rank for place in sorted(places, key=lambda each: each.rank)] == [0, 2, 3, 4]


@pytest.mark.parametrize(
    ("places", "missing"),
    [
        ([], PARTS),
        ([Place((), "technical")], PARTS),
        ([Place(("decision_maker",))], ("recommender", "influencer", "supporter")),
        ([Place(("decision_maker", "supporter")), Place(("recommender",))], ("influencer",)),
        ([Place((part,)) for part in PARTS], ()),
    ],
)
def test_it_says_which_parts_nobody_is_known_to_have(places: list[Place], missing: tuple[str, ...]) -> None:
    assert missing_parts(places) == missing


@pytest.mark.parametrize(
    ("introducers", "at_most", "line"),
    [
        ({}, 5, [3]),
        ({3: 2}, 5, [2, 3]),
        ({3: 2, 2: 1}, 5, [1, 2, 3]),
        ({3: 2, 2: 1}, 2, [2, 3]),
        # A circle, should one be on record all the same.
        ({3: 2, 2: 1, 1: 3}, 50, [1, 2, 3]),
        ({3: 3}, 50, [3]),
    ],
)
def test_it_follows_a_line_of_introductions_back(introducers: dict[int, int], at_most: int, line: list[int]) -> None:
    assert line_of(3, introducers.get, at_most) == line
