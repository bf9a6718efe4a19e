"""The tables. Every row that a person can see carries its owner; times are UTC; money is integer minor units."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC. SQLite knows no zones, so UTC is put back on when a value is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What rows hold."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive values: they would be read as UTC without being it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a zone before it is stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives UTC back to values of databases that drop it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declarative base: constraint names are fixed so that migrations can name them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        str: String(255),
    }


# --- the team ------------------------------------------------------------------------------------------------


class Team(Base):
    """A sales team. Nothing is ever shared between teams."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Member(Base):
    """A person who talks to Manny: a rep sees what is theirs, a manager what is the team's."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    timezone: Mapped[str]
    created_at: Mapped[datetime]


class JoinKey(Base):
    """A one-time key that ties a chat account to a member. Only its hash is kept."""

    __tablename__ = "join_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    key_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Account(Base):
    """An account of a member on a channel, such as a Telegram user id."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))


# --- the conversation ----------------------------------------------------------------------------------------


class Conversation(Base):
    """One chat of one member: what it is about, and what Manny has asked and waits for."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "chat_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    chat_id: Mapped[str]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    language: Mapped[str]
    focus_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id", ondelete="SET NULL"))
    question: Mapped[dict[str, Any] | None]
    blocked_at: Mapped[datetime | None]


class Message(Base):
    """The inbox: every message as it came, stored before anything else is done with it.

    `status` is `received` (stored, not answered yet) or `answered`.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_messages_waiting", "channel", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    received_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text)
    understood: Mapped[dict[str, Any] | None]
    status: Mapped[str] = mapped_column(String(16), default="received")


class Correction(Base):
    """A message with the intent that its author said it had: an example for the next training, once approved."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    intent: Mapped[str] = mapped_column(String(32))
    said_at: Mapped[datetime]
    learnt_at: Mapped[datetime | None]


class Outgoing(Base):
    """The outbox: replies and reminders, written in the transaction that made them, sent after its commit."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unsent", "sent_at", "conversation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    created_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    pressed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class Change(Base):
    """What a turn did to a row, before and after: what undo takes back."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_by_member", "member_id", "undone_at", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    table_name: Mapped[str]
    row_id: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    undone_at: Mapped[datetime | None]


# --- customers -----------------------------------------------------------------------------------------------


class Tracked:
    """A row whose changes are recorded, so that undo can restore it."""

    id: Mapped[int] = mapped_column(primary_key=True)


class Company(Tracked, Base):
    """A customer's organisation."""

    __tablename__ = "companies"
    __table_args__ = (Index("ix_companies_owner", "owner_id", "name_key"),)

    owner_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    created_at: Mapped[datetime]


RENAMED = "CAST(also_known_as AS TEXT) != '[]'"
"""Which people had another name, in the very words of their index: few, but they could not be found without it."""


class Person(Tracked, Base):
    """A person at a customer. `name` is null while nobody has said it."""

    __tablename__ = "persons"
    __table_args__ = (
        Index("ix_persons_owner", "owner_id", "name_key"),
        Index("ix_persons_renamed", "owner_id", sqlite_where=text(RENAMED), postgresql_where=text(RENAMED)),
    )

    owner_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    name: Mapped[str | None]
    name_key: Mapped[str | None]
    also_known_as: Mapped[list[str]] = mapped_column(default=list)
    role: Mapped[str | None]
    style: Mapped[str | None]
    authority: Mapped[bool | None]
    reached_at: Mapped[datetime | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    wechat: Mapped[str | None]
    referrer_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]

    company: Mapped[Company | None] = relationship()
    referrer: Mapped[Person | None] = relationship(remote_side="Person.id")


class Opportunity(Tracked, Base):
    """A possible sale. The MAN facts are three columns; the class is computed from them and never stored.

    `closed_at` is since when it stands in a stage that closes it; it is open while that is null.
    """

    __tablename__ = "opportunities"
    __table_args__ = (
        Index("ix_opportunities_owner_stage", "owner_id", "stage"),
        Index("ix_opportunities_owner_touched", "owner_id", "touched_at"),
        Index("ix_opportunities_company", "company_id"),
        Index("ix_opportunities_contact", "contact_id"),
    )

    owner_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    money: Mapped[bool | None]
    authority: Mapped[bool | None]
    need: Mapped[bool | None]
    stage: Mapped[str] = mapped_column(String(32), default="lead")
    stage_since: Mapped[datetime]
    source: Mapped[str | None]
    product: Mapped[str | None]
    quantity: Mapped[float | None]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    expected_close: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_for: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]

    # Every reply about a customer names them.
    company: Mapped[Company | None] = relationship(lazy="joined")
    contact: Mapped[Person | None] = relationship(foreign_keys=[contact_id], lazy="joined")
    people: Mapped[list[Person]] = relationship(secondary="participants", order_by="Person.id", viewonly=True)


class Participant(Tracked, Base):
    """Who takes part in a purchase: the contact, the one who decides, and the others."""

    __tablename__ = "participants"
    __table_args__ = (UniqueConstraint("opportunity_id", "person_id"),)

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)


class Fact(Tracked, Base):
    """One thing that was said of a customer: append-only, with who said it, when, and in which words."""

    __tablename__ = "facts"

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    field: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]


class Objection(Tracked, Base):
    """What a customer held against buying, in their words.

    `outcome` is `settled` or `open` once the rep has said how it went, `answer` the key of the playbook's answer
    that was given, `asked_at` when the rep was asked for it.
    """

    __tablename__ = "objections"

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(16))
    answer: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime | None]


class Transaction(Tracked, Base):
    """Something that belongs in a customer's file: what was agreed, bought, owed, paid, sent back or let off.

    The customer is a company, or a person where there is none. `kind` is `agreement`, `purchase`, `debt`, `repayment`,
    `return` or `discount`; `profit_minor` is what a purchase earned and `spent_minor` what was spent on winning it,
    both where known. `reference` is the number that the company's books give it: unique in a team.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        Index("ix_transactions_company", "company_id", "happened_on"),
        Index("ix_transactions_person", "person_id", "happened_on"),
        Index("ix_transactions_team", "team_id", "kind", "happened_on"),
        UniqueConstraint("team_id", "reference"),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    happened_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    profit_minor: Mapped[int | None] = mapped_column(BigInteger)
    spent_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    product: Mapped[str | None]
    reference: Mapped[str | None]
    created_at: Mapped[datetime]


class Assessment(Tracked, Base):
    """A customer scored by the method: an opportunity's audit, a company's credit, a distributor.

    `answers` holds what was answered so far, by the key of the question; `finished_at` is null while questions are
    open. `quarter` (`2026-Q1`) is what a credit rating is for.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        Index("ix_assessments_opportunity", "opportunity_id", "kind"),
        Index("ix_assessments_company", "company_id", "kind"),
        Index("ix_assessments_person", "person_id", "kind"),
    )

    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    quarter: Mapped[str | None] = mapped_column(String(8))
    answers: Mapped[dict[str, Any]]
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Reward(Tracked, Base):
    """Thanks owed to whoever introduced a customer that has bought since."""

    __tablename__ = "rewards"
    __table_args__ = (UniqueConstraint("opportunity_id"),)

    referrer_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"))
    due_since: Mapped[datetime]
    given_at: Mapped[datetime | None]


class Attachment(Tracked, Base):
    """A file that was sent for a customer. `path` is where it lies, under the folder of files; `name` is shown only."""

    __tablename__ = "attachments"

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str]
    path: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]


class CatalogueProduct(Tracked, Base):
    """A product of a team's own catalogue, as it was imported; with none, the example catalogue counts."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("team_id", "position"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    position: Mapped[int]
    name: Mapped[str]
    entry: Mapped[dict[str, Any]]


class Reminder(Tracked, Base):
    """A follow-up that comes at its time. `waiting` → `fired` → `done` or `cancelled`."""

    __tablename__ = "reminders"
    __table_args__ = (
        Index("ix_reminders_due", "status", "due_at"),
        Index("ix_reminders_member", "member_id", "status", "due_at"),
        Index("ix_reminders_opportunity", "opportunity_id", "status", "due_at"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    text: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    language: Mapped[str] = mapped_column(String(2))
    fired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


TRACKED: dict[str, type[Tracked]] = {
    str(mapper.local_table.name): mapper.class_  # type: ignore[attr-defined]
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Tracked)
}
"""Table name → class, of the rows that undo can restore."""

# Ids of deleted rows must not come back: a button pressed late would change somebody else's record.
for _table in Base.metadata.tables.values():
    _table.dialect_kwargs["sqlite_autoincrement"] = True
