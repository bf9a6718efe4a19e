"""Every test of this folder runs on an empty SQLite file and on an empty database of a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from storage.database import upgrade
from tests.postgres import Postgres
from tests.storage.house import Database, Records

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which nothing is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'manny.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create("template0")
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'manny.db'}"
    upgrade(url)
    database = Database(url)
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def postgres_database(postgres: Postgres) -> Iterator[Database]:
    database = Database(postgres.create())
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session", params=BOTH)
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database. Making one for each test takes longer than the test: it is emptied instead."""
    found: Database = request.getfixturevalue(f"{'postgres' if request.param == 'postgresql' else 'sqlite'}_database")
    return found


@pytest.fixture
def records(database: Database) -> Records:
    """A database with the cast and nothing else."""
    return Records(database)


@pytest.fixture
def on_postgresql(postgres_database: Database) -> Records:
    """The same on PostgreSQL alone: for tests marked as slow."""
    return Records(postgres_database)
