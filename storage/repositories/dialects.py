"""Where SQLite and PostgreSQL differ."""

from __future__ import annotations

from sqlalchemy.orm import Session


def is_sqlite(session: Session) -> bool:
    """Whether the database is SQLite: some statements have to be written twice."""
    return session.get_bind().dialect.name == "sqlite"
