"""The terminal door: a conversation with formatting, history and numbered buttons; plain lines or JSON in a pipe."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, TextIO

from apscheduler.schedulers.background import BackgroundScheduler
from prompt_toolkit import HTML, PromptSession, print_formatted_text
from prompt_toolkit.history import FileHistory
from prompt_toolkit.patch_stdout import patch_stdout

from bot.assistant import outgoing
from bot.messages import Answer, Incoming, Outgoing
from bot.reminders import Reminders
from bot.settings import ROOT
from bot.wiring import Manny
from storage.files import SIZE_AT_MOST, Files, SentFile
from storage.unit_of_work import UnitOfWork

CHANNEL = "terminal"
LEASE = timedelta(minutes=1)
"""How long a reply counts as being shown before another process may show it."""
HISTORY = ROOT / "var" / "history"
_BUTTON = re.compile(r"\[?(\d{1,2})\]?")
_SEND = re.compile(r"""/send\s+(?:"([^"]+)"|'([^']+)'|(\S+))(?:\s+(.*))?""", re.DOTALL)


def sign_in(manny: Manny, name: str | None, role: str | None, language: str | None, timezone: str | None) -> str:
    """The account of the person at the terminal; made in the default team when new. Returns its id on the channel."""
    settings, now = manny.settings, manny.clock().astimezone(UTC)
    with UnitOfWork(manny.sessions) as work:
        name = name or "me"
        member = work.team.by_name(name)
        if member is None:
            member = work.team.add(
                name, role or "rep", language or settings.language, timezone or settings.timezone, now
            )
        member.role = role or member.role
        member.language = language or member.language
        member.timezone = timezone or member.timezone
        work.team.tie(CHANNEL, str(member.id), member)
        conversation = work.team.conversation(CHANNEL, str(member.id), member)
        conversation.language = language or conversation.language
        work.commit()
        return str(member.id)


Show = Callable[[str | None, Answer, float], None]
"""Puts an answer before the person: to which line (None for what comes by itself), and how long it took (ms)."""


class Console:
    """One conversation in the terminal. `last` is the reply whose buttons a number presses.

    Each answer goes to `show`, and counts as shown only when that has returned: nothing is lost where Manny is killed.
    """

    def __init__(self, manny: Manny, account: str, show: Show = lambda line, answer, milliseconds: None) -> None:
        self._manny = manny
        self._account = account
        self._show = show
        self._conversation = self._conversation_id()
        self.last: Outgoing | None = None

    def _conversation_id(self) -> int:
        with UnitOfWork(self._manny.sessions) as work:
            member = work.team.by_account(CHANNEL, self._account)
            assert member is not None
            conversation = work.team.conversation(CHANNEL, self._account, member)
            work.commit()
            return conversation.id

    def say(self, line: str, bare_numbers: bool = False) -> Answer:
        """Answers one line; `[2]` (or `2`, where `bare_numbers`) presses the second button of the last reply.

        `/send PATH words` sends a file with these words; a path with spaces stands in quotes.
        """
        if sending := _SEND.fullmatch(line.strip()):
            *paths, words = sending.groups()
            return self.send(Path(next(filter(None, paths))).expanduser(), words or "", line)
        pressed = self._pressed(line.strip(), bare_numbers)
        incoming = Incoming(
            channel=CHANNEL,
            external_id=uuid.uuid4().hex,
            account=self._account,
            chat_id=self._account,
            text="" if pressed else line,
            pressed=pressed[0] if pressed else None,
            button=pressed[1] if pressed else None,
        )
        return self._answer(line, incoming)

    def send(self, path: Path, words: str = "", line: str | None = None) -> Answer:
        """Answers a file with what is written beside it; `line` is how that was typed."""
        file = SentFile(path.name, str(path))
        incoming = Incoming(CHANNEL, uuid.uuid4().hex, self._account, self._account, words, file=file)
        self._manny.assistant.receive(incoming)
        kept = replace(incoming, file=_kept(self._manny.files, file, incoming.external_id))
        return self._answer(line or words, kept)

    def _answer(self, line: str, incoming: Incoming) -> Answer:
        begun = time.perf_counter()
        answer = self._manny.assistant.respond(incoming)
        self._give(line, answer, (time.perf_counter() - begun) * 1000)
        return answer

    def _pressed(self, line: str, bare_numbers: bool) -> tuple[int, int] | None:
        match = _BUTTON.fullmatch(line)
        if match is None or self.last is None or not (bare_numbers or line.startswith("[")):
            return None
        number = int(match.group(1))
        if bare_numbers and not 1 <= number <= len(self.last.buttons):
            return None
        return self.last.id, number - 1

    def waiting(self) -> tuple[Outgoing, ...]:
        """Shows reminders and replies that have not been shown yet, and returns them."""
        self._manny.assistant.remind(CHANNEL)
        with UnitOfWork(self._manny.sessions) as work:
            rows = work.outbox.claim_unsent([self._conversation], self._manny.clock().astimezone(UTC), LEASE)
            found = tuple(outgoing(row.id, row.payload, self._account) for row in rows)
            work.commit()
        if found:
            self._give(None, Answer(found), 0.0)
        return found

    def _give(self, line: str | None, answer: Answer, milliseconds: float) -> None:
        self._show(line, answer, milliseconds)
        if answer.replies:
            self.last = answer.replies[-1]
            with UnitOfWork(self._manny.sessions) as work:
                work.outbox.sent([reply.id for reply in answer.replies], datetime.now(UTC))
                work.commit()


def _kept(files: Files, file: SentFile, external_id: str) -> SentFile:
    path = Path(file.reference)
    try:
        if not path.is_file():
            return replace(file, trouble="not_there")
        with path.open("rb") as opened:
            return files.keep(file, files.path_for(CHANNEL, external_id), opened.read(SIZE_AT_MOST + 1))
    except OSError:
        return replace(file, trouble="not_given")


def talk(manny: Manny, account: str, hello: str) -> None:
    """The conversation with a person at a terminal, until Ctrl-D or Ctrl-C."""
    console = Console(manny, account, _print)
    HISTORY.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(history=FileHistory(str(HISTORY)))
    turn = threading.RLock()

    def deliver(conversations: object = None) -> None:
        with turn:
            console.waiting()

    reminders = Reminders(BackgroundScheduler(timezone=UTC), manny.assistant, CHANNEL, manny.clock, deliver)
    print_formatted_text(HTML(f"<b>Manny</b>  {escape(hello)}"))
    with patch_stdout():
        deliver()
        reminders.start()
        try:
            while True:
                line = session.prompt(HTML("<ansigreen><b>› </b></ansigreen>"))
                with turn:
                    answer = console.say(line, bare_numbers=True)
                reminders.expect(answer.next_reminder)
        except (EOFError, KeyboardInterrupt):
            return
        finally:
            reminders.stop()


def _print(line: str | None, answer: Answer, milliseconds: float) -> None:
    for reply in answer.replies:
        buttons = "".join(
            f"  <ansicyan>[{number}] {escape(label)}</ansicyan>" for number, label in enumerate(reply.buttons, 1)
        )
        files = "".join(f"\n<ansiyellow>{escape(str(path))}</ansiyellow>" for path in reply.files)
        print_formatted_text(HTML(f"{reply.html}{files}" + (f"\n{buttons}" if buttons else "") + "\n"))


def pipe(manny: Manny, account: str, lines: TextIO, out: TextIO, as_json: bool) -> None:
    """One message a line, one answer each. What falls due is written as an answer to nothing (`said` is null)."""
    console = Console(manny, account, partial(_write_json if as_json else _write_plain, out))
    turn = threading.RLock()

    def deliver(conversations: object = None) -> None:
        with turn:
            console.waiting()

    reminders = Reminders(BackgroundScheduler(timezone=UTC), manny.assistant, CHANNEL, manny.clock, deliver)
    deliver()
    reminders.start()
    try:
        for line in lines:
            with turn:
                answer = console.say(line.rstrip("\r\n"))
            reminders.expect(answer.next_reminder)
        deliver()
    finally:
        reminders.stop()


def _write_plain(out: TextIO, said: str | None, answer: Answer, milliseconds: float) -> None:
    for reply in answer.replies:
        parts = [reply.text, *(str(path) for path in reply.files)]
        if reply.buttons:
            parts.append("  ".join(f"[{number}] {label}" for number, label in enumerate(reply.buttons, 1)))
        out.write("\n".join(parts) + "\n\n")
    out.flush()


def _write_json(out: TextIO, said: str | None, answer: Answer, milliseconds: float) -> None:
    line: dict[str, Any] = {
        "said": said,
        "understood": answer.understood,
        "replies": [
            {
                "template": reply.template,
                "facts": reply.facts,
                "text": reply.text,
                "buttons": list(reply.buttons),
                "files": [str(path) for path in reply.files],
            }
            for reply in answer.replies
        ],
        "ms": round(milliseconds, 1),
    }
    out.write(json.dumps(line, ensure_ascii=False) + "\n")
    out.flush()
