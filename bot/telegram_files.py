"""Files that people send on Telegram: which file a message brings, and fetching it, within limits and again on failure."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import httpx
from telegram import Message
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.telegram_sending import seconds_of
from storage.files import SIZE_AT_MOST, Files, SentFile

log = logging.getLogger(__name__)

WAITS = (1.0, 3.0)
"""Seconds before each further try."""
LONGEST_WAIT = 20.0
LONGEST_FETCH = 60.0
AT_ONCE = 4
"""Files that are fetched at a time: each is in memory until it is written."""


def file_in(message: Message) -> SentFile | None:
    """The file that a message brings; None for text and for what is no file (a sticker, a location, a poll …)."""
    # An animation comes as a document as well; of a photo's sizes the last is the largest.
    photo = message.photo[-1] if message.photo else None
    media = message.animation or message.document or message.video or message.audio or message.voice
    found = media or message.video_note or photo
    if found is None:
        return None
    name = getattr(found, "file_name", None) or ""
    return SentFile(name, found.file_id, found.file_size, message.media_group_id)


class Downloads:
    """Fetches files by one bot into `files`."""

    def __init__(self, bot: ExtBot[Any], files: Files) -> None:
        self._bot = bot
        self._files = files
        self._http = httpx.AsyncClient(timeout=20.0, headers={"Accept-Encoding": "identity"})
        self._room = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def fetch(self, sent: SentFile, path: str) -> SentFile:
        """The file as it is kept at `path`, or with the trouble that there was."""
        if sent.size is not None and sent.size > SIZE_AT_MOST:
            return replace(sent, trouble="too_large")
        for wait in (*WAITS, None):
            try:
                async with self._room, asyncio.timeout(LONGEST_FETCH):
                    content = await self._content(sent)
                return await asyncio.to_thread(self._files.keep, sent, path, content)
            except (BadRequest, Forbidden, InvalidToken) as error:
                # Telegram names no size for some files, and refuses large ones only here.
                too_large = "too big" in str(error).lower()
                log.warning("a file is not given out: %s", error)
                return replace(sent, trouble="too_large" if too_large else "not_given")
            except (TelegramError, httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
                # The text of an HTTP error names the address, and the token is in it.
                log.warning("a file cannot be fetched: %s", type(error).__name__)
                if wait is None:
                    break
                asked = seconds_of(error) if isinstance(error, RetryAfter) else wait
                await asyncio.sleep(min(asked, LONGEST_WAIT))
        return replace(sent, trouble="not_given")

    async def _content(self, sent: SentFile) -> bytes:
        """The file's bytes; one more than are kept, where there are more."""
        file = await self._bot.get_file(sent.reference)
        content = bytearray()
        async with self._http.stream("GET", file.file_path or "") as answer:
            answer.raise_for_status()
            async for chunk in answer.aiter_bytes(65_536):
                content += chunk
                if len(content) > SIZE_AT_MOST:
                    break
        return bytes(content)
