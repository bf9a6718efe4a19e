"""The cast and their customers: Alice owns, Bob helps, Mona manages; Charlie manages another team, a stranger."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import select

from storage.database import make_engine, session_factory
from storage.history import Turn, record
from storage.models import (
    Assessment,
    Attachment,
    Base,
    Company,
    Conversation,
    Fact,
    Member,
    Message,
    Opportunity,
    Person,
    Reminder,
    Reward,
    Team,
    Transaction,
)
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Monday, the moment from which these tests count."""

T = TypeVar("T")
_numbers = itertools.count(1)


class Database:
    """A migrated database that one test after another uses."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)

    def empty(self) -> None:
        """Deletes every row that the test before has left."""
        with self.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())


class Records:
    """A database with the cast and nothing else."""

    def __init__(self, database: Database) -> None:
        database.empty()
        self.url = database.url
        self.engine = database.engine
        self.sessions = session_factory(self.engine)
        with self.work() as work:
            self.alice = work.team.add("Alice", "rep", "en", "UTC", NOW)
            self.bob = work.team.add("Bob", "rep", "en", "UTC", NOW)
            self.mona = work.team.add("Mona", "manager", "zh", "Asia/Shanghai", NOW)
            strangers = Team(name="Strangers")
            work.session.add(strangers)
            work.session.flush()
            self.charlie = Member(
                team_id=strangers.id, name="Charlie", role="manager", language="en", timezone="UTC", created_at=NOW
            )
            work.session.add(self.charlie)
            work.commit()

    def member(self, name: str) -> Member:
        """One of the cast."""
        found: Member = getattr(self, name.lower())
        return found

    def work(self) -> UnitOfWork:
        """A unit of work."""
        return UnitOfWork(self.sessions)

    def at_once(self, *jobs: Callable[[UnitOfWork], T]) -> list[T]:
        """Runs each job on a connection of its own, all at the same time, and commits it."""
        together = Barrier(len(jobs))

        def run(job: Callable[[UnitOfWork], T]) -> T:
            together.wait(10)
            with self.work() as work:
                result = job(work)
                work.commit()
                return result

        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(run, jobs))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, as it is in the database."""
        with self.engine.connect() as connection:
            query = select(Base.metadata.tables[table]).order_by(Base.metadata.tables[table].c.id)
            return [dict(row._mapping) for row in connection.execute(query)]

    def dump(self) -> str:
        """Every value of every row of every table, one a line."""
        tables = (table.name for table in Base.metadata.sorted_tables)
        return "\n".join(leaf for table in tables for row in self.rows(table) for leaf in _leaves(row))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield str(value)


def message(work: UnitOfWork, member: Member, text: str = "hello", **more: Any) -> Message:
    """A message of this member, as one that was answered."""
    row = Message(
        channel="console",
        external_id=f"m{next(_numbers)}",
        member_id=member.id,
        received_at=NOW,
        payload={},
        text=text,
        status="answered",
    )
    return _stored(work, row, more)


def turn_of(work: UnitOfWork, member: Member, text: str = "hello") -> Message:
    """A message of this member; what follows in this unit of work is recorded as its doing."""
    said = message(work, member, text)
    record(work.session, Turn(said.id, member.id))
    return said


def company(work: UnitOfWork, owner: Member, name: str) -> Company:
    """A company on record."""
    return _stored(work, Company(owner_id=owner.id, name=name, name_key=name.lower(), created_at=NOW))


def person(work: UnitOfWork, owner: Member, name: str | None, at: Company | None = None, **more: Any) -> Person:
    """A person on record."""
    key = name.lower() if name else None
    row = Person(owner_id=owner.id, name=name, name_key=key, also_known_as=[], created_at=NOW)
    return _stored(work, row, {"company_id": at.id if at else None, **more})


def opportunity(work: UnitOfWork, owner: Member, **more: Any) -> Opportunity:
    """An opportunity, a lead of today unless said otherwise."""
    row = Opportunity(owner_id=owner.id, stage="lead", stage_since=NOW, created_at=NOW, touched_at=NOW)
    return _stored(work, row, more)


def fact(work: UnitOfWork, about: Opportunity, said: Message, **more: Any) -> Fact:
    """Something that was said of an opportunity."""
    row = Fact(
        opportunity_id=about.id,
        message_id=said.id,
        member_id=said.member_id,
        field="need",
        value="yes",
        words="they need it",
        said_at=NOW,
    )
    return _stored(work, row, more)


def reminder(work: UnitOfWork, conversation: Conversation, due_at: datetime, **more: Any) -> Reminder:
    """A follow-up that waits for its time."""
    row = Reminder(
        member_id=conversation.member_id,
        conversation_id=conversation.id,
        text="call back",
        due_at=due_at,
        status="waiting",
        language="en",
        created_at=NOW,
    )
    return _stored(work, row, more)


def transaction(work: UnitOfWork, member: Member, said: Message, **more: Any) -> Transaction:
    """Something bought."""
    row = Transaction(
        team_id=member.team_id,
        message_id=said.id,
        kind="purchase",
        happened_on=NOW.date(),
        amount_minor=100_00,
        currency="USD",
        created_at=NOW,
    )
    return _stored(work, row, more)


def assessment(work: UnitOfWork, member: Member, said: Message, **more: Any) -> Assessment:
    """A score."""
    row = Assessment(member_id=member.id, message_id=said.id, kind="audit", answers={}, begun_at=NOW)
    return _stored(work, row, more)


def reward(work: UnitOfWork, referrer: Person, about: Opportunity) -> Reward:
    """Thanks that are owed."""
    return _stored(work, Reward(referrer_id=referrer.id, opportunity_id=about.id, due_since=NOW))


def attachment(work: UnitOfWork, about: Opportunity, said: Message, **more: Any) -> Attachment:
    """A file that was sent for a customer."""
    row = Attachment(
        opportunity_id=about.id,
        message_id=said.id,
        member_id=said.member_id,
        name="plan.txt",
        path=f"received/{next(_numbers)}",
        media_type="text/plain",
        size=5,
        words="",
        sent_at=NOW,
    )
    return _stored(work, row, more)


R = TypeVar("R", bound=Base)


def _stored(work: UnitOfWork, row: R, more: dict[str, Any] | None = None) -> R:
    for column, value in (more or {}).items():
        setattr(row, column, value)
    work.session.add(row)
    work.session.flush()
    return row
