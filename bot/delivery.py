"""Empties the outbox of one channel: in order, again where it failed, never to people who cannot be reached.

What it means to send is the door's; it answers with one of the exceptions here, each a decision:
Unreachable (stop until they write), TryLater (keep it), Refused (give up).
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.assistant import outgoing
from bot.messages import Outgoing
from bot.wiring import Manny
from storage.models import Outgoing as Row
from storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""How long a reply counts as being sent before another process may send it: longer than one send can take."""
LONGEST_WAIT = 60.0
STOP_WITHIN = 10.0

Send = Callable[[], Awaitable[None]]
"""One message of a reply. Raises Unreachable, TryLater or Refused."""


class Unreachable(Exception):
    """The person has blocked Manny or is gone: nothing is sent to that chat until they write again."""


class Refused(Exception):
    """This reply will never be accepted: it is given up, and logged."""


class TryLater(Exception):
    """The reply is kept and sent again: after `seconds` where the channel names them, else after a growing wait."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Locks:
    """A lock for each key, forgotten when nobody holds it or waits for it. First come, first served."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        """Holds the lock of `key`."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] += 1
        try:
            async with lock:
                yield
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._locks[key]

    def __len__(self) -> int:
        return len(self._locks)


@dataclass(frozen=True)
class _Claimed:
    """A row of the outbox that is ours for a while. `reply` is None where its words were forgotten on request."""

    id: int
    conversation_id: int
    attempts: int
    reply: Outgoing | None


class Delivery:
    """Sends what is unsent. `sends` gives the messages that make up a reply, in order."""

    def __init__(self, manny: Manny, channel: str, sends: Callable[[Outgoing], Sequence[Send]]) -> None:
        self._manny = manny
        self._channel = channel
        self._sends = sends
        self._locks = Locks()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._begun: dict[int, int] = {}
        """Messages of a row that are sent already: a reply of several goes on where it failed."""

    async def deliver(self, conversation_id: int) -> None:
        """Sends all that waits in a conversation, or leaves the rest for later."""
        async with self._locks.of(str(conversation_id)):
            while not self._stopping.is_set() and (rows := await asyncio.to_thread(self._claim, conversation_id)):
                if not await self._send_all(rows):
                    return

    async def deliver_chat(self, chat_id: str) -> None:
        """Sends all that waits in a chat."""
        for conversation_id in await asyncio.to_thread(self._conversations_in, chat_id):
            await self.deliver(conversation_id)

    def soon(self, conversation_ids: Iterable[int], wait: float = 0.0) -> None:
        """Sends what waits in these conversations, in the background, after `wait` seconds."""
        for conversation_id in conversation_ids:
            self._spawn(self._after(wait, conversation_id))

    async def sweep(self) -> None:
        """Sends what is unsent anywhere, such as after a crash between commit and send."""
        self.soon(await asyncio.to_thread(self._unsent))

    async def stop(self) -> None:
        """Ends what is running, within some seconds; the rest stays in the outbox."""
        self._stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()

    async def _after(self, wait: float, conversation_id: int) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), wait)
        except TimeoutError:
            await self.deliver(conversation_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("sending failed; it is tried again", exc_info=error)

    async def _send_all(self, rows: Sequence[_Claimed]) -> bool:
        """Sends these rows; False where one failed, and with it all after it are given back."""
        for position, row in enumerate(rows):
            if self._stopping.is_set():
                await asyncio.to_thread(self._release, rows[position:], 0.0)
                return False
            if position:
                await asyncio.to_thread(self._renew, rows[position:])
            try:
                await self._send(row)
            except Unreachable as error:
                log.info("conversation %s cannot be reached: %s", row.conversation_id, error)
                await asyncio.to_thread(self._block, row, rows[position:])
                return False
            except TryLater as error:
                wait = error.seconds if error.seconds is not None else min(2.0 ** min(row.attempts, 9), LONGEST_WAIT)
                log.warning("reply %s is sent again in %.0f s: %s", row.id, wait, error)
                await asyncio.to_thread(self._release, rows[position:], wait)
                self.soon([row.conversation_id], wait + 0.05)
                return False
            except Refused as error:
                log.error("reply %s is given up: %s", row.id, error)
            self._begun.pop(row.id, None)
            await asyncio.to_thread(self._sent, row)
        return True

    async def _send(self, row: _Claimed) -> None:
        if row.reply is None:
            return
        for number, send in enumerate(self._sends(row.reply)):
            if number >= self._begun.get(row.id, 0):
                await send()
                self._begun[row.id] = number + 1

    # --- the rows; leases go by the real time, whatever Manny's clock says

    def _claim(self, conversation_id: int) -> list[_Claimed]:
        with UnitOfWork(self._manny.sessions) as work:
            conversation = work.team.conversation_by_id(conversation_id)
            if conversation.blocked_at is not None:
                return []
            rows = work.outbox.claim_unsent([conversation_id], datetime.now(UTC), LEASE)
            work.commit()
            return [_Claimed(row.id, conversation_id, row.attempts, _reply(row, conversation.chat_id)) for row in rows]

    def _renew(self, rows: Sequence[_Claimed]) -> None:
        self._release(rows, LEASE.total_seconds())

    def _release(self, rows: Sequence[_Claimed], wait: float) -> None:
        with UnitOfWork(self._manny.sessions) as work:
            for row in rows:
                work.outbox.release(row.id, datetime.now(UTC) + timedelta(seconds=wait))
            work.commit()

    def _sent(self, row: _Claimed) -> None:
        with UnitOfWork(self._manny.sessions) as work:
            work.outbox.sent([row.id], self._manny.clock().astimezone(UTC))
            work.commit()

    def _block(self, row: _Claimed, rows: Sequence[_Claimed]) -> None:
        with UnitOfWork(self._manny.sessions) as work:
            chat_id = work.team.conversation_by_id(row.conversation_id).chat_id
            work.team.block(self._channel, chat_id, self._manny.clock().astimezone(UTC))
            work.commit()
        self._release(rows, 0.0)

    def _unsent(self) -> list[int]:
        with UnitOfWork(self._manny.sessions) as work:
            return list(work.outbox.conversations_with_unsent(self._channel, datetime.now(UTC)))

    def _conversations_in(self, chat_id: str) -> list[int]:
        with UnitOfWork(self._manny.sessions) as work:
            return list(work.team.conversations_in(self._channel, chat_id))


def _reply(row: Row, chat_id: str) -> Outgoing | None:
    return outgoing(row.id, row.payload, chat_id) if row.payload else None
