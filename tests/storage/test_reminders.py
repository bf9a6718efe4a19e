"""It brings every follow-up at its time, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def _set(records: Records, *after: timedelta, channel: str = "telegram", status: str = "waiting") -> list[int]:
    with records.work() as work:
        conversation = work.team.conversation(channel, "alice", records.alice)
        ids = [house.reminder(work, conversation, NOW + each, status=status).id for each in after]
        work.commit()
        return ids


def _fire(work: UnitOfWork) -> list[int]:
    due = work.reminders.due(NOW)
    for reminder in due:
        reminder.status, reminder.fired_at = "fired", NOW
    return [reminder.id for reminder in due]


def test_it_gives_out_what_is_due_earliest_first(records: Records) -> None:
    late, now, _future = _set(records, timedelta(), -HOUR, MOMENT)
    with records.work() as work:
        assert [reminder.id for reminder in work.reminders.due(NOW)] == [now, late]


@pytest.mark.parametrize("status", ["fired", "done", "cancelled"])
def test_it_gives_out_only_what_waits(records: Records, status: str) -> None:
    _set(records, -HOUR, status=status)
    with records.work() as work:
        assert work.reminders.due(NOW) == []
        assert work.reminders.next_due_at("telegram") is None


def test_it_gives_out_what_is_due_on_one_channel(records: Records) -> None:
    (here,), (there,) = _set(records, -HOUR), _set(records, -HOUR, channel="console")
    with records.work() as work:
        assert [reminder.id for reminder in work.reminders.due(NOW, "telegram")] == [here]
        assert [reminder.id for reminder in work.reminders.due(NOW, "console")] == [there]
        assert len(work.reminders.due(NOW, limit=1)) == 1


def test_it_fires_each_once_however_many_look_at_the_same_time(records: Records) -> None:
    ids = _set(records, *[-HOUR] * 20)
    fired = records.at_once(_fire, _fire, _fire)
    assert sorted(each for some in fired for each in some) == ids
    with records.work() as work:
        assert _fire(work) == []


def test_it_lets_one_of_several_claim_a_reminder(records: Records) -> None:
    due, later = _set(records, timedelta(), MOMENT)

    def claim(work: UnitOfWork, reminder_id: int) -> bool:
        reminder = work.reminders.claim(reminder_id, NOW)
        if reminder is not None:
            reminder.status = "fired"
        return reminder is not None

    assert sorted(records.at_once(*[lambda work: claim(work, due)] * 3)) == [False, False, True]
    with records.work() as work:
        assert not claim(work, due)
        assert not claim(work, later)
        assert not claim(work, later + 100)


@pytest.mark.slow
def test_it_does_not_wait_for_a_reminder_that_another_process_holds(on_postgresql: Records) -> None:
    (due,) = _set(on_postgresql, -HOUR)
    with on_postgresql.work() as one, on_postgresql.work() as other:
        assert one.reminders.claim(due, NOW) is not None
        assert other.reminders.claim(due, NOW) is None
        assert other.reminders.due(NOW) == []


def test_it_gives_out_again_what_was_claimed_and_not_committed(records: Records) -> None:
    ids = _set(records, -HOUR)
    with records.work() as work:
        assert _fire(work) == ids
    with records.work() as work:
        assert _fire(work) == ids


@pytest.mark.slow
def test_it_skips_what_another_process_holds_instead_of_waiting(on_postgresql: Records) -> None:
    first, second = _set(on_postgresql, -HOUR, timedelta())
    with on_postgresql.work() as one, on_postgresql.work() as other:
        assert [reminder.id for reminder in one.reminders.due(NOW, "telegram", limit=1)] == [first]
        assert [reminder.id for reminder in other.reminders.due(NOW, "telegram")] == [second]


def test_it_knows_when_the_next_one_falls_due(records: Records) -> None:
    _set(records, 3 * HOUR, HOUR)
    _set(records, MOMENT, channel="console")
    with records.work() as work:
        due = work.reminders.next_due_at("telegram")
        assert due == NOW + HOUR
        assert due.utcoffset() == timedelta()
        assert work.reminders.next_due_at("sms") is None


def test_it_lists_what_a_member_has_not_finished(records: Records) -> None:
    waiting, later = _set(records, HOUR, 30 * HOUR)
    (fired,) = _set(records, -HOUR, status="fired")
    _set(records, -HOUR, status="done")
    with records.work() as work:
        of_alice = [reminder.id for reminder in work.reminders.of_member(records.alice.id)]
        assert of_alice == [fired, waiting, later]
        today = work.reminders.of_member(records.alice.id, until=NOW + HOUR)
        assert [reminder.id for reminder in today] == [fired, waiting]
        assert len(work.reminders.of_member(records.alice.id, limit=1)) == 1
        assert work.reminders.of_member(records.alice.id, opportunity_ids=[]) == []
        assert work.reminders.of_member(records.bob.id) == []


def test_it_knows_the_next_follow_up_of_an_opportunity(records: Records) -> None:
    with records.work() as work:
        deal = house.opportunity(work, records.alice)
        conversation = work.team.conversation("telegram", "alice", records.alice)
        assert work.reminders.next_due_for(deal.id) is None
        house.reminder(work, conversation, NOW, opportunity_id=deal.id, status="done")
        later = house.reminder(work, conversation, NOW + 2 * HOUR, opportunity_id=deal.id)
        sooner = house.reminder(work, conversation, NOW + HOUR, opportunity_id=deal.id)
        assert work.reminders.next_due_for(deal.id) == sooner.due_at
        assert work.reminders.get(later.id) is later
        assert work.reminders.of_member(records.alice.id, opportunity_ids=[deal.id]) == [sooner, later]
