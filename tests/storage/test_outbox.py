"""It hands every reply to one sender at a time, in order, until it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.unit_of_work import UnitOfWork
from tests.storage.house import NOW, Records

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def chat(records: Records) -> int:
    """The conversation of Alice."""
    with records.work() as work:
        conversation = work.team.conversation("telegram", "alice", records.alice)
        work.commit()
        return conversation.id


def _put(records: Records, chat: int, *texts: str) -> list[int]:
    with records.work() as work:
        ids = [work.outbox.put(chat, {"text": text}, NOW) for text in texts]
        work.commit()
        return ids


def _claim(records: Records, chat: int, after: timedelta = timedelta()) -> list[int]:
    with records.work() as work:
        rows = work.outbox.claim_unsent([chat], NOW + after, LEASE)
        work.commit()
        return [row.id for row in rows]


def test_it_gives_out_what_is_unsent_oldest_first(records: Records, chat: int) -> None:
    ids = _put(records, chat, "one", "two", "three")
    assert _claim(records, chat) == ids


def test_it_gives_nothing_out_while_it_is_claimed(records: Records, chat: int) -> None:
    ids = _put(records, chat, "one")
    _claim(records, chat)
    assert _claim(records, chat, LEASE - SECOND) == []
    assert _claim(records, chat, LEASE) == ids


def test_it_counts_the_attempts(records: Records, chat: int) -> None:
    _put(records, chat, "one")
    for minutes in range(3):
        _claim(records, chat, timedelta(minutes=minutes))
    assert records.rows("outbox")[0]["attempts"] == 3


def test_it_never_gives_out_what_was_sent(records: Records, chat: int) -> None:
    one, two = _put(records, chat, "one", "two")
    _claim(records, chat)
    with records.work() as work:
        work.outbox.sent([one], NOW)
        work.commit()
    assert _claim(records, chat, 2 * LEASE) == [two]


def test_it_gives_a_released_reply_out_again_at_its_time(records: Records, chat: int) -> None:
    (one,) = _put(records, chat, "one")
    _claim(records, chat)
    with records.work() as work:
        work.outbox.release(one, NOW + 5 * SECOND)
        work.commit()
    assert _claim(records, chat, 4 * SECOND) == []
    assert _claim(records, chat, 5 * SECOND) == [one]


def test_it_lets_no_later_reply_overtake_one_that_is_put_off(records: Records, chat: int) -> None:
    ids = _put(records, chat, "one")
    _claim(records, chat)
    ids += _put(records, chat, "two")
    assert _claim(records, chat, SECOND) == []
    assert _claim(records, chat, LEASE) == ids


def test_it_keeps_conversations_apart(records: Records, chat: int) -> None:
    with records.work() as work:
        bobs = work.team.conversation("telegram", "bob", records.bob).id
        work.commit()
    (one,), (other,) = _put(records, chat, "one"), _put(records, bobs, "other")
    assert _claim(records, chat) == [one]
    assert _claim(records, bobs) == [other]


def test_it_gives_a_reply_to_one_of_two_senders(records: Records, chat: int) -> None:
    ids = _put(records, chat, "one", "two")

    def claim(work: UnitOfWork) -> list[int]:
        return [row.id for row in work.outbox.claim_unsent([chat], NOW, LEASE)]

    assert sorted(records.at_once(claim, claim)) == [[], ids]


def test_it_knows_the_conversations_that_wait(records: Records, chat: int) -> None:
    def waiting(after: timedelta = timedelta()) -> list[int]:
        with records.work() as work:
            return list(work.outbox.conversations_with_unsent("telegram", NOW + after))

    assert waiting() == []
    _put(records, chat, "one", "two")
    with records.work() as work:
        assert work.outbox.conversations_with_unsent("console", NOW) == []
    assert waiting() == [chat]
    _claim(records, chat)
    assert waiting() == []
    assert waiting(LEASE) == [chat]


def test_it_leaves_out_who_has_blocked_manny_until_they_are_back(records: Records, chat: int) -> None:
    _put(records, chat, "one")
    with records.work() as work:
        work.team.block("telegram", "alice", NOW)
        assert work.outbox.conversations_with_unsent("telegram", NOW) == []
        work.team.unblock("telegram", "alice")
        assert work.outbox.conversations_with_unsent("telegram", NOW) == [chat]


def test_it_finds_the_buttons_of_the_last_reply_only(records: Records, chat: int) -> None:
    with records.work() as work:
        assert work.outbox.last_with_buttons(chat) is None
        asked = work.outbox.put(chat, {"buttons": [{"press": "set"}]}, NOW)
        last = work.outbox.last_with_buttons(chat)
        assert last is not None
        assert last.id == asked
        work.outbox.put(chat, {"buttons": []}, NOW)
        assert work.outbox.last_with_buttons(chat) is None
        assert work.outbox.get(asked) is last
        assert work.outbox.get(asked + 100) is None
