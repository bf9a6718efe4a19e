"""The Telegram door, by long polling. Only it, bot.telegram_sending and bot.telegram_files know python-telegram-bot.

An update is stored before Telegram learns that it came; messages of a chat are handled one by one, chats in
parallel; what the turns wrote into the outbox is sent by bot.delivery.
"""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import time
import warnings
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError
from telegram import (
    BotCommand,
    CallbackQuery,
    ChatMember,
    Update,
)
from telegram.constants import ChatType
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application, ApplicationBuilder, BaseUpdateProcessor, CallbackContext, TypeHandler
from telegram.warnings import PTBDeprecationWarning

from bot.delivery import LONGEST_WAIT, Delivery, Locks
from bot.messages import Incoming
from bot.redaction import redacted
from bot.reminders import Reminders
from bot.replies import LANGUAGES, words
from bot.telegram_files import Downloads, file_in
from bot.telegram_sending import Sender, seconds_of
from bot.wiring import Manny
from storage.files import SentFile
from storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

CHANNEL = "telegram"
SWEEP = timedelta(seconds=30)
"""How often is looked for what a crash or a failure left behind."""
POLL_SECONDS = 25
THREADS = 12
"""Turns at a time; the database's pool holds fifteen connections."""
CHATS = 10_000
"""Updates that may wait for their chat's turn before the others have to wait, too."""
ONCE_A_DAY = timedelta(days=1)
ONCE = timedelta(days=3_650)
UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)

_START = re.compile(r"/start(?:@\w+)?\s+(\S+)\s*", re.IGNORECASE)
_NOT_COUNTED = ("conversation/pressed_already", "conversation/gone")
"""Replies to a press that has done nothing."""
_PRESS = re.compile(r"p:(\d+):(\d+)")


class ServeError(Exception):
    """Telegram cannot be served any longer; the message tells an operator why, without the token."""


def run(manny: Manny, token: str) -> None:
    """Serves Telegram until SIGINT or SIGTERM. Raises ServeError."""
    asyncio.run(serve(manny, token))


async def serve(manny: Manny, token: str) -> None:
    """Serves Telegram until SIGINT or SIGTERM, or until cancelled. Raises ServeError."""
    for name in ("httpx", "httpcore"):
        # These log every address, and the token is in it.
        logging.getLogger(name).setLevel(logging.WARNING)
    # The library warns of its own use of this attribute, at each 429.
    warnings.filterwarnings("ignore", message=".*retry_after", category=PTBDeprecationWarning)
    with redacted(token):
        await _Door(manny, token).serve()


# --- what python-telegram-bot is given


@dataclass(frozen=True)
class _Job:
    """Something to do in one chat."""

    chat_id: str
    do: Callable[[], Awaitable[None]]


class _OneByOne(BaseUpdateProcessor):
    """Jobs of one chat in the order in which they came, chats in parallel."""

    def __init__(self) -> None:
        super().__init__(CHATS)
        self._locks = Locks()
        self._closed = False

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Waits for the chat's turn. Once closed, what still waits is left to the inbox and the next start."""
        async with self._locks.of(update.chat_id if isinstance(update, _Job) else ""):
            if self._closed and isinstance(coroutine, Coroutine):
                coroutine.close()
            else:
                await coroutine

    def close(self) -> None:
        """Begins nothing new from here on."""
        self._closed = True

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to give back."""


class _Once:
    """Says yes to a key once within a span. Kept in memory only: nothing of strangers is stored."""

    def __init__(self, span: timedelta) -> None:
        self._span = span.total_seconds()
        self._said: OrderedDict[str, float] = OrderedDict()

    def __call__(self, key: str) -> bool:
        now = time.monotonic()
        while self._said and (len(self._said) > CHATS or next(iter(self._said.values())) < now - self._span):
            self._said.popitem(last=False)
        if key in self._said:
            return False
        self._said[key] = now
        return True


# --- the door


class _Door:
    """One bot. What it holds in memory can be lost at any moment: the inbox and the outbox are in the database."""

    def __init__(self, manny: Manny, token: str) -> None:
        self._manny = manny
        self._assistant = manny.assistant
        self._processor = _OneByOne()
        self._app = self._build(token)
        self._bot = self._app.bot
        self._sender = Sender(self._bot)
        self._downloads = Downloads(self._bot, manny.files)
        self._delivery = Delivery(manny, CHANNEL, self._sender.sends)
        self._reminders = Reminders(
            AsyncIOScheduler(timezone=UTC), manny.assistant, CHANNEL, manny.clock, self._deliver_soon
        )
        self._ended, self._closing = asyncio.Event(), asyncio.Event()
        self._offset: int | None = None
        self._in_hand: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._tell_stranger, self._tell_group = _Once(ONCE_A_DAY), _Once(ONCE)
        self._tell_bad_key, self._log_failure = _Once(timedelta(minutes=1)), _Once(timedelta(minutes=1))
        self._tidies = _Once(ONCE_A_DAY)

    def _build(self, token: str) -> Application[Any, Any, Any, Any, Any, Any]:
        api = self._manny.settings.telegram.api.rstrip("/")
        builder = ApplicationBuilder().token(token).base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
        # A send that times out may have arrived, and is sent again: better to wait a little longer.
        builder = builder.connect_timeout(10).read_timeout(20).write_timeout(20).pool_timeout(10)
        app = builder.updater(None).concurrent_updates(self._processor).job_queue(None).build()
        app.add_handler(TypeHandler(_Job, _do))
        return app

    # --- from the start to the end

    async def serve(self) -> None:
        """Opens, waits for the end, closes."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(THREADS, "manny"))
        with _signals(self._loop, self._ended.set):
            try:
                await self._until_ended(self._work())
            except ServeError as error:
                log.error("%s", error)
                raise
            finally:
                await self._close()

    async def _work(self) -> None:
        """Everything, from the first request on; raises ServeError when it can't go on."""
        await self._connect()
        await self._app.start()
        # What waits in the inbox is older than what the first poll brings.
        await self._sweep()
        self._spawn(self._sweep_again_and_again())
        self._spawn(self._name_commands())
        self._reminders.start()
        await self._poll()

    async def _connect(self) -> None:
        wait = 1.0
        while True:
            try:
                await self._app.initialize()
                await self._bot.delete_webhook()
                return
            except InvalidToken:
                raise ServeError("Telegram does not accept the bot's token. Check TELEGRAM_BOT_TOKEN.") from None
            except TelegramError as error:
                log.warning("Telegram cannot be reached, next try in %.0f s: %s", wait, error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _poll(self) -> None:
        """Fetches updates. The offset acknowledges all before it, so it moves when an update has been stored.

        The library's own polling hides a revoked token, and polls once more when it stops, which would throw out
        the other one of two programs that poll at the same time.
        """
        wait = 1.0
        while True:
            try:
                updates = await self._bot.get_updates(
                    offset=self._offset, timeout=timedelta(seconds=POLL_SECONDS), allowed_updates=UPDATES
                )
                wait = 1.0
            except Conflict:
                raise ServeError(
                    "Another program polls Telegram with the same bot token. Stop one of the two."
                ) from None
            except InvalidToken:
                raise ServeError("Telegram no longer accepts the bot's token. Get a new one from @BotFather.") from None
            except TelegramError as error:
                wait = await self._after_failed_poll(error, wait)
                continue
            for update in updates:
                if job := await self._take_in(update):
                    await self._app.update_queue.put(job)
                self._offset = update.update_id + 1

    async def _after_failed_poll(self, error: TelegramError, wait: float) -> float:
        if self._log_failure("polling"):
            log.warning("Telegram cannot be polled, trying again: %s", error)
        await asyncio.sleep(seconds_of(error) + 0.5 if isinstance(error, RetryAfter) else wait)
        return min(wait * 1.5, 30.0)

    async def _acknowledge_last(self) -> None:
        """Without this the last updates come again at the next start, where they are found handled."""
        if self._offset is not None:
            with suppress(TelegramError):
                await self._bot.get_updates(offset=self._offset, timeout=timedelta(), allowed_updates=UPDATES)

    async def _until_ended(self, work: Coroutine[Any, Any, None]) -> None:
        task, ended = asyncio.create_task(work), asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            else:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await self._acknowledge_last()
        finally:
            ended.cancel()
            task.cancel()
            await asyncio.gather(task, ended, return_exceptions=True)

    async def _close(self) -> None:
        """Finishes the turns that have begun. The rest is in the inbox, and comes at the next start."""
        self._processor.close()
        self._closing.set()
        await asyncio.to_thread(self._reminders.stop)
        if self._app.running:
            await self._app.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._delivery.stop()
        await self._downloads.close()
        await self._app.shutdown()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _name_commands(self) -> None:
        """What Telegram shows beside the text field."""
        with suppress(TelegramError):
            for language, code in (("en", None), ("zh", "zh")):
                said = words("telegram", language)
                commands = [BotCommand(name, said[f"command_{name}"]) for name in ("help", "undo")]
                await self._bot.set_my_commands(commands, language_code=code)

    # --- what crashes and failures left behind

    async def _sweep_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(SWEEP.total_seconds())
            await self._sweep()

    async def _sweep(self) -> None:
        try:
            await self._take_up()
            await self._delivery.sweep()
            if self._tidies("files"):
                await asyncio.to_thread(self._assistant.tidy)
        except SQLAlchemyError:
            log.exception("the database cannot be read; next try in %s", SWEEP)

    async def _take_up(self) -> None:
        """Runs again what is in the inbox and was never answered."""
        for incoming in await asyncio.to_thread(self._waiting):
            if incoming.external_id not in self._in_hand:
                self._in_hand.add(incoming.external_id)
                await self._app.update_queue.put(_Job(incoming.chat_id, partial(self._turn, incoming)))

    def _waiting(self) -> list[Incoming]:
        with UnitOfWork(self._manny.sessions) as work:
            return [
                Incoming.from_inbox(CHANNEL, message.external_id, message.text, message.payload)
                for message in work.messages.waiting(CHANNEL)
                if message.payload
            ]

    # --- taking an update in

    async def _take_in(self, update: Update) -> _Job | None:
        """Stores an update and says what is to be done. Waits for the database: the update must not be lost."""
        wait = 1.0
        while True:
            try:
                return await self._read(update)
            except SQLAlchemyError:
                log.exception("update %s cannot be stored, next try in %.0f s", update.update_id, wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)

    async def _read(self, update: Update) -> _Job | None:
        chat = update.effective_chat
        if chat is None:
            return None
        if chat.type != ChatType.PRIVATE:
            return self._read_group(update, str(chat.id))
        if update.my_chat_member is not None:
            gone = update.my_chat_member.new_chat_member.status == ChatMember.BANNED
            await asyncio.to_thread(self._reach, str(chat.id), not gone)
            return None
        if update.callback_query is not None:
            return await self._read_press(update, update.callback_query, str(chat.id))
        return await self._read_message(update, str(chat.id))

    def _read_group(self, update: Update, chat_id: str) -> _Job | None:
        gone = update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in (
            ChatMember.LEFT,
            ChatMember.BANNED,
        )
        if gone or not self._tell_group(chat_id):
            return None
        return _Job(chat_id, partial(self._sender.say, chat_id, _in_all_languages("private_only")))

    async def _read_press(self, update: Update, query: CallbackQuery, chat_id: str) -> _Job | None:
        # Until the query is answered the button shows a waiting sign, however long the chat's turn takes to come.
        self._spawn(self._sender.acknowledge(query))
        press = _PRESS.fullmatch(query.data or "")
        if press is None:
            return None
        pressed, button = int(press.group(1)), int(press.group(2))
        incoming = Incoming(
            CHANNEL, str(update.update_id), str(query.from_user.id), chat_id, pressed=pressed, button=button
        )
        return await self._admit(incoming, query=query)

    async def _read_message(self, update: Update, chat_id: str) -> _Job | None:
        message = update.message or update.edited_message
        if message is None or message.from_user is None:
            return None
        account = str(message.from_user.id)
        # Who edits what is written beside a file has sent that file before.
        file = file_in(message) if update.edited_message is None else None
        text = message.text if message.text is not None else message.caption
        if text is None and file is None:
            # Live locations and the like are edited all the time; what is no content is a note of Telegram's own.
            if update.edited_message is not None or message.effective_attachment is None:
                return None
            return await self._say_unreadable(account, chat_id)
        start = _START.fullmatch(message.text or "")
        # A key is a secret: it is used at once, and not stored.
        said = "/start" if start else text or ""
        incoming = Incoming(CHANNEL, str(update.update_id), account, chat_id, said, file=file)
        return await self._admit(incoming, key=start.group(1) if start else None)

    async def _say_unreadable(self, account: str, chat_id: str) -> _Job | None:
        language = await asyncio.to_thread(self._language_of, account, chat_id)
        if language is None:
            return self._stranger(chat_id)
        return _Job(chat_id, partial(self._sender.say, chat_id, words("telegram", language)["unreadable"]))

    async def _admit(
        self, incoming: Incoming, key: str | None = None, query: CallbackQuery | None = None
    ) -> _Job | None:
        """Stores what a member wrote; of strangers nothing is stored."""
        self._in_hand.add(incoming.external_id)
        known, welcome = await asyncio.to_thread(self._enter, incoming, key)
        if not known:
            self._in_hand.discard(incoming.external_id)
            return self._bad_key(incoming.chat_id) if key else self._stranger(incoming.chat_id)
        return _Job(incoming.chat_id, partial(self._turn, incoming, query, welcome))

    def _enter(self, incoming: Incoming, key: str | None) -> tuple[bool, str | None]:
        """Whether it came from a member, and is stored now; and the words of welcome for who has just become one."""
        member = self._assistant.join(CHANNEL, incoming.account, key) if key else None
        if self._assistant.receive(incoming) is None:
            return False, None
        welcome = words("telegram", member.language)["joined"].format(name=member.name) if member else None
        return True, welcome

    def _reach(self, chat_id: str, reachable: bool) -> None:
        with UnitOfWork(self._manny.sessions) as work:
            if reachable:
                work.team.unblock(CHANNEL, chat_id)
            else:
                work.team.block(CHANNEL, chat_id, self._manny.clock().astimezone(UTC))
            work.commit()

    def _language_of(self, account: str, chat_id: str) -> str | None:
        """What is spoken in this chat; None for a stranger."""
        with UnitOfWork(self._manny.sessions) as work:
            member = work.team.by_account(CHANNEL, account)
            return work.team.conversation(CHANNEL, chat_id, member).language if member else None

    def _stranger(self, chat_id: str) -> _Job | None:
        if not self._tell_stranger(chat_id):
            return None
        return _Job(chat_id, partial(self._sender.say, chat_id, _in_all_languages("stranger")))

    def _bad_key(self, chat_id: str) -> _Job | None:
        if not self._tell_bad_key(chat_id):
            return None
        return _Job(chat_id, partial(self._sender.say, chat_id, _in_all_languages("bad_key")))

    # --- a turn

    async def _turn(self, incoming: Incoming, query: CallbackQuery | None = None, welcome: str | None = None) -> None:
        """Answers what is stored in the inbox. Comes again after a crash, then without `query` and `welcome`."""
        try:
            if welcome:
                await self._sender.say(incoming.chat_id, welcome)
            if incoming.file is not None:
                fetched = await self._fetched(incoming, incoming.file)
                if fetched is None:
                    return
                incoming = fetched
            answer = await asyncio.to_thread(self._assistant.respond, incoming)
        finally:
            self._in_hand.discard(incoming.external_id)
        if not answer.known:
            if stranger := self._stranger(incoming.chat_id):
                await stranger.do()
            return
        if query is not None and answer.replies:
            await self._close_buttons(query, answer.replies[0].template)
        await self._delivery.deliver_chat(incoming.chat_id)
        await asyncio.to_thread(self._reminders.expect, answer.next_reminder)

    async def _fetched(self, incoming: Incoming, file: SentFile) -> Incoming | None:
        """The message with its file kept; None where Manny ends meanwhile: it waits in the inbox for the next start."""
        if await asyncio.to_thread(self._assistant.receive, incoming) is None:
            # No member any more: nothing is fetched, and the turn will find out.
            return incoming
        path = self._manny.files.path_for(CHANNEL, incoming.external_id)
        fetching = asyncio.ensure_future(self._downloads.fetch(file, path))
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({fetching, closing}, return_when=asyncio.FIRST_COMPLETED)
            return replace(incoming, file=fetching.result()) if fetching.done() else None
        finally:
            fetching.cancel()
            closing.cancel()

    async def _close_buttons(self, query: CallbackQuery, template: str) -> None:
        """Takes the buttons away; after a failure they stay, for another try."""
        if template != "conversation/sorry":
            await self._sender.close_buttons(query, counted=template not in _NOT_COUNTED)

    def _deliver_soon(self, conversation_ids: list[int]) -> None:
        """Called by the reminders, in a thread of theirs."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._delivery.soon, conversation_ids)


async def _do(job: _Job, context: CallbackContext[Any, Any, Any, Any]) -> None:
    await job.do()


def _in_all_languages(name: str) -> str:
    return "\n".join(words("telegram", language)[name] for language in LANGUAGES)


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> Iterator[None]:
    """Ends cleanly at SIGINT and SIGTERM; what handled them before does so again afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            loop.add_signal_handler(number, stop)
    except (RuntimeError, ValueError, NotImplementedError):
        # Only the main thread gets signals, and Windows has no such handlers.
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
