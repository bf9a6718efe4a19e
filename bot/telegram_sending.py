"""What Manny sends on Telegram: replies with buttons and files, sentences, and what becomes of pressed buttons."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import MessageLimit, ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.delivery import Refused, Send, TryLater, Unreachable
from bot.markup import length, split_html
from bot.messages import Outgoing
from bot.replies import plain

log = logging.getLogger(__name__)

ROW_WIDTH = 36
"""Characters that fit in a row of buttons on a phone."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Sends by one bot. Errors of replies become decisions of bot.delivery; a sentence or an edit may fail."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        self._bot = bot

    def sends(self, reply: Outgoing) -> Sequence[Send]:
        """The messages that make up a reply: its text in pieces, with the buttons under the last, then its files."""
        pieces = split_html(reply.html, MessageLimit.MAX_TEXT_LENGTH)
        keyboards = [*[None] * (len(pieces) - 1), _keyboard(reply)]
        texts = [
            partial(self._send_text, reply, piece, keyboard) for piece, keyboard in zip(pieces, keyboards, strict=True)
        ]
        return [*texts, *(partial(self._send_file, reply, path) for path in reply.files)]

    async def _send_text(self, reply: Outgoing, piece: str, keyboard: InlineKeyboardMarkup | None) -> None:
        send = partial(self._bot.send_message, reply.chat_id, reply_markup=keyboard, link_preview_options=_NO_PREVIEW)
        with _decisions():
            try:
                await send(text=piece, parse_mode=ParseMode.HTML)
            except BadRequest as error:
                if _is_gone(error):
                    raise
                log.error("reply %s (%s) goes as plain text: %s", reply.id, reply.template, error)
                await send(text=plain(piece))

    async def _send_file(self, reply: Outgoing, path: Path) -> None:
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            log.error("reply %s goes without %s: %s", reply.id, path.name, error)
            return
        with _decisions():
            if path.suffix == ".png":
                try:
                    await self._bot.send_photo(reply.chat_id, content, filename=path.name)
                    return
                except BadRequest as error:
                    if _is_gone(error):
                        raise
                    # Telegram refuses pictures that are very long or narrow, but takes them as files.
                    log.warning("%s goes as a file: %s", path.name, error)
            await self._bot.send_document(reply.chat_id, content, filename=path.name)

    async def say(self, chat_id: str, text: str) -> None:
        """A sentence outside of the outbox: to strangers and about the channel. Not sent again if it fails."""
        try:
            await self._bot.send_message(chat_id, text, link_preview_options=_NO_PREVIEW)
        except TelegramError as error:
            log.info("a sentence to chat %s was not sent: %s", chat_id, error)

    async def acknowledge(self, query: CallbackQuery) -> None:
        """Ends the waiting sign on a button."""
        try:
            await query.answer()
        except TelegramError as error:
            # After a restart the query is often too old, which does no harm.
            log.debug("query %s: %s", query.id, error)

    async def close_buttons(self, query: CallbackQuery, counted: bool) -> None:
        """Takes the buttons away, and shows in their place what was chosen if the press `counted`."""
        chosen, message = _label(query) if counted else None, query.message
        try:
            if isinstance(message, Message) and message.text and chosen:
                closed = f"{message.text_html}\n\n✓ <i>{html.escape(chosen)}</i>"
                if length(closed) <= MessageLimit.MAX_TEXT_LENGTH:
                    await query.edit_message_text(closed, ParseMode.HTML, link_preview_options=_NO_PREVIEW)
                    return
            await query.edit_message_reply_markup(None)
        except TelegramError as error:
            # Pressed twice, deleted, or too old to be changed.
            log.debug("buttons of query %s: %s", query.id, error)


def _keyboard(reply: Outgoing) -> InlineKeyboardMarkup | None:
    """The buttons, short ones side by side."""
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for index, label in enumerate(reply.buttons):
        width = sum(2 if east_asian_width(char) in "WF" else 1 for char in label) + 4
        if not rows or room < width:
            rows.append([])
            room = ROW_WIDTH
        rows[-1].append(InlineKeyboardButton(label, callback_data=f"p:{reply.id}:{index}"))
        room -= width
    return InlineKeyboardMarkup(rows) if rows else None


def _label(query: CallbackQuery) -> str | None:
    """What is written on the button that was pressed."""
    message = query.message
    rows = message.reply_markup.inline_keyboard if isinstance(message, Message) and message.reply_markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == query.data), None)


def _is_gone(error: BadRequest) -> bool:
    return "chat not found" in str(error).lower()


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else wait


@contextmanager
def _decisions() -> Iterator[None]:
    """Telegram's errors as decisions."""
    try:
        yield
    except Forbidden as error:
        raise Unreachable(str(error)) from error
    except RetryAfter as error:
        raise TryLater(str(error), seconds_of(error)) from error
    except BadRequest as error:
        raise (Unreachable if _is_gone(error) else Refused)(str(error)) from error
    except TelegramError as error:
        raise TryLater(str(error)) from error
