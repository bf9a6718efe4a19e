"""Members, their accounts and keys, and their conversations."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Update, bindparam, func, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from storage.models import Account, Base, Conversation, JoinKey, Member
from storage.models import Team as TeamRow

KEY_VALID_FOR = timedelta(days=7)

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
_CONVERSATIONS = Base.metadata.tables["conversations"]


@cache
def _kept(columns: frozenset[str]) -> Update:
    values = {name: bindparam(name, type_=_CONVERSATIONS.c[name].type) for name in columns}
    return update(_CONVERSATIONS).where(_CONVERSATIONS.c.id == bindparam("conversation")).values(values)


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

    def apart(self, channel: str, chat_id: str, member: Member) -> Conversation:
        """The same, but no part of the session: what changes in it is written by `keep`, all at once. The next query
        would write each change by itself."""
        this = {"channel": channel, "chat_id": chat_id, "member_id": member.id}
        row = self._session.connection().execute(_CONVERSATION, this).one_or_none()
        if row is None:
            conversation = self.conversation(channel, chat_id, member)
            self._session.expunge(conversation)
            return conversation
        conversation = Conversation()
        for name, value in row._mapping.items():
            set_committed_value(conversation, name, value)
        return conversation

    def keep(self, conversation: Conversation) -> None:
        """Writes what has changed in a conversation that is no part of the session."""
        attributes = inspect(conversation).attrs
        if changed := {each.key: each.value for each in attributes if each.history.has_changes()}:
            statement = _kept(frozenset(changed))
            self._session.connection().execute(statement, {**changed, "conversation": conversation.id})

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


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
