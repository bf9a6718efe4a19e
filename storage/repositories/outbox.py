"""What is to be sent, and what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from storage.models import Base, Conversation, Outgoing

_OUTBOX, _CONVERSATIONS = Base.metadata.tables["outbox"], Base.metadata.tables["conversations"]
# Built once: building a statement costs as much as running it.
_LAST = (
    select(Outgoing).where(Outgoing.conversation_id == bindparam("conversation")).order_by(Outgoing.id.desc()).limit(1)
)
_LABELS = (
    select(_OUTBOX.c.id, _OUTBOX.c.pressed_at, _OUTBOX.c.payload["labels"].label("labels"))
    .join(_CONVERSATIONS, _CONVERSATIONS.c.id == _OUTBOX.c.conversation_id)
    .where(
        _CONVERSATIONS.c.channel == bindparam("channel"),
        _CONVERSATIONS.c.chat_id == bindparam("chat_id"),
        _CONVERSATIONS.c.member_id == bindparam("member"),
    )
    .order_by(_OUTBOX.c.id.desc())
    .limit(1)
)
_PUT = insert(_OUTBOX)
_SENT = update(_OUTBOX).where(_OUTBOX.c.id == bindparam("reply")).values(sent_at=bindparam("at"))


class Labels(NamedTuple):
    """What the buttons of a reply say, in their order."""

    reply_id: int
    labels: tuple[str, ...]


NO_LABELS = Labels(0, ())


class Outbox:
    """What is to be sent, and what was sent with buttons that can still be pressed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, conversation_id: int, payload: dict[str, Any], now: datetime, message_id: int | None = None) -> int:
        """Queues a reply and returns its row's id; it is sent after the commit."""
        row = {"conversation_id": conversation_id, "message_id": message_id, "payload": payload, "created_at": now}
        stored = self._session.connection().execute(_PUT, {**row, "attempts": 0}).inserted_primary_key
        assert stored is not None
        return int(stored.id)

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

    def last_labels(self, channel: str, chat_id: str, member_id: int) -> Labels:
        """What the buttons of a conversation's last reply say, where they can still be pressed."""
        where = {"channel": channel, "chat_id": chat_id, "member": member_id}
        last = self._session.connection().execute(_LABELS, where).first()
        return Labels(last.id, tuple(last.labels or ())) if last and last.pressed_at is None else NO_LABELS

    def last_with_buttons(self, conversation_id: int) -> Outgoing | None:
        """The last reply of a conversation, if it has buttons."""
        row = self._session.scalar(_LAST, {"conversation": conversation_id})
        return row if row is not None and row.payload.get("buttons") else None
