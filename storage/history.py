"""Every change of a turn, before and after, and the way back. Rows that are not `Tracked` are left alone.

Changes are noted at each flush and written together, before the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Delete, Table, bindparam, delete, event, insert, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from storage.models import TRACKED, Base, CatalogueProduct, Change, Message, Tracked


@dataclass(frozen=True)
class Turn:
    """Whose change it is and which message said so: what a session needs to record history."""

    message_id: int
    member_id: int


@dataclass(frozen=True)
class Undone:
    """What was taken back: the words of the turn, and per row the columns that changed back.

    `catalogue_stays` tells that the turn's catalogue is not taken back: another one has replaced it since.
    """

    message_id: int
    words: str
    changes: tuple[Change, ...]
    catalogue_stays: bool = False


def record(session: Session, turn: Turn) -> None:
    """From now on what `session` changes is kept under `turn`."""
    session.info["turn"] = turn
    session.info.setdefault("changes", [])


def stop_recording(session: Session) -> None:
    """Changes that follow are not part of what undo takes back (undo itself, forgetting)."""
    _write_changes(session)
    session.info.pop("turn", None)


# A value is remembered even where it was not loaded when it changed; SQLAlchemy would not look it up by itself.
for _model in TRACKED.values():
    for _column in inspect(_model).column_attrs:
        _column.class_attribute.impl.active_history = True


@event.listens_for(Session, "after_flush")
def _note_changes(session: Session, context: object) -> None:
    turn: Turn | None = session.info.get("turn")
    if turn is None:
        return
    session.info["changes"] += [
        *(_change(turn, row, None, _plain(row)) for row in _tracked(session.new)),
        *(_change(turn, row, before, after) for row in _tracked(session.dirty) for before, after in _altered(row)),
        *(_change(turn, row, _plain(row), None) for row in reversed(_tracked(session.deleted))),
    ]


_WRITTEN = insert(Base.metadata.tables["changes"])
"""Built once: building a statement costs as much as running it."""


@event.listens_for(Session, "before_commit")
def _write_changes(session: Session) -> None:
    session.flush()
    if rows := session.info.get("changes"):
        session.connection().execute(_WRITTEN, rows)
        session.info["changes"] = []


@cache
def _inserted(table: Table) -> ReturningInsert[Any]:
    return insert(table).returning(*table.c)


def insert_rows(session: Session, model: type[Tracked], rows: Sequence[dict[str, Any]]) -> None:
    """Writes new rows of a table in one statement, and keeps them like any change; what they refer to is written.

    They are no part of the session: this is for what nobody changes again in this turn.
    """
    written = session.connection().execute(_inserted(Base.metadata.tables[_TABLES[model]]), rows).mappings()
    if (turn := session.info.get("turn")) is not None:
        session.info["changes"] += [
            _kept(turn, model, row["id"], None, {name: _to_json(value) for name, value in row.items()})
            for row in written
        ]


_TABLES = {model: name for name, model in TRACKED.items()}
_COLUMNS = {model: tuple(column.key for column in inspect(model).column_attrs) for model in _TABLES}
_ORDER = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}


def _tracked(rows: Iterable[object]) -> list[Tracked]:
    """Rows before those that refer to them, as they can be written."""
    return sorted(
        (row for row in rows if isinstance(row, Tracked)), key=lambda row: (_ORDER[_TABLES[type(row)]], row.id)
    )


Values = dict[str, Any] | None


def _change(turn: Turn, row: Tracked, before: Values, after: Values) -> dict[str, Any]:
    return _kept(turn, type(row), row.id, before, after)


def _kept(turn: Turn, model: type[Tracked], row_id: int, before: Values, after: Values) -> dict[str, Any]:
    return {
        "message_id": turn.message_id,
        "member_id": turn.member_id,
        "table_name": _TABLES[model],
        "row_id": row_id,
        "before": before,
        "after": after,
    }


def _plain(row: Tracked) -> dict[str, Any]:
    return {name: _to_json(getattr(row, name)) for name in _COLUMNS[type(row)]}


def _altered(row: Tracked) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The changed columns before and after; empty when a row was only touched."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    state = inspect(row)
    for name in _COLUMNS[type(row)]:
        # Most have not been touched: to ask for the history of each takes longer than to write the row.
        if name in state.committed_state and (history := state.attrs[name].history).has_changes():
            before[name] = _to_json(history.deleted[0] if history.deleted else None)
            after[name] = _to_json(history.added[0] if history.added else None)
    return [(before, after)] if after else []


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _from_json(model: type[Tracked], values: dict[str, Any]) -> dict[str, Any]:
    columns = inspect(model).columns
    return {key: _revive(columns[key].type.python_type, value) for key, value in values.items()}


def _revive(python_type: type[Any], value: Any) -> Any:
    if value is None:
        return None
    if issubclass(python_type, datetime):
        return datetime.fromisoformat(value)
    if issubclass(python_type, date):
        return date.fromisoformat(value)
    return value


_NOT_UNDONE = (Change.member_id == bindparam("member"), Change.undone_at.is_(None))
# What each undo asks is built once, too.
_LAST = select(Change.message_id).where(*_NOT_UNDONE).order_by(Change.message_id.desc()).limit(1)
_OF_LAST = select(Change).where(*_NOT_UNDONE, Change.message_id == bindparam("message")).order_by(Change.id.desc())
_CHANGES = Base.metadata.tables["changes"]
_UNDONE = (
    update(_CHANGES).where(*_NOT_UNDONE, Change.message_id == bindparam("message")).values(undone_at=bindparam("now"))
)
_CATALOGUE = CatalogueProduct.__tablename__


def undo_last(session: Session, member_id: int, now: datetime) -> Undone | None:
    """Takes back the last turn of this member that changed anything; None when there is none left.

    A row that somebody has deleted since is passed over, and so is a reference to one, and a catalogue that another
    one has replaced since. The changes stay on record, marked as undone.
    """
    stop_recording(session)
    last = session.scalar(_LAST, {"member": member_id})
    if last is None:
        return None
    changes = tuple(session.scalars(_OF_LAST, {"member": member_id, "message": last}))
    stays = _is_replaced(session, changes)
    taken_back = tuple(change for change in changes if not (stays and change.table_name == _CATALOGUE))
    for change in taken_back:
        _revert(session, change)
    session.connection().execute(_UNDONE, {"member": member_id, "message": last, "now": now})
    for change in changes:
        # What they tell stays as it was read.
        session.expunge(change)
    for row in session:
        # Nothing else can have changed back.
        if isinstance(row, Tracked):
            session.expire(row)
    words = session.scalar(select(Message.text).where(Message.id == last))
    return Undone(last, words or "", taken_back, stays)


def _is_replaced(session: Session, changes: Iterable[Change]) -> bool:
    """Whether another catalogue has taken the place of the one that these changes brought: one is there as a whole."""
    brought = (change.row_id for change in changes if change.table_name == _CATALOGUE and change.before is None)
    first = next(brought, None)
    query = select(CatalogueProduct.id).where(CatalogueProduct.id == first)
    return first is not None and session.scalar(query) is None


def _revert(session: Session, change: Change) -> None:
    model = TRACKED[change.table_name]
    table = Base.metadata.tables[change.table_name]
    connection = session.connection()
    if change.before is None:
        connection.execute(_deleted(table), {"row": change.row_id})
        return
    values = _from_json(model, change.before)
    gone = {key for key, value in values.items() if _is_gone(session, table, key, value)}
    if change.after is not None:
        kept = {key: value for key, value in values.items() if key not in gone}
        if kept:
            connection.execute(update(table).where(table.c.id == change.row_id).values(**kept))
    elif not any(_falls_with(table, key) for key in gone):
        connection.execute(insert(table).values(**values | dict.fromkeys(gone)))


@cache
def _deleted(table: Table) -> Delete:
    return delete(table).where(table.c.id == bindparam("row"))


def _is_gone(session: Session, table: Table, key: str, value: Any) -> bool:
    """Whether `value` refers to a row that is no more."""
    targets = [reference.column for reference in table.c[key].foreign_keys] if value is not None else []
    return any(session.scalar(select(target).where(target == value)) is None for target in targets)


def _falls_with(table: Table, key: str) -> bool:
    """Whether a row is deleted with the one that it refers to by this column."""
    return any(reference.ondelete == "CASCADE" for reference in table.c[key].foreign_keys)
