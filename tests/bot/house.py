"""Manny with a database, a member and a Telegram door, built as the program builds them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from bot import settings, wiring
from bot.assistant import Clock
from bot.telegram import CHANNEL, serve
from bot.wiring import Manny
from storage.database import upgrade
from storage.models import Member
from storage.unit_of_work import UnitOfWork


def build(folder: Path, nlu: str, api: str = "http://127.0.0.1:9", clock: Clock = wiring.real_clock) -> Manny:
    """Manny on a SQLite file in `folder`; the same file again is a restart."""
    if not (folder / "manny.db").exists():
        (folder / "manny.db").write_bytes(_empty())
    loaded = settings.load(database={"url": database(folder)}, telegram={"api": api}, nlu={"url": nlu})
    return wiring.build(loaded, wiring.nlu_client(loaded, nlu, None), clock, files=folder / "files")


@cache
def _empty() -> bytes:
    """An empty database of the newest schema: the migrations take a quarter of a second."""
    with TemporaryDirectory() as folder:
        upgrade(database(Path(folder)))
        return (Path(folder) / "manny.db").read_bytes()


def database(folder: Path) -> str:
    """The address of the database in `folder`."""
    return f"sqlite:///{folder / 'manny.db'}"


def invite(manny: Manny, name: str, language: str = "en", at: datetime | None = None) -> str:
    """A new member; returns the key with which they join."""
    with UnitOfWork(manny.sessions) as work:
        now = at or datetime.now(UTC)
        member = work.team.by_name(name) or work.team.add(name, "rep", language, "UTC", now)
        key = work.team.issue_key(member, now)
        work.commit()
        return key


def admit(manny: Manny, name: str, user: int, language: str = "en") -> int:
    """A member who has joined on Telegram as `user`; returns the id of their conversation."""
    invite(manny, name, language)
    with UnitOfWork(manny.sessions) as work:
        member = work.team.by_name(name)
        assert isinstance(member, Member)
        work.team.tie(CHANNEL, str(user), member)
        conversation = work.team.conversation(CHANNEL, str(user), member)
        work.commit()
        return conversation.id


def eventually(condition: Callable[[], bool], timeout: float = 8.0) -> None:
    """Waits for what is seen in the database or the log."""
    until = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


class Served:
    """The Telegram door in a thread with a loop of its own; leaving it stops the door as SIGTERM does."""

    def __init__(self, manny: Manny, token: str) -> None:
        self.error: BaseException | None = None
        self._manny, self._token = manny, token
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self._task = self._loop.create_task(serve(self._manny, self._token))
        try:
            self._loop.run_until_complete(self._task)
        except (Exception, asyncio.CancelledError) as error:
            self.error = error
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self.ended()

    def ended(self, timeout: float = 15.0) -> None:
        """Waits for the end."""
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "the door does not stop"
