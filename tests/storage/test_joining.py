"""It lets a person join with a key that was made for them, once and in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.unit_of_work import UnitOfWork
from tests.storage.house import NOW, Records

WEEK = timedelta(days=7)
MOMENT = timedelta(microseconds=1)


def _key(records: Records) -> str:
    with records.work() as work:
        key = work.team.issue_key(records.alice, NOW)
        work.commit()
        return key


def test_it_ties_the_account_to_the_member_of_the_key(records: Records) -> None:
    key = _key(records)
    with records.work() as work:
        joined = work.team.redeem(key, "telegram", "77", NOW)
        work.commit()
    assert joined is not None
    with records.work() as work:
        member = work.team.by_account("telegram", "77")
        assert member is not None
        assert member.name == joined.name == "Alice"
        assert work.team.by_account("console", "77") is None
        assert work.team.by_account("telegram", "7") is None


def test_it_takes_a_key_once(records: Records) -> None:
    key = _key(records)
    with records.work() as work:
        assert work.team.redeem(key, "telegram", "77", NOW)
        work.commit()
    with records.work() as work:
        assert work.team.redeem(key, "telegram", "78", NOW) is None
        assert work.team.by_account("telegram", "78") is None


def test_it_gives_a_key_to_one_of_two_who_come_at_the_same_time(records: Records) -> None:
    key = _key(records)

    def join(work: UnitOfWork, account: str) -> bool:
        return work.team.redeem(key, "telegram", account, NOW) is not None

    joined = records.at_once(lambda work: join(work, "77"), lambda work: join(work, "78"))
    assert sorted(joined) == [False, True]
    assert len(records.rows("accounts")) == 1


@pytest.mark.parametrize(("after", "good"), [(WEEK - MOMENT, True), (WEEK, False), (WEEK + MOMENT, False)])
def test_it_refuses_a_key_after_seven_days(records: Records, after: timedelta, good: bool) -> None:
    key = _key(records)
    with records.work() as work:
        assert (work.team.redeem(key, "telegram", "77", NOW + after) is not None) is good


@pytest.mark.parametrize("other", ["", "wrong", "%", "' OR 1=1 --", "钥匙"])
def test_it_refuses_an_unknown_key(records: Records, other: str) -> None:
    key = _key(records)
    with records.work() as work:
        assert work.team.redeem(other, "telegram", "77", NOW) is None
        assert work.team.redeem(key.swapcase(), "telegram", "77", NOW) is None
        assert work.team.redeem(f"{key} ", "telegram", "77", NOW) is None


def test_it_keeps_no_key(records: Records) -> None:
    key = _key(records)
    assert key not in records.dump()


def test_it_makes_another_key_each_time(records: Records) -> None:
    assert len({_key(records) for _ in range(20)}) == 20


def test_it_moves_an_account_to_the_member_of_a_newer_key(records: Records) -> None:
    with records.work() as work:
        work.team.tie("telegram", "77", records.bob)
        assert work.team.redeem(work.team.issue_key(records.alice, NOW), "telegram", "77", NOW)
        member = work.team.by_account("telegram", "77")
        assert member is not None
        assert member.name == "Alice"


def test_it_leaves_an_account_with_its_member_when_tied_again(records: Records) -> None:
    with records.work() as work:
        work.team.tie("console", "me", records.bob)
        work.team.tie("console", "me", records.alice)
        member = work.team.by_account("console", "me")
        assert member is not None
        assert member.name == "Bob"


def test_it_keeps_one_conversation_for_a_member_in_a_chat(records: Records) -> None:
    with records.work() as work:
        first = work.team.conversation("telegram", "c", records.alice)
        again = work.team.conversation("telegram", "c", records.alice)
        others = work.team.conversation("telegram", "c", records.bob)
        assert first is again
        assert others is not first
        assert work.team.conversations_in("telegram", "c") == [first.id, others.id]
        assert work.team.conversations_in("console", "c") == []
