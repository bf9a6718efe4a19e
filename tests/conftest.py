"""What tests share: one real Rasa server with the real model for a whole run, and Manny on a fresh database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import settings as settings_module
from bot.settings import Settings
from bot.wiring import Manny, build, nlu_client
from nlu.server import NluServer
from nlu.training import train
from tests.postgres import Postgres, postgres_server

NOW = datetime(2026, 3, 2, 9, 0)
"""Monday, the moment from which every test counts."""


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine's reaches a test."""
    for name in list(os.environ):
        if name.startswith("MANNY_") or name == "TELEGRAM_BOT_TOKEN":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def nlu_server() -> Iterator[NluServer]:
    """The real model behind the real server."""
    server = NluServer(train(lambda share, step: None).path)
    server.start()
    yield server
    server.stop()


class TestClock:
    """A clock that tests move."""

    __test__ = False

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.at = NOW.replace(tzinfo=self.zone)

    def __call__(self) -> datetime:
        return self.at.astimezone(UTC)

    def set(self, local: datetime) -> None:
        """Moves the clock to a local time."""
        self.at = local.replace(tzinfo=self.zone)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The shipped settings on a fresh SQLite file."""
    return settings_module.load(database={"url": f"sqlite:///{tmp_path}/manny.db"}, timezone="Asia/Shanghai")


@pytest.fixture
def clock(settings: Settings) -> TestClock:
    """Monday 2026-03-02, 09:00 in the default zone."""
    return TestClock(settings.timezone)


@pytest.fixture
def make_manny(
    nlu_server: NluServer, settings: Settings, clock: TestClock, tmp_path: Path
) -> Iterator[Callable[[], Manny]]:
    """Builds Manny on the test's database and the real model; several times, where a restart is tested."""
    made: list[Manny] = []

    def make() -> Manny:
        manny = build(settings, nlu_client(settings, nlu_server.url, nlu_server.token), clock, tmp_path / "files")
        made.append(manny)
        return manny

    yield make
    for manny in made:
        manny.close()
