"""It chooses what to say by the listener, what they need, and the phase of the sale."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.fab import Listener, Offer, best_first, choose, features_named, needs_in


def _offer(feature: str = "a thing", **keys: Any) -> Offer:
    fields = ("roles", "serves", "styles", "phases", "answers")
    return Offer(feature, **{field: frozenset(keys.get(field, "").split()) for field in fields})


MOTOR = _offer(
    "a permanent-magnet motor", roles="decision_maker finance", serves="saves_cost", phases="need", answers="price"
)
TERMS = _offer("24 instalments", roles="finance purchasing", serves="easy_to_manage", phases="solution")
CARTRIDGE = _offer("one cartridge", roles="user technical", serves="failures", styles="blue", phases="need")
BENCH = _offer("a test bench", roles="purchasing technical", serves="proven", styles="blue", phases="risk")
ANYONE = _offer("a warranty", serves="reliable", phases="risk", answers="trust")
OFFERS = (MOTOR, TERMS, CARTRIDGE, BENCH, ANYONE)


@pytest.mark.parametrize(
    ("listener", "order"),
    [
        # Nothing known: the catalogue's order, what is for everybody first.
        (Listener(), [4, 0, 1, 2, 3]),
        (Listener(role="finance"), [0, 1, 4, 2, 3]),
        (Listener(role="technical"), [2, 3, 4, 0, 1]),
        (Listener(role="supporter"), [4, 0, 1, 2, 3]),
        # Within the role the need, then the phase, then the style.
        (Listener(role="finance", needs=frozenset(["easy_to_manage"])), [1, 0, 4, 2, 3]),
        (Listener(role="finance", phase="solution"), [1, 0, 4, 2, 3]),
        (Listener(role="technical", phase="risk"), [3, 4, 2, 0, 1]),
        (Listener(role="technical", phase="risk", needs=frozenset(["failures"])), [2, 3, 4, 0, 1]),
        # What their organisation needs comes behind what was asked for.
        (Listener(role="technical", wants=frozenset(["proven"])), [3, 2, 4, 0, 1]),
        (Listener(role="technical", wants=frozenset(["proven"]), needs=frozenset(["failures"])), [2, 3, 4, 0, 1]),
        (Listener(role="technical", wants=frozenset(["proven"]), phase="need"), [3, 2, 4, 0, 1]),
        (Listener(style="blue"), [4, 2, 3, 0, 1]),
        (Listener(role="technical", style="red"), [2, 3, 4, 0, 1]),
        # An objection comes before the role, a feature asked for before all.
        (Listener(role="technical", objection="price"), [0, 2, 3, 4, 1]),
        (Listener(role="user", objection="trust"), [4, 2, 0, 1, 3]),
        (Listener(role="finance", asked="what about the cartridge?"), [2, 0, 1, 4, 3]),
        (Listener(role="finance", objection="price", asked="and the test bench"), [3, 0, 1, 4, 2]),
    ],
)
def test_it_puts_first_what_fits_best(listener: Listener, order: list[int]) -> None:
    assert best_first(OFFERS, listener) == order


@pytest.mark.parametrize(
    ("needs", "count", "chosen"),
    [
        ("", 2, [0, 1]),
        ("failures", 2, [0, 2]),
        ("failures", 3, [0, 1, 2]),
        ("failures proven", 2, [0, 2]),
        ("easy_to_manage", 2, [1, 0]),
        ("overload", 2, [0, 1]),
        # The only statement is the listener's.
        ("failures", 1, [0]),
        ("", 9, [0, 1, 4, 2, 3]),
    ],
)
def test_it_lets_one_statement_serve_what_they_need(needs: str, count: int, chosen: list[int]) -> None:
    assert choose(OFFERS, Listener(role="finance", needs=frozenset(needs.split())), count) == chosen


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("how do I explain the motor", {0}),
        ("MOTOR or cartridge?", {0, 2}),
        ("how do I pitch it to their CFO", set()),
        ("the one with the pump", set()),
        ("", set()),
        ("永磁电机怎么讲", {3}),
        ("跟财务总监怎么讲", set()),
    ],
)
def test_it_reads_which_feature_is_asked_for(asked: str, named: set[int]) -> None:
    features = ["a pump with a magnet motor", "a pump in 24 parts", "the pump's cartridge", "用的是永磁电机"]
    assert features_named(asked, features) == named


def test_it_takes_a_word_that_several_features_share_for_none_of_them() -> None:
    assert features_named("the pump", ["a pump with a dial", "a pump with a lid"]) == set()
    assert features_named("the dial of the pump", ["a pump with a dial", "a pump with a lid"]) == {0}


WORDS = {"failures": ["break down", "fail", "故障"], "saves_cost": ["save", "省电"], "simple": ["c++ (easy)"]}


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("their pumps keep failing", {"failures"}),
        ("Failures, and they want to SAVE", {"failures", "saves_cost"}),
        ("he is unfailing", set()),
        ("老出故障,想省电", {"failures", "saves_cost"}),
        ("c++ (easy) please", {"simple"}),
        ("", set()),
    ],
)
def test_it_hears_what_they_need(text: str, needs: set[str]) -> None:
    assert needs_in([text], WORDS) == needs
    assert needs_in(["nothing", text], WORDS) == needs


keys = st.frozensets(st.sampled_from("abc"))
offers = st.lists(st.builds(Offer, st.text(max_size=12), keys, keys, keys, keys, keys), min_size=1, max_size=6)
key = st.none() | st.sampled_from("abc")
listeners = st.builds(Listener, key, key, key, key, keys, st.text(max_size=12))


@given(offers, listeners, st.integers(1, 4))
def test_it_chooses_as_many_as_there_are_each_once_and_serves_a_need_if_it_can(
    made: list[Offer], listener: Listener, count: int
) -> None:
    chosen = choose(made, listener, count)
    assert sorted(best_first(made, listener)) == list(range(len(made)))
    assert len(chosen) == len(set(chosen)) == min(count, len(made))
    if len(chosen) > 1 and any(listener.needs & offer.serves for offer in made):
        assert any(listener.needs & made[number].serves for number in chosen)
