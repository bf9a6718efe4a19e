"""Reminders: each comes once, in time, also after a restart, in both kinds of scheduler, and over Telegram."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.background import BackgroundScheduler

from bot import wiring
from bot.assistant import Assistant
from bot.reminders import Reminders
from bot.telegram import CHANNEL
from bot.wiring import Manny
from storage.models import Conversation, Reminder
from storage.unit_of_work import UnitOfWork
from tests.bot.house import Served, admit, build, eventually
from tests.bot.stub_nlu import StubNlu
from tests.fake_telegram import FakeTelegram

pytestmark = pytest.mark.slow

ALICE = 11


@pytest.fixture
def manny(tmp_path: Path, nlu: StubNlu) -> Iterator[Manny]:
    built = build(tmp_path, nlu.url)
    yield built
    built.close()


class Delivered:
    """What the scheduler's callback is called with."""

    def __init__(self) -> None:
        self.conversations: list[int] = []
        self.threads: set[int] = set()
        self.at: list[datetime] = []

    def __call__(self, conversations: list[int]) -> None:
        self.conversations += conversations
        self.threads.add(threading.get_ident())
        self.at.append(datetime.now(UTC))


def remind(manny: Manny, conversation: int, due: datetime) -> int:
    """A reminder as a turn leaves it."""
    with UnitOfWork(manny.sessions) as work:
        member = work.session.get_one(Conversation, conversation).member_id
        reminder = Reminder(
            member_id=member,
            conversation_id=conversation,
            text="call Weber",
            due_at=due,
            language="en",
            created_at=datetime.now(UTC),
        )
        work.session.add(reminder)
        work.commit()
        return reminder.id


def soon(seconds: float = 0.4) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def background(manny: Manny, delivered: Delivered) -> Reminders:
    return Reminders(BackgroundScheduler(timezone=UTC), manny.assistant, CHANNEL, manny.clock, delivered)


def test_fires_once_and_in_time_in_the_background(manny: Manny) -> None:
    conversation, delivered = admit(manny, "Alice", ALICE), Delivered()
    reminders = background(manny, delivered)
    reminders.start()
    due = soon()
    remind(manny, conversation, due)
    reminders.rearm()
    eventually(lambda: delivered.conversations == [conversation])
    assert timedelta() <= delivered.at[0] - due < timedelta(seconds=0.5)
    reminders.stop()
    assert manny.assistant.remind(CHANNEL) == []
    assert delivered.conversations == [conversation]


def test_fires_in_a_worker_thread_of_an_event_loop(manny: Manny) -> None:
    conversation, delivered = admit(manny, "Alice", ALICE), Delivered()

    async def run() -> None:
        reminders = Reminders(AsyncIOScheduler(timezone=UTC), manny.assistant, CHANNEL, manny.clock, delivered)
        reminders.start()
        for seconds in (0.2, 0.3):
            remind(manny, conversation, soon(seconds))
        await asyncio.to_thread(reminders.rearm)
        await asyncio.to_thread(eventually, lambda: len(delivered.conversations) == 2)
        await asyncio.to_thread(reminders.stop)

    asyncio.run(run())
    assert threading.get_ident() not in delivered.threads


def test_fires_at_the_start_what_fell_due_while_stopped(manny: Manny) -> None:
    conversation, delivered = admit(manny, "Alice", ALICE), Delivered()
    remind(manny, conversation, soon(-3600))
    for _ in range(2):
        reminders = background(manny, delivered)
        reminders.start()
        eventually(lambda: delivered.conversations == [conversation])
        reminders.stop()
    assert delivered.conversations == [conversation]


def test_tells_a_conversation_once_of_several_reminders(manny: Manny) -> None:
    conversation, delivered = admit(manny, "Alice", ALICE), Delivered()
    for _ in range(3):
        remind(manny, conversation, soon(-60))
    reminders = background(manny, delivered)
    reminders.start()
    eventually(lambda: bool(delivered.at))
    reminders.stop()
    assert delivered.conversations == [conversation]


def test_does_not_fire_what_was_put_off(manny: Manny) -> None:
    conversation, delivered = admit(manny, "Alice", ALICE), Delivered()
    reminders = background(manny, delivered)
    reminders.start()
    reminder = remind(manny, conversation, soon(0.3))
    reminders.rearm()
    with UnitOfWork(manny.sessions) as work:
        work.session.get_one(Reminder, reminder).due_at = soon(3600)
        work.commit()
    reminders.rearm()
    threading.Event().wait(0.6)
    assert delivered.conversations == []
    with UnitOfWork(manny.sessions) as work:
        work.session.delete(work.session.get_one(Reminder, reminder))
        work.commit()
    reminders.rearm()
    reminders.stop()
    reminders.rearm()


def test_goes_by_the_clock_of_manny(tmp_path: Path, nlu: StubNlu) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    manny = build(tmp_path, nlu.url, clock=wiring.clock_from(start))
    conversation, delivered = admit(manny, "Alice", ALICE), Delivered()
    reminders = background(manny, delivered)
    reminders.start()
    remind(manny, conversation, manny.clock() + timedelta(seconds=0.4))
    reminders.rearm()
    eventually(lambda: delivered.conversations == [conversation])
    reminders.stop()
    manny.close()


def test_a_failure_is_tried_again_and_ends_nothing(manny: Manny, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, delivered = admit(manny, "Alice", ALICE), Delivered()
    really, failures = manny.assistant.remind, [RuntimeError("broken once")]

    def failing(self: Assistant, channel: str) -> list[int]:
        if failures:
            raise failures.pop()
        return really(channel)

    monkeypatch.setattr(Assistant, "remind", failing)
    remind(manny, conversation, soon(-1))
    reminders = background(manny, delivered)
    reminders.start()
    eventually(lambda: not failures)
    assert delivered.conversations == []
    reminders.rearm()
    eventually(lambda: delivered.conversations == [conversation])
    reminders.stop()


def test_reminds_on_telegram_once_also_after_a_restart(tmp_path: Path, nlu: StubNlu) -> None:
    with FakeTelegram() as telegram:
        telegram.knows(ALICE)
        manny = build(tmp_path, nlu.url, telegram.url)
        conversation = admit(manny, "Alice", ALICE)
        remind(manny, conversation, soon(-60))
        with Served(manny, telegram.token):
            telegram.wait_for(ALICE, 1)
            remind(manny, conversation, soon(0.5))
            telegram.says(ALICE, "hello")
            telegram.wait_for(ALICE, 3)
        manny.close()
        again = build(tmp_path, nlu.url, telegram.url)
        with Served(again, telegram.token):
            telegram.says(ALICE, "/undo")
            telegram.wait_for(ALICE, 4)
        again.close()
        texts = telegram.texts(ALICE)
        assert len(texts) == 4
        assert [number for number, text in enumerate(texts) if "⏰ call Weber" in text] == [0, 2]
        assert telegram.to(ALICE)[2].buttons
        assert telegram.faults == []


def test_waits_with_reminders_for_who_has_blocked_it(tmp_path: Path, nlu: StubNlu) -> None:
    with FakeTelegram() as telegram:
        telegram.knows(ALICE)
        telegram.blocks(ALICE, told=False)
        manny = build(tmp_path, nlu.url, telegram.url)
        conversation = admit(manny, "Alice", ALICE)
        remind(manny, conversation, soon(-60))
        with Served(manny, telegram.token):
            telegram.wait(lambda: len(telegram.calls("sendMessage")) == 1)
            remind(manny, conversation, soon(-30))
            telegram.unblocks(ALICE, told=False)
            telegram.says(ALICE, "hello")
            assert [text[:1] for text in (one.text for one in telegram.wait_for(ALICE, 2))] == ["⏰", "H"]
        manny.close()
