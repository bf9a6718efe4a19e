"""Messages as they came, and what their authors said that they meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Base, Conversation, Correction, Message
from storage.repositories.dialects import is_sqlite

_MESSAGES = Base.metadata.tables["messages"]
# Built once: building a statement costs as much as running it.
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


@cache
def _received(is_sqlite: bool) -> Executable:
    insert = sqlite.insert if is_sqlite else postgresql.insert
    return insert(_MESSAGES).on_conflict_do_nothing().returning(_MESSAGES.c.id)


class Messages:
    """The inbox."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def receive(self, channel: str, external_id: str, text: str, payload: dict[str, Any], now: datetime) -> int:
        """Stores a message as it came; returns its row's id, that of the first where it has come before."""
        row = {"channel": channel, "external_id": external_id, "text": text, "payload": payload, "received_at": now}
        stored = self._session.scalar(_received(is_sqlite(self._session)), {**row, "status": "received"})
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
