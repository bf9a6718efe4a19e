"""Every query. What a speaker may see is a filter here, so no handler can forget it."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Executable,
    Text,
    TextClause,
    and_,
    bindparam,
    case,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from storage.history import stop_recording
from storage.models import (
    Account,
    Base,
    Change,
    Company,
    Conversation,
    Correction,
    Fact,
    JoinKey,
    Member,
    Message,
    Objection,
    Opportunity,
    Outgoing,
    Participant,
    Person,
    Reminder,
    Tracked,
)
from storage.models import Team as TeamRow

CLOSED = ("won", "lost")
NAMES_AT_MOST = 5_000
"""How many names are read at once; the most recently created ones count."""
SEARCHED_AT_MOST = 20_000
"""Among how many rows, the latest ones, names are looked for that are like another one."""
NEAR_AT_MOST = 500
"""How many names are read to suggest some that are spelt much like one that nobody has."""
KEY_VALID_FOR = timedelta(days=7)

# --- what every turn asks and writes, built once: building a statement costs as much as running it

_MESSAGES, _OUTBOX = Base.metadata.tables["messages"], Base.metadata.tables["outbox"]
_BY_ACCOUNT = (
    select(Member)
    .join(Account, Account.member_id == Member.id)
    .where(Account.channel == bindparam("channel"), Account.external_id == bindparam("external_id"))
)
_CONVERSATION = (
    select(Conversation)
    .where(
        Conversation.channel == bindparam("channel"),
        Conversation.chat_id == bindparam("chat_id"),
        Conversation.member_id == bindparam("member_id"),
    )
    .with_for_update()
)
_ANSWERED = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("message"), _MESSAGES.c.status == "received")
    .values(
        status="answered",
        member_id=bindparam("member"),
        conversation_id=bindparam("conversation"),
        understood=bindparam("meaning", type_=_MESSAGES.c.understood.type),
    )
)
_SENT = update(_OUTBOX).where(_OUTBOX.c.id == bindparam("reply")).values(sent_at=bindparam("at"))
_NEXT_FOR = (
    select(Reminder)
    .where(Reminder.opportunity_id == bindparam("opportunity"), Reminder.status == "waiting")
    .order_by(Reminder.due_at)
    .limit(1)
)
_NEXT_DUE_OF = (
    select(Reminder.due_at)
    .where(Reminder.member_id == bindparam("member"), Reminder.status == "waiting")
    .order_by(Reminder.due_at)
    .limit(1)
)


Owned = TypeVar("Owned", Company, Person, Opportunity)


@dataclass(frozen=True)
class Known:
    """A name on record, as far as finding it again needs."""

    id: int
    name: str
    key: str
    aliases: tuple[str, ...] = ()
    company: str | None = None


@dataclass(frozen=True)
class Period:
    """A span of days in somebody's zone: first and last day, and the instants between which they lie."""

    first: date
    last: date
    start: datetime
    end: datetime


@dataclass(frozen=True)
class StageTotal:
    """One row of the pipeline: a stage in one currency."""

    stage: str
    currency: str | None
    count: int
    amount_minor: int


class Team:
    """Members, their accounts and the keys with which they join."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def default_team(self) -> TeamRow:
        """The one team of a fresh database; made when it is not there."""
        team = self._session.scalar(select(TeamRow).order_by(TeamRow.id).limit(1))
        if team is None:
            team = TeamRow(name="Team")
            self._session.add(team)
            self._session.flush()
        return team

    def member(self, member_id: int) -> Member:
        """The member with this id, which must exist."""
        return self._session.get_one(Member, member_id)

    def by_name(self, name: str, team_id: int | None = None) -> Member | None:
        """The member with this name, upper and lower case alike."""
        query = select(Member).where(func.lower(Member.name) == name.lower())
        if team_id is not None:
            query = query.where(Member.team_id == team_id)
        return self._session.scalar(query.order_by(Member.id).limit(1))

    def members(self, team_id: int | None = None) -> Sequence[Member]:
        """All members, by name."""
        query = select(Member).order_by(Member.name)
        return self._session.scalars(query if team_id is None else query.where(Member.team_id == team_id)).all()

    def add(self, name: str, role: str, language: str, timezone: str, now: datetime) -> Member:
        """A new member of the default team."""
        member = Member(
            team_id=self.default_team().id, name=name, role=role, language=language, timezone=timezone, created_at=now
        )
        self._session.add(member)
        self._session.flush()
        return member

    def issue_key(self, member: Member, now: datetime) -> str:
        """A new one-time key for `member`, valid for seven days. It is shown once and kept as a hash."""
        key = secrets.token_urlsafe(12)
        self._session.add(
            JoinKey(member_id=member.id, key_hash=_hash(key), expires_at=now + KEY_VALID_FOR, used_at=None)
        )
        return key

    def redeem(self, key: str, channel: str, external_id: str, now: datetime) -> Member | None:
        """Ties an account to the member of `key` and uses the key up; None when the key is not good."""
        row = self._session.scalar(select(JoinKey).where(JoinKey.key_hash == _hash(key)).with_for_update())
        if row is None or row.used_at is not None or row.expires_at <= now:
            return None
        row.used_at = now
        account = self._session.scalar(
            select(Account).where(Account.channel == channel, Account.external_id == external_id)
        )
        if account is None:
            self._session.add(Account(channel=channel, external_id=external_id, member_id=row.member_id))
        else:
            account.member_id = row.member_id
        self._session.flush()
        return self.member(row.member_id)

    def by_account(self, channel: str, external_id: str) -> Member | None:
        """The member behind an account; None for a stranger."""
        return self._session.scalar(_BY_ACCOUNT, {"channel": channel, "external_id": external_id})

    def tie(self, channel: str, external_id: str, member: Member) -> None:
        """Ties an account to a member without a key (the operator's own terminal)."""
        account = self._session.scalar(
            select(Account).where(Account.channel == channel, Account.external_id == external_id)
        )
        if account is None:
            self._session.add(Account(channel=channel, external_id=external_id, member_id=member.id))
            self._session.flush()

    def conversation(self, channel: str, chat_id: str, member: Member) -> Conversation:
        """The conversation of `member` in this chat, locked until the transaction ends; made when new."""
        this = {"channel": channel, "chat_id": chat_id, "member_id": member.id}
        conversation = self._session.scalar(_CONVERSATION, this)
        if conversation is None:
            conversation = Conversation(channel=channel, chat_id=chat_id, member_id=member.id, language=member.language)
            self._session.add(conversation)
            self._session.flush()
        return conversation

    def conversation_by_id(self, conversation_id: int) -> Conversation:
        """The conversation with this id, which must exist."""
        return self._session.get_one(Conversation, conversation_id)

    def conversations_in(self, channel: str, chat_id: str) -> Sequence[int]:
        """The ids of the conversations in a chat: two, where the account has passed from one member to another."""
        query = select(Conversation.id).where(Conversation.channel == channel, Conversation.chat_id == chat_id)
        return self._session.scalars(query.order_by(Conversation.id)).all()

    def block(self, channel: str, chat_id: str, now: datetime) -> None:
        """Notes that nobody can be reached in this chat: nothing is sent there until `unblock`."""
        there = (Conversation.channel == channel, Conversation.chat_id == chat_id)
        self._session.execute(
            update(Conversation).where(*there, Conversation.blocked_at.is_(None)).values(blocked_at=now)
        )

    def unblock(self, channel: str, chat_id: str) -> None:
        """The chat can be reached again."""
        there = (Conversation.channel == channel, Conversation.chat_id == chat_id)
        self._session.execute(
            update(Conversation).where(*there, Conversation.blocked_at.is_not(None)).values(blocked_at=None)
        )


@cache
def _received(is_sqlite: bool) -> Executable:
    insert = sqlite.insert if is_sqlite else postgresql.insert
    return insert(_MESSAGES).on_conflict_do_nothing().returning(_MESSAGES.c.id)


@cache
def _known_as(manager: bool, is_sqlite: bool) -> TextClause:
    """Hundreds of keys go in as one parameter: as many parameters take longer to prepare than the search does."""
    owners = "SELECT id FROM members WHERE team_id = :team" if manager else ":me"
    keys = "SELECT value FROM json_each(:keys)" if is_sqlite else "SELECT json_array_elements_text(CAST(:keys AS json))"
    theirs = f"owner_id IN ({owners}) AND name_key IN ({keys})"
    return text(
        f"SELECT 'company', id, name, name_key FROM companies WHERE {theirs} "  # noqa: S608
        f"UNION ALL SELECT 'person', id, name, name_key FROM persons WHERE {theirs}"
    )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class Messages:
    """The inbox."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def receive(self, channel: str, external_id: str, text: str, payload: dict[str, Any], now: datetime) -> int:
        """Stores a message as it came; returns its row's id, that of the first where it has come before."""
        row = {"channel": channel, "external_id": external_id, "text": text, "payload": payload, "received_at": now}
        stored = self._session.scalar(_received(_is_sqlite(self._session)), {**row, "status": "received"})
        query = select(Message.id).where(Message.channel == channel, Message.external_id == external_id)
        return stored or self._session.scalars(query).one()

    def answer(self, message_id: int, conversation: Conversation, understood: dict[str, Any] | None = None) -> bool:
        """Marks a message as answered by this transaction; False where another one has answered it."""
        by = {"message": message_id, "member": conversation.member_id, "conversation": conversation.id}
        return bool(self._session.connection().execute(_ANSWERED, {**by, "meaning": understood}).rowcount)

    def waiting(self, channel: str) -> Sequence[Message]:
        """Messages that came and were never answered, oldest first."""
        query = select(Message).where(Message.channel == channel, Message.status == "received")
        return self._session.scalars(query.order_by(Message.id)).all()

    def keep_correction(self, text: str, language: str, intent: str, member_id: int, now: datetime) -> None:
        """Keeps what somebody said that their message meant."""
        self._session.add(
            Correction(text=text, language=language, intent=intent, member_id=member_id, said_at=now, learnt_at=None)
        )

    def corrections(self) -> Sequence[Correction]:
        """Corrections that have not been learnt yet, oldest first."""
        query = select(Correction).where(Correction.learnt_at.is_(None)).order_by(Correction.id)
        return self._session.scalars(query).all()

    def drop(self, channel: str, external_id: str) -> None:
        """Removes a message: one of a stranger, of whom nothing is kept."""
        this = (Message.channel == channel, Message.external_id == external_id, Message.status == "received")
        self._session.execute(delete(Message).where(*this))


class Outbox:
    """What is to be sent, and what was sent with buttons that can still be pressed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(
        self, conversation_id: int, payload: dict[str, Any], now: datetime, message_id: int | None = None
    ) -> Outgoing:
        """Queues a reply; it is sent after the commit."""
        row = Outgoing(conversation_id=conversation_id, message_id=message_id, payload=payload, created_at=now)
        self._session.add(row)
        self._session.flush()
        return row

    def claim_unsent(self, conversation_ids: Iterable[int], now: datetime, lease: timedelta) -> list[Outgoing]:
        """Unsent replies of these conversations, oldest first, claimed for `lease` against other processes.

        While one of a conversation's replies is claimed, or put off, the later ones wait: they never overtake it.
        """
        held = select(Outgoing.conversation_id).where(Outgoing.sent_at.is_(None), Outgoing.claimed_until > now)
        query = (
            select(Outgoing)
            .where(
                Outgoing.sent_at.is_(None),
                Outgoing.conversation_id.in_(list(conversation_ids)),
                Outgoing.conversation_id.not_in(held),
            )
            .order_by(Outgoing.id)
            .limit(100)
            .with_for_update(skip_locked=True)
        )
        rows = list(self._session.scalars(query))
        for row in rows:
            row.claimed_until = now + lease
            row.attempts += 1
        return rows

    def conversations_with_unsent(self, channel: str, now: datetime) -> Sequence[int]:
        """Conversations of a channel that wait for something, those of people who blocked Manny left out."""
        query = (
            select(Outgoing.conversation_id)
            .join(Conversation, Conversation.id == Outgoing.conversation_id)
            .where(
                Outgoing.sent_at.is_(None),
                Conversation.channel == channel,
                Conversation.blocked_at.is_(None),
                or_(Outgoing.claimed_until.is_(None), Outgoing.claimed_until <= now),
            )
            .distinct()
            .limit(1_000)
        )
        return self._session.scalars(query).all()

    def get(self, outgoing_id: int) -> Outgoing | None:
        """The row with this id."""
        return self._session.get(Outgoing, outgoing_id)

    def sent(self, outgoing_ids: Sequence[int], now: datetime) -> None:
        """Marks replies as sent."""
        self._session.execute(_SENT, [{"reply": each, "at": now} for each in outgoing_ids])

    def release(self, outgoing_id: int, again_at: datetime) -> None:
        """Gives a claimed reply back, to be tried again at `again_at`."""
        self._session.execute(update(Outgoing).where(Outgoing.id == outgoing_id).values(claimed_until=again_at))

    def last_with_buttons(self, conversation_id: int) -> Outgoing | None:
        """The last reply of a conversation, if it has buttons."""
        query = select(Outgoing).where(Outgoing.conversation_id == conversation_id)
        row = self._session.scalar(query.order_by(Outgoing.id.desc()).limit(1))
        return row if row is not None and row.payload.get("buttons") else None


class Reminders:
    """Follow-ups by their time."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def due(self, now: datetime, channel: str | None = None, limit: int = 100) -> list[Reminder]:
        """Reminders whose time has come, locked against other processes, earliest first."""
        query = select(Reminder).where(Reminder.status == "waiting", Reminder.due_at <= now)
        if channel is not None:
            query = query.join(Conversation, Conversation.id == Reminder.conversation_id)
            query = query.where(Conversation.channel == channel)
        query = query.order_by(Reminder.due_at, Reminder.id).limit(limit)
        return list(self._session.scalars(query.with_for_update(skip_locked=True, of=Reminder)))

    def claim(self, reminder_id: int, now: datetime) -> Reminder | None:
        """The reminder, locked, if it is still waiting and due; None where another process has it in hand."""
        query = select(Reminder).where(Reminder.id == reminder_id, Reminder.status == "waiting", Reminder.due_at <= now)
        return self._session.scalar(query.with_for_update(skip_locked=True))

    def next_due_at(self, channel: str) -> datetime | None:
        """When the next reminder of a channel falls due."""
        query = (
            select(Reminder.due_at)
            .join(Conversation, Conversation.id == Reminder.conversation_id)
            .where(Reminder.status == "waiting", Conversation.channel == channel)
        )
        return self._session.scalar(query.order_by(Reminder.due_at).limit(1))

    def next_due_of(self, member_id: int) -> datetime | None:
        """When the next reminder of a member falls due."""
        return self._session.scalar(_NEXT_DUE_OF, {"member": member_id})

    def get(self, reminder_id: int) -> Reminder | None:
        """The reminder with this id."""
        return self._session.get(Reminder, reminder_id)

    def of_member(
        self,
        member_id: int,
        until: datetime | None = None,
        opportunity_ids: Sequence[int] | None = None,
        limit: int = 20,
    ) -> Sequence[Reminder]:
        """Reminders of a member that are not finished, earliest first."""
        query = select(Reminder).where(Reminder.member_id == member_id, Reminder.status.in_(("waiting", "fired")))
        if until is not None:
            query = query.where(Reminder.due_at <= until)
        if opportunity_ids is not None:
            query = query.where(Reminder.opportunity_id.in_(opportunity_ids))
        return self._session.scalars(query.order_by(Reminder.due_at, Reminder.id).limit(limit)).all()

    def next_for(self, opportunity_id: int) -> Reminder | None:
        """The next follow-up of an opportunity."""
        return self._session.scalar(_NEXT_FOR, {"opportunity": opportunity_id})


class Customers:
    """People, companies and opportunities, as far as one speaker may see them."""

    def __init__(self, session: Session, speaker: Member) -> None:
        self._session = session
        self.speaker = speaker

    def _mine(self, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        if self.speaker.role == "manager":
            return owner.in_(select(Member.id).where(Member.team_id == self.speaker.team_id))
        return owner == self.speaker.id

    # --- finding by name and id

    def companies_known(self, key: str | None = None) -> list[Known]:
        """Names of the visible companies, newest first; with a `key` only those that may be meant by it."""
        query = select(Company.id, Company.name, Company.name_key).where(self._mine(Company.owner_id))
        rows = self._alike(query.order_by(Company.id.desc()), Company.name_key, key)
        return [Known(id_, name, key) for id_, name, key in rows]

    def persons_known(self, key: str | None = None) -> list[Known]:
        """Names of the visible people, newest first; with a `key` only those that may be meant by it."""
        query = (
            select(Person.id, Person.name, Person.name_key, Person.also_known_as, Company.name)
            .outerjoin(Company, Company.id == Person.company_id)
            .where(self._mine(Person.owner_id), Person.name.is_not(None))
            .order_by(Person.id.desc())
        )
        renamed = cast(Person.also_known_as, Text) != "[]"
        rows = self._alike(query, Person.name_key, key, renamed)
        return [
            Known(id_, name or "", key or "", tuple(aliases or ()), company)
            for id_, name, key, aliases, company in rows
        ]

    def _alike(self, query: Any, column: Any, key: str | None, *others: ColumnElement[bool]) -> Sequence[Any]:
        """Rows with this very key; where there are none, those with a key like it, or that meet one of `others`.

        Like it are keys that contain it, or begin alike and are about as long. That is all that a name, a part of
        one, a title or a misspelling can mean, and few enough to be compared one by one. They are looked for among
        the latest rows, which bounds the cost; a key itself is found by its index, however old its row.
        """
        query = query.limit(NAMES_AT_MOST)
        if not key:
            return self._session.execute(query).all()
        if rows := self._session.execute(query.where(column == key)).all():
            return rows
        about_as_long = func.length(column).between(len(key) - 2, len(key) + 2)
        begins_alike = and_(column.startswith(key[0], autoescape=True), about_as_long)
        like = or_(column.contains(key, autoescape=True), begins_alike, *others)
        latest = select(func.max(column.class_.id) - SEARCHED_AT_MOST).scalar_subquery()
        return self._session.execute(query.where(column.class_.id > latest, like)).all()

    def names_near(self, key: str) -> list[str]:
        """Names of visible companies and people that begin like `key` or contain a word of it, newest first."""
        found: list[str] = []
        for model in (Company, Person):
            begins_alike = model.name_key.startswith(key[:1], autoescape=True)
            words = [model.name_key.contains(word, autoescape=True) for word in key.split() if len(word) > 1]
            query = select(model.name).where(self._mine(model.owner_id), or_(begins_alike, *words))
            found += [
                name for name in self._session.scalars(query.order_by(model.id.desc()).limit(NEAR_AT_MOST)) if name
            ]
        return found

    def known_as(self, keys: Sequence[str]) -> tuple[list[Known], list[Known]]:
        """Visible companies and visible people with one of these keys."""
        values = {"me": self.speaker.id, "team": self.speaker.team_id, "keys": json.dumps(keys, ensure_ascii=False)}
        query = _known_as(self.speaker.role == "manager", _is_sqlite(self._session))
        found: dict[str, list[Known]] = {"company": [], "person": []}
        for kind, id_, name, key in self._session.execute(query, values):
            found[kind].append(Known(id_, name, key))
        return found["company"], found["person"]

    def company(self, company_id: int) -> Company | None:
        """A visible company."""
        return self._visible(self._session.get(Company, company_id))

    def person(self, person_id: int) -> Person | None:
        """A visible person."""
        return self._visible(self._session.get(Person, person_id))

    def opportunity(self, opportunity_id: int | None) -> Opportunity | None:
        """A visible opportunity."""
        return None if opportunity_id is None else self._visible(self._session.get(Opportunity, opportunity_id))

    def _visible(self, row: Owned | None) -> Owned | None:
        """The row, if the speaker may see it: `_mine` for one that is read by its id."""
        if row is None or row.owner_id == self.speaker.id:
            return row
        managed = self.speaker.role == "manager"
        owner = self._session.get_one(Member, row.owner_id) if managed else None
        return row if owner is not None and owner.team_id == self.speaker.team_id else None

    def persons_at(self, company_id: int) -> Sequence[Person]:
        """Visible people of a company."""
        query = select(Person).where(Person.company_id == company_id, self._mine(Person.owner_id)).order_by(Person.id)
        return self._session.scalars(query.limit(100)).all()

    def opportunity_of(
        self, person_id: int | None = None, company_id: int | None = None, open_only: bool = True
    ) -> Opportunity | None:
        """The latest opportunity of a person (as contact or participant) or of a company; open ones come first."""
        query = select(Opportunity).where(self._mine(Opportunity.owner_id))
        if person_id is not None:
            # Two lookups by index: with OR between them, databases read all that the speaker owns.
            as_contact = select(Opportunity.id).where(Opportunity.contact_id == person_id)
            taking_part = select(Participant.opportunity_id).where(Participant.person_id == person_id)
            query = query.where(Opportunity.id.in_(as_contact.union(taking_part)))
        if company_id is not None:
            query = query.where(Opportunity.company_id == company_id)
        if open_only:
            query = query.where(Opportunity.stage.not_in(CLOSED))
        is_closed = case((Opportunity.stage.in_(CLOSED), 1), else_=0)
        return self._session.scalar(query.order_by(is_closed, Opportunity.touched_at.desc()).limit(1))

    def last_touched(self) -> Opportunity | None:
        """The opportunity of which something was said last."""
        query = select(Opportunity).where(self._mine(Opportunity.owner_id))
        return self._session.scalar(query.order_by(Opportunity.touched_at.desc(), Opportunity.id.desc()).limit(1))

    # --- writing

    def add(self, row: Tracked) -> None:
        """Puts a new row on record. Nothing refers to facts and objections: they are written with the next flush."""
        self._session.add(row)
        if not isinstance(row, Fact | Objection):
            self._session.flush()

    def flush(self) -> None:
        """Writes what was changed so far, so that it is recorded in this order."""
        self._session.flush()

    def take_part(self, opportunity: Opportunity, person: Person) -> None:
        """Puts `person` among those who take part in the purchase."""
        query = select(Participant).where(
            Participant.opportunity_id == opportunity.id, Participant.person_id == person.id
        )
        if self._session.scalar(query) is None:
            self.add(Participant(opportunity_id=opportunity.id, person_id=person.id))
            self._session.expire(opportunity, ["people"])

    # --- reading

    def facts(self, opportunity_id: int, limit: int = 20) -> Sequence[Fact]:
        """What was said of an opportunity, newest first."""
        query = select(Fact).where(Fact.opportunity_id == opportunity_id)
        return self._session.scalars(query.order_by(Fact.id.desc()).limit(limit)).all()

    def objections(self, opportunity_id: int, limit: int = 5) -> Sequence[Objection]:
        """Objections raised on an opportunity, newest first."""
        query = select(Objection).where(Objection.opportunity_id == opportunity_id)
        return self._session.scalars(query.order_by(Objection.id.desc()).limit(limit)).all()

    def search(self, wanted: Wanted, limit: int, offset: int = 0) -> tuple[Sequence[Opportunity], int]:
        """Opportunities that meet all conditions, the most recently touched first, and how many there are."""
        query = select(Opportunity).where(self._mine(Opportunity.owner_id), *wanted.conditions())
        total = self._session.scalar(select(func.count()).select_from(query.subquery())) or 0
        query = query.options(selectinload(Opportunity.contact), selectinload(Opportunity.company))
        newest_first = query.order_by(Opportunity.touched_at.desc(), Opportunity.id.desc())
        return self._session.scalars(newest_first.limit(limit).offset(offset)).all(), total

    def pipeline(self, period: Period | None, today: date, owner_id: int | None) -> list[StageTotal]:
        """Count and amount by stage and currency.

        With a period: closed deals are those closed in it, open ones those expected to
        close by its end (late ones too) or with no date yet; of a period that is over, no open ones.
        """
        query = select(
            Opportunity.stage,
            Opportunity.currency,
            func.count(),
            func.coalesce(func.sum(Opportunity.amount_minor), 0),
        ).where(self._mine(Opportunity.owner_id))
        if owner_id is not None:
            query = query.where(Opportunity.owner_id == owner_id)
        if period is not None:
            in_period = and_(Opportunity.closed_at >= period.start, Opportunity.closed_at < period.end)
            closed = and_(Opportunity.stage.in_(CLOSED), in_period)
            expected = or_(Opportunity.expected_close.is_(None), Opportunity.expected_close <= period.last)
            still_open = and_(Opportunity.stage.not_in(CLOSED), expected) if period.last >= today else false()
            query = query.where(or_(closed, still_open))
        rows = self._session.execute(query.group_by(Opportunity.stage, Opportunity.currency))
        return [StageTotal(stage, currency, count, int(amount or 0)) for stage, currency, count, amount in rows]

    def hand_over(self, opportunity: Opportunity, to: Member) -> None:
        """Makes `to` the owner of an opportunity, its company and its people."""
        opportunity.owner_id = to.id
        if opportunity.company is not None:
            opportunity.company.owner_id = to.id
        for person in {*opportunity.people, *([opportunity.contact] if opportunity.contact else [])}:
            person.owner_id = to.id
        self._session.flush()

    # --- forgetting

    def forget_person(self, person: Person) -> None:
        """Deletes a person and every word that names them. Nothing of it can be undone."""
        stop_recording(self._session)
        names = [name for name in (person.name, *person.also_known_as) if name]
        spoken = select(Fact.message_id).where(Fact.person_id == person.id)
        message_ids = set(self._session.scalars(spoken))
        for opportunity in self._session.scalars(select(Opportunity).where(Opportunity.contact_id == person.id)):
            others = [other for other in opportunity.people if other.id != person.id]
            if opportunity.company_id is None and not others:
                said = select(Fact.message_id).where(Fact.opportunity_id == opportunity.id)
                message_ids.update(self._session.scalars(said))
                self._forget_changes_of("opportunities", opportunity.id)
                self._session.execute(delete(Opportunity).where(Opportunity.id == opportunity.id))
            else:
                opportunity.contact_id = others[0].id if others else None
        self._session.flush()
        self._forget_changes_of("persons", person.id)
        self._session.execute(delete(Person).where(Person.id == person.id))
        self._forget_words(names, message_ids)
        self._session.expire_all()

    def forget_company(self, company: Company) -> None:
        """Deletes a company with its people, its opportunities and every word that names them."""
        stop_recording(self._session)
        while people := self.persons_at(company.id):
            for person in people:
                self.forget_person(person)
        opportunities = list(self._session.scalars(select(Opportunity.id).where(Opportunity.company_id == company.id)))
        said = select(Fact.message_id).where(Fact.opportunity_id.in_(opportunities))
        message_ids = set(self._session.scalars(said))
        for opportunity_id in opportunities:
            self._forget_changes_of("opportunities", opportunity_id)
        self._session.execute(delete(Opportunity).where(Opportunity.id.in_(opportunities)))
        self._forget_changes_of("companies", company.id)
        name = company.name
        self._session.execute(delete(Company).where(Company.id == company.id))
        self._forget_words([name], message_ids)
        self._session.expire_all()

    def _forget_changes_of(self, table_name: str, row_id: int) -> None:
        self._session.execute(delete(Change).where(Change.table_name == table_name, Change.row_id == row_id))

    def _forget_words(self, names: Sequence[str], message_ids: set[int]) -> None:
        """Empties every stored text of the team that names one of `names`, or belongs to these messages."""
        team = select(Member.id).where(Member.team_id == self.speaker.team_id)
        conversations = select(Conversation.id).where(Conversation.member_id.in_(team))
        messages = select(Message.id).where(Message.member_id.in_(team))
        others = self._longer_names(names, team)

        def naming(column: Any, where: ColumnElement[bool]) -> set[int]:
            return {id_ for name in names for id_ in self._naming(column, name, others, where)}

        for said in (Message.text, Message.payload, Message.understood):
            message_ids = message_ids | naming(said, Message.member_id.in_(team))
        self._session.execute(
            update(Message).where(Message.id.in_(message_ids)).values(text="", payload={}, understood=None)
        )
        changed = naming(Change.before, Change.member_id.in_(team)) | naming(Change.after, Change.member_id.in_(team))
        self._session.execute(delete(Change).where(or_(Change.message_id.in_(message_ids), Change.id.in_(changed))))
        replies = naming(Outgoing.payload, Outgoing.conversation_id.in_(conversations))
        answers = or_(Outgoing.id.in_(replies), Outgoing.message_id.in_(message_ids))
        # What was not sent yet has nothing left to say.
        sent = func.coalesce(Outgoing.sent_at, Outgoing.created_at)
        self._session.execute(update(Outgoing).where(answers).values(payload={}, sent_at=sent))
        corrected = naming(Correction.text, Correction.member_id.in_(team))
        self._session.execute(delete(Correction).where(Correction.id.in_(corrected)))
        valued = naming(Fact.value, Fact.member_id.in_(team))
        self._session.execute(delete(Fact).where(Fact.id.in_(valued)))
        quoted = naming(Fact.words, Fact.member_id.in_(team))
        spoken = or_(Fact.id.in_(quoted), Fact.message_id.in_(message_ids))
        self._session.execute(update(Fact).where(spoken).values(words=""))
        held = naming(Objection.words, Objection.message_id.in_(messages))
        objected = or_(Objection.id.in_(held), Objection.message_id.in_(message_ids))
        self._session.execute(update(Objection).where(objected).values(words=""))
        brought = naming(Opportunity.source, Opportunity.owner_id.in_(team))
        self._session.execute(update(Opportunity).where(Opportunity.id.in_(brought)).values(source=None))
        reminders = naming(Reminder.text, Reminder.member_id.in_(team))
        self._session.execute(delete(Reminder).where(Reminder.id.in_(reminders)))
        asked = naming(Conversation.question, Conversation.member_id.in_(team))
        self._session.execute(update(Conversation).where(Conversation.id.in_(asked)).values(question=None))

    def _longer_names(self, names: Sequence[str], team: Any) -> list[str]:
        """Names still on record that contain one of `names`, longest first: 李伟明 is somebody else than 李伟."""
        found: set[str] = set()
        for name in names:
            for column, owner in ((Person.name, Person.owner_id), (Company.name, Company.owner_id)):
                rows = self._session.scalars(select(column).where(owner.in_(team), _may_name(column, name)))
                found |= {_folded(row) for row in rows if row and _folded(name) in _folded(row)}
        return sorted(found - {_folded(name) for name in names}, key=len, reverse=True)

    def _naming(self, column: Any, name: str, others: Sequence[str], where: ColumnElement[bool]) -> set[int]:
        """Rows whose text names somebody as a word of its own ("Al" is not named in "sales")."""
        word = _as_word(_folded(name))
        rows = self._session.execute(select(column.class_.id, column).where(where, _may_name(column, name)))
        found: set[int] = set()
        for id_, value in rows:
            text = _folded(_words_in(value))
            for other in others:
                text = text.replace(other, " ")
            if word.search(text):
                found.add(id_)
        return found


_LETTER = r"[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
"""A letter or digit of a script that puts spaces between words: 李伟3点来 names 李伟."""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()


def _as_word(name: str) -> re.Pattern[str]:
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, name) else ""
    after = rf"(?!{_LETTER})" if re.search(rf"{_LETTER}$", name) else ""
    return re.compile(before + re.escape(name) + after)


def _may_name(column: Any, name: str) -> ColumnElement[bool]:
    """Narrows down what is to be read. Databases differ in the case of é, and JSON escapes quotes: % stands for such."""
    sure = (char if _is_plain(char) else "%" for char in _folded(name))
    return func.lower(cast(column, Text)).like(f"%{''.join(sure)}%")


def _is_plain(char: str) -> bool:
    return char == " " or (char.isalnum() and (char.isascii() or unicodedata.normalize("NFD", char.upper()) == char))


def _words_in(value: Any) -> str:
    """Every text in a value of a JSON column, one a line; a text itself as it is."""
    if isinstance(value, dict):
        return "\n".join(_words_in(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return "\n".join(_words_in(each) for each in value)
    return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Wanted:
    """What customers are searched for; None means that it does not matter."""

    money: bool | None = None
    authority: bool | None = None
    need: bool | None = None
    stage: str | None = None
    source: str | None = None
    product: str | None = None
    owner_id: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The conditions as SQL; closed opportunities count only when a closed stage is asked for."""
        result: list[ColumnElement[bool]] = []
        for column, value in (
            (Opportunity.money, self.money),
            (Opportunity.authority, self.authority),
            (Opportunity.need, self.need),
        ):
            if value is not None:
                result.append(column.is_(value))
        if self.stage is not None:
            result.append(Opportunity.stage == self.stage)
        else:
            result.append(Opportunity.stage.not_in(CLOSED))
        if self.source is not None:
            result.append(func.lower(Opportunity.source).contains(self.source.lower(), autoescape=True))
        if self.product is not None:
            result.append(func.lower(Opportunity.product).contains(self.product.lower(), autoescape=True))
        if self.owner_id is not None:
            result.append(Opportunity.owner_id == self.owner_id)
        return result
