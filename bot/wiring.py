"""Builds Manny from settings: the only place that constructs things, for the program and for its tests."""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from actions.playbook import load as load_playbook
from bot.assistant import Assistant, Clock
from bot.settings import ROOT, Settings
from nlu.client import NluClient
from storage.database import make_engine, session_factory, upgrade
from storage.files import Files

FILES = ROOT / "var" / "files"
"""Where charts and spreadsheets are written, and files are kept that people send."""


@dataclass(frozen=True)
class Manny:
    """Everything that a door needs."""

    settings: Settings
    assistant: Assistant
    sessions: sessionmaker[Session]
    engine: Engine
    nlu: NluClient
    clock: Clock
    files: Files

    def close(self) -> None:
        """Gives connections back."""
        self.nlu.close()
        self.engine.dispose()


def settle() -> None:
    """To be called once all is built: what is there now stays to the end, and is not looked through for garbage again.
    New garbage is looked for more seldom; one message makes some 20,000 objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def real_clock() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """A clock that begins at `start` and runs on from there."""
    begun = datetime.now(UTC)

    def now() -> datetime:
        return start + (datetime.now(UTC) - begun)

    return now


def database_url(settings: Settings) -> str:
    """The database's address; a relative SQLite path counts from the project's folder, wherever Manny is started."""
    url = make_url(settings.database.url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(ROOT / url.database))
    return url.render_as_string(hide_password=False)


def received_files(url: str, folder: Path = FILES) -> Files:
    """The files that people sent to Manny on this database; those of other databases stay apart."""
    database = make_url(url).set(password=None).render_as_string()
    return Files(folder, f"received/{sha256(database.encode()).hexdigest()[:12]}")


def build(settings: Settings, nlu: NluClient, clock: Clock = real_clock, files: Path = FILES) -> Manny:
    """Manny on an up-to-date database, with `nlu` as its model. Close it in the end."""
    url = database_url(settings)
    upgrade(url)
    engine = make_engine(url)
    sessions = session_factory(engine)
    received = received_files(url, files)
    sessions.configure(info={"files": received})
    assistant = Assistant(sessions, nlu, load_playbook(), settings, clock, files)
    return Manny(settings, assistant, sessions, engine, nlu, clock, received)


def nlu_client(settings: Settings, url: str, token: str | None) -> NluClient:
    """A client of the model's server."""
    return NluClient(url, token, settings.region)


def quiet_logs(level: int = logging.WARNING) -> None:
    """Logs go to standard error, without the addresses of requests: those carry tokens."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("httpx", "httpcore", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
