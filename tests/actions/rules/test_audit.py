"""It judges an opportunity by the total of its scores and by the lowest of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import playbook
from actions.rules.audit import Limit, verdict

LIMITS = playbook.load().audit.limits
GO, KEEP_AT_IT, WAIT = range(3)


def test_it_asks_the_five_questions_of_the_method() -> None:
    asked = [question.ask.en for question in playbook.load().audit.questions]
    assert asked == [
        "Can we meet their need?",
        "Do I know how they decide, and by when?",
        "What is the budget like?",
        "Can I win it?",
        "Is it worth it?",
    ]


@pytest.mark.parametrize(
    ("scores", "place"),
    [
        ([5, 5, 5, 5, 5], GO),
        ([4, 4, 3, 4, 3], GO),
        ([3, 3, 4, 4, 4], GO),
        # 18 of 25 are enough, 17 are not.
        ([3, 3, 3, 4, 5], GO),
        ([3, 3, 3, 4, 4], KEEP_AT_IT),
        # A low one holds back however good the rest is.
        ([5, 5, 5, 5, 2], KEEP_AT_IT),
        ([5, 5, 5, 5, 0], WAIT),
        ([3, 3, 3, 3, 1], KEEP_AT_IT),
        # 13 of 25 are enough, 12 are not.
        ([2, 3, 3, 3, 2], KEEP_AT_IT),
        ([2, 3, 3, 2, 2], WAIT),
        ([0, 0, 0, 0, 0], WAIT),
        # The company's own question counts like the others.
        ([4, 4, 4, 4, 4, 1], KEEP_AT_IT),
        ([4, 4, 4, 4, 4, 3], GO),
    ],
)
def test_it_judges_by_the_total_and_by_the_lowest(scores: list[int], place: int) -> None:
    assert verdict(scores, LIMITS) == place


def test_the_last_verdict_takes_what_no_limit_fits() -> None:
    assert verdict([0, 1], [Limit(90, 4), Limit(80, 3)]) == 1


@given(scores=st.lists(st.integers(0, 5), min_size=1, max_size=8), which=st.integers(0, 7))
def test_a_higher_score_never_makes_it_worse(scores: list[int], which: int) -> None:
    better = list(scores)
    better[which % len(scores)] = min(5, better[which % len(scores)] + 1)
    assert verdict(better, LIMITS) <= verdict(scores, LIMITS)
