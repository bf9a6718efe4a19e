"""It puts the answers that have worked first, and asks how an objection went when it can be known."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.objections import Tried, best_first, to_be_asked

ANSWERS = ["a", "b", "c"]
SAID = datetime(2026, 3, 2, 9)


@pytest.mark.parametrize(
    ("tried", "order"),
    [
        ({}, "abc"),
        # What has worked comes first, however often it failed besides.
        ({"c": Tried(1, 1)}, "cab"),
        ({"c": Tried(5, 1)}, "cab"),
        # The surest at the top: nine of ten says more than one of one, and that more than one of two.
        ({"a": Tried(1, 1), "b": Tried(10, 9)}, "bac"),
        ({"a": Tried(2, 1), "b": Tried(1, 1)}, "bac"),
        ({"a": Tried(4, 1), "b": Tried(4, 3), "c": Tried(4, 2)}, "bca"),
        # What was tried in vain comes last, the more often the later.
        ({"a": Tried(1, 0)}, "bca"),
        ({"a": Tried(3, 0), "b": Tried(1, 0)}, "cba"),
        # Equals keep the playbook's order; other answers don't matter.
        ({"b": Tried(2, 1), "c": Tried(2, 1)}, "bca"),
        ({"other": Tried(9, 9)}, "abc"),
    ],
)
def test_it_puts_first_what_has_worked(tried: dict[str, Tried], order: str) -> None:
    assert best_first(ANSWERS, tried) == list(order)


counts = st.integers(0, 30).flatmap(lambda used: st.builds(Tried, st.just(used), st.integers(0, used)))


@given(st.dictionaries(st.sampled_from(ANSWERS), counts))
def test_one_more_success_never_puts_an_answer_further_down(tried: dict[str, Tried]) -> None:
    for answer in ANSWERS:
        before = tried.get(answer, Tried())
        better = {**tried, answer: Tried(before.used + 1, before.worked + 1)}
        assert best_first(ANSWERS, better).index(answer) <= best_first(ANSWERS, tried).index(answer)


@pytest.mark.parametrize(
    ("outcome", "asked_after", "now_after", "follow_up_set_after", "asks"),
    [
        (None, None, timedelta(hours=23), None, False),
        (None, None, timedelta(days=1), None, True),
        (None, None, timedelta(days=90), None, True),
        # A follow-up done that was set after the objection, not one from before it.
        (None, None, timedelta(hours=2), timedelta(0), True),
        (None, None, timedelta(hours=2), timedelta(hours=-1), False),
        (None, None, timedelta(days=2), timedelta(hours=-1), True),
        # Asked once; again a week after "not yet".
        (None, timedelta(days=1), timedelta(days=30), timedelta(0), False),
        ("open", timedelta(days=1), timedelta(days=7), None, False),
        ("open", timedelta(days=1), timedelta(days=8), None, True),
        ("open", timedelta(days=1), timedelta(days=2), timedelta(days=1), False),
        ("settled", timedelta(days=1), timedelta(days=30), timedelta(0), False),
        ("settled", None, timedelta(days=30), timedelta(0), False),
    ],
)
def test_it_asks_how_it_went_when_that_can_be_known(
    outcome: str | None,
    asked_after: timedelta | None,
    now_after: timedelta,
    follow_up_set_after: timedelta | None,
    asks: bool,
) -> None:
    asked_at = None if asked_after is None else SAID + asked_after
    since = None if follow_up_set_after is None else SAID + follow_up_set_after
    assert to_be_asked(SAID, outcome, asked_at, SAID + now_after, since) == asks
