"""Ann at the terminal on a real database, with messages whose meaning the test gives: what is tested is what is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from bot import settings, wiring
from bot.console import Console, sign_in
from bot.messages import Outgoing
from nlu.client import NluClient
from nlu.understanding import Understanding
from storage.database import upgrade
from storage.models import Base
from storage.unit_of_work import UnitOfWork
from tests.conftest import TestClock


@cache
def empty_database() -> bytes:
    """An empty database of the newest schema: the migrations take a quarter of a second."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "manny.db"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


class Meaning(NluClient):
    """Gives the meaning that the test has set."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", None, None)
        self.next = Understanding(text="", language="en", intent="help", confidence=1.0)

    def begin(self, text: str) -> Callable[[datetime], Understanding]:
        """The meaning set, whatever the text."""
        return lambda now: self.next


class Desk:
    """A conversation of one member, from an empty database on."""

    def __init__(self, folder: Path, language: str = "en") -> None:
        self.folder = folder
        (folder / "manny.db").write_bytes(empty_database())
        loaded = settings.load(database={"url": f"sqlite:///{folder / 'manny.db'}"}, timezone="Asia/Shanghai")
        self._meaning, self._language = Meaning(), language
        self._clock = TestClock(loaded.timezone)
        self._manny = wiring.build(loaded, self._meaning, self._clock, folder / "files")
        self._consoles: dict[str, Console] = {}
        self.takes_over("Ann")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._manny.close()

    def takes_over(self, name: str, role: str = "rep") -> None:
        """From here on this member of the team sits at the desk."""
        if name not in self._consoles:
            self._consoles[name] = Console(self._manny, sign_in(self._manny, name, role, self._language, None))
        self._console = self._consoles[name]

    def waits(self, **span: float) -> None:
        """Time goes by: `days=1`."""
        self._clock.at += timedelta(**span)

    def sells(self, entries: list[dict[str, Any]]) -> None:
        """Makes these the team's own catalogue."""
        with UnitOfWork(self._manny.sessions) as work:
            ann = work.team.by_name("Ann")
            assert ann is not None
            work.catalogue.put(ann.team_id, entries)
            work.commit()

    def hears(self, intent: str, **meant: Any) -> Outgoing:
        """The reply to a message that means this."""
        text = " ".join(str(value) for value in meant.values()) or intent
        language = self._language
        self._meaning.next = Understanding(
            **{"text": text, "confidence": 1.0, **meant}, intent=intent, language=language
        )
        (reply,) = self._console.say(self._meaning.next.text).replies
        return reply

    def gets(self, content: bytes, name: str = "contract.pdf", intent: str = "out_of_scope", **meant: Any) -> Outgoing:
        """The reply to a file with words that mean this, or without any."""
        text = meant.pop("text", " ".join(str(value) for value in meant.values()))
        self._meaning.next = Understanding(
            **{"text": text, "confidence": 1.0, **meant}, intent=intent, language=self._language
        )
        path = self.folder / name
        path.write_bytes(content)
        (reply,) = self._console.send(path, text).replies
        return reply

    def presses(self, number: int) -> Outgoing:
        """The reply to a button of the last reply, counted from 1."""
        (reply,) = self._console.say(f"[{number}]").replies
        return reply

    def names(self, table: str) -> list[str]:
        """The names in a table, in the order in which they came."""
        columns = Base.metadata.tables[table].c
        with self._manny.engine.connect() as connection:
            return [name for (name,) in connection.execute(select(columns.name).order_by(columns.id))]
