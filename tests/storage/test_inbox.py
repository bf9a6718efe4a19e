"""It stores every message once and lets one process answer it."""

from __future__ import annotations

from storage.unit_of_work import UnitOfWork
from tests.storage.house import NOW, Records


def _receive(work: UnitOfWork, external_id: str = "m1", channel: str = "telegram", text: str = "hello") -> int:
    return work.messages.receive(channel, external_id, text, {"chat": "c"}, NOW)


def _answer(work: UnitOfWork, message_id: int) -> bool:
    alice = work.team.by_name("Alice")
    assert alice is not None
    return work.messages.answer(message_id, work.team.conversation("telegram", "alice", alice))


def test_it_keeps_the_first_of_a_message_that_comes_twice(records: Records) -> None:
    with records.work() as work:
        first = _receive(work)
        work.commit()
    with records.work() as work:
        assert _receive(work, text="hello again") == first
        work.commit()
    (row,) = records.rows("messages")
    assert (row["text"], row["status"], row["payload"]) == ("hello", "received", {"chat": "c"})


def test_it_stores_a_message_once_that_two_processes_get(records: Records) -> None:
    one, other = records.at_once(_receive, _receive)
    assert one == other
    assert len(records.rows("messages")) == 1


def test_it_tells_the_same_number_on_two_channels_apart(records: Records) -> None:
    with records.work() as work:
        assert _receive(work, channel="telegram") != _receive(work, channel="console")


def test_it_lets_a_message_be_claimed_until_it_is_answered(records: Records) -> None:
    with records.work() as work:
        message_id = _receive(work)
        work.commit()
    with records.work() as work:
        assert _answer(work, message_id)  # and fails: nothing is committed
    with records.work() as work:
        assert _answer(work, message_id)
        work.commit()
    with records.work() as work:
        assert not _answer(work, message_id)


def test_it_lets_one_of_two_processes_answer(records: Records) -> None:
    with records.work() as work:
        message_id = _receive(work)
        work.team.conversation("telegram", "alice", records.alice)
        work.commit()
    answered = records.at_once(*[lambda work: _answer(work, message_id)] * 3)
    assert sorted(answered) == [False, False, True]


def test_it_lists_what_was_never_answered_by_channel_oldest_first(records: Records) -> None:
    with records.work() as work:
        ids = [_receive(work, f"m{number}") for number in range(3)]
        _receive(work, "c1", "console")
        _answer(work, ids[1])
        work.commit()
    with records.work() as work:
        assert [message.id for message in work.messages.waiting("telegram")] == [ids[0], ids[2]]


def test_it_keeps_nothing_of_a_dropped_message(records: Records) -> None:
    with records.work() as work:
        _receive(work, text="let me in")
        work.messages.drop("telegram", "m1")
        work.commit()
    assert records.rows("messages") == []
