"""It says when to follow up next."""

from __future__ import annotations

import pytest

from actions import playbook
from actions.rules.cadence import days_until_follow_up
from actions.rules.man import VERDICTS

DAYS = (
    # class, usually, after a quote, after an objection
    ("M+A+N", 1, 1, 1),
    ("M+A+n", 3, 2, 1),
    ("M+a+N", 2, 2, 1),
    ("m+A+N", 7, 2, 1),
    ("m+a+N", 30, 2, 1),
    ("m+A+n", 30, 2, 1),
    ("M+a+n", 30, 2, 1),
    ("m+a+n", None, None, None),
    (None, 2, 2, 1),
)


@pytest.mark.parametrize(("class_", "usual", "quote", "objection"), DAYS)
def test_it_follows_up_by_class_and_sooner_after_an_event(
    class_: str | None, usual: int | None, quote: int | None, objection: int | None
) -> None:
    days = playbook.load().cadence
    assert days_until_follow_up(class_, days) == usual
    assert days_until_follow_up(class_, days, "quote") == quote
    assert days_until_follow_up(class_, days, "objection") == objection


def test_it_is_tested_with_every_class() -> None:
    assert {row[0] for row in DAYS} == {*VERDICTS, None}


def test_it_knows_the_days_of_every_class_and_event() -> None:
    assert set(playbook.load().cadence) == {*VERDICTS, "unknown", "quote", "objection"}


@pytest.mark.parametrize(
    ("usual", "event", "days"), [(7, 2, 2), (1, 2, 1), (7, None, 7), (None, 2, None), (None, None, None), (0, 1, 0)]
)
def test_it_is_shortened_by_an_event_and_never_lengthened(
    usual: int | None, event: int | None, days: int | None
) -> None:
    assert days_until_follow_up("M+A+N", {"M+A+N": usual, "quote": event}, "quote") == days


@pytest.mark.parametrize(("class_", "after"), [("X+Y+Z", None), ("M+A+N", "party")])
def test_it_refuses_what_has_no_days(class_: str, after: str | None) -> None:
    with pytest.raises(KeyError):
        days_until_follow_up(class_, playbook.load().cadence, after)
