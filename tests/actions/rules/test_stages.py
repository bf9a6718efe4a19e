"""It says what a stage still needs, which to ask for, which way a deal has moved, and sums closed deals by reason."""

from __future__ import annotations

import itertools

import pytest

from actions import playbook
from actions.rules.stages import CLOSED, KNOWABLE, OPEN, ask_first, by_reason, direction, goes_on, missing
from nlu.understanding import STAGES

NEEDS = {name: stage.needs for name, stage in playbook.load().stages.items()}
MAN = {"money", "authority", "need"}


def test_it_knows_every_stage() -> None:
    assert (*OPEN, *CLOSED) == STAGES
    assert set(NEEDS) == set(STAGES)


@pytest.mark.parametrize(
    ("stage", "known", "lacks"),
    [
        ("lead", set(), []),
        ("contacted", set(), [("contact",)]),
        ("contacted", {"contact"}, []),
        ("qualified", {"contact"}, [("need",), ("money",), ("authority",)]),
        ("qualified", {"contact", "need", "authority"}, [("money",)]),
        ("qualified", {"contact", *MAN}, []),
        ("proposal", {"contact", *MAN}, [("amount", "product")]),
        ("proposal", {"contact", *MAN, "amount"}, []),
        ("proposal", {"contact", *MAN, "product"}, []),
        ("proposal", set(), [("contact",), ("need",), ("money",), ("authority",), ("amount", "product")]),
        ("negotiation", {"contact", *MAN, "product"}, [("amount",), ("decider",), ("expected_close",)]),
        ("negotiation", {"contact", *MAN}, [("amount",), ("decider",), ("expected_close",)]),
        ("negotiation", set(KNOWABLE), []),
        ("won", set(), [("amount",)]),
        ("won", {"amount"}, []),
        ("lost", set(), []),
    ],
)
def test_it_says_what_a_stage_still_needs(stage: str, known: set[str], lacks: list[tuple[str, ...]]) -> None:
    assert missing(stage, NEEDS, known) == lacks


def test_it_never_misses_more_where_more_is_known() -> None:
    for stage, size in itertools.product(STAGES, range(4)):
        for known in itertools.combinations(KNOWABLE, size):
            lacks = missing(stage, NEEDS, known)
            for more in KNOWABLE:
                assert set(missing(stage, NEEDS, (*known, more))) <= set(lacks)


def test_it_requires_in_a_later_stage_whatever_an_earlier_one_does() -> None:
    for before, after in itertools.pairwise(OPEN):
        later = missing(after, NEEDS, ())
        assert all(any(set(each) <= set(need) for each in later) for need in missing(before, NEEDS, ()))


@pytest.mark.parametrize(
    ("lacking", "question", "asks"),
    [
        ([], None, None),
        ([], "need", None),
        ([("contact",), ("need",), ("authority",)], "authority", "authority"),
        ([("contact",), ("need",)], "need", "need"),
        ([("contact",)], "need", "contact"),
        ([("amount", "product"), ("decider",)], None, "amount"),
        ([("decider",), ("expected_close",)], None, "decider"),
    ],
)
def test_it_asks_for_what_separates_the_classes_before_anything_else(
    lacking: list[tuple[str, ...]], question: str | None, asks: str | None
) -> None:
    assert ask_first(lacking, question) == asks


@pytest.mark.parametrize(("before", "after"), list(itertools.product(STAGES, STAGES)))
def test_it_says_which_way_a_deal_has_moved(before: str, after: str) -> None:
    wanted = "forward" if STAGES.index(after) > STAGES.index(before) else "back"
    if before in CLOSED:
        wanted = "reopened"
    if after in CLOSED:
        wanted = after
    assert direction(before, after) == (None if before == after else wanted)


def test_it_puts_the_most_frequent_reason_first_and_unknown_ones_last() -> None:
    rows = [(None, 9, 100), ("price", 2, 500), ("service", 3, 0), ("price", 1, 200), ("above", 3, 50)]
    assert by_reason(rows) == [("price", 3, 700), ("above", 3, 50), ("service", 3, 0), (None, 9, 100)]
    assert by_reason([]) == []


@pytest.mark.parametrize(
    ("last", "days", "stage", "same"),
    [
        ("lost", 0, "negotiation", True),
        ("lost", 400, "lead", True),
        ("lost", 7, "lost", True),
        ("lost", 7.1, "lost", False),
        ("lost", 1, "won", True),
        ("lost", 400, "won", True),
        ("lost", 1, None, False),
        ("won", 0, "won", True),
        ("won", 7, "won", True),
        ("won", 7.1, "won", False),
        ("won", 1, "negotiation", False),
        ("won", 1, "lost", False),
        ("won", 1, None, False),
    ],
)
def test_it_says_whether_a_closed_deal_is_meant_again(last: str, days: float, stage: str | None, same: bool) -> None:
    assert goes_on(last, days, stage) is same
