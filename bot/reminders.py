"""APScheduler wakes Manny when a reminder falls due. What is due is a row; the scheduler remembers nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.base import BaseScheduler

from bot.assistant import Assistant, Clock

TICK = timedelta(seconds=20)
"""How often is looked for due reminders in any case: another process may have set one."""
AGAIN = timedelta(seconds=1)

# By default APScheduler silently drops a job that is more than a second late.
_OPTIONS: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True, "replace_existing": True}


class Reminders:
    """Fires the due reminders of one channel, then calls `deliver` with the conversations concerned.

    Both run in a worker thread, with an AsyncIOScheduler as with a BackgroundScheduler. Where Manny was stopped
    when a reminder fell due, it comes at the start, once.
    """

    def __init__(
        self,
        scheduler: BaseScheduler,
        assistant: Assistant,
        channel: str,
        clock: Clock,
        deliver: Callable[[list[int]], None],
    ) -> None:
        self._scheduler = scheduler
        self._assistant = assistant
        self._channel = channel
        self._clock = clock
        self._deliver = deliver
        self._lock = threading.Lock()
        self._stopped = False
        self._alarm: datetime | None = None

    def start(self) -> None:
        """Starts the scheduler; what is due already fires at once."""
        self._scheduler.add_job(
            self._fire,
            "interval",
            seconds=TICK.total_seconds(),
            timezone=UTC,
            next_run_time=datetime.now(UTC),
            id="tick",
            max_instances=1,
            **_OPTIONS,
        )
        self._scheduler.start()

    def rearm(self) -> None:
        """Sets the alarm to the next reminder on record."""
        self.expect(self._assistant.next_reminder_at(self._channel))

    def expect(self, due: datetime | None) -> None:
        """Sees to it that the alarm comes at `due` or before: to be called after each turn, for it may have set one.

        An alarm is never put off: where its reminder has gone or was moved, it finds nothing due.
        """
        if due is None:
            return
        with self._lock:
            # Manny's clock may be shifted against the real one, by which the scheduler goes.
            wait = due - self._clock()
            # Due and still waiting: another process has it in hand.
            alarm = datetime.now(UTC) + (wait if wait > timedelta() else AGAIN)
            if self._stopped or (self._alarm is not None and self._alarm <= alarm):
                return
            self._alarm = alarm
            # Two instances: an alarm that is set while the last one still runs must not be dropped.
            self._scheduler.add_job(self._fire, "date", run_date=alarm, id="wake", max_instances=2, **_OPTIONS)

    def stop(self) -> None:
        """Stops the scheduler, after what is firing just now."""
        with self._lock:
            # The scheduler holds its own lock while it waits for its threads: none may set an alarm from here on.
            self._stopped = True
        if self._scheduler.running:
            self._scheduler.shutdown()

    def _fire(self) -> None:
        with self._lock:
            self._alarm = None
        concerned: list[int] = []
        while not self._stopped and (fired := self._assistant.remind(self._channel)):
            concerned += fired
        if concerned:
            self._deliver(list(dict.fromkeys(concerned)))
        self.rearm()
