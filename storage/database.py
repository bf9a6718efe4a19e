"""Engines, sessions and migrations. Nothing opens a database when a module is imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

MIGRATIONS = Path(__file__).parent / "migrations"


def make_engine(url: str) -> Engine:
    """An engine for `url` (SQLite or PostgreSQL), with the settings that Manny relies on.

    Raises `sqlalchemy.exc.ArgumentError` for an address that is none.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        # Chinese stays readable in JSON columns, and can be found there when somebody is to be forgotten.
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
        pool_pre_ping=not sqlite,
        # The connection that was used last still has in its cache what it read; one by turns would read all anew.
        pool_use_lifo=True,
        connect_args={"timeout": 30, "isolation_level": None} if sqlite else {},
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    """WAL lets readers go on while one writes; foreign keys are off in SQLite unless asked for.

    With synchronous=NORMAL a commit is with the operating system, which keeps it whatever becomes of Manny: a
    killed process loses nothing. After a power cut the file is whole, but the last seconds may be missing; FULL
    would wait for the disk several times in each message. Who must not lose those seconds uses PostgreSQL.
    SQLite's own `lower` knows ASCII only: É would never be found as é.
    """
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("lower", 1, lambda text: text.lower() if isinstance(text, str) else text)


def _begin_immediate(connection: Connection) -> None:
    """Takes the write lock at once: SQLite refuses to upgrade a reader that another writer has overtaken."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions that keep loaded values after commit: a reply is built from them."""
    return sessionmaker(engine, expire_on_commit=False)


def upgrade(url: str) -> None:
    """Brings the database to the newest schema; creates it when it is not there."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == _script().get_current_head():
                return
            connection.rollback()
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
